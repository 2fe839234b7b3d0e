package auditview_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"taxportal/web/views/auditview"
	"taxportal/web/views/components"
	"taxportal/web/views/viewtest"
)

// shell is the frame of every page here.
var shell = viewtest.Shell("审计日志")

func page(q auditview.Query, rows ...auditview.Row) auditview.ListPage {
	return auditview.ListPage{Shell: shell, Query: q, Rows: rows, Objects: []components.Option{{Value: "filing", Label: "数据报送"}, {Value: "session", Label: "登录"}},
		Pages: components.NewPages(len(rows)*60, 1, 50, "条", func(int) templ.SafeURL { return q.Page("2") })}
}

func TestList_saysEntriesInWords(t *testing.T) {
	q := auditview.Query{Text: viewtest.Hostile, Object: "filing", From: "2026-11-01", To: "2026-11-30", Order: "oldest"}
	doc := viewtest.Page(t, auditview.List(page(q,
		auditview.Row{Seq: "1,204", When: "2026-11-23 09:00:00", Machine: "2026-11-23T09:00:00+08:00", Who: "赵敏", Unit: "领导小组办公室", Addr: "10.1.2.3", Action: "退回批次",
			Object: "数据报送", Code: "ZJJ-02-202610-1", Change: "待受理 → 退回补正", Reason: viewtest.Hostile, Note: "第 3 列"},
		auditview.Row{Seq: "1,203", Who: "未登录", Action: "登录失败", Object: "登录", Code: "nobody", Bad: true})))

	rows := doc.Find("#audit tbody tr")
	for _, want := range []string{"1,204", "赵敏", "领导小组办公室", "退回批次", "ZJJ-02-202610-1", "待受理 → 退回补正", "理由：" + viewtest.Hostile, "第 3 列", "10.1.2.3"} {
		if !strings.Contains(rows.Eq(0).Text(), want) {
			t.Errorf("no %q in %q", want, viewtest.Words(rows.Eq(0)))
		}
	}
	if viewtest.Words(rows.Eq(1).Find(".gz-state.is-late")) != "登录失败" || rows.Eq(0).Find(".gz-state").Length() != 0 {
		t.Error("a refused attempt does not stand out, or something else does")
	}
	for name, want := range map[string]string{"q": viewtest.Hostile, "from": "2026-11-01", "to": "2026-11-30"} {
		if got := doc.Find("[name="+name+"]").AttrOr("value", ""); got != want {
			t.Errorf("filter %s came back as %q", name, got)
		}
	}
	if doc.Find("[name=object] option[selected]").AttrOr("value", "") != "filing" || doc.Find(".gz-toolbar [name=order]").AttrOr("value", "") != "oldest" {
		t.Error("object or order did not come back")
	}
	if head := doc.Find("th[aria-sort=ascending]"); viewtest.Words(head) != "序号" || strings.Contains(head.Find("a").AttrOr("href", ""), "order=") {
		t.Error("the first column does not show the order, or does not turn it round")
	}
	if got := viewtest.Page(t, auditview.List(page(auditview.Query{}, auditview.Row{Seq: "1"}))).Find("th[aria-sort=descending] a").AttrOr("href", ""); got != "/audit?order=oldest" {
		t.Errorf("newest first, the first column leads to %s", got)
	}
	export := doc.Find(".gz-toolbar .end a")
	if viewtest.Words(export) != "导出 120 条" || !strings.HasPrefix(export.AttrOr("href", ""), "/audit/export?") || !strings.Contains(export.AttrOr("href", ""), "from=2026-11-01") {
		t.Errorf("export %q leads to %s", viewtest.Words(export), export.AttrOr("href", ""))
	}
	if doc.Find(".gz-pager a").First().AttrOr("href", "") == "" || !strings.Contains(viewtest.Words(doc.Find(".gz-pager")), "共 120 条，本页第 1—50 条") {
		t.Errorf("the foot reads %q", viewtest.Words(doc.Find(".gz-pager")))
	}
	verify := doc.Find(".gz-page-head form[method=post]")
	if verify.AttrOr("action", "") != "/audit/verify" || viewtest.Words(verify.Find("button.btn-primary")) != "核验完整性" {
		t.Error("the chain cannot be verified")
	}
}

func TestList_beginsWithWhatIsToBeDone(t *testing.T) {
	for _, tone := range []components.Tone{components.TonePlain, components.ToneLate, components.ToneCalm} {
		p := page(auditview.Query{})
		p.Next = components.Next{Tone: tone, Sentence: components.Sentence{components.Plain("请在 "), components.Bold("12月1日前"), components.Plain("核验。")}}
		bar := viewtest.Page(t, auditview.List(p)).Find("main .gz-next")
		if bar.Length() != 1 || strings.TrimSpace(bar.AttrOr("class", "")) != strings.TrimSpace("gz-next "+string(tone)) || viewtest.Words(bar.Find("p")) != "请在 12月1日前核验。" {
			t.Errorf("%d sentences; the first reads %q as %q", bar.Length(), viewtest.Words(bar), bar.AttrOr("class", ""))
		}
	}
}

// TestList_oneLineWhereOneIsEnough: unit, address and number stand beside what they belong to, not below it.
func TestList_oneLineWhereOneIsEnough(t *testing.T) {
	row := viewtest.Page(t, auditview.List(page(auditview.Query{}, auditview.Row{Seq: "1", When: "2026-11-23 09:00:00", Who: "张涛", Unit: "市自然资源和规划局", Addr: "10.1.2.3",
		Action: "审签", Object: "数据报送", Code: "ZRZY-01-202610-1", Change: "待审签 → 待受理"}))).Find("#audit tbody tr")
	row.Find("td").Slice(0, 5).Each(func(i int, cell *goquery.Selection) {
		if cell.Find("div, br").Length() != 0 {
			t.Errorf("column %d has two lines: %s", i+1, viewtest.Words(cell))
		}
	})
	if got := viewtest.Words(row.Find("td").Eq(2)); got != "张涛 市自然资源和规划局" {
		t.Errorf("who acted reads %q", got)
	}
}

func TestList_emptyStates(t *testing.T) {
	doc := viewtest.Page(t, auditview.List(page(auditview.Query{Text: "nichts", Object: "session", From: "2026-11-01"})))
	if got := viewtest.Words(doc.Find(".gz-empty")); !strings.Contains(got, "关键字“nichts”，对象“登录”，自“2026-11-01”") || doc.Find(".gz-empty a[href='/audit']").Length() != 1 {
		t.Errorf("it says %q", got)
	}
	if got := viewtest.Words(viewtest.Page(t, auditview.List(page(auditview.Query{}))).Find(".gz-empty")); !strings.Contains(got, "还没有记录") {
		t.Errorf("an empty trail says %q", got)
	}
}

func TestList_namesDaysThatAreNone(t *testing.T) {
	p := page(auditview.Query{From: "gestern"})
	p.Notices = []string{"“自”填的“gestern”不是日期，查询时没有用它。"}
	doc := viewtest.Page(t, auditview.List(p))
	if !strings.Contains(viewtest.Words(doc.Find(".gz-flash")), "不是日期") || doc.Find("[name=from]").AttrOr("value", "") != "gestern" {
		t.Error("a wrong day is passed over in silence, or is gone")
	}
}

func TestProof_saysWhatWasFound(t *testing.T) {
	whole := viewtest.Page(t, auditview.Proof(auditview.ProofPage{Shell: shell, Whole: true, Entries: 1204, Head: "abcd", When: "2026年11月23日 15:20"}))
	if viewtest.Words(whole.Find(".gz-state")) != "完整" || !strings.Contains(viewtest.Words(whole.Find("dl")), "1,204 条") || viewtest.Words(whole.Find(".gz-cell")) != "abcd" || whole.Find(".gz-next.is-late").Length() != 0 {
		t.Errorf("a whole chain reads %q", viewtest.Words(whole.Find("main")))
	}
	broken := viewtest.Page(t, auditview.Proof(auditview.ProofPage{Shell: shell, Entries: 3, Why: "第 4 条缺失。"}))
	if viewtest.Words(broken.Find(".gz-state.is-late")) != "有改动" || !strings.Contains(viewtest.Words(broken.Find("dl")), "第 4 条缺失。") || broken.Find(".gz-next.is-late").Length() != 1 {
		t.Errorf("a broken chain reads %q", viewtest.Words(broken.Find("main")))
	}
	if broken.Find("a[href='/audit']").Length() == 0 {
		t.Error("there is no way back")
	}
}
