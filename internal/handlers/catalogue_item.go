package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/filing"
	"taxportal/web/views/catalogueview"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// Answers to steps that are not there, or not the reader's.
var (
	errNoStep   = fault.New(fault.NotFound, "没有这个步骤。")
	errNotYours = fault.New(fault.Forbidden, "这一步不由您办理；谁办理，见页面上的“下一步”。")
)

// itemTasks is how many filings of an item its page shows.
const itemTasks = 12

// item shows one item with its metadata, the plan's words, template, filings and history.
func (a *App) item(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	p, err := a.Catalogue.Item(ctx, who, c.Param("item"))
	if err != nil {
		return err
	}
	view := catalogueview.ItemPage{Now: a.Now(), DueHour: a.DueHour, Row: itemRow(p.ItemRow), Changes: p.Changes, Proposals: p.Proposals, CanEdit: p.CanEdit, CanAsk: p.CanAsk, CanMatch: p.CanMatch,
		Shell: a.Shell(c, p.Item.Name, crumb("共享目录", paths.Catalogue), crumb(p.Item.Unit.Name, paths.With(paths.Catalogue, "unit", p.Item.Unit.Code))),
		Next:  itemNext(p), Guide: catalogueview.Guide{Format: shapeFormats[p.Item.Shape], Way: shareWay, Public: notPublic, Related: relatedCodes(p.Twins)}}
	if view.Clause, err = a.clause(c, map[int64]models.Clause{p.List.ID: p.Clause}, p.List, p.Siblings, p.Item.Code); err != nil {
		return err
	}
	if p.Clause.Text == "" {
		view.Clause = nil
	}
	if view.Deadlines, err = a.deadlines(ctx, p); err != nil {
		return err
	}
	if view.SeesTasks = a.Guard.Can(who, "filing", "view"); view.SeesTasks {
		rows, _, err := a.Filing.Tasks(ctx, who, filing.TaskFilter{Item: p.Item.Code, Page: 1, Size: itemTasks})
		if err != nil {
			return err
		}
		for _, r := range rows {
			view.Tasks = append(view.Tasks, catalogueview.Task{Code: r.Task.Code, Period: r.Task.Period.Label(), State: words.Task(r.Standing, r.Task.Underway()), Due: words.ISODay(r.DueNow)})
		}
	}
	return respond.Page(c, http.StatusOK, catalogueview.Item(view), nil)
}

// itemNext says what waits on an item.
func itemNext(p catalogue.ItemPage) components.Next {
	calm := func(text string) components.Next {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain(text)}}
	}
	waits := slices.IndexFunc(p.Changes, models.ItemChange.Pending)
	switch {
	case p.Item.RetiredAt != 0:
		return calm("本项已停用，不再产生报送任务；已报的数据保留。")
	case p.CanEdit && p.Proposed > 0:
		return components.Next{Sentence: components.Sentence{components.Plain("请办公室答复本项的 "), components.Bold(countText(p.Proposed, "件")),
			components.Linked("变更申请", components.URL(paths.With(paths.Proposals, "q", models.ItemCode(p.Item.Code)))), components.Plain("。")}}
	case p.CanEdit && p.Item.Section == "":
		return components.Next{Sentence: components.Sentence{components.Plain("请向" + p.Item.Unit.Name + "了解负责科室，并在“修改目录项”中补上。")}}
	case waits >= 0:
		return calm("有修改自" + p.Changes[waits].EffectiveFrom.Label() + "起生效，此前按现行内容报送。")
	case p.Version == 0:
		return calm("本项还没有信息模板，不产生报送任务；模板由办公室会同" + p.Item.Unit.Name + "制定。")
	case p.CanAsk:
		return calm("按期报送即可；内容不合实际的，请提出变更，由办公室答复。")
	}
	return calm("本项由" + p.Item.Unit.Name + "按期报送，目前没有等您办理的事。")
}

// itemInput reads what a form says of an item.
func itemInput(c echo.Context) catalogue.ItemInput {
	text := func(name string) string { return form.Text(c, name) }
	in := catalogue.ItemInput{Name: text("name"), Cycle: models.Cycle(text("cycle")), DueDays: int(number(text("due_days"))), LockDays: int(number(text("lock_days"))),
		NilNormal: text("nil_normal") != "", ItemAbout: models.ItemAbout{Shape: models.Shape(text("shape")), SubjectKind: models.SubjectKind(text("subject_kind")),
			Share: models.Share(text("share")), ShareTerms: text("share_terms"), Basis: text("basis"), Sensitivity: models.Sensitivity(text("sensitivity")),
			Section: text("section"), Since: form.Day(c, "since"), EveryCounty: text("every_county") != "", Place: text("place") != "", ResourceCode: text("resource_code")}}
	for _, code := range form.List(c, "taxes") {
		in.Taxes = append(in.Taxes, models.Tax(code))
	}
	return in
}

// daysText writes a number of days back into its field.
func daysText(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// aboutParts are the fields that every form of an item has. added: the plan does not name the item, so that it needs a basis;
// sinceHint: by which field its day is checked.
func aboutParts(in catalogue.ItemInput, added bool, sinceHint string, errs map[string]string) []catalogueview.Part {
	radio := func(name, label, value string, options []components.Option) components.Input {
		return components.Input{Kind: components.InputRadio, Name: name, Label: label, Value: value, Options: options, Required: true, Error: errs[name]}
	}
	text := func(name, label, value, hint string) components.Input {
		return components.Input{Name: name, Label: label, Value: value, Hint: hint, Error: errs[name]}
	}
	taxes := components.Input{Kind: components.InputCheckboxes, Name: "taxes", Label: "服务税费", Required: true, Error: errs["taxes"], Width: components.WidthMany}
	for _, k := range models.TaxKinds {
		taxes.Options = append(taxes.Options, components.Option{Value: string(k.Code), Label: k.Label, Checked: slices.Contains(in.Taxes, k.Code)})
	}
	terms := text("share_terms", "共享条件", in.ShareTerms, "有条件共享的必填。")
	terms.Kind, terms.Rows = components.InputTextarea, 2
	basis := text("basis", "依据", in.Basis, "不予共享或补充目录项的，写明法律、法规或文件的名称和条款。")
	basis.Kind, basis.Rows, basis.Required = components.InputTextarea, 2, added
	check := func(name, label, hint string, on bool) components.Input {
		return components.Input{Kind: components.InputCheckbox, Name: name, Label: label, Hint: hint, Checked: on, Error: errs[name]}
	}
	short := func(in components.Input) components.Input {
		in.Width, in.Required = components.WidthShort, true
		return in
	}
	since := components.Input{Kind: components.InputDate, Name: "since", Label: "只要这一天起登记的", Value: string(in.Since), Error: errs["since"], Width: components.WidthShort, Hint: sinceHint}
	return []catalogueview.Part{
		{Title: "内容", Inputs: []components.Input{radio("shape", "数据形态", string(in.Shape), namedOptions("", models.Shapes)),
			{Kind: components.InputSelect, Name: "subject_kind", Label: "主体类别", Value: string(in.SubjectKind), Options: namedOptions("请选择", models.SubjectKinds),
				Required: true, Error: errs["subject_kind"], Hint: "汇总数选“不指向主体”。"}, taxes}},
		{Title: "共享与安全", Inputs: []components.Input{radio("share", "共享类型", string(in.Share), namedOptions("", models.Shares)),
			radio("sensitivity", "敏感级别", string(in.Sensitivity), namedOptions("", models.Sensitivities)), terms, basis,
			text("section", "负责科室", in.Section, "由提供单位告知；不知道的留空，列为待补。"), text("resource_code", "信息资源代码", in.ResourceCode, "类、项、目、细目／顺序号；留空的自动续编。")}},
		{Title: "周期与限制", Inputs: []components.Input{
			{Kind: components.InputSelect, Name: "cycle", Label: "更新周期", Value: string(in.Cycle), Options: namedOptions("请选择", models.Cycles), Required: true, Error: errs["cycle"]},
			short(text("due_days", "期满后第几天截止", daysText(in.DueDays), "遇休息日顺延。")), short(text("lock_days", "截止后第几天锁定", daysText(in.LockDays), "锁定后补报须申请解锁。")),
			since, check("nil_normal", "零报送为常态", "随发生的事项勾选：本期没有发生的，零报送不必写原因。", in.NilNormal),
			check("every_county", "每个县（市、区）一个数", "校验时缺哪个县报哪个。", in.EveryCounty), check("place", "含地理位置", "地址或经纬度。", in.Place)}},
	}
}

// changePart asks from when a change holds, and why.
func (a *App) changePart(from models.Period, reason, hint string, errs map[string]string) catalogueview.Part {
	var months []components.Option
	for i, m := range a.Catalogue.ComingMonths() {
		label := m.Label() + "起"
		if i == 0 {
			label = "本月起（只限说明性内容）"
		}
		months = append(months, components.Option{Value: string(m), Label: label})
	}
	return catalogueview.Part{Title: "生效与理由", Inputs: []components.Input{
		{Kind: components.InputSelect, Name: "from", Label: "自哪一期起生效", Value: string(from), Options: months, Required: true, Error: errs["from"], Hint: hint},
		{Kind: components.InputTextarea, Name: "reason", Label: "理由", Value: reason, Rows: 3, Required: true, Error: errs["reason"], Width: components.WidthFull,
			Hint: "记入目录项的历史和审计日志，各单位可以看到。"}}}
}

// itemEditForm asks for the changes of an item. ?proposal= names the proposal that they follow.
func (a *App) itemEditForm(c echo.Context) error {
	p, err := a.Catalogue.Item(c.Request().Context(), actor(c), c.Param("item"))
	if err != nil {
		return err
	}
	in := catalogue.EditInput{ItemInput: catalogue.InputOf(p.Item), From: a.Catalogue.ComingMonths()[0], Proposal: form.Query(c, "proposal"), Seen: newest(p.Changes)}
	return a.showItemEdit(c, http.StatusOK, p, in, nil, "")
}

// newest is the id of the newest change that a page shows.
func newest(changes []models.ItemChange) int64 {
	if len(changes) == 0 {
		return 0
	}
	return changes[0].ID
}

func (a *App) showItemEdit(c echo.Context, code int, p catalogue.ItemPage, in catalogue.EditInput, errs map[string]string, problem string) error {
	if !p.CanEdit {
		return errNotYours
	}
	since, err := a.sinceHint(c, p)
	if err != nil {
		return err
	}
	parts := aboutParts(in.ItemInput, p.Item.Origin == models.OriginAdded, since, errs)
	if p.Item.Origin == models.OriginAdded {
		parts[0].Inputs = append([]components.Input{nameInput(in.Name, errs)}, parts[0].Inputs...)
	}
	return respond.Page(c, code, catalogueview.Form(catalogueview.FormPage{
		Shell: a.Shell(c, "修改目录项", crumb("共享目录", paths.Catalogue), crumb(p.Item.Name, paths.ToItem(p.Item.Code))),
		Title: "修改目录项", Sub: models.ItemCode(p.Item.Code) + "　" + p.Item.Name + "　" + p.Item.Unit.Name, Problem: problem,
		Next:   components.Sentence{components.Plain("请改好后写明理由；周期、截止、锁定和限制的修改"), components.Bold("自所选期次起"), components.Plain("生效，不追溯已写入的任务。")},
		Action: paths.ToItemPart(paths.ItemEdit, p.Item.Code), Back: paths.ToItem(p.Item.Code), Label: "保存修改",
		Hidden: []components.Pair{{Name: "proposal", Value: in.Proposal}, {Name: "seen", Value: decimal(in.Seen)}},
		Parts:  append(parts, a.changePart(in.From, in.Reason, "改周期、截止、锁定、零报送和限制的，须选尚未开始的月份。", errs)),
	}), nil)
}

func nameInput(name string, errs map[string]string) components.Input {
	return components.Input{Name: "name", Label: "名称", Value: name, Required: true, Error: errs["name"], Width: components.WidthFull, Hint: "如 商品房预售资金监管信息；说清是什么登记簿的什么信息。"}
}

// itemEdit changes an item.
func (a *App) itemEdit(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	in := catalogue.EditInput{ItemInput: itemInput(c), From: models.Period(form.Text(c, "from")), Reason: form.Text(c, "reason"), Proposal: form.Text(c, "proposal"), Seen: number(form.Text(c, "seen"))}
	change, err := a.Catalogue.Edit(ctx, who, c.Param("item"), in)
	if message, errs, again := comesBack(err); again {
		p, pageErr := a.Catalogue.Item(ctx, who, c.Param("item"))
		if pageErr != nil {
			return err
		}
		in.Seen = newest(p.Changes)
		return a.showItemEdit(c, status(err), p, in, errs, message)
	}
	if err != nil {
		return err
	}
	said := "已修改，即时生效。"
	if change.Pending() {
		said = "已保存，自" + change.EffectiveFrom.Label() + "起生效；生效前可以撤回。"
	}
	return a.done(c, paths.ToItem(c.Param("item")), said)
}

// comesBack tells an error that the form shows with what was typed: fields that are wrong, or somebody who was faster.
func comesBack(err error) (message string, fields map[string]string, again bool) {
	if fields, ok := fault.Fields(err); ok {
		return "", fields, true
	}
	if fault.Is(err, fault.Conflict) {
		message, _ = fault.Message(err)
		return message + "您填的内容都还在。", nil, true
	}
	return "", nil, false
}

// itemRetireForm asks why an item ends, and from when.
func (a *App) itemRetireForm(c echo.Context) error {
	p, err := a.Catalogue.Item(c.Request().Context(), actor(c), c.Param("item"))
	if err != nil {
		return err
	}
	return a.showItemRetire(c, http.StatusOK, p, catalogue.RetireInput{From: a.Catalogue.ComingMonths()[1], Seen: newest(p.Changes)}, nil, "")
}

func (a *App) showItemRetire(c echo.Context, code int, p catalogue.ItemPage, in catalogue.RetireInput, errs map[string]string, problem string) error {
	if !p.CanEdit {
		return errNotYours
	}
	part := a.changePart(in.From, in.Reason, "停用后不再写入新的任务；已写入的任务照常报送，确不需要的另办免报。", errs)
	part.Inputs[0].Options[0].Label = "本月起"
	return respond.Page(c, code, catalogueview.Form(catalogueview.FormPage{
		Shell: a.Shell(c, "停用目录项", crumb("共享目录", paths.Catalogue), crumb(p.Item.Name, paths.ToItem(p.Item.Code))),
		Title: "停用目录项", Sub: models.ItemCode(p.Item.Code) + "　" + p.Item.Name + "　" + p.Item.Unit.Name, Problem: problem,
		Next:   components.Sentence{components.Plain("请选择停用的期次并写明理由；方案所列的内容停用后，方案原文仍在目录中标出。")},
		Action: paths.ToItemPart(paths.ItemRetire, p.Item.Code), Back: paths.ToItem(p.Item.Code), Label: "停用目录项", Danger: true,
		Hidden: []components.Pair{{Name: "seen", Value: decimal(in.Seen)}}, Parts: []catalogueview.Part{part},
	}), nil)
}

// itemRetire ends an item.
func (a *App) itemRetire(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	in := catalogue.RetireInput{From: models.Period(form.Text(c, "from")), Reason: form.Text(c, "reason"), Seen: number(form.Text(c, "seen"))}
	change, err := a.Catalogue.Retire(ctx, who, c.Param("item"), in)
	if message, errs, again := comesBack(err); again {
		p, pageErr := a.Catalogue.Item(ctx, who, c.Param("item"))
		if pageErr != nil {
			return err
		}
		in.Seen = newest(p.Changes)
		return a.showItemRetire(c, status(err), p, in, errs, message)
	}
	if err != nil {
		return err
	}
	said := "已停用，不再写入新的任务。"
	if change.Pending() {
		said = "已保存，自" + change.EffectiveFrom.Label() + "起停用；此前可以撤回。"
	}
	return a.done(c, paths.ToItem(c.Param("item")), said)
}

// itemNew asks for an item to be added to a unit's list. ?unit= chooses the unit beforehand, ?proposal= names the proposal.
func (a *App) itemNew(c echo.Context) error {
	in := catalogue.AddInput{Unit: form.Query(c, "unit"), From: a.Catalogue.ComingMonths()[0], ListedOn: models.DayOf(a.Now()), Proposal: form.Query(c, "proposal"),
		ItemInput: catalogue.ItemInput{Cycle: models.CycleMonth, DueDays: 25, LockDays: 30, ItemAbout: models.ItemAbout{Shape: models.ShapeRecords, Share: models.ShareConditional}}}
	return a.showItemNew(c, http.StatusOK, in, nil, "")
}

func (a *App) showItemNew(c echo.Context, code int, in catalogue.AddInput, errs map[string]string, problem string) error {
	lists, err := a.Catalogue.Addable(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	next := components.Sentence{components.Plain("请写明理由、法律依据和决定日期；补充的目录项续编代码，标为“补充”，不改动方案原文。")}
	options, closed := []components.Option{{Label: "请选择"}}, false
	for _, l := range lists {
		option := components.Option{Value: l.Unit.Code, Label: l.Unit.Name}
		if l.Closed {
			option.Label += "（封闭清单）"
		}
		options = append(options, option)
		if l.Closed && l.Unit.Code == strings.ToLower(in.Unit) {
			closed = true
			next = append(next, components.Bold("方案对“"+l.Unit.Name+"”所列内容末尾没有“等”字，是封闭清单，补充时须确认。"))
		}
	}
	first := []components.Input{
		{Kind: components.InputSelect, Name: "unit", Label: "提供单位", Value: strings.ToLower(in.Unit), Options: options, Required: true, Error: errs["unit"]},
		{Kind: components.InputDate, Name: "listed_on", Label: "补充决定的日期", Value: string(in.ListedOn), Required: true, Error: errs["listed_on"], Width: components.WidthShort},
		nameInput(in.Name, errs),
	}
	if closed || errs["closed"] != "" || in.Closed {
		first = append(first, components.Input{Kind: components.InputCheckbox, Name: "closed", Label: "已知这是封闭清单，确有依据需要补充", Checked: in.Closed, Error: errs["closed"], Required: true})
	}
	parts := append([]catalogueview.Part{{Title: "补充什么", Inputs: first}}, aboutParts(in.ItemInput, true, sinceNone, errs)...)
	change := a.changePart(in.From, in.Reason, "从这一期起收集；有了信息模板才产生报送任务。", errs)
	change.Inputs[0].Options[0].Label = "本月起"
	return respond.Page(c, code, catalogueview.Form(catalogueview.FormPage{
		Shell: a.Shell(c, "补充目录项", crumb("共享目录", paths.Catalogue)), Title: "补充目录项", Problem: problem,
		Next:   next,
		Action: paths.CatalogueNew, Back: paths.With(paths.Catalogue, "unit", strings.ToLower(in.Unit)), Label: "补充目录项",
		Hidden: []components.Pair{{Name: "proposal", Value: in.Proposal}}, Parts: append(parts, change),
	}), nil)
}

// itemAdd puts an item on a unit's list.
func (a *App) itemAdd(c echo.Context) error {
	in := catalogue.AddInput{Unit: form.Text(c, "unit"), ItemInput: itemInput(c), ListedOn: form.Day(c, "listed_on"), From: models.Period(form.Text(c, "from")),
		Reason: form.Text(c, "reason"), Closed: form.Text(c, "closed") != "", Proposal: form.Text(c, "proposal")}
	item, err := a.Catalogue.Add(c.Request().Context(), actor(c), in)
	if message, errs, again := comesBack(err); again {
		return a.showItemNew(c, status(err), in, errs, message)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToItem(item.Code), "已补充 "+models.ItemCode(item.Code)+"；制定信息模板后开始报送。")
}
