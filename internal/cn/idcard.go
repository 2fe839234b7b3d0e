package cn

import "time"

// GB 11643-1999: 6 digits of the division at the first registration, 8 of the birth date, 3 of the sequence (odd for
// men), and a check character by ISO 7064 MOD 11-2.
var (
	idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	idChecks  = "10X98765432"
)

// The messages on identity numbers name places and never repeat digits of the number: they are shown where the number
// itself is masked.
const idHint = "请对照身份证核对"

// CheckCitizenID holds a normalised 公民身份号码 against GB 11643-1999. today is the last day a birth date may be. The
// 15-digit form, withdrawn in 2013, is a warning that proposes the 18-digit one. Divisions are checked by province
// only: the code is that of the first registration and may have been retired. Residents from Hong Kong, Macao and
// Taiwan (81, 82, 83) are included.
func CheckCitizenID(v string, today time.Time) []Problem {
	if validCitizen(v, today) {
		return nil
	}
	switch {
	case runeCount(v) == 15:
		return checkCitizen15(v, today)
	case runeCount(v) != 18:
		return wrongLength(v, "18 位", idHint)
	}
	bad := marksWhere(v, func(i int, r rune) bool { return !isDigit(r) && !(i == 17 && r == 'X') })
	if len(bad) > 0 {
		return one(citizenChars(v, bad, today))
	}
	if v[0] == '9' {
		return one(Problem{Rule: RuleForm, Severity: Error, Mark: []int{0}, Hint: "请核对证件类型",
			Message: "首位为 9，这是外国人永久居留身份证号码，不是公民身份号码"})
	}
	return one(diagnoseCitizen(v, today))
}

// citizenChars tells of characters that are no digits; only an X in the last place may be one.
func citizenChars(v string, bad []int, today time.Time) Problem {
	p := onlyDigits(v, idHint)
	p.Mark = bad
	p.Message = positions(bad) + "不是数字，号码前 17 位只用数字，末位为数字或 X"
	if len(bad) == 1 {
		p.Message = positions(bad) + "是" + describe([]rune(v)[bad[0]]) + "，号码前 17 位只用数字，末位为数字或 X"
	}
	p.Suggest = ""
	if fixed := unlike(v, bad); fixed != v && validCitizen(fixed, today) {
		p.Suggest = fixed
	}
	return p
}

// diagnoseCitizen explains 18 well-formed characters that do not make a valid number. An exchange of neighbours is
// proposed if exactly one sets everything right, else, if only the check digit disagrees and no exchange would do,
// the check digit.
func diagnoseCitizen(v string, today time.Time) Problem {
	p := Problem{Severity: Error, Hint: idHint}
	date := birthState(v[6:14], today)
	want := idCheckOf(v[:17])
	switch {
	case !citizenProvince(v[:2]):
		p.Rule, p.Mark, p.Message = RuleRegion, []int{0, 1}, "第 1、2 位不是省级区划代码"
	case date == birthImpossible:
		p.Rule, p.Mark, p.Message = RuleDate, span(6, 13), "第 7—14 位出生日期不是真实的日期"
	case date == birthFuture:
		p.Rule, p.Mark, p.Message = RuleFuture, span(6, 13), "第 7—14 位出生日期晚于今天"
	default:
		p.Rule, p.Mark, p.Message = RuleCheckDigit, []int{17}, "第 18 位校验不符，末位应为 "+string(want)+"，可能录错一位"
	}
	fixed, mark, n := swapped(v, 0, 16, func(s string) bool { return validCitizen(s, today) })
	switch {
	case n == 1 && p.Rule == RuleCheckDigit:
		p.Mark, p.Suggest, p.Message = mark, fixed, "第 18 位校验不符，"+positions(mark)+"可能颠倒"
	case n == 1:
		p.Suggest = fixed
	case n == 0 && p.Rule == RuleCheckDigit:
		p.Suggest = v[:17] + string(want)
	}
	return p
}

// validCitizen reports whether v is a wholly valid 18-character number. It does not allocate.
func validCitizen(v string, today time.Time) bool {
	return isCitizenForm(v) && v[0] != '9' && v[17] == idCheckOf(v[:17]) && citizenProvince(v[:2]) &&
		birthState(v[6:14], today) == birthGood
}

// isCitizenForm reports whether v consists of 17 digits and a digit or X.
func isCitizenForm(v string) bool {
	return len(v) == 18 && digits(v[:17]) && (v[17] == 'X' || v[17] >= '0' && v[17] <= '9')
}

// idCheckOf computes the check character of 17 digits by ISO 7064 MOD 11-2.
func idCheckOf(body string) byte {
	sum := 0
	for i := 0; i < 17; i++ {
		sum += int(body[i]-'0') * idWeights[i]
	}
	return idChecks[sum%11]
}

// UpgradeID turns a 15-digit identity number into the 18-digit one: 19 before the year and the check digit behind.
// It returns v itself, and false, if v is not 15 digits. The few people numbered 996–999 were born before 1900; the
// proposal is to be confirmed by the person's papers.
func UpgradeID(v string) (string, bool) {
	if len(v) != 15 || !digits(v) {
		return v, false
	}
	body := v[:6] + "19" + v[6:]
	return body + string(idCheckOf(body)), true
}

func validCitizen15(v string, today time.Time) bool {
	long, ok := UpgradeID(v)
	return ok && validCitizen(long, today)
}

func checkCitizen15(v string, today time.Time) []Problem {
	long, ok := UpgradeID(v)
	if !ok {
		return one(onlyDigits(v, idHint))
	}
	if validCitizen(long, today) {
		return one(Problem{Rule: RuleRetired, Severity: Warning, Suggest: long, Hint: idHint,
			Message: "这是 15 位旧身份证号码，已停止使用，应为 18 位"})
	}
	p := diagnoseCitizen(long, today)
	p.Suggest, p.Mark = "", nil
	if p.Rule == RuleRegion {
		p.Mark = []int{0, 1}
	} else {
		p.Rule, p.Mark = RuleDate, span(6, 11)
		p.Message = "第 7—12 位出生日期不是真实的日期"
	}
	return one(p)
}

// birth is what can be said of eight digits as a birth date.
type birth int

const (
	birthGood birth = iota
	birthImpossible
	birthFuture
)

// birthState judges eight digits as a birth date up to today, without allocating.
func birthState(d string, today time.Time) birth {
	year, month, day := int(number(d[:4])), int(number(d[4:6])), int(number(d[6:8]))
	if year < 1800 || !realDay(year, month, day) {
		return birthImpossible
	}
	ty, tm, td := today.Date()
	if year*10000+month*100+day > ty*10000+int(tm)*100+td {
		return birthFuture
	}
	return birthGood
}

// plausibleBirth reports whether eight characters read as a real day of the last two centuries and the next.
func plausibleBirth(d string) bool {
	return digits(d) && number(d[:4]) >= 1800 && number(d[:4]) < 2100 &&
		realDay(int(number(d[:4])), int(number(d[4:6])), int(number(d[6:8])))
}

// number reads ASCII digits; the caller has made sure that there are no others and no more than 18.
func number(s string) int64 {
	var n int64
	for i := 0; i < len(s); i++ {
		n = n*10 + int64(s[i]-'0')
	}
	return n
}
