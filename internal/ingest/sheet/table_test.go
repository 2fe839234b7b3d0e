package sheet_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"taxportal/internal/ingest/sheet"
)

func encoded(t *testing.T, name, text string) []byte {
	t.Helper()
	var out []byte
	var err error
	switch name {
	case "UTF-16LE":
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
	case "UTF-16BE":
		out, err = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
	case "GB18030":
		out, err = simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	default:
		return []byte(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestText_IsReadInEveryEncoding(t *testing.T) {
	const table = "姓名,地址,备注\r\n𠮷䶮㐂,聊城市东昌府区,\"一\r\n二\"\r\n龴,é,€\r\n"
	const want = "1 A=text:姓名 B=text:地址 C=text:备注 / 2 A=text:𠮷䶮㐂 B=text:聊城市东昌府区 C=text:一\r\n二 / 3 A=text:龴 B=text:é C=text:€"
	for _, c := range []struct {
		encoding string
		mark     bool
	}{{"UTF-8", false}, {"UTF-8", true}, {"UTF-16LE", true}, {"UTF-16BE", true}, {"UTF-16LE", false}, {"UTF-16BE", false}, {"GB18030", false}} {
		t.Run(fmt.Sprint(c.encoding, c.mark), func(t *testing.T) {
			text := table
			if c.mark {
				text = "\ufeff" + table
			}
			book := open(t, encoded(t, c.encoding, text), sheet.Limits{})
			rows, err := read(book, 0)
			if err != nil {
				t.Fatal(err)
			}
			if book.Encoding != c.encoding || book.BOM != c.mark || book.Format != sheet.Delimited {
				t.Errorf("encoding %q, mark %v", book.Encoding, book.BOM)
			}
			if show(rows) != want {
				t.Errorf("got %q", show(rows))
			}
		})
	}
}

func TestText_KeepsTheRareCharactersOfGB18030(t *testing.T) {
	// two-byte codes that have been characters since the edition of 2005 or 2022
	rows := mustRead(t, []byte("a,\xfe\x59\xfe\x9f\xfe\x51,\xa8\xbc\xd6\xd0\r\n"))
	if got := show(rows); got != "1 A=text:a B=text:龴䶮𠂇 C=text:ḿ中" {
		t.Error(got)
	}
	// around the end of a piece and of the file
	for _, pad := range []int{4094, 4095, 4096, 8191} {
		data := append(bytes.Repeat([]byte("a"), pad), "\xfe\x59\x95\x34\xb2\x35\xfe"...)
		if got := mustRead(t, data)[0].Cells[0].Text; got != strings.Repeat("a", pad)+"龴𠮷\uFFFD" {
			t.Errorf("pad %d: …%q", pad, got[pad-3:])
		}
	}
}

func TestText_StaysUTF8WhenAFewBytesAreBroken(t *testing.T) {
	broken := strings.Repeat("聊城市,税收共治\n", 50) + "聊城\xe5\xb8,共治\n"
	book := open(t, []byte(broken), sheet.Limits{})
	rows, err := read(book, 0)
	if err != nil || book.Encoding != "UTF-8" {
		t.Fatal(err, book.Encoding)
	}
	if got := rows[50].Cells[0].Text; got != "聊城\uFFFD" || rows[50].Cells[1].Text != "共治" {
		t.Errorf("%q %q", got, rows[50].Cells[1].Text)
	}
	// one Chinese word at the end of a long file of digits makes it GB18030
	book = open(t, append(bytes.Repeat([]byte("1,2\n"), 200_000), "\xc1\xc4\xb3\xc7,3\n"...), sheet.Limits{})
	if book.Encoding != "GB18030" {
		t.Errorf("encoding %q", book.Encoding)
	}
}

func TestText_ALongBeginningSettlesTheEncoding(t *testing.T) {
	line := strings.Repeat("聊城市,税收共治,1234567890\n", 10)
	beginning := strings.Repeat(line, (5<<20)/len(line))
	for name, c := range map[string]struct {
		text, want string
		whole      bool // the whole file must have been looked at
	}{
		"UTF-8":                    {beginning + beginning, "UTF-8", false},
		"UTF-8, broken later":      {beginning + strings.Repeat("\xc1\xc4,\xb3\xc7\n", 500_000), "UTF-8", false},
		"digits, GB18030 later":    {strings.Repeat("1,2\n", 2<<20) + "\xc1\xc4\xb3\xc7,3\n", "GB18030", true},
		"GB18030 from the start":   {strings.Repeat("\xc1\xc4\xb3\xc7,3\n", 1<<20), "GB18030", false},
		"broken once, UTF-8 after": {"\xe5\xb8,1\n" + beginning, "UTF-8", true},
	} {
		t.Run(name, func(t *testing.T) {
			src := &meter{ReaderAt: strings.NewReader(c.text)}
			book, err := sheet.Open(src, int64(len(c.text)), sheet.Options{Name: "x.csv"})
			if err != nil {
				t.Fatal(err)
			}
			if book.Encoding != c.want {
				t.Errorf("encoding %q, want %q", book.Encoding, c.want)
			}
			if whole := src.furthest == int64(len(c.text)); whole != c.whole {
				t.Errorf("read up to %d of %d", src.furthest, len(c.text))
			}
		})
	}
}

// meter notes how far a file is read.
type meter struct {
	io.ReaderAt
	furthest int64
}

func (m *meter) ReadAt(p []byte, off int64) (int, error) {
	n, err := m.ReaderAt.ReadAt(p, off)
	m.furthest = max(m.furthest, off+int64(n))
	return n, err
}

func TestText_DelimiterIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want rune
	}{
		"commas":                       {"a,b,c\n1,2,3\n", ','},
		"tabs among commas":            {"a\tb\n1,2,3\tx\n4\ty\n", '\t'},
		"semicolons, decimal commas":   {"a;b\n1,5;2,5\n3,5;4,5\n", ';'},
		"bars":                         {"a|b|c\n1|2|3\n", '|'},
		"full-width commas":            {"姓名，地址\n甲，聊城\n", '，'},
		"full-width commas in text":    {"说明,地址\n甲，乙,聊城\n丙，丁,聊城\n戊，己,聊城\n", ','},
		"commas inside quotes":         {"a;b\n\"1,2,3\";2\n\"4,5,6\";3\n", ';'},
		"lines inside quotes":          {"a\tb\n\"x\n,,,\n,,,\n\"\ty\n", '\t'},
		"doubled quotes":               {"a|b\n\"x\"\",\"\"y,\"|1\n", '|'},
		"title above the table":        {"商品房预售许可信息表；单位：万元\n\na,b,c\n1,2,3\n4,5,6\n", ','},
		"one column":                   {"a\nb\nc\n", ','},
		"one line":                     {"a\tb", '\t'},
		"declared":                     {"sep=|\na,b|c\n", '|'},
		"more columns win":             {"a,b,c;d\n1,2,3;4\n", ','},
		"marks in the middle of words": {"5\" x,b\n6\" y,c\n", ','},
	} {
		t.Run(name, func(t *testing.T) {
			if got := open(t, []byte(c.text), sheet.Limits{}).Delimiter; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestText_IsCutAsExcelDoes(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"LF":                           {"a,b\n1,2\n", "1 A=text:a B=text:b / 2 A=text:1 B=text:2"},
		"CRLF":                         {"a,b\r\n1,2", "1 A=text:a B=text:b / 2 A=text:1 B=text:2"},
		"CR":                           {"a,b\r1,2\r\r3,4", "1 A=text:a B=text:b / 2 A=text:1 B=text:2 / 4 A=text:3 B=text:4"},
		"mixed ends":                   {"a,b\r\n1,2\r3,4\n5,6", "1 A=text:a B=text:b / 2 A=text:1 B=text:2 / 3 A=text:3 B=text:4 / 4 A=text:5 B=text:6"},
		"blank lines count":            {"a,b\n\n,,\n1,2\n", "1 A=text:a B=text:b / 4 A=text:1 B=text:2"},
		"blank fields":                 {"a,,b,,\n", "1 A=text:a C=text:b"},
		"quotes":                       {`"a,1","b""c","",d` + "\n", `1 A=text:a,1 B=text:b"c D=text:d`},
		"a break inside is no new row": {"\"a\r\nb\",1\nc,2\n", "1 A=text:a\r\nb B=text:1 / 2 A=text:c B=text:2"},
		"marks inside a word":          {"5\" x,b\"\n", `1 A=text:5" x B=text:b"`},
		"blanks behind a mark":         {"\"a\" ,b\n", "1 A=text:a B=text:b"},
		"blanks are kept":              {" a , b\n", "1 A=text: a  B=text: b"},
		"digits forced to text":        {"=\"0123\",\"=\"\"371502\"\"\",=\"\",=\"a\"\"\n", `1 A=text:0123 B=text:371502 D=text:="a""`},
		"formula stays":                {"=1+1,'01\n", "1 A=text:=1+1 B=text:'01"},
		"declared delimiter":           {"sep=;\r\na;b\r\n", "1 A=text:a B=text:b"},
		"end mark of old systems":      {"a,b\r\n1,2\r\n\x1a", "1 A=text:a B=text:b / 2 A=text:1 B=text:2"},
		"full-width delimiter":         {"姓，名\n\"甲，1\"，乙\n", "1 A=text:姓 B=text:名 / 2 A=text:甲，1 B=text:乙"},
		"mark at the end":              {"a,\"b\"", "1 A=text:a B=text:b"},
		"numbers stay text":            {"a\n1E5\n007\n", "1 A=text:a / 2 A=text:1E5 / 3 A=text:007"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := show(mustRead(t, []byte(c.text))); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestText_RefusalsNameTheLine(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code sheet.Code
		line int
	}{
		"text behind a closing mark": {"a,b\n1,2\n\"x\"y,3\n", sheet.CodeQuote, 3},
		"mark never closed":          {"a,b\n\"x\ny\",1\n1,\"open\n2,3\n4,5\n", sheet.CodeQuote, 4},
		"never closed, long":         {"a,b\n1,\"open\n" + strings.Repeat("2,3\n", 400_000), sheet.CodeQuote, 2},
		"closed by another line's":   {"a,b\r\n\"x,1\r\n\"y\",2\r\n", sheet.CodeQuote, 2},
		"after breaks of every kind": {"a,b\r\"1\r\n2\n3\r4\",5\r\"x\"y\r", sheet.CodeQuote, 6},
		"NUL":                        {"a,b\n1,2\n3,\x004\n" + strings.Repeat("5,6\n", 100), sheet.CodeNUL, 3},
		"NUL in the second piece":    {strings.Repeat("1,2\r\n", 100_000) + "\x00\r\n", sheet.CodeNUL, 100_001},
	} {
		t.Run(name, func(t *testing.T) {
			r := refusal(t, []byte(c.text), sheet.Options{})
			if r.Code != c.code || r.Row != c.line || !strings.Contains(r.Message, fmt.Sprintf("第 %d 行", c.line)) {
				t.Errorf("%q line %d: %s; want %q line %d", r.Code, r.Row, r.Message, c.code, c.line)
			}
		})
	}
}

func TestText_RowsKnowNumberAndLine(t *testing.T) {
	rows := mustRead(t, []byte("a,b\r\n\"1\r\n2\r\n3\",x\r\n\r\nc,d\r\n"))
	var got []string
	for _, row := range rows {
		got = append(got, fmt.Sprint(row.No, "@", row.Line))
	}
	if want := "1@1 2@2 4@6"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestText_AgreesWithEncodingCSV(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	alphabet := []string{"a", "税", ",", "\"", "\n", " ", "1", "x\ty", "𠮷"}
	for range 300 {
		var want [][]string
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		w.UseCRLF = random.IntN(2) == 0
		for range random.IntN(20) + 2 {
			record := []string{"k"}
			for range 3 {
				field := ""
				for range random.IntN(6) {
					field += alphabet[random.IntN(len(alphabet))]
				}
				record = append(record, field)
			}
			want = append(want, append(record, "end"))
			if err := w.Write(want[len(want)-1]); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		rows := mustRead(t, append([]byte("sep=,\n"), out.Bytes()...))
		if len(rows) != len(want) {
			t.Fatalf("%d rows, want %d of %q", len(rows), len(want), out.String())
		}
		for i, record := range want {
			for j, field := range record {
				got := rows[i].Cells[j].Text
				if strings.ReplaceAll(got, "\r\n", "\n") != field && !strings.HasPrefix(field, `="`) {
					t.Fatalf("row %d field %d: %q, want %q", i, j, got, field)
				}
			}
		}
	}
}

func TestText_SheetIsNamedAfterTheFile(t *testing.T) {
	data := []byte("a,b\n")
	for name, want := range map[string]string{"": "CSV", "预售 2026-10.csv": "预售 2026-10", `C:\报送\表.1.txt`: "表.1", "a/.csv": ".csv"} {
		book, err := sheet.Open(bytes.NewReader(data), int64(len(data)), sheet.Options{Name: name})
		if err != nil || len(book.Sheets) != 1 || book.Sheets[0].Name != want {
			t.Errorf("%q: %+v %v", name, book.Sheets, err)
		}
	}
}

func TestText_ProgressRises(t *testing.T) {
	book := open(t, bytes.Repeat([]byte("1,2,3\n"), 300_000), sheet.Limits{})
	rows, err := book.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	last := 0.0
	for rows.Next() {
		p := rows.Progress()
		if p < last || p > 1 {
			t.Fatalf("progress %v after %v", p, last)
		}
		last = p
	}
	if last != 1 || rows.Err() != nil {
		t.Errorf("progress %v at the end, %v", last, rows.Err())
	}
	if merges, err := book.Merges(0, 10); err != nil || len(merges) > 0 {
		t.Errorf("merges of a text: %v %v", merges, err)
	}
}
