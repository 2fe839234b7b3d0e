package handlers

import (
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
	"taxportal/web/views/homeview"
	"taxportal/web/views/words"
)

// areaMonths is over how many months the workbench looks at an area.
const areaMonths = 12

// areaSub names that time.
const areaSub = "近 12 期"

// areaFilter is what the workbench of an area asks the matrix for: the tier stands in its address.
func areaFilter(c echo.Context, who models.Actor) filing.MatrixFilter {
	f := filing.MatrixFilter{Months: areaMonths}
	if filing.Tiered(who) {
		f.Tier = filing.Tier(choice(form.Query(c, "tier"), matrixTiers))
	}
	return f
}

// tierTabs let those who look after the whole city choose between it and its own units; nobody else has a choice.
func tierTabs(c echo.Context, who models.Actor, now filing.Tier) []components.Tab {
	if !filing.Tiered(who) {
		return nil
	}
	var tabs []components.Tab
	for _, tier := range []filing.Tier{filing.TierWhole, filing.TierCity} {
		tabs = append(tabs, components.Tab{Label: tier.Label(), URL: components.URL(homeAddress(c).with("tier", string(tier))), Current: tier == now})
	}
	return tabs
}

// officeHome is the workbench of the Office: what waits for a decision, which unit is late.
func (a *App) officeHome(c echo.Context, who models.Actor, page *homeview.Page) error {
	if err := a.withTodos(c, who, page); err != nil {
		return err
	}
	f := areaFilter(c, who)
	m, err := a.Filing.Matrix(c.Request().Context(), who, f)
	if err != nil {
		return err
	}
	batches, requests := 0, 0
	for _, t := range a.todos(c, who) {
		switch {
		case t.Flow != nil: // of catalogue or templates; it is told in the list
		case t.Waiver:
			requests++
		default:
			batches++
		}
	}
	page.Waiting = []homeview.Count{{Label: "待受理批次", Text: countText(batches, "批"), URL: paths.Inbox},
		{Label: "更正与补报申请", Text: countText(requests, "件"), URL: paths.Waivers}}
	failed, err := a.Exchange.Failed(c.Request().Context(), who)
	if err != nil {
		return err
	}
	if failed > 0 {
		page.Waiting = append(page.Waiting, homeview.Count{Label: "交接失败的批次", Text: countText(int(failed), "批"),
			URL: paths.With(paths.Handovers, "state", string(models.HandoverFailed))})
	}
	page.Overdue = overdueUnits(m, f.Tier, func(u models.Unit) string {
		return paths.With(paths.Filings, "unit", u.Code, "standing", string(models.StandingOverdue))
	})
	page.Overdue.Tiers = tierTabs(c, who, f.Tier)
	return nil
}

// figuresHome is the workbench of those who read figures: leaders and the tax side.
func (a *App) figuresHome(c echo.Context, who models.Actor, page *homeview.Page) error {
	f := areaFilter(c, who)
	m, err := a.Filing.Matrix(c.Request().Context(), who, f)
	if err != nil {
		return err
	}
	page.Next = matrixNext(m, who, areaSub)
	page.Figures, page.Tiers = figures(m), tierTabs(c, who, f.Tier)
	page.Overdue = overdueUnits(m, f.Tier, func(u models.Unit) string { return paths.With(paths.Matrix, "tier", string(f.Tier), "q", u.Name) })
	page.Actions = []components.Action{{Label: "查看履约矩阵", URL: components.URL(paths.With(paths.Matrix, "tier", string(f.Tier))), Icon: components.IconLayoutGrid, Style: components.StylePrimary}}
	return nil
}

// overdueShown is how many late units the workbench names; the matrix has them all.
const overdueShown = 10

// overdueUnits lists the units of a tier with overdue tasks, those with most first.
func overdueUnits(m *filing.Matrix, tier filing.Tier, link func(models.Unit) string) *homeview.Overdue {
	rows := slices.DeleteFunc(slices.Clone(m.Rows), func(r filing.MatrixRow) bool { return r.Sum.Overdue == 0 })
	slices.SortStableFunc(rows, func(a, b filing.MatrixRow) int { return b.Sum.Overdue - a.Sum.Overdue })
	view := &homeview.Overdue{Sub: areaSub, URL: paths.With(paths.Matrix, "tier", string(tier), "standing", string(models.StandingOverdue))}
	for _, r := range rows[:min(len(rows), overdueShown)] {
		view.Units = append(view.Units, homeview.OverdueUnit{Name: r.Unit.Name, URL: link(r.Unit), Count: r.Sum.Overdue, Rate: filingview.MatrixRate(r.Sum)})
	}
	return view
}

// figures are the four numbers of a leader's workbench, each with its period.
func figures(m *filing.Matrix) []components.Figure {
	list := []components.Figure{}
	if last, before := countedColumns(m); last >= 0 {
		rate, _ := m.Columns[last].Rate()
		figure := components.Figure{Question: "最近一期按时率　" + words.Month(m.Months[last]) + "期", Value: words.Rate(rate)}
		if before >= 0 {
			earlier, _ := m.Columns[before].Rate()
			figure.Trend = trend(rate - earlier)
		}
		list = append(list, figure)
	}
	total := components.Figure{Question: areaSub + "按时率", Value: "—", Note: "还没有到期的任务"}
	if rate, ok := m.Sum.Rate(); ok {
		total.Value, total.Note = words.Rate(rate), "应报 "+countText(m.Sum.Owed()-m.Sum.Running, "项")+"，按时 "+countText(m.Sum.OnTime, "项")
	}
	verdict := components.Badge{Family: components.FamilyOK, Word: "没有逾期"}
	if m.Missing > 0 {
		verdict = components.Badge{Family: components.FamilyLate, Icon: components.IconAlertOctagon, Word: "待补报"}
	}
	return append(list, total,
		components.Figure{Question: areaSub + "逾期未报", Value: strconv.Itoa(m.Missing), Unit: "项", Note: "至今未报的任务", Verdict: verdict},
		components.Figure{Question: areaSub + "逾期单位", Value: strconv.Itoa(m.Overdue), Unit: "家", Note: "共 " + countText(len(m.Rows), "家有报送任务的单位")})
}

// countedColumns returns the last two columns that have a rate, -1 for none. A period that runs has none.
func countedColumns(m *filing.Matrix) (last, before int) {
	last, before = -1, -1
	for i := range m.Columns {
		if _, ok := m.Columns[i].PeriodRate(); ok {
			last, before = i, last
		}
	}
	return last, before
}

// trend says a difference of rates in per mille in 个百分点, nil if there is none.
func trend(diff int) *components.Trend {
	if diff == 0 {
		return nil
	}
	word, size := "升 ", diff
	if diff < 0 {
		word, size = "降 ", -diff
	}
	return &components.Trend{Against: "较上期", Text: word + strconv.Itoa(size/10) + "." + strconv.Itoa(size%10), Unit: "个百分点", Up: diff > 0, Bad: diff < 0}
}
