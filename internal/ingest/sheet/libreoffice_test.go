package sheet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/ingest/sheet"
)

const libreOffice = "testdata/libreoffice"

func readFile(tb testing.TB, elements ...string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// excelizeErrs are the cells of LibreOffice's files that excelize reads otherwise than we do, and why it is wrong.
var excelizeErrs = map[string]apart{
	"dates-iso.xlsx": {
		"日期!B16": "dateCompatibility=false: day 1 is 1899-12-31, so 1.26 in the format h:mm is a quarter past six",
		"日期!B20": "dateCompatibility=false: day 2 is 1 January 1900",
		"日期!B21": "dateCompatibility=false: day 60 is 28 February 1900",
	},
}

func TestRows_AgreeWithExcelizeOnFilesOfLibreOffice(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(libreOffice, "*.xlsx"))
	if err != nil || len(names) < 15 {
		t.Fatalf("%d workbooks of LibreOffice, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data := readFile(t, name)
			if by := open(t, data, sheet.Limits{}).Meta.Application; !strings.HasPrefix(by, "LibreOffice/") {
				t.Errorf("written by %q", by)
			}
			compareWithExcelize(t, data, excelizeErrs[filepath.Base(name)])
		})
	}
}

// TestRows_ReadFilesOfLibreOfficeAsTheirSourcesSay holds the reader against tables that were typed from the sources, not
// from what it or excelize reads.
func TestRows_ReadFilesOfLibreOfficeAsTheirSourcesSay(t *testing.T) {
	for name, sheets := range libreOfficeSays {
		t.Run(name, func(t *testing.T) {
			book := open(t, readFile(t, libreOffice, name), sheet.Limits{})
			if len(book.Sheets) != len(sheets) {
				t.Fatalf("%d sheets, want %d", len(book.Sheets), len(sheets))
			}
			for i, want := range sheets {
				if info := book.Sheets[i]; info.Name != want.name || info.Hidden != want.hidden {
					t.Errorf("sheet %d is %+v, want %q, hidden %v", i, info, want.name, want.hidden)
				}
				rows, err := read(book, i)
				if err != nil {
					t.Fatal(err)
				}
				for j := range max(len(rows), len(want.rows)) {
					var got, wanted string
					if j < len(rows) {
						got = show(rows[j : j+1])
					}
					if j < len(want.rows) {
						wanted = want.rows[j]
					}
					if got != wanted {
						t.Errorf("%s, row %d of %d:\ngot  %q\nwant %q", want.name, j+1, len(rows), got, wanted)
					}
				}
				if merges, err := book.Merges(i, 1<<20); err != nil || fmt.Sprint(merges) != "["+want.merges+"]" {
					t.Errorf("%s: merges %v %v, want %s", want.name, merges, err, want.merges)
				}
			}
		})
	}
}

func TestOpen_CountsTheDaysOfLibreOfficeFrom1904(t *testing.T) {
	for name, want := range map[string]bool{"dates-1904.xlsx": true, "dates.xlsx": false, "dates-iso.xlsx": false} {
		if book := open(t, readFile(t, libreOffice, name), sheet.Limits{}); book.Date1904 != want {
			t.Errorf("%s: counts from 1904: %v", name, book.Date1904)
		}
	}
}

func TestOpen_ReadsTheNamesThatLibreOfficeGives(t *testing.T) {
	var got []string
	for _, n := range open(t, readFile(t, libreOffice, "features.xlsx"), sheet.Limits{}).Names {
		got = append(got, fmt.Sprintf("%s %s %d %v", n.Name, n.Refers, n.Sheet, n.Hidden))
	}
	want := []string{"_xlnm.Print_Area 数据!$A$1:$D$3 0 false", "_xlnm.Print_Titles 数据!$1:$1 0 false",
		"_xlnm._FilterDatabase 数据!$A$1:$D$3 0 true", "区划 字典!$A$1:$A$3 -1 false"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestOpen_RefusesTheOtherFormatsOfLibreOffice saves one table in every format that a user may choose by mistake. Each
// refusal says what the file is and how to save it; the file's name must not matter.
func TestOpen_RefusesTheOtherFormatsOfLibreOffice(t *testing.T) {
	for name, c := range map[string]struct {
		code  sheet.Code
		wants []string
	}{
		"refused/titles.ods":    {sheet.CodeODS, []string{".ods", "另存为", "*.xlsx"}},
		"titles.fods":           {sheet.CodeODS, []string{".ods", "另存为", "*.xlsx"}},
		"refused/titles.xls":    {sheet.CodeXLS, []string{"Excel 97—2003", "另存为", "*.xlsx"}},
		"refused/titles.xml":    {sheet.CodeXML2003, []string{"XML 表格 2003", "另存为", "*.xlsx"}},
		"refused/titles.html":   {sheet.CodeHTML, []string{"网页", "另存为", "*.xlsx"}},
		"refused/titles.xlsm":   {sheet.CodeMacros, []string{"宏", "另存为", "*.xlsx"}},
		"refused/password.xlsx": {sheet.CodePassword, []string{"打开密码", "清除"}},
	} {
		for _, as := range []string{filepath.Base(name), "报送.xlsx"} {
			t.Run(name+" named "+as, func(t *testing.T) {
				r := refusal(t, readFile(t, libreOffice, name), sheet.Options{Name: as})
				if r.Code != c.code {
					t.Errorf("code %q, want %q", r.Code, c.code)
				}
				for _, want := range c.wants {
					if !strings.Contains(r.Message, want) {
						t.Errorf("%q does not say %q", r.Message, want)
					}
				}
				if strings.Contains(r.Message, "损坏") {
					t.Errorf("a sound file is called damaged: %s", r.Message)
				}
			})
		}
	}
}
