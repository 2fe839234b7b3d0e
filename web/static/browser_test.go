package static_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"taxportal/web/static"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// policy is the strict content security policy under which every page runs.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'"

// site is a small portal of one page, with what portal.js works on.
type site struct {
	list   bool // its page is that of list, else that of page
	mu     sync.Mutex
	parts  []string // of the last upload, in the order in which they came
	many   bool     // its place for files takes several, and little
	refuse bool
	posted []string // the fields of the last form of ticked rows
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	show := func(status int, c templ.Component) {
		w.WriteHeader(status)
		_ = c.Render(r.Context(), w)
	}
	switch r.URL.Path {
	case "/":
		if s.list {
			show(http.StatusOK, list())
			return
		}
		show(http.StatusOK, page(s.drop()))
	case "/upload":
		s.upload(w, r, show)
	case "/done":
		show(http.StatusOK, templ.Raw(`<!doctype html><h1 id="arrived">到了</h1>`))
	case "/accept":
		_ = r.ParseForm()
		s.mu.Lock()
		s.posted = append([]string{"all=" + r.PostForm.Get("all")}, r.PostForm["id"]...)
		s.mu.Unlock()
		show(http.StatusOK, templ.Raw(`<!doctype html><h1 id="arrived">到了</h1>`))
	case "/form":
		show(http.StatusUnprocessableEntity, templ.Join(templ.Raw(`<div id="part">`),
			components.ErrorSummary(components.Summary{Errors: []components.FieldError{{FieldID: "f-x", Label: "理由", Message: "请填写。"}}}),
			components.Field(components.Input{Name: "x", Label: "理由", Error: "请填写。"}), templ.Raw(`</div>`)))
	case "/refused":
		show(http.StatusConflict, components.Flash(components.Notice{Family: components.FamilyLate, Text: components.Sentence{components.Plain("这件事刚由钱颖办理。")}}))
	case "/broken":
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
	case "/favicon.ico":
		w.WriteHeader(http.StatusNoContent)
	default:
		static.Handler().ServeHTTP(w, r)
	}
}

func (s *site) upload(w http.ResponseWriter, r *http.Request, show func(int, templ.Component)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = nil
	reader, err := r.MultipartReader()
	if err != nil {
		show(http.StatusBadRequest, templ.Raw("no parts"))
		return
	}
	for {
		part, err := reader.NextPart()
		if err != nil {
			break
		}
		body, _ := io.ReadAll(part)
		s.parts = append(s.parts, fmt.Sprintf("%s=%s%s", part.FormName(), part.FileName(), body))
	}
	if s.refuse {
		d := s.drop()
		d.State, d.Problem = components.DropFailed, "没有上传：文件有打开密码。"
		show(http.StatusUnprocessableEntity, components.FileDrop(d))
		return
	}
	w.Header().Set("HX-Redirect", "/done")
	w.WriteHeader(http.StatusNoContent)
}

func (s *site) drop() components.Drop {
	d := components.Drop{ID: "up", Action: "/upload", CSRF: "the-token", Hidden: []components.Pair{{Name: "try", Value: "2"}}, Name: "file", Title: "把文件拖到这里", Label: "上传文件", Auto: true}
	if s.many {
		d.Multiple, d.Limits = true, components.UploadLimits{Files: 3, FileBytes: 2 << 10, AllBytes: 4 << 10}
	}
	return d
}

// page holds a menu, a search field, a form answered by htmx, a table with ticks, and a place for files.
func page(drop components.Drop) templ.Component {
	shell := layout.Shell{
		Title: "试页", CSRF: "the-token", HomeURL: "/", SearchURL: "/search", LogoutURL: "/logout",
		User:  layout.User{Name: "王静", Menu: []components.TextLink{{Label: "资料", URL: "/"}}},
		Flash: []components.Notice{{Family: components.FamilyOK, Text: components.Sentence{components.Plain("办好了。")}}},
	}
	row := func(id string) templ.Component {
		return templ.Join(templ.Raw("<tr><td>"), components.RowCheck("bulk", "id", id, "选择 "+id, false), templ.Raw("</td></tr>"))
	}
	table := wrap(components.Bulky(components.Bulk{ID: "bulk", CSRF: "the-token", Total: 41, Unit: "条", Buttons: []components.BulkButton{{Label: "受理", URL: "/accept"}}}),
		wrap(components.Table(components.Grid{Label: "批次", Columns: []components.Column{{Label: "选择本页全部", Check: true}}}), row("a"), row("b")))
	return wrap(layout.Page(shell),
		components.PageHead(components.Head{Title: "试页"}),
		templ.Raw(`<div id="part"><form hx-post="/form" hx-target="#part" hx-swap="outerHTML"><button id="send" type="submit">送出</button></form></div>
			<button id="refused" type="button" hx-post="/refused" hx-target="#part">再办</button>`),
		table, components.FileDrop(drop), components.FindingGroup(components.Finding{Rule: "代码", Count: 1}),
		components.FindingGroup(components.Finding{Rule: "日期", Count: 1, Open: true}))
}

// list is a page with a list and no search over everything: its tool bar begins with a choice, and its rows can be ticked.
func list() templ.Component {
	bar := components.FilterBar{ID: "t", Action: "/", Keep: []components.Pair{{Name: "sort", Value: "unit"}}, Filters: []components.Filter{
		{Name: "unit", Label: "单位", Options: []components.Option{{Label: "全部单位"}}}, {Name: "q", Label: "事项", Value: "预售"}, {Name: "from", Label: "自"}}}
	return wrap(layout.Page(layout.Shell{Title: "清单", HomeURL: "/"}), components.PageHead(components.Head{Title: "清单"}),
		components.Toolbar(bar), components.RowCheck("bulk", "id", "a", "选择 a", false))
}

func wrap(outer templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

// patience is how long a step may take: long enough for a machine that does other things besides.
const patience = 30 * time.Second

// startBrowser starts one Chromium for all tests of the script.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return ctx
}

// open shows the page in a tab of its own. Whatever the browser complains of fails the test: a violated policy, an
// exception, a file that is missing. Complaints that contain one of allowed are expected.
func open(t *testing.T, browser context.Context, s *site, allowed ...string) context.Context {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)

	var mu sync.Mutex
	var complaints []string
	err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			complaints = append(complaints, e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range complaints {
			if !slices.ContainsFunc(allowed, func(a string) bool { return strings.Contains(c, a) }) {
				t.Errorf("the browser says: %s", c)
			}
		}
	})
	do(t, ctx, chromedp.Navigate(server.URL))
	return ctx
}

// see waits until a JavaScript condition holds.
func see(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool]("("+condition+") === true", chromedp.WithPollingTimeout(patience))); err != nil {
		t.Fatalf("never true: %s: %v", condition, err)
	}
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for i, step := range steps {
		limited, cancel := context.WithTimeout(ctx, patience)
		err := chromedp.Do(limited, step)
		cancel()
		if err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
	}
}

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}

const focused = "document.activeElement"

// TestPortalJS tries the script in a real browser under the strict policy.
func TestPortalJS(t *testing.T) {
	browser := startBrowser(t)
	t.Run("keys", func(t *testing.T) { testKeys(t, browser) })
	t.Run("the search key in a list", func(t *testing.T) { testSearchKey(t, browser) })
	t.Run("focus goes to what is new", func(t *testing.T) { testFocus(t, browser) })
	t.Run("ticking rows", func(t *testing.T) { testTicks(t, browser) })
	t.Run("upload", func(t *testing.T) { testUpload(t, browser) })
	t.Run("printing", func(t *testing.T) { testPrinting(t, browser) })
}

// testPrinting tries that folded findings are open on paper, and as before afterwards.
func testPrinting(t *testing.T, browser context.Context) {
	ctx := open(t, browser, &site{})
	const folded = "Array.from(document.querySelectorAll('.gz-finding')).map((finding) => finding.open).join()"
	see(t, ctx, folded+" === 'false,true'")
	see(t, ctx, "window.dispatchEvent(new Event('beforeprint')) && "+folded+" === 'true,true'")
	see(t, ctx, "window.dispatchEvent(new Event('afterprint')) && "+folded+" === 'false,true'")
}

func testKeys(t *testing.T, browser context.Context) {
	ctx := open(t, browser, &site{})
	do(t, ctx, chromedp.KeyEvent("/"))
	see(t, ctx, focused+".id === 'q'")
	do(t, ctx, click(".gz-menu summary"))
	see(t, ctx, "document.querySelector('.gz-menu').open")
	do(t, ctx, chromedp.KeyEvent(kb.Escape))
	see(t, ctx, "!document.querySelector('.gz-menu').open && "+focused+".tagName === 'SUMMARY'")
	do(t, ctx, click(".gz-menu summary"), click("h1"))
	see(t, ctx, "!document.querySelector('.gz-menu').open")
	do(t, ctx, click("#flash [data-close]"))
	see(t, ctx, "!document.querySelector('#flash .gz-flash') && "+focused+".id === 'main'")
}

// asKeyboard makes a key event what a keyboard sends: a character follows only where the page did not take the key.
func asKeyboard(p *input.DispatchKeyEventParams) {
	if p.Type == kb.KeyDown {
		p.Type = kb.KeyRawDown
	}
}

// testSearchKey presses / where there is no search over everything: it leads to the text of the list's tool bar, also
// from a row that has just been ticked, and stays a character where somebody types.
func testSearchKey(t *testing.T, browser context.Context) {
	ctx := open(t, browser, &site{list: true})
	slash := chromedp.KeyEvent("/", asKeyboard)
	do(t, ctx, slash)
	see(t, ctx, focused+".id === 't-q' && "+focused+".value === '预售' && "+focused+".selectionStart === 0 && "+focused+".selectionEnd === 2")
	do(t, ctx, slash)
	see(t, ctx, focused+".id === 't-q' && "+focused+".value === '/'")
	do(t, ctx, click("input[data-row]"))
	see(t, ctx, focused+".matches('[data-row]') && "+focused+".checked")
	do(t, ctx, slash)
	see(t, ctx, focused+".id === 't-q'")
}

func testFocus(t *testing.T, browser context.Context) {
	ctx := open(t, browser, &site{}, "422", "409", "Response Status Error Code")
	do(t, ctx, click("#send"))
	see(t, ctx, focused+".className === 'gz-errsum'")
	do(t, ctx, click(".gz-errsum a"))
	see(t, ctx, focused+".id === 'f-x'")
	do(t, ctx, click("#refused"))
	see(t, ctx, focused+".matches('#flash .gz-flash.is-late') && document.querySelector('#part') !== null")
}

func testTicks(t *testing.T, browser context.Context) {
	s := &site{}
	ctx := open(t, browser, s)
	see(t, ctx, "getComputedStyle(document.querySelector('.gz-bulk')).display === 'none'")
	do(t, ctx, click("input[data-row][value=b]"))
	see(t, ctx, "document.querySelector('[data-selected]').textContent === '已选 1 条' && document.querySelector('[data-every]').indeterminate && document.querySelectorAll('tr.is-sel').length === 1")
	do(t, ctx, click("input[data-every]"))
	see(t, ctx, "document.querySelector('[data-selected]').textContent === '已选 2 条' && document.querySelector('#announce').textContent === '已选 2 条'")
	do(t, ctx, click("[data-clear]"))
	see(t, ctx, "!document.querySelector('.gz-bulk').classList.contains('is-on') && "+focused+".matches('[data-every]')")
	do(t, ctx, click("input[data-row][value=a]"), click("[data-select-wide]"))
	see(t, ctx, "document.querySelector('[data-selected]').textContent === '已选全部 41 条'")
	do(t, ctx, click("input[data-row][value=b]")) // a tick taken away is no longer "all"
	see(t, ctx, "document.querySelector('[data-selected]').textContent === '已选 1 条'")
	do(t, ctx, click("button[formaction]"), chromedp.WaitVisible(chromedp.CSS("#arrived")))
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := strings.Join(s.posted, " "); got != "all= a" {
		t.Errorf("sent %q", got)
	}
}

func testUpload(t *testing.T, browser context.Context) {
	file := filepath.Join(t.TempDir(), "报送.csv")
	if err := os.WriteFile(file, []byte("a,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	choose := chromedp.SetUploadFiles(chromedp.CSS("#up-file"), []string{file}, chromedp.NodeReady)

	t.Run("goes where the server says", func(t *testing.T) {
		s := &site{}
		ctx := open(t, browser, s)
		do(t, ctx, choose, chromedp.WaitVisible(chromedp.CSS("#arrived")))
		s.mu.Lock()
		defer s.mu.Unlock()
		if got := strings.Join(s.parts, " "); got != "_csrf=the-token try=2 file=报送.csva,b\n" {
			t.Errorf("parts %q: the token must come first and the file last", got)
		}
	})
	t.Run("shows why it was refused and can be tried again", func(t *testing.T) {
		s := &site{refuse: true}
		ctx := open(t, browser, s, "422")
		do(t, ctx, choose)
		see(t, ctx, "document.querySelector('[data-problem]').textContent.trim() === '没有上传：文件有打开密码。' && !document.querySelector('[data-problem]').hidden")
		s.mu.Lock()
		s.refuse = false
		s.mu.Unlock()
		do(t, ctx, choose, chromedp.WaitVisible(chromedp.CSS("#arrived")))
	})
	t.Run("sends nothing that is too large", func(t *testing.T) { testUploadLimits(t, browser) })
	t.Run("says when the connection breaks", func(t *testing.T) {
		ctx := open(t, browser, &site{}, "ERR_EMPTY_RESPONSE", "ERR_CONNECTION")
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.querySelector('#up').action = '/broken', true")); err != nil {
			t.Fatal(err)
		}
		do(t, ctx, choose)
		see(t, ctx, "document.querySelector('[data-problem]').textContent.indexOf('连接中断') > 0 && !document.querySelector('.gz-drop').hidden")
	})
}
