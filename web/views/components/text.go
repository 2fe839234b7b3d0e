package components

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Segment is a piece of a sentence.
type Segment struct {
	Text string
	Bold bool          // the time and the amount, nothing else
	Late bool          // bold and red
	URL  templ.SafeURL // makes the piece a link
}

// Sentence is a sentence in pieces, for the few places where a part of it is bold, red or a link.
type Sentence []Segment

// Plain returns a piece of ordinary text.
func Plain(text string) Segment { return Segment{Text: text} }

// Bold returns a bold piece.
func Bold(text string) Segment { return Segment{Text: text, Bold: true} }

// Late returns a bold red piece.
func Late(text string) Segment { return Segment{Text: text, Bold: true, Late: true} }

// Linked returns a piece that is a link.
func Linked(text string, url templ.SafeURL) Segment { return Segment{Text: text, URL: url} }

// String returns the sentence without its marks.
func (s Sentence) String() string {
	var all strings.Builder
	for _, segment := range s {
		all.WriteString(segment.Text)
	}
	return all.String()
}

// Thousands writes a count with separators: 12408 is 12,408.
func Thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Percent writes part of whole with one decimal: 1223 of 1246 is 98.2%. It says 100.0% and 0.0% only where that
// is exact, because a single faulty row in a million must not vanish; without a whole it is the dash of
// "not applicable". Counts are not negative.
func Percent(part, whole int64) string {
	if whole <= 0 {
		return "—"
	}
	tenths := (part*1000 + whole/2) / whole
	if tenths >= 1000 && part < whole {
		tenths = 999
	}
	if tenths == 0 && part > 0 {
		tenths = 1
	}
	return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10) + "%"
}

// share returns part of whole in percent for the width of a bar, 0 to 100, with two decimals.
func share(part, whole int64) string {
	if whole <= 0 || part <= 0 {
		return "0%"
	}
	return length(float64(part) * 100 / float64(whole))
}

// length writes percent as a length of SVG, held within 0 and 100.
func length(percent float64) string {
	// The comparison is written so that NaN becomes 0.
	if !(percent > 0) {
		percent = 0
	}
	return strconv.FormatFloat(min(percent, 100), 'f', -1, 32) + "%"
}
