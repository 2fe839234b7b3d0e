package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/cn"
	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/session"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
)

// inboxQuery is what the address of the inbox asks for.
type inboxQuery struct {
	address
	filter filing.InboxFilter
	units  []components.Option
}

func (a *App) inboxQuery(c echo.Context, who models.Actor) (inboxQuery, error) {
	units, err := a.unitOptions(c, who)
	if err != nil {
		return inboxQuery{}, err
	}
	return inboxQuery{address: listAddress(c, paths.Inbox, "q", "unit", "sort"), units: units, filter: filing.InboxFilter{
		Text: form.Query(c, "q"), Unit: choice(form.Query(c, "unit"), units), Sort: oneOf(form.Query(c, "sort"), "newest", "rows", "unit"),
		Page: form.Page(c), Size: form.PageSize,
	}}, nil
}

func (q inboxQuery) bar(total int64) components.FilterBar {
	return components.FilterBar{ID: "i", Label: "筛选批次", Action: paths.Inbox, ClearURL: q.clear(), Keep: q.keep("sort"), Filters: []components.Filter{
		{Name: "q", Label: "单位、事项或批次号", Value: q.filter.Text, Placeholder: "如 ZJJ-02"},
		{Name: "unit", Label: "单位", Value: q.filter.Unit, Options: q.units},
	}, Actions: q.export(paths.InboxExport, total, "批")}
}

// inbox shows the batches that wait for the Office.
func (a *App) inbox(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.inboxQuery(c, who)
	if err != nil {
		return err
	}
	cal, err := a.Directory.Calendar(ctx)
	if err != nil {
		return err
	}
	batches, total, err := withinEnd(ctx, who, &q.filter, &q.filter.Page, a.Filing.Inbox)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, filingview.Inbox(filingview.InboxPage{
		Shell: a.Shell(c, "待受理批次", crumb("数据报送", paths.Filings)), Now: a.Now(), Next: a.nextTodo(c, who, a.todos(c, who), cal),
		Bar: q.bar(total), Order: q.order(q.filter.Sort), Rows: inboxRows(batches, cal, a.Now()), Pages: q.pages(total, q.filter.Page, "批"),
		Keep: q.keep("q", "unit"), Filter: inWords(quoted(q.filter.Text), label(q.filter.Unit, q.units)),
	}), nil)
}

func inboxRows(batches []models.Batch, cal *cn.Calendar, now time.Time) []filingview.InboxRow {
	rows := make([]filingview.InboxRow, len(batches))
	for i, b := range batches {
		rows[i] = filingview.InboxRow{Batch: b, Timely: timely(&batches[i]), Waited: waited(cal, b.SignedAt, now)}
	}
	return rows
}

// timely is the badge that says whether a batch, once accepted, makes its task on time. A correction changes nothing.
func timely(b *models.Batch) components.Badge {
	if b.Correction {
		return components.Badge{Family: components.FamilyOff, Icon: components.IconReplace, Word: "更正"}
	}
	if _, onTime := b.Task.Timely(b); onTime {
		return components.Badge{Family: components.FamilyOK, Icon: components.IconCircleCheck, Word: "按时"}
	}
	return components.Badge{Family: components.FamilyDue, Icon: components.IconClockExclamation, Word: "逾期补报"}
}

var inboxColumns = []office.Column{
	{Title: "批次", Width: 22}, {Title: "单位", Width: 24}, {Title: "事项", Width: 36}, {Title: "期次"}, {Title: "期限", Kind: office.Moment}, {Title: "报送方式"},
	{Title: "行数", Kind: office.Count}, {Title: "填报人"}, {Title: "提交人"}, {Title: "审签人"}, {Title: "审签时间", Kind: office.Moment}, {Title: "按时"},
	{Title: "已等工作日", Kind: office.Count},
}

// inboxExport sends the filtered inbox as a workbook.
func (a *App) inboxExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.inboxQuery(c, who)
	if err != nil {
		return err
	}
	cal, err := a.Directory.Calendar(ctx)
	if err != nil {
		return err
	}
	now := a.Now().In(models.Zone)
	return a.sendTable(c, office.Table{Title: "待受理批次", Mark: a.mark(who), Columns: inboxColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Filing.ExportInbox(ctx, who, q.filter, func(b *models.Batch) error {
			return each(b.Code, b.Task.Unit.Name, b.Task.Item.Name, b.Task.Period.Label(), b.Task.DueNow(), filedAs(b), b.RowsRead, b.CreatedName,
				b.SubmittedName, b.SignedName, b.SignedAt, timely(b).Word, cal.WorkdaysBetween(b.SignedAt.Time(), now))
		})
	})})
}

// filedAs says in a word what a batch is.
func filedAs(b *models.Batch) string {
	switch {
	case b.Kind == models.BatchNil:
		return "零报送"
	case b.Correction:
		return "更正"
	}
	return "报送文件"
}

// chosenPage is how many batches are looked up at once.
const chosenPage = 500

// chosen returns the codes of the ticked batches, or of all that the filter finds.
func (a *App) chosen(c echo.Context) ([]string, error) {
	if form.Text(c, "all") != "1" {
		return form.List(c, "code"), nil
	}
	batches, err := a.waiting(c, filing.InboxFilter{Text: form.Text(c, "q"), Unit: form.Text(c, "unit")})
	var codes []string
	for _, b := range batches {
		codes = append(codes, b.Code)
	}
	return codes, err
}

// waiting returns all batches in the inbox that a filter finds.
func (a *App) waiting(c echo.Context, f filing.InboxFilter) ([]models.Batch, error) {
	f.Size = chosenPage
	var list []models.Batch
	for f.Page = 1; ; f.Page++ {
		batches, total, err := a.Filing.Inbox(c.Request().Context(), actor(c), f)
		if err != nil {
			return nil, err
		}
		list = append(list, batches...)
		if len(batches) == 0 || int64(len(list)) >= total {
			return list, nil
		}
	}
}

// inboxAccept accepts the chosen batches, each for itself. Posted from the list it only carries the choice to the page that
// asks whether it is meant.
func (a *App) inboxAccept(c echo.Context) error {
	codes, all := form.List(c, "code"), form.Text(c, "all") == "1"
	switch {
	case len(codes) == 0 && !all:
		return a.warn(c, paths.Inbox, noneChosen)
	case form.Text(c, "step") == "accept":
	case all:
		return respond.SeeOther(c, paths.With(paths.InboxAccept, "all", "1", "q", form.Text(c, "q"), "unit", form.Text(c, "unit")))
	case len(codes) > acceptMost:
		return a.warn(c, paths.Inbox, "没有受理：一次最多勾选 "+countText(acceptMost, "批")+"；要受理更多的，请选择全部。")
	default:
		return respond.SeeOther(c, paths.InboxAccept+"?"+url.Values{"code": codes}.Encode())
	}
	chosen := make([]filing.Chosen, len(codes))
	for i, code := range codes {
		chosen[i] = filing.Chosen{Code: code, Seen: seen(form.Text(c, filing.SeenField(code)))}
	}
	results, err := a.Filing.MoveMany(c.Request().Context(), actor(c), chosen, models.VerbAccept, filing.MoveInput{From: models.BatchFiled})
	if err != nil {
		return err
	}
	return a.tellResults(c, results, "已受理", "数据已生效", "没有受理")
}

// acceptMost is how many batches can be ticked one by one; they stand in an address.
const acceptMost = 100

const noneChosen = "没有受理：还没有选中批次。请先勾选要受理的批次。"

// inboxAcceptForm says what will come of accepting the chosen batches, and for whom, before it is done.
func (a *App) inboxAcceptForm(c echo.Context) error {
	f := filing.InboxFilter{Codes: c.QueryParams()["code"]}
	all := form.Query(c, "all") == "1"
	if all {
		f = filing.InboxFilter{Text: form.Query(c, "q"), Unit: form.Query(c, "unit")}
	}
	if !all && len(f.Codes) == 0 {
		return a.warn(c, paths.Inbox, noneChosen)
	}
	batches, err := a.waiting(c, f)
	if err != nil {
		return err
	}
	if len(batches) == 0 {
		return a.warn(c, paths.Inbox, "没有受理：所选批次都已不在待受理，可能已由他人办理。")
	}
	last, err := a.Filing.LastSteps(c.Request().Context(), batches)
	if err != nil {
		return err
	}
	hidden := []components.Pair{{Name: "step", Value: "accept"}}
	for _, b := range batches {
		hidden = append(hidden, components.Pair{Name: "code", Value: b.Code}, components.Pair{Name: filing.SeenField(b.Code), Value: decimal(last[b.ID])})
	}
	count := countText(len(batches), "批")
	return respond.Page(c, http.StatusOK, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.Shell(c, "受理批次", crumb("数据报送", paths.Filings), crumb("待受理批次", paths.Inbox)),
		Title: "受理 " + count + "？", Icon: components.IconHelpCircle, Text: acceptWords(batches, max(len(f.Codes)-len(batches), 0)),
		Post: paths.InboxAccept, Back: paths.Inbox, Label: "受理 " + count, Hidden: hidden,
	}), nil)
}

// acceptWords say whose batches are accepted and what follows. missing batches were chosen and wait no more.
func acceptWords(batches []models.Batch, missing int) string {
	var units []string
	count, rows := map[string]int{}, int64(0)
	for _, b := range batches {
		name := b.Task.Unit.Name
		if count[name] == 0 {
			units = append(units, name)
		}
		count[name]++
		rows += b.RowsRead
	}
	for i, name := range units {
		units[i] = name + " " + countText(count[name], "批")
	}
	text := listed(units) + "，共 " + components.Thousands(rows) + " 行。受理后数据立即生效，供有权使用的单位查用；同一任务此前有生效批次的，由新批次替代。各批分别办理，办不成的逐批说明原因。"
	if missing > 0 {
		text += "另有 " + countText(missing, "批") + "已不在待受理，没有列入，可能已由他人办理。"
	}
	return text
}

// tellResults says which batches were done and which were not, and why, and goes back to the inbox.
func (a *App) tellResults(c echo.Context, results []filing.BulkResult, did, follows, failed string) error {
	done, trouble := bulkWords(results)
	if len(done) == 0 {
		return a.warn(c, paths.Inbox, countText(len(trouble), "批")+failed+"。"+strings.Join(trouble, ""))
	}
	text := did + " " + countText(len(done), "批") + "：" + listed(done) + "，" + follows + "。"
	if len(trouble) == 0 {
		return a.done(c, paths.Inbox, text)
	}
	if err := middleware.Session(c).Flash(session.Flash{Family: string(components.FamilyOK), Text: text}); err != nil {
		return err
	}
	return a.warn(c, paths.Inbox, countText(len(trouble), "批")+failed+"。"+strings.Join(trouble, ""))
}

// flashNamed is how many batches a message names one by one.
const flashNamed = 10

// bulkWords tells apart what was done from what was not, with the reasons in sentences.
func bulkWords(results []filing.BulkResult) (done, trouble []string) {
	for _, r := range results {
		switch {
		case r.Trouble == "":
			done = append(done, r.Code)
		case len(trouble) < flashNamed && strings.Contains(r.Trouble, r.Code):
			trouble = append(trouble, r.Trouble)
		case len(trouble) < flashNamed:
			trouble = append(trouble, r.Code+"："+r.Trouble)
		default:
			trouble = append(trouble, "")
		}
	}
	return done, trouble
}

// listed names codes, the first few of them.
func listed(codes []string) string {
	if len(codes) > flashNamed {
		return strings.Join(codes[:flashNamed], "、") + "等"
	}
	return strings.Join(codes, "、")
}

// returnMost is how many batches can be returned at once, each with its own reason.
const returnMost = 50

// inboxReturnForm asks for the reason of each chosen batch.
func (a *App) inboxReturnForm(c echo.Context) error {
	due, err := a.Directory.WorkdaysFrom(c.Request().Context(), a.Now(), mendDays)
	if err != nil {
		return err
	}
	var list []filing.ReturnInput
	for _, code := range c.QueryParams()["code"] {
		list = append(list, filing.ReturnInput{Code: code})
	}
	return a.showReturn(c, http.StatusOK, list, due, nil)
}

func (a *App) showReturn(c echo.Context, code int, list []filing.ReturnInput, due models.Day, fields map[string]string) error {
	if len(list) == 0 || len(list) > returnMost {
		return a.warn(c, paths.Inbox, "没有退回：请勾选 1 至 "+countText(returnMost, "批")+"，每批须分别写明理由。")
	}
	codes, typed := make([]string, len(list)), map[string]filing.ReturnInput{}
	for i, one := range list {
		codes[i] = one.Code
		typed[filing.ReasonField(one.Code)] = one
	}
	batches, _, err := a.Filing.Inbox(c.Request().Context(), actor(c), filing.InboxFilter{Codes: codes, Size: returnMost})
	if err != nil {
		return err
	}
	if len(batches) == 0 {
		return a.warn(c, paths.Inbox, "没有退回：所选批次都已不在待受理，可能已由他人办理。")
	}
	last, err := a.Filing.LastSteps(c.Request().Context(), batches)
	if err != nil {
		return err
	}
	view := filingview.InboxReturnPage{Shell: a.Shell(c, "退回批次", crumb("数据报送", paths.Filings), crumb("待受理批次", paths.Inbox)),
		Missing: len(list) - len(batches),
		Due: components.Input{Kind: components.InputDate, Name: "due", Label: "补正期限", Value: string(due), Error: fields["due"], Required: true,
			Width: components.WidthShort, Hint: "当日 " + a.DueHour.String() + " 截止，各批相同。"}}
	for _, b := range batches {
		name := filing.ReasonField(b.Code)
		event := last[b.ID]
		if before := typed[name].Seen; before != nil { // a form that comes back still shows what it showed
			event = *before
		}
		view.Rows = append(view.Rows, filingview.InboxReturnRow{Batch: b, Seen: components.Pair{Name: filing.SeenField(b.Code), Value: decimal(event)}, Reason: components.Input{Kind: components.InputTextarea, Name: name, Label: "退回理由",
			Value: typed[name].Reason, Error: fields[name], Required: true, Rows: 3, Hint: "写明哪一列、哪些行、怎样改；对方原样看到，并记入审计日志。"}})
	}
	return respond.Page(c, code, filingview.InboxReturn(view), nil)
}

// inboxReturn returns batches. Posted from the list it only carries the choice to the page that asks for the reasons.
func (a *App) inboxReturn(c echo.Context) error {
	if form.Text(c, "step") != "return" {
		codes, err := a.chosen(c)
		if err != nil {
			return err
		}
		if len(codes) == 0 || len(codes) > returnMost {
			return a.warn(c, paths.Inbox, "没有退回：请勾选 1 至 "+countText(returnMost, "批")+"，每批须分别写明理由。")
		}
		return respond.SeeOther(c, paths.InboxReturn+"?"+url.Values{"code": codes}.Encode())
	}
	var list []filing.ReturnInput
	for _, code := range form.List(c, "code") {
		list = append(list, filing.ReturnInput{Code: code, Reason: form.Text(c, filing.ReasonField(code)), Seen: seen(form.Text(c, filing.SeenField(code)))})
	}
	due := form.Day(c, "due")
	results, err := a.Filing.ReturnMany(c.Request().Context(), actor(c), list, due)
	if fields, ok := fault.Fields(err); ok {
		return a.showReturn(c, http.StatusUnprocessableEntity, list, due, fields)
	}
	if err != nil {
		return err
	}
	return a.tellResults(c, results, "已退回", "理由和补正期限已告知报送单位", "没有退回")
}
