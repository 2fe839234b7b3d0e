package ingest

import (
	"strings"

	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// convertIdent takes identifiers and the other texts whose rules stand in package cn.
func convertIdent(c *column, cell *sheet.Cell) (models.Value, []issue) {
	if cell.Kind == sheet.Date || cell.Kind == sheet.Bool {
		return models.Value{}, []issue{wrong("type."+string(c.field.Type), "“"+c.field.Name+"”不是"+c.kind.title,
			"先把该列设为“文本”格式，再重新录入", "单元格是日期或逻辑值，不是"+c.kind.title)}
	}
	v := cn.Normalise(c.kind.ident, cell.Text)
	if v == "" {
		return models.Value{Null: true}, nil
	}
	kind := c.kind.ident
	if general(kind) {
		kind = cn.Resolve(kind, v, c.today, c.accept...)
	}
	problems := cn.Check(kind, v, c.today)
	if len(problems) == 0 {
		return models.Value{Text: v}, c.checkIdentForm(v, cell.Text)
	}
	if i, ok := c.notAccepted(v); ok && cn.HasError(problems) {
		return models.Value{}, []issue{i}
	}
	issues := make([]issue, 0, len(problems))
	for _, p := range problems {
		issues = append(issues, fromProblem(p, rulePrefix(kind), c.nameOf(kind), c.kind.general, cell.Text, v))
	}
	if hasError(issues) {
		return models.Value{}, issues
	}
	return models.Value{Text: v}, append(issues, c.checkIdentForm(v, cell.Text)...)
}

// rulePrefix is the kind in the codes of its rules: the field type that people know, where there is one.
func rulePrefix(kind cn.Kind) string {
	if kind == cn.KindCitizen {
		return string(cn.KindIDCard)
	}
	return string(kind)
}

// general reports whether a kind stands for several.
func general(k cn.Kind) bool { return k == cn.KindTaxpayer || k == cn.KindLegacy || k == cn.KindIDCard }

// notAccepted tells of a good number of a kind that the field does not take.
func (c *column) notAccepted(v string) (issue, bool) {
	if len(c.accept) == 0 {
		return issue{}, false
	}
	kind := cn.Resolve(cn.KindTaxpayer, v, c.today)
	// A passport number has so loose a form that much would pass for one.
	if kind == cn.KindPassport || cn.HasError(cn.Check(kind, v, c.today)) {
		return issue{}, false
	}
	return wrong("taxpayer.kind", "“"+c.field.Name+"”填了别的证件号码", "请填写"+c.acceptedNames(),
		"这是"+kindName(kind)+"，本列只接受"+c.acceptedNames()), true
}

// checkIdentForm holds an identifier against the template's own length and pattern, if it has any.
func (c *column) checkIdentForm(v, raw string) []issue {
	if c.field.MaxLen == 0 && c.field.MinLen == 0 && c.pattern == nil {
		return nil
	}
	return c.checkForm(v, raw)
}

// nameOf is what a reader calls the value: the kind of number where it has one, else the column.
func (c *column) nameOf(kind cn.Kind) string {
	if name := kindName(kind); name != "" {
		return name
	}
	return "“" + c.field.Name + "”"
}

// acceptedNames lists the kinds of numbers that the field takes.
func (c *column) acceptedNames() string {
	names := make([]string, 0, len(c.accept))
	for _, k := range c.accept {
		names = append(names, kindName(k))
	}
	return strings.Join(names, "、")
}

// kindName is what readers call a kind of number; empty for kinds that every column names in its own way.
func kindName(k cn.Kind) string {
	switch k {
	case cn.KindUSCC:
		return "统一社会信用代码"
	case cn.KindOrgCode:
		return "组织机构代码"
	case cn.KindRegNo:
		return "工商注册号"
	case cn.KindTaxNo:
		return "原纳税人识别号"
	case cn.KindLegacy:
		return "旧注册号或原纳税人识别号"
	case cn.KindCitizen:
		return "公民身份号码"
	case cn.KindIDCard:
		return "身份证号码"
	case cn.KindResidence:
		return "外国人永久居留身份证号码"
	case cn.KindPassport:
		return "护照号码"
	case cn.KindVIN:
		return "车辆识别代号"
	case cn.KindEstate:
		return "不动产单元号"
	case cn.KindPlate:
		return "机动车号牌"
	case cn.KindRegion:
		return "行政区划代码"
	}
	return ""
}
