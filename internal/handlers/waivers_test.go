package handlers_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
)

func TestWaivers_FromTheRequestToItsEffect(t *testing.T) {
	w := newTown(t)
	w.accepted("ZJJ-02-202610", 20)
	liaison, office, office2 := w.as("liaison.zjj"), w.as("office"), w.as("office2")

	a := liaison.Get(paths.ToTaskWaiver("ZJJ-02-202610")).WantStatus(200).Want("申请更正、解锁或免报", "两人先后同意", "更正批次受理前，原批次继续有效")
	if a.Doc().Find("input[type=radio]").Length() != 1 || a.Doc().Find("input[type=radio][checked]").Length() != 1 || a.Doc().Find("input[name=until]").Length() != 0 {
		t.Error("what does not fit a filed task is offered")
	}
	liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("kind", "correction", "reason", " ")).WantStatus(422).Want("请填写理由")
	liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("reason", "“面积”列 3 行有误")).WantStatus(422).Want("请选择申请事项", "“面积”列 3 行有误")
	asked := liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("kind", "correction", "reason", "“面积”列 3 行有误")).WantStatus(303)
	waiver := asked.Header.Get("Location")
	asked.Follow().Want("申请已提交", "更正申请 商品房预售许可信息 2026年10月期", "待办公室初审", "请办公室赵敏初审", "撤回申请", "市住房城乡建设局提出更正申请").
		Not("复核同意", "初审同意</a>")
	liaison.Post(paths.ToTaskWaiver("ZJJ-02-202610"), values("kind", "correction", "reason", "再来一次")).WantStatus(409).Want("已有同类申请正在办理")

	code := strings.TrimPrefix(waiver, "/filings/waivers/")
	office.Get(paths.ToWaiverMove(code, "propose")).WantStatus(200).Want("初审同意？", "由办公室另一人复核才生效", "初审同意的理由")
	office.Post(paths.ToWaiverMove(code, "propose"), values("reason", "", "from", "asked")).WantStatus(422).Want("请填写理由")
	office.Post(paths.ToWaiverMove(code, "propose"), values("reason", "情况属实", "from", "asked")).WantStatus(303).Follow().
		Want("已初审同意，等办公室另一人复核。", "待复核", "初审人：赵敏", "情况属实").Not("复核同意</a>")
	office.Get(paths.ToWaiverMove(code, "confirm")).WantStatus(403).Want("须由办公室两人分别办理")
	office.Post(paths.ToWaiverMove(code, "confirm"), nil).WantStatus(403).Want("复核同意须由另一人办理")
	liaison.Post(paths.ToWaiverMove(code, "confirm"), nil).WantStatus(403)
	office2.Post(paths.ToWaiverMove(code, "refuse"), values("reason", "迟了", "from", "asked")).WantStatus(409).Want("已变为“待复核”")

	office2.Get(waiver).Want("复核同意", "不同意")
	office2.Post(paths.ToWaiverMove(code, "confirm"), values("from", "proposed")).WantStatus(303).Follow().
		Want("已复核同意，即行生效。", "已同意", "办公室已同意更正，即行生效；更正或解锁补报的，请到任务页上传文件。")
	office2.Get(paths.ToWaiverMove(code, "confirm")).WantStatus(409).Want("现在的状态是“已同意”")
	liaison.Get(paths.ToTaskWaiver("ZJJ-02-202610")).WantStatus(409).Want("已同意更正")
	liaison.Get(paths.Home).Want("去更正", "办公室已同意更正，请上传更正文件")
}

func TestWaivers_TheOfficeRaisesOneItself(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	office.Get(paths.ToTaskWaiver("FGW-05-202610")).Want("提出更正、解锁或免报", "另一人复核", "提出并初审同意")
	a := office.Post(paths.ToTaskWaiver("FGW-05-202610"), values("kind", "exempt", "reason", "机构调整，本期并入下期")).WantStatus(303)
	page := a.Follow().Want("已提出并初审同意", "办公室提出免报", "待复核", "初审人：赵敏").Not("复核同意</a>", "市发展改革委提出")
	if n := strings.Count(page.Body, "机构调整，本期并入下期"); n != 2 { // the facts and the history, once each
		t.Errorf("the reason stands %d times", n)
	}
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
	w.as("liaison.fgw").Get(paths.ToWaiver("SQ-ZJJ-02-202610-1")).WantStatus(404)
	w.as("office.dcf").Get(paths.ToWaiver("SQ-ZJJ-02-202610-1")).WantStatus(404)
	w.as("office").Get(paths.ToWaiver("SQ-GIBTS-1")).WantStatus(404)
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
