package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/audit"
	"taxportal/web/views/accountview"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// trailLength is how many of the own entries the profile shows.
const trailLength = 20

// profile shows the own account, its log-ins and what was written down.
func (a *App) profile(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	account, err := a.Accounts.Own(ctx, who)
	if err != nil {
		return err
	}
	sessions, err := a.Sessions.Of(ctx, who.AccountID)
	if err != nil {
		return err
	}
	trail, err := a.Audit.Own(ctx, who, trailLength)
	if err != nil {
		return err
	}
	page := accountview.ProfilePage{Shell: a.Shell(c, "个人资料"), Facts: a.ownFacts(who, account)}
	for _, s := range sessions {
		page.Sessions = append(page.Sessions, accountview.SessionRow{ID: s.ID, Device: device(s.UserAgent), Addr: s.Addr,
			Began: words.When(s.CreatedAt, a.Now()), Used: words.When(s.LastSeen, a.Now()), Current: s.ID == who.SessionID})
	}
	for _, e := range trail {
		page.Trail = append(page.Trail, accountview.TrailRow{When: words.When(e.At, a.Now()), Machine: words.Machine(e.At),
			What: audit.ActionLabel(e.Object, e.Action), Object: strings.TrimSpace(audit.ObjectLabel(e.Object) + "　" + e.ObjectID),
			Note: strings.TrimSpace(e.Reason + " " + e.Detail), Addr: e.Addr})
	}
	return respond.Page(c, http.StatusOK, accountview.Profile(page), nil)
}

func (a *App) ownFacts(who models.Actor, account models.Account) []components.Fact {
	facts := []components.Fact{
		{Term: "用户名", Text: account.Username, Code: true}, {Term: "姓名", Text: account.Name}, {Term: "单位", Text: who.Unit.Name},
		{Term: "角色", Text: roleNames(who.Roles)},
	}
	if account.Phone != "" {
		facts = append(facts, components.Fact{Term: "联系电话", Text: account.Phone})
	}
	return append(facts, components.Fact{Term: "上次登录", Text: words.Full(account.LastLoginAt)})
}

// roleNames writes roles as people read them, or — for none.
func roleNames(roles []models.Role) string {
	if len(roles) == 0 {
		return "—"
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Label()
	}
	return strings.Join(names, "、")
}

// endSession ends one of the own log-ins; the one in use is a log-out.
func (a *App) endSession(c echo.Context) error {
	id := form.Text(c, "session")
	if id == actor(c).SessionID {
		return a.logout(c)
	}
	if err := a.Accounts.EndSession(c.Request().Context(), actor(c), id); err != nil {
		return err
	}
	return a.done(c, paths.Profile, "已结束该登录。不是您本人登录的，请随即修改密码。")
}

// passwordForm asks for the own new password.
func (a *App) passwordForm(c echo.Context) error { return a.showPassword(c, http.StatusOK, "", nil) }

func (a *App) showPassword(c echo.Context, code int, problem string, fields map[string]string) error {
	return respond.Page(c, code, accountview.Password(accountview.PasswordPage{
		Shell: a.Shell(c, "修改密码", crumb("个人资料", paths.Profile)), Must: actor(c).MustChange, Problem: problem, Fields: fields,
	}), nil)
}

// password sets the own password.
func (a *App) password(c echo.Context) error {
	err := a.Accounts.ChangePassword(c.Request().Context(), actor(c), accounts.PasswordInput{
		Old: form.Secret(c, "old"), New: form.Secret(c, "new"), Again: form.Secret(c, "again"),
	})
	if fields, ok := fault.Fields(err); ok {
		return a.showPassword(c, http.StatusUnprocessableEntity, "", fields)
	}
	if fault.Is(err, fault.Locked) {
		problem, _ := fault.Message(err)
		return a.showPassword(c, http.StatusLocked, problem, nil)
	}
	if err != nil {
		return err
	}
	to := paths.Profile
	if actor(c).MustChange {
		to = paths.Home
	}
	return a.done(c, to, "密码已修改，其他浏览器上的登录已全部结束。")
}

// browsers are told by the first mark that their user agent carries; those that dress up as others come first.
var browsers = []struct{ mark, name string }{
	{"Edg/", "Edge"}, {"QIHU", "360 浏览器"}, {"360SE", "360 浏览器"}, {"360EE", "360 浏览器"}, {"qaxbrowser", "奇安信浏览器"}, {"UOS", "UOS 浏览器"},
	{"MetaSr", "搜狗浏览器"}, {"QQBrowser", "QQ 浏览器"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
}

var systems = []struct{ mark, name string }{
	{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS", "macOS"}, {"Kylin", "麒麟"}, {"Linux", "Linux"},
}

// device says a user agent in words: Chrome 126（Windows）.
func device(userAgent string) string {
	name := "其他浏览器"
	for _, b := range browsers {
		if _, after, ok := strings.Cut(userAgent, b.mark); ok {
			name = b.name
			if version, _, _ := strings.Cut(after, "."); strings.HasSuffix(b.mark, "/") && version != "" && len(version) <= 4 {
				name += " " + version
			}
			break
		}
	}
	for _, s := range systems {
		if strings.Contains(userAgent, s.mark) {
			return name + "（" + s.name + "）"
		}
	}
	return name
}
