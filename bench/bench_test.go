package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test's binary do what bench's own does in its children.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "-child" {
		if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func TestRun_MeasuresASmallRegisterAndCountsItsRows(t *testing.T) {
	out := filepath.Join(t.TempDir(), "bench.md")
	var table strings.Builder
	err := run(t.Context(), []string{"-rows", "2000", "-rounds", "1", "-only", "csv,xlsx,pages,history,start", "-months", "12", "-portal", "no-such-binary", "-out", out}, &table)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2,000 rows × 12 of CSV, check and load, SQLite", "sqlite3 .import, bare table", "table with key and index", "≤ 2.0×",
		"400 rows × 12 of xlsx, check and load, SQLite", "reading it with excelize", "≥ 4 times", "< 200 MB", "no binary at no-such-binary",
		"PostgreSQL", "CPUs", "the catalogue with 1 years of history, sqlite", "the designer with 1 years of history, sqlite", "as many queries",
	} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table does not say %q", want)
		}
	}
	if strings.Contains(table.String(), "WRONG") {
		t.Error(table.String())
	}
	if page, err := os.ReadFile(out); err != nil || !strings.Contains(string(page), "| figure | measured | held against | ratio | target | verdict |\n| --- |") {
		t.Errorf("%v\n%s", err, page)
	}
}

func TestReport_AWrongCountIsAllThatFails(t *testing.T) {
	r := &report{}
	slow, fast := &contender{name: "slow", runs: []result{{Seconds: 9, Rows: 10}}}, &contender{name: "fast", runs: []result{{Seconds: 1, Rows: 10}}}
	r.ratio("a load", slow, fast, atMost(2))
	if f := r.figures[0]; f.verdict != "MISSED" || f.ratio != "9.00×" || len(r.wrong) != 0 {
		t.Errorf("%+v, wrong %v", f, r.wrong)
	}
	r.speed("a read", fast, slow, 4)
	if f := r.figures[1]; f.verdict != "met" || f.ratio != "9.0 times as fast" {
		t.Errorf("%+v", f)
	}
	r.count("fast", 9, 10)
	var table strings.Builder
	r.print(&table)
	if len(r.wrong) != 1 || !strings.Contains(table.String(), "WRONG COUNT: fast: 9 rows, want 10") {
		t.Error(table.String())
	}
}

func TestRun_AnEngineThatLosesRowsFailsTheRun(t *testing.T) {
	r := &report{progress: new(strings.Builder)}
	loses := &contender{name: "loses", take: func() (result, error) { return result{Seconds: 1, Rows: 1}, nil }}
	if err := race(r, 1, 2, loses); err != nil || len(r.wrong) != 1 {
		t.Errorf("wrong %v, %v", r.wrong, err)
	}
	broken := &contender{name: "breaks", take: func() (result, error) { return result{}, errors.New("no disk") }}
	if err := race(r, 1, 2, broken); err == nil || !strings.Contains(err.Error(), "breaks: no disk") {
		t.Error(err)
	}
}

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{0: nil, 1: {1}, 2: {3, 1, 2}, 5: {9, 5, 1, 7}} {
		if got := median(values); got != want {
			t.Errorf("median of %v is %v, want %v", values, got, want)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1_000_000: "1,000,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
