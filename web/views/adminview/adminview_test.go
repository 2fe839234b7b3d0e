package adminview_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/workflow"
	"taxportal/web/views/adminview"
	"taxportal/web/views/components"
	"taxportal/web/views/viewtest"
)

// shell is the frame of every page here.
var shell = viewtest.Shell("账号管理")

var units = []models.Unit{{Code: "zjj", Name: "市住房城乡建设局"}, {Code: "bank", Name: "水城示范银行"}}

func list(rows int, q adminview.Query) adminview.ListPage {
	page := adminview.ListPage{Shell: shell, Query: q, Units: units, CanCreate: true,
		Pages: components.NewPages(rows, 1, 20, "个账号", func(int) templ.SafeURL { return "/admin?page=2" })}
	for range rows {
		page.Rows = append(page.Rows, adminview.AccountRow{ID: 7, Username: "liaison.zjj", Name: viewtest.Hostile, Unit: "市住房城乡建设局", Roles: "信息联络员", Status: "locked"})
	}
	return page
}

func TestList_showsAccountsWithFiltersAndExport(t *testing.T) {
	doc := viewtest.Page(t, adminview.List(list(2, adminview.Query{Text: viewtest.Hostile, Unit: "zjj", Role: "liaison", Status: "locked", Sort: "-name"})))
	row := doc.Find("#accounts tbody tr").First()
	if row.Find("a").AttrOr("href", "") != "/admin/accounts/7" || !strings.Contains(row.Text(), viewtest.Hostile) || viewtest.Words(row.Find(".gz-state")) != "暂停登录" {
		t.Errorf("the row reads %q", viewtest.Words(row))
	}
	for name, want := range map[string]string{"unit": "zjj", "role": "liaison", "status": "locked"} {
		if got := doc.Find("select[name="+name+"] option[selected]").AttrOr("value", ""); got != want {
			t.Errorf("filter %s came back as %q", name, got)
		}
	}
	if doc.Find("[name=q]").AttrOr("value", "") != viewtest.Hostile || doc.Find(".gz-toolbar [name=sort]").AttrOr("value", "") != "-name" || doc.Find(".gz-toolbar a[href='/admin']").Length() != 1 {
		t.Error("text, order or the way to clear is missing")
	}
	export := doc.Find(".gz-toolbar .end a")
	if viewtest.Words(export) != "导出 2 个账号" || !strings.HasPrefix(export.AttrOr("href", ""), "/admin/accounts/export?") || !strings.Contains(export.AttrOr("href", ""), "status=locked") {
		t.Errorf("export %q leads to %q", viewtest.Words(export), export.AttrOr("href", ""))
	}
	if doc.Find("th[aria-sort=descending]").Length() != 1 || viewtest.Words(doc.Find("th[aria-sort=descending]")) != "姓名" {
		t.Error("the order is not shown at its column")
	}
	if doc.Find(".gz-page-head a.btn-primary").AttrOr("href", "") != "/admin/accounts/new" {
		t.Error("an account cannot be made")
	}
	if !strings.Contains(viewtest.Words(doc.Find("#rules")), "三员分立") || !strings.Contains(viewtest.Words(doc.Find("#rules")), "互不兼任") {
		t.Error("the rules of the three are missing")
	}
}

func TestList_sortsByTurns(t *testing.T) {
	for sort, want := range map[string]string{"": "sort=-username", "username": "sort=-username", "-username": "sort=username", "name": "sort=username"} {
		doc := viewtest.Page(t, adminview.List(list(1, adminview.Query{Sort: sort})))
		if got := doc.Find("thead th a").First().AttrOr("href", ""); !strings.HasSuffix(got, want) {
			t.Errorf("ordered by %q, the first column leads to %s", sort, got)
		}
	}
}

func TestList_saysWhatWasNotFound(t *testing.T) {
	doc := viewtest.Page(t, adminview.List(list(0, adminview.Query{Text: "nichts", Unit: "bank", Role: "outside", Status: "disabled"})))
	if got := viewtest.Words(doc.Find(".gz-empty")); !strings.Contains(got, "用户名或姓名含“nichts”，单位“水城示范银行”，角色“协助单位经办人”，状态“已停用”") {
		t.Errorf("it says %q", got)
	}
	if doc.Find("table").Length() != 0 || doc.Find(".gz-toolbar").Length() != 1 {
		t.Error("an empty table is shown, or the filters went with it")
	}
}

func TestList_theSecurityAdministratorMakesNoAccounts(t *testing.T) {
	page := list(1, adminview.Query{})
	page.CanCreate = false
	doc := viewtest.Page(t, adminview.List(page))
	if doc.Find(".gz-page-head a, .gz-page-head form").Length() != 0 || !strings.Contains(viewtest.Words(doc.Find(".gz-next")), "授予或收回角色") {
		t.Error("the page does not fit the security administrator")
	}
}

func TestNew_bringsBackWhatWasTyped(t *testing.T) {
	page := adminview.NewPage{Shell: shell, Units: units, Username: viewtest.Hostile, Name: "王静", Phone: "abc", Unit: "bank",
		Fields: map[string]string{"username": "用户名用 2 至 32 位。", "phone": "不是手机号码。"}}
	doc := viewtest.Page(t, adminview.New(page))
	if doc.Find("[name=username]").AttrOr("value", "") != viewtest.Hostile || doc.Find("[name=phone]").AttrOr("value", "") != "abc" || doc.Find("option[selected]").AttrOr("value", "") != "bank" {
		t.Error("what was typed did not come back")
	}
	if doc.Find("[aria-invalid=true]").Length() != 2 || doc.Find(".gz-errsum li").Length() != 2 {
		t.Error("not the two wrong fields are named")
	}
	if doc.Find("[name^=role]").Length() != 0 {
		t.Error("the system administrator is offered roles")
	}
	if next := viewtest.Words(doc.Find(".gz-next")); !strings.Contains(next, "建立后给出一次性链接") {
		t.Errorf("what comes next: %q", next)
	}
	if got := buttons(doc); got != "取消 新建账号" {
		t.Errorf("buttons %q", got)
	}
}

func account(change func(*adminview.AccountPage)) adminview.AccountPage {
	page := adminview.AccountPage{Shell: shell, ID: 7, Username: "liaison.zjj", Name: "王静", Status: "active", Facts: []components.Fact{{Term: "单位", Text: "市住房城乡建设局"}},
		Next: []workflow.Segment{{Text: "请"}, {Text: "11月25日", Strong: true}}, Waits: true,
		Held: []adminview.Held{{Role: models.RoleLiaison, Since: "2026年11月1日 09:00", By: "冯晓光"}}, Give: []models.Role{models.RoleHandler}}
	change(&page)
	return page
}

// buttons returns the words of all buttons and of links that look like one within the page.
func buttons(doc *goquery.Document) string {
	var list []string
	doc.Find("main .btn").Each(func(_ int, s *goquery.Selection) { list = append(list, viewtest.Words(s)) })
	return strings.Join(list, " ")
}

func TestAccount_buttonsAreForWhoMay(t *testing.T) {
	sys := adminview.May{Disable: true, Unlock: true, Reset: true}
	tests := []struct {
		name   string
		change func(*adminview.AccountPage)
		want   string
	}{
		{"system administrator", func(p *adminview.AccountPage) { p.May = sys }, "停用账号 生成一次性链接 解除锁定"},
		{"of a disabled account", func(p *adminview.AccountPage) { p.May, p.Disabled, p.Status = sys, true, "disabled" }, "启用账号 解除锁定"},
		{"security administrator", func(p *adminview.AccountPage) { p.May.Roles = true }, "收回 授予角色"},
		{"with nothing left to give", func(p *adminview.AccountPage) { p.May.Roles, p.Give = true, nil }, "收回"},
		{"without a role held", func(p *adminview.AccountPage) { p.May.Roles, p.Held = true, nil }, "授予角色"},
		{"the own account", func(p *adminview.AccountPage) { p.May.Self = true }, ""},
		{"the last administrator, who cannot be closed", func(p *adminview.AccountPage) { p.May, p.Kept = sys, "最后一名" }, "生成一次性链接 解除锁定"},
		{"the last administrator, who keeps the role", func(p *adminview.AccountPage) { p.May.Roles, p.Kept, p.Held[0].Alone = true, "最后一名", true }, "授予角色"},
	}
	for _, tt := range tests {
		doc := viewtest.Page(t, adminview.Account(account(tt.change)))
		if got := buttons(doc); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		doc.Find("main form").Each(func(_ int, s *goquery.Selection) {
			if !strings.HasPrefix(s.AttrOr("action", ""), "/admin/accounts/7/") || s.AttrOr("method", "") != "post" {
				t.Errorf("%s: a form leads to %s", tt.name, s.AttrOr("action", ""))
			}
		})
	}
	if got := viewtest.Words(viewtest.Page(t, adminview.Account(account(func(p *adminview.AccountPage) { p.May.Self = true }))).Find("#account")); !strings.Contains(got, "另一名管理员") {
		t.Error("why the own account has no buttons is not said")
	}
}

func TestAccount_saysWhyTheLastAdministratorStays(t *testing.T) {
	for name, may := range map[string]adminview.May{"sys": {Disable: true}, "sec": {Roles: true}} {
		doc := viewtest.Page(t, adminview.Account(account(func(p *adminview.AccountPage) { p.May, p.Kept, p.Held[0].Alone = may, viewtest.Hostile, true })))
		if got := viewtest.Words(doc.Find("#account .gz-hint")); got != viewtest.Hostile {
			t.Errorf("%s reads %q", name, got)
		}
		if got := viewtest.Words(doc.Find("#roles td.act")); may.Roles && got != "不能收回" {
			t.Errorf("in place of the button stands %q", got)
		}
	}
	doc := viewtest.Page(t, adminview.Account(account(func(p *adminview.AccountPage) { p.May, p.Kept = adminview.May{Self: true}, "最后一名" })))
	if got := viewtest.Words(doc.Find("#account .gz-hint")); strings.Contains(got, "最后一名") {
		t.Errorf("on the own account two reasons are given: %q", got)
	}
}

func TestAccount_saysWhoMustAct(t *testing.T) {
	doc := viewtest.Page(t, adminview.Account(account(func(*adminview.AccountPage) {})))
	if next := doc.Find(".gz-next"); next.HasClass("is-calm") || viewtest.Words(next.Find("strong")) != "11月25日" {
		t.Errorf("下一步 reads %q", viewtest.Words(next))
	}
	if doc := viewtest.Page(t, adminview.Account(account(func(p *adminview.AccountPage) { p.Waits = false }))); !doc.Find(".gz-next").HasClass("is-calm") {
		t.Error("nothing is to be done, and it does not look so")
	}
}

func TestAccount_showsALinkOnce(t *testing.T) {
	link := &adminview.OneTimeLink{URL: "https://portal.example/link/token", Until: "2026年11月26日 15:20"}
	doc := viewtest.Page(t, adminview.Account(account(func(p *adminview.AccountPage) { p.Link, p.May.Reset, p.Status = link, true, "unopened" })))
	field := doc.Find("#link input")
	if _, fixed := field.Attr("readonly"); !fixed || field.AttrOr("value", "") != link.URL || !strings.Contains(viewtest.Words(doc.Find("#link")), "只在此处显示这一次") {
		t.Error("the link cannot be copied, or it is not said that it is shown once")
	}
	if doc.Find(".btn-primary").Length() != 0 {
		t.Error("another link is offered as the next thing to do")
	}
	if doc := viewtest.Page(t, adminview.Account(account(func(p *adminview.AccountPage) { p.May.Reset, p.Status = true, "unopened" }))); viewtest.Words(doc.Find(".btn-primary")) != "生成一次性链接" || doc.Find("#link").Length() != 0 {
		t.Error("an account that waits for its link does not offer one")
	}
}

func TestAccount_aRefusedRoleIsNamedAtItsField(t *testing.T) {
	doc := viewtest.Page(t, adminview.Account(account(func(p *adminview.AccountPage) {
		p.May.Roles, p.Role, p.Fields = true, "handler", map[string]string{"role": "请从列表中选择角色。"}
	})))

	if doc.Find("select[aria-invalid=true]").Length() != 1 || doc.Find("#roles option[selected]").AttrOr("value", "") != "handler" {
		t.Error("the error is not at the field, or the choice did not come back")
	}
}

func TestDisable_asksForAReason(t *testing.T) {
	doc := viewtest.Page(t, adminview.Disable(adminview.DisablePage{Shell: shell, ID: 7, Who: "王静（liaison.zjj）", Reason: viewtest.Hostile, Fields: map[string]string{"reason": "请填写停用理由。"}}))
	if viewtest.Words(doc.Find("h1")) != "停用这个账号？" || viewtest.Words(doc.Find("textarea")) != viewtest.Hostile || doc.Find("textarea[aria-invalid=true]").Length() != 1 {
		t.Error("the question, the reason or its error is missing")
	}
	if doc.Find("a[data-cancel]").AttrOr("href", "") != "/admin/accounts/7" || viewtest.Words(doc.Find("button.btn-danger")) != "停用账号" {
		t.Error("the two ways on are missing")
	}
}

func TestStatusBadge_knowsEveryStatus(t *testing.T) {
	for _, status := range []string{"active", "unopened", "locked", "disabled"} {
		if b := adminview.StatusBadge(status); b.Word == "" || b.Family == "" {
			t.Errorf("%s has no badge", status)
		}
	}
	if adminview.StatusBadge("?").Word != "" {
		t.Error("an unknown status has a word")
	}
}
