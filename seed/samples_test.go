package seed_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/seed"
)

// TestSamples holds every template against its sample rows: the good ones are clean together, and each rule is broken by
// exactly the row that is meant to break it.
func TestSamples(t *testing.T) {
	for _, def := range load(t).Templates {
		t.Run(def.Code, func(t *testing.T) {
			s, err := seed.SamplesOf(def.Code)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Good) < 3 {
				t.Fatalf("%d good rows, want at least 3", len(s.Good))
			}
			if report := checkRows(t, &def, s.Good); report.Verdict != ingest.VerdictClean || report.Rows != int64(len(s.Good)) {
				t.Errorf("the good rows are not clean, or one is taken for the workbook's example: %d rows, %s", report.Rows, told(report))
			}
			for _, rule := range def.Rules {
				change, ok := s.Bad[rule.Code]
				if !ok {
					t.Errorf("no row breaks %s", rule.Code)
					continue
				}
				bad := maps.Clone(s.Good[0])
				maps.Copy(bad, change)
				report := checkRows(t, &def, []map[string]string{bad})
				if len(report.Rules) != 1 || report.Rules[0].Rule != "row."+rule.Code {
					t.Errorf("the row for %s: %s", rule.Code, told(report))
				}
			}
			if len(s.Bad) != len(def.Rules) {
				t.Errorf("%d bad rows for %d rules", len(s.Bad), len(def.Rules))
			}
		})
	}
}

// checkRows runs rows through the check of an upload.
func checkRows(t *testing.T, def *models.Definition, rows []map[string]string) ingest.Report {
	t.Helper()
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	var titles []string
	for _, f := range def.Fields {
		titles = append(titles, f.Name)
	}
	_ = w.Write(titles)
	for _, row := range rows {
		cells := make([]string, 0, len(def.Fields))
		for _, f := range def.Fields {
			cells = append(cells, row[f.Code])
		}
		for code := range row {
			if _, ok := def.Field(code); !ok {
				t.Errorf("a sample names the unknown field %s", code)
			}
		}
		_ = w.Write(cells)
	}
	w.Flush()
	book, err := sheet.Open(bytes.NewReader(text.Bytes()), int64(text.Len()), sheet.Options{Name: "样例.csv"})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	c, err := ingest.New(def, ingest.Options{Today: "2026-11-23", TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.File(context.Background(), book, nil, nil); err != nil {
		t.Fatal(err)
	}
	report, err := c.Finish(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func told(r ingest.Report) string {
	var out []string
	for _, rule := range r.Rules {
		out = append(out, fmt.Sprintf("%s ×%d", rule.Rule, rule.Count))
		for _, f := range rule.First {
			out = append(out, fmt.Sprintf("  行 %d %s %q %s", f.Row, f.Field, f.Value, f.Message))
		}
	}
	return strings.Join(out, "\n")
}

// TestTemplates_differ holds that no two templates are near copies and that no 口径 is a phrase for every occasion.
func TestTemplates_differ(t *testing.T) {
	defs := load(t).Templates
	calibers := map[string][]string{}
	for i, a := range defs {
		for _, f := range a.Fields {
			calibers[f.Caliber] = append(calibers[f.Caliber], a.Code+"."+f.Code)
		}
		for _, b := range defs[i+1:] {
			same := 0
			for _, f := range a.Fields {
				if slices.ContainsFunc(b.Fields, func(g models.Field) bool { return g.Name == f.Name }) {
					same++
				}
			}
			if least := min(len(a.Fields), len(b.Fields)); same*100 > least*60 {
				t.Errorf("%s and %s share %d of %d field names", a.Code, b.Code, same, least)
			}
		}
	}
	for text, at := range calibers {
		if len(at) > 3 {
			t.Errorf("one 口径 in %d places: %s %v", len(at), text, at)
		}
	}
}
