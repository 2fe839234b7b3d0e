package ingest_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// today is the day on which all tests of this package run.
const today = models.Day("2026-11-23")

// permits is a template with twelve typed columns. All values that the tests put into it are synthetic; their check
// digits are valid.
func permits() *models.Definition {
	return &models.Definition{
		Code: "zjj-02", Name: "商品房预售许可信息", Version: 3, Coverage: models.CoverageIncrement,
		Fields: []models.Field{
			{Code: "permit_no", Name: "预售许可证号", Type: models.TypeText, Required: true, Key: true, MaxLen: 40, Example: "聊建房预售许字第2026-001号", Aliases: []string{"许可证号"}},
			{Code: "company", Name: "开发企业名称", Type: models.TypeText, Required: true, MaxLen: 100, Example: "聊城示例置业有限公司", Aliases: []string{"企业名称"}},
			{Code: "uscc", Name: "统一社会信用代码", Type: models.TypeUSCC, Required: true, Subject: true},
			{Code: "id_no", Name: "法定代表人身份证号", Type: models.TypeIDCard, Sensitive: true},
			{Code: "issued", Name: "发证日期", Type: models.TypeDate, Required: true, Max: "today"},
			{Code: "valid_to", Name: "有效期至", Type: models.TypeDate},
			{Code: "area", Name: "预售面积", Type: models.TypeDecimal, Scale: 2, Unit: "平方米", Required: true, Min: "0", Prior: 50},
			{Code: "amount", Name: "预售总价", Type: models.TypeMoney, Unit: "万元", Required: true, Min: "0"},
			{Code: "supervised", Name: "监管额度", Type: models.TypeMoney, Unit: "元"},
			{Code: "units", Name: "预售套数", Type: models.TypeInteger, Unit: "套", Required: true},
			{Code: "purpose", Name: "房屋用途", Type: models.TypeCode, List: "purpose", Required: true},
			{Code: "account", Name: "监管账号", Type: models.TypeAccount},
		},
		Lists: []models.CodeList{{Code: "purpose", Name: "房屋用途", Items: []models.CodeItem{
			{Code: "01", Name: "住宅"}, {Code: "02", Name: "商业"}, {Code: "03", Name: "办公"}, {Code: "04", Name: "车位"}, {Code: "09", Name: "其他"}}}},
		Rules: []models.RowRule{
			{Code: "R1", Expr: "valid_to == nil || valid_to >= issued", Severity: models.SeverityError, Title: "有效期早于发证日期",
				Message: "有效期至早于发证日期", Advice: "核对两个日期", Fields: []string{"valid_to", "issued"}},
			{Code: "R2", Expr: "area <= 200000", Severity: models.SeverityWarning, Title: "预售面积过大",
				Message: "一个许可证的面积超过 20 万平方米", Advice: "核对单位", Fields: []string{"area"}},
		},
		PriorRows: 50,
	}
}

// header is the template's titles in their order.
func header(def *models.Definition) []string {
	titles := make([]string, len(def.Fields))
	for i, f := range def.Fields {
		titles[i] = f.Name
	}
	return titles
}

// goodRow is the n-th synthetic row of permits without a fault.
func goodRow(n int) []string {
	seed := uint64(n)
	return []string{
		fmt.Sprintf("聊建房预售许字第2026-%07d号", n), fmt.Sprintf("聊城示例%d号置业有限公司", n), cn.MakeUSCC("91", "371502", seed),
		cn.MakeID("371502", cn.Date(1960+n%40, 1+n%12, 1+n%28), n%1000), fmt.Sprintf("2026-%02d-%02d", 1+n%10, 1+n%28), "2027-12-31",
		fmt.Sprintf("%d.%02d", 1000+n%9000, n%100), fmt.Sprintf("%d.5", 100+n%900), fmt.Sprintf("%d.00", 1000000+n),
		fmt.Sprint(1 + n%400), []string{"住宅", "02", "办公"}[n%3], cn.MakeAccount("622848", seed),
	}
}

// goodRows makes a table of n rows with its header.
func goodRows(n int) [][]string {
	rows := [][]string{header(permits())}
	for i := 1; i <= n; i++ {
		rows = append(rows, goodRow(i))
	}
	return rows
}

// csvOf writes rows as CSV with every value in quotation marks.
func csvOf(rows [][]string) []byte {
	var b bytes.Buffer
	for _, row := range rows {
		for i, v := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(v, `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

// openBytes opens the bytes of a file.
func openBytes(tb testing.TB, data []byte) (*sheet.Book, error) {
	return sheet.Open(bytes.NewReader(data), int64(len(data)), sheet.Options{Name: "测试.csv", TempDir: tb.TempDir()})
}

// open opens the bytes of a file that must be good.
func open(tb testing.TB, data []byte) *sheet.Book {
	tb.Helper()
	book, err := openBytes(tb, data)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() { book.Close() })
	return book
}

// outcome is all that one check gave.
type outcome struct {
	report   ingest.Report
	findings []ingest.Finding
	records  []models.Record
}

// run checks files as one batch and fails the test on any error.
func run(tb testing.TB, def *models.Definition, opt ingest.Options, files ...[]byte) outcome {
	tb.Helper()
	out, err := try(tb, def, opt, files...)
	if err != nil {
		tb.Fatalf("check: %v", err)
	}
	return out
}

// try checks files as one batch.
func try(tb testing.TB, def *models.Definition, opt ingest.Options, files ...[]byte) (outcome, error) {
	tb.Helper()
	books := make([]*sheet.Book, len(files))
	for i, data := range files {
		books[i] = open(tb, data)
	}
	return checkBook(tb, def, opt, books...)
}

// checkBook checks opened files as one batch.
func checkBook(tb testing.TB, def *models.Definition, opt ingest.Options, books ...*sheet.Book) (out outcome, err error) {
	tb.Helper()
	if opt.Today == "" {
		opt.Today = today
	}
	opt.TempDir = tb.TempDir()
	c, err := ingest.New(def, opt)
	if err != nil {
		return out, err
	}
	defer c.Close()
	sink := func(records []models.Record) error {
		for _, r := range records {
			out.records = append(out.records, models.Record{RowNo: r.RowNo, Values: append([]models.Value(nil), r.Values...)})
		}
		return nil
	}
	all := func(f ingest.Finding) error {
		out.findings = append(out.findings, f)
		return nil
	}
	for _, book := range books {
		if err := c.File(context.Background(), book, sink, all); err != nil {
			return out, err
		}
	}
	out.report, err = c.Finish(context.Background())
	return out, err
}

// balanced holds the figures of a check against its findings: every row is valid or rejected, and rejected are exactly
// the rows with an error.
func balanced(tb testing.TB, out outcome) {
	tb.Helper()
	r := out.report
	bad := map[[2]int64]bool{}
	warnings, counted := int64(0), int64(0)
	for _, f := range out.findings {
		if f.Severity == models.SeverityError {
			bad[[2]int64{int64(f.File), f.Row}] = true
		} else {
			warnings++
		}
	}
	var rows, valid int64
	for _, file := range r.Files {
		rows, valid = rows+file.Rows, valid+file.Valid
	}
	for _, rule := range r.Rules {
		counted += rule.Count
	}
	switch {
	case r.Rows != r.Valid+r.Rejected:
		tb.Errorf("%d rows = %d valid + %d rejected", r.Rows, r.Valid, r.Rejected)
	case int64(len(bad)) != r.Rejected:
		tb.Errorf("%d rejected, but %d rows have an error", r.Rejected, len(bad))
	case rows != r.Rows || valid != r.Valid:
		tb.Errorf("files count %d rows, %d valid; the batch %d, %d", rows, valid, r.Rows, r.Valid)
	case warnings != r.Warnings || counted != int64(len(out.findings)):
		tb.Errorf("%d warnings told, %d counted; %d findings told, %d counted", warnings, r.Warnings, len(out.findings), counted)
	case r.Rejected == 0 && int64(len(out.records)) != r.Valid:
		tb.Errorf("%d records passed on, %d valid", len(out.records), r.Valid)
	}
}
