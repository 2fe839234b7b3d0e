package cn

import "strings"

const phoneHint = "手机填 11 位数字，固定电话填区号和号码，如 0635-8246110"

// CheckPhone looks at a normalised telephone number: a mobile (11 digits from 13 to 19), a landline with its area code
// (010 and 02x with eight digits, other areas with seven or eight, an extension after a second hyphen), 400 and 800
// numbers, and the short service numbers. A landline without its area code is a warning.
func CheckPhone(v string) []Problem {
	p := Problem{Severity: Error, Hint: phoneHint}
	bad := marksWhere(v, func(_ int, r rune) bool { return !isDigit(r) && r != '-' })
	switch {
	case strings.ContainsAny(v, "/,;、，；"):
		p.Rule, p.Mark, p.Message, p.Hint = RuleMany, bad, "一格里有几个号码", "请只保留一个号码"
	case len(bad) > 0:
		p.Rule, p.Mark, p.Message = RuleChar, bad, positions(bad)+"不是数字"
	case v == "":
		p.Rule, p.Message = RuleLength, "没有号码"
	case v[0] == '0':
		return checkLandline(v)
	case len(v) == 11 && v[0] == '1':
		if v[1] >= '3' {
			return nil
		}
		p.Rule, p.Mark, p.Message = RuleForm, []int{1}, "手机号码第 2 位应为 3—9"
	case len(v) == 10 && (strings.HasPrefix(v, "400") || strings.HasPrefix(v, "800")),
		(len(v) == 5 || len(v) == 6) && (v[0] == '9' || v[0] == '1') && digits(v):
		return nil
	case (len(v) == 7 || len(v) == 8) && digits(v) && v[0] >= '2':
		p.Rule, p.Severity, p.Message = RuleForm, Warning, "固定电话没有区号"
	case v[0] == '1' && digits(v):
		return wrongLength(v, "11 位", phoneHint)
	default:
		p.Rule, p.Message = RuleForm, "不是手机号码，也不是带区号的固定电话"
	}
	return one(p)
}

func checkLandline(v string) []Problem {
	parts := strings.Split(v, "-")
	p := Problem{Rule: RuleForm, Severity: Error, Hint: phoneHint}
	if len(parts) < 2 || len(parts) > 3 {
		p.Message = "区号、号码和分机之间用短横线分开"
		return one(p)
	}
	area, local, eight := parts[0], parts[1], false
	switch {
	case len(area) == 3 && (area == "010" || area[1] == '2'):
		eight = true
	case len(area) == 4 && area[1] >= '3':
	default:
		p.Mark, p.Message = span(0, len(area)-1), "区号 "+area+" 不存在"
		return one(p)
	}
	from := len(area) + 1
	switch {
	case len(local) != 8 && (eight || len(local) != 7):
		p.Rule, p.Mark = RuleLength, span(from, from+len(local)-1)
		p.Message = "区号后的号码位数不对，应为 7 或 8 位"
	case local[0] < '2':
		p.Mark, p.Message = []int{from}, "固定电话号码不以 "+local[:1]+" 开头"
	case len(parts) == 3 && (len(parts[2]) == 0 || len(parts[2]) > 6):
		p.Mark, p.Message = span(from+len(local)+1, len(v)-1), "分机号应为 1—6 位"
	default:
		return nil
	}
	return one(p)
}

// normalisePhone leaves digits for mobiles and service numbers and area-number-extension for landlines, and drops
// brackets, blanks and the country code 86. Whatever else stands there is kept for the check to name.
func normalisePhone(raw string) string {
	var b strings.Builder
	for _, r := range raw {
		r = fold(r)
		switch {
		case r == drop || blank(r) || r == '(':
		case b.Len() == 0 && (apostrophe(r) || r == '+' || isPhoneHyphen(r)):
		case isPhoneHyphen(r):
			if !strings.HasSuffix(b.String(), "-") {
				b.WriteByte('-')
			}
		default:
			b.WriteRune(upper(r))
		}
	}
	s := strings.TrimRight(b.String(), "-")
	flat := strings.ReplaceAll(s, "-", "")
	if !digits(flat) {
		return s
	}
	for n := countryCode(flat); n > 0; n = countryCode(flat) {
		s, flat = strings.TrimLeft(cutDigits(s, n), "-"), flat[n:]
		if flat[0] != '0' && flat[0] != '1' && flat[0] != '4' && flat[0] != '8' {
			s, flat = "0"+s, "0"+flat
		}
	}
	if flat[0] != '0' {
		return flat
	}
	if strings.Contains(s, "-") {
		return s
	}
	return splitArea(flat)
}

// isPhoneHyphen reports whether r parts the area code, the number and the extension.
func isPhoneHyphen(r rune) bool { return hyphen(r) || r == ')' || r == '转' }

// countryCode returns how many digits of flat are the country code 86, or 0.
func countryCode(flat string) int {
	for _, code := range []string{"0086", "86"} {
		if strings.HasPrefix(flat, code) && len(flat) >= len(code)+10 {
			return len(code)
		}
	}
	return 0
}

// cutDigits removes the first n digits of s, and the hyphens among them.
func cutDigits(s string, n int) string {
	for n > 0 {
		if s[0] != '-' {
			n--
		}
		s = s[1:]
	}
	return s
}

// splitArea puts the hyphen behind the area code of a landline written in one.
func splitArea(flat string) string {
	n := 4
	if len(flat) > 2 && (flat[:3] == "010" || flat[1] == '2') {
		n = 3
	}
	if len(flat) < n+7 || len(flat) > n+8 {
		return flat
	}
	return flat[:n] + "-" + flat[n:]
}
