package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
)

func waiverStates() []components.Option {
	options := []components.Option{{Label: "全部状态"}}
	for _, s := range models.WaiverFlow.States {
		options = append(options, components.Option{Value: string(s.State), Label: s.Label})
	}
	return options
}

func waiverKindOptions() []components.Option {
	return append([]components.Option{{Label: "全部事项"}},
		filingview.WaiverKinds(models.WaiverCorrection, models.WaiverUnlock, models.WaiverExempt)...)
}

// waiverQuery is what the address of the list of requests asks for.
type waiverQuery struct {
	address
	filter filing.WaiverFilter
	words  string // the filter in words
	units  []components.Option
}

func (a *App) waiverQuery(c echo.Context, who models.Actor) (waiverQuery, error) {
	units, err := a.unitOptions(c, who)
	if err != nil {
		return waiverQuery{}, err
	}
	unit, state, kind := choice(form.Query(c, "unit"), units), choice(form.Query(c, "state"), waiverStates()), choice(form.Query(c, "kind"), waiverKindOptions())
	q := waiverQuery{address: listAddress(c, paths.Waivers, "q", "unit", "state", "kind", "sort"), units: units, filter: filing.WaiverFilter{
		Text: form.Query(c, "q"), Unit: unit, State: workflow.State(state), Kind: models.WaiverKind(kind),
		Sort: oneOf(form.Query(c, "sort"), "oldest", "unit", "name"), Page: form.Page(c), Size: form.PageSize,
	}}
	q.words = inWords(quoted(q.filter.Text), label(unit, units), label(state, waiverStates()), label(kind, waiverKindOptions()))
	return q, nil
}

func (q waiverQuery) bar(total int64) components.FilterBar {
	bar := components.FilterBar{ID: "w", Label: "筛选申请", Action: paths.Waivers, ClearURL: q.clear(), Keep: q.keep("sort"),
		Filters: []components.Filter{{Name: "q", Label: "事项、申请号或理由", Value: q.filter.Text, Placeholder: "如 ZJJ-02"}},
		Actions: q.export(paths.WaiversExport, total, "件")}
	if q.units != nil {
		bar.Filters = append(bar.Filters, components.Filter{Name: "unit", Label: "单位", Value: q.filter.Unit, Options: q.units})
	}
	bar.Filters = append(bar.Filters, components.Filter{Name: "state", Label: "状态", Value: string(q.filter.State), Options: waiverStates()},
		components.Filter{Name: "kind", Label: "申请事项", Value: string(q.filter.Kind), Options: waiverKindOptions()})
	return bar
}

// waivers shows the requests to exempt, unlock or correct.
func (a *App) waivers(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.waiverQuery(c, who)
	if err != nil {
		return err
	}
	rows, total, err := withinEnd(ctx, who, &q.filter, &q.filter.Page, a.Filing.Waivers)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, filingview.WaiverList(filingview.WaiverListPage{
		Shell: a.Shell(c, "更正与补报", crumb("数据报送", paths.Filings)), Now: a.Now(), Next: a.waiversNext(c, who), Rows: rows,
		Bar: q.bar(total), Order: q.order(q.filter.Sort), Pages: q.pages(total, q.filter.Page, "件"), Filter: q.words,
	}), nil)
}

// waiversNext says how many requests wait for the reader, or how one is made.
func (a *App) waiversNext(c echo.Context, who models.Actor) components.Next {
	waiting := 0
	for _, t := range a.todos(c, who) {
		if t.Waiver {
			waiting++
		}
	}
	switch {
	case waiting > 0:
		return components.Next{Sentence: components.Sentence{components.Plain("请您办理 "), components.Bold(countText(waiting, "件")),
			components.Plain("待初审或待复核的申请；两人先后同意后生效。")}}
	case a.Guard.Can(who, "filing", "accept"):
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的申请；由您初审的，须由另一人复核。")}}
	case a.Guard.Can(who, "filing", "ask"):
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的事；需要更正、解锁补报或免报的，在任务页提出申请。")}}
	}
	return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的事；申请由本单位信息联络员提出。")}}
}

var waiverColumns = []office.Column{
	{Title: "申请号", Width: 24}, {Title: "单位", Width: 24}, {Title: "事项", Width: 36}, {Title: "期次"}, {Title: "申请事项"}, {Title: "理由", Width: 50},
	{Title: "提出时间", Kind: office.Moment}, {Title: "解锁到", Kind: office.Moment}, {Title: "状态"}, {Title: "最近一步"}, {Title: "办理人"},
	{Title: "办理时间", Kind: office.Moment}, {Title: "办理理由", Width: 50},
}

// waiversExport sends the filtered list of requests as a workbook.
func (a *App) waiversExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.waiverQuery(c, who)
	if err != nil {
		return err
	}
	return a.sendTable(c, office.Table{Title: "更正与补报申请", Mark: a.mark(who), Columns: waiverColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Filing.ExportWaivers(ctx, who, q.filter, func(w filing.WaiverRow) error { return each(waiverCells(w)...) })
	})})
}

func waiverCells(w filing.WaiverRow) []any {
	cells := []any{w.Code, w.Task.Unit.Name, w.Task.Item.Name, w.Task.Period.Label(), w.Kind.Label(), w.Reason, w.CreatedAt, w.Until,
		models.WaiverFlow.Describe(w.State).Label}
	if w.Last == nil {
		return cells
	}
	move, _ := models.WaiverFlow.Move(w.Last.Verb)
	return append(cells, move.Label, w.Last.ActorName, models.Instant(w.Last.At), w.Last.Reason)
}
