package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/warehouse"
	"taxportal/web/views/catalogueview"
	"taxportal/web/views/components"
)

// differences shows the records of one matter in which two units disagree, side by side.
func (a *App) differences(c echo.Context) error {
	m, err := a.Catalogue.Differences(c.Request().Context(), actor(c), c.Param("item"), form.Page(c))
	if err != nil {
		return err
	}
	var names []string
	for _, u := range m.Units {
		names = append(names, u.Name)
	}
	slices.Sort(names)
	page := func(n int) components.URL {
		return components.URL(paths.With(paths.ToItemPart(paths.ItemDifferences, m.Item.Code), "page", decimal(int64(n))))
	}
	view := catalogueview.DifferencesPage{Item: m.Item, Names: strings.Join(names, "、"), Since: m.Since.Label(), From: (m.Page-1)*catalogue.MatchSize + 1,
		Shell: a.Shell(c, "不一致的记录", crumb("共享目录", paths.Catalogue), crumb(m.Item.Name, paths.ToItem(m.Item.Code))),
		Next:  components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("同一业务主键取各单位最近一期的生效记录比对；敏感值遮盖显示，只比对能比对的。不一致的，请办公室联系双方核实，有误的一方申请更正。查看已记入审计日志。")}}}
	if m.Page > 1 {
		view.Prev = page(m.Page - 1)
	}
	if m.More {
		view.More = page(m.Page + 1)
	}
	for _, d := range m.List {
		view.List = append(view.List, sideBySide(m, d))
	}
	return respond.Page(c, http.StatusOK, catalogueview.Differences(view), nil)
}

// sideBySide lays out two records, what differs first.
func sideBySide(m catalogue.Match, d warehouse.Difference) catalogueview.Difference {
	view := catalogueview.Difference{Left: whose(m, d.A), Right: whose(m, d.B)}
	var keys []string
	for i, f := range m.Definition.Fields {
		line := catalogueview.Line{Label: f.Name, Left: shown(m.Definition, f, d.A.Values[i]), Right: shown(m.Definition, f, d.B.Values[i]), Differs: slices.Contains(d.Fields, i)}
		view.Lines = append(view.Lines, line)
		if f.Key {
			keys = append(keys, f.Name+" "+line.Left)
		}
	}
	view.Title = strings.Join(keys, "　")
	slices.SortStableFunc(view.Lines, func(a, b catalogueview.Line) int {
		rank := map[bool]int{true: 0, false: 1}
		return cmp.Compare(rank[a.Differs], rank[b.Differs])
	})
	return view
}

// whose says who filed a record, and when.
func whose(m catalogue.Match, r warehouse.Row) string {
	return m.Units[r.UnitID].Name + "　" + r.Period.Label() + "　第 " + components.Thousands(r.RowNo%models.RowsPerFile) + " 行"
}

// shown writes a stored value as people read it; a sealed one is masked already.
func shown(def models.Definition, f models.Field, v models.Value) string {
	if v.Null {
		return "—"
	}
	if f.Sensitive {
		return v.Text
	}
	return ingest.DisplayCode(&def, f, v)
}
