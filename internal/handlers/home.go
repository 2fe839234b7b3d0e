package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/homeview"
)

// home shows the workbench: to-dos for those for whom something can wait, figures for those who lead, the pages of the
// own console for administrators.
func (a *App) home(c echo.Context) error {
	who := actor(c)
	page := homeview.Page{Shell: a.Shell(c, "工作台"), Title: "工作台", Sub: who.Name + "　" + place(who)}
	can := func(object, action string) bool { return a.Guard.Can(who, object, action) }
	var err error
	switch {
	case can("filing", "accept"):
		err = a.officeHome(c, who, &page)
	case can("filing", "view"):
		err = a.unitHome(c, who, &page)
	case can("matrix", "view"):
		err = a.figuresHome(c, who, &page)
	default:
		page.Next = components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain(calmWords(who))}}
		page.Console = a.consoles(who)
	}
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, homeview.Home(page), nil)
}

// place is the reader's unit and post in one line.
func place(who models.Actor) string {
	post := postOf(who)
	if strings.HasPrefix(post, who.Unit.Name) { // 领导小组 · 领导小组领导
		return post
	}
	return who.Unit.Name + post
}

// homeAddress is the workbench's address: which tab of the to-dos, and of which units the figures are.
func homeAddress(c echo.Context) address { return listAddress(c, paths.Home, "tab", "tier") }

// withTodos puts the list of to-dos and its sentence on the page.
func (a *App) withTodos(c echo.Context, who models.Actor, page *homeview.Page) error {
	ctx := c.Request().Context()
	cal, err := a.Directory.Calendar(ctx)
	if err != nil {
		return err
	}
	done, err := a.Filing.Done(ctx, who)
	if err != nil {
		return err
	}
	todos := a.todos(c, who)
	page.Title = "我的待办"
	page.Todos = todoList(todos, homeAddress(c), form.Page(c), done, cal, a.Now())
	page.Next = a.nextTodo(c, who, todos, cal)
	return nil
}

// consoles are the pages of an administrator, or what an outside body will find here.
func (a *App) consoles(who models.Actor) []homeview.Console {
	var list []homeview.Console
	if a.Guard.Can(who, "account", "create") {
		list = append(list, homeview.Console{Icon: components.IconUsers, Title: "账号管理", URL: paths.Admin, Label: "管理账号",
			Text: "创建、停用、启用、解锁账号，签发一次性链接重置密码。系统管理员不接触业务数据，也不授予角色。"})
	}
	if a.Guard.Can(who, "role", "give") {
		list = append(list, homeview.Console{Icon: components.IconShieldCheck, Title: "角色管理", URL: paths.Admin, Label: "管理角色",
			Text: "授予和收回账号的角色。系统、安全、审计三类管理员互斥，也不与任何业务角色同在一个账号。"})
	}
	if a.Guard.Can(who, "audit", "view") {
		list = append(list, homeview.Console{Icon: components.IconShieldSearch, Title: "审计日志", URL: paths.Audit, Label: "查看审计日志",
			Text: "检索、导出审计日志，核验日志链是否完整。"})
	}
	if who.Has(models.RoleOutside) {
		list = append(list, homeview.Console{Title: "协助请求",
			Text: "税务机关依法请本单位协助的请求会显示在这里（方案二（五）），按期限排列。平台不向协助单位开放共享目录和报送数据。"})
	}
	return list
}
