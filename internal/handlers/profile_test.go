package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

func TestProfile_showsAndEndsOnesOwnSessions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
		here, there, other := app.LoginAs("liaison.zjj"), app.LoginAs("liaison.zjj"), app.LoginAs("liaison.fgw")
		page := here.With("User-Agent", chrome).Get(paths.Profile).WantStatus(http.StatusOK)
		page.Want("王静", "市住房城乡建设局", "信息联络员", "本次登录", "192.0.2.1").Not("liaison.fgw")
		forms := page.Doc().Find("#sessions form")
		if forms.Length() != 1 || page.Doc().Find("#sessions tbody tr").Length() != 2 {
			t.Fatalf("%d of %d sessions can be ended", forms.Length(), page.Doc().Find("#sessions tbody tr").Length())
		}
		id, _ := forms.Find("[name=session]").Attr("value")
		other.Post(paths.ProfileEnd, values("session", id)).WantStatus(http.StatusNotFound)
		there.Get(paths.Home).WantStatus(http.StatusOK)
		here.Post(paths.ProfileEnd, values("session", id)).WantStatus(http.StatusSeeOther).Follow().Want("已结束该登录")
		there.Get(paths.Home).WantStatus(http.StatusSeeOther).Follow().Want("登录已结束：在个人资料中结束。")
		here.Post(paths.ProfileEnd, values("session", id)).WantStatus(http.StatusNotFound)
		here.Post(paths.ProfileEnd, nil).WantStatus(http.StatusNotFound)
	})
}

func TestProfile_endingTheSessionInUseIsALogOut(t *testing.T) {
	app := testkit.New(t)
	c := app.LoginAs("liaison.zjj")
	rows, err := app.Sessions.Of(t.Context(), app.As("liaison.zjj").AccountID)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if got := c.Post(paths.ProfileEnd, values("session", rows[0].ID)).WantStatus(http.StatusSeeOther).Header.Get("Location"); got != paths.Login {
		t.Errorf("it leads to %s", got)
	}
	c.Get(paths.Home).WantStatus(http.StatusSeeOther)
}

func TestProfile_showsTheOwnTrailAlone(t *testing.T) {
	app := testkit.New(t)
	app.LoginAs("liaison.fgw").Post(paths.Logout, nil)
	page := app.LoginAs("liaison.zjj").Get(paths.Profile)
	trail := words(page.Doc().Find("#trail tbody"))
	page.Want("我的操作记录", "登录　liaison.zjj")
	if trail == "" || page.Doc().Find("#trail tbody tr").Length() > 20 {
		t.Errorf("the trail is %q", trail)
	}
	page.Not("liaison.fgw")
}

func TestPassword_changeEndsTheOtherSessions(t *testing.T) {
	app := testkit.New(t)
	here, there := app.LoginAs("liaison.zjj"), app.LoginAs("liaison.zjj")
	here.Get(paths.ProfilePassword).WantStatus(http.StatusOK).Want("修改密码").Not("首次密码")
	bad := here.Post(paths.ProfilePassword, values("old", "wrong", "new", demo.Password, "again", "x")).WantStatus(http.StatusUnprocessableEntity)
	bad.Want("原密码不正确", "不一致", "密码还没有修改").Not(demo.Password)
	here.Post(paths.ProfilePassword, values("old", demo.Password, "new", "Ganz-neu-77", "again", "Ganz-neu-77")).WantStatus(http.StatusSeeOther).Follow().
		WantStatus(http.StatusOK).Want("密码已修改，其他浏览器上的登录已全部结束。")
	there.Get(paths.Home).WantStatus(http.StatusSeeOther).Follow().Want("登录已结束：密码已修改。")
}

func TestPassword_isNoPlaceToGuess(t *testing.T) {
	app := testkit.New(t)
	c := app.LoginAs("liaison.zjj")
	for range 5 {
		c.Post(paths.ProfilePassword, values("old", "wrong", "new", "Ganz-neu-77", "again", "Ganz-neu-77")).WantStatus(http.StatusUnprocessableEntity)
	}
	right := values("old", demo.Password, "new", "Ganz-neu-77", "again", "Ganz-neu-77")
	c.Post(paths.ProfilePassword, right).WantStatus(http.StatusLocked).Want("请 1 分钟后再试")
	app.Clock.Advance(time.Minute)
	c.Post(paths.ProfilePassword, right).WantStatus(http.StatusSeeOther)
}
