package handlers

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/workflow"
	"taxportal/web/views/catalogueview"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
	"taxportal/web/views/words"
)

// replyLimit bounds one answer with its files.
const replyLimit = catalogue.MaxReplyFiles*catalogue.MaxReplyFileBytes + 1<<19

// callLate is the filter of calls that were not answered in time.
const callLate = "late"

func callStates() []components.Option {
	options := []components.Option{{Label: "全部状态"}, {Value: callLate, Label: "逾期未答复"}}
	for _, s := range models.CallFlow.States {
		options = append(options, components.Option{Value: string(s.State), Label: s.Label})
	}
	return options
}

// callQuery is what the address of the list of calls asks for.
type callQuery struct {
	address
	filter catalogue.CallFilter
	state  string
	words  string
	units  []components.Option
}

func (a *App) callQuery(c echo.Context, who models.Actor) (callQuery, error) {
	units, err := a.unitOptions(c, who)
	if err != nil {
		return callQuery{}, err
	}
	unit, state := choice(form.Query(c, "unit"), units), choice(form.Query(c, "state"), callStates())
	q := callQuery{address: listAddress(c, paths.Calls, "q", "unit", "state", "sort"), units: units, state: state, filter: catalogue.CallFilter{Text: form.Query(c, "q"), Unit: unit,
		State: workflow.State(state), Sort: oneOf(form.Query(c, "sort"), "due", "unit", "oldest"), Page: form.Page(c), Size: form.PageSize}}
	if state == callLate {
		q.filter.State, q.filter.Late = "", true
	}
	q.words = inWords(quoted(q.filter.Text), label(unit, units), label(state, callStates()))
	return q, nil
}

func (q callQuery) bar(total int64) components.FilterBar {
	bar := components.FilterBar{ID: "x", Label: "筛选专项需求", Action: paths.Calls, ClearURL: q.clear(), Keep: q.keep("sort"), Actions: q.export(paths.CallsExport, total, "件"),
		Filters: []components.Filter{{Name: "q", Label: "事项、需求号或法律名称", Value: q.filter.Text, Placeholder: "如 XQ-2026-001"}}}
	if q.units != nil {
		bar.Filters = append(bar.Filters, components.Filter{Name: "unit", Label: "单位", Value: q.filter.Unit, Options: q.units})
	}
	bar.Filters = append(bar.Filters, components.Filter{Name: "state", Label: "状态", Value: q.state, Options: callStates()})
	return bar
}

// calls shows the Office's ad-hoc calls for information.
func (a *App) calls(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.callQuery(c, who)
	if err != nil {
		return err
	}
	rows, total, err := withinEnd(ctx, who, &q.filter, &q.filter.Page, a.Desk.Calls)
	if err != nil {
		return err
	}
	view := catalogueview.CallListPage{Shell: a.Shell(c, "专项需求", crumb("共享目录", paths.Catalogue)), Now: a.Now(), Next: a.callsNext(c, who), Rows: rows,
		Bar: q.bar(total), Order: q.order(q.filter.Sort), Pages: q.pages(total, q.filter.Page, "件"), Filter: q.words}
	if a.Guard.Can(who, "call", "raise") {
		view.Actions = []components.Action{{Label: "提出需求", URL: paths.CallNew, Icon: components.IconPlus, Style: components.StylePrimary}}
	}
	return respond.Page(c, http.StatusOK, catalogueview.CallList(view), nil)
}

// callsNext says how many calls wait for the reader.
func (a *App) callsNext(c echo.Context, who models.Actor) components.Next {
	waiting, late := 0, 0
	var first *components.Action // the to-dos stand in the order of their due dates
	for _, t := range a.todos(c, who) {
		if t.Flow != nil && t.Flow.Name == models.CallFlow.Name {
			waiting++
			if t.Late {
				late++
			}
			if first == nil {
				first = &components.Action{Label: t.Verb, URL: components.URL(t.URL), Small: true}
			}
		}
	}
	switch {
	case late > 0:
		return components.Next{Tone: components.ToneLate, Action: first, Sentence: components.Sentence{components.Plain("请您今天先办理 "), components.Late(countText(late, "件")), components.Plain("已逾期的专项需求。")}}
	case waiting > 0:
		return components.Next{Action: first, Sentence: components.Sentence{components.Plain("请您办理 "), components.Bold(countText(waiting, "件")), components.Plain("专项需求。")}}
	case a.Guard.Can(who, "call", "raise"):
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您确认的答复。目录以外的信息可向有关单位提出需求，须写明法律和条款（方案二（二）36）。")}}
	}
	return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的专项需求；办公室提出后会列在工作台。")}}
}

var callColumns = []office.Column{{Title: "需求号"}, {Title: "单位", Width: 24}, {Title: "需求事项", Width: 36}, {Title: "所需信息", Width: 50}, {Title: "用途", Width: 40},
	{Title: "法律、法规", Width: 36}, {Title: "条款", Width: 20}, {Title: "信息模板"}, {Title: "答复期限", Kind: office.Moment}, {Title: "状态"}, {Title: "提出人"},
	{Title: "提出时间", Kind: office.Moment}, {Title: "办结时间", Kind: office.Moment}}

// callsExport sends the filtered calls as a workbook.
func (a *App) callsExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.callQuery(c, who)
	if err != nil {
		return err
	}
	return a.sendTable(c, office.Table{Title: "专项需求", Mark: a.mark(who), Columns: callColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Desk.ExportCalls(ctx, who, q.filter, func(x models.Call) error {
			template := ""
			if x.Template != nil {
				template = x.Template.Name
			}
			return each(x.Code, x.Unit.Name, x.Title, x.What, x.Why, x.Law, x.Article, template, x.DueAt, models.CallFlow.Describe(x.State).Label, x.CreatedName, x.CreatedAt, x.SettledAt)
		})
	})})
}

// callNew asks for a call.
func (a *App) callNew(c echo.Context) error {
	return a.showCallNew(c, http.StatusOK, catalogue.CallInput{Unit: form.Query(c, "unit")}, nil)
}

func (a *App) showCallNew(c echo.Context, code int, in catalogue.CallInput, errs map[string]string) error {
	ctx, who := c.Request().Context(), actor(c)
	units, err := a.Desk.CallUnits(ctx, who)
	if err != nil {
		return err
	}
	templates, err := a.Desk.CallTemplates(ctx, who)
	if err != nil {
		return err
	}
	unitChoices, forms := []components.Option{{Label: "请选择"}}, []components.Option{{Label: "不用模板：书面答复，可附文件"}}
	for _, u := range units {
		unitChoices = append(unitChoices, components.Option{Value: u.Code, Label: u.Name})
	}
	for _, t := range templates {
		forms = append(forms, components.Option{Value: t.Code, Label: models.ItemCode(t.Code) + "　" + t.Name})
	}
	area := func(name, label, value, hint string) components.Input {
		return components.Input{Kind: components.InputTextarea, Name: name, Label: label, Value: value, Hint: hint, Rows: 3, Required: true, Error: errs[name], Width: components.WidthFull}
	}
	return respond.Page(c, code, catalogueview.Form(catalogueview.FormPage{
		Shell: a.Shell(c, "提出专项需求", crumb("共享目录", paths.Catalogue), crumb("专项需求", paths.Calls)), Title: "提出专项需求",
		Next:   components.Sentence{components.Plain("请写明要什么、作什么用、何时要，以及"), components.Bold("允许提供的法律和条款"), components.Plain("；没有法律依据的不能提出，单位可以依法不予提供。")},
		Action: paths.CallNew, Back: paths.Calls, Label: "提出需求", Parts: []catalogueview.Part{
			{Title: "向谁要什么", Inputs: []components.Input{
				{Kind: components.InputSelect, Name: "unit", Label: "单位", Value: strings.ToLower(in.Unit), Options: unitChoices, Required: true, Error: errs["unit"], Hint: "方案没有列出的单位，先在“成员单位”中登记。"},
				{Kind: components.InputDate, Name: "due", Label: "答复期限", Value: string(in.Due), Required: true, Error: errs["due"], Width: components.WidthShort, Hint: "当日 " + a.DueHour.String() + " 截止。"},
				{Name: "title", Label: "需求事项", Value: in.Title, Required: true, Error: errs["title"], Width: components.WidthFull, Hint: "一句话，如 2025 年度粮食收储企业名录。"},
				area("what", "所需信息", in.What, "哪些主体、哪个时段、哪些内容。"), area("why", "用途", in.Why, "用于哪项税费工作。")}},
			{Title: "法律依据", Inputs: []components.Input{
				{Name: "law", Label: "法律、法规名称", Value: in.Law, Required: true, Error: errs["law"], Hint: "如 《中华人民共和国税收征收管理法》。"},
				{Name: "article", Label: "条款", Value: in.Article, Required: true, Error: errs["article"], Hint: "如 第六条第一款。"}}},
			{Title: "提供方式", Inputs: []components.Input{
				{Kind: components.InputSelect, Name: "template", Label: "信息模板", Value: strings.ToLower(in.Template), Options: forms, Error: errs["template"], Width: components.WidthFull,
					Hint: "选了模板的，平台为这件需求开一个一次性报送任务：同样校验、审签、受理，受理后自动办结。"}}},
		},
	}), nil)
}

// raiseCall puts a call to a unit.
func (a *App) raiseCall(c echo.Context) error {
	text := func(name string) string { return form.Text(c, name) }
	in := catalogue.CallInput{Unit: text("unit"), Title: text("title"), What: text("what"), Why: text("why"), Law: text("law"), Article: text("article"), Template: text("template"), Due: form.Day(c, "due")}
	call, err := a.Desk.Raise(c.Request().Context(), actor(c), in)
	if fields, ok := fault.Fields(err); ok {
		return a.showCallNew(c, http.StatusUnprocessableEntity, in, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToCall(call.Code), "已提出，列入"+call.Unit.Name+"的工作台。")
}

// call shows one call.
func (a *App) call(c echo.Context) error {
	who := actor(c)
	p, err := a.Desk.Call(c.Request().Context(), who, c.Param("call"))
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, catalogueview.Call(catalogueview.CallPage{
		Shell: a.Shell(c, p.Call.Title, crumb("共享目录", paths.Catalogue), crumb("专项需求", paths.Calls)), Now: a.Now(), Call: p.Call, Next: a.callNext(p),
		History: p.History, Moves: p.Moves, Reply: p.Reply, Refuse: p.Refuse, Replies: catalogue.ShownReplies(who, p.Call),
	}), nil)
}

// callNext fills the sentence of the call's state from the workflow's table.
func (a *App) callNext(p catalogue.CallPage) components.Next {
	named := func(post, name string) string { return post + name }
	how := "答复"
	if p.Call.TaskID != nil {
		how = "在报送任务中上传数据"
	}
	state := models.CallFlow.Describe(p.Call.State)
	next := components.Next{Sentence: words.Sentence(workflow.Sentence(state.Next, map[string]string{"liaison": named("联络员", p.Liaison), "chief": named("分管负责人", p.Chief),
		"contact": p.Contact, "due": words.Due(p.Call.DueAt), "how": how}))}
	switch {
	case p.Late:
		next.Tone = components.ToneLate
	case state.Waits == "":
		next.Tone = components.ToneCalm
	}
	if p.Call.Task != nil && p.Call.State == models.CallOpen {
		next.Action = &components.Action{Label: "去报送任务", URL: components.URL(paths.ToTask(p.Call.Task.Code)), Small: true}
	}
	return next
}

// callMoveForm asks before a move of a call is taken.
func (a *App) callMoveForm(c echo.Context) error {
	return a.showCallMove(c, http.StatusOK, catalogue.MoveInput{}, nil)
}

func (a *App) showCallMove(c echo.Context, code int, in catalogue.MoveInput, errs map[string]string) error {
	p, err := a.Desk.Call(c.Request().Context(), actor(c), c.Param("call"))
	if err != nil {
		return err
	}
	x := p.Call
	m, err := flowMove(&models.CallFlow, p.Moves, x.State, workflow.Verb(c.Param("verb")))
	if err != nil {
		return err
	}
	if m.Requires(workflow.NeedDue) && in.Due == "" {
		if in.Due, err = a.Directory.WorkdaysFrom(c.Request().Context(), a.Now(), mendDays); err != nil {
			return err
		}
	}
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.Shell(c, m.Label, crumb("共享目录", paths.Catalogue), crumb("专项需求", paths.Calls), crumb(x.Code, paths.ToCall(x.Code))), Title: m.Label + "？", Icon: components.IconHelpCircle,
		Text: x.Unit.Name + "“" + x.Title + "”（" + words.State(&models.CallFlow, x.State).Word + "）。" + m.Ask,
		Post: paths.ToCallMove(x.Code, string(m.Verb)), Back: paths.ToCall(x.Code), Label: m.Label, Danger: m.Takes,
		Inputs: deskInputs(m, in, errs, a.DueHour), Hidden: []components.Pair{{Name: "from", Value: string(x.State)}},
	}), nil)
}

// callMove takes a move of a call.
func (a *App) callMove(c echo.Context) error {
	verb := workflow.Verb(c.Param("verb"))
	m, known := models.CallFlow.Move(verb)
	if !known || m.Party == workflow.System {
		return errNoStep
	}
	in := deskMoveInput(c)
	err := a.Desk.MoveCall(c.Request().Context(), actor(c), c.Param("call"), verb, in)
	if fields, ok := fault.Fields(err); ok {
		return a.showCallMove(c, http.StatusUnprocessableEntity, in, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToCall(c.Param("call")), m.Done)
}

// replyForm asks for the answer to a call; refuseForm for the legal grounds on which it is refused.
func (a *App) replyForm(c echo.Context) error {
	return a.showReply(c, http.StatusOK, catalogue.ReplyInput{}, nil, "")
}

func (a *App) refuseForm(c echo.Context) error {
	return a.showReply(c, http.StatusOK, catalogue.ReplyInput{Refuse: true}, nil, "")
}

func (a *App) showReply(c echo.Context, code int, in catalogue.ReplyInput, errs map[string]string, problem string) error {
	ctx, who := c.Request().Context(), actor(c)
	if err := a.Desk.CheckReply(ctx, who, c.Param("call"), in.Refuse); err != nil {
		return err
	}
	p, err := a.Desk.Call(ctx, who, c.Param("call"))
	if err != nil {
		return err
	}
	x := p.Call
	view := catalogueview.FormPage{Title: "答复专项需求", Sub: x.Code + "　" + x.Title, Action: paths.ToCallPart(paths.CallReply, x.Code), Back: paths.ToCall(x.Code), Label: "提交答复", Files: true, Problem: problem,
		Next: components.Sentence{components.Plain("请填写答复或附上文件，"), components.Bold("分管负责人审签"), components.Plain("后送达办公室；不得含国家秘密。")}}
	text := components.Input{Kind: components.InputTextarea, Name: "text", Label: "答复", Value: in.Text, Rows: 6, Error: errs["text"], Width: components.WidthFull}
	inputs := []components.Input{text, {Kind: components.InputFile, Name: "file", Label: "附件", Multiple: true, Error: errs["file"], Width: components.WidthFull,
		Hint: "最多 " + strconv.Itoa(catalogue.MaxReplyFiles) + " 个，每个不超过 " + strconv.Itoa(catalogue.MaxReplyFileBytes>>20) + " MB；提交没有成功的，文件须重新选择。"}}
	if in.Refuse {
		view.Title, view.Action, view.Label, view.Files, view.Danger = "依法不予提供", paths.ToCallPart(paths.CallRefuse, x.Code), "提交审签", false, true
		view.Next = components.Sentence{components.Plain("请写明"), components.Bold("不予提供所依据的法律、法规和条款"), components.Plain("及理由，分管负责人审签后送达办公室。")}
		text.Label, text.Required = "理由", true
		inputs = []components.Input{{Name: "law", Label: "法律、法规名称和条款", Value: in.Law, Required: true, Error: errs["law"], Width: components.WidthFull, Hint: "如 《中华人民共和国统计法》关于统计资料保密的规定，写明第几条。"}, text}
	}
	view.Shell = a.Shell(c, view.Title, crumb("共享目录", paths.Catalogue), crumb("专项需求", paths.Calls), crumb(x.Code, paths.ToCall(x.Code)))
	view.Parts = []catalogueview.Part{{Inputs: inputs}}
	return respond.Page(c, code, catalogueview.Form(view), nil)
}

// reply takes the answer to a call with its files.
func (a *App) reply(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	if err := a.Desk.CheckReply(ctx, who, c.Param("call"), false); err != nil {
		return err
	}
	var in catalogue.ReplyInput
	values, err := form.Upload(c, func(name string, content io.Reader) error {
		if len(in.Files) >= catalogue.MaxReplyFiles {
			return fault.New(fault.Invalid, "一次最多附 "+strconv.Itoa(catalogue.MaxReplyFiles)+" 个文件。")
		}
		file, err := a.Desk.Keep(ctx, name, content)
		if err == nil {
			in.Files = append(in.Files, file)
		}
		return err
	})
	if message, told := fault.Message(err); told && (fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge)) && !errors.Is(err, middleware.ErrForged) {
		in.Text = strings.TrimSpace(values["text"])
		return a.showReply(c, status(err), in, map[string]string{"file": message}, "")
	}
	if err != nil {
		return err
	}
	in.Text = strings.TrimSpace(values["text"])
	return a.takeReply(c, in, models.VerbReply)
}

// refuse takes the refusal of a call.
func (a *App) refuse(c echo.Context) error {
	return a.takeReply(c, catalogue.ReplyInput{Refuse: true, Law: form.Text(c, "law"), Text: form.Text(c, "text")}, models.VerbRefuseByLaw)
}

func (a *App) takeReply(c echo.Context, in catalogue.ReplyInput, verb workflow.Verb) error {
	err := a.Desk.Reply(c.Request().Context(), actor(c), c.Param("call"), in)
	if fields, ok := fault.Fields(err); ok {
		return a.showReply(c, http.StatusUnprocessableEntity, in, fields, "")
	}
	if err != nil {
		return err
	}
	m, _ := models.CallFlow.Move(verb)
	return a.done(c, paths.ToCall(c.Param("call")), m.Done)
}

// callFile sends a file of an answer.
func (a *App) callFile(c echo.Context) error {
	content, file, err := a.Desk.CallFile(c.Request().Context(), actor(c), c.Param("call"), int(number(c.Param("no"))), int(number(c.Param("seq"))))
	if err != nil {
		return err
	}
	defer content.Close()
	respond.Attach(c, file.Name, respond.TypeAny)
	c.Response().Header().Set(echo.HeaderContentLength, decimal(content.Size()))
	return send(c, content)
}
