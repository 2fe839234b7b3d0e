package cn

// CheckAccount looks at a normalised 银行账号: 8 to 30 digits. There is no common check digit for accounts; only cards
// of the 62 range carry one (ISO/IEC 7812, Luhn), and as corporate accounts may begin with 62 as well, a mismatch is a
// warning.
func CheckAccount(v string) []Problem {
	const hint = "请对照开户许可证或银行卡核对"
	if bad := marksWhere(v, func(_ int, r rune) bool { return !isDigit(r) }); len(bad) > 0 {
		return one(onlyDigits(v, hint))
	}
	if n := len(v); n < 8 || n > 30 {
		return wrongLength(v, "8—30 位", hint)
	}
	if v[:2] == "62" && len(v) >= 16 && len(v) <= 19 && luhn(v) != 0 {
		return one(Problem{Rule: RuleCheckDigit, Severity: Warning, Mark: []int{len(v) - 1}, Hint: hint,
			Message: "像是银行卡号，但末位校验不符，可能录错一位"})
	}
	return nil
}

// luhn returns the Luhn sum of digits mod 10; a valid number gives 0.
func luhn(v string) int {
	sum := 0
	for i := 0; i < len(v); i++ {
		n := int(v[len(v)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum % 10
}
