package handlers_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/internal/testkit"
)

// accountID returns the id of a demo account.
func accountID(app *testkit.App, username string) int64 { return app.As(username).AccountID }

// buttons returns the words of all that looks like a button in the body of a page.
func buttons(a *testkit.Answer) string { return words(a.Doc().Find("main .btn")) }

func TestAdmin_listsFiltersAndSorts(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		sys := app.LoginAs("sysadmin")
		page := sys.Get(paths.Admin).WantStatus(http.StatusOK).Want("共 37 个账号，本页第 1—20 个账号", "bank2", "三员分立")
		if page.Doc().Find("#accounts tbody tr").Length() != form20 {
			t.Error("a page does not hold 20 accounts")
		}
		sys.Get("/admin?page=2").WantStatus(http.StatusOK).Want("本页第 21—37 个账号")
		if got := sys.Get("/admin?page=99&sort=-name").WantStatus(http.StatusSeeOther).Header.Get("Location"); got != "/admin?page=2&sort=-name" {
			t.Errorf("beyond the end it leads to %s", got)
		}
		sys.Get("/admin?q=王静").Want("liaison.zjj", "共 1 个账号").Not("liaison.fgw")
		sys.Get("/admin?unit=zjj&role=chief").Want("chief.zjj", "共 1 个账号")
		sys.Get("/admin?status=disabled").Want("没有符合条件的账号", "状态“已停用”").Not("导出 0 ")
		sys.Get("/admin?unit=nowhere").Want("没有符合条件的账号")
		first := func(order string) string {
			return words(sys.Get("/admin?unit=zjj&sort=" + order).Doc().Find("#accounts tbody tr").First().Find("a"))
		}
		if first("username") != "chief.zjj" || first("-username") != "liaison.zjj" {
			t.Errorf("sorted: %s, %s", first("username"), first("-username"))
		}
	})
}

// form20 is the size of a page of a list.
const form20 = 20

func TestAdmin_aPageTakesTheSameQueriesWhateverItsLength(t *testing.T) {
	app := testkit.New(t)
	sys := app.LoginAs("sysadmin")
	few := app.Queries(func() { sys.Get("/admin?q=bank") })
	many := app.Queries(func() { sys.Get(paths.Admin) })
	if few != many || many > 12 {
		t.Errorf("%d queries for 2 rows, %d for 20", few, many)
	}
}

func TestAdmin_exportIsAWorkbookWithoutFormulas(t *testing.T) {
	app := testkit.New(t)
	err := app.DB.Write.Model(&models.Account{}).Where("username = ?", "bank").Update("name", "=1+1").Error
	if err != nil {
		t.Fatal(err)
	}
	answer := app.LoginAs("secadmin").Get("/admin/accounts/export?role=outside").WantStatus(http.StatusOK)
	if got := answer.Header.Get("Content-Disposition"); !strings.Contains(got, "attachment") || !strings.Contains(got, "filename*=") {
		t.Errorf("disposition %q", got)
	}
	book, err := excelize.OpenReader(bytes.NewReader([]byte(answer.Body)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) != 5 || rows[3][0] != "bank" || rows[3][1] != "=1+1" || rows[3][4] != "正常" || !strings.Contains(rows[1][0], "冯晓光") {
		t.Errorf("rows %q: %v", rows, err)
	}
	if formula, _ := book.GetCellFormula(book.GetSheetName(0), "B4"); formula != "" {
		t.Errorf("a formula %q", formula)
	}
	app.LoginAs("auditor").Get("/audit?object=account").Want("导出账号清单", "冯晓光")
}

func TestAdmin_createsAnAccountAndShowsItsLinkOnce(t *testing.T) {
	app := testkit.New(t)
	sys := app.LoginAs("sysadmin")
	sys.Get(paths.AdminNew).WantStatus(http.StatusOK).Want("新建账号", "市住房城乡建设局").Not("授予角色")
	bad := sys.Post(paths.AdminAccounts, values("username", "Bank", "name", "<i>王</i>", "unit", "zjj", "phone", "abc")).WantStatus(http.StatusUnprocessableEntity)
	bad.Want("不是数字").Not("<i>王</i>")
	if got, _ := bad.Doc().Find("[name=name]").Attr("value"); got != "<i>王</i>" {
		t.Errorf("the name came back as %q", got)
	}
	sys.Post(paths.AdminAccounts, values("username", "BANK", "name", "王", "unit", "zjj")).WantStatus(http.StatusUnprocessableEntity).Want("用户名 bank 已被使用")

	made := sys.Post(paths.AdminAccounts, values("username", "new.zjj", "name", "钱多多", "unit", "zjj")).WantStatus(http.StatusCreated)
	made.Want("只在此处显示这一次", "2026年11月13日 09:00 前有效", "请钱多多在 11月13日 09:00 前打开一次性链接", "待启用")
	link, _ := made.Doc().Find("#link input").Attr("value")
	token := link[strings.LastIndexByte(link, '/')+1:]
	path := paths.ToAdminAccount(accountID(app, "new.zjj"))
	again := sys.Get(path).WantStatus(http.StatusOK).Not(token)
	if again.Doc().Find("#link").Length() != 0 {
		t.Error("the link is shown a second time")
	}
	same := sys.Post(paths.AdminAccounts, values("username", "new.zjj", "name", "钱多多", "unit", "zjj")).WantStatus(http.StatusSeeOther)
	if to := same.Header.Get("Location"); to != path {
		t.Errorf("the page reloaded leads to %s", to)
	}
	sys.Get(path).Want("没有重复建立", "请重新生成")
	sys.Post(paths.AdminAccounts, values("username", "new.zjj", "name", "钱多多", "unit", "fgw")).WantStatus(http.StatusUnprocessableEntity).Want("已被使用")
	for from, to := range map[string]string{paths.AdminAccounts: paths.Admin, paths.ToAdminStep(paths.AdminReset, accountID(app, "new.zjj")): path} {
		if got := sys.Get(from).WantStatus(http.StatusSeeOther).Header.Get("Location"); got != to {
			t.Errorf("GET %s leads to %s", from, got)
		}
	}
	app.LoginAs("secadmin").Get(path).Not(token).Want("还没有角色")
	app.LoginAs("auditor").Get("/audit?q=new.zjj").Want("新建账号").Not(token)
	var links []models.AccountLink
	if err := app.DB.Read.Order("id DESC").Limit(1).Find(&links).Error; err != nil || strings.Contains(fmt.Sprint(links), token) {
		t.Errorf("the token is stored: %v", err)
	}
}

func TestAdmin_buttonsAreForWhoMay(t *testing.T) {
	app := testkit.New(t)
	path := paths.ToAdminAccount(accountID(app, "liaison.zjj"))
	if got := buttons(app.LoginAs("sysadmin").Get(path).WantStatus(http.StatusOK)); got != "停用账号生成一次性链接解除锁定" && got != "停用账号 生成一次性链接 解除锁定" {
		t.Errorf("the system administrator has %q", got)
	}
	sec := app.LoginAs("secadmin").Get(path).WantStatus(http.StatusOK)
	if got := strings.ReplaceAll(buttons(sec), " ", ""); got != "收回授予角色" {
		t.Errorf("the security administrator has %q", got)
	}
	var roles []string
	for _, o := range sec.Doc().Find("#roles option").EachIter() {
		if v, _ := o.Attr("value"); v != "" {
			roles = append(roles, v)
		}
	}
	if got := strings.Join(roles, " "); got != "chief handler" {
		t.Errorf("roles to give: %s", got)
	}
	for username, role := range map[string]string{"sysadmin": "系统管理员", "secadmin": "安全管理员"} {
		own := app.LoginAs(username).Get(paths.ToAdminAccount(accountID(app, username))).WantStatus(http.StatusOK).Want(role, "这是您自己的账号")
		if got := buttons(own); got != "" {
			t.Errorf("%s has %q on the own account", username, got)
		}
	}
	app.LoginAs("sysadmin").Get("/admin/accounts/999999").WantStatus(http.StatusNotFound)
	app.LoginAs("sysadmin").Get("/admin/accounts/abc").WantStatus(http.StatusNotFound)
}

func TestAdmin_disablesWithAReasonAndEnables(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		id := accountID(app, "liaison.zjj")
		sys, path := app.LoginAs("sysadmin"), paths.ToAdminStep(paths.AdminDisable, id)
		sys.Get(path).WantStatus(http.StatusOK).Want("停用这个账号？", "王静（liaison.zjj，市住房城乡建设局）")
		sys.Post(path, values("reason", " ")).WantStatus(http.StatusUnprocessableEntity).Want("请填写停用理由")
		sys.Post(path, values("reason", "调离")).WantStatus(http.StatusSeeOther).Follow().Want("账号已停用，其登录已全部结束。", "已停用", "调离", "启用账号")
		sys.Post(path, values("reason", "调离")).WantStatus(http.StatusConflict).Want("此账号已经停用")
		sys.Post(paths.ToAdminStep(paths.AdminReset, id), nil).WantStatus(http.StatusConflict).Want("请先启用")
		sys.Post(paths.ToAdminStep(paths.AdminEnable, id), nil).WantStatus(http.StatusSeeOther).Follow().Want("账号已启用", "正常")
		for _, last := range []string{"secadmin", "auditor"} {
			sys.Post(paths.ToAdminStep(paths.AdminDisable, accountID(app, last)), values("reason", "调离")).WantStatus(http.StatusLocked).Want("最后一名").Not("情况已有变化")
		}
		sys.Post(paths.ToAdminStep(paths.AdminDisable, accountID(app, "sysadmin")), values("reason", "试")).WantStatus(http.StatusForbidden)
	})
}

func TestAdmin_theLastAdministratorHasNoButtonsToLeaveAndThePageSaysWhy(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		const why = "是最后一名可以登录的审计管理员，不能停用，也不能收回这个角色；请安全管理员先为另一个已启用的账号授予“审计管理员”。"
		id := accountID(app, "auditor")
		page, sys, sec := paths.ToAdminAccount(id), app.LoginAs("sysadmin"), app.LoginAs("secadmin")
		for _, c := range []*testkit.Client{sys, sec} {
			a := c.Get(page).WantStatus(http.StatusOK).Want(why)
			if got := buttons(a); strings.Contains(got, "停用") || strings.Contains(got, "收回") || a.Doc().Find("main button[disabled]").Length() != 0 {
				t.Errorf("it offers %q", got)
			}
		}
		sys.Get(paths.ToAdminStep(paths.AdminDisable, id)).WantStatus(http.StatusLocked).Want(why, "暂时不能办理").Not("停用这个账号？")

		_, token, err := app.Accounts.Create(t.Context(), app.As("sysadmin"), accounts.CreateInput{Username: "auditor2", Name: "赵安", UnitCode: "system"})
		if err != nil {
			t.Fatal(err)
		}
		sec.Post(paths.ToAdminStep(paths.AdminGive, accountID(app, "auditor2")), values("role", "aud")).WantStatus(http.StatusSeeOther)
		sec.Get(page).Want(why) // the new one has not opened the account yet
		if err := app.Accounts.SetByLink(t.Context(), token, "Neuland-2026", "Neuland-2026", "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
		if got := buttons(sec.Get(page).Not(why)); !strings.Contains(got, "收回") {
			t.Errorf("one of two cannot leave: %q", got)
		}
		if got := buttons(sys.Get(page).Not(why)); !strings.Contains(got, "停用账号") {
			t.Errorf("one of two cannot be closed: %q", got)
		}
	})
}

func TestAdmin_unlocksAccountAndAddress(t *testing.T) {
	app := testkit.New(t)
	sys := app.LoginAs("sysadmin")
	for range 5 {
		logIn(app, "liaison.zjj", "wrong", "")
	}
	id := accountID(app, "liaison.zjj")
	sys.Get(paths.ToAdminAccount(id)).Want("暂停登录至 今天 09:01", "暂停登录")
	sys.Get("/admin?status=locked").Want("liaison.zjj", "共 1 个账号")
	sys.Post(paths.ToAdminStep(paths.AdminUnlock, id), nil).WantStatus(http.StatusSeeOther).Follow().Want("已解除锁定；登录页仍提示", "账号目前没有锁定")
	logIn(app, "liaison.zjj", demo.Password, "").WantStatus(http.StatusLocked).Want("此电脑（网络地址 192.0.2.1）")
	sys.Post(paths.ToAdminStep(paths.AdminUnlock, id), values("addr", "192.0.2.1")).WantStatus(http.StatusSeeOther).Follow().Want("可以立即登录").Not("仍提示")
	logIn(app, "liaison.zjj", demo.Password, "").WantStatus(http.StatusSeeOther)
}

func TestAdmin_aResetLinkReplacesTheOneBefore(t *testing.T) {
	app := testkit.New(t)
	sys, path := app.LoginAs("sysadmin"), paths.ToAdminStep(paths.AdminReset, accountID(app, "liaison.zjj"))
	link := func() string {
		shown, _ := sys.Post(path, nil).WantStatus(http.StatusOK).Doc().Find("#link input").Attr("value")
		return strings.TrimPrefix(shown, "http://example.com")
	}
	first, second := link(), link()
	app.Client().Get(first).WantStatus(http.StatusNotFound).Want("链接已使用过或已过期")
	app.Client().Get(second).WantStatus(http.StatusOK).Want("liaison.zjj")
	app.LoginAs("liaison.zjj").Get(paths.Home).WantStatus(http.StatusOK) // the old password is still good
	app.Clock.Advance(accounts.LinkLife)
	app.Client().Get(second).WantStatus(http.StatusNotFound)
}

func TestAdmin_givesAndTakesRolesAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		id := accountID(app, "handler.zjj")
		sec, handler := app.LoginAs("secadmin"), app.LoginAs("handler.zjj")
		give, take := paths.ToAdminStep(paths.AdminGive, id), paths.ToAdminStep(paths.AdminTake, id)
		sec.Post(give, values("role", "chief")).WantStatus(http.StatusSeeOther).Follow().Want("已授予“分管负责人”", "冯晓光")
		handler.Get("/filings/batches/x/do/sign").WantStatus(http.StatusNotFound) // allowed now, and there is none
		sec.Post(take, values("role", "chief")).WantStatus(http.StatusSeeOther).Follow().Want("已收回“分管负责人”")
		handler.Get("/filings/batches/x/do/sign").WantStatus(http.StatusForbidden)
		sec.Post(give, values("role", "office")).WantStatus(http.StatusUnprocessableEntity).Want("“领导小组办公室”不能由“市住房城乡建设局”的账号担任")
		sec.Post(give, values("role", "sys")).WantStatus(http.StatusUnprocessableEntity)
		sec.Post(give, values("role", "")).WantStatus(http.StatusUnprocessableEntity).Want("请从列表中选择角色")
		sec.Post(take, values("role", "chief")).WantStatus(http.StatusConflict)
		sec.Post(paths.ToAdminStep(paths.AdminGive, accountID(app, "sysadmin")), values("role", "sec")).WantStatus(http.StatusUnprocessableEntity).Want("三员分立")
		sec.Post(paths.ToAdminStep(paths.AdminGive, accountID(app, "secadmin")), values("role", "sys")).WantStatus(http.StatusForbidden).Want("不能给自己增减角色")
		sec.Post(paths.ToAdminStep(paths.AdminTake, accountID(app, "auditor")), values("role", "aud")).WantStatus(http.StatusLocked).Want("最后一名").Not("情况已有变化")

		sec.Post(take, values("role", "handler")).WantStatus(http.StatusSeeOther).Follow().Want("请安全管理员授予角色")
		handler.Get(paths.Filings).WantStatus(http.StatusForbidden)
		handler.Get(paths.Home).WantStatus(http.StatusOK) // without a role there are still the own pages
		handler.Get(paths.Profile).WantStatus(http.StatusOK)
		handler.Post(paths.Logout, nil).WantStatus(http.StatusSeeOther)
	})
}

func TestAdmin_theThreeSeeNoBusinessData(t *testing.T) {
	app := testkit.New(t)
	for _, username := range []string{"sysadmin", "secadmin", "auditor"} {
		c := app.LoginAs(username)
		for _, path := range []string{paths.Filings, paths.Matrix, paths.Inbox, paths.Templates, "/filings/tasks/zjj-02-202610", "/templates/zjj-02", paths.Waivers} {
			c.Get(path).WantStatus(http.StatusForbidden).Not("商品房预售许可")
		}
		if nav := words(c.Get(paths.Home).Doc().Find(".gz-nav")); strings.Contains(nav, "报送") || strings.Contains(nav, "模板") {
			t.Errorf("%s is led to business: %s", username, nav)
		}
	}
}
