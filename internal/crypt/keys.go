package crypt

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"sync"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// KeyID names a master key. Ids ascend from 1 in the order in which the keys were made.
type KeyID uint16

const (
	masterSize  = 16 // an SM4 key
	subjectSize = 32 // an HMAC-SM3 key
)

// The purposes of derived keys. A name is never used again for something else: it decides the key.
const (
	purposeField   = "field"
	purposeBlob    = "blob"
	purposeSubject = "subject"
	purposeCheck   = "check"
	purposeOther   = "sealer/" // followed by the name given to Keys.Sealer
)

// Keys holds the portal's secrets and everything derived from them. It is safe for concurrent use.
//
// Make one with Load, LoadOrCreate or Generate. However it is printed, logged or encoded, it shows only a fixed word.
// The secrets stand behind a function, because package fmt follows pointers (with a verb that does not suit them even
// nested ones) and calls no Format method of an unexported field.
type Keys struct{ in func() *inner }

type inner struct {
	current KeyID
	masters map[KeyID][]byte
	subject []byte
	fields  *sealer
	macs    sync.Pool // of *subjectMAC
}

// Generate returns new random keys that are stored nowhere, with the single master key 1.
func Generate() (*Keys, error) {
	return assemble(1, map[KeyID][]byte{1: random(masterSize)}, random(subjectSize))
}

// assemble checks the secrets and derives what the hot paths need.
func assemble(current KeyID, masters map[KeyID][]byte, subject []byte) (*Keys, error) {
	if len(subject) != subjectSize {
		return nil, fmt.Errorf("subject key has %d bytes instead of %d", len(subject), subjectSize)
	}
	for id, master := range masters {
		if id == 0 || len(master) != masterSize {
			return nil, fmt.Errorf("master key %d has %d bytes instead of %d", id, len(master), masterSize)
		}
	}
	if masters[current] == nil {
		return nil, fmt.Errorf("the current master key %d is not among the keys", current)
	}
	in := &inner{current: current, masters: masters, subject: subject}
	var err error
	if in.fields, err = in.sealer(purposeField); err != nil {
		return nil, err
	}
	macKey, err := derive(subject, nil, purposeSubject, subjectSize)
	if err != nil {
		return nil, err
	}
	in.macs.New = func() any { return newSubjectMAC(macKey) }
	return &Keys{func() *inner { return in }}, nil
}

// Rotated returns the same keys with one further random master key, which is the current one: from now on values are
// sealed under it, and the old ones still open. Save it under a new name and let the portal use that file.
func (k Keys) Rotated() (*Keys, error) {
	highest := KeyID(0)
	for id := range k.in().masters {
		highest = max(highest, id)
	}
	if highest == math.MaxUint16 {
		return nil, errors.New("no master key id is left")
	}
	masters := maps.Clone(k.in().masters)
	masters[highest+1] = random(masterSize)
	return assemble(highest+1, masters, k.in().subject)
}

// Current returns the id of the master key under which new values are sealed.
func (k Keys) Current() KeyID { return k.in().current }

// BlobCipher returns the cipher of one blob: SM4-GCM under a key derived from master key id and the blob's own salt.
// Because the key serves one blob only, its nonces may simply count. Returns ErrUnknownKey if the id is not held.
func (k Keys) BlobCipher(id KeyID, salt []byte) (cipher.AEAD, error) {
	master, ok := k.in().masters[id]
	if !ok {
		return nil, fmt.Errorf("%w: %d", ErrUnknownKey, id)
	}
	return deriveCipher(master, salt, purposeBlob)
}

// derive returns the key of one purpose: HKDF over HMAC-SM3.
func derive(secret, salt []byte, purpose string, size int) ([]byte, error) {
	key, err := hkdf.Key(sm3.New, secret, salt, "taxportal/1/"+purpose, size)
	if err != nil {
		return nil, fmt.Errorf("derive %s key: %w", purpose, err)
	}
	return key, nil
}

func deriveCipher(secret, salt []byte, purpose string) (cipher.AEAD, error) {
	key, err := derive(secret, salt, purpose, masterSize)
	if err != nil {
		return nil, err
	}
	return newGCM(key)
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// random returns n bytes from the operating system. Since Go 1.24 rand.Read cannot fail: it ends the process instead.
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

const hidden = "crypt.Keys(secret)"

// Format prints a fixed word for every verb.
func (Keys) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue logs a fixed word.
func (Keys) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText gives a fixed word to every encoder, JSON among them.
func (Keys) MarshalText() ([]byte, error) { return []byte(hidden), nil }
