package crypt_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"taxportal/internal/crypt"
)

func TestSubjectsAreStableAndApart(t *testing.T) {
	keys := generate(t)
	if keys.Subject("org", "MA0000000") != keys.Subject("org", "MA0000000") {
		t.Error("the same subject has two hashes")
	}
	if generate(t).Subject("org", "MA0000000") == keys.Subject("org", "MA0000000") {
		t.Error("the hash does not depend on the key")
	}
	seen := map[[crypt.SubjectSize]byte]string{}
	for _, pair := range [][2]string{{"org", "MA"}, {"or", "gMA"}, {"orgM", "A"}, {"", "orgMA"}, {"orgMA", ""}, {"", ""}, {"person", "MA"}} {
		sum := keys.Subject(pair[0], pair[1])
		if other, taken := seen[sum]; taken {
			t.Errorf("%q has the hash of %s", pair, other)
		}
		seen[sum] = pair[0] + "|" + pair[1]
	}
	for batch := range int64(30) {
		for row := range int64(30) {
			sum := keys.RowSubject(batch, row)
			if _, taken := seen[sum]; taken {
				t.Errorf("row %d of batch %d is no subject of its own", row, batch)
			}
			seen[sum] = "row"
		}
	}
}

func TestSubjectsMayBeHashedConcurrently(t *testing.T) {
	keys := generate(t)
	want := keys.Subject("org", "MA0000000")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for n := range int64(500) {
				_ = keys.RowSubject(1, n)
				if keys.Subject("org", "MA0000000") != want {
					t.Error("a concurrent hash differs")
					return
				}
			}
		})
	}
	group.Wait()
}

func TestChainHashDependsOnEveryPartAndItsBorders(t *testing.T) {
	b := func(s string) []byte { return []byte(s) }
	seen := map[[crypt.ChainSize]byte]int{}
	for i, sum := range [][crypt.ChainSize]byte{
		crypt.ChainHash(nil),
		crypt.ChainHash(nil, b("")),
		crypt.ChainHash(nil, b(""), b("")),
		crypt.ChainHash(nil, b("ab")),
		crypt.ChainHash(nil, b("a"), b("b")),
		crypt.ChainHash(nil, b("b"), b("a")),
		crypt.ChainHash(nil, b("ab"), nil),
		crypt.ChainHash(b("ab")),
		crypt.ChainHash(b("a"), b("b")),
	} {
		if other, taken := seen[sum]; taken {
			t.Errorf("links %d and %d are equal", other, i)
		}
		seen[sum] = i
	}
	if crypt.ChainHash(nil, b("a")) != crypt.ChainHash([]byte{}, b("a")) {
		t.Error("an empty start differs from none")
	}
}

func TestEncoderSeparatesTypesAndBorders(t *testing.T) {
	encode := func(build func(e *crypt.Encoder)) string {
		var e crypt.Encoder
		build(&e)
		return string(e.Bytes())
	}
	seen := map[string]int{}
	for i, text := range []string{
		encode(func(e *crypt.Encoder) {}),
		encode(func(e *crypt.Encoder) { e.String("") }),
		encode(func(e *crypt.Encoder) { e.Binary(nil) }),
		encode(func(e *crypt.Encoder) { e.Int64(0) }),
		encode(func(e *crypt.Encoder) { e.Int64(-1) }),
		encode(func(e *crypt.Encoder) { e.Int64(math.MinInt64) }),
		encode(func(e *crypt.Encoder) { e.Int64(math.MaxInt64) }),
		encode(func(e *crypt.Encoder) { e.String("税"); e.String("务") }),
		encode(func(e *crypt.Encoder) { e.String("税务") }),
		encode(func(e *crypt.Encoder) { e.Binary([]byte("税务")) }),
		encode(func(e *crypt.Encoder) { e.String("税务"); e.String("") }),
		encode(func(e *crypt.Encoder) { e.String("\x00\x00\x00\x00\x00\x00\x00\x00") }),
	} {
		if other, taken := seen[text]; taken {
			t.Errorf("encodings %d and %d are equal", other, i)
		}
		seen[text] = i
	}
}

// Property: two random sequences of texts have the same encoding only if they are the same sequence.
func TestEncodingIsInjective(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	sequences := map[string][][]byte{}
	for range 3000 {
		var e crypt.Encoder
		parts := make([][]byte, random.IntN(4))
		for i := range parts {
			parts[i] = bytes.Repeat([]byte{'a'}, random.IntN(4))
			e.Binary(parts[i])
		}
		if before, ok := sequences[string(e.Bytes())]; ok && !equalParts(before, parts) {
			t.Fatalf("%q and %q are encoded alike", before, parts)
		}
		sequences[string(e.Bytes())] = parts
	}
}

func equalParts(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}
