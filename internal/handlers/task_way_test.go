package handlers_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// TestTask_MarksTheStepThatIsReached: a batch that is checked is not with the unit leader before it is submitted.
func TestTask_MarksTheStepThatIsReached(t *testing.T) {
	w := newTown(t)
	now := func(want, note string) {
		t.Helper()
		step := w.as("liaison.zjj").Get(paths.ToTask(zjjTask)).Doc().Find("#progress [aria-current=step]")
		if got := words(step); step.Length() != 1 || !strings.Contains(got, want) || !strings.Contains(got, note) {
			t.Errorf("the step is %q, want %q with %q", got, want, note)
		}
	}
	now("上传文件", "")
	w.as("liaison.zjj").Post(paths.ToTaskNil(zjjTask), values("reason", "本月没有")).WantStatus(303)
	now("自动校验", "不需校验，待提交")
	code := w.upload(zjjTask, 20)
	now("自动校验", "通过，待提交")
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	now("待审签", "刘志远")
	w.move("liaison.zjj", code, models.VerbWithdraw, filing.MoveInput{})
	now("自动校验", "通过，待提交")
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	w.move("chief.zjj", code, models.VerbSign, filing.MoveInput{})
	now("办公室受理", "赵敏")
}

// TestTask_SaysToWhoMayActThatTheyMay: the sentence names one person of a post; a colleague may act as well.
func TestTask_SaysToWhoMayActThatTheyMay(t *testing.T) {
	w := newTown(t)
	says := func(user string, may bool) {
		t.Helper()
		sentence, _ := next(w.as(user).Get(paths.ToTask(zjjTask)).Doc())
		if strings.HasSuffix(sentence, "您可以办理。") != may {
			t.Errorf("%s is told %q", user, sentence)
		}
	}
	says("liaison.zjj", false) // is named
	says("handler.zjj", true)  // may upload, too
	says("chief.zjj", false)
	says("office2", false)
	code := w.upload(zjjTask, 20)
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	for _, user := range []string{"liaison.zjj", "handler.zjj", "chief.zjj", "office", "office2"} {
		says(user, false)
	}
	w.move("chief.zjj", code, models.VerbSign, filing.MoveInput{})
	says("office", false) // is named
	says("office2", true)
	says("liaison.zjj", false)
	says("leader", false)
}

// TestBatch_SaysWhetherTheFileOrItsHeaderIsWrong: a file that can be read is not called unreadable.
func TestBatch_SaysWhetherTheFileOrItsHeaderIsWrong(t *testing.T) {
	w := newTown(t)
	liaison := w.as("liaison.zjj")
	for _, c := range []struct{ name, content, want string }{
		{"no header", "甲,乙\r\n1,2\r\n", "系统 表头不符"},
		{"a column is missing", strings.Replace(string(testkit.Rows(t, "zjj-02", 3).CSV()), "发证日期", "日期一", 1), "系统 表头不符"},
		{"an empty file", "", "系统 文件不合格"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := liaison.Upload(paths.ToTaskUpload(zjjTask), "报送.csv", []byte(c.content)).WantStatus(303).Header.Get("Location")
			w.Work()
			history := words(liaison.Get(at).Want("文件不合格").Doc().Find("#history"))
			if !strings.Contains(history, c.want) || strings.Contains(history, "不能读取") {
				t.Errorf("the history says %q", history)
			}
		})
	}
}

// TestBatch_ShowsAtOnceThatItIsChecked: the page asks again soon, with script and without, at an address without fragment.
func TestBatch_ShowsAtOnceThatItIsChecked(t *testing.T) {
	w := newTown(t)
	liaison := w.as("liaison.zjj")
	at := liaison.Upload(paths.ToTaskUpload(zjjTask), "报送.csv", testkit.Rows(t, "zjj-02", 8).CSV()).WantStatus(303).Header.Get("Location")
	page := liaison.Get(at).Want("已上传，正在排队校验", `content="2; url=`+at+`"`)
	progress := page.Doc().Find("#check-progress")
	if got := progress.AttrOr("hx-trigger", ""); got != "load delay:300ms, every 2s" {
		t.Errorf("the page asks %q", got)
	}
	again := liaison.With("HX-Request", "true").Get(progress.AttrOr("hx-get", "")).WantStatus(200).Doc().Find("#check-progress")
	if got := again.AttrOr("hx-trigger", ""); got != "every 2s" { // else it would ask without a pause
		t.Errorf("the answer asks %q", got)
	}
	code := strings.TrimPrefix(strings.ToUpper(at), strings.ToUpper(paths.ToBatch("")))
	w.ok(w.DB.Write.Exec("UPDATE batches SET state = 'checking' WHERE code = ?", code).Error)
	w.as("liaison.zjj").Get(at).Want("正在打开文件、核对表头")
	w.ok(w.DB.Write.Exec("UPDATE batches SET progress = 4000, progress_total = 8000 WHERE code = ?", code).Error)
	w.as("liaison.zjj").Get(at).Want("第 4,000 行，共约 8,000 行", `content="5; url=`)
}
