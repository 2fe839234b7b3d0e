package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"taxportal/internal/paths"
)

// key presses one key.
func (p *person) key(name string) {
	p.t.Helper()
	p.do("press a key", chromedp.KeyEvent(name))
}

// TestKeyboard files without a mouse: the skip link, the way to the upload field, what Esc closes, where the focus goes
// after a form that was refused (look.md §6).
func TestKeyboard(t *testing.T) {
	s := newSite(t)
	p := s.as(t, "liaison.zjj")
	part := func(name string, steps func()) { t.Run(name, func(t *testing.T) { p.during(t, steps) }) }

	part("the first tab is the skip link", func() {
		p.open(paths.ToTask(task))
		p.key(kb.Tab)
		p.see(`document.activeElement.className === "skip" && document.activeElement.getBoundingClientRect().top >= 0`)
		p.key(kb.Enter)
		p.see(`document.activeElement.id === "main" || location.hash === "#main"`)
	})
	part("tabs go in reading order and reach the upload field", func() {
		p.open(paths.ToTask(task))
		p.tabsTo("upload-file", 60)
	})
	part("Esc closes the menu and gives the focus back", func() {
		p.open(paths.Home)
		p.press("王静")
		p.see(`document.querySelector(".gz-menu").open`)
		p.key(kb.Escape)
		p.see(`!document.querySelector(".gz-menu").open && document.activeElement.tagName === "SUMMARY"`)
	})
	part("Esc leaves a question", func() {
		p.open(paths.ToTaskNil(task))
		p.key(kb.Escape)
		p.arrive(paths.ToTask(task))
	})
	part("a refused form puts the focus on its errors, and they lead to the field", func() {
		p.expects("422")
		p.open(paths.ToTaskNil(task))
		p.click("办理零报送")
		p.see(`document.activeElement.className === "gz-errsum"`)
		p.key(kb.Tab)
		p.key(kb.Enter)
		p.see(`document.activeElement.id === "f-reason"`)
	})
}

// tabsTo presses Tab until the element with the id has the focus, and fails the test if the focus ever goes back up the
// page or cannot be seen on the way.
func (p *person) tabsTo(id string, most int) {
	p.t.Helper()
	for range most {
		p.key(kb.Tab)
		if !p.holds(`(function () {
			const now = document.activeElement;
			const before = window.tabbed || document.body;
			window.tabbed = now;
			return (before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0 && now.tabIndex >= 0;
		})()`) {
			answer, _ := p.ask("document.activeElement.outerHTML")
			p.t.Fatalf("the focus goes back to %s", strings.TrimSpace(string(answer)))
		}
		if p.holds(`document.activeElement.id === "` + id + `"`) {
			return
		}
	}
	p.t.Fatalf("%d tabs did not reach %s", most, id)
}

// TestSlash holds that the key / reaches what one searches with: on a list its first filter.
func TestSlash(t *testing.T) {
	s := newSite(t)
	p := s.as(t, "office")
	p.open(paths.Filings)
	p.key("/")
	p.see(`document.activeElement.matches("input[type=search], .gz-search input, .gz-toolbar input")`)
}
