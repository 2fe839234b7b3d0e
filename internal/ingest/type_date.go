package ingest

import (
	"strings"
	"time"

	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// convertDate takes a day: a date cell, a plain number that counts days, or text in any form that has one reading.
func convertDate(c *column, cell *sheet.Cell) (models.Value, []issue) {
	var day time.Time
	var p *cn.Problem
	switch cell.Kind {
	case sheet.Number:
		day, p = cn.ParseSerial(cell.Text, c.date04)
	case sheet.Bool:
		return models.Value{}, []issue{c.notRead("逻辑值不是日期", "")}
	default:
		day, p = cn.ParseDate(cell.Text)
	}
	if p != nil {
		return models.Value{}, []issue{c.dateProblem(p)}
	}
	text := cell.Text
	if cell.Kind == sheet.Number || !isoDay(text) {
		text = cn.FormatDay(day)
	}
	return models.Value{Text: text}, c.checkDay(text)
}

// convertMonth takes a month. A plain number with decimals is refused: 2020.10 loses its zero in a number cell.
func convertMonth(c *column, cell *sheet.Cell) (models.Value, []issue) {
	if cell.Kind == sheet.Number && strings.Contains(cell.Text, ".") {
		return models.Value{}, []issue{c.dateProblem(&cn.Problem{Rule: cn.RuleAmbiguous, Severity: cn.Error,
			Message: "数字单元格中的 " + cell.Text + " 分不清是 1 月还是 10 月", Hint: c.kind.general})}
	}
	month, p := cn.ParseMonth(cell.Text)
	if p != nil {
		return models.Value{}, []issue{c.dateProblem(p)}
	}
	return models.Value{Text: month}, c.checkDay(month)
}

// convertTime takes a day with its time of day, to the minute.
func convertTime(c *column, cell *sheet.Cell) (models.Value, []issue) {
	var at time.Time
	var p *cn.Problem
	if cell.Kind == sheet.Number {
		at, p = cn.ParseSerialTime(cell.Text, c.date04)
	} else {
		at, p = cn.ParseDateTime(cell.Text)
	}
	if p != nil {
		return models.Value{}, []issue{c.dateProblem(p)}
	}
	text := at.Format("2006-01-02 15:04")
	return models.Value{Text: text}, c.checkDay(text)
}

// dateProblem words what cn found: what has two readings is a rule of its own, because its cure is another.
func (c *column) dateProblem(p *cn.Problem) issue {
	i := c.notRead(p.Message, p.Suggest)
	switch p.Rule {
	case cn.RuleAmbiguous:
		i.rule, i.title = "date.ambiguous", "“"+c.field.Name+"”有两种读法"
	case cn.RuleRange:
		i.rule, i.title, i.general = "date.range", "“"+c.field.Name+"”超出合理范围", "核对年份"
	}
	return i
}

// notRead tells that a cell cannot be read as day, month or time.
func (c *column) notRead(message, suggest string) issue {
	return wrong("type."+string(c.field.Type), "“"+c.field.Name+"”无法识别为"+c.kind.title, c.kind.general, message).suggesting(suggest)
}

// checkDay holds an ISO text against the field's bounds; a bound of a day holds for all times of that day.
func (c *column) checkDay(text string) []issue {
	if c.low != nil && text < c.low.text {
		return []issue{c.outsideDay("range.min", "早于", "不早于", c.low)}
	}
	if c.high != nil && text[:min(len(text), len(c.high.text))] > c.high.text {
		return []issue{c.outsideDay("range.max", "晚于", "不晚于", c.high)}
	}
	return nil
}

func (c *column) outsideDay(rule, than, within string, b *bound) issue {
	return wrong(rule, "“"+c.field.Name+"”"+than+b.words, "核对年份和月份，应"+within+b.words, than+b.words)
}

// isoDay reports whether a text that was read as a day stands in ISO form already.
func isoDay(s string) bool { return len(s) == 10 && s[4] == '-' && s[7] == '-' }
