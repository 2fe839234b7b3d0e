package handlers

import (
	"cmp"
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/middleware"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/session"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// keyTodos keeps the request's to-dos, which the navigation counts and the workbench lists.
const keyTodos = "portal.todos"

// Shell returns the frame of a page: who is logged in, where the reader is, the navigation with its counts, flash
// messages. crumbs are the steps between the home page and this one, which title names.
func (a *App) Shell(c echo.Context, title string, crumbs ...layout.Crumb) layout.Shell {
	s := layout.Shell{
		Title: title, Now: words.Moment(a.Now()), Version: a.Version, Support: a.Support, DemoBanner: a.Demo,
		Organiser: "聊城市税收共治工作领导小组办公室（市财政局）", HomeURL: components.URL(paths.Home),
	}
	if current := middleware.Session(c); current != nil {
		// A page without a form works without a token, so a session that cannot be written is no reason to fail it.
		s.CSRF, _ = current.CSRF()
		s.Flash = notices(current)
	}
	actor, ok := middleware.Actor(c)
	if !ok {
		return s
	}
	if area := actor.Unit.Jurisdiction; area != nil {
		s.Jurisdiction = area.Label()
	}
	s.User = layout.User{Name: actor.Name, UnitName: actor.Unit.Name, Post: postOf(actor), Menu: []components.TextLink{
		{Label: "个人资料", URL: components.URL(paths.Profile)}, {Label: "修改密码", URL: components.URL(paths.ProfilePassword)},
	}}
	if a.Guard.Can(actor, "token", "own") {
		s.User.Menu = append(s.User.Menu, components.TextLink{Label: "本单位接口令牌", URL: components.URL(paths.OwnTokens)})
	}
	s.LogoutURL = components.URL(paths.Logout)
	s.Nav = a.nav(c, actor)
	s.Crumbs = append([]layout.Crumb{{Label: "首页", URL: components.URL(paths.Home)}}, crumbs...)
	s.Crumbs = append(s.Crumbs, layout.Crumb{Label: title})
	return s
}

// errorShell is the frame of an error page: a refusal must not fail because of the frame.
func (a *App) errorShell(c echo.Context) layout.Shell {
	middleware.Recognise(c, a.Sessions, a.Accounts)
	return a.Shell(c, "出错了")
}

func postOf(actor models.Actor) string {
	if len(actor.Roles) == 0 || actor.Has(models.RoleOffice) {
		return ""
	}
	return actor.Roles[0].Label()
}

// notices takes the session's flash messages.
func notices(current *session.Current) []components.Notice {
	flashes, err := current.TakeFlashes()
	if err != nil {
		return nil
	}
	var list []components.Notice
	for _, f := range flashes {
		sentence := components.Sentence{components.Plain(f.Text)}
		if f.URL != "" {
			sentence = append(sentence, components.Linked(f.Link, components.URL(f.URL)))
		}
		list = append(list, components.Notice{Family: components.Family(f.Family), Text: sentence})
	}
	return list
}

// todos returns what waits for the actor, read once a request.
func (a *App) todos(c echo.Context, actor models.Actor) []filing.Todo {
	if known, ok := c.Get(keyTodos).([]filing.Todo); ok {
		return known
	}
	todos, err := a.Filing.Todos(c.Request().Context(), actor)
	desk, deskErr := a.deskTodos(c, actor)
	drafts, draftErr := a.designTodos(c, actor)
	desk = append(desk, drafts...)
	if err := errors.Join(err, deskErr, draftErr); err != nil {
		a.Logger.Error("to-dos", "event", middleware.RequestID(c), "error", err)
	}
	if len(desk) > 0 {
		todos = append(todos, desk...)
		slices.SortStableFunc(todos, func(a, b filing.Todo) int { return cmp.Compare(a.DueAt, b.DueAt) })
	}
	c.Set(keyTodos, todos)
	return todos
}

// nav returns the entries that the actor's roles open; an entry exists only where its capability is built.
func (a *App) nav(c echo.Context, actor models.Actor) []layout.NavItem {
	path := c.Path()
	can := func(object, action string) bool { return a.Guard.Can(actor, object, action) }
	todos := a.todos(c, actor)
	late := false
	for _, t := range todos {
		late = late || t.Late
	}
	filed, filedLate := waitingIn(todos, func(t filing.Todo) bool { return t.Flow == nil })
	item := func(icon components.IconName, label, to string) layout.NavItem {
		return layout.NavItem{Icon: icon, Label: label, URL: components.URL(to), Current: path == to}
	}
	home := item(components.IconHome, "工作台", paths.Home)
	home.Count, home.Late = len(todos), late
	items := []layout.NavItem{home}
	if can("matrix", "view") {
		filings := item(components.IconFileUpload, "数据报送", paths.Filings)
		filings.Count, filings.Late = filed, filedLate
		filings.Children = a.filingNav(path, can)
		if !can("filing", "view") {
			filings.URL = components.URL(paths.Matrix)
		}
		filings.Current = false
		filings.Open = under(path, paths.Filings)
		items = append(items, filings)
	}
	if can("catalogue", "view") {
		items = append(items, a.catalogueNav(c, actor, todos))
	}
	if can("template", "view") {
		templates := item(components.IconTemplate, "信息模板", paths.Templates)
		templates.Open = under(path, paths.Templates) && !templates.Current
		templates.Count, _ = waitingIn(todos, func(t filing.Todo) bool { return t.Flow == &models.TemplateFlow })
		items = append(items, templates)
	}
	if can("calendar", "view") {
		calendar := item(components.IconCalendar, "工作日历", paths.Calendar)
		calendar.Open = under(path, paths.Calendar) && !calendar.Current
		items = append(items, calendar)
	}
	if can("unit", "names") {
		items = append(items, a.unitNav(c, actor))
	}
	if can("account", "view") {
		admin := item(components.IconUsers, "账号管理", paths.Admin)
		admin.Open = under(path, paths.Admin) && !admin.Current
		if can("token", "view") {
			admin.Children = []layout.NavItem{{Label: "账号清单", URL: components.URL(paths.Admin), Current: admin.Current || under(path, paths.AdminAccounts)},
				{Label: "接口令牌", URL: components.URL(paths.Tokens), Current: under(path, paths.Tokens)}}
			admin.Open, admin.Current = under(path, paths.Admin), false
		}
		items = append(items, admin)
	}
	if can("audit", "view") {
		trail := item(components.IconShieldSearch, "审计日志", paths.Audit)
		trail.Open = under(path, paths.Audit) && !trail.Current
		items = append(items, trail)
	}
	return items
}

func (a *App) filingNav(path string, can func(object, action string) bool) []layout.NavItem {
	var children []layout.NavItem
	add := func(ok bool, label, to string, below ...string) {
		current := path == to
		for _, b := range below {
			current = current || under(path, b)
		}
		if ok {
			children = append(children, layout.NavItem{Label: label, URL: components.URL(to), Current: current})
		}
	}
	add(can("filing", "accept"), "待受理批次", paths.Inbox)
	add(can("filing", "view"), "报送任务", paths.Filings, "/filings/tasks", "/filings/batches")
	add(can("matrix", "view"), "履约矩阵", paths.Matrix, paths.Matrix)
	add(can("filing", "view"), "更正与补报", paths.Waivers, paths.Waivers)
	add(can("handover", "view"), "数据交接", paths.Handovers)
	return children
}

// under reports whether path is a page below prefix.
func under(path, prefix string) bool {
	return path == prefix || len(path) > len(prefix) && path[:len(prefix)] == prefix && path[len(prefix)] == '/'
}

// crumb is one step of the way back.
func crumb(label, to string) layout.Crumb { return layout.Crumb{Label: label, URL: components.URL(to)} }

// done tells what was done on the next page, and goes there.
func (a *App) done(c echo.Context, to, text string) error {
	if err := middleware.Session(c).Flash(session.Flash{Family: string(components.FamilyOK), Text: text}); err != nil {
		return err
	}
	return respond.SeeOther(c, to)
}

// warn tells on the next page what did not go as wished, and goes there.
func (a *App) warn(c echo.Context, to, text string) error {
	if err := middleware.Session(c).Flash(session.Flash{Family: string(components.FamilyLate), Text: text}); err != nil {
		return err
	}
	return respond.SeeOther(c, to)
}

// mustChange keeps an account whose password must be changed on that page.
func (a *App) mustChange(c echo.Context, actor models.Actor, r Route) error {
	if !actor.MustChange || r.Path == paths.ProfilePassword || r.Path == paths.Logout {
		return nil
	}
	return respond.SeeOther(c, paths.ProfilePassword)
}
