package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

func testMaker(t *testing.T) maker {
	t.Helper()
	m, err := newMaker()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestExamples_AreWhatTheGeneratorMakes holds that nobody changes a committed file by hand, nor the generator without
// writing the files anew. Workbooks are compared by their parts, because another version of Go may pack them otherwise.
func TestExamples_AreWhatTheGeneratorMakes(t *testing.T) {
	m := testMaker(t)
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			made, err := e.make(m)
			if err != nil {
				t.Fatal(err)
			}
			committed, err := os.ReadFile(filepath.Join("..", e.name))
			if err != nil {
				t.Fatal(err)
			}
			if len(committed) > 60<<10 {
				t.Errorf("%d bytes; an example stays below 60 KB", len(committed))
			}
			again, err := e.make(m)
			if err != nil || !bytes.Equal(made, again) {
				t.Errorf("made twice, two files: %v", err)
			}
			if bytes.HasPrefix(made, []byte("PK")) {
				compareParts(t, parts(t, made), parts(t, committed))
			} else if !bytes.Equal(made, committed) {
				t.Error("differs: write the files anew with go run ./examples/make -all examples")
			}
		})
	}
}

func compareParts(t *testing.T, made, committed map[string]string) {
	t.Helper()
	for name, content := range made {
		if committed[name] != content {
			t.Errorf("%s differs: write the files anew with go run ./examples/make -all examples", name)
		}
	}
	if len(committed) != len(made) {
		t.Errorf("%d parts, want %d", len(committed), len(made))
	}
}

// parts unpacks a workbook.
func parts(t *testing.T, packed []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		part.Close()
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(content)
	}
	return out
}

func TestExamples_FolderHoldsNothingElse(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		known := entry.IsDir() || strings.HasSuffix(entry.Name(), ".md") || strings.HasSuffix(entry.Name(), ".go") ||
			slices.ContainsFunc(examples, func(e example) bool { return e.name == entry.Name() })
		if !known {
			t.Errorf("%s is made by nobody", entry.Name())
		}
	}
}

// TestRun_writesManyRows holds that the rows of every template are clean in any number, and that their keys differ.
func TestRun_writesManyRows(t *testing.T) {
	m := testMaker(t)
	for _, test := range []struct {
		template, file string
		rows           int
	}{{"zrzy-01", "many.csv", 100_000}, {"zjj-02", "many.csv", 20_000}, {"FGW-05", "many.csv", 20_000}, {"zrzy-01", "many.xlsx", 2000}} {
		t.Run(test.template+" "+test.file, func(t *testing.T) {
			var out bytes.Buffer
			path := filepath.Join(t.TempDir(), test.file)
			if err := run([]string{"-rows", strconv.Itoa(test.rows), "-out", path, "-template", test.template}, &out); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), strconv.Itoa(test.rows)+" rows") {
				t.Errorf("said %q", out.String())
			}
			def, err := m.template(strings.ToLower(test.template))
			if err != nil {
				t.Fatal(err)
			}
			report := check(t, path, def)
			if report.Verdict != ingest.VerdictClean || report.Rows != int64(test.rows) {
				t.Errorf("%s, %d rows: %+v", report.Verdict, report.Rows, report.Rules)
			}
		})
	}
}

// TestRows_fitIntoOneUpload holds that a million rows of the register of real estate stay below the 200 MB of an upload.
func TestRows_fitIntoOneUpload(t *testing.T) {
	m := testMaker(t)
	var out bytes.Buffer
	if err := writeCSV(&out, m.estates, 2000); err != nil {
		t.Fatal(err)
	}
	if perRow := out.Len() / 2000; perRow*manyRows > 200<<20 {
		t.Errorf("%d bytes a row are too many", perRow)
	}
}

func check(t *testing.T, path string, def models.Definition) ingest.Report {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Open(f, info.Size(), sheet.Options{Name: path, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	c, err := ingest.New(&def, ingest.Options{Today: "2026-11-23", TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.File(t.Context(), book, nil, nil); err != nil {
		t.Fatal(err)
	}
	report, err := c.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestRun_refusesWhatItCannotDo(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.csv")
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nothing":          {nil, "-all FOLDER"},
		"rows without out": {[]string{"-rows", "5"}, "-out FILE"},
		"both":             {[]string{"-all", dir, "-rows", "5", "-out", file}, "-all FOLDER"},
		"too many":         {[]string{"-rows", "1000001", "-out", file}, "1 to 1000000"},
		"negative":         {[]string{"-rows", "-1", "-out", file}, "1 to 1000000"},
		"other template":   {[]string{"-rows", "5", "-out", file, "-template", "zjj-99"}, `no rows for template "zjj-99"`},
		"no folder":        {[]string{"-all", filepath.Join(dir, "none")}, "write example"},
		"no such flag":     {[]string{"-row", "5"}, "not defined"},
	} {
		t.Run(name, func(t *testing.T) {
			err := run(test.args, io.Discard)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("half a file was left behind")
			}
		})
	}
}

// TestRun_writesEveryExample holds the command by which the committed files are made.
func TestRun_writesEveryExample(t *testing.T) {
	dir := t.TempDir()
	if err := run([]string{"-all", dir}, io.Discard); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(examples) {
		t.Errorf("%d files, %v", len(entries), err)
	}
}
