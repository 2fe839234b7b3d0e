package crypt

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"taxportal/internal/fault"
)

// ErrWrongKey says that the keys are not those with which the database was filled.
var ErrWrongKey = errors.New("the keys do not belong to this database")

const (
	checkFormat = "v1"
	checkSize   = 8 // bytes of each check: enough to tell keys apart, of no use for finding them
)

// CheckValue returns a short text that identifies the keys without giving them away, for storing in the database:
// "v1 subject=… 1=… 2=…", with a derived value for the subject key and for each master key.
func (k Keys) CheckValue() string {
	words := []string{checkFormat, "subject=" + checkOf(k.in().subject)}
	for _, id := range slices.Sorted(maps.Keys(k.in().masters)) {
		words = append(words, strconv.Itoa(int(id))+"="+checkOf(k.in().masters[id]))
	}
	return strings.Join(words, " ")
}

// Verify reports whether these keys can open everything that was sealed when checkValue was stored: the subject key
// and every master key named there must be the same. Keys made later by rotation do no harm; the caller then stores
// the new CheckValue. Otherwise it returns a fault.Unavailable for the operator that wraps ErrWrongKey.
func (k Keys) Verify(checkValue string) error {
	words := strings.Fields(checkValue)
	if len(words) < 3 || words[0] != checkFormat {
		return wrongKey("the stored check value is not readable")
	}
	for _, word := range words[1:] {
		name, want, _ := strings.Cut(word, "=")
		secret := k.secretNamed(name)
		if secret == nil {
			return wrongKey("key " + name + " is missing")
		}
		if checkOf(secret) != want {
			return wrongKey("key " + name + " differs")
		}
	}
	return nil
}

func (k Keys) secretNamed(name string) []byte {
	if name == "subject" {
		return k.in().subject
	}
	id, err := strconv.ParseUint(name, 10, 16)
	if err != nil {
		return nil
	}
	return k.in().masters[KeyID(id)]
}

// checkOf derives the check of one secret. assemble has derived from the same secrets before, so it cannot fail here;
// if it did, the empty check would match nothing.
func checkOf(secret []byte) string {
	sum, err := derive(secret, nil, purposeCheck, checkSize)
	if err != nil {
		return ""
	}
	return hex.EncodeToString(sum)
}

func wrongKey(why string) error {
	return fault.Wrap(fault.Unavailable,
		"密钥文件与数据库不符，平台不能启动。请换回建库时的 portal.key（见密钥备份），或检查 PORTAL_KEY_FILE 的设置。",
		fmt.Errorf("%w: %s", ErrWrongKey, why))
}
