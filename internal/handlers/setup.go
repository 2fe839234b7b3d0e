package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/web/views/accountview"
	"taxportal/web/views/components"
)

// duties say in one sentence what each of the three administrators does.
var duties = map[models.Role]string{
	models.RoleSys: "新建和停用账号、生成一次性链接、解除锁定；不能授予角色。",
	models.RoleSec: "授予和收回角色；不能新建账号。",
	models.RoleAud: "查阅、导出、核验审计日志；不能改动账号和角色。",
}

// setupForm shows the form of the first start.
func (a *App) setupForm(c echo.Context) error {
	if err := a.Accounts.SetupValid(c.Request().Context(), c.Param("token")); err != nil {
		return err
	}
	return a.showSetup(c, http.StatusOK, make([]accounts.SetupPerson, len(accounts.SetupRoles)), nil)
}

func (a *App) showSetup(c echo.Context, code int, people []accounts.SetupPerson, fields map[string]string) error {
	page := accountview.SetupPage{Shell: a.bare(c, "首次设置"), Token: c.Param("token")}
	for i, p := range people {
		username, name, password, again := accounts.SetupFields(i)
		page.People = append(page.People, accountview.SetupPerson{
			Role: accounts.SetupRoles[i].Label(), Duty: duties[accounts.SetupRoles[i]],
			Inputs: []components.Input{
				{Name: username, Label: "用户名", Value: p.Username, Error: fields[username], Required: true, MaxLength: 32, Autocomplete: "off"},
				{Name: name, Label: "姓名", Value: p.Name, Error: fields[name], Required: true, MaxLength: 40, Autocomplete: "off"},
				{Kind: components.InputPassword, Name: password, Label: "密码", Error: fields[password], Required: true, Autocomplete: "new-password",
					Hint: "8 至 128 位，含大写字母、小写字母、数字、符号中的三类。"},
				{Kind: components.InputPassword, Name: again, Label: "再次输入密码", Error: fields[again], Required: true, Autocomplete: "new-password"},
			},
		})
	}
	return respond.Page(c, code, accountview.Setup(page), nil)
}

// setup creates the three administrators.
func (a *App) setup(c echo.Context) error {
	people := make([]accounts.SetupPerson, len(accounts.SetupRoles))
	for i := range people {
		username, name, password, again := accounts.SetupFields(i)
		people[i] = accounts.SetupPerson{Username: form.Text(c, username), Name: form.Text(c, name),
			Password: form.Secret(c, password), Again: form.Secret(c, again)}
	}
	err := a.Accounts.Setup(c.Request().Context(), c.Param("token"), people, c.RealIP())
	if fields, ok := fault.Fields(err); ok {
		return a.showSetup(c, http.StatusUnprocessableEntity, people, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.Login, "三名管理员已建立，请系统管理员登录后新建各单位账号。")
}

// linkForm shows whose password a one-time link sets.
func (a *App) linkForm(c echo.Context) error { return a.showLink(c, http.StatusOK, nil) }

func (a *App) showLink(c echo.Context, code int, fields map[string]string) error {
	account, err := a.Accounts.LinkAccount(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return respond.Page(c, code, accountview.Link(accountview.LinkPage{
		Shell: a.bare(c, "设置密码"), Token: c.Param("token"), Username: account.Username, Name: account.Name, Unit: account.Unit.Name, Fields: fields,
	}), nil)
}

// link sets the password.
func (a *App) link(c echo.Context) error {
	err := a.Accounts.SetByLink(c.Request().Context(), c.Param("token"), form.Secret(c, "new"), form.Secret(c, "again"), c.RealIP())
	if fields, ok := fault.Fields(err); ok {
		return a.showLink(c, http.StatusUnprocessableEntity, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.Login, "密码已设置，请用新密码登录。")
}
