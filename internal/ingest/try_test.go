package ingest_test

import (
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// sales is a draft whose last field is still without its code list.
func sales(rules ...models.RowRule) *models.Definition {
	return &models.Definition{Code: "zjj-99", Name: "试算", Fields: []models.Field{
		{Code: "area", Name: "面积", Type: models.TypeDecimal, Scale: 2, Required: true},
		{Code: "price", Name: "单价", Type: models.TypeMoney, Unit: "元"},
		{Code: "total", Name: "总价", Type: models.TypeMoney, Unit: "元", Required: true},
		{Code: "issued", Name: "发证日期", Type: models.TypeDate, Required: true},
		{Code: "usage", Name: "用途", Type: models.TypeCode, List: "none"},
	}, Rules: rules}
}

func rule(code, expr string) models.RowRule {
	return models.RowRule{Code: code, Expr: expr, Severity: models.SeverityError, Title: code, Message: code + "不符", Advice: "核对"}
}

func TestRuleFaults_SayWhereAndWhyInChinese(t *testing.T) {
	for expr, want := range map[string]string{
		"area > 0":                           "",
		"price == nil or price > 0":          "",
		"near(area * price, total, 1)":       "",
		"area >":                             "没有写完",
		"area = total":                       "判断相等写作 ==",
		"flaeche > 0":                        "算式第 1 个字符“flaec”处：没有名为“flaeche”的字段或函数",
		"total > 0 and flaeche > 0":          "算式第 15 个字符“flaec”处：没有名为“flaeche”",
		"area > issued":                      "两边的类型不同（数字与文字）",
		"area * 2":                           "现在得到的是数字",
		"issued == \"2026":                   "引号没有成对",
		"area ＞ 0":                           "不能用“＞”",
		"（area > 0）":                         "不能用“（”",
		"all([area], # > 0)":                 "不能",
		"1..100000000 == nil":                "区间“..”两端只能写整数，且不超过 1000 个数",
		"days(issued) > 3":                   "参数",
		"area > 0)":                          "这里不应出现“)”",
		"area.x > 0":                         "只有一个值",
		strings.Repeat("area + ", 500) + "1": "太长",
	} {
		faults := ingest.RuleFaults(sales(rule("R1", expr)))
		switch {
		case want == "" && len(faults) > 0:
			t.Errorf("%s: %+v", expr, faults)
		case want != "" && (len(faults) != 1 || !strings.Contains(faults[0].Message, want)):
			t.Errorf("%.40s: %+v, want %q", expr, faults, want)
		}
		for _, f := range faults {
			for _, english := range []string{"token", "unknown", "mismatch", "expected", "invalid", "compil"} {
				if strings.Contains(f.Message, english) {
					t.Errorf("%s is answered in the compiler's words: %s", expr, f.Message)
				}
			}
		}
	}
	if got := ingest.RuleFaults(sales(rule("R1", "area > 0"), rule("R2", "no > 0"))); len(got) != 1 || got[0].Rule != 1 {
		t.Errorf("one faulty rule among two: %+v", got)
	}
}

func TestTryRules_SaysOfEachRowWhatTheCheckWould(t *testing.T) {
	def := sales(rule("R1", "area > 0"), rule("R2", "near(area * price, total, 1)"), rule("R3", "nichts > 0"), rule("R4", `usage == "01"`))
	rows, err := ingest.TryRules(t.Context(), def, "2026-11-10", []map[string]string{
		{"area": "100", "price": "2", "total": "200", "issued": "2026-10-08"},
		{"area": "-1", "price": "2", "total": "200"},
		{"area": "viel", "total": "１２００", "usage": "01"},
		{"area": "100", "total": "200"},
	})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := func(n int) string {
		var list []string
		for _, r := range rows[n].Rules {
			list = append(list, string(r.Outcome))
		}
		return strings.Join(list, " ")
	}
	for n, want := range []string{"good good failed broken", "broken broken failed broken", "skipped skipped failed skipped", "good failed failed broken"} {
		if got := outcomes(n); got != want {
			t.Errorf("row %d: %s, want %s", n+1, got, want)
		}
	}
	if rows[2].Cells["area"] == "" || rows[2].Cells["usage"] == "" || rows[2].Cells["total"] != "" {
		t.Errorf("values: %v", rows[2].Cells)
	}
	if m := rows[0].Rules[2].Message; !strings.Contains(m, "没有名为“nichts”") {
		t.Errorf("a rule that does not compile: %s", m)
	}
	if m := rows[1].Rules[0].Message; m != "R1不符" {
		t.Errorf("a broken rule: %s", m)
	}
}

func TestRuleLooks_NamesTheFieldsInTheOrderOfTheTemplate(t *testing.T) {
	r := rule("R1", "total > area")
	r.Fields = []string{"issued"}
	if got := strings.Join(ingest.RuleLooks(sales(), r), " "); got != "area total issued" {
		t.Error(got)
	}
	r.Expr = "total >"
	if got := strings.Join(ingest.RuleLooks(sales(), r), " "); got != "issued" {
		t.Error(got)
	}
}

func TestTitleKey_IsTheSameHoweverATitleIsWritten(t *testing.T) {
	for _, title := range []string{"备案均价（元/平方米）*", " 备案 均价 ", "备案均价", "1.备案均价："} {
		if got := ingest.TitleKey(title); got != "备案均价" {
			t.Errorf("%q → %q", title, got)
		}
	}
}
