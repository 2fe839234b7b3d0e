package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"taxportal/internal/paths"
	"taxportal/internal/served"
)

// maxDemo is how long the demo may take to be made at a first start.
const maxDemo = 90 * time.Second

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
	begun := time.Now()
	portal, err := served.Start(ctx, served.Options{Binary: s.portal, Args: []string{"--demo", "--data", data}})
	if err != nil {
		return 0, err
	}
	b, err := served.Visit(portal.Base)
	if err == nil {
		_, err = b.Get(ctx, paths.Login)
	}
	return time.Since(begun), errors.Join(err, portal.Stop())
}
