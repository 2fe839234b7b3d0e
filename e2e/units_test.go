package e2e_test

import (
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/directory"
)

// unitPages are the pages of units and leading groups for TestEveryPage. They close a unit, so that what is left of it and
// the way back can be seen.
func (g *gallery) unitPages(t *testing.T) []page {
	t.Helper()
	ctx, office := t.Context(), g.App.As("office")
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	version := func() int64 {
		p, err := g.Directory.GroupPage(ctx, office, "")
		do(err)
		return p.Group.Version
	}
	do(g.Directory.CloseUnit(ctx, office, "sf", directory.CloseInput{Day: "2027-01-04", Into: "ga", Why: "机构改革，职责划入。", Version: 1}))
	do(g.Directory.AddStaff(ctx, office, "", directory.StaffInput{Username: "office2", Home: "swj", Duty: "目录和模板", From: "2027-01-01", Version: version()}))
	p, err := g.Directory.GroupPage(ctx, office, "")
	do(err)
	seat, person := p.Seats[0].ID, p.Staff[0].ID
	do(g.Directory.SetHolder(ctx, office, "", seat, directory.HolderInput{Name: "甲某", From: "2024-02-01", Version: version()}))
	do(g.Directory.SetHolder(ctx, office, "", seat, directory.HolderInput{Name: "乙某", Title: "市长", From: "2027-01-01", Version: version()}))
	const city, county = "371500", "371526"
	return []page{
		{paths.Units, "office", paths.Units}, {paths.Units, "auditor", paths.Units}, {paths.Units, "office", paths.With(paths.Units, "q", "没有这一项")},
		{paths.UnitNew, "office", paths.UnitNew}, {paths.Unit, "office", paths.ToUnit("zjj")}, {paths.Unit, "liaison.zjj", paths.ToUnit("zjj")},
		{paths.Unit, "leader", paths.ToUnit("zrzy")}, {paths.Unit, "office", paths.ToUnit("sf")}, {paths.UnitEdit, "office", paths.ToUnitPart(paths.UnitEdit, "zjj")},
		{paths.UnitContact, "office", paths.ToUnitPart(paths.UnitContact, "zjj")}, {paths.UnitClose, "office", paths.ToUnitPart(paths.UnitClose, "zjj")},
		{paths.UnitReopen, "office", paths.ToUnitPart(paths.UnitReopen, "sf")}, {paths.UnitTransfer, "office", paths.ToUnitPart(paths.UnitTransfer, "sf")},
		{paths.UnitHistory, "office", paths.ToUnitPart(paths.UnitHistory, "sf")}, {paths.OwnGroup, "office", paths.OwnGroup}, {paths.OwnGroup, "chief.fgw", paths.OwnGroup},
		{paths.Group, "office.gt", paths.ToGroup(county)}, {paths.GroupHistory, "office", paths.ToGroupPart(paths.GroupHistory, city)},
		{paths.GroupEdit, "office", paths.ToGroupPart(paths.GroupEdit, city)}, {paths.GroupSharing, "office.gt", paths.ToGroupPart(paths.GroupSharing, county)},
		{paths.GroupSeat, "office", paths.ToGroupPart(paths.GroupSeat, city)}, {paths.GroupHolder, "office", paths.ToGroupOne(paths.GroupHolder, city, seat)},
		{paths.GroupSeatEnd, "office", paths.ToGroupOne(paths.GroupSeatEnd, city, seat)}, {paths.GroupStaff, "office", paths.ToGroupPart(paths.GroupStaff, city)},
		{paths.GroupStaffEnd, "office", paths.ToGroupOne(paths.GroupStaffEnd, city, person)},
	}
}

// unitDownloads are the files of units and leading groups.
func unitDownloads() []page {
	return []page{
		{paths.UnitsExport, "leader", paths.UnitsExport}, {paths.UnitHistoryExport, "office", paths.ToUnitPart(paths.UnitHistoryExport, "zjj")},
		{paths.GroupExport, "liaison.zjj", paths.ToGroupPart(paths.GroupExport, "371500")},
		{paths.GroupHistoryExport, "office", paths.ToGroupPart(paths.GroupHistoryExport, "371500")},
	}
}

// TestOfficeAddsAUnit is the Office's way to a further unit: it adds it, names who looks after it, and the unit's liaison
// sees both; then a county's Office at work within its area and nowhere else.
func TestOfficeAddsAUnit(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { addsAUnit(t, s, (*site).as) })
}

// TestOfficeAddsAUnitWithoutScript is the same with JavaScript switched off.
func TestOfficeAddsAUnitWithoutScript(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { addsAUnit(t, s, (*site).withoutScript) })
}

func addsAUnit(t *testing.T, s *site, enter enter) {
	office := enter(s, t, "office")
	office.open(paths.Units)
	office.wait("单位名录", "市发展改革委", "聊城市本级　成员单位")
	office.shot("30-units")
	audited(office)
	office.click("新建单位")
	office.expects("422")
	office.fill("单位名称", "市气象局")
	office.click("新建单位") // without code and affiliation
	office.wait("有 2 处需要改", "请填写单位代码", "请选择单位性质")
	office.see(`document.querySelector("#f-name").value === "市气象局"`)
	audited(office)
	office.fill("单位代码", "qx")
	office.choose("单位性质", "垂直管理单位")
	office.fill("单位全称", "聊城市气象局")
	office.click("新建单位")
	office.wait("“市气象局”已建立，接着请指定办公室对接人")
	office.choose("办公室对接人", "孙立")
	office.click("指定对接人")
	office.wait("已指定对接人", "孙立", "QX 聊城市气象局")
	office.shot("31-unit-new")

	liaison := newcomer(t, s, enter)
	liaison.open(paths.ToUnit("qx"))
	liaison.wait("本单位", "办公室对接人", "孙立", "没有共享事项", "新来的")
	liaison.not("修改信息")
	audited(liaison)

	known := enter(s, t, "liaison.zjj") // from an item in three clicks to its template, filings and history
	known.open(paths.Home)
	known.click("成员单位")
	known.click("本单位")
	known.wait("共享事项", "商品房预售许可信息", "待报", "无模板", "赵敏")
	known.shot("32-unit-own")
	known.click("各期记录")
	known.wait("ZJJ-02-202610")
	known.open(paths.ToUnit("zjj"))
	known.click("查看模板")
	known.wait("口径")
	known.open(paths.ToUnit("zjj"))
	known.clickIn("#changes", "全部")
	known.wait("变更记录")

	countyOffice(t, s, enter)
}

// audited holds the page against axe-core, which needs script.
func audited(p *person) {
	p.t.Helper()
	if p.scripted {
		p.audit()
	}
}

// newcomer makes an account in the unit qx, as the administrators would, and lets its owner set a password.
func newcomer(t *testing.T, s *site, enter enter) *person {
	t.Helper()
	in := accounts.CreateInput{Username: "liaison.qx", Name: "新来的", UnitCode: "qx"}
	account, token, err := s.Accounts.Create(t.Context(), s.App.As("sysadmin"), in)
	if err == nil {
		err = s.Accounts.GiveRole(t.Context(), s.App.As("secadmin"), account.ID, models.RoleLiaison)
	}
	if err != nil {
		t.Fatal(err)
	}
	const password = "Demo@2026" // by which enter logs in
	p := s.visitor(t)
	p.open(paths.ToLink(token))
	p.fill("新密码", password)
	p.fill("再次输入新密码", password)
	p.click("设置密码")
	p.arrive(paths.Login)
	return enter(s, t, "liaison.qx")
}

// countyOffice keeps the roster and units of its own area, and does not find those of others.
func countyOffice(t *testing.T, s *site, enter enter) {
	p := enter(s, t, "office.gt")
	p.open(paths.Units)
	p.wait("4 个单位", "高唐县财政局")
	p.not("市发展改革委", "东昌府区")
	p.click("领导小组")
	p.wait("高唐县税收共治工作领导小组", "县政府主要领导", "使用市级平台报送")
	p.shot("33-group-county")
	audited(p)
	p.clickIn("#seats", "更换人员")
	p.fill("新任人员姓名", "演示甲")
	p.fill("起始日期", "2026-11-01")
	p.click("更换人员")
	p.wait("已更换", "演示甲", "2026-11-01")
	p.clickIn("#sharing", "更改")
	p.tick("自行归集，向市级报汇总")
	p.fill("起始月份", "2026-11")
	p.fill("依据", "县领导小组决定")
	p.click("更改共享方式")
	p.wait("共享方式已更改", "自行归集，向市级报汇总", "2026年11月起")
	for _, path := range []string{paths.ToUnit("zjj"), paths.ToUnitPart(paths.UnitEdit, "dcf"), paths.ToGroup("371502"), paths.ToGroupPart(paths.GroupSeat, "371500")} {
		p.expects("404")
		p.open(path)
		p.not("市住房城乡建设局", "东昌府区", "登记席位")
		p.see(`document.querySelector(".gz-trouble") !== null`)
	}
	city := enter(s, t, "office")
	city.open(paths.OwnGroup)
	city.wait("县（市、区）和开发区", "演示甲", "自行归集，向市级报汇总")
}
