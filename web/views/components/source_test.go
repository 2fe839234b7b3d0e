package components_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/web/static"
)

// root is the folder of the module, seen from this package.
const root = "../../.."

// sources calls visit with every hand-written file of the given endings below web/views and internal.
func sources(t *testing.T, endings []string, visit func(path, text string)) {
	t.Helper()
	for _, dir := range []string{"web/views", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			for _, ending := range endings {
				if strings.HasSuffix(path, ending) {
					text, err := os.ReadFile(path)
					if err != nil {
						return err
					}
					visit(path, string(text))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTemplates_holdNoStyleAndNoScript(t *testing.T) {
	forbidden := regexp.MustCompile(`\sstyle\s*=\s*["{]|<style|\son[a-z]+\s*=\s*["{]|hx-on|hx-vals\s*=\s*["{]\s*['"]?js:|javascript:|templ\.Raw|\bscript\s+[a-zA-Z]+\(`)
	inline := regexp.MustCompile(`(?is)<script(?:\s[^>]*)?>\s*\S`)
	sources(t, []string{".templ"}, func(path, text string) {
		for _, m := range forbidden.FindAllString(text, -1) {
			t.Errorf("%s: %q", path, m)
		}
		for _, m := range inline.FindAllString(text, -1) {
			if !strings.HasSuffix(strings.TrimSpace(m), "<") && !strings.Contains(m, "application/json") {
				t.Errorf("%s: a script within the page: %q", path, m)
			}
		}
	})
}

// symbols returns the names of the icons in the sprite.
func symbols(t *testing.T) map[string]bool {
	t.Helper()
	sprite, err := os.ReadFile(filepath.Join(root, "web/static/icons.svg"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`<symbol id="([^"]+)"`).FindAllStringSubmatch(string(sprite), -1) {
		names[m[1]] = true
	}
	return names
}

func TestIcons_constantsAndSpriteAgree(t *testing.T) {
	source, err := os.ReadFile("icons.go")
	if err != nil {
		t.Fatal(err)
	}
	drawn, named := symbols(t), map[string]bool{}
	for _, m := range regexp.MustCompile(`IconName = "([^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		named[m[1]] = true
		if !drawn[m[1]] {
			t.Errorf("the sprite lacks %q", m[1])
		}
	}
	for name := range drawn {
		if !named[name] {
			t.Errorf("%q is drawn but has no constant", name)
		}
	}
}

// TestIcons_namedElsewhereAreDrawn finds names written as text, as the tables of states below internal may do.
func TestIcons_namedElsewhereAreDrawn(t *testing.T) {
	written := regexp.MustCompile(`(?:Icon(?:Small|Name)?\(|\bIcon:\s*|\bicon:\s*)"([a-z0-9-]+)"`)
	drawn := symbols(t)
	sources(t, []string{".go", ".templ"}, func(path, text string) {
		for _, m := range written.FindAllStringSubmatch(text, -1) {
			if !drawn[m[1]] {
				t.Errorf("%s: the sprite lacks %q", path, m[1])
			}
		}
	})
}

func TestStatic_everyNamedFileIsThere(t *testing.T) {
	named := regexp.MustCompile(`static\.URL\("([^"]+)"\)`)
	have := map[string]bool{}
	for _, name := range static.Names() {
		have[name] = true
	}
	found := 0
	sources(t, []string{".go", ".templ"}, func(path, text string) {
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			found++
			if !have[m[1]] {
				t.Errorf("%s: there is no %q", path, m[1])
			}
		}
	})
	if found == 0 {
		t.Error("no file is named anywhere: the search is broken")
	}
}

// TestCSS_classesOfTheComponentsExist finds a class that no style sheet knows: a misspelling shows as nothing.
func TestCSS_classesOfTheComponentsExist(t *testing.T) {
	known := map[string]bool{}
	for _, sheet := range []string{"portal.css", "bootstrap.min.css"} {
		css, err := os.ReadFile(filepath.Join(root, "web/static", sheet))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\.([a-zA-Z][a-zA-Z0-9_-]*)`).FindAllStringSubmatch(string(css), -1) {
			known[m[1]] = true
		}
	}
	for name, page := range samplePages() {
		parse(t, page).Find("[class]").Each(func(_ int, s *goquery.Selection) {
			for _, class := range strings.Fields(attrOf(s, "class")) {
				if !known[class] {
					t.Errorf("%s: no style sheet knows %q", name, class)
				}
			}
		})
	}
}
