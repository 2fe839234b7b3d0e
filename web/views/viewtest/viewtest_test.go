package viewtest_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/viewtest"
)

// witness is a test that writes down why it would fail.
type witness struct {
	testing.TB
	said []string
}

func (w *witness) Helper()           {}
func (w *witness) Error(args ...any) { w.said = append(w.said, fmt.Sprint(args...)) }
func (w *witness) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

func TestPage_namesWhatNoPageMayHave(t *testing.T) {
	const title, token = "<h1>标题</h1>", `<input type="hidden" name="_csrf">`
	const labelled = `<label for="a">甲</label><input id="a"`
	for name, tt := range map[string]struct {
		markup string
		want   []string
	}{
		"nothing wrong":          {title + `<form method="post">` + token + labelled + ` aria-describedby="h"><i id="h"></i></form><script type="application/json">[]</script>`, nil},
		"an error named above":   {title + `<div class="gz-errsum"><a href="#a">甲</a></div>` + labelled + ` aria-invalid="true">`, nil},
		"no title":               {"<h2>标题</h2>", []string{"0 h1"}},
		"two titles":             {title + title, []string{"2 h1"}},
		"a style":                {title + `<p style="color:red">`, []string{"inline style or script"}},
		"what was typed, as tag": {title + "<script>alert(1)</script>", []string{"inline style or script"}},
		"an id twice":            {title + `<p id="a"></p><p id="a"></p>`, []string{"id a stands twice"}},
		"no label":               {title + "<select></select>", []string{`field "" has no label`}},
		"two labels":             {title + `<label for="a">乙</label>` + labelled + ">", []string{`field "a" has no label`}},
		"no such description":    {title + labelled + ` aria-describedby="h">`, []string{`field "a" is described by "h", which is not there`}},
		"an error by itself":     {title + labelled + ` aria-invalid="true">`, []string{`the error of "a" is not named above the form`}},
		"no token":               {title + `<form method="post">` + labelled + "></form>", []string{"a form does not begin with its token"}},
		"a search needs none":    {title + "<form>" + labelled + "></form>", nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := &witness{TB: t}
			viewtest.Page(w, templ.Raw(tt.markup))
			if !slices.Equal(w.said, tt.want) {
				t.Errorf("it says %q, want %q", w.said, tt.want)
			}
		})
	}
}

func TestShell_isAFrameThatKeepsTheRules(t *testing.T) {
	title := components.PageHead(components.Head{Title: viewtest.Hostile})
	page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return layout.Page(viewtest.Shell("标题")).Render(templ.WithChildren(ctx, title), w)
	})
	doc := viewtest.Page(t, page)
	if got := viewtest.Words(doc.Find("h1")); got != viewtest.Hostile || !strings.Contains(doc.Find("title").Text(), "标题") {
		t.Errorf("the title is %q", got)
	}
}
