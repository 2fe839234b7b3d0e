package models

import "fmt"

// Holiday is a day whose kind departs from its day of the week (State Council's yearly notice).
type Holiday struct {
	Day     Day  `gorm:"primaryKey"`
	Workday bool // true: a Saturday or Sunday that is worked (调休)
	Name    string
	Notice  int    // the year whose notice named it: New Year's may begin in the December before
	Source  string // of a day that was changed by itself; empty: the year's notice
}

// CalendarYear is what is known of a year: whether its notice is out. Until then its deadlines are 暂定.
type CalendarYear struct {
	Year        int `gorm:"primaryKey;autoIncrement:false"`
	Known       bool
	Source      string // the notice: title, number, date
	ChangedAt   Instant
	ChangedName string
}

// CalendarChangeKind tells a changed day from a whole year's notice.
type CalendarChangeKind string

// The kinds of changes.
const (
	CalendarDayChange    CalendarChangeKind = "day"
	CalendarNoticeChange CalendarChangeKind = "notice"
)

// Label returns the kind in words.
func (k CalendarChangeKind) Label() string {
	return map[CalendarChangeKind]string{CalendarDayChange: "调整一天", CalendarNoticeChange: "录入通知"}[k]
}

// CalendarState says whether the due dates have followed a change.
type CalendarState string

// The states of a change.
const (
	CalendarFollowing CalendarState = "following" // a job moves the tasks
	CalendarDone      CalendarState = "done"
)

// CalendarChange is one change of the working calendar: its history, append-only.
type CalendarChange struct {
	ID        int64 `gorm:"primaryKey"`
	Revision  int64 // the calendar's, after the change
	Year      int
	Kind      CalendarChangeKind
	What      string // 2026年11月25日（周三）由工作日改为休息日
	Reason    string
	Source    string
	Days      []CalendarDayMove `gorm:"serializer:json"`
	State     CalendarState
	Moved     int64 // tasks whose due date followed
	ActorID   int64
	ActorName string
	ActorPost string
	At        Instant
}

// Because says in one clause why a due date moved: 因 2026年11月25日（周三）由工作日改为休息日（暴雪停工）.
func (c CalendarChange) Because() string {
	return fmt.Sprintf("因 %s（%s）", c.What, c.Reason)
}

// CalendarDayMove is one day of a change: 工作日 → 休.
type CalendarDayMove struct {
	Day  Day     `json:"day"`
	From DayMark `json:"from"`
	To   DayMark `json:"to"`
	Name string  `json:"name,omitempty"`
}

// DayMark is what the calendar says of a day against its day of the week.
type DayMark string

// The marks.
const (
	DayNormal DayMark = "normal" // by the day of the week
	DayOff    DayMark = "off"    // 休
	DayWork   DayMark = "work"   // 班
)

// Label returns the mark in words.
func (m DayMark) Label() string {
	return map[DayMark]string{DayNormal: "按星期", DayOff: "休息日", DayWork: "上班日"}[m]
}

// DueChange is one task whose due date followed the calendar.
type DueChange struct {
	ID       int64 `gorm:"primaryKey"`
	ChangeID int64
	Change   *CalendarChange
	TaskID   int64
	Task     *FilingTask
	FromDue  Instant
	ToDue    Instant
	FromLock Instant
	ToLock   Instant
	At       Instant
}
