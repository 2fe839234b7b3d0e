package layout_test

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/viewtest"
)

func shell() layout.Shell {
	return layout.Shell{
		Title: "报送任务", Jurisdiction: "聊城市本级", CSRF: `a"b'c`, MessageCount: 5, Now: "2026年11月23日 15:20", Version: "1.0.0", Support: "0635-0000000（虚构）",
		Crumbs: []layout.Crumb{{Label: "首页", URL: "/"}, {Label: "无址"}, {Label: "报送任务"}},
		Nav: []layout.NavItem{
			{Icon: components.IconHome, Label: "工作台", URL: "/", Count: 9, Late: true},
			{Icon: components.IconFileUpload, Label: "数据报送", URL: "/filings", Open: true, Children: []layout.NavItem{{Label: "报送任务", URL: "/filings", Current: true}}},
			{Icon: components.IconFolders, Label: "共享目录", URL: "/catalogue", Rule: true, Children: []layout.NavItem{{Label: "不显示", URL: "/hidden"}}},
		},
		User:    layout.User{Name: "王静", UnitName: "市住房城乡建设局", Post: "信息联络员", Menu: []components.TextLink{{Label: "修改密码", URL: "/profile/password"}}},
		HomeURL: "/", SearchURL: "/search", HelpURL: "/help", MessagesURL: "/messages", LogoutURL: "/logout", Search: `"><b>`,
		Flash: []components.Notice{{Family: components.FamilyOK, Text: components.Sentence{components.Plain("已提交审签。")}}},
	}
}

func render(t *testing.T, page templ.Component) (*goquery.Document, string) {
	t.Helper()
	var html strings.Builder
	doc := viewtest.Part(t, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return page.Render(templ.WithChildren(ctx, templ.Raw(`<h1>内容</h1>`)), io.MultiWriter(w, &html))
	}))
	return doc, html.String()
}

func attr(doc *goquery.Document, selector, name string) string {
	value, _ := doc.Find(selector).First().Attr(name)
	return value
}

func TestEveryFrame_saysThatNoSecretsBelongHere(t *testing.T) {
	frames := map[string]templ.Component{
		"page": layout.Page(shell()), "bare": layout.Bare(shell()), "document": layout.Document(shell(), layout.Paper{Title: "回执", Back: components.TextLink{Label: "返回", URL: "/"}}),
	}
	for name, frame := range frames {
		t.Run(name, func(t *testing.T) {
			doc, html := render(t, frame)
			if !strings.HasPrefix(strings.ToLower(html), "<!doctype html>") || attr(doc, "html", "lang") != "zh-CN" {
				t.Error("not a Chinese HTML document")
			}
			if got := doc.Find("footer strong").Text(); got != "非涉密系统，严禁处理国家秘密" {
				t.Errorf("the foot says %q", got)
			}
			if doc.Find("title").Text() != "报送任务 - 聊城市税收共治平台" || doc.Find("main#main").Length() != 1 || attr(doc, "a.skip", "href") != "#main" {
				t.Error("title, main or the link to it is missing")
			}
			if doc.Find("#announce[aria-live=polite]").Length() != 1 {
				t.Error("there is no polite region")
			}
			if strings.Contains(html, "style=") || doc.Find("script:not([src])").Length() > 0 || doc.Find("style").Length() > 0 {
				t.Error("inline style or script")
			}
			for _, sheet := range []string{"bootstrap.min", "portal"} {
				if doc.Find(`link[rel=stylesheet][href^="/static/`+sheet+`."]`).Length() != 1 {
					t.Errorf("%s is not loaded", sheet)
				}
			}
		})
	}
}

func TestHtmxConfig_keepsWithinThePolicy(t *testing.T) {
	doc, _ := render(t, layout.Page(shell()))
	var config struct {
		IncludeIndicatorStyles, AllowEval, AllowScriptTags *bool
		SelfRequestsOnly                                   bool
		HistoryCacheSize                                   *int
		ResponseHandling                                   []struct {
			Code, Target string
			Swap, Error  bool
		}
	}
	if err := json.Unmarshal([]byte(attr(doc, "meta[name=htmx-config]", "content")), &config); err != nil {
		t.Fatal(err)
	}
	for name, flag := range map[string]*bool{"includeIndicatorStyles": config.IncludeIndicatorStyles, "allowEval": config.AllowEval, "allowScriptTags": config.AllowScriptTags} {
		if flag == nil || *flag {
			t.Errorf("%s is not switched off", name)
		}
	}
	if !config.SelfRequestsOnly || config.HistoryCacheSize == nil || *config.HistoryCacheSize != 0 {
		t.Error("requests to elsewhere are allowed, or pages are kept in the browser's storage")
	}
	for _, h := range config.ResponseHandling {
		if h.Code == "422" && (!h.Swap || h.Error || h.Target != "") {
			t.Error("a form with errors does not come back at its place")
		}
		if h.Code == "[45].." && h.Target != "#flash" {
			t.Error("a refusal lands within the page")
		}
	}
	if doc.Find("#flash").Length() != 1 {
		t.Error("there is no place for notices")
	}
}

func TestPage_sendsTheTokenWithEveryRequest(t *testing.T) {
	doc, _ := render(t, layout.Page(shell()))
	var headers map[string]string
	if err := json.Unmarshal([]byte(attr(doc, "body", "hx-headers")), &headers); err != nil || headers["X-CSRF-Token"] != `a"b'c` {
		t.Errorf("headers %v: %v", headers, err)
	}
	without := shell()
	without.CSRF = ""
	if doc, _ := render(t, layout.Bare(without)); doc.Find("body[hx-headers]").Length() != 0 {
		t.Error("an empty token is sent")
	}
}

func TestPage_showsOnlyTheEntriesItIsGiven(t *testing.T) {
	doc, _ := render(t, layout.Page(shell()))
	var labels []string
	doc.Find(".gz-nav a > span:not(.gz-count)").Each(func(_ int, s *goquery.Selection) { labels = append(labels, s.Text()) })
	if got := strings.Join(labels, " "); got != "工作台 数据报送 报送任务 共享目录" {
		t.Errorf("entries %q: the second level is open for the current capability only", got)
	}
	if doc.Find(`.gz-nav [aria-current=page]`).Length() != 1 || attr(doc, ".gz-nav [aria-current=page]", "href") != "/filings" {
		t.Error("not exactly the page itself is current")
	}
	if got := strings.Join(strings.Fields(doc.Find(".gz-nav .gz-count").Text()), ""); got != "待办9，含逾期" {
		t.Errorf("the count says %q", got)
	}
	if doc.Find(".gz-nav li[aria-hidden] hr").Length() != 1 {
		t.Error("the rule between the groups is missing")
	}
	bare := shell()
	bare.Nav, bare.SearchURL, bare.HelpURL, bare.MessagesURL, bare.LogoutURL, bare.Crumbs, bare.Flash = nil, "", "", "", "", nil, nil
	doc, _ = render(t, layout.Page(bare))
	if doc.Find(".gz-nav, .gz-search, .gz-tools a, .gz-menu, .gz-crumb, #flash .gz-flash").Length() != 0 {
		t.Error("something is shown that was not given")
	}
}

func TestPage_header(t *testing.T) {
	doc, _ := render(t, layout.Page(shell()))
	if got := strings.Join(strings.Fields(doc.Find(".gz-menu summary").Text()), " "); got != "王静 市住房城乡建设局 · 信息联络员" {
		t.Errorf("the user is %q", got)
	}
	if attr(doc, ".gz-search input", "value") != `"><b>` || doc.Find("label[for=q]").Length() != 1 {
		t.Error("what was searched for did not come back, or the field has no label")
	}
	if attr(doc, ".gz-menu form", "action") != "/logout" || attr(doc, ".gz-menu form", "method") != "post" || attr(doc, ".gz-menu form input", "name") != "_csrf" {
		t.Error("logging out is not a POST with a token")
	}
	if doc.Find("#flash .gz-flash[role=status]").Length() != 1 {
		t.Error("the notice is not shown")
	}
	var crumbs []string
	doc.Find(".gz-crumb li").Each(func(_ int, s *goquery.Selection) { crumbs = append(crumbs, strings.TrimSpace(s.Text())) })
	if strings.Join(crumbs, "/") != "首页/无址/报送任务" || doc.Find(".gz-crumb a").Length() != 1 || doc.Find(".gz-crumb [aria-current=page]").Text() != "报送任务" {
		t.Errorf("the way back is %v", crumbs)
	}
}

func TestPage_printsWhoAndWhen(t *testing.T) {
	doc, _ := render(t, layout.Page(shell()))
	if got := doc.Find("main > .print-only").First().Text(); got != "聊城市税收共治平台 · 聊城市本级打印：王静　2026年11月23日 15:20　内部资料，注意保管" {
		t.Errorf("the first printed line is %q", got)
	}
	if got := doc.Find("main > *").First(); !got.HasClass("print-only") {
		t.Error("something is printed before it")
	}
	if got := doc.Find(".gz-foot span").Text(); got != "技术支持：0635-0000000（虚构）　版本 1.0.0　数据截至 2026年11月23日 15:20" {
		t.Errorf("the foot says %q", got)
	}
}

func TestPage_demoDataIsMarkedOnScreenAndPaper(t *testing.T) {
	plain, _ := render(t, layout.Page(shell()))
	if strings.Contains(plain.Text(), "演示数据") {
		t.Error("real data is called invented")
	}
	demo := shell()
	demo.DemoBanner = true
	doc, _ := render(t, layout.Page(demo))
	if !strings.Contains(doc.Find("header .gz-demo").Text(), "演示数据") || !strings.Contains(doc.Find(".print-only").Text(), "演示数据") {
		t.Error("invented data is not marked")
	}
}

func TestPage_refreshesItselfWithoutScript(t *testing.T) {
	_, html := render(t, layout.Page(shell()))
	if strings.Contains(html, "http-equiv") {
		t.Error("a page at rest reloads itself")
	}
	busy := shell()
	busy.RefreshSeconds = 5
	if _, html := render(t, layout.Page(busy)); !strings.Contains(html, `<noscript><meta http-equiv="refresh" content="5"></noscript>`) {
		t.Error("without script the page stands still")
	}
	busy.RefreshURL = "/filings/batches/ZJJ-02-202610-1" // else a fragment in the address would make it only scroll
	if _, html := render(t, layout.Page(busy)); !strings.Contains(html, `content="5; url=/filings/batches/ZJJ-02-202610-1"`) {
		t.Error("the refresh does not name its address")
	}
}

func TestDocument_isAPaperWithItsNumber(t *testing.T) {
	doc, _ := render(t, layout.Document(shell(), layout.Paper{Title: "数据报送回执", Number: "ZJJ-02-202610-1", Back: components.TextLink{Label: "返回任务", URL: "/filings/1"}}))
	if doc.Find("article h1").First().Text() != "数据报送回执" || doc.Find(".gz-no").Text() != "ZJJ-02-202610-1" || attr(doc, ".gz-sheet-bar a", "href") != "/filings/1" {
		t.Error("title, number or the way back is missing")
	}
	if doc.Find(".gz-nav, .gz-header").Length() != 0 || doc.Find("button[data-print]").Length() != 1 {
		t.Error("a paper shows the navigation, or cannot be printed")
	}
}
