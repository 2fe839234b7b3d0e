package handlers_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

func TestAudit_saysWhatHappenedInWords(t *testing.T) {
	w := newTown(t)
	code := w.filed("ZJJ-02-202610", 3)
	w.move("office", code, models.VerbReturn, filing.MoveInput{Reason: "面积单位写成了亩", Due: "2026-11-20"})
	logIn(w.App, "liaison.zjj", "wrong", "")
	aud := w.as("auditor")
	page := aud.Get("/audit?q=" + code + "&object=filing").WantStatus(http.StatusOK)
	page.Want("上传文件", "提交审签", "审签", "退回批次", "待受理 → 退回补正", "理由：面积单位写成了亩", "王静", "市住房城乡建设局", "赵敏")
	rows := page.Doc().Find("#audit tbody tr")
	if first := words(rows.First()); !strings.Contains(first, "退回批次") {
		t.Errorf("the newest is not first: %s", first)
	}
	oldest := aud.Get("/audit?q=" + code + "&object=filing&order=oldest")
	if first := words(oldest.Doc().Find("#audit tbody tr").First()); !strings.Contains(first, "上传文件") {
		t.Errorf("the oldest is not first: %s", first)
	}
	aud.Get("/audit?q=登录失败").Want("liaison.zjj", "192.0.2.1").Not("提交审签")
	aud.Get("/audit?q=退回批次").Want(code)
	aud.Get("/audit?from=2026-11-11").Want("没有符合条件的记录", "自“2026-11-11”")
	aud.Get("/audit?from=2026.11.10&to=2026/11/10").Not("没有符合条件的记录")
	aud.Get("/audit?from=gestern").WantStatus(http.StatusOK).Want("不是日期")
	aud.Get("/audit?from=2026-11-20&to=2026-11-10").Want("“自”晚于“至”")
	if shown := words(aud.Get("/audit").Doc().Find("#audit tbody")); strings.Contains(shown, "filing") || strings.Contains(shown, "login") || strings.Contains(shown, demo.Password) {
		t.Errorf("codes instead of words, or a password: %s", shown)
	}
}

func TestAudit_allStepsOfAnApplicationStandUnderOneObject(t *testing.T) {
	w := newTown(t)
	asked, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.zjj"), "ZJJ-02-202610", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构调整"})
	w.ok(err)
	w.ok(w.Filing.MoveWaiver(t.Context(), w.As("office"), asked.Code, models.VerbPropose, filing.MoveInput{Reason: "属实"}))
	w.ok(w.Filing.MoveWaiver(t.Context(), w.As("office2"), asked.Code, models.VerbConfirm, filing.MoveInput{}))
	aud := w.as("auditor")
	rows := aud.Get("/audit?object=waiver&order=oldest&q=" + asked.Code).WantStatus(http.StatusOK).Doc().Find("#audit tbody tr")
	for i, want := range []string{"申请更正、解锁或免报", "初审同意", "复核同意"} {
		if got := words(rows.Eq(i)); !strings.Contains(got, want) || !strings.Contains(got, "更正、解锁与免报") {
			t.Errorf("step %d reads %q, want %s", i+1, got, want)
		}
	}
	if rows.Length() != 3 {
		t.Errorf("%d entries, want 3", rows.Length())
	}
	aud.Get("/audit?object=filing&q=" + asked.Code).Want("没有符合条件的记录")
}

func TestAudit_namesTheRuleOfADownloadInWords(t *testing.T) {
	w := newTown(t)
	code, id, _ := w.warned()
	var rule models.FindingRule
	w.ok(w.DB.Read.Where("id = ?", id).Take(&rule).Error)
	w.as("liaison.zjj").Get(paths.ToBatchFindings(code, id)).WantStatus(http.StatusOK)
	page := w.as("auditor").Get("/audit?q=下载校验结果").WantStatus(http.StatusOK)
	if got := words(page.Doc().Find("#audit tbody tr")); rule.Title == "" || !strings.Contains(got, rule.Title) || strings.Contains(got, rule.Rule) {
		t.Errorf("the download of %q reads %q", rule.Title, got)
	}
}

func TestAudit_saysWhatTheAuditorHasToDo(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		aud := app.LoginAs("auditor")
		wants := func(class, part string) {
			t.Helper()
			sentence, got := next(aud.Get(paths.Audit).WantStatus(http.StatusOK).Doc())
			if strings.TrimSpace(got) != strings.TrimSpace("gz-next "+class) || !strings.Contains(sentence, part) {
				t.Errorf("%s: %q", got, sentence)
			}
		}
		wants("", "请审计管理员核验一次完整性")
		aud.Post(paths.AuditVerify, nil).WantStatus(http.StatusOK)
		wants("is-calm", "下次请在 2026年12月10日前核验")
		app.Clock.Advance(31 * 24 * time.Hour)
		aud = app.LoginAs("auditor")
		wants("", "已满 30 天")
		if err := app.DB.Write.Exec("DELETE FROM audit_entries WHERE seq = 5").Error; err != nil {
			t.Fatal(err)
		}
		aud.Post(paths.AuditVerify, nil).WantStatus(http.StatusOK)
		wants("is-late", "第 5 条缺失")
	})
}

func TestAudit_pagesFiftyRows(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		aud := app.LoginAs("auditor")
		few := app.Queries(func() { aud.Get("/audit?object=template") })
		var page *testkit.Answer
		many := app.Queries(func() { page = aud.Get(paths.Audit).WantStatus(http.StatusOK) })
		if n := page.Doc().Find("#audit tbody tr").Length(); n != 50 || few != many {
			t.Errorf("%d rows; %d queries for few rows, %d for many", n, few, many)
		}
		if n := aud.Get("/audit?page=2").WantStatus(http.StatusOK).Doc().Find("#audit tbody tr").Length(); n == 0 {
			t.Error("there is no second page")
		}
		if got := aud.Get("/audit?page=999").WantStatus(http.StatusSeeOther).Header.Get("Location"); got != "/audit?page=2" {
			t.Errorf("beyond the end it leads to %s", got)
		}
	})
}

func TestAudit_exportsWhatTheFilterFinds(t *testing.T) {
	app := testkit.New(t)
	logIn(app, "=cmd|'/c calc'!A1", "wrong", "")
	answer := app.LoginAs("auditor").Get("/audit/export?q=登录失败").WantStatus(http.StatusOK)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(answer.Body)))
	if err != nil {
		t.Fatal(err)
	}
	sheet := book.GetSheetName(0)
	rows, err := book.GetRows(sheet)
	if err != nil || len(rows) != 4 || rows[3][2] != "未登录" || rows[3][7] != "登录失败" || len(rows[3][11]) != 64 {
		t.Fatalf("rows %q: %v", rows, err)
	}
	if formula, _ := book.GetCellFormula(sheet, "G4"); formula != "" || rows[3][6] != "=cmd|'/c calc'!a1" {
		t.Errorf("the user name is %q, formula %q", rows[3][6], formula)
	}
	app.LoginAs("auditor").Get("/audit?object=audit").Want("导出审计日志", "关键字 登录失败")
}

func TestAudit_verifyShowsTheProof(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		aud := app.LoginAs("auditor")
		aud.Get(paths.AuditVerify).WantStatus(http.StatusMethodNotAllowed)
		var head models.AuditHead
		if err := app.DB.Read.Take(&head).Error; err != nil {
			t.Fatal(err)
		}
		whole := aud.Post(paths.AuditVerify, nil).WantStatus(http.StatusOK).Want("完整", "链尾校验值", "SM3").Not("有改动")
		if got := words(whole.Doc().Find("#proof .gz-cell")); len(got) != 64 {
			t.Errorf("the head is %q", got)
		}
		aud.Get("/audit?object=audit").Want("核验完整性", "完整，共")
		if err := app.DB.Write.Exec("DELETE FROM audit_entries WHERE seq = 5").Error; err != nil {
			t.Fatal(err)
		}
		aud.Post(paths.AuditVerify, nil).WantStatus(http.StatusOK).Want("有改动", "第 5 条缺失", "请立即报告")
	})
}
