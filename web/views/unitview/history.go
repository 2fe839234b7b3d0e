package unitview

import (
	"github.com/a-h/templ"

	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// HistoryPage is everything that was changed of a unit, or of a leading group and its roster.
type HistoryPage struct {
	Shell   layout.Shell
	Title   string // whose history
	Next    components.Next
	Actions []components.Action
	Bar     components.FilterBar
	Order   components.Order
	Pages   components.Pages
	Rows    []ChangeRow
	Filter  string // in words
	Path    string // of the page without filters
}

// ChangeRow is one change in words.
type ChangeRow struct {
	When, Machine string
	Who, Post     string
	Action        string
	Field         string
	Old, New      string
	Reason        string
}

func (p HistoryPage) grid() components.Grid {
	grid := components.Grid{Label: "变更记录", Columns: []components.Column{
		p.Order.Own("时间", "oldest", components.SortDescending), {Label: "人员"}, {Label: "动作"}, {Label: "内容"}, {Label: "原来"}, {Label: "改为"}, {Label: "理由或依据"},
	}}
	if len(p.Rows) > 0 {
		return grid
	}
	grid.Empty = &components.Nothing{Icon: components.IconHistory, Title: "还没有变更", Text: "初始内容按方案预置；以后的每次变更都记在这里，写明何人、何时、原来和改后的内容。"}
	if p.Filter != "" {
		grid.Empty = &components.Nothing{Icon: components.IconHistory, Title: "没有符合条件的变更", Text: "没有" + p.Filter + "的变更。请放宽条件后再查。",
			Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(p.Path)}}}
	}
	return grid
}
