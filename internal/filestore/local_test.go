package filestore

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
)

func TestNewMakesPrivateFoldersAndEmptiesTemporaryOnes(t *testing.T) {
	s := newStore(t)
	dir := filepath.Dir(s.files)
	if s.TempDir() != filepath.Join(dir, "tmp") {
		t.Errorf("TempDir = %s", s.TempDir())
	}
	ref := put(t, s, content(10))
	leftovers := []string{filepath.Join(s.TempDir(), "sub", "plain.csv"), filepath.Join(s.incoming, "put-1")}
	for _, path := range leftovers {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(s.TempDir(), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Attach(dir, s.keys); err != nil {
		t.Fatal(err)
	}
	for _, path := range leftovers {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("Attach took away a file of the running server: %v", err)
		}
	}
	again := storeIn(t, dir, s.keys)
	for _, path := range leftovers {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there", path)
		}
	}
	if info, err := os.Stat(s.TempDir()); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode of the temporary folder: %v, %v", info.Mode(), err)
	}
	if got, err := readAll(t, again, ref.Hash); err != nil || !bytes.Equal(got, content(10)) {
		t.Errorf("the blob after a restart: %v", err)
	}
}

func TestExistsAndDelete(t *testing.T) {
	s := newStore(t)
	ref := put(t, s, content(10))
	want := func(exists bool) {
		t.Helper()
		if got, err := s.Exists(t.Context(), ref.Hash); err != nil || got != exists {
			t.Errorf("Exists = %v, %v", got, err)
		}
	}
	want(true)
	for range 2 { // the second time there is nothing, and that is no error
		if err := s.Delete(t.Context(), ref.Hash); err != nil {
			t.Error(err)
		}
		want(false)
	}
	if _, err := s.Open(t.Context(), ref.Hash); !fault.Is(err, fault.NotFound) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open = %v", err)
	}
}

func TestOnlyHashesAreTakenAsNames(t *testing.T) {
	s := newStore(t)
	good := put(t, s, content(10)).Hash
	for _, hash := range []string{"", "a", "..", "../../etc/passwd", strings.Repeat("../", 21) + "a", strings.ToUpper(good), good[:63],
		good + "0", good[:63] + "g", good[:63] + "/", good[:63] + "\x00", good[:62] + "é", "incoming", strings.Repeat("税", 64)} {
		_, openErr := s.Open(t.Context(), hash)
		_, existsErr := s.Exists(t.Context(), hash)
		_, unchangedErr := s.DeleteUnchanged(t.Context(), Entry{Ref: Ref{Hash: hash}})
		for i, err := range []error{openErr, existsErr, unchangedErr, s.Delete(t.Context(), hash)} {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q, call %d: %v", hash, i, err)
			}
		}
	}
	if ok, err := s.Exists(t.Context(), good); err != nil || !ok {
		t.Errorf("the good one: %v, %v", ok, err)
	}
}

// hashesIn walks the store.
func hashesIn(t *testing.T, s *Local) []Entry {
	t.Helper()
	var entries []Entry
	if err := s.Walk(t.Context(), func(e Entry) error { entries = append(entries, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestWalkVisitsTheBlobsInOrderAndNothingElse(t *testing.T) {
	s := newStore(t)
	want := map[string]int64{}
	for _, n := range []int{0, 1, 100, chunkSize, 3 * chunkSize} {
		ref := put(t, s, content(n))
		want[ref.Hash] = ref.Size
	}
	for _, name := range []string{"incoming/put-9", "note.txt", "ab/cd/note.txt", "ab/" + strings.Repeat("a", 64), "00/00/" + strings.Repeat("f", 64)} {
		path := filepath.Join(s.files, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	entries := hashesIn(t, s)
	if len(entries) != len(want) {
		t.Errorf("%d entries", len(entries))
	}
	for _, e := range entries {
		if size, ok := want[e.Hash]; !ok || size != e.Size || e.Stored.IsZero() {
			t.Errorf("entry %+v", e)
		}
	}
	if !slices.IsSortedFunc(entries, func(a, b Entry) int { return strings.Compare(a.Hash, b.Hash) }) {
		t.Error("entries are not in order")
	}
}

func TestWalkStopsWithTheErrorThatEndsIt(t *testing.T) {
	s := newStore(t)
	put(t, s, content(1))
	put(t, s, content(2))
	enough, calls := errors.New("enough"), 0
	if err := s.Walk(t.Context(), func(Entry) error { calls++; return enough }); err != enough || calls != 1 {
		t.Errorf("err = %v after %d calls", err, calls)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Walk(ctx, func(Entry) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if err := s.Walk(t.Context(), func(e Entry) error { return s.Delete(t.Context(), e.Hash) }); err != nil || len(hashesIn(t, s)) != 0 {
		t.Errorf("deleting while walking: %v", err)
	}
}

func TestASweepDoesNotTakeARenewedBlob(t *testing.T) {
	s := newStore(t)
	ref := put(t, s, content(10))
	seen := hashesIn(t, s)[0]
	stale := seen
	stale.Stored = seen.Stored.Add(-1)
	for _, c := range []struct {
		entry Entry
		want  bool
	}{{stale, false}, {seen, true}, {seen, false}} {
		if got, err := s.DeleteUnchanged(t.Context(), c.entry); err != nil || got != c.want {
			t.Errorf("DeleteUnchanged(%v) = %v, %v", c.entry.Stored, got, err)
		}
	}
	if ok, _ := s.Exists(t.Context(), ref.Hash); ok {
		t.Error("the blob is still there")
	}
}
