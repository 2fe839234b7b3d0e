package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/served"
)

// What the pages are held to: with years behind it a page sends as many statements as with half a year, and takes little
// longer, although the portal holds many times the tasks: a list is still counted.
const (
	shortHistory = 6
	maxGrowth    = 3.0
	askedFor     = 15 // times each page is asked for, in turn
)

// asked is what asking for one page took.
type asked struct {
	queries int64
	times   []float64 // seconds
}

// measureHistory asks for the pages that show the plan's content in a portal of half a year and in one of many, on each
// engine.
func measureHistory(ctx context.Context, s settings, r *report) error {
	engines := []string{"sqlite"}
	if s.server != "" {
		engines = append(engines, "postgres")
	} else {
		r.plain("pages with years of history, PostgreSQL", "not measured: TEST_DATABASE_URL is not set")
	}
	for _, engine := range engines {
		if err := historyOf(ctx, s, r, engine); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	return nil
}

func historyOf(ctx context.Context, s settings, r *report, engine string) error {
	young, size, err := askArchive(ctx, s, r, engine, shortHistory)
	if err != nil {
		return err
	}
	old, grown, err := askArchive(ctx, s, r, engine, s.months)
	if err != nil {
		return err
	}
	r.plain(years(s.months)+" of history, "+engine, grown+"; half a year: "+size)
	for _, p := range historyPages {
		was, is := young[p.name], old[p.name]
		ratio := median(is.times) / median(was.times)
		r.figures = append(r.figures, figure{
			name:     p.name + " with " + years(s.months) + " of history, " + engine,
			measured: fmt.Sprintf("%s ms, %d queries", ms(is.times), is.queries),
			against:  fmt.Sprintf("half a year: %s ms, %d queries", ms(was.times), was.queries),
			ratio:    fmt.Sprintf("%.2f×", ratio), target: fmt.Sprintf("≤ %.1f×, as many queries", maxGrowth),
			verdict: verdict(ratio <= maxGrowth && is.queries <= was.queries),
		})
	}
	return nil
}

// askArchive fills a portal and asks for each page again and again.
func askArchive(ctx context.Context, s settings, r *report, engine string, months int) (got map[string]*asked, size string, err error) {
	data, err := os.MkdirTemp(s.work, "history-")
	if err != nil {
		return nil, "", err
	}
	defer os.RemoveAll(data)
	dsn, remove, err := s.freshDatabase(ctx, engine, data)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, remove()) }()
	r.note("filling %d months of history, %s", months, engine)
	a, err := newArchive(ctx, dsn, data, months)
	if err != nil {
		return nil, "", err
	}
	defer a.Close()
	server := httptest.NewServer(a.Web)
	defer server.Close()
	office, err := served.LogIn(ctx, server.URL, "office", demo.Password)
	if err != nil {
		return nil, "", err
	}
	got = map[string]*asked{}
	for range askedFor {
		for _, p := range historyPages {
			if err := a.ask(ctx, office, p, got); err != nil {
				return nil, "", err
			}
		}
	}
	return got, fmt.Sprintf("%s tasks, %s batches", thousands(int(a.tasks)), thousands(int(a.batches))), nil
}

// ask takes one page and counts what it sent to the database.
func (a *archive) ask(ctx context.Context, who *served.Browser, p historyPage, got map[string]*asked) error {
	before, begun := a.queries.Load(), time.Now()
	if _, err := who.Get(ctx, p.path(a)); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	if got[p.name] == nil {
		got[p.name] = &asked{}
	}
	x := got[p.name]
	x.times, x.queries = append(x.times, time.Since(begun).Seconds()), a.queries.Load()-before
	return nil
}

// historyPage is a page that shows the plan's content.
type historyPage struct {
	name string
	path func(*archive) string
}

var historyPages = []historyPage{
	{"the matrix", func(*archive) string { return paths.Matrix }},
	{"the filings", func(*archive) string { return paths.Filings }},
	{"the catalogue", func(*archive) string { return paths.Catalogue }},
	{"a catalogue item", func(*archive) string { return paths.ToItem("zjj-02") }},
	{"a unit's page", func(*archive) string { return paths.ToUnit("zjj") }},
	{"the templates", func(*archive) string { return paths.Templates }},
	{"a template", func(*archive) string { return paths.ToTemplate("zjj-02") }},
	{"two versions of a template", func(*archive) string { return paths.ToTemplateCompare("zjj-02") }},
	{"the designs", func(*archive) string { return paths.Designs }},
	{"the designer", func(a *archive) string { return paths.ToDesign(paths.Design, a.editor) }},
	{"a task", func(*archive) string {
		return paths.ToTask(models.TaskCode("zjj-02", models.PeriodAt(models.CycleMonth, time.Now().AddDate(0, -2, 0))))
	}},
}

// ms words the median of some seconds as milliseconds.
func ms(times []float64) string { return fmt.Sprintf("%.1f", 1000*median(times)) }

// years words a number of months.
func years(months int) string { return fmt.Sprintf("%d years", months/12) }
