package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/web/views/adminview"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// tokens lists all API tokens, for the system administrator.
func (a *App) tokens(c echo.Context) error { return a.showTokens(c, paths.Tokens) }

// ownTokens lists those of the own unit, for its liaison.
func (a *App) ownTokens(c echo.Context) error { return a.showTokens(c, paths.OwnTokens) }

// tokenQuery is what the address of a list of tokens asks for.
type tokenQuery struct {
	address
	filter   accounts.TokenFilter
	units    []components.Option // nil for a liaison
	unit     string
	words    string
	exportTo string
}

func (a *App) tokenQuery(c echo.Context, path string) (tokenQuery, error) {
	q := tokenQuery{address: listAddress(c, path, "q", "unit", "status", "sort"), exportTo: paths.OwnTokensExport}
	status := choice(form.Query(c, "status"), adminview.TokenStatusOptions())
	q.filter = accounts.TokenFilter{Text: form.Query(c, "q"), Status: accounts.TokenStatus(status), Sort: form.Query(c, "sort"),
		Page: form.Page(c), Size: form.PageSize}
	if path != paths.OwnTokens {
		units, err := a.Directory.Units(c.Request().Context())
		if err != nil {
			return q, err
		}
		q.exportTo, q.units = paths.TokensExport, adminview.UnitOptions(units, "全部单位")
		q.unit = choice(form.Query(c, "unit"), q.units)
		for _, u := range units {
			if u.Code == q.unit {
				q.filter.UnitID = u.ID
			}
		}
	}
	q.words = inWords(quoted(q.filter.Text), label(q.unit, q.units), label(status, adminview.TokenStatusOptions()))
	return q, nil
}

func (a *App) showTokens(c echo.Context, path string) error {
	q, err := a.tokenQuery(c, path)
	if err != nil {
		return err
	}
	rows, total, err := a.Accounts.Tokens(c.Request().Context(), actor(c), q.filter)
	if err != nil {
		return err
	}
	if last := lastPage(total, q.filter.Size); q.filter.Page > last {
		return respond.SeeOther(c, q.with("page", strconv.Itoa(last)))
	}
	page := adminview.TokensPage{Own: path == paths.OwnTokens, Bar: tokenBar(q, total), Order: q.order(q.filter.Sort),
		Pages: q.pages(total, q.filter.Page, "个令牌"), Filter: q.words, Clear: path}
	if page.Own {
		page.Shell = a.Shell(c, "本单位接口令牌", crumb("个人资料", paths.Profile))
	} else {
		page.Shell = a.Shell(c, "接口令牌", crumb("账号管理", paths.Admin))
	}
	for _, r := range rows {
		page.Rows = append(page.Rows, adminview.TokenRow{ID: r.ID, Name: r.Name, Prefix: r.Prefix, Unit: r.Unit.Name,
			Person: r.Person.Name + "（" + r.Person.Username + "）", Expires: words.ISODay(r.ExpiresAt), Used: a.tokenUsed(r), From: r.LastAddr, Status: string(r.Status), Note: revokedNote(r)})
	}
	return respond.Page(c, http.StatusOK, adminview.Tokens(page), nil)
}

func tokenBar(q tokenQuery, total int64) components.FilterBar {
	bar := components.FilterBar{ID: "t", Label: "筛选令牌", Action: components.URL(q.path), ClearURL: q.clear(), Keep: q.keep("sort"),
		Filters: []components.Filter{{Name: "q", Label: "系统、令牌开头或责任人", Value: q.filter.Text}}}
	if q.units != nil {
		bar.Filters = append(bar.Filters, components.Filter{Name: "unit", Label: "单位", Value: q.unit, Options: q.units})
	}
	bar.Actions = q.export(q.exportTo, total, "个令牌")
	bar.Filters = append(bar.Filters, components.Filter{Name: "status", Label: "状态", Value: string(q.filter.Status), Options: adminview.TokenStatusOptions()})
	return bar
}

// tokenUsed says when a token was used last.
func (a *App) tokenUsed(r accounts.TokenRow) string {
	if r.LastUsedAt == 0 {
		return "从未使用"
	}
	return words.When(r.LastUsedAt, a.Now())
}

func revokedNote(r accounts.TokenRow) string {
	if r.RevokedAt == 0 {
		return ""
	}
	return words.ISODay(r.RevokedAt) + " " + r.RevokedName + "：" + r.RevokedWhy
}

var tokenColumns = []office.Column{
	{Title: "系统名称", Width: 28}, {Title: "令牌开头"}, {Title: "单位", Width: 28}, {Title: "责任人"}, {Title: "用户名"}, {Title: "状态"},
	{Title: "建立时间", Kind: office.Moment}, {Title: "建立人"}, {Title: "有效至", Kind: office.Moment}, {Title: "最近使用", Kind: office.Moment}, {Title: "来自"},
	{Title: "吊销时间", Kind: office.Moment}, {Title: "吊销理由", Width: 28},
}

// tokensExport sends the filtered list as a workbook.
func (a *App) tokensExport(c echo.Context) error { return a.sendTokens(c, paths.Tokens) }

// ownTokensExport does so for a liaison.
func (a *App) ownTokensExport(c echo.Context) error { return a.sendTokens(c, paths.OwnTokens) }

func (a *App) sendTokens(c echo.Context, path string) error {
	ctx, who := c.Request().Context(), actor(c)
	q, err := a.tokenQuery(c, path)
	if err != nil {
		return err
	}
	return a.sendTable(c, office.Table{Title: "接口令牌清单", Mark: a.mark(who), Columns: tokenColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Accounts.ExportTokens(ctx, who, q.filter, func(r accounts.TokenRow) error {
			return each(r.Name, r.Prefix, r.Unit.Name, r.Person.Name, r.Person.Username, adminview.TokenBadge(string(r.Status)).Word, r.CreatedAt, r.CreatedName,
				r.ExpiresAt, r.LastUsedAt, r.LastAddr, r.RevokedAt, r.RevokedWhy)
		})
	})})
}

// tokenForm shows the form of a new token.
func (a *App) tokenForm(c echo.Context) error {
	return a.showTokenForm(c, http.StatusOK, adminview.NewTokenPage{Days: strconv.Itoa(accounts.TokenDays)})
}

func (a *App) showTokenForm(c echo.Context, code int, page adminview.NewTokenPage) error {
	people, err := a.Accounts.TokenPeople(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	page.Shell, page.People = a.Shell(c, "新建令牌", crumb("账号管理", paths.Admin), crumb("接口令牌", paths.Tokens)), people
	return respond.Page(c, code, adminview.NewToken(page), nil)
}

// makeToken makes a token. Its secret is shown in the answer and nowhere else: only its hash is stored.
func (a *App) makeToken(c echo.Context) error {
	typed := adminview.NewTokenPage{Name: form.Text(c, "name"), Person: form.Text(c, "person"), Days: form.Text(c, "days")}
	days := int(min(number(typed.Days), accounts.MaxTokenDays+1))
	t, secret, err := a.Accounts.CreateToken(c.Request().Context(), actor(c), accounts.TokenInput{Name: typed.Name, Person: typed.Person, Days: days})
	if fields, ok := fault.Fields(err); ok {
		typed.Fields = fields
		return a.showTokenForm(c, http.StatusUnprocessableEntity, typed)
	}
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusCreated, adminview.MadeToken(adminview.MadeTokenPage{
		Shell: a.Shell(c, "令牌已建立", crumb("账号管理", paths.Admin), crumb("接口令牌", paths.Tokens)), Secret: secret,
		Facts: []components.Fact{
			{Term: "系统名称", Text: t.Name}, {Term: "单位", Text: t.Unit.Name}, {Term: "责任人", Text: t.Person.Name + "（" + t.Person.Username + "）"},
			{Term: "有效至", Text: words.Full(t.ExpiresAt)}, {Term: "接口说明", Text: paths.APIOpen, Code: true},
		},
	}), nil)
}

// revokeForm asks for the reason before a token is revoked.
func (a *App) revokeForm(c echo.Context) error { return a.showRevoke(c, http.StatusOK, "", nil) }

func (a *App) showRevoke(c echo.Context, code int, reason string, fields map[string]string) error {
	t, err := a.Accounts.Token(c.Request().Context(), actor(c), form.ID(c, "apitoken"))
	if err != nil {
		return err
	}
	if t.Status == accounts.TokenRevoked {
		return fault.New(fault.Conflict, "此令牌已于 "+words.Full(t.RevokedAt)+" 由"+t.RevokedName+"吊销。")
	}
	return respond.Page(c, code, adminview.Revoke(adminview.RevokePage{
		Shell: a.Shell(c, "吊销令牌", crumb("账号管理", paths.Admin), crumb("接口令牌", paths.Tokens)), ID: t.ID,
		What: t.Unit.Name + "“" + t.Name + "”（" + t.Prefix + "…）", Reason: reason, Fields: fields,
	}), nil)
}

// revokeToken ends a token for good.
func (a *App) revokeToken(c echo.Context) error {
	reason := form.Text(c, "reason")
	err := a.Accounts.RevokeToken(c.Request().Context(), actor(c), form.ID(c, "apitoken"), reason)
	if fields, ok := fault.Fields(err); ok {
		return a.showRevoke(c, http.StatusUnprocessableEntity, reason, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.Tokens, "令牌已吊销，立即失效。")
}
