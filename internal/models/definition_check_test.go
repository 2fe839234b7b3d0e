package models_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// valid returns a small definition without fault, to be broken by each case.
func valid() models.Definition {
	return models.Definition{
		Code: "zjj-02", Name: "商品房预售许可信息", Version: 1, Caliber: "本期核发的许可证", Deadline: "次月 25 日前",
		Coverage: models.CoverageIncrement,
		Fields: []models.Field{
			{Code: "permit_no", Name: "预售许可证号", Type: models.TypeText, Caliber: "证上的编号", Required: true, Key: true},
			{Code: "uscc", Name: "统一社会信用代码", Type: models.TypeUSCC, Caliber: "开发企业的代码", Subject: true},
			{Code: "use", Name: "房屋用途", Type: models.TypeCode, Caliber: "规划用途", List: "use"},
			{Code: "area", Name: "预售面积", Type: models.TypeDecimal, Scale: 2, Caliber: "建筑面积", Min: "0.01", Max: "100", Prior: 50},
			{Code: "price", Name: "均价", Type: models.TypeMoney, Unit: "元", Caliber: "备案均价"},
			{Code: "issued", Name: "发证日期", Type: models.TypeDate, Caliber: "落款日期", Min: "2000-01-01", Max: "today"},
		},
		Lists: []models.CodeList{{Code: "use", Name: "房屋用途", Items: []models.CodeItem{{Code: "1", Name: "住宅"}, {Code: "2", Name: "商业"}}}},
		Rules: []models.RowRule{{Code: "R1", Expr: "area > 0", Severity: models.SeverityError, Title: "面积为正", Message: "面积不为正",
			Advice: "核对面积", Fields: []string{"area"}}},
	}
}

func TestDefinition_Validate(t *testing.T) {
	field := func(i int, change func(*models.Field)) func(*models.Definition) {
		return func(d *models.Definition) { change(&d.Fields[i]) }
	}
	for _, c := range []struct {
		name  string
		spoil func(*models.Definition)
		path  string // where the complaint must stand; empty: there is none
		says  string
	}{
		{name: "OK", spoil: func(*models.Definition) {}},
		{"code of template", func(d *models.Definition) { d.Code = "ZJJ 2" }, "code", "zjj-02"},
		{"empty name", func(d *models.Definition) { d.Name = " " }, "name", "模板名称"},
		{"empty caliber", func(d *models.Definition) { d.Caliber = "" }, "caliber", "口径"},
		{"empty deadline", func(d *models.Definition) { d.Deadline = "" }, "deadline", "期限"},
		{"version 0", func(d *models.Definition) { d.Version = 0 }, "version", "1 以上"},
		{"coverage", func(d *models.Definition) { d.Coverage = "all" }, "coverage", "期末存量"},
		{"prior rows", func(d *models.Definition) { d.PriorRows = -1 }, "prior_rows_percent", "负数"},
		{"no fields", func(d *models.Definition) { d.Fields = nil }, "fields", "至少添加一个"},
		{"too many fields", func(d *models.Definition) { d.Fields = make([]models.Field, 201) }, "fields", "最多 200 个"},
		{"field code", field(0, func(f *models.Field) { f.Code = "1x" }), "fields.0.code", "小写字母开头"},
		{"field code too long", field(0, func(f *models.Field) { f.Code = strings.Repeat("a", 42) }), "fields.0.code", "41 个字符"},
		{"field code twice", field(1, func(f *models.Field) { f.Code = "permit_no" }), "fields.1.code", "第 1 个字段重复"},
		{"hash column", field(1, func(f *models.Field) { f.Code = "permit_h" }), "fields.1.code", "_h"},
		{"word of rules", field(1, func(f *models.Field) { f.Code = "in" }), "fields.1.code", "保留词"},
		{"title twice", field(1, func(f *models.Field) { f.Name = "预售 许可证号" }), "fields.1.name", "无法区分"},
		{"alias is another's title", field(1, func(f *models.Field) { f.Aliases = []string{"均价"} }), "fields.4.name", "无法区分"},
		{"alias repeats own title", field(0, func(f *models.Field) { f.Aliases = []string{"预售许可证号"} }), "", ""},
		{"empty alias", field(1, func(f *models.Field) { f.Aliases = []string{" "} }), "fields.1.aliases", "不能为空"},
		{"empty field caliber", field(4, func(f *models.Field) { f.Caliber = "" }), "fields.4.caliber", "“均价”的口径"},
		{"type", field(0, func(f *models.Field) { f.Type = "varchar" }), "fields.0.type", "不认识"},
		{"key not required", field(0, func(f *models.Field) { f.Required = false }), "fields.0.required", "必填"},
		{"no key", field(0, func(f *models.Field) { f.Key = false }), "fields", "业务主键"},
		{"two subjects", func(d *models.Definition) {
			d.Fields = append(d.Fields, models.Field{Code: "b", Name: "乙", Type: models.TypeIDCard, Caliber: "乙", Subject: true})
		}, "fields.6.subject", "只能有一个"},
		{"no subject, as in statistics", field(1, func(f *models.Field) { f.Subject = false }), "", ""},
		{"subject of a wrong type", func(d *models.Definition) { d.Fields[1].Subject = false; d.Fields[4].Subject = true }, "fields.4.subject", "纳税主体"},
		{"lengths", field(0, func(f *models.Field) { f.MinLen, f.MaxLen = 9, 3 }), "fields.0.max_len", "小于最小长度"},
		{"negative length", field(0, func(f *models.Field) { f.MaxLen = -1 }), "fields.0.max_len", "负数"},
		{"pattern", field(0, func(f *models.Field) { f.Pattern, f.Hint = "(", "x" }), "fields.0.pattern", "RE2"},
		{"pattern without hint", field(0, func(f *models.Field) { f.Pattern = "a+" }), "fields.0.hint", "改法"},
		{"pattern on a typed field", field(1, func(f *models.Field) { f.Pattern, f.Hint = "a+", "x" }), "fields.1.pattern", "自有校验"},
		{"scale too great", field(3, func(f *models.Field) { f.Scale = 9 }), "fields.3.scale", "0 至 8"},
		{"scale on text", field(0, func(f *models.Field) { f.Scale = 2 }), "fields.0.scale", "不是数值类型"},
		{"money without unit", field(4, func(f *models.Field) { f.Unit = "美元" }), "fields.4.unit", "元或万元"},
		{"prior on text", field(0, func(f *models.Field) { f.Prior = 10 }), "fields.0.prior_percent", "与上期比较"},
		{"list missing", field(2, func(f *models.Field) { f.List = "nothing" }), "fields.2.list", "不在模板中"},
		{"list on text", field(0, func(f *models.Field) { f.List = "use" }), "fields.0.list", "不是字典类型"},
		{"accept on text", field(0, func(f *models.Field) { f.Accept = []string{"uscc"} }), "fields.0.accept", "不是纳税主体类型"},
		{"accept unknown", field(1, func(f *models.Field) { f.Type, f.Accept = models.TypeTaxpayer, []string{"driver"} }), "fields.1.accept", "driver"},
		{"bound is no number", field(3, func(f *models.Field) { f.Min = "much" }), "fields.3.min", "much"},
		{"bounds in the wrong order", field(3, func(f *models.Field) { f.Min = "101" }), "fields.3.max", "小于最小值"},
		{"bounds compare as numbers", field(3, func(f *models.Field) { f.Min, f.Max = "9", "10" }), "", ""},
		{"bound is no day", field(5, func(f *models.Field) { f.Min = "2000-02-30" }), "fields.5.min", "2000-02-30"},
		{"days in the wrong order", field(5, func(f *models.Field) { f.Max = "1999-12-31" }), "fields.5.max", "小于最小值"},
		{"bound on text", field(0, func(f *models.Field) { f.Min = "1" }), "fields.0.min", "其他类型不设界限"},
		{"list code twice", func(d *models.Definition) { d.Lists = append(d.Lists, d.Lists[0]) }, "lists.1.code", "重复"},
		{"list without entries", func(d *models.Definition) { d.Lists[0].Items = nil }, "lists.0.items", "还没有条目"},
		{"entry code twice", func(d *models.Definition) { d.Lists[0].Items[1].Code = "1" }, "lists.0.items.1.code", "第 1 条相同"},
		{"entry name twice", func(d *models.Definition) { d.Lists[0].Items[1].Name = "住宅" }, "lists.0.items.1.name", "第 1 条相同"},
		{"entry name is another's code", func(d *models.Definition) { d.Lists[0].Items[1].Name = "1" }, "lists.0.items.1.name", "第 1 条相同"},
		{"entry without name", func(d *models.Definition) { d.Lists[0].Items[0].Name = "" }, "lists.0.items.0.name", "请填写"},
		{"rule code", func(d *models.Definition) { d.Rules[0].Code = "r 1" }, "rules.0.code", "大写字母开头"},
		{"rule code twice", func(d *models.Definition) { d.Rules = append(d.Rules, d.Rules[0]) }, "rules.1.code", "重复"},
		{"rule without expression", func(d *models.Definition) { d.Rules[0].Expr = "" }, "rules.0.expr", "算式"},
		{"rule without advice", func(d *models.Definition) { d.Rules[0].Advice = "" }, "rules.0.advice", "怎样修改"},
		{"rule severity", func(d *models.Definition) { d.Rules[0].Severity = "fatal" }, "rules.0.severity", "错误或提醒"},
		{"rule without fields", func(d *models.Definition) { d.Rules[0].Fields = nil }, "rules.0.fields", "涉及的字段"},
		{"rule on a field that is not there", func(d *models.Definition) { d.Rules[0].Fields = []string{"depth"} }, "rules.0.fields", "depth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := valid()
			c.spoil(&d)
			err := d.Validate()
			if c.path == "" {
				if err != nil {
					t.Fatalf("unwanted: %v %v", err, fieldsOf(err))
				}
				return
			}
			got, ok := fieldsOf(err)[c.path]
			if !ok || !strings.Contains(got, c.says) {
				t.Errorf("%s: %q does not say %q; all: %v", c.path, got, c.says, fieldsOf(err))
			}
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("kind %v, want Invalid", fault.Of(err))
			}
		})
	}
}

func fieldsOf(err error) map[string]string {
	fields, _ := fault.Fields(err)
	return fields
}

func TestDefinition_Validate_everyFaultAtOnce(t *testing.T) {
	d := valid()
	d.Name, d.Fields[0].Caliber, d.Rules[0].Title = "", "", ""
	fields := fieldsOf(d.Validate())
	if len(fields) != 3 {
		t.Errorf("want three complaints, got %v", fields)
	}
}

func TestFieldTypes(t *testing.T) {
	if n := len(models.FieldTypes()); n != 25 {
		t.Errorf("%d types, want 25", n)
	}
	if !models.TypeEstate.Known() || models.FieldType("varchar").Known() || models.FieldType("").Known() {
		t.Error("known and unknown types are confused")
	}
}
