package handlers

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
	"taxportal/web/views/words"
)

var (
	matrixMonths    = []components.Option{{Value: "6", Label: "近 6 期"}, {Value: "12", Label: "近 12 期"}, {Value: "24", Label: "近 24 期"}}
	matrixStandings = []components.Option{{Label: "全部状态"}, {Value: string(models.StandingOverdue), Label: "有逾期未报"},
		{Value: string(models.StandingReturned), Label: "有退回补正"}, {Value: string(models.StandingLate), Label: "有逾期补报"},
		{Value: string(models.StandingOpen), Label: "有待报"}}
	matrixTiers = []components.Option{{Label: filing.TierWhole.Label()}, {Value: string(filing.TierCity), Label: filing.TierCity.Label()}}
	matrixSorts = []components.Option{{Label: "方案顺序"}, {Value: "rate", Label: "按时率从低到高"}, {Value: "overdue", Label: "逾期项数"}}
)

// matrixDefault is how many months the matrix shows.
const matrixDefault = "12"

// matrixQuery is what the address of the matrix asks for.
type matrixQuery struct {
	address
	filter filing.MatrixFilter
	months string              // how many, or a year
	spans  []components.Option // what months may be
	tiered bool                // the reader chooses between the whole city, its own units and one area
	tiers  []components.Option
	words  string // the filter in words
}

// matrixYears is how many years one can look back on, one by one.
const matrixYears = 10

// spansOf are the spans of months that a reader may choose: the last ones, and the years in which there are tasks.
func (a *App) spansOf(c echo.Context, who models.Actor) ([]components.Option, error) {
	months, err := a.Filing.Months(c.Request().Context(), who)
	spans := slices.Clone(matrixMonths)
	for _, month := range months {
		year, _, _ := strings.Cut(month, "-")
		if label(year, spans) == "" && len(spans) < len(matrixMonths)+matrixYears {
			spans = append(spans, components.Option{Value: year, Label: year + "年"})
		}
	}
	return spans, err
}

// tiersOf are the parts of the city that a reader may choose.
func (a *App) tiersOf(c echo.Context, who models.Actor) ([]components.Option, error) {
	if !filing.Tiered(who) {
		return nil, nil
	}
	areas, err := a.Directory.Areas(c.Request().Context(), who)
	tiers := slices.Clone(matrixTiers)
	for _, area := range areas {
		if area.ParentID != nil {
			tiers = append(tiers, components.Option{Value: area.Code, Label: area.Name})
		}
	}
	return tiers, err
}

func (a *App) matrixQueryOf(c echo.Context) (matrixQuery, error) {
	who := actor(c)
	q := matrixQuery{address: listAddress(c, paths.Matrix, "tier", "months", "standing", "q", "sort"), tiered: filing.Tiered(who)}
	var err error
	if q.spans, err = a.spansOf(c, who); err != nil {
		return q, err
	}
	if q.tiers, err = a.tiersOf(c, who); err != nil {
		return q, err
	}
	if q.months = choice(form.Query(c, "months"), q.spans); q.months == "" {
		q.months = matrixDefault
	}
	standing := choice(form.Query(c, "standing"), matrixStandings)
	q.filter = filing.MatrixFilter{Standing: models.Standing(standing), Text: form.Query(c, "q"), Sort: choice(form.Query(c, "sort"), matrixSorts)}
	if len(q.months) == len("2026") {
		q.filter.Year = q.months
	} else {
		q.filter.Months, _ = strconv.Atoi(q.months)
	}
	if q.tiered {
		q.filter.Tier = filing.Tier(choice(form.Query(c, "tier"), q.tiers))
	}
	q.words = inWords(label(string(q.filter.Tier), q.tiers), quoted(q.filter.Text), label(standing, matrixStandings))
	return q, nil
}

func (q matrixQuery) bar() components.FilterBar {
	bar := components.FilterBar{ID: "m", Label: "筛选单位", Action: paths.Matrix, Filters: []components.Filter{
		{Name: "months", Label: "期间", Value: q.months, Options: q.spans},
		{Name: "standing", Label: "状态", Value: string(q.filter.Standing), Options: matrixStandings},
		{Name: "q", Label: "单位", Value: q.filter.Text, Placeholder: "输入单位名称"},
		{Name: "sort", Label: "排序", Value: q.filter.Sort, Options: matrixSorts, End: true},
	}}
	if q.tiered {
		bar.Filters = slices.Insert(bar.Filters, 0, components.Filter{Name: "tier", Label: "区划", Value: string(q.filter.Tier), Options: q.tiers})
	}
	if q.words != "" {
		bar.ClearURL = paths.Matrix
	}
	return bar
}

// title is what the workbook of the matrix is called, with the tier where there are two.
func (q matrixQuery) title() string {
	if !q.tiered {
		return "履约矩阵"
	}
	return "履约矩阵（" + cmp.Or(label(string(q.filter.Tier), q.tiers), filing.TierWhole.Label()) + "）"
}

// matrix shows the compliance matrix.
func (a *App) matrix(c echo.Context) error {
	who := actor(c)
	q, err := a.matrixQueryOf(c)
	if err != nil {
		return err
	}
	m, err := a.Filing.Matrix(c.Request().Context(), who, q.filter)
	if err != nil {
		return err
	}
	view := filingview.MatrixPage{
		Shell: a.Shell(c, "履约矩阵", crumb("数据报送", a.filingsRoot(who))), Next: matrixNext(m, who, label(q.months, q.spans)), Bar: q.bar(),
		Months: m.Months, Columns: m.Columns, Sum: m.Sum, Items: m.Items(), Filter: q.words, Open: a.Guard.Can(who, "filing", "view"),
		Actions: []components.Action{{Label: "打印", Icon: components.IconPrinter, Print: true},
			{Label: "导出 " + countText(len(m.Rows), "个单位"), URL: components.URL(q.to(paths.MatrixExport)), Icon: components.IconTableExport}},
	}
	view.Shell.Across = view.Wide()
	for _, r := range m.Rows {
		view.Rows = append(view.Rows, filingview.MatrixRow{Unit: r.Unit, Cells: r.Cells, Sum: r.Sum, Items: r.Items})
	}
	return respond.Page(c, http.StatusOK, filingview.Matrix(view), nil)
}

// filingsRoot is where 数据报送 leads: the list of tasks, or for those who see figures only the matrix.
func (a *App) filingsRoot(who models.Actor) string {
	if a.Guard.Can(who, "filing", "view") {
		return paths.Filings
	}
	return paths.Matrix
}

// matrixNamed is how many late units the sentence names.
const matrixNamed = 3

// matrixNext is the sentence 下一步 over a matrix.
func matrixNext(m *filing.Matrix, who models.Actor, span string) components.Next {
	if m.Missing == 0 {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{
			components.Plain(span + "没有逾期未报；进行中的任务以各自期限为准。")}}
	}
	missing := components.Late(countText(m.Missing, "项逾期未报"))
	switch {
	case who.Has(models.RoleOffice):
		sentence := components.Sentence{components.Plain("请您"), components.Bold("今天"), components.Plain("向 "), components.Bold(countText(m.Overdue, "个单位")),
			components.Plain("催报 "), missing, components.Plain("：")}
		return components.Next{Tone: components.ToneLate, Sentence: append(sentence, lateNames(m)...)}
	case who.SeesArea():
		return components.Next{Sentence: components.Sentence{components.Plain(span + "有 "), components.Bold(countText(m.Overdue, "个单位")),
			components.Plain(" "), missing, components.Plain("，由领导小组办公室催报。")}}
	case who.Has(models.RoleLiaison):
		return components.Next{Tone: components.ToneLate, Sentence: components.Sentence{components.Plain("请您立即补报本单位 "), missing, components.Plain("："),
			components.Linked("查看任务", components.URL(paths.With(paths.Filings, "standing", string(models.StandingOverdue)))), components.Plain("。")}}
	}
	return components.Next{Tone: components.ToneLate, Sentence: components.Sentence{components.Plain("请本单位信息联络员立即补报 "), missing, components.Plain("。")}}
}

// lateNames names the late units with their tasks, the first few of them.
func lateNames(m *filing.Matrix) components.Sentence {
	late := overdueUnits(m, filing.TierWhole, func(u models.Unit) string {
		return paths.With(paths.Filings, "unit", u.Code, "standing", string(models.StandingOverdue))
	}).Units
	var names components.Sentence
	for i, u := range late[:min(len(late), matrixNamed)] {
		if i > 0 {
			names = append(names, components.Plain("、"))
		}
		names = append(names, components.Linked(u.Name, components.URL(u.URL)), components.Plain(" "+countText(u.Count, "项")))
	}
	if m.Overdue > matrixNamed {
		names = append(names, components.Plain("等"))
	}
	return append(names, components.Plain("。"))
}

// matrixExport sends the matrix as a workbook.
func (a *App) matrixExport(c echo.Context) error {
	who := actor(c)
	q, err := a.matrixQueryOf(c)
	if err != nil {
		return err
	}
	m, err := a.Filing.ExportMatrix(c.Request().Context(), who, q.filter)
	if err != nil {
		return err
	}
	columns := []office.Column{{Title: "成员单位", Width: 24}}
	for _, month := range m.Months {
		columns = append(columns, office.Column{Title: words.Month(month) + "期", Width: 16})
	}
	columns = append(columns, office.Column{Title: "应报", Kind: office.Count}, office.Column{Title: "各期应报合计", Kind: office.Count}, office.Column{Title: "逾期未报", Kind: office.Count},
		office.Column{Title: "按时率", Kind: office.Rate})
	rows := append(m.Rows[:len(m.Rows):len(m.Rows)], filing.MatrixRow{Unit: models.Unit{Name: "合计"}, Cells: m.Columns, Sum: m.Sum, Items: m.Items()})
	return a.sendTable(c, office.Table{Title: q.title(), Mark: a.mark(who), Columns: columns, Rows: rowsOf(rows, matrixExportRow)})
}

func matrixExportRow(r filing.MatrixRow) []any {
	row := []any{r.Unit.Name}
	for _, cell := range r.Cells {
		row = append(row, cellWords(cell))
	}
	row = append(row, r.Items, r.Sum.Owed(), r.Sum.Overdue)
	if rate, ok := r.Sum.Rate(); ok {
		return append(row, float64(rate)/1000)
	}
	return append(row, "—")
}

// cellWords writes a cell of the matrix in words: 逾期未报，已报 3／应报 4.
func cellWords(y models.Tally) string {
	switch {
	case y.Total == 0:
		return "—"
	case y.Worst == models.StandingExempt, y.Worst == models.StandingUnopened:
		return y.Worst.Label()
	}
	return fmt.Sprintf("%s　%d／%d", words.Cell(y).Word, y.Filed, y.Owed())
}

// matrixCell shows the tasks behind one cell.
func (a *App) matrixCell(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	rows, err := a.Filing.Cell(ctx, who, c.Param("unit"), c.Param("month"))
	if err != nil {
		return err
	}
	cal, err := a.Directory.Calendar(ctx)
	if err != nil {
		return err
	}
	view := filingview.CellPage{Unit: rows[0].Task.Unit, Month: words.Month(c.Param("month")) + "期", Open: a.Guard.Can(who, "filing", "view"),
		Rows: listRows(rows, nil, cal, a.Now())}
	for i := range rows {
		view.Tally.Add(&rows[i].Task, models.At(a.Now()))
	}
	view.Badge, view.Next = cellBadge(view.Tally), cellNext(rows, who, a.Now())
	view.Shell = a.Shell(c, view.Unit.Name+" "+view.Month, crumb("数据报送", a.filingsRoot(who)), crumb("履约矩阵", paths.Matrix))
	return respond.Page(c, http.StatusOK, filingview.Cell(view), nil)
}

// cellBadge is the state of a cell on its own page, where 退回补正 is red.
func cellBadge(y models.Tally) components.Badge {
	if y.DoneByUnits() {
		return words.Cell(y)
	}
	return words.Standing(y.Worst)
}

// cellNext is the sentence 下一步 over the tasks of one cell.
func cellNext(rows []filing.TaskRow, who models.Actor, now time.Time) components.Next {
	overdue, open, filed := 0, 0, 0
	var due models.Instant
	for _, r := range rows {
		switch {
		case r.Standing == models.StandingOverdue:
			overdue++
		case r.Standing == models.StandingReturned, r.Standing == models.StandingOpen && (r.Current == nil || r.Current.State != models.BatchFiled):
			open++
			if due == 0 || r.DueNow < due {
				due = r.DueNow
			}
		case r.Current != nil && r.Current.State == models.BatchFiled:
			filed++
		}
	}
	unit := rows[0].Task.Unit.Name
	switch {
	case overdue > 0 && who.Has(models.RoleOffice):
		return components.Next{Tone: components.ToneLate, Sentence: components.Sentence{components.Plain("请您今天向" + unit + "催报 "), components.Late(countText(overdue, "项逾期未报")), components.Plain("。")}}
	case overdue > 0:
		return components.Next{Tone: components.ToneLate, Sentence: components.Sentence{components.Plain("请" + unit + "信息联络员立即补报 "), components.Late(countText(overdue, "项逾期未报")), components.Plain("。")}}
	case open > 0:
		return components.Next{Sentence: components.Sentence{components.Plain("请" + unit + "在 "), components.Bold(words.Day(due) + due.Time().Format("15:04") + " 前"),
			components.Plain("办完 "), components.Bold(countText(open, "项")), components.Plain("待报或待补正的任务。")}}
	}
	if filed > 0 {
		whom := "请办公室"
		if who.Has(models.RoleOffice) {
			whom = "请您"
		}
		return components.Next{Sentence: components.Sentence{components.Plain(whom + "受理或退回 "), components.Bold(countText(filed, "批")), components.Plain("待受理批次。")}}
	}
	return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("本期没有等" + unit + "办理的任务。")}}
}
