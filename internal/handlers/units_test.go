package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
)

// unitForm is the form of a unit as a browser sends it.
func unitForm(version string, pairs ...string) url.Values {
	form := values("kind", "member", "code", "qx", "area", "371500", "name", "市气象局", "full_name", "聊城市气象局", "affiliation", "vertical",
		"from", "2026-11-01", "phone", "0635-8246110", "address", "示范路 1 号", "why", "办公室要求提供信息", "version", version)
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestUnits_ListAndAddressBook(t *testing.T) {
	w := newTown(t)
	a := w.as("office").Get(paths.Units).WantStatus(200)
	a.Want("单位名录", "聊城市本级　成员单位", "市发展改革委", "聊城市发展和改革委员会", "方案二（二）1", "成员单位，政府工作部门", "王静", "赵敏", "新建单位", "打印", "导出 88 个")
	doc := a.Doc()
	if n := doc.Find("#units tbody tr:not(.g)").Length(); n != 20 {
		t.Errorf("%d units on a page", n)
	}
	row := words(doc.Find("#units tr").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "ZJJ") }))
	for _, want := range []string{"市住房城乡建设局", "聊城市本级", "王静 154", "赵敏 154", "10", "1 项有模板"} {
		if !strings.Contains(row, want) {
			t.Errorf("the row of zjj lacks %q: %s", want, row)
		}
	}
	w.as("office").Get(paths.Units+"?affiliation=judicial").Want("1 个单位", "市中级法院").Not("市发展改革委")
	w.as("office").Get(paths.Units+"?q=没有这家&kind=member").Want("没有符合条件的单位", "没有含“没有这家”、成员单位的单位", "清除条件")
	w.as("office").Get(paths.Units + "?sort=items").Want("市行政审批局").Not("聊城市本级　成员单位")
	w.as("office").Get(paths.Units + "?page=99").WantStatus(200).Want("本页第 81—88 个")
	w.as("liaison.zjj").Get(paths.Units).Want("市公安局交警部门", "由领导小组办公室维护", "导出").Not("新建单位")
	w.as("liaison.dcf").Get(paths.Units).Want("4 个单位", "东昌府区财政局", "于敏").Not("市发展改革委", "高唐县")

	rows := sheet(t, w.as("leader").Get(paths.UnitsExport+"?q=住房城乡"))
	if got := strings.Join(rows[3], "|"); !strings.HasPrefix(got, "8|市住房城乡建设局|聊城市住房和城乡建设局|ZJJ|成员单位|政府工作部门||聊城市本级||刘志远 154") || len(rows) != 4 {
		t.Errorf("address book %q of %d rows", got, len(rows))
	}
	w.as("auditor").Get(paths.Audit+"?q=导出通讯录").Want("周国强", "1 个单位，关键字 住房城乡")
}

func TestUnits_AdministratorsSeeNamesAlone(t *testing.T) {
	w := newTown(t)
	for _, who := range []string{"sysadmin", "secadmin", "auditor"} {
		w.as(who).Get(paths.Units).WantStatus(200).Want("市住房城乡建设局", "区划").Not("王静", "赵敏", "共享事项", "/units/zjj", "导出", "154000")
		w.as(who).Get(paths.ToUnit("zjj")).WantStatus(403)
		w.as(who).Get(paths.OwnGroup).WantStatus(403)
	}
	w.as("bank").Get(paths.Units).WantStatus(403)
}

// TestUnit_FromAnItemToItsTemplateFilingsAndHistory holds requirement R1-2: each of them is one link on the unit's page.
func TestUnit_FromAnItemToItsTemplateFilingsAndHistory(t *testing.T) {
	w := newTown(t)
	liaison := w.as("liaison.zjj")
	home := liaison.Get(paths.Home).WantStatus(200).Doc()
	if n := home.Find(`.gz-nav a[href="/units/zjj"]`).Length(); n != 0 {
		t.Error("本单位 shows while another capability is open")
	}
	liaison.Get(paths.Units).Want("本单位")
	a := liaison.Get(paths.ToUnit("ZJJ")).WantStatus(200)
	a.Want("市住房城乡建设局", "聊城市住房和城乡建设局", "10 项，其中 9 项尚无模板", "商品房预售许可信息", "2026年10月期", "11月25日（周三）", "待报", "无模板", "办公室对接人", "赵敏",
		"信息联络员", "王静", "刘志远", "政府工作部门", "请您在 11月25日（周三）17:00 前报送 1 项", "近 12 期", "2026年10月期")
	a.Not("修改信息", "撤并", "更换")
	for _, to := range []string{paths.ToTemplate("zjj-02"), paths.ToTask("zjj-02-202610"), paths.Filings + "?q=ZJJ-02", paths.ToUnitPart(paths.UnitHistory, "zjj"), paths.ToMatrixCell("zjj", "2026-10")} {
		if a.Doc().Find(`main a[href="`+to+`"]`).Length() != 1 {
			t.Errorf("no link to %s", to)
		}
		liaison.Get(to).WantStatus(200)
	}
	if current := a.Doc().Find(`.gz-nav a[aria-current=page]`); words(current) != "本单位" {
		t.Errorf("the navigation says %q", words(current))
	}
}

func TestUnit_WhoSeesWhat(t *testing.T) {
	w := newTown(t)
	zjj := paths.ToUnit("zjj")
	w.as("office").Get(zjj).Want("修改信息", "撤并", "更换", "/filings/tasks/zjj-02-202610")
	w.as("leader").Get(zjj).Want("待报", "按时率", "/filings/matrix/zjj/2026-10").Not("/filings/tasks/", "/filings?q=", "修改信息")
	w.as("tax").Get(zjj).Want("待报").Not("/filings/tasks/")
	w.as("liaison.fgw").Get(zjj).Want("商品房预售许可信息", "查看模板", "王静", "赵敏").Not("待报", "按时率", "/filings/tasks/", "期限")
	w.as("chief.zjj").Get(zjj).Want("待报", "请市住房城乡建设局信息联络员在")
	w.as("police").Get(paths.ToUnit("ga-jj")).Want("机动车转移登记汇总信息", "隶属单位", "市公安局")
	w.as("police").Get(paths.ToUnit("ga")).Want("市公安局交警部门", "机动车转移登记汇总信息")
	w.as("liaison.ga-jj").Get(paths.ToUnit("ga")).WantStatus(200).Not("按时率") // the unit above is not the own one
	w.as("leader").Get(paths.ToUnit("cl")).Want("还没有登记人员").WantStatus(200)
	for _, path := range []string{zjj, paths.ToUnit("nobody"), paths.ToUnitPart(paths.UnitHistory, "zjj"), "/units/%27;%20DROP"} {
		w.as("liaison.dcf").Get(path).WantStatus(404)
		w.as("office.dcf").Get(path).WantStatus(404)
	}
	for _, path := range []string{paths.ToUnit("dcf"), paths.ToUnitPart(paths.UnitEdit, "dcf"), paths.ToUnitPart(paths.UnitContact, "dcf")} {
		w.as("office.dcf").Get(path).WantStatus(200)
		w.as("office.gt").Get(path).WantStatus(404)
		w.as("office").Get(path).WantStatus(200) // the city's area holds the county's
	}
}

func TestUnit_LateIsSaidFirst(t *testing.T) {
	w := worked(t)
	sentence, class := next(w.as("liaison.zrzy").Get(paths.ToUnit("zrzy")).Doc())
	if sentence != "请您立即补报 2 项逾期未报。" || !strings.Contains(class, "is-late") {
		t.Errorf("next %q %q", sentence, class)
	}
	if sentence, _ := next(w.as("office").Get(paths.ToUnit("zrzy")).Doc()); sentence != "请办公室对接人孙立今天催报，由市自然资源和规划局立即补报 2 项逾期未报。" {
		t.Errorf("next %q", sentence)
	}
	if sentence, _ := next(w.as("office2").Get(paths.ToUnit("zrzy")).Doc()); !strings.HasPrefix(sentence, "请您今天催报") {
		t.Errorf("next %q", sentence)
	}
	row := words(w.as("leader").Get(paths.ToUnit("fgw")).Doc().Find("#record tr").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "11月期") }))
	if row != "2026年11月期逾期补报11000.0%" {
		t.Errorf("record %q", row)
	}
}

// TestUnitCreate_NamesItsContactAndTheUnitSeesIt is the Office's way to a further unit.
func TestUnitCreate_NamesItsContactAndTheUnitSeesIt(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	office.Get(paths.UnitNew).WantStatus(200).Want("新建单位", "领导小组和办公室随区划预置").Not("请选择单位类别。")
	bad := office.Post(paths.Units, unitForm("", "code", "q x", "name", "", "phone", "12")).WantStatus(422)
	bad.Want("有 3 处需要改", "单位代码用小写字母开头", "请填写单位名称", "聊城市气象局", "示范路 1 号", "办公室要求提供信息")
	made := office.Post(paths.Units, unitForm(""))
	made.WantStatus(303).Follow().WantStatus(200).Want("“市气象局”已建立", "指定办公室对接人", "目前没有对接人")
	office.Get(paths.ToUnit("qx")).Want("请为本单位指定办公室对接人", "还没有指定")
	office.Post(paths.ToUnitPart(paths.UnitContact, "qx"), values("contact", "", "from", "2026-12-01", "version", "1")).WantStatus(422).
		Want("请从列表中选择办公室人员", "起始日期不能晚于今天", `value="2026-12-01"`)
	office.Post(paths.ToUnitPart(paths.UnitContact, "qx"), values("contact", "office2", "from", "2026.11.10", "version", "1")).WantStatus(303).Follow().
		Want("已指定对接人", "孙立", "2026-11-10")
	w.as("auditor").Get(paths.Audit+"?q=QX").Want("新建单位", "指定对接人", "孙立（自 2026-11-10）")
	office.Get(paths.ToUnitPart(paths.UnitHistory, "qx")).Want("变更记录", "新建单位", "单位全称", "聊城市气象局", "办公室要求提供信息", "导出")
	office.Get(paths.ToUnitPart(paths.UnitHistory, "qx") + "?q=孙立").Want("1 条").Not("聊城市气象局")
	office.Get(paths.ToUnitPart(paths.UnitHistory, "qx") + "?q=没有").Want("没有符合条件的变更")
	if rows := sheet(t, office.Get(paths.ToUnitPart(paths.UnitHistoryExport, "qx"))); len(rows) < 5 || rows[2][4] != "内容" {
		t.Errorf("history exported as %v", rows)
	}
	if rows := sheet(t, office.Get(paths.ToUnitPart(paths.UnitHistoryExport, "zjj"))); len(rows) != 3 {
		t.Errorf("an empty history is %v", rows)
	}
	w.as("liaison.zjj").Get(paths.ToUnit("qx")).Want("孙立").Not("修改信息")
}

func TestUnitEdit_TwoPeopleAtOnce(t *testing.T) {
	w := newTown(t)
	edit := paths.ToUnitPart(paths.UnitEdit, "zjj")
	page := w.as("office").Get(edit).WantStatus(200)
	version, _ := page.Doc().Find(`input[name=version]`).Attr("value")
	w.as("office2").Post(edit, unitForm(version, "name", "市住房城乡建设局", "phone", "0635-8240000")).WantStatus(303)
	refused := w.as("office").Post(edit, unitForm(version, "name", "市住房城乡建设局", "phone", "0635-8241111", "address", "示范路 88 号"))
	refused.WantStatus(409).Want("孙立（领导小组办公室）在您打开页面之后（11月10日 09:00）已作修改", "0635-8240000", "您填的内容都还在", "示范路 88 号", "0635-8241111")
	if words(refused.Doc().Find("#main .gz-flash[role=alert] p").First()) == "" {
		t.Error("the refusal is not an alert")
	}
	newer, _ := refused.Doc().Find(`input[name=version]`).Attr("value")
	if newer == version {
		t.Fatal("the form cannot be sent again")
	}
	w.as("office").Post(edit, unitForm(newer, "name", "市住房城乡建设局", "phone", "0635-8241111", "address", "示范路 88 号")).WantStatus(303).Follow().
		Want("示范路 88 号", "0635-8241111", "0635-8240000 →")
	// an error in a field does not let a newer version pass unseen
	again := w.as("office2").Post(edit, unitForm(newer, "name", "", "phone", "0635-8242222")).WantStatus(422)
	if kept, _ := again.Doc().Find(`input[name=version]`).Attr("value"); kept != newer {
		t.Errorf("version %s became %s", newer, kept)
	}
}

func TestUnitClose_TheOfficeDecidesOnEachRest(t *testing.T) {
	w := newTown(t)
	office, fgw := w.as("office"), paths.ToUnit("fgw")
	office.Get(paths.ToUnitPart(paths.UnitClose, "fgw")).WantStatus(200).Want("撤并市发展改革委？", "现有 2 项未了结的任务会留在本单位页上")
	office.Post(paths.ToUnitPart(paths.UnitClose, "fgw"), values("day", "2026-12-01", "into", "zjj", "version", "1")).WantStatus(422).
		Want("撤并日期不能晚于今天", "请填写撤并理由", `value="2026-12-01"`)
	page := office.Post(paths.ToUnitPart(paths.UnitClose, "fgw"), values("day", "2026-11-10", "into", "zjj", "why", "机构改革", "version", "1")).WantStatus(303).Follow()
	page.Want("已撤并", "承接单位", "市住房城乡建设局", "机构改革", "请您逐项处理 2 项报送任务和 5 个共享事项", "FGW-05-202610", "FGW-05-202611", "转出", "提出免报",
		"2 个账号仍可登录", "市发展改革委主要负责人仍是领导小组成员", "撤销撤并").Not("修改信息")
	w.as("liaison.zjj").Get(fgw).Want("已撤并").Not("撤并后待办", "FGW-05-202610")
	office.Get(paths.Units).Not("/units/fgw")
	office.Get(paths.Units+"?status=closed").Want("1 个单位", "市发展改革委", "已撤并")

	transfer := paths.ToUnitPart(paths.UnitTransfer, "fgw")
	office.Get(paths.With(transfer, "task", "FGW-05-202611")).WantStatus(200).Want("把任务转由市住房城乡建设局报送？")
	office.Post(transfer, values("task", "FGW-05-202611")).WantStatus(422).Want("请填写理由")
	office.Post(transfer, values("task", "FGW-05-202611", "why", "并入")).WantStatus(303).Follow().Want("任务已转由承接单位报送").Not("FGW-05-202611")
	w.as("liaison.zjj").Get(paths.ToTask("FGW-05-202611")).WantStatus(200)
	office.Get(transfer).Want("把共享事项转由市住房城乡建设局报送？", "共 5 项")
	office.Post(transfer, values("why", "并入")).WantStatus(303).Follow().Want("5 项共享事项已转由承接单位报送").Not("目前没有单位报送")
	w.as("liaison.zjj").Get(paths.ToUnit("zjj")).Want("固定资产投资项目信息")
	office.Get(paths.ToUnitPart(paths.UnitTransfer, "zjj")).WantStatus(423)

	office.Get(paths.ToUnitPart(paths.UnitReopen, "fgw")).WantStatus(200).Want("不会自动转回")
	office.Post(paths.ToUnitPart(paths.UnitReopen, "fgw"), values("version", "2")).WantStatus(422)
	office.Post(paths.ToUnitPart(paths.UnitReopen, "fgw"), values("why", "文件有误", "version", "2")).WantStatus(303).Follow().Want("已恢复在用", "修改信息")
	office.Get(paths.ToUnitPart(paths.UnitReopen, "fgw")).WantStatus(423)
	office.Get(paths.ToUnitPart(paths.UnitClose, "ga")).WantStatus(200)
	office.Post(paths.ToUnitPart(paths.UnitClose, "ga"), values("day", "2026-11-10", "why", "x", "version", "1")).WantStatus(423).Want("市公安局交警部门")
	office.Get(paths.ToUnitPart(paths.UnitClose, "office-gt")).WantStatus(423)
	office.Get(paths.ToUnitPart(paths.UnitEdit, "system")).WantStatus(423)
}

// TestUnitClose_NothingIsLost: what a merged unit supplied stays where the plan names it and says who supplies it now, and
// what it was called on for is among what the Office decides on.
func TestUnitClose_NothingIsLost(t *testing.T) {
	w := newTown(t)
	office, transfer := w.as("office"), paths.ToUnitPart(paths.UnitTransfer, "yz")
	passed, off := w.call("yz", ""), w.call("yz", "")
	office.Post(paths.ToUnitPart(paths.UnitClose, "yz"), values("day", "2026-11-10", "into", "jt", "why", "机构改革", "version", "1")).WantStatus(303).Follow().
		Want("请您逐项处理 2 件专项需求和 1 个共享事项", passed, off, "待答复", "撤销需求", "转出")
	office.Get(transfer).Want("把共享事项转由市交通运输局报送？", "已写入的任务（含本期）不随之转出，请在本单位页上逐项转出")
	office.Post(transfer, values("why", "职责划入")).WantStatus(303)
	office.Get(paths.With(transfer, "call", passed)).WantStatus(200).Want("把专项需求转由市交通运输局答复？", "保障房名录", "期限不变")
	office.Post(transfer, values("call", passed)).WantStatus(422).Want("请填写理由", `value="`+passed+`"`)
	office.Post(transfer, values("call", passed, "why", "职责划入")).WantStatus(303).Follow().Want("专项需求已转由承接单位答复", off).Not(passed)
	office.Post(transfer, values("call", passed, "why", "再来一次")).WantStatus(423)
	office.Post(transfer, values("call", "XQ-2026-999", "why", "x")).WantStatus(404)
	office.Get(paths.ToCall(passed)).Want("市交通运输局", "转由承接单位答复", "职责划入")
	office.Post(paths.ToCallMove(off, "call_off"), values("from", "called", "reason", "原单位已撤并")).WantStatus(303)
	office.Get(paths.ToUnit("yz")).Want("方案列在本单位名下的事项现由谁提供，见共享目录").Not(off, "件专项需求", "方案二（二）没有规定")

	const said = "现由市交通运输局提供（2026年11月10日起，理由：职责划入）"
	office.Get(paths.With(paths.Catalogue, "unit", "yz")).Want("标底纹的 1 处各对应一个目录项", "快递企业管理信息："+said, "原由市邮政管理局提供，"+said)
	heirs := office.Get(paths.With(paths.Catalogue, "unit", "jt")).Want("标底纹的 6 处各对应一个目录项", "YZ-01", "原由市邮政管理局提供，"+said)
	if text := words(heirs.Doc().Find(".gz-clause")); strings.Contains(text, "快递") {
		t.Errorf("the plan's sentence on the heir: %s", text)
	}
	item := office.Get(paths.ToItem("yz-01")).Want("提供单位变更", said, "提供单位 市邮政管理局 → 市交通运输局")
	if text := words(item.Doc().Find(".gz-clause")); !strings.Contains(text, "34.市邮政管理局提供快递企业管理信息等") && !strings.Contains(text, "市邮政管理局提供快递企业管理信息等") {
		t.Errorf("the sentence in which the item stands: %s", text)
	}
}

// TestUnitPages_AskNoQueryForEachRow holds the pages to a fixed number of statements: more units, seats and changes must
// not cost more.
func TestUnitPages_AskNoQueryForEachRow(t *testing.T) {
	w := newTown(t)
	ctx, by := t.Context(), w.As("office")
	pages := []string{paths.Units, paths.ToUnit("zjj"), paths.ToGroup("371500"), paths.ToUnitPart(paths.UnitHistory, "zjj")}
	count := func() map[string]int {
		counts := map[string]int{}
		for _, page := range pages {
			w.as("office").Get(page) // what is read once only
			counts[page] = w.Queries(func() { w.as("office").Get(page).WantStatus(200) })
		}
		return counts
	}
	before := count()
	for i, name := range []string{"甲", "乙", "丙", "丁"} {
		p, err := w.Directory.UnitPage(ctx, by, "zjj")
		w.ok(err)
		w.ok(w.Directory.EditUnit(ctx, by, "zjj", directory.UnitInput{Name: "市住房城乡建设局", Affiliation: p.Affiliation, Address: name, Version: p.Version}))
		g, err := w.Directory.GroupPage(ctx, by, "")
		w.ok(err)
		w.ok(w.Directory.AddSeat(ctx, by, "", directory.SeatInput{Rank: models.SeatDeputy, Body: "市政府", Post: "副市长" + name, Holder: name, From: "2026-11-10", Version: g.Group.Version}))
		_, err = w.Directory.CreateUnit(ctx, by, directory.UnitInput{Code: "new-" + string(rune('a'+i)), Kind: models.UnitSub, Parent: "zjj", Area: "371500", Name: name, Affiliation: p.Affiliation})
		w.ok(err)
	}
	for page, n := range count() {
		if n != before[page] || n > 32 {
			t.Errorf("%s: %d statements, then %d", page, before[page], n)
		}
	}
}
