package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/internal/testkit"
)

// logIn posts the log-in form in a browser of its own.
func logIn(app *testkit.App, username, password, next string) *testkit.Answer {
	c := app.Client()
	c.Get(paths.Login).WantStatus(http.StatusOK)
	return c.Post(paths.Login, values("username", username, "password", password, "next", next))
}

func TestLogin_leadsToThePageThatWasWanted(t *testing.T) {
	app := testkit.New(t)
	c := app.Client()
	page := c.Get("/filings?unit=zjj&page=1").WantStatus(http.StatusSeeOther).Follow().WantStatus(http.StatusOK)
	next, _ := page.Doc().Find("[name=next]").Attr("value")
	answer := c.Post(paths.Login, values("username", "office", "password", demo.Password, "next", next)).WantStatus(http.StatusSeeOther)
	if got := answer.Header.Get("Location"); got != "/filings?unit=zjj&page=1" {
		t.Errorf("it leads to %s", got)
	}
	if got := c.Get("/login?next=/filings").Header.Get("Location"); got != "/filings" { // logged in already
		t.Errorf("a second log-in leads to %q", got)
	}
}

func TestLogin_neverLeadsElsewhere(t *testing.T) {
	app := testkit.New(t)
	for next, want := range map[string]string{
		"": "/", "/": "/", "/profile": "/profile", "profile": "/", "//evil.example": "/", "/\\evil.example": "/", "///evil.example": "/",
		"https://evil.example/": "/", "http:evil.example": "/", "javascript:alert(1)": "/", "/%zz": "/", "/a\r\nX: y": "/",
	} {
		if got := logIn(app, "office", demo.Password, next).WantStatus(http.StatusSeeOther).Header.Get("Location"); got != want {
			t.Errorf("next %q leads to %q, want %q", next, got, want)
		}
		shown := app.Client().Get(paths.With(paths.Login, "next", next)).WantStatus(http.StatusOK)
		if value, has := shown.Doc().Find("[name=next]").Attr("value"); has && value != want {
			t.Errorf("next %q is kept as %q", next, value)
		}
	}
}

func TestLogin_saysTheSameOfUserAndPassword(t *testing.T) {
	app := testkit.New(t)
	const secret = "Geheim-4711"
	for _, username := range []string{"liaison.zjj", "nobody", `"><script>`, "x\x00\xff"} {
		page := logIn(app, username, secret, "/profile").WantStatus(http.StatusUnauthorized).Want("用户名或密码不正确。").Not(secret)
		if value, _ := page.Doc().Find("[name=username]").Attr("value"); value != strings.Trim(username, "\x00\xff") {
			t.Errorf("%q came back as %q", username, value)
		}
		if next, _ := page.Doc().Find("[name=next]").Attr("value"); next != "/profile" {
			t.Error("the way on is forgotten")
		}
	}
	logIn(app, "", "", "").WantStatus(http.StatusUnprocessableEntity).Want("请填写用户名", "请填写密码")
}

func TestLogin_saysHowLongItIsLocked(t *testing.T) {
	app := testkit.New(t)
	for left := 4; left > 0; left-- {
		logIn(app, "liaison.zjj", "wrong", "").WantStatus(http.StatusUnauthorized).
			Want(fmt.Sprintf("用户名或密码不正确。再连续输错 %d 次，将暂停登录 1 分钟；", left), "联系系统管理员重新生成一次性链接")
	}
	logIn(app, "liaison.zjj", "wrong", "").WantStatus(http.StatusLocked).Want("请 1 分钟后再试")
	page := logIn(app, "liaison.zjj", demo.Password, "").WantStatus(http.StatusLocked).Want("已暂停登录")
	if value, _ := page.Doc().Find("[name=username]").Attr("value"); value != "liaison.zjj" {
		t.Errorf("the user name came back as %q", value)
	}
	app.Clock.Advance(time.Minute)
	logIn(app, "liaison.zjj", demo.Password, "").WantStatus(http.StatusSeeOther)
}

func TestLogin_aPageThatStoodOpenAsksAgain(t *testing.T) {
	app := testkit.New(t)
	c := app.Client()
	stale := c.Post(paths.Login, values("_csrf", "of yesterday", "username", "office", "password", demo.Password, "next", "/profile"))
	stale.WantStatus(http.StatusForbidden).Want("登录页打开过久", "登录").Not(demo.Password)
	if value, _ := stale.Doc().Find("[name=username]").Attr("value"); value != "office" {
		t.Errorf("the user name came back as %q", value)
	}
	c.Post(paths.Login, values("username", "office", "password", demo.Password)).WantStatus(http.StatusSeeOther) // with the token of the page that came

	cross := app.Client()
	cross.Get(paths.Login)
	forged := cross.With("Sec-Fetch-Site", "cross-site").Post(paths.Login, values("username", "office", "password", demo.Password))
	forged.WantStatus(http.StatusForbidden).Want("安全核对")
	cross.With("Origin", "https://evil.example").Post(paths.Login, values("username", "office", "password", demo.Password)).WantStatus(http.StatusForbidden)
}

func TestLogout_isAPostAndLeavesNothing(t *testing.T) {
	app := testkit.New(t)
	c := app.LoginAs("office")
	c.Get(paths.Logout).WantStatus(http.StatusMethodNotAllowed)
	c.Get(paths.Home).WantStatus(http.StatusOK)
	c.Post(paths.Logout, nil).WantStatus(http.StatusSeeOther).Follow().WantStatus(http.StatusOK).Want("已退出登录。").Not("赵敏")
	c.Get(paths.Home).WantStatus(http.StatusSeeOther)
	c.Get(paths.Login).Not("已退出登录。") // said once
}

func TestSession_endsWhenIdleAndSaysSo(t *testing.T) {
	app := testkit.New(t)
	c := app.LoginAs("liaison.zjj")
	app.Clock.Advance(29 * time.Minute)
	c.Get(paths.Home).WantStatus(http.StatusOK)
	app.Clock.Advance(30 * time.Minute)
	c.Get(paths.Filings).WantStatus(http.StatusSeeOther).Follow().WantStatus(http.StatusOK).Want("您已 30 分钟未操作，为保护数据已自动退出。")
	c.Get(paths.Login).Not("未操作") // said once

	posted := app.LoginAs("liaison.zjj")
	posted.Get(paths.Home)
	app.Clock.Advance(time.Hour)
	if got := posted.Post(paths.ProfilePassword, nil).Status; got != http.StatusForbidden && got != http.StatusUnauthorized {
		t.Errorf("a form after the end: %d", got)
	}
}

func TestAccount_disabledIsOutAtOnce(t *testing.T) {
	app := testkit.New(t)
	c := app.LoginAs("handler.zjj")
	c.Get(paths.Home).WantStatus(http.StatusOK)
	if err := app.Accounts.Disable(t.Context(), app.As("sysadmin"), app.As("handler.zjj").AccountID, "调离"); err != nil {
		t.Fatal(err)
	}
	c.Get(paths.Home).WantStatus(http.StatusSeeOther).Follow().Want("登录已结束：账号已停用。")
	logIn(app, "handler.zjj", demo.Password, "").WantStatus(http.StatusUnauthorized).Want("用户名或密码不正确。").Not("停用")
}

func TestAccount_aFirstPasswordMustBeChanged(t *testing.T) {
	app := testkit.New(t)
	id := app.As("handler.zjj").AccountID
	secret, err := app.Accounts.FirstPassword(t.Context(), app.As("sysadmin"), id)
	if err != nil {
		t.Fatal(err)
	}
	c := app.Client()
	c.Get(paths.Login)
	c.Post(paths.Login, values("username", "handler.zjj", "password", secret)).WantStatus(http.StatusSeeOther)
	for _, path := range []string{paths.Home, paths.Profile, paths.Filings, paths.Admin} {
		if got := c.Get(path).WantStatus(http.StatusSeeOther).Header.Get("Location"); got != paths.ProfilePassword {
			t.Errorf("%s leads to %s", path, got)
		}
	}
	c.Get(paths.ProfilePassword).WantStatus(http.StatusOK).Want("请您先修改首次密码")
	c.Post(paths.ProfilePassword, values("old", secret, "new", "Ganz-neu-77", "again", "Ganz-neu-7")).WantStatus(http.StatusUnprocessableEntity).
		Want("两次输入的新密码不一致").Not(secret, "Ganz-neu")
	c.Post(paths.ProfilePassword, values("old", secret, "new", "Ganz-neu-77", "again", "Ganz-neu-77")).WantStatus(http.StatusSeeOther).Follow().
		WantStatus(http.StatusOK).Want("密码已修改")
	c.Get(paths.Filings).WantStatus(http.StatusOK)
}

// TestUnreadableInput: bytes that no database takes in a text are no fault of ours, on either engine.
func TestUnreadableInput(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		office, sys, aud := app.LoginAs("office"), app.LoginAs("sysadmin"), app.LoginAs("auditor")
		for _, bytes := range []string{"%00", "%ff", "a%00b", "%c3%28"} {
			office.Get("/filings/tasks/" + bytes).WantStatus(http.StatusNotFound)
			app.Client().Get("/link/" + bytes).WantStatus(http.StatusNotFound)
			office.Get("/filings?q=" + bytes).WantStatus(http.StatusOK)
			sys.Get("/admin?q=" + bytes + "&unit=" + bytes + "&role=" + bytes + "&sort=" + bytes).WantStatus(http.StatusOK)
			aud.Get("/audit?q=" + bytes + "&object=" + bytes + "&from=" + bytes).WantStatus(http.StatusOK)
		}
		for _, raw := range []string{"\x00", "\xff\xfe", "王\x00静"} {
			sys.Post(paths.AdminAccounts, url.Values{"username": {raw}, "name": {raw}, "unit": {raw}, "phone": {raw}}).WantStatus(http.StatusUnprocessableEntity)
			app.Client().Post(paths.Login, url.Values{"_csrf": {raw}, "username": {raw}}).WantStatus(http.StatusForbidden)
		}
	})
}

func TestLogin_theLockIsTheServices(t *testing.T) {
	if accounts.MinPassword != 8 {
		t.Errorf("the pages say 8 characters, the rule %d", accounts.MinPassword)
	}
}
