package cn

// CheckPassport looks at a normalised 护照号码. Foreign passports have no common rule beyond ICAO 9303 (up to nine
// letters and digits; a few states print more), so that only what cannot be a number is refused; a number that begins
// like a Chinese one (E, G, D, S, P, H) and has not its nine characters is a warning.
func CheckPassport(v string) []Problem {
	const hint = "请对照护照资料页核对"
	if n := runeCount(v); n < 5 || n > 14 {
		return wrongLength(v, "5—14 位（中国护照为 9 位）", hint)
	}
	bad := marksWhere(v, func(_ int, r rune) bool { return !isDigit(r) && !isUpper(r) })
	if len(bad) > 0 {
		return one(Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: hint,
			Message: positions(bad) + "有护照号码中不使用的字符，只用数字和大写字母"})
	}
	numerals := 0
	for i := 0; i < len(v); i++ {
		if isDigit(rune(v[i])) {
			numerals++
		}
	}
	if numerals < 4 {
		return one(Problem{Rule: RuleForm, Severity: Error, Hint: hint, Message: "护照号码至少含 4 位数字"})
	}
	switch v[0] {
	case 'E', 'G', 'D', 'S', 'P', 'H':
		if len(v) != 9 && digits(v[1:]) {
			return one(Problem{Rule: RuleLength, Severity: Warning, Hint: hint,
				Message: "像是中国护照号码，应为 9 位（1—2 位字母加数字），请核对位数"})
		}
	}
	return nil
}
