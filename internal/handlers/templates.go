package handlers

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/web/views/components"
	"taxportal/web/views/templateview"
)

// templateQuery is what the address of the list of templates asks for.
type templateQuery struct {
	address
	filter catalogue.TemplateFilter
	units  []components.Option
	cycles []components.Option
}

// templateQueryOf reads the address; the list is narrowed to units and cycles that there are.
func templateQueryOf(c echo.Context, rows []catalogue.TemplateRow) templateQuery {
	q := templateQuery{address: listAddress(c, paths.Templates, "q", "unit", "cycle", "sort"),
		units: []components.Option{{Label: "全部单位"}}, cycles: []components.Option{{Label: "全部周期"}}}
	for _, r := range rows {
		for _, item := range r.Items {
			if label(item.Unit.Code, q.units) == "" {
				q.units = append(q.units, components.Option{Value: item.Unit.Code, Label: item.Unit.Name})
			}
			if label(string(item.Cycle), q.cycles) == "" {
				q.cycles = append(q.cycles, components.Option{Value: string(item.Cycle), Label: cycles[item.Cycle]})
			}
		}
	}
	q.filter = catalogue.TemplateFilter{Text: form.Query(c, "q"), Unit: choice(form.Query(c, "unit"), q.units),
		Cycle: models.Cycle(choice(form.Query(c, "cycle"), q.cycles)), Sort: oneOf(form.Query(c, "sort"), "code", "newest", "fields")}
	return q
}

func (q templateQuery) bar(total int64) components.FilterBar {
	return components.FilterBar{ID: "t", Label: "筛选模板", Action: paths.Templates, ClearURL: q.clear(), Keep: q.keep("sort"), Filters: []components.Filter{
		{Name: "q", Label: "名称、代码或单位", Value: q.filter.Text, Placeholder: "如 商品房"},
		{Name: "unit", Label: "单位", Value: q.filter.Unit, Options: q.units},
		{Name: "cycle", Label: "周期", Value: string(q.filter.Cycle), Options: q.cycles},
	}, Actions: q.export(paths.TemplatesExport, total, "个")}
}

// templates shows the list of templates.
func (a *App) templates(c echo.Context) error {
	rows, err := a.Catalogue.Templates(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	q := templateQueryOf(c, rows)
	found := q.filter.Of(rows)
	total := int64(len(found))
	shown, page := onPage(found, form.Page(c))
	view := templateview.ListPage{
		Shell: a.Shell(c, "信息模板"), Bar: q.bar(total), Order: q.order(q.filter.Sort), Pages: q.pages(total, page, "个"),
		Filter: inWords(quoted(q.filter.Text), label(q.filter.Unit, q.units), label(string(q.filter.Cycle), q.cycles)),
		Next: components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{
			components.Plain("模板统一由领导小组办公室制定；填报前请下载现行版本的工作簿，任务页中的工作簿已写好单位和期次。")}},
	}
	if a.Guard.Can(actor(c), "template", "draft") {
		view.Actions = []components.Action{{Label: "模板草稿", URL: paths.Designs, Icon: components.IconPencil}}
	}
	for _, r := range shown {
		view.Rows = append(view.Rows, templateview.ListRow{Version: r.Version, Uses: uses(r.Items)})
	}
	return respond.Page(c, http.StatusOK, templateview.List(view), nil)
}

var templateColumns = []office.Column{
	{Title: "模板代码"}, {Title: "模板名称", Width: 36}, {Title: "版本", Kind: office.Count}, {Title: "启用期次"}, {Title: "发布时间", Kind: office.Moment},
	{Title: "报送范围", Width: 34}, {Title: "字段数", Kind: office.Count}, {Title: "必填字段数", Kind: office.Count}, {Title: "用于", Width: 60},
}

// templatesExport sends the filtered list of templates as a workbook.
func (a *App) templatesExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	rows, err := a.Catalogue.Templates(ctx, who)
	if err != nil {
		return err
	}
	filter := templateQueryOf(c, rows).filter
	return a.sendTable(c, office.Table{Title: "信息模板清单", Mark: a.mark(who), Columns: templateColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Catalogue.ExportTemplates(ctx, who, filter, func(r catalogue.TemplateRow) error { return each(templateCells(r)...) })
	})})
}

func templateCells(r catalogue.TemplateRow) []any {
	def, required := r.Version.Definition, 0
	for _, f := range def.Fields {
		if f.Required {
			required++
		}
	}
	var used []string
	for _, u := range uses(r.Items) {
		used = append(used, u.Unit+"："+u.Item+"（"+u.Code+"，"+u.Cycle+"）")
	}
	return []any{models.ItemCode(r.Version.Template.Code), def.Name, r.Version.No, r.Version.EffectiveFrom.Label(), r.Version.PublishedAt,
		templateview.CoverageWords(def.Coverage), len(def.Fields), required, strings.Join(used, "；")}
}

func uses(items []models.CatalogueItem) []templateview.Use {
	list := make([]templateview.Use, len(items))
	for i, item := range items {
		list[i] = templateview.Use{Unit: item.Unit.Name, Item: item.Name, Code: models.ItemCode(item.Code), Cycle: cycles[item.Cycle]}
	}
	return list
}

// version returns the version of the address: ?version=2, else the one in force.
func (a *App) version(c echo.Context) (models.TemplateVersion, error) {
	return a.Catalogue.Version(c.Request().Context(), actor(c), c.Param("template"), int(number(form.Query(c, "version"))))
}

// template shows one version of a template.
func (a *App) template(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	v, err := a.version(c)
	if err != nil {
		return err
	}
	versions, err := a.Catalogue.Versions(ctx, who, v.Template.Code)
	if err != nil {
		return err
	}
	inForce, items, err := a.Catalogue.Use(ctx, who, v.TemplateID)
	if err != nil {
		return err
	}
	view := templateview.Page{Shell: a.Shell(c, v.Definition.Name, crumb("信息模板", paths.Templates)), Version: v, Versions: versions,
		InForce: inForce, Uses: uses(items)}
	for _, f := range v.Definition.Fields {
		view.Fields = append(view.Fields, templateField(f))
	}
	if err := a.withDesign(c, who, &view); err != nil {
		return err
	}
	view.Next = a.templateNext(who, view)
	return respond.Page(c, http.StatusOK, templateview.Template(view), nil)
}

// withDesign adds what those who design see of a version: the draft of the next one, or the button to begin it, and the
// step that takes the version out of use.
func (a *App) withDesign(c echo.Context, who models.Actor, view *templateview.Page) error {
	open, own, err := a.Designs.OfTemplate(c.Request().Context(), who, view.Version.Template.Code, view.Version.ID)
	if err != nil {
		return err
	}
	if open != nil {
		view.Draft, view.DraftState = paths.ToDesign(paths.Design, open.ID), models.TemplateFlow.Describe(open.State).Label
		view.DraftNo = open.No
	}
	view.CanBegin = open == nil && own != nil && a.Guard.Can(who, "template", "design")
	view.CSRF = view.Shell.CSRF
	if own != nil && own.State == models.DesignPublished && a.Guard.Can(who, "template", "retire") {
		view.Retire = paths.ToDesignMove(own.ID, string(models.VerbRetire))
	}
	return nil
}

// templateField puts what a value must satisfy into words; 口径 and standard have columns of their own.
func templateField(f models.Field) templateview.Field {
	plain := f
	plain.Caliber, plain.Standard = "", ""
	_, demands, _ := strings.Cut(ingest.Describe(plain), "；") // 必填 or 选填 comes first and has a column, too
	return templateview.Field{Field: f, Kind: ingest.TypeTitle(f.Type), Demands: demands, Example: ingest.Example(f)}
}

func (a *App) templateNext(who models.Actor, p templateview.Page) components.Next {
	next := components.Next{Tone: components.ToneCalm}
	switch {
	case p.Version.No != p.InForce:
		next.Sentence = components.Sentence{components.Plain("这一版不是现行版本，仅供查阅；新的报送请用"),
			components.Linked("现行版本", components.URL(paths.ToTemplate(p.Version.Template.Code))), components.Plain("。")}
	case a.Guard.Can(who, "filing", "upload"):
		next = components.Next{Sentence: components.Sentence{components.Plain("请下载填报工作簿，按口径填好后在"),
			components.Linked("报送任务", components.URL(paths.Filings)), components.Plain("中上传；任务页中的工作簿已写好单位和期次。")}}
	default:
		next.Sentence = components.Sentence{components.Plain("本模板已发布，由相关单位的信息联络员按期填报，目前没有等您办理的事。")}
	}
	return next
}

// workbook sends the workbook that a unit fills in. With ?task= it is made for that task: its unit, period, due, and
// the version that the task is bound to.
func (a *App) workbook(c echo.Context) error {
	v, err := a.version(c)
	if err != nil {
		return err
	}
	opt := office.WorkbookOptions{Checksum: v.Checksum}
	name := v.Definition.Name + "（第" + decimal(int64(v.No)) + "版）.xlsx"
	if task := form.Query(c, "task"); task != "" && a.Guard.Can(actor(c), "filing", "view") {
		p, err := a.Filing.Page(c.Request().Context(), actor(c), task, "")
		if err != nil {
			return err
		}
		if bound := p.Task.TemplateVersion; bound.TemplateID == v.TemplateID {
			v, opt.Checksum = bound, bound.Checksum
			opt.UnitName, opt.Period, opt.Due = p.Task.Unit.Name, p.Task.Period, fullDue(p.DueNow)
			name = v.Definition.Name + "　" + p.Task.Period.Label() + "　" + p.Task.Unit.Name + ".xlsx"
		}
	}
	var out bytes.Buffer
	if err := office.TemplateWorkbook(&out, v.Definition, opt); err != nil {
		return err
	}
	respond.Attach(c, name, office.XLSX.ContentType())
	return c.Blob(http.StatusOK, office.XLSX.ContentType(), out.Bytes())
}

// fullDue writes a due moment for a document: 2026年11月25日 17:00.
func fullDue(at models.Instant) string { return at.Time().Format("2006年1月2日 15:04") }

// schema answers programs with the template as Frictionless Table Schema.
func (a *App) schema(c echo.Context) error {
	v, err := a.version(c)
	if err != nil {
		return err
	}
	content, err := office.Schema(v.Definition)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, respond.TypeJSON, content)
}
