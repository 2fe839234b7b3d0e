package e2e_test

import (
	"testing"

	"taxportal/internal/paths"
)

// TestUnlock files a period that is locked: the liaison asks, one person of the Office agrees and another confirms, the
// liaison files within the time given, and the filing counts as late.
func TestUnlock(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.Clock.Set("2027-02-15", 9, 0)
		s.work(t)
		p := team{s.as(t, "liaison.zjj"), s.as(t, "chief.zjj"), s.as(t, "office"), s.as(t, "office2")}
		p.askForUnlocking()
		p.decideOnUnlocking()
		p.fileLate(t)
	})
}

// TestUnlockWithoutScript is the same with JavaScript switched off.
func TestUnlockWithoutScript(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.Clock.Set("2027-02-15", 9, 0)
		s.work(t)
		p := team{s.withoutScript(t, "liaison.zjj"), s.withoutScript(t, "chief.zjj"), s.withoutScript(t, "office"), s.withoutScript(t, "office2")}
		p.askForUnlocking()
		p.decideOnUnlocking()
		p.fileLate(t)
	})
}

func (p team) askForUnlocking() {
	p.liaison.open(paths.Home)
	p.liaison.wait("已锁定，补报须申请解锁")
	p.liaison.shot("30-workbench-locked")
	p.liaison.open(paths.ToTask(task))
	p.liaison.wait("逾期未报", "本期已锁定，请联络员王静先申请解锁补报", "锁定，不能再报送。需要补报的，请申请解锁", "申请解锁补报")
	p.liaison.shot("31-task-locked")
	p.liaison.look()
	p.liaison.click("申请解锁补报")
	p.liaison.wait("申请解锁补报", "由办公室两人先后同意后生效", "在解锁期限前可以上传补报，仍计为逾期补报")
	p.liaison.see(`document.querySelector("input[name=kind][value=unlock]").checked`)
	p.liaison.expects("422")
	p.liaison.click("提交申请")
	p.liaison.wait("有 2 处需要改", "请填写理由", "请填写解锁到哪一天")
	p.liaison.look()
	p.liaison.fill("理由", "十月漏报，现已核对齐全。")
	p.liaison.fill("解锁到", "2027-02-26")
	p.liaison.shot("32-unlock-form")
	p.liaison.click("提交申请")
	p.liaison.wait("待办公室初审", "解锁补报申请", "2027年2月26日 17:00")
	p.liaison.open(paths.ToTask(task))
	p.liaison.wait("解锁补报申请 SQ-ZJJ-02-202610-1 正在办理，请等办公室两人先后同意", "正在办理（待办公室初审）")
	p.liaison.shot("33-task-asked")
}

// look checks the page with axe, which is itself a script.
func (p *person) look() {
	p.t.Helper()
	if p.scripted {
		p.audit()
	}
}

func (p team) decideOnUnlocking() {
	p.office2.open(paths.Home)
	p.office2.click("去办理")
	p.office2.wait("请办公室赵敏初审", "您可以办理。") // named is one, the colleague may as well
	p.office.open(paths.Home)
	p.office.click("去办理")
	p.office.click("初审同意")
	p.office.fill("初审同意的理由", "情况属实，同意补报。")
	p.office.click("初审同意")
	p.office.wait("待复核", "等办公室另一人复核")
	p.office.not("您可以办理")
	p.office2.expects("409")
	p.office2.click("初审同意") // on the page that still shows the request as it was
	p.office2.wait("没有初审同意", "赵敏 2月15日（周一）09:00 初审同意", "查看最新状态")
	p.office2.click("查看最新状态")
	p.office2.wait("待复核", "情况属实，同意补报。")
	p.office2.click("复核同意")
	p.office2.wait("复核同意？")
	p.office2.click("复核同意")
	p.office2.wait("已同意", "请信息联络员在 2月26日（周五）17:00 前到任务页上传补报文件")
	p.office2.shot("34-unlocked")
}

func (p team) fileLate(t *testing.T) {
	p.liaison.open(paths.Home)
	p.liaison.wait("已同意解锁，请在 2月26日（周五）17:00 前补报")
	p.liaison.click("去补报")
	p.liaison.wait("逾期未报", "办公室已同意解锁，请联络员王静在 2月26日（周五）17:00 前上传补报文件")
	p.liaison.shot("35-task-unlocked")
	p.liaison.upload(csvFile(t, "补报.csv", register(t)))
	p.liaison.wait("30 合格", "校验通过")
	p.submit()
	p.liaison.open(paths.Home)
	p.liaison.wait("等分管负责人刘志远审签", "王静 提交审签")
	p.liaison.shot("36-workbench-waiting")
	p.liaison.look()
	p.sign()
	p.accept("zjj-02-202610-1")
	p.office.open(paths.Matrix)
	p.office.see(`document.querySelector('[aria-label="市住房城乡建设局 2026年10月期 逾期补报 1/1 项（已报/应报）"]') !== null`)
}

// TestCheckingWithoutScript_RefreshesBehindAFragment: a page whose address carries a fragment loads anew all the same.
func TestCheckingWithoutScript_RefreshesBehindAFragment(t *testing.T) {
	s := newSite(t)
	liaison := s.withoutScript(t, "liaison.zjj")
	liaison.open(paths.ToTask(task))
	liaison.upload(csvFile(t, "预售许可10月.csv", register(t)))
	liaison.wait("正在排队校验")
	batch := liaison.path()
	liaison.open(paths.Home)
	liaison.open(batch + "#history")
	liaison.wait("正在排队校验")
	s.work(t)
	liaison.wait("30 读入数据行", "校验通过")
}
