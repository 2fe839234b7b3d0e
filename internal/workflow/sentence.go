package workflow

import (
	"slices"
	"strings"
)

// Segment is a piece of a sentence; Strong ones are times and amounts (look.md §4, 下一步).
type Segment struct {
	Text   string
	Strong bool
}

// Sentence fills a pattern such as `请您在 **{due}** 前改好 **{n} 行错误**` with values and splits it at its strong parts.
// A name without a value stays empty, so that a page never shows a brace. Values mean nothing but themselves: whatever
// people typed, it neither makes a part strong nor fills in anything further.
func Sentence(pattern string, values map[string]string) []Segment {
	var segments []Segment
	for i, part := range strings.Split(pattern, "**") {
		if text := fill(part, values); text != "" {
			segments = append(segments, Segment{Text: text, Strong: i%2 == 1})
		}
	}
	return segments
}

// fill replaces each {name} by its value. A brace that is not closed stays.
func fill(pattern string, values map[string]string) string {
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(pattern, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			b.WriteString(pattern)
			return b.String()
		}
		b.WriteString(before)
		b.WriteString(values[name])
		pattern = after
	}
}

// Plain returns the sentence without emphasis.
func Plain(segments []Segment) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString(s.Text)
	}
	return b.String()
}

// YouMay ends the sentence 下一步 for a reader who may take the step although it names somebody else.
var YouMay = Segment{Text: "您可以办理。"}

// HasMain reports whether one of the offered moves is the primary one of the record's state: it waits for the reader.
func HasMain(offered []Move) bool {
	return slices.ContainsFunc(offered, func(m Move) bool { return m.Main })
}
