package handlers

import (
	"bytes"
	"net/http"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/templateview"
)

// designCompare shows what a design changes of the version before it.
func (a *App) designCompare(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	if len(p.Earlier) == 0 {
		return fault.New(fault.NotFound, "这是第 1 版，没有以前的版本可以比较。")
	}
	frame := a.designFrame(c, p, templateview.PartCompare)
	return respond.Page(c, http.StatusOK, templateview.Compare(templateview.ComparePage{
		Frame: &frame, Old: versionWords(p.Earlier[0].No), New: versionWords(p.Design.No),
		Comparison: models.Compare(&p.Earlier[0].Definition, &p.Design.Definition, ingest.TypeTitle),
	}), nil)
}

func versionWords(no int) string { return "第 " + decimal(int64(no)) + " 版" }

// templateCompare shows the difference of two versions of a template: ?from=1&to=2, else the two newest.
func (a *App) templateCompare(c echo.Context) error {
	ctx, who, code := c.Request().Context(), actor(c), c.Param("template")
	versions, err := a.Catalogue.Versions(ctx, who, code)
	if err != nil {
		return err
	}
	to := int(number(form.Query(c, "to")))
	if to == 0 {
		to = versions[0].No
	}
	from := int(number(form.Query(c, "from")))
	if from == 0 {
		from = max(to-1, 1)
	}
	now, err := a.Catalogue.Version(ctx, who, code, to)
	if err != nil {
		return err
	}
	old, err := a.Catalogue.Version(ctx, who, code, from)
	if err != nil {
		return err
	}
	name := now.Definition.Name
	view := templateview.ComparePage{Old: versionWords(old.No), New: versionWords(now.No), OldNo: decimal(int64(old.No)), NewNo: decimal(int64(now.No)),
		Comparison: models.Compare(&old.Definition, &now.Definition, ingest.TypeTitle),
		Page: templateview.PlainFrame{Head: components.Head{Title: name + "：版本比较", Sub: models.ItemCode(now.Template.Code)}, Action: components.URL(paths.ToTemplateCompare(now.Template.Code)),
			Next: components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("已报的批次按当时的版本保留；新的报送请用"),
				components.Linked("现行版本", components.URL(paths.ToTemplate(now.Template.Code))), components.Plain("。")}}}}
	for _, v := range versions {
		option := components.Option{Value: decimal(int64(v.No)), Label: versionWords(v.No) + "（自" + v.EffectiveFrom.Label() + "起）"}
		view.From, view.To = append(view.From, option), append(view.To, option)
	}
	shell := a.Shell(c, "版本比较", crumb("信息模板", paths.Templates), crumb(name, paths.ToTemplate(now.Template.Code)))
	return respond.Page(c, http.StatusOK, templateview.CompareVersions(shell, view), nil)
}

// templateTable sends a published version as a definition table.
func (a *App) templateTable(c echo.Context) error {
	v, err := a.version(c)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := office.DefinitionTable(&out, v.Definition); err != nil {
		return err
	}
	respond.Attach(c, v.Definition.Name+"定义表（第"+decimal(int64(v.No))+"版）.xlsx", respond.TypeXLSX)
	return c.Blob(http.StatusOK, respond.TypeXLSX, out.Bytes())
}
