package filestore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"

	"taxportal/internal/fault"
)

func TestContentComesBackAsItWasPut(t *testing.T) {
	s := newStore(t)
	for _, n := range []int{0, 1, 15, 16, 17, chunkSize - 17, chunkSize - 16, chunkSize - 1, chunkSize, chunkSize + 1,
		2*chunkSize - 1, 2 * chunkSize, 2*chunkSize + 1, 3*chunkSize - tagSize, 9*chunkSize + 5, 5 << 20} {
		want := content(n)
		ref := put(t, s, want)
		if ref.Hash != hashOf(want) || ref.Size != int64(n) {
			t.Errorf("%d bytes: ref %+v", n, ref)
		}
		if got, err := readAll(t, s, ref.Hash); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: read %d, %v", n, len(got), err)
		}
		if size := open(t, s, ref.Hash).Size(); size != int64(n) {
			t.Errorf("%d bytes: size %d", n, size)
		}
	}
}

func TestReadersMayGiveLittleAtATime(t *testing.T) {
	s, want := newStore(t), content(chunkSize+100)
	for name, r := range map[string]io.Reader{
		"one byte":      iotest.OneByteReader(bytes.NewReader(want)),
		"half":          iotest.HalfReader(bytes.NewReader(want)),
		"EOF with data": iotest.DataErrReader(bytes.NewReader(want)),
	} {
		ref, err := s.Put(t.Context(), r, PutOptions{MaxBytes: plenty})
		if err != nil || ref.Hash != hashOf(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingOnTheDiskIsPlainOrPublic(t *testing.T) {
	dir := t.TempDir()
	s := storeIn(t, dir, newStore(t).keys)
	secret := []byte("张三,11010519491231002X,SECRET-MARK")
	put(t, s, bytes.Repeat(secret, 5000))
	put(t, s, secret)
	for _, path := range filesIn(t, dir) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("SECRET")) || bytes.Contains(raw, []byte("19491231")) {
			t.Errorf("%s holds plain text", path)
		}
	}
	err := filepath.WalkDir(filepath.Join(dir, "files"), func(path string, entry fs.DirEntry, err error) error {
		info, _ := entry.Info()
		if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[entry.IsDir()]; info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSameContentIsStoredOnce(t *testing.T) {
	s, want := newStore(t), content(200_000)
	first := put(t, s, want)
	before := open(t, s, first.Hash)
	if second := put(t, s, want); second != first {
		t.Errorf("second ref %+v", second)
	}
	if files := filesIn(t, s.files); len(files) != 1 {
		t.Errorf("files: %v", files)
	}
	if got, err := io.ReadAll(before); err != nil || !bytes.Equal(got, want) {
		t.Errorf("a handle from before the second put: %v", err)
	}
}

func TestPuttingAgainMendsADamagedBlob(t *testing.T) {
	s, want := newStore(t), content(100_000)
	ref := put(t, s, want)
	rewrite(t, s.path(ref.Hash), func(raw []byte) []byte { raw[headerSize+5] ^= 1; return raw })
	if _, err := readAll(t, s, ref.Hash); !errors.Is(err, ErrDamaged) {
		t.Fatalf("damaged blob: %v", err)
	}
	put(t, s, want)
	if got, err := readAll(t, s, ref.Hash); err != nil || !bytes.Equal(got, want) {
		t.Errorf("after putting again: %v", err)
	}
}

func TestConcurrentPutsOfTheSameContentAllSucceed(t *testing.T) {
	s, want := newStore(t), content(300_000)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			ref, err := s.Put(t.Context(), bytes.NewReader(want), PutOptions{MaxBytes: plenty})
			if err != nil || ref.Hash != hashOf(want) {
				t.Errorf("put: %v", err)
				return
			}
			if got, err := readAll(t, s, ref.Hash); err != nil || !bytes.Equal(got, want) {
				t.Errorf("read: %v", err)
			}
		})
	}
	group.Wait()
	if files := filesIn(t, s.files); len(files) != 1 {
		t.Errorf("files: %v", files)
	}
}

func TestContentOverTheLimitIsRefused(t *testing.T) {
	s := newStore(t)
	for _, n := range []int64{1, chunkSize - 1, chunkSize, chunkSize + 1, 200_000} {
		if _, err := s.Put(t.Context(), bytes.NewReader(content(int(n))), PutOptions{MaxBytes: n}); err != nil {
			t.Errorf("%d bytes at the limit: %v", n, err)
		}
		before := len(filesIn(t, s.files))
		_, err := s.Put(t.Context(), bytes.NewReader(content(int(n+1))), PutOptions{MaxBytes: n})
		if !fault.Is(err, fault.TooLarge) {
			t.Errorf("%d bytes over %d: %v", n+1, n, err)
		}
		if after := len(filesIn(t, s.files)); after != before {
			t.Errorf("%d files remain of a refused put", after-before)
		}
	}
	endless := iotest.ErrReader(errors.New("read too far"))
	_, err := s.Put(t.Context(), io.MultiReader(bytes.NewReader(content(200_000)), endless), PutOptions{MaxBytes: 100_000})
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("reading goes on behind the limit: %v", err)
	}
	if _, err := s.Put(t.Context(), strings.NewReader("x"), PutOptions{}); err == nil {
		t.Error("a put without limit was taken")
	}
}

func TestLimitsAreSaidInWords(t *testing.T) {
	for n, want := range map[int64]string{200 << 20: "200 MB", 2 << 30: "2 GB", 1536 << 10: "1.5 MB", 10: "10 字节", 1 << 10: "1 KB"} {
		if message, _ := fault.Message(tooLarge(n)); !strings.Contains(message, "超过 "+want+" 的上限") {
			t.Errorf("%d bytes: %s", n, message)
		}
	}
}

func TestACutUploadIsNotTakenForAWholeFile(t *testing.T) {
	lost := errors.New("connection reset")
	for name, cause := range map[string]error{
		"reset": lost, "as net/http tells it": io.ErrUnexpectedEOF, "never ending": io.ErrNoProgress,
	} {
		for _, n := range []int{0, 10, chunkSize, chunkSize + 10} {
			s := newStore(t)
			var r io.Reader = io.MultiReader(bytes.NewReader(content(n)), iotest.ErrReader(cause))
			if cause == io.ErrNoProgress {
				r = io.MultiReader(bytes.NewReader(content(n)), idleReader{})
			}
			_, err := s.Put(t.Context(), r, PutOptions{MaxBytes: plenty})
			if !errors.Is(err, cause) {
				t.Errorf("%s after %d bytes: %v", name, n, err)
			}
			if files := filesIn(t, s.files); len(files) > 0 {
				t.Errorf("%s after %d bytes left %v", name, n, files)
			}
		}
	}
}

type idleReader struct{}

func (idleReader) Read([]byte) (int, error) { return 0, nil }

func TestCancelledPutLeavesNothing(t *testing.T) {
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := io.MultiReader(bytes.NewReader(content(3*chunkSize)), callReader(cancel), bytes.NewReader(content(3*chunkSize)))
	if _, err := s.Put(ctx, r, PutOptions{MaxBytes: plenty}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if files := filesIn(t, s.files); len(files) > 0 {
		t.Errorf("left: %v", files)
	}
}

// callReader calls a function when it is read, and is empty.
type callReader func()

func (call callReader) Read([]byte) (int, error) { call(); return 0, io.EOF }

// failingFile fails at one step with a given error.
type failingFile struct {
	tempFile
	step  string
	after int // writes that succeed first
	err   error
}

func (f *failingFile) Write(p []byte) (int, error) {
	if f.step == "write" {
		if f.after--; f.after < 0 {
			n, _ := f.tempFile.Write(p[:len(p)/2])
			return n, f.err
		}
	}
	return f.tempFile.Write(p)
}

func (f *failingFile) Sync() error {
	if f.step == "sync" {
		return f.err
	}
	return f.tempFile.Sync()
}

func (f *failingFile) Close() error {
	err := f.tempFile.Close()
	if f.step == "close" {
		return f.err
	}
	return err
}

func TestADiskThatFailsLeavesNothingAndIsTold(t *testing.T) {
	for _, c := range []struct {
		step  string
		after int
		err   error
		told  bool
	}{
		{"create", 0, syscall.ENOSPC, true},
		{"write", 0, syscall.ENOSPC, true},
		{"write", 1, syscall.ENOSPC, true},
		{"write", 3, syscall.EDQUOT, true},
		{"write", 2, syscall.EIO, false},
		{"sync", 0, syscall.ENOSPC, true},
		{"close", 0, syscall.EDQUOT, true},
		{"close", 0, syscall.EIO, false},
	} {
		s := newStore(t)
		s.create = func(dir string) (tempFile, error) {
			if c.step == "create" {
				return nil, c.err
			}
			file, err := createTemp(dir)
			return &failingFile{tempFile: file, step: c.step, after: c.after, err: &os.PathError{Op: c.step, Err: c.err}}, err
		}
		_, err := s.Put(t.Context(), bytes.NewReader(content(4*chunkSize)), PutOptions{MaxBytes: plenty})
		message, _ := fault.Message(err)
		if !errors.Is(err, c.err) || fault.Is(err, fault.Unavailable) != c.told || c.told != strings.Contains(message, "磁盘已满") {
			t.Errorf("%s after %d: %v", c.step, c.after, err)
		}
		if files := filesIn(t, s.files); len(files) > 0 {
			t.Errorf("%s after %d left %v", c.step, c.after, files)
		}
		s.create = createTemp
		put(t, s, content(4*chunkSize))
	}
}
