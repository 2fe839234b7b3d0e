package cn

import "strings"

// GB 32100-2015: 18 characters. 1 registering authority, 2 class, 3–8 GB/T 2260 code of the authority at the time of
// registration (it may have been retired since), 9–17 organisation code with its own check digit (GB 11714), 18 check
// digit over the first 17, mod 31. The letters I, O, S, V and Z are not used.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// usccWeights are 3^i mod 31.
var usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// usccValues maps a byte to its value in the alphabet, or -1.
var usccValues = valueTable(usccAlphabet)

func valueTable(alphabet string) (table [256]int8) {
	for i := range table {
		table[i] = -1
	}
	for i := 0; i < len(alphabet); i++ {
		table[alphabet[i]] = int8(i)
	}
	return table
}

// CheckUSCC holds a normalised 统一社会信用代码 against GB 32100-2015. Wrong length, characters and check digit are
// errors; an organisation digit that disagrees under a right check digit, and an unknown province, are warnings. A
// retired division (371523 for 茌平) is right for whoever was registered there before, and passes. Letters of the
// registering authority are amended from time to time, so they are left to the check digit.
func CheckUSCC(v string) []Problem {
	if ValidUSCC(v) && knownProvince(v[2:4]) {
		return nil
	}
	return diagnoseUSCC(v)
}

// ValidUSCC reports whether v is a well-formed code whose two check digits agree. It does not allocate.
func ValidUSCC(v string) bool {
	want, ok := usccCheckDigit(v)
	return ok && v[17] == want && digits(v[2:8]) && validOrgCode(v[8:17])
}

// usccCheckDigit computes the 18th character; ok is false if v is not made of 18 characters of the alphabet.
func usccCheckDigit(v string) (digit byte, ok bool) {
	if len(v) != 18 || usccValues[v[17]] < 0 {
		return 0, false
	}
	return usccCheckOf(v[:17])
}

func usccCheckOf(body string) (digit byte, ok bool) {
	if len(body) != 17 {
		return 0, false
	}
	sum := 0
	for i := 0; i < 17; i++ {
		n := usccValues[body[i]]
		if n < 0 {
			return 0, false
		}
		sum += int(n) * usccWeights[i]
	}
	return usccAlphabet[(31-sum%31)%31], true
}

const usccHint = "请对照营业执照或登记证书核对"

func diagnoseUSCC(v string) []Problem {
	if runeCount(v) != 18 {
		hint := usccHint
		if n := len(v); n == 9 || n == 15 {
			hint = "这像是旧的组织机构代码、注册号或纳税人识别号，请换用营业执照上的 18 位统一社会信用代码"
		}
		return wrongLength(v, "18 位", hint)
	}
	bad := marksWhere(v, func(i int, r rune) bool {
		return r > 0x7F || usccValues[byte(r)] < 0 || i >= 2 && i < 8 && !isDigit(r)
	})
	if len(bad) > 0 {
		return one(usccChars(v, bad))
	}
	want, _ := usccCheckDigit(v)
	if v[17] == want {
		return usccWarnings(v)
	}
	return one(usccMismatch(v, want))
}

// usccChars tells of characters that cannot stand where they stand. A proposal is made only if reading them as the
// digits they look like gives a wholly valid code.
func usccChars(v string, bad []int) Problem {
	p := Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: usccHint}
	r := []rune(v)[bad[0]]
	switch {
	case len(bad) > 1:
		p.Message = positions(bad) + "有代码中不使用的字符"
	case bad[0] >= 2 && bad[0] < 8 && r <= 0x7F && usccValues[byte(r)] >= 0:
		p.Message = positions(bad) + "是" + describe(r) + "，第 3—8 位是行政区划代码，只用数字"
	default:
		p.Message = positions(bad) + "是" + describe(r) + "，代码中不使用" + describe(r)
	}
	if fixed := unlike(v, bad); fixed != v && ValidUSCC(fixed) {
		p.Suggest = fixed
	}
	return p
}

// usccMismatch explains a wrong check digit. If the organisation code's own digit agrees, the mistake lies outside of
// it, most likely in the last character; if it does not, an exchange of neighbours that sets both digits right is as
// good as certain (one chance in 341 for each other exchange).
func usccMismatch(v string, want byte) Problem {
	p := Problem{Rule: RuleCheckDigit, Severity: Error, Hint: usccHint}
	if !validOrgCode(v[8:17]) {
		if fixed, mark, n := swapped(v, 7, 16, ValidUSCC); n == 1 {
			p.Message, p.Mark, p.Suggest = "第 18 位校验不符，"+positions(mark)+"可能颠倒", mark, fixed
			return p
		}
		p.Message, p.Mark = "第 17 位和第 18 位校验都不符，第 9—18 位中至少录错一位", span(8, 17)
		return p
	}
	if !knownProvince(v[2:4]) {
		good := func(s string) bool { return ValidUSCC(s) && knownProvince(s[2:4]) }
		if fixed, mark, n := swapped(v, 0, 6, good); n == 1 {
			p.Message, p.Mark, p.Suggest = "第 18 位校验不符，"+positions(mark)+"可能颠倒", mark, fixed
			return p
		}
		p.Message, p.Mark = "第 18 位校验不符，第 3、4 位 "+v[2:4]+" 不是省级区划代码，前 8 位中至少录错一位", span(0, 7)
		return p
	}
	p.Message, p.Mark, p.Suggest = "第 18 位校验不符，末位应为 "+string(want)+"，可能录错一位", []int{17}, v[:17]+string(want)
	return p
}

func usccWarnings(v string) []Problem {
	var out []Problem
	if !validOrgCode(v[8:17]) {
		out = append(out, Problem{Rule: RuleOrgDigit, Severity: Warning, Mark: span(8, 16), Hint: usccHint,
			Message: "第 9—17 位组织机构代码的校验位不符"})
	}
	if !knownProvince(v[2:4]) {
		out = append(out, Problem{Rule: RuleRegion, Severity: Warning, Mark: []int{2, 3}, Hint: usccHint,
			Message: "第 3、4 位 " + v[2:4] + " 不是省级区划代码"})
	}
	return out
}

// unlike reads the letters at the marked places as the digits that they are taken for: O as 0, I as 1, S as 5, Z as 2.
func unlike(v string, mark []int) string {
	r := []rune(v)
	for _, i := range mark {
		if at := strings.IndexRune("OISZ", r[i]); at >= 0 {
			r[i] = rune("0152"[at])
		}
	}
	return string(r)
}
