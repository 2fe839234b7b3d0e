package e2e_test

import (
	"context"
	_ "embed"
	"strings"

	"github.com/chromedp/chromedp"
)

// axe is axe-core, see testdata/VENDORED.md.
//
//go:embed testdata/axe.min.js
var axe string

// violation is one rule of axe-core that a page breaks.
type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"` // the elements, as HTML
}

const runAxe = `axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) => ({
	id: v.id, help: v.help, nodes: v.nodes.map((n) => n.target.join(' ') + ' ' + n.html + ' ' + (n.any[0] || n.all[0] || n.none[0]).message)})))`

// audit fails the test for every rule of axe-core that the page breaks (look.md §6).
func (p *person) audit() {
	p.t.Helper()
	p.call("run axe", func(ctx context.Context) error {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](axe)); err != nil {
			return err
		}
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](runAxe, chromedp.EvalAwaitPromise))
		for _, v := range found {
			p.t.Errorf("%s: axe finds %s (%s):\n\t%s", p.path(), v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
		}
		return err
	})
}
