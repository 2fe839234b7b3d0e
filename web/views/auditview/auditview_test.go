package auditview_test

import (
	"context"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"taxportal/web/views/auditview"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// hostile is what somebody may type; it must come back as text.
const hostile = `"><script>alert(1)</script>`

// show renders a page and holds it against what every page keeps: one h1, labels, ids used once, nothing inline.
func show(t *testing.T, page templ.Component) *goquery.Document {
	t.Helper()
	var out strings.Builder
	if err := page.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%d h1", n)
	}
	if doc.Find("[style], style, script:not([src]), [onclick]").Length() > 0 || strings.Contains(out.String(), "<script>alert") {
		t.Error("inline style or script")
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if ids[id] {
			t.Errorf("id %s stands twice", id)
		}
		ids[id] = true
	})
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if id == "" || doc.Find("label[for='"+id+"']").Length() != 1 {
			t.Errorf("field %q has no label", id)
		}
		for _, described := range strings.Fields(attr(s, "aria-describedby")) {
			if !ids[described] {
				t.Errorf("field %q is described by %q, which is not there", id, described)
			}
		}
		if attr(s, "aria-invalid") == "true" && doc.Find(".gz-errsum a[href='#"+id+"']").Length() != 1 {
			t.Errorf("the error of %q is not named above the form", id)
		}
	})
	doc.Find("form[method=post]").Each(func(_ int, s *goquery.Selection) {
		if name, _ := s.Find("input").First().Attr("name"); name != "_csrf" {
			t.Error("a form does not begin with its token")
		}
	})
	return doc
}

func attr(s *goquery.Selection, name string) string {
	value, _ := s.Attr(name)
	return value
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func shell() layout.Shell {
	return layout.Shell{Title: "审计日志", CSRF: "token", Now: "2026年11月23日 15:20"}
}

func page(q auditview.Query, rows ...auditview.Row) auditview.ListPage {
	return auditview.ListPage{Shell: shell(), Query: q, Rows: rows, Objects: []components.Option{{Value: "filing", Label: "数据报送"}, {Value: "session", Label: "登录"}},
		Pages: components.NewPages(len(rows)*60, 1, 50, "条", func(int) templ.SafeURL { return q.Page("2") })}
}

func TestList_saysEntriesInWords(t *testing.T) {
	q := auditview.Query{Text: hostile, Object: "filing", From: "2026-11-01", To: "2026-11-30", Order: "oldest"}
	doc := show(t, auditview.List(page(q,
		auditview.Row{Seq: "1,204", When: "2026-11-23 09:00:00", Machine: "2026-11-23T09:00:00+08:00", Who: "赵敏", Unit: "领导小组办公室", Addr: "10.1.2.3", Action: "退回批次",
			Object: "数据报送", Code: "ZJJ-02-202610-1", Change: "待受理 → 退回补正", Reason: hostile, Note: "第 3 列"},
		auditview.Row{Seq: "1,203", Who: "未登录", Action: "登录失败", Object: "登录", Code: "nobody", Bad: true})))
	rows := doc.Find("#audit tbody tr")
	for _, want := range []string{"1,204", "赵敏", "领导小组办公室", "退回批次", "ZJJ-02-202610-1", "待受理 → 退回补正", "理由：" + hostile, "第 3 列", "10.1.2.3"} {
		if !strings.Contains(rows.Eq(0).Text(), want) {
			t.Errorf("no %q in %q", want, words(rows.Eq(0)))
		}
	}
	if words(rows.Eq(1).Find(".gz-state.is-late")) != "登录失败" || rows.Eq(0).Find(".gz-state").Length() != 0 {
		t.Error("a refused attempt does not stand out, or something else does")
	}
	for name, want := range map[string]string{"q": hostile, "from": "2026-11-01", "to": "2026-11-30"} {
		if got := attr(doc.Find("[name="+name+"]"), "value"); got != want {
			t.Errorf("filter %s came back as %q", name, got)
		}
	}
	if attr(doc.Find("[name=object] option[selected]"), "value") != "filing" || attr(doc.Find(".gz-toolbar [name=order]"), "value") != "oldest" {
		t.Error("object or order did not come back")
	}
	if head := doc.Find("th[aria-sort=ascending]"); words(head) != "序号" || strings.Contains(attr(head.Find("a"), "href"), "order=") {
		t.Error("the first column does not show the order, or does not turn it round")
	}
	if got := attr(show(t, auditview.List(page(auditview.Query{}, auditview.Row{Seq: "1"}))).Find("th[aria-sort=descending] a"), "href"); got != "/audit?order=oldest" {
		t.Errorf("newest first, the first column leads to %s", got)
	}
	export := doc.Find(".gz-toolbar .end a")
	if words(export) != "导出 120 条" || !strings.HasPrefix(attr(export, "href"), "/audit/export?") || !strings.Contains(attr(export, "href"), "from=2026-11-01") {
		t.Errorf("export %q leads to %s", words(export), attr(export, "href"))
	}
	if attr(doc.Find(".gz-pager a").First(), "href") == "" || !strings.Contains(words(doc.Find(".gz-pager")), "共 120 条，本页第 1—50 条") {
		t.Errorf("the foot reads %q", words(doc.Find(".gz-pager")))
	}
	verify := doc.Find(".gz-page-head form[method=post]")
	if attr(verify, "action") != "/audit/verify" || words(verify.Find("button.btn-primary")) != "核验完整性" {
		t.Error("the chain cannot be verified")
	}
}

func TestList_emptyStates(t *testing.T) {
	doc := show(t, auditview.List(page(auditview.Query{Text: "nichts", Object: "session", From: "2026-11-01"})))
	if got := words(doc.Find(".gz-empty")); !strings.Contains(got, "关键字“nichts”，对象“登录”，自“2026-11-01”") || doc.Find(".gz-empty a[href='/audit']").Length() != 1 {
		t.Errorf("it says %q", got)
	}
	if got := words(show(t, auditview.List(page(auditview.Query{}))).Find(".gz-empty")); !strings.Contains(got, "还没有记录") {
		t.Errorf("an empty trail says %q", got)
	}
}

func TestList_namesDaysThatAreNone(t *testing.T) {
	p := page(auditview.Query{From: "gestern"})
	p.Notices = []string{"“自”填的“gestern”不是日期，查询时没有用它。"}
	doc := show(t, auditview.List(p))
	if !strings.Contains(words(doc.Find(".gz-flash")), "不是日期") || attr(doc.Find("[name=from]"), "value") != "gestern" {
		t.Error("a wrong day is passed over in silence, or is gone")
	}
}

func TestProof_saysWhatWasFound(t *testing.T) {
	whole := show(t, auditview.Proof(auditview.ProofPage{Shell: shell(), Whole: true, Entries: 1204, Head: "abcd", When: "2026年11月23日 15:20"}))
	if words(whole.Find(".gz-state")) != "完整" || !strings.Contains(words(whole.Find("dl")), "1,204 条") || words(whole.Find(".gz-cell")) != "abcd" || whole.Find(".gz-next.is-late").Length() != 0 {
		t.Errorf("a whole chain reads %q", words(whole.Find("main")))
	}
	broken := show(t, auditview.Proof(auditview.ProofPage{Shell: shell(), Entries: 3, Why: "第 4 条缺失。"}))
	if words(broken.Find(".gz-state.is-late")) != "有改动" || !strings.Contains(words(broken.Find("dl")), "第 4 条缺失。") || broken.Find(".gz-next.is-late").Length() != 1 {
		t.Errorf("a broken chain reads %q", words(broken.Find("main")))
	}
	if broken.Find("a[href='/audit']").Length() == 0 {
		t.Error("there is no way back")
	}
}
