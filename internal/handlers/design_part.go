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
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
	"taxportal/web/views/templateview"
)

// partTrouble tells how a part that was not saved comes back: its field errors, or the sentence of a conflict. Anything
// else is left to the error page.
func partTrouble(err error) (fields map[string]string, conflict string, ours bool) {
	if fields, ok := fault.Fields(err); ok {
		return fields, "", true
	}
	if fault.Is(err, fault.Conflict) {
		message, _ := fault.Message(err)
		return nil, message, true
	}
	return nil, "", false
}

// designAbout shows what holds for a design as a whole.
func (a *App) designAbout(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	return a.showAbout(c, http.StatusOK, p, catalogue.AboutOf(&p.Design, p.Items), nil, "")
}

func (a *App) showAbout(c echo.Context, code int, p *catalogue.DesignPage, in catalogue.About, fields map[string]string, conflict string) error {
	view := templateview.DesignForm{Frame: a.designFrame(c, p, templateview.PartAbout), Title: "基本信息", Label: "保存基本信息", Seen: in.Seen,
		Save: paths.ToDesign(paths.DesignAbout, p.Design.ID)}
	view.Conflict = conflict
	full := components.WidthFull
	view.Inputs = withErrors([]components.Input{
		{Name: "name", Label: "模板名称", Value: in.Name, Required: true, MaxLength: 60},
		{Name: "from", Label: "启用期次", Value: string(in.From), Required: true, MaxLength: 7, Hint: "自这一期起执行，写年月，如 2026-12；已写入的任务不换版本。"},
		{Kind: components.InputTextarea, Name: "caliber", Label: "口径", Value: in.Caliber, Required: true, Rows: 3, Width: full, MaxLength: 2000, Hint: "写明报什么、不报什么、以什么时点为准。"},
		{Name: "deadline", Label: "期限", Value: in.Deadline, Required: true, Width: full, MaxLength: 200, Hint: deadlineHint(p.Deadline)},
		{Name: "basis", Label: "依据", Value: in.Basis, Width: full, MaxLength: 500},
		{Kind: components.InputRadio, Name: "coverage", Label: "报送范围", Value: string(in.Coverage), Required: true, Width: full, Options: []components.Option{
			{Value: string(models.CoverageIncrement), Label: templateview.CoverageWords(models.CoverageIncrement)},
			{Value: string(models.CoverageSnapshot), Label: templateview.CoverageWords(models.CoverageSnapshot)}}},
		{Kind: components.InputTextarea, Name: "notes", Label: "填报说明", Value: strings.Join(in.Notes, "\n"), Rows: 4, Width: full, Hint: "每行一条，印在工作簿的“填报说明”中。"},
		{Name: "prior_rows_percent", Label: "行数较上期变动提醒（%）", Value: nonZero(in.PriorRows), Numeric: true, MaxLength: 4, Hint: "不比较的留空。"},
		{Name: "items", Label: "还用于哪些目录项", Value: strings.ToUpper(strings.Join(in.Items, "、")), MaxLength: 300, Hint: "写目录项代码，如 XZSP-07；同一事项两家提供的用同一模板。"},
	}, fields)
	if !p.CanEdit {
		view.Facts = nil
		for _, input := range view.Inputs {
			text := input.Value
			switch input.Name {
			case "coverage":
				text = templateview.CoverageWords(in.Coverage)
			case "from":
				text = "自" + in.From.Label() + "起"
			}
			view.Facts = append(view.Facts, components.Fact{Term: input.Label, Text: dash(text)})
		}
	}
	return respond.Page(c, code, templateview.About(view), nil)
}

// deadlineHint says what the 期限 should be by the catalogue items.
func deadlineHint(deadline string) string {
	if deadline == "" {
		return "写明报送周期和截止日，与目录项一致。"
	}
	return "按目录项为：" + deadline
}

// saveAbout saves what holds for a design as a whole.
func (a *App) saveAbout(c echo.Context) error {
	id := form.ID(c, "design")
	in := catalogue.About{Name: form.Text(c, "name"), Caliber: form.Text(c, "caliber"), Deadline: form.Text(c, "deadline"), Basis: form.Text(c, "basis"),
		Coverage: models.Coverage(form.Text(c, "coverage")), Notes: office.Lines(form.Text(c, "notes")), PriorRows: int(number(form.Text(c, "prior_rows_percent"))),
		From: models.Period(form.Text(c, "from")), Items: codesOf(form.Text(c, "items")), Seen: form.Text(c, "seen")}
	err := a.Designs.SaveAbout(c.Request().Context(), actor(c), id, in)
	if err == nil {
		return a.done(c, paths.ToDesign(paths.DesignAbout, id), "基本信息已保存。")
	}
	fields, conflict, ours := partTrouble(err)
	p, pageErr := a.designPage(c)
	if !ours || pageErr != nil {
		return err
	}
	if conflict != "" {
		in.Seen = catalogue.AboutOf(&p.Design, p.Items).Seen
	}
	return a.showAbout(c, status(err), p, in, fields, conflict)
}

// codesOf reads codes of catalogue items that people list.
func codesOf(text string) []string {
	var codes []string
	for _, code := range office.Split(text) {
		codes = append(codes, strings.ToLower(code))
	}
	return codes
}

// designLists shows the code lists of a design, one of them in the editor.
func (a *App) designLists(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	if l, ok := p.Design.Definition.List(form.Query(c, "list")); ok {
		return a.showLists(c, http.StatusOK, p, &listEdit{was: l.Code, seen: catalogue.Fingerprint(l), code: l.Code, name: l.Name, items: itemLines(l)}, "")
	}
	if form.Query(c, "new") != "" && p.CanEdit {
		return a.showLists(c, http.StatusOK, p, &listEdit{}, "")
	}
	return a.showLists(c, http.StatusOK, p, nil, "")
}

// listEdit is what stands in the editor of a code list, entries as the lines that were typed.
type listEdit struct {
	was, seen, code, name, items string
	errors                       map[string]string
}

// itemLines writes the entries of a list a line each: code, blank, name.
func itemLines(l models.CodeList) string {
	var b strings.Builder
	for _, item := range l.Items {
		b.WriteString(item.Code + " " + item.Name + "\n")
	}
	return b.String()
}

// codeItems reads entries a line each. A line without a blank is an entry whose code is its name.
func codeItems(text string) []models.CodeItem {
	var items []models.CodeItem
	for _, line := range office.Lines(text) {
		code, name, ok := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(line, "\t", " "), "　", " "), " ")
		if !ok {
			name = code
		}
		items = append(items, models.CodeItem{Code: code, Name: strings.TrimSpace(name)})
	}
	return items
}

func (a *App) showLists(c echo.Context, code int, p *catalogue.DesignPage, edit *listEdit, conflict string) error {
	view := templateview.ListsPage{DesignForm: templateview.DesignForm{Frame: a.designFrame(c, p, templateview.PartLists), Label: "保存字典",
		Save: paths.ToDesign(paths.DesignLists, p.Design.ID)}}
	view.Conflict, view.Editing = conflict, edit != nil && p.CanEdit
	if edit != nil {
		view.Back = view.Save
		view.Title, view.Was, view.Seen, view.Selected = "添加字典", edit.was, edit.seen, edit.was
		if edit.was != "" {
			view.Title = "编辑字典　" + edit.name
			view.Remove = paths.With(paths.ToDesign(paths.DesignRemove, p.Design.ID), "list", edit.was)
		}
		view.Inputs = withErrors([]components.Input{
			{Name: "name", Label: "字典名称", Value: edit.name, Required: true, MaxLength: 60},
			{Name: "code", Label: "字典代码", Value: edit.code, Required: true, MaxLength: 41, Hint: "小写字母开头，只用小写字母、数字和下划线。"},
			{Kind: components.InputTextarea, Name: "items", Label: "条目", Value: edit.items, Required: true, Rows: 12, Width: components.WidthFull, Hint: "每行一条：代码、空格、名称，如 1 住宅；填报时写代码或名称都可以。"},
		}, edit.errors)
		if !p.CanEdit {
			view.Title, view.Facts = edit.name, []components.Fact{{Term: "字典代码", Text: edit.code}, {Term: "条目", Text: strings.Join(office.Lines(edit.items), "；")}}
		}
	}
	return respond.Page(c, code, templateview.Lists(view), nil)
}

// saveList saves the code list in the editor.
func (a *App) saveList(c echo.Context) error {
	id := form.ID(c, "design")
	edit := listEdit{was: form.Text(c, "was"), seen: form.Text(c, "seen"), code: strings.ToLower(form.Text(c, "code")), name: form.Text(c, "name"), items: form.Text(c, "items")}
	list := models.CodeList{Code: edit.code, Name: edit.name, Items: codeItems(edit.items)}
	err := a.Designs.SaveList(c.Request().Context(), actor(c), id, catalogue.ListInput{Was: edit.was, Seen: edit.seen, List: list})
	if err == nil {
		return a.done(c, paths.With(paths.ToDesign(paths.DesignLists, id), "list", edit.code)+"#edit", "字典“"+edit.name+"”已保存。")
	}
	fields, conflict, ours := partTrouble(err)
	p, pageErr := a.designPage(c)
	if !ours || pageErr != nil {
		return err
	}
	edit.errors = fields
	if conflict != "" {
		edit.seen = ""
		if l, ok := p.Design.Definition.List(edit.was); ok {
			edit.seen = catalogue.Fingerprint(l)
		} else {
			edit.was = ""
		}
	}
	return a.showLists(c, status(err), p, &edit, conflict)
}

// removal is a part of a draft that is to be taken out.
type removal struct {
	kind, code, name, back string
	reason                 bool
}

// removalOf reads which part is meant; ok is false if the draft has none such.
func removalOf(p *catalogue.DesignPage, get func(string) string) (r removal, ok bool) {
	def, id := p.Design.Definition, p.Design.ID
	if f, found := def.Field(get("field")); found {
		return removal{"field", f.Code, "字段“" + f.Name + "”", paths.ToDesignField(id, f.Code), catalogue.RemovedNeedsReason(p, f.Code)}, true
	}
	for _, rule := range def.Rules {
		if rule.Code == get("rule") {
			return removal{"rule", rule.Code, "规则“" + rule.Title + "”", paths.With(paths.ToDesign(paths.DesignRules, id), "rule", rule.Code), false}, true
		}
	}
	if l, found := def.List(get("list")); found {
		return removal{"list", l.Code, "字典“" + l.Name + "”", paths.With(paths.ToDesign(paths.DesignLists, id), "list", l.Code), false}, true
	}
	return removal{}, false
}

var errNoPart = fault.New(fault.NotFound, "草稿中没有这一部分，可能已由他人删除。")

// removeForm asks before a part of a draft is taken out.
func (a *App) removeForm(c echo.Context) error {
	return a.showRemoval(c, http.StatusOK, func(name string) string { return form.Query(c, name) }, "", nil)
}

func (a *App) showRemoval(c echo.Context, code int, get func(string) string, reason string, fields map[string]string) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	r, ok := removalOf(p, get)
	if !ok {
		return errNoPart
	}
	text := "从草稿中删除" + r.name + "。"
	var inputs []components.Input
	if r.reason {
		text += "以前的版本有这个字段，单位已在填报：已报数据保留，自这一版起不再填报。"
		inputs = []components.Input{{Kind: components.InputTextarea, Name: "reason", Label: "删除的理由", Value: reason, Error: fields["reason"], Required: true, Rows: 3, Hint: "记入审计日志；提供单位征求意见时会问到。"}}
	}
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.Shell(c, "删除"+r.name, crumb("信息模板", paths.Templates), crumb("模板草稿", paths.Designs), crumb(p.Design.Definition.Name, paths.ToDesign(paths.Design, p.Design.ID))),
		Title: "删除" + r.name + "？", Icon: components.IconTrash, Text: text, Post: paths.ToDesign(paths.DesignRemove, p.Design.ID), Back: r.back, Label: "删除", Danger: true,
		Inputs: inputs, Hidden: []components.Pair{{Name: r.kind, Value: r.code}},
	}), nil)
}

// remove takes a part out of a draft.
func (a *App) remove(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	get := func(name string) string { return form.Text(c, name) }
	r, ok := removalOf(p, get)
	if !ok {
		return errNoPart
	}
	ctx, who, id, to := c.Request().Context(), actor(c), p.Design.ID, paths.Design
	switch r.kind {
	case "field":
		err = a.Designs.RemoveField(ctx, who, id, r.code, form.Text(c, "reason"))
	case "rule":
		err, to = a.Designs.RemoveRule(ctx, who, id, r.code), paths.DesignRules
	default:
		err, to = a.Designs.RemoveList(ctx, who, id, r.code), paths.DesignLists
	}
	if fields, invalid := fault.Fields(err); invalid {
		return a.showRemoval(c, http.StatusUnprocessableEntity, get, form.Text(c, "reason"), fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToDesign(to, id), r.name+"已删除。")
}
