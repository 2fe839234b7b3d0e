package office_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/cn"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/seed"
)

// fill types the examples of a template into its workbook, as a person would: numbers as numbers, the rest as it
// stands. Further rows differ in their key.
func fill(t *testing.T, data []byte, def models.Definition, rows int, change func(row int, f models.Field, value any) any) []byte {
	t.Helper()
	f := reopen(t, data)
	name := f.GetSheetName(0)
	for r := range rows {
		for i, field := range def.Fields {
			var value any = ingest.Example(field)
			if n, err := strconv.ParseFloat(ingest.Example(field), 64); err == nil && field.Numeric() {
				value = n
			}
			if err := f.SetCellValue(name, ref(i+1, r+4), change(r, field, value)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func ref(col, row int) string {
	name, _ := excelize.CoordinatesToCellName(col, row)
	return name
}

func check(t *testing.T, book *sheet.Book, def models.Definition) (ingest.Report, []ingest.Finding) {
	t.Helper()
	c, err := ingest.New(&def, ingest.Options{Today: "2026-11-23", TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	var all []ingest.Finding
	if err := c.File(t.Context(), book, nil, func(f ingest.Finding) error { all = append(all, f); return nil }); err != nil {
		t.Fatal(err)
	}
	report, err := c.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report, all
}

// TestRoundTrip follows a filing through the files that a unit handles: the template's workbook, filled in with a
// fault, checked, annotated, mended in the annotated file, and checked again.
func TestRoundTrip(t *testing.T) {
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, def := range plan.With("zjj-02", "fgw-05", "zrzy-01").Templates {
		t.Run(def.Code, func(t *testing.T) {
			blank, _ := templateBook(t, def, office.WorkbookOptions{UnitName: "测试单位", Period: "2026-10"})
			subject := def.SubjectField()
			filled := fill(t, blank, def, 3, func(row int, f models.Field, value any) any {
				switch {
				case f.Key && f.Type == models.TypeText: // the example, counted on
					text := value.(string)
					at := strings.LastIndexAny(text, "0123456789")
					return text[:at] + strconv.Itoa(row+1) + text[at+1:]
				case row == 2 && f.Code == def.Fields[subject].Code:
					return cn.MakeUSCC("91", "371502", 7)[:17] + "I"
				}
				return value
			})
			book := openBook(t, def.Code+".xlsx", filled)
			report, findings := check(t, book, def)
			file := report.Files[0]
			if report.Rows != 3 || report.Rejected != 1 || file.Template != def.Code || file.Version != def.Version || file.HeaderRow != 3 {
				t.Fatalf("report %+v\n%+v", report, findings)
			}
			annotated, _ := annotate(t, book, findings, office.AnnotateOptions{Sheet: 0, HeaderRow: file.HeaderRow})
			same, _ := check(t, openBook(t, "批注.xlsx", annotated), def)
			if same.Rows != 3 || same.Rejected != 1 || same.Warnings != report.Warnings || same.Files[0].Template != def.Code || same.Files[0].HeaderRow != 3 {
				t.Fatalf("the annotated file is another one: %+v", same)
			}
			asCSV, _ := annotate(t, book, append(findings, ingest.Finding{Message: "整表提醒", Severity: models.SeverityWarning}),
				office.AnnotateOptions{HeaderRow: file.HeaderRow, CSV: true})
			if same, _ := check(t, openBook(t, "批注.csv", asCSV), def); same.Rows != 3 || same.Rejected != 1 || same.Warnings != report.Warnings {
				t.Fatalf("the annotated CSV is another file: %+v", same)
			}
			mended := reopen(t, annotated)
			if err := mended.SetCellValue(mended.GetSheetName(0), ref(subject+1, 6), cn.MakeUSCC("91", "371502", 7)); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := mended.Write(&out); err != nil {
				t.Fatal(err)
			}
			last, rest := check(t, openBook(t, "改好.xlsx", out.Bytes()), def)
			if last.Verdict != ingest.VerdictClean || last.Valid != 3 {
				t.Errorf("verdict %s: %s", last.Verdict, fmt.Sprintf("%+v", rest))
			}
		})
	}
}

// TestTemplateWorkbook_empty holds that a workbook sent back as it was is no filing.
func TestTemplateWorkbook_empty(t *testing.T) {
	def := register()
	blank, _ := templateBook(t, def, office.WorkbookOptions{})
	c, err := ingest.New(&def, ingest.Options{Today: "2026-11-23"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.File(t.Context(), openBook(t, "空.xlsx", blank), nil, nil)
	if err == nil || !strings.Contains(err.Error(), "零报送") {
		t.Errorf("got %v", err)
	}
}
