package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// threeFiled is a town with a batch of each unit in the Office's inbox.
func threeFiled(t *testing.T) (w *town, zjj, fgw, zrzy string) {
	w = newTown(t)
	return w, w.filed("ZJJ-02-202610", 20), w.filed("FGW-05-202610", 30), w.filed("ZRZY-01-202610", 25)
}

func TestInbox_ListsWhatWaits(t *testing.T) {
	w, _, _, _ := threeFiled(t)
	w.day("2026-11-12")
	a := w.as("office").Get(paths.Inbox).WantStatus(200)
	a.Want("待受理批次", "3 批", "ZJJ-02-202610-1", "市住房城乡建设局", "刘志远 已等 2 个工作日", "2026年10月期", "按时", "审阅")
	doc := a.Doc()
	if got := strings.Join(heads(doc), "/"); got != "选择/批次/单位/事项/行数/审签时间/按时/操作" {
		t.Errorf("columns %s", got)
	}
	doc.Find("input[data-row]").Each(func(_ int, tick *goquery.Selection) {
		code, _ := tick.Attr("value")
		if label, _ := tick.Attr("aria-label"); label != "选择 "+code {
			t.Errorf("tick %s says %q", code, label)
		}
		if belongs, _ := tick.Attr("form"); doc.Find("form#"+belongs).Length() != 1 {
			t.Errorf("tick %s belongs to form %q", code, belongs)
		}
	})
	actions := []string{}
	doc.Find("form#bulk button[formaction]").Each(func(_ int, b *goquery.Selection) {
		to, _ := b.Attr("formaction")
		actions = append(actions, words(b)+" "+to)
	})
	if strings.Join(actions, ", ") != "受理 /filings/inbox/accept, 退回 /filings/inbox/return" {
		t.Errorf("buttons without script: %v", actions)
	}
	w.as("office").Get(paths.Inbox + "?sort=rows").Want("FGW-05-202610-1")
	if first := words(w.as("office").Get(paths.Inbox + "?sort=rows").Doc().Find("#inbox tbody tr").First()); !strings.Contains(first, "FGW-05") {
		t.Errorf("most rows first: %q", first)
	}
	w.as("office").Get(paths.Inbox + "?unit=zjj").Want("1 批").Not("FGW-05-202610-1")
	w.as("office").Get(paths.Inbox+"?q=nichts").Want("没有符合条件的批次", "清除条件")
	w.as("office.dcf").Get(paths.Inbox).Want("没有待受理的批次").Not("ZJJ-02-202610")
	w.as("liaison.zjj").Get(paths.Inbox).WantStatus(403)
}

func TestInbox_SortsAndSaysSo(t *testing.T) {
	w, _, _, _ := threeFiled(t)
	office := w.as("office")
	for query, want := range map[string]string{"": "审签时间 ascending", "?sort=newest": "审签时间 descending", "?sort=rows": "行数 descending",
		"?sort=unit": "单位 ascending", "?sort=evil": "审签时间 ascending"} {
		doc := office.Get(paths.Inbox + query).Doc()
		sorted := doc.Find("#inbox th[aria-sort]")
		if got := words(sorted) + " " + sorted.AttrOr("aria-sort", ""); sorted.Length() != 1 || got != want {
			t.Errorf("%q: sorted by %q, want %q", query, got, want)
		}
		doc.Find("#inbox th a").Each(func(_ int, link *goquery.Selection) { office.Get(link.AttrOr("href", "")).WantStatus(200) })
	}
	doc := office.Get(paths.Inbox + "?sort=unit&unit=zjj").Doc()
	if got := doc.Find(".gz-toolbar input[name=sort]").AttrOr("value", ""); got != "unit" {
		t.Errorf("the order is lost with the next filter: %q", got)
	}
	if got := doc.Find("#inbox th[aria-sort] a").AttrOr("href", ""); got != paths.Inbox+"?unit=zjj" {
		t.Errorf("a second press leads to %q, not to the list's own order", got)
	}
}

func TestInboxExport_HasTheFilteredBatchesOfTheArea(t *testing.T) {
	w, _, _, _ := threeFiled(t)
	w.day("2026-11-12")
	office := w.as("office")
	page := office.Get(paths.Inbox + "?unit=zjj&sort=unit")
	export := page.Doc().Find(".gz-toolbar .end a")
	if words(export) != "导出 1 批" || export.AttrOr("href", "") != paths.InboxExport+"?sort=unit&unit=zjj" {
		t.Errorf("button %q leads to %q", words(export), export.AttrOr("href", ""))
	}
	a := office.Get(export.AttrOr("href", ""))
	if name := a.Header.Get("Content-Disposition"); !strings.Contains(name, url.PathEscape("待受理批次.xlsx")) {
		t.Errorf("file name %q", name)
	}
	rows := sheet(t, a)
	if len(rows) != 3+1 || rows[0][0] != "待受理批次" || !strings.Contains(rows[1][0], "赵敏（领导小组办公室）") {
		t.Fatalf("rows %v", rows)
	}
	if got := strings.Join(rows[2], "|"); got != "批次|单位|事项|期次|期限|报送方式|行数|填报人|提交人|审签人|审签时间|按时|已等工作日" {
		t.Errorf("columns %s", got)
	}
	if got := strings.Join(rows[3], "|"); got != "ZJJ-02-202610-1|市住房城乡建设局|商品房预售许可信息|2026年10月期|2026-11-25 17:00|报送文件|20|王静|王静|刘志远|2026-11-10 09:00|按时|2" {
		t.Errorf("row %s", got)
	}
	if rows := sheet(t, office.Get(paths.InboxExport+"?sort=rows&page=7")); len(rows) != 3+3 || rows[3][0] != "FGW-05-202610-1" {
		t.Errorf("all of them, most rows first: %v", rows)
	}
	if rows := sheet(t, w.as("office.dcf").Get(paths.InboxExport)); len(rows) != 3 {
		t.Errorf("another area's Office gets %v", rows)
	}
	for _, user := range []string{"liaison.zjj", "chief.zjj", "leader", "tax", "auditor", "bank"} {
		w.as(user).Get(paths.InboxExport).WantStatus(403)
	}
	empty := office.Get(paths.Inbox + "?q=nichts").Not("导出 ")
	if empty.Doc().Find(".gz-toolbar .end a").Length() != 0 {
		t.Error("nothing can be exported")
	}
	w.as("auditor").Get("/audit?q=导出待受理批次").Want("赵敏", "1 批，单位 ZJJ", "3 批")
}

func TestInbox_ALateOneSaysSo(t *testing.T) {
	w := newTown(t)
	w.day("2026-11-27")
	w.filed("ZJJ-02-202610", 20)
	w.as("office").Get(paths.Inbox).Want("逾期补报")
}

func TestInboxAccept(t *testing.T) {
	w, zjj, fgw, _ := threeFiled(t)
	office := w.as("office")
	ask := office.Post(paths.InboxAccept, values("code", zjj, "code", fgw)).WantStatus(303).Follow().WantStatus(200)
	ask.Want("受理 2 批？", "市住房城乡建设局 1 批", "市发展改革委 1 批，共 50 行。", "数据立即生效，供有权使用的单位查用", "由新批次替代", "取消").Not("市自然资源和规划局", "没有列入")
	office.Get(paths.Inbox).Want("3 批") // asking does nothing
	office.Post(paths.InboxAccept, hiddenOf(ask)).WantStatus(303).Follow().
		Want("已受理 2 批：ZJJ-02-202610-1、FGW-05-202610-1，数据已生效。", "1 批").Not("没有受理")
	office.Post(paths.InboxAccept, values("code", zjj)).Follow().WantStatus(303).Follow().Want("所选批次都已不在待受理")
	office.Post(paths.InboxAccept, values("code", zjj, "code", "ZRZY-01-202610-1")).Follow().Want("受理 1 批？", "另有 1 批已不在待受理，没有列入")
	office.Post(paths.InboxAccept, values("step", "accept", "code", zjj)).Follow().Want("1 批没有受理", "您打开页面后，批次 ZJJ-02-202610-1", "已变为“已生效”")
	office.Post(paths.InboxAccept, values("step", "accept", "code", "ZRZY-01-202610-1")).Follow().Want("1 批没有受理", "页面不完整")
	office.Post(paths.InboxAccept, values("step", "accept", "code", "ZRZY-01-202610-1", filing.SeenField("ZRZY-01-202610-1"), "1")).Follow().Want("1 批没有受理", "请核对后再办")
	office.Post(paths.InboxAccept, values("step", "accept", "code", "ZRZY-01-202610-1", "code", "NOWHERE-1", filing.SeenField("ZRZY-01-202610-1"), w.seen("ZRZY-01-202610-1"))).Follow().
		Want("已受理 1 批：ZRZY-01-202610-1", "1 批没有受理", "NOWHERE-1：没有这个批次。")
	for _, nothing := range []url.Values{nil, values("step", "accept")} {
		office.Post(paths.InboxAccept, nothing).Follow().Want("没有受理：还没有选中批次", "没有待受理的批次")
	}
	office.Get(paths.InboxAccept).WantStatus(303).Follow().Want("还没有选中批次")
	many := url.Values{"code": make([]string, 101)}
	office.Post(paths.InboxAccept, many).Follow().Want("一次最多勾选 100 批")
}

// hiddenOf returns what the form of a question carries.
func hiddenOf(a *testkit.Answer) url.Values {
	fields := url.Values{}
	a.Doc().Find("#confirm input[type=hidden]").Each(func(_ int, field *goquery.Selection) {
		if name := field.AttrOr("name", ""); name != "_csrf" {
			fields.Add(name, field.AttrOr("value", ""))
		}
	})
	return fields
}

// hiddenIn returns the value of a hidden field of a page.
func hiddenIn(a *testkit.Answer, name string) string {
	return a.Doc().Find(`input[type=hidden][name="`+name+`"]`).AttrOr("value", "?")
}

func TestInboxAccept_AllMeansAllThatTheFilterFinds(t *testing.T) {
	w, _, _, _ := threeFiled(t)
	office := w.as("office")
	accept := func(choice ...string) *testkit.Answer {
		return office.Post(paths.InboxAccept, hiddenOf(office.Post(paths.InboxAccept, values(choice...)).Follow().WantStatus(200))).Follow()
	}
	accept("all", "1", "unit", "fgw").Want("已受理 1 批：FGW-05-202610-1", "2 批")
	accept("all", "1", "q", "").Want("已受理 2 批", "没有待受理的批次")
}

func TestInboxAccept_IsForTheOfficeOfTheArea(t *testing.T) {
	w, zjj, _, _ := threeFiled(t)
	w.as("liaison.zjj").Post(paths.InboxAccept, values("code", zjj)).WantStatus(403)
	w.as("liaison.zjj").Get(paths.InboxAccept + "?all=1").WantStatus(403)
	w.as("office.dcf").Get(paths.InboxAccept + "?code=" + zjj).WantStatus(303).Follow().Want("都已不在待受理").Not("市住房城乡建设局")
	w.as("office.dcf").Post(paths.InboxAccept, values("step", "accept", "code", zjj)).Follow().Want("1 批没有受理", "没有这个批次")
	w.as("office").Get(paths.Inbox).Want("3 批")
}

func TestInboxReturn_EachBatchItsReason(t *testing.T) {
	w, zjj, fgw, _ := threeFiled(t)
	office := w.as("office")
	a := office.Post(paths.InboxReturn, values("code", zjj, "code", fgw)).WantStatus(303).Follow().WantStatus(200)
	a.Want("退回批次", "退回 2 批", "市住房城乡建设局", "补正期限").Not("ZRZY")
	doc := a.Doc()
	if doc.Find("fieldset textarea").Length() != 2 || doc.Find("fieldset legend a").Length() != 2 {
		t.Error("not one reason for each batch")
	}
	if due, _ := doc.Find("input[name=due]").Attr("value"); due != "2026-11-17" {
		t.Errorf("due proposed: %q, five working days are 2026-11-17", due)
	}

	form := values("step", "return", "code", zjj, "code", fgw, filing.SeenField(zjj), hiddenIn(a, filing.SeenField(zjj)), filing.SeenField(fgw), hiddenIn(a, filing.SeenField(fgw)),
		filing.ReasonField(zjj), "“面积”列 3 行有误", filing.ReasonField(fgw), " ", "due", "2026-11-10")
	a = office.Post(paths.InboxReturn, form).WantStatus(422)
	a.Want("有 1 处需要改", "FGW-05-202610-1 退回理由：请填写退回理由", "“面积”列 3 行有误")
	if got, _ := a.Doc().Find("#f-" + filing.ReasonField(fgw)).Attr("aria-invalid"); got != "true" {
		t.Error("the empty reason is not marked")
	}
	if got, _ := a.Doc().Find("input[name=due]").Attr("value"); got != "2026-11-10" {
		t.Errorf("the typed due is lost: %q", got)
	}
	w.as("office").Get(paths.Inbox).Want("3 批")

	if got := hiddenIn(a, filing.SeenField(fgw)); got != form.Get(filing.SeenField(fgw)) {
		t.Errorf("the form that came back has seen %q", got)
	}
	form.Set(filing.ReasonField(fgw), "“总投资”列单位应为万元")
	form.Set("due", "2026/11/20")
	office.Post(paths.InboxReturn, form).WantStatus(303).Follow().Want("已退回 2 批", "理由和补正期限已告知报送单位", "1 批")
	w.as("liaison.fgw").Get(paths.ToBatch(fgw)).Want("退回补正", "“总投资”列单位应为万元", "11月20日")
	w.as("liaison.zjj").Get(paths.ToBatch(zjj)).Want("“面积”列 3 行有误").Not("总投资")
}

func TestInboxReturn_RefusesADueThatIsOver(t *testing.T) {
	w, zjj, _, _ := threeFiled(t)
	for due, want := range map[string]string{"": "请填写补正期限", "2026-11-09": "补正期限应晚于现在", "31.2.": "请填写补正期限", "2026-02-31": "请填写补正期限"} {
		form := values("step", "return", "code", zjj, filing.ReasonField(zjj), "请改", "due", due)
		w.as("office").Post(paths.InboxReturn, form).WantStatus(422).Want(want)
	}
	long := values("step", "return", "code", zjj, filing.ReasonField(zjj), strings.Repeat("长", 2001), "due", "2026-11-20")
	w.as("office").Post(paths.InboxReturn, long).WantStatus(422).Want("退回理由最多 2000 字")
}

func TestInboxReturn_WhatHasMovedOn(t *testing.T) {
	w, zjj, fgw, _ := threeFiled(t)
	office := w.as("office")
	w.move("office2", zjj, models.VerbAccept, filing.MoveInput{})
	query := "?" + url.Values{"code": {zjj, fgw, "FREMD-1"}}.Encode()
	office.Get(paths.InboxReturn+query).Want("有 2 批已不在待受理", "退回 1 批")
	office.Get(paths.InboxReturn + "?code=" + zjj).WantStatus(303).Follow().Want("都已不在待受理")
	form := values("step", "return", "code", zjj, "code", fgw, filing.SeenField(zjj), "1", filing.SeenField(fgw), w.seen(fgw), filing.ReasonField(zjj), "迟了", filing.ReasonField(fgw), "请改", "due", "2026-11-20")
	office.Post(paths.InboxReturn, form).Follow().Want("已退回 1 批：FGW-05-202610-1", "1 批没有退回。您打开页面后，批次 ZJJ-02-202610-1")
}

func TestInboxReturn_NothingChosenOrTooMuch(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	office.Post(paths.InboxReturn, nil).Follow().Want("没有退回：请勾选 1 至 50 批")
	office.Get(paths.InboxReturn).WantStatus(303)
	many := url.Values{}
	for range 51 {
		many.Add("code", "A")
	}
	office.Post(paths.InboxReturn, many).Follow().Want("没有退回")
	office.Get(paths.InboxReturn + "?" + many.Encode()).WantStatus(303)
	w.as("liaison.zjj").Get(paths.InboxReturn).WantStatus(403)
}
