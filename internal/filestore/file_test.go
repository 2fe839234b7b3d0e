package filestore

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"taxportal/internal/crypt"
	"taxportal/internal/fault"
)

func TestFilesKeepTheReaderContracts(t *testing.T) {
	s := newStore(t)
	for _, n := range []int{0, 1, chunkSize, chunkSize + 1, 20 * chunkSize} {
		want := content(n)
		file := open(t, s, put(t, s, want).Hash)
		if err := iotest.TestReader(file, want); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestReadAtReadsAnywhere(t *testing.T) {
	s, want := newStore(t), content(12*chunkSize+77)
	file := open(t, s, put(t, s, want).Hash)
	random := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		off, n := random.IntN(len(want)), random.IntN(3*chunkSize)
		p := make([]byte, n)
		got, err := file.ReadAt(p, int64(off))
		if !bytes.Equal(p[:got], want[off:min(off+n, len(want))]) || (err == io.EOF) != (off+n > len(want)) {
			t.Fatalf("ReadAt(%d bytes, %d) = %d, %v", n, off, got, err)
		}
	}
	if n, err := file.ReadAt(make([]byte, 1), int64(len(want))); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v", n, err)
	}
	if _, err := file.ReadAt(make([]byte, 1), -1); err == nil || err == io.EOF {
		t.Errorf("before the start: %v", err)
	}
	if _, err := file.Seek(-1, io.SeekStart); err == nil {
		t.Error("a seek before the start was taken")
	}
}

func TestReadAtMayBeCalledConcurrently(t *testing.T) {
	s, want := newStore(t), content(20*chunkSize)
	file := open(t, s, put(t, s, want).Hash)
	var group sync.WaitGroup
	for worker := range uint64(6) {
		group.Go(func() {
			random, p := rand.New(rand.NewPCG(worker, 1)), make([]byte, 5000)
			for range 150 {
				off := random.IntN(len(want) - len(p))
				if _, err := file.ReadAt(p, int64(off)); err != nil || !bytes.Equal(p, want[off:off+len(p)]) {
					t.Errorf("ReadAt(%d): %v", off, err)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestZipReadsFromABlobWithoutUnpacking(t *testing.T) {
	var packed bytes.Buffer
	writer := zip.NewWriter(&packed)
	for i := range 5 {
		member, err := writer.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := member.Write(content(300_000 + i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	s := newStore(t)
	file := open(t, s, put(t, s, packed.Bytes()).Hash)
	reader, err := zip.NewReader(file, file.Size())
	if err != nil {
		t.Fatal(err)
	}
	for i, member := range reader.File {
		r, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content(300_000+i)) {
			t.Errorf("%s: %v", member.Name, err)
		}
	}
	if left := filesIn(t, s.TempDir()); len(left) > 0 {
		t.Errorf("unpacked to disk: %v", left)
	}
}

func TestAnyChangeOfABlobIsFound(t *testing.T) {
	const size = 3*chunkSize + 100
	chunk := func(raw []byte, n int) []byte {
		start := headerSize + n*sealedSize
		return raw[start:min(start+sealedSize, len(raw))]
	}
	flip := func(at int) func([]byte) []byte {
		return func(raw []byte) []byte { raw[(at+len(raw))%len(raw)] ^= 0x10; return raw }
	}
	cut := func(n int) func([]byte) []byte {
		return func(raw []byte) []byte { return raw[:len(raw)-n] }
	}
	for name, change := range map[string]func([]byte) []byte{
		"magic":               flip(0),
		"version":             flip(4),
		"key id":              flip(6),
		"salt":                flip(7),
		"end of salt":         flip(headerSize - 1),
		"first byte":          flip(headerSize),
		"first tag":           flip(headerSize + chunkSize),
		"second chunk":        flip(headerSize + sealedSize + 5),
		"last chunk":          flip(-tagSize - 3),
		"last tag":            flip(-1),
		"one byte less":       cut(1),
		"tag less":            cut(tagSize),
		"last chunk less":     cut(100 + tagSize),
		"two chunks less":     cut(100 + tagSize + sealedSize),
		"header only":         func(raw []byte) []byte { return raw[:headerSize] },
		"half a header":       func(raw []byte) []byte { return raw[:headerSize/2] },
		"nothing":             func(raw []byte) []byte { return nil },
		"one byte more":       func(raw []byte) []byte { return append(raw, 0) },
		"last chunk repeated": func(raw []byte) []byte { return append(raw, chunk(raw, 3)...) },
		"chunk repeated":      func(raw []byte) []byte { copy(chunk(raw, 1), chunk(raw, 0)); return raw },
		"chunks swapped": func(raw []byte) []byte {
			first := bytes.Clone(chunk(raw, 0))
			copy(chunk(raw, 0), chunk(raw, 1))
			copy(chunk(raw, 1), first)
			return raw
		},
		"chunk taken out": func(raw []byte) []byte {
			return append(raw[:headerSize+sealedSize], raw[headerSize+2*sealedSize:]...)
		},
	} {
		s := newStore(t)
		ref := put(t, s, content(size))
		rewrite(t, s.path(ref.Hash), change)
		got, err := readAll(t, s, ref.Hash)
		if !errors.Is(err, ErrDamaged) || !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.HasPrefix(content(size), got) {
			t.Errorf("%s: wrong content was given out", name)
		}
	}
}

func TestABlobDoesNotOpenUnderAnotherName(t *testing.T) {
	s := newStore(t)
	for _, n := range []int{0, 100, chunkSize, 2*chunkSize + 1} {
		mine, other := put(t, s, content(n)), put(t, s, append(content(n), 1))
		raw, err := os.ReadFile(s.path(mine.Hash))
		if err != nil {
			t.Fatal(err)
		}
		rewrite(t, s.path(other.Hash), func([]byte) []byte { return raw })
		if _, err := s.Open(t.Context(), other.Hash); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestAFileCutWhileOpenIsFound(t *testing.T) {
	s := newStore(t)
	ref := put(t, s, content(20*chunkSize))
	file := open(t, s, ref.Hash)
	if err := os.Truncate(s.path(ref.Hash), headerSize+3*sealedSize+1); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, file); !errors.Is(err, ErrDamaged) || n != 3*chunkSize {
		t.Errorf("read %d, %v", n, err)
	}
}

func TestADamagedChunkDoesNotSpoilTheOthers(t *testing.T) {
	const bad = cachedChunks - 1 // comes in when the cache is full: the last chunk and those before this one
	s, want := newStore(t), content((cachedChunks+4)*chunkSize)
	ref := put(t, s, want)
	rewrite(t, s.path(ref.Hash), func(raw []byte) []byte { raw[headerSize+bad*sealedSize] ^= 1; return raw })
	file, p := open(t, s, ref.Hash), make([]byte, chunkSize)
	for range 2 {
		for _, n := range []int{0, 1, 2, 3, 4, 5, 6, bad, len(want)/chunkSize - 1, 0, 8} {
			_, err := file.ReadAt(p, int64(n*chunkSize))
			if n == bad {
				if !errors.Is(err, ErrDamaged) {
					t.Errorf("the damaged chunk: %v", err)
				}
			} else if err != nil || !bytes.Equal(p, want[n*chunkSize:(n+1)*chunkSize]) {
				t.Errorf("chunk %d: %v", n, err)
			}
		}
	}
}

func TestKeysDecideWhatOpens(t *testing.T) {
	s := newStore(t)
	dir := filepath.Dir(s.files)
	ref := put(t, s, content(100_000))
	if _, err := storeIn(t, dir, newStore(t).keys).Open(t.Context(), ref.Hash); !errors.Is(err, ErrDamaged) {
		t.Errorf("other keys: %v", err)
	}
	rotated, err := s.keys.Rotated()
	if err != nil {
		t.Fatal(err)
	}
	next := storeIn(t, dir, rotated)
	if got, err := readAll(t, next, ref.Hash); err != nil || !bytes.Equal(got, content(100_000)) {
		t.Errorf("rotated keys: %v", err)
	}
	young := put(t, next, content(50))
	if _, err := s.Open(t.Context(), young.Hash); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), crypt.ErrUnknownKey.Error()) {
		t.Errorf("a new blob under the old key file: %v", err)
	}
}

func TestSameContentSealsDifferentlyEachTime(t *testing.T) {
	s := newStore(t)
	path := s.path(put(t, s, content(100)).Hash)
	first, _ := os.ReadFile(path)
	put(t, s, content(100))
	second, _ := os.ReadFile(path)
	if len(first) == 0 || bytes.Equal(first[headerSize:], second[headerSize:]) {
		t.Error("two blobs were sealed with one key and nonce")
	}
}

func TestAClosedFileGivesNothing(t *testing.T) {
	s := newStore(t)
	file := open(t, s, put(t, s, content(100)).Hash)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Read(make([]byte, 10)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Read: %v", err)
	}
	if err := file.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Close: %v", err)
	}
}

// Property: the two directions of the size arithmetic agree, and no other length is taken for a blob's.
func TestContentSizeFollowsFromFileSize(t *testing.T) {
	valid := map[int64]bool{}
	for size := int64(0); size < 3*chunkSize; size++ {
		fileSize := headerSize + size + (lastChunk(size)+1)*tagSize
		if got, ok := contentSize(fileSize); !ok || got != size {
			t.Fatalf("%d bytes in a file of %d: %d, %v", size, fileSize, got, ok)
		}
		valid[fileSize] = true
	}
	for fileSize := int64(0); fileSize < 3*chunkSize; fileSize++ {
		if _, ok := contentSize(fileSize); ok != valid[fileSize] {
			t.Fatalf("a file of %d bytes: %v", fileSize, ok)
		}
	}
}
