package models

import (
	"math/big"
	"regexp"
	"strings"
	"time"
)

// fieldCheck checks one field by itself; path is its place with a trailing dot.
type fieldCheck struct {
	*definitionCheck
	f    Field
	path string
}

func (c fieldCheck) all() {
	c.require(c.path+"caliber", "“"+c.f.Name+"”的口径", c.f.Caliber)
	if !c.f.Type.Known() {
		c.add(c.path+"type", "“%s”的类型 %q 不认识，请从类型列表中选择。", c.f.Name, c.f.Type)
		return
	}
	c.lengths()
	c.pattern()
	c.measure()
	c.codeList()
	c.bounds()
}

func (c fieldCheck) lengths() {
	f := c.f
	switch {
	case f.MinLen < 0 || f.MaxLen < 0:
		c.add(c.path+"max_len", "“%s”的长度不能为负数；不限的填 0。", f.Name)
	case f.MaxLen > 0 && f.MinLen > f.MaxLen:
		c.add(c.path+"max_len", "“%s”的最大长度小于最小长度。", f.Name)
	}
}

func (c fieldCheck) pattern() {
	f := c.f
	if f.Pattern == "" {
		return
	}
	if f.Type != TypeText {
		c.add(c.path+"pattern", "“%s”不是文本类型，不能再设格式；该类型自有校验。", f.Name)
	}
	if _, err := regexp.Compile(f.Pattern); err != nil {
		c.add(c.path+"pattern", "“%s”的格式不是正确的正则表达式（RE2）：%v。", f.Name, err)
	}
	c.require(c.path+"hint", "“"+f.Name+"”格式不符时的改法", f.Hint)
}

// measure checks scale, unit and the comparison with the period before, which only numbers have.
func (c fieldCheck) measure() {
	f := c.f
	if f.Scale < 0 || f.Scale > maxScale {
		c.add(c.path+"scale", "“%s”的小数位数应为 0 至 %d。", f.Name, maxScale)
	}
	if f.Scale != 0 && f.Type != TypeDecimal {
		c.add(c.path+"scale", "“%s”不是数值类型，不能设小数位数。", f.Name)
	}
	if f.Type == TypeMoney && f.Unit != "元" && f.Unit != "万元" {
		c.add(c.path+"unit", "“%s”是金额，单位应为元或万元。", f.Name)
	}
	quantity := f.Type == TypeInteger || f.Type == TypeDecimal || f.Type == TypeMoney
	if f.Prior < 0 || f.Prior > 0 && !quantity {
		c.add(c.path+"prior_percent", "“%s”不能设与上期比较：应为整数、数值或金额字段，比例不为负数。", f.Name)
	}
}

func (c fieldCheck) codeList() {
	f := c.f
	if f.Type == TypeCode {
		if _, ok := c.def.List(f.List); !ok {
			c.add(c.path+"list", "“%s”所用的字典 %q 不在模板中。", f.Name, f.List)
		}
	} else if f.List != "" {
		c.add(c.path+"list", "“%s”不是字典类型，不能指定字典。", f.Name)
	}
	if f.Type != TypeTaxpayer && len(f.Accept) > 0 {
		c.add(c.path+"accept", "“%s”不是纳税主体类型，不能限定证件种类。", f.Name)
	}
	for _, kind := range f.Accept {
		if !namesTaxpayer(FieldType(kind)) || kind == string(TypeTaxpayer) {
			c.add(c.path+"accept", "“%s”限定的证件种类 %q 不认识，应为 uscc、legacy、idcard 或 passport。", f.Name, kind)
		}
	}
}

// bounds checks that least and greatest values are values of the field's type, in order.
func (c fieldCheck) bounds() {
	f := c.f
	for _, b := range []struct{ part, text string }{{"min", f.Min}, {"max", f.Max}} {
		if b.text != "" && !boundOf(f, b.text) {
			c.add(c.path+b.part, "“%s”的取值界限 %q 不合类型：数值写数字，日期写 2026-10-08 或 today，其他类型不设界限。", f.Name, b.text)
			return
		}
	}
	if f.Min == "" || f.Max == "" || f.Min == "today" || f.Max == "today" {
		return
	}
	low, ok1 := new(big.Rat).SetString(f.Min)
	high, ok2 := new(big.Rat).SetString(f.Max)
	if ok1 && ok2 && low.Cmp(high) > 0 || !(ok1 && ok2) && f.Min > f.Max {
		c.add(c.path+"max", "“%s”的最大值小于最小值。", f.Name)
	}
}

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,8})?$`)

// boundOf reports whether text can bound values of the field.
func boundOf(f Field, text string) bool {
	switch f.Type {
	case TypeInteger, TypeYear:
		return plainNumber.MatchString(text) && !strings.Contains(text, ".")
	case TypeDecimal, TypeMoney:
		return plainNumber.MatchString(text)
	case TypeMonth:
		return text == "today" || parses("2006-01", text)
	case TypeDate, TypeTime:
		return text == "today" || Day(text).Valid()
	}
	return false
}

func parses(layout, text string) bool {
	_, err := time.ParseInLocation(layout, text, Zone)
	return err == nil
}
