package cn

import "strings"

// ParseCellNumber reads the raw text of a number cell as workbooks store it (an XML double: -0.5, 1.1E+17,
// 0.30000000000000004) and rounds it half up to the 15 significant digits that a spreadsheet shows, so that the noise
// of binary fractions never reaches a check. Trailing zeros are dropped.
func ParseCellNumber(raw string) (Decimal, *Problem) {
	t := strings.TrimSpace(raw)
	negative := strings.HasPrefix(t, "-")
	t = strings.TrimLeft(t, "+-")
	mantissa, exponent, hasExponent := strings.Cut(strings.ToUpper(t), "E")
	power := 0
	if hasExponent {
		sign := strings.HasPrefix(exponent, "-")
		exponent = strings.TrimLeft(exponent, "+-")
		if !digits(exponent) || len(exponent) > 4 {
			return Decimal{}, refuse(RuleForm, "不是数字", numberHint, "")
		}
		if power = int(number(exponent)); sign {
			power = -power
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := whole + fraction
	if !digits(all) {
		return Decimal{}, refuse(RuleForm, "不是数字", numberHint, "")
	}
	trimmed := strings.TrimLeft(all, "0")
	rounded, dropped := round15(trimmed)
	return scaled(rounded, power-len(fraction)+dropped, negative)
}

// round15 rounds a run of digits to its first 15; drop is the number of digits given up.
func round15(s string) (n int64, drop int) {
	if len(s) <= 15 {
		return number(s), 0
	}
	n = number(s[:15])
	if s[15] >= '5' {
		n++
	}
	return n, len(s) - 15
}

// scaled makes the decimal n × 10^exp. What lies below 10^-18 is cut: it is far beyond any scale in use.
func scaled(n int64, exp int, negative bool) (Decimal, *Problem) {
	for n != 0 && (exp < -maxScale || n%10 == 0) {
		n, exp = n/10, exp+1
	}
	if n == 0 {
		return Decimal{}, nil
	}
	if negative {
		n = -n
	}
	if exp <= 0 {
		return Decimal{Unscaled: n, Scale: -exp}, nil
	}
	whole, ok := Decimal{Unscaled: n}.Rescale(min(exp, maxScale+1))
	if !ok {
		return Decimal{}, refuse(RuleOverflow, "数值过大", "请核对数值和单位", "")
	}
	return Decimal{Unscaled: whole}, nil
}
