package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/cn"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
	"taxportal/web/views/words"
)

// standingDone is the filter for tasks with a batch in force, whatever their standing.
const standingDone = "done"

// standingBatches are the choices of the filter by standing that ask for the state of a batch instead.
var standingBatches = map[string]workflow.State{
	string(models.BatchSigning): models.BatchSigning, string(models.BatchFiled): models.BatchFiled, standingDone: models.BatchEffective,
}

// standingOptions are the choices of the filter by standing.
func standingOptions() []components.Option {
	options := []components.Option{{Label: "全部状态"}}
	for _, s := range models.Standings {
		options = append(options, components.Option{Value: string(s), Label: s.Label()})
	}
	for _, s := range []workflow.State{models.BatchSigning, models.BatchFiled} {
		options = append(options, components.Option{Value: string(s), Label: models.FilingFlow.Describe(s).Label})
	}
	return append(options, components.Option{Value: standingDone, Label: "已办结"})
}

// taskQuery is what the address of the list of tasks asks for.
type taskQuery struct {
	address
	filter filing.TaskFilter
	chosen string // of standingOptions
	words  string // the filter in words
	units  []components.Option
}

func (a *App) taskQuery(c echo.Context, who models.Actor) (taskQuery, error) {
	units, err := a.unitOptions(c, who)
	if err != nil {
		return taskQuery{}, err
	}
	q := taskQuery{address: listAddress(c, paths.Filings, "q", "unit", "month", "standing", "sort"), units: units}
	standing := choice(form.Query(c, "standing"), standingOptions())
	month := form.Query(c, "month")
	if !models.Period(month).Valid() {
		month = ""
	}
	q.filter = filing.TaskFilter{Text: form.Query(c, "q"), Unit: choice(form.Query(c, "unit"), units), Month: month,
		Sort: form.Query(c, "sort"), Page: form.Page(c), Size: form.PageSize}
	q.chosen = standing
	if state, ok := standingBatches[standing]; ok {
		q.filter.Batch = state
	} else {
		q.filter.Standing = models.Standing(standing)
	}
	monthWords := ""
	if month != "" {
		monthWords = words.Month(month) + "期"
	}
	q.words = inWords(quoted(q.filter.Text), label(q.filter.Unit, units), monthWords, label(standing, standingOptions()))
	return q, nil
}

// filings shows the list of tasks.
func (a *App) filings(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.taskQuery(c, who)
	if err != nil {
		return err
	}
	rows, total, err := withinEnd(ctx, who, &q.filter, &q.filter.Page, a.Filing.Tasks)
	if err != nil {
		return err
	}
	cal, err := a.Directory.Calendar(ctx)
	if err != nil {
		return err
	}
	bar, err := a.taskBar(c, who, q, total)
	if err != nil {
		return err
	}
	todos := a.todos(c, who)
	return respond.Page(c, http.StatusOK, filingview.List(filingview.ListPage{
		Shell: a.Shell(c, "报送任务", crumb("数据报送", paths.Filings)), Next: a.nextTodo(c, who, todos, cal), Bar: bar,
		Sort: sortOf(q.filter.Sort), SortBy: q.sortBy, Rows: listRows(rows, todos, cal, a.Now()), Pages: q.pages(total, q.filter.Page, "项"),
		Units: q.units != nil, Filter: q.words,
	}), nil)
}

// sortOf returns the order of a list of tasks, "" for newest due first.
func sortOf(order string) string {
	switch order {
	case "due", "unit", "name":
		return order
	}
	return ""
}

func (a *App) taskBar(c echo.Context, who models.Actor, q taskQuery, total int64) (components.FilterBar, error) {
	months, err := a.Filing.Months(c.Request().Context(), who)
	if err != nil {
		return components.FilterBar{}, err
	}
	options := []components.Option{{Label: "全部期次"}}
	for _, m := range months {
		options = append(options, components.Option{Value: m, Label: words.Month(m) + "期"})
	}
	bar := components.FilterBar{ID: "t", Label: "筛选任务", Action: components.URL(paths.Filings), ClearURL: q.clear(), Keep: q.keep("sort")}
	if total > 0 {
		bar.Actions = []components.Action{components.Export(components.URL(q.to(paths.FilingsExport)), int(total), "项")}
	}
	bar.Filters = append(bar.Filters, components.Filter{Name: "q", Label: "事项或任务号", Value: q.filter.Text, Placeholder: "如 ZJJ-02"})
	if q.units != nil {
		bar.Filters = append(bar.Filters, components.Filter{Name: "unit", Label: "单位", Value: q.filter.Unit, Options: q.units})
	}
	bar.Filters = append(bar.Filters, components.Filter{Name: "month", Label: "期次", Value: q.filter.Month, Options: options},
		components.Filter{Name: "standing", Label: "状态", Value: q.chosen, Options: standingOptions()})
	return bar, nil
}

// listRows puts tasks into the view's rows, each with the step that waits for the reader.
func listRows(rows []filing.TaskRow, todos []filing.Todo, cal *cn.Calendar, now time.Time) []filingview.ListRow {
	waiting := map[string]filing.Todo{}
	for _, t := range todos {
		if !t.Waiver {
			waiting[t.Task] = t
		}
	}
	list := make([]filingview.ListRow, len(rows))
	for i, r := range rows {
		list[i] = filingview.ListRow{Task: r.Task, Standing: r.Standing, Underway: r.Task.Underway(), Batch: r.Current, Clock: taskClock(cal, r, now)}
		if todo, ok := waiting[r.Task.Code]; ok {
			list[i].Action = &components.Action{Label: todo.Verb, URL: components.URL(todoURL(todo)), Small: true, Aria: todo.Verb + "　" + todo.Title}
		}
	}
	return list
}

// taskClock is the clock of a task in a list: it runs while the unit must act; otherwise the cell tells the due day.
func taskClock(cal *cn.Calendar, r filing.TaskRow, now time.Time) components.Due {
	settled := r.Standing == models.StandingExempt || r.Task.Effective() != nil || (r.Current != nil && r.Current.State == models.BatchFiled)
	if settled {
		return components.Due{Family: components.FamilyOff, Text: words.ShortDay(r.DueNow, now)}
	}
	clock := dueClock(cal, r.DueNow, now)
	if r.Standing == models.StandingUnopened {
		clock.Family = components.FamilyOff
	}
	return clock
}

// filingsExport sends the filtered list of tasks as a workbook.
func (a *App) filingsExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.taskQuery(c, who)
	if err != nil {
		return err
	}
	return a.sendTable(c, office.Table{Title: "报送任务", Mark: a.mark(who), Columns: taskColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Filing.ExportTasks(ctx, who, q.filter, func(r filing.TaskRow) error { return each(taskRow(r)...) })
	})})
}

var taskColumns = []office.Column{
	{Title: "任务号"}, {Title: "单位"}, {Title: "事项", Width: 36}, {Title: "期次"}, {Title: "期限", Kind: office.Moment}, {Title: "状态"},
	{Title: "批次"}, {Title: "批次状态"}, {Title: "行数", Kind: office.Count}, {Title: "审签时间", Kind: office.Moment}, {Title: "审签人"},
	{Title: "受理或退回时间", Kind: office.Moment},
}

func taskRow(r filing.TaskRow) []any {
	row := []any{r.Task.Code, r.Task.Unit.Name, r.Task.Item.Name, r.Task.Period.Label(), r.DueNow, r.Standing.Label()}
	b := r.Current
	if b == nil {
		return row
	}
	return append(row, b.Code, models.FilingFlow.Describe(b.State).Label, b.RowsRead, b.SignedAt, b.SignedName, b.DecidedAt)
}
