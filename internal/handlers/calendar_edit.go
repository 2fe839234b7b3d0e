package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
	"taxportal/web/views/calendarview"
	"taxportal/web/views/components"
)

// calendarEdit finds the year that a form is about, and refuses who may not edit.
func (a *App) calendarEdit(c echo.Context, year int) (*directory.YearPage, error) {
	p, err := a.Calendar.Year(c.Request().Context(), actor(c), year)
	if err == nil && !p.CanEdit {
		err = a.Calendar.MayEdit(actor(c))
	}
	return p, err
}

// calendarDayForm asks what a day is to be.
func (a *App) calendarDayForm(c echo.Context) error {
	p, err := a.calendarEdit(c, a.Now().In(models.Zone).Year())
	if err != nil {
		return err
	}
	in := directory.DayInput{Day: form.QueryDay(c, "day"), Revision: p.Revision}
	return a.showCalendarDay(c, http.StatusOK, in, nil)
}

func (a *App) showCalendarDay(c echo.Context, code int, in directory.DayInput, fields map[string]string) error {
	return respond.Page(c, code, calendarview.Day(calendarview.DayPage{
		Shell: a.Shell(c, "调整一天", crumb("工作日历", paths.Calendar)), Back: paths.Calendar,
		Hidden: []components.Pair{{Name: "revision", Value: decimal(in.Revision)}},
		Inputs: []components.Input{
			{Kind: components.InputDate, Name: "day", Label: "日期", Value: string(in.Day), Error: fields["day"], Required: true, Width: components.WidthShort},
			{Kind: components.InputRadio, Name: "mark", Label: "改为", Value: string(in.Mark), Error: fields["mark"], Required: true, Options: calendarview.DayMarks()},
			{Name: "name", Label: "放假的名称", Value: in.Name, Error: fields["name"], Width: components.WidthMiddle, Hint: "改为放假时填写，如暴雪停工；日历上显示。"},
			{Kind: components.InputTextarea, Name: "reason", Label: "理由", Value: in.Reason, Error: fields["reason"], Required: true, Rows: 2,
				Hint: "期限随之调整的任务页会原样写明，并记入审计日志。"},
			{Name: "source", Label: "依据", Value: in.Source, Error: fields["source"], Required: true, Hint: "通知的标题、文号和日期。"},
		},
	}), nil)
}

// calendarDay changes a day.
func (a *App) calendarDay(c echo.Context) error {
	in := directory.DayInput{Day: form.Day(c, "day"), Mark: models.DayMark(form.Text(c, "mark")), Name: form.Text(c, "name"),
		Reason: form.Text(c, "reason"), Source: form.Text(c, "source"), Revision: number(form.Text(c, "revision"))}
	change, err := a.Calendar.ChangeDay(c.Request().Context(), actor(c), in)
	if fields, ok := fault.Fields(err); ok {
		return a.showCalendarDay(c, http.StatusUnprocessableEntity, in, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToCalendarChange(change.ID), "已保存："+change.What+"；"+calendarview.Followed(*change)+"。")
}

// calendarNoticeForm asks for a year's notice.
func (a *App) calendarNoticeForm(c echo.Context) error {
	p, err := a.calendarEdit(c, a.Now().In(models.Zone).Year())
	if err != nil {
		return err
	}
	year := int(number(form.Query(c, "year")))
	if year <= 0 {
		if year, err = a.Calendar.UnknownYear(c.Request().Context()); err != nil {
			return err
		}
	}
	return a.showNotice(c, http.StatusOK, directory.NoticeInput{Year: year, Revision: p.Revision}, nil, nil)
}

func (a *App) showNotice(c echo.Context, code int, in directory.NoticeInput, fields map[string]string, preview *directory.NoticePreview) error {
	inputs := noticeInputs(in, fields)
	for i := range inputs { // what was checked is what is saved
		inputs[i].ReadOnly = preview != nil
	}
	view := calendarview.NoticePage{Shell: a.Shell(c, "录入年度放假安排", crumb("工作日历", paths.Calendar)), Back: paths.Calendar, Year: in.Year,
		Hidden: []components.Pair{{Name: "revision", Value: decimal(in.Revision)}}, Inputs: inputs}
	if preview != nil {
		view.Preview = &calendarview.Preview{Days: len(preview.Rows), Moves: preview.Moves, Tasks: preview.Tasks}
	}
	return respond.Page(c, code, calendarview.Notice(view), nil)
}

func noticeInputs(in directory.NoticeInput, fields map[string]string) []components.Input {
	year := ""
	if in.Year > 0 {
		year = strconv.Itoa(in.Year)
	}
	return []components.Input{
		{Name: "year", Label: "年份", Value: year, Error: fields["year"], Required: true, Width: components.WidthShort, Numeric: true},
		{Kind: components.InputTextarea, Name: "text", Label: "放假和调休的日子", Value: in.Text, Error: fields["text"], Required: true, Rows: 16,
			Hint: "每行一天或一段：日期、休或班、节名，用逗号、空格或制表符隔开，可从表格中整块粘贴。如 2027-10-01 至 2027-10-07, 休, 国庆节；2027-10-09, 班, 国庆节。"},
		{Name: "source", Label: "依据", Value: in.Source, Error: fields["source"], Required: true, Hint: "通知的标题、文号和日期，日历上显示。"},
		{Kind: components.InputTextarea, Name: "reason", Label: "理由", Value: in.Reason, Error: fields["reason"], Required: true, Rows: 2,
			Hint: "期限随之调整的任务页会原样写明，并记入审计日志。"},
	}
}

// calendarNotice shows what a notice would change, or brings it in.
func (a *App) calendarNotice(c echo.Context) error {
	in := directory.NoticeInput{Year: int(number(form.Text(c, "year"))), Text: form.Text(c, "text"), Source: form.Text(c, "source"),
		Reason: form.Text(c, "reason"), Revision: number(form.Text(c, "revision"))}
	var preview *directory.NoticePreview
	var change *models.CalendarChange
	var err error
	switch form.Text(c, "step") {
	case "save":
		change, err = a.Calendar.ImportNotice(c.Request().Context(), actor(c), in)
	case "edit":
		err = a.Calendar.MayEdit(actor(c))
	default:
		preview, err = a.Calendar.PreviewNotice(c.Request().Context(), actor(c), in)
	}
	if fields, ok := fault.Fields(err); ok {
		return a.showNotice(c, http.StatusUnprocessableEntity, in, fields, nil)
	}
	if err != nil {
		return err
	}
	if change == nil {
		return a.showNotice(c, http.StatusOK, in, nil, preview)
	}
	return a.done(c, paths.ToCalendarChange(change.ID), "已保存："+change.What+"；"+calendarview.Followed(*change)+"。")
}
