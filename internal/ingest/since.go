package ingest

import (
	"slices"

	"taxportal/internal/models"
)

// since holds the rows against the day from which the item asks for what was registered (plan 二(二)20, 2019年2月1日起登记的).
type since struct {
	field int // the field that tells when a row was registered, −1 for none
	day   string
	words string // the day as people read it
}

// SinceField returns the field that tells when a row of the register was registered, and false if the template has none: the
// first required date of the key, else the first required date.
func SinceField(fields []models.Field) (models.Field, bool) {
	if at := sinceAt(fields); at >= 0 {
		return fields[at], true
	}
	return models.Field{}, false
}

func sinceAt(fields []models.Field) int {
	date := func(f models.Field) bool {
		return f.Required && (f.Type == models.TypeDate || f.Type == models.TypeTime)
	}
	if at := slices.IndexFunc(fields, func(f models.Field) bool { return f.Key && date(f) }); at >= 0 {
		return at
	}
	return slices.IndexFunc(fields, date)
}

func newSince(fields []models.Field, day models.Day) since {
	if day == "" {
		return since{field: -1}
	}
	return since{field: sinceAt(fields), day: string(day), words: day.Time().Format("2006年1月2日")}
}

// checkSince refuses a row that was registered before the item's day. A date that is wrong already is not told of twice.
func (c *Checker) checkSince(values []models.Value) (failed bool) {
	at := c.since.field
	if at < 0 || c.scratch.bad[at] || values[at].Null || values[at].Text >= c.since.day {
		return false
	}
	c.scratch.bad[at] = true
	c.scratch.issues = append(c.scratch.issues, located{at, wrong("item.since", "“"+c.columns[at].field.Name+"”早于本目录项的登记起始日",
		"核对日期；起始日之前登记的不在本目录项之内，请删去该行", "早于本目录项的登记起始日 "+c.since.words)})
	return true
}
