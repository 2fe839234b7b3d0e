package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// report gathers the figures of a run.
type report struct {
	settings settings
	progress io.Writer
	figures  []figure
	wrong    []string
}

// figure is one line of the table.
type figure struct {
	name, measured, against, ratio, target, verdict string
}

// heads are the titles of the table's columns.
var heads = figure{"figure", "measured", "held against", "ratio", "target", "verdict"}

func (f figure) cells() []string {
	return []string{f.name, f.measured, f.against, f.ratio, f.target, f.verdict}
}

// target is the bound of a ratio.
type target struct{ most float64 }

var none = target{} // the ratio is for information

func atMost(x float64) target { return target{x} }

// ratio adds how much longer one contender took than the other: the median of the rounds' ratios.
func (r *report) ratio(name string, of, than *contender, t target) {
	ratios := make([]float64, len(of.runs))
	for i := range ratios {
		ratios[i] = of.runs[i].Seconds / than.runs[i].Seconds
	}
	got := median(ratios)
	f := figure{name: name, measured: of.timing(), against: than.name + ": " + than.timing(), ratio: fmt.Sprintf("%.2f×", got)}
	if t != none {
		f.target, f.verdict = fmt.Sprintf("≤ %.1f×", t.most), verdict(got <= t.most)
	}
	r.figures = append(r.figures, f)
}

// speed adds how many times as fast one contender was as the other.
func (r *report) speed(name string, of, than *contender, least float64) {
	r.ratio(name, than, of, none)
	f := &r.figures[len(r.figures)-1]
	f.measured, f.against = of.timing(), than.name+": "+than.timing()
	times, _ := strconv.ParseFloat(strings.TrimSuffix(f.ratio, "×"), 64)
	f.ratio, f.target, f.verdict = fmt.Sprintf("%.1f times as fast", times), fmt.Sprintf("≥ %g times", least), verdict(times >= least)
}

// maxMemory is what a process may take while it loads.
const maxMemory = 200 << 20

// memory adds the most memory that any run took.
func (r *report) memory(name string, c *contender) {
	var most int64
	for _, run := range c.runs {
		most = max(most, run.Peak)
	}
	r.figures = append(r.figures, figure{name: name, measured: megabytes(most), target: "< " + megabytes(maxMemory), verdict: verdict(most < maxMemory)})
}

// plain adds a figure that is held against nothing.
func (r *report) plain(name, measured string) {
	r.figures = append(r.figures, figure{name: name, measured: measured})
}

// count holds a number of rows against what it must be.
func (r *report) count(name string, got, want int64) {
	if got != want {
		r.wrong = append(r.wrong, fmt.Sprintf("%s: %d rows, want %d", name, got, want))
	}
}

// note tells somebody who waits how far the run is.
func (r *report) note(format string, args ...any) { fmt.Fprintf(r.progress, format+"\n", args...) }

// timing is the median of a contender's runs with the fastest and the slowest, and the rows a second of the median.
func (c *contender) timing() string {
	times := pick(c.runs, func(x result) float64 { return x.Seconds })
	middle := median(times)
	text := seconds(middle)
	if len(times) > 1 {
		text += fmt.Sprintf(" (%.2f–%.2f)", slices.Min(times), slices.Max(times))
	}
	return text + ", " + thousands(int(float64(c.runs[0].Rows)/middle)) + " rows/s"
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}

// print writes the table with aligned columns.
func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "%s\n\n", r.machine())
	var widths [6]int
	lines := append([]figure{heads}, r.figures...)
	for _, f := range lines {
		for i, cell := range f.cells() {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, f := range lines {
		var line strings.Builder
		for i, cell := range f.cells() {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
	for _, wrong := range r.wrong {
		fmt.Fprintln(w, "WRONG COUNT:", wrong)
	}
}

// markdown writes the table for the documentation.
func (r *report) markdown(w io.Writer) {
	fmt.Fprintf(w, "# Measured\n\nWritten by `make bench`. %s\n\n", r.machine())
	for i, f := range append([]figure{heads}, r.figures...) {
		fmt.Fprintln(w, "| "+strings.ReplaceAll(strings.Join(f.cells(), "\x00"), "\x00", " | ")+" |")
		if i == 0 {
			fmt.Fprintln(w, strings.Repeat("| --- ", len(f.cells()))+"|")
		}
	}
	for _, wrong := range r.wrong {
		fmt.Fprintln(w, "\nWRONG COUNT:", wrong)
	}
}

// machine says on what the figures were taken.
func (r *report) machine() string {
	return fmt.Sprintf("%s, %d CPUs (%s), %s/%s, %s; medians of %d rounds in turn.", time.Now().Format(time.DateOnly), runtime.NumCPU(),
		processor(), runtime.GOOS, runtime.GOARCH, runtime.Version(), r.settings.rounds)
}

// processor returns the CPU's name as Linux knows it.
func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "model name"); ok {
			return strings.TrimLeft(name, "\t: ")
		}
	}
	return "unknown"
}

// median returns the middle value, of an even number the lower middle.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

func pick(runs []result, of func(result) float64) []float64 {
	values := make([]float64, len(runs))
	for i, run := range runs {
		values[i] = of(run)
	}
	return values
}

func seconds(s float64) string { return fmt.Sprintf("%.2f s", s) }

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n>>20) }

// thousands writes 1000000 as 1,000,000.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
