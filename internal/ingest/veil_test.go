package ingest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// citizens is a template whose sensitive fields do not stand first where several fields are named together.
func citizens() *models.Definition {
	return &models.Definition{Code: "v-01", Name: "遮挡", Version: 1, Fields: []models.Field{
		{Code: "no", Name: "受理号", Type: models.TypeText, Required: true, Key: true},
		{Code: "id", Name: "证件号", Type: models.TypeTaxpayer, Required: true, Key: true, Sensitive: true},
		{Code: "holder", Name: "姓名", Type: models.TypePerson, Sensitive: true},
		{Code: "kind", Name: "类别", Type: models.TypeText},
	}, Rules: []models.RowRule{
		{Code: "R1", Expr: "kind != '坏'", Severity: models.SeverityWarning, Title: "类别与证件不符", Message: "类别与证件不符", Advice: "核对", Fields: []string{"kind", "id", "holder"}},
		{Code: "R2", Expr: "kind != '坏'", Severity: models.SeverityWarning, Title: "证件与类别不符", Message: "证件与类别不符", Advice: "核对", Fields: []string{"id", "kind"}},
		{Code: "R3", Expr: "kind != '坏'", Severity: models.SeverityWarning, Title: "证件可疑", Message: "证件可疑", Advice: "核对", Fields: []string{"id"}},
		{Code: "R4", Expr: "kind != '坏'", Severity: models.SeverityWarning, Title: "类别可疑", Message: "类别可疑", Advice: "核对", Fields: []string{"no", "kind"}},
	}}
}

// citizen is a synthetic identity number.
var citizen = cn.MakeID("371502", cn.Date(1990, 3, 14), 17)

// starred is how the number may be shown.
var starred = citizen[:4] + strings.Repeat("*", 12) + citizen[16:]

// ofRule returns the findings of a rule.
func ofRule(out outcome, rule string) []ingest.Finding {
	return slices.DeleteFunc(slices.Clone(out.findings), func(f ingest.Finding) bool { return f.Rule != rule })
}

func TestMasked_ARepeatedKeyHidesItsSensitivePartAlone(t *testing.T) {
	out := run(t, citizens(), ingest.Options{}, csvOf([][]string{{"受理号", "证件号", "姓名", "类别"}, {"A-1", citizen, "张示例", "好"}, {"A-1", citizen, "张示例", "优"}}))
	found := ofRule(out, "key.duplicate")
	if len(found) != 1 {
		t.Fatalf("%+v", out.findings)
	}
	f := found[0]
	if f.Value != "A-1，"+citizen || f.Key != "A-1\x1f"+citizen {
		t.Errorf("the unit's own file gets %q, key %q", f.Value, f.Key)
	}
	if m := f.Masked(); m.Value != "A-1，"+starred || m.Key != "" || m.RowHash != "" || m.Veil != nil || m.Message != f.Message || m.Row != f.Row {
		t.Errorf("shown as %+v", m)
	}
}

func TestMasked_ARowRuleHidesEachFieldByItself(t *testing.T) {
	out := run(t, citizens(), ingest.Options{}, csvOf([][]string{{"受理号", "证件号", "姓名", "类别"}, {"A-1", citizen, "张示例", "坏"}}))
	for rule, want := range map[string][2]string{
		"row.R1": {"类别 坏；证件号 " + citizen + "；姓名 张示例", "类别 坏；证件号 " + starred + "；姓名 张**"},
		"row.R2": {"证件号 " + citizen + "；类别 坏", "证件号 " + starred + "；类别 坏"},
		"row.R3": {citizen, starred},
		"row.R4": {"受理号 A-1；类别 坏", "受理号 A-1；类别 坏"},
	} {
		found := ofRule(out, rule)
		if len(found) != 1 || found[0].Value != want[0] || found[0].Masked().Value != want[1] {
			t.Errorf("%s: %+v, shown %+v", rule, found, found[0].Masked())
		}
	}
}

// TestMasked_NothingShownRepeatsASensitiveValue fills in wrong values of every type and looks for them in all that is
// shown: value, problem, advice and proposal.
func TestMasked_NothingShownRepeatsASensitiveValue(t *testing.T) {
	late := cn.MakeID("371502", cn.Date(2030, 1, 1), 7)
	wrongs := []string{
		late, citizen[:17] + "A", citizen[:10] + "2" + citizen[11:], citizen[:15], "37150290133199X", "371502901331990", "37150220301301001X",
		"99" + citizen[2:], "9" + late[1:], "USA371590130112", citizen + "，" + late, "身份证" + citizen, "13512345678-13587654321", "0000-82001234",
		"2030-13-45", "2031年2月30日", "2027-12-05 25:61", "2020.10", "128万元", "128.666666", "9223372036854775808", "6228480000000000A19",
		"1998.13.01", "张?三丰", "张三、李四", "北纬36度27分22.8秒", "山东省聊城市□□路1号", "G63789221", "A/B:pdf", "真的吗", "聊城示例置业",
	}
	for _, kind := range []models.FieldType{models.TypeText, models.TypeAttachment, models.TypeInteger, models.TypeDecimal, models.TypeMoney, models.TypeYear,
		models.TypeDate, models.TypeMonth, models.TypeTime, models.TypeBool, models.TypeCode, models.TypeUSCC, models.TypeLegacy, models.TypeIDCard,
		models.TypePassport, models.TypeTaxpayer, models.TypePhone, models.TypeAccount, models.TypePlate, models.TypeVIN, models.TypePerson, models.TypeAddress} {
		def := citizens()
		def.Rules = nil
		def.Fields = []models.Field{{Code: "no", Name: "序", Type: models.TypeText, Required: true}, {Code: "v", Name: "值", Type: kind, Sensitive: true, List: "x"}}
		def.Lists = []models.CodeList{{Code: "x", Name: "类", Items: []models.CodeItem{{Code: "01", Name: "真"}}}}
		rows := [][]string{{"序", "值"}}
		for i, w := range wrongs {
			rows = append(rows, []string{strings.Repeat("甲", i+1), w})
		}
		out := run(t, def, ingest.Options{}, csvOf(rows))
		for _, f := range out.findings {
			if f.Field != "v" {
				continue
			}
			raw, m := rows[f.Row-1][1], f.Masked()
			if f.Value != raw || f.Veil == nil {
				t.Fatalf("%s: %q came as %+v", kind, raw, f)
			}
			// A mask leaves up to six characters side by side, and the general advice has examples of its own.
			for what, text := range map[string]string{"problem": m.Message, "advice": m.Advice, "proposal": m.Suggest, "value": m.Value} {
				if n := longestCommon(text, raw); n > 6 || what == "problem" && n > 2 {
					t.Errorf("%s %q (%s): the %s shows %q", kind, raw, f.Rule, what, text)
				}
			}
			if m.Value == "" || m.Message == "" || m.Advice == "" {
				t.Errorf("%s %q: shown as %+v", kind, raw, m)
			}
			if strings.Contains(m.Advice, f.Suggest) && f.Suggest != "" {
				t.Errorf("%s %q: the advice shows the proposal %q", kind, raw, m.Advice)
			}
			if shown, err := json.Marshal(m); err != nil || strings.Contains(string(shown), raw) || strings.Contains(string(shown), "veil") {
				t.Errorf("%s: %s, %v", kind, shown, err)
			}
		}
	}
}

// longestCommon is the length of the longest text that stands in both.
func longestCommon(a, b string) int {
	x, y := []rune(a), []rune(b)
	most := 0
	for i := range y {
		for j := i + most + 1; j <= len(y); j++ {
			if !strings.Contains(string(x), string(y[i:j])) {
				break
			}
			most = j - i
		}
	}
	return most
}

func TestMasked_AnOpenFieldIsShownAsItIs(t *testing.T) {
	out := run(t, permits(), ingest.Options{}, csvOf(append(goodRows(3), func() []string { r := goodRow(4); r[2] = "91371500MA3DEM0007"; return r }())))
	if len(out.findings) == 0 {
		t.Fatal("nothing found")
	}
	for _, f := range out.findings {
		if m := f.Masked(); f.Veil != nil || m.Value != f.Value || m.Message != f.Message || m.Suggest != f.Suggest || len(m.Marks) != len(f.Marks) {
			t.Errorf("%+v is shown as %+v", f, m)
		}
	}
}

func TestMasked_TheSumOfASensitiveFieldIsNotTold(t *testing.T) {
	def := keyed()
	def.Fields[1] = models.Field{Code: "pay", Name: "工资", Type: models.TypeMoney, Unit: "元", Sensitive: true, Prior: 20}
	out := run(t, def, ingest.Options{Prior: &models.Stats{Rows: 1, Sums: map[string]int64{"pay": 500000}}}, csvOf([][]string{{"编号", "工资", "内容"}, {"甲", "8642.00", "x"}}))
	if len(out.findings) != 1 || !strings.Contains(out.findings[0].Message, "8,642") {
		t.Fatalf("%+v", out.findings)
	}
	if m := out.findings[0].Masked(); m.Message != "本期合计较上期增加 72.8%" || m.Advice == "" || m.Value != "" {
		t.Errorf("shown as %+v", m)
	}
}
