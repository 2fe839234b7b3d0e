package testkit_test

import (
	"net/http"
	"net/url"
	"testing"

	"taxportal/internal/demo"
	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

func TestLoginAs_EveryAccountOpensItsFirstPage(t *testing.T) {
	app := testkit.New(t)
	for _, a := range demo.Accounts {
		app.LoginAs(a.Username).Get(paths.Home).WantStatus(http.StatusOK).Want(a.Name)
	}
}

func TestClient_CarriesTheTokenAndFollows(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		liaison := app.LoginAs("liaison.zjj")
		const task = "ZJJ-02-202610"
		liaison.Get(paths.ToTask(task)).WantStatus(http.StatusOK).Want("商品房预售许可", "待报").Not("待审签人")
		answer := liaison.Upload(paths.ToTaskUpload(task), "预售.csv", testkit.Rows(t, "zjj-02", 12).CSV())
		answer.WantStatus(http.StatusSeeOther)
		app.Work()
		answer.Follow().WantStatus(http.StatusOK).Want("校验通过", "12")

		forged := url.Values{"_csrf": {"made up"}}
		liaison.Post(paths.ToBatchMove(task+"-1", "submit"), forged).WantStatus(http.StatusForbidden)
		seen := liaison.Get(paths.ToBatchMove(task+"-1", "submit")).Doc().Find("[name=seen]").AttrOr("value", "")
		liaison.Post(paths.ToBatchMove(task+"-1", "submit"), url.Values{"seen": {seen}}).WantStatus(http.StatusSeeOther)
		app.LoginAs("liaison.fgw").Get(paths.ToTask(task)).WantStatus(http.StatusNotFound).Not("商品房预售许可")
		app.Client().Get(paths.ToTask(task)).WantStatus(http.StatusSeeOther).Follow().Want("登录")
	})
}
