package ingest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// small is a template whose titles collide easily: two names, two codes, units in brackets.
func small() *models.Definition {
	return &models.Definition{Code: "t-01", Name: "土地出让信息", Version: 2, Fields: []models.Field{
		{Code: "no", Name: "合同编号", Type: models.TypeText, Required: true, Key: true},
		{Code: "seller", Name: "出让方名称", Type: models.TypeText, Required: true},
		{Code: "buyer", Name: "受让方名称", Type: models.TypeText, Required: true, Aliases: []string{"竞得人"}},
		{Code: "uscc", Name: "受让方统一社会信用代码", Type: models.TypeUSCC, Aliases: []string{"统一社会信用代码"}},
		{Code: "area", Name: "出让面积", Type: models.TypeDecimal, Scale: 2, Unit: "平方米", Required: true},
		{Code: "price", Name: "成交价款", Type: models.TypeMoney, Unit: "万元", Required: true},
	}}
}

// land is a row of small without a fault, in its order. The code is synthetic.
var land = []string{"聊土2026-1", "聊城市自然资源和规划局", "聊城示例置业有限公司", goodRow(5)[2], "1200.50", "360"}

func TestHeader_IsFound(t *testing.T) {
	n := header(small())
	tests := []struct {
		name   string
		rows   [][]string
		header int
	}{
		{"first row", [][]string{n, land}, 1},
		{"below a title", [][]string{{"土地出让信息（2026年10月）"}, {"填报单位：示例局", "", "", "", "单位：万元"}, n, land}, 3},
		{"below blank rows", [][]string{{"标题"}, {}, {}, n, land}, 4},
		{"by codes", [][]string{{"no", "SELLER", "buyer", "uscc", "area", "price"}, land}, 1},
		{"by aliases", [][]string{{"合同编号", "出让方名称", "竞得人", "统一社会信用代码", "出让面积", "成交价款"}, land}, 1},
		{"units in brackets", [][]string{{"合同编号", "出让方名称", "受让方名称", n[3], "出让面积（平方米）", "成交价款(万元)"}, land}, 1},
		{"marks and numbers", [][]string{{"*合同编号", "出让方名称（必填）", "3、受让方名称", "④" + n[3], "出让面积【㎡】", "成交价款：※"}, land}, 1},
		{"line breaks and blanks", [][]string{{"合同\n编号", "出 让 方 名 称", "受让方　名称", n[3], "出让面积\r\n（平方米）", " 成交价款 "}, land}, 1},
		{"full width", [][]string{{"合同编号", "出让方名称", "受让方名称", "ＵＳＣＣ", "ＡＲＥＡ", "ｐｒｉｃｅ"}, land}, 1},
		{"two lines", [][]string{
			{"合同编号", "出让方", "受让方", "", "面积与价款", ""},
			{"", "名称", "名称", "统一社会信用代码", "出让面积", "成交价款"}, land}, 2},
		{"two lines below a title", [][]string{
			{"土地出让信息"}, {"合同编号", "出让方名称", "受让方", "", "出让情况", ""},
			{"", "", "名称", "统一社会信用代码", "出让面积（平方米）", "成交价款（万元）"}, land}, 3},
		{"three lines", [][]string{
			{"合同编号", "双方", "", "", "出让情况", ""},
			{"", "出让方", "受让方", "", "数量", ""},
			{"", "名称", "名称", "统一社会信用代码", "出让面积", "成交价款"}, land}, 3},
		{"units in a line of their own", [][]string{n, {"", "", "", "", "（平方米）", "（万元）"}, land}, 2},
		{"codes above names", [][]string{{"no", "seller", "buyer", "uscc", "area", "price"}, n, land}, 1},
		{"column numbers below", [][]string{n, {"1", "2", "3", "4", "5", "6"}, land}, 1},
		{"lettered columns below", [][]string{n, {"甲", "乙", "丙", "1", "2", "3"}, land}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := run(t, small(), ingest.Options{}, csvOf(test.rows))
			if out.report.Verdict != ingest.VerdictClean || out.report.Valid != 1 || len(out.records) != 1 {
				t.Fatalf("%s: %d valid, %+v", out.report.Verdict, out.report.Valid, out.report.Rules)
			}
			if got := out.report.Files[0].HeaderRow; got != test.header {
				t.Errorf("header in row %d, want %d", got, test.header)
			}
			if v := out.records[0].Values; v[2].Text != land[2] || v[3].Text != land[3] || v[4].Int != 120050 || v[5].Int != 360_000_000 {
				t.Errorf("columns mixed up: %+v", v)
			}
		})
	}
}

func TestHeader_OrderIsFreeAndExtraColumnsAreNamed(t *testing.T) {
	out := run(t, small(), ingest.Options{}, csvOf([][]string{
		{"序号", "成交价款", "备注", "出让面积", "受让方名称", "出让方名称", "合同编号"},
		{"1", "360", "无", "1200.50", land[2], land[1], land[0]},
	}))
	file := out.report.Files[0]
	if out.report.Verdict != ingest.VerdictClean || out.records[0].Values[0].Text != land[0] {
		t.Fatalf("not read: %+v", out.report)
	}
	if !slices.Equal(file.Extra, []string{"序号", "备注"}) || !slices.Equal(file.Absent, []string{"受让方统一社会信用代码"}) || file.Columns != 5 {
		t.Errorf("extra %v, absent %v, %d columns", file.Extra, file.Absent, file.Columns)
	}
	if !out.records[0].Values[3].Null {
		t.Error("an absent column gave a value")
	}
}

func TestHeader_TextTableHasNoSheet(t *testing.T) {
	for name, rows := range map[string][][]string{
		"empty":   {header(small())},
		"columns": {header(small())[:4], land[:4]},
	} {
		_, err := try(t, small(), ingest.Options{}, csvOf(rows))
		var m *ingest.Malformed
		if !errors.As(err, &m) || m.Sheet != "" || strings.Contains(m.Message, "工作表") || m.Row != 1 {
			t.Errorf("%s: got %+v", name, m)
		}
	}
}

func TestHeader_NameGoesBeforeAlias(t *testing.T) {
	def := small()
	def.Fields[2].Aliases = []string{"竞得人", "受让人"}
	other := "别的单位"
	tests := map[string][][]string{
		"alias first":             {{"竞得人", "合同编号", "出让方名称", "受让方名称", "出让面积", "成交价款"}},
		"two aliases first":       {{"竞得人", "合同编号", "出让方名称", "受让方名称", "出让面积", "成交价款", "受让人"}},
		"name with brackets":      {{"竞得人", "合同编号", "出让方名称", "受让方名称（全称）", "出让面积", "成交价款"}},
		"code":                    {{"竞得人", "合同编号", "出让方名称", "buyer", "出让面积", "成交价款"}},
		"name below a group":      {{"竞得人", "合同编号", "双方", "", "出让面积", "成交价款"}, {"", "", "出让方名称", "受让方名称", "", ""}},
		"alias with its brackets": {{"竞得人（盖章）", "合同编号", "出让方名称", "受让方名称", "出让面积", "成交价款"}},
	}
	for name, rows := range tests {
		t.Run(name, func(t *testing.T) {
			out := run(t, def, ingest.Options{}, csvOf(append(rows, []string{other, land[0], land[1], land[2], land[4], land[5], other})))
			if out.report.Verdict != ingest.VerdictClean || out.records[0].Values[2].Text != land[2] {
				t.Fatalf("%+v: %+v", out.report, out.records)
			}
			if extra := out.report.Files[0].Extra; len(extra) == 0 || extra[0] != rows[0][0] {
				t.Errorf("the alias is not named as extra: %v", extra)
			}
		})
	}
}

func TestHeader_TwoAliasesAreNamedWithTheirTitles(t *testing.T) {
	def := small()
	def.Fields[2].Aliases = []string{"竞得人", "受让人"}
	_, err := try(t, def, ingest.Options{}, csvOf([][]string{
		{"合同编号", "出让方名称", "竞得人", "受让人", "出让面积", "成交价款", "备注"}, {land[0], land[1], land[2], land[2], land[4], land[5]}}))
	var m *ingest.Malformed
	if !errors.As(err, &m) || !slices.Equal(m.Duplicates, []string{"受让方名称"}) || !slices.Equal(m.Extra, []string{"备注"}) {
		t.Fatalf("got %+v", m)
	}
	if want := "“受让方名称”有 2 列（C 列“竞得人”、D 列“受让人”），只能留一列"; !strings.Contains(m.Message, want) {
		t.Errorf("message lacks %q: %s", want, m.Message)
	}
}

func TestHeader_NearMissOfAnOptionalColumnIsAWarning(t *testing.T) {
	titles := header(small())
	titles[3] = "受让单位代码"
	out := run(t, small(), ingest.Options{}, csvOf([][]string{titles, land}))
	if out.report.Verdict != ingest.VerdictWarnings || len(out.findings) != 1 {
		t.Fatalf("%s: %+v", out.report.Verdict, out.findings)
	}
	f := out.findings[0]
	if f.Rule != "header.guess" || f.Row != 0 || f.Column != "D" || !strings.Contains(f.Message, "您的“受让单位代码”是不是模板中的“受让方统一社会信用代码”？") {
		t.Errorf("got %+v", f)
	}
}

func TestHeader_EverythingWrongIsToldAtOnce(t *testing.T) {
	def := permits()
	titles := header(def)
	titles[2] = "企业代码"    // missing, and asked for
	titles[4] = "甲"       // missing
	titles[11] = "开发企业名称" // twice
	rows := [][]string{{"预售许可"}, titles, goodRow(1), goodRow(2)}
	_, err := try(t, def, ingest.Options{}, csvOf(rows))
	var m *ingest.Malformed
	if !errors.As(err, &m) || m.Code != ingest.MalformedColumns {
		t.Fatalf("got %v", err)
	}
	if !slices.Equal(m.Missing, []string{"统一社会信用代码", "发证日期"}) || !slices.Equal(m.Duplicates, []string{"开发企业名称"}) || m.Row != 2 {
		t.Errorf("missing %v, twice %v, row %d", m.Missing, m.Duplicates, m.Row)
	}
	for _, want := range []string{"第 2 行", "缺少必填列“统一社会信用代码”“发证日期”", "B、L 列", "您的“企业代码”（C 列）是不是模板中的“统一社会信用代码”？"} {
		if !strings.Contains(m.Message, want) {
			t.Errorf("message lacks %q: %s", want, m.Message)
		}
	}
	if fault.Of(err) != fault.Invalid {
		t.Errorf("kind %v", fault.Of(err))
	}
}

func TestHeader_Refusals(t *testing.T) {
	n := header(small())
	wrongUnit := append([]string(nil), n...)
	wrongUnit[5] = "成交价款（元）"
	tests := []struct {
		name, code, want string
		rows             [][]string
	}{
		{"no header", ingest.MalformedNoHeader, "没有找到表头", [][]string{{"甲", "乙"}, {"1", "2"}}},
		{"only data", ingest.MalformedNoHeader, "“合同编号”“出让方名称”", [][]string{land, land}},
		{"all titles near misses", ingest.MalformedColumns, "缺少必填列", [][]string{
			{"合同的编号", "出让方的名称", "受让方的名称", "代码", "出让总面积", "成交总价款"}, land}},
		{"other unit", ingest.MalformedUnit, "单位是元，模板中“成交价款”的单位是万元", [][]string{wrongUnit, land}},
		{"other unit below", ingest.MalformedUnit, "单位是元", [][]string{n, {"", "", "", "", "", "（元）"}, land}},
		{"header alone", ingest.MalformedEmpty, "零报送", [][]string{{"标题"}, n}},
		{"header and notes", ingest.MalformedEmpty, "第 1 行", [][]string{n, {"合计", "", "", "", "0", "0"}, {"填表人：张示例"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := try(t, small(), ingest.Options{}, csvOf(test.rows))
			var m *ingest.Malformed
			if !errors.As(err, &m) || m.Code != test.code || !strings.Contains(m.Message, test.want) {
				t.Fatalf("got %v", err)
			}
			if message, ok := fault.Message(err); !ok || message != m.Message {
				t.Errorf("not for the user: %v", err)
			}
		})
	}
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte("合同编号,出让方名称\n1,2\n"))
	f.Add(csvOf([][]string{{"标题"}, header(small()), land, {"合计", "", "", "", "1"}, {"备注：示例"}}))
	f.Add([]byte("a\tb\n\xff\xfe"))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := openBytes(t, data)
		if err != nil {
			return
		}
		defer book.Close()
		out, err := checkBook(t, small(), ingest.Options{}, book)
		if err != nil {
			if message, ok := fault.Message(err); !ok || message == "" {
				t.Fatalf("an internal error for a bad file: %v", err)
			}
			return
		}
		balanced(t, out)
	})
}
