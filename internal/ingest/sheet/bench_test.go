package sheet_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"taxportal/internal/ingest/sheet"
)

// benchRows is the number of rows that the benchmarks read. SHEET_BENCH_ROWS raises it to the figures of the
// acceptance test: 200,000 for a workbook, 1,000,000 for a text table.
func benchRows(b *testing.B, standard int) int {
	b.Helper()
	text := os.Getenv("SHEET_BENCH_ROWS")
	if text == "" {
		return standard
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("SHEET_BENCH_ROWS=%q: %v", text, err)
	}
	return n
}

// benchRow is a synthetic register row: texts, identifiers kept as text, a date, amounts.
func benchRow(i int) []any {
	return []any{
		i, fmt.Sprintf("聊房预售证第%06d号", i), "91371500MA3" + fmt.Sprintf("%07d", i), "聊城市某某房地产开发有限公司",
		fmt.Sprintf("某某花园%d号楼", i%97), "东昌府区", 46000 + i%300, 1234.56 + float64(i), 8_000_000 + i,
		fmt.Sprintf("137%08d", i), "住宅", "已发证",
	}
}

// benchBook writes n rows as excelize's stream writer does: shared strings or inline ones are its own choice.
func benchBook(b *testing.B, n int) []byte {
	b.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i := 1; i <= n; i++ {
		if err := w.SetRow("A"+strconv.Itoa(i), benchRow(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func benchText(n int) []byte {
	var out bytes.Buffer
	for i := 1; i <= n; i++ {
		for j, v := range benchRow(i) {
			if j > 0 {
				out.WriteByte(',')
			}
			fmt.Fprint(&out, v)
		}
		out.WriteString("\r\n")
	}
	return out.Bytes()
}

func benchRead(b *testing.B, data []byte, want int) {
	b.Helper()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		book, err := sheet.Open(bytes.NewReader(data), int64(len(data)), sheet.Options{TempDir: b.TempDir(), Limits: sheet.Limits{Bytes: 1 << 30}})
		if err != nil {
			b.Fatal(err)
		}
		rows, err := book.Rows(0)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for rows.Next() {
			if n++; len(rows.Row().Cells) != 12 {
				b.Fatalf("row %d has %d cells", rows.Row().No, len(rows.Row().Cells))
			}
		}
		if rows.Err() != nil || n != want {
			b.Fatalf("%d rows, %v", n, rows.Err())
		}
		rows.Close()
		book.Close()
	}
	b.ReportMetric(float64(want)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWorkbook(b *testing.B) {
	n := benchRows(b, 20_000)
	benchRead(b, benchBook(b, n), n)
}

func BenchmarkSharedStrings(b *testing.B) {
	n := benchRows(b, 20_000)
	benchRead(b, sharedBook(n), n)
}

func BenchmarkText(b *testing.B) {
	n := benchRows(b, 50_000)
	benchRead(b, benchText(n), n)
}

func BenchmarkGB18030(b *testing.B) {
	n := benchRows(b, 50_000)
	data, err := simplifiedchinese.GB18030.NewEncoder().Bytes(benchText(n))
	if err != nil {
		b.Fatal(err)
	}
	benchRead(b, data, n)
}

func BenchmarkMerges(b *testing.B) {
	n := benchRows(b, 20_000)
	data := sharedBook(n)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		book, err := sheet.Open(bytes.NewReader(data), int64(len(data)), sheet.Options{Limits: sheet.Limits{Bytes: 1 << 30}})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := book.Merges(0, 10); err != nil {
			b.Fatal(err)
		}
		book.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkExcelize(b *testing.B) {
	n := benchRows(b, 20_000)
	data := sharedBook(n)
	for b.Loop() {
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		rows, err := f.Rows("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			if _, err := rows.Columns(excelize.Options{RawCellValue: true}); err != nil {
				b.Fatal(err)
			}
		}
		rows.Close()
		f.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkJSONLines(b *testing.B) {
	n := benchRows(b, 20_000)
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	for i := 1; i <= n; i++ {
		object := map[string]any{}
		for j, v := range benchRow(i) {
			object[fmt.Sprintf("field_%02d", j)] = v
		}
		if err := encoder.Encode(object); err != nil {
			b.Fatal(err)
		}
	}
	benchRead(b, out.Bytes(), n+1) // and the names
}
