package models

import (
	"fmt"
	"strings"
)

// ValidateRelease reports everything that keeps the definition from being published as the next version after the
// earlier ones, as Validate does and with the same keys: beside what Validate finds, what the plan wants of a template
// that units are bound to (plan 二(三)「字段名称、口径、标准、期限」), and fields that would change what they were.
func (d *Definition) ValidateRelease(earlier []Definition) error {
	c := &definitionCheck{def: d}
	c.head()
	c.fields()
	c.lists()
	c.rules()
	c.standards()
	c.bearer()
	c.clashes(earlier)
	return c.form.Err()
}

// standards asks for the standard of what must be filled in as free text. Every other type brings its own: a code has
// its norm, a number its unit, an entry its list.
func (c *definitionCheck) standards() {
	for i, f := range c.def.Fields {
		if f.Type == TypeText && f.Required && f.Pattern == "" {
			c.require(fmt.Sprintf("fields.%d.standard", i), "“"+f.Name+"”的标准", f.Standard)
		}
	}
}

// bearer asks whom or what a row is about: a taxpayer, or in a register of totals the region, which then is part of
// the key. Rows that belong to nobody cannot be joined with anything.
func (c *definitionCheck) bearer() {
	if c.def.SubjectField() >= 0 || len(c.def.Fields) == 0 {
		return
	}
	for _, f := range c.def.Fields {
		if f.Type == TypeRegion && f.Key {
			return
		}
	}
	c.add("subject", "模板没有纳税主体：请把一个信用代码、登记号、身份证或纳税主体类型的字段设为主体；统计汇总类模板请把行政区划字段设为主键。")
}

// clashes refuses a field code that meant something else in an earlier version: its column lives for ever (DESIGN §4).
func (c *definitionCheck) clashes(earlier []Definition) {
	for _, before := range earlier {
		if before.Coverage != c.def.Coverage {
			c.add("coverage", "报送范围与第 %d 版不同。同一模板的各版在一张数据表中，报送范围不能更改；确需更改的，请另建模板。", before.Version)
		}
	}
	for i, f := range c.def.Fields {
		for _, before := range earlier {
			old, ok := before.Field(f.Code)
			if part, what := clash(old, f); ok && what != "" {
				c.add(fmt.Sprintf("fields.%d.%s", i, part), "字段代码 %s 在第 %d 版中是“%s”，%s不同；字段发布后不能改%s，请另取代码新建字段。",
					f.Code, before.Version, old.Name, what, what)
				break
			}
		}
	}
}

// clash names the part of a field that may never change and does, and what people call it; "" if none.
func clash(old, f Field) (part, what string) {
	quantity := f.Type == TypeInteger || f.Type == TypeDecimal // money is stored in fen, whatever its unit
	switch {
	case old.Type != f.Type:
		return "type", "类型"
	case f.Type == TypeDecimal && old.Scale != f.Scale:
		return "scale", "小数位数"
	case quantity && strings.TrimSpace(old.Unit) != strings.TrimSpace(f.Unit):
		return "unit", "计量单位"
	case old.Sensitive != f.Sensitive:
		return "sensitive", "是否敏感"
	case old.Subject != f.Subject:
		return "subject", "是否纳税主体"
	}
	return "", ""
}
