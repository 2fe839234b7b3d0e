package office_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/internal/office"
)

func csvBook(t *testing.T, text string) *sheet.Book { return openBook(t, "上报.csv", []byte(text)) }

// xlsxBook makes a workbook and opens it as an upload.
func xlsxBook(t *testing.T, fill func(f *excelize.File) error) *sheet.Book {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return openBook(t, "上报.xlsx", out.Bytes())
}

func openBook(t *testing.T, name string, data []byte) *sheet.Book {
	t.Helper()
	book, err := sheet.Open(bytes.NewReader(data), int64(len(data)), sheet.Options{Name: name, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

func annotate(t *testing.T, book *sheet.Book, findings []ingest.Finding, opt office.AnnotateOptions) ([]byte, office.Format) {
	t.Helper()
	var out bytes.Buffer
	opt.TempDir = t.TempDir()
	format, err := office.Annotate(t.Context(), &out, book, each(findings), opt)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), format
}

func each(findings []ingest.Finding) iter.Seq2[ingest.Finding, error] {
	return func(yield func(ingest.Finding, error) bool) {
		for _, f := range findings {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func wrong(row int64, column, message string) ingest.Finding {
	return ingest.Finding{Row: row, Column: column, Name: "面积", Severity: models.SeverityError, Message: message, Advice: "填写数字"}
}

func doubtful(row int64, column, message string) ingest.Finding {
	f := wrong(row, column, message)
	f.Severity = models.SeverityWarning
	return f
}

// readBack returns the rows of an annotated file as the next upload will read them.
func readBack(t *testing.T, data []byte) (*sheet.Book, map[int][]sheet.Cell) {
	t.Helper()
	book := openBook(t, "批注.xlsx", data)
	rows, err := book.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[int][]sheet.Cell{}
	for rows.Next() {
		all[rows.Row().No] = slices.Clone(rows.Row().Cells)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return book, all
}

func texts(cells []sheet.Cell) []string {
	all := make([]string, len(cells))
	for i, c := range cells {
		all[i] = c.Text
	}
	return all
}

func TestAnnotate_marksTheUnitsOwnFile(t *testing.T) {
	book := csvBook(t, "商品房预售许可10月\r\n\r\n证号,面积,备注\r\n001,x,=1+1\r\n002,12.50,\r\n,,合计\r\n")
	data, format := annotate(t, book, []ingest.Finding{
		doubtful(5, "B", "较上期变动超过 50%"), // in any order
		wrong(4, "B", "不是数字"), wrong(4, "A", "长度不足"),
		{Row: 0, Severity: models.SeverityError, Message: "行数与封面不符", Advice: "核对后重新导出"},
		{File: 1, Row: 4, Column: "C", Severity: models.SeverityError, Message: "另一个文件的问题"},
		wrong(99, "B", "没有这一行"),
	}, office.AnnotateOptions{HeaderRow: 3})
	if format != office.XLSX {
		t.Fatalf("format %s", format)
	}
	_, rows := readBack(t, data)
	for no, want := range map[int][]string{
		1: {"商品房预售许可10月"},
		3: {"证号", "面积", "备注", office.ColumnProblem, office.ColumnAdvice},
		4: {"001", "x", "=1+1", "错误：B 列“面积”不是数字；错误：A 列“面积”长度不足", "填写数字"},
		5: {"002", "12.50", "", "提醒：B 列“面积”较上期变动超过 50%", "填写数字"},
		6: {"", "", "合计"},
	} {
		if got := texts(rows[no]); !slices.Equal(got, want) {
			t.Errorf("row %d: %q, want %q", no, got, want)
		}
	}
	f := reopen(t, data)
	if got := f.GetSheetList(); !slices.Equal(got, []string{"上报", office.SheetReport}) {
		t.Errorf("sheets %v", got)
	}
	for ref, want := range map[string]string{"A4": "FDE3E1", "B4": "FDE3E1", "C4": "", "B5": "FFF1CC", "A5": "", "D4": "FDE3E1", "D5": "FFF1CC"} {
		if got := fillOf(t, f, "上报", ref); got != want {
			t.Errorf("%s is filled %q, want %q", ref, got, want)
		}
	}
	comments, err := f.GetComments("上报")
	if err != nil || len(comments) != 3 {
		t.Fatalf("%d comments, %v", len(comments), err)
	}
	if comments[1].Cell != "B4" || !strings.Contains(comments[1].Text, "不是数字") || !strings.Contains(comments[1].Text, "怎样修改：填写数字") {
		t.Errorf("comment %+v", comments[1])
	}
	report, err := f.GetRows(office.SheetReport)
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(report)
	for _, want := range []string{"错误 4 处、提醒 1 处", "整表错误：行数与封面不符。怎样修改：核对后重新导出", "第 99 行错误：B 列“面积”没有这一行"} {
		if !strings.Contains(all, want) {
			t.Errorf("the report lacks %q: %s", want, all)
		}
	}
	if strings.Contains(all, "另一个文件") || strings.Contains(fmt.Sprint(rows), "另一个文件") {
		t.Error("another file's finding is told")
	}
}

func fillOf(t *testing.T, f *excelize.File, sheet, ref string) string {
	t.Helper()
	id, err := f.GetCellStyle(sheet, ref)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if len(style.Fill.Color) == 0 {
		return ""
	}
	return style.Fill.Color[0]
}

// TestAnnotate_keepsWhatIsWrong holds that no fault is healed by being repeated as text.
func TestAnnotate_keepsWhatIsWrong(t *testing.T) {
	book := xlsxBook(t, func(f *excelize.File) error {
		day, err := f.NewStyle(&excelize.Style{CustomNumFmt: ptr("yyyy-mm-dd")})
		return errors.Join(err, f.SetSheetRow("Sheet1", "A1", &[]any{"账号", "数", "日期", "真假", "错误值", "公式", "文本"}),
			f.SetSheetRow("Sheet1", "A2", &[]any{6.2284800000000001e18, 12.5, 46303, true, nil, nil, "'001"}),
			f.SetCellStyle("Sheet1", "C2", "C2", day), f.SetCellFormula("Sheet1", "E2", "#REF!"), f.SetCellFormula("Sheet1", "F2", "A1*2"))
	})
	before := firstData(t, book)
	data, _ := annotate(t, book, []ingest.Finding{wrong(2, "A", "尾数已丢失")}, office.AnnotateOptions{HeaderRow: 1})
	_, rows := readBack(t, data)
	after := rows[2]
	if before[0].Kind != sheet.Number || after[0].Kind != sheet.Number || after[0].Digits != before[0].Digits || after[0].Digits <= 15 {
		t.Errorf("an account that lost digits: %+v, was %+v", after[0], before[0])
	}
	if after[1].Kind != sheet.Text || after[1].Text != before[1].Text {
		t.Errorf("number: %+v, was %+v", after[1], before[1])
	}
	if before[2].Kind != sheet.Date || after[2].Kind != sheet.Text || after[2].Text != before[2].Text {
		t.Errorf("day: %+v, was %+v", after[2], before[2])
	}
	if after[3].Kind != sheet.Bool {
		t.Errorf("truth value: %+v", after[3])
	}
	for i := 4; i <= 5; i++ {
		if after[i].Kind != sheet.Formula && after[i].Kind != sheet.Error {
			t.Errorf("column %d: %+v, was %+v", i, after[i], before[i])
		}
	}
	if after[6].Text != before[6].Text {
		t.Errorf("text: %+v, was %+v", after[6], before[6])
	}
}

func firstData(t *testing.T, book *sheet.Book) []sheet.Cell {
	t.Helper()
	rows, err := book.Small(0, 2)
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[1].Cells
}

func ptr[T any](v T) *T { return &v }

// TestAnnotate_again holds that an annotated file that comes back is annotated in its place, with its template known
// and its grouped titles whole.
func TestAnnotate_again(t *testing.T) {
	book := xlsxBook(t, func(f *excelize.File) error {
		_, err := f.NewSheet(ingest.MetaSheet)
		return errors.Join(err, f.SetSheetRow("Sheet1", "A1", &[]any{"面积", nil, "证号"}), f.MergeCell("Sheet1", "A1", "B1"),
			f.MergeCell("Sheet1", "C1", "C2"), f.SetSheetRow("Sheet1", "A2", &[]any{"地上", "地下"}), f.SetSheetRow("Sheet1", "A3", &[]any{"x", "1", "001"}),
			f.SetSheetRow(ingest.MetaSheet, "A1", &[]any{ingest.MetaTemplate, "zjj-02"}), f.SetSheetVisible(ingest.MetaSheet, false, true))
	})
	first, _ := annotate(t, book, []ingest.Finding{wrong(3, "A", "不是数字")}, office.AnnotateOptions{HeaderRow: 2})
	second, _ := annotate(t, openBook(t, "批注.xlsx", first), []ingest.Finding{wrong(3, "B", "还有问题")}, office.AnnotateOptions{HeaderRow: 2})
	again, rows := readBack(t, second)
	if got := texts(rows[2]); !slices.Equal(got, []string{"地上", "地下", "", office.ColumnProblem, office.ColumnAdvice}) {
		t.Errorf("titles %q", got)
	}
	if got := texts(rows[3]); !slices.Equal(got, []string{"x", "1", "001", "错误：B 列“面积”还有问题", "填写数字"}) {
		t.Errorf("row %q", got)
	}
	merges, err := again.Merges(0, 2)
	if err != nil || len(merges) != 2 {
		t.Errorf("merges %v, %v", merges, err)
	}
	meta, ok := again.Sheet(ingest.MetaSheet)
	if !ok || !meta.VeryHidden {
		t.Errorf("hidden sheet %+v", meta)
	}
}

func TestAnnotate_boundsItsComments(t *testing.T) {
	var text strings.Builder
	text.WriteString("证号,面积\n")
	var findings []ingest.Finding
	for i := range 1500 {
		text.WriteString("A,x\n")
		findings = append(findings, wrong(int64(i+2), "B", "不是数字"))
	}
	data, _ := annotate(t, csvBook(t, text.String()), findings, office.AnnotateOptions{HeaderRow: 1})
	f := reopen(t, data)
	comments, err := f.GetComments("上报")
	if err != nil || len(comments) != 1000 {
		t.Errorf("%d comments, %v", len(comments), err)
	}
	if got := cell(t, f, "上报", "C1501"); got == "" {
		t.Error("the last row is not marked")
	}
	if rows, _ := f.GetRows(office.SheetReport); !strings.Contains(fmt.Sprint(rows), "前 1000 处") {
		t.Error("the report does not say where the comments end")
	}
}

func TestAnnotate_asCSV(t *testing.T) {
	book := csvBook(t, "证号,面积\n\n001,=x\n002,-5\n")
	data, format := annotate(t, book, []ingest.Finding{wrong(3, "B", "不是数字"), {Message: "缺少合计", Severity: models.SeverityWarning}},
		office.AnnotateOptions{HeaderRow: 1, CSV: true})
	if format != office.CSV {
		t.Fatalf("format %s", format)
	}
	text, _ := strings.CutPrefix(string(data), "\uFEFF")
	want := "证号,面积,【校验问题】,【怎样修改】\r\n\r\n001,'=x,错误：B 列“面积”不是数字,填写数字\r\n002,-5,,\r\n说明：整表提醒：缺少合计,,,\r\n"
	if text != want {
		t.Errorf("got\n%q\nwant\n%q", text, want)
	}
	if _, err := csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil {
		t.Error(err)
	}
}

func TestAnnotate_becomesCSVWhereASheetEnds(t *testing.T) {
	for name, text := range map[string]string{
		"too many rows": "证号\n" + strings.Repeat("1\n", 1<<20),
		"too long cell": "证号\n" + strings.Repeat("字", 33000) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			data, format := annotate(t, csvBook(t, text), []ingest.Finding{wrong(2, "A", "太长")}, office.AnnotateOptions{HeaderRow: 1})
			if format != office.CSV || strings.Count(string(data), "\r\n") != strings.Count(text, "\n") {
				t.Errorf("format %s, %d lines", format, strings.Count(string(data), "\r\n"))
			}
		})
	}
}

func TestAnnotate_stops(t *testing.T) {
	broken := errors.New("blob is gone")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	failing := func(yield func(ingest.Finding, error) bool) { yield(ingest.Finding{}, broken) }
	for _, c := range []struct {
		name     string
		ctx      context.Context
		findings iter.Seq2[ingest.Finding, error]
		opt      office.AnnotateOptions
		want     error
	}{
		{"findings fail", t.Context(), failing, office.AnnotateOptions{HeaderRow: 1}, broken},
		{"job ends", ended, each(nil), office.AnnotateOptions{HeaderRow: 1}, context.Canceled},
		{"no such sheet", t.Context(), each(nil), office.AnnotateOptions{Sheet: 7}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := office.Annotate(c.ctx, &out, csvBook(t, "证号\n1\n"), c.findings, c.opt)
			if err == nil || c.want != nil && !errors.Is(err, c.want) || out.Len() > 0 {
				t.Errorf("got %v, %d bytes", err, out.Len())
			}
		})
	}
}

func TestAnnotate_makesATableOfJSONLines(t *testing.T) {
	book := openBook(t, "预售.ndjson", []byte("{\"no\":\"001\",\"area\":\"x\"}\n\n{\"no\":\"002\",\"area\":12.5}\n"))
	data, format := annotate(t, book, []ingest.Finding{
		wrong(1, "B", "不是数字"), doubtful(3, "B", "较上期变动超过 50%"), {Row: 0, Severity: models.SeverityWarning, Message: "行数较上期减少"},
	}, office.AnnotateOptions{})
	if format != office.XLSX {
		t.Fatalf("format %s", format)
	}
	_, rows := readBack(t, data)
	for no, want := range map[int][]string{
		1: {"no", "area", office.ColumnProblem, office.ColumnAdvice},
		2: {"001", "x", "错误：B 列“面积”不是数字", "填写数字"},
		4: {"002", "12.5", "提醒：B 列“面积”较上期变动超过 50%", "填写数字"},
	} {
		if got := texts(rows[no]); !slices.Equal(got, want) {
			t.Errorf("row %d: %q, want %q", no, got, want)
		}
	}
	report, err := reopen(t, data).GetRows(office.SheetReport)
	if err != nil || !strings.Contains(fmt.Sprint(report), "行号比原文件多 1") || !strings.Contains(fmt.Sprint(report), "整表提醒：行数较上期减少") {
		t.Errorf("report %v: %v", report, err)
	}
}
