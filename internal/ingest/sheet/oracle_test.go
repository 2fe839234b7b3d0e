package sheet_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/ingest/sheet"
)

// apart names the cells (as Sheet!A1) in which excelize is known to be wrong, and why.
type apart map[string]string

// compareWithExcelize reads every sheet of data with both readers and compares cell by cell. The cells of errs must
// differ: a reason that no longer holds is to be struck out.
func compareWithExcelize(t *testing.T, data []byte, errs apart) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("excelize: %v", err)
	}
	defer f.Close()
	book := open(t, data, sheet.Limits{Columns: 1 << 14})
	names := f.GetSheetList()
	if len(names) != len(book.Sheets) {
		t.Fatalf("%d sheets, excelize has %d", len(book.Sheets), len(names))
	}
	for i, name := range names {
		if book.Sheets[i].Name != name {
			t.Errorf("sheet %d is %q, excelize says %q", i, book.Sheets[i].Name, name)
		}
		if visible, err := f.GetSheetVisible(name); err != nil || visible == book.Sheets[i].Hidden {
			t.Errorf("sheet %q: hidden %v, excelize: visible %v %v", name, book.Sheets[i].Hidden, visible, err)
		}
		want, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatalf("excelize rows of %q: %v", name, err)
		}
		got, err := read(book, i)
		if err != nil {
			t.Fatalf("rows of %q: %v", name, err)
		}
		compareRows(t, name, got, want, errs)
		compareMerges(t, book, f, i, name)
	}
}

func compareRows(t *testing.T, name string, got []sheet.Row, want [][]string, errs apart) {
	t.Helper()
	byNumber := map[int]sheet.Row{}
	for _, row := range got {
		byNumber[row.No] = row
		if row.No > len(want) {
			t.Errorf("%s: row %d is not in excelize's %d rows", name, row.No, len(want))
		}
	}
	for i, raws := range want {
		cells := byNumber[i+1].Cells
		for j := range max(len(raws), len(cells)) {
			var cell sheet.Cell
			raw := ""
			if j < len(cells) {
				cell = cells[j]
			}
			if j < len(raws) {
				raw = raws[j]
			}
			at := fmt.Sprintf("%s!%s%d", name, sheet.ColumnName(j), i+1)
			switch reason, known := errs[at]; {
			case known && sameCell(cell, raw):
				t.Errorf("%s: excelize has come round: %q; it was said to differ because %s", at, raw, reason)
			case !known && !sameCell(cell, raw):
				t.Errorf("%s: %v %q (%v), excelize has %q", at, cell.Kind, cell.Text, cell.Num, raw)
			}
		}
	}
}

// sameCell compares a cell with the raw value that excelize reads.
func sameCell(cell sheet.Cell, raw string) bool {
	switch cell.Kind {
	case sheet.Empty, sheet.Formula:
		return raw == ""
	case sheet.Text, sheet.Error:
		return cell.Text == raw
	case sheet.Bool:
		return cell.Num == 1 && (raw == "1" || raw == "TRUE") || cell.Num == 0 && (raw == "0" || raw == "FALSE")
	}
	value, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return false
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'e', 14, 64), 64)
	if cell.Kind == sheet.Date {
		return cell.Num == rounded || cell.Num == rounded+1462
	}
	text, err := strconv.ParseFloat(cell.Text, 64)
	return err == nil && cell.Num == rounded && text == rounded
}

func compareMerges(t *testing.T, book *sheet.Book, f *excelize.File, index int, name string) {
	t.Helper()
	want, err := f.GetMergeCells(name)
	if err != nil {
		t.Fatalf("excelize merges of %q: %v", name, err)
	}
	got, err := book.Merges(index, 1<<20)
	if err != nil {
		t.Fatalf("merges of %q: %v", name, err)
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d merges, excelize has %d", name, len(got), len(want))
	}
	for i, m := range want {
		ref := fmt.Sprintf("%s%d:%s%d", sheet.ColumnName(got[i].FirstCol-1), got[i].FirstRow, sheet.ColumnName(got[i].LastCol-1), got[i].LastRow)
		if ref != m.GetStartAxis()+":"+m.GetEndAxis() {
			t.Errorf("%s: merge %d is %s, excelize says %s:%s", name, i, ref, m.GetStartAxis(), m.GetEndAxis())
		}
	}
}

// builder makes a workbook with excelize; the first error fails the test.
type builder struct {
	t *testing.T
	f *excelize.File
}

func (b builder) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b builder) set(cell string, value any) {
	b.t.Helper()
	b.must(b.f.SetCellValue("Sheet1", cell, value))
}

func (b builder) row(n int, values ...any) {
	b.t.Helper()
	b.must(b.f.SetSheetRow("Sheet1", "A"+strconv.Itoa(n), &values))
}

func (b builder) format(cells, code string) {
	b.t.Helper()
	id, err := b.f.NewStyle(&excelize.Style{CustomNumFmt: &code})
	b.must(err)
	from, to, _ := strings.Cut(cells+":"+cells, ":")
	to, _, _ = strings.Cut(to, ":")
	b.must(b.f.SetCellStyle("Sheet1", from, to, id))
}

// books are workbooks that excelize makes, one feature each.
var books = map[string]func(b builder){
	"text": func(b builder) {
		b.row(1, "许可证号", "项目名称", "备注")
		b.row(2, "聊房预售证第001号", "某某花园", "")
	},
	"numbers": func(b builder) {
		b.row(1, 0, 1, -1, 0.1+0.2, 1.0/3, 123456789012345678, 1e300, 1e-300, -0.000001, 99999.995, 1e15, 123456789012345, 0.1)
	},
	"days": func(b builder) {
		b.row(1, time.Date(2026, 10, 8, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 8, 9, 30, 15, 0, time.UTC), 46303, 46303.5)
		b.format("C1:D1", `yyyy"年"m"月"d"日"`)
	},
	"days from 1904": func(b builder) {
		on := true
		b.must(b.f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &on}))
		b.row(1, 44841, 44841.25)
		b.format("A1:B1", "yyyy-mm-dd hh:mm")
	},
	"truth and errors": func(b builder) {
		b.row(1, true, false, "TRUE")
		b.must(b.f.SetCellFormula("Sheet1", "D1", "1/0"))
	},
	"formulas never calculated": func(b builder) {
		b.row(1, 1, 2)
		b.must(b.f.SetCellFormula("Sheet1", "C1", "A1+B1"))
	},
	"rich text": func(b builder) {
		b.must(b.f.SetCellRichText("Sheet1", "A1", []excelize.RichTextRun{{Text: "聊城"}, {Text: "市 ", Font: &excelize.Font{Bold: true}}, {Text: "税收"}}))
	},
	"merged title and header": func(b builder) {
		b.set("A1", "商品房预售许可信息")
		b.must(b.f.MergeCell("Sheet1", "A1", "E1"))
		b.must(b.f.MergeCell("Sheet1", "B2", "C2"))
		b.must(b.f.MergeCell("Sheet1", "A2", "A3"))
		b.row(2, "序号", "企业", "", "金额")
		b.row(3, "", "名称", "代码", "万元")
		b.row(4, 1, "某某公司", "91371500MA3000001X", 12.5)
	},
	"hidden rows": func(b builder) {
		b.row(1, "a")
		b.row(2, "b")
		b.must(b.f.SetRowVisible("Sheet1", 2, false))
	},
	"sheets in every state": func(b builder) {
		for _, name := range []string{"填报说明", "字典", "_meta"} {
			_, err := b.f.NewSheet(name)
			b.must(err)
			b.must(b.f.SetCellValue(name, "B2", name))
		}
		b.must(b.f.SetSheetVisible("字典", false))
		b.must(b.f.SetSheetVisible("_meta", false, true))
	},
	"gaps": func(b builder) {
		b.set("C5", "x")
		b.set("AA9", 7)
		b.set("A1000", "last")
	},
	"rare characters": func(b builder) {
		b.row(1, "𠮷田", "䶮", "㐂", "龴", "🙂", "é", "\u00a0", "\u3000全角１２３")
	},
	"longest text": func(b builder) { b.row(1, strings.Repeat("税", 32767), strings.Repeat("a", 32767)) },
	"blanks": func(b builder) {
		b.row(1, " 前后 ", "一\n二", "a\tb", "  ", "\n")
	},
	"characters of xml": func(b builder) {
		b.row(1, `<a b="c">&amp;'`, "]]>", "a & b < c > d", "_x000D_", "_x005F_x000D_", "回车\r\n换行", "_x4E00_")
	},
	"blank rows with formats": func(b builder) {
		b.row(1, "标题")
		b.format("A2:J400", "0.00")
		b.row(401, "末行")
	},
	"wide": func(b builder) {
		for i := range 700 {
			cell, err := excelize.CoordinatesToCellName(i+1, 1)
			b.must(err)
			b.set(cell, i)
		}
	},
	"stream writer": func(b builder) {
		w, err := b.f.NewStreamWriter("Sheet1")
		b.must(err)
		for i := 1; i <= 300; i++ {
			b.must(w.SetRow("A"+strconv.Itoa(i*2), []any{i, "文 字", 1.5, true, nil, time.Date(2026, 1, i%28+1, 0, 0, 0, 0, time.UTC)}))
		}
		b.must(w.MergeCell("A2", "B4"))
		b.must(w.Flush())
	},
	"drop-downs, widths, filters, panes": func(b builder) {
		b.row(1, "用途", "面积")
		b.row(2, "住宅", 100.25)
		v := excelize.NewDataValidation(true)
		v.Sqref = "A2:A100"
		b.must(v.SetDropList([]string{"住宅", "商业"}))
		b.must(b.f.AddDataValidation("Sheet1", v))
		b.must(b.f.AutoFilter("Sheet1", "A1:B2", nil))
		b.must(b.f.SetColWidth("Sheet1", "A", "B", 20))
		b.must(b.f.AddComment("Sheet1", excelize.Comment{Cell: "A1", Text: "口径"}))
	},
	"chart sheet": func(b builder) {
		b.row(1, "a", 1)
		b.must(b.f.AddChart("Sheet1", "D1", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{Name: "x", Values: "Sheet1!$B$1:$B$1"}}}))
	},
	"random cells": func(b builder) {
		random := rand.New(rand.NewPCG(1, 2))
		for range 800 {
			cell, err := excelize.CoordinatesToCellName(random.IntN(40)+1, random.IntN(200)+1)
			b.must(err)
			switch random.IntN(4) {
			case 0:
				b.set(cell, random.NormFloat64()*1e6)
			case 1:
				b.set(cell, random.Int64N(1<<60))
			case 2:
				b.set(cell, fmt.Sprintf("文字 %d", random.IntN(50)))
			default:
				b.set(cell, random.IntN(2) == 0)
			}
		}
	},
}

func TestRows_AgreeWithExcelizeOnItsOwnFiles(t *testing.T) {
	for name, build := range books {
		t.Run(name, func(t *testing.T) {
			f := excelize.NewFile()
			defer f.Close()
			build(builder{t, f})
			var out bytes.Buffer
			if err := f.Write(&out); err != nil {
				t.Fatal(err)
			}
			compareWithExcelize(t, out.Bytes(), nil)
		})
	}
}

func TestRows_AgreeWithExcelizeOnHandWrittenFiles(t *testing.T) {
	shared := `<si><t>甲</t></si><si><t xml:space="preserve"> 乙 </t></si><si><r><t>富</t></r><r><rPr><b/></rPr><t>文本</t></r><rPh sb="0" eb="1"><t>fu</t></rPh><phoneticPr fontId="1"/></si><si><t/></si>`
	cells := `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c></row>` +
		`<row r="3" spans="1:3"><c r="B3"><v>0.30000000000000004</v></c><c r="C3" t="b"><v>1</v></c><c r="E3" t="e"><v>#N/A</v></c></row>` +
		`<row r="4"><c r="A4" t="str"><f>"x"</f><v>结果</v></c><c r="B4" t="inlineStr"><is><t>行内</t></is></c></row>`
	for name, p := range map[string]parts{
		"as Excel writes it": plain(cells, shared),
		"lying dimension":    plain(cells, shared).with("xl/worksheets/sheet1.xml", strings.Replace(worksheet(cells), `ref="A1:A1"`, `ref="A1:XFD1048576"`, 1)),
		"comments and instructions": plain(`<!-- a --><?x y?>`+strings.ReplaceAll(cells, "<v>", "<!--<v>9</v>--><v>"),
			shared),
		"blanks between tags": plain(strings.ReplaceAll(cells, "><", ">\n  <"), shared),
		"absolute targets": plain(cells, shared).with("xl/_rels/workbook.xml.rels", relationships([3]string{"rId1", "worksheet", "/xl/worksheets/sheet1.xml"},
			[3]string{"rId2", "sharedStrings", "/xl/sharedStrings.xml"}, [3]string{"rId3", "styles", "/xl/styles.xml"})),
		"attributes in single quotes": plain(strings.ReplaceAll(cells, `"`, `'`), shared),
		"numeric entities":            plain(cells, `<si><t>&#30002;&#x7532;&lt;&amp;&quot;&apos;&gt;</t></si><si><t>b</t></si><si><t>c</t></si><si><t>d</t></si>`),
	} {
		t.Run(name, func(t *testing.T) { compareWithExcelize(t, p.zip(), nil) })
	}
}
