package ingest_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// withRule is permits with one row rule alone.
func withRule(expr string, fields ...string) *models.Definition {
	def := permits()
	def.Rules = []models.RowRule{{Code: "X", Expr: expr, Severity: models.SeverityError, Title: "试验规则", Message: "不符合试验规则", Advice: "核对", Fields: fields}}
	return def
}

func TestRowRule_SeesTheFields(t *testing.T) {
	row := goodRow(1) // area 1001.01, amount 101.5 万元, supervised 1000001 元, units 2, purpose 02
	good := []string{
		`area == 1001.01`, `amount == 101.5`, `supervised == 1000001`, `units == 2`, `purpose == "02"`,
		`issued <= valid_to`, `issued <= today`, `account != nil`, `near(amount * 10000, 1015000)`, `near(area, 1001, 0.02)`,
		`days(issued, valid_to) > 300`, `year(issued) == 2026 && month(issued) == 2`, `company contains "聊城"`,
		`permit_no matches "第\\d{4}-"`, `len(company) < 40`, `units in 1..10`, `units in -1..998`, `purpose in ["01", "02"]`, `(supervised ?? 0) > 0`,
		`round(area) == 1001 && max(units, 1) == 2`,
	}
	for _, expr := range good {
		if out := run(t, withRule(expr), ingest.Options{}, csvOf([][]string{header(permits()), row})); out.report.Verdict != ingest.VerdictClean {
			t.Errorf("%s: %+v", expr, out.findings)
		}
	}
}

func TestRowRule_EmptyFieldsAreNil(t *testing.T) {
	row := goodRow(1)
	row[5], row[8], row[11] = "", "", ""
	for _, expr := range []string{`valid_to == nil`, `valid_to == nil || valid_to >= issued`, `(supervised ?? 0) == 0`, `account == nil ? true : len(account) > 3`} {
		if out := run(t, withRule(expr), ingest.Options{}, csvOf([][]string{header(permits()), row})); out.report.Verdict != ingest.VerdictClean {
			t.Errorf("%s: %+v", expr, out.findings)
		}
	}
}

func TestRowRule_BrokenRuleNamesItsFields(t *testing.T) {
	out := run(t, withRule(`valid_to > issued`, "valid_to", "issued"), ingest.Options{}, csvOf([][]string{header(permits()), func() []string {
		row := goodRow(1)
		row[5] = "2020-01-01"
		return row
	}()}))
	balanced(t, out)
	if len(out.findings) != 1 {
		t.Fatalf("%+v", out.findings)
	}
	f := out.findings[0]
	if f.Rule != "row.X" || f.Column != "F" || f.Field != "valid_to" || f.Value != "有效期至 2020-01-01；发证日期 2026-02-02" || f.Message != "不符合试验规则" || f.Advice != "核对" {
		t.Errorf("%+v", f)
	}
	if r := out.report.Rules[0]; r.Field != "" || r.Title != "试验规则" {
		t.Errorf("%+v", r)
	}
}

func TestRowRule_IsSkippedWhereItsFieldIsWrong(t *testing.T) {
	row := goodRow(1)
	row[4] = "昨天"
	out := run(t, withRule(`false && issued == ""`), ingest.Options{}, csvOf([][]string{header(permits()), row}))
	if len(out.findings) != 1 || out.findings[0].Rule != "type.date" {
		t.Errorf("%+v", out.findings)
	}
}

func TestRowRule_FailureIsAFindingOfItsOwn(t *testing.T) {
	row := goodRow(1)
	row[5] = ""
	out := run(t, withRule(`valid_to > issued`), ingest.Options{}, csvOf([][]string{header(permits()), row}))
	balanced(t, out)
	if len(out.findings) != 1 || out.findings[0].Rule != "row.X.failed" || out.findings[0].Severity != models.SeverityWarning {
		t.Fatalf("%+v", out.findings)
	}
	if !strings.Contains(out.report.Rules[0].Title, "试验规则") {
		t.Errorf("%+v", out.report.Rules[0])
	}
}

func TestNew_TemplateFaultsAreTold(t *testing.T) {
	rule := func(expr string) func(*models.Definition) {
		return func(d *models.Definition) { d.Rules[0].Expr = expr }
	}
	tests := []struct {
		name   string
		change func(*models.Definition)
		want   string
	}{
		{"syntax", rule("area >"), "R1"},
		{"unknown field", rule("volume > 1"), "volume"},
		{"amount against text", rule(`area > "x"`), "R1"},
		{"date against number", rule("issued > 3"), "R1"},
		{"no truth value", rule("area + 1"), "R1"},
		{"loop", rule("all(1..100000000, # > 0)"), "R1"},
		{"range that fills the memory", rule("1..100000000 == nil"), "1000 个数"},
		{"range in a membership", rule("units in 1..100000000"), "1000 个数"},
		{"range of more than a thousand", rule("units in 0..1000"), "1000 个数"},
		{"range beyond the numbers", rule("units in -9223372036854775807..9223372036854775807"), "1000 个数"},
		{"range up to a field", rule("units in 1..int(area)"), "1000 个数"},
		{"clock", rule("now() != nil"), "R1"},
		{"too long", rule("true" + strings.Repeat(" && true", 500)), "R1"},
		{"severity", func(d *models.Definition) { d.Rules[0].Severity = "fatal" }, "fatal"},
		{"rule names no field", func(d *models.Definition) { d.Rules[0].Fields = []string{"nobody"} }, "nobody"},
		{"rule twice", func(d *models.Definition) { d.Rules[1].Code = "R1" }, "重复"},
		{"pattern", func(d *models.Definition) { d.Fields[0].Pattern = "(" }, "预售许可证号"},
		{"type", func(d *models.Definition) { d.Fields[0].Type = "blob" }, "blob"},
		{"list", func(d *models.Definition) { d.Fields[10].List = "none" }, "none"},
		{"unit of money", func(d *models.Definition) { d.Fields[7].Unit = "亿元" }, "亿元"},
		{"bound", func(d *models.Definition) { d.Fields[6].Max = "viel" }, "最大值"},
		{"bound of a text", func(d *models.Definition) { d.Fields[1].Max = "3" }, "开发企业名称"},
		{"scale", func(d *models.Definition) { d.Fields[6].Scale = 9 }, "小数位数"},
		{"accept", func(d *models.Definition) { d.Fields[2].Accept = []string{"dog"} }, "dog"},
		{"field twice", func(d *models.Definition) { d.Fields[1].Code = "permit_no" }, "重复"},
		{"no field", func(d *models.Definition) { d.Fields, d.Rules = nil, nil }, "没有字段"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			def := permits()
			def.Rules = slices.Clone(def.Rules)
			test.change(def)
			_, err := ingest.New(def, ingest.Options{Today: today})
			message, ok := fault.Message(err)
			if !ok || !strings.Contains(message, test.want) || !strings.Contains(message, def.Name) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := ingest.New(permits(), ingest.Options{}); err == nil {
		t.Error("a check without a day was begun")
	}
}
