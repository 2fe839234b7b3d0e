package demo

import (
	"time"

	"taxportal/internal/cn"
	"taxportal/internal/models"
	"taxportal/seed"
)

// hours are when the people of the story work: they take no step at night, over lunch or on a day off.
type hours struct{ calendar *cn.Calendar }

// shifts are the two halves of a working day, in minutes after midnight.
var shifts = [2][2]int{{9 * 60, 12 * 60}, {14 * 60, 17 * 60}}

// workHours reads the working calendar of the plan.
func workHours() (hours, error) {
	file, err := seed.Calendar()
	if err != nil {
		return hours{}, err
	}
	known, rows, err := file.Rows()
	if err != nil {
		return hours{}, err
	}
	calendar, err := cn.NewCalendar(known, rows)
	return hours{calendar}, err
}

// shift is one half of a working day.
type shift struct{ begin, end time.Time }

// on returns the shifts of a day, none for a day off.
func (h hours) on(day models.Day) []shift {
	midnight := day.At(0, 0).Time().In(models.Zone)
	if !h.calendar.IsWorkday(midnight) {
		return nil
	}
	list := make([]shift, len(shifts))
	for i, s := range shifts {
		list[i] = shift{midnight.Add(time.Duration(s[0]) * time.Minute), midnight.Add(time.Duration(s[1]) * time.Minute)}
	}
	return list
}

// next returns the first working moment that is not before at.
func (h hours) next(at time.Time) time.Time {
	for day := models.DayOf(at); ; day = day.AddDays(1) {
		for _, s := range h.on(day) {
			if at.Before(s.begin) {
				return s.begin
			}
			if !at.After(s.end) {
				return at
			}
		}
	}
}

// back returns the moment before which so much working time lies between it and at.
func (h hours) back(at time.Time, work time.Duration) time.Time {
	for day := models.DayOf(at); ; day = day.AddDays(-1) {
		list := h.on(day)
		for i := len(list) - 1; i >= 0; i-- {
			s := list[i]
			if s.end.After(at) {
				s.end = at
			}
			if span := s.end.Sub(s.begin); span >= 0 && work <= span {
				return s.end.Add(-work)
			} else if span > 0 {
				work -= span
			}
		}
	}
}

// between returns how much working time lies between two moments, at most limit.
func (h hours) between(from, to time.Time, limit time.Duration) time.Duration {
	var sum time.Duration
	for day := models.DayOf(from); day <= models.DayOf(to) && sum < limit; day = day.AddDays(1) {
		for _, s := range h.on(day) {
			begin, end := s.begin, s.end
			if begin.Before(from) {
				begin = from
			}
			if end.After(to) {
				end = to
			}
			sum += max(0, end.Sub(begin))
		}
	}
	return min(sum, limit)
}
