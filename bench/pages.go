package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"taxportal/internal/paths"
)

// measurePages serves a portal by its own binary, uploads the text table in one session and asks for pages in two
// others while it is checked and loaded, as people do at the end of a month.
func measurePages(ctx context.Context, s settings, r *report, file string) (err error) {
	if _, err := os.Stat(s.portal); err != nil {
		r.plain("slowest page while a load runs", "not measured: no binary at "+s.portal)
		return nil
	}
	data := filepath.Join(s.work, "served")
	w, err := newWorld(ctx, "sqlite:"+filepath.Join(s.work, "served.db"), data)
	if err != nil {
		return err
	}
	w.Close()
	log, err := os.Create(filepath.Join(s.work, "served.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	portal, err := serve(ctx, s.portal, log, "--data", data, "--db", "sqlite:"+filepath.Join(s.work, "served.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, portal.stop()) }()
	v := &visit{report: r, task: w.task, times: map[string][]time.Duration{}}
	return v.take(ctx, portal.base, s, file)
}

// visit is two people at their pages.
type visit struct {
	report          *report
	task            string
	liaison, office *browser
	times           map[string][]time.Duration // by page
}

func (v *visit) take(ctx context.Context, base string, s settings, file string) (err error) {
	if v.liaison, err = logIn(ctx, base, "liaison.zjj"); err != nil {
		return err
	}
	if v.office, err = logIn(ctx, base, "office"); err != nil {
		return err
	}
	for range 20 {
		if err := v.round(ctx, ""); err != nil {
			return err
		}
	}
	idle := v.slowest()
	clear(v.times)
	v.report.note("uploading to the served portal")
	batch, err := v.liaison.upload(ctx, v.task, file)
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	for busy := true; busy; {
		if err := v.round(ctx, batch); err != nil {
			return err
		}
		if busy, err = v.busy(ctx, batch); err != nil {
			return err
		}
	}
	what := fmt.Sprintf("slowest page while %s rows are checked and loaded, SQLite", thousands(s.rows))
	v.report.figures = append(v.report.figures, figure{name: what, measured: v.slowest(), against: "idle: " + idle})
	return nil
}

// round asks for every page of the workbench once.
func (v *visit) round(ctx context.Context, batch string) error {
	asked := []struct {
		name string
		who  *browser
		path string
	}{
		{"the liaison's workbench", v.liaison, paths.Home}, {"the task", v.liaison, paths.ToTask(v.task)},
		{"the filings", v.liaison, paths.Filings}, {"the Office's workbench", v.office, paths.Home},
		{"the matrix", v.office, paths.Matrix}, {"the batch", v.liaison, batch},
	}
	for _, a := range asked {
		if a.path == "" {
			continue
		}
		_, took, err := a.who.get(ctx, a.path)
		if err != nil {
			return err
		}
		v.times[a.name] = append(v.times[a.name], took)
	}
	return nil
}

// busy reports whether the check is still under way, and fails unless it ends well.
func (v *visit) busy(ctx context.Context, batch string) (bool, error) {
	body, _, err := v.liaison.get(ctx, batch)
	switch {
	case err != nil:
		return false, err
	case strings.Contains(body, "校验中") || strings.Contains(body, "已上传"):
		return true, nil
	case strings.Contains(body, "校验通过"):
		return false, nil
	}
	return false, errors.New("the check did not end with 校验通过")
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

// maxDemo is how long the demo may take to be made at a first start.
const maxDemo = 20 * time.Second

// measureStart starts the demo in an empty folder and once more over what is there, each time to its first page.
func measureStart(ctx context.Context, s settings, r *report) error {
	info, err := os.Stat(s.portal)
	if err != nil {
		r.plain("start of the demo", "not measured: no binary at "+s.portal)
		return nil
	}
	var first, again []float64
	for round := range s.rounds {
		data := filepath.Join(s.work, fmt.Sprintf("demo%d", round))
		for _, times := range []*[]float64{&first, &again} {
			took, err := startOnce(ctx, s, data)
			if err != nil {
				return err
			}
			*times = append(*times, took.Seconds())
		}
	}
	r.note("started the demo %d times", 2*s.rounds)
	made := median(first)
	r.figures = append(r.figures, figure{name: "first start of the demo to its first page, SQLite", measured: seconds(made),
		target: "≤ " + maxDemo.String(), verdict: verdict(made <= maxDemo.Seconds())})
	r.plain("later start of the demo to its first page", seconds(median(again)))
	r.plain("size of the binary", megabytes(info.Size()))
	return nil
}

// startOnce returns the time from the start of the program to the log-in page.
func startOnce(ctx context.Context, s settings, data string) (time.Duration, error) {
	log, err := os.Create(data + ".log")
	if err != nil {
		return 0, err
	}
	defer log.Close()
	begun := time.Now()
	portal, err := serve(ctx, s.portal, log, "--demo", "--data", data)
	if err != nil {
		return 0, err
	}
	b := &browser{base: portal.base, client: http.DefaultClient}
	_, _, err = b.get(ctx, paths.Login)
	took := time.Since(begun)
	return took, errors.Join(err, portal.stop())
}
