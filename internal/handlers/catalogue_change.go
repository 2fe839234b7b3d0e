package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
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

// withdrawForm asks why a change that waits for its period is taken back.
func (a *App) withdrawForm(c echo.Context) error { return a.showWithdraw(c, http.StatusOK, "", nil) }

func (a *App) showWithdraw(c echo.Context, code int, reason string, errs map[string]string) error {
	p, err := a.Catalogue.Item(c.Request().Context(), actor(c), c.Param("item"))
	if err != nil {
		return err
	}
	if !p.CanEdit {
		return errNotYours
	}
	for _, change := range p.Changes {
		if change.ID == form.ID(c, "change") && change.Pending() {
			return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
				Shell: a.Shell(c, "撤回修改", crumb("共享目录", paths.Catalogue), crumb(p.Item.Name, paths.ToItem(p.Item.Code))), Title: "撤回这项修改？", Icon: components.IconHelpCircle,
				Text: change.Kind.Label() + "，自" + change.EffectiveFrom.Label() + "起：" + catalogue.Told(change.Diffs) + "。撤回后仍按现行内容。",
				Post: paths.ToItemWithdraw(p.Item.Code, change.ID), Back: paths.ToItem(p.Item.Code), Label: "撤回修改", Danger: true,
				Inputs: []components.Input{{Kind: components.InputTextarea, Name: "reason", Label: "撤回的理由", Value: reason, Rows: 3, Required: true, Error: errs["reason"]}},
			}), nil)
		}
	}
	return fault.New(fault.NotFound, "没有这项待生效的修改，可能已生效或已撤回。")
}

// withdraw takes back a change that waits for its period.
func (a *App) withdraw(c echo.Context) error {
	err := a.Catalogue.WithdrawChange(c.Request().Context(), actor(c), c.Param("item"), form.ID(c, "change"), form.Text(c, "reason"))
	if fields, ok := fault.Fields(err); ok {
		return a.showWithdraw(c, http.StatusUnprocessableEntity, form.Text(c, "reason"), fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToItem(c.Param("item")), "已撤回，仍按现行内容。")
}

func proposalStates() []components.Option {
	options := []components.Option{{Label: "全部状态"}}
	for _, s := range models.ProposalFlow.States {
		options = append(options, components.Option{Value: string(s.State), Label: s.Label})
	}
	return options
}

var proposalKinds = []components.Option{{Label: "全部事项"}, {Value: string(models.ItemEdited), Label: "修改"}, {Value: string(models.ItemRetired), Label: "停用"},
	{Value: string(models.ItemAdded), Label: "补充"}}

// proposalQuery is what the address of the list of proposals asks for.
type proposalQuery struct {
	address
	filter catalogue.ProposalFilter
	words  string
	units  []components.Option
}

func (a *App) proposalQuery(c echo.Context, who models.Actor) (proposalQuery, error) {
	units, err := a.unitOptions(c, who)
	if err != nil {
		return proposalQuery{}, err
	}
	unit, state, kind := choice(form.Query(c, "unit"), units), choice(form.Query(c, "state"), proposalStates()), choice(form.Query(c, "kind"), proposalKinds)
	q := proposalQuery{address: listAddress(c, paths.Proposals, "q", "unit", "state", "kind", "sort"), units: units, filter: catalogue.ProposalFilter{Text: form.Query(c, "q"),
		Unit: unit, State: workflow.State(state), Kind: models.ItemChangeKind(kind), Sort: oneOf(form.Query(c, "sort"), "oldest", "unit"), Page: form.Page(c), Size: form.PageSize}}
	q.words = inWords(quoted(q.filter.Text), label(unit, units), label(state, proposalStates()), label(kind, proposalKinds))
	return q, nil
}

func (q proposalQuery) bar(total int64) components.FilterBar {
	bar := components.FilterBar{ID: "p", Label: "筛选变更申请", Action: paths.Proposals, ClearURL: q.clear(), Keep: q.keep("sort"), Actions: q.export(paths.ProposalsExport, total, "件"),
		Filters: []components.Filter{{Name: "q", Label: "目录项、申请号或内容", Value: q.filter.Text, Placeholder: "如 ZJJ-06"}}}
	if q.units != nil {
		bar.Filters = append(bar.Filters, components.Filter{Name: "unit", Label: "提供单位", Value: q.filter.Unit, Options: q.units})
	}
	bar.Filters = append(bar.Filters, components.Filter{Name: "state", Label: "状态", Value: string(q.filter.State), Options: proposalStates()},
		components.Filter{Name: "kind", Label: "申请事项", Value: string(q.filter.Kind), Options: proposalKinds})
	return bar
}

// proposals shows the proposals to change the catalogue.
func (a *App) proposals(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.proposalQuery(c, who)
	if err != nil {
		return err
	}
	rows, total, err := withinEnd(ctx, who, &q.filter, &q.filter.Page, a.Desk.Proposals)
	if err != nil {
		return err
	}
	view := catalogueview.ProposalListPage{Shell: a.Shell(c, "目录变更申请", crumb("共享目录", paths.Catalogue)), Now: a.Now(), Next: a.catalogueNext(c, who), Rows: rows,
		Bar: q.bar(total), Order: q.order(q.filter.Sort), Pages: q.pages(total, q.filter.Page, "件"), Filter: q.words}
	if a.Guard.Can(who, "catalogue", "propose") {
		view.Actions = []components.Action{{Label: "提出补充", URL: paths.ProposalNew, Icon: components.IconPlus}}
	}
	return respond.Page(c, http.StatusOK, catalogueview.ProposalList(view), nil)
}

var proposalColumns = []office.Column{{Title: "申请号"}, {Title: "申请事项"}, {Title: "目录项代码"}, {Title: "目录项", Width: 36}, {Title: "提供单位", Width: 24},
	{Title: "变更内容", Width: 50}, {Title: "理由", Width: 50}, {Title: "提出单位", Width: 24}, {Title: "提出人"}, {Title: "提出时间", Kind: office.Moment}, {Title: "状态"}}

// proposalsExport sends the filtered proposals as a workbook.
func (a *App) proposalsExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.proposalQuery(c, who)
	if err != nil {
		return err
	}
	return a.sendTable(c, office.Table{Title: "目录变更申请", Mark: a.mark(who), Columns: proposalColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Desk.ExportProposals(ctx, who, q.filter, func(p models.Proposal) error {
			code := ""
			if p.Item != nil {
				code = models.ItemCode(p.Item.Code)
			}
			return each(p.Code, p.Kind.Label(), code, p.Subject(), p.About.Name, p.Text, p.Reason, p.Unit.Name, p.CreatedName, p.CreatedAt, models.ProposalFlow.Describe(p.State).Label)
		})
	})})
}

// proposal shows one proposal.
func (a *App) proposal(c echo.Context) error {
	p, err := a.Desk.Proposal(c.Request().Context(), actor(c), c.Param("proposal"))
	if err != nil {
		return err
	}
	one := p.Proposal
	view := catalogueview.ProposalPage{Shell: a.Shell(c, "变更申请 "+one.Code, crumb("共享目录", paths.Catalogue), crumb("目录变更申请", paths.Proposals)), Now: a.Now(), Proposal: one,
		History: p.History, Moves: p.Moves, Change: p.Change, Next: workflow.Sentence(models.ProposalFlow.Describe(one.State).Next, map[string]string{"contact": p.Contact})}
	if one.State == models.ProposalAdopted && p.Change == nil && p.CanEdit {
		view.Follow = followUp(one)
	}
	return respond.Page(c, http.StatusOK, catalogueview.Proposal(view), nil)
}

// followUp is what the Office does once it has adopted a proposal.
func followUp(p models.Proposal) *components.Action {
	action := components.Action{Label: "去修改", Small: true, Style: components.StylePrimary}
	switch {
	case p.Kind == models.ItemAdded:
		action.Label, action.URL = "去补充", components.URL(paths.With(paths.CatalogueNew, "unit", p.About.Code, "proposal", p.Code))
	case p.Item == nil:
		return nil
	case p.Kind == models.ItemRetired:
		action.Label, action.URL = "去停用", components.URL(paths.ToItemPart(paths.ItemRetire, p.Item.Code))
	default:
		action.URL = components.URL(paths.With(paths.ToItemPart(paths.ItemEdit, p.Item.Code), "proposal", p.Code))
	}
	return &action
}

// proposalMoveForm asks before a move of a proposal is taken.
func (a *App) proposalMoveForm(c echo.Context) error {
	return a.showProposalMove(c, http.StatusOK, catalogue.MoveInput{}, nil)
}

func (a *App) showProposalMove(c echo.Context, code int, in catalogue.MoveInput, errs map[string]string) error {
	p, err := a.Desk.Proposal(c.Request().Context(), actor(c), c.Param("proposal"))
	if err != nil {
		return err
	}
	one := p.Proposal
	m, err := flowMove(&models.ProposalFlow, p.Moves, one.State, workflow.Verb(c.Param("verb")))
	if err != nil {
		return err
	}
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.Shell(c, m.Label, crumb("共享目录", paths.Catalogue), crumb("目录变更申请", paths.Proposals), crumb(one.Code, paths.ToProposal(one.Code))), Title: m.Label + "？", Icon: components.IconHelpCircle,
		Text: one.Unit.Name + "的" + one.Kind.Label() + "申请“" + one.Subject() + "”（" + words.State(&models.ProposalFlow, one.State).Word + "）。" + m.Ask,
		Post: paths.ToProposalMove(one.Code, string(m.Verb)), Back: paths.ToProposal(one.Code), Label: m.Label, Danger: m.Takes,
		Inputs: deskInputs(m, in, errs, a.DueHour), Hidden: []components.Pair{{Name: "from", Value: string(one.State)}},
	}), nil)
}

// deskInputs are the fields that a move of a proposal or a call needs.
func deskInputs(m workflow.Move, in catalogue.MoveInput, errs map[string]string, until models.DueHour) []components.Input {
	var inputs []components.Input
	if m.Requires(workflow.NeedReason) {
		inputs = append(inputs, components.Input{Kind: components.InputTextarea, Name: "reason", Label: m.Label + "的理由", Value: in.Reason, Error: errs["reason"], Required: true, Rows: 3,
			Hint: "对方原样看到，并记入审计日志。"})
	}
	if m.Requires(workflow.NeedDue) {
		inputs = append(inputs, components.Input{Kind: components.InputDate, Name: "due", Label: "新的期限", Value: string(in.Due), Error: errs["due"], Required: true,
			Width: components.WidthShort, Hint: "当日 " + until.String() + " 截止。"})
	}
	return inputs
}

func deskMoveInput(c echo.Context) catalogue.MoveInput {
	return catalogue.MoveInput{Reason: form.Text(c, "reason"), Due: form.Day(c, "due"), From: workflow.State(form.Text(c, "from"))}
}

// proposalMove takes a move of a proposal.
func (a *App) proposalMove(c echo.Context) error {
	verb := workflow.Verb(c.Param("verb"))
	m, known := models.ProposalFlow.Move(verb)
	if !known {
		return errNoStep
	}
	in := deskMoveInput(c)
	err := a.Desk.MoveProposal(c.Request().Context(), actor(c), c.Param("proposal"), verb, in)
	if fields, ok := fault.Fields(err); ok {
		return a.showProposalMove(c, http.StatusUnprocessableEntity, in, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToProposal(c.Param("proposal")), m.Done)
}

// proposeForm asks what of an item is to be changed, and why.
func (a *App) proposeForm(c echo.Context) error {
	return a.showPropose(c, http.StatusOK, catalogue.ProposalInput{Kind: models.ItemEdited, Item: c.Param("item")}, nil)
}

// proposalNew asks what is to be added to a unit's list.
func (a *App) proposalNew(c echo.Context) error {
	return a.showPropose(c, http.StatusOK, catalogue.ProposalInput{Kind: models.ItemAdded, Unit: form.Query(c, "unit")}, nil)
}

func (a *App) showPropose(c echo.Context, code int, in catalogue.ProposalInput, errs map[string]string) error {
	view := catalogueview.FormPage{Title: "提出补充目录项", Action: paths.ProposalNew, Back: paths.Proposals, Label: "提交申请",
		Next: components.Sentence{components.Plain("请写明要什么信息、哪个登记簿、多久一次；办公室依据法律、法规补充，或写明理由不采纳。")}}
	crumbs := crumb("目录变更申请", paths.Proposals)
	first, err := a.proposeFirst(c, in, errs, &view)
	if err != nil {
		return err
	}
	view.Shell = a.Shell(c, view.Title, crumb("共享目录", paths.Catalogue), crumbs)
	view.Parts = []catalogueview.Part{{Inputs: append(first,
		components.Input{Kind: components.InputTextarea, Name: "text", Label: "变更内容", Value: in.Text, Rows: 4, Required: true, Error: errs["text"], Width: components.WidthFull,
			Hint: "现在怎样、应改成怎样，如 更新周期由每月改为每季度。"},
		components.Input{Kind: components.InputTextarea, Name: "reason", Label: "理由", Value: in.Reason, Rows: 3, Required: true, Error: errs["reason"], Width: components.WidthFull,
			Hint: "有依据文件的写明名称和文号。"})}}
	return respond.Page(c, code, catalogueview.Form(view), nil)
}

// proposeFirst is the field that says what is proposed: change or end of an item, or whose list is to be added to.
func (a *App) proposeFirst(c echo.Context, in catalogue.ProposalInput, errs map[string]string, view *catalogueview.FormPage) ([]components.Input, error) {
	ctx, who := c.Request().Context(), actor(c)
	if in.Item != "" {
		item, err := a.Desk.MayPropose(ctx, who, in.Item)
		if err != nil {
			return nil, err
		}
		view.Title, view.Sub = "提出目录变更", models.ItemCode(item.Code)+"　"+item.Name
		view.Action, view.Back = paths.ToItemPart(paths.ItemPropose, item.Code), paths.ToItem(item.Code)
		view.Next = components.Sentence{components.Plain("请写明怎样改和为什么；办公室采纳后修改，自以后的期次起生效，不追溯。")}
		return []components.Input{{Kind: components.InputRadio, Name: "kind", Label: "申请事项", Value: string(in.Kind), Required: true, Error: errs["kind"], Options: []components.Option{
			{Value: string(models.ItemEdited), Label: "修改", Hint: "口径、周期、共享类型等不合实际"}, {Value: string(models.ItemRetired), Label: "停用", Hint: "这类信息确已不再产生"}}}}, nil
	}
	if err := a.Desk.CheckPropose(who); err != nil || !who.Has(models.RoleTax) {
		return nil, err
	}
	units, err := a.unitOptions(c, who)
	if err != nil {
		return nil, err
	}
	units[0].Label = "请选择"
	return []components.Input{{Kind: components.InputSelect, Name: "unit", Label: "由哪个单位提供", Value: strings.ToLower(in.Unit), Options: units, Required: true, Error: errs["unit"]}}, nil
}

// propose files a proposal about an item.
func (a *App) propose(c echo.Context) error {
	return a.takeProposal(c, catalogue.ProposalInput{Kind: models.ItemChangeKind(form.Text(c, "kind")), Item: c.Param("item")})
}

// proposeNew files a proposal to add an item.
func (a *App) proposeNew(c echo.Context) error {
	return a.takeProposal(c, catalogue.ProposalInput{Kind: models.ItemAdded, Unit: form.Text(c, "unit")})
}

func (a *App) takeProposal(c echo.Context, in catalogue.ProposalInput) error {
	in.Text, in.Reason = form.Text(c, "text"), form.Text(c, "reason")
	p, err := a.Desk.Propose(c.Request().Context(), actor(c), in)
	if fields, ok := fault.Fields(err); ok {
		return a.showPropose(c, http.StatusUnprocessableEntity, in, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToProposal(p.Code), "申请已提交，由办公室答复；结果会出现在这里和目录项页面。")
}
