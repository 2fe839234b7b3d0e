package ingest

import (
	"strings"
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// The identifiers below are synthetic and have valid check digits.
var (
	goodUSCC = cn.MakeUSCC("91", "371502", 7)
	goodID   = cn.MakeID("371502", cn.Date(1990, 2, 28), 12)

	wrongLast = map[bool]string{true: "1", false: "0"}[strings.HasSuffix(goodID, "0")]
)

const testDay = models.Day("2026-11-23")

func text(s string) sheet.Cell { return sheet.Cell{Kind: sheet.Text, Text: s} }
func num(s string) sheet.Cell {
	whole, _, _ := strings.Cut(s, ".")
	return sheet.Cell{Kind: sheet.Number, Text: s, Digits: len(strings.TrimLeft(whole, "-"))}
}
func date(s string) sheet.Cell { return sheet.Cell{Kind: sheet.Date, Text: s} }

// compiled prepares one field.
func compiled(t *testing.T, f models.Field) *column {
	t.Helper()
	if f.Code == "" {
		f.Code, f.Name = "f", "某列"
	}
	def := &models.Definition{Fields: []models.Field{f}, Lists: []models.CodeList{{Code: "use", Name: "用途",
		Items: []models.CodeItem{{Code: "01", Name: "住宅"}, {Code: "02", Name: "商业用房"}, {Code: "10", Name: "其他"}}}}}
	columns, err := compileColumns(def, testDay)
	if err != nil {
		t.Fatal(err)
	}
	return columns[0]
}

func TestColumn_ValuesAreTaken(t *testing.T) {
	field := func(typ models.FieldType) models.Field { return models.Field{Type: typ} }
	money := func(unit string) models.Field { return models.Field{Type: models.TypeMoney, Unit: unit} }
	decimal := models.Field{Type: models.TypeDecimal, Scale: 2}
	use := models.Field{Type: models.TypeCode, List: "use"}
	tests := []struct {
		name  string
		field models.Field
		cell  sheet.Cell
		text  string
		num   int64
	}{
		{"text", field(models.TypeText), text("  聊城　示例\u00a0公司\n二部 "), "聊城 示例 公司 二部", 0},
		{"text full width", field(models.TypeText), text("Ａ座１２０１（北）"), "A座1201（北）", 0},
		{"text zero width", field(models.TypeText), text("\u200b示例\ufeff"), "示例", 0},
		{"text apostrophe", field(models.TypeText), text("'00123"), "00123", 0},
		{"text export formula", field(models.TypeText), text(`="00123"`), "00123", 0},
		{"text from number", field(models.TypeText), num("123.5"), "123.5", 0},
		{"text with a hash", field(models.TypeText), text("#1楼、#2楼"), "#1楼、#2楼", 0},
		{"text rare ideograph", field(models.TypeText), text("𠮷田"), "𠮷田", 0},
		{"integer", field(models.TypeInteger), text("1,234"), "", 1234},
		{"integer number cell", field(models.TypeInteger), num("12"), "", 12},
		{"integer with zeros", field(models.TypeInteger), text("12.00"), "", 12},
		{"integer full width", field(models.TypeInteger), text("１２８"), "", 128},
		{"integer negative", field(models.TypeInteger), text("-3"), "", -3},
		{"decimal", decimal, text("12860.5"), "", 1286050},
		{"decimal nbsp", decimal, text("\u00a012860.55 "), "", 1286055},
		{"decimal brackets", decimal, text("(12.50)"), "", -1250},
		{"decimal big", decimal, text("9999999999999999.99"), "", 999999999999999999},
		{"yuan", money("元"), text("￥1,286,400.05"), "", 128640005},
		{"wan", money("万元"), text("128.640005"), "", 128640005},
		{"wan number cell", money("万元"), num("0.000001"), "", 1},
		{"date iso", field(models.TypeDate), text("2026-10-08"), "2026-10-08", 0},
		{"date short", field(models.TypeDate), text("2026.6.9"), "2026-06-09", 0},
		{"date chinese", field(models.TypeDate), text("2026年6月9日"), "2026-06-09", 0},
		{"date compact", field(models.TypeDate), text("20260609"), "2026-06-09", 0},
		{"date cell", field(models.TypeDate), date("2026-10-08"), "2026-10-08", 0},
		{"date serial", field(models.TypeDate), num("46303"), "2026-10-08", 0},
		{"date compact number", field(models.TypeDate), num("20261008"), "2026-10-08", 0},
		{"month", field(models.TypeMonth), text("2026年6月"), "2026-06", 0},
		{"month cell", field(models.TypeMonth), date("2026-06-01"), "2026-06", 0},
		{"month number", field(models.TypeMonth), num("202606"), "2026-06", 0},
		{"year", field(models.TypeYear), num("2026"), "", 2026},
		{"year text", field(models.TypeYear), text("2026年"), "", 2026},
		{"time", field(models.TypeTime), text("2026/10/8 9:30"), "2026-10-08 09:30", 0},
		{"time cell", field(models.TypeTime), date("2026-10-08 09:30:00"), "2026-10-08 09:30", 0},
		{"time serial", field(models.TypeTime), num("46303.5"), "2026-10-08 12:00", 0},
		{"yes", field(models.TypeBool), text("√"), "", 1},
		{"yes number", field(models.TypeBool), num("1"), "", 1},
		{"yes cell", field(models.TypeBool), sheet.Cell{Kind: sheet.Bool, Text: "TRUE", Num: 1}, "", 1},
		{"no", field(models.TypeBool), text("Ｎ"), "", 0},
		{"code by name", use, text(" 住宅 "), "01", 0},
		{"code by code", use, text("02"), "02", 0},
		{"code that lost its zero", use, num("1"), "01", 0},
		{"code with name", use, text("01-住宅"), "01", 0},
		{"uscc", field(models.TypeUSCC), text(" " + strings.ToLower(goodUSCC[:9]) + " " + goodUSCC[9:]), goodUSCC, 0},
		{"id lower x", field(models.TypeIDCard), text("11010519491231002x"), "11010519491231002X", 0},
		{"id apostrophe", field(models.TypeIDCard), text("'" + goodID), goodID, 0},
		{"residence card", field(models.TypeIDCard), text(goodID), goodID, 0},
		{"legacy", field(models.TypeLegacy), text(cn.MakeRegNo("371502", 3)), cn.MakeRegNo("371502", 3), 0},
		{"passport", field(models.TypePassport), text("e12345678"), "E12345678", 0},
		{"taxpayer body", field(models.TypeTaxpayer), text(goodUSCC), goodUSCC, 0},
		{"taxpayer person", field(models.TypeTaxpayer), text(goodID), goodID, 0},
		{"phone", field(models.TypePhone), num(cn.MakePhone(5)), cn.MakePhone(5), 0},
		{"account", field(models.TypeAccount), text("6228 4800 0000 0000 018"), "6228480000000000018", 0},
		{"region", field(models.TypeRegion), num("371502"), "371502", 0},
		{"address", field(models.TypeAddress), text("山东省聊城市东昌府区示例路1号"), "山东省聊城市东昌府区示例路1号", 0},
		{"point", field(models.TypePoint), text("115.985371，36.456013"), "115.985371,36.456013", 0},
		{"plate", field(models.TypePlate), text("鲁P·12345"), "鲁P12345", 0},
		{"vin", field(models.TypeVIN), text(strings.ToLower(cn.MakeVIN("LSV", 9))), cn.MakeVIN("LSV", 9), 0},
		{"estate", field(models.TypeEstate), text(cn.MakeEstate("371502", 9)), cn.MakeEstate("371502", 9), 0},
		{"person", field(models.TypePerson), text(" 张　示例 "), "", 0},
		{"attachment", field(models.TypeAttachment), text("预售许可证001.pdf"), "预售许可证001.pdf", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v, issues := compiled(t, test.field).check(&test.cell)
			if hasError(issues) || v.Null {
				t.Fatalf("refused %q: %+v", test.cell.Text, issues)
			}
			if test.text == "" && test.num == 0 {
				return // what it becomes is package cn's matter
			}
			if v.Text != test.text || v.Int != test.num {
				t.Errorf("%q became %+v, want %q %d", test.cell.Text, v, test.text, test.num)
			}
		})
	}
}

func TestColumn_FaultsAreNamed(t *testing.T) {
	need := func(f models.Field) models.Field { f.Required = true; return f }
	field := func(typ models.FieldType) models.Field { return models.Field{Type: typ} }
	decimal := models.Field{Type: models.TypeDecimal, Scale: 2, Min: "0", Max: "100"}
	use := models.Field{Type: models.TypeCode, List: "use"}
	broken := goodUSCC[:17] + map[bool]string{true: "1", false: "0"}[goodUSCC[17] == '0']
	tests := []struct {
		name    string
		field   models.Field
		cell    sheet.Cell
		rule    string
		message string // a part of it
		advice  string // a part of it
	}{
		{"required", need(field(models.TypeText)), sheet.Cell{}, "required", "必填项", "补填"},
		{"required blanks", need(field(models.TypeText)), text(" \u00a0\u3000\u200b"), "required", "必填项", "补填"},
		{"required sign", need(field(models.TypeText)), text("/"), "placeholder", "“/”", "必填"},
		{"required none", need(field(models.TypeUSCC)), text("无"), "placeholder", "“无”", "必填"},
		{"none in a date", field(models.TypeDate), text("—"), "placeholder", "“—”", "留空"},
		{"error cell", field(models.TypeDecimal), sheet.Cell{Kind: sheet.Error, Text: "#N/A"}, "cell.error", "#N/A", "公式"},
		{"error value saved as text", field(models.TypeMoney), text("#DIV/0!"), "cell.error", "#DIV/0!", "公式"},
		{"error value in prose", field(models.TypeText), text("#n/a "), "cell.error", "#n/a，", "公式"},
		{"column too narrow", field(models.TypeText), text("########"), "cell.hashes", "列太窄", "拉宽"},
		{"formula not calculated", field(models.TypeText), sheet.Cell{Kind: sheet.Formula}, "cell.formula", "没有保存", "保存"},
		{"formula as text", field(models.TypeInteger), text("=SUM(A1:A3)"), "cell.formula", "公式", "结果"},
		{"formula in prose", field(models.TypeText), text("=A1&B1"), "cell.formula", "公式", "结果"},
		{"length", models.Field{Type: models.TypeText, MaxLen: 3}, text("一二三四"), "length.max", "共 4 个字，最多 3", "缩短"},
		{"length default", field(models.TypeText), text(strings.Repeat("长", 501)), "length.max", "501", "500"},
		{"too short", models.Field{Type: models.TypeText, MinLen: 3}, text("一二"), "length.min", "只有 2 个字", "至少 3"},
		{"pattern", models.Field{Type: models.TypeText, Pattern: `\d{4}-\d+`, Hint: "按 2026-1 的样子填写"}, text("甲2026-1"), "pattern", "写法", "2026-1"},
		{"pattern whole", models.Field{Type: models.TypeText, Pattern: `\d+|x`}, text("1y"), "pattern", "写法", "填报说明"},
		{"integer with decimals", field(models.TypeInteger), text("12.6"), "scale", "小数", "13"},
		{"not a number", field(models.TypeInteger), text("十二"), "type.integer", "不是数字", "数字"},
		{"number with unit", field(models.TypeInteger), text("128套"), "type.integer", "", "128"},
		{"unit wan", models.Field{Type: models.TypeMoney, Unit: "元"}, text("128万"), "type.money.unit", "单位", "换算"},
		{"decimals", decimal, text("1.005"), "scale", "有 3 位小数，最多 2 位", "1.01"},
		{"decimals of a formula", decimal, num("33.3333333333333"), "scale", "13 位", "33.33"},
		{"fen of yuan", models.Field{Type: models.TypeMoney, Unit: "元"}, text("-1.005"), "scale", "3 位", "-1.01"},
		{"scientific", decimal, text("1.2E+05"), "type.decimal", "科学记数法", "文本"},
		{"too big", decimal, text("99999999999999999999"), "type.decimal.overflow", "过大", "核对"},
		{"too big once scaled", models.Field{Type: models.TypeDecimal, Scale: 8}, text("999999999999"), "type.decimal.overflow", "过大", "单位"},
		{"below", decimal, text("-0.01"), "range.min", "小于 0", "最小为 0"},
		{"below, with its unit", models.Field{Type: models.TypeDecimal, Scale: 2, Unit: "平方米", Min: "0.01"}, text("0"), "range.min", "小于 0.01 平方米", "最小为 0.01 平方米"},
		{"above", decimal, text("100.01"), "range.max", "大于 100", "最大为 100"},
		{"date cell in number", decimal, date("2026-10-08"), "type.decimal", "日期格式", "数值"},
		{"truth in number", decimal, sheet.Cell{Kind: sheet.Bool, Text: "TRUE"}, "type.decimal", "逻辑值", "数字"},
		{"ambiguous date", field(models.TypeDate), text("6/7/2020"), "date.ambiguous", "哪个是月", "2026-10-08"},
		{"no such day", field(models.TypeDate), text("2026-02-30"), "type.date", "没有2026年2月30日", "2026-10-08"},
		{"month only", field(models.TypeDate), text("2026年6月"), "type.date", "没有日", "2026-10-08"},
		{"two digits", field(models.TypeDate), text("26.6.9"), "date.ambiguous", "两位", "2026-10-08"},
		{"words", field(models.TypeDate), text("上月底"), "type.date", "不是日期", "2026-10-08"},
		{"truth as date", field(models.TypeDate), sheet.Cell{Kind: sheet.Bool, Text: "TRUE"}, "type.date", "逻辑值", "2026-10-08"},
		{"far year", field(models.TypeDate), text("2926-01-01"), "date.range", "2926", "年份"},
		{"future", models.Field{Type: models.TypeDate, Max: "today"}, text("2026-11-24"), "range.max", "晚于今天", "不晚于"},
		{"early", models.Field{Type: models.TypeDate, Min: "2000-01-01"}, text("1999-12-31"), "range.min", "早于2000-01-01", "不早于"},
		{"future month", models.Field{Type: models.TypeMonth, Max: "today"}, text("2026-12"), "range.max", "晚于", "不晚于"},
		{"month as number", field(models.TypeMonth), num("2020.1"), "date.ambiguous", "分不清", "2026-10"},
		{"day in month", field(models.TypeMonth), text("2026-06-09"), "type.month", "只填年月", "2026-06"},
		{"year", field(models.TypeYear), text("26"), "type.year", "四位数", "2026"},
		{"year from date", field(models.TypeYear), date("2026-01-01"), "type.year", "只填年份", "2026"},
		{"time", field(models.TypeTime), text("2026-10-08 25:00"), "type.time", "时间", "09:30"},
		{"yes or no", field(models.TypeBool), text("也许"), "type.bool", "是", "是"},
		{"not listed", use, text("住房"), "list", "用途", "住宅、商业用房、其他"},
		{"nearly listed", use, text("商业"), "list", "用途", "核对后可改为 商业用房"},
		{"uscc check", field(models.TypeUSCC), text(broken), "uscc.check", "校验", "核对后可改为 " + goodUSCC},
		{"uscc length", field(models.TypeUSCC), text(goodUSCC[:17]), "uscc.length", "17 位，应为 18 位", "营业执照"},
		{"uscc letter", field(models.TypeUSCC), text("91371502MO" + goodUSCC[10:]), "uscc.letter", "字母 O", ""},
		{"id check", field(models.TypeIDCard), text(goodID[:17] + wrongLast), "idcard.check", "校验", ""},
		{"id as number", field(models.TypeIDCard), num("110105194912310000"), "digits.truncated", "丢失尾数", "文本格式"},
		{"id scientific", field(models.TypeIDCard), text("1.10105E+17"), "digits.truncated", "丢失尾数", "文本格式"},
		{"id with zeros", field(models.TypeIDCard), text("110105194912310000"), "digits.truncated", "丢失尾数", "文本格式"},
		{"account as number", field(models.TypeAccount), num("6228480000000000000"), "digits.truncated", "15 位", "文本格式"},
		{"text as number", field(models.TypeText), num("2026000000000000000"), "digits.truncated", "15 位", "文本格式"},
		{"taxpayer of another kind", models.Field{Type: models.TypeTaxpayer, Accept: []string{"uscc"}}, text(goodID), "taxpayer.kind", "公民身份号码", "统一社会信用代码"},
		{"taxpayer check", field(models.TypeTaxpayer), text(broken), "uscc.check", "校验", goodUSCC},
		{"date in identifier", field(models.TypeUSCC), date("2026-10-08"), "type.uscc", "日期", "文本"},
		{"phone", field(models.TypePhone), text("1234"), "phone.length", "", ""},
		{"region", field(models.TypeRegion), text("371599"), "region.region", "聊城", "371500"},
		{"vin letter", field(models.TypeVIN), text("LSVAA1B0O00000009"), "vin.letter", "", ""},
		{"point", field(models.TypePoint), text("115.98"), "point.form", "两个数", "经度"},
		{"folder", field(models.TypeAttachment), text(`C:\我的\证.pdf`), "type.attachment", "文件夹", "文件名"},
		{"no extension", field(models.TypeAttachment), text("许可证"), "type.attachment", "扩展名", ".pdf"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, issues := compiled(t, test.field).check(&test.cell)
			if len(issues) == 0 {
				t.Fatalf("%q was taken", test.cell.Text)
			}
			i := issues[0]
			advice := i.advice
			if advice == "" {
				advice = i.general
			}
			if i.rule != test.rule || i.severity != models.SeverityError {
				t.Errorf("rule %s %s, want error %s (%s)", i.severity, i.rule, test.rule, i.message)
			}
			if !strings.Contains(i.message, test.message) || !strings.Contains(advice, test.advice) {
				t.Errorf("message %q, advice %q; want %q, %q", i.message, advice, test.message, test.advice)
			}
			if i.title == "" || i.message == "" || advice == "" || strings.HasSuffix(i.title, "。") {
				t.Errorf("incomplete or badly worded: %+v", i)
			}
			for _, m := range i.marks {
				if m < 0 || m >= len([]rune(test.cell.Text)) {
					t.Errorf("mark %d is outside of %q", m, test.cell.Text)
				}
			}
		})
	}
}

func TestColumn_WarningsKeepTheValue(t *testing.T) {
	tests := []struct {
		name, rule string
		field      models.Field
		cell       sheet.Cell
	}{
		{"retired county", "region.retired", models.Field{Type: models.TypeRegion}, text("371523")},
		{"sign in optional text", "placeholder", models.Field{Type: models.TypeText}, text("/")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v, issues := compiled(t, test.field).check(&test.cell)
			if len(issues) != 1 || issues[0].rule != test.rule || issues[0].severity != models.SeverityWarning {
				t.Fatalf("got %+v", issues)
			}
			if v.Null || v.Text == "" {
				t.Error("a warning lost the value")
			}
		})
	}
}

func TestColumn_EmptyOptionalIsNull(t *testing.T) {
	for _, typ := range allTypes {
		f := models.Field{Type: typ, List: "use"}
		for _, cell := range []sheet.Cell{{}, text("  "), text("\u00a0"), text("'"), text(`=""`), text("\ufeff\u200b")} {
			if v, issues := compiled(t, f).check(&cell); !v.Null || len(issues) > 0 {
				t.Errorf("%s: %q gave %+v %+v", typ, cell.Text, v, issues)
			}
		}
	}
}

func TestColumn_MarksPointIntoTheTypedText(t *testing.T) {
	c := compiled(t, models.Field{Type: models.TypeUSCC})
	cell := text(`="91371502MO` + goodUSCC[10:] + `"`)
	_, issues := c.check(&cell)
	if len(issues) != 1 || len(issues[0].marks) == 0 || []rune(cell.Text)[issues[0].marks[0]] != 'O' {
		t.Fatalf("marks miss the O: %+v", issues)
	}
}

// allTypes are all field types of the portal.
var allTypes = []models.FieldType{models.TypeText, models.TypeInteger, models.TypeDecimal, models.TypeMoney, models.TypeDate, models.TypeMonth,
	models.TypeYear, models.TypeTime, models.TypeBool, models.TypeCode, models.TypeUSCC, models.TypeLegacy, models.TypeIDCard,
	models.TypePassport, models.TypeTaxpayer, models.TypePerson, models.TypePhone, models.TypeAccount, models.TypeRegion,
	models.TypeAddress, models.TypePoint, models.TypePlate, models.TypeVIN, models.TypeEstate, models.TypeAttachment}

func TestTypes_EveryTypeIsComplete(t *testing.T) {
	for _, typ := range allTypes {
		kind, ok := typeOf(typ)
		if !ok || kind.title == "" || kind.convert == nil {
			t.Fatalf("%s: entry missing or incomplete", typ)
		}
		if Describe(models.Field{Type: typ}) == "选填；。" {
			t.Errorf("%s has no words for the workbook", typ)
		}
		if typ == models.TypeCode {
			continue
		}
		example := text(Example(models.Field{Type: typ, Scale: 2}))
		if v, issues := compiled(t, models.Field{Type: typ, Scale: 2}).check(&example); len(issues) > 0 || v.Null {
			t.Errorf("%s: its own example %q is not taken: %+v", typ, example.Text, issues)
		}
	}
}

func FuzzColumn(f *testing.F) {
	for _, s := range []string{"", "1", goodUSCC, goodID, "2026-10-08", "=\"1\"", "\xff", "1e400", "-", "＝１", strings.Repeat("9", 40)} {
		f.Add(s, uint8(1), uint8(3))
	}
	f.Fuzz(func(t *testing.T, s string, kind, typ uint8) {
		s = strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "")
		cell := sheet.Cell{Kind: sheet.Kind(kind % 7), Text: s, Digits: len(s)}
		if s == "" { // as the reader promises
			cell = sheet.Cell{}
		}
		c := compiled(t, models.Field{Type: allTypes[int(typ)%len(allTypes)], List: "use", Scale: int(typ % 9), Required: kind > 7})
		v, issues := c.check(&cell)
		for _, i := range issues {
			if i.rule == "" || i.message == "" || i.title == "" || i.severity == "" {
				t.Fatalf("incomplete issue for %q: %+v", s, i)
			}
		}
		if hasError(issues) || v.Null || cell.Kind != sheet.Text {
			return
		}
		// What was taken must be taken again as it is shown, and mean the same.
		again := sheet.Cell{Kind: sheet.Text, Text: Plain(c.field, v)}
		if v2, issues := c.check(&again); hasError(issues) || v2 != v {
			t.Fatalf("%s %q became %+v, shown as %q became %+v %+v", c.field.Type, s, v, again.Text, v2, issues)
		}
	})
}

func TestCell_UnknownRegionIsNotSaidTwice(t *testing.T) {
	region := models.Field{Code: "region", Name: "行政区划", Type: models.TypeRegion}
	_, issues := compiled(t, region).check(&sheet.Cell{Kind: sheet.Text, Text: "371599"})
	if len(issues) != 1 || issues[0].title != "行政区划代码不存在" || issues[0].rule != "region.region" {
		t.Errorf("got %+v", issues)
	}
}
