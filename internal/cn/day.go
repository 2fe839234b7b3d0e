package cn

import "time"

// A calendar day travels as an ISO text, 2006-01-02, and is inside this package a time at midnight UTC. A function
// that takes a day looks only at the year, month and day that the time shows in its own zone.

const isoDay = "2006-01-02"

// Date returns the day as a time.
func Date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// ParseDay reads an ISO day strictly; it is for the portal's own texts, ParseDate for those of people.
func ParseDay(iso string) (time.Time, bool) {
	t, err := time.Parse(isoDay, iso)
	return t, err == nil
}

// FormatDay writes a day in ISO form.
func FormatDay(day time.Time) string { return day.Format(isoDay) }

// civil drops the clock and the zone of t.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// realDay reports whether the month has such a day.
func realDay(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= daysIn(year, month)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
