package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

func TestWaivers_FromTheRequestToItsEffect(t *testing.T) {
	w := newTown(t)
	w.accepted("ZJJ-02-202610", 20)
	liaison, office, office2 := w.as("liaison.zjj"), w.as("office"), w.as("office2")

	a := liaison.Get(paths.ToTaskWaiver("ZJJ-02-202610")).WantStatus(200).Want("申请更正", "两人先后同意", "更正批次受理前，原批次继续有效")
	if a.Doc().Find("input[type=radio]").Length() != 1 || a.Doc().Find("input[type=radio][checked]").Length() != 1 || a.Doc().Find("input[name=until]").Length() != 0 {
		t.Error("what does not fit a filed task is offered")
	}
	liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("kind", "correction", "reason", " ")).WantStatus(422).Want("请填写理由")
	liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("reason", "“面积”列 3 行有误")).WantStatus(422).Want("请选择申请事项", "“面积”列 3 行有误")
	asked := liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("kind", "correction", "reason", "“面积”列 3 行有误")).WantStatus(303)
	waiver := asked.Header.Get("Location")
	asked.Follow().Want("申请已提交", "更正申请 商品房预售许可信息 2026年10月期", "待办公室初审", "请办公室赵敏初审", "撤回申请", "市住房城乡建设局提出更正申请").
		Not("复核同意", "初审同意</a>")
	liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("kind", "correction", "reason", "再来一次")).WantStatus(409).
		Want("这项任务已有同类申请正在办理：SQ-ZJJ-02-202610-1（王静 11月10日（周二）09:00 提出）", "查看最新状态")

	code := strings.TrimPrefix(waiver, "/filings/waivers/")
	office.Get(paths.ToWaiverMove(code, "propose")).WantStatus(200).Want("初审同意？", "由办公室另一人复核才生效", "初审同意的理由")
	office.Post(paths.ToWaiverMove(code, "propose"), values("reason", "", "from", "asked")).WantStatus(422).Want("请填写理由")
	office.Post(paths.ToWaiverMove(code, "propose"), values("reason", "情况属实", "from", "asked")).WantStatus(303).Follow().
		Want("已初审同意，等办公室另一人复核。", "待复核", "初审人：赵敏", "情况属实").Not("复核同意</a>", "您可以办理")
	office.Get(paths.ToWaiverMove(code, "confirm")).WantStatus(403).Want("须由办公室两人分别办理")
	office.Post(paths.ToWaiverMove(code, "confirm"), nil).WantStatus(403).Want("复核同意须由另一人办理")
	liaison.Post(paths.ToWaiverMove(code, "confirm"), nil).WantStatus(403)
	office2.Post(paths.ToWaiverMove(code, "refuse"), values("reason", "迟了", "from", "asked")).WantStatus(409).Want("已变为“待复核”（赵敏 11月10日（周二）09:00 初审同意）", "查看最新状态")

	office2.Get(waiver).Want("复核同意", "不同意", "您可以办理。")
	office2.Post(paths.ToWaiverMove(code, "confirm"), values("from", "proposed")).WantStatus(303).Follow().
		Want("已复核同意，即行生效。", "已同意", "办公室已同意更正，即行生效；请信息联络员到任务页上传更正文件。")
	office2.Get(paths.ToWaiverMove(code, "confirm")).WantStatus(409).Want("没有复核同意：申请 SQ-ZJJ-02-202610-1 现在的状态是“已同意”（您 11月10日（周二）09:00 复核同意）")
	liaison.Get(paths.ToTaskWaiver("ZJJ-02-202610")).WantStatus(409).Want("已同意更正")
	liaison.Get(paths.Home).Want("去更正", "办公室已同意更正，请上传更正文件")
}

func TestWaivers_TheOfficeRaisesOneItself(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	office.Get(paths.ToTaskWaiver("FGW-05-202610")).Want("提出免报", "另一人复核", "提出并初审同意")
	a := office.Post(paths.ToTaskWaiver("FGW-05-202610"), values("kind", "exempt", "reason", "机构调整，本期并入下期")).WantStatus(303)
	page := a.Follow().Want("已提出并初审同意", "赵敏（领导小组办公室）提出免报", "待复核", "初审人：赵敏").Not("复核同意</a>", "市发展改革委提出")
	if n := strings.Count(page.Body, "机构调整，本期并入下期"); n != 2 { // the facts and the history, once each
		t.Errorf("the reason stands %d times", n)
	}
	if got := words(page.Doc().Find(".gz-crumb li").Last()); got == "提出免报" {
		t.Errorf("the way back says %q", got)
	}
	code := strings.TrimPrefix(a.Header.Get("Location"), "/filings/waivers/")
	w.as("office2").Post(paths.ToWaiverMove(code, "confirm"), values("from", "proposed")).WantStatus(303).Follow().
		Want("办公室已同意免报，即行生效；本期不再需要报送。").Not("请到任务页上传文件")
}

func TestWaiverForm_OffersWhatFits(t *testing.T) {
	w := newTown(t)
	kinds := func(task string) string {
		var list []string
		doc := w.as("liaison.zjj").Get(paths.ToTaskWaiver(task)).WantStatus(200).Doc()
		for _, node := range doc.Find("input[name=kind]").Nodes {
			for _, attr := range node.Attr {
				if attr.Key == "value" {
					list = append(list, attr.Val)
				}
			}
		}
		return strings.Join(list, " ")
	}
	if got := kinds("ZJJ-02-202610"); got != "exempt" {
		t.Errorf("an open task: %s", got)
	}
	w.day("2027-02-15")
	if got := kinds("ZJJ-02-202610"); got != "unlock exempt" {
		t.Errorf("a locked task: %s", got)
	}
	liaison := w.as("liaison.zjj")
	liaison.Get(paths.ToTaskWaiver("ZJJ-02-202610")).Want("解锁到", "当日 17:00 重新锁定")
	for until, want := range map[string]string{"": "请填写解锁到哪一天", "2027-02-14": "解锁期限应晚于现在"} {
		liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("kind", "unlock", "reason", "漏报", "until", until)).WantStatus(422).Want(want, "漏报")
	}
	liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("kind", "unlock", "reason", "漏报", "until", "2027.2.26")).WantStatus(303).Follow().
		Want("解锁补报申请", "2027年2月26日 17:00")
}

// TestWaiverForm_IsCalledAfterWhatIsAsked: the title names the kind that was chosen, on the way there or in the form.
func TestWaiverForm_IsCalledAfterWhatIsAsked(t *testing.T) {
	w := newTown(t)
	w.day("2027-02-15")
	liaison, path := w.as("liaison.zjj"), paths.ToTaskWaiver("ZJJ-02-202610")
	called := func(a *testkit.Answer, want string) {
		t.Helper()
		doc := a.Doc()
		if got := words(doc.Find("h1")); got != want || words(doc.Find(".gz-crumb li").Last()) != want || doc.Find("form[aria-label]").FilterFunction(func(_ int, s *goquery.Selection) bool {
			return s.AttrOr("aria-label", "") == want
		}).Length() != 1 {
			t.Errorf("the form is called %q, want %q", got, want)
		}
	}
	called(liaison.Get(path), "申请更正、解锁或免报")
	called(liaison.Get(paths.With(path, "kind", "unlock")), "申请解锁补报")
	called(liaison.Get(paths.With(path, "kind", "exempt")), "申请免报")
	called(liaison.Get(paths.With(path, "kind", "correction")), "申请更正、解锁或免报") // does not fit
	called(liaison.Post(path, values("kind", "unlock", "reason", "")).WantStatus(422), "申请解锁补报")
	called(w.as("office").Get(paths.With(path, "kind", "unlock")), "提出解锁补报")
	link := liaison.Get(paths.ToTask("ZJJ-02-202610")).Doc().Find("#up .gz-file-link a")
	if words(link) != "申请解锁补报" || link.AttrOr("href", "") != paths.With(path, "kind", "unlock") {
		t.Errorf("the task's page leads to %q by %q", link.AttrOr("href", ""), words(link))
	}
}

func TestWaiverForm_IsForLiaisonAndOffice(t *testing.T) {
	w := newTown(t)
	path := paths.ToTaskWaiver("ZJJ-02-202610")
	for user, status := range map[string]int{"chief.zjj": 403, "handler.zjj": 403, "liaison.fgw": 404, "office.dcf": 404, "leader": 403, "bank": 403} {
		w.as(user).Get(path).WantStatus(status)
		w.as(user).Post(path, values("kind", "exempt", "reason", "试试")).WantStatus(status)
	}
}

func TestWaivers_List(t *testing.T) {
	w := newTown(t)
	w.as("liaison.zjj").Get(paths.Waivers).Want("还没有更正与补报申请", "由信息联络员在任务页提出申请")
	for _, task := range []string{"ZJJ-02-202610", "FGW-05-202610"} {
		unit, _, _ := strings.Cut(strings.ToLower(task), "-")
		_, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison."+unit), task, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构调整 " + unit})
		w.ok(err)
	}
	office := w.as("office")
	office.Get(paths.Waivers).Want("2 件", "请您办理 2 件待初审或待复核的申请", "SQ-ZJJ-02-202610-1", "机构调整 fgw")
	office.Get(paths.Waivers+"?state=granted&kind=exempt").Want("没有符合条件的申请", "没有已同意、免报的申请", "清除条件")
	office.Get(paths.Waivers + "?state=asked&kind=exempt").Want("2 件")
	office.Get(paths.Waivers + "?state=evil").Want("2 件")
	w.as("liaison.zjj").Get(paths.Waivers).Want("1 件", "机构调整 zjj").Not("fgw")
	office.Get(paths.Waivers + "?q=机构调整+zjj").Want("1 件").Not("SQ-FGW")
	office.Get(paths.Waivers+"?q=sq-fgw-05").Want("1 件", "机构调整 fgw")
	office.Get(paths.Waivers+"?q=%3Cb%3E&unit=zjj").Want("没有含“<b>”、市住房城乡建设局的申请", "清除条件").Not("导出 ")
	office.Get(paths.Waivers + "?unit=fgw").Want("1 件").Not("机构调整 zjj")
	own := w.as("liaison.zjj").Get(paths.Waivers+"?unit=fgw").Want("1 件", "机构调整 zjj")
	if own.Doc().Find("select[name=unit]").Length() != 0 {
		t.Error("a unit chooses among units")
	}
	w.as("liaison.fgw").Get(paths.ToWaiver("SQ-ZJJ-02-202610-1")).WantStatus(404)
	w.as("office.dcf").Get(paths.ToWaiver("SQ-ZJJ-02-202610-1")).WantStatus(404)
	w.as("office").Get(paths.ToWaiver("SQ-GIBTS-1")).WantStatus(404)
}

// twoAsked is a town with a request of 市住房城乡建设局, agreed to by one person of the Office, and one of 市发展改革委.
func twoAsked(t *testing.T) *town {
	w := newTown(t)
	for _, task := range []string{"ZJJ-02-202610", "FGW-05-202610"} {
		unit, _, _ := strings.Cut(strings.ToLower(task), "-")
		_, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison."+unit), task, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "=HYPERLINK(\"http://evil\") " + unit})
		w.ok(err)
	}
	w.ok(w.Filing.MoveWaiver(t.Context(), w.As("office"), "SQ-ZJJ-02-202610-1", models.VerbPropose, filing.MoveInput{Reason: "+情况属实"}))
	return w
}

func TestWaivers_SortsAndSaysSo(t *testing.T) {
	w := twoAsked(t)
	office := w.as("office")
	for query, want := range map[string]string{"": "提出时间 descending FGW", "?sort=oldest": "提出时间 ascending ZJJ", "?sort=unit": "单位 ascending FGW",
		"?sort=name": "事项 ascending ZJJ", "?sort=evil": "提出时间 descending FGW"} {
		doc := office.Get(paths.Waivers + query).Doc()
		sorted := doc.Find("#waivers th[aria-sort]")
		code := words(doc.Find("#waivers tbody tr").First().Find(".sub").First())
		got := words(sorted) + " " + sorted.AttrOr("aria-sort", "") + " " + strings.Split(code, "-")[1]
		if sorted.Length() != 1 || got != want {
			t.Errorf("%q: sorted by %q, want %q", query, got, want)
		}
	}
}

func TestWaiversExport_HasTheFilteredRequestsAndWhoDecided(t *testing.T) {
	w := twoAsked(t)
	office := w.as("office")
	export := office.Get(paths.Waivers + "?kind=exempt&sort=oldest").Doc().Find(".gz-toolbar .end a")
	if words(export) != "导出 2 件" || export.AttrOr("href", "") != paths.WaiversExport+"?kind=exempt&sort=oldest" {
		t.Errorf("button %q leads to %q", words(export), export.AttrOr("href", ""))
	}
	a := office.Get(export.AttrOr("href", ""))
	if name := a.Header.Get("Content-Disposition"); !strings.Contains(name, url.PathEscape("更正与补报申请.xlsx")) {
		t.Errorf("file name %q", name)
	}
	noFormula(t, paths.WaiversExport, a.Body)
	rows := sheet(t, a)
	if len(rows) != 3+2 || strings.Join(rows[2], "|") != "申请号|单位|事项|期次|申请事项|理由|提出时间|解锁到|状态|最近一步|办理人|办理时间|办理理由" {
		t.Fatalf("rows %v", rows)
	}
	if got := strings.Join(rows[3], "|"); got != `SQ-ZJJ-02-202610-1|市住房城乡建设局|商品房预售许可信息|2026年10月期|免报|=HYPERLINK("http://evil") zjj|2026-11-10 09:00||待复核|初审同意|赵敏|2026-11-10 09:00|+情况属实` {
		t.Errorf("row %s", got)
	}
	if got := rows[4]; got[0] != "SQ-FGW-05-202610-1" || len(got) != 9 || got[8] != "待办公室初审" {
		t.Errorf("a request that nobody has decided on: %v", got)
	}
	for user, want := range map[string]string{"liaison.zjj": "SQ-ZJJ-02-202610-1", "chief.fgw": "SQ-FGW-05-202610-1", "handler.zjj": "SQ-ZJJ-02-202610-1"} {
		if rows := sheet(t, w.as(user).Get(paths.WaiversExport+"?unit=zrzy")); len(rows) != 3+1 || rows[3][0] != want {
			t.Errorf("%s gets %v", user, rows)
		}
	}
	for query, want := range map[string]int{"?state=asked": 1, "?state=granted": 0, "?q=zjj": 1, "?unit=fgw": 1, "?page=9": 2} {
		if rows := sheet(t, office.Get(paths.WaiversExport+query)); len(rows) != 3+want {
			t.Errorf("%s: %d rows, want %d", query, len(rows)-3, want)
		}
	}
	if rows := sheet(t, w.as("office.dcf").Get(paths.WaiversExport)); len(rows) != 3 {
		t.Errorf("another area's Office gets %v", rows)
	}
	for _, user := range []string{"leader", "tax", "auditor", "bank"} {
		w.as(user).Get(paths.WaiversExport).WantStatus(403)
	}
	w.as("auditor").Get("/audit?q=导出申请清单&object=waiver").Want("王静", "1 件", "2 件，事项 免报")
}

func TestWaivers_APageTakesTheSameQueriesWhateverItsLength(t *testing.T) {
	w := twoAsked(t)
	office := w.as("office")
	few := w.Queries(func() { office.Get(paths.Waivers + "?unit=fgw").Want("1 件") })
	many := w.Queries(func() { office.Get(paths.Waivers).Want("2 件") })
	if few != many || many > 20 {
		t.Errorf("%d queries for one row, %d for two", few, many)
	}
}

func TestWaiver_TakenBack(t *testing.T) {
	w := newTown(t)
	made, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.zjj"), "ZJJ-02-202610", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构调整"})
	w.ok(err)
	w.as("office").Get(paths.ToWaiverMove(made.Code, "take_back")).WantStatus(403)
	w.as("liaison.zjj").Get(paths.ToWaiverMove(made.Code, "take_back")).Want("撤回申请？", "撤回后任务按原要求报送")
	w.as("liaison.zjj").Post(paths.ToWaiverMove(made.Code, "take_back"), nil).WantStatus(303).Follow().Want("申请已撤回。", "已撤回")
	w.as("liaison.zjj").Get(paths.ToWaiverMove(made.Code, "nonsense")).WantStatus(404)
	w.as("liaison.zjj").Post(paths.ToWaiverMove(made.Code, "nonsense"), nil).WantStatus(404)
}
