package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"taxportal/internal/crypt"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

// setupLink puts a set-up link into the database, as the first start of an empty one prints it.
func setupLink(t *testing.T, app *testkit.App) string {
	t.Helper()
	token, hash := crypt.Token()
	now := models.At(app.Clock.Now())
	link := models.AccountLink{Purpose: models.LinkSetup, TokenHash: hash, CreatedAt: now, ExpiresAt: now + 1000}
	if err := app.DB.Write.Create(&link).Error; err != nil {
		t.Fatal(err)
	}
	return token
}

// three is the form of the first start with all its fields.
func three(password string) url.Values {
	form := url.Values{}
	for role, name := range map[string]string{"sys": "王系统", "sec": "李安全", "aud": "赵审计"} {
		for field, value := range map[string]string{"username": "first." + role, "name": name, "password": password, "again": password} {
			form.Set(field+"_"+role, value)
		}
	}
	return form
}

func TestSetup_makesThreeAdministratorsInOneSitting(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		c, token := app.Client(), setupLink(t, app)
		c.Get(paths.ToSetup(token)).WantStatus(http.StatusOK).Want("系统管理员", "安全管理员", "审计管理员", "三员分立")
		c.Post(paths.ToSetup(token), three("Ganz-neu-77")).WantStatus(http.StatusSeeOther).Follow().WantStatus(http.StatusOK).Want("三名管理员已建立")
		for username, page := range map[string]string{"first.sys": "/admin/accounts/new", "first.sec": "/admin", "first.aud": "/audit"} {
			browser := app.Client()
			browser.Get(paths.Login)
			browser.Post(paths.Login, values("username", username, "password", "Ganz-neu-77")).WantStatus(http.StatusSeeOther)
			browser.Get(page).WantStatus(http.StatusOK)
			browser.Get(paths.Filings).WantStatus(http.StatusForbidden) // no business data
		}
		c.Get(paths.ToSetup(token)).WantStatus(http.StatusNotFound).Want("设置链接已使用过或已过期", "请直接登录")
		c.Post(paths.ToSetup(token), three("Ganz-neu-77")).WantStatus(http.StatusNotFound)
	})
}

func TestSetup_bringsBackEverythingButPasswords(t *testing.T) {
	app := testkit.New(t)
	c, token := app.Client(), setupLink(t, app)
	c.Get(paths.ToSetup(token))
	form := three("Ganz-neu-77")
	form.Set("name_sec", "")
	form.Set("again_aud", "Ganz-anders-1")
	form.Set("username_sys", `"><b>X`)
	page := c.Post(paths.ToSetup(token), form).WantStatus(http.StatusUnprocessableEntity).Not("Ganz-")
	page.Want("系统管理员的用户名：用户名用 2 至 32 位", "姓名：请填写安全管理员的姓名", "两次输入的密码不一致", "有 3 处需要改")
	for name, want := range map[string]string{"username_sys": `"><b>X`, "name_sys": "王系统", "username_aud": "first.aud"} {
		if got, _ := page.Doc().Find("[name=" + name + "]").Attr("value"); got != want {
			t.Errorf("%s came back as %q", name, got)
		}
	}
	c.Post(paths.ToSetup(token), three("Ganz-neu-77")).WantStatus(http.StatusSeeOther) // the link is still good
}

func TestLink_setsThePasswordOfANewAccount(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		sys := app.LoginAs("sysadmin")
		made := sys.Post(paths.AdminAccounts, values("username", "new.zjj", "name", "钱多多", "unit", "zjj")).WantStatus(http.StatusCreated)
		shown, _ := made.Doc().Find("#link input").Attr("value")
		link, ok := strings.CutPrefix(shown, "http://example.com")
		if !ok || !strings.HasPrefix(link, "/link/") {
			t.Fatalf("the link reads %q", shown)
		}
		c := app.Client()
		c.Get(link).WantStatus(http.StatusOK).Want("new.zjj", "钱多多", "市住房城乡建设局")
		c.Post(link, values("new", "short", "again", "other")).WantStatus(http.StatusUnprocessableEntity).Want("密码至少 8 位", "不一致").Not("short")
		c.Post(link, values("new", "Ganz-neu-77", "again", "Ganz-neu-77")).WantStatus(http.StatusSeeOther).Follow().Want("密码已设置，请用新密码登录。")
		c.Post(paths.Login, values("username", "new.zjj", "password", "Ganz-neu-77")).WantStatus(http.StatusSeeOther)
		c.Get(paths.Home).WantStatus(http.StatusOK).Want("钱多多")
		app.Client().Get(link).WantStatus(http.StatusNotFound).Want("链接已使用过或已过期")
		app.Client().Get("/link/made-up").WantStatus(http.StatusNotFound)
	})
}
