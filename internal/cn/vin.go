package cn

// GB 16735 (ISO 3779): 17 characters 0–9 A–Z without I, O and Q; the ninth is a check digit, mod 11, 10 written X.
var (
	vinWeights = [17]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}
	vinLetters = [26]int{1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9}
)

// CheckVIN holds a normalised 车辆识别代号 against GB 16735. A wrong check digit is an error for vehicles made where it
// is obligatory, China (L) and North America (1–5), and a warning for all others, whose makers use the ninth place
// freely.
func CheckVIN(v string) []Problem {
	const hint = "请对照行驶证或车辆合格证核对"
	if runeCount(v) != 17 {
		return wrongLength(v, "17 位", hint)
	}
	bad := marksWhere(v, func(_ int, r rune) bool {
		return !isDigit(r) && (!isUpper(r) || r == 'I' || r == 'O' || r == 'Q')
	})
	if len(bad) > 0 {
		p := Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: hint,
			Message: positions(bad) + "：代号中不使用字母 I、O、Q"}
		if fixed := unlike(v, bad); plainVIN(fixed) && vinCheckOf(fixed) == fixed[8] {
			p.Suggest = fixed
		}
		return one(p)
	}
	want := vinCheckOf(v)
	if v[8] == want {
		return nil
	}
	p := Problem{Rule: RuleCheckDigit, Severity: Warning, Mark: []int{8}, Hint: hint,
		Message: "第 9 位校验不符，按其余各位应为 " + string(want) + "，可能录错一位"}
	if v[0] == 'L' || v[0] >= '1' && v[0] <= '5' {
		p.Severity = Error
		if fixed, mark, n := swapped(v, 0, 15, func(s string) bool { return vinCheckOf(s) == s[8] }); n == 1 {
			p.Mark, p.Suggest, p.Message = mark, fixed, "第 9 位校验不符，"+positions(mark)+"可能颠倒"
		}
	}
	return one(p)
}

// plainVIN reports whether v consists of 17 characters that a VIN may have.
func plainVIN(v string) bool {
	if len(v) != 17 {
		return false
	}
	for _, r := range v {
		if !isDigit(r) && (!isUpper(r) || r == 'I' || r == 'O' || r == 'Q') {
			return false
		}
	}
	return true
}

// vinCheckOf computes the ninth character of a well-formed VIN from the other sixteen.
func vinCheckOf(v string) byte {
	sum := 0
	for i := 0; i < 17; i++ {
		n := int(v[i] - '0')
		if v[i] >= 'A' {
			n = vinLetters[v[i]-'A']
		}
		sum += n * vinWeights[i]
	}
	if sum%11 == 10 {
		return 'X'
	}
	return byte('0' + sum%11)
}
