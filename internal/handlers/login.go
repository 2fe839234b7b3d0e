package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/paths"
	"taxportal/web/views/accountview"
	"taxportal/web/views/layout"
)

// loginForm shows the log-in page, and sends home who is logged in.
func (a *App) loginForm(c echo.Context) error {
	if _, ok := middleware.Actor(c); ok {
		return respond.SeeOther(c, localPath(form.Query(c, "next")))
	}
	return a.showLogin(c, http.StatusOK, accountview.LoginPage{Next: form.Query(c, "next"), Lost: middleware.Session(c).Lost()})
}

func (a *App) showLogin(c echo.Context, code int, page accountview.LoginPage) error {
	if page.Next = localPath(page.Next); page.Next == paths.Home {
		page.Next = ""
	}
	if _, err := middleware.Session(c).CSRF(); err != nil { // without its token the form would only be refused
		return err
	}
	page.Shell = a.bare(c, "登录")
	return respond.Page(c, code, accountview.Login(page), nil)
}

// bare is the frame of the pages before a log-in. Whoever opens one of them while logged in sees no navigation.
func (a *App) bare(c echo.Context, title string) layout.Shell {
	shell := a.Shell(c, title)
	shell.Nav, shell.Crumbs, shell.LogoutURL = nil, nil, ""
	return shell
}

// login checks user name and password, begins a session with a token of its own, and leads to where the reader wanted
// to go.
func (a *App) login(c echo.Context) error {
	ctx := c.Request().Context()
	page := accountview.LoginPage{Username: form.Text(c, "username"), Next: form.Text(c, "next")}
	account, err := a.Accounts.LogIn(ctx, page.Username, form.Secret(c, "password"), c.RealIP())
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.Locked) {
		if fields, ok := fault.Fields(err); ok {
			page.Fields = fields
		} else {
			page.Problem, _ = fault.Message(err)
		}
		return a.showLogin(c, status(err), page)
	}
	if err != nil {
		return err
	}
	if err := middleware.Session(c).LogIn(account.ID); err != nil {
		return err
	}
	return respond.SeeOther(c, localPath(page.Next))
}

// staleLogin shows the log-in page again with the user name when the page stood open for so long that its token is
// worth nothing.
func (a *App) staleLogin(c echo.Context) error {
	if middleware.CrossSite(c.Request()) {
		return middleware.ErrForged
	}
	return a.showLogin(c, http.StatusForbidden, accountview.LoginPage{
		Username: form.Text(c, "username"), Next: form.Text(c, "next"), Problem: "登录页打开过久，请重新输入密码后登录。",
	})
}

// logout ends the session.
func (a *App) logout(c echo.Context) error {
	if err := a.Accounts.LogOut(c.Request().Context(), actor(c)); err != nil {
		return err
	}
	if err := middleware.Session(c).LogOut("已退出登录"); err != nil {
		return err
	}
	return a.done(c, paths.Login, "已退出登录。")
}
