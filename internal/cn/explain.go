package cn

import (
	"strconv"
	"time"
)

// CalendarDay is one tile of 'how the due date came about'.
type CalendarDay struct {
	Day         string // ISO
	Weekday     time.Weekday
	Workday     bool
	Kind        DayKind // the row's kind, or empty for an ordinary day
	Name        string  // the holiday of the row: 国庆节
	Count       int     // how many working days have been counted up to and including this day; 0 on day zero
	Zero        bool    // the day from which counting starts
	Provisional bool
}

// Label says in Chinese what the day counts for: 第 0 日, 第 3 个工作日, 第 4 个工作日（国庆节调休上班）, 国庆节放假, 周末.
func (d CalendarDay) Label() string {
	switch {
	case d.Zero:
		return "第 0 日"
	case d.Workday && d.Kind == DayWorkday:
		return "第 " + strconv.Itoa(d.Count) + " 个工作日（" + d.Name + "调休上班）"
	case d.Workday:
		return "第 " + strconv.Itoa(d.Count) + " 个工作日"
	case d.Kind == DayHoliday:
		return d.Name + "放假"
	}
	return "周末"
}

// explainLimit bounds the list that Explain returns.
const explainLimit = 3660

// Explain lists every day from day zero to the last, each with what it counts for. It returns nil if to lies before
// from, and at most ten years of days.
func (c *Calendar) Explain(from, to time.Time) []CalendarDay {
	from, to = civil(from), civil(to)
	var out []CalendarDay
	count := 0
	for day := from; !day.After(to) && len(out) < explainLimit; day = day.AddDate(0, 0, 1) {
		row := c.rows[dayNumber(day)]
		d := CalendarDay{Day: FormatDay(day), Weekday: day.Weekday(), Workday: c.IsWorkday(day), Kind: row.Kind,
			Name: row.Name, Zero: day.Equal(from), Provisional: c.Provisional(day)}
		if d.Workday && !d.Zero {
			count++
		}
		d.Count = count
		out = append(out, d)
	}
	return out
}
