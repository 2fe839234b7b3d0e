package models

import "time"

// Zone is the zone in which the portal reads and writes calendar days and clock times (Asia/Shanghai, no summer time).
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Instant is a moment: milliseconds since 1970-01-01 UTC, the same on both database engines.
// Zero means 'not yet'.
type Instant int64

// At turns a time into an Instant.
func At(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time returns the moment in the portal's zone.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).In(Zone) }

// IsZero reports whether the moment has not come to be set.
func (i Instant) IsZero() bool { return i == 0 }

// Before reports whether i is earlier than other.
func (i Instant) Before(other Instant) bool { return i < other }

// Add returns the moment d later.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d.Milliseconds()) }

// Day returns the calendar day of the moment in the portal's zone.
func (i Instant) Day() Day { return Day(i.Time().Format(dayForm)) }

const dayForm = "2006-01-02"

// Day is a calendar day in ISO form, 2026-11-25. The empty Day means 'none'.
type Day string

// DayOf returns the calendar day of t in the portal's zone.
func DayOf(t time.Time) Day { return Day(t.In(Zone).Format(dayForm)) }

// Valid reports whether d is a real calendar day.
func (d Day) Valid() bool {
	_, err := time.ParseInLocation(dayForm, string(d), Zone)
	return err == nil
}

// Time returns midnight of the day in the portal's zone, or the zero time if d is no day.
func (d Day) Time() time.Time {
	t, err := time.ParseInLocation(dayForm, string(d), Zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// At returns the moment at hour:minute of the day.
func (d Day) At(hour, minute int) Instant {
	return At(d.Time().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute))
}

// AddDays returns the day n calendar days later.
func (d Day) AddDays(n int) Day { return DayOf(d.Time().AddDate(0, 0, n)) }
