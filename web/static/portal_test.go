package static_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)

// TestPortalCSS_staysReadableForOldBrowsers keeps out what the Chromium of 360, Qianxin and UOS browsers may not know.
func TestPortalCSS_staysReadableForOldBrowsers(t *testing.T) {
	css := cssComment.ReplaceAllString(read(t, "portal.css"), "")
	// On paper findings are unfolded; a browser that does not know this rule drops it, and portal.js unfolds them there.
	css = strings.Replace(css, ".gz-finding::details-content { content-visibility: visible; display: block; }", "", 1)
	for _, word := range []string{
		":has(", ":is(", ":where(", "color-mix(", "light-dark(", "oklch(", "oklab(", "lch(", "lab(", "hwb(", "aspect-ratio", "dvh", "svh", "lvh",
		"@container", "container-type", "@layer", "@scope", "@property", "subgrid", "inset:", "accent-color", "backdrop-filter", "content-visibility",
		"clamp(", "&",
	} {
		if strings.Contains(css, word) {
			t.Errorf("portal.css uses %q", word)
		}
	}
	if depth := nesting(css); depth > 2 {
		t.Errorf("rules are nested %d deep", depth)
	}
	// Two positions in one colour stop are Chromium 71; written out they work everywhere.
	if m := regexp.MustCompile(`gradient\([^;]*(?:#[0-9a-f]{3,6}|\)) [0-9.]+(?:px|%)? [0-9.]+(?:px|%)`).FindString(css); m != "" {
		t.Errorf("portal.css uses a colour stop with two positions: %s", m)
	}
	if strings.Contains(css, "http://") && !strings.Contains(css, "http://www.w3.org/2000/svg") || strings.Contains(css, "@import") {
		t.Error("portal.css fetches something from elsewhere")
	}
}

// nesting returns how deep braces stand; 2 is a rule within a media query. A rule within a rule is found because
// every block of depth 1 that is not an at-rule must close before the next one opens.
func nesting(css string) int {
	depth, deepest := 0, 0
	start := 0
	for i, c := range css {
		switch c {
		case '{':
			depth++
			if depth == 2 && !strings.Contains(css[start:i], "@") {
				return 3
			}
			if depth == 1 {
				start = strings.LastIndexAny(css[:i], "};") + 1
			}
			deepest = max(deepest, depth)
		case '}':
			depth--
		}
	}
	return deepest
}

// TestPortalJS_keepsTheRulesOfThePolicy holds that our script needs no eval, writes no style attribute and runs on
// browsers of 2018.
func TestPortalJS_keepsTheRulesOfThePolicy(t *testing.T) {
	js := regexp.MustCompile(`(?m)(^|\s)//.*$`).ReplaceAllString(cssComment.ReplaceAllString(read(t, "portal.js"), ""), "")
	for _, word := range []string{"eval(", "new Function", ".style", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "setAttribute('style", "?.", "??", "||=", "replaceAll(", ".at(", "#private", "import(", "console."} {
		if strings.Contains(js, word) {
			t.Errorf("portal.js uses %q", word)
		}
	}
}

var token = regexp.MustCompile(`(--gz-[a-z0-9-]+):\s*(#[0-9a-f]{6})`)

// tokens returns the colours of portal.css by name.
func tokens(t *testing.T) map[string]string {
	t.Helper()
	colours := map[string]string{}
	for _, m := range token.FindAllStringSubmatch(read(t, "portal.css"), -1) {
		colours[m[1]] = m[2]
	}
	return colours
}

// TestTokens_contrast holds WCAG AA: 4.5 to 1 for text, 3 to 1 for the borders of fields and the focus ring.
func TestTokens_contrast(t *testing.T) {
	type pair struct {
		front, back string
		least       float64
	}
	pairs := []pair{
		{"field", "surface", 3}, {"accent-mid", "surface", 3}, {"accent-mid", "bg", 3},
		{"accent", "surface", 4.5}, {"accent", "bg", 4.5}, {"accent", "accent-soft", 4.5}, {"accent", "sunken", 4.5}, {"surface", "accent", 4.5},
		{"surface", "accent-deep", 4.5}, {"on-deep", "accent-deep", 4.5}, {"surface", "late", 4.5}, {"surface", "off", 4.5},
		{"late-cell", "late-cell-bg", 4.5}, {"due-cell", "due-cell-bg", 4.5}, {"ink-3", "off-bg", 4.5}, {"ink-2", "off-bg", 4.5},
	}
	for _, ink := range []string{"ink", "ink-2", "ink-3"} {
		for _, back := range []string{"surface", "bg", "sunken"} {
			pairs = append(pairs, pair{ink, back, 4.5})
		}
	}
	for _, family := range []string{"ok", "run", "due", "late", "hold", "off"} {
		pairs = append(pairs, pair{family, family + "-bg", 4.5}, pair{"ink", family + "-bg", 4.5}, pair{"ink-2", family + "-bg", 4.5}, pair{family, "surface", 4.5})
	}
	colours := tokens(t)
	for _, p := range pairs {
		front, back := colours["--gz-"+p.front], colours["--gz-"+p.back]
		if front == "" || back == "" {
			t.Errorf("%s on %s: a token is missing", p.front, p.back)
			continue
		}
		if got := contrast(t, front, back); got < p.least {
			t.Errorf("%s on %s: %.2f, want at least %.1f", p.front, p.back, got, p.least)
		}
	}
}

func TestContrast_formula(t *testing.T) {
	for want, pair := range map[string][2]string{"21.00": {"#000000", "#ffffff"}, "1.00": {"#123456", "#123456"}, "4.54": {"#767676", "#ffffff"}} {
		if got := fmt.Sprintf("%.2f", contrast(t, pair[0], pair[1])); got != want {
			t.Errorf("%v: %s, want %s", pair, got, want)
		}
	}
}

// contrast is the ratio of WCAG 2.2 between two colours #rrggbb.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (math.Max(la, lb) + .05) / (math.Min(la, lb) + .05)
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
