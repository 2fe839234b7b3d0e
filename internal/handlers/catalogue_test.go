package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

// itemForm is the form of an item as a browser sends it.
func itemForm(pairs ...string) url.Values {
	form := values("unit", "sj", "listed_on", "2026-11-09", "name", "政府投资审计核减信息", "shape", "records", "subject_kind", "project", "taxes", string(models.TaxKinds[0].Code),
		"share", "conditional", "share_terms", "经申请、授权后使用", "sensitivity", "business", "basis", "《中华人民共和国审计法》第三十四条", "section", "", "resource_code", "",
		"cycle", "month", "due_days", "25", "lock_days", "30", "from", "2026-11", "reason", "核减额影响建筑服务的计税依据。")
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestCatalogue_GoesThroughUnitsAndKinds(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	all := office.Get(paths.Catalogue).WantStatus(200)
	all.Want("35 个成员单位，148 个目录项；其中 3 项已有模板，15 项服务于费", "按资源目录格式导出 148 项", "补充目录项", "共 148 项，本页第 1—20 项", "市烟草专卖局")
	unit := office.Get(paths.Catalogue + "?unit=zjj").WantStatus(200)
	unit.Want("方案原文　二（二）8", "标底纹的 10 处各对应一个目录项", "可依据法律、法规补充", "联络员 王静", "分管负责人 刘志远", "办公室对接人 赵敏", "共 10 项", "第 1 版", "无模板", "与市行政审批局同一事项")
	if marks := unit.Doc().Find(".gz-clause mark a"); marks.Length() != 10 || marks.Eq(1).AttrOr("href", "") != paths.ToItem("zjj-02") {
		t.Errorf("%d marks, the second leads to %q", marks.Length(), marks.Eq(1).AttrOr("href", ""))
	}
	office.Get(paths.Catalogue+"?unit=fgw").Want("末尾没有“等”字，是封闭清单", "方案原文　二（二）1")
	office.Get(paths.Catalogue+"?unit=ga-jj").Want("方案原文　二（二）3", "GA-JJ-01", "共 3 项")

	for query, want := range map[string][]string{
		"?by=subject&subject=person":   {"主体类别", "自然人", "共 17 项", "户籍人员基本信息", "含个人信息"},
		"?by=tax&tax=契税":               {"服务税费", "共 148 项"}, // a name is no code: nothing is filtered
		"?q=zjj-02":                    {"共 1 项", "商品房预售许可信息"},
		"?q=住房城乡":                      {"共 10 项"},
		"?shape=totals&share=free":     {"共 8 项", "生产总值"},
		"?state=twin":                  {"共 4 项", "ZJJ-02", "XZSP-05", "ZJJ-07", "XZSP-06"},
		"?lack=template":               {"共 145 项", "无模板"},
		"?sensitivity=personal&q=婚姻":   {"共 1 项", "婚姻（涉外婚姻）状况信息"},
		"?sort=name":                   {"共 148 项"},
		"?page=99":                     {"本页第 141—148 项"},
		"?q=没有这一项&cycle=year&unit=zjj": {"没有符合条件的目录项", "没有含“没有这一项”", "清除条件"},
	} {
		office.Get(paths.Catalogue + query).WantStatus(200).Want(want...)
	}
	w.as("leader").Get(paths.Catalogue).Want("导出").Not("补充目录项", "提出补充")
	w.as("handler.zjj").Get(paths.Catalogue + "?unit=fgw").WantStatus(200).Want("固定资产投资项目信息").Not("补充目录项")
	w.as("liaison.dcf").Get(paths.Catalogue).Want("148 个目录项") // the plan is public to every member
	for _, who := range []string{"sysadmin", "secadmin", "auditor", "bank"} {
		w.as(who).Get(paths.Catalogue).WantStatus(403)
		w.as(who).Get(paths.ToItem("zjj-02")).WantStatus(403)
	}
}

func TestCatalogue_ExportsTheNationalLayoutAndIsAudited(t *testing.T) {
	w := newTown(t)
	rows := sheet(t, w.as("leader").Get(paths.CatalogueExport+"?unit=zjj&q=预售"))
	text := func(row []string) string { return strings.Join(row, "|") }
	if !strings.Contains(text(rows[2]), "信息资源名称|信息资源代码|信息资源提供方|信息资源提供方代码|信息资源摘要|信息资源格式|信息项（名称：类型）|共享类型|共享条件|共享方式|是否向社会开放|更新周期|发布日期|关联资源代码") {
		t.Errorf("heads %q", text(rows[2]))
	}
	if len(rows) != 4 {
		t.Fatalf("%d rows", len(rows))
	}
	got := text(rows[3])
	for _, want := range []string{"2|01|008|00|商品房预售许可信息|20100800/002|聊城市住房和城乡建设局|ZJJ|", "预售许可证号：", "有条件|", "每月|2020-06-29|20102000/005|ZJJ-02|明细|项目|", "涉商业信息", "使用中|商品房预售许可信息"} {
		if !strings.Contains(got, want) {
			t.Errorf("the row lacks %q: %s", want, got)
		}
	}
	w.as("auditor").Get(paths.Audit+"?object=catalogue").Want("周国强", "导出", "1 项")
}

func TestItem_ShowsAllItsMetadata(t *testing.T) {
	w := newTown(t)
	a := w.as("office").Get(paths.ToItem("ZJJ-02")).WantStatus(200)
	a.Want("商品房预售许可信息", "使用中", "20100800/002", "方案原文“商品房预售许可信息”", "待补：由提供单位告知办公室", "明细（电子表格、数据库表）", "项目", "增值税、土地增值税、企业所得税", "有条件",
		"经申请、授权后使用", "税收共治平台报送、调取", "不开放", "方案二（二）", "20102000/005", "涉商业信息", "每月", "期满后第 25 天 17:00", "须写明原因", "2020-06-29", "第 1 版",
		"同一事项", "市行政审批局", "2026年10月期", "请向市住房城乡建设局了解负责科室", "修改目录项", "停用", "逐条比对")
	if on := words(a.Doc().Find(".gz-clause mark.on")); on != "商品房预售许可信息" {
		t.Errorf("marked %q", on)
	}
	office := w.as("office")
	office.Get(paths.ToItem("xzsp-01")).Want("2019年2月1日起登记的", "无模板，不产生报送任务")
	office.Get(paths.ToItem("tj-07")).Want("每个县（市、区）一个数，缺哪个报哪个", "汇总", "不指向主体")
	office.Get(paths.ToItem("yc-01")).Want("含地理位置（地址或经纬度）", "是封闭清单")
	office.Get(paths.ToItem("zjfy-02")).Want("由原文共用的前后文字补全", "“涉及动产、不动产、无形资产处置和抵顶债务的”")
	w.as("liaison.zjj").Get(paths.ToItem("zjj-02")).Want("提出变更", "2026年10月期").Not("修改目录项", "逐条比对")
	w.as("liaison.fgw").Get(paths.ToItem("zjj-02")).Want("商品房预售许可信息").Not("提出变更", "修改目录项", "/filings/tasks/zjj-02-202610")
	w.as("tax").Get(paths.ToItem("zjj-02")).Want("提出变更").Not("修改目录项")
	w.as("handler.zjj").Get(paths.ToItem("zjj-02")).WantStatus(200).Not("提出变更")
	w.as("office.dcf").Get(paths.ToItem("zjj-02")).WantStatus(200).Not("修改目录项") // not of its area
	for _, path := range []string{paths.ToItem("zjj-99"), "/catalogue/%27%20OR%201=1", paths.ToItem("xq-2026-001")} {
		w.as("office").Get(path).WantStatus(404)
	}
}

func TestItemAdd_ToAnOpenListIsMarked(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	office.Get(paths.CatalogueNew+"?unit=sj").WantStatus(200).Want("补充决定的日期", "市发展改革委（封闭清单）", "市烟草专卖局（封闭清单）").Not("市审计局（封闭清单）", "已知这是封闭清单")
	office.Post(paths.CatalogueNew, itemForm()).WantStatus(303).Follow().Want("已补充 SJ-02", "补充", "办公室 2026-11-09 决定补充，不在方案原文中", "《中华人民共和国审计法》第三十四条", "核减额影响建筑服务的计税依据。",
		"自2026年11月期起", "20101200/002", "办公室补充：")
	for _, who := range []string{"leader", "liaison.fgw", "tax"} {
		w.as(who).Get(paths.Catalogue+"?unit=sj").Want("SJ-02", "政府投资审计核减信息", "补充", "办公室补充：")
	}
	if cells := strings.Join(sheet(t, office.Get(paths.CatalogueExport+"?q=sj-02"))[3], "|"); !strings.Contains(cells, "|补充") || !strings.Contains(cells, "审计法") {
		t.Errorf("exported %s", cells)
	}
	w.as("auditor").Get(paths.Audit+"?object=catalogue").Want("补充", "核减额影响建筑服务的计税依据。")
}

func TestItemAdd_WhatIsRefusedKeepsWhatWasTyped(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	bad := office.Post(paths.CatalogueNew, itemForm("basis", "", "reason", "", "listed_on", "2026-12-01", "due_days", "x")).WantStatus(422)
	bad.Want("有 4 处需要改", "请填写法律、法规或文件依据", "请填写理由", "不晚于今天", "请填 1 至 366 的整数", "政府投资审计核减信息", "经申请、授权后使用", `value="2026-12-01"`)
	if v := bad.Doc().Find("#f-unit option[selected]").AttrOr("value", ""); v != "sj" {
		t.Errorf("the unit came back as %q", v)
	}
	office.Post(paths.CatalogueNew, itemForm("unit", "nobody")).WantStatus(422).Want("请选择本办公室区划内的成员单位")
	office.Post(paths.CatalogueNew, itemForm("share", "none", "basis", "")).WantStatus(422).Want("不予共享须写明")
	office.Post(paths.CatalogueNew, itemForm("subject_kind", "person")).WantStatus(422).Want("含个人信息，敏感级别应为“敏感”")
	office.Post(paths.CatalogueNew, itemForm("taxes", "made-up")).WantStatus(422).Want("税费名称不在清单内")
	w.as("office.dcf").Post(paths.CatalogueNew, itemForm()).WantStatus(422).Want("请选择本办公室区划内的成员单位")
	office.Get(paths.Catalogue + "?unit=sj").Want("共 1 项")
}

// TestItemAdd_ToAClosedListWarns holds requirement R2.2-7 for the two lists of the plan without 等.
func TestItemAdd_ToAClosedListWarns(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	for _, unit := range []string{"fgw", "yc"} {
		office.Get(paths.CatalogueNew+"?unit="+unit).Want("末尾没有“等”字，是封闭清单", "已知这是封闭清单，确有依据需要补充")
		office.Post(paths.CatalogueNew, itemForm("unit", unit)).WantStatus(422).Want("是封闭清单。确有依据需要补充的，请勾选确认", "政府投资审计核减信息")
		office.Post(paths.CatalogueNew, itemForm("unit", unit, "closed", "1")).WantStatus(303)
	}
	w.as("auditor").Get(paths.Audit + "?object=catalogue").Want("方案所列为封闭清单，已确认补充")
}

func TestItemEdit_TakesEffectFromAPeriodOn(t *testing.T) {
	w := newTown(t)
	office, path := w.as("office"), paths.ToItemPart(paths.ItemEdit, "zjj-06")
	form := itemForm("section", "节能科技科", "cycle", "year", "due_days", "60", "lock_days", "90", "subject_kind", "organisation", "from", "2026-11", "reason", "单位来函告知。", "seen", "0")
	office.Get(path).WantStatus(200).Want("修改目录项", "新型墙体材料基金返还信息", "本月起（只限说明性内容）").Not(`name="name"`)
	office.Post(path, form).WantStatus(303).Follow().Want("已修改，即时生效", "节能科技科", "单位来函告知。")
	form.Set("seen", "0")
	form.Set("section", "建管科")
	office.Post(path, form).WantStatus(409).Want("赵敏 已修改本项", "您填的内容都还在", "建管科")
	form.Set("seen", "1")
	form.Set("due_days", "50")
	office.Post(path, form).WantStatus(422).Want("不追溯，请选择尚未开始的月份", "建管科")
	form.Set("from", "2027-01")
	page := office.Post(path, form).WantStatus(303).Follow().Want("已保存，自2027年1月期起生效", "截止天数 60 → 50", "（待生效）", "期满后第 60 天")
	withdraw, _ := page.Doc().Find("#history a[href$=withdraw]").Attr("href")
	office.Get(withdraw).WantStatus(200).Want("撤回这项修改")
	office.Post(withdraw, values("reason", "")).WantStatus(422).Want("请填写理由")
	office.Post(withdraw, values("reason", "改到明年再议。")).WantStatus(303).Follow().Want("已撤回", "改到明年再议。")
	office.Get(withdraw).WantStatus(404)
	w.as("office.dcf").Post(path, form).WantStatus(403)
	office.Post(paths.ToItemPart(paths.ItemEdit, "zjj-99"), form).WantStatus(404)
}

func TestItemRetire_AsksTheReason(t *testing.T) {
	w := newTown(t)
	office, path := w.as("office"), paths.ToItemPart(paths.ItemRetire, "zjj-05")
	office.Post(path, values("from", "2026-11", "reason", "", "seen", "0")).WantStatus(422).Want("请填写理由")
	office.Post(path, values("from", "2020-01", "reason", "不再登记", "seen", "0")).WantStatus(422).Want("请选择生效期次", "不再登记")
	office.Post(path, values("from", "2026-11", "reason", "不再登记", "seen", "0")).WantStatus(303).Follow().Want("已停用，不再写入新的任务", "不再登记").Not("修改目录项")
	office.Get(paths.Catalogue+"?state=retired").Want("共 1 项", "已停用", "；另有 1 项已停用")
	office.Get(paths.Catalogue + "?unit=zjj").Want("标底纹的 10 处") // the plan's words stay marked
	office.Post(paths.ToItemPart(paths.ItemPropose, "zjj-05"), values("kind", "edit", "text", "x", "reason", "y")).WantStatus(403)
}

func TestDifferences_OnlyForThoseWhoCompare(t *testing.T) {
	w := newTown(t)
	path := paths.ToItemPart(paths.ItemDifferences, "zjj-02")
	w.as("office").Get(path).WantStatus(409).Want("没有与其他单位共用现行模板")
	for _, who := range []string{"liaison.zjj", "chief.zjj", "handler.zjj", "leader"} {
		w.as(who).Get(path).WantStatus(403)
	}
	w.as("office").Get(paths.ToItemPart(paths.ItemDifferences, "nothing")).WantStatus(404)
}

// TestDifferences_ListsWhatTwoUnitsFiledOtherwise lets two units file the same permits, one of them with another name.
func TestDifferences_ListsWhatTwoUnitsFiledOtherwise(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		w := &town{App: app, t: t, clients: map[string]*testkit.Client{}}
		w.accepted("ZJJ-02-202610", 5)
		w.twin(5)
		doc := w.as("office").Get(paths.ToItemPart(paths.ItemDifferences, "zjj-02")).WantStatus(200).Want("市住房城乡建设局、市行政审批局", "另一处记载的名称", "●●●").Doc()
		if n := doc.Find("table").Length(); n != 1 {
			t.Errorf("%d records differ", n)
		}
		if rows := doc.Find("tr.is-sel"); rows.Length() != 1 || !strings.HasPrefix(words(rows), "开发企业名称 不一致") {
			t.Errorf("%d fields differ: %s", rows.Length(), words(rows))
		}
		w.as("office").Get(paths.ToItemPart(paths.ItemDifferences, "xzsp-05")).WantStatus(200).Want("另一处记载的名称")
		w.as("auditor").Get(paths.Audit + "?object=data").Want("与同一事项的其他单位逐条比对，第 1 页，1 条")
	})
}

// TestCatalogue_APageTakesTheSameQueriesWhateverItsLength lets no row ask for itself.
func TestCatalogue_APageTakesTheSameQueriesWhateverItsLength(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	office.Get(paths.Catalogue)
	few := w.Queries(func() { office.Get(paths.Catalogue + "?q=zjj-02") })
	if many := w.Queries(func() { office.Get(paths.Catalogue) }); many > few {
		t.Errorf("one item takes %d queries, twenty take %d", few, many)
	}
	short := w.Queries(func() { office.Get(paths.ToItem("sj-01")) })
	if long := w.Queries(func() { office.Get(paths.ToItem("xzsp-05")) }); long > short {
		t.Errorf("the item of a short list takes %d queries, of a long one %d", short, long)
	}
	w.propose("zjj-06")
	one := w.Queries(func() { office.Get(paths.Proposals) })
	for range 5 {
		w.propose("zjj-06")
	}
	if six := w.Queries(func() { office.Get(paths.Proposals) }); six > one {
		t.Errorf("one proposal takes %d queries, six take %d", one, six)
	}
	w.call("zjj", "")
	one = w.Queries(func() { office.Get(paths.Calls) })
	for range 5 {
		w.call("fgw", "")
	}
	if six := w.Queries(func() { office.Get(paths.Calls) }); six > one {
		t.Errorf("one call takes %d queries, six take %d", one, six)
	}
}
