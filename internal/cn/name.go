package cn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameDots are the signs that stand for the dot · (U+00B7) in the names of some peoples and in translated names.
const nameDots = "·•‧・·∙⋅．｡●"

// normaliseName makes every dot between Chinese characters a U+00B7, Latin letters half width, and drops the blanks
// that are put between Chinese characters to fill a column (张　三). Rare characters are left alone.
func normaliseName(raw string) string {
	var b strings.Builder
	b.Grow(len(raw))
	var last rune
	pending := false
	for _, r := range raw {
		if strings.ContainsRune(nameDots, r) {
			r = '·'
		} else if r = fold(r); r == drop {
			continue
		}
		if blank(r) {
			pending = b.Len() > 0
			continue
		}
		if b.Len() == 0 && apostrophe(r) {
			continue
		}
		if pending && westernRune(last) && westernRune(r) {
			b.WriteByte(' ')
		}
		pending = false
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// westernRune reports whether r is of a script that parts its words with blanks.
func westernRune(r rune) bool { return r < 0x250 && r != '·' }

// CheckName looks at a normalised person's name: Chinese characters, rare ones beyond the BMP included, with · between
// the parts, or letters for foreigners. What is refused are the traces of a character lost on the way (? □ �), digits,
// signs and placeholders; a character of the private use area is a warning, because it shows on no other machine.
func CheckName(v string) []Problem {
	const hint = "请对照身份证件核对"
	if lost := marksWhere(v, lostRune); len(lost) > 0 {
		return one(Problem{Rule: RuleLost, Severity: Error, Mark: lost,
			Message: positions(lost) + "是丢失的字符，原来可能是生僻字", Hint: "请在原系统按身份证件重新录入该字（GB 18030-2022）"})
	}
	if isPlaceholder(v) {
		return one(Problem{Rule: RuleVague, Severity: Error, Message: "没有填写姓名", Hint: "请填写身份证件上的姓名；确实没有时留空"})
	}
	if bad := marksWhere(v, func(_ int, r rune) bool { return !nameRune(r) }); len(bad) > 0 {
		return one(Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: hint,
			Message: positions(bad) + "有姓名中不使用的字符"})
	}
	if private := marksWhere(v, func(_ int, r rune) bool { return unicode.Is(unicode.Co, r) }); len(private) > 0 {
		return one(Problem{Rule: RuleLost, Severity: Warning, Mark: private,
			Message: positions(private) + "是造字区的字，换一台电脑就不能显示", Hint: "请换用 GB 18030-2022 中的字"})
	}
	switch n := utf8.RuneCountInString(v); {
	case n < 2:
		return one(Problem{Rule: RuleLength, Severity: Error, Message: "姓名至少 2 个字", Hint: hint})
	case n > 50:
		return one(Problem{Rule: RuleLength, Severity: Error, Message: "姓名超过 50 个字", Hint: "一格只填一个人"})
	case strings.HasPrefix(v, "·") || strings.HasSuffix(v, "·") || strings.Contains(v, "··"):
		return one(Problem{Rule: RuleForm, Severity: Error, Message: "间隔号 · 应在两个字之间", Hint: hint})
	}
	latin := marksWhere(v, func(_ int, r rune) bool { return unicode.Is(unicode.Latin, r) })
	if len(latin) > 0 && strings.ContainsFunc(v, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return one(Problem{Rule: RuleForm, Severity: Warning, Mark: latin, Hint: hint, Message: "中文姓名里有字母"})
	}
	return nil
}

// nameRune reports whether r may stand in a name.
func nameRune(r rune) bool {
	switch r {
	case '·', ' ', '-', '\'', '.', ',', '’':
		return true
	}
	return unicode.Is(unicode.Han, r) || unicode.IsLetter(r) && !unicode.Is(unicode.Lm, r) ||
		unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Co, r)
}

// lostRune reports whether r is what software leaves in place of a character that it could not write.
func lostRune(_ int, r rune) bool {
	return r == '?' || r == '？' || r == utf8.RuneError || r == '□' || r == '■' || r == '〓' || r == 0x25A1
}

// longestPlaceholder is the size in bytes of the longest word that isPlaceholder knows: 某某某. Nearly every value is
// longer, and is spared being turned to capitals.
const longestPlaceholder = len("某某某")

// isPlaceholder reports whether v only says that there is nothing to say.
func isPlaceholder(v string) bool {
	if len(v) > longestPlaceholder {
		return false
	}
	switch strings.ToUpper(v) {
	case "", "无", "空", "不详", "未知", "同上", "待定", "测试", "暂无", "没有", "略", "-", "--", "—", "——", "/", "\\",
		"N/A", "NA", "NULL", "NONE", "TEST", "XXX", "某某", "某某某":
		return true
	}
	return false
}
