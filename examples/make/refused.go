package main

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// headerOnly is a form on which nobody has written anything: title, header, thirty blank rows with borders, a sum of
// nothing and a line for signatures. Who has nothing to file declares a nil return instead.
func (m maker) headerOnly() ([]byte, error) {
	r := inOrder(m.permits, nil)
	b := newBook("WPS 表格", "Sheet1")
	rows := [][]any{{"商品房预售许可信息（2026年10月）"}, b.head(r.columns)}
	for range 30 {
		blank := make([]any, len(r.columns))
		for i := range blank {
			blank[i] = excelize.Cell{StyleID: b.style(general, false)}
		}
		rows = append(rows, blank)
	}
	rows = append(rows, []any{"合计", nil, nil, nil, nil, nil, nil, nil, nil, nil, 0, 0}, []any{"填表人：张示范"})
	b.sheet("Sheet1", rows, "A1:R1")
	return b.bytes()
}

// webPage is what many systems call an export to Excel: a web page with the ending .xls.
func (m maker) webPage() ([]byte, error) {
	lines := inOrder(m.estates, records("zrzy-01", 600, 5)).lines()
	var b strings.Builder
	b.WriteString("<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\">\r\n<head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\"></head>\r\n<body><table border=\"1\">\r\n")
	for _, line := range lines {
		b.WriteString("<tr><td>" + strings.Join(line, "</td><td>") + "</td></tr>\r\n")
	}
	b.WriteString("</table></body></html>\r\n")
	return gb18030(b.String())
}

// password looks like a workbook that was saved with a password: a compound file that holds an encrypted package. The
// package is empty; no password opens it.
func (m maker) password() ([]byte, error) {
	return compound("EncryptionInfo", "EncryptedPackage"), nil
}

// excel97 looks like a workbook of Excel 97: a compound file that holds a workbook, here an empty one.
func (m maker) excel97() ([]byte, error) { return compound("Workbook"), nil }

// compound writes a compound file ([MS-CFB]) of empty streams with the given names, at most three: header, one sector
// of the allocation table, one of the directory.
func compound(streams ...string) []byte {
	const (
		sector     = 512
		free       = 0xFFFFFFFF
		endOfChain = 0xFFFFFFFE
		tableMark  = 0xFFFFFFFD
	)
	file := bytes.Repeat([]byte{0}, 3*sector)
	le := binary.LittleEndian
	head := file[:sector]
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	le.PutUint16(head[24:], 0x3E)       // minor version
	le.PutUint16(head[26:], 3)          // version: sectors of 512 bytes
	le.PutUint16(head[28:], 0xFFFE)     // little endian
	le.PutUint16(head[30:], 9)          // sector size 2^9
	le.PutUint16(head[32:], 6)          // small sectors of 2^6
	le.PutUint32(head[44:], 1)          // sectors of the table
	le.PutUint32(head[48:], 1)          // first sector of the directory
	le.PutUint32(head[56:], 4096)       // streams below this are small
	le.PutUint32(head[60:], endOfChain) // no table of small sectors
	le.PutUint32(head[68:], endOfChain) // no further list of table sectors
	for at := 80; at < sector; at += 4 {
		le.PutUint32(head[at:], free)
	}
	table := file[sector : 2*sector]
	for at := 8; at < sector; at += 4 {
		le.PutUint32(table[at:], free)
	}
	le.PutUint32(table[0:], tableMark)
	le.PutUint32(table[4:], endOfChain)
	for i, name := range append([]string{"Root Entry"}, streams...) {
		entry := file[2*sector+i*128:][:128]
		units := utf16.Encode([]rune(name))
		for k, u := range units {
			le.PutUint16(entry[2*k:], u)
		}
		le.PutUint16(entry[64:], uint16(2*len(units)+2))
		entry[66], entry[67] = 2, 1 // a stream, black
		if i == 0 {
			entry[66] = 5 // the root
		}
		for _, at := range []int{68, 72, 76} { // neighbours and child: none, but of the root and the first stream
			le.PutUint32(entry[at:], free)
		}
		le.PutUint32(entry[116:], endOfChain)
		switch {
		case i == 0:
			le.PutUint32(entry[76:], 1)
		case i == 1 && len(streams) > 1:
			le.PutUint32(entry[72:], 2)
		}
	}
	return file
}

// columnsMissing lacks two required columns and has two that may be meant for them.
func (m maker) columnsMissing() ([]byte, error) {
	r := inOrder(m.projects, records("fgw-05", 1000, 6))
	for i, c := range r.columns {
		switch c.field {
		case "builder_uscc":
			r.columns[i].title = "信用代码（18位）"
		case "invest_done":
			r.columns[i].title = "完成额"
		}
	}
	return withMark(text(r.lines(), ",", false)), nil
}

// otherUnit gives amounts in 元 where the template wants 万元: every figure would be wrong by ten thousand.
func (m maker) otherUnit() ([]byte, error) {
	r := inOrder(m.projects, records("fgw-05", 1100, 6))
	for i, c := range r.columns {
		if c.field == "total_invest" || c.field == "invest_done" {
			r.columns[i].title += "（元）"
		}
	}
	for _, row := range r.rows {
		for _, field := range []string{"total_invest", "invest_done"} {
			row[field] = strings.Replace(row[field], ".", "", 1) + "00.00"
		}
	}
	b := newBook("WPS 表格", "Sheet1")
	b.sheet("Sheet1", append([][]any{b.head(r.columns)}, b.body(m.projects, r, asDate)...))
	return b.bytes()
}
