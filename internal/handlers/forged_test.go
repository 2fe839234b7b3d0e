package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/session"
	"taxportal/internal/testkit"
)

// states tells the state of every batch, to see that nothing has been changed.
func (w *town) states() string {
	w.t.Helper()
	var batches []models.Batch
	w.ok(w.DB.Read.Order("code").Find(&batches).Error)
	var list []string
	for _, b := range batches {
		list = append(list, b.Code+" "+string(b.State))
	}
	return strings.Join(list, ", ")
}

// warned uploads presale permits of which two are of another year, and returns the batch, the rule and its findings.
func (w *town) warned() (code string, rule int64, findings [2]int64) {
	w.t.Helper()
	content := testkit.Rows(w.t, "zjj-02", 20).Set(3, "issue_date", "2025-12-30").Set(7, "issue_date", "2025-12-31").CSV()
	b, err := w.Filing.Upload(w.t.Context(), w.As("liaison.zjj"), "ZJJ-02-202610", []filing.UploadedFile{w.File("报送.csv", content)})
	w.ok(err)
	w.Work()
	p, err := w.Filing.Page(w.t.Context(), w.As("liaison.zjj"), "", b.Code)
	w.ok(err)
	if p.Batch.State != models.BatchWarnings || len(p.Rules) != 1 || len(p.Rules[0].Findings) != 2 {
		w.t.Fatalf("%s with %d rules", p.Batch.State, len(p.Rules))
	}
	return b.Code, p.Rules[0].ID, [2]int64{p.Rules[0].Findings[0].ID, p.Rules[0].Findings[1].ID}
}

// request makes a request as no form of ours would send it.
func request(method, path, contentType, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

const urlencoded = "application/x-www-form-urlencoded"

// TestForged_WhatIsNotThereIsNotFound asks for records by names that nobody gave them.
func TestForged_WhatIsNotThereIsNotFound(t *testing.T) {
	w := newTown(t)
	w.upload("ZJJ-02-202610", 3)
	asked, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.zjj"), "ZJJ-02-202611", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构调整"})
	w.ok(err)
	const task, batch = "/filings/tasks/zjj-02-202610", "/filings/batches/zjj-02-202610-1"
	wrong := map[string][]string{
		"liaison.zjj": {
			"/filings/tasks/zjj-02-202610-1", "/filings/batches/zjj-02-202610", "/filings/waivers/zjj-02-202610", "/filings/tasks/" + asked.Code, // another kind
			"/filings/tasks/1", "/filings/tasks/-1", "/filings/batches/0", "/filings/batches/-", "/filings/batches/9223372036854775808",
			"/filings/tasks/%27%20OR%201=1--", "/filings/tasks/..%2f..%2fetc%2fpasswd", "/filings/tasks/zjj-02-202610%2fnil", "/filings/tasks/%2e%2e", "/filings/tasks/%25",
			"/filings/tasks/zjj-02-20261%30%20", "/filings/tasks/ＺＪＪ-02-202610", "/filings/tasks/" + strings.Repeat("a", 5000),
			batch + "/files/1", batch + "/files/-1", batch + "/files/abc", batch + "/files/0x0", batch + "/files/99999999999999999999", batch + "/files/..%2f0",
			batch + "/annotated?file=7", batch + "/annotated?file=-1", batch + "/annotated?file=x",
			batch + "/findings?rule=999", batch + "/findings?rule=-1", batch + "/findings?rule=x",
			batch + "/explain", batch + "/explain?rule=-1", batch + "/explain?rule=99999999999999999999&finding=1",
			batch + "/do/eat", batch + "/do/check", batch + "/do/supersede", batch + "/do/", batch + "/do/submit/twice",
			"/filings/waivers/" + asked.Code + "/grant", "/filings/waivers/sq-none/take_back",
			"/filings/matrix/zjj/2026-13", "/filings/matrix/zjj/..", "/filings/matrix/nowhere/2026-10", "/filings/matrix/zjj/20261000000000",
			"/templates/nowhere", "/templates/zjj-02%00/schema.json", "/templates/..%2fzjj-02/workbook.xlsx",
			task + "/", task + "/upload/1", "/FILINGS", "/filings//tasks/zjj-02-202610",
		},
		"liaison.fgw": {task, task + "/waiver", task + "/nil", batch, batch + "/progress", batch + "/files/0", batch + "/annotated", batch + "/findings", batch + "/receipt",
			batch + "/do/submit", batch + "/explain?rule=1", "/filings/waivers/" + asked.Code, "/filings/waivers/" + asked.Code + "/take_back", "/filings/matrix/zjj/2026-10"},
		"office.dcf": {task, batch, batch + "/do/accept", "/filings/waivers/" + asked.Code + "/propose"},
		"sysadmin": {"/admin/accounts/0", "/admin/accounts/-1", "/admin/accounts/1e3", "/admin/accounts/99999999999999999999", "/admin/accounts/%31%20", "/admin/accounts/1%2fdisable",
			"/admin/accounts/abc/disable"},
	}
	for user, list := range wrong {
		for _, path := range list {
			if a := w.as(user).Get(path); a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed {
				t.Errorf("%s asks for %.80s: %d", user, path, a.Status)
			}
		}
	}
	before := w.states()
	for user, list := range map[string][]string{
		"liaison.fgw": {task + "/nil", task + "/messages", task + "/waiver", batch + "/do/submit", batch + "/do/discard", batch + "/explain", "/filings/waivers/" + asked.Code + "/take_back"},
		"liaison.zjj": {"/filings/tasks/none/nil", batch + "/do/eat", batch + "/do/accept2", "/filings/waivers/" + asked.Code + "/ask"},
		"office.dcf":  {batch + "/do/accept", batch + "/do/return", task + "/messages", task + "/waiver", "/filings/waivers/" + asked.Code + "/propose"},
		"sysadmin":    {"/admin/accounts/-1/disable", "/admin/accounts/99999999999999999999/reset", "/admin/accounts/abc/unlock"},
	} {
		for _, path := range list {
			form := values("reason", "理由", "due", "2026-11-20", "text", "您好", "kind", "exempt", "rule", "1", "addr", "192.0.2.1")
			if a := w.as(user).Post(path, form); a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed {
				t.Errorf("%s posts %s: %d", user, path, a.Status)
			}
		}
	}
	if a := w.as("liaison.fgw").Upload(task+"/upload", "报送.csv", []byte("x")); a.Status != http.StatusNotFound {
		t.Errorf("an upload for another unit: %d", a.Status)
	}
	if after := w.states(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

// TestForged_ABadNumberIsNotTakenForNone: 'all warnings of the rule' must not come of a finding that is no number.
func TestForged_ABadNumberIsNotTakenForNone(t *testing.T) {
	w := newTown(t)
	code, rule, findings := w.warned()
	c := w.as("liaison.zjj")
	for _, bad := range []string{"x", "-1", "99999999999999999999", "1.5", "0x1"} {
		c.Post(paths.ToBatchExplain(code), values("rule", fmt.Sprint(rule), "finding", bad, "text", "属实")).WantStatus(http.StatusNotFound)
		c.Post(paths.ToBatchExplain(code), values("rule", bad, "finding", fmt.Sprint(findings[0]), "text", "属实")).WantStatus(http.StatusNotFound)
		c.Get(paths.ToBatchExplain(code) + "?rule=" + fmt.Sprint(rule) + "&finding=" + bad).WantStatus(http.StatusNotFound)
	}
	c.Post(paths.ToBatchExplain(code), values("rule", fmt.Sprint(rule), "finding", fmt.Sprint(findings[1]+1000), "text", "属实")).WantStatus(http.StatusNotFound)
	c.Get(paths.ToBatch(code)).Want("有提醒")
	var n int64
	w.ok(w.DB.Read.Model(&models.Explanation{}).Count(&n).Error)
	if n != 0 {
		t.Errorf("%d explanations", n)
	}
}

// TestForged_TheAddressIsNotTheForm: what stands in the query of a POST fills no field.
func TestForged_TheAddressIsNotTheForm(t *testing.T) {
	w := newTown(t)
	code := w.filed("ZJJ-02-202610", 3)
	before := w.states()
	query := "?" + values("reason", "自网址", "due", "2026-11-20", "text", "自网址", "username", "office", "password", demo.Password, "kind", "exempt", "code", code, "all", "1",
		"step", "return", filing.ReasonField(code), "自网址", "old", demo.Password, "new", "Ganz-neu-77", "again", "Ganz-neu-77", "role", "chief").Encode()
	w.as("office").Post(paths.ToBatchMove(code, "return")+query, values("seen", w.seen(code))).WantStatus(http.StatusUnprocessableEntity).Want("请填写理由")
	w.as("office").Post(paths.InboxAccept+query, nil).Follow().Want("还没有选中批次")
	w.as("office").Post(paths.InboxReturn+query, nil).Follow().Want("没有退回")
	w.as("liaison.fgw").Post(paths.ToTaskNil("FGW-05-202610")+query, nil).WantStatus(http.StatusUnprocessableEntity)
	w.as("liaison.fgw").Post(paths.ToTaskMessage("FGW-05-202610")+query, nil).WantStatus(http.StatusUnprocessableEntity).Want("请填写留言内容")
	w.as("liaison.fgw").Post(paths.ToTaskWaiver("FGW-05-202610")+query, nil).WantStatus(http.StatusUnprocessableEntity).Want("请选择申请事项")
	w.as("liaison.fgw").Post(paths.ProfilePassword+query, nil).WantStatus(http.StatusUnprocessableEntity).Want("请填写原密码")
	w.as("secadmin").Post(paths.ToAdminStep(paths.AdminGive, w.As("handler.zjj").AccountID)+query, nil).WantStatus(http.StatusUnprocessableEntity)
	guest := w.Client()
	guest.Get(paths.Login)
	guest.Post(paths.Login+query, nil).WantStatus(http.StatusUnprocessableEntity).Want("请填写用户名", "请填写密码")
	// nor does the token of a form count in an address, where logs and other sites see it
	c := w.as("office")
	c.Send(request("POST", paths.ToBatchMove(code, "accept")+"?_csrf="+c.Token(), urlencoded, "")).WantStatus(http.StatusForbidden)
	if after := w.states(); after != before {
		t.Errorf("%s became %s", before, after)
	}
	var messages int64
	w.ok(w.DB.Read.Model(&models.TaskMessage{}).Count(&messages).Error)
	if messages != 0 {
		t.Errorf("%d messages", messages)
	}
}

// TestCSRF_OnlyTheOwnFormOfTheOwnSessionCounts walks every changing route without what only our form has.
func TestCSRF_OnlyTheOwnFormOfTheOwnSessionCounts(t *testing.T) {
	w := newTown(t)
	code := w.filed("ZJJ-02-202610", 3)
	before := w.states()
	c, other := w.as("office"), w.LoginAs("office")
	accept := paths.ToBatchMove(code, "accept")
	for name, token := range map[string]string{"empty": "", "made up": "AAAA", "another session": other.Token(), "longer": c.Token() + "A", "shorter": c.Token()[1:], "session id": c.Cookie(session.CookieName)} {
		t.Run(name, func(t *testing.T) {
			c.Post(accept, values("_csrf", token)).WantStatus(http.StatusForbidden).Want("安全核对", "没有保存")
			c.With("X-CSRF-Token", token+"x").Post(accept, values("_csrf", c.Token())).WantStatus(http.StatusForbidden)
		})
	}
	token := c.Token()
	bodies := map[string]*http.Request{
		"nothing":        request("POST", accept, "", ""),
		"JSON":           request("POST", accept, "application/json", `{"_csrf":"`+token+`"}`),
		"text":           request("POST", accept, "text/plain", "_csrf="+token),
		"no type":        request("POST", accept, "", "_csrf="+token),
		"multipart":      request("POST", accept, "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n"+token+"\r\n--b--\r\n"),
		"multipart caps": request("POST", accept, "Multipart/Form-Data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n"+token+"\r\n--b--\r\n"),
		"broken":         request("POST", accept, urlencoded, "_csrf=%zz"),
		"second token":   request("POST", accept, urlencoded, "_csrf=x&_csrf="+token),
	}
	for name, r := range bodies {
		if got := c.Send(r).Status; got != http.StatusForbidden && got != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got)
		}
	}
	for _, from := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", "http://example.com:8080"}, {"Origin", "::"}} {
		if got := c.With(from[0], from[1]).Post(accept, nil).Status; got != http.StatusForbidden {
			t.Errorf("%s %s: %d", from[0], from[1], got)
		}
	}
	if after := w.states(); after != before {
		t.Fatalf("%s became %s", before, after)
	}
	own := c.With("Origin", "http://example.com").With("Sec-Fetch-Site", "same-origin").With("X-CSRF-Token", token)
	own.Send(request("POST", accept, urlencoded, "seen="+w.seen(code))).WantStatus(http.StatusSeeOther)
}

// TestCSRF_NoOtherMethodChangesAnything: neither a header nor a field makes one method of another.
func TestCSRF_NoOtherMethodChangesAnything(t *testing.T) {
	w := newTown(t)
	code := w.filed("ZJJ-02-202610", 3)
	before := w.states()
	c := w.as("office")
	accept := paths.ToBatchMove(code, "accept")
	for _, method := range []string{"PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "post"} {
		a := c.With("X-CSRF-Token", c.Token()).Send(request(method, accept, urlencoded, ""))
		if a.Status != http.StatusMethodNotAllowed && a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", method, a.Status)
		}
	}
	for _, header := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		c.With(header, "POST").With("X-CSRF-Token", c.Token()).Get(accept + "?_method=POST").WantStatus(http.StatusOK)
	}
	c.Send(request("HEAD", accept, "", "")).WantStatus(http.StatusOK)
	if after := w.states(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestSession_ALogInGivesANewIdentity(t *testing.T) {
	w := newTown(t)
	c := w.Client()
	c.Get(paths.Login)
	planted, token := c.Cookie(session.CookieName), c.Token()
	c.Post(paths.Login, values("username", "office", "password", demo.Password)).WantStatus(http.StatusSeeOther)
	if own := c.Cookie(session.CookieName); own == planted || own == "" {
		t.Fatal("the session of before the log-in goes on")
	}
	c.Post(paths.Logout, values("_csrf", token)).WantStatus(http.StatusForbidden)
	// whoever planted the cookie of before is nobody
	attacker := w.Client().With("Cookie", session.CookieName+"="+planted)
	attacker.Get(paths.Home).WantStatus(http.StatusSeeOther)
	// a cookie of somebody's own making names no session, and is not adopted
	made := w.Client().With("Cookie", session.CookieName+"=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	if set := made.Get(paths.Login).Header.Get("Set-Cookie"); strings.Contains(set, "AAAAAAAA") || set == "" {
		t.Errorf("a made-up session is adopted: %q", set)
	}
	// what the database keeps opens nothing
	var rows []models.Session
	w.ok(w.DB.Read.Find(&rows).Error)
	for _, row := range rows {
		w.Client().With("Cookie", session.CookieName+"="+row.ID).Get(paths.Home).WantStatus(http.StatusSeeOther)
	}
}

func TestSession_TheCookieIsForThisPortalAlone(t *testing.T) {
	w := newTown(t)
	c := w.Client()
	set := c.Get(paths.Login).Header.Values("Set-Cookie")
	after := c.Post(paths.Login, values("username", "office", "password", demo.Password)).Header.Values("Set-Cookie")
	for _, lines := range [][]string{set, after} {
		if len(lines) != 1 {
			t.Fatalf("cookies %q", lines)
		}
		attributes := strings.Split(lines[0], "; ")
		for _, want := range []string{"Path=/", "HttpOnly", "SameSite=Lax"} {
			if !slices.Contains(attributes, want) {
				t.Errorf("no %s in %s", want, lines[0])
			}
		}
		for _, a := range attributes {
			if strings.HasPrefix(a, "Domain") || strings.HasPrefix(a, "Expires") || strings.HasPrefix(a, "Max-Age") {
				t.Errorf("%s in a cookie that ends with the browser", a)
			}
		}
	}
}

func TestSession_WorthNothingAfterItsEnd(t *testing.T) {
	w := newTown(t)
	out := w.LoginAs("handler.zjj")
	out.Get(paths.Home).WantStatus(http.StatusOK)
	kept, token := out.Cookie(session.CookieName), out.Token()
	stolen := w.Client().With("Cookie", session.CookieName+"="+kept)
	out.Post(paths.Logout, nil).WantStatus(http.StatusSeeOther)
	stolen.Get(paths.Home).WantStatus(http.StatusSeeOther)
	stolen.Post(paths.ProfilePassword, values("_csrf", token)).WantStatus(http.StatusUnauthorized).Want("已退出登录", "没有保存")

	disabled := w.LoginAs("handler.zjj")
	disabled.Get(paths.ToTask("ZJJ-02-202610")).WantStatus(http.StatusOK)
	w.ok(w.Accounts.Disable(t.Context(), w.As("sysadmin"), w.As("handler.zjj").AccountID, "调离"))
	disabled.Post(paths.ToTaskMessage("ZJJ-02-202610"), values("text", "还在")).WantStatus(http.StatusUnauthorized).Want("账号已停用", "没有保存", "重新登录")
	disabled.Get(paths.ToTask("ZJJ-02-202610")).WantStatus(http.StatusSeeOther).Follow().Want("登录").Not("商品房预售许可")

	idle := w.LoginAs("liaison.zjj")
	idle.Get(paths.ToTaskNil("ZJJ-02-202610")).WantStatus(http.StatusOK) // the form stands open over lunch
	w.Clock.Advance(30 * time.Minute)
	idle.Post(paths.ToTaskNil("ZJJ-02-202610"), values("reason", "本月没有核发")).WantStatus(http.StatusUnauthorized).Want("30 分钟未操作", "没有保存")
	upload := w.LoginAs("liaison.zjj")
	upload.Token()
	w.Clock.Advance(30 * time.Minute)
	upload.Upload(paths.ToTaskUpload("ZJJ-02-202610"), "报送.csv", []byte("x")).WantStatus(http.StatusUnauthorized).Want("30 分钟未操作", "没有保存")
	if got := w.states(); got != "" {
		t.Errorf("batches %s", got)
	}
}

func TestSession_EndsTwelveHoursAfterTheLogInHoweverBusy(t *testing.T) {
	app := testkit.New(t)
	c := app.LoginAs("liaison.zjj")
	for range 35 { // 11 hours and 40 minutes, never idle for more than 20
		app.Clock.Advance(20 * time.Minute)
		c.Get(paths.Profile).WantStatus(http.StatusOK)
	}
	app.Clock.Advance(20 * time.Minute)
	c.Get(paths.Profile).WantStatus(http.StatusSeeOther).Follow().Want("登录已满 12 小时，为保护数据已自动退出。")
}

func TestSession_ARoleTakenAwayIsGoneInTheMiddleOfAStep(t *testing.T) {
	w := newTown(t)
	code := w.filed("ZJJ-02-202610", 3)
	office2 := w.as("office2")
	office2.Get(paths.ToBatchMove(code, "accept")).WantStatus(http.StatusOK) // the form is open
	w.ok(w.Accounts.TakeRole(t.Context(), w.As("secadmin"), w.As("office2").AccountID, models.RoleOffice))
	before := w.states()
	office2.Post(paths.ToBatchMove(code, "accept"), values("seen", w.seen(code))).WantStatus(http.StatusForbidden)
	office2.Post(paths.InboxAccept, values("code", code)).WantStatus(http.StatusForbidden)
	office2.Get(paths.Inbox).WantStatus(http.StatusForbidden).Not("ZJJ-02")
	if after := w.states(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

// TestLogin_NextIsAPathOfThisPortal: what stands behind a log-in link cannot lead elsewhere, however it is written.
func TestLogin_NextIsAPathOfThisPortal(t *testing.T) {
	app := testkit.New(t)
	for _, next := range []string{"/\t/evil.example", "/\x00/evil.example", " //evil.example", "/%5cevil.example", "/%2f/evil.example", "/..//evil.example", "\\\\evil.example",
		"https:evil.example", "//evil.example\\@example.com", "data:text/html,x", "/?next=//evil.example", "//[::1]/", "/;//evil.example", "?//evil.example"} {
		location := logIn(app, "office", demo.Password, next).WantStatus(http.StatusSeeOther).Header.Get("Location")
		base, _ := url.Parse("https://portal.example/login")
		to, err := base.Parse(location)
		if err != nil || to.Host != "portal.example" || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\t\r\n") {
			t.Errorf("%q leads to %q", next, location)
		}
	}
}
