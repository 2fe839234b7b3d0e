package ingest_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/seed"
)

// resaved are files that units sent, opened and saved again by LibreOffice, and what the portal must say of them. The
// workbooks get the report of the original; a CSV that was read with numbers detected has lost what numbers lose.
var resaved = map[string]struct {
	template    string
	verdict     ingest.Verdict
	rows, valid int64
	read        string // sheet, row of the header, hidden rows
	ignored     string
	extra       string
	places      string // column, row and rule of every finding
}{
	"01-wps-monthly.xlsx": {template: "zjj-02", verdict: ingest.VerdictClean, rows: 12, valid: 12, read: "10月 4 0",
		ignored: "1 title, 2 title, 17 total, 18 note, 19 note, 21 note", extra: "序号, 备注"},
	"02-old-system-gb18030.xlsx": {template: "fgw-05", verdict: ingest.VerdictClean, rows: 24, valid: 24, read: "02-old-system-gb18030 1 0",
		extra: "录入时间, 录入人, 主管科室"},
	"07-error-in-every-row.xlsx": {template: "zjj-02", verdict: ingest.VerdictErrors, rows: 25, read: "Sheet1 1 0",
		places: "A2 required, B3 pattern, C4 range.max, C5 date.ambiguous, D6 uscc.check, D7 uscc.letter, D8 uscc.length, E9 length.min, " +
			"F10 placeholder, G11 required, I12 phone.length, H13 person.lost_char, J14 list, K15 range.min, K16 type.decimal.unit, " +
			"K17 scale, L18 type.integer, L19 scale, N20 region.region, O21 address.vague, Q22 row.R1, M23 type.money.unit, " +
			"M25 cell.error, P26 length.max, B24 key.duplicate"},
	"09-dates.xlsx": {template: "zjj-02", verdict: ingest.VerdictErrors, rows: 25, valid: 11, read: "Sheet1 1 0",
		places: "C13 date.ambiguous, C14 date.ambiguous, C15 date.ambiguous, C16 type.date, C17 type.date, C18 type.date, C19 type.date, " +
			"C20 type.date, C21 type.date, C22 type.date, C23 type.date, C24 date.ambiguous, C25 range.max, C26 range.min"},
	"13-hidden-formulas-1904.xlsx": {template: "fgw-05", verdict: ingest.VerdictClean, rows: 18, valid: 18, read: "在库项目 1 2", ignored: "170 blank"},
	"15-warnings.xlsx": {template: "zjj-02", verdict: ingest.VerdictErrors, rows: 12, read: "15-warnings 1 0",
		places: "F2 digits.truncated, B2 row.R2, F3 digits.truncated, F4 digits.truncated, F5 digits.truncated, K5 row.R3, F6 digits.truncated, " +
			"F7 digits.truncated, F8 digits.truncated, M8 row.R4, F9 digits.truncated, M9 row.R5, F10 digits.truncated, F11 digits.truncated, " +
			"M11 row.R5, F12 digits.truncated, F13 digits.truncated"},
}

func TestLibreOffice_WhatItSavesAgainGetsItsReport(t *testing.T) {
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range resaved {
		t.Run(name, func(t *testing.T) {
			def, ok := plan.Template(want.template)
			if !ok {
				t.Fatalf("no template %s", want.template)
			}
			out := run(t, &def, ingest.Options{}, libreOfficeFile(t, "testdata/libreoffice", name))
			balanced(t, out)
			r, file := out.report, out.report.Files[0]
			if r.Verdict != want.verdict || r.Rows != want.rows || r.Valid != want.valid {
				t.Errorf("%s with %d rows, %d valid", r.Verdict, r.Rows, r.Valid)
			}
			var ignored []string
			for _, row := range file.Ignored {
				ignored = append(ignored, fmt.Sprint(row.Row, " ", row.Kind))
			}
			for what, pair := range map[string][2]string{
				"read":     {fmt.Sprint(file.Sheet, " ", file.HeaderRow, " ", file.Hidden), want.read},
				"ignored":  {strings.Join(ignored, ", "), want.ignored},
				"extra":    {strings.Join(file.Extra, ", "), want.extra},
				"findings": {places(out.findings), want.places},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s:\ngot  %s\nwant %s", what, pair[0], pair[1])
				}
			}
		})
	}
}

// TestLibreOffice_IdentifiersAreTidiedOrRefused reads one identifier in every way in which people write it.
func TestLibreOffice_IdentifiersAreTidiedOrRefused(t *testing.T) {
	def := &models.Definition{Code: "id-01", Name: "证件", Version: 1, Fields: []models.Field{
		{Code: "how", Name: "写法", Type: models.TypeText},
		{Code: "uscc", Name: "统一社会信用代码", Type: models.TypeUSCC},
		{Code: "id_no", Name: "身份证号", Type: models.TypeIDCard},
		{Code: "account", Name: "账号", Type: models.TypeAccount},
		{Code: "region", Name: "行政区划", Type: models.TypeRegion},
	}}
	out := run(t, def, ingest.Options{}, libreOfficeFile(t, "sheet/testdata/libreoffice", "identifiers.xlsx"))
	balanced(t, out)
	// as text, with apostrophes, full-width or among blanks they are good; as numbers they are spoilt, and told so
	const want = "E3 region.region, B4 uscc.length, C4 digits.truncated, D4 digits.truncated, E4 region.region, B5 uscc.length, C5 digits.truncated"
	if got := places(out.findings); got != want || out.report.Rows != 6 || out.report.Valid != 3 {
		t.Errorf("%d of %d rows valid\ngot  %s\nwant %s", out.report.Valid, out.report.Rows, got, want)
	}
}

// TestLibreOffice_OtherFormatsAreMalformed holds that a wrong choice in the dialogue of saving reaches the user as a
// refusal of the upload with the words of the reader.
func TestLibreOffice_OtherFormatsAreMalformed(t *testing.T) {
	for name, want := range map[string]struct{ code, says string }{
		"titles.ods":    {"ods", "这是开放文档表格（.ods）。"},
		"titles.xls":    {"xls", "这是旧版工作簿（Excel 97—2003 的 .xls）。"},
		"titles.xlsm":   {"macros", "文件含有宏，为安全起见不予接收。"},
		"password.xlsx": {"password", "文件设有打开密码，无法读取。"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openBytes(t, libreOfficeFile(t, "sheet/testdata/libreoffice/refused", name))
			var m *ingest.Malformed
			if !errors.As(ingest.AsMalformed(err), &m) || m.Code != want.code {
				t.Fatalf("got %v", err)
			}
			if rest, ok := strings.CutPrefix(m.Message, want.says); !ok || !strings.Contains(rest, "再上传") {
				t.Errorf("does not say what to do: %s", m.Message)
			}
		})
	}
}

// libreOfficeFile reads a file that LibreOffice made.
func libreOfficeFile(tb testing.TB, dir, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// places lists findings by column, row and rule.
func places(findings []ingest.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, fmt.Sprintf("%s%d %s", f.Column, f.Row, f.Rule))
	}
	return strings.Join(all, ", ")
}
