package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"taxportal/internal/ingest/sheet"
)

// parts are the files of a hand-written workbook: name and content, in order.
type parts [][2]string

// with returns the parts with one replaced, or added at the end.
func (p parts) with(name, content string) parts {
	out := append(parts(nil), p...)
	for i := range out {
		if out[i][0] == name {
			out[i][1] = content
			return out
		}
	}
	return append(out, [2]string{name, content})
}

// without returns the parts less one.
func (p parts) without(name string) parts {
	var out parts
	for _, part := range p {
		if part[0] != name {
			out = append(out, part)
		}
	}
	return out
}

// zip packs the parts. The writer streams: sizes and checksums stand in data descriptors behind each part.
func (p parts) zip() []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range p {
		f, err := w.Create(part[0])
		if err == nil {
			_, err = f.Write([]byte(part[1]))
		}
		if err != nil {
			panic(err) // cannot happen: a bytes.Buffer takes everything
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

const (
	nsMain  = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	nsRel   = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	header  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

func relationships(list ...[3]string) string {
	var b strings.Builder
	b.WriteString(header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range list {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s" Target="%s"/>`, r[0], relType+r[1], r[2])
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

// plain is a workbook of one sheet with the given <sheetData> content, shared strings and cell formats:
// 0 general, 1 date (14), 2 Chinese date, 3 text (49), 4 000000, 5 [h]:mm, 6 h:mm, 7 Chinese month.
func plain(sheetData, shared string) parts {
	return parts{
		{"[Content_Types].xml", header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`},
		{"_rels/.rels", relationships([3]string{"rId1", "officeDocument", "xl/workbook.xml"})},
		{"xl/workbook.xml", header + `<workbook ` + nsMain + ` ` + nsRel + `><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relationships([3]string{"rId1", "worksheet", "worksheets/sheet1.xml"},
			[3]string{"rId2", "sharedStrings", "sharedStrings.xml"}, [3]string{"rId3", "styles", "styles.xml"})},
		{"xl/styles.xml", header + `<styleSheet ` + nsMain + `><numFmts count="5"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="177" formatCode="000000"/><numFmt numFmtId="178" formatCode="[h]:mm"/><numFmt numFmtId="179" formatCode="h:mm"/><numFmt numFmtId="180" formatCode="yyyy&quot;年&quot;m&quot;月&quot;;@"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs><cellXfs count="8"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/><xf numFmtId="49"/><xf numFmtId="177"/><xf numFmtId="178"/><xf numFmtId="179"/><xf numFmtId="180"/></cellXfs></styleSheet>`},
		{"xl/sharedStrings.xml", header + `<sst ` + nsMain + `>` + shared + `</sst>`},
		{"xl/worksheets/sheet1.xml", worksheet(sheetData)},
	}
}

func worksheet(sheetData string) string {
	return header + `<worksheet ` + nsMain + `><dimension ref="A1:A1"/><sheetData>` + sheetData + `</sheetData></worksheet>`
}

// sharedBook is a workbook of n rows as Excel itself writes them: shared strings, references, styles.
func sharedBook(n int) []byte {
	var data, shared strings.Builder
	count := 0
	str := func(s string) int {
		shared.WriteString("<si><t>" + s + "</t></si>")
		count++
		return count - 1
	}
	same := []int{str("聊城市某某房地产开发有限公司"), str("东昌府区"), str("住宅"), str("已发证")}
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&data, `<row r="%d" spans="1:12">`, i)
		refs := []int{str(fmt.Sprintf("聊房预售证第%06d号", i)), str(fmt.Sprintf("91371500MA3%07d", i)), same[0],
			str(fmt.Sprintf("某某花园%d号楼", i)), same[1]}
		fmt.Fprintf(&data, `<c r="A%d"><v>%d</v></c>`, i, i)
		for j, ref := range refs {
			fmt.Fprintf(&data, `<c r="%c%d" s="3" t="s"><v>%d</v></c>`, 'B'+j, i, ref)
		}
		fmt.Fprintf(&data, `<c r="G%d" s="1"><v>%d</v></c><c r="H%d"><v>%d.56</v></c><c r="I%d"><v>%d</v></c>`, i, 46000+i%300, i, 1234+i, i, 8000000+i)
		fmt.Fprintf(&data, `<c r="J%d" s="3" t="s"><v>%d</v></c><c r="K%d" t="s"><v>%d</v></c><c r="L%d" t="s"><v>%d</v></c></row>`, i, str(fmt.Sprintf("137%08d", i)), i, same[2], i, same[3])
	}
	return plain(data.String(), shared.String()).zip()
}

// open opens data and closes it with the test.
func open(tb testing.TB, data []byte, limits sheet.Limits) *sheet.Book {
	tb.Helper()
	book, err := sheet.Open(bytes.NewReader(data), int64(len(data)), sheet.Options{TempDir: tb.TempDir(), Limits: limits})
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() { book.Close() })
	return book
}

// read reads all rows of a sheet.
func read(book *sheet.Book, index int) ([]sheet.Row, error) {
	return book.Small(index, 1<<30)
}

// mustRead opens data and reads the rows of its first sheet.
func mustRead(tb testing.TB, data []byte) []sheet.Row {
	tb.Helper()
	rows, err := read(open(tb, data, sheet.Limits{}), 0)
	if err != nil {
		tb.Fatalf("read: %v", err)
	}
	return rows
}
