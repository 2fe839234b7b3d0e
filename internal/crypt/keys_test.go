package crypt_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"taxportal/internal/crypt"
	"taxportal/internal/fault"
)

func generate(t testing.TB) *crypt.Keys {
	t.Helper()
	keys, err := crypt.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func rotate(t *testing.T, keys *crypt.Keys) *crypt.Keys {
	t.Helper()
	next, err := keys.Rotated()
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestLoadOrCreateCreatesOnceAndThenLoads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "portal.key")
	first, created, err := crypt.LoadOrCreate(path)
	if err != nil || !created {
		t.Fatalf("first call: created %v, %v", created, err)
	}
	second, created, err := crypt.LoadOrCreate(path)
	if err != nil || created {
		t.Fatalf("second call: created %v, %v", created, err)
	}
	if first.CheckValue() != second.CheckValue() {
		t.Error("the loaded keys are not the created ones")
	}
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("mode of %s = %v, %v", name, info.Mode(), err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("temporary files left: %v", left)
	}
}

func TestProcessesThatStartAtOnceGetTheSameKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "portal.key")
	checks, makers := make([]string, 8), 0
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range checks {
		group.Go(func() {
			keys, created, err := crypt.LoadOrCreate(path)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			checks[i] = keys.CheckValue()
			if created {
				makers++
			}
		})
	}
	group.Wait()
	if makers != 1 {
		t.Errorf("%d callers say that they created the file", makers)
	}
	for _, check := range checks {
		if check != checks[0] {
			t.Error("two callers hold different keys")
		}
	}
}

func TestLoadTellsAMissingFileAndMakesNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "portal.key")
	_, err := crypt.Load(path)
	if !errors.Is(err, fs.ErrNotExist) || !fault.Is(err, fault.Unavailable) {
		t.Errorf("err = %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("Load made a file")
	}
}

func TestLoadRefusesAFileThatOthersMayAccess(t *testing.T) {
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o620, 0o666} {
		path := filepath.Join(t.TempDir(), "portal.key")
		if err := generate(t).Save(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, _, err := crypt.LoadOrCreate(path)
		message, told := fault.Message(err)
		if !told || !strings.Contains(message, "chmod 600") || !strings.Contains(message, fmt.Sprintf("%04o", mode)) {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

func TestLoadRefusesADamagedFile(t *testing.T) {
	good := filepath.Join(t.TempDir(), "portal.key")
	if err := generate(t).Save(good); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	var stored map[string]any
	if err := json.Unmarshal(text, &stored); err != nil {
		t.Fatal(err)
	}
	subject := stored["subject"].(string)
	for name, damaged := range map[string]string{
		"empty":          "",
		"cut":            string(text[:len(text)/2]),
		"no JSON":        "portal",
		"trailing text":  string(text) + "{}",
		"other format":   strings.Replace(string(text), "taxportal-keys-1", "taxportal-keys-9", 1),
		"no current key": strings.Replace(string(text), `"current": 1`, `"current": 2`, 1),
		"short subject":  strings.Replace(string(text), subject, subject[:32], 1),
		"one digit off":  strings.Replace(string(text), subject, flipHex(subject), 1),
		"not hex":        strings.Replace(string(text), subject, "z"+subject[1:], 1),
	} {
		path := filepath.Join(t.TempDir(), "portal.key")
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		_, created, err := crypt.LoadOrCreate(path)
		if !fault.Is(err, fault.Unavailable) || created {
			t.Errorf("%s: created %v, %v", name, created, err)
		}
		if err != nil && strings.Contains(err.Error(), subject[:8]) {
			t.Errorf("%s: the error quotes the key", name)
		}
		if left, _ := os.ReadFile(path); string(left) != damaged {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

// flipHex changes the last digit.
func flipHex(digits string) string {
	last := "0"
	if digits[len(digits)-1] == '0' {
		last = "1"
	}
	return digits[:len(digits)-1] + last
}

func TestSaveNeverOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "portal.key")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := generate(t).Save(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("err = %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "precious" {
		t.Errorf("the file now holds %q", text)
	}
}

func TestVerifyTellsTheRightKeysFromOthers(t *testing.T) {
	keys, other := generate(t), generate(t)
	rotated := rotate(t, keys)
	for _, c := range []struct {
		name  string
		keys  *crypt.Keys
		check string
		ok    bool
	}{
		{"same keys", keys, keys.CheckValue(), true},
		{"rotated since", rotated, keys.CheckValue(), true},
		{"older file than the database", keys, rotated.CheckValue(), false},
		{"other keys", other, keys.CheckValue(), false},
		{"empty", keys, "", false},
		{"unreadable", keys, "v2 x=y 1=2", false},
		{"nothing named", keys, "v1", false},
	} {
		err := c.keys.Verify(c.check)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && (!errors.Is(err, crypt.ErrWrongKey) || !fault.Is(err, fault.Unavailable)) {
			t.Errorf("%s: not told as a wrong key: %v", c.name, err)
		}
	}
	if rotated.CheckValue() == keys.CheckValue() || rotated.Current() != 2 {
		t.Error("rotation changed nothing")
	}
}

func TestRotatedKeysSurviveTheFile(t *testing.T) {
	keys := generate(t)
	rotated := rotate(t, keys)
	path := filepath.Join(t.TempDir(), "next.key")
	if err := rotated.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := crypt.Load(path)
	if err != nil || loaded.CheckValue() != rotated.CheckValue() || loaded.Current() != 2 {
		t.Fatalf("loaded %v, current %d", err, loaded.Current())
	}
	if keys.Subject("a", "b") != loaded.Subject("a", "b") {
		t.Error("rotation changed the subject hashes")
	}
}

func TestKeysDoNotLeak(t *testing.T) {
	path := filepath.Join(t.TempDir(), "portal.key")
	keys, _, err := crypt.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	type holder struct {
		Keys    *crypt.Keys
		hidden  *crypt.Keys
		byValue crypt.Keys
		Sealer  crypt.Sealer
		sealer  crypt.Sealer
	}
	sealer := sealerFor(t, keys, "test")
	held := holder{keys, keys, *keys, sealer, sealer}
	var out bytes.Buffer
	for _, value := range []any{keys, *keys, held, &held, []any{keys}, map[string]any{"k": held}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", value)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "value", value)
	}
	if strings.Contains(out.String(), "productTable") {
		t.Error("a cipher was printed")
	}
	if !strings.Contains(out.String(), "secret") {
		t.Error("nothing was printed in the keys' place")
	}
	for _, secret := range secretsIn(t, path) {
		list := fmt.Sprint(secret)
		for _, form := range []string{string(secret), hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)),
			base64.StdEncoding.EncodeToString(secret)[:16], strings.Trim(list, "[]"), strings.Trim(fmt.Sprintf("%#v", secret), "[]byte{}")} {
			if strings.Contains(out.String(), form) {
				t.Errorf("a secret was printed in the form %q", form)
			}
		}
	}
}

// secretsIn reads the raw secrets from a key file.
func secretsIn(t *testing.T, path string) [][]byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var stored struct {
		Master  map[string]string
		Subject string
	}
	if err := json.Unmarshal(text, &stored); err != nil {
		t.Fatal(err)
	}
	secrets := [][]byte{}
	for _, digits := range []string{stored.Master["1"], stored.Subject} {
		secret, err := hex.DecodeString(digits)
		if err != nil || len(secret) == 0 {
			t.Fatalf("no secret in the file: %v", err)
		}
		secrets = append(secrets, secret)
	}
	return secrets
}
