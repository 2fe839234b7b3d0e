package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

// TestAdmin_theSecurityAdministratorEndsALogIn holds ADR 1: somebody else's log-in can be ended at once, with a reason.
func TestAdmin_theSecurityAdministratorEndsALogIn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		liaison, sec := app.LoginAs("liaison.zjj"), app.LoginAs("secadmin")
		liaison.Get(paths.Filings).WantStatus(http.StatusOK)
		id := accountID(app, "liaison.zjj")
		account := paths.ToAdminAccount(id)

		page := sec.Get(account).WantStatus(http.StatusOK).Want("登录清单", "最近使用", "网络地址")
		ask := page.Doc().Find("#sessions tbody a.btn").AttrOr("href", "")
		if ask == "" || page.Doc().Find("#sessions tbody tr").Length() != 1 {
			t.Fatalf("the account's page lists no log-in: %s", words(page.Doc().Find("#sessions")))
		}
		app.LoginAs("sysadmin").Get(account).WantStatus(http.StatusOK).Not("登录清单")
		app.LoginAs("sysadmin").Get(ask).WantStatus(http.StatusForbidden)
		sec.Get(paths.ToAdminAccount(accountID(app, "secadmin"))).WantStatus(http.StatusOK).Not("登录清单")

		form := sec.Get(ask).WantStatus(http.StatusOK).Want("结束这个登录？", "王静（liaison.zjj，市住房城乡建设局）", "结束理由")
		hidden := values("session", hiddenIn(form, "session"))
		path, _, _ := strings.Cut(ask, "?")
		sec.Post(path, hidden).WantStatus(http.StatusUnprocessableEntity).Want("结束理由", "王静（liaison.zjj")
		liaison.Get(paths.Filings).WantStatus(http.StatusOK)
		hidden.Set("reason", "电脑遗失，本人电话要求")
		sec.Post(path, hidden).WantStatus(http.StatusSeeOther).Follow().Want("已结束该登录", "目前没有登录")
		sec.Post(path, hidden).WantStatus(http.StatusNotFound).Want("没有这个登录，或它已经结束")
		sec.Get(ask).WantStatus(http.StatusNotFound)

		liaison.Get(paths.Filings).WantStatus(http.StatusSeeOther).Follow().Want("登录已结束：安全管理员已结束这次登录。")
		app.LoginAs("auditor").Get("/audit?object=session").Want("结束他人登录", "电脑遗失，本人电话要求")
	})
}
