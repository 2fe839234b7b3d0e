package handlers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
	"taxportal/web/views/components"
	"taxportal/web/views/unitview"
)

var unitStatuses = []components.Option{
	{Label: "在用单位"}, {Value: string(directory.UnitsNoContact), Label: "未指定对接人"}, {Value: string(directory.UnitsNoLiaison), Label: "没有信息联络员"},
	{Value: string(directory.UnitsClosed), Label: "已撤并"}, {Value: string(directory.UnitsAll), Label: "全部单位"},
}

func unitKindOptions(first string, kinds []models.UnitKind) []components.Option {
	options := []components.Option{{Label: first}}
	for _, k := range kinds {
		options = append(options, components.Option{Value: string(k), Label: k.Label()})
	}
	return options
}

func affiliationOptions(first string) []components.Option {
	options := []components.Option{{Label: first}}
	for _, f := range models.Affiliations {
		options = append(options, components.Option{Value: string(f), Label: f.Label()})
	}
	return options
}

func areaOptions(first string, areas []models.Jurisdiction) []components.Option {
	options := []components.Option{{Label: first}}
	for _, j := range areas {
		options = append(options, components.Option{Value: j.Code, Label: j.Label()})
	}
	return options
}

// personOptions are people of Offices by user name, everybody once.
func personOptions(first string, people []directory.Person) []components.Option {
	options := []components.Option{{Label: first}}
	for _, p := range people {
		options = append(options, components.Option{Value: p.Username, Label: p.Name})
	}
	return slices.Compact(options)
}

// unitQuery is what the address of the list of units asks for.
type unitQuery struct {
	address
	filter  directory.UnitFilter
	words   string // the filter in words
	areas   []components.Option
	people  []components.Option
	details bool // the reader sees more than names
}

func (a *App) unitQuery(c echo.Context, who models.Actor) (unitQuery, error) {
	ctx := c.Request().Context()
	q := unitQuery{address: listAddress(c, paths.Units, "q", "kind", "affiliation", "area", "contact", "status", "sort"), details: a.Guard.Can(who, "unit", "view")}
	areas, err := a.Directory.Areas(ctx, who)
	if err != nil {
		return q, err
	}
	q.areas = areaOptions("全部区划", areas)
	if q.details {
		people, err := a.Directory.Officers(ctx, who)
		if err != nil {
			return q, err
		}
		q.people = personOptions("全部对接人", people)
	}
	kinds, affiliations := unitKindOptions("全部类别", models.UnitKinds), affiliationOptions("全部性质")
	value := func(name string, options []components.Option) string { return choice(form.Query(c, name), options) }
	q.filter = directory.UnitFilter{
		Text: form.Query(c, "q"), Kind: models.UnitKind(value("kind", kinds)), Affiliation: models.Affiliation(value("affiliation", affiliations)),
		Area: value("area", q.areas), Contact: value("contact", q.people), Status: directory.UnitStatus(value("status", unitStatuses)),
		Sort: oneOf(form.Query(c, "sort"), "name", "items"), Page: form.Page(c), Size: form.PageSize,
	}
	f := q.filter
	q.words = inWords(quoted(f.Text), label(string(f.Kind), kinds), label(string(f.Affiliation), affiliations), label(f.Area, q.areas),
		label(f.Contact, q.people), label(string(f.Status), unitStatuses))
	return q, nil
}

func (q unitQuery) bar(total int64) components.FilterBar {
	f := q.filter
	bar := components.FilterBar{ID: "u", Label: "筛选单位", Action: paths.Units, ClearURL: q.clear(), Keep: q.keep("sort"), Filters: []components.Filter{
		{Name: "q", Label: "名称或代码", Value: f.Text, Placeholder: "如 住房、ZJJ"},
		{Name: "kind", Label: "类别", Value: string(f.Kind), Options: unitKindOptions("全部类别", models.UnitKinds)},
		{Name: "affiliation", Label: "性质", Value: string(f.Affiliation), Options: affiliationOptions("全部性质")},
	}}
	if len(q.areas) > 2 {
		bar.Filters = append(bar.Filters, components.Filter{Name: "area", Label: "区划", Value: f.Area, Options: q.areas})
	}
	if q.details {
		bar.Filters = append(bar.Filters, components.Filter{Name: "contact", Label: "对接人", Value: f.Contact, Options: q.people},
			components.Filter{Name: "status", Label: "状态", Value: string(f.Status), Options: unitStatuses})
		bar.Actions = q.export(paths.UnitsExport, total, "个")
	}
	return bar
}

// units shows the list of units, which is the address book too.
func (a *App) units(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.unitQuery(c, who)
	if err != nil {
		return err
	}
	rows, total, err := withinEnd(ctx, who, &q.filter, &q.filter.Page, a.Directory.ListUnits)
	if err != nil {
		return err
	}
	next, err := a.unitsNext(c, who)
	if err != nil {
		return err
	}
	view := unitview.ListPage{Shell: a.Shell(c, "单位名录", crumb("成员单位", paths.Units)), Next: next, Bar: q.bar(total), Order: q.order(q.filter.Sort),
		Pages: q.pages(total, q.filter.Page, "个"), Names: !q.details, Filter: q.words}
	for _, r := range rows {
		view.Rows = append(view.Rows, unitview.Row{Unit: r.Unit, Head: r.Head, Liaisons: persons(r.Of(models.RoleLiaison)),
			Contact: unitview.Person{Name: r.Contact.Name, Phone: r.Contact.Phone}, Items: r.Items, Templates: r.Templates})
	}
	if q.details {
		view.Actions = append(view.Actions, components.Action{Label: "打印", Icon: components.IconPrinter, Print: true})
	}
	if a.Guard.Can(who, "unit", "edit") {
		view.Actions = append(view.Actions, components.Action{Label: "新建单位", URL: paths.UnitNew, Icon: components.IconPlus, Style: components.StylePrimary})
	}
	return respond.Page(c, http.StatusOK, unitview.List(view), nil)
}

func persons(list []directory.Person) []unitview.Person {
	var people []unitview.Person
	for _, p := range list {
		people = append(people, unitview.Person{Name: p.Name, Phone: p.Phone})
	}
	return people
}

// unitsNext says what is missing among the units, to those who can mend it.
func (a *App) unitsNext(c echo.Context, who models.Actor) (components.Next, error) {
	calm := func(text string) components.Next {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain(text)}}
	}
	if !a.Guard.Can(who, "unit", "edit") {
		return calm("名录由领导小组办公室维护；内容有变动的，请告知本单位的办公室对接人。"), nil
	}
	gaps, err := a.Directory.Gaps(c.Request().Context(), who)
	if err != nil {
		return components.Next{}, err
	}
	switch {
	case gaps.NoContact > 0:
		return components.Next{Sentence: components.Sentence{components.Plain("请为 "), components.Bold(countText(int(gaps.NoContact), "个")),
			components.Linked("没有对接人的单位", components.URL(paths.With(paths.Units, "status", string(directory.UnitsNoContact)))),
			components.Plain("指定办公室对接人（方案二（三）：明确专人负责与各成员单位对接）。")}}, nil
	case gaps.NoLiaison > 0:
		return components.Next{Sentence: components.Sentence{components.Plain("请督促 "), components.Bold(countText(int(gaps.NoLiaison), "个")),
			components.Linked("没有信息联络员的单位", components.URL(paths.With(paths.Units, "status", string(directory.UnitsNoLiaison)))),
			components.Plain("确定联络员，账号由系统管理员建立。")}}, nil
	}
	return calm("各单位都已有对接人和信息联络员，目前没有等您办理的事。"), nil
}

var unitColumns = []office.Column{
	{Title: "方案序号", Kind: office.Count}, {Title: "单位", Width: 26}, {Title: "全称", Width: 36}, {Title: "代码"}, {Title: "类别"}, {Title: "性质"}, {Title: "税务机关"},
	{Title: "区划"}, {Title: "主要负责人"}, {Title: "分管负责人", Width: 22}, {Title: "信息联络员", Width: 22}, {Title: "经办人", Width: 22}, {Title: "值班电话"},
	{Title: "地址", Width: 30}, {Title: "办公室对接人", Width: 22}, {Title: "共享事项", Kind: office.Count}, {Title: "有模板", Kind: office.Count},
	{Title: "启用日期"}, {Title: "撤并日期"},
}

// unitsExport sends the filtered list as an address book.
func (a *App) unitsExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.unitQuery(c, who)
	if err != nil {
		return err
	}
	return a.sendTable(c, office.Table{Title: "单位通讯录", Mark: a.mark(who), Columns: unitColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Directory.ExportUnits(ctx, who, q.filter, func(r directory.UnitRow) error { return each(unitCells(r)...) })
	})})
}

func unitCells(r directory.UnitRow) []any {
	planNo := any("")
	if r.PlanNo > 0 {
		planNo = r.PlanNo
	}
	closed := ""
	if r.Closed() {
		closed = string(r.ValidTo.AddDays(1))
	}
	tax := ""
	if r.TaxAuthority {
		tax = "是"
	}
	named := func(role models.Role) string { return withPhones(r.Of(role)) }
	return []any{planNo, r.Name, r.Official(), strings.ToUpper(r.Code), r.Kind.Label(), r.Affiliation.Label(), tax, r.Jurisdiction.Label(), r.Head,
		named(models.RoleChief), named(models.RoleLiaison), named(models.RoleHandler), r.Phone, r.Address, withPhones([]directory.Person{r.Contact}),
		r.Items, r.Templates, string(r.ValidFrom), closed}
}

// withPhones writes people with their telephone numbers: 王静 15400000709.
func withPhones(people []directory.Person) string {
	var list []string
	for _, p := range people {
		if p.Name != "" {
			list = append(list, strings.TrimSpace(p.Name+" "+p.Phone))
		}
	}
	return strings.Join(list, "、")
}
