package handlers

import (
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// unitNav is the navigation's entry of units: the list, the leading group, and 本单位 for a unit's own people.
func (a *App) unitNav(c echo.Context, who models.Actor) layout.NavItem {
	path := c.Path()
	item := layout.NavItem{Icon: components.IconBuilding, Label: "成员单位", URL: components.URL(paths.Units), Open: under(path, paths.Units)}
	if !a.Guard.Can(who, "unit", "view") {
		item.Current, item.Open = path == paths.Units, false
		return item
	}
	inGroup := under(path, paths.OwnGroup)
	own := strings.EqualFold(c.Param("unit"), who.Unit.Code) && under(path, paths.Unit)
	item.Children = []layout.NavItem{{Label: "单位名录", URL: components.URL(paths.Units), Current: item.Open && !inGroup && !own},
		{Label: "领导小组", URL: components.URL(paths.OwnGroup), Current: inGroup}}
	if who.Unit.Kind == models.UnitMember || who.Unit.Kind == models.UnitSub {
		item.Children = append(item.Children, layout.NavItem{Label: "本单位", URL: components.URL(paths.ToUnit(who.Unit.Code)), Current: own})
	}
	return item
}
