package cn

import "time"

// CheckRegNo holds a normalised 15-digit 工商注册号 against GS 15-2006: 6 digits of the authority, 8 of the sequence,
// and a check digit by ISO 7064 MOD 11,10.
func CheckRegNo(v string) []Problem {
	const hint = "请对照旧营业执照核对，或填写 18 位统一社会信用代码"
	if len(v) == 15 && digits(v) {
		want := regNoCheckOf(v[:14])
		if v[14] == want {
			return nil
		}
		p := Problem{Rule: RuleCheckDigit, Severity: Error, Hint: hint}
		valid := func(s string) bool { return regNoCheckOf(s[:14]) == s[14] }
		if fixed, mark, n := swapped(v, 0, 13, valid); n == 1 {
			p.Message, p.Mark, p.Suggest = "第 15 位校验不符，"+positions(mark)+"可能颠倒", mark, fixed
		} else {
			p.Message, p.Mark, p.Suggest = "第 15 位校验不符，末位应为 "+string(want)+"，可能录错一位", []int{14}, v[:14]+string(want)
		}
		return one(p)
	}
	if n := runeCount(v); n == 13 {
		return wrongLength(v, "15 位（13 位为 2007 年以前的注册号）", hint)
	} else if n != 15 {
		return wrongLength(v, "15 位", hint)
	}
	return one(onlyDigits(v, hint))
}

// regNoCheckOf computes the check digit of 14 digits by ISO 7064 MOD 11,10.
func regNoCheckOf(body string) byte {
	p := 10
	for i := 0; i < len(body); i++ {
		s := (p + int(body[i]-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return byte('0' + (11-p)%10)
}

// onlyDigits tells which characters of v are none, and proposes to read O as 0 and I as 1 if nothing else is wrong.
func onlyDigits(v, hint string) Problem {
	bad := marksWhere(v, func(_ int, r rune) bool { return !isDigit(r) })
	p := Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: hint,
		Message: positions(bad) + "不是数字，这个号码只用数字"}
	if len(bad) == 1 {
		p.Message = positions(bad) + "是" + describe([]rune(v)[bad[0]]) + "，这个号码只用数字"
	}
	fixed := []rune(v)
	for _, i := range bad {
		switch fixed[i] {
		case 'O':
			fixed[i] = '0'
		case 'I':
			fixed[i] = '1'
		default:
			return p
		}
	}
	p.Suggest = string(fixed)
	return p
}

// CheckTaxNo holds a normalised 纳税人识别号 of the time before the USCC against the forms it had: 15 characters (a
// division and an organisation code, or a 15-digit identity number), 18 (a USCC or an identity number), 20 (an identity
// number and two digits for each further business). Numbers of 15 characters were also given out by local rules, so
// that one that fits neither form is a warning.
func CheckTaxNo(v string, today time.Time) []Problem {
	const hint = "请对照税务登记证核对，或填写 18 位统一社会信用代码"
	switch runeCount(v) {
	case 15:
		return checkTaxNo15(v, today, hint)
	case 18:
		if isCitizenForm(v) && !ValidUSCC(v) {
			return CheckCitizenID(v, today)
		}
		return CheckUSCC(v)
	case 20:
		if len(v) != 20 || !digits(v[18:]) {
			bad := marksWhere(v, func(i int, r rune) bool { return !isDigit(r) && !(i == 17 && r == 'X') })
			return one(Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: hint,
				Message: "20 位纳税人识别号由 18 位身份证号码和 2 位数字组成，" + positions(bad) + "不符"})
		}
		if ps := CheckCitizenID(v[:18], today); HasError(ps) {
			for i := range ps {
				if ps[i].Suggest != "" {
					ps[i].Suggest += v[18:]
				}
			}
			return ps
		}
		return nil
	}
	return wrongLength(v, "15、18 或 20 位", hint)
}

func checkTaxNo15(v string, today time.Time, hint string) []Problem {
	bad := marksWhere(v, func(i int, r rune) bool { return !isDigit(r) && (i < 6 || !isUpper(r)) })
	if len(bad) > 0 {
		return one(Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: hint,
			Message: positions(bad) + "不符：前 6 位是行政区划代码，只用数字，其余只用数字和大写字母"})
	}
	if validOrgCode(v[6:]) || validCitizen15(v, today) {
		return nil
	}
	return one(Problem{Rule: RuleOrgDigit, Severity: Warning, Mark: span(6, 14), Hint: hint,
		Message: "第 7—15 位组织机构代码的校验位不符"})
}
