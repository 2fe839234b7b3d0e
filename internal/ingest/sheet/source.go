package sheet

import (
	"errors"
	"io"
	"sync/atomic"
)

// source is the uploaded file. It remembers a failure of the storage below, so that a full disk or a lost connection
// is not told to the user as a damaged file.
type source struct {
	r      io.ReaderAt
	size   int64
	budget atomic.Int64 // bytes that may still be read; negative = no bound
	fault  atomic.Pointer[error]
}

// errBudget tells that the bounded phase of reading wanted more than it may.
var errBudget = errors.New("zip directory too large")

func newSource(r io.ReaderAt, size int64) *source {
	s := &source{r: r, size: size}
	s.budget.Store(-1)
	return s
}

// errOutside tells of a place that the file's own bytes name but no file has.
var errOutside = errors.New("place before the start of the file")

// ReadAt reads like the file below.
func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errOutside
	}
	if left := s.budget.Load(); left >= 0 {
		if int64(len(p)) > left {
			return 0, errBudget
		}
		s.budget.Store(left - int64(len(p)))
	}
	n, err := s.r.ReadAt(p, off)
	if err != nil && err != io.EOF {
		s.fault.CompareAndSwap(nil, &err)
	}
	return n, err
}

// failure returns the first failure of the storage, or nil.
func (s *source) failure() error {
	if err := s.fault.Load(); err != nil {
		return *err
	}
	return nil
}

// bounded runs f, letting it read at most n bytes.
func (s *source) bounded(n int64, f func()) {
	s.budget.Store(n)
	f()
	s.budget.Store(-1)
}

// head returns up to n bytes from offset off. A file shorter than its stated size yields what there is.
func (s *source) head(off int64, n int) ([]byte, error) {
	if rest := s.size - off; rest < int64(n) {
		n = int(max(rest, 0))
	}
	buf := make([]byte, n)
	got, err := s.ReadAt(buf, off)
	if err == io.EOF {
		err = nil
	}
	return buf[:got], err
}
