package unitview_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/web/views/components"
	"taxportal/web/views/unitview"
	"taxportal/web/views/viewtest"
)

// city is the area of the tests.
var city = models.Jurisdiction{Code: "371500", Name: "聊城市", Kind: models.AreaCity}

func unit(code, name string, kind models.UnitKind, planNo int) models.Unit {
	return models.Unit{Code: code, Name: name, Kind: kind, PlanNo: planNo, Jurisdiction: &city, Affiliation: models.AffiliationGovernment}
}

func TestList_GroupsByAreaAndKindInThePlansOrderAlone(t *testing.T) {
	page := unitview.ListPage{Shell: viewtest.Shell("单位名录"), Order: components.Order{To: func(key string) string { return "/units?sort=" + key }}, Rows: []unitview.Row{
		{Unit: unit("office", "办公室", models.UnitOffice, 0)},
		{Unit: unit("ga", viewtest.Hostile, models.UnitMember, 3), Liaisons: []unitview.Person{{Name: viewtest.Hostile, Phone: "1"}}, Items: 4, Templates: 4},
		{Unit: unit("ga-jj", "交警", models.UnitSub, 0), Items: 3, Templates: 1},
		{Unit: unit("bank", "银行", models.UnitOutside, 0), Contact: unitview.Person{Name: "赵敏"}},
	}}
	doc := viewtest.Page(t, unitview.List(page))
	var groups []string
	for _, g := range doc.Find("tr.g").EachIter() {
		groups = append(groups, viewtest.Words(g))
	}
	if got := strings.Join(groups, "|"); got != "聊城市本级 领导小组及其办公室|聊城市本级 成员单位|聊城市本级 协助单位" {
		t.Errorf("groups %s", got)
	}
	text := viewtest.Words(doc.Find("tbody"))
	for _, want := range []string{viewtest.Hostile, "方案二（二）3", "都有模板", "1 项有模板", "未登记", "未指定"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	page.Order.Now = "name"
	if n := viewtest.Page(t, unitview.List(page)).Find("tr.g").Length(); n != 0 {
		t.Errorf("%d groups in another order", n)
	}
	page.Names = true
	doc = viewtest.Page(t, unitview.List(page))
	if doc.Find("tbody a").Length() != 0 || doc.Find("thead th").Length() != 3 || strings.Contains(viewtest.Words(doc.Find("tbody")), "赵敏") {
		t.Error("who sees names only sees more")
	}
	empty := unitview.ListPage{Shell: viewtest.Shell("单位名录"), Order: page.Order, Filter: "含“" + viewtest.Hostile + "”"}
	if got := viewtest.Words(viewtest.Page(t, unitview.List(empty)).Find(".gz-empty p")); got != "没有含“"+viewtest.Hostile+"”的单位。请放宽条件后再查。" {
		t.Errorf("empty %q", got)
	}
}

func TestUnit_StatesAreShownToThoseWhoMaySeeThem(t *testing.T) {
	page := unitview.UnitPage{Shell: viewtest.Shell("单位"), Unit: unit("zjj", viewtest.Hostile, models.UnitMember, 8), Contact: &unitview.Contact{},
		Duties: []unitview.Duty{
			{Code: "ZJJ-02", Name: "预售许可信息", PlanWords: "商品房预售许可", Cycle: "每月", Template: "/templates/zjj-02", Period: "2026年10月期", Due: "11月25日（周三）",
				State: components.Badge{Family: components.FamilyRun, Word: "待报"}, Task: "/filings/tasks/x", Record: "/filings?q=ZJJ-02"},
			{Code: "ZJJ-03", Name: viewtest.Hostile, Cycle: "每年", State: components.Badge{Family: components.FamilyOff, Word: unitview.NoTemplate}},
		}}
	doc := viewtest.Page(t, unitview.Unit(page))
	if heads := doc.Find("#duties thead th").Length(); heads != 3 || strings.Contains(viewtest.Words(doc.Find("#duties")), "待报") || doc.Find("#record").Length() != 0 {
		t.Errorf("%d columns for who may not see states", heads)
	}
	page.States = true
	doc = viewtest.Page(t, unitview.Unit(page))
	if got := viewtest.Words(doc.Find("#duties tbody tr").First()); got != "预售许可信息ZJJ-02 原文：商品房预售许可每月查看模板2026年10月期11月25日（周三）待报各期记录" {
		t.Errorf("duty %q", got)
	}
	if got := viewtest.Words(doc.Find("#duties header .sub")); got != "2 项，其中 1 项尚无模板" {
		t.Errorf("duties %q", got)
	}
	if got := viewtest.Words(doc.Find("#record .gz-empty h3")); got != "还没有报送记录" {
		t.Errorf("record %q", got)
	}
}

func TestUnit_WhatIsLeftOfAClosedOne(t *testing.T) {
	task := models.FilingTask{Code: "FGW-05-202611", Item: models.CatalogueItem{Name: viewtest.Hostile}, Period: "2026-11"}
	page := unitview.UnitPage{Shell: viewtest.Shell("单位"), Unit: unit("fgw", "市发展改革委", models.UnitMember, 1), Rest: &unitview.Rest{Heir: "市工信局",
		Tasks: []unitview.RestTask{{Task: task, Transfer: "/units/fgw/transfer?task=x"}, {Task: task, Stays: "已有上传，由原单位办完"}},
		Calls: []unitview.RestCall{{Call: models.Call{Code: "XQ-2026-001", Title: viewtest.Hostile}, Transfer: "/units/fgw/transfer?call=x", Off: "/catalogue/calls/x/call_off"},
			{Call: models.Call{Code: "XQ-2026-002", Title: "名录"}, Stays: "已答复，请打开核对"}},
		Items: []models.CatalogueItem{{Name: "甲"}, {Name: "乙"}}, Transfer: "/units/fgw/transfer", Notes: []string{viewtest.Hostile}}}
	doc := viewtest.Page(t, unitview.Unit(page))
	text := viewtest.Words(doc.Find("#rest"))
	if offs := doc.Find(`#rest a[href="/catalogue/calls/x/call_off"]`).Length(); offs != 1 {
		t.Errorf("%d calls can be called off", offs)
	}
	for _, want := range []string{"XQ-2026-001", "撤销需求", "XQ-2026-002", "已答复，请打开核对", "转出", "提出免报", "已有上传，由原单位办完", "共享事项 2 项目前没有单位报送：甲、乙。", "转由市工信局报送", viewtest.Hostile} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	page.Rest = &unitview.Rest{}
	if text := viewtest.Words(viewtest.Page(t, unitview.Unit(page)).Find("#rest")); !strings.Contains(text, "都已处理完") {
		t.Errorf("nothing left: %s", text)
	}
}

func TestGroup_SeatsStaffAndThoseBefore(t *testing.T) {
	holder := func(id int64, name string, from, to models.Day) models.PostHolder {
		return models.PostHolder{ID: id, Name: name, Span: models.Span{FromDay: from, ToDay: to}}
	}
	post := models.Post{Body: "市政府", Name: "主要领导", Holders: []models.PostHolder{
		holder(3, "丙", "2027-01-01", ""), holder(2, viewtest.Hostile, "2024-02-01", "2026-12-31"), holder(1, "甲", "2020-06-29", "2024-01-31")}}
	closed := unit("sf", "市司法局", models.UnitMember, 4)
	closed.ClosedAt = 1
	page := unitview.GroupPage{Shell: viewtest.Shell("领导小组"), Today: "2026-11-10", Area: city, CanEdit: true, Group: models.Group{Name: "领导小组"},
		Seats: []models.Seat{{ID: 1, Rank: models.SeatLeader, Post: post}, {ID: 2, Rank: models.SeatMember, Post: models.Post{Unit: &closed, Name: "主要负责人"}},
			{ID: 3, Rank: models.SeatMember, Post: models.Post{Body: "某", Name: "某"}, Span: models.Span{ToDay: "2026-12-31"}}},
		Past:    []models.Seat{{Rank: models.SeatDeputy, Post: post, Span: models.Span{ToDay: "2026-01-01"}, EndWhy: viewtest.Hostile}},
		Staff:   []unitview.Staff{{OfficeStaff: models.OfficeStaff{ID: 1, Name: "孙立"}, Account: "office2"}},
		Gone:    []models.OfficeStaff{{Name: "旧人", EndWhy: "期满"}},
		Sharing: &unitview.Sharing{Now: "使用市级平台报送", Edit: "/x"}, Below: []unitview.Below{{Area: city, Seats: 2, Sharing: models.SharingOwn}}}
	doc := viewtest.Page(t, unitview.Group(page))
	first := viewtest.Words(doc.Find("#seats tbody tr").First())
	for _, want := range []string{"组长 市政府主要领导" + viewtest.Hostile, "将由丙担任（2027-01-01 起）", "前任 甲（2020-06-29—2024-01-31）", "更换人员", "退出"} {
		if !strings.Contains(first, want) {
			t.Errorf("no %q in %s", want, first)
		}
	}
	rows := doc.Find("#seats tbody tr")
	if got := viewtest.Words(rows.Eq(1)); !strings.Contains(got, "已撤并") || !strings.Contains(got, "待登记") {
		t.Errorf("the head of a closed unit: %s", got)
	}
	if got := viewtest.Words(rows.Eq(2)); strings.Contains(got, "更换人员") || !strings.Contains(got, "至 2026-12-31") {
		t.Errorf("a seat that ends: %s", got)
	}
	if got := viewtest.Words(doc.Find("#seats header .sub")); got != "组长 1 名，成员 2 名" {
		t.Errorf("counts %q", got)
	}
	if got := viewtest.Words(doc.Find("#past tbody")); !strings.Contains(got, "建组—2026-01-01") || !strings.Contains(got, "旧人") || !strings.Contains(got, viewtest.Hostile) {
		t.Errorf("past %q", got)
	}
	page.CanEdit, page.Sharing.Edit, page.Seats, page.Staff = false, "", nil, nil
	doc = viewtest.Page(t, unitview.Group(page))
	if text := viewtest.Words(doc.Find("main")); strings.Contains(text, "更换人员") || strings.Contains(text, "更改") || !strings.Contains(text, "还没有登记席位") || !strings.Contains(text, "还没有登记办公室人员") {
		t.Errorf("who only reads sees %s", text)
	}
}

func TestForm_KeepsWhatWasTypedAndSaysWhoWasFaster(t *testing.T) {
	page := unitview.FormPage{Shell: viewtest.Shell("表单"), Title: "修改", Problem: viewtest.Hostile, Action: "/x", Back: "/y", Label: "保存",
		Inputs: []components.Input{{Name: "name", Label: "单位名称", Value: viewtest.Hostile, Error: "请填写单位名称。", Required: true}}}
	doc := viewtest.Page(t, unitview.Form(page))
	if v, _ := doc.Find("#f-name").Attr("value"); v != viewtest.Hostile {
		t.Errorf("typed %q", v)
	}
	if got := viewtest.Words(doc.Find("#main .gz-flash[role=alert] p").First()); got != viewtest.Hostile {
		t.Errorf("problem %q", got)
	}
}

func TestHistory_EmptyForTwoReasons(t *testing.T) {
	page := unitview.HistoryPage{Shell: viewtest.Shell("变更记录"), Title: "单位", Path: "/x", Order: components.Order{To: func(string) string { return "/x" }}}
	if got := viewtest.Words(viewtest.Page(t, unitview.History(page)).Find(".gz-empty h2")); got != "还没有变更" {
		t.Errorf("nothing yet: %q", got)
	}
	page.Filter = "含“甲”"
	if got := viewtest.Words(viewtest.Page(t, unitview.History(page)).Find(".gz-empty h2")); got != "没有符合条件的变更" {
		t.Errorf("nothing matches: %q", got)
	}
	page.Rows = []unitview.ChangeRow{{Who: viewtest.Hostile, Action: "修改", Field: "名称", Old: "甲", New: "乙"}}
	if got := viewtest.Words(viewtest.Page(t, unitview.History(page)).Find("tbody")); !strings.Contains(got, viewtest.Hostile) || !strings.Contains(got, "名称甲乙—") {
		t.Errorf("row %q", got)
	}
}
