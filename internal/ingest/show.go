package ingest

import (
	"fmt"
	"strings"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// Plain writes a stored value as it may be typed in again: numbers without separators in the field's own unit, money
// with at least two decimals, yes/no as 是/否, list entries by code. An empty cell is the empty text.
func Plain(f models.Field, v models.Value) string {
	switch {
	case v.Null:
		return ""
	case f.Type == models.TypeBool:
		return map[bool]string{true: "是", false: "否"}[v.Int != 0]
	case f.Type == models.TypeMoney:
		return atLeast(decimalOf(f, v.Int), 2)
	case f.Numeric():
		return decimalOf(f, v.Int).String()
	}
	return v.Text
}

// Display writes a stored value for a reader: as Plain, with separators between groups of three digits, and '—' for an
// empty cell. Identifiers and years are never grouped. The unit stands in the column's title, not here.
func Display(f models.Field, v models.Value) string {
	switch s := Plain(f, v); {
	case v.Null:
		return "—"
	case f.Type == models.TypeMoney || f.Type == models.TypeDecimal || f.Type == models.TypeInteger:
		return grouped(s)
	default:
		return s
	}
}

// DisplayCode is Display for a field of a code list: the entry's name behind its code.
func DisplayCode(def *models.Definition, f models.Field, v models.Value) string {
	if list, ok := def.List(f.List); ok && !v.Null && f.Type == models.TypeCode {
		for _, item := range list.Items {
			if item.Code == v.Text {
				return item.Name
			}
		}
	}
	return Display(f, v)
}

// atLeast writes a decimal without zeros at its end, but with at least n decimals.
func atLeast(d cn.Decimal, n int) string {
	for d.Scale > n && d.Unscaled%10 == 0 {
		d.Unscaled /= 10
		d.Scale--
	}
	return d.String()
}

// grouped puts commas between groups of three digits.
func grouped(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, hasFraction := strings.Cut(s, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if hasFraction {
		b.WriteString("." + fraction)
	}
	return sign + b.String()
}

// Mask hides a value of a sensitive field so that it can be told from its neighbours but not be used. What a mask
// leaves is fixed by the type: package cn says it for identifiers, of dates the year stays, of numbers nothing.
func Mask(t models.FieldType, value string) string {
	if value == "" {
		return ""
	}
	kind, ok := typeOf(t)
	if !ok || kind.mask == nil {
		return "***"
	}
	return kind.mask(value)
}

func maskWith(kind cn.Kind) func(string) string {
	return func(v string) string { return cn.Mask(kind, cn.Normalise(kind, v)) }
}

// maskDate leaves the year where there is one, and the marks between the parts: the value may be anything that somebody
// took for a date.
func maskDate(v string) string {
	if len(v) < 4 || strings.Trim(v[:4], "0123456789") != "" {
		return "***"
	}
	return v[:4] + strings.Map(func(r rune) rune {
		if strings.ContainsRune("-/.: 年月日", r) {
			return r
		}
		return '*'
	}, v[4:])
}

// TypeTitle is what readers call a type: 统一社会信用代码.
func TypeTitle(t models.FieldType) string {
	kind, ok := typeOf(t)
	if !ok {
		return string(t)
	}
	return kind.title
}

// Example is a synthetic value of the field for the workbook: the template's own, or its type's. For a code list it
// is empty unless the template names one.
func Example(f models.Field) string {
	if f.Example != "" {
		return f.Example
	}
	kind, ok := typeOf(f.Type)
	switch {
	case !ok:
		return ""
	case f.Type == models.TypeDecimal && f.Scale < 2:
		return "128"
	}
	return kind.example
}

// Describe says in words what a field takes, for the comment on its column: 必填；18 位统一社会信用代码…；本批次内不得重复.
func Describe(f models.Field) string {
	parts := []string{map[bool]string{true: "必填", false: "选填"}[f.Required], describeType(f)}
	add := func(condition bool, text string) {
		if condition {
			parts = append(parts, text)
		}
	}
	day := f.Type == models.TypeDate || f.Type == models.TypeMonth || f.Type == models.TypeTime
	than := map[bool][2]string{true: {"不早于", "不晚于"}, false: {"不小于 ", "不大于 "}}[day]
	add(f.MinLen > 0, fmt.Sprintf("至少 %d 个字", f.MinLen))
	add(f.MaxLen > 0, fmt.Sprintf("最多 %d 个字", f.MaxLen))
	add(f.Min != "", than[0]+dayWord(f.Min))
	add(f.Max != "", than[1]+dayWord(f.Max))
	add(f.Pattern != "" && f.Hint != "", strings.TrimSuffix(f.Hint, "。"))
	add(f.Key, "本批次内不得重复")
	add(f.Standard != "", "标准："+strings.TrimSuffix(f.Standard, "。"))
	add(f.Caliber != "", "口径："+strings.TrimSuffix(f.Caliber, "。"))
	return strings.Join(parts, "；") + "。"
}

// describeType says how a value of the field must look.
func describeType(f models.Field) string {
	kind, _ := typeOf(f.Type)
	unit := ""
	if f.Unit != "" {
		unit = "，单位" + f.Unit
	}
	switch f.Type {
	case models.TypeText:
		return "文本"
	case models.TypeInteger:
		return "整数" + unit
	case models.TypeDecimal:
		return fmt.Sprintf("数字，最多 %d 位小数%s", f.Scale, unit)
	case models.TypeMoney:
		scale, _ := moneyScale(f.Unit)
		return fmt.Sprintf("金额，单位%s，最多 %d 位小数", orYuan(f.Unit), scale)
	case models.TypeCode:
		return "从下拉框中选择，填名称或代码"
	case models.TypeTaxpayer:
		if len(f.Accept) == 0 {
			return "统一社会信用代码、旧注册号或原纳税人识别号、身份证号码或护照号码"
		}
		names := make([]string, len(f.Accept))
		for i, a := range f.Accept {
			names[i] = kindName(cn.Kind(a))
		}
		return strings.Join(names, "、")
	}
	return kind.words
}

func dayWord(s string) string {
	if s == "today" {
		return "今天"
	}
	return s
}
