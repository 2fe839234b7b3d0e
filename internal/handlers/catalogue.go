package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/workflow"
	"taxportal/web/views/catalogueview"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
)

// The ways to go through the catalogue.
const (
	byUnit    = "unit"
	bySubject = "subject"
	byTax     = "tax"
)

// itemStates are the standings by which the catalogue is filtered.
var itemStates = []components.Option{
	{Label: "全部"}, {Value: catalogue.ItemInForce, Label: "使用中"}, {Value: catalogue.ItemAddedOnes, Label: "补充"}, {Value: catalogue.ItemProposed, Label: "申请变更"},
	{Value: catalogue.ItemWaiting, Label: "修改待生效"}, {Value: catalogue.ItemTwinned, Label: "同一事项"}, {Value: catalogue.ItemGone, Label: "已停用"},
}

// itemLacks are what may be lacking of an item.
var itemLacks = []components.Option{{Label: "不限"}, {Value: catalogue.LackTemplate, Label: "无模板"}, {Value: catalogue.LackSection, Label: "缺负责科室"}}

// namedOptions are the choices of a list of codes; first is what chooses none, "" for none.
func namedOptions[T ~string](first string, list []models.Named[T]) []components.Option {
	var options []components.Option
	if first != "" {
		options = append(options, components.Option{Label: first})
	}
	for _, n := range list {
		options = append(options, components.Option{Value: string(n.Code), Label: n.Label, Hint: n.Hint})
	}
	return options
}

// itemQuery is what the address of the catalogue asks for.
type itemQuery struct {
	address
	by     string
	filter catalogue.ItemFilter
	words  string
}

func itemQueryOf(c echo.Context, sheet catalogue.Sheet) itemQuery {
	q := itemQuery{address: listAddress(c, paths.Catalogue, "by", "unit", "subject", "tax", "q", "cycle", "share", "shape", "sensitivity", "state", "lack", "sort"),
		by: oneOf(form.Query(c, "by"), bySubject, byTax)}
	units := []components.Option{{Label: "全部单位"}}
	for _, u := range sheet.Units {
		units = append(units, components.Option{Value: u.Code, Label: u.Name})
	}
	value := func(name string, options []components.Option) string { return choice(form.Query(c, name), options) }
	cycle, share, shape := namedOptions("全部", models.Cycles), namedOptions("全部", models.Shares), namedOptions("全部", models.Shapes)
	subject, sensitivity := namedOptions("全部", models.SubjectKinds), namedOptions("全部", models.Sensitivities)
	q.filter = catalogue.ItemFilter{Text: form.Query(c, "q"), Unit: value("unit", units), Subject: models.SubjectKind(value("subject", subject)),
		Tax: models.Tax(value("tax", taxOptions("全部"))), Cycle: models.Cycle(value("cycle", cycle)), Share: models.Share(value("share", share)),
		Shape: models.Shape(value("shape", shape)), Sensitivity: models.Sensitivity(value("sensitivity", sensitivity)),
		State: value("state", itemStates), Lack: value("lack", itemLacks), Sort: oneOf(form.Query(c, "sort"), "code", "name", "cycle", "rate")}
	f := q.filter
	q.words = inWords(quoted(f.Text), label(f.Unit, units), label(string(f.Subject), subject), label(string(f.Tax), taxOptions("全部")),
		label(string(f.Cycle), cycle), label(string(f.Share), share), label(string(f.Shape), shape), label(string(f.Sensitivity), sensitivity),
		label(f.State, itemStates), label(f.Lack, itemLacks))
	return q
}

func (q itemQuery) bar(total int64) components.FilterBar {
	f := q.filter
	return components.FilterBar{ID: "i", Label: "筛选目录项", Action: paths.Catalogue, ClearURL: q.clear(), Keep: q.keep("by", "unit", "subject", "sort"), Filters: []components.Filter{
		{Name: "q", Label: "名称、代码或单位", Value: f.Text, Placeholder: "如 商品房"},
		{Name: "tax", Label: "服务税费", Value: string(f.Tax), Options: taxOptions("全部")},
		{Name: "cycle", Label: "周期", Value: string(f.Cycle), Options: namedOptions("全部", models.Cycles)},
		{Name: "share", Label: "共享类型", Value: string(f.Share), Options: namedOptions("全部", models.Shares)},
		{Name: "shape", Label: "形态", Value: string(f.Shape), Options: namedOptions("全部", models.Shapes)},
		{Name: "sensitivity", Label: "敏感级别", Value: string(f.Sensitivity), Options: namedOptions("全部", models.Sensitivities)},
		{Name: "state", Label: "状态", Value: f.State, Options: itemStates},
		{Name: "lack", Label: "待补", Value: f.Lack, Options: itemLacks},
	}}
}

// catalogue shows what each unit shares: by unit with the plan's words, or by kind.
func (a *App) catalogue(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	sheet, err := a.Catalogue.Items(ctx, who)
	if err != nil {
		return err
	}
	q := itemQueryOf(c, sheet)
	if q.filter.Tallies, err = a.itemTallies(c, who); err != nil {
		return err
	}
	found := q.filter.Of(sheet.Rows)
	total := int64(len(found))
	shown, page := onPage(found, form.Page(c))
	view := catalogueview.ListPage{
		Shell: a.Shell(c, "共享目录"), Sub: sheetWords(sheet), Next: a.catalogueNext(c, who), Bar: q.bar(total), Order: q.order(q.filter.Sort),
		Pages: q.pages(total, page, "项"), Filter: q.words, Side: q.side(sheet), RatesNote: a.ratesNote(who),
	}
	if total > 0 {
		view.Actions = append(view.Actions, components.Action{Label: "按资源目录格式导出 " + components.Thousands(total) + " 项", URL: components.URL(q.to(paths.CatalogueExport)), Icon: components.IconTableExport})
	}
	if a.Guard.Can(who, "catalogue", "edit") {
		view.Actions = append(view.Actions, components.Action{Label: "补充目录项", URL: components.URL(paths.With(paths.CatalogueNew, "unit", q.filter.Unit)), Icon: components.IconPlus, Style: components.StylePrimary})
	}
	if unit, ok := sheet.Unit(q.filter.Unit); ok {
		if view.Clause, err = a.clause(c, sheet.Clauses, unit, sheet.Listed(unit.ID), ""); err != nil {
			return err
		}
		view.Shell = a.Shell(c, unit.Name, crumb("共享目录", paths.Catalogue))
	}
	for _, r := range shown {
		row := itemRow(r)
		row.Rate = filingview.MatrixRate(q.filter.Tallies[r.Item.ID])
		view.Rows = append(view.Rows, row)
	}
	return respond.Page(c, http.StatusOK, catalogueview.List(view), nil)
}

func itemRow(r catalogue.ItemRow) catalogueview.Row {
	return catalogueview.Row{Item: r.Item, List: r.List.Name, Moved: supplied(r), Cycle: cycles[r.Item.Cycle], Version: r.Version, Twins: r.Twins, Proposed: r.Proposed, Pending: r.Pending}
}

// supplied says who supplies an item now that stands on another unit's list, since when and why; empty for all others.
func supplied(r catalogue.ItemRow) string {
	if !r.Moved() {
		return ""
	}
	text := "现由" + r.Item.Unit.Name + "提供"
	if r.Supply.Since != "" {
		text += "（" + r.Supply.Since.Time().Format("2006年1月2日") + "起，理由：" + r.Supply.Why + "）"
	}
	return text
}

// clause is the plan's sentence on a unit, nil where the plan has none.
func (a *App) clause(c echo.Context, clauses map[int64]models.Clause, unit models.Unit, rows []catalogue.ItemRow, on string) (*catalogueview.Clause, error) {
	text, ok := clauses[unit.ID]
	if !ok {
		return nil, nil
	}
	people, err := a.Filing.PeopleOf(c.Request().Context(), unit)
	if err != nil {
		return nil, err
	}
	list, moved := make([]models.CatalogueItem, len(rows)), map[string]string{}
	for i, r := range rows {
		list[i] = r.Item
		if words := supplied(r); words != "" {
			moved[r.Item.Code] = words
		}
	}
	no, _ := strconv.Atoi(strings.SplitN(text.Text, ".", 2)[0])
	if no == 0 && len(list) > 0 { // a sub-unit's part of its unit's sentence: the resource code knows the number
		if code := list[0].ResourceCode; len(code) > 6 {
			no, _ = strconv.Atoi(code[3:6])
		}
	}
	about := "联络员 " + orNone(people.Liaison) + "　分管负责人 " + orNone(people.Chief) + "　办公室对接人 " + orNone(people.Contact)
	return &catalogueview.Clause{Unit: unit, No: no, Text: strings.TrimPrefix(text.Text, strconv.Itoa(no)+"."), Open: text.Open, Items: list, Moved: moved, On: on, About: about}, nil
}

func orNone(name string) string {
	if name == "" {
		return "未登记"
	}
	return name
}

// sheetWords count the catalogue up.
func sheetWords(sheet catalogue.Sheet) string {
	inForce, with, added, fees := 0, 0, 0, 0
	for _, r := range sheet.Rows {
		if r.Item.RetiredAt != 0 {
			continue
		}
		inForce++
		if r.Version > 0 {
			with++
		}
		if r.Item.Origin == models.OriginAdded {
			added++
		}
		if slices.ContainsFunc(r.Item.Taxes, func(t models.Tax) bool { k, _ := t.Kind(); return k.Fee }) {
			fees++
		}
	}
	members := 0
	for _, u := range sheet.Units {
		if u.PlanNo > 0 {
			members++
		}
	}
	text := fmt.Sprintf("%d 个成员单位，%d 个目录项；其中 %d 项已有模板，%d 项服务于费", members, inForce, with, fees)
	if added > 0 {
		text += fmt.Sprintf("，%d 项为补充", added)
	}
	if ended := len(sheet.Rows) - inForce; ended > 0 {
		text += fmt.Sprintf("；另有 %d 项已停用", ended)
	}
	return text
}

// catalogueNext says how many proposals wait for the Office, or how a change is asked for.
func (a *App) catalogueNext(c echo.Context, who models.Actor) components.Next {
	calm := func(text string) components.Next {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain(text)}}
	}
	waiting := 0
	for _, t := range a.todos(c, who) {
		if t.Flow != nil && t.Flow.Name == models.ProposalFlow.Name {
			waiting++
		}
	}
	switch {
	case waiting > 0:
		return components.Next{Sentence: components.Sentence{components.Plain("请您答复 "), components.Bold(countText(waiting, "件")), components.Plain("目录变更申请：采纳后修改目录项，不采纳的写明理由。")},
			Action: &components.Action{Label: "去答复", URL: components.URL(paths.With(paths.Proposals, "state", string(models.ProposalTabled))), Small: true}}
	case a.Guard.Can(who, "catalogue", "edit"):
		return calm("目前没有等您答复的变更申请。末尾有“等”字的清单可依据法律、法规补充；修改自所选期次起生效，不追溯。")
	case a.Guard.Can(who, "catalogue", "propose"):
		return calm("目录由领导小组办公室维护；内容不合实际的，请在目录项页面提出变更，办公室答复。")
	}
	return calm("目录由领导小组办公室维护，目前没有等您办理的事。")
}

// itemColumns are the core metadata of the national guide, and what the portal adds.
var itemColumns = []office.Column{
	{Title: "类", Width: 6}, {Title: "项", Width: 6}, {Title: "目", Width: 6}, {Title: "细目", Width: 6}, {Title: "信息资源名称", Width: 40}, {Title: "信息资源代码", Width: 16},
	{Title: "信息资源提供方", Width: 24}, {Title: "信息资源提供方代码"}, {Title: "信息资源摘要", Width: 50}, {Title: "信息资源格式", Width: 18}, {Title: "信息项（名称：类型）", Width: 60},
	{Title: "共享类型"}, {Title: "共享条件", Width: 40}, {Title: "共享方式", Width: 24}, {Title: "是否向社会开放", Width: 18}, {Title: "更新周期"}, {Title: "发布日期"},
	{Title: "关联资源代码", Width: 18}, {Title: "目录项代码"}, {Title: "数据形态"}, {Title: "主体类别"}, {Title: "服务税费", Width: 30}, {Title: "敏感级别"}, {Title: "依据", Width: 40},
	{Title: "本项限制", Width: 30}, {Title: "负责科室"}, {Title: "状态"}, {Title: "方案原文", Width: 50},
}

// catalogueExport sends the filtered catalogue in the layout of the national guide.
func (a *App) catalogueExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	sheet, err := a.Catalogue.Items(ctx, who)
	if err != nil {
		return err
	}
	filter, columns := itemQueryOf(c, sheet).filter, itemColumns
	if filter.Tallies, err = a.itemTallies(c, who); err != nil {
		return err
	}
	if filter.Tallies != nil {
		columns = append(slices.Clone(itemColumns), rateColumn)
	}
	return a.sendTable(c, office.Table{Title: "政务信息资源目录（涉税信息）", Mark: a.mark(who), Columns: columns, Rows: tableRows(func(each func(...any) error) error {
		return a.Catalogue.ExportItems(ctx, who, filter, func(r catalogue.ExportItem) error {
			cells := itemCells(r)
			if filter.Tallies != nil {
				cells = append(cells, rateCell(filter.Tallies[r.Item.ID]))
			}
			return each(cells...)
		})
	})})
}

// shapeFormats are the formats in which the shapes of data come.
var shapeFormats = map[models.Shape]string{models.ShapeRecords: "电子表格、数据库表", models.ShapeTotals: "电子表格", models.ShapeDocuments: "电子文书、电子表格"}

// What the national guide asks for and the plan settles for every item.
const (
	shareWay  = "税收共治平台报送、调取"
	notPublic = "不开放（仅供成员单位履行职责）"
)

// relatedCodes are the resource codes of the same matter of other units.
func relatedCodes(twins []models.CatalogueItem) string {
	codes := make([]string, len(twins))
	for i, t := range twins {
		codes[i] = t.ResourceCode
	}
	return strings.Join(codes, "、")
}

func itemCells(r catalogue.ExportItem) []any {
	i := r.Item
	var class, group, unit, sub string
	if code, _, ok := strings.Cut(i.ResourceCode, "/"); ok && len(code) >= 6 {
		class, group, unit, sub = code[:1], code[1:3], code[3:6], code[6:]
	}
	var fields []string
	for _, f := range r.Fields {
		fields = append(fields, f.Name+"："+ingest.TypeTitle(f.Type))
	}
	summary := i.Name
	if i.PlanWords != "" {
		summary = "方案二（二）：“" + i.PlanWords + "”"
	}
	state := "使用中"
	switch {
	case i.RetiredAt != 0:
		state = "已停用：" + i.RetiredWhy
	case i.Origin == models.OriginAdded:
		state = "补充"
	}
	return []any{class, group, unit, sub, i.Name, i.ResourceCode, i.Unit.Official(), strings.ToUpper(i.Unit.Code), summary, shapeFormats[i.Shape], strings.Join(fields, "；"),
		i.Share.Label(), i.ShareTerms, shareWay, notPublic, cycles[i.Cycle], string(i.ListedOn), relatedCodes(r.Twins),
		models.ItemCode(i.Code), i.Shape.Label(), i.SubjectKind.Label(), models.TaxLabels(i.Taxes), i.Sensitivity.Label(), i.Basis, i.Limits(), i.Section, state, i.PlanWords}
}

// flowMove returns the move that verb names if it is offered, else says why not.
func flowMove(f *workflow.Flow, offered []workflow.Move, now workflow.State, verb workflow.Verb) (workflow.Move, error) {
	for _, m := range offered {
		if m.Verb == verb {
			return m, nil
		}
	}
	m, known := f.Move(verb)
	if !known || m.Party == workflow.System {
		return workflow.Move{}, errNoStep
	}
	if _, err := f.Next(now, verb); err != nil {
		return workflow.Move{}, err
	}
	return workflow.Move{}, errNotYours
}
