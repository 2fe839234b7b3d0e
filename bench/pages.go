package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/paths"
	"taxportal/internal/served"
)

// measurePages serves a portal by its own binary, uploads the text table and asks for pages in two sessions while it is
// checked and loaded, as people do at the end of a month.
func measurePages(ctx context.Context, s settings, r *report, file string) (err error) {
	if _, err := os.Stat(s.portal); err != nil {
		r.plain("slowest page while a load runs", "not measured: no binary at "+s.portal)
		return nil
	}
	data := filepath.Join(s.work, "served")
	dsn := "sqlite:" + filepath.Join(s.work, "served.db")
	w, err := newWorld(ctx, dsn, data)
	if err != nil {
		return err
	}
	w.Close()
	portal, err := served.Start(ctx, served.Options{Binary: s.portal, Args: []string{"--data", data, "--db", dsn}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, portal.Stop()) }()
	v := &visit{report: r, task: w.task, times: map[string][]time.Duration{}}
	return v.take(ctx, portal.Base, s, file)
}

// visit is two people at their pages.
type visit struct {
	report          *report
	task            string
	liaison, office *served.Browser
	times           map[string][]time.Duration // by page
}

// idleRounds is how often each page is asked for before the load.
const idleRounds = 50

func (v *visit) take(ctx context.Context, base string, s settings, file string) (err error) {
	if v.liaison, err = served.LogIn(ctx, base, "liaison.zjj", demo.Password); err != nil {
		return err
	}
	if v.office, err = served.LogIn(ctx, base, "office", demo.Password); err != nil {
		return err
	}
	for range idleRounds {
		if err := v.round(ctx, ""); err != nil {
			return err
		}
	}
	idle := v.slowest()
	clear(v.times)
	v.report.note("uploading to the served portal")
	content, err := os.Open(file)
	if err != nil {
		return err
	}
	defer content.Close()
	page, err := v.liaison.Upload(ctx, v.task, filepath.Base(file), content)
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	batch := page.Path[strings.LastIndexByte(page.Path, '/')+1:]
	for busy := true; busy; {
		if err := v.round(ctx, batch); err != nil {
			return err
		}
		if busy, err = v.liaison.Busy(ctx, batch); err != nil {
			return err
		}
	}
	what := fmt.Sprintf("slowest page while %s rows are checked and loaded, SQLite", thousands(s.rows))
	v.report.figures = append(v.report.figures, figure{name: what, measured: v.slowest(), against: "idle: " + idle})
	page, err = v.liaison.Get(ctx, paths.ToBatch(batch))
	if err == nil && !strings.Contains(page.Body, "校验通过") {
		err = errors.New("the check did not end with 校验通过")
	}
	return err
}

// round asks for every page of the workbench once.
func (v *visit) round(ctx context.Context, batch string) error {
	asked := []struct {
		name string
		who  *served.Browser
		path string
	}{
		{"the liaison's workbench", v.liaison, paths.Home}, {"the task", v.liaison, paths.ToTask(v.task)},
		{"the filings", v.liaison, paths.Filings}, {"the Office's workbench", v.office, paths.Home},
		{"the matrix", v.office, paths.Matrix},
	}
	if batch != "" {
		asked = append(asked, asked[0])
		asked[len(asked)-1].name, asked[len(asked)-1].path = "the batch", paths.ToBatch(batch)
	}
	for _, a := range asked {
		begun := time.Now()
		if _, err := a.who.Get(ctx, a.path); err != nil {
			return err
		}
		v.times[a.name] = append(v.times[a.name], time.Since(begun))
	}
	return nil
}

// slowest words the slowest answer, its page, and the median of all.
func (v *visit) slowest() string {
	var all []time.Duration
	var worst time.Duration
	var page string
	for name, times := range v.times {
		all = append(all, times...)
		if t := slices.Max(times); t > worst {
			worst, page = t, name
		}
	}
	slices.Sort(all)
	return fmt.Sprintf("%s ms (%s; median of %d: %s ms)", millis(worst), page, len(all), millis(all[len(all)/2]))
}

func millis(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
