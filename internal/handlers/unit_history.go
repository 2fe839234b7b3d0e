package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/audit"
	"taxportal/internal/services/directory"
	"taxportal/web/views/components"
	"taxportal/web/views/unitview"
	"taxportal/web/views/words"
)

// The histories of a unit and of a leading group are one sort of page over two sources.

func changeFilter(c echo.Context) directory.ChangeFilter {
	return directory.ChangeFilter{Text: form.Query(c, "q"), Oldest: oneOf(form.Query(c, "sort"), "oldest") != "", Page: form.Page(c), Size: form.PageSize}
}

// historyPage lays out a page of a history.
func (a *App) historyPage(c echo.Context, path, export string, f directory.ChangeFilter, list []models.OrganisationChange, total int64) unitview.HistoryPage {
	l, sort := listAddress(c, path, "q", "sort"), ""
	if f.Oldest {
		sort = "oldest"
	}
	view := unitview.HistoryPage{Order: l.order(sort), Pages: l.pages(total, min(f.Page, lastPage(total, f.Size)), "条"), Filter: quoted(f.Text), Path: path,
		Next: components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("变更由领导小组办公室办理，写明何人、何时、原来和改后的内容，不能删除。")}},
		Bar: components.FilterBar{ID: "h", Label: "筛选变更", Action: components.URL(path), ClearURL: l.clear(), Keep: l.keep("sort"),
			Filters: []components.Filter{{Name: "q", Label: "内容、人员或理由", Value: f.Text, Placeholder: "如 对接人"}}, Actions: l.export(export, total, "条")}}
	for _, ch := range list {
		view.Rows = append(view.Rows, changeRow(ch, a.Now()))
	}
	return view
}

func changeRow(ch models.OrganisationChange, now time.Time) unitview.ChangeRow {
	return unitview.ChangeRow{When: words.When(ch.At, now), Machine: words.Machine(ch.At), Who: ch.ActorName, Post: ch.ActorPost,
		Action: audit.ActionLabel(ch.Object, ch.Action), Field: ch.Field, Old: ch.Old, New: ch.New, Reason: ch.Reason}
}

// unitHistory shows everything that was changed of a unit.
func (a *App) unitHistory(c echo.Context) error {
	f := changeFilter(c)
	u, list, total, err := a.Directory.UnitChanges(c.Request().Context(), actor(c), c.Param("unit"), f)
	if err != nil {
		return err
	}
	path, export := paths.ToUnitPart(paths.UnitHistory, u.Code), paths.ToUnitPart(paths.UnitHistoryExport, u.Code)
	view := a.historyPage(c, path, export, f, list, total)
	view.Shell, view.Title = a.unitShell(c, "变更记录", u), u.Name
	return respond.Page(c, http.StatusOK, unitview.History(view), nil)
}

// groupHistory shows everything that was changed of a leading group and its roster.
func (a *App) groupHistory(c echo.Context) error {
	f := changeFilter(c)
	j, list, total, err := a.Directory.GroupChanges(c.Request().Context(), actor(c), c.Param("area"), f)
	if err != nil {
		return err
	}
	path, export := paths.ToGroupPart(paths.GroupHistory, j.Code), paths.ToGroupPart(paths.GroupHistoryExport, j.Code)
	view := a.historyPage(c, path, export, f, list, total)
	view.Shell, view.Title = a.groupShell(c, "变更记录", j), j.Label()+"领导小组"
	return respond.Page(c, http.StatusOK, unitview.History(view), nil)
}

var changeColumns = []office.Column{
	{Title: "时间", Kind: office.Moment}, {Title: "人员"}, {Title: "职务", Width: 28}, {Title: "动作"}, {Title: "内容", Width: 24}, {Title: "原来", Width: 30},
	{Title: "改为", Width: 30}, {Title: "理由或依据", Width: 40},
}

func (a *App) sendHistory(c echo.Context, title string, run func(each func(models.OrganisationChange) error) error) error {
	return a.sendTable(c, office.Table{Title: title, Mark: a.mark(actor(c)), Columns: changeColumns, Rows: tableRows(func(each func(...any) error) error {
		return run(func(ch models.OrganisationChange) error {
			return each(ch.At, ch.ActorName, ch.ActorPost, audit.ActionLabel(ch.Object, ch.Action), ch.Field, ch.Old, ch.New, ch.Reason)
		})
	})})
}

// unitHistoryExport sends the filtered history of a unit as a workbook.
func (a *App) unitHistoryExport(c echo.Context) error {
	return a.sendHistory(c, "单位变更记录", func(each func(models.OrganisationChange) error) error {
		return a.Directory.ExportUnitChanges(c.Request().Context(), actor(c), c.Param("unit"), changeFilter(c), each)
	})
}

// groupHistoryExport sends the filtered history of a leading group as a workbook.
func (a *App) groupHistoryExport(c echo.Context) error {
	return a.sendHistory(c, "领导小组变更记录", func(each func(models.OrganisationChange) error) error {
		return a.Directory.ExportGroupChanges(c.Request().Context(), actor(c), c.Param("area"), changeFilter(c), each)
	})
}
