package office_test

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/seed"
)

// resaved is the workbook of zjj-02, filled in with four rows, opened and saved again by LibreOffice. How to make it
// anew stands in testdata/libreoffice/README.md.
const resaved = "testdata/libreoffice/zjj-02.xlsx"

var filled = flag.String("filled", "", "write the workbook that LibreOffice is to open and save again to this file")

// permits is the seed's template of the re-saved workbook.
func permits(t *testing.T) models.Definition {
	t.Helper()
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	def, ok := plan.Template("zjj-02")
	if !ok {
		t.Fatal("the seed has no zjj-02")
	}
	return def
}

// fillPermits types four permits into the workbook as a person does: days as days, codes into columns of text.
func fillPermits(t *testing.T, def models.Definition) []byte {
	t.Helper()
	blank, _ := templateBook(t, def, office.WorkbookOptions{UnitName: "示范单位", Period: "2026-10"})
	return fill(t, blank, def, 4, func(row int, f models.Field, value any) any {
		switch {
		case f.Code == "permit_no":
			return "聊房预售字〔2026〕" + strconv.Itoa(118+row) + "号"
		case f.Type == models.TypeDate:
			day, err := time.Parse(time.DateOnly, value.(string))
			if err != nil {
				t.Fatal(err)
			}
			return day
		}
		return value
	})
}

// TestLibreOffice_TheWorkbookItSavesAgainIsKnownAndClean holds that a unit may fill in the portal's workbook with
// another program: the hidden sheet, text columns, drop-downs, days and the header three rows down come back whole.
func TestLibreOffice_TheWorkbookItSavesAgainIsKnownAndClean(t *testing.T) {
	def := permits(t)
	source := fillPermits(t, def)
	if *filled != "" {
		if err := os.WriteFile(*filled, source, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string][]byte{"as filled in": source, "saved by LibreOffice": readResaved(t)} {
		t.Run(name, func(t *testing.T) {
			book := openBook(t, "报送.xlsx", data)
			if by := book.Meta.Application; strings.HasPrefix(by, "LibreOffice/") != (name == "saved by LibreOffice") {
				t.Errorf("written by %q", by)
			}
			report, findings := check(t, book, def)
			file := report.Files[0]
			if report.Verdict != ingest.VerdictClean || report.Rows != 4 || report.Valid != 4 {
				t.Errorf("%s, %d of %d rows valid: %+v", report.Verdict, report.Valid, report.Rows, findings)
			}
			if file.Template != "zjj-02" || file.Version != def.Version || file.Sheet != def.Name || file.HeaderRow != 3 || file.Columns != len(def.Fields) {
				t.Errorf("not known again (after a change of the template see testdata/libreoffice/README.md): %+v", file)
			}
			if meta, ok := book.Sheet(ingest.MetaSheet); !ok || !meta.Hidden {
				t.Errorf("hidden sheet %+v, %v", meta, ok)
			}
		})
	}
}

// TestLibreOffice_UnderstandsTheWorkbook holds that what guides a person who fills it in was understood and written
// again: the drop-down of a named list, the format of columns that must not lose digits, and the comments.
func TestLibreOffice_UnderstandsTheWorkbook(t *testing.T) {
	def, f := permits(t), reopen(t, readResaved(t))
	rules, err := f.GetDataValidations(def.Name)
	if err != nil {
		t.Fatal(err)
	}
	offered := map[string]string{}
	for _, rule := range rules {
		offered[strings.TrimRight(strings.Split(rule.Sqref, ":")[0], "0123456789")] = rule.Type + " " + rule.Formula1
	}
	comments, err := f.GetComments(def.Name)
	if err != nil || len(comments) != len(def.Fields) {
		t.Errorf("%d comments, %v", len(comments), err)
	}
	for i, field := range def.Fields {
		col := strings.TrimRight(ref(i+1, 1), "1")
		if field.Type == models.TypeCode && offered[col] != "list list_"+field.List {
			t.Errorf("%s offers %q", field.Name, offered[col])
		}
		id, err := f.GetColStyle(def.Name, col)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if text := style.CustomNumFmt != nil && *style.CustomNumFmt == "@"; text == (field.Numeric() || field.Type == models.TypeDate) {
			t.Errorf("%s is a column of text: %v", field.Name, text)
		}
	}
}

// TestLibreOffice_ItsFileCanBeAnnotated holds that the copy with remarks is still the unit's workbook.
func TestLibreOffice_ItsFileCanBeAnnotated(t *testing.T) {
	def := permits(t)
	book := openBook(t, "报送.xlsx", readResaved(t))
	annotated, format := annotate(t, book, []ingest.Finding{wrong(5, "K", "请核对面积")}, office.AnnotateOptions{HeaderRow: 3})
	if format != office.XLSX {
		t.Fatalf("annotated as %s", format)
	}
	f := reopen(t, annotated)
	if got := cell(t, f, def.Name, ref(len(def.Fields)+1, 5)); !strings.Contains(got, "请核对面积") {
		t.Errorf("remark %q", got)
	}
	report, findings := check(t, openBook(t, "批注.xlsx", annotated), def)
	if file := report.Files[0]; report.Verdict != ingest.VerdictClean || report.Rows != 4 || file.Template != "zjj-02" || file.HeaderRow != 3 {
		t.Errorf("the annotated file is another one: %+v %+v", report, findings)
	}
}

func readResaved(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(resaved)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
