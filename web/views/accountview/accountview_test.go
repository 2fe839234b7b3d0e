package accountview_test

import (
	"strings"
	"testing"

	"taxportal/web/views/accountview"
	"taxportal/web/views/components"
	"taxportal/web/views/viewtest"
)

// shell is the frame of every page here.
var shell = viewtest.Shell("登录")

func TestLogin_bringsTheNameBackAndNeverThePassword(t *testing.T) {
	doc := viewtest.Page(t, accountview.Login(accountview.LoginPage{Shell: shell, Username: viewtest.Hostile, Next: "/filings?x=1", Problem: "用户名或密码不正确。"}))
	if doc.Find("[name=username]").AttrOr("value", "") != viewtest.Hostile || doc.Find("[name=next]").AttrOr("value", "") != "/filings?x=1" {
		t.Error("user name or the way on did not come back")
	}
	password := doc.Find("[name=password]")
	if _, has := password.Attr("value"); has || password.AttrOr("type", "") != "password" || password.AttrOr("autocomplete", "") != "current-password" {
		t.Error("the password field is not one")
	}
	if got := viewtest.Words(doc.Find("main .gz-flash[role=alert]")); got != "用户名或密码不正确。" {
		t.Errorf("the trouble reads %q", got)
	}
	if doc.Find("form").AttrOr("action", "") != "/login" {
		t.Error("the form leads elsewhere")
	}
}

func TestLogin_saysWhyOneIsHereAgain(t *testing.T) {
	page := accountview.LoginPage{Shell: shell, Lost: "您已 30 分钟未操作，为保护数据已自动退出。"}
	page.Shell.Flash = []components.Notice{{Family: components.FamilyOK, Text: components.Sentence{components.Plain("密码已设置。")}}}
	doc := viewtest.Page(t, accountview.Login(page))
	if got := viewtest.Words(doc.Find("main .gz-flash")); !strings.Contains(got, "30 分钟未操作") || !strings.Contains(got, "密码已设置。") {
		t.Errorf("it says %q", got)
	}
	page.Problem = "用户名或密码不正确。"
	if got := viewtest.Words(viewtest.Page(t, accountview.Login(page)).Find("main .gz-flash")); strings.Contains(got, "未操作") {
		t.Error("an old notice stands beside a new one")
	}
}

func TestLogin_namesEmptyFields(t *testing.T) {
	doc := viewtest.Page(t, accountview.Login(accountview.LoginPage{Shell: shell, Fields: map[string]string{"username": "请填写用户名。", "password": "请填写密码。"}}))
	if doc.Find(".gz-errsum li").Length() != 2 || doc.Find("[aria-invalid=true]").Length() != 2 {
		t.Error("not both fields are named")
	}
	if doc := viewtest.Page(t, accountview.Login(accountview.LoginPage{Shell: shell})); doc.Find("main").Find(".gz-errsum, .gz-flash, [aria-invalid]").Length() != 0 || doc.Find("[name=next]").Length() != 0 {
		t.Error("a fresh page complains")
	}
}

func TestLogin_helpsInTheDemoAndNowhereElse(t *testing.T) {
	page := accountview.LoginPage{Shell: shell}
	if strings.Contains(viewtest.Words(viewtest.Page(t, accountview.Login(page)).Selection), "Demo@") {
		t.Error("a real portal tells a password")
	}
	page.Shell.DemoBanner, page.Shell.Support = true, "0635-0000000（虚构）"
	if got := viewtest.Words(viewtest.Page(t, accountview.Login(page)).Selection); !strings.Contains(got, "Demo@2026") || !strings.Contains(got, "0635-0000000") {
		t.Error("the demo does not help")
	}
}

func setupPage(broken string) accountview.SetupPage {
	page := accountview.SetupPage{Shell: shell, Token: "a/b"}
	for _, role := range []string{"sys", "sec", "aud"} {
		person := accountview.SetupPerson{Role: "角色" + role, Duty: "职责。"}
		for _, field := range []string{"username", "name"} {
			person.Inputs = append(person.Inputs, components.Input{Name: field + "_" + role, Label: "标签" + field, Value: viewtest.Hostile})
		}
		in := components.Input{Kind: components.InputPassword, Name: "password_" + role, Label: "密码", Value: "geheim"}
		if role == broken {
			in.Error = "密码至少 8 位。"
		}
		person.Inputs = append(person.Inputs, in)
		page.People = append(page.People, person)
	}
	return page
}

func TestSetup_asksForThreePeople(t *testing.T) {
	doc := viewtest.Page(t, accountview.Setup(setupPage("")))
	if doc.Find("fieldset > legend").Length() != 3 || doc.Find("form").AttrOr("action", "") != "/setup/a%2Fb" || doc.Find(".gz-errsum").Length() != 0 {
		t.Error("not three groups under their roles, or the form leads elsewhere")
	}
	if html, _ := doc.Html(); strings.Contains(html, "geheim") {
		t.Error("a password came back")
	}
	if doc.Find("[name=name_sec]").AttrOr("value", "") != viewtest.Hostile {
		t.Error("what was typed did not come back")
	}
}

func TestSetup_namesTheRoleOfAnError(t *testing.T) {
	doc := viewtest.Page(t, accountview.Setup(setupPage("sec")))
	if got := viewtest.Words(doc.Find(".gz-errsum")); !strings.Contains(got, "角色sec的密码：密码至少 8 位") || !strings.Contains(got, "密码都须重新输入") {
		t.Errorf("the summary says %q", got)
	}
}

func TestLink_saysWhoseItIs(t *testing.T) {
	page := accountview.LinkPage{Shell: shell, Token: "t", Username: "liaison.zjj", Name: "王静", Unit: "市住房城乡建设局", Fields: map[string]string{"again": "两次输入的新密码不一致。"}}
	doc := viewtest.Page(t, accountview.Link(page))
	if got := viewtest.Words(doc.Find("dl")); got != "用户名liaison.zjj姓名王静单位市住房城乡建设局" {
		t.Errorf("it is for %q", got)
	}
	if doc.Find("form").AttrOr("action", "") != "/link/t" || doc.Find("[name=again][aria-invalid=true]").Length() != 1 || doc.Find("[name=new][aria-invalid]").Length() != 0 {
		t.Error("the form leads elsewhere or names the wrong field")
	}
}

func TestProfile_endsEverySessionButThisOne(t *testing.T) {
	page := accountview.ProfilePage{
		Shell:    shell,
		Facts:    []components.Fact{{Term: "姓名", Text: "王静"}},
		Sessions: []accountview.SessionRow{{ID: "one", Device: "Chrome", Current: true}, {ID: "two", Device: viewtest.Hostile, Addr: "10.0.0.9"}},
		Trail:    []accountview.TrailRow{{When: "今天 09:00", Machine: "2026-11-23T09:00:00+08:00", What: "登录", Object: "登录　王静"}},
	}
	doc := viewtest.Page(t, accountview.Profile(page))
	rows := doc.Find("#sessions tbody tr")
	if rows.Length() != 2 || rows.Eq(0).Find("form").Length() != 0 || viewtest.Words(rows.Eq(0).Find(".gz-state")) != "本次登录" {
		t.Error("the own session can be ended like another")
	}
	form := rows.Eq(1).Find("form[method=post]")
	if form.AttrOr("action", "") != "/profile/sessions/end" || form.Find("[name=session]").AttrOr("value", "") != "two" || !strings.Contains(form.Find("button").AttrOr("aria-label", ""), "结束登录") {
		t.Error("another session cannot be ended")
	}
	if doc.Find("#trail tbody tr").Length() != 1 || doc.Find("#trail time").AttrOr("datetime", "") != "2026-11-23T09:00:00+08:00" {
		t.Error("the own trail is missing")
	}
}

func TestPassword_mustBeChangedFirst(t *testing.T) {
	doc := viewtest.Page(t, accountview.Password(accountview.PasswordPage{Shell: shell, Must: true, Fields: map[string]string{"old": "原密码不正确，请重新输入。"}}))
	if doc.Find(".gz-next").Length() != 1 || doc.Find("a[data-cancel]").Length() != 0 || !strings.Contains(viewtest.Words(doc.Find(".gz-errsum")), "还没有修改") {
		t.Error("it does not say that nothing else can be done, or offers a way out")
	}
	doc = viewtest.Page(t, accountview.Password(accountview.PasswordPage{Shell: shell, Problem: "连续输错，此账号已暂停登录，请 1 分钟后再试。"}))
	if doc.Find(".gz-next").Length() != 0 || doc.Find("a[data-cancel]").AttrOr("href", "") != "/profile" || doc.Find("main .gz-flash[role=alert]").Length() != 1 || doc.Find(".gz-errsum").Length() != 0 {
		t.Error("an ordinary change has no way out, or does not say why it is refused")
	}
	if doc.Find("input[type=password]").Length() != 3 {
		t.Error("not three passwords are asked for")
	}
}

// TestProfile_shortensChecksums: the trail says enough of a checksum to compare it at a glance, and the whole on demand.
func TestProfile_shortensChecksums(t *testing.T) {
	sum := strings.Repeat("0123456789abcdef", 4)
	page := accountview.ProfilePage{Shell: shell, Trail: []accountview.TrailRow{
		{What: "上传", Note: "1 个文件，校验和 " + sum}, {What: "上传", Note: sum + "，" + sum}, {What: "审签", Note: "理由 " + strings.Repeat("a", 65)},
	}}
	doc := viewtest.Page(t, accountview.Profile(page))
	rows := doc.Find("#trail tbody tr")
	if got := viewtest.Words(rows.Eq(0)); !strings.Contains(got, "1 个文件，校验和 0123456789ab…") || strings.Contains(got, sum) {
		t.Errorf("the row reads %q", got)
	}
	if rows.Eq(0).Find("[title]").AttrOr("title", "") != sum || rows.Eq(1).Find("[title]").Length() != 2 {
		t.Error("the whole checksum is nowhere")
	}
	if rows.Eq(2).Find("[title]").Length() != 0 || !strings.Contains(viewtest.Words(rows.Eq(2)), strings.Repeat("a", 65)) {
		t.Error("what is no checksum was shortened")
	}
}
