package crypt_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"taxportal/internal/crypt"
)

func sealerFor(t *testing.T, keys *crypt.Keys, purpose string) crypt.Sealer {
	t.Helper()
	sealer, err := keys.Sealer(purpose)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

func TestSealedValuesOpenAgain(t *testing.T) {
	sealer := sealerFor(t, generate(t), "test")
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		plain, aad, before := bytesOf(random, n), bytesOf(random, n%50), bytesOf(random, n%7)
		sealed := sealer.Seal(bytes.Clone(before), plain, aad)
		if !bytes.HasPrefix(sealed, before) || len(sealed) != len(before)+len(plain)+crypt.Overhead {
			t.Fatalf("%d bytes sealed to %d", n, len(sealed))
		}
		got, err := sealer.Open(bytes.Clone(before), sealed[len(before):], aad)
		if err != nil || !bytes.Equal(got, append(bytes.Clone(before), plain...)) {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
}

func bytesOf(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func TestAnyChangeOfASealedValueIsFound(t *testing.T) {
	sealer := sealerFor(t, generate(t), "test")
	for _, plain := range []string{"", "1", "11010519491231002X"} {
		sealed := sealer.Seal(nil, []byte(plain), []byte("place"))
		for i := range sealed {
			for bit := range 8 {
				changed := bytes.Clone(sealed)
				changed[i] ^= 1 << bit
				if got, err := sealer.Open(nil, changed, []byte("place")); err == nil || got != nil {
					t.Errorf("byte %d bit %d changed: %q, %v", i, bit, got, err)
				}
			}
		}
		for n := range sealed {
			if _, err := sealer.Open(nil, sealed[:n], []byte("place")); !errors.Is(err, crypt.ErrOpen) {
				t.Errorf("cut to %d bytes: %v", n, err)
			}
		}
		if _, err := sealer.Open(nil, append(bytes.Clone(sealed), 0), []byte("place")); !errors.Is(err, crypt.ErrOpen) {
			t.Errorf("one byte longer: %v", err)
		}
		for _, aad := range []string{"", "plac", "place ", "PLACE"} {
			if _, err := sealer.Open(nil, sealed, []byte(aad)); !errors.Is(err, crypt.ErrOpen) {
				t.Errorf("other aad %q: %v", aad, err)
			}
		}
	}
}

func TestPurposesAndKeysAreApart(t *testing.T) {
	keys := generate(t)
	sealed := sealerFor(t, keys, "totp").Seal(nil, []byte("secret"), nil)
	if _, err := sealerFor(t, keys, "oidc").Open(nil, sealed, nil); !errors.Is(err, crypt.ErrOpen) {
		t.Errorf("other purpose: %v", err)
	}
	if _, err := sealerFor(t, generate(t), "totp").Open(nil, sealed, nil); !errors.Is(err, crypt.ErrOpen) {
		t.Errorf("other keys: %v", err)
	}
	if _, err := keys.Sealer(""); err == nil {
		t.Error("a sealer without purpose was given")
	}
}

func TestOldValuesOpenAfterRotation(t *testing.T) {
	old := generate(t)
	next := rotate(t, old)
	at := crypt.Field{Table: "t", Column: "c", Batch: 1, Row: 2}
	before, after := old.SealField(nil, at, []byte("old")), next.SealField(nil, at, []byte("new"))
	if plain, err := next.OpenField(nil, at, before); err != nil || string(plain) != "old" {
		t.Errorf("old value under rotated keys: %q, %v", plain, err)
	}
	if plain, err := next.OpenField(nil, at, after); err != nil || string(plain) != "new" {
		t.Errorf("new value: %q, %v", plain, err)
	}
	if _, err := old.OpenField(nil, at, after); !errors.Is(err, crypt.ErrUnknownKey) {
		t.Errorf("new value under the old key file: %v", err)
	}
}

func TestFieldOpensOnlyInItsPlace(t *testing.T) {
	keys := generate(t)
	at := crypt.Field{Table: "w_zjj", Column: "id_card", Batch: 7, Row: 42}
	sealed := keys.SealField(nil, at, []byte("11010519491231002X"))
	if plain, err := keys.OpenField([]byte("x"), at, sealed); err != nil || string(plain) != "x11010519491231002X" {
		t.Fatalf("in its place: %q, %v", plain, err)
	}
	for _, other := range []crypt.Field{
		{Table: "w_zj", Column: "jid_card", Batch: 7, Row: 42},
		{Table: "w_zjji", Column: "d_card", Batch: 7, Row: 42},
		{Table: "w_zjj", Column: "id_cart", Batch: 7, Row: 42},
		{Table: "w_zjj", Column: "id_card", Batch: 8, Row: 42},
		{Table: "w_zjj", Column: "id_card", Batch: 7, Row: 43},
		{Table: "w_zjj", Column: "id_card", Batch: 42, Row: 7},
		{},
	} {
		if _, err := keys.OpenField(nil, other, sealed); !errors.Is(err, crypt.ErrOpen) {
			t.Errorf("%+v: %v", other, err)
		}
	}
	for _, junk := range []string{"", "\x01", strings.Repeat("\x00", 31), "11010519491231002X"} {
		if _, err := keys.OpenField(nil, at, []byte(junk)); !errors.Is(err, crypt.ErrOpen) {
			t.Errorf("%q: %v", junk, err)
		}
	}
}

func TestSameValueSealsDifferentlyEachTime(t *testing.T) {
	keys, seen := generate(t), map[string]bool{}
	for range 2000 {
		sealed := keys.SealField(nil, crypt.Field{Table: "t"}, []byte("same"))
		nonce := string(sealed[3:15])
		if seen[nonce] {
			t.Fatal("a nonce came twice")
		}
		seen[nonce] = true
	}
}

func FuzzOpenFieldNeverPanics(f *testing.F) {
	keys := generate(f)
	at := crypt.Field{Table: "t", Column: "c"}
	f.Add(keys.SealField(nil, at, []byte("value")))
	f.Add([]byte{1, 0, 1})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := keys.OpenField(nil, at, sealed)
		if err == nil && len(plain) != len(sealed)-crypt.Overhead {
			t.Errorf("opened %d bytes to %d", len(sealed), len(plain))
		}
	})
}

func BenchmarkSealField(b *testing.B) {
	keys, at := generate(b), crypt.Field{Table: "w_zjj_02", Column: "id_card", Batch: 7}
	plain, dst := []byte("11010519491231002X"), make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		at.Row++
		dst = keys.SealField(dst[:0], at, plain)
	}
}

func BenchmarkOpenField(b *testing.B) {
	keys, at := generate(b), crypt.Field{Table: "w_zjj_02", Column: "id_card", Batch: 7}
	sealed, dst := keys.SealField(nil, at, []byte("11010519491231002X")), make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = keys.OpenField(dst[:0], at, sealed)
	}
}

func BenchmarkSubject(b *testing.B) {
	keys := generate(b)
	b.ReportAllocs()
	for b.Loop() {
		_ = keys.Subject("org", "MA0000000")
	}
}
