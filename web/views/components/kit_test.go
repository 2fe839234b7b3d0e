package components_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"taxportal/web/views/viewtest"
)

// render returns the markup of a component.
func render(tb testing.TB, c templ.Component) string {
	tb.Helper()
	var out strings.Builder
	if err := c.Render(context.Background(), &out); err != nil {
		tb.Fatalf("render: %v", err)
	}
	return out.String()
}

// parse renders a component and returns its document.
func parse(tb testing.TB, c templ.Component) *goquery.Document {
	tb.Helper()
	return viewtest.Part(tb, c)
}

// around puts children into a component that takes some.
func around(outer templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

// raw is markup as a page would write it around components.
func raw(markup string) templ.Component { return templ.Raw(markup) }

// attr returns an attribute of the first element that matches, and fails if there is none.
func attr(tb testing.TB, doc *goquery.Document, selector, name string) string {
	tb.Helper()
	found := doc.Find(selector)
	if found.Length() == 0 {
		html, _ := doc.Html()
		tb.Fatalf("no %s in %s", selector, html)
	}
	value, _ := found.First().Attr(name)
	return value
}

// text returns the words of all elements that match, without space around them.
func text(doc *goquery.Document, selector string) string {
	return strings.TrimSpace(doc.Find(selector).Text())
}
