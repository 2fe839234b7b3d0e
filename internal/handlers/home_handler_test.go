package handlers_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// TestHome_TheHandlerIsAskedOnlyForWhatHeMayDo walks a task through its states. What only the liaison may do next stands among
// what waits for others; what the handler may do is a to-do, and the page that it leads to lets him.
func TestHome_TheHandlerIsAskedOnlyForWhatHeMayDo(t *testing.T) {
	w := newTown(t)
	upload := func(content []byte) string {
		t.Helper()
		b, err := w.Filing.Upload(t.Context(), w.As("handler.zjj"), zjjTask, []filing.UploadedFile{w.File("报送.csv", content)})
		w.ok(err)
		w.Work()
		return b.Code
	}
	// says holds the handler's workbench against his button, or against what it says that the liaison is to do.
	says := func(when, verb, waits string) {
		t.Helper()
		doc := w.as("handler.zjj").Get(paths.Home).WantStatus(200).Doc()
		var todos, groups []string
		doc.Find("#todo tbody tr.g").Each(func(_ int, g *goquery.Selection) { groups = append(groups, words(g)) })
		doc.Find("#todo tbody tr:not(.g) a.btn").Each(func(_ int, b *goquery.Selection) { todos = append(todos, words(b)) })
		sentence, _ := next(doc)
		list := words(doc.Find("#todo tbody"))
		switch {
		case verb != "" && (strings.Join(todos, " ") != verb || strings.Contains(list, "等信息联络员")):
			t.Errorf("%s: to-dos %q, want %s; %s", when, todos, verb, list)
		case verb == "" && (strings.Join(todos, " ") != "查看" || !strings.HasPrefix(sentence, "目前没有等您办理的事")):
			t.Errorf("%s: to-dos %q, and he is told %q", when, todos, sentence)
		case waits != "" && (strings.Join(groups, " ") != "等信息联络员王静办理 1 项" || !strings.Contains(list, "；等信息联络员王静"+waits)):
			t.Errorf("%s: groups %q, %s", when, groups, list)
		}
		doc.Find("#todo tbody a").Each(func(_ int, a *goquery.Selection) { w.as("handler.zjj").Get(a.AttrOr("href", "")).WantStatus(200) })
		if liaison := words(w.as("liaison.zjj").Get(paths.Home).Doc().Find("#todo tbody")); strings.Contains(liaison, "等信息联络员") {
			t.Errorf("%s: the liaison waits for herself: %s", when, liaison)
		}
	}
	w.ok(w.DB.Write.Exec("UPDATE filing_tasks SET exempted_at = 1 WHERE code = 'ZJJ-02-202611'").Error) // the month after is not his concern here
	good := testkit.Rows(t, "zjj-02", 10)
	says("open", "去报送", "")
	upload([]byte("甲,乙\r\n1,2\r\n"))
	says("malformed", "改错误", "")
	upload(testkit.Rows(t, "zjj-02", 10).Set(2, "region", "999999").CSV())
	says("errors", "改错误", "")
	upload(testkit.Rows(t, "zjj-02", 10).Set(3, "issue_date", "2025-12-30").CSV())
	says("warnings", "去说明", "")
	code := upload(good.CSV())
	w.ok(w.DB.Write.Exec("UPDATE batches SET state = 'failed' WHERE code = ?", code).Error)
	says("failed", "重新校验", "")
	code = upload(good.CSV())
	says("clean", "", "提交审签")
	w.as("liaison.zjj").Get(paths.Home).Want("去提交")
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	says("signing", "", "")
	w.move("chief.zjj", code, models.VerbSendBack, filing.MoveInput{Reason: "请核对"})
	says("sent back", "", "提交审签")
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	w.move("chief.zjj", code, models.VerbSign, filing.MoveInput{})
	w.move("office", code, models.VerbReturn, filing.MoveInput{Reason: "缺项", Due: "2026-11-20"})
	says("returned", "去补正", "")
	upload(testkit.Rows(t, "zjj-02", 10).Set(2, "region", "999999").CSV())

	w.Clock.Set("2027-02-15", 9, 0) // locked, a faulty batch lies there
	w.clients = map[string]*testkit.Client{}
	says("locked", "", "申请解锁补报")
	w.as("liaison.zjj").Get(paths.Home).Want("去申请", "已锁定，补报须申请解锁").Not("改错误")
	w.as("handler.zjj").Get(paths.Home).Not("先申请解锁补报", "去申请")
	asked, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.zjj"), zjjTask, filing.WaiverInput{Kind: models.WaiverUnlock, Reason: "漏报", Until: "2027-02-26"})
	w.ok(err)
	says("asked", "", "")
	w.ok(w.Filing.MoveWaiver(t.Context(), w.As("office"), asked.Code, models.VerbPropose, filing.MoveInput{Reason: "属实"}))
	w.ok(w.Filing.MoveWaiver(t.Context(), w.As("office2"), asked.Code, models.VerbConfirm, filing.MoveInput{}))
	says("unlocked", "改错误", "")
	code = upload(good.CSV())
	says("clean again", "", "提交审签")
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	w.move("chief.zjj", code, models.VerbSign, filing.MoveInput{})
	w.move("office", code, models.VerbAccept, filing.MoveInput{})
	w.as("handler.zjj").Get(paths.Home).Want("目前没有待办")
	correct(t, w)
	says("to be corrected", "去更正", "")
	upload(good.CSV())
	says("corrected", "", "提交审签")
}

// correct opens the task to a correction.
func correct(t *testing.T, w *town) {
	t.Helper()
	asked, err := w.Filing.RaiseWaiver(t.Context(), w.As("office"), zjjTask, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "录错"})
	w.ok(err)
	w.ok(w.Filing.MoveWaiver(t.Context(), w.As("office2"), asked.Code, models.VerbConfirm, filing.MoveInput{}))
}

// TestTask_TellsTheHandlerThatHeMayActOnlyWhereHeMay: another upload is open to him, the step that is named is not.
func TestTask_TellsTheHandlerThatHeMayActOnlyWhereHeMay(t *testing.T) {
	w := newTown(t)
	says := func(may bool) {
		t.Helper()
		if sentence, _ := next(w.as("handler.zjj").Get(paths.ToTask(zjjTask)).Doc()); strings.HasSuffix(sentence, "您可以办理。") != may {
			t.Errorf("he is told %q", sentence)
		}
	}
	says(true)
	w.upload(zjjTask, 20)
	says(false)
	w.Clock.Set("2027-02-15", 9, 0)
	w.clients = map[string]*testkit.Client{}
	says(false)
}
