package cn

import "unicode/utf8"

// GB 11714: eight characters 0–9 A–Z (A = 10 … Z = 35) and a check digit 0–9 or X, mod 11.
var orgWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// CheckOrgCode holds a normalised 组织机构代码 (nine characters without the hyphen) against GB 11714.
func CheckOrgCode(v string) []Problem {
	if validOrgCode(v) {
		return nil
	}
	const hint = "请对照组织机构代码证核对"
	if runeCount(v) != 9 {
		return wrongLength(v, "9 位", hint)
	}
	bad := marksWhere(v, func(i int, r rune) bool {
		return !isDigit(r) && !(i < 8 && isUpper(r)) && !(i == 8 && r == 'X')
	})
	if len(bad) > 0 {
		return one(Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: hint,
			Message: positions(bad) + "有代码中不使用的字符：前 8 位为数字或大写字母，末位为数字或 X"})
	}
	want, _ := orgCheckOf(v[:8])
	p := Problem{Rule: RuleCheckDigit, Severity: Error, Hint: hint}
	if fixed, mark, n := swapped(v, 0, 7, validOrgCode); n == 1 {
		p.Message, p.Mark, p.Suggest = "第 9 位校验不符，"+positions(mark)+"可能颠倒", mark, fixed
	} else {
		p.Message, p.Mark, p.Suggest = "第 9 位校验不符，末位应为 "+string(want)+"，可能录错一位", []int{8}, v[:8]+string(want)
	}
	return one(p)
}

func validOrgCode(v string) bool {
	if len(v) != 9 {
		return false
	}
	want, ok := orgCheckOf(v[:8])
	return ok && v[8] == want
}

func orgCheckOf(body string) (digit byte, ok bool) {
	if len(body) != 8 {
		return 0, false
	}
	sum := 0
	for i := 0; i < 8; i++ {
		n := base36(body[i])
		if n < 0 {
			return 0, false
		}
		sum += n * orgWeights[i]
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X', true
	case 11:
		return '0', true
	default:
		return byte('0' + c), true
	}
}

// base36 returns the value of an upper-case letter or digit, or -1.
func base36(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return -1
}

func runeCount(s string) int { return utf8.RuneCountInString(s) }
