package handlers

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
	"taxportal/web/views/templateview"
	"taxportal/web/views/words"
)

// allStates is the filter for designs in whatever state.
const allStates = "all"

func designStates() []components.Option {
	options := []components.Option{{Label: "在办的"}}
	for _, s := range models.TemplateFlow.States {
		options = append(options, components.Option{Value: string(s.State), Label: s.Label})
	}
	return append(options, components.Option{Value: allStates, Label: "全部状态"})
}

// designQuery is what the address of the list of designs asks for.
type designQuery struct {
	address
	filter catalogue.DesignFilter
	chosen string
	words  string
}

func designQueryOf(c echo.Context) designQuery {
	q := designQuery{address: listAddress(c, paths.Designs, "q", "state", "sort"), chosen: choice(form.Query(c, "state"), designStates())}
	q.filter = catalogue.DesignFilter{Text: form.Query(c, "q"), Sort: oneOf(form.Query(c, "sort"), "code", "oldest"), Page: form.Page(c), Size: form.PageSize}
	switch q.chosen {
	case "":
	case allStates:
		q.filter.All = true
	default:
		q.filter.State = workflow.State(q.chosen)
	}
	q.words = inWords(quoted(q.filter.Text), label(q.chosen, designStates()))
	return q
}

// designs shows the list of designs.
func (a *App) designs(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q := designQueryOf(c)
	rows, total, err := withinEnd(ctx, who, &q.filter, &q.filter.Page, a.Designs.Designs)
	if err != nil {
		return err
	}
	view := templateview.DesignListPage{Shell: a.Shell(c, "模板草稿", crumb("信息模板", paths.Templates)), Now: a.Now(), Order: q.order(q.filter.Sort),
		Pages: q.pages(total, q.filter.Page, "份"), Filter: q.words, Designs: a.Guard.Can(who, "template", "design")}
	view.Bar = components.FilterBar{ID: "d", Label: "筛选草稿", Action: paths.Designs, ClearURL: q.clear(), Keep: q.keep("sort"), Actions: q.export(paths.DesignsExport, total, "份"),
		Filters: []components.Filter{{Name: "q", Label: "名称、代码或单位", Value: q.filter.Text, Placeholder: "如 ZJJ-02"}, {Name: "state", Label: "状态", Value: q.chosen, Options: designStates()}}}
	if view.Designs {
		view.Actions = []components.Action{{Label: "新建模板", URL: paths.DesignNew, Icon: components.IconPlus, Style: components.StylePrimary}}
	}
	if view.Next, err = a.designsNext(c, who); err != nil {
		return err
	}
	for _, r := range rows {
		view.Rows = append(view.Rows, templateview.DesignLine{Design: r.Design, Units: strings.Join(r.Units, "、"), Comments: r.Comments, Open: r.Open})
	}
	return respond.Page(c, http.StatusOK, templateview.DesignList(view), nil)
}

// designsNext is the sentence 下一步 of the list: the first design that waits for the reader, and how many more.
func (a *App) designsNext(c echo.Context, who models.Actor) (components.Next, error) {
	todos, err := a.Designs.Todos(c.Request().Context(), who)
	if err != nil || len(todos) == 0 {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("目前没有等您办理的模板草稿。")}}, err
	}
	first := todos[0]
	sentence := components.Sentence{components.Plain("请您" + strings.TrimPrefix(first.Verb, "去") + " "),
		components.Linked(first.Design.Definition.Name+"　第 "+decimal(int64(first.Design.No))+" 版", components.URL(paths.ToDesign(paths.Design, first.Design.ID)))}
	if !first.DueAt.IsZero() {
		sentence = append(sentence, components.Plain("，"), components.Bold(words.Day(first.DueAt)+first.DueAt.Time().Format("15:04")+" 前"))
	}
	rest := "：" + first.Note + "。"
	if len(todos) > 1 {
		rest = fmt.Sprintf("：%s；另有 %d 份等您办理。", first.Note, len(todos)-1)
	}
	return components.Next{Sentence: append(sentence, components.Plain(rest))}, nil
}

// designTodos are the drafts that wait for the actor, as the workbench lists them.
func (a *App) designTodos(c echo.Context, who models.Actor) ([]filing.Todo, error) {
	list, err := a.Designs.Todos(c.Request().Context(), who)
	todos := make([]filing.Todo, len(list))
	for i, t := range list {
		d := t.Design
		todos[i] = filing.Todo{DueAt: t.DueAt, Title: d.Definition.Name + "模板　第 " + decimal(int64(d.No)) + " 版", Note: t.Note, State: d.State, Flow: &models.TemplateFlow,
			URL: designTodoURL(d), Code: d.FlowCode(), Verb: t.Verb, Last: d.EditedName, LastAt: max(d.EditedAt, d.CreatedAt), Unit: strings.Join(t.Units, "、")}
	}
	return todos, err
}

// designTodoURL is the page of a draft on which it is taken further.
func designTodoURL(d models.Design) string {
	if d.State == models.DesignCommenting {
		return paths.ToDesign(paths.DesignComments, d.ID)
	}
	return paths.ToDesign(paths.Design, d.ID)
}

var designColumns = []office.Column{
	{Title: "模板代码"}, {Title: "模板名称", Width: 36}, {Title: "版本", Kind: office.Count}, {Title: "状态"}, {Title: "提供单位", Width: 30}, {Title: "字段数", Kind: office.Count},
	{Title: "启用期次"}, {Title: "起草人"}, {Title: "底稿", Width: 24}, {Title: "意见数", Kind: office.Count}, {Title: "待答复", Kind: office.Count}, {Title: "最近修改", Kind: office.Moment},
}

// designsExport sends the filtered list of designs as a workbook.
func (a *App) designsExport(c echo.Context) error {
	ctx, who, filter := c.Request().Context(), actor(c), designQueryOf(c).filter
	return a.sendTable(c, office.Table{Title: "模板草稿清单", Mark: a.mark(who), Columns: designColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Designs.ExportDesigns(ctx, who, filter, func(r catalogue.DesignRow) error {
			d := r.Design
			return each(models.ItemCode(d.TemplateCode), d.Definition.Name, d.No, models.TemplateFlow.Describe(d.State).Label, strings.Join(r.Units, "、"), len(d.Definition.Fields),
				d.EffectiveFrom.Label(), d.CreatedName, d.Origin, r.Comments, r.Open, max(d.EditedAt, d.CreatedAt))
		})
	})})
}

// beginning is what the form of a new draft holds.
type beginning struct {
	item, source, base string
	errors             map[string]string
}

// designNew asks for which item a draft is begun, and from what.
func (a *App) designNew(c echo.Context) error {
	return a.showDesignNew(c, http.StatusOK, beginning{item: strings.ToLower(form.Query(c, "item"))})
}

func (a *App) showDesignNew(c echo.Context, code int, b beginning) error {
	ctx, who := c.Request().Context(), actor(c)
	free, err := a.Designs.FreeItems(ctx, who)
	if err != nil {
		return err
	}
	items := []components.Option{{Label: "请选择"}}
	for _, item := range free {
		items = append(items, components.Option{Value: item.Code, Label: item.Unit.Name + "：" + item.Name + "（" + models.ItemCode(item.Code) + "）"})
	}
	rows, err := a.Catalogue.Templates(ctx, who)
	if err != nil {
		return err
	}
	bases := []components.Option{{Label: "请选择"}}
	for _, r := range rows {
		bases = append(bases, components.Option{Value: r.Version.Template.Code, Label: models.ItemCode(r.Version.Template.Code) + " " + r.Version.Definition.Name})
	}
	return respond.Page(c, code, templateview.New(templateview.NewPage{
		Shell: a.Shell(c, "新建模板", crumb("信息模板", paths.Templates), crumb("模板草稿", paths.Designs)),
		Inputs: withErrors([]components.Input{
			{Kind: components.InputSelect, Name: "items", Label: "目录项", Value: b.item, Required: true, Options: items, Hint: "只列还没有模板、也没有草稿的目录项。"},
			{Kind: components.InputRadio, Name: "source", Label: "底稿", Value: b.source, Required: true, Options: []components.Option{
				{Value: catalogue.FromNothing, Label: "空白", Hint: "逐个添加字段。"}, {Value: catalogue.FromVersion, Label: "照已有模板", Hint: "取现行版本的字段、字典和规则。"},
				{Value: catalogue.FromHeader, Label: "单位现有台账", Hint: "按工作簿的表头和样例行猜出字段和类型，请逐个核对。"},
				{Value: catalogue.FromTable, Label: "定义表", Hint: "每行一个字段：字段代码、字段名称、类型、口径等列；可先下载任一模板的定义表作样式。"},
				{Value: catalogue.FromSchema, Label: "数据结构文件", Hint: "Frictionless Table Schema（JSON）。"}}},
			{Kind: components.InputSelect, Name: "base", Label: "照哪个模板", Value: b.base, Options: bases, Hint: "底稿选“照已有模板”时选择。"},
		}, b.errors),
		File: withErrors([]components.Input{{Kind: components.InputFile, Name: "file", Label: "文件", Accept: ".xlsx,.csv,.txt,.json", Hint: fmt.Sprintf("底稿是台账、定义表或数据结构文件时选择，最多 %d MB。", catalogue.MaxImportBytes>>20)}}, b.errors)[0],
	}), nil)
}

// designBegin begins a draft. The file is read whole, since what it is for stands before it in the form.
func (a *App) designBegin(c echo.Context) error {
	if err := a.Guard.Allow(actor(c), "template", "design"); err != nil {
		return err
	}
	var name string
	var file bytes.Buffer
	values, err := form.Upload(c, func(called string, content io.Reader) error {
		name = called
		_, err := io.Copy(&file, io.LimitReader(content, catalogue.MaxImportBytes+1))
		return err
	})
	if err != nil {
		return err
	}
	b := beginning{item: strings.TrimSpace(values["items"]), source: values["source"], base: values["base"]}
	d, err := a.begin(c, b, name, &file)
	if fields, ok := fault.Fields(err); ok {
		b.errors = fields
		return a.showDesignNew(c, status(err), b)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge) { // of the file as a whole
		message, _ := fault.Message(err)
		b.errors = map[string]string{"file": message + "（请重新选择文件）"}
		return a.showDesignNew(c, status(err), b)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToDesign(paths.Design, d.ID), fmt.Sprintf("草稿已建立，有 %d 个字段。请逐个补齐口径和标准。", len(d.Definition.Fields)))
}

func (a *App) begin(c echo.Context, b beginning, name string, file io.Reader) (*models.Design, error) {
	ctx, who := c.Request().Context(), actor(c)
	var missing fault.Form
	missing.Require("items", "目录项", b.item)
	if b.source == catalogue.FromVersion {
		missing.Require("base", "照哪个模板", b.base)
	} else if b.source != catalogue.FromNothing && name == "" {
		missing.Add("file", "请选择文件。")
	}
	if err := missing.Err(); err != nil {
		return nil, err
	}
	content, origin := models.Definition{}, "空白"
	switch b.source {
	case catalogue.FromVersion:
		v, err := a.Catalogue.Version(ctx, who, b.base, 0)
		if err != nil {
			return nil, err
		}
		content, origin = catalogue.Content(v), fmt.Sprintf("%s 第 %d 版", models.ItemCode(v.Template.Code), v.No)
	case catalogue.FromHeader, catalogue.FromTable, catalogue.FromSchema:
		var err error
		if content, origin, err = a.Designs.Import(ctx, who, b.source, name, file); err != nil {
			return nil, err
		}
	}
	return a.Designs.Begin(ctx, who, b.item, content, origin)
}

// templateNextVersion begins the draft of the next version of a template, or leads to the one that is under way.
func (a *App) templateNextVersion(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	d, err := a.Designs.BeginNext(ctx, who, c.Param("template"))
	if fault.Is(err, fault.Conflict) {
		open, _, found := a.Designs.OfTemplate(ctx, who, c.Param("template"), 0)
		if found == nil && open != nil {
			message, _ := fault.Message(err)
			return a.warn(c, paths.ToDesign(paths.Design, open.ID), message)
		}
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToDesign(paths.Design, d.ID), fmt.Sprintf("第 %d 版草稿已建立，内容与上一版相同。", d.No))
}

// commentDays is how many working days units get for their comments by default; the form can be changed.
const commentDays = 10

// designMoveForm asks before a move of a design is taken.
func (a *App) designMoveForm(m workflow.Move) echo.HandlerFunc {
	return func(c echo.Context) error { return a.showDesignMove(c, http.StatusOK, m, catalogue.MoveInput{}, nil) }
}

func (a *App) showDesignMove(c echo.Context, code int, m workflow.Move, in catalogue.MoveInput, fields map[string]string) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	d := p.Design
	if _, err := models.TemplateFlow.Next(d.State, m.Verb); err != nil {
		return err
	}
	text := d.Definition.Name + "　第 " + decimal(int64(d.No)) + " 版（" + models.TemplateFlow.Describe(d.State).Label + "）。" + m.Ask + effectWords(p, m.Verb)
	if m.Requires(workflow.NeedDue) && in.Due == "" {
		if in.Due, err = a.Directory.WorkdaysFrom(c.Request().Context(), a.Now(), commentDays); err != nil {
			return err
		}
	}
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.Shell(c, m.Label, crumb("信息模板", paths.Templates), crumb("模板草稿", paths.Designs), crumb(d.Definition.Name, paths.ToDesign(paths.Design, d.ID))),
		Title: moveQuestion(m, d.No), Icon: components.IconHelpCircle, Text: text, Post: paths.ToDesignMove(d.ID, string(m.Verb)), Back: paths.ToDesign(paths.Design, d.ID),
		Label: m.Label, Danger: m.Takes, Inputs: designMoveInputs(m, in, fields, a.DueHour), Hidden: []components.Pair{{Name: "from", Value: string(d.State)}},
	}), nil)
}

// moveQuestion asks whether a move is meant.
func moveQuestion(m workflow.Move, no int) string {
	version := "第 " + decimal(int64(no)) + " 版"
	switch m.Verb {
	case models.VerbAskComment:
		return "把" + version + "送出征求意见？"
	case models.VerbHandOver:
		return "提交" + version + "发布？"
	case models.VerbRevise:
		return "把" + version + "退回修改？"
	case models.VerbDiscardDesign:
		return "作废" + version + "草稿？"
	}
	return m.Label + version + "？"
}

// effectWords say what follows from a move for this design in particular.
func effectWords(p *catalogue.DesignPage, verb workflow.Verb) string {
	switch verb {
	case models.VerbPublish:
		text := "自 " + p.Design.EffectiveFrom.Label() + "起执行。"
		if len(p.Earlier) > 0 {
			text += "较上一版：" + models.Compare(&p.Earlier[0].Definition, &p.Design.Definition, ingest.TypeTitle).Summary() + "。"
		}
		return text
	case models.VerbRetire:
		for _, v := range p.Earlier {
			if v.Status == models.TemplatePublished {
				return fmt.Sprintf("停用后新任务改用第 %d 版。", v.No)
			}
		}
		return "没有以前的版本在用：停用后这些目录项为无模板，不再写入新任务。"
	}
	return ""
}

func designMoveInputs(m workflow.Move, in catalogue.MoveInput, fields map[string]string, until models.DueHour) []components.Input {
	var inputs []components.Input
	if m.Requires(workflow.NeedReason) {
		inputs = append(inputs, components.Input{Kind: components.InputTextarea, Name: "reason", Label: m.Label + "的理由", Value: in.Reason, Error: fields["reason"], Required: true, Rows: 3,
			Hint: "提供单位和办公室会看到，并记入审计日志。"})
	}
	if m.Requires(workflow.NeedDue) {
		inputs = append(inputs, components.Input{Kind: components.InputDate, Name: "due", Label: "意见截止日", Value: string(in.Due), Error: fields["due"], Required: true,
			Width: components.WidthShort, Hint: "当日 " + until.String() + " 截止。"})
	}
	return inputs
}

// designMove takes a move of a design.
func (a *App) designMove(m workflow.Move) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := form.ID(c, "design")
		in := catalogue.MoveInput{Reason: form.Text(c, "reason"), Due: form.Day(c, "due"), From: workflow.State(form.Text(c, "from"))}
		err := a.Designs.Move(c.Request().Context(), actor(c), id, m.Verb, in)
		if fields, ok := fault.Fields(err); ok {
			return a.showDesignMove(c, http.StatusUnprocessableEntity, m, in, fields)
		}
		if err != nil {
			return err
		}
		return a.done(c, paths.ToDesign(paths.Design, id), m.Done)
	}
}

// The bodies of the two forms that take a file, with a little for the form itself.
const (
	importLimit = catalogue.MaxImportBytes + 1<<19
	trialLimit  = catalogue.MaxTrialBytes + 1<<19
)

// designMoveRoutes gives each move of TemplateFlow its own route, with the policy's question from the workflow's table.
func (a *App) designMoveRoutes() []Route {
	var routes []Route
	for _, m := range models.TemplateFlow.Moves {
		path := paths.ToDesignMovePattern(string(m.Verb))
		routes = append(routes,
			Route{Method: get, Path: path, Object: m.Object, Action: m.Action, Handler: a.designMoveForm(m)},
			Route{Method: post, Path: path, Object: m.Object, Action: m.Action, Handler: a.designMove(m)})
	}
	return routes
}
