package handlers_test

import (
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
)

// TestPages_CanBeReadWithoutEyes holds the lists, forms and workbenches against what a screen reader needs: one h1, no
// id twice, a name for every control and table, a way back that ends at the page itself.
func TestPages_CanBeReadWithoutEyes(t *testing.T) {
	w := worked(t)
	batch := w.filed("ZJJ-02-202612", 20)
	asked, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.zrzy"), "ZRZY-01-202612", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "系统切换"})
	w.ok(err)
	pages := map[string][]string{
		"liaison.zrzy": {paths.Home, paths.Home + "?tab=week", paths.Filings, paths.Filings + "?q=nichts", paths.Matrix, paths.ToMatrixCell("zrzy", "2026-10"), paths.Waivers,
			paths.ToWaiver(asked.Code), paths.ToTaskWaiver("ZRZY-01-202610"), paths.Templates, paths.ToTemplate("zrzy-01")},
		"office": {paths.Home, paths.Filings, paths.Inbox, paths.Inbox + "?q=nichts", paths.InboxReturn + "?code=" + batch, paths.Matrix, paths.Waivers,
			paths.ToWaiverMove(asked.Code, "propose")},
		"leader": {paths.Home, paths.Matrix}, "sysadmin": {paths.Home}, "bank": {paths.Home},
	}
	for user, list := range pages {
		for _, page := range list {
			doc := w.as(user).Get(page).WantStatus(200).Doc()
			t.Run(user+" "+page, func(t *testing.T) { readable(t, doc) })
		}
	}
	for name, a := range map[string]*goquery.Document{
		"waiver form":   w.as("liaison.zrzy").Post(paths.ToTaskWaiver("ZRZY-01-202611"), values("kind", "unlock")).WantStatus(422).Doc(),
		"return form":   w.as("office").Post(paths.InboxReturn, values("step", "return", "code", batch)).WantStatus(422).Doc(),
		"waiver's step": w.as("office").Post(paths.ToWaiverMove(asked.Code, "refuse"), nil).WantStatus(422).Doc(),
	} {
		t.Run(name+" with errors", func(t *testing.T) {
			readable(t, a)
			a.Find(".gz-errsum a").Each(func(_ int, link *goquery.Selection) {
				if a.Find(link.AttrOr("href", "#?")).Length() != 1 {
					t.Errorf("the summary leads to %s, which is not there", link.AttrOr("href", ""))
				}
			})
			if a.Find(".gz-errsum[role=alert] li").Length() == 0 || a.Find("[aria-invalid=true], .gz-field.is-bad").Length() == 0 {
				t.Error("the errors are not said above and at the field")
			}
		})
	}
}

func readable(t *testing.T, doc *goquery.Document) {
	t.Helper()
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%d h1", n)
	}
	ids := map[string]int{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) { ids[s.AttrOr("id", "")]++ })
	for id, n := range ids {
		if n > 1 {
			t.Errorf("id %q stands %d times", id, n)
		}
	}
	for _, attr := range []string{"for", "form", "aria-labelledby", "aria-describedby"} {
		doc.Find("[" + attr + "]").Each(func(_ int, s *goquery.Selection) {
			if id := s.AttrOr(attr, ""); ids[id] == 0 && attr != "aria-describedby" {
				t.Errorf("%s=%q names nothing", attr, id)
			}
		})
	}
	doc.Find("main input:not([type=hidden]), main select, main textarea").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("aria-label", "") == "" && doc.Find(`label[for="`+s.AttrOr("id", "?")+`"]`).Length() != 1 {
			t.Errorf("control %s has no label", s.AttrOr("name", "?"))
		}
	})
	doc.Find("main table").Each(func(_ int, s *goquery.Selection) {
		if s.Closest("[role=region][aria-label]").Length() != 1 || s.Find("thead th:not([scope])").Length() != 0 {
			t.Error("a table without name or with heads of no scope")
		}
	})
	doc.Find("main a, main button").Each(func(_ int, s *goquery.Selection) {
		if words(s) == "" && s.AttrOr("aria-label", "") == "" {
			t.Errorf("a link or button without words: %s", s.AttrOr("href", ""))
		}
	})
	if n := doc.Find(".gz-crumb [aria-current=page]").Length(); n != 1 {
		t.Errorf("%d current places in the way back", n)
	}
	if n := doc.Find("main .btn-primary").Length(); n > 1 {
		t.Errorf("%d primary buttons", n)
	}
}
