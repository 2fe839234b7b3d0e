// Package adminview holds the pages of the system administrator, who keeps accounts, and of the security administrator,
// who gives and takes roles.
package adminview

import (
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// statuses are the ways in which an account can stand (look.md §2), in the order of the filter.
var statuses = []struct {
	code  string
	badge components.Badge
}{
	{"active", components.Badge{Family: components.FamilyOK, Word: "正常"}},
	{"unopened", components.Badge{Family: components.FamilyRun, Icon: components.IconHourglass, Word: "待启用"}},
	{"locked", components.Badge{Family: components.FamilyDue, Icon: components.IconLock, Word: "暂停登录"}},
	{"disabled", components.Badge{Family: components.FamilyOff, Icon: components.IconBan, Word: "已停用"}},
}

// StatusBadge returns the badge of an account's status.
func StatusBadge(status string) components.Badge {
	for _, s := range statuses {
		if s.code == status {
			return s.badge
		}
	}
	return components.Badge{}
}

// Query is what the address of the list says.
type Query struct {
	Text, Unit, Role, Status, Sort string
}

func (q Query) filtered() bool { return q.Text != "" || q.Unit != "" || q.Role != "" || q.Status != "" }

func (q Query) to(path string, page string) templ.SafeURL {
	return templ.SafeURL(paths.With(path, "q", q.Text, "unit", q.Unit, "role", q.Role, "status", q.Status, "sort", q.Sort, "page", page))
}

// Page returns the address of a page of the list.
func (q Query) Page(page string) templ.SafeURL { return q.to(paths.Admin, page) }

// ListPage is the list of accounts.
type ListPage struct {
	Shell     layout.Shell
	Query     Query
	Units     []models.Unit
	Rows      []AccountRow
	Pages     components.Pages
	CanCreate bool
}

// AccountRow is one account of the list.
type AccountRow struct {
	ID                          int64
	Username, Name, Unit, Roles string
	Status                      string
	LastLogin                   string
}

func (p ListPage) bar() components.FilterBar {
	bar := components.FilterBar{
		ID: "accounts", Label: "筛选账号", Action: templ.SafeURL(paths.Admin),
		Filters: []components.Filter{
			{Name: "q", Label: "用户名或姓名", Value: p.Query.Text},
			{Name: "unit", Label: "单位", Value: p.Query.Unit, Options: UnitOptions(p.Units, "全部单位")},
			{Name: "role", Label: "角色", Value: p.Query.Role, Options: roleOptions()},
			{Name: "status", Label: "状态", Value: p.Query.Status, Options: statusOptions()},
		},
	}
	if p.Pages.Total > 0 {
		bar.Actions = []components.Action{components.Export(p.Query.to(paths.AdminExport, ""), p.Pages.Total, "个账号")}
	}
	if p.Query.Sort != "" {
		bar.Keep = []components.Pair{{Name: "sort", Value: p.Query.Sort}}
	}
	if p.Query.filtered() {
		bar.ClearURL = templ.SafeURL(paths.Admin)
	}
	return bar
}

// UnitOptions are the units as choices, by their codes; the first one stands for none.
func UnitOptions(units []models.Unit, none string) []components.Option {
	options := []components.Option{{Label: none}}
	for _, u := range units {
		options = append(options, components.Option{Value: u.Code, Label: u.Name})
	}
	return options
}

func roleOptions() []components.Option {
	options := []components.Option{{Label: "全部角色"}}
	for _, r := range models.Roles {
		options = append(options, components.Option{Value: string(r), Label: r.Label()})
	}
	return options
}

func statusOptions() []components.Option {
	options := []components.Option{{Label: "全部状态"}}
	for _, s := range statuses {
		options = append(options, components.Option{Value: s.code, Label: s.badge.Word})
	}
	return options
}

// grid lays out the columns; those that can be sorted turn the order round at the second press.
func (p ListPage) grid() components.Grid {
	column := func(key, label string) components.Column {
		c := components.Column{Label: label}
		next := key
		switch p.Query.Sort {
		case key:
			c.Sort, next = components.SortAscending, "-"+key
		case "-" + key:
			c.Sort = components.SortDescending
		case "":
			if key == "username" {
				c.Sort, next = components.SortAscending, "-"+key
			}
		}
		q := p.Query
		q.Sort = next
		c.URL = q.Page("")
		return c
	}
	grid := components.Grid{Label: "账号", Columns: []components.Column{
		column("username", "用户名"), column("name", "姓名"), column("unit", "单位"), {Label: "角色"}, {Label: "状态"}, column("login", "最近登录"),
	}}
	if len(p.Rows) == 0 {
		grid.Empty = p.nothing()
	}
	return grid
}

func (p ListPage) nothing() *components.Nothing {
	var parts []string
	add := func(label, value string) {
		if value != "" {
			parts = append(parts, label+"“"+value+"”")
		}
	}
	add("用户名或姓名含", p.Query.Text)
	for _, u := range p.Units {
		if u.Code == p.Query.Unit {
			add("单位", u.Name)
		}
	}
	add("角色", models.Role(p.Query.Role).Label())
	add("状态", StatusBadge(p.Query.Status).Word)
	n := &components.Nothing{Icon: components.IconUsers, Title: "没有符合条件的账号", Text: "筛选条件：" + strings.Join(parts, "，") + "。请放宽条件后再查。"}
	if len(parts) == 0 {
		n.Text = "本页没有账号，请回到第一页。"
	}
	n.Actions = []components.Action{{Label: "查看全部账号", URL: templ.SafeURL(paths.Admin)}}
	return n
}

// next says what the reader of the list is to do.
func (p ListPage) next() components.Next {
	if p.CanCreate {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("新建账号后，请把一次性链接交给本人设置密码，再由安全管理员授予角色。")}}
	}
	return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain("请点用户名进入账号，授予或收回角色；账号由系统管理员新建和停用。")}}
}
