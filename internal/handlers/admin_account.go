package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/web/views/adminview"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// accountExtras is what a step on an account adds to its page.
type accountExtras struct {
	token  string            // of a one-time link made just now
	role   models.Role       // chosen in the form of roles
	fields map[string]string // errors of that form
}

// adminAccount shows one account.
func (a *App) adminAccount(c echo.Context) error {
	return a.showAccount(c, http.StatusOK, form.ID(c, "account"), accountExtras{})
}

func (a *App) showAccount(c echo.Context, code int, id int64, extras accountExtras) error {
	ctx, now := c.Request().Context(), models.At(a.Now())
	row, err := a.Accounts.Get(ctx, actor(c), id)
	if err != nil {
		return err
	}
	held, err := a.held(ctx, row)
	if err != nil {
		return err
	}
	page := adminview.AccountPage{
		Shell: a.Shell(c, row.Name, crumb("账号管理", paths.Admin)), ID: id, Username: row.Username, Name: row.Name, Status: string(row.Status(now)),
		Disabled: row.DisabledAt != 0, Facts: accountFacts(row), May: a.may(actor(c), id), Kept: row.Kept(), Held: held, Role: string(extras.role), Fields: extras.fields,
	}
	page.Next, page.Waits = row.Next(now)
	if page.May.Sessions {
		if page.Sessions, err = a.sessionsOf(ctx, id); err != nil {
			return err
		}
	}
	if row.LockedUntil > now {
		page.Locked = words.When(row.LockedUntil, a.Now())
	}
	for _, role := range accounts.RolesFor(row.Unit.Kind) {
		if accounts.Clash(row.Account, role) == "" {
			page.Give = append(page.Give, role)
		}
	}
	if extras.token != "" {
		page.Link = &adminview.OneTimeLink{URL: a.linkAddress(c, extras.token), Until: words.Full(row.LinkUntil)}
	}
	return respond.Page(c, code, adminview.Account(page), nil)
}

// linkAddress is what a person opens to set a password. Behind a gateway the request does not know how browsers reach the
// portal; the operator's word does.
func (a *App) linkAddress(c echo.Context, token string) string {
	base := strings.TrimRight(a.URL, "/")
	if base == "" {
		base = c.Scheme() + "://" + c.Request().Host
	}
	return base + paths.ToLink(token)
}

// may asks the policy which buttons the account's page has.
func (a *App) may(who models.Actor, id int64) adminview.May {
	if who.AccountID == id {
		return adminview.May{Self: true}
	}
	can := func(object, action string) bool { return a.Guard.Can(who, object, action) }
	return adminview.May{Disable: can("account", "disable"), Unlock: can("account", "unlock"), Reset: can("account", "reset"), Roles: can("role", "give"), Sessions: can("session", "end")}
}

// sessionsOf lists the log-ins of an account, last used first.
func (a *App) sessionsOf(ctx context.Context, id int64) ([]adminview.SessionRow, error) {
	live, err := a.Sessions.Of(ctx, id)
	rows := make([]adminview.SessionRow, len(live))
	for i, s := range live {
		rows[i] = adminview.SessionRow{ID: s.ID, Device: device(s.UserAgent), Addr: s.Addr,
			Began: words.When(s.CreatedAt, a.Now()), Used: words.When(s.LastSeen, a.Now())}
	}
	return rows, err
}

// adminSessionForm asks for the reason before a log-in of somebody else is ended.
func (a *App) adminSessionForm(c echo.Context) error {
	return a.showEndSession(c, http.StatusOK, form.Query(c, "session"), "", nil)
}

func (a *App) showEndSession(c echo.Context, code int, session, reason string, fields map[string]string) error {
	ctx := c.Request().Context()
	row, err := a.Accounts.Get(ctx, actor(c), form.ID(c, "account"))
	if err != nil {
		return err
	}
	live, err := a.sessionsOf(ctx, row.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(live, func(s adminview.SessionRow) bool { return s.ID == session })
	if i < 0 {
		return fault.New(fault.NotFound, "没有这个登录，或它已经结束。")
	}
	return respond.Page(c, code, adminview.EndSession(adminview.EndSessionPage{
		Shell: a.Shell(c, "结束登录", crumb("账号管理", paths.Admin), crumb(row.Name, paths.ToAdminAccount(row.ID))),
		ID:    row.ID, Who: row.Name + "（" + row.Username + "，" + row.Unit.Name + "）", Session: live[i], Reason: reason, Fields: fields,
	}), nil)
}

// adminSession ends a log-in of somebody else.
func (a *App) adminSession(c echo.Context) error {
	id, session, reason := form.ID(c, "account"), form.Text(c, "session"), form.Text(c, "reason")
	err := a.Accounts.RevokeSession(c.Request().Context(), actor(c), id, session, reason)
	if fields, ok := fault.Fields(err); ok {
		return a.showEndSession(c, http.StatusUnprocessableEntity, session, reason, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToAdminAccount(id), "已结束该登录，对方的下一次操作须重新登录。要防止再次登录的，请系统管理员停用账号或重新生成一次性链接。")
}

// held lists the roles with who gave them and when.
func (a *App) held(ctx context.Context, row accounts.Row) ([]adminview.Held, error) {
	var givers []int64
	for _, g := range row.Grants {
		givers = append(givers, g.GivenBy)
	}
	names, err := a.Accounts.Names(ctx, givers...)
	if err != nil {
		return nil, err
	}
	var held []adminview.Held
	for _, role := range row.Roles {
		i := slices.IndexFunc(row.Grants, func(g models.AccountRole) bool { return g.Role == role })
		by := names[row.Grants[i].GivenBy]
		if by == "" {
			by = "首次设置"
		}
		held = append(held, adminview.Held{Role: role, Since: words.Full(row.Grants[i].GivenAt), By: by, Alone: slices.Contains(row.Alone, role)})
	}
	return held, nil
}

func accountFacts(row accounts.Row) []components.Fact {
	facts := []components.Fact{
		{Term: "用户名", Text: row.Username, Code: true}, {Term: "单位", Text: row.Unit.Name}, {Term: "联系电话", Text: dash(row.Phone)},
		{Term: "建立时间", Text: words.Full(row.CreatedAt)}, {Term: "最近登录", Text: words.Full(row.LastLoginAt)},
	}
	if row.DisabledAt != 0 {
		facts = append(facts, components.Fact{Term: "停用时间", Text: words.Full(row.DisabledAt)}, components.Fact{Term: "停用理由", Text: row.DisabledWhy})
	}
	return facts
}

// dash stands where there is nothing.
func dash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// adminGive gives a role.
func (a *App) adminGive(c echo.Context) error {
	id, role := form.ID(c, "account"), models.Role(form.Text(c, "role"))
	err := a.Accounts.GiveRole(c.Request().Context(), actor(c), id, role)
	if fields, ok := fault.Fields(err); ok {
		return a.showAccount(c, http.StatusUnprocessableEntity, id, accountExtras{role: role, fields: fields})
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToAdminAccount(id), "已授予“"+role.Label()+"”，从下一次打开页面起生效。")
}

// adminTake takes a role away.
func (a *App) adminTake(c echo.Context) error {
	id, role := form.ID(c, "account"), models.Role(form.Text(c, "role"))
	err := a.Accounts.TakeRole(c.Request().Context(), actor(c), id, role)
	if fields, ok := fault.Fields(err); ok {
		return a.showAccount(c, http.StatusUnprocessableEntity, id, accountExtras{fields: fields})
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToAdminAccount(id), "已收回“"+role.Label()+"”，从下一次打开页面起生效。")
}
