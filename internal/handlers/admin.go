package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/web/views/adminview"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// adminAccounts lists the accounts.
func (a *App) adminAccounts(c echo.Context) error {
	ctx := c.Request().Context()
	units, err := a.Directory.Units(ctx)
	if err != nil {
		return err
	}
	query := adminQuery(c)
	filter := adminFilter(query, units)
	filter.Page, filter.Size = form.Page(c), form.PageSize
	rows, total, err := a.Accounts.List(ctx, actor(c), filter)
	if err != nil {
		return err
	}
	if last := lastPage(total, filter.Size); filter.Page > last {
		return respond.SeeOther(c, string(query.Page(strconv.Itoa(last))))
	}
	page := adminview.ListPage{Shell: a.Shell(c, "账号管理"), Query: query, Units: units, CanCreate: a.Guard.Can(actor(c), "account", "create"),
		Pages: components.NewPages(int(total), filter.Page, filter.Size, "个账号", func(n int) components.URL { return query.Page(strconv.Itoa(n)) })}
	now := models.At(a.Now())
	for _, r := range rows {
		page.Rows = append(page.Rows, adminview.AccountRow{ID: r.ID, Username: r.Username, Name: r.Name, Unit: r.Unit.Name,
			Roles: roleNames(r.Roles), Status: string(r.Status(now)), LastLogin: words.When(r.LastLoginAt, a.Now())})
	}
	return respond.Page(c, http.StatusOK, adminview.List(page), nil)
}

func adminQuery(c echo.Context) adminview.Query {
	return adminview.Query{Text: form.Query(c, "q"), Unit: form.Query(c, "unit"), Role: form.Query(c, "role"),
		Status: form.Query(c, "status"), Sort: form.Query(c, "sort")}
}

// adminFilter turns the address into a filter; a unit that is none finds nothing.
func adminFilter(q adminview.Query, units []models.Unit) accounts.Filter {
	f := accounts.Filter{Text: q.Text, Role: models.Role(q.Role), Status: accounts.Status(q.Status), Sort: q.Sort}
	if q.Unit != "" {
		f.UnitID = -1
	}
	for _, u := range units {
		if u.Code == q.Unit {
			f.UnitID = u.ID
		}
	}
	return f
}

// lastPage returns the number of the last page of a list, at least 1.
func lastPage(total int64, size int) int { return max(1, (int(total)+size-1)/size) }

var accountColumns = []office.Column{
	{Title: "用户名"}, {Title: "姓名"}, {Title: "单位", Width: 28}, {Title: "角色", Width: 28}, {Title: "状态"}, {Title: "联系电话"},
	{Title: "最近登录", Kind: office.Moment}, {Title: "建立时间", Kind: office.Moment}, {Title: "停用理由", Width: 28},
}

// adminExport sends the filtered list as a workbook.
func (a *App) adminExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	units, err := a.Directory.Units(ctx)
	if err != nil {
		return err
	}
	filter, now := adminFilter(adminQuery(c), units), models.At(a.Now())
	return a.sendTable(c, office.Table{Title: "账号清单", Mark: a.mark(who), Columns: accountColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Accounts.Export(ctx, who, filter, func(r accounts.Row) error {
			return each(r.Username, r.Name, r.Unit.Name, roleNames(r.Roles), adminview.StatusBadge(string(r.Status(now))).Word, r.Phone,
				r.LastLoginAt, r.CreatedAt, r.DisabledWhy)
		})
	})})
}

// adminNew shows the form of a new account.
func (a *App) adminNew(c echo.Context) error {
	return a.showNew(c, http.StatusOK, accounts.CreateInput{}, nil)
}

func (a *App) showNew(c echo.Context, code int, in accounts.CreateInput, fields map[string]string) error {
	units, err := a.Directory.Units(c.Request().Context())
	if err != nil {
		return err
	}
	return respond.Page(c, code, adminview.New(adminview.NewPage{
		Shell: a.Shell(c, "新建账号", crumb("账号管理", paths.Admin)), Units: units,
		Username: in.Username, Name: in.Name, Phone: in.Phone, Unit: in.UnitCode, Fields: fields,
	}), nil)
}

// adminCreate makes an account. Its one-time link is shown in the answer and nowhere else: only its hash is stored.
func (a *App) adminCreate(c echo.Context) error {
	in := accounts.CreateInput{Username: form.Text(c, "username"), Name: form.Text(c, "name"), Phone: form.Text(c, "phone"), UnitCode: form.Text(c, "unit")}
	account, token, err := a.Accounts.Create(c.Request().Context(), actor(c), in)
	if fields, ok := fault.Fields(err); ok {
		return a.createAgain(c, in, fields)
	}
	if err != nil {
		return err
	}
	return a.showAccount(c, http.StatusCreated, account.ID, accountExtras{token: token})
}

// createAgain answers a form of a new account that was refused. One that was sent a second time, as by reloading the page
// with the link, leads to the account that it made.
func (a *App) createAgain(c echo.Context, in accounts.CreateInput, fields map[string]string) error {
	id, err := a.Accounts.Made(c.Request().Context(), actor(c), in)
	if err != nil {
		return err
	}
	if id != 0 {
		return a.warn(c, paths.ToAdminAccount(id), "此账号已经建立，没有重复建立。一次性链接只显示一次，没有记下的，请重新生成。")
	}
	return a.showNew(c, http.StatusUnprocessableEntity, in, fields)
}

// toAccounts and toAccount take a browser that asks once more for the address of a step to the page on which it stands.
func (a *App) toAccounts(c echo.Context) error { return respond.SeeOther(c, paths.Admin) }

func (a *App) toAccount(c echo.Context) error {
	return respond.SeeOther(c, paths.ToAdminAccount(form.ID(c, "account")))
}

// adminDisableForm asks for the reason before an account is disabled.
func (a *App) adminDisableForm(c echo.Context) error { return a.showDisable(c, http.StatusOK, "", nil) }

func (a *App) showDisable(c echo.Context, code int, reason string, fields map[string]string) error {
	row, err := a.Accounts.Get(c.Request().Context(), actor(c), form.ID(c, "account"))
	if err != nil {
		return err
	}
	if why := row.Kept(); why != "" {
		return fault.New(fault.Locked, why)
	}
	return respond.Page(c, code, adminview.Disable(adminview.DisablePage{
		Shell: a.Shell(c, "停用账号", crumb("账号管理", paths.Admin), crumb(row.Name, paths.ToAdminAccount(row.ID))),
		ID:    row.ID, Who: row.Name + "（" + row.Username + "，" + row.Unit.Name + "）", Reason: reason, Fields: fields,
	}), nil)
}

// adminDisable closes an account.
func (a *App) adminDisable(c echo.Context) error {
	id, reason := form.ID(c, "account"), form.Text(c, "reason")
	err := a.Accounts.Disable(c.Request().Context(), actor(c), id, reason)
	if fields, ok := fault.Fields(err); ok {
		return a.showDisable(c, http.StatusUnprocessableEntity, reason, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToAdminAccount(id), "账号已停用，其登录已全部结束。")
}

// adminEnable opens a disabled account again.
func (a *App) adminEnable(c echo.Context) error {
	id := form.ID(c, "account")
	if err := a.Accounts.Enable(c.Request().Context(), actor(c), id); err != nil {
		return err
	}
	return a.done(c, paths.ToAdminAccount(id), "账号已启用，原密码和角色仍然有效。")
}

// adminUnlock ends the wait after failed log-ins.
func (a *App) adminUnlock(c echo.Context) error {
	id := form.ID(c, "account")
	addr := form.Text(c, "addr")
	if err := a.Accounts.Unlock(c.Request().Context(), actor(c), id, addr); err != nil {
		return err
	}
	if addr == "" { // the address may be locked as well, and only the log-in page there says which one it is
		return a.done(c, paths.ToAdminAccount(id), "已解除锁定；登录页仍提示“此电脑（网络地址 …）已暂停登录”的，请填上该地址再解除一次。")
	}
	return a.done(c, paths.ToAdminAccount(id), "已解除账号和该网络地址的锁定，可以立即登录。")
}

// adminReset makes a one-time link and shows it in the answer.
func (a *App) adminReset(c echo.Context) error {
	id := form.ID(c, "account")
	token, err := a.Accounts.Reset(c.Request().Context(), actor(c), id)
	if err != nil {
		return err
	}
	return a.showAccount(c, http.StatusOK, id, accountExtras{token: token})
}
