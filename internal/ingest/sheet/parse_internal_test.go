package sheet

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestAppendNumber_RoundsTo15Digits(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	inputs := []string{"0", "-0", "0.1", "100", "1e15", "1e16", "999999999999999.9", "9999999999999995", "1e-20", "1e-21", "1e41", "-1.5e300",
		"000000000000001", "0.000000000000001", "123456789012345", "1234567890123456", "4.9e-324", "1.7976931348623157e308"}
	for range 3000 {
		inputs = append(inputs, strconv.FormatFloat(math.Float64frombits(random.Uint64()), "gef"[random.IntN(2)], -1, 64),
			strconv.FormatFloat(random.NormFloat64()*math.Pow10(random.IntN(20)), 'f', random.IntN(8), 64),
			strconv.FormatInt(random.Int64()>>random.IntN(62), 10))
	}
	for _, in := range inputs {
		value, err := strconv.ParseFloat(in, 64)
		if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
			continue
		}
		want, err := strconv.ParseFloat(strconv.FormatFloat(value, 'e', 14, 64), 64)
		if err != nil {
			continue
		}
		text, num, digits, ok := appendNumber(nil, []byte(in))
		back, err := strconv.ParseFloat(string(text), 64)
		if !ok || num != want || err != nil || back != want {
			t.Fatalf("%s: %q %v %v, want %v", in, text, num, ok, want)
		}
		if math.Abs(want) < 1e40 && math.Abs(want) > 1e-20 && bytes.ContainsAny(text, "eE+") {
			t.Fatalf("%s: %q is not plain", in, text)
		}
		if whole, _, _ := strings.Cut(strings.TrimPrefix(string(text), "-"), "."); !strings.Contains(string(text), "E") && digits != len(whole) {
			t.Fatalf("%s: %q has %d digits, not %d", in, text, len(whole), digits)
		}
	}
}

func TestAppendNumber_RefusesWhatIsNone(t *testing.T) {
	for _, in := range []string{"", "-", ".", ".5.", "1_000", "0x1", "inf", "nan", "1e999", "1 2", "--1", "+"} {
		if text, _, _, ok := appendNumber([]byte("x"), []byte(in)); ok || string(text) != "x" {
			t.Errorf("%q: %q %v", in, text, ok)
		}
	}
	for in, want := range map[string]string{".5": "0.5", "5.": "5", "+7": "7", "-.25": "-0.25"} {
		if text, _, _, ok := appendNumber(nil, []byte(in)); !ok || string(text) != want {
			t.Errorf("%q: %q %v", in, text, ok)
		}
	}
}

func TestIsDateFormat(t *testing.T) {
	for _, code := range []string{`yyyy-mm-dd`, `yyyy"年"m"月"d"日"`, `yyyy年m月`, `[$-804]yyyy"年"m"月"d"日";@`, `[DBNum1][$-804]yyyy"年"m"月"`,
		`h:mm AM/PM`, `上午/下午h"时"mm"分"`, `m/d/yy h:mm`, `mm:ss.0`, `[$-F800]dddd\,\ mmmm\ dd\,\ yyyy`, `[Red]yyyy`, `e"年"`, `""yyyy`, `0;yyyy`} {
		if !isDateFormat(code) {
			t.Errorf("%s is a date", code)
		}
	}
	for _, code := range []string{"", "General", "G/通用格式", "0.00", "#,##0", `#,##0.00_);[Red]\(#,##0.00\)`, `0.00E+00`, `0"年"`, `"yyyy"`, `[h]:mm`, `[mm]:ss`,
		`@`, `\d0`, `[$¥-804]#,##0.00`, `# ?/?`, `_ * #,##0.00_ ;_ * \-#,##0.00_ ;_ * "-"??_ ;_ @_ `, `0.0000_d`, `[Red]General`, `"`, `[`, `\`, `0!.0,"万"`} {
		if isDateFormat(code) {
			t.Errorf("%s is no date", code)
		}
	}
}

func TestBuiltinFormats(t *testing.T) {
	dates := map[int]bool{}
	for _, id := range []int{14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 31, 36, 45, 47, 50, 57, 58} {
		dates[id] = true
	}
	for _, id := range []int{-1, 0, 1, 2, 4, 9, 10, 11, 13, 23, 37, 44, 46, 48, 49, 59, 176} {
		if builtinDate(id) {
			t.Errorf("%d is no date", id)
		}
	}
	for id := range dates {
		if !builtinDate(id) {
			t.Errorf("%d is a date", id)
		}
	}
}

func TestColumnName_IsTheInverseOfParseRef(t *testing.T) {
	for column := range excelColumns {
		name := ColumnName(column)
		if got, row, ok := parseRef([]byte(name + "9")); !ok || got != column || row != 9 {
			t.Fatalf("%s: %d %d %v, want %d", name, got, row, ok, column)
		}
	}
	for _, ref := range []string{"", "A", "1", "XFE1", "A1048577", "A0", "A1B", "税1", "A-1", "1A"} {
		if column, row, ok := parseRef([]byte(ref)); ok && row > 0 {
			t.Errorf("%q: %d %d", ref, column, row)
		}
	}
}

// trickle hands out one byte at a time, so that every token is cut everywhere.
type trickle struct{ r io.Reader }

func (t trickle) Read(p []byte) (int, error) { return t.r.Read(p[:min(1, len(p))]) }

func TestXMLScanner_ReadsTheSameInAnyPieces(t *testing.T) {
	const xml = "\ufeff<?xml version='1.0'?><!-- a > b --><x:a b='>' c=\"d\"><?p ?>t&amp;u\r\n<b/><![CDATA[ ]] ]]><!----><c></c >v</x:a>\n"
	tokens := func(r io.Reader) string {
		var out strings.Builder
		text := []byte{}
		for x := newXMLScanner(r); ; {
			token := x.next()
			if token == tokenText {
				text, _ = appendChars(text, x.text, x.literal)
				continue
			}
			if len(text) > 0 {
				fmt.Fprintf(&out, "%q ", text)
				text = text[:0]
			}
			switch token {
			case tokenStart:
				fmt.Fprintf(&out, "<%s%s> ", x.name, x.attrs)
			case tokenEnd:
				fmt.Fprintf(&out, "</%s> ", x.name)
			case tokenEOF:
				return out.String() + fmt.Sprint(x.err)
			}
		}
	}
	const want = `<a b='>' c="d"> "t&u\n" <b> </b> " ]] " <c> </c> "v" </a> <nil>`
	if got := tokens(strings.NewReader(xml)); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if a, b := tokens(strings.NewReader(xml)), tokens(trickle{strings.NewReader(xml)}); a != b {
		t.Errorf("whole %s\nbytes %s", a, b)
	}
	// text and CDATA longer than a piece, with entities at every place of its end
	for pad := range 24 {
		long := strings.Repeat("a", pieceBytes-pad) + "&lt;" + strings.Repeat("b", pieceBytes) + "\r\n"
		want := strings.ReplaceAll(strings.Repeat("a", pieceBytes-pad)+"<"+strings.Repeat("b", pieceBytes)+"\n", "\r", "")
		x := newXMLScanner(strings.NewReader("<a>" + long + "<![CDATA[" + long + "]]></a>"))
		x.next()
		got, err := x.collect(nil, 1<<20)
		if literal := strings.ReplaceAll(want, "<", "&lt;"); err != nil || string(got) != want+literal {
			t.Fatalf("pad %d: %d bytes, want %d, %v", pad, len(got), len(want)+len(literal), err)
		}
	}
}

func TestSplitter_ReadsTheSameInAnyPieces(t *testing.T) {
	const text = "a，b\r\n\"x\r\ny\"\"，\"，z\r\r\"\"，\n税，收，\"q\" \r\nend"
	records := func(r io.Reader) string {
		var out strings.Builder
		for s := newSplitter(r, '，', 1000); ; {
			text, ok, err := s.record()
			if !ok || err != nil {
				return out.String() + fmt.Sprint(err)
			}
			for _, f := range s.fields {
				fmt.Fprintf(&out, "%q ", text[f.start:f.end])
			}
			fmt.Fprintf(&out, "@%d\n", s.begun)
		}
	}
	const want = "\"a\" \"b\" @1\n\"x\\r\\ny\\\"，\" \"z\" @2\n\"\" @4\n\"\" \"\" @5\n\"税\" \"收\" \"q\" @6\n\"end\" @7\n<nil>"
	if got := records(strings.NewReader(text)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := records(trickle{strings.NewReader(text)}); got != want {
		t.Errorf("byte by byte\n%s\nwant\n%s", got, want)
	}
}
