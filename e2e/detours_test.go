package e2e_test

import (
	"testing"

	"taxportal/internal/paths"
)

// team are the people of a longer journey, each at a machine of their own.
type team struct {
	liaison, chief, office, office2 *person
}

// TestDetours goes the ways beside the straight one, in one filing: nil return, withdraw, send back, return with a
// reason and a new due, mending in time, and a correction to which two people of the Office consent.
func TestDetours(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.work(t)
		p := team{s.as(t, "liaison.zjj"), s.as(t, "chief.zjj"), s.as(t, "office"), s.as(t, "office2")}
		p.talk()
		p.declareNil()
		p.withdraw()
		p.sendBack()
		p.returnForMending()
		p.mend(t)
		p.askForCorrection()
		p.consent()
		p.correct(t)
	})
}

// talk lets the liaison ask and the Office answer on the task itself.
func (p team) talk() {
	p.liaison.open(paths.ToTask(task))
	p.liaison.fill("写留言", "十月只有变更，没有新发证，怎样报？")
	p.liaison.click("发送留言")
	p.liaison.wait("留言已发出")
	p.office.open(paths.ToTask(task))
	p.office.wait("十月只有变更，没有新发证，怎样报？")
	p.office.fill("写留言", "变更的也要报，见填报说明。")
	p.office.click("发送留言")
	p.liaison.reload()
	p.liaison.wait("变更的也要报，见填报说明。")
}

func (p team) declareNil() {
	p.liaison.open(paths.ToTask(task))
	p.liaison.click("本期确无数据？办理零报送")
	p.liaison.wait("办理零报送？")
	p.liaison.fill("本期确无数据的原因", "十月没有核发预售许可证。")
	p.liaison.shot("20-nil")
	p.liaison.click("办理零报送")
	p.liaison.wait("已记为零报送", "校验通过", "十月没有核发预售许可证。")
	p.submit()
}

func (p team) submit() {
	p.liaison.click("提交审签")
	p.liaison.wait("提交审签？")
	p.liaison.click("提交审签")
	p.liaison.wait("已提交审签")
}

func (p team) sign() {
	p.chief.open(paths.Home)
	p.chief.click("去审签")
	p.chief.click("审签")
	p.chief.wait("审签？")
	p.chief.click("审签")
	p.chief.wait("已审签")
}

func (p team) accept(batch string) {
	p.office.open(paths.ToBatch(batch))
	p.office.click("受理")
	p.office.wait("受理？")
	p.office.click("受理")
	p.office.wait("已受理，数据已生效", "已生效")
}

func (p team) withdraw() {
	p.liaison.click("撤回")
	p.liaison.wait("撤回？")
	p.liaison.click("撤回")
	p.liaison.wait("已撤回", "校验通过")
	p.submit()
}

func (p team) sendBack() {
	p.chief.open(paths.Home)
	p.chief.click("去审签")
	p.chief.click("退回联络员")
	p.chief.expects("422")
	p.chief.click("退回联络员") // without a reason
	p.chief.wait("有 1 处需要改")
	p.chief.audit()
	p.chief.fill("退回联络员的理由", "十月二十日核发过一件，请核对。")
	p.chief.click("退回联络员")
	p.chief.wait("已退回联络员，理由已告知", "十月二十日核发过一件")
	p.liaison.open(paths.ToTask(task))
	p.liaison.wait("校验通过", "十月二十日核发过一件，请核对。")
	p.submit()
	p.sign()
}

func (p team) returnForMending() {
	p.office.open(paths.ToBatch("zjj-02-202610-1"))
	p.office.wait("零报送", "待受理")
	p.office.click("退回批次")
	p.office.wait("退回批次？")
	p.office.see(`document.querySelector("#f-due").value === "2026-11-17"`) // five working days from the 10th
	p.office.fill("退回批次的理由", "预售系统显示十月核发二件，请报数据。")
	p.office.fill("补正期限", "2026-11-16")
	p.office.shot("21-return")
	p.office.click("退回批次")
	p.office.wait("已退回，理由和补正期限已告知报送单位")
}

func (p team) mend(t *testing.T) {
	p.liaison.open(paths.Home)
	p.liaison.wait("退回补正")
	p.liaison.click("去补正")
	p.liaison.wait("请联络员王静在 11月16日", "预售系统显示十月核发二件，请报数据。")
	p.liaison.shot("22-returned")
	p.liaison.audit()
	p.liaison.upload(csvFile(t, "补正.csv", register(t)))
	p.liaison.wait("30 合格", "校验通过")
	p.submit()
	p.sign()
	p.accept("zjj-02-202610-2")
	p.office.open(paths.Matrix)
	p.office.see(`document.querySelector('[aria-label="市住房城乡建设局 2026年10月期 按时 1/1 项（已报/应报）"]') !== null`)
}

func (p team) askForCorrection() {
	p.liaison.open(paths.ToTask(task))
	p.liaison.click("申请更正")
	p.liaison.tick("更正")
	p.liaison.fill("理由", "聊房预售字 3 件的面积按预测绘成果修正。")
	p.liaison.shot("23-waiver-form")
	p.liaison.click("提交申请")
	p.liaison.wait("待办公室初审")
}

// consent shows that one person of the Office is not enough.
func (p team) consent() {
	p.office.open(paths.Home)
	p.office.click("去办理")
	p.office.click("初审同意")
	p.office.fill("初审同意的理由", "情况属实。")
	p.office.click("初审同意")
	p.office.wait("待复核", "等办公室另一人复核")
	p.office.not("复核同意？")
	p.office.see(`!Array.from(document.querySelectorAll("a.btn")).some((a) => a.textContent.includes("复核同意"))`)
	p.office.shot("24-waiver")
	p.office2.open(paths.Home)
	p.office2.click("去办理")
	p.office2.click("复核同意")
	p.office2.wait("复核同意？")
	p.office2.click("复核同意")
	p.office2.wait("已同意")
}

func (p team) correct(t *testing.T) {
	p.liaison.open(paths.Home)
	p.liaison.click("去更正")
	p.liaison.wait("上传更正文件")
	p.liaison.upload(csvFile(t, "更正.csv", register(t).Set(1, "address", "聊城市东昌府区示范路 8 号")))
	p.liaison.wait("（更正）", "30 合格")
	p.submit()
	p.sign()
	p.accept("zjj-02-202610-3")
	p.office.open(paths.ToBatch("zjj-02-202610-2"))
	p.office.wait("被替代")
}

// TestTwoPeopleAtOnce lets two people of the Office decide the same batch: the second is told who was first.
func TestTwoPeopleAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		batch := s.signed(t)
		first, second := s.as(t, "office"), s.as(t, "office2")
		for _, p := range []*person{first, second} {
			p.open(paths.ToBatchMove(batch, "accept"))
			p.wait("受理？")
		}
		first.click("受理")
		first.wait("已受理，数据已生效")
		second.expects("409")
		second.click("受理")
		second.wait("受理没有办成", "您打开页面后，批次 ZJJ-02-202610-1 已变为“已生效”", "事件编号")
		second.shot("25-conflict")
		second.audit()
		second.click("查看最新状态")
		second.wait("已生效")
	})
}
