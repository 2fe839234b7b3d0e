package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"taxportal/internal/demo"
	"taxportal/internal/paths"
)

// person is somebody at a machine of their own: a browser context that shares nothing with others. Its methods fail the
// test when a step cannot be taken.
type person struct {
	t        *testing.T
	site     *site
	name     string
	ctx      context.Context
	scripted bool
	download string // folder
	within   string // the legend of the group of fields that labels are looked for in; empty: the page

	mu       sync.Mutex
	heard    []string // what the browser complained of
	expected []string // parts of complaints that belong to the test
}

// visitor returns somebody who is not logged in.
func (s *site) visitor(t *testing.T) *person {
	t.Helper()
	p := &person{t: t, site: s, name: "visitor", scripted: true, download: t.TempDir()}
	ctx, cancel := chromedp.NewContext(theBrowser(t), chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	t.Cleanup(cancel)
	p.ctx = ctx
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	t.Cleanup(p.complain)
	p.allowDownloads()
	p.screen(1366, 768)
	return p
}

// as returns the person behind a demo account, logged in through the form.
func (s *site) as(t *testing.T, username string) *person {
	t.Helper()
	p := s.visitor(t)
	p.logIn(username)
	return p
}

// withoutScript is as for a browser in which JavaScript is switched off.
func (s *site) withoutScript(t *testing.T, username string) *person {
	t.Helper()
	p := s.visitor(t)
	p.scripted = false
	p.call("switch script off", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	p.logIn(username)
	return p
}

// during runs steps whose failures count for a part of the test.
func (p *person) during(t *testing.T, steps func()) {
	whole := p.t
	p.t = t
	defer func() { p.t = whole }()
	steps()
}

func (p *person) logIn(username string) {
	p.t.Helper()
	p.name = username
	p.open(paths.Login)
	p.fill("用户名", username)
	p.fill("密码", demo.Password)
	p.click("登录")
	p.see(`document.querySelector(".gz-menu") !== null`)
}

// screen sets the size of the window in CSS pixels.
func (p *person) screen(width, height int64) {
	p.t.Helper()
	p.do("set the size of the window", chromedp.EmulateViewport(width, height))
}

// open goes to a path of the portal.
func (p *person) open(path string) {
	p.t.Helper()
	p.leave("open "+path, func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Navigate(p.site.url+path)) })
}

// reload asks for the page anew.
func (p *person) reload() {
	p.t.Helper()
	p.leave("reload", func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Reload()) })
}

// click presses the link or button with the name and waits for the page to which it leads.
func (p *person) click(name string) {
	p.t.Helper()
	p.clickIn("", name)
}

// clickIn is click for a link or button within the element that the CSS selector finds.
func (p *person) clickIn(within, name string) {
	p.t.Helper()
	at := p.place(within, name)
	p.leave("click "+name, func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.MouseClickXY(at.X, at.Y)) })
}

// press presses a link or button that stays on the page.
func (p *person) press(name string) {
	p.t.Helper()
	at := p.place("", name)
	p.do("press "+name, chromedp.MouseClickXY(at.X, at.Y))
}

// place returns the middle of a link or button that a person could press with the mouse: what lies hidden or beneath
// something else cannot be pressed.
func (p *person) place(within, name string) (at point) {
	p.t.Helper()
	p.until("a link or button "+name, call("place", within, name), func(answer json.RawMessage) bool {
		return json.Unmarshal(answer, &at) == nil && at.Found
	})
	return at
}

type point struct {
	Found bool
	X, Y  float64
}

// fill types into the field with the label, in place of what stands there.
func (p *person) fill(label, text string) {
	p.t.Helper()
	p.until("a field "+label, call("enter", label, p.within), isTrue)
	p.call("type into "+label, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// tick ticks the box, or chooses the radio button, with the label.
func (p *person) tick(label string) {
	p.t.Helper()
	p.until("a box "+label, call("tick", label), isTrue)
}

// choose takes an option of the select with the label.
func (p *person) choose(label, option string) {
	p.t.Helper()
	p.until("an option "+option+" of "+label, call("choose", label, option), isTrue)
}

// files puts files into the page's file field, as the open dialog or a drop would.
func (p *person) files(path ...string) {
	p.t.Helper()
	p.call("choose files", p.choosing(path...))
}

func (p *person) choosing(path ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), path, chromedp.NodeReady))
	}
}

// wait waits until the page shows every text; what stands between tags counts as one line.
func (p *person) wait(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.until(fmt.Sprintf("the text %q", text), call("shows", text), isTrue)
	}
}

// not fails the test if the page shows one of the texts now.
func (p *person) not(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if p.holds(call("shows", text)) {
			p.t.Errorf("%s at %s: the page shows %q", p.name, p.where(), text)
		}
	}
}

// see waits until a JavaScript condition holds.
func (p *person) see(condition string) {
	p.t.Helper()
	p.until(condition, "Boolean("+condition+")", isTrue)
}

// holds reports whether a JavaScript condition holds now.
func (p *person) holds(condition string) bool {
	p.t.Helper()
	answer, err := p.ask("Boolean(" + condition + ")")
	if err != nil {
		p.t.Fatalf("%s: ask %s: %v", p.name, condition, err)
	}
	return isTrue(answer)
}

// path returns where the person is, without the host.
func (p *person) path() string {
	p.t.Helper()
	return strings.TrimPrefix(p.where(), p.site.url)
}

// arrive waits until the person is at a path.
func (p *person) arrive(path string) {
	p.t.Helper()
	p.see(fmt.Sprintf("location.pathname === %q && document.readyState === 'complete'", path))
}

// leave takes a step that leads to another document and waits until that has loaded.
func (p *person) leave(what string, step func(context.Context) error) {
	p.t.Helper()
	if _, err := p.ask("window.left = true"); err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, what, err)
	}
	p.call(what, step)
	p.until(what, "window.left !== true && document.readyState === 'complete'", isTrue)
}

// do takes one step within the time that a step may take.
func (p *person) do(what string, step chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	p.call(what, func(ctx context.Context) error { return chromedp.Do(ctx, step) })
}

func (p *person) call(what string, step func(context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := step(ctx); err != nil {
		p.t.Fatalf("%s: %s: %v\nat %s", p.name, what, err, p.where())
	}
}

// until asks an expression again and again until its answer is good; a page that is just changing does not count.
func (p *person) until(what, expression string, good func(json.RawMessage) bool) {
	p.t.Helper()
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	deadline := time.After(patience)
	for {
		if answer, err := p.ask(expression); err == nil && good(answer) {
			return
		}
		select {
		case <-deadline:
			text, _ := p.ask("document.body.innerText")
			p.t.Fatalf("%s waited in vain for %s\nat %s: %s", p.name, what, p.where(), text)
		case <-p.ctx.Done():
			p.t.Fatalf("%s: %s: the tab is gone", p.name, what)
		case <-ticker.C:
		}
	}
}

// ask evaluates an expression, which works with script switched off too.
func (p *person) ask(expression string) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("JSON.stringify("+expression+")"))
	return json.RawMessage(text), err
}

func (p *person) where() string {
	answer, err := p.ask("location.href")
	var url string
	if err != nil || json.Unmarshal(answer, &url) != nil {
		return "nowhere"
	}
	return url
}

func isTrue(answer json.RawMessage) bool { return string(answer) == "true" }
