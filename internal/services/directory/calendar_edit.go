package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// DayInput is what the Office gives to change one day.
type DayInput struct {
	Day      models.Day
	Mark     models.DayMark
	Name     string // of a day off: 暴雪停工
	Reason   string
	Source   string
	Revision int64 // the calendar's that the page showed
}

// The years that the calendar takes: from the plan's own to the one after next, whose notice cannot be out.
const (
	firstYear  = 2020
	yearsAhead = 2
)

// ChangeDay makes a day off, a worked Saturday or Sunday, or an ordinary day of the week again; the due dates of open
// tasks follow. For the city's Office.
//
// Returns fault.Invalid with the fields day, mark, name, reason, source, and fault.Conflict if somebody was faster.
func (d *CalendarDesk) ChangeDay(ctx context.Context, actor models.Actor, in DayInput) (*models.CalendarChange, error) {
	if err := d.MayEdit(actor); err != nil {
		return nil, err
	}
	in.Name, in.Reason, in.Source = strings.TrimSpace(in.Name), strings.TrimSpace(in.Reason), strings.TrimSpace(in.Source)
	if err := d.checkDay(in); err != nil {
		return nil, err
	}
	var c *models.CalendarChange
	err := d.DB.Tx(ctx, func(tx *gorm.DB) error {
		revision, err := turn(tx, in.Revision)
		if err != nil {
			return err
		}
		before, err := dayRow(tx, in.Day)
		if err != nil {
			return err
		}
		from := markOf(before)
		if from == in.Mark {
			return &fault.Error{Kind: fault.Invalid, Message: "这一天不需要调整。",
				Fields: map[string]string{"mark": "这一天现在就是“" + saidOf(in.Day, from) + "”，不需要调整。"}}
		}
		c = &models.CalendarChange{Revision: revision, Year: in.Day.Time().Year(), Kind: models.CalendarDayChange, Reason: in.Reason, Source: in.Source,
			What: cnDay(in.Day) + "由" + saidOf(in.Day, from) + "改为" + saidOf(in.Day, in.Mark),
			Days: []models.CalendarDayMove{{Day: in.Day, From: from, To: in.Mark, Name: in.Name}}}
		if err := replaceDays(tx, []models.Day{in.Day}, dayOf(in)); err != nil {
			return err
		}
		return d.apply(tx, actor, c)
	})
	if err != nil {
		return nil, err
	}
	d.Directory.Refresh()
	return c, nil
}

func (d *CalendarDesk) checkDay(in DayInput) error {
	var form fault.Form
	why(&form, in.Reason, in.Source)
	switch {
	case !in.Day.Valid():
		form.Add("day", "请填写日期，形式如 2026-10-08。")
	case !d.hasYear(in.Day.Time().Year()):
		form.Add("day", fmt.Sprintf("只能调整 %d年至%d年的日子。", firstYear, d.lastYear()))
	case in.Mark == models.DayWork && !weekend(in.Day):
		form.Add("mark", "这一天是"+weekdays[in.Day.Time().Weekday()]+"，只有周六、周日可以改为调休上班；要取消放假的，请选“按星期”。")
	}
	switch in.Mark {
	case models.DayOff:
		form.Require("name", "放假的名称", in.Name)
	case models.DayWork, models.DayNormal:
	default:
		form.Add("mark", "请选择改为哪一种。")
	}
	if len([]rune(in.Name)) > 20 {
		form.Add("name", "名称最多 20 个字。")
	}
	return form.Err()
}

func (d *CalendarDesk) lastYear() int         { return d.Now().In(models.Zone).Year() + yearsAhead }
func (d *CalendarDesk) hasYear(year int) bool { return year >= firstYear && year <= d.lastYear() }

// dayOf is the row that a day is to have; an ordinary day has none.
func dayOf(in DayInput) []models.Holiday {
	if in.Mark == models.DayNormal {
		return nil
	}
	name := in.Name
	if name == "" {
		name = "调休"
	}
	return []models.Holiday{{Day: in.Day, Workday: in.Mark == models.DayWork, Name: name, Notice: in.Day.Time().Year(), Source: in.Source}}
}

// dayRow returns the row of a day, nil if it has none.
func dayRow(tx *gorm.DB, day models.Day) (*models.Holiday, error) {
	var row models.Holiday
	err := tx.Where("day = ?", day).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return &row, err
}

func markOf(row *models.Holiday) models.DayMark {
	switch {
	case row == nil:
		return models.DayNormal
	case row.Workday:
		return models.DayWork
	}
	return models.DayOff
}

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

func weekend(day models.Day) bool {
	wd := day.Time().Weekday()
	return wd == time.Saturday || wd == time.Sunday
}

// saidOf says what a mark makes of a day; an ordinary day is what its day of the week makes it.
func saidOf(day models.Day, mark models.DayMark) string {
	switch {
	case mark == models.DayOff:
		return "放假"
	case mark == models.DayWork:
		return "调休上班"
	case weekend(day):
		return "休息日"
	}
	return "工作日"
}

func cnDay(day models.Day) string {
	t := day.Time()
	return t.Format("2006年1月2日") + "（" + weekdays[t.Weekday()] + "）"
}
