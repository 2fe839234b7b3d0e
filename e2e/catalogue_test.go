package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
)

// TestCatalogue is the Office at work on the catalogue with a unit: it adds an item to an open list, which the unit sees;
// the unit proposes a change, which the Office decides; the Office calls for information, which the unit answers.
func TestCatalogue(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { worksOnCatalogue(t, s, (*site).as) })
}

// TestCatalogueWithoutScript is the same with JavaScript switched off.
func TestCatalogueWithoutScript(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { worksOnCatalogue(t, s, (*site).withoutScript) })
}

func worksOnCatalogue(t *testing.T, s *site, enter enter) {
	p := team{liaison: enter(s, t, "liaison.zjj"), chief: enter(s, t, "chief.zjj"), office: enter(s, t, "office")}
	p.addItem()
	p.proposeChange()
	p.decideChange()
	p.callForInformation()
	p.answerCall(t)
	p.settleCall()
	p.refuseCall()
}

// addItem adds an item to an open list, after the form has asked for what was left out; the unit sees it, marked.
func (p team) addItem() {
	office := p.office
	office.open(paths.Catalogue)
	office.wait("35 个成员单位，148 个目录项")
	office.shotWide("40-catalogue")
	office.click("市住房城乡建设局")
	office.wait("方案原文　二（二）8", "商品房预售许可信息", "末尾有“等”字")
	office.shot("41-catalogue-unit")
	audited(office)
	office.click("补充目录项")
	office.wait("市发展改革委（封闭清单）")
	office.fill("名称", "商品房预售资金监管信息")
	office.choose("主体类别", "项目")
	office.tick("土地增值税")
	office.tick("涉商业信息")
	office.fill("共享条件", "经申请、授权后使用")
	office.expects("422")
	office.click("补充目录项") // without basis and reason
	office.wait("有 2 处需要改", "请填写法律、法规或文件依据", "请填写理由")
	office.see(`document.querySelector("#f-name").value === "商品房预售资金监管信息"`)
	audited(office)
	office.fill("依据", "《城市商品房预售管理办法》第十一条")
	office.fill("理由", "清算土地增值税需要掌握监管账户的收支。")
	office.click("补充目录项")
	office.wait("已补充 ZJJ-11", "补充", "办公室 2026-11-10 决定补充，不在方案原文中", "清算土地增值税需要掌握监管账户的收支。")
	office.shot("42-item-added")
	audited(office)

	office.open(paths.With(paths.CatalogueNew, "unit", "fgw"))
	office.wait("末尾没有“等”字，是封闭清单", "已知这是封闭清单，确有依据需要补充")
	audited(office)

	p.liaison.open(paths.With(paths.Catalogue, "unit", "zjj"))
	p.liaison.wait("办公室补充：", "商品房预售资金监管信息", "ZJJ-11")
	p.liaison.not("补充目录项")
	p.liaison.click("商品房预售资金监管信息")
	p.liaison.wait("《城市商品房预售管理办法》第十一条", "无模板，不产生报送任务")
}

func (p team) proposeChange() {
	p.liaison.open(paths.ToItem("zjj-06"))
	p.liaison.click("提出变更")
	p.liaison.fill("变更内容", "更新周期由每年改为每半年。")
	p.liaison.expects("422")
	p.liaison.click("提交申请")
	p.liaison.wait("请填写理由")
	p.liaison.see(`document.querySelector("#f-text").value === "更新周期由每年改为每半年。"`)
	audited(p.liaison)
	p.liaison.fill("理由", "返还按半年核定。")
	p.liaison.click("提交申请")
	p.liaison.wait("申请已提交", "BG-2026-001", "待办公室答复")
	p.liaison.shot("43-proposal")
	audited(p.liaison)
}

// decideChange adopts the proposal and changes the item from the next year on.
func (p team) decideChange() {
	office := p.office
	office.open(paths.Catalogue)
	office.wait("请您答复 1 件目录变更申请")
	office.click("去答复")
	office.click("BG-2026-001")
	office.wait("返还按半年核定。")
	office.click("采纳")
	office.wait("采纳？")
	audited(office)
	office.click("采纳")
	office.wait("已采纳，请接着修改目录项")
	office.click("去修改")
	office.choose("更新周期", "每半年")
	office.fill("期满后第几天截止", "30")
	office.choose("自哪一期起生效", "2027年1月期起")
	office.fill("理由", "据变更申请修改。")
	audited(office)
	office.click("保存修改")
	office.wait("已保存，自2027年1月期起生效", "更新周期 每年 → 每半年", "据变更申请 BG-2026-001", "（待生效）")
	office.shot("44-item-changed")
	audited(office)
	p.liaison.open(paths.ToProposal("BG-2026-001"))
	p.liaison.wait("已采纳", "办理结果", "自2027年1月期起")
}

// callForInformation is refused without law and article, and taken with them.
func (p team) callForInformation() {
	office := p.office
	office.open(paths.Calls)
	office.wait("还没有专项需求")
	office.click("提出需求")
	office.choose("单位", "市住房城乡建设局")
	office.fill("答复期限", "2026-11-30")
	office.fill("需求事项", "在建保障性住房项目名录")
	office.fill("所需信息", "2026 年在建的保障性住房项目及其建设单位。")
	office.fill("用途", "核对耕地占用税的减免。")
	office.expects("422")
	office.click("提出需求")
	office.wait("有 2 处需要改", "请填写法律、法规名称", "请填写条款")
	office.see(`document.querySelector("#f-title").value === "在建保障性住房项目名录"`)
	office.shot("45-call-refused")
	audited(office)
	office.fill("法律、法规名称", law)
	office.fill("条款", article)
	office.click("提出需求")
	office.wait("已提出，列入市住房城乡建设局的工作台", "XQ-2026-001", "待答复")
	audited(office)
}

// answerCall lets the liaison answer with a file and the chief sign.
func (p team) answerCall(t *testing.T) {
	file := filepath.Join(t.TempDir(), "在建项目.csv")
	if err := os.WriteFile(file, []byte("项目名称\n水城嘉园\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	liaison := p.liaison
	liaison.open(paths.Calls)
	liaison.wait("请您办理 1 件专项需求")
	liaison.click("去答复")
	liaison.wait("核对耕地占用税的减免。", "第六条第一款")
	liaison.click("答复")
	liaison.expects("422")
	liaison.click("提交答复")
	liaison.wait("请填写答复，或附上文件。")
	audited(liaison)
	liaison.fill("答复", "2026 年在建 1 个项目，名录见附件。")
	liaison.files(file)
	liaison.click("提交答复")
	liaison.wait("答复已提交，等分管负责人审签", "在建项目.csv", "尚未审签")
	audited(liaison)

	p.office.open(paths.ToCall("XQ-2026-001"))
	p.office.wait("答复待审签")
	p.office.not("名录见附件", "在建项目.csv") // nobody has signed it

	p.chief.open(paths.ToCall("XQ-2026-001"))
	p.chief.wait("名录见附件", "在建项目.csv")
	p.chief.click("审签答复")
	p.chief.wait("审签即确认答复属实")
	audited(p.chief)
	p.chief.click("审签答复")
	p.chief.wait("已审签，送办公室确认")
}

// settleCall is the Office's: it reads the signed answer and closes the call.
func (p team) settleCall() {
	p.office.open(paths.ToCall("XQ-2026-001"))
	p.office.wait("名录见附件", "在建项目.csv", "刘志远 审签")
	p.office.shot("46-call-answered")
	audited(p.office)
	p.office.click("确认办结")
	p.office.wait("确认办结？")
	p.office.click("确认办结")
	p.office.wait("本件已办结", "办结时间")
}

// refuseCall is a second call, which the unit refuses on legal grounds that the Office reads once they are signed.
func (p team) refuseCall() {
	code := desk{p.office.site, p.office.t}.call(catalogue.CallInput{Unit: "zjj", Title: "逐项目投资额", What: "2025 年统计调查的逐项目投资额。", Why: "核对印花税。", Due: "2026-11-30"}, nil, false)
	p.liaison.open(paths.ToCall(code))
	p.liaison.click("依法不予提供")
	p.liaison.expects("422")
	p.liaison.click("提交审签")
	p.liaison.wait("请填写不予提供所依据的法律、法规名称和条款", "请填写理由")
	audited(p.liaison)
	p.liaison.fill("法律、法规名称和条款", "《中华人民共和国统计法》第九条")
	p.liaison.fill("理由", "属于统计调查中获得的单个对象资料。")
	p.liaison.click("提交审签")
	p.liaison.wait("不予提供待审签")
	p.chief.open(paths.ToCall(code))
	p.chief.click("审签不予提供")
	p.chief.click("审签不予提供")
	p.chief.wait("依据和理由已送达办公室")
	p.office.open(paths.ToCall(code))
	p.office.wait("依法不予提供", "《中华人民共和国统计法》第九条", "属于统计调查中获得的单个对象资料。", "另行协商")
	p.office.shot("47-call-refused")
	audited(p.office)
}
