package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
	"taxportal/web/views/calendarview"
	"taxportal/web/views/components"
)

var changeKinds = []components.Option{{Label: "全部调整"},
	{Value: string(models.CalendarDayChange), Label: models.CalendarDayChange.Label()},
	{Value: string(models.CalendarNoticeChange), Label: models.CalendarNoticeChange.Label()}}

// changesQuery is what the address of the calendar's history asks for.
type changesQuery struct {
	address
	filter directory.CalendarFilter
	years  []components.Option
	words  string // the filter in words
}

func (a *App) changesQuery(c echo.Context) (changesQuery, error) {
	year := a.Now().In(models.Zone).Year()
	p, err := a.Calendar.Year(c.Request().Context(), actor(c), year)
	if err != nil {
		return changesQuery{}, err
	}
	years := []components.Option{{Label: "全部年份"}}
	for _, y := range p.Years {
		years = append(years, components.Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y) + "年"})
	}
	chosen, kind := choice(form.Query(c, "year"), years), choice(form.Query(c, "kind"), changeKinds)
	q := changesQuery{address: listAddress(c, paths.CalendarChanges, "q", "year", "kind", "sort"), years: years, filter: directory.CalendarFilter{
		Text: form.Query(c, "q"), Year: int(number(chosen)), Kind: models.CalendarChangeKind(kind),
		Sort: oneOf(form.Query(c, "sort"), "oldest", "moved"), Page: form.Page(c), Size: form.PageSize}}
	q.words = inWords(quoted(q.filter.Text), label(chosen, years), label(kind, changeKinds))
	return q, nil
}

func (q changesQuery) bar(total int64) components.FilterBar {
	year := ""
	if q.filter.Year != 0 {
		year = strconv.Itoa(q.filter.Year)
	}
	return components.FilterBar{ID: "c", Label: "筛选调整记录", Action: paths.CalendarChanges, ClearURL: q.clear(), Keep: q.keep("sort"),
		Filters: []components.Filter{{Name: "q", Label: "日期、理由或依据", Value: q.filter.Text, Placeholder: "如 10月8日"},
			{Name: "year", Label: "年份", Value: year, Options: q.years}, {Name: "kind", Label: "种类", Value: string(q.filter.Kind), Options: changeKinds}},
		Actions: q.export(paths.CalendarChangesExport, total, "次")}
}

// calendarChanges shows the history of the calendar.
func (a *App) calendarChanges(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.changesQuery(c)
	if err != nil {
		return err
	}
	rows, total, err := withinEnd(ctx, who, &q.filter, &q.filter.Page, a.Calendar.Changes)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, calendarview.Changes(calendarview.ChangesPage{
		Shell: a.Shell(c, "日历调整记录", crumb("工作日历", paths.Calendar)), Now: a.Now(), Bar: q.bar(total), Order: q.order(q.filter.Sort),
		Rows: rows, Pages: q.pages(total, q.filter.Page, "次"), Filter: q.words,
	}), nil)
}

var calendarColumns = []office.Column{
	{Title: "时间", Kind: office.Moment}, {Title: "年份"}, {Title: "种类"}, {Title: "调整", Width: 44}, {Title: "理由", Width: 40}, {Title: "依据", Width: 40},
	{Title: "办理人"}, {Title: "办理人岗位", Width: 24}, {Title: "改动天数", Kind: office.Count}, {Title: "随之调整的任务", Kind: office.Count},
}

// calendarChangesExport sends the filtered history as a workbook.
func (a *App) calendarChangesExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.changesQuery(c)
	if err != nil {
		return err
	}
	return a.sendTable(c, office.Table{Title: "日历调整记录", Mark: a.mark(who), Columns: calendarColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Calendar.ExportChanges(ctx, who, q.filter, func(row models.CalendarChange) error {
			return each(row.At, strconv.Itoa(row.Year), row.Kind.Label(), row.What, row.Reason, row.Source, row.ActorName, row.ActorPost, len(row.Days), row.Moved)
		})
	})})
}

// movedQuery is what the address of a change asks for.
func movedQuery(c echo.Context, id int64) (address, directory.MovedFilter) {
	return listAddress(c, paths.ToCalendarChange(id), "q", "sort"), directory.MovedFilter{Text: form.Query(c, "q"),
		Sort: oneOf(form.Query(c, "sort"), "unit", "due"), Page: form.Page(c), Size: form.PageSize}
}

// calendarChange shows one change and the tasks whose due dates followed.
func (a *App) calendarChange(c echo.Context) error {
	ctx, who, id := c.Request().Context(), actor(c), form.ID(c, "change")
	l, f := movedQuery(c, id)
	change, rows, total, err := a.Calendar.Change(ctx, who, id, f)
	if err == nil && len(rows) == 0 && total > 0 {
		f.Page = lastPage(total, form.PageSize)
		change, rows, total, err = a.Calendar.Change(ctx, who, id, f)
	}
	if err != nil {
		return err
	}
	next := components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的事；" + calendarview.Followed(*change) + "，各任务页已写明原因。")}}
	if change.Moved == 0 {
		next.Sentence = components.Sentence{components.Plain("目前没有等您办理的事；" + calendarview.Followed(*change) + "。")}
	}
	return respond.Page(c, http.StatusOK, calendarview.Change(calendarview.ChangePage{
		Shell: a.Shell(c, change.What, crumb("工作日历", paths.ToCalendar(change.Year)), crumb("日历调整记录", paths.CalendarChanges)), Now: a.Now(),
		Change: *change, Next: next, Tasks: a.Guard.Can(who, "filing", "view"), Order: l.order(f.Sort), Rows: rows, Pages: l.pages(total, f.Page, "项"),
		Filter: quoted(f.Text), Cleared: l.path,
		Bar: components.FilterBar{ID: "m", Label: "筛选任务", Action: components.URL(l.path), ClearURL: l.clear(), Keep: l.keep("sort"),
			Filters: []components.Filter{{Name: "q", Label: "单位、事项或任务号", Value: f.Text, Placeholder: "如 ZJJ-02"}},
			Actions: l.export(paths.ToCalendarMovedExport(id), total, "项")},
	}), nil)
}

var movedColumns = []office.Column{
	{Title: "任务号", Width: 20}, {Title: "单位", Width: 24}, {Title: "事项", Width: 36}, {Title: "期次"}, {Title: "原期限", Kind: office.Moment},
	{Title: "现期限", Kind: office.Moment}, {Title: "原锁定", Kind: office.Moment}, {Title: "现锁定", Kind: office.Moment},
}

// calendarMovedExport sends the tasks that followed a change as a workbook.
func (a *App) calendarMovedExport(c echo.Context) error {
	ctx, who, id := c.Request().Context(), actor(c), form.ID(c, "change")
	_, f := movedQuery(c, id)
	return a.sendTable(c, office.Table{Title: "期限随日历调整的任务", Mark: a.mark(who), Columns: movedColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Calendar.ExportMoved(ctx, who, id, f, func(row models.DueChange) error {
			return each(row.Task.Code, row.Task.Unit.Name, row.Task.Item.Name, row.Task.Period.Label(), row.FromDue, row.ToDue, row.FromLock, row.ToLock)
		})
	})})
}
