package office

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// note is a finding on its way into an annotated file.
type note struct {
	Row      int64           `json:"r"`
	Column   int             `json:"c"` // from 1; 0 = no single column
	Severity models.Severity `json:"s"`
	Problem  string          `json:"p"`
	Advice   string          `json:"a"`
}

func noteOf(f ingest.Finding) note {
	n := note{Row: f.Row, Column: columnIndex(f.Column), Severity: f.Severity, Problem: f.Message, Advice: f.Advice}
	level := "错误"
	if f.Severity == models.SeverityWarning {
		level = "提醒"
	}
	switch {
	case f.Column != "" && f.Name != "":
		n.Problem = fmt.Sprintf("%s：%s 列“%s”%s", level, f.Column, f.Name, f.Message)
	default:
		n.Problem = level + "：" + f.Message
	}
	return n
}

// columnIndex reads a column's letters, from 1; 0 if they are none.
func columnIndex(letters string) int {
	n := 0
	for _, r := range letters {
		if r < 'A' || r > 'Z' || n > 1<<14 {
			return 0
		}
		n = n*26 + int(r-'A') + 1
	}
	return n
}

// heldNotes is how many notes a noteSorter keeps in memory, some 300 bytes each.
const heldNotes = 20_000

// noteSorter puts any number of notes in the order of their rows, those of one row in the order in which they came:
// findings come rule by rule, not row by row. What does not fit in memory is spilled in sorted runs to one temporary
// file without a name, and merged as it is read back.
type noteSorter struct {
	dir   string
	limit int
	held  []note
	file  *os.File
	runs  []int64 // end offset of each run
}

func byRow(a, b note) int { return cmp.Compare(a.Row, b.Row) }

func (s *noteSorter) add(n note) error {
	if len(s.held) >= s.limit {
		if err := s.spill(); err != nil {
			return fmt.Errorf("spill findings: %w", err)
		}
	}
	s.held = append(s.held, n)
	return nil
}

func (s *noteSorter) spill() error {
	if s.file == nil {
		file, err := os.CreateTemp(s.dir, "annotate-*")
		if err != nil {
			return err
		}
		_ = os.Remove(file.Name()) // where an open file cannot be removed, the emptying of DATA/tmp at start does it
		s.file = file
	}
	slices.SortStableFunc(s.held, byRow)
	w := bufio.NewWriterSize(s.file, 1<<16)
	encoder := json.NewEncoder(w)
	for _, n := range s.held {
		if err := encoder.Encode(n); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	end, err := s.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	s.runs, s.held = append(s.runs, end), s.held[:0]
	return nil
}

// sorted yields all notes in order. No note may be added afterwards; it may be read more than once.
func (s *noteSorter) sorted() iter.Seq2[note, error] {
	slices.SortStableFunc(s.held, byRow)
	return func(yield func(note, error) bool) {
		if err := s.merge(yield); err != nil {
			yield(note{}, fmt.Errorf("read sorted findings: %w", err))
		}
	}
}

func (s *noteSorter) merge(yield func(note, error) bool) error {
	var h noteHeap
	start := int64(0)
	for _, end := range s.runs {
		h = append(h, &noteRun{no: len(h), file: json.NewDecoder(bufio.NewReader(io.NewSectionReader(s.file, start, end-start)))})
		start = end
	}
	h = append(h, &noteRun{no: len(h), held: s.held})
	live := h[:0]
	for _, r := range h {
		more, err := r.next()
		if err != nil {
			return err
		}
		if more {
			live = append(live, r)
		}
	}
	h = live
	heap.Init(&h)
	for len(h) > 0 {
		if !yield(h[0].first, nil) {
			return nil
		}
		more, err := h[0].next()
		if err != nil {
			return err
		}
		if more {
			heap.Fix(&h, 0)
		} else {
			heap.Pop(&h)
		}
	}
	return nil
}

func (s *noteSorter) close() {
	if s.file != nil {
		_ = s.file.Close()
	}
}

// noteRun is one sorted run, in the file or in memory.
type noteRun struct {
	first note
	no    int
	file  *json.Decoder
	held  []note
}

// next moves first on and reports whether there was another note.
func (r *noteRun) next() (bool, error) {
	if r.file == nil {
		if len(r.held) == 0 {
			return false, nil
		}
		r.first, r.held = r.held[0], r.held[1:]
		return true, nil
	}
	r.first = note{}
	err := r.file.Decode(&r.first)
	if err == io.EOF {
		return false, nil
	}
	return err == nil, err
}

// noteHeap keeps the run with the next note in front.
type noteHeap []*noteRun

func (h noteHeap) Len() int { return len(h) }
func (h noteHeap) Less(i, j int) bool {
	return cmp.Or(byRow(h[i].first, h[j].first), cmp.Compare(h[i].no, h[j].no)) < 0
}
func (h noteHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push and Pop belong to container/heap.
func (h *noteHeap) Push(x any) { *h = append(*h, x.(*noteRun)) }
func (h *noteHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
