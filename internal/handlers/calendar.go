package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/cn"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
	"taxportal/web/views/calendarview"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// calendar shows a year of the working calendar, the running one unless the address names another.
func (a *App) calendar(c echo.Context) error {
	year := a.Now().In(models.Zone).Year()
	if text := form.Query(c, "year"); text != "" {
		year = int(number(text))
	}
	p, err := a.Calendar.Year(c.Request().Context(), actor(c), year)
	if err != nil {
		return err
	}
	cal, err := a.Directory.Calendar(c.Request().Context())
	if err != nil {
		return err
	}
	next, err := a.calendarNext(c, p)
	if err != nil {
		return err
	}
	months := calendarMonths(year, p.Days, cal, models.DayOf(a.Now()))
	view := calendarview.YearPage{Shell: a.Shell(c, strconv.Itoa(year)+"年工作日历"), Now: a.Now(), Year: p.Year, Next: next, Months: months,
		Bar: yearBar(year, p.Years), Holidays: holidaysOf(p.Days), Recent: p.Recent, Changes: p.Changes, CanEdit: p.CanEdit}
	for _, m := range months {
		view.Workdays += m.Workdays
	}
	return respond.Page(c, http.StatusOK, calendarview.Year(view), nil)
}

// yearBar chooses the year.
func yearBar(year int, years []int) components.FilterBar {
	var options []components.Option
	for _, y := range years {
		options = append(options, components.Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y) + "年"})
	}
	return components.FilterBar{ID: "y", Label: "选择年份", Action: paths.Calendar,
		Filters: []components.Filter{{Name: "year", Label: "年份", Value: strconv.Itoa(year), Options: options}}}
}

// noticeMonth is from when on the notice for the next year is to be expected.
const noticeMonth = time.November

// calendarNext says what the Office is to do about the calendar, or how it is read.
func (a *App) calendarNext(c echo.Context, p *directory.YearPage) (components.Next, error) {
	calm := components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的事；期限遇休息日顺延到下一个工作日。")}}
	if !p.CanEdit {
		return calm, nil
	}
	unknown, err := a.Calendar.UnknownYear(c.Request().Context())
	if err != nil {
		return calm, err
	}
	now := a.Now().In(models.Zone)
	if unknown > now.Year()+1 || unknown == now.Year()+1 && now.Month() < noticeMonth {
		return calm, nil
	}
	return components.Next{Sentence: components.Sentence{components.Plain("请在国务院办公厅公布后录入 "), components.Bold(strconv.Itoa(unknown) + "年"),
		components.Plain("放假安排；在此之前，落在这一年的期限都是暂定的。")}}, nil
}

// calendarMonths lays a year out in months and weeks.
func calendarMonths(year int, days []models.Holiday, cal *cn.Calendar, today models.Day) []calendarview.Month {
	marked := map[models.Day]models.Holiday{}
	for _, d := range days {
		marked[d.Day] = d
	}
	months := make([]calendarview.Month, 12)
	for i := range months {
		first := time.Date(year, time.Month(i+1), 1, 0, 0, 0, 0, models.Zone)
		months[i] = calendarview.Month{Name: fmt.Sprintf("%d月", i+1)}
		m := &months[i]
		for day := first; day.Month() == first.Month(); day = day.AddDate(0, 0, 1) {
			column := (int(day.Weekday()) + 6) % 7 // Monday comes first
			if day == first || column == 0 {
				m.Weeks = append(m.Weeks, [7]calendarview.Cell{})
			}
			cell := calendarview.Cell{Day: day.Day(), Free: !cal.IsWorkday(day), Today: models.DayOf(day) == today}
			if row, ok := marked[models.DayOf(day)]; ok {
				cell.Name, cell.Mark = row.Name, models.DayOff
				if row.Workday {
					cell.Mark = models.DayWork
				}
			}
			if !cell.Free {
				m.Workdays++
			}
			m.Weeks[len(m.Weeks)-1][column] = cell
		}
	}
	return months
}

// holidaysOf gathers the days of a year into holidays, in order of their first day: a name with a source of its own
// stands by itself.
func holidaysOf(days []models.Holiday) []calendarview.Holiday {
	type key struct{ name, source string }
	var order []key
	off, work := map[key][]models.Day{}, map[key][]models.Day{}
	for _, d := range days {
		k := key{d.Name, d.Source}
		if !slices.Contains(order, k) {
			order = append(order, k)
		}
		if d.Workday {
			work[k] = append(work[k], d.Day)
		} else {
			off[k] = append(off[k], d.Day)
		}
	}
	var list []calendarview.Holiday
	for _, k := range order {
		var worked []string
		for _, day := range work[k] {
			worked = append(worked, words.Day(day.At(0, 0)))
		}
		list = append(list, calendarview.Holiday{Name: k.name, Off: daySpans(off[k]), Days: len(off[k]), Work: strings.Join(worked, "、"), Own: k.source})
	}
	return list
}

// daySpans writes days in order as spans: 10月1日—7日、12月31日.
func daySpans(days []models.Day) string {
	var parts []string
	for i := 0; i < len(days); {
		end := i
		for end+1 < len(days) && days[end+1] == days[end].AddDays(1) {
			end++
		}
		from, to := days[i].Time(), days[end].Time()
		part := from.Format("1月2日")
		switch {
		case end == i:
		case from.Month() == to.Month():
			part += "—" + to.Format("2日")
		default:
			part += "—" + to.Format("1月2日")
		}
		parts = append(parts, part)
		i = end + 1
	}
	return strings.Join(parts, "、")
}
