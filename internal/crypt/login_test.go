package crypt_test

import (
	"context"
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/argon2"

	"taxportal/internal/crypt"
	"taxportal/internal/fault"
)

func TestPasswordsVerify(t *testing.T) {
	passwords := crypt.NewPasswords(2)
	stored, err := passwords.Hash(t.Context(), "Demo@2026")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(stored, "Demo") {
		t.Errorf("stored = %s", stored)
	}
	if again, _ := passwords.Hash(t.Context(), "Demo@2026"); again == stored {
		t.Error("two hashes of one password are equal")
	}
	for _, c := range []struct {
		stored, password string
		want             bool
	}{
		{stored, "Demo@2026", true},
		{stored, "demo@2026", false},
		{stored, "", false},
		{"", "Demo@2026", false},
		{"", "", false},
	} {
		if got, err := passwords.Verify(t.Context(), c.stored, c.password); err != nil || got != c.want {
			t.Errorf("Verify(%q, %q) = %v, %v", c.stored, c.password, got, err)
		}
	}
}

// The hash of a PHC string made by hand from the library's own function, with another cost, verifies too.
func TestHashesOfAnotherCostVerifyAndWantRehash(t *testing.T) {
	salt := []byte("0123456789abcdef")
	sum := argon2.IDKey([]byte("old password"), salt, 1, 64, 1, 32)
	b64 := base64.RawStdEncoding
	stored := "$argon2id$v=19$m=64,t=1,p=1$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(sum)
	passwords := crypt.NewPasswords(1)
	if ok, err := passwords.Verify(t.Context(), stored, "old password"); err != nil || !ok {
		t.Errorf("Verify = %v, %v", ok, err)
	}
	fresh, err := passwords.Hash(t.Context(), "old password")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{stored: true, fresh: false, "": true, "plain": true} {
		if passwords.NeedsRehash(text) != want {
			t.Errorf("NeedsRehash(%q) = %v", text, !want)
		}
	}
}

func TestMalformedHashesAreErrors(t *testing.T) {
	const salt, sum = "MDEyMzQ1Njc4OWFiY2RlZg", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
	passwords := crypt.NewPasswords(1)
	for _, stored := range []string{
		"x",
		"$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + sum,
		"$argon2id$v=19$m=4194304,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=4000000000,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=1,p=1x$" + salt + "$" + sum,
		"$argon2id$v=19$m=064,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "=$" + sum,
		"$argon2id$v=19$m=64,t=1,p=1$$" + sum,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + sum + "$",
	} {
		ok, err := passwords.Verify(t.Context(), stored, "password")
		if ok || err == nil {
			t.Errorf("Verify(%q) = %v, %v", stored, ok, err)
		}
		if err != nil && strings.Contains(err.Error(), sum) {
			t.Errorf("the error quotes the hash: %v", err)
		}
	}
}

func TestPasswordsWaitTheirTurnOrGiveUp(t *testing.T) {
	passwords := crypt.NewPasswords(0)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := passwords.Hash(ended, "x"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("ended context: %v", err)
	}
	if _, err := passwords.Verify(ended, "", "x"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("ended context: %v", err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := passwords.Hash(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestTokensAreLongSafeAndStoredAsHash(t *testing.T) {
	form, seen := regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`), map[string]bool{}
	for range 500 {
		plain, hash := crypt.Token()
		if !form.MatchString(plain) || len(hash) != 64 || hash != crypt.TokenHash(plain) || seen[plain] || strings.Contains(hash, plain) {
			t.Fatalf("token %q, hash %q", plain, hash)
		}
		seen[plain] = true
	}
}

func TestOneTimePasswordsCanBeReadAloud(t *testing.T) {
	form, seen := regexp.MustCompile(`^[a-km-np-z2-9]{4}(-[a-km-np-z2-9]{4}){3}$`), map[string]bool{}
	for range 500 {
		password := crypt.OneTimePassword()
		if !form.MatchString(password) || seen[password] {
			t.Fatalf("password %q", password)
		}
		if !strings.ContainsAny(password, "23456789") || !strings.ContainsAny(password, "abcdefghijkmnpqrstuvwxyz") {
			t.Errorf("password %q lacks a kind of character", password)
		}
		seen[password] = true
	}
}

func BenchmarkPasswordVerify(b *testing.B) {
	passwords := crypt.NewPasswords(1)
	for b.Loop() {
		if _, err := passwords.Verify(b.Context(), "", "Demo@2026"); err != nil {
			b.Fatal(err)
		}
	}
}
