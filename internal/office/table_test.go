package office_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/office"
)

var exportedAt = models.Day("2026-11-23").At(15, 20)

func rowsOf(rows ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func list() office.Table {
	return office.Table{
		Title: "履约/矩阵",
		Columns: []office.Column{{Title: "单位"}, {Title: "项数", Kind: office.Count}, {Title: "金额（元）", Kind: office.Money},
			{Title: "按时率", Kind: office.Rate}, {Title: "截止日", Kind: office.Day}, {Title: "提交时间", Kind: office.Moment, Width: 20}},
		Rows: rowsOf(
			[]any{"市住房城乡建设局", 10, int64(128640005), 0.917, models.Day("2026-11-25"), exportedAt},
			[]any{"=HYPERLINK(\"http://x\")", int64(1 << 60), int64(-5), nil, nil, models.Instant(0)},
			[]any{"+1", nil, "—"},
			[]any{"@SUM(A1)", 1, int64(1), 1.0, nil, nil, "beyond the columns"},
		),
		Mark: office.Mark{By: "王静（市住房城乡建设局 · 信息联络员）", At: exportedAt},
	}
}

func exported(t *testing.T, table office.Table) ([]byte, *excelize.File) {
	t.Helper()
	var out bytes.Buffer
	if err := table.WriteXLSX(t.Context(), &out, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), reopen(t, out.Bytes())
}

func TestTable_WriteXLSX(t *testing.T) {
	data, f := exported(t, list())
	sheet := "履约矩阵"
	for ref, want := range map[string]string{
		"A1": "履约/矩阵", "A2": "导出：王静（市住房城乡建设局 · 信息联络员）　2026年11月23日 15:20　内部资料，注意保管",
		"A3": "单位", "F3": "提交时间", "A4": "市住房城乡建设局", "B4": "10", "C4": "1,286,400.05", "D4": "91.7%", "E4": "2026-11-25", "F4": "2026-11-23 15:20",
		"A5": `=HYPERLINK("http://x")`, "B5": "1152921504606846976", "C5": "-0.05", "D5": "", "F5": "", "A6": "+1", "C6": "—", "A7": "@SUM(A1)", "G7": "",
	} {
		if got := cell(t, f, sheet, ref); got != want {
			t.Errorf("%s is %q, want %q", ref, got, want)
		}
	}
	for ref, want := range map[string]excelize.CellType{"B4": excelize.CellTypeUnset, "C4": excelize.CellTypeUnset, "A5": excelize.CellTypeInlineString,
		"A6": excelize.CellTypeInlineString, "A7": excelize.CellTypeInlineString, "B5": excelize.CellTypeInlineString} {
		if got, err := f.GetCellType(sheet, ref); err != nil || got != want {
			t.Errorf("%s has type %v, want %v (%v)", ref, got, want, err)
		}
	}
	text := parts(t, data)["xl/worksheets/sheet1.xml"]
	if strings.Contains(text, "<f>") || !strings.Contains(text, `<autoFilter ref="$A$3:$F$7"`) {
		t.Error("the sheet holds a formula or has no filter")
	}
	if panes, err := f.GetPanes(sheet); err != nil || !panes.Freeze || panes.YSplit != 3 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	if w, _ := f.GetColWidth(sheet, "F"); w != 20 {
		t.Errorf("width %v", w)
	}
}

func TestTable_WriteCSV(t *testing.T) {
	var out bytes.Buffer
	if err := list().WriteCSV(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\uFEFF")
	if !ok {
		t.Error("no byte order mark")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"单位", "项数", "金额（元）", "按时率", "截止日", "提交时间"},
		{"市住房城乡建设局", "10", "1286400.05", "91.7%", "2026-11-25", "2026-11-23 15:20"},
		{`'=HYPERLINK("http://x")`, "1152921504606846976", "-0.05", "", "", ""},
		{"+1", "", "—", "", "", ""},
		{"'@SUM(A1)", "1", "0.01", "100.0%", "", ""},
		{"导出：王静（市住房城乡建设局 · 信息联络员）　2026年11月23日 15:20　内部资料，注意保管"},
	}
	if len(records) != len(want) {
		t.Fatalf("%d records: %q", len(records), records)
	}
	for i := range want {
		if !slices.Equal(records[i], want[i]) {
			t.Errorf("record %d: %q, want %q", i, records[i], want[i])
		}
	}
}

func TestTable_empty(t *testing.T) {
	table := list()
	table.Rows = rowsOf()
	_, f := exported(t, table)
	if rows, err := f.GetRows("履约矩阵"); err != nil || len(rows) != 3 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestTable_tooManyRows(t *testing.T) {
	table := list()
	table.Columns = table.Columns[1:2]
	row := []any{1}
	table.Rows = func(yield func([]any, error) bool) {
		for range 1<<20 - 2 {
			if !yield(row, nil) {
				return
			}
		}
	}
	var out bytes.Buffer
	err := table.WriteXLSX(t.Context(), &out, t.TempDir())
	if message, _ := fault.Message(err); !fault.Is(err, fault.TooLarge) || !strings.Contains(message, "CSV") {
		t.Errorf("got %v", err)
	}
	if out.Len() > 0 {
		t.Error("half a workbook was written")
	}
}

func TestTable_stops(t *testing.T) {
	broken := errors.New("connection lost")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		rows iter.Seq2[[]any, error]
		want error
	}{
		{"rows fail", t.Context(), func(yield func([]any, error) bool) { _ = yield([]any{"a"}, nil) && yield(nil, broken) }, broken},
		{"request ends", ended, rowsOf([]any{"a"}), context.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := list()
			table.Rows = c.rows
			var out bytes.Buffer
			if err := table.WriteXLSX(c.ctx, &out, ""); !errors.Is(err, c.want) || out.Len() > 0 {
				t.Errorf("xlsx: %v, %d bytes", err, out.Len())
			}
			if err := table.WriteCSV(c.ctx, &out); !errors.Is(err, c.want) {
				t.Errorf("csv: %v", err)
			}
		})
	}
}

func TestDefuse(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "市税务局": "市税务局", "a=b": "a=b", "=1+1": "'=1+1", "@x": "'@x", "\tx": "'\tx", "\r=x": "'\r=x", "\n=x": "'\n=x",
		"-12.5": "-12.5", "+86": "+86", "-": "'-", "--1": "'--1", "-1+1": "'-1+1", "+1|cmd": "'+1|cmd", "-.5": "'-.5", "1.2.3": "1.2.3", "-1.2.3": "'-1.2.3",
		"＝1": "'＝1",
	} {
		if got := office.Defuse(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}
