package cn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckAddress asks whether a normalised address can be found by a person: it has Chinese characters, a part that
// names a place (省市县区镇乡街路村号 …), and is no placeholder.
func CheckAddress(v string) []Problem {
	const hint = "请写明县（市、区）、街道或乡镇、路名和门牌号"
	if lost := marksWhere(v, lostRune); len(lost) > 0 {
		return one(Problem{Rule: RuleLost, Severity: Warning, Mark: lost, Hint: "请重新录入该字",
			Message: positions(lost) + "是丢失的字符"})
	}
	n := utf8.RuneCountInString(v)
	switch {
	case isPlaceholder(v):
		return one(Problem{Rule: RuleVague, Severity: Error, Message: "没有填写地址", Hint: hint})
	case n > 200:
		return one(Problem{Rule: RuleLength, Severity: Error, Message: "地址超过 200 个字", Hint: "一格只填一个地址"})
	case !strings.ContainsFunc(v, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return one(Problem{Rule: RuleVague, Severity: Error, Message: "地址里没有汉字", Hint: hint})
	case n < 5 || !strings.ContainsAny(v, "省市州盟县区旗镇乡街道路巷村屯庄号院楼厦园社"):
		return one(Problem{Rule: RuleVague, Severity: Warning, Message: "地址过于简略", Hint: hint})
	}
	return nil
}
