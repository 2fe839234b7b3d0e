package ingest

import (
	"strings"
	"unicode"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// foldTitle drops from a column's title all that units add to it or write in another way: blanks and line breaks,
// width, case, asterisks, 必填 marks, a number before it, a colon behind it. Brackets stay.
func foldTitle(s string) string {
	if len(s) > 600 {
		s = s[:600]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.So, r), r >= 0x2460 && r <= 0x24FF:
			return -1
		case r == '*' || r == '※' || r == '★' || r == '\'' || r == '"' || r == '“' || r == '”' || r == '-' || r == '_' || r == '—':
			return -1
		case r == '【' || r == '［' || r == '〔' || r == '[' || r == '{':
			return '('
		case r == '】' || r == '］' || r == '〕' || r == ']' || r == '}':
			return ')'
		case r == '、':
			return '.'
		}
		return unicode.ToLower(r)
	}, cn.Halfwidth(s))
	for _, mark := range []string{"(必填)", "(必填项)", "(选填)", "(可选)", "(非必填)", "(示例)", "必填项:", "必填:"} {
		s = strings.ReplaceAll(s, mark, "")
	}
	return strings.Trim(unnumbered(s), ":;,.")
}

// unnumbered drops a number that stands before a title: 1.企业名称, (3)企业名称.
func unnumbered(s string) string {
	rest := strings.TrimLeft(s, "(")
	digits := strings.TrimLeft(rest, "0123456789")
	if len(digits) == len(rest) || digits == "" {
		return s
	}
	if tail := strings.TrimLeft(digits, ".)"); tail != digits && tail != "" {
		return tail
	}
	return s
}

// bareTitle drops what stands in brackets from a folded title, and returns it beside: 预售面积(平方米) gives 预售面积
// and 平方米.
func bareTitle(folded string) (bare, inside string) {
	open := strings.IndexByte(folded, '(')
	if open < 0 {
		return folded, ""
	}
	end := strings.IndexByte(folded[open:], ')')
	if end < 0 {
		return folded, ""
	}
	inside = folded[open+1 : open+end]
	rest, _ := bareTitle(folded[open+end+1:])
	return folded[:open] + rest, inside
}

// titleIndex finds fields by title.
type titleIndex struct {
	exact map[string]int
	bare  map[string]int // without brackets; −1 if several fields share it
}

func indexTitles(fields []models.Field) titleIndex {
	x := titleIndex{exact: map[string]int{}, bare: map[string]int{}}
	for i, f := range fields {
		x.exact[foldTitle(f.Name)] = i
	}
	for i, f := range fields {
		for _, other := range append([]string{f.Code}, f.Aliases...) {
			if _, taken := x.exact[foldTitle(other)]; !taken {
				x.exact[foldTitle(other)] = i
			}
		}
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			bare, _ := bareTitle(foldTitle(name))
			if other, taken := x.bare[bare]; taken && other != i {
				x.bare[bare] = -1
			} else {
				x.bare[bare] = i
			}
		}
	}
	delete(x.exact, "")
	delete(x.bare, "")
	return x
}

// find returns the field that a folded title names and how well it fits: 0 to the letter, 1 but for brackets.
func (x titleIndex) find(folded string) (field, rank int, ok bool) {
	if folded == "" {
		return 0, 0, false
	}
	if i, ok := x.exact[folded]; ok {
		return i, 0, true
	}
	bare, _ := bareTitle(folded)
	if i, ok := x.bare[bare]; ok && i >= 0 {
		return i, 1, true
	}
	return 0, 0, false
}

// likeness says how much of the shorter of two folded titles stands in the longer one in the same order, 0 to 1.
func likeness(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	if len(x) == 0 || len(y) == 0 || len(x) > 60 || len(y) > 60 {
		return 0
	}
	row := make([]int, len(y)+1)
	for i := range x {
		diagonal := 0
		for j := range y {
			above := row[j+1]
			if x[i] == y[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j], above)
			}
			diagonal = above
		}
	}
	if row[len(y)] < 2 {
		return 0
	}
	return float64(row[len(y)]) / float64(min(len(x), len(y)))
}

// unitGroups are units of measure that stand in titles; those of one group are the same unit.
var unitGroups = [][]string{
	{"元", "人民币元"}, {"千元"}, {"万元"}, {"百万元"}, {"亿元"},
	{"平方米", "㎡", "m2", "m²", "平米", "平方"}, {"万平方米", "万㎡"}, {"公顷", "hm2"}, {"亩"}, {"平方公里", "km2"},
	{"米", "m"}, {"公里", "千米", "km"}, {"吨", "t"}, {"万吨"}, {"千克", "公斤", "kg"},
	{"套"}, {"户"}, {"人"}, {"万人"}, {"个"}, {"天", "日"}, {"月", "个月"}, {"年"}, {"%", "百分比"},
}

// unitConflict returns the unit that a title names if it is another one than the field's.
func unitConflict(folded string, f models.Field) (string, bool) {
	_, inside := bareTitle(folded)
	for _, prefix := range []string{"单位:", "单位"} {
		inside = strings.TrimPrefix(inside, prefix)
	}
	want := f.Unit
	if want == "" && f.Type == models.TypeMoney {
		want = "元"
	}
	got, known := unitGroup(inside)
	if wanted, ok := unitGroup(want); known && ok && got != wanted {
		return inside, true
	}
	return "", false
}

func unitGroup(unit string) (int, bool) {
	for i, group := range unitGroups {
		for _, u := range group {
			if strings.EqualFold(u, unit) {
				return i, true
			}
		}
	}
	return 0, false
}
