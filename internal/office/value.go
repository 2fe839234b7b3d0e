package office

import (
	"fmt"
	"strconv"
	"strings"

	"taxportal/internal/models"
)

// Kind says what a column of a Table holds, and with it how it is shown.
type Kind int

// The kinds of columns, with the Go types of their values. nil and "" are empty cells in all of them, and a string is
// taken as it stands.
const (
	Text   Kind = iota // string and anything else that prints itself
	Count              // int, int64
	Money              // int64 in fen, shown in 元 with two decimals
	Rate               // float64, 0.917 shown as 91.7%
	Day                // models.Day
	Moment             // models.Instant, to the minute
)

// formats are the number formats of the kinds.
var formats = map[Kind]string{Text: textFormat, Count: "#,##0", Money: "#,##0.00", Rate: "0.0%", Day: textFormat, Moment: textFormat}

// Defuse makes a text harmless that a spreadsheet would take for a formula: one that begins with = + - @, tab or
// carriage return gets an apostrophe in front, by which Excel and WPS know text. Plain numbers such as -12.5 stay.
func Defuse(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) || plainNumber(text) {
		return text
	}
	return "'" + text
}

// plainNumber reports whether the text is nothing but digits with at most a sign in front and one point.
func plainNumber(text string) bool {
	body := strings.TrimLeft(text, "+-")
	if len(text)-len(body) > 1 || body == "" || body[0] == '.' {
		return false
	}
	points := 0
	for _, r := range body {
		switch {
		case r == '.':
			points++
		case r < '0' || r > '9':
			return false
		}
	}
	return points <= 1
}

// plain returns a value as text, for CSV and for columns of text.
func plain(kind Kind, value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case models.Day:
		return string(v)
	case models.Instant:
		if v.IsZero() {
			return ""
		}
		return v.Time().Format("2006-01-02 15:04")
	case int64:
		if kind == Money {
			return yuan(v)
		}
		return strconv.FormatInt(v, 10)
	case float64:
		if kind == Rate {
			return strconv.FormatFloat(v*100, 'f', 1, 64) + "%"
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return yesNo(v)
	}
	return fmt.Sprint(value)
}

// yuan writes fen as 元 with two decimals.
func yuan(fen int64) string {
	sign, n := "", uint64(fen)
	if fen < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// numeric returns a value as a number for a workbook, and false if it is to be written as text. Numbers beyond the 15
// digits that a spreadsheet keeps are text.
func numeric(kind Kind, value any) (any, bool) {
	const exact = 999_999_999_999_999
	switch v := value.(type) {
	case int:
		return int64(v), kind == Count && v <= exact && v >= -exact
	case int64:
		if v > exact || v < -exact {
			return nil, false
		}
		if kind == Money {
			return float64(v) / 100, true
		}
		return v, kind == Count
	case float64:
		return v, kind == Rate
	}
	return nil, false
}
