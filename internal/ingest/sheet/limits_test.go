package sheet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"taxportal/internal/ingest/sheet"
)

func TestLimits_AreHeldWhileReading(t *testing.T) {
	long := strings.Repeat("税", 500)
	many := parts{}
	for i := range 60 {
		many = append(many, [2]string{fmt.Sprintf("xl/media/%d.png", i), "x"})
	}
	good := plain(`<row r="1"><c r="A1"><v>1</v></c></row>`, "")
	for name, c := range map[string]struct {
		data   []byte
		limits sheet.Limits
		code   sheet.Code
		wants  string
	}{
		"rows of a workbook":    {plain(strings.Repeat("<row><c><v>1</v></c></row>", 11), "").zip(), sheet.Limits{Rows: 10}, sheet.CodeRows, "超过 10 行"},
		"rows of a text":        {[]byte(strings.Repeat("a,b\n", 11)), sheet.Limits{Rows: 10}, sheet.CodeRows, "超过 10 行"},
		"columns of a workbook": {plain(`<row r="3"><c r="K3"><v>1</v></c></row>`, "").zip(), sheet.Limits{Columns: 10}, sheet.CodeColumns, "K 列第 3 行"},
		"columns of a text":     {[]byte("a\n1,2,3,4,5,6,7,8,9,10,11\n"), sheet.Limits{Columns: 10}, sheet.CodeColumns, "K 列第 2 行"},
		"default columns":       {plain(`<row r="1"><c r="XFD1"><v>1</v></c></row>`, "").zip(), sheet.Limits{}, sheet.CodeColumns, "XFD 列第 1 行"},
		"inline text":           {plain(`<row r="2"><c r="B2" t="inlineStr"><is><r><t>`+long+`</t></r><r><t>`+long+`</t></r></is></c></row>`, "").zip(), sheet.Limits{CellBytes: 2000}, sheet.CodeLongCell, "B 列第 2 行"},
		"value":                 {plain(`<row r="2"><c r="B2" t="str"><v>`+long+`</v></c></row>`, "").zip(), sheet.Limits{CellBytes: 1000}, sheet.CodeLongCell, "B 列第 2 行"},
		"shared string":         {plain("", "<si><t>"+long+"</t></si>").zip(), sheet.Limits{CellBytes: 1000}, sheet.CodeLongCell, "1000 字节"},
		"field":                 {[]byte("a,b\n1," + long + "\n"), sheet.Limits{CellBytes: 1000}, sheet.CodeLongCell, "B 列第 2 行"},
		"record":                {[]byte("a,b\n" + strings.Repeat("x", 3000) + "\n"), sheet.Limits{RecordBytes: 2000}, sheet.CodeLongRecord, "第 2 行"},
		"record without an end": {[]byte("a,b\n" + strings.Repeat("x", 900_000)), sheet.Limits{RecordBytes: 2000}, sheet.CodeLongRecord, "第 2 行"},
		"entries":               {append(good[:len(good):len(good)], many...).zip(), sheet.Limits{Entries: 50}, sheet.CodeBomb, "50 个"},
		"number of strings":     {plain("", strings.Repeat("<si/>", 11)).zip(), sheet.Limits{SharedCount: 10}, sheet.CodeBomb, "10 条"},
		"unpacked sheet":        {plain(strings.Repeat("<row/>", 100_000), "").zip(), sheet.Limits{Unpacked: 100_000}, sheet.CodeBomb, "97 KB"},
		"unpacked workbook":     {good.with("xl/workbook.xml", "<workbook>"+strings.Repeat(" ", 200_000)+"</workbook>").zip(), sheet.Limits{Unpacked: 100_000}, sheet.CodeBomb, "解压"},
		"ratio":                 {good.with("xl/worksheets/sheet1.xml", "<worksheet>"+strings.Repeat(" ", 40<<20)+"</worksheet>").zip(), sheet.Limits{}, sheet.CodeBomb, "250 倍"},
	} {
		t.Run(name, func(t *testing.T) {
			r := refusal(t, c.data, sheet.Options{Limits: c.limits, TempDir: t.TempDir()})
			if r.Code != c.code || !strings.Contains(r.Message, c.wants) || strings.Contains(r.Message, "%!") {
				t.Errorf("code %q, want %q; %s", r.Code, c.code, r.Message)
			}
		})
	}
}

func TestLimits_AllowWhatFitsExactly(t *testing.T) {
	book := open(t, plain(strings.Repeat(`<row><c><v>1</v></c><c/><c/></row>`, 10), "").zip(), sheet.Limits{Rows: 10, Columns: 1})
	if rows, err := read(book, 0); err != nil || len(rows) != 10 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	book = open(t, []byte("a,b\n1,2,,,,,\n"), sheet.Limits{Rows: 2, Columns: 2})
	if rows, err := read(book, 0); err != nil || len(rows) != 2 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// spilled makes a workbook whose strings do not fit into 64 KB, named in an order that jumps.
func spilled(n int) (data []byte, want func(i int) string) {
	word := func(i int) string { return fmt.Sprintf("第%d条 %s𠮷", i, strings.Repeat("字", i%50)) }
	var cells, shared strings.Builder
	for i := range n {
		shared.WriteString("<si><t>" + word(i) + "</t></si>")
		fmt.Fprintf(&cells, `<row><c t="s"><v>%d</v></c><c t="s"><v>%d</v></c></row>`, i, i*7919%n)
	}
	return plain(cells.String(), shared.String()).zip(), word
}

func TestSharedStrings_SpillToDisk(t *testing.T) {
	const n = 20_000
	data, word := spilled(n)
	dir := t.TempDir()
	for _, inMemory := range []int64{1, 64 << 10, 1 << 30} {
		book, err := sheet.Open(strings.NewReader(string(data)), int64(len(data)), sheet.Options{TempDir: dir, Limits: sheet.Limits{SharedBytes: inMemory}})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.Rows(0)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for ; rows.Next(); i++ {
			if cells := rows.Row().Cells; cells[0].Text != word(i) || cells[1].Text != word(i*7919%n) {
				t.Fatalf("%d bytes in memory, row %d: %q %q", inMemory, i, cells[0].Text, cells[1].Text)
			}
		}
		if rows.Err() != nil || i != n {
			t.Errorf("%d rows, %v", i, rows.Err())
		}
		rows.Close()
		book.Close()
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestSharedStrings_SayWhenThereIsNoRoom(t *testing.T) {
	data, _ := spilled(2000)
	book, err := sheet.Open(strings.NewReader(string(data)), int64(len(data)),
		sheet.Options{TempDir: filepath.Join(t.TempDir(), "missing"), Limits: sheet.Limits{SharedBytes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if _, err := book.Rows(0); err == nil || strings.Contains(err.Error(), "损坏") {
		t.Errorf("the file is blamed: %v", err)
	}
}

// heap returns the live heap.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestRows_KeepMemoryConstant(t *testing.T) {
	const n = 200_000 // 30 MB of strings of their own
	path := filepath.Join(t.TempDir(), "big.xlsx")
	func() {
		data, _ := spilled(n)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	book, err := sheet.Open(f, info.Size(), sheet.Options{TempDir: t.TempDir(), Limits: sheet.Limits{SharedBytes: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	most := heap()
	for i := 0; rows.Next(); i++ {
		if i%50_000 == 0 {
			most = max(most, heap())
		}
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	if used := most - before; used > 8<<20 {
		t.Errorf("%d KB in use, want no more than 8 MB", used>>10)
	}
}
