package models

import "fmt"

// DueHour is the hour until which a due day lasts: one setting for the whole portal (DESIGN §5).
type DueHour int

// DefaultDueHour is the plan's: a due day lasts until 17:00.
const DefaultDueHour DueHour = 17

// On is the moment at which what is due on a day is late.
func (h DueHour) On(day Day) Instant { return day.At(int(h), 0) }

// String writes the hour as people read it: 17:00.
func (h DueHour) String() string { return fmt.Sprintf("%02d:00", int(h)) }

// Valid reports whether the hour lies within a day, so that a due moment is on its due day.
func (h DueHour) Valid() bool { return h >= 1 && h <= 23 }
