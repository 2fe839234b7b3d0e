package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"taxportal/internal/ingest/sheet"
)

// show writes rows so that a table test can compare them: 3 A=text:甲 C=number:1.5.
func show(rows []sheet.Row) string {
	var b strings.Builder
	for i, row := range rows {
		if i > 0 {
			b.WriteString(" / ")
		}
		fmt.Fprint(&b, row.No)
		if row.Hidden {
			b.WriteByte('h')
		}
		for j, cell := range row.Cells {
			if cell.Kind != sheet.Empty {
				fmt.Fprintf(&b, " %s=%v:%s", sheet.ColumnName(j), cell.Kind, cell.Text)
			}
		}
	}
	return b.String()
}

func TestRows_ReadEveryFormOfACell(t *testing.T) {
	shared := `<si><t>甲</t></si><si><t>a_x000D_b_x005F_x000D_</t></si><si><t>_xD842__xDFB7_ &#x20BB7; _xD842_ _x0000_ _xZZZZ_</t></si>` +
		`<si><t><![CDATA[<a & b>]]></t></si><si><r><t>一</t></r><rPh sb="0" eb="1"><t>yi</t></rPh><r><t>二</t></r></si>`
	for name, c := range map[string]struct{ data, want string }{
		"shared strings":                {`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v> 4 </v></c></row>`, "1 A=text:甲 B=text:一二"},
		"escapes":                       {`<row r="1"><c r="A1" t="s"><v>1</v></c></row>`, "1 A=text:a\rb_x000D_"},
		"surrogates, NUL, no escape":    {`<row r="1"><c r="A1" t="s"><v>2</v></c></row>`, "1 A=text:𠮷 𠮷 \uFFFD \uFFFD _xZZZZ_"},
		"CDATA":                         {`<row r="1"><c r="A1" t="s"><v>3</v></c><c r="B1" t="inlineStr"><is><t>a<![CDATA[&amp;]]>b</t></is></c></row>`, "1 A=text:<a & b> B=text:a&amp;b"},
		"inline runs and phonetics":     {`<row r="1"><c t="inlineStr"><is><r><t>一</t></r><rPh><t>yi</t></rPh><r><t>二</t></r></is></c></row>`, "1 A=text:一二"},
		"rows and cells without r":      {`<row><c><v>1</v></c><c/><c><v>2</v></c></row><row r="5"/><row><c><v>3</v></c></row>`, "1 A=number:1 C=number:2 / 6 A=number:3"},
		"cells out of order":            {`<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>`, "1 A=number:1 C=number:3"},
		"small letters and dollars":     {`<row r="1"><c r="$ab$1"><v>3</v></c></row>`, "1 AB=number:3"},
		"numbers to 15 digits":          {`<row r="1"><c><v>0.30000000000000004</v></c><c><v>3.7150219900101101E+17</v></c><c><v>1E-3</v></c><c><v>-0</v></c><c><v>007.50</v></c></row>`, "1 A=number:0.3 B=number:371502199001011000 C=number:0.001 D=number:0 E=number:7.5"},
		"no number after all":           {`<row r="1"><c><v>abc</v></c><c><v>1e999</v></c><c><v>0x10</v></c><c><v>NaN</v></c></row>`, "1 A=text:abc B=text:1e999 C=text:0x10 D=text:NaN"},
		"days":                          {`<row r="1"><c s="1"><v>46303</v></c><c s="2"><v>46303.395833333336</v></c><c s="6"><v>0.5</v></c><c s="7"><v>46296</v></c></row>`, "1 A=date:2026-10-08 B=date:2026-10-08 09:30:00 C=date:12:00:00 D=date:2026-10-01"},
		"first days of 1900":            {`<row r="1"><c s="1"><v>1</v></c><c s="1"><v>59</v></c><c s="1"><v>60</v></c><c s="1"><v>61</v></c></row>`, "1 A=date:1900-01-01 B=date:1900-02-28 C=date:1900-02-29 D=date:1900-03-01"},
		"beyond the calendar":           {`<row r="1"><c s="1"><v>-1</v></c><c s="1"><v>2958465</v></c><c s="1"><v>2958466</v></c></row>`, "1 A=number:-1 B=date:9999-12-31 C=number:2958466"},
		"a second before midnight":      {`<row r="1"><c s="1"><v>46302.9999999</v></c></row>`, "1 A=date:2026-10-08"},
		"durations are numbers":         {`<row r="1"><c s="5"><v>1.5</v></c></row>`, "1 A=number:1.5"},
		"text format keeps the number":  {`<row r="1"><c s="3"><v>13700000001</v></c></row>`, "1 A=number:13700000001"},
		"zeros of the format":           {`<row r="1"><c s="4"><v>371</v></c><c s="4"><v>1234567</v></c><c s="4"><v>1.5</v></c><c s="4"><v>-3</v></c></row>`, "1 A=number:000371 B=number:1234567 C=number:1.5 D=number:-3"},
		"unknown format":                {`<row r="1"><c s="99"><v>1</v></c><c s="x"><v>2</v></c></row>`, "1 A=number:1 B=number:2"},
		"ISO days":                      {`<row r="1"><c t="d"><v>2026-10-08</v></c><c t="d"><v>2026-10-08T09:30:00Z</v></c><c t="d"><v>soon</v></c></row>`, "1 A=date:2026-10-08 B=date:2026-10-08 09:30:00 C=text:soon"},
		"truth":                         {`<row r="1"><c t="b"><v>1</v></c><c t="b"><v>0</v></c></row>`, "1 A=bool:TRUE B=bool:FALSE"},
		"errors":                        {`<row r="1"><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`, "1 A=error:#DIV/0!"},
		"results of formulas":           {`<row r="1"><c t="str"><f>"a"</f><v>a_x000D_</v></c><c><f>1+1</f><v>2</v></c><c t="str"><f>""</f><v></v></c></row>`, "1 A=text:a\r B=number:2"},
		"formulas never calculated":     {`<row r="1"><c r="B1"><f>A1</f></c><c r="C1"><f t="shared" si="0"/></c></row>`, "1 B=formula: C=formula:"},
		"hidden rows":                   {`<row r="1" hidden="1"><c><v>1</v></c></row><row r="2" hidden="true"><c><v>2</v></c></row><row r="3" hidden="0"><c><v>3</v></c></row>`, "1h A=number:1 / 2h A=number:2 / 3 A=number:3"},
		"blank cells at the end":        {`<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="2"><c r="A2" s="1"/></row>`, "1 A=number:1"},
		"unknown elements":              {`<x/><row r="1"><y><c><v>9</v></c></y><c><v>1</v><extLst><v>8</v></extLst></c></row>`, "1 A=number:1"},
		"unknown type of cell":          {`<row r="1"><c t="future"><v>a</v></c></row>`, "1 A=text:a"},
		"line ends of XML":              {"<row r=\"1\"><c t=\"str\"><v>a\r\nb\rc&#13;</v></c></row>", "1 A=text:a\nb\nc\r"},
		"bytes that are no UTF-8":       {"<row r=\"1\"><c t=\"str\"><v>a\xffb</v></c><c t=\"str\"><v>甲</v></c></row>", "1 A=text:a\uFFFDb B=text:甲"},
		"NUL":                           {"<row r=\"1\"><c t=\"str\"><v>a\x00</v></c><c><v>\x00</v></c></row>", "1 A=text:a\uFFFD B=text:\uFFFD"},
		"quoted angle in an attribute":  {`<row r="1" x="a>b"><c y='>' t="str"><v>1</v></c></row>`, "1 A=text:1"},
		"empty sheet":                   {``, ""},
		"inline text that is empty":     {`<row r="1"><c t="inlineStr"><is><t></t></is></c><c><v>1</v></c></row>`, "1 B=number:1"},
		"value in place of inline text": {`<row r="1"><c t="inlineStr"><v>1</v></c></row>`, "1 A=text:1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := show(mustRead(t, plain(c.data, shared).zip())); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestRows_CountTheDigitsOfNumbers(t *testing.T) {
	rows := mustRead(t, plain(`<row><c><v>3.7150219900101101E+17</v></c><c><v>13700000001</v></c><c><v>0.5</v></c><c><v>123456789012345.4</v></c><c s="4"><v>12</v></c></row>`, "").zip())
	for i, want := range []int{18, 11, 1, 15, 6} {
		if got := rows[0].Cells[i].Digits; got != want {
			t.Errorf("cell %d: %d digits, want %d", i, got, want)
		}
	}
}

func TestRows_CountFromTheDayThatTheWorkbookNames(t *testing.T) {
	base := plain(`<row><c s="1"><v>44841</v></c><c s="1"><v>60</v></c><c s="1"><v>2</v></c><c s="6"><v>0.5</v></c><c t="d"><v>2026-10-08</v></c><c><v>44841</v></c></row>`, "")
	for name, c := range map[string]struct{ properties, want string }{
		"1900":                 {``, "A=date:2022-10-07 B=date:1900-02-29 C=date:1900-01-02"},
		"1904":                 {`<workbookPr date1904="true"/>`, "A=date:2026-10-08 B=date:1904-03-01 C=date:1904-01-03"},
		"1904, compatibly":     {`<workbookPr dateCompatibility="1" date1904="1"/>`, "A=date:2026-10-08 B=date:1904-03-01 C=date:1904-01-03"},
		"without a false leap": {`<workbookPr dateCompatibility="false"/>`, "A=date:2022-10-07 B=date:1900-02-28 C=date:1900-01-01"},
	} {
		t.Run(name, func(t *testing.T) {
			p := base.with("xl/workbook.xml", header+`<workbook `+nsMain+` `+nsRel+`>`+c.properties+`<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`)
			book := open(t, p.zip(), sheet.Limits{})
			rows, err := read(book, 0)
			if err != nil || book.Date1904 != strings.Contains(c.properties, "date1904") {
				t.Fatal(err, book.Date1904)
			}
			// a time of day, an ISO date and a plain number are the same everywhere
			if got, want := show(rows), "1 "+c.want+" D=date:12:00:00 E=date:2026-10-08 F=number:44841"; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestRows_GiveSerialsAsIn1900(t *testing.T) {
	p := plain(`<row><c s="1"><v>44841</v></c><c t="d"><v>2026-10-08</v></c></row>`, "").
		with("xl/workbook.xml", header+`<workbook `+nsMain+` `+nsRel+`><workbookPr date1904="true"/><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	if rows := mustRead(t, p.zip()); rows[0].Cells[0].Num != 46303 || rows[0].Cells[1].Num != 46303 {
		t.Errorf("serials %v, %v", rows[0].Cells[0].Num, rows[0].Cells[1].Num)
	}
}

// stored packs without compression and with sizes in front, as some generators do.
func stored(p parts) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range p {
		f, _ := w.CreateRaw(&zip.FileHeader{Name: part[0], Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(part[1])), CompressedSize64: uint64(len(part[1])), UncompressedSize64: uint64(len(part[1]))})
		f.Write([]byte(part[1]))
	}
	w.Close()
	return out.Bytes()
}

func TestOpen_FindsThePartsWhateverTheirNames(t *testing.T) {
	data, shared := `<row r="2"><c r="B2" t="s"><v>0</v></c><c s="1"><v>46303</v></c></row>`, `<si><t>甲</t></si>`
	const want = "2 B=text:甲 C=date:2026-10-08"
	base := plain(data, shared)
	sheetXML, sst, styles := base[6][1], base[5][1], base[4][1]
	prefixed := func(s string) string {
		s = strings.NewReplacer("</", "</x:", "<?", "<?", "<", "<x:").Replace(s)
		return strings.Replace(s, "xmlns=", "xmlns:x=", 1)
	}
	strict := strings.NewReplacer("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/",
		"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
	var strictParts, lower, backslash parts
	for _, part := range base {
		strictParts = append(strictParts, [2]string{part[0], strict.Replace(part[1])})
		lower = append(lower, [2]string{strings.ToUpper(part[0]), part[1]})
		backslash = append(backslash, [2]string{strings.ReplaceAll(part[0], "/", `\`), part[1]})
	}
	moved := parts{
		{"_rels/.rels", relationships([3]string{"r", "officeDocument", "/book/main one.xml"})},
		{"book/main one.xml", strings.ReplaceAll(base[2][1], "r:id", "rel:id")},
		{"book/_rels/main one.xml.rels", relationships([3]string{"rId1", "worksheet", "../tables/%E8%A1%A8.xml"}, [3]string{"x", "sharedStrings", "./words.bin"}, [3]string{"y", "styles", "/book/looks.xml"})},
		{"tables/表.xml", sheetXML}, {"book/words.bin", sst}, {"book/looks.xml", styles}, base[0],
	}
	for name, file := range map[string][]byte{
		"as usual":               base.zip(),
		"stored":                 stored(base),
		"elsewhere":              moved.zip(),
		"strict":                 strictParts.zip(),
		"capitals":               lower.zip(),
		"backslashes":            backslash.zip(),
		"no relations of root":   base.without("_rels/.rels").zip(),
		"no content types":       base.without("[Content_Types].xml").zip(),
		"byte order marks":       base.with("xl/worksheets/sheet1.xml", "\ufeff"+sheetXML).with("xl/sharedStrings.xml", "\ufeff"+sst).zip(),
		"prefixes":               base.with("xl/worksheets/sheet1.xml", prefixed(sheetXML)).with("xl/sharedStrings.xml", prefixed(sst)).with("xl/styles.xml", prefixed(styles)).zip(),
		"no declaration":         base.with("xl/worksheets/sheet1.xml", strings.TrimPrefix(sheetXML, header)).zip(),
		"sheetData only once":    base.with("xl/worksheets/sheet1.xml", strings.Replace(sheetXML, "</worksheet>", `<extLst><ext><sheetData><row r="9"><c><v>9</v></c></row></sheetData></ext></extLst></worksheet>`, 1)).zip(),
		"comment before the end": base.with("xl/worksheets/sheet1.xml", sheetXML+"<!-- "+strings.Repeat("x", 200_000)+" -->\n").zip(),
	} {
		t.Run(name, func(t *testing.T) {
			if got := show(mustRead(t, file)); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestOpen_ReadsAWorkbookOfWPS(t *testing.T) {
	// the manner of WPS: its own namespaces and alternate content, widths of every column, formats on blank rows,
	// merged title and two-line header, drop-downs and a very hidden sheet
	ns := nsMain + ` ` + nsRel + ` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" mc:Ignorable="etc"`
	var blank strings.Builder
	for i := 6; i <= 2000; i++ {
		fmt.Fprintf(&blank, `<row r="%d" ht="14.25" customHeight="1" spans="1:4"><c r="A%d" s="3"/><c r="B%d" s="3"/></row>`, i, i, i)
	}
	data := `<row r="1" ht="24" spans="1:4"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1"/><c r="C1" s="1"/></row>` +
		`<row r="2" spans="1:4"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="C2"/></row>` +
		`<row r="3" spans="1:4"><c r="A3"/><c r="B3" t="s"><v>3</v></c><c r="C3" t="s"><v>4</v></c></row>` +
		`<row r="4" spans="1:4"><c r="A4"><v>1</v></c><c r="B4" s="3" t="s"><v>5</v></c><c r="C4" s="2"><v>46303</v></c></row>` + blank.String()
	shared := `<si><t>商品房预售许可信息</t></si><si><t>序号</t></si><si><t>许可</t></si><si><t>证号</t></si><si><t>发证日期</t></si><si><t xml:space="preserve">聊房预售证第001号</t></si>`
	p := plain("", shared).
		with("xl/workbook.xml", header+`<workbook `+ns+`><fileVersion appName="xl"/><workbookPr/><bookViews><workbookView/></bookViews><sheets><sheet name="预售许可" sheetId="1" r:id="rId1"/><sheet name="_meta" sheetId="2" state="veryHidden" r:id="rId9"/></sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0" hidden="1">预售许可!$1:$3</definedName><definedName name="用途">字典!$A$2:$A$9</definedName></definedNames><extLst><ext><etc:x><sheet name="no"/></etc:x></ext></extLst></workbook>`).
		with("xl/_rels/workbook.xml.rels", relationships([3]string{"rId1", "worksheet", "worksheets/sheet1.xml"}, [3]string{"rId9", "worksheet", "worksheets/sheet2.xml"},
			[3]string{"rId2", "sharedStrings", "sharedStrings.xml"}, [3]string{"rId3", "styles", "styles.xml"})).
		with("xl/worksheets/sheet1.xml", header+`<worksheet `+ns+`><sheetPr/><dimension ref="A1:D2000"/><sheetViews><sheetView/></sheetViews><sheetFormatPr defaultRowHeight="14.25"/><cols><col min="1" max="16384" width="9"/></cols><sheetData>`+data+`</sheetData><mergeCells count="3"><mergeCell ref="A1:D1"/><mergeCell ref="A2:A3"/><mergeCell ref="B2:C2"/><mergeCell ref="A900:A901"/></mergeCells><dataValidations count="1"><dataValidation type="list" sqref="B4"><formula1>用途</formula1></dataValidation></dataValidations><pageMargins left="0.75"/></worksheet>`).
		with("xl/worksheets/sheet2.xml", worksheet(`<row r="1"><c t="inlineStr"><is><t>zjj-02</t></is></c><c><v>3</v></c></row>`)).
		with("_rels/.rels", relationships([3]string{"rId1", "officeDocument", "xl/workbook.xml"}, [3]string{"rId2", "extended-properties", "docProps/app.xml"})).
		with("docProps/app.xml", header+`<Properties><Application>WPS 表格</Application></Properties>`)
	book := open(t, p.zip(), sheet.Limits{})
	if book.Format != sheet.XLSX || book.Meta.Application != "WPS 表格" || book.Encoding != "" {
		t.Errorf("format %q, application %q, encoding %q", book.Format, book.Meta.Application, book.Encoding)
	}
	rows, err := read(book, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want := "1 A=text:商品房预售许可信息 / 2 A=text:序号 B=text:许可 / 3 B=text:证号 C=text:发证日期 / 4 A=number:1 B=text:聊房预售证第001号 C=date:2026-10-08"; show(rows) != want {
		t.Error(show(rows))
	}
	merges, err := book.Merges(0, 20)
	if want := "[{1 1 1 4} {2 1 3 1} {2 2 2 3}]"; err != nil || fmt.Sprint(merges) != want {
		t.Errorf("merges %v %v, want %s", merges, err, want)
	}
	meta, ok := book.Sheet("_META")
	if !ok || !meta.Hidden || !meta.VeryHidden || meta.Index != 1 {
		t.Fatalf("_meta: %+v %v", meta, ok)
	}
	if rows, err := book.Small(meta.Index, 5); err != nil || show(rows) != "1 A=text:zjj-02 B=number:3" {
		t.Errorf("_meta: %q %v", show(rows), err)
	}
	if len(book.Names) != 2 || book.Names[0].Sheet != 0 || !book.Names[0].Hidden || book.Names[1].Refers != "字典!$A$2:$A$9" || book.Names[1].Sheet != -1 {
		t.Errorf("names %+v", book.Names)
	}
}

func TestRows_MayBeReadTwiceAndLeftEarly(t *testing.T) {
	book := open(t, sharedBook(500), sheet.Limits{})
	first, err := book.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		first.Next()
	}
	kept := first.Row().Cells[1].Text
	if p := first.Progress(); p < 0 || p > 1 {
		t.Errorf("progress %v", p)
	}
	if err := first.Close(); err != nil || first.Next() {
		t.Error("rows went on after Close", err)
	}
	for pass := range 2 {
		if rows, err := read(book, 0); err != nil || len(rows) != 500 || rows[2].Cells[1].Text != kept {
			t.Fatalf("pass %d: %d rows, %v", pass, len(rows), err)
		}
	}
	if _, err := book.Rows(1); err == nil {
		t.Error("a sheet that is not there was opened")
	}
}

func TestMerges_OfSheetsWithoutAny(t *testing.T) {
	for name, p := range map[string]parts{
		"no merges":  plain(`<row><c><v>1</v></c></row>`, ""),
		"no cells":   plain("", "").with("xl/worksheets/sheet1.xml", header+`<worksheet `+nsMain+`><sheetData/><mergeCells/></worksheet>`),
		"bad ranges": plain("", "").with("xl/worksheets/sheet1.xml", strings.Replace(worksheet(""), "</worksheet>", `<mergeCells><mergeCell ref="C3:A1"/><mergeCell ref="1:2"/><mergeCell/></mergeCells></worksheet>`, 1)),
	} {
		if merges, err := open(t, p.zip(), sheet.Limits{}).Merges(0, 100); err != nil || len(merges) != 0 {
			t.Errorf("%s: %v %v", name, merges, err)
		}
	}
}
