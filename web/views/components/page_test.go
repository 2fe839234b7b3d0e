package components_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

// checkPage holds what every page owes its readers and the content security policy.
func checkPage(t *testing.T, page templ.Component) {
	t.Helper()
	doc := parse(t, page)
	checkPolicy(t, doc)
	checkNames(t, doc)
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%d h1, want 1", n)
	}
	if n := doc.Find("main#main[tabindex='-1']").Length(); n != 1 {
		t.Errorf("%d main, want 1", n)
	}
	if got := attr(t, doc, "a.skip", "href"); got != "#main" {
		t.Errorf("skip link leads to %q", got)
	}
	if !strings.Contains(doc.Find("body").Text(), "非涉密系统，严禁处理国家秘密") {
		t.Error("the notice of the foot is missing")
	}
}

var handler = regexp.MustCompile(`^on[a-z]+$`)

// checkPolicy holds that nothing needs inline style or script.
func checkPolicy(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, a := range s.Nodes[0].Attr {
			if a.Key == "style" || handler.MatchString(a.Key) || strings.HasPrefix(a.Key, "hx-on") {
				t.Errorf("<%s> has %s=%q", goquery.NodeName(s), a.Key, a.Val)
			}
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
				t.Errorf("<%s> has a script address %q", goquery.NodeName(s), a.Val)
			}
		}
	})
	doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		if _, ok := s.Attr("src"); !ok || strings.TrimSpace(s.Text()) != "" {
			t.Error("inline script")
		}
	})
	if doc.Find("style").Length() > 0 {
		t.Error("inline style sheet")
	}
}

// checkNames holds that ids are unique, references lead somewhere, and every control has a name.
func checkNames(t *testing.T, doc *goquery.Document) {
	t.Helper()
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if id == "" || ids[id] {
			t.Errorf("id %q is empty or used twice", id)
		}
		ids[id] = true
	})
	for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "form"} {
		doc.Find("[" + name + "]").Each(func(_ int, s *goquery.Selection) {
			value, _ := s.Attr(name)
			for _, id := range strings.Fields(value) {
				if !ids[id] {
					t.Errorf("%s=%q leads nowhere", name, id)
				}
			}
		})
	}
	doc.Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		if kind, _ := s.Attr("type"); kind == "hidden" {
			return
		}
		id, _ := s.Attr("id")
		_, named := s.Attr("aria-label")
		if !named && doc.Find(`label[for="`+id+`"]`).Length() != 1 {
			t.Errorf("a %s named %q has no label", goquery.NodeName(s), attrOf(s, "name"))
		}
	})
	doc.Find("button, a").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()) == "" && attrOf(s, "aria-label") == "" {
			t.Errorf("a %s without words: %s", goquery.NodeName(s), attrOf(s, "class"))
		}
	})
	doc.Find("svg").Each(func(_ int, s *goquery.Selection) {
		if attrOf(s, "aria-hidden") != "true" && (attrOf(s, "role") != "img" || attrOf(s, "aria-label") == "") {
			t.Error("a picture is neither hidden nor named")
		}
	})
	doc.Find(`form[method="post"]`).Each(func(_ int, s *goquery.Selection) {
		if attrOf(s, "action") == "/login" {
			return // there is no session yet
		}
		if first := s.Find("input").First(); attrOf(first, "name") != "_csrf" || attrOf(first, "value") == "" {
			t.Errorf("form %q does not begin with its token", attrOf(s, "action"))
		}
	})
}

func attrOf(s *goquery.Selection, name string) string {
	value, _ := s.Attr(name)
	return value
}
