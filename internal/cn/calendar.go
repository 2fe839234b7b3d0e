package cn

import (
	"fmt"
	"time"
)

// DayKind says what a row of the working calendar makes of its day.
type DayKind string

// The kinds of rows. A day without a row is a working day from Monday to Friday and free otherwise.
const (
	DayHoliday DayKind = "holiday" // 放假, weekday or weekend
	DayWorkday DayKind = "workday" // 调休上班: a Saturday or Sunday that is worked
)

// CalendarRow is one day that the yearly notice of the State Council's office takes out of the ordinary week.
type CalendarRow struct {
	Day  string // ISO
	Kind DayKind
	Name string // the holiday: 国庆节
}

// Calendar knows which days are worked. It is immutable and safe for concurrent use.
type Calendar struct {
	rows  map[int64]CalendarRow
	known map[int]bool
}

// NewCalendar builds a calendar from its rows, in any order. known lists the years whose notice is out; all days of
// other years are provisional, their rows (from the law on public holidays) count all the same. It refuses a day that
// is none, an unknown kind, and two rows for one day.
func NewCalendar(known []int, rows []CalendarRow) (*Calendar, error) {
	c := &Calendar{rows: make(map[int64]CalendarRow, len(rows)), known: make(map[int]bool, len(known))}
	for _, year := range known {
		c.known[year] = true
	}
	for _, row := range rows {
		day, ok := ParseDay(row.Day)
		if !ok {
			return nil, fmt.Errorf("calendar: %q is no day", row.Day)
		}
		if row.Kind != DayHoliday && row.Kind != DayWorkday {
			return nil, fmt.Errorf("calendar: day %s has unknown kind %q", row.Day, row.Kind)
		}
		if _, twice := c.rows[dayNumber(day)]; twice {
			return nil, fmt.Errorf("calendar: day %s has two rows", row.Day)
		}
		c.rows[dayNumber(day)] = row
	}
	return c, nil
}

// dayNumber counts days from 1970-01-01.
func dayNumber(day time.Time) int64 { return civil(day).Unix() / 86400 }

// IsWorkday reports whether the day is worked.
func (c *Calendar) IsWorkday(day time.Time) bool {
	if row, ok := c.rows[dayNumber(day)]; ok {
		return row.Kind == DayWorkday
	}
	return !weekend(day)
}

func weekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

// Holiday returns the name of the holiday that the day is off for, "" for a working day or an ordinary weekend.
func (c *Calendar) Holiday(day time.Time) string {
	if row, ok := c.rows[dayNumber(day)]; ok && row.Kind == DayHoliday {
		return row.Name
	}
	return ""
}

// AddWorkdays returns the n-th working day after day. Day zero does not count, whether it is worked or not; with n = 0
// it is returned as it is. A negative n counts backwards.
func (c *Calendar) AddWorkdays(day time.Time, n int) time.Time {
	day = civil(day)
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		day = day.AddDate(0, 0, step)
		if c.IsWorkday(day) {
			n--
		}
	}
	return day
}

// NextWorkday returns day if it is worked, else the first working day after it: where a deadline in calendar days
// that falls on a free day comes to lie.
func (c *Calendar) NextWorkday(day time.Time) time.Time {
	day = civil(day)
	for !c.IsWorkday(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// WorkdaysBetween counts the working days after from up to and including to, so that
// WorkdaysBetween(d, AddWorkdays(d, n)) is n for n ≥ 0. If to lies before from the count is that of the days after to
// up to and including from, negative: how many working days late.
func (c *Calendar) WorkdaysBetween(from, to time.Time) int {
	from, to = civil(from), civil(to)
	if to.Before(from) {
		return -c.WorkdaysBetween(to, from)
	}
	n := 0
	for day := from.AddDate(0, 0, 1); !day.After(to); day = day.AddDate(0, 0, 1) {
		if c.IsWorkday(day) {
			n++
		}
	}
	return n
}

// newYearWindow is the first day of December that a notice for the next year has ever moved (2007: Saturday the 29th
// was worked), with a margin.
const newYearWindow = 25

// Provisional reports whether what the calendar says of the day may still change: its year's notice is not out, or it
// lies in the last week of December and the next year's, which arranges the New Year holiday, is not.
func (c *Calendar) Provisional(day time.Time) bool {
	year, month, date := day.Date()
	if !c.known[year] {
		return true
	}
	return month == time.December && date >= newYearWindow && !c.known[year+1]
}

// Known reports whether the notice for the year is out.
func (c *Calendar) Known(year int) bool { return c.known[year] }
