package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// callForm is the form of a call as a browser sends it.
func callForm(pairs ...string) url.Values {
	form := values("unit", "zjj", "due", "2026-11-30", "title", "在建保障房名录", "what", "2026 年在建的保障性住房项目。", "why", "核对耕地占用税的减免。",
		"law", "《中华人民共和国税收征收管理法》", "article", "第六条第一款", "template", "")
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// TestCall_IsRefusedWithoutLawAndArticle holds requirement R2.2-15: by the form, by a request that no form of ours sends, and
// by the service itself.
func TestCall_IsRefusedWithoutLawAndArticle(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	bad := office.Post(paths.CallNew, callForm("law", "", "article", " ")).WantStatus(422)
	bad.Want("有 2 处需要改", "请填写法律、法规名称", "请填写条款", "在建保障房名录", "2026 年在建的保障性住房项目。", `value="2026-11-30"`)
	for _, field := range []string{"law", "article", "what", "why", "title", "due", "unit"} {
		form := callForm()
		form.Del(field)
		office.Post(paths.CallNew, form).WantStatus(422)
	}
	office.Post(paths.CallNew, callForm("due", "2026-11-10")).WantStatus(303) // 17:00 of today is still to come
	office.Post(paths.CallNew, callForm("due", "2026-11-09")).WantStatus(422).Want("答复期限应晚于现在")
	office.Post(paths.CallNew, callForm("template", "made-up")).WantStatus(422).Want("没有这个现行的信息模板")
	w.as("office.dcf").Post(paths.CallNew, callForm()).WantStatus(422).Want("请选择本办公室区划内的单位")

	_, err := w.Desk.Raise(t.Context(), w.As("office"), catalogue.CallInput{Unit: "zjj", Title: "名录", What: "名录", Why: "核对", Due: "2026-11-30"})
	if err == nil {
		t.Error("the service takes a call without law and article")
	}
	for _, who := range []string{"liaison.zjj", "chief.zjj", "leader", "tax", "handler.zjj", "auditor"} {
		w.as(who).Get(paths.CallNew).WantStatus(403)
		w.as(who).Post(paths.CallNew, callForm()).WantStatus(403)
	}
	office.Get(paths.Calls).Want("共 1 件")
}

// TestCall_FromRaiseToSettled is a call with its answer: written by the liaison, signed by the chief, read by the Office.
func TestCall_FromRaiseToSettled(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		w := &town{App: app, t: t, clients: map[string]*testkit.Client{}}
		office, liaison, chief := w.as("office"), w.as("liaison.zjj"), w.as("chief.zjj")
		office.Post(paths.CallNew, callForm()).WantStatus(303).Follow().Want("已提出，列入市住房城乡建设局的工作台", "XQ-2026-001", "待答复", "《中华人民共和国税收征收管理法》　第六条第一款", "请联络员王静在 11月30日（周一）17:00 前答复")
		call, reply := paths.ToCall("XQ-2026-001"), paths.ToCallPart(paths.CallReply, "xq-2026-001")
		liaison.Get(paths.Home).Want("专项需求　在建保障房名录", "去答复")
		liaison.Get(call).WantStatus(200).Want("答复", "依法不予提供", "核对耕地占用税的减免。")
		liaison.Upload(reply, "空.txt", nil).WantStatus(422).Want("文件“空.txt”是空的")
		liaison.Upload(reply, "../名录.csv", []byte("项目\n水城嘉园")).WantStatus(303).Follow().Want("答复已提交，等分管负责人审签", "名录.csv", "尚未审签", "请分管负责人刘志远在")
		file := paths.ToCallFile("xq-2026-001", "1", "0")
		office.Get(call).WantStatus(200).Want("答复待审签").Not("名录.csv")
		office.Get(file).WantStatus(404)
		liaison.Post(paths.ToCallMove("xq-2026-001", "sign_reply"), values("from", "replying")).WantStatus(403)
		chief.Get(paths.ToCallMove("xq-2026-001", "sign_reply")).WantStatus(200).Want("审签答复？")
		chief.Post(paths.ToCallMove("xq-2026-001", "sign_reply"), values("from", "replying")).WantStatus(303).Follow().Want("已审签，送办公室确认")
		office.Get(paths.Home).Want("去确认")
		office.Get(call).Want("已答复待确认", "名录.csv", "刘志远 审签", "确认办结", "请单位补充")
		if got := office.Get(file).WantStatus(200); got.Body != "项目\n水城嘉园" {
			t.Errorf("the file holds %q", got.Body)
		}
		office.Post(paths.ToCallMove("xq-2026-001", "ask_again"), values("from", "replied", "reason", "", "due", "2026-11-01")).WantStatus(422).Want("请填写")
		office.Post(paths.ToCallMove("xq-2026-001", "settle"), values("from", "replying")).WantStatus(409)
		office.Post(paths.ToCallMove("xq-2026-001", "settle"), values("from", "replied")).WantStatus(303).Follow().Want("本件已办结", "办结时间")
		liaison.Upload(reply, "名录.csv", []byte("x")).WantStatus(409)
		w.as("auditor").Get(paths.Audit+"?object=call").Want("提交答复", "审签答复", "确认办结", "名录.csv")
	})
}

func TestCall_MayBeRefusedOnLegalGrounds(t *testing.T) {
	w := newTown(t)
	code := w.call("zjj", "")
	liaison, chief, office := w.as("liaison.zjj"), w.as("chief.zjj"), w.as("office")
	refuse := paths.ToCallPart(paths.CallRefuse, code)
	liaison.Get(refuse).WantStatus(200).Want("法律、法规名称和条款")
	liaison.Post(refuse, values("law", "", "text", "属于统计调查资料。")).WantStatus(422).Want("请填写不予提供所依据的法律、法规名称和条款", "属于统计调查资料。")
	liaison.Post(refuse, values("law", "《中华人民共和国统计法》第九条", "text", "")).WantStatus(422).Want("请填写理由", "《中华人民共和国统计法》第九条")
	liaison.Post(refuse, values("law", "《中华人民共和国统计法》第九条", "text", "属于统计调查资料。")).WantStatus(303).Follow().Want("不予提供待审签")
	office.Get(paths.ToCall(code)).Not("属于统计调查资料。", "统计法") // nobody has signed it
	chief.Post(paths.ToCallMove(code, "send_back_reply"), values("from", "refusing", "reason", "")).WantStatus(422).Want("请填写")
	chief.Post(paths.ToCallMove(code, "sign_refusal"), values("from", "refusing")).WantStatus(303)
	office.Get(paths.ToCall(code)).Want("依法不予提供", "《中华人民共和国统计法》第九条", "属于统计调查资料。", "另行协商")
	office.Get(paths.Calls+"?state=refused_by_law").Want("共 1 件", code)
	w.as("auditor").Get(paths.Audit + "?object=call").Want("审签不予提供")
}

// TestCall_WithATemplateRunsAsAFiling holds that the answer is checked, signed and accepted like every filing.
func TestCall_WithATemplateRunsAsAFiling(t *testing.T) {
	w := newTown(t)
	code := w.call("fgw", "zjj-02")
	task := code + "-ONCE"
	liaison := w.as("liaison.fgw")
	liaison.Get(paths.ToCall(code)).Want("按模板“商品房预售许可信息”报送，见任务 "+task, "去报送任务", "依法不予提供")
	liaison.Get(paths.ToCallPart(paths.CallReply, code)).WantStatus(409).Want("按模板报送")
	liaison.Get(paths.Catalogue + "?q=保障房名录").Want("没有符合条件的目录项") // a call is none of the plan's matters
	file := w.File("报送.csv", testkit.RowsOf(t, "zjj-02", testkit.FirstMonth, 5).CSV())
	b, err := w.Filing.Upload(t.Context(), w.As("liaison.fgw"), task, []filing.UploadedFile{file})
	w.ok(err)
	w.Work()
	w.move("liaison.fgw", b.Code, models.VerbSubmit, filing.MoveInput{})
	w.move("chief.fgw", b.Code, models.VerbSign, filing.MoveInput{})
	w.move("office", b.Code, models.VerbAccept, filing.MoveInput{})
	w.as("office").Get(paths.ToCall(code)).Want("已办结", "按模板报送已受理")
}

func TestCalls_WhoSeesWhich(t *testing.T) {
	w := newTown(t)
	code := w.call("zjj", "")
	w.call("fgw", "")
	for _, path := range []string{paths.ToCall(code), paths.ToCallFile(code, "1", "0"), paths.ToCallMove(code, "reply"), paths.ToCall("XQ-2026-999")} {
		w.as("liaison.fgw").Get(path).WantStatus(404)
		w.as("office.gt").Get(path).WantStatus(404)
	}
	w.as("liaison.fgw").Post(paths.ToCallPart(paths.CallRefuse, code), values("law", "x", "text", "y")).WantStatus(404)
	w.as("liaison.zjj").Get(paths.Calls).Want("共 1 件", code).Not("XQ-2026-002")
	w.as("office").Get(paths.Calls).Want("共 2 件")
	w.as("office").Get(paths.Calls+"?unit=fgw").Want("共 1 件", "XQ-2026-002")
	w.as("office").Get(paths.Calls + "?q=没有这一项").Want("没有符合条件的专项需求")
	w.as("office.gt").Get(paths.Calls).Want("还没有专项需求")
	for _, who := range []string{"leader", "tax", "handler.zjj", "bank", "auditor"} {
		w.as(who).Get(paths.Calls).WantStatus(403)
	}
	rows := sheet(t, w.as("office").Get(paths.CallsExport+"?unit=zjj"))
	if got := strings.Join(rows[3], "|"); len(rows) != 4 || !strings.HasPrefix(got, code+"|市住房城乡建设局|保障房名录|2025 年在建项目|核对耕地占用税的减免|《中华人民共和国税收征收管理法》|第六条|") {
		t.Errorf("%d rows, %s", len(rows), got)
	}
	w.as("auditor").Get(paths.Audit+"?object=call").Want("导出", "1 件")
	w.day("2026-12-01")
	w.as("liaison.zjj").Get(paths.Calls+"?state=late").Want("请您今天先办理 1 件", "待答复，已逾期")
}

// TestProposals_AreDecidedByTheOffice is a proposal from the unit to the change that follows it.
func TestProposals_AreDecidedByTheOffice(t *testing.T) {
	w := newTown(t)
	liaison, office := w.as("liaison.zjj"), w.as("office")
	path := paths.ToItemPart(paths.ItemPropose, "zjj-06")
	liaison.Post(path, values("kind", "", "text", "由每年改为每半年。", "reason", "")).WantStatus(422).Want("请选择申请修改还是停用", "请填写理由", "由每年改为每半年。")
	liaison.Post(path, values("kind", "edit", "text", "由每年改为每半年。", "reason", "返还按半年核定。")).WantStatus(303).Follow().Want("申请已提交", "BG-2026-001", "待办公室答复", "撤回申请")
	office.Get(paths.Home).Want("目录变更申请　新型墙体材料基金返还信息", "去答复")
	office.Get(paths.Catalogue).Want("请您答复 1 件目录变更申请")
	office.Get(paths.ToItem("zjj-06")).Want("请办公室答复本项的 1 件", "BG-2026-001")
	office.Get(paths.Catalogue+"?state=proposed").Want("共 1 项", "申请变更 1 件")
	office.Post(paths.ToProposalMove("bg-2026-001", "decline"), values("from", "tabled", "reason", "")).WantStatus(422).Want("请填写")
	office.Post(paths.ToProposalMove("bg-2026-001", "adopt"), values("from", "adopted")).WantStatus(409)
	office.Post(paths.ToProposalMove("bg-2026-001", "adopt"), values("from", string(models.ProposalTabled))).WantStatus(303).Follow().Want("已采纳，请接着修改目录项", "去修改")
	form := itemForm("cycle", "half", "due_days", "30", "lock_days", "60", "subject_kind", "organisation", "from", "2027-01", "reason", "据变更申请修改。", "seen", "0", "proposal", "BG-2026-001")
	office.Post(paths.ToItemPart(paths.ItemEdit, "zjj-06"), form).WantStatus(303).Follow().Want("据变更申请 BG-2026-001", "更新周期 每年 → 每半年")
	liaison.Get(paths.ToProposal("bg-2026-001")).Want("已采纳", "办理结果", "自2027年1月期起").Not("去修改")

	w.propose("zjj-06")
	office.Post(paths.ToProposalMove("bg-2026-002", "decline"), values("from", string(models.ProposalTabled), "reason", "方案列明按年提供。")).WantStatus(303)
	liaison.Get(paths.ToProposal("bg-2026-002")).Want("未采纳", "方案列明按年提供。").Not("撤回申请")
	w.propose("zjj-09")
	liaison.Post(paths.ToProposalMove("bg-2026-003", "take_back_proposal"), values("from", string(models.ProposalTabled))).WantStatus(303).Follow().Want("申请已撤回")
	office.Get(paths.Proposals + "?kind=edit&unit=zjj&sort=oldest").Want("共 3 件")
	if rows := sheet(t, liaison.Get(paths.ProposalsExport+"?state=declined")); len(rows) != 4 || rows[3][0] != "BG-2026-002" {
		t.Errorf("%d rows, %q", len(rows), rows[len(rows)-1])
	}
	w.as("auditor").Get(paths.Audit+"?object=proposal").Want("导出", "采纳", "方案列明按年提供。")
}

func TestProposals_WhoSpeaksForWhom(t *testing.T) {
	w := newTown(t)
	code := w.propose("zjj-06")
	propose := paths.ToItemPart(paths.ItemPropose, "zjj-06")
	w.as("liaison.fgw").Get(propose).WantStatus(403)
	w.as("liaison.fgw").Get(paths.ToProposal(code)).WantStatus(404)
	w.as("liaison.fgw").Get(paths.Proposals).Want("还没有变更申请")
	w.as("liaison.fgw").Post(paths.ToProposalMove(code, "take_back_proposal"), values("from", "tabled")).WantStatus(404)
	w.as("chief.zjj").Get(propose).WantStatus(200)
	w.as("tax").Get(propose).WantStatus(200)
	w.as("tax").Post(paths.ProposalNew, values("unit", "sj", "text", "投资审计核减额。", "reason", "核对建筑服务收入。")).WantStatus(303).Follow().Want("市审计局", "BG-2026-002")
	w.as("liaison.zjj").Post(paths.ProposalNew, values("unit", "sj", "text", "x", "reason", "y")).WantStatus(422) // of its own list alone
	w.as("office").Get(paths.ToProposalMove("BG-2026-002", "adopt")).WantStatus(200)
	w.as("office").Get(paths.ToProposalMove(code, "nothing")).WantStatus(404)
	w.as("liaison.zjj").Post(paths.ToProposalMove(code, "adopt"), values("from", "tabled")).WantStatus(403)
	for _, who := range []string{"leader", "handler.zjj"} {
		w.as(who).Get(propose).WantStatus(403)
	}
}

// TestCall_ReachesAUnitThatThePlanDoesNotList holds requirement R2.2-14: the unit is entered in the directory, and its liaison
// sees this one call and nothing of others.
func TestCall_ReachesAUnitThatThePlanDoesNotList(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	office.Post(paths.Units, unitForm("")).WantStatus(303)
	w.staff("qx")
	other := w.call("zjj", "")
	office.Get(paths.CallNew).Want("市气象局")
	office.Post(paths.CallNew, callForm("unit", "qx", "title", "暴雨灾害证明名录")).WantStatus(303)
	ctx, liaison := t.Context(), w.As("liaison.qx")
	list, total, err := w.Desk.Calls(ctx, liaison, catalogue.CallFilter{Page: 1, Size: 20})
	if w.ok(err); total != 1 || list[0].Title != "暴雨灾害证明名录" {
		t.Fatalf("the new unit sees %d calls", total)
	}
	if _, err := w.Desk.Call(ctx, liaison, other); err == nil {
		t.Error("the new unit sees another's call")
	}
	w.ok(w.Desk.Reply(ctx, liaison, list[0].Code, catalogue.ReplyInput{Text: "本年没有出具暴雨灾害证明。"}))
	w.ok(w.Desk.MoveCall(ctx, w.As("chief.qx"), list[0].Code, models.VerbSignReply, catalogue.MoveInput{}))
	office.Get(paths.ToCall(list[0].Code)).Want("已答复待确认", "本年没有出具暴雨灾害证明。")
}
