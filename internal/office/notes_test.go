package office

import (
	"math/rand/v2"
	"testing"
)

// TestNoteSorter holds that notes come in the order of their rows, those of a row as they were added, whether or not
// they fit in memory; and that they can be read twice.
func TestNoteSorter(t *testing.T) {
	for _, limit := range []int{1, 2, 7, 1000} {
		s := &noteSorter{dir: t.TempDir(), limit: limit}
		random := rand.New(rand.NewPCG(1, 2))
		for i := range 500 {
			if err := s.add(note{Row: random.Int64N(40), Column: i}); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			last, count := note{Row: -1}, 0
			for n, err := range s.sorted() {
				if err != nil {
					t.Fatal(err)
				}
				if n.Row < last.Row || n.Row == last.Row && n.Column < last.Column {
					t.Fatalf("limit %d: %+v comes behind %+v", limit, n, last)
				}
				last, count = n, count+1
			}
			if count != 500 {
				t.Errorf("limit %d: %d notes", limit, count)
			}
		}
		s.close()
	}
}

func TestColumnIndex(t *testing.T) {
	for letters, want := range map[string]int{"": 0, "A": 1, "Z": 26, "AA": 27, "XFD": 16384, "a": 0, "A1": 0} {
		if got := columnIndex(letters); got != want {
			t.Errorf("%q is column %d, want %d", letters, got, want)
		}
	}
}
