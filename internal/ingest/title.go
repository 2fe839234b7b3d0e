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

// How well a title fits a field, best first. A field's own name or code goes before its aliases, so that of a column
// 坐落 and a column 地址 in one register the first is read and the second is named as one of the others.
const (
	fitName      = iota // the name or the code, to the letter
	fitBareName         // the name but for brackets
	fitAlias            // an alias, to the letter
	fitBareAlias        // an alias but for brackets
)

// titled is a field that a title names, and how well it fits. A field of −1 is one of several.
type titled struct{ field, fit int }

// titleIndex finds fields by title.
type titleIndex struct {
	exact map[string]titled
	bare  map[string]titled // without brackets
}

func indexTitles(fields []models.Field) titleIndex {
	x := titleIndex{exact: map[string]titled{}, bare: map[string]titled{}}
	for i, f := range fields {
		x.exact[foldTitle(f.Name)] = titled{i, fitName}
	}
	for i, f := range fields {
		for n, other := range append([]string{f.Code}, f.Aliases...) {
			fit := fitAlias
			if n == 0 {
				fit = fitName
			}
			if _, taken := x.exact[foldTitle(other)]; !taken {
				x.exact[foldTitle(other)] = titled{i, fit}
			}
		}
		for n, name := range append([]string{f.Name}, f.Aliases...) {
			fit := fitBareAlias
			if n == 0 {
				fit = fitBareName
			}
			bare, _ := bareTitle(foldTitle(name))
			switch other, taken := x.bare[bare]; {
			case !taken:
				x.bare[bare] = titled{i, fit}
			case other.field != i:
				x.bare[bare] = titled{-1, fit}
			}
		}
	}
	delete(x.exact, "")
	delete(x.bare, "")
	return x
}

// find returns the field that a folded title names and how well it fits.
func (x titleIndex) find(folded string) (field, fit int, ok bool) {
	if folded == "" {
		return 0, 0, false
	}
	if t, ok := x.exact[folded]; ok {
		return t.field, t.fit, true
	}
	bare, _ := bareTitle(folded)
	if t, ok := x.bare[bare]; ok && t.field >= 0 {
		return t.field, t.fit, true
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
