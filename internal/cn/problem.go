package cn

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Severity tells whether a problem keeps a value from being taken. Its values are those of models.Severity.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // 错误: must be mended
	Warning Severity = "warning" // 提醒: may be right all the same; mend or explain
)

// Rule is the stable name of what a problem is about; findings are grouped by it.
type Rule string

// The rules that identifiers, dates and numbers are held to.
const (
	RuleLength     Rule = "length"      // too few or too many characters
	RuleChar       Rule = "char"        // a character that the code does not use
	RuleForm       Rule = "form"        // the parts are not where they belong
	RuleCheckDigit Rule = "check_digit" // the check digit does not agree
	RuleOrgDigit   Rule = "org_digit"   // the organisation code's own digit inside a longer code does not agree
	RuleDate       Rule = "date"        // no such day
	RuleFuture     Rule = "future"      // a day that has not come
	RuleRegion     Rule = "region"      // an unknown administrative division
	RuleRetired    Rule = "retired"     // a division or number form that is no longer given out
	RuleAmbiguous  Rule = "ambiguous"   // more than one reading
	RuleUnit       Rule = "unit"        // a number with a unit behind it
	RuleOverflow   Rule = "overflow"    // a number too large or too fine to be stored exactly
	RuleRange      Rule = "range"       // outside of what can be
	RuleLost       Rule = "lost_char"   // a character that was lost on the way, such as ? or □ for a rare one
	RuleMany       Rule = "many_values" // several values in one cell
	RuleVague      Rule = "vague"       // a placeholder, or too little to be of use
)

// Problem is one thing that is wrong with a value.
type Problem struct {
	Rule     Rule
	Severity Severity
	Message  string // what is wrong, one Chinese clause without a full stop: 第 18 位校验不符，末位应为 2，可能录错一位
	Mark     []int  // the wrong characters: 0-based rune positions in the checked (normalised) value, ascending
	Suggest  string // the value that was probably meant, or empty when that cannot be told
	Hint     string // what to do, for the case that there is no Suggest
}

// Advice says how to mend the value: 核对后可改为 and the proposal, or the hint, or nothing.
func (p Problem) Advice() string {
	if p.Suggest != "" {
		return "核对后可改为 " + p.Suggest
	}
	return p.Hint
}

// HasError reports whether any of the problems keeps the value from being taken.
func HasError(problems []Problem) bool {
	for _, p := range problems {
		if p.Severity == Error {
			return true
		}
	}
	return false
}

// RawMarks carries marks on a normalised value over to the value as the user typed it, so that the wrong characters
// can be underlined in the user's own text. It returns nil if normal is not what is left of raw after normalising.
func RawMarks(raw, normal string, mark []int) []int {
	if len(mark) == 0 {
		return nil
	}
	source, at := []rune(raw), 0
	place := make([]int, 0, utf8.RuneCountInString(normal))
	for _, want := range normal {
		for at < len(source) && upper(fold(source[at])) != upper(want) {
			at++
		}
		if at == len(source) {
			return nil
		}
		place = append(place, at)
		at++
	}
	out := make([]int, 0, len(mark))
	for _, m := range mark {
		if m >= 0 && m < len(place) {
			out = append(out, place[m])
		}
	}
	return out
}

// one makes the list of a single problem.
func one(p Problem) []Problem { return []Problem{p} }

// wrongLength tells that value has not the wanted number of characters.
func wrongLength(value, want, hint string) []Problem {
	return one(Problem{Rule: RuleLength, Severity: Error, Hint: hint,
		Message: "共 " + strconv.Itoa(utf8.RuneCountInString(value)) + " 位，应为 " + want})
}

// span returns the positions from..to, both included.
func span(from, to int) []int {
	out := make([]int, 0, to-from+1)
	for i := from; i <= to; i++ {
		out = append(out, i)
	}
	return out
}

// positions puts 0-based positions into words for people, who count from one: 第 3、7—9 位.
func positions(mark []int) string {
	var b strings.Builder
	b.WriteString("第 ")
	for i := 0; i < len(mark); {
		j := i
		for j+1 < len(mark) && mark[j+1] == mark[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteString("、")
		}
		b.WriteString(strconv.Itoa(mark[i] + 1))
		switch {
		case j == i+1:
			b.WriteString("、" + strconv.Itoa(mark[j]+1))
		case j > i:
			b.WriteString("—" + strconv.Itoa(mark[j]+1))
		}
		i = j + 1
	}
	b.WriteString(" 位")
	return b.String()
}

// marksWhere returns the positions of the runes of value for which bad holds.
func marksWhere(value string, bad func(i int, r rune) bool) []int {
	var mark []int
	i := 0
	for _, r := range value {
		if bad(i, r) {
			mark = append(mark, i)
		}
		i++
	}
	return mark
}

// describe names a character as a reader would: 字母 O, 数字 0, 汉字“无”, 空格.
func describe(r rune) string {
	switch {
	case isDigit(r):
		return "数字 " + string(r)
	case isUpper(r) || isLower(r):
		return "字母 " + string(r)
	case r == ' ':
		return "空格"
	case r < 0x20 || r == utf8.RuneError:
		return "无法识别的字符"
	default:
		return "“" + string(r) + "”"
	}
}

// swapped looks for the values that differ from value by one exchange of neighbours, of which the first stands at
// from..to, and that valid accepts. It returns how many there are and, of the last one, the value and the two places.
func swapped(value string, from, to int, valid func(string) bool) (fixed string, mark []int, n int) {
	b := []byte(value)
	for i := from; i <= to && i+1 < len(b); i++ {
		if b[i] == b[i+1] {
			continue
		}
		b[i], b[i+1] = b[i+1], b[i]
		if s := string(b); valid(s) {
			fixed, mark, n = s, []int{i, i + 1}, n+1
		}
		b[i], b[i+1] = b[i+1], b[i]
	}
	return fixed, mark, n
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
func isUpper(r rune) bool { return r >= 'A' && r <= 'Z' }
func isLower(r rune) bool { return r >= 'a' && r <= 'z' }

// digits reports whether s consists of ASCII digits only and is not empty.
func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
