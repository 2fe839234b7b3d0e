// Package examples_test files every example of this folder by the code path of an upload, and holds what the portal
// says of it against what a person who knows the rules would say (expected_test.go).
package examples_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/seed"
)

// today is the day on which the examples are filed: in November 2026, for the period 2026-10.
const today = models.Day("2026-11-23")

// outcome is all that filing one batch gave.
type outcome struct {
	report    ingest.Report
	findings  []ingest.Finding
	records   []models.Record
	malformed *ingest.Malformed
}

// file checks the files as one batch against a template of the seed.
func file(t *testing.T, def models.Definition, names ...string) (out outcome) {
	t.Helper()
	c, err := ingest.New(&def, ingest.Options{Today: today, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sink := func(records []models.Record) error {
		for _, r := range records {
			out.records = append(out.records, models.Record{RowNo: r.RowNo, Values: slices.Clone(r.Values)})
		}
		return nil
	}
	all := func(f ingest.Finding) error { out.findings = append(out.findings, f); return nil }
	for _, name := range names {
		err := read(t, c, name, sink, all)
		if errors.As(err, &out.malformed) {
			if message, ok := fault.Message(err); !ok || message != out.malformed.Message {
				t.Errorf("the refusal is not for the user: %v", err)
			}
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if out.report, err = c.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out
}

// read opens one file and passes it to the checker.
func read(t *testing.T, c *ingest.Checker, name string, sink func([]models.Record) error, all func(ingest.Finding) error) error {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Open(f, info.Size(), sheet.Options{Name: name, TempDir: t.TempDir()})
	if err != nil {
		return ingest.AsMalformed(err)
	}
	defer book.Close()
	return c.File(t.Context(), book, sink, all)
}

func template(t *testing.T, code string) models.Definition {
	t.Helper()
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	def, ok := plan.Template(code)
	if !ok {
		t.Fatalf("the seed has no template %s", code)
	}
	return def
}

func TestExamples_GetTheirVerdict(t *testing.T) {
	for _, want := range expected {
		t.Run(strings.Join(want.files, "+")+" as "+want.template, func(t *testing.T) {
			out := file(t, template(t, want.template), want.files...)
			if want.verdict == ingest.VerdictRefused {
				checkRefusal(t, want, out)
				return
			}
			if out.malformed != nil {
				t.Fatalf("refused: %s: %s", out.malformed.Code, out.malformed.Message)
			}
			checkReport(t, want, out)
			checkFile(t, want, out.report.Files[0])
			checkFindings(t, want, out)
		})
	}
}

// checkRefusal holds that the file is refused for the right reason, with the words that its sender needs.
func checkRefusal(t *testing.T, want expectation, out outcome) {
	t.Helper()
	m := out.malformed
	if m == nil {
		t.Fatalf("taken as %s with %d rows", out.report.Verdict, out.report.Rows)
	}
	if m.Code != want.code || m.Row != want.header || len(out.records) > 0 || len(out.findings) > 0 {
		t.Errorf("code %s, row %d, %d records, %d findings", m.Code, m.Row, len(out.records), len(out.findings))
	}
	for _, part := range want.says {
		if !strings.Contains(m.Message, part) {
			t.Errorf("the message lacks %q: %s", part, m.Message)
		}
	}
	for _, part := range want.saysNot {
		if strings.Contains(m.Message, part) {
			t.Errorf("the message has %q: %s", part, m.Message)
		}
	}
}

// checkReport holds the figures of the batch.
func checkReport(t *testing.T, want expectation, out outcome) {
	t.Helper()
	r := out.report
	if r.Verdict != want.verdict || r.Rows != want.rows || r.Valid != want.valid || r.Rejected != want.rows-want.valid {
		t.Errorf("%s: %d rows, %d valid, %d rejected; want %s: %d, %d", r.Verdict, r.Rows, r.Valid, r.Rejected, want.verdict, want.rows, want.valid)
	}
	got := map[string]int64{}
	for _, rule := range r.Rules {
		got[strings.TrimSpace(rule.Rule+" "+rule.Field)] += rule.Count
	}
	for rule, n := range want.rules {
		if got[rule] != n {
			t.Errorf("rule %s: %d findings, want %d", rule, got[rule], n)
		}
		delete(got, rule)
	}
	if len(got) > 0 {
		t.Errorf("findings that nobody wants: %v", got)
	}
	if r.Rejected == 0 && int64(len(out.records)) != r.Valid {
		t.Errorf("%d records for %d valid rows", len(out.records), r.Valid)
	}
	for i, valid := range want.validOf {
		if r.Files[i].Valid != valid {
			t.Errorf("file %d: %d valid, want %d", i+1, r.Files[i].Valid, valid)
		}
	}
}

// checkFile holds what the portal says of how it has read the first file.
func checkFile(t *testing.T, want expectation, f ingest.FileReport) {
	t.Helper()
	if got := strings.Join([]string{f.Format, f.Encoding, f.Delimiter, f.Sheet}, "|"); got != want.read || f.HeaderRow != want.header {
		t.Errorf("read as %s, header in row %d; want %s, %d", got, f.HeaderRow, want.read, want.header)
	}
	var ignored []string
	for _, row := range f.Ignored {
		ignored = append(ignored, fmt.Sprintf("%d %s", row.Row, row.Kind))
	}
	for _, list := range []struct {
		name      string
		got, want []string
	}{{"ignored rows", ignored, want.ignored}, {"extra columns", f.Extra, want.extra}, {"absent columns", f.Absent, want.absent}} {
		if !slices.Equal(list.got, list.want) {
			t.Errorf("%s: %q, want %q", list.name, list.got, list.want)
		}
	}
	if int(f.Skipped) != len(want.ignored) || f.Hidden != want.hidden || len(f.Notes) > 0 {
		t.Errorf("%d rows skipped, %d hidden, notes %q", f.Skipped, f.Hidden, f.Notes)
	}
}

// checkFindings holds that every finding stands where the fault is and says how to mend it.
func checkFindings(t *testing.T, want expectation, out outcome) {
	t.Helper()
	var places []string
	for _, f := range out.findings {
		places = append(places, fmt.Sprintf("%s%d %s", f.Column, f.Row, f.Rule))
		if f.Message == "" || f.Advice == "" || f.Name == "" || f.Row <= int64(want.header) {
			t.Errorf("a finding that helps nobody: %+v", f)
		}
	}
	if want.places != nil && !slices.Equal(places, want.places) {
		t.Errorf("findings at\n%q, want\n%q", places, want.places)
	}
}

func TestExamples_ValuesAreReadAsTheyWereMeant(t *testing.T) {
	tests := []struct {
		file, template, field string
		record                int // from 0
		text                  string
		number                int64
	}{
		{"01-wps-monthly.xlsx", "zjj-02", "valid_until", 0, "2028-10-05", 0},
		{"01-wps-monthly.xlsx", "zjj-02", "house_use", 2, "4", 0},
		{"02-old-system-gb18030.csv", "fgw-05", "builder_name", 6, "聊城示范𠮷祥机械有限公司", 0},
		{"02-old-system-gb18030.csv", "fgw-05", "start_month", 0, "2024-11", 0},
		{"02-old-system-gb18030.csv", "fgw-05", "total_invest", 6, "", 4_869_000_000},
		{"05-wide-register.xlsx", "zrzy-01", "address", 0, "聊城市东昌府区示范路82号9幢1401室", 0},
		{"08-unicode-text.txt", "zrzy-01", "address", 3, `聊城市东昌府区示范路18号"示范花园"1幢101室`, 0},
		{"13-hidden-formulas-1904.xlsx", "fgw-05", "approval_date", 0, "2024-03-06", 0},
		{"13-hidden-formulas-1904.xlsx", "fgw-05", "total_invest", 0, "", 67_356_000_000},
		{"14-portal-workbook.xlsx", "zrzy-01", "reg_time", 0, "2026-10-01 12:30", 0},
	}
	for _, test := range tests {
		t.Run(test.file+" "+test.field, func(t *testing.T) {
			def := template(t, test.template)
			out := file(t, def, test.file)
			at := slices.IndexFunc(def.Fields, func(f models.Field) bool { return f.Code == test.field })
			if len(out.records) <= test.record {
				t.Fatalf("%d records", len(out.records))
			}
			if v := out.records[test.record].Values[at]; v.Text != test.text || v.Int != test.number {
				t.Errorf("%+v, want %q %d", v, test.text, test.number)
			}
		})
	}
}

// TestExamples_EveryWayToWriteADay holds that the first eleven rows of the dates are the same day.
func TestExamples_EveryWayToWriteADay(t *testing.T) {
	def := template(t, "zjj-02")
	out := file(t, def, "09-dates.xlsx")
	at := slices.IndexFunc(def.Fields, func(f models.Field) bool { return f.Code == "issue_date" })
	if out.report.Valid != 11 {
		t.Fatalf("%d rows were understood", out.report.Valid)
	}
	for _, r := range out.records {
		if r.Values[at].Text != "2026-10-08" {
			t.Errorf("row %d is %s", r.RowNo, r.Values[at].Text)
		}
	}
}
