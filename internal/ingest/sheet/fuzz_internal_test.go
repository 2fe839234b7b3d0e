package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// fuzzLimits keeps a run small.
var fuzzLimits = Limits{Rows: 1000, CellBytes: 4000, RecordBytes: 8000, SharedBytes: 100, SharedCount: 1000, Unpacked: 1 << 20}.withDefaults()

// checkRow holds a row to the promises of the package.
func checkRow(t *testing.T, row Row, last int) {
	t.Helper()
	if row.No <= last {
		t.Fatalf("row %d after %d", row.No, last)
	}
	if n := len(row.Cells); n == 0 || n > fuzzLimits.Columns || row.Cells[n-1].Kind == Empty {
		t.Fatalf("row %d has %d cells", row.No, n)
	}
	for i, cell := range row.Cells {
		if !utf8.ValidString(cell.Text) || strings.IndexByte(cell.Text, 0) >= 0 || (cell.Kind == Text) != (cell.Text != "" && cell.Kind == Text) ||
			cell.Kind == Empty && cell.Text != "" || cell.Num-cell.Num != 0 {
			t.Fatalf("row %d cell %d: %+v", row.No, i, cell)
		}
	}
}

func fuzzBook(dir string) *workbook {
	a := &archive{src: newSource(bytes.NewReader(nil), 0), limits: fuzzLimits}
	w := &workbook{archive: a, styles: []style{{}, {date: true}, {pad: 6}}, strings: newStringStore(fuzzLimits, dir)}
	w.strings.memory, w.strings.loaded = []string{"甲", "", "乙"}, true
	return w
}

func FuzzSheet(f *testing.F) {
	for _, seed := range []string{
		`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>46303.5</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`,
		"\ufeff<?xml version='1.0'?><x:w><x:sheetData><x:row hidden='1'><x:c t='inlineStr'><x:is><x:t>a_x000D_&#x4e00;<![CDATA[b]]></x:t></x:is></x:c></x:row></x:sheetData></x:w>",
		`<w><sheetData><row/><row r="9"><c s="2"><v>12</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c><f>1</f></c><c t="d"><v>2026-10-08T01:02:03</v></c></row></sheetData></w>`,
		`<w><sheetData><row><c><v>-1.5E+17</v></c><c t="str"><v>&lt;</v></c></row>`,
	} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		w := fuzzBook(dir)
		s := newSheetRows(w, bytes.NewReader(data))
		s.explain, s.part = w.archive.explain, io.NopCloser(nil)
		s.read = func() (int64, int64) { return 0, 0 }
		rows := &Rows{from: s, limit: fuzzLimits.Rows}
		for last := 0; rows.Next(); last = rows.Row().No {
			checkRow(t, rows.Row(), last)
		}
		var refusal *Refusal
		if err := rows.Err(); err != nil && !errors.As(err, &refusal) {
			t.Fatalf("not refused but: %v", err)
		}
		tail, err := afterSheetData(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if tail != nil {
			_, _ = readMerges(newXMLScanner(tail), 100)
		}
	})
}

func FuzzSharedStrings(f *testing.F) {
	f.Add([]byte(`<sst><si><t>甲</t></si><si><r><t>a</t></r><rPh><t>b</t></rPh></si><si/><si><t>_xD842__xDFB7_</t></si></sst>`))
	f.Add([]byte(`<x:sst><x:si><x:t xml:space="preserve"> &amp;<![CDATA[x]]></x:t></x:si>` + strings.Repeat("<x:si><x:t>0123456789</x:t></x:si>", 40) + `</x:sst>`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newStringStore(fuzzLimits, dir)
		defer s.close()
		if s.read(newXMLScanner(bytes.NewReader(data))) != nil {
			return
		}
		for i := range s.count() {
			text := ""
			if i < len(s.memory) {
				text = s.memory[i]
			} else {
				b, err := s.spill.appendTo(nil, i-len(s.memory))
				if err != nil {
					t.Fatal(err)
				}
				text = string(b)
			}
			if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 || len(text) > 3*fuzzLimits.CellBytes {
				t.Fatalf("string %d: %q", i, text)
			}
		}
	})
}

// tinyBook is a workbook of the fewest bytes.
func tinyBook() []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"xl/workbook.xml", `<workbook><sheets><sheet name="a" r:id="a"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<R><Relationship Id="a" Type="/worksheet" Target="s"/></R>`},
		{"xl/s", `<w><sheetData><row><c><v>1</v></c></row></sheetData></w>`},
	} {
		f, _ := w.CreateHeader(&zip.FileHeader{Name: part[0], Method: zip.Store})
		_, _ = f.Write([]byte(part[1]))
	}
	_ = w.Close()
	return out.Bytes()
}

// FuzzOpen takes any bytes as an upload: text tables, workbooks, compound files.
func FuzzOpen(f *testing.F) {
	f.Add(tinyBook())
	f.Add(append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 1600)...))
	for _, seed := range []string{"a,b\r\n\"c\"\"d\",e\r\n", "a\tb\r\"x", "\xff\xfea\x00,\x00b\x00", "\xc1\xc4\xb3\xc7,\xfe\x59\n", "sep=;\na;b\n", "姓，名\n", "a|\"b\r\nc\" |\n\x1a",
		"{\"a\":1,\"b\":\"\\u4e00\"}\n\n{\"b\":null,\"c\":true}\r\n", "\xef\xbb\xbf{\"\":-1.5e3}", "[{\"a\":1}]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := Open(bytes.NewReader(data), int64(len(data)), Options{Limits: fuzzLimits})
		var refusal *Refusal
		if err != nil {
			if !errors.As(err, &refusal) || refusal.Message == "" || strings.Contains(refusal.Message, "%!") {
				t.Fatalf("not refused but: %v", err)
			}
			return
		}
		defer book.Close()
		rows, err := book.Rows(0)
		if err != nil {
			if !errors.As(err, &refusal) {
				t.Fatalf("not refused but: %v", err)
			}
			return
		}
		defer rows.Close()
		for last := -1; rows.Next(); last = rows.Row().No {
			checkRow(t, rows.Row(), last)
		}
		if err := rows.Err(); err != nil && !errors.As(err, &refusal) {
			t.Fatalf("not refused but: %v", err)
		}
	})
}

// FuzzJSONLine holds the scanner against encoding/json: it takes a line just when that finds one object of plain values,
// and reads the same texts and the same numbers.
func FuzzJSONLine(f *testing.F) {
	for _, seed := range []string{
		`{"a":"b","c":-1.50e+2,"d":null,"e":true,"f":false}`, `{ "\u4e00\ud842\udfb7" : "\"\\\/\b\f\n\r\t" }`, `{"a":0.1,"b":123456789012345678}`,
		`{"a":[1]}`, `{"a":1,"a":2}`, `{"a":01}`, `{"a":1}x`, `{}`, `{"a":"\ud842"}`, "{\"a\":\"\x01\"}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if !utf8.ValidString(line) || strings.Contains(line, "\n") {
			return
		}
		scan := jsonScanner{names: &jsonNames{index: map[string]int{}}, limits: fuzzLimits}
		took := scan.object(line)
		var want map[string]any
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.UseNumber()
		err := decoder.Decode(&want)
		if took && (err != nil || decoder.More()) {
			t.Fatalf("took %q, which is no object: %v", line, err)
		}
		if !took {
			if scan.trouble == nil {
				t.Fatalf("refused %q without a reason", line)
			}
			if err == nil && !decoder.More() && scan.trouble.code == CodeJSON && strings.HasPrefix(strings.TrimLeft(line, " \t\r"), "{") {
				t.Fatalf("refused %q: %v", line, scan.trouble.args)
			}
			return
		}
		if len(want) != len(scan.members) {
			t.Fatalf("%d members of %d in %q", len(scan.members), len(want), line)
		}
		for name, value := range want {
			want[string(validText([]byte(name)))] = value
		}
		for _, m := range scan.members {
			sameValue(t, line, m.cell, want[scan.names.list[m.column]])
		}
	})
}

func sameValue(t *testing.T, line string, cell Cell, want any) {
	t.Helper()
	same := false
	switch v := want.(type) {
	case nil:
		same = cell.Kind == Empty
	case bool:
		same = cell.Kind == Bool && (cell.Num == 1) == v
	case string:
		same = cell.Text == string(validText([]byte(v)))
	case json.Number:
		literal, errWant := v.Float64()
		read, err := strconv.ParseFloat(cell.Text, 64)
		same = cell.Text == v.String() || errWant == nil && err == nil && math.Abs(read-literal) <= 1e-14*math.Abs(literal)
	}
	if !same {
		t.Fatalf("%q: %+v, want %v", line, cell, want)
	}
}
