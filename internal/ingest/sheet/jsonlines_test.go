package sheet_test

import (
	"errors"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest/sheet"
)

func TestJSONLines_AreReadAsATable(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"texts", "{\"甲\":\"一\",\"乙\":\"二\"}\n", "0 A=text:甲 B=text:乙 / 1 A=text:一 B=text:二"},
		{"no line end at the end", `{"a":"1"}`, "0 A=text:a / 1 A=text:1"},
		{"CRLF, blank lines and a mark", "\ufeff\r\n{\"a\":\"1\"}\r\n \t\r\n{\"a\":\"2\"}\r\n", "0 A=text:a / 2 A=text:1 / 4 A=text:2"},
		{"a value left out or null or empty", "{\"a\":\"1\",\"b\":\"2\"}\n{\"b\":\"3\"}\n{\"a\":null,\"b\":\"4\"}\n{\"a\":\"\",\"b\":\"5\"}\n",
			"0 A=text:a B=text:b / 1 A=text:1 B=text:2 / 2 B=text:3 / 3 B=text:4 / 4 B=text:5"},
		{"names in another order", "{\"a\":\"1\",\"b\":\"2\"}\n{\"b\":\"3\",\"a\":\"4\"}\n", "0 A=text:a B=text:b / 1 A=text:1 B=text:2 / 2 A=text:4 B=text:3"},
		{"a name that comes late", "{\"a\":\"1\"}\n{\"a\":\"2\",\"b\":\"3\"}\n", "0 A=text:a B=text:b / 1 A=text:1 / 2 A=text:2 B=text:3"},
		{"an object of nothing", "{\"a\":\"1\"}\n{}\n{\"a\":\"2\"}\n", "0 A=text:a / 1 A=text:1 / 3 A=text:2"},
		{"nothing but one of nothing", "{}\n", ""},
		{"truths", `{"a":true,"b":false}`, "0 A=text:a B=text:b / 1 A=bool:TRUE B=bool:FALSE"},
		{"an identifier as a number keeps its digits", `{"a":371502199001011236}`, "0 A=text:a / 1 A=text:371502199001011236"},
		{"numbers as programs write them", `{"a":1.50,"b":1e3,"c":-1.2E-2,"d":0.30000000000000004,"e":12345678.9,"f":1.0E7}`,
			"0 A=text:a B=text:b C=text:c D=text:d E=text:e F=text:f / 1 A=text:1.5 B=text:1000 C=text:-0.012 D=text:0.3 E=text:12345678.9 F=text:10000000"},
		{"a number beyond every number stays for the check", `{"a":1e999}`, "0 A=text:a / 1 A=text:1e999"},
		{"escapes", `{"\u7532":"\u4e00\ud842\udfb7\"\\\/\b\f\n\r\té"}`, "0 A=text:甲 / 1 A=text:一𠮷\"\\/\b\f\n\r\té"},
		{"half a character and NUL", `{"a":"\ud842x\u0000"}`, "0 A=text:a / 1 A=text:\ufffdx\ufffd"},
		{"an apostrophe and a formula are text", `{"a":"=1+1","b":"'1"}`, "0 A=text:a B=text:b / 1 A=text:=1+1 B=text:'1"},
		{"a value without a name has no column title", `{"":"1","a":"2"}`, "0 B=text:a / 1 A=text:1 B=text:2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			book := open(t, []byte(tt.file), sheet.Limits{})
			for pass := range 2 {
				rows, err := read(book, 0)
				if err != nil {
					t.Fatal(err)
				}
				if got := show(rows); got != tt.want {
					t.Errorf("pass %d: got %q, want %q", pass, got, tt.want)
				}
			}
			if book.Format != sheet.JSONLines || book.Encoding != sheet.UTF8 || len(book.Sheets) != 1 {
				t.Errorf("format %q, encoding %q, sheets %v", book.Format, book.Encoding, book.Sheets)
			}
			if merges, err := book.Merges(0, 5); err != nil || merges != nil {
				t.Errorf("merges %v, %v", merges, err)
			}
		})
	}
}

func TestJSONLines_SayWhichLineIsWrongAndHow(t *testing.T) {
	tests := []struct {
		name, file string
		limits     sheet.Limits
		code       sheet.Code
		row        int
		want       string
	}{
		{"an array", "[{\"a\":1},\n{\"a\":2}]", sheet.Limits{}, sheet.CodeJSONArray, 0, "每条数据一个对象"},
		{"an array behind a mark", "\ufeff [ [1] ]", sheet.Limits{}, sheet.CodeJSONArray, 0, "方括号"},
		{"written over several lines", "{\n  \"a\": 1\n}", sheet.Limits{}, sheet.CodeJSON, 1, "写在一行内"},
		{"broken off", "{\"a\":\"1\"}\n{\"a\":\"2", sheet.Limits{}, sheet.CodeJSON, 2, "没有配对"},
		{"broken off behind a value", "{\"a\":\"1\"}\n{\"a\":2", sheet.Limits{}, sheet.CodeJSON, 2, "没有写完"},
		{"broken off behind a comma", "{\"a\":\"1\"}\n{\"a\":2,", sheet.Limits{}, sheet.CodeJSON, 2, "没有写完"},
		{"broken off behind a colon", "{\"a\":", sheet.Limits{}, sheet.CodeJSON, 1, "没有值"},
		{"a comma between lines", "{\"a\":\"1\"},\n{\"a\":\"2\"}\n", sheet.Limits{}, sheet.CodeJSON, 1, "行间不加逗号"},
		{"two objects in a line", "{\"a\":1}{\"a\":2}", sheet.Limits{}, sheet.CodeJSON, 1, "只写一个对象"},
		{"another kind of line", "{\"a\":1}\n12\n", sheet.Limits{}, sheet.CodeJSON, 2, "“{”"},
		{"a name without quotation marks", "{\"a\":1,b:2}", sheet.Limits{}, sheet.CodeJSON, 1, "双引号"},
		{"no colon", "{\"a\" 1}", sheet.Limits{}, sheet.CodeJSON, 1, "“a”后面缺少“:”"},
		{"no comma", "{\"a\":1 \"b\":2}", sheet.Limits{}, sheet.CodeJSON, 1, "“,”或“}”"},
		{"NaN", "{\"a\":NaN}", sheet.Limits{}, sheet.CodeJSON, 1, "“a”的值"},
		{"truth misspelt", "{\"a\":trues}", sheet.Limits{}, sheet.CodeJSON, 1, "“a”的值"},
		{"a leading zero", "{\"a\":007}", sheet.Limits{}, sheet.CodeJSON, 1, "数字书写有误"},
		{"no digit behind the point", "{\"a\":1.}", sheet.Limits{}, sheet.CodeJSON, 1, "数字书写有误"},
		{"no digit in the exponent", "{\"a\":1e+}", sheet.Limits{}, sheet.CodeJSON, 1, "数字书写有误"},
		{"a wrong escape", `{"a":"\x41"}`, sheet.Limits{}, sheet.CodeJSON, 1, "反斜杠"},
		{"a wrong escape in digits", `{"a":"\u12g4"}`, sheet.Limits{}, sheet.CodeJSON, 1, "反斜杠"},
		{"a tab inside a text", "{\"a\":\"x\ty\"}", sheet.Limits{}, sheet.CodeJSON, 1, "控制字符"},
		{"a tab behind an escape", "{\"a\":\"\\nx\ty\"}", sheet.Limits{}, sheet.CodeJSON, 1, "控制字符"},
		{"a list", "{\"a\":\"1\"}\n{\"a\":[1,2]}\n", sheet.Limits{}, sheet.CodeJSONNested, 2, "“a”是数组或对象"},
		{"an object in an object", "{\"a\":{\"b\":1}}\n", sheet.Limits{}, sheet.CodeJSONNested, 1, "“a”"},
		{"a name twice", "{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":2,\"\\u0061\":3}\n", sheet.Limits{}, sheet.CodeJSONTwice, 2, "“a”出现了两次"},
		{"GB18030", "{\"a\":\"\xc1\xc4\"}\n", sheet.Limits{}, sheet.CodeJSONText, 1, "UTF-8"},
		{"too many names", "{\"a\":1,\"b\":2}\n{\"c\":3}\n", sheet.Limits{Columns: 2}, sheet.CodeJSONNames, 2, "2 个"},
		{"too long a name", "{\"" + strings.Repeat("a", 50) + "\":1}", sheet.Limits{CellBytes: 40}, sheet.CodeJSONValue, 1, "40 字节"},
		{"too long a value", "{\"a\":\"" + strings.Repeat("b", 50) + "\"}", sheet.Limits{CellBytes: 40}, sheet.CodeJSONValue, 1, "“a”超过 40 字节"},
		{"too long a number", "{\"a\":" + strings.Repeat("1", 500) + "}", sheet.Limits{}, sheet.CodeJSONValue, 1, "“a”超过"},
		{"too long a line", "{\"a\":1}\n{\"a\":\"" + strings.Repeat("b", 300_000) + "\"}", sheet.Limits{RecordBytes: 200}, sheet.CodeJSONLong, 2, "200 字节"},
		{"a long line in pieces", "{\"a\":\"" + strings.Repeat("b", 600_000) + "\"}", sheet.Limits{RecordBytes: 500_000}, sheet.CodeJSONLong, 1, "488 KB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sheet.Open(strings.NewReader(tt.file), int64(len(tt.file)), sheet.Options{Limits: tt.limits})
			var refusal *sheet.Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("got %v", err)
			}
			if refusal.Code != tt.code || refusal.Row != tt.row || !strings.Contains(refusal.Message, tt.want) || strings.Contains(refusal.Message, "%!") {
				t.Errorf("got %s at %d: %s", refusal.Code, refusal.Row, refusal.Message)
			}
			if kind := fault.Of(err); (tt.code == sheet.CodeJSONNames) != (kind == fault.TooLarge) {
				t.Errorf("kind %d", kind)
			}
		})
	}
}

func TestJSONLines_TooManyRowsAreRefusedWhereTheyBegin(t *testing.T) {
	book := open(t, []byte("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"), sheet.Limits{Rows: 2})
	rows, err := read(book, 0)
	var refusal *sheet.Refusal
	if !errors.As(err, &refusal) || refusal.Code != sheet.CodeRows || refusal.Row != 3 || len(rows) != 3 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// TestJSONLines_AreToldFromTables holds that no text table is taken for JSON because of a brace.
func TestJSONLines_AreToldFromTables(t *testing.T) {
	for _, text := range []string{"{a},b\n1,2\n", "[a],b\n1,2\n", "[1],b\n1,2\n", "{,b\n1,2\n", "{", "[", "\"{\"\"a\"\"\",b\n1,2\n"} {
		book, err := sheet.Open(strings.NewReader(text), int64(len(text)), sheet.Options{})
		if err != nil || book.Format != sheet.Delimited {
			t.Errorf("%q: %v", text, err)
		}
	}
}
