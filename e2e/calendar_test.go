package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"taxportal/internal/paths"
	"taxportal/internal/portal"
)

// TestCalendar takes a day out of the working calendar and brings in next year's notice: the due dates of open tasks
// follow, and their pages say why.
func TestCalendar(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.work(t)
		office, liaison := s.as(t, "office"), s.withoutScript(t, "liaison.zjj")
		office.open(paths.Home)
		office.click("工作日历")
		office.wait("2026年工作日历", "全年 248 个工作日", "通知已录入")
		office.print("40-calendar", 1)
		office.shot("40-calendar")
		office.click("调整一天")
		office.fill("日期", "2026-11-25")
		office.tick("放假")
		office.fill("放假的名称", "暴雪停工")
		office.expects("422")
		office.click("保存调整") // without reason and source
		office.wait("有 2 处需要改")
		office.audit()
		office.fill("理由", "暴雪红色预警，全市停工")
		office.fill("依据", "聊政办发电〔2026〕9号")
		office.click("保存调整")
		office.wait("2026年11月25日（周三）由工作日改为放假", "3 项任务的期限随之调整")
		office.shot("41-calendar-change")
		liaison.open(paths.ToTask(task))
		liaison.wait("因 2026年11月25日（周三）由工作日改为放假", "期限由 11月25日（周三）17:00 改为 11月26日（周四）17:00")
		liaison.shot("42-due-moved")

		office.open(paths.Calendar)
		office.click("录入年度通知")
		office.fill("放假和调休的日子", "2027-01-01,休,元旦\n2027-02-05 至 2027-02-11,休,春节\n2027-02-14,班,春节\n2027-04-05,休,清明节\n"+
			"2027-05-01,休,劳动节\n2027-06-09,休,端午节\n2027-09-15,休,中秋节\n2027-10-01,休,国庆节")
		office.fill("依据", "国办发明电〔2026〕99号（演示）")
		office.fill("理由", "国务院办公厅公布放假安排")
		office.click("核对")
		office.wait("核对 2027年放假安排", "保存后有 0 项未完成任务的期限随之调整")
		office.audit()
		office.shot("43-notice")
		office.click("返回修改")
		office.click("核对")
		office.click("保存 2027年安排")
		office.wait("2027年放假调休安排公布")
		office.open(paths.ToCalendar(2027))
		office.wait("通知已录入", "国办发明电〔2026〕99号（演示）")
	})
}

// TestHandover shows a hand-over that fails, is seen on the workbench, and is repeated with one button.
func TestHandover(t *testing.T) {
	dir := t.TempDir()
	inTheWay := filepath.Join(dir, "zjj-02", "ZJJ-02-202610-1")
	if err := os.MkdirAll(inTheWay, 0o750); err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(cfg *portal.Config) { cfg.Handover = dir })
	batch := s.accepted(t)
	s.settle(t)
	office := s.withoutScript(t, "office")
	office.open(paths.Home)
	office.wait("交接失败的批次", "1 批")
	office.open(paths.Handovers)
	office.wait("交接失败", "没有清单，没有覆盖")
	office.shot("44-handovers")
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	office.click("重新交接失败的 1 批")
	office.wait("已重新安排 1 批的交接")
	s.settle(t)
	office.open(paths.ToBatch(batch))
	office.wait("入库与交接", "已交接", "zjj-02/"+batch)
	office.shot("45-handed-over")
}
