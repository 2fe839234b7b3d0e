package ingest

import (
	"strconv"

	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// convertNumber takes integers, decimals and money: exact decimal arithmetic from the text of the cell, no floats.
func convertNumber(c *column, cell *sheet.Cell) (models.Value, []issue) {
	if n, ok := plainNumber(cell.Text, c.scale); ok && cell.Kind != sheet.Date {
		return models.Value{Int: n}, c.checkBounds(n)
	}
	switch cell.Kind {
	case sheet.Date:
		return models.Value{}, []issue{c.notOfType("单元格是日期格式，不是数字").advising("把单元格设为“数值”格式，重新填写")}
	case sheet.Bool:
		return models.Value{}, []issue{c.notOfType("单元格是逻辑值 " + cell.Text + "，不是数字")}
	}
	d, p := cn.ParseDecimal(cell.Text)
	if p != nil {
		i := c.notOfType(p.Message).suggesting(p.Suggest)
		if i.advice == "" {
			i.advice = p.Hint
		}
		if p.Rule == cn.RuleUnit || p.Rule == cn.RuleOverflow {
			i.rule = "type." + string(c.field.Type) + "." + string(p.Rule)
			i.title = "“" + c.field.Name + "”" + ruleTitles[p.Rule]
		}
		return models.Value{}, []issue{i}
	}
	n, ok := d.Rescale(c.scale)
	if !ok {
		return models.Value{}, []issue{c.wrongScale(d)}
	}
	return models.Value{Int: n}, c.checkBounds(n)
}

// convertYear takes a year of four digits.
func convertYear(c *column, cell *sheet.Cell) (models.Value, []issue) {
	text := cell.Text
	if cell.Kind == sheet.Date {
		return models.Value{}, []issue{c.notOfType("单元格是日期 " + text + "，本列只填年份").suggesting(text[:min(4, len(text))])}
	}
	year, p := cn.ParseYear(text)
	if p != nil {
		return models.Value{}, []issue{c.notOfType(p.Message).suggesting(p.Suggest)}
	}
	return models.Value{Int: int64(year)}, c.checkBounds(int64(year))
}

// notOfType tells that a value cannot be read as the field's type.
func (c *column) notOfType(message string) issue {
	return wrong("type."+string(c.field.Type), "“"+c.field.Name+"”不是"+c.kind.title, c.kind.general, message)
}

// wrongScale tells of more decimals than the field takes. Rounding is proposed, not done.
func (c *column) wrongScale(d cn.Decimal) issue {
	if d.Decimals() <= c.scale {
		return wrong("type."+string(c.field.Type)+".overflow", "“"+c.field.Name+"”"+ruleTitles[cn.RuleOverflow], c.kind.general, "数值过大，请核对单位")
	}
	if c.scale == 0 {
		return wrong("scale", "“"+c.field.Name+"”小数位过多", "填写不带小数的整数", "带有小数，本列只填整数").suggesting(rounded(d, 0))
	}
	limit := strconv.Itoa(c.scale)
	return wrong("scale", "“"+c.field.Name+"”小数位过多", "最多保留 "+limit+" 位小数；由公式算出的用 ROUND 取舍",
		"有 "+strconv.Itoa(d.Decimals())+" 位小数，最多 "+limit+" 位").suggesting(rounded(d, c.scale))
}

// rounded writes the decimal with at most scale decimals, half away from zero.
func rounded(d cn.Decimal, scale int) string {
	n, s := d.Unscaled, d.Scale
	up := int64(0)
	for ; s > scale; s-- {
		up = n % 10
		n /= 10
	}
	switch {
	case up >= 5:
		n++
	case up <= -5:
		n--
	}
	return cn.Decimal{Unscaled: n, Scale: s}.String()
}

// checkBounds holds a number against the field's least and greatest value.
func (c *column) checkBounds(n int64) []issue {
	if c.low != nil && n < c.low.num {
		return []issue{c.outside("range.min", "小于", "最小", c.low)}
	}
	if c.high != nil && n > c.high.num {
		return []issue{c.outside("range.max", "大于", "最大", c.high)}
	}
	return nil
}

func (c *column) outside(rule, than, most string, b *bound) issue {
	return wrong(rule, "“"+c.field.Name+"”"+than+" "+b.words, "核对数值和单位，"+most+"为 "+b.words, than+" "+b.words)
}

// plainNumber reads the commonest form, digits with at most one point and a minus, as an integer scaled by ten to the
// power of scale. It fails for anything else, of which cn.ParseDecimal knows more, and for more decimals than scale.
func plainNumber(s string, scale int) (int64, bool) {
	negative := len(s) > 1 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 18 {
		return 0, false
	}
	n, decimals, digits := int64(0), -1, 0
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch >= '0' && ch <= '9':
			if decimals >= scale {
				if ch != '0' {
					return 0, false
				}
				continue
			}
			n, digits = n*10+int64(ch-'0'), digits+1
			if decimals >= 0 {
				decimals++
			}
		case ch == '.' && decimals < 0 && i > 0 && i < len(s)-1:
			decimals = 0
		default:
			return 0, false
		}
	}
	for decimals = max(decimals, 0); decimals < scale; decimals++ {
		n, digits = n*10, digits+1
	}
	if digits > 18 {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}
