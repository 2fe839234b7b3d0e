// Package calendarview shows the working calendar: a year on one sheet, how the Office changes it, and what followed from
// each change (practice.md §5, Calendar).
package calendarview

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// YearPage is one year as twelve small months.
type YearPage struct {
	Shell    layout.Shell
	Now      time.Time
	Year     models.CalendarYear
	Bar      components.FilterBar
	Next     components.Next
	Months   []Month
	Workdays int
	Holidays []Holiday
	Recent   []models.CalendarChange
	Changes  int64
	CanEdit  bool
}

// Month is one month, in weeks from Monday to Sunday.
type Month struct {
	Name     string
	Workdays int
	Weeks    [][7]Cell
}

// Cell is one day of a month; a Cell of day 0 belongs to the month before or after.
type Cell struct {
	Day   int
	Mark  models.DayMark // against the day of the week
	Free  bool           // not worked
	Today bool
	Name  string // of the holiday
}

func (c Cell) class() string {
	class := ""
	switch {
	case c.Mark == models.DayOff:
		class = "off"
	case c.Mark == models.DayWork:
		class = "work"
	case c.Free && c.Day > 0:
		class = "free"
	}
	if c.Today {
		class += " today"
	}
	return class
}

// mark is the one character beside the day.
func (c Cell) mark() string {
	return map[models.DayMark]string{models.DayOff: "休", models.DayWork: "班"}[c.Mark]
}

// Holiday is one holiday as the notice arranges it.
type Holiday struct {
	Name string
	Off  string // 10月1日—7日
	Days int
	Work string // 9月20日（周日）、10月10日（周六）
	Own  string // its own source, where it is not the notice's
}

// Badge says whether the year's notice is out.
func Badge(y models.CalendarYear) components.Badge {
	if y.Known {
		return components.Badge{Family: components.FamilyOK, Icon: components.IconCircleCheck, Word: "通知已录入"}
	}
	return components.Badge{Family: components.FamilyDue, Icon: components.IconClockExclamation, Word: "暂定"}
}

func (p YearPage) title() string { return strconv.Itoa(p.Year.Year) + "年工作日历" }

func (p YearPage) sub() string { return "全年 " + strconv.Itoa(p.Workdays) + " 个工作日" }

func (p YearPage) actions() []components.Action {
	list := []components.Action{{Label: "打印", Icon: components.IconPrinter, Print: true}}
	if !p.CanEdit {
		return list
	}
	notice := paths.CalendarNotice // of the next year that lacks one
	if !p.Year.Known {
		notice = paths.With(notice, "year", strconv.Itoa(p.Year.Year))
	}
	return append(list, components.Action{Label: "调整一天", Icon: components.IconPencil, URL: paths.CalendarDay},
		components.Action{Label: "录入年度通知", Icon: components.IconCalendarEvent, Style: components.StylePrimary, URL: templ.SafeURL(notice)})
}

// basis says by what the year stands.
func (p YearPage) basis() []components.Fact {
	facts := []components.Fact{{Term: "依据", Text: orDash(p.Year.Source)}}
	if !p.Year.Known {
		facts = append(facts, components.Fact{Term: "暂定", Text: "国务院办公厅还没有公布这一年的安排，或者办公室还没有录入。落在这一年的期限都标明暂定，录入后未完成任务的期限随之调整。"})
	}
	if p.Year.ChangedAt != 0 {
		facts = append(facts, components.Fact{Term: "录入", Text: p.Year.ChangedName + "　" + words.Full(p.Year.ChangedAt)})
	}
	return append(facts, components.Fact{Term: "规则", Text: "未列出的日子，周一至周五上班，周六、周日休息；报送期限遇休息日顺延到下一个工作日。"})
}

var holidayColumns = []components.Column{{Label: "节日"}, {Label: "放假"}, {Label: "天数", Num: true}, {Label: "调休上班"}}

func (p YearPage) noHolidays() *components.Nothing {
	if len(p.Holidays) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconCalendar, Title: "这一年还没有放假安排", Text: "目前只按周六、周日休息计算，期限都是暂定的。", InPanel: true}
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// Events are changes as a history.
func Events(changes []models.CalendarChange, now time.Time) []components.Event {
	var list []components.Event
	for _, c := range changes {
		list = append(list, components.Event{When: words.When(c.At, now), DateTime: words.Machine(c.At),
			What: components.Sentence{components.Plain(c.ActorName + "　"), components.Linked(c.What, templ.SafeURL(paths.ToCalendarChange(c.ID))),
				components.Plain("；" + Followed(c))}, Quote: c.Reason + "（" + c.Source + "）"})
	}
	return list
}

// Followed says what a change did to the tasks.
func Followed(c models.CalendarChange) string {
	switch {
	case c.State == models.CalendarFollowing:
		return "任务期限正在后台调整，已调整 " + components.Thousands(c.Moved) + " 项"
	case c.Moved == 0:
		return "没有任务的期限需要调整"
	}
	return components.Thousands(c.Moved) + " 项任务的期限随之调整"
}
