package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
)

// contender is one way of getting through the same rows.
type contender struct {
	name string
	take func() (result, error)
	runs []result
}

// race measures all contenders in turn, round after round, so that whatever slows the machine for a while slows all.
func race(r *report, rounds int, want int64, contenders ...*contender) error {
	for round := range rounds {
		for _, c := range contenders {
			syscall.Sync() // what the last one wrote must not burden the next
			got, err := c.take()
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			r.note("round %d: %s %s", round+1, c.name, seconds(got.Seconds))
			r.count(c.name, got.Rows, want)
			c.runs = append(c.runs, got)
		}
	}
	return nil
}

// loads is a load through the portal, on a fresh database of the engine each time.
func loads(ctx context.Context, s settings, r *report, engine, file string, want int64) *contender {
	name := "check and load of " + filepath.Base(file) + ", " + engine
	return &contender{name: name, take: func() (result, error) {
		data, err := os.MkdirTemp(s.work, "data-")
		if err != nil {
			return result{}, err
		}
		defer os.RemoveAll(data)
		dsn, remove, err := s.freshDatabase(ctx, engine, data)
		if err != nil {
			return result{}, err
		}
		got, err := inChild(ctx, job{Task: "load", File: file, DSN: dsn, Data: data})
		if err != nil {
			return got, err
		}
		r.count(name+", rows in the warehouse", got.Stored, want)
		return got, remove()
	}}
}

// reads is merely reading the file, with our reader or with excelize.
func reads(ctx context.Context, s settings, name, task, file string) *contender {
	return &contender{name: name, take: func() (result, error) {
		return inChild(ctx, job{Task: task, File: file, Data: s.work})
	}}
}

// measureText holds the load of the text table against the bare bulk load of each engine.
func measureText(ctx context.Context, s settings, r *report, file string) error {
	want := int64(s.rows)
	what := thousands(s.rows) + " rows × 12 of CSV, check and load"
	bulk := func(name string, take func(context.Context, settings, string, bool) (result, error), keyed bool) *contender {
		return &contender{name: name, take: func() (result, error) { return take(ctx, s, file, keyed) }}
	}
	lite := loads(ctx, s, r, "sqlite", file, want)
	bare, keyed := bulk("sqlite3 .import, bare table", sqliteImport, false), bulk("sqlite3 .import, table with key and index", sqliteImport, true)
	if err := race(r, s.rounds, want, lite, bare, keyed); err != nil {
		return err
	}
	r.ratio(what+", SQLite", lite, bare, atMost(2.0))
	r.ratio(what+", SQLite", lite, keyed, none)
	r.memory("the same, peak memory of the process", lite)
	r.plain("the same, storing the sealed upload before the check", seconds(median(pick(lite.runs, func(x result) float64 { return x.Receive }))))
	if s.server == "" {
		r.plain(what+", PostgreSQL", "not measured: TEST_DATABASE_URL is not set")
		return nil
	}
	server, err := s.describeServer(ctx)
	if err != nil {
		return err
	}
	r.plain("PostgreSQL on the same machine", server)
	pg := loads(ctx, s, r, "postgres", file, want)
	bare, keyed = bulk(`psql \copy, bare table`, postgresCopy, false), bulk(`psql \copy, table with key and index`, postgresCopy, true)
	if err := race(r, s.rounds, want, pg, bare, keyed); err != nil {
		return err
	}
	r.ratio(what+", PostgreSQL", pg, bare, atMost(1.5))
	r.ratio(what+", PostgreSQL", pg, keyed, none)
	r.memory("the same, peak memory of the process", pg)
	return nil
}

// measureBook holds the load of the workbook against merely reading it, and our reading against excelize's.
func measureBook(ctx context.Context, s settings, r *report, file string) error {
	rows := thousands(s.bookRows())
	full := loads(ctx, s, r, "sqlite", file, int64(s.bookRows()))
	ours := reads(ctx, s, "reading it with our reader", "read", file)
	theirs := reads(ctx, s, "reading it with excelize", "excelize", file)
	if err := race(r, s.rounds, int64(s.bookRows()), full, ours, theirs); err != nil {
		return err
	}
	r.ratio(rows+" rows × 12 of xlsx, check and load, SQLite", full, ours, atMost(1.5))
	r.memory("the same, peak memory of the process", full)
	r.speed(rows+" rows × 12 of xlsx, reading only", ours, theirs, 4)
	return nil
}

// withDatabase returns the server's URL with another database's name.
func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server // the first use of it tells what is wrong
	}
	u.Path = "/" + name
	return u.String()
}
