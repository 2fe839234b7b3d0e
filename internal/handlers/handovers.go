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
	"taxportal/internal/services/exchange"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
)

func handoverStates() []components.Option {
	options := []components.Option{{Label: "全部状态"}}
	for _, s := range models.HandoverFlow.States {
		options = append(options, components.Option{Value: string(s.State), Label: s.Label})
	}
	return options
}

// handoverQuery is what the address of the list of hand-overs asks for.
type handoverQuery struct {
	address
	filter exchange.HandoverFilter
	units  []components.Option
	words  string // the filter in words
}

func (a *App) handoverQuery(c echo.Context, who models.Actor) (handoverQuery, error) {
	units, err := a.unitOptions(c, who)
	if err != nil {
		return handoverQuery{}, err
	}
	unit, state := choice(form.Query(c, "unit"), units), choice(form.Query(c, "state"), handoverStates())
	q := handoverQuery{address: listAddress(c, paths.Handovers, "q", "unit", "state", "sort"), units: units, filter: exchange.HandoverFilter{
		Text: form.Query(c, "q"), Unit: unit, State: workflow.State(state), Sort: oneOf(form.Query(c, "sort"), "oldest", "unit", "rows"),
		Page: form.Page(c), Size: form.PageSize}}
	q.words = inWords(quoted(q.filter.Text), label(unit, units), label(state, handoverStates()))
	return q, nil
}

func (q handoverQuery) bar(total int64) components.FilterBar {
	return components.FilterBar{ID: "h", Label: "筛选交接记录", Action: paths.Handovers, ClearURL: q.clear(), Keep: q.keep("sort"), Filters: []components.Filter{
		{Name: "q", Label: "单位、事项或批次号", Value: q.filter.Text, Placeholder: "如 ZJJ-02"},
		{Name: "unit", Label: "单位", Value: q.filter.Unit, Options: q.units},
		{Name: "state", Label: "状态", Value: string(q.filter.State), Options: handoverStates()},
	}, Actions: q.export(paths.HandoversExport, total, "批")}
}

// handovers shows how far each batch is on its way to the city's data platform.
func (a *App) handovers(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.handoverQuery(c, who)
	if err != nil {
		return err
	}
	rows, total, err := withinEnd(ctx, who, &q.filter, &q.filter.Page, a.Exchange.Handovers)
	if err != nil {
		return err
	}
	counts, err := a.Exchange.Counts(ctx, who)
	if err != nil {
		return err
	}
	configured := a.Exchange.Target.Configured()
	view := filingview.HandoverListPage{Shell: a.Shell(c, "数据交接", crumb("数据报送", paths.Filings)), Now: a.Now(), Next: handoversNext(counts, configured),
		Bar: q.bar(total), Order: q.order(q.filter.Sort), Rows: rows, Pages: q.pages(total, q.filter.Page, "批"), Filter: q.words,
		Configured: configured, MayRetry: a.Guard.Can(who, "handover", "retry")}
	if a.Exchange.Target.Demo {
		view.Next.Sentence = append(view.Next.Sentence, components.Plain("演示中交到数据目录下的 handover 文件夹。"))
	}
	if failed := counts[models.HandoverFailed]; failed > 0 && view.MayRetry {
		view.Actions = []components.Action{{Label: "重新交接失败的 " + components.Thousands(failed) + " 批", Icon: components.IconRefresh, Style: components.StylePrimary,
			URL: components.URL(paths.HandoversRetry), Post: true, CSRF: view.Shell.CSRF}}
	}
	return respond.Page(c, http.StatusOK, filingview.HandoverList(view), nil)
}

// handoversNext says what the Office is to do about hand-overs.
func handoversNext(counts map[workflow.State]int64, configured bool) components.Next {
	failed, waiting := counts[models.HandoverFailed], counts[models.HandoverPending]
	number := func(n int64) components.Segment { return components.Bold(components.Thousands(n) + " 批") }
	switch {
	case !configured:
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的事：平台还没有配置交接目录，"), number(waiting + failed),
			components.Plain("在本平台集中存储，由系统管理员按运维手册配置后自动补交。")}}
	case failed > 0:
		return components.Next{Tone: components.ToneLate, Sentence: components.Sentence{components.Plain("请您会同系统管理员排除故障，重新交接失败的 "), number(failed), components.Plain("。")}}
	case waiting > 0:
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的事；"), number(waiting), components.Plain("由系统自动交接。")}}
	}
	return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的事；批次受理生效后由系统自动交接。")}}
}

var handoverColumns = []office.Column{
	{Title: "批次", Width: 22}, {Title: "单位", Width: 24}, {Title: "事项", Width: 36}, {Title: "期次"}, {Title: "生效时间", Kind: office.Moment}, {Title: "状态"},
	{Title: "交接时间", Kind: office.Moment}, {Title: "交接编号", Width: 30}, {Title: "行数", Kind: office.Count}, {Title: "敏感字段"}, {Title: "SHA-256", Width: 66},
	{Title: "SM3", Width: 66}, {Title: "尝试次数", Kind: office.Count}, {Title: "最近尝试", Kind: office.Moment}, {Title: "未成的原因", Width: 50},
}

// handoversExport sends the filtered list of hand-overs as a workbook.
func (a *App) handoversExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.handoverQuery(c, who)
	if err != nil {
		return err
	}
	configured := a.Exchange.Target.Configured()
	return a.sendTable(c, office.Table{Title: "数据交接清单", Mark: a.mark(who), Columns: handoverColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Exchange.ExportHandovers(ctx, who, q.filter, func(h models.Handover) error { return each(handoverCells(h, configured)...) })
	})})
}

func handoverCells(h models.Handover, configured bool) []any {
	t := h.Batch.Task
	cells := []any{h.Batch.Code, t.Unit.Name, t.Item.Name, t.Period.Label(), h.CreatedAt, filingview.HandoverBadge(h, configured).Word, h.DeliveredAt, h.Reference}
	if h.DeliveredAt == 0 {
		cells = append(cells, nil, nil)
	} else {
		cells = append(cells, h.Rows, exchange.Sensitive(h.Sensitive).Label())
	}
	return append(cells, h.SHA256, h.SM3, h.Attempts, h.TriedAt, h.Trouble)
}

// handoversRetry starts failed hand-overs again: the named ones, or all.
func (a *App) handoversRetry(c echo.Context) error {
	n, err := a.Exchange.Retry(c.Request().Context(), actor(c), form.List(c, "code"))
	if err != nil {
		return err
	}
	if n == 0 {
		return a.warn(c, paths.Handovers, "没有重新交接：目前没有交接失败的批次。")
	}
	return a.done(c, paths.Handovers, "已重新安排 "+strconv.Itoa(n)+" 批的交接，结果会显示在清单中。")
}

// handoverOf is what a batch's page says of its hand-over, nil for a batch that was never in force.
func (a *App) handoverOf(c echo.Context, who models.Actor, b *models.Batch, csrf string) (*filingview.Handover, error) {
	if b == nil || b.State != models.BatchEffective && b.State != models.BatchSuperseded {
		return nil, nil
	}
	h, err := a.Exchange.OfBatch(c.Request().Context(), who, b.ID)
	if h == nil || err != nil {
		return nil, err
	}
	view := &filingview.Handover{Handover: *h, Configured: a.Exchange.Target.Configured(), Mode: exchange.Sensitive(h.Sensitive).Label()}
	if h.State == models.HandoverFailed && a.Guard.Can(who, "handover", "retry") {
		view.Retry = filingview.RetryHandover(csrf, b.Code, true)
	}
	return view, nil
}
