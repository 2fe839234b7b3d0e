// Command bench measures what the portal promises, as ratios within one run, and prints a table: the figure, what was
// measured, what it is held against, the ratio, the target and a verdict. A slow machine never fails it; only a wrong
// count of rows does.
//
//	make bench                      1,000,000 rows as text, 200,000 as a workbook
//	make bench BENCH_ROWS=100000    a tenth of that
//	go run ./bench -only csv,xlsx -rounds 5 -out docs/bench.md
//
// PostgreSQL is measured on the server that TEST_DATABASE_URL names; make bench starts one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// settings are what the command line says.
type settings struct {
	rows    int // of the text table; the workbook has a fifth
	rounds  int
	months  int // of history, for the pages
	only    []string
	portal  string // the portal's binary
	server  string // URL of the PostgreSQL server, or empty
	durable bool   // that server is to write through to the disk
	work    string // folder for everything that a run makes
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// errWrong is the one reason for which the figures themselves fail a run.
var errWrong = errors.New("a count of rows is wrong, see above")

func run(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	var s settings
	flags.IntVar(&s.rows, "rows", 1_000_000, "rows of the text table; the workbook has a fifth of them")
	flags.IntVar(&s.rounds, "rounds", 3, "how often each figure is measured, in turn with what it is held against")
	flags.IntVar(&s.months, "months", 120, "months of history behind the pages; they are held against six")
	flags.StringVar(&s.portal, "portal", "bin/portal", "the portal's binary, for start and pages")
	only := flags.String("only", "csv,xlsx,pages,history,start", "what to measure")
	flags.BoolVar(&s.durable, "durable", false, "make the PostgreSQL server write through to the disk, as one in earnest does; for a throw-away server only")
	out := flags.String("out", "", "also write the table as markdown to this file")
	child := flags.String("child", "", "for the process of one measurement")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *child != "" {
		return runChild(ctx, *child, stdout)
	}
	s.server, s.only = os.Getenv("TEST_DATABASE_URL"), strings.Split(*only, ",")
	var err error
	if s.work, err = os.MkdirTemp("", "portal-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.work)
	r := &report{progress: os.Stderr, settings: s}
	if err := measure(ctx, s, r); err != nil {
		return err
	}
	r.print(stdout)
	if *out != "" {
		if err := writeFile(*out, func(w io.Writer) error { r.markdown(w); return nil }); err != nil {
			return err
		}
	}
	if len(r.wrong) > 0 {
		return errWrong
	}
	return nil
}

// measure takes the sections that were asked for, one after the other, each alone on the machine.
func measure(ctx context.Context, s settings, r *report) error {
	text, book := filepath.Join(s.work, "register.csv"), filepath.Join(s.work, "register.xlsx")
	if s.wants("csv") || s.wants("pages") {
		r.note("making %s rows of text", thousands(s.rows))
		if err := writeCSV(text, s.rows); err != nil {
			return err
		}
	}
	if s.wants("xlsx") {
		r.note("making a workbook of %s rows", thousands(s.bookRows()))
		if err := writeXLSX(book, s.bookRows()); err != nil {
			return err
		}
	}
	for _, section := range []struct {
		name string
		take func() error
	}{
		{"csv", func() error { return measureText(ctx, s, r, text) }},
		{"xlsx", func() error { return measureBook(ctx, s, r, book) }},
		{"pages", func() error { return measurePages(ctx, s, r, text) }},
		{"history", func() error { return measureHistory(ctx, s, r) }},
		{"start", func() error { return measureStart(ctx, s, r) }},
	} {
		if !s.wants(section.name) {
			continue
		}
		if err := section.take(); err != nil {
			return fmt.Errorf("measure %s: %w", section.name, err)
		}
	}
	return nil
}

func (s settings) wants(section string) bool { return slices.Contains(s.only, section) }

// bookRows is how many rows the workbook has: what a spreadsheet can still bear.
func (s settings) bookRows() int { return s.rows / 5 }
