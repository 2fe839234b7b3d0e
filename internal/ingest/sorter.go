package ingest

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
)

// entry is one record of a sorter. Entries are ordered word by word.
type entry [5]uint64

const entryBytes = 5 * 8

func compareEntries(a, b entry) int {
	if a[0] != b[0] { // nearly always
		return cmp.Compare(a[0], b[0])
	}
	return slices.Compare(a[1:], b[1:])
}

// sorter orders any number of entries in bounded memory: what does not fit is spilled in sorted runs to one temporary
// file, and the runs are merged as they are read back. The file has no name any more while it is in use, so that
// nothing stays behind after a crash.
type sorter struct {
	dir   string
	limit int // entries held in memory
	held  []entry
	file  *os.File
	runs  []int64 // end offset of each run
}

// newSorter returns a sorter that holds up to limit entries in memory and spills to dir ("" = the system's).
func newSorter(dir string, limit int) *sorter { return &sorter{dir: dir, limit: max(limit, 2)} }

// add takes one entry.
func (s *sorter) add(e entry) error {
	if len(s.held) == s.limit {
		if err := s.spill(); err != nil {
			return fmt.Errorf("spill sorted run: %w", err)
		}
	}
	s.held = append(s.held, e)
	return nil
}

// spill writes the held entries as one sorted run.
func (s *sorter) spill() error {
	if s.file == nil {
		file, err := openTemp(s.dir)
		if err != nil {
			return err
		}
		s.file = file
	}
	slices.SortFunc(s.held, compareEntries)
	w := bufio.NewWriterSize(s.file, 1<<16)
	var buf [entryBytes]byte
	for _, e := range s.held {
		for i, word := range e {
			binary.LittleEndian.PutUint64(buf[i*8:], word)
		}
		if _, err := w.Write(buf[:]); err != nil {
			return err
		}
	}
	s.runs = append(s.runs, s.spilled()+int64(len(s.held))*entryBytes)
	s.held = s.held[:0]
	return w.Flush()
}

func (s *sorter) spilled() int64 {
	if len(s.runs) == 0 {
		return 0
	}
	return s.runs[len(s.runs)-1]
}

// each calls f with all entries in order. No entry may be added afterwards.
func (s *sorter) each(f func(entry) error) error {
	slices.SortFunc(s.held, compareEntries)
	if len(s.runs) == 0 {
		for _, e := range s.held {
			if err := f(e); err != nil {
				return err
			}
		}
		return nil
	}
	return s.merge(f)
}

// merge reads all runs side by side; what is still in memory is one more run.
func (s *sorter) merge(f func(entry) error) error {
	var h runHeap
	start := int64(0)
	size := max(512, min(1<<16, s.limit*entryBytes/len(s.runs)))
	for _, end := range s.runs {
		section := io.NewSectionReader(s.file, start, end-start)
		h = append(h, &run{r: bufio.NewReaderSize(section, size)})
		start = end
	}
	h = append(h, &run{held: s.held})
	live := h[:0]
	for _, r := range h {
		more, err := r.next()
		if err != nil {
			return fmt.Errorf("read sorted run: %w", err)
		}
		if more {
			live = append(live, r)
		}
	}
	h = live
	heap.Init(&h)
	for len(h) > 0 {
		if err := f(h[0].first); err != nil {
			return err
		}
		more, err := h[0].next()
		if err != nil {
			return fmt.Errorf("read sorted run: %w", err)
		}
		if more {
			heap.Fix(&h, 0)
		} else {
			heap.Pop(&h)
		}
	}
	return nil
}

// close gives the temporary file back.
func (s *sorter) close() error {
	s.held = nil
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.Close()
}

// run is one sorted sequence, read from the file or from memory.
type run struct {
	first entry
	r     *bufio.Reader
	held  []entry
}

// next moves first on; it reports whether there was another entry.
func (r *run) next() (bool, error) {
	if r.r == nil {
		if len(r.held) == 0 {
			return false, nil
		}
		r.first, r.held = r.held[0], r.held[1:]
		return true, nil
	}
	var buf [entryBytes]byte
	if _, err := io.ReadFull(r.r, buf[:]); err == io.EOF {
		return false, nil
	} else if err != nil {
		return false, err
	}
	for i := range r.first {
		r.first[i] = binary.LittleEndian.Uint64(buf[i*8:])
	}
	return true, nil
}

// runHeap keeps the run with the least entry in front.
type runHeap []*run

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return compareEntries(h[i].first, h[j].first) < 0 }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push and Pop belong to container/heap.
func (h *runHeap) Push(x any) { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// openTemp opens a temporary file that only this process can reach.
func openTemp(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, "ingest-*")
	if err != nil {
		return nil, err
	}
	// Where an open file cannot be removed the emptying of DATA/tmp at start does it.
	_ = os.Remove(file.Name())
	return file, nil
}
