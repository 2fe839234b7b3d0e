package handlers_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/audit"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// hostile is a text that would run, break out or count if any page or workbook took it for more than a text.
const hostile = `=HYPERLINK("http://evil.example","x")"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}${7*7}%s&lt;王` + "\u202e"

// clean fails the test if a page has made something of a hostile text.
func clean(t *testing.T, a *testkit.Answer) *testkit.Answer {
	t.Helper()
	if n := a.Doc().Find("script:not([src]), img[src=x], [onerror]").Length(); n != 0 {
		t.Errorf("%d elements of a hostile text on the page", n)
	}
	return a
}

// TestHostile_FormsKeepWhatWasTyped posts every form with a text that is too long: it comes back as it was, escaped, with
// the message at its field.
func TestHostile_FormsKeepWhatWasTyped(t *testing.T) {
	w := newTown(t)
	filed := w.filed("FGW-05-202610", 5)
	warned, rule, _ := w.warned()
	asked, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.zrzy"), "ZRZY-01-202610", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构调整"})
	w.ok(err)
	account := w.As("handler.zjj").AccountID
	forms := []struct {
		user, path, field string
		most              int
		more              []string // other fields
		needed            bool     // may not be empty
	}{
		{"liaison.zjj", paths.ToTaskMessage(zjjTask), "text", 1000, nil, true},
		{"office", paths.ToTaskMessage(zjjTask), "text", 1000, nil, true},
		{"liaison.zjj", paths.ToTaskNil(zjjTask), "reason", 500, nil, true},
		{"liaison.zjj", paths.ToBatchExplain(warned), "text", 500, []string{"rule", fmt.Sprint(rule)}, true},
		{"liaison.zjj", paths.ToTaskWaiver("ZJJ-02-202611"), "reason", 2000, []string{"kind", "exempt"}, true},
		{"office", paths.ToBatchMove(filed, "return"), "reason", 2000, []string{"due", "2026-11-20", "seen", w.seen(filed)}, true},
		{"office", paths.InboxReturn, filing.ReasonField(filed), 2000, []string{"due", "2026-11-20", "step", "return", "code", filed}, true},
		{"office", paths.ToWaiverMove(asked.Code, "refuse"), "reason", 2000, nil, true},
		{"sysadmin", paths.AdminAccounts, "name", 40, []string{"username", "neu", "unit", "zjj"}, true},
		{"sysadmin", paths.AdminAccounts, "username", 32, []string{"name", "新", "unit", "zjj"}, true},
		{"sysadmin", paths.AdminAccounts, "phone", 20, []string{"username", "neu", "name", "新", "unit", "zjj"}, false},
		{"sysadmin", paths.ToAdminStep(paths.AdminDisable, account), "reason", 500, nil, true},
	}
	before := w.states()
	for _, f := range forms {
		t.Run(strings.ReplaceAll(f.path, "/", "∕")+" "+f.field, func(t *testing.T) {
			long := strings.TrimRight(strings.Repeat(hostile, 2000/len([]rune(hostile))+1), "\u202e")
			form := values(append(f.more, f.field, long)...)
			a := clean(t, w.as(f.user).Post(f.path, form).WantStatus(http.StatusUnprocessableEntity))
			control := a.Doc().Find(`[name="` + f.field + `"]`)
			if got := control.AttrOr("value", control.Text()); control.Length() != 1 || got != long {
				t.Errorf("came back as %.60q…", got)
			}
			if id := control.AttrOr("id", "?"); control.AttrOr("aria-invalid", "") != "true" || a.Doc().Find(`#`+id+`-e, [id="`+id+`-e"]`).Text() == "" {
				t.Errorf("no message at field %s", id)
			}
			for i := 0; i+1 < len(f.more); i += 2 {
				other := a.Doc().Find(`[name="` + f.more[i] + `"]:not([type=radio]), [name="` + f.more[i] + `"]:checked`)
				if got := other.AttrOr("value", other.Find("option[selected]").AttrOr("value", "")); other.Length() > 0 && got != f.more[i+1] {
					t.Errorf("%s came back as %q", f.more[i], got)
				}
			}
			for _, blank := range []string{"", " \t\r\n　"} {
				if form.Set(f.field, blank); f.needed {
					w.as(f.user).Post(f.path, form).WantStatus(http.StatusUnprocessableEntity).Want("请填写")
				}
			}
		})
	}
	if after := w.states(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

// TestHostile_PasswordsNeverComeBack: what was typed is kept, but for secrets.
func TestHostile_PasswordsNeverComeBack(t *testing.T) {
	app := testkit.New(t)
	const secret = "Geheim-4711-äö"
	c := app.LoginAs("liaison.zjj")
	c.Post(paths.ProfilePassword, values("old", secret, "new", secret+"1", "again", secret+"2")).WantStatus(http.StatusUnprocessableEntity).Not(secret)
	c.Post(paths.ProfilePassword, values("old", secret, "new", strings.Repeat(secret, 100), "again", secret)).WantStatus(http.StatusUnprocessableEntity).Not(secret)
	clean(t, logIn(app, hostile, secret, "/profile")).WantStatus(http.StatusUnauthorized).Not(secret)
}

// TestHostile_TextsAreShownAsTheyWereTyped carries a hostile text through all that people write to each other, and looks
// at every page and workbook that shows it.
func TestHostile_TextsAreShownAsTheyWereTyped(t *testing.T) {
	w := newTown(t)
	code := w.filed("FGW-05-202610", 5)
	warned, rule, _ := w.warned()
	shown := strings.TrimRight(hostile, "\u202e")
	post := func(user, path string, form ...string) {
		w.as(user).Post(path, values(form...)).WantStatus(http.StatusSeeOther)
	}
	post("liaison.fgw", paths.ToTaskMessage("FGW-05-202610"), "text", hostile)
	post("liaison.zjj", paths.ToBatchExplain(warned), "rule", fmt.Sprint(rule), "text", hostile)
	post("office", paths.ToBatchMove(code, "return"), "seen", w.seen(code), "reason", hostile, "due", "2026-11-20")
	post("liaison.zrzy", paths.ToTaskNil("ZRZY-01-202610"), "reason", hostile)
	post("liaison.zrzy", paths.ToTaskWaiver("ZRZY-01-202611"), "kind", "exempt", "reason", hostile)
	w.as("sysadmin").Post(paths.AdminAccounts, values("username", "neu", "name", `=1+1<b>`, "unit", "zjj")).WantStatus(http.StatusCreated)
	for path, user := range map[string]string{
		paths.ToTask("FGW-05-202610"): "liaison.fgw", paths.ToBatch(code): "office", paths.ToBatch(warned): "liaison.zjj", paths.ToTask("ZRZY-01-202610"): "office",
		paths.ToWaiver("SQ-ZRZY-01-202611-1"): "office", "/audit?object=filing": "auditor", paths.Profile: "liaison.zrzy",
	} {
		clean(t, w.as(user).Get(path).WantStatus(http.StatusOK)).Want(shown)
	}
	for path, user := range map[string]string{paths.Home: "liaison.fgw", paths.Waivers: "office", paths.Filings + "?q=" + strings.ReplaceAll(values("", hostile).Encode(), "=", ""): "office"} {
		clean(t, w.as(user).Get(path).WantStatus(http.StatusOK))
	}
	for path, user := range map[string]string{
		paths.AuditExport: "auditor", paths.AdminExport: "sysadmin", paths.FilingsExport: "office", paths.MatrixExport: "office", paths.WaiversExport: "office", "/filings/batches/" + strings.ToLower(warned) + "/findings": "liaison.zjj",
		paths.ToBatchAnnotated(warned, 0): "liaison.zjj",
	} {
		noFormula(t, path, w.as(user).Get(path).WantStatus(http.StatusOK).Body)
	}
}

// noFormula fails the test if a workbook would compute anything.
func noFormula(t *testing.T, path, content string) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader([]byte(content)))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	defer book.Close()
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for r := range rows {
			for c := range rows[r] {
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if formula, _ := book.GetCellFormula(name, cell); formula != "" {
					t.Errorf("%s: %s!%s computes %q", path, name, cell, formula)
				}
				if linked, to, _ := book.GetCellHyperLink(name, cell); linked && !strings.HasPrefix(to, "#") && strings.Contains(to, "evil") {
					t.Errorf("%s: %s!%s leads to %q", path, name, cell, to)
				}
			}
		}
	}
}

// TestReplayed_TheSecondTimeIsTold sends forms again that have done their work, and forms that stood open while somebody
// else acted.
func TestReplayed_TheSecondTimeIsTold(t *testing.T) {
	w := newTown(t)
	told := func(a *testkit.Answer, wants ...string) {
		t.Helper()
		a.WantStatus(http.StatusConflict).Want("情况已有变化，没有办成", "查看最新状态", "事件编号").Want(wants...)
	}
	liaison, chief, office := w.as("liaison.zjj"), w.as("chief.zjj"), w.as("office")
	content := testkit.Rows(t, "zjj-02", 8).CSV()
	liaison.Upload(paths.ToTaskUpload(zjjTask), "报送.csv", content).WantStatus(http.StatusSeeOther)
	liaison.Upload(paths.ToTaskUpload(zjjTask), "报送.csv", content).WantStatus(http.StatusConflict).Want("批次 ZJJ-02-202610-1 现在是“已上传”，不能再上传")
	w.Work()
	first := values("seen", w.seen(zjjTask+"-1"))
	liaison.Upload(paths.ToTaskUpload(zjjTask), "报送.csv", content).WantStatus(http.StatusSeeOther) // replaces what nobody has submitted
	w.Work()
	code := zjjTask + "-2"
	liaison.Get(paths.ToBatch(code)).Want("校验通过", "与批次 ZJJ-02-202610-1 中的文件内容完全相同")
	told(liaison.Post(paths.ToBatchMove(zjjTask+"-1", "submit"), first), "提交审签没有办成", "已变为“已作废”（王静 11月10日（周二）09:00 重新上传，批次 ZJJ-02-202610-2）")

	submit := values("seen", liaison.Get(paths.ToBatchMove(code, "submit")).Doc().Find("[name=seen]").AttrOr("value", "?"))
	liaison.Post(paths.ToBatchMove(code, "submit"), submit).WantStatus(http.StatusSeeOther)
	told(liaison.Post(paths.ToBatchMove(code, "submit"), submit), "提交审签没有办成", "已变为“待审签”（您 11月10日（周二）09:00 提交审签）")
	told(liaison.Post(paths.ToBatchMove(code, "discard"), submit))

	sign := values("seen", chief.Get(paths.ToBatchMove(code, "sign")).Doc().Find("[name=seen]").AttrOr("value", "?"))
	w.move("liaison.zjj", code, models.VerbWithdraw, filing.MoveInput{})
	told(chief.Post(paths.ToBatchMove(code, "sign"), sign), "审签没有办成", "已变为“校验通过”（王静 11月10日（周二）09:00 撤回）")
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	// It waits for a signature as before, but the form is not about what was submitted now; nor is the page that led to it.
	told(chief.Post(paths.ToBatchMove(code, "sign"), sign), "有过变动，现在又是“待审签”（王静 11月10日（周二）09:00 提交审签）")
	told(chief.Get(paths.With(paths.ToBatchMove(code, "sign"), "seen", sign.Get("seen"))), "有过变动，现在又是“待审签”")
	link := chief.Get(paths.ToBatch(code)).Doc().Find(`a[href^="`+paths.ToBatchMove(code, "sign")+`"]`).AttrOr("href", "?")
	sign = values("seen", chief.Get(link).WantStatus(http.StatusOK).Doc().Find("[name=seen]").AttrOr("value", "?"))
	for _, none := range []url.Values{nil, values("seen", ""), values("seen", "x"), values("seen", "-1"), values("from", "signing")} {
		told(chief.Post(paths.ToBatchMove(code, "sign"), none), "页面不完整")
	}
	chief.Post(paths.ToBatchMove(code, "sign"), sign).WantStatus(http.StatusSeeOther)

	accept := values("seen", office.Get(paths.ToBatchMove(code, "accept")).Doc().Find("[name=seen]").AttrOr("value", "?"))
	office.Post(paths.ToBatchMove(code, "accept"), accept).WantStatus(http.StatusSeeOther)
	told(office.Post(paths.ToBatchMove(code, "accept"), accept), "受理没有办成", "已变为“已生效”")
	told(w.as("office2").Post(paths.ToBatchMove(code, "return"), values("seen", accept.Get("seen"), "reason", "迟了", "due", "2026-11-20")), "退回批次没有办成", "（赵敏 11月10日（周二）09:00 受理）")
	told(w.as("office2").Get(paths.ToBatchMove(code, "return")), "没有退回批次：批次 ZJJ-02-202610-2 现在的状态是“已生效”（赵敏 11月10日（周二）09:00 受理）")
	told(office.Post(paths.ToBatchMove(code, "accept"), nil)) // without the step that the page showed
	liaison.Post(paths.ToTaskNil(zjjTask), values("reason", "迟了")).WantStatus(http.StatusConflict).Want("本期已有生效批次")

	fgw := w.as("liaison.fgw")
	for range 2 { // pressed twice: the second declaration takes the place of the first
		fgw.Post(paths.ToTaskNil("FGW-05-202610"), values("reason", "本月没有")).WantStatus(http.StatusSeeOther)
	}
	if got := w.states(); !strings.Contains(got, "FGW-05-202610-1 discarded, FGW-05-202610-2 clean") {
		t.Errorf("two nil returns: %s", got)
	}
	ask := values("kind", "correction", "reason", "第 3 行有误")
	liaison.Post(paths.ToTaskWaiver(zjjTask), ask).WantStatus(http.StatusSeeOther)
	liaison.Post(paths.ToTaskWaiver(zjjTask), ask).WantStatus(http.StatusConflict).Want("已有同类申请正在办理")
	waiver := "SQ-" + zjjTask + "-1"
	office.Post(paths.ToWaiverMove(waiver, "propose"), values("from", "asked", "reason", "属实")).WantStatus(http.StatusSeeOther)
	office.Post(paths.ToWaiverMove(waiver, "propose"), values("from", "asked", "reason", "属实")).WantStatus(http.StatusConflict).Want("您打开页面后")
}

// atOnce lets several people act in the same moment and returns what each is answered.
func atOnce(acts ...func() *testkit.Answer) []*testkit.Answer {
	answers, start := make([]*testkit.Answer, len(acts)), make(chan struct{})
	var wait sync.WaitGroup
	for i, act := range acts {
		wait.Go(func() {
			<-start
			answers[i] = act()
		})
	}
	close(start)
	wait.Wait()
	return answers
}

// TestAtOnce_OneSucceedsTheOthersAreTold holds DESIGN §5: two people who press at once get one success and one clear
// message, on both engines.
func TestAtOnce_OneSucceedsTheOthersAreTold(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		w := &town{App: app, t: t, clients: map[string]*testkit.Client{}}
		one := func(name string, failed []int, answers []*testkit.Answer) {
			t.Helper()
			done := 0
			for _, a := range answers {
				switch {
				case a.Status == http.StatusSeeOther || a.Status == http.StatusCreated:
					done++
				case a.Status != failed[0] && a.Status != failed[len(failed)-1]:
					t.Errorf("%s: %d", name, a.Status)
				default:
					a.Not("系统出了故障", "由新批次替代", "由重新上传替代")
				}
			}
			if done != 1 {
				t.Errorf("%s: %d succeeded", name, done)
			}
		}
		step := func(user, path string, form ...string) func() *testkit.Answer {
			c := w.LoginAs(user)
			c.Token()
			return func() *testkit.Answer { return c.Post(path, values(form...)) }
		}
		upload := func(user string, content []byte) func() *testkit.Answer {
			c := w.LoginAs(user)
			c.Token()
			return func() *testkit.Answer { return c.Upload(paths.ToTaskUpload(zjjTask), "报送.csv", content) }
		}
		// first of all, while no job runs: once the first file is checked, a second one rightly takes its place
		one("uploads", []int{409}, atOnce(upload("liaison.zjj", testkit.Rows(t, "zjj-02", 8).CSV()), upload("handler.zjj", testkit.Rows(t, "zjj-02", 9).CSV())))
		w.Work()
		code, rule, findings := w.warned()
		answers := atOnce(step("liaison.zjj", paths.ToBatchExplain(code), "rule", fmt.Sprint(rule), "finding", fmt.Sprint(findings[0]), "text", "属实"),
			step("handler.zjj", paths.ToBatchExplain(code), "rule", fmt.Sprint(rule), "finding", fmt.Sprint(findings[1]), "text", "属实"))
		if got := w.states(); answers[0].Status != http.StatusSeeOther || answers[1].Status != http.StatusSeeOther || !strings.Contains(got, code+" clean") {
			t.Errorf("two last answers at once: %d, %d, then %s", answers[0].Status, answers[1].Status, got)
		}
		seen := w.seen(code)
		one("submit and discard", []int{409}, atOnce(step("liaison.zjj", paths.ToBatchMove(code, "submit"), "seen", seen),
			step("handler.zjj", paths.ToBatchMove(code, "discard"), "seen", seen)))
		w.Work()
		code = w.filed("FGW-05-202610", 6)
		accept := paths.ToBatchMove(code, "accept")
		seen = w.seen(code)
		one("accept and return", []int{409}, atOnce(step("office", accept, "seen", seen), step("office2", accept, "seen", seen),
			step("office2", paths.ToBatchMove(code, "return"), "seen", seen, "reason", "请改", "due", "2026-11-20")))

		w.accepted("ZRZY-01-202610", 6) // a correction is accepted twice: the batch before must go once
		w.ok(w.DB.Write.Exec("UPDATE filing_tasks SET correction_open = true WHERE code = 'ZRZY-01-202610'").Error)
		code = w.filed("ZRZY-01-202610", 7)
		accept = paths.ToBatchMove(code, "accept")
		one("accept a correction", []int{409}, atOnce(step("office", accept, "seen", w.seen(code)), step("office2", accept, "seen", w.seen(code)), step("office", accept)))
		if got := w.states(); !strings.Contains(got, "ZRZY-01-202610-1 superseded, ZRZY-01-202610-2 effective") {
			t.Errorf("states %s", got)
		}
		ask := []string{"kind", "exempt", "reason", "机构调整"}
		one("requests", []int{409}, atOnce(step("liaison.zjj", paths.ToTaskWaiver("ZJJ-02-202611"), ask...), step("office", paths.ToTaskWaiver("ZJJ-02-202611"), ask...)))
		create := func(name string) []string { return []string{"username", "neu.zjj", "name", name, "unit", "zjj"} }
		one("accounts", []int{422}, atOnce(step("sysadmin", paths.AdminAccounts, create("新")...), step("sysadmin", paths.AdminAccounts, create("心")...)))
		one("roles", []int{409, 422}, atOnce(step("secadmin", paths.ToAdminStep(paths.AdminGive, w.As("neu.zjj").AccountID), "role", "handler"),
			step("secadmin", paths.ToAdminStep(paths.AdminGive, w.As("neu.zjj").AccountID), "role", "handler")))
		if proof, err := audit.Verify(t.Context(), w.DB); err != nil || !proof.Whole() {
			t.Errorf("the audit chain: %+v, %v", proof, err)
		}
		if log := w.Log.String(); strings.Contains(log, "level=ERROR") {
			t.Errorf("errors: %s", log)
		}
	})
}
