package handlers_test

import (
	"strconv"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
)

// seatID returns the id of a seat by its post.
func (w *town) seatID(area, post string) int64 {
	w.t.Helper()
	p, err := w.Directory.GroupPage(w.t.Context(), w.As("office"), area)
	w.ok(err)
	for _, s := range p.Seats {
		if s.Post.Label() == post {
			return s.ID
		}
	}
	w.t.Fatalf("no seat of %s", post)
	return 0
}

// version returns the version of an area's group.
func (w *town) version(area string) string {
	w.t.Helper()
	p, err := w.Directory.GroupPage(w.t.Context(), w.As("office"), area)
	w.ok(err)
	return strconv.FormatInt(p.Group.Version, 10)
}

func TestGroup_RosterByPosts(t *testing.T) {
	w := newTown(t)
	a := w.as("liaison.zjj").Get(paths.OwnGroup).WantStatus(200)
	a.Want("领导小组", "聊城市税收共治工作领导小组", "原名称", "聊城市税收保障工作领导小组", "组长 1 名，副组长 1 名，成员 36 名", "市政府主要领导", "市财政局主要负责人", "待登记",
		"办公室设在", "372500　聊城地区（至 1997-12-31）", "县（市、区）和开发区", "东昌府区", "使用市级平台报送", "由领导小组办公室维护").Not("更换人员", "登记席位", "信息共享方式 更改")
	w.as("office").Get(paths.OwnGroup).Want("请登记 38 个席位的任职人员", "登记席位", "更换人员", "修改基本情况")
	w.as("office").Get(paths.ToGroup("371503")).Want("茌平区", "371523　茌平县（至 2019-08-01）", "信息共享方式", "更改")
	w.as("leader").Get(paths.ToGroup("371500KF")).Want("聊城经济技术开发区", "管委会主要领导")
	rows := sheet(t, w.as("leader").Get(paths.ToGroupPart(paths.GroupExport, "371500")))
	if len(rows) != 3+38 || rows[3][0] != "组长" || rows[3][1] != "市政府主要领导" {
		t.Errorf("%d rows, first %v", len(rows), rows[3])
	}
}

func TestGroup_ANewHolderKeepsTheSeat(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	to := paths.ToGroupOne(paths.GroupHolder, "371500", w.seatID("371500", "市财政局主要负责人"))
	office.Get(to).WantStatus(200).Want("更换任职人员", "成员，市财政局主要负责人：目前待登记")
	office.Post(to, values("name", "甲某", "title", "局长", "from", "2024-03-01", "version", "1")).WantStatus(303).Follow().Want("已更换", "甲某", "局长", "2024-03-01")
	office.Post(to, values("name", "乙某", "from", "2020-01-01", "version", "2")).WantStatus(422).Want("甲某自 2024-03-01 起担任市财政局主要负责人", `value="乙某"`)
	office.Post(to, values("name", "乙某", "title", "局长", "from", "2026-11-01", "version", "2")).WantStatus(303).Follow().
		Want("乙某", "前任 甲某（2024-03-01—2026-10-31）", "甲某局长 →")
	w.as("liaison.zjj").Get(paths.ToUnit("cz")).Want("主要负责人", "乙某 局长")
	stale := w.as("office2").Post(to, values("name", "丙某", "from", "2026-11-05", "version", "2")).WantStatus(409)
	stale.Want("赵敏（领导小组办公室）", "乙某局长", "您填的内容都还在", `value="丙某"`)
	office.Get(paths.ToGroupPart(paths.GroupHistory, "371500")).Want("更换任职人员", "市财政局主要负责人", "甲某局长", "乙某局长（自 2026-11-01）", "赵敏")
	if rows := sheet(t, office.Get(paths.ToGroupPart(paths.GroupHistoryExport, "371500"))); len(rows) != 3+2 {
		t.Errorf("history exported as %v", rows)
	}
	rows := sheet(t, office.Get(paths.ToGroupPart(paths.GroupExport, "371500")))
	found := 0
	for _, row := range rows {
		if strings.Contains(strings.Join(row, "|"), "市财政局主要负责人") {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d lines of the post, want both holders", found)
	}
}

func TestGroup_TwoLeadersAtOnceAreRefused(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	seats := paths.ToGroupPart(paths.GroupSeat, "371500")
	office.Get(seats).WantStatus(200).Want("登记席位", "组长同一时间只有一名")
	second := office.Post(seats, values("rank", "leader", "body", "市委", "post", "主要领导", "holder", "某人", "from", "2026-11-10", "version", "1")).WantStatus(422)
	second.Want("同一时间只能有一名组长：组长现为市政府主要领导，自 2020-06-29 起", "请先为其填写止期", `value="市委"`, `value="某人"`)
	end := paths.ToGroupOne(paths.GroupSeatEnd, "371500", w.seatID("371500", "市政府主要领导"))
	office.Get(end).WantStatus(200).Want("退出领导小组？", "只是换人的")
	office.Post(end, values("to", "2026-11-09", "version", "1")).WantStatus(422).Want("请填写理由")
	office.Post(end, values("to", "2026-11-09", "why", "调整", "version", "1")).WantStatus(303).Follow().Want("组长空缺", "曾任", "调整")
	office.Post(seats, values("rank", "leader", "body", "市委", "post", "主要领导", "holder", "某人", "from", "2026-11-10", "version", "2")).WantStatus(303).Follow().
		Want("席位已登记", "市委主要领导", "某人")
	office.Get(end).WantStatus(423)
	office.Get(paths.ToGroupOne(paths.GroupSeatEnd, "371500", 99999)).WantStatus(404)
	office.Post(seats, values("rank", "", "version", "3")).WantStatus(422).Want("请选择组长、副组长或成员")
}

func TestGroup_StaffOfTheOffice(t *testing.T) {
	w := newTown(t)
	office, staff := w.as("office"), paths.ToGroupPart(paths.GroupStaff, "371500")
	office.Get(staff).WantStatus(200).Want("登记办公室人员", "不带来任何权限", "赵敏", "孙立", "市大数据局").Not("于敏")
	office.Post(staff, values("account", "office2", "duty", "目录", "from", "2026-11-10", "version", "1")).WantStatus(422).Want("请填写原单位")
	office.Post(staff, values("account", "office2", "home", "swj", "duty", "目录", "from", "2026-11-10", "version", "1")).WantStatus(303).Follow().
		Want("孙立", "市税务局", "目录", "office2")
	p, err := w.Directory.GroupPage(t.Context(), w.As("office"), "371500")
	w.ok(err)
	end := paths.ToGroupOne(paths.GroupStaffEnd, "371500", p.Staff[0].ID)
	office.Get(end).WantStatus(200).Want("离开办公室？", "孙立，自 2026-11-10 起", "不影响本人在原单位的账号")
	office.Post(end, values("to", "2026-11-10", "why", "借调期满", "version", "2")).WantStatus(303).Follow().Want("已登记离开")
	w.as("office2").Get(paths.Inbox).WantStatus(200) // the role is the security administrator's to take
	office.Get(paths.ToGroupOne(paths.GroupStaffEnd, "371500", 99999)).WantStatus(404)
}

func TestGroup_SharingOfACounty(t *testing.T) {
	w := newTown(t)
	dcf, sharing := w.as("office.dcf"), paths.ToGroupPart(paths.GroupSharing, "371502")
	dcf.Get(sharing).WantStatus(200).Want("更改信息共享方式", "不计入全市按时率", `value="2026-12"`)
	dcf.Post(sharing, values("mode", "own", "from", "2026-10", "why", "本地系统", "version", "1")).WantStatus(422).Want("起始月份不能早于本月（2026-11）", `value="2026-10"`)
	dcf.Post(sharing, values("mode", "own", "from", "2026-11", "why", "本地系统上线", "version", "1")).WantStatus(303).Follow().
		Want("共享方式已更改", "使用本地系统，仅登记", "本地系统上线", "2026年11月起")
	w.as("leader").Get(paths.OwnGroup).Want("使用本地系统，仅登记")
	w.as("office").Get(paths.ToGroupPart(paths.GroupSharing, "371500")).WantStatus(423).Want("市本级")
	w.as("auditor").Get(paths.Audit+"?q=设置共享方式").Want("于敏", "使用市级平台报送")
	edit := paths.ToGroupPart(paths.GroupEdit, "371502")
	dcf.Get(edit).WantStatus(200).Want("修改基本情况", "东昌府区税收共治工作领导小组")
	dcf.Post(edit, values("name", "", "from", "heute", "version", "2")).WantStatus(422).Want("请填写领导小组名称", `value="heute"`)
	dcf.Post(edit, values("name", "东昌府区税费共治领导小组", "host", "dcf", "basis", "东昌政字〔2026〕1号", "version", "2")).WantStatus(303).Follow().
		Want("东昌府区税费共治领导小组", "原名称", "东昌府区税收共治工作领导小组", "东昌政字〔2026〕1号")
}

// TestGroup_ForgedAreasAndSeats sends a county's Office to others' pages by changing what stands in the address.
func TestGroup_ForgedAreasAndSeats(t *testing.T) {
	w := newTown(t)
	dcf := w.as("office.dcf")
	city := w.seatID("371500", "市政府主要领导")
	for _, area := range []string{"371500", "371526", "371500kf", "999999"} {
		for _, pattern := range []string{paths.Group, paths.GroupExport, paths.GroupHistory, paths.GroupHistoryExport, paths.GroupSeat, paths.GroupStaff, paths.GroupEdit, paths.GroupSharing} {
			dcf.Get(paths.ToGroupPart(pattern, area)).WantStatus(404)
		}
		for _, pattern := range []string{paths.GroupSeat, paths.GroupStaff, paths.GroupEdit, paths.GroupSharing} {
			dcf.Post(paths.ToGroupPart(pattern, area), values("version", "1", "mode", "own", "from", "2026-12", "why", "x")).WantStatus(404)
		}
	}
	dcf.Get(paths.ToGroupOne(paths.GroupHolder, "371502", city)).WantStatus(404)
	dcf.Post(paths.ToGroupOne(paths.GroupHolder, "371502", city), values("name", "x", "from", "2026-11-10", "version", "1")).WantStatus(404)
	dcf.Post(paths.ToGroupOne(paths.GroupSeatEnd, "371502", city), values("to", "2026-11-10", "why", "x", "version", "1")).WantStatus(404)
	dcf.Post(paths.Units, unitForm("", "area", "371500")).WantStatus(422).Want("只能选本地及所辖的区划")
	dcf.Post(paths.Units, unitForm("", "area", "371502", "code", "qx-dcf")).WantStatus(303)
	dcf.Get(paths.Units).Want("市气象局").Not("市发展改革委")
	if p, err := w.Directory.GroupPage(t.Context(), w.As("office"), "371500"); err != nil || p.Group.Version != 1 || p.Leader() == nil {
		t.Errorf("the city's group was touched: %+v, %v", p.Group, err)
	}
	for _, who := range []string{"liaison.zjj", "leader", "tax", "chief.fgw"} {
		w.as(who).Get(paths.ToGroupPart(paths.GroupSeat, "371500")).WantStatus(403)
		w.as(who).Post(paths.ToGroupPart(paths.GroupSeat, "371500"), values("version", "1")).WantStatus(403)
	}
}

// TestUnitPages_CanBeReadWithoutEyes holds the pages and refused forms of units and groups against what a screen reader needs.
func TestUnitPages_CanBeReadWithoutEyes(t *testing.T) {
	w := newTown(t)
	seat := w.seatID("371500", "市财政局主要负责人")
	w.ok(w.Directory.SetHolder(t.Context(), w.As("office"), "371500", seat, directory.HolderInput{Name: "甲某", From: "2024-03-01", Version: 1}))
	w.ok(w.Directory.CloseUnit(t.Context(), w.As("office"), "fgw", directory.CloseInput{Day: models.Day("2026-11-10"), Into: "gx", Why: "机构改革", Version: 1}))
	for _, page := range []string{paths.Units, paths.Units + "?q=nichts", paths.UnitNew, paths.ToUnit("zjj"), paths.ToUnit("fgw"), paths.ToUnit("bank"), paths.ToUnit("office"),
		paths.ToUnitPart(paths.UnitEdit, "zjj"), paths.ToUnitPart(paths.UnitContact, "zjj"), paths.ToUnitPart(paths.UnitClose, "zjj"), paths.ToUnitPart(paths.UnitReopen, "fgw"),
		paths.ToUnitPart(paths.UnitTransfer, "fgw"), paths.ToUnitPart(paths.UnitHistory, "fgw"), paths.ToUnitPart(paths.UnitHistory, "zjj"), paths.OwnGroup, paths.ToGroup("371526"),
		paths.ToGroupPart(paths.GroupHistory, "371500"), paths.ToGroupPart(paths.GroupSeat, "371500"), paths.ToGroupPart(paths.GroupStaff, "371500"),
		paths.ToGroupPart(paths.GroupEdit, "371500"), paths.ToGroupPart(paths.GroupSharing, "371526"), paths.ToGroupOne(paths.GroupHolder, "371500", seat),
		paths.ToGroupOne(paths.GroupSeatEnd, "371500", seat)} {
		doc := w.as("office").Get(page).WantStatus(200).Doc()
		t.Run(page, func(t *testing.T) { readable(t, doc) })
	}
	for _, page := range []string{paths.Units, paths.ToUnitPart(paths.UnitEdit, "zjj"), paths.ToGroupPart(paths.GroupSeat, "371500"), paths.ToGroupPart(paths.GroupStaff, "371500"),
		paths.ToGroupPart(paths.GroupSharing, "371526"), paths.ToUnitPart(paths.UnitClose, "zjj")} {
		doc := w.as("office").Post(page, values("version", w.version("371526"))).WantStatus(422).Doc()
		t.Run("refused "+page, func(t *testing.T) {
			readable(t, doc)
			if doc.Find(".gz-errsum[role=alert] li").Length() == 0 {
				t.Error("the errors are not said above")
			}
		})
	}
}
