package ingest

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"taxportal/internal/ingest/sheet"
)

// rowsOf opens a text table and returns its rows.
func rowsOf(t *testing.T, text string) *sheet.Rows {
	t.Helper()
	book, err := sheet.Open(strings.NewReader(text), int64(len(text)), sheet.Options{Name: "x.csv"})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// table is a text table of so many rows of so many cells.
func table(rows, cells int, content string) string {
	var b strings.Builder
	for r := range rows {
		for c := range cells {
			fmt.Fprintf(&b, "%s%d-%d,", content, r, c)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestAhead_GivesTheSameRowsAsReadingThem(t *testing.T) {
	for name, text := range map[string]string{
		"one row":             table(1, 3, ""),
		"one portion":         table(portionRows, 3, ""),
		"one row more":        table(portionRows+1, 3, ""),
		"many portions":       table(10*portionRows+7, 3, ""),
		"wide rows":           table(40, 1000, ""),
		"long cells":          table(30, 2, strings.Repeat("长", 40_000)),
		"uneven, blank lines": strings.Repeat("a,b,c\n\n,,\nd\n", 500),
	} {
		t.Run(name, func(t *testing.T) {
			plain, rows := rowsOf(t, text), readAhead(rowsOf(t, text))
			for plain.Next() {
				if !rows.Next() {
					t.Fatalf("no row %d: %v", plain.Row().No, rows.Err())
				}
				if want, got := plain.Row(), rows.Row(); !reflect.DeepEqual(got, want) {
					t.Fatalf("row %+v, want %+v", got, want)
				}
			}
			if rows.Next() || rows.Next() || rows.Err() != nil || rows.Progress() != 1 {
				t.Errorf("after the end: %v, progress %v", rows.Err(), rows.Progress())
			}
			if err := rows.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAhead_TellsWhatEndedTheRows(t *testing.T) {
	rows := readAhead(rowsOf(t, table(1000, 3, "")+"\"never closed\n"))
	n := 0
	for rows.Next() {
		n++
	}
	var refusal *sheet.Refusal
	if !errors.As(rows.Err(), &refusal) || refusal.Code != sheet.CodeQuote || n != 1000 {
		t.Errorf("%d rows, %v", n, rows.Err())
	}
	rows.Close()
}

func TestAhead_MayBeClosedAtAnyRow(t *testing.T) {
	for _, used := range []int{0, 1, portionRows, portionRows + 1, 5 * portionRows} {
		rows := readAhead(rowsOf(t, table(20*portionRows, 3, "")))
		for range used {
			if !rows.Next() {
				t.Fatal("too few rows")
			}
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
		if _, open := <-rows.full; open {
			t.Error("the reading goes on")
		}
	}
}
