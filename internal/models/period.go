package models

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cycle says how often an item is filed.
type Cycle string

// The cycles. Event items ('as it happens') are filed monthly, and a nil return is normal for them.
const (
	CycleMonth   Cycle = "month"
	CycleQuarter Cycle = "quarter"
	CycleHalf    Cycle = "half"
	CycleYear    Cycle = "year"
	CycleOnce    Cycle = "once"
	CycleEvent   Cycle = "event"
)

// Period is the key of a filing period: 2026-10, 2026-Q3, 2026-H2, 2026, once (DESIGN §5).
type Period string

// PeriodAt returns the period of the cycle that contains the month of t.
func PeriodAt(c Cycle, t time.Time) Period {
	t = t.In(Zone)
	y, m := t.Year(), int(t.Month())
	switch c {
	case CycleQuarter:
		return Period(fmt.Sprintf("%04d-Q%d", y, (m+2)/3))
	case CycleHalf:
		return Period(fmt.Sprintf("%04d-H%d", y, (m+5)/6))
	case CycleYear:
		return Period(fmt.Sprintf("%04d", y))
	case CycleOnce:
		return "once"
	default:
		return Period(fmt.Sprintf("%04d-%02d", y, m))
	}
}

// span returns the first month of the period and its length in months; ok is false for once and for broken keys.
func (p Period) span() (first time.Time, months int, ok bool) {
	year, rest, _ := strings.Cut(string(p), "-")
	y, err := strconv.Atoi(year)
	if err != nil || len(year) != 4 || y < 1900 {
		return time.Time{}, 0, false
	}
	month := func(m, n int) (time.Time, int, bool) {
		return time.Date(y, time.Month(m), 1, 0, 0, 0, 0, Zone), n, true
	}
	if rest == "" {
		if string(p) != year {
			return time.Time{}, 0, false
		}
		return month(1, 12)
	}
	if len(rest) != 2 {
		return time.Time{}, 0, false
	}
	n, err := strconv.Atoi(strings.TrimLeft(rest, "QH"))
	if err != nil {
		return time.Time{}, 0, false
	}
	switch {
	case rest[0] == 'Q' && n >= 1 && n <= 4:
		return month(3*n-2, 3)
	case rest[0] == 'H' && n >= 1 && n <= 2:
		return month(6*n-5, 6)
	case rest[0] >= '0' && rest[0] <= '1' && n >= 1 && n <= 12:
		return month(n, 1)
	}
	return time.Time{}, 0, false
}

// Valid reports whether p is a well-formed period key.
func (p Period) Valid() bool {
	_, _, ok := p.span()
	return ok || p == "once"
}

// First returns the first day of the period, or "" for once.
func (p Period) First() Day {
	if first, _, ok := p.span(); ok {
		return DayOf(first)
	}
	return ""
}

// Last returns the last day of the period, or "" for once.
func (p Period) Last() Day {
	if first, months, ok := p.span(); ok {
		return DayOf(first.AddDate(0, months, -1))
	}
	return ""
}

// Month returns the column of the compliance matrix in which the period stands: its last month, as 2026-10.
// A task without a period of its own (once) stands in the month of its due date, which the caller gives.
func (p Period) Month(due Instant) string {
	if first, months, ok := p.span(); ok {
		return first.AddDate(0, months-1, 0).Format("2006-01")
	}
	return due.Time().Format("2006-01")
}

// Next returns the period that follows, or "" for once.
func (p Period) Next() Period { return p.shift(1) }

// Prev returns the period before, or "" for once.
func (p Period) Prev() Period { return p.shift(-1) }

func (p Period) shift(n int) Period {
	first, months, ok := p.span()
	if !ok {
		return ""
	}
	cycle := map[int]Cycle{1: CycleMonth, 3: CycleQuarter, 6: CycleHalf, 12: CycleYear}[months]
	return PeriodAt(cycle, first.AddDate(0, n*months, 0))
}

// Compact returns the key as it stands in task codes: 202610, 2026Q3, 2026H2, 2026, once.
func (p Period) Compact() string { return strings.ReplaceAll(string(p), "-", "") }

// Label returns the period as a reader sees it: 2026年10月期, 2026年第3季度, 2026年下半年, 2026年度, 一次性.
func (p Period) Label() string {
	first, months, ok := p.span()
	if !ok {
		return "一次性"
	}
	y, m := first.Year(), int(first.Month())
	switch months {
	case 1:
		return fmt.Sprintf("%d年%d月期", y, m)
	case 3:
		return fmt.Sprintf("%d年第%d季度", y, (m+2)/3)
	case 6:
		return fmt.Sprintf("%d年%s", y, map[int]string{1: "上半年", 7: "下半年"}[m])
	default:
		return fmt.Sprintf("%d年度", y)
	}
}
