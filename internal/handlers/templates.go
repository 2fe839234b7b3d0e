package handlers

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/a-h/templ"
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

// templates shows the list of templates.
func (a *App) templates(c echo.Context) error {
	rows, err := a.Catalogue.Templates(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	at := listAddress(c, paths.Templates, "q")
	text := form.Query(c, "q")
	var found []templateview.ListRow
	for _, r := range rows {
		if templateMatches(r, text) {
			found = append(found, templateview.ListRow{Version: r.Version, Uses: uses(r.Items)})
		}
	}
	shown, page := onPage(found, form.Page(c))
	return respond.Page(c, http.StatusOK, templateview.List(templateview.ListPage{
		Shell: a.Shell(c, "信息模板"), Rows: shown, Pages: at.pages(int64(len(found)), page, "个"), Filter: quoted(text),
		Next: components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{
			components.Plain("模板统一由领导小组办公室制定；填报前请下载现行版本的工作簿，任务页中的工作簿已写好单位和期次。")}},
		Bar: components.FilterBar{ID: "t", Label: "筛选模板", Action: paths.Templates, ClearURL: at.clear(), Filters: []components.Filter{
			{Name: "q", Label: "名称、代码或单位", Value: text, Placeholder: "如 商品房"}}},
	}), nil)
}

// templateMatches reports whether a template's name, code, items or their units contain the text.
func templateMatches(r catalogue.TemplateRow, text string) bool {
	text = strings.ToLower(text)
	names := []string{r.Version.Definition.Name, r.Version.Template.Code}
	for _, item := range r.Items {
		names = append(names, item.Name, item.Unit.Name)
	}
	return strings.Contains(strings.ToLower(strings.Join(names, "\n")), text)
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
	rows, err := a.Catalogue.Templates(ctx, who)
	if err != nil {
		return err
	}
	view := templateview.Page{Shell: a.Shell(c, v.Definition.Name, crumb("信息模板", paths.Templates)), Version: v, Versions: versions}
	for _, r := range rows {
		if r.Version.TemplateID == v.TemplateID {
			view.InForce, view.Uses = r.Version.No, uses(r.Items)
		}
	}
	for _, f := range v.Definition.Fields {
		view.Fields = append(view.Fields, templateField(f))
	}
	view.Next = a.templateNext(who, view)
	return respond.Page(c, http.StatusOK, templateview.Template(view), nil)
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
			components.Linked("现行版本", templ.SafeURL(paths.ToTemplate(p.Version.Template.Code))), components.Plain("。")}
	case a.Guard.Can(who, "filing", "upload"):
		next = components.Next{Sentence: components.Sentence{components.Plain("请下载填报工作簿，按口径填好后在"),
			components.Linked("报送任务", templ.SafeURL(paths.Filings)), components.Plain("中上传；任务页中的工作簿已写好单位和期次。")}}
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
