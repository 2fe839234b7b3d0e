package ingest_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
)

// tab is one sheet of a workbook to be made.
type tab struct {
	name   string
	hidden bool
	rows   [][]any
}

// xlsxOf makes a workbook.
func xlsxOf(tb testing.TB, tabs ...tab) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	for i, t := range tabs {
		if i == 0 {
			must(f.SetSheetName("Sheet1", t.name))
		} else {
			_, err := f.NewSheet(t.name)
			must(err)
		}
		for r, row := range t.rows {
			cell, err := excelize.CoordinatesToCellName(1, r+1)
			must(err)
			must(f.SetSheetRow(t.name, cell, &row))
		}
		if t.hidden {
			must(f.SetSheetVisible(t.name, false))
		}
	}
	var b bytes.Buffer
	must(f.Write(&b))
	return b.Bytes()
}

// anys turns texts into cells.
func anys(rows ...[]string) [][]any {
	out := make([][]any, len(rows))
	for i, row := range rows {
		for _, v := range row {
			if v == "" {
				out[i] = append(out[i], nil)
			} else {
				out[i] = append(out[i], v)
			}
		}
	}
	return out
}

func TestBook_TheRightSheetIsRead(t *testing.T) {
	good := anys(header(small()), land)
	tests := map[string][]tab{
		"after notes and lists": {{"填报说明", false, anys(header(small()), land)}, {"字典", false, anys([]string{"01", "住宅"})}, {"数据", false, good}},
		"beside blank sheets":   {{"Sheet1", false, nil}, {"数据", false, good}, {"Sheet3", false, nil}},
		"beside hidden data":    {{"数据", false, good}, {"上月", true, good}},
		"beside an empty form":  {{"空表", false, anys(header(small()))}, {"数据", false, good}},
		"beside another table":  {{"汇总", false, anys([]string{"月份", "宗数"}, []string{"10", "1"})}, {"数据", false, good}},
		"alone under any name":  {{"说明", false, good}},
	}
	for name, tabs := range tests {
		t.Run(name, func(t *testing.T) {
			out := run(t, small(), ingest.Options{}, xlsxOf(t, tabs...))
			want := tabs[len(tabs)-1].name
			if name == "beside blank sheets" {
				want = "数据"
			} else if name == "beside hidden data" {
				want = "数据"
			}
			if file := out.report.Files[0]; out.report.Valid != 1 || file.Sheet != want || file.Format != "xlsx" {
				t.Errorf("%d valid from %q", out.report.Valid, file.Sheet)
			}
		})
	}
}

func TestBook_Refusals(t *testing.T) {
	good := anys(header(small()), land)
	meta := func(code, version string) tab {
		return tab{ingest.MetaSheet, true, anys([]string{ingest.MetaTemplate, code}, []string{ingest.MetaVersion, version})}
	}
	tests := map[string]struct {
		tabs       []tab
		code, want string
	}{
		"two sheets with data": {[]tab{{"9月", false, good}, {"10月", false, good}}, ingest.MalformedSheets, "“9月”“10月”"},
		"another template":     {[]tab{{"数据", false, good}, meta("zrzy-03", "1")}, ingest.MalformedWrongTemplate, "ZRZY-03"},
		"only hidden data":     {[]tab{{"空", false, nil}, {"数据", true, good}}, ingest.MalformedEmpty, "隐藏"},
		"no header anywhere":   {[]tab{{"甲", false, anys([]string{"月份", "宗数"})}, {"乙", false, anys([]string{"x"})}}, ingest.MalformedNoHeader, "“甲”“乙”"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := try(t, small(), ingest.Options{}, xlsxOf(t, test.tabs...))
			var m *ingest.Malformed
			if !errors.As(err, &m) || m.Code != test.code || !strings.Contains(m.Message, test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestBook_VersionOfTheTemplateIsNamed(t *testing.T) {
	for version, note := range map[string]bool{"1": true, "2": false, "9": true, "x": false} {
		out := run(t, small(), ingest.Options{}, xlsxOf(t, tab{"数据", false, anys(header(small()), land)},
			tab{ingest.MetaSheet, true, anys([]string{ingest.MetaTemplate, "T-01"}, []string{ingest.MetaVersion, version})}))
		file := out.report.Files[0]
		if file.Template != "t-01" || (len(file.Notes) > 0) != note {
			t.Errorf("version %s: %+v", version, file)
		}
		if note && !strings.Contains(file.Notes[0], "第 "+version+" 版") {
			t.Errorf("note %q", file.Notes[0])
		}
	}
}

func TestBook_CellsOfEveryKind(t *testing.T) {
	row := func(n int) []any {
		var out []any
		for _, v := range goodRow(n) {
			out = append(out, v)
		}
		return out
	}
	good, spoilt := row(1), row(2)
	good[4], good[6], good[7], good[9], good[10] = 46303, 1234.5, 100.1+0.2, 12, 1
	spoilt[3], spoilt[11] = 371502199001010000, 6.22848e18
	rows := anys(header(permits()))
	out := run(t, permits(), ingest.Options{}, xlsxOf(t, tab{"预售许可", false, append(rows, good)}))
	balanced(t, out)
	if out.report.Valid != 1 || len(out.records) != 1 {
		t.Fatalf("%+v", out.report.Rules)
	}
	v := out.records[0].Values
	if v[4].Text != "2026-10-08" || v[6].Int != 123450 || v[7].Int != 100_300_000 || v[9].Int != 12 || v[10].Text != "01" {
		t.Errorf("read %+v", v)
	}
	out = run(t, permits(), ingest.Options{}, xlsxOf(t, tab{"预售许可", false, append(rows, good, spoilt)}))
	balanced(t, out)
	if len(out.findings) != 2 || len(out.records) != 0 {
		t.Fatalf("%+v, %d records", out.findings, len(out.records))
	}
	for i, f := range out.findings {
		if f.Rule != "digits.truncated" || f.Row != 3 || f.Sheet != "预售许可" || f.Column != []string{"D", "L"}[i] || !strings.Contains(f.Advice, "文本格式") {
			t.Errorf("finding %+v", f)
		}
	}
}

func TestBook_HiddenRowsAreDataAndCounted(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for r, row := range anys(header(small()), land, append([]string{"聊土2026-2"}, land[1:]...)) {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", r+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetRowVisible("Sheet1", 3, false); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	out := run(t, small(), ingest.Options{}, b.Bytes())
	if out.report.Valid != 2 || out.report.Files[0].Hidden != 1 {
		t.Errorf("%+v", out.report)
	}
}

func TestBook_DamageInTheMiddleIsMalformed(t *testing.T) {
	data := csvOf(goodRows(3))
	data = append(data, "\"open,1,2\r\n"...)
	_, err := try(t, permits(), ingest.Options{}, data)
	var m *ingest.Malformed
	if !errors.As(err, &m) || m.Code != string(sheet.CodeQuote) || m.Row == 0 {
		t.Fatalf("got %v", err)
	}
	if message, ok := fault.Message(err); !ok || message != m.Message {
		t.Errorf("not for the user: %v", err)
	}
}
