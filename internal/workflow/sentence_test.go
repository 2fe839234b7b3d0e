package workflow_test

import (
	"strings"
	"testing"

	"taxportal/internal/workflow"
)

// marked writes a sentence with its strong parts in brackets.
func marked(segments []workflow.Segment) string {
	var b strings.Builder
	for _, s := range segments {
		if s.Strong {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestSentence_fillsAndMarks(t *testing.T) {
	values := map[string]string{"due": "11月25日", "n": "23", "star": "*", "stars": "a**b**", "brace": "{due}", "pattern": "**{n}**"}
	for pattern, want := range map[string]string{
		"":                          "",
		"请您审签。":                     "请您审签。",
		"请在 **{due}前**改好 **{n} 行**": "请在 [11月25日前]改好 [23 行]",
		"**{due}**":                 "[11月25日]",
		"{unknown}空":                "空",
		"**{unknown}**":             "",
		"没有收尾的 {due":                "没有收尾的 {due",
		"只有收尾的 due}":                "只有收尾的 due}",
		"{}":                        "",
		"{star}":                    "*",
		"**{star}**":                "[*]",
		"**{stars}**后":              "[a**b**]后",
		"{stars}后":                  "a**b**后",
		"{brace}":                   "{due}",
		"{pattern}":                 "**{n}**",
		"{due}{n}":                  "11月25日23",
		"****":                      "",
	} {
		if got := marked(workflow.Sentence(pattern, values)); got != want {
			t.Errorf("%q becomes %q, want %q", pattern, got, want)
		}
	}
}

// FuzzSentence: what people typed comes through unchanged and marks nothing.
func FuzzSentence(f *testing.F) {
	for _, value := range []string{"", "王静", "**", "***", "{", "}", "{x}", "a*", "**b**"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		segments := workflow.Sentence("请{x}在 **{x}前**办", map[string]string{"x": value})
		if got, want := workflow.Plain(segments), "请"+value+"在 "+value+"前办"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if len(segments) != 3 || !segments[1].Strong || segments[0].Strong || segments[2].Strong {
			t.Errorf("%+v", segments)
		}
	})
}

func TestPlain_ofNothingIsNothing(t *testing.T) {
	if got := workflow.Plain(nil); got != "" {
		t.Errorf("%q", got)
	}
}
