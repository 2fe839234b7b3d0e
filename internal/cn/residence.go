package cn

import "time"

// 外国人永久居留身份证: the 2023 form is 18 characters — 9, province, ISO 3166 numeric country, birth date, sequence,
// check by MOD 11-2 — after 新版外国人永久居留身份证机读信息规则（2023版） of the National Immigration Administration.
// The form before has 15: three letters of the country, four digits of the place, birth date as YYMMDD, sequence, and
// a check digit weighted 7-3-1 as in machine-readable passports; the latter is known from practice only.

const residenceHint = "请对照外国人永久居留身份证核对"

// CheckResidence holds a normalised 外国人永久居留身份证 number against the two forms in use. The check digit of the
// old form is a warning, because no published text of its rule is known.
func CheckResidence(v string, today time.Time) []Problem {
	switch runeCount(v) {
	case 18:
		return checkResidence18(v, today)
	case 15:
		return checkResidence15(v)
	}
	return wrongLength(v, "18 位（2023 年以前的证件为 15 位）", residenceHint)
}

func checkResidence18(v string, today time.Time) []Problem {
	p := Problem{Severity: Error, Hint: residenceHint}
	bad := marksWhere(v, func(i int, r rune) bool { return !isDigit(r) && !(i == 17 && r == 'X') })
	if len(bad) > 0 {
		p.Rule, p.Mark, p.Message = RuleChar, bad, positions(bad)+"不是数字，号码前 17 位只用数字，末位为数字或 X"
		return one(p)
	}
	state, want := birthState(v[6:14], today), idCheckOf(v[:17])
	switch {
	case v[0] != '9':
		p.Rule, p.Mark, p.Message = RuleForm, []int{0}, "外国人永久居留身份证号码首位应为 9"
	case !knownProvince(v[1:3]):
		p.Rule, p.Mark, p.Message = RuleRegion, []int{1, 2}, "第 2、3 位不是省级区划代码"
	case state == birthImpossible:
		p.Rule, p.Mark, p.Message = RuleDate, span(6, 13), "第 7—14 位出生日期不是真实的日期"
	case state == birthFuture:
		p.Rule, p.Mark, p.Message = RuleFuture, span(6, 13), "第 7—14 位出生日期晚于今天"
	case v[17] != want:
		p.Rule, p.Mark = RuleCheckDigit, []int{17}
		p.Message, p.Suggest = "第 18 位校验不符，末位应为 "+string(want)+"，可能录错一位", v[:17]+string(want)
	default:
		return nil
	}
	return one(p)
}

func checkResidence15(v string) []Problem {
	bad := marksWhere(v, func(i int, r rune) bool { return i < 3 && !isUpper(r) || i >= 3 && !isDigit(r) })
	if len(bad) > 0 {
		return one(Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: residenceHint,
			Message: positions(bad) + "不符：15 位号码由 3 位字母和 12 位数字组成"})
	}
	yy, mm, dd := int(number(v[7:9])), int(number(v[9:11])), int(number(v[11:13]))
	if !realDay(1900+yy, mm, dd) && !realDay(2000+yy, mm, dd) {
		return one(Problem{Rule: RuleDate, Severity: Error, Mark: span(7, 12), Hint: residenceHint,
			Message: "第 8—13 位出生日期不是真实的日期"})
	}
	if want := mrzCheckOf(v[:14]); v[14] != want {
		return one(Problem{Rule: RuleCheckDigit, Severity: Warning, Mark: []int{14}, Hint: residenceHint,
			Message: "第 15 位校验不符，按通行算法末位应为 " + string(want)})
	}
	return nil
}

// mrzCheckOf computes the check digit of ICAO 9303: values 0–9, A = 10 … Z = 35, weights 7, 3, 1 in turn, mod 10.
func mrzCheckOf(body string) byte {
	sum := 0
	for i := 0; i < len(body); i++ {
		sum += base36(body[i]) * [3]int{7, 3, 1}[i%3]
	}
	return byte('0' + sum%10)
}
