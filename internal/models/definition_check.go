package models

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"taxportal/internal/fault"
)

// Limits of a definition. A sheet of more fields is no form that a person can fill; the warehouse and the workbook
// both bear far more.
const (
	MaxFields = 200 // of one definition
	maxScale  = 8
)

var (
	templateCode = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*-[0-9]{2,3}$`)
	fieldCode    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
	ruleCode     = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,15}$`)
)

// exprWords cannot be field codes, because row rules could not name the field: they are the language's own words, and
// the functions that internal/ingest gives it.
var exprWords = strings.Fields("and or not in matches contains startswith endswith true false nil let if else " +
	"len abs ceil floor round int float string trim upper lower min max near days year month today")

// Validate reports everything that keeps the definition from being published, as one Invalid *fault.Error. The keys of
// its Fields name the place in the form and in the YAML file alike: name, fields.2.caliber, lists.0.items.3.code,
// rules.1.fields (indexes from 0). Whether a row rule compiles is for internal/ingest to say.
func (d *Definition) Validate() error {
	c := &definitionCheck{def: d}
	c.head()
	c.fields()
	c.lists()
	c.rules()
	return c.form.Err()
}

// definitionCheck collects what is wrong with one definition.
type definitionCheck struct {
	def  *Definition
	form fault.Form
}

func (c *definitionCheck) add(path, format string, args ...any) {
	c.form.Add(path, fmt.Sprintf(format, args...))
}

// require notes that a text is empty.
func (c *definitionCheck) require(path, label, value string) {
	c.form.Require(path, label, strings.TrimSpace(value))
}

func (c *definitionCheck) head() {
	d := c.def
	if !templateCode.MatchString(d.Code) {
		c.add("code", "模板代码 %q 不合要求：应为单位代码加序号，如 zjj-02。", d.Code)
	}
	c.require("name", "模板名称", d.Name)
	c.require("caliber", "口径", d.Caliber)
	c.require("deadline", "期限", d.Deadline)
	if d.Version < 1 {
		c.add("version", "版本号应为 1 以上的整数。")
	}
	if d.Coverage != CoverageIncrement && d.Coverage != CoverageSnapshot {
		c.add("coverage", "请选择报送范围：本期新增变动或期末存量。")
	}
	if d.PriorRows < 0 {
		c.add("prior_rows_percent", "行数变动比例不能为负数；不比较的填 0。")
	}
}

func (c *definitionCheck) fields() {
	d := c.def
	switch {
	case len(d.Fields) == 0:
		c.add("fields", "模板还没有字段，请至少添加一个。")
		return
	case len(d.Fields) > MaxFields:
		c.add("fields", "模板有 %d 个字段，最多 %d 个。", len(d.Fields), MaxFields)
		return
	}
	c.fieldCodes()
	c.titles()
	c.keyAndSubject()
	for i, f := range d.Fields {
		fieldCheck{c, f, fmt.Sprintf("fields.%d.", i)}.all()
	}
}

// fieldCodes checks what becomes the columns of the warehouse.
func (c *definitionCheck) fieldCodes() {
	seen := map[string]int{}
	for i, f := range c.def.Fields {
		path := fmt.Sprintf("fields.%d.code", i)
		switch first, again := seen[f.Code]; {
		case !fieldCode.MatchString(f.Code):
			c.add(path, "字段代码 %q 不合要求：小写字母开头，只用小写字母、数字和下划线，不超过 41 个字符。", f.Code)
		case again:
			c.add(path, "字段代码 %s 与第 %d 个字段重复，请另取一个。", f.Code, first+1)
		case strings.HasSuffix(f.Code, "_h"):
			c.add(path, "字段代码 %s 不能以 _h 结尾，这是系统列的名字。", f.Code)
		case slices.Contains(exprWords, f.Code):
			c.add(path, "字段代码 %s 是行间规则的保留词，请另取一个。", f.Code)
		default:
			seen[f.Code] = i
		}
	}
}

// titles checks that a column's title leads to one field only, whichever of a field's names a unit uses.
func (c *definitionCheck) titles() {
	seen := map[string]int{}
	for i, f := range c.def.Fields {
		c.require(fmt.Sprintf("fields.%d.name", i), "字段名称", f.Name)
		for j, title := range append([]string{f.Name}, f.Aliases...) {
			path := fmt.Sprintf("fields.%d.name", i)
			if j > 0 {
				path = fmt.Sprintf("fields.%d.aliases", i)
			}
			key := strings.ToLower(strings.Join(strings.Fields(title), ""))
			if first, ok := seen[key]; ok && first != i {
				c.add(path, "列名“%s”与第 %d 个字段的名称或别名相同，上传时无法区分。", title, first+1)
				continue
			}
			if j > 0 && key == "" {
				c.add(path, "别名不能为空。")
			}
			seen[key] = i
		}
	}
}

// keyAndSubject checks that rows can be told apart and belong to at most one taxpayer. Statistics have no taxpayer.
func (c *definitionCheck) keyAndSubject() {
	keys, subject := 0, -1
	for i, f := range c.def.Fields {
		if f.Key {
			keys++
			if !f.Required {
				c.add(fmt.Sprintf("fields.%d.required", i), "“%s”是业务主键的一部分，必须设为必填。", f.Name)
			}
		}
		if !f.Subject {
			continue
		}
		if subject >= 0 {
			c.add(fmt.Sprintf("fields.%d.subject", i), "“%s”与“%s”都设为纳税主体，一个模板只能有一个。", f.Name, c.def.Fields[subject].Name)
		} else {
			subject = i
		}
		if !namesTaxpayer(f.Type) {
			c.add(fmt.Sprintf("fields.%d.subject", i), "“%s”不能设为纳税主体：应是信用代码、旧登记号、身份证、护照或纳税主体类型的字段。", f.Name)
		}
	}
	if keys == 0 {
		c.add("fields", "模板没有业务主键，请把能区分各行的字段设为主键。")
	}
}

func namesTaxpayer(t FieldType) bool {
	switch t {
	case TypeUSCC, TypeLegacy, TypeIDCard, TypePassport, TypeTaxpayer:
		return true
	}
	return false
}

func (c *definitionCheck) lists() {
	seen := map[string]bool{}
	for i, l := range c.def.Lists {
		path := fmt.Sprintf("lists.%d.", i)
		if !fieldCode.MatchString(l.Code) {
			c.add(path+"code", "字典代码 %q 不合要求：小写字母开头，只用小写字母、数字和下划线。", l.Code)
		} else if seen[l.Code] {
			c.add(path+"code", "字典代码 %s 重复，请另取一个。", l.Code)
		}
		seen[l.Code] = true
		c.require(path+"name", "字典名称", l.Name)
		if len(l.Items) == 0 {
			c.add(path+"items", "字典“%s”还没有条目。", l.Name)
		}
		c.listItems(path, l)
	}
}

// listItems checks that both a code and a name lead to one entry, since units fill in either.
func (c *definitionCheck) listItems(path string, l CodeList) {
	owner := map[string]int{}
	for j, item := range l.Items {
		at := fmt.Sprintf("%sitems.%d.", path, j)
		c.require(at+"code", "条目代码", item.Code)
		c.require(at+"name", "条目名称", item.Name)
		for _, own := range []struct{ part, text string }{{"code", item.Code}, {"name", item.Name}} {
			if first, ok := owner[own.text]; ok && first != j && own.text != "" {
				c.add(at+own.part, "字典“%s”中“%s”与第 %d 条相同。", l.Name, own.text, first+1)
			}
			owner[own.text] = j
		}
	}
}

func (c *definitionCheck) rules() {
	seen := map[string]bool{}
	for i, r := range c.def.Rules {
		path := fmt.Sprintf("rules.%d.", i)
		if !ruleCode.MatchString(r.Code) {
			c.add(path+"code", "规则代码 %q 不合要求：大写字母开头，只用大写字母和数字，如 R1。", r.Code)
		} else if seen[r.Code] {
			c.add(path+"code", "规则代码 %s 重复，请另取一个。", r.Code)
		}
		seen[r.Code] = true
		c.require(path+"expr", "规则的算式", r.Expr)
		c.require(path+"title", "规则名称", r.Title)
		c.require(path+"message", "规则不符时的说明", r.Message)
		c.require(path+"advice", "怎样修改", r.Advice)
		if r.Severity != SeverityError && r.Severity != SeverityWarning {
			c.add(path+"severity", "请选择规则的级别：错误或提醒。")
		}
		if len(r.Fields) == 0 {
			c.add(path+"fields", "请写明规则涉及的字段，第一个为标出问题的列。")
		}
		for _, code := range r.Fields {
			if _, ok := c.def.Field(code); !ok {
				c.add(path+"fields", "规则 %s 涉及的字段 %s 不在模板中。", r.Code, code)
			}
		}
	}
}
