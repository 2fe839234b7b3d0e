package handlers

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/cn"
	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// dueSoon is how many working days before its due a clock turns amber (look.md §4, Clock).
const dueSoon = 2

// dueClock puts a due moment in words as of now: 剩 5 个工作日, on the due day hours and minutes, 逾期 2 个工作日. Working
// days are counted by cal, day zero being today; the moment of the due itself is not late. A zero due is 未设期限.
func dueClock(cal *cn.Calendar, due models.Instant, now time.Time) components.Due {
	if due.IsZero() {
		return components.Due{Family: components.FamilyOff, Text: "未设期限"}
	}
	note := words.ShortDay(due, now)
	if cal.Provisional(due.Time()) {
		note += "（暂定）"
	}
	if models.At(now) > due {
		return components.Due{Family: components.FamilyLate, Text: "逾期" + workdays(cal.WorkdaysBetween(due.Time(), now.In(models.Zone))), Note: note}
	}
	if models.DayOf(now) == due.Day() {
		return components.Due{Family: components.FamilyDue, Text: "剩" + hours(due.Time().Sub(now)), Note: due.Time().Format("15:04")}
	}
	left := cal.WorkdaysBetween(now.In(models.Zone), due.Time())
	family := components.FamilyRun
	if left <= dueSoon {
		family = components.FamilyDue
	}
	return components.Due{Family: family, Text: "剩" + workdays(left), Note: note}
}

// clock answers an open page, each minute, with the clock of its 下一步 bar as it stands now. That is no use of the session:
// see quiet.
func (a *App) clock(c echo.Context) error {
	if !respond.IsHTMX(c.Request()) {
		return respond.SeeOther(c, paths.Home)
	}
	due := number(form.Query(c, "due"))
	if due <= 0 || due > lastMoment {
		return fault.New(fault.Invalid, "没有说明是哪个期限。")
	}
	calendar, err := a.Directory.Calendar(c.Request().Context())
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, components.ClockBox(dueBox(calendar, models.Instant(due), a.Now())), nil)
}

// lastMoment is the end of the year 2199: nothing is due later, and a calendar is not asked about it.
const lastMoment = 7258089600000

// quiet reports whether a page asks for a route by itself: nobody may be sitting before it, so the session goes on to age.
func quiet(path string) bool { return path == paths.Clock || path == paths.BatchProgress }

// dueBox is dueClock for the box of a 下一步 bar, whose second line tells the moment in full.
func dueBox(cal *cn.Calendar, due models.Instant, now time.Time) components.Due {
	clock := dueClock(cal, due, now)
	if due.IsZero() {
		return clock
	}
	clock.Refresh = components.URL(paths.ToClock(int64(due)))
	word := "截止 "
	if clock.Family == components.FamilyLate {
		word = "应于 "
	}
	clock.Note = word + words.ShortDay(due, now) + due.Time().Format(" 15:04")
	if cal.Provisional(due.Time()) {
		clock.Note += "（暂定）"
	}
	return clock
}

// workdays writes a count of working days after a word; days off alone, or the rest of the due day, are less than one.
func workdays(n int) string {
	if n < 1 {
		return "不足 1 个工作日"
	}
	return fmt.Sprintf(" %d 个工作日", n)
}

// hours writes what is left of the last day after a word: hours and whole minutes, never seconds.
func hours(left time.Duration) string {
	h, m := int(left.Hours()), int(left.Minutes())%60
	switch {
	case h == 0 && m == 0:
		return "不足 1 分钟"
	case h == 0:
		return fmt.Sprintf(" %d 分", m)
	case m == 0:
		return fmt.Sprintf(" %d 小时", h)
	}
	return fmt.Sprintf(" %d 小时 %d 分", h, m)
}
