package cn

import (
	"fmt"
	"time"
)

// CalendarFile is the content of seed/calendar.yaml. It follows the wording of the yearly notices, so that a clerk
// can hold one beside the other.
type CalendarFile struct {
	Years []CalendarYear `yaml:"years"`
}

// CalendarYear is one year's notice.
type CalendarYear struct {
	Year     int            `yaml:"year"`
	Known    bool           `yaml:"known"`  // whether the notice is out; false: from the law alone, provisional
	Source   string         `yaml:"source"` // the notice: title, number, date, address
	Holidays []CalendarSpan `yaml:"holidays"`
}

// CalendarSpan is one holiday: the days off, both ends included, and the Saturdays and Sundays worked for it.
type CalendarSpan struct {
	Name string   `yaml:"name"`
	From string   `yaml:"from"` // ISO
	To   string   `yaml:"to"`   // ISO
	Work []string `yaml:"work"` // ISO
}

// longestHoliday bounds a span, against slips of the pen.
const longestHoliday = 15

// Rows returns the years whose notice is out and all rows of the file, for NewCalendar and for the database. It
// refuses a span that is none or is longer than 15 days, and a worked day that is no Saturday or Sunday.
func (f CalendarFile) Rows() (known []int, rows []CalendarRow, err error) {
	for _, y := range f.Years {
		if y.Known {
			known = append(known, y.Year)
		}
		for _, span := range y.Holidays {
			if rows, err = span.appendTo(rows); err != nil {
				return nil, nil, fmt.Errorf("calendar year %d: %w", y.Year, err)
			}
		}
	}
	return known, rows, nil
}

func (s CalendarSpan) appendTo(rows []CalendarRow) ([]CalendarRow, error) {
	from, okFrom := ParseDay(s.From)
	to, okTo := ParseDay(s.To)
	if !okFrom || !okTo || to.Before(from) || to.Sub(from) > longestHoliday*24*time.Hour {
		return nil, fmt.Errorf("holiday %s: %q to %q is no span of days", s.Name, s.From, s.To)
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		rows = append(rows, CalendarRow{Day: FormatDay(day), Kind: DayHoliday, Name: s.Name})
	}
	for _, work := range s.Work {
		day, ok := ParseDay(work)
		if !ok || !weekend(day) {
			return nil, fmt.Errorf("holiday %s: worked day %q is no Saturday or Sunday", s.Name, work)
		}
		rows = append(rows, CalendarRow{Day: work, Kind: DayWorkday, Name: s.Name})
	}
	return rows, nil
}
