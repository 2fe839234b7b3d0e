package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// Each measurement of ours runs in a process of its own, which does nothing else: so one does not warm or crowd the
// next, and the operating system tells how much memory it took.

// result is what such a process reports.
type result struct {
	Seconds float64 `json:"seconds"`
	Receive float64 `json:"receive"` // of a load: seconds for storing the sealed upload
	Rows    int64   `json:"rows"`    // as counted by who did the work
	Stored  int64   `json:"stored"`  // of a load: rows in the warehouse afterwards
	Peak    int64   `json:"peak"`    // most memory of the whole process, bytes
}

// job says what a process is to do.
type job struct {
	Task    string `json:"task"` // load, read or excelize
	File    string `json:"file"`
	DSN     string `json:"dsn"`
	Data    string `json:"data"`
	Profile string `json:"profile"` // where to write a CPU profile; empty for none
}

// inChild runs the job in a process of its own.
func inChild(ctx context.Context, j job) (result, error) {
	var r result
	text, err := json.Marshal(j)
	if err != nil {
		return r, err
	}
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, self, "-child", string(text))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("%s of %s: %w", j.Task, filepath.Base(j.File), err)
	}
	return r, json.Unmarshal(out, &r)
}

// runChild does the job in this process and prints the result.
func runChild(ctx context.Context, text string, stdout io.Writer) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	do, ok := map[string]func(context.Context, job, *result) error{"load": load, "read": read, "excelize": readByExcelize}[j.Task]
	if !ok {
		return fmt.Errorf("unknown job %q", j.Task)
	}
	var r result
	if err := do(ctx, j, &r); err != nil {
		return err
	}
	peak, err := peakMemory()
	if err != nil {
		return err
	}
	r.Peak = peak
	return json.NewEncoder(stdout).Encode(r)
}

// load takes the file through the portal: kept in the file store, uploaded, checked and loaded by its job.
func load(ctx context.Context, j job, r *result) error {
	w, err := newWorld(ctx, j.DSN, j.Data)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.Start(ctx); err != nil {
		return err
	}
	if err := w.Jobs.Wait(ctx); err != nil { // the schedules of a first start
		return err
	}
	begun := time.Now()
	kept, err := w.keep(ctx, j.File)
	if err != nil {
		return err
	}
	r.Receive = time.Since(begun).Seconds()
	stop, err := profile(j.Profile)
	if err != nil {
		return err
	}
	begun = time.Now()
	b, err := w.file(ctx, kept)
	r.Seconds = time.Since(begun).Seconds()
	stop()
	if err != nil {
		return err
	}
	if b.State != models.BatchClean {
		return fmt.Errorf("the batch is %s, not clean: %s", b.State, b.Trouble)
	}
	r.Rows = b.RowsValid
	r.Stored, err = w.stored(ctx)
	return err
}

// profile starts a CPU profile if a file is named.
func profile(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close() // a profile is no result
	}, nil
}

// read merely reads the first sheet with our reader.
func read(_ context.Context, j job, r *result) error {
	begun := time.Now()
	file, err := os.Open(j.File)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	book, err := sheet.Open(file, info.Size(), sheet.Options{Name: j.File, TempDir: j.Data})
	if err != nil {
		return err
	}
	defer book.Close()
	rows, err := book.Rows(0)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r.Rows++
	}
	r.Rows-- // the titles
	r.Seconds = time.Since(begun).Seconds()
	return rows.Err()
}

// readByExcelize merely reads the first sheet with excelize, streaming and without formatting: its fastest way.
func readByExcelize(_ context.Context, j job, r *result) error {
	begun := time.Now()
	f, err := excelize.OpenFile(j.File)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if _, err := rows.Columns(excelize.Options{RawCellValue: true}); err != nil {
			return err
		}
		r.Rows++
	}
	r.Rows--
	r.Seconds = time.Since(begun).Seconds()
	return rows.Error()
}

// peakMemory is the most memory that this process has had, as Linux counts it (VmHWM), in bytes.
func peakMemory() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("read peak memory: %w", err)
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kib, err := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("read peak memory: no VmHWM in /proc/self/status")
}
