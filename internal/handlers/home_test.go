package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/seed"
)

func TestHome_AUnitSeesEachDutyWithItsState(t *testing.T) {
	w := newTown(t)
	plan, err := seed.Load()
	w.ok(err)
	owed := map[string]int{}
	for _, item := range plan.Items {
		owed[item.Unit]++
	}
	owed["ga"] += owed["ga-jj"] // 市公安局 sees the duties of its sub-unit
	for user, unit := range map[string]string{"liaison.fgw": "fgw", "chief.zjj": "zjj", "court": "zjfy", "police": "ga", "liaison.ga-jj": "ga-jj", "liaison.kj": "kj"} {
		doc := w.as(user).Get(paths.Home).WantStatus(200).Doc()
		if got := doc.Find("#duties tbody tr").Length(); got != owed[unit] || got == 0 {
			t.Errorf("%s sees %d duties, the plan names %d", user, got, owed[unit])
		}
		if doc.Find("#duties .gz-state").Length() != owed[unit] {
			t.Errorf("%s: a duty without state", user)
		}
	}
	doc := w.as("liaison.zjj").Get(paths.Home).Doc()
	row := doc.Find("#duties tr").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "ZJJ-02") })
	if got := words(row); !strings.Contains(got, "商品房预售许可信息") || !strings.Contains(got, "2026年10月期") || !strings.Contains(got, "待报") {
		t.Errorf("duty %q", got)
	}
	if got := words(doc.Find("#duties header .sub")); got != "10 项，其中 9 项尚无模板，暂不需要报送" {
		t.Errorf("duties %q", got)
	}
}

func TestHome_Liaison(t *testing.T) {
	w := newTown(t)
	a := w.as("liaison.zjj").Get(paths.Home).WantStatus(200)
	a.Want("我的待办", "王静", "市住房城乡建设局信息联络员", "全部 1", "已逾期 0", "以后 1", "2026年10月期报送", "赵敏", "去报送")
	doc := a.Doc()
	if h1 := doc.Find("h1"); h1.Length() != 1 || words(h1) != "我的待办" {
		t.Errorf("h1 %q", words(h1))
	}
	if sentence, _ := next(doc); sentence != "请您在 11月25日（周三）17:00 前报送商品房预售许可信息 2026年10月期。" {
		t.Errorf("next %q", sentence)
	}
	if doc.Find("#todo th[aria-sort=ascending]").Length() != 1 || doc.Find("#todo .btn-primary").Length() != 1 {
		t.Error("the list does not say its order, or has not one primary button")
	}
	if label, _ := doc.Find("#month svg[role=img]").Attr("aria-label"); label != "已报 0 项，待报 1 项" {
		t.Errorf("bar %q", label)
	}
}

func TestHome_TurnsRedWhenSomethingIsLate(t *testing.T) {
	w := newTown(t)
	w.day("2026-11-27")
	doc := w.as("liaison.zjj").Get(paths.Home).Doc()
	sentence, class := next(doc)
	if !strings.Contains(sentence, "已逾期 2 个工作日") || !strings.Contains(class, "is-late") {
		t.Errorf("next %q %q", sentence, class)
	}
	if got := words(doc.Find("#todo tr.g")); got != "已逾期 1 项" {
		t.Errorf("groups %q", got)
	}
	w.as("liaison.zjj").Get(paths.With(paths.Home, "tab", "today")).Want("“今天”没有待办", "查看全部待办")
}

func TestHome_TellsWhyABatchCameBack(t *testing.T) {
	w := newTown(t)
	code := w.filed("ZJJ-02-202610", 20)
	w.move("office", code, models.VerbReturn, filing.MoveInput{Reason: "“备案均价”列有 6 行单位写成万元", Due: "2026-11-20"})
	w.as("liaison.zjj").Get(paths.Home).Want("去补正", "退回理由：“备案均价”列有 6 行单位写成万元", "赵敏 退回", "11月20日")

	code = w.upload("FGW-05-202610", 20)
	w.move("liaison.fgw", code, models.VerbSubmit, filing.MoveInput{})
	w.move("chief.fgw", code, models.VerbSendBack, filing.MoveInput{Reason: "请核对总投资"})
	w.as("liaison.fgw").Get(paths.Home).Want("去提交", "退回理由：请核对总投资", "高建华 退回")
	w.move("liaison.fgw", code, models.VerbSubmit, filing.MoveInput{})
	w.move("liaison.fgw", code, models.VerbWithdraw, filing.MoveInput{})
	w.as("liaison.fgw").Get(paths.Home).Want("去提交").Not("请核对总投资")
}

// TestHome_KeepsInSightWhatWaitsForTheUnitLeader: it is no to-do of the liaison and counts nowhere as one.
func TestHome_KeepsInSightWhatWaitsForTheUnitLeader(t *testing.T) {
	w := newTown(t)
	code := w.upload("ZJJ-02-202610", 20)
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	w.day("2026-11-12")
	for _, user := range []string{"liaison.zjj", "handler.zjj"} {
		a := w.as(user).Get(paths.Home).Want("全部 0", "等分管负责人刘志远审签 1 项", "11月10日 09:00 起等分管负责人刘志远审签", "王静 提交审签", "待审签").Not("目前没有待办", "催办")
		if _, class := next(a.Doc()); !strings.Contains(class, "is-calm") {
			t.Errorf("%s is asked for what is the unit leader's", user)
		}
		row := a.Doc().Find("#todo tbody tr:not(.g)")
		if to := row.Find("a.btn").AttrOr("href", ""); row.Length() != 1 || to != paths.ToBatch(code) || words(row.Find("a.btn")) != "查看" {
			t.Errorf("%s: %d rows, the button leads to %q", user, row.Length(), to)
		}
		w.as(user).Get(paths.With(paths.Home, "tab", "today")).Want("“今天”没有待办").Not("等分管负责人")
	}
	w.as("chief.zjj").Get(paths.Home).Want("去审签", "全部 1").Not("等分管负责人刘志远审签")
	w.as("liaison.fgw").Get(paths.Home).Not("等分管负责人")
	w.move("chief.zjj", code, models.VerbSign, filing.MoveInput{})
	w.as("liaison.zjj").Get(paths.Home).Want("目前没有待办").Not("等分管负责人刘志远审签")
}

func TestHome_NothingWaits(t *testing.T) {
	w := newTown(t)
	a := w.as("chief.zjj").Get(paths.Home).Want("目前没有待办", "已办结 0")
	sentence, class := next(a.Doc())
	if sentence != "目前没有等您审签的批次；联络员提交后会列在工作台。下一次开放填报在 12月1日（周二）。" || !strings.Contains(class, "is-calm") {
		t.Errorf("next %q %q", sentence, class)
	}
	w.as("office").Get(paths.Home).Want("目前没有等您办理的批次和申请", "没有逾期未报的单位")
}

func TestHome_Office(t *testing.T) {
	w := newTown(t)
	w.filed("ZJJ-02-202610", 20)
	w.day("2026-11-27")
	_, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.zrzy"), "ZRZY-01-202610", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "系统切换"})
	w.ok(err)
	w.propose("zjj-06")
	a := w.as("office").Get(paths.Home).WantStatus(200)
	a.Want("请您受理或退回 1 批待受理批次，办理 1 件更正与补报申请，答复 1 件目录变更申请", "未设期限 3", "已等 13 个工作日", "去受理", "去办理", "系统切换")
	doc := a.Doc()
	if got := words(doc.Find("#waiting dl")); got != "待受理批次1 批更正与补报申请1 件" {
		t.Errorf("waiting %q", got)
	}
	if got := words(doc.Find("#overdue dl")); got != "市发展改革委1 项市自然资源和规划局1 项" {
		t.Errorf("overdue %q", got)
	}
	w.as("office.dcf").Get(paths.Home).WantStatus(200).Not("待受理批次 1 批", "市发展改革委")
}

func TestHome_ThoseWhoReadFigures(t *testing.T) {
	w := newTown(t)
	w.accepted("ZJJ-02-202610", 20)
	w.day("2026-11-27")
	for _, user := range []string{"leader", "tax", "tax.review", "tax.chief"} {
		a := w.as(user).Get(paths.Home).WantStatus(200)
		a.Want("近 12 期有 2 个单位 2 项逾期未报", "最近一期按时率 2026年10月期", "33.3%", "应报 3 项，按时 1 项", "查看履约矩阵", "市发展改革委")
		a.Not("/filings/tasks", "商品房预售许可信息", "领导小组领导小组")
		if a.Doc().Find(".gz-kpi").Length() != 4 {
			t.Errorf("%s: %d figures", user, a.Doc().Find(".gz-kpi").Length())
		}
	}
}

func TestHome_AdministratorsAndOutsideBodiesSeeNoBusinessData(t *testing.T) {
	w := newTown(t)
	for user, want := range map[string][]string{
		"sysadmin": {"账号管理", "/admin"}, "secadmin": {"角色管理", "/admin"}, "auditor": {"审计日志", "/audit"}, "bank": {"协助请求", "方案二（五）"},
	} {
		a := w.as(user).Get(paths.Home).WantStatus(200).Want(want...)
		a.Not("商品房", "ZJJ", "履约矩阵", "信息模板", "市发展改革委", "报送任务")
		if a.Doc().Find("h1").Length() != 1 || a.Doc().Find("table").Length() != 0 {
			t.Errorf("%s: not a calm page", user)
		}
	}
}

func TestHome_AnAccountWithoutARoleIsToldWhomToAsk(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		person := app.LoginAs("handler.zjj")
		const taken = `UPDATE account_roles SET taken_at = 1 WHERE account_id = (SELECT id FROM accounts WHERE username = 'handler.zjj')`
		if err := app.DB.Write.Exec(taken).Error; err != nil {
			t.Fatal(err)
		}
		page := person.Get(paths.Home).WantStatus(http.StatusOK).Want("您的账号还没有角色", "请联系安全管理员").Not("目前没有等您办理的事")
		page.Doc().Find("nav a[href], header a[href]").Each(func(_ int, link *goquery.Selection) {
			if to, _ := link.Attr("href"); strings.HasPrefix(to, "/") && to != paths.Logout {
				person.Get(to).WantStatus(http.StatusOK)
			}
		})
		person.Get(paths.Filings).WantStatus(http.StatusForbidden).Want("您的账号还没有角色", "请联系安全管理员").Not("信息联络员")
		if lines := app.Log.String(); strings.Contains(lines, "to-dos") {
			t.Errorf("the log has %s", lines)
		}
	})
}

func TestPages_NeedNoMoreQueriesForMoreRows(t *testing.T) {
	w := newTown(t)
	pages := map[string][]string{"liaison.zjj": {paths.Home, paths.Filings, paths.Matrix}, "office": {paths.Home, paths.Filings, paths.Inbox, paths.Matrix, paths.Waivers},
		"leader": {paths.Home, paths.Matrix, paths.Templates}}
	count := func() map[string]int {
		counts := map[string]int{}
		for user, list := range pages {
			client := w.as(user)
			for _, page := range list {
				counts[user+" "+page] = w.Queries(func() { client.Get(page).WantStatus(200) })
			}
		}
		return counts
	}
	w.filed("ZJJ-02-202610", 20) // an association is read only where there are rows
	_, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.fgw"), "FGW-05-202610", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构调整"})
	w.ok(err)
	before := count()
	for _, task := range []string{"FGW-05-202610", "ZRZY-01-202610"} {
		w.filed(task, 20)
	}
	for month := range 6 {
		w.day(models.Day(fmt.Sprintf("2027-%02d-10", month+1)))
	}
	for name, after := range count() {
		if after > before[name]+2 || after > 30 {
			t.Errorf("%s: %d queries with few rows, %d with many", name, before[name], after)
		}
	}
}
