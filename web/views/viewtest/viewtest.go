// Package viewtest renders pages for the tests of web/views and holds each of them against what every page keeps. It
// stands above the views: what the portal answers as a whole is tried with internal/testkit.
package viewtest

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"taxportal/web/views/layout"
)

// Hostile is what somebody may type; it must come back as text.
const Hostile = `"><script>alert(1)</script>`

// Shell returns the frame of a page with the title.
func Shell(title string) layout.Shell {
	return layout.Shell{Title: title, CSRF: "token", Now: "2026年11月23日 15:20"}
}

// Words returns the text of what was found as a reader sees it: without tags and superfluous blanks.
func Words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// Part renders a part of a page and returns its document.
func Part(tb testing.TB, part templ.Component) *goquery.Document {
	tb.Helper()
	var out strings.Builder
	if err := part.Render(tb.Context(), &out); err != nil {
		tb.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(out.String()))
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// Page renders a whole page and fails the test for what no page may be without or may have: one h1, ids used once,
// fields with their labels and errors, forms that begin with their token, nothing inline.
func Page(tb testing.TB, page templ.Component) *goquery.Document {
	tb.Helper()
	doc := Part(tb, page)
	if n := doc.Find("h1").Length(); n != 1 {
		tb.Errorf("%d h1", n)
	}
	if doc.Find(`[style], style, script:not([src]):not([type="application/json"]), [onclick]`).Length() > 0 {
		tb.Error("inline style or script")
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if ids[id] {
			tb.Errorf("id %s stands twice", id)
		}
		ids[id] = true
	})
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) { field(tb, doc, s, ids) })
	doc.Find("form[method=post]").Each(func(_ int, s *goquery.Selection) {
		if s.Find("input").First().AttrOr("name", "") != "_csrf" {
			tb.Error("a form does not begin with its token")
		}
	})
	return doc
}

// field holds a field of a form against its label, its descriptions and the errors above the form.
func field(tb testing.TB, doc *goquery.Document, s *goquery.Selection, ids map[string]bool) {
	tb.Helper()
	id := s.AttrOr("id", "")
	if id == "" || doc.Find("label[for='"+id+"']").Length() != 1 {
		tb.Errorf("field %q has no label", id)
	}
	for _, described := range strings.Fields(s.AttrOr("aria-describedby", "")) {
		if !ids[described] {
			tb.Errorf("field %q is described by %q, which is not there", id, described)
		}
	}
	if s.AttrOr("aria-invalid", "") == "true" && doc.Find(".gz-errsum a[href='#"+id+"']").Length() != 1 {
		tb.Errorf("the error of %q is not named above the form", id)
	}
}
