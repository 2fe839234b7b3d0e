package filestore

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"taxportal/internal/crypt"
)

const plenty = 64 << 20

func newStore(t *testing.T) *Local {
	t.Helper()
	keys, err := crypt.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return storeIn(t, t.TempDir(), keys)
}

func storeIn(t *testing.T, dir string, keys *crypt.Keys) *Local {
	t.Helper()
	store, err := New(dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// content returns n reproducible random bytes.
func content(n int) []byte {
	random := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	b := make([]byte, n)
	_, _ = random.Read(b) // never fails
	return b
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func put(t *testing.T, s *Local, b []byte) Ref {
	t.Helper()
	ref, err := s.Put(t.Context(), bytes.NewReader(b), PutOptions{MaxBytes: plenty})
	if err != nil {
		t.Fatalf("put %d bytes: %v", len(b), err)
	}
	return ref
}

func open(t *testing.T, s *Local, hash string) File {
	t.Helper()
	file, err := s.Open(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() }) // a test may have closed it
	return file
}

// readAll opens and reads a blob to its end.
func readAll(t *testing.T, s *Local, hash string) ([]byte, error) {
	t.Helper()
	file, err := s.Open(t.Context(), hash)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// filesIn lists all regular files below dir.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	names := []string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(raw), 0o600); err != nil {
		t.Fatal(err)
	}
}
