package handlers

import (
	"github.com/labstack/echo/v4"

	"taxportal/internal/ingest"
	"taxportal/internal/services/catalogue"
)

// sinceNone is the hint of 登记起始日 where nothing is known of a template.
const sinceNone = "没有起始日的留空；有了信息模板后，上传时按模板的日期字段核对。"

// sinceHint says by which field of its template the day is checked from which an item asks for what was registered.
func (a *App) sinceHint(c echo.Context, p catalogue.ItemPage) (string, error) {
	if p.Version == 0 {
		return sinceNone, nil
	}
	version, err := a.Catalogue.Version(c.Request().Context(), actor(c), p.Item.Template.Code, p.Version)
	if err != nil {
		return "", err
	}
	field, ok := ingest.SinceField(version.Definition.Fields)
	if !ok {
		return "没有起始日的留空。现行模板没有必填的日期字段，上传时无法按起始日核对。", nil
	}
	return "没有起始日的留空。上传时按模板的“" + field.Name + "”核对，早于这一天的行不予通过。", nil
}
