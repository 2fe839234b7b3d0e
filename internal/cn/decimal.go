package cn

import (
	"math"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number: Unscaled divided by ten to the power of Scale. Scale is 0 to 18.
type Decimal struct {
	Unscaled int64
	Scale    int
}

// String writes the number plainly, with as many decimals as its scale: -1286400.00.
func (d Decimal) String() string {
	s := strconv.FormatUint(magnitude(d.Unscaled), 10)
	if d.Scale > 0 {
		if pad := d.Scale + 1 - len(s); pad > 0 {
			s = strings.Repeat("0", pad) + s
		}
		s = s[:len(s)-d.Scale] + "." + s[len(s)-d.Scale:]
	}
	if d.Unscaled < 0 {
		return "-" + s
	}
	return s
}

// Rescale returns the number as an integer scaled by ten to the power of scale. It fails if that would lose a digit
// or not fit into 64 bits.
func (d Decimal) Rescale(scale int) (int64, bool) {
	n := d.Unscaled
	for s := d.Scale; s > scale; s-- {
		if n%10 != 0 {
			return 0, false
		}
		n /= 10
	}
	for s := d.Scale; s < scale; s++ {
		if n > math.MaxInt64/10 || n < math.MinInt64/10 {
			return 0, false
		}
		n *= 10
	}
	return n, true
}

// Decimals returns how many decimals the number needs: 2 for 1.50 read as 1.5 is 1.
func (d Decimal) Decimals() int {
	n, scale := d.Unscaled, d.Scale
	for scale > 0 && n%10 == 0 {
		n, scale = n/10, scale-1
	}
	return scale
}

// Float returns the nearest floating-point number, for rules that compare; never for storing.
func (d Decimal) Float() float64 {
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}

// truncate is Rescale that cuts what the scale cannot hold.
func (d Decimal) truncate(scale int) (int64, bool) {
	for ; d.Scale > scale; d.Scale-- {
		d.Unscaled /= 10
	}
	return d.Rescale(scale)
}

// split returns the whole part and the fraction of a day in seconds; it fails for negative numbers.
func (d Decimal) split() (whole int64, seconds int64, ok bool) {
	if d.Unscaled < 0 {
		return 0, 0, false
	}
	unit := int64(1)
	for range d.Scale {
		unit *= 10
	}
	whole = d.Unscaled / unit
	seconds = int64(math.Round(float64(d.Unscaled%unit) / float64(unit) * 86400))
	return whole, seconds, true
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-(n + 1)) + 1
	}
	return uint64(n)
}

const (
	maxScale   = 18
	numberHint = "请填写阿拉伯数字，如 1286400.00"
)

// ParseDecimal reads a number written as text: 1,286,400.00, in full width as well, with ￥ before it, with a minus or
// in the brackets of book-keepers. Commas must part groups of three. A unit or percent sign behind the number, the
// scientific form, a second number and everything else are refused with the reason, because any guess would change
// the value.
func ParseDecimal(s string) (Decimal, *Problem) {
	if d, ok := readPlain(s); ok {
		return d, nil
	}
	t := strings.TrimSpace(Halfwidth(s))
	t = strings.TrimLeft(t, "'’")
	negative := false
	if len(t) > 2 && t[0] == '(' && t[len(t)-1] == ')' {
		negative, t = true, strings.TrimSpace(t[1:len(t)-1])
	}
	t = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(t, "¥"), "￥"))
	if sign, rest, ok := cutSign(t); ok {
		if negative {
			return Decimal{}, refuse(RuleForm, "括号里又有正负号", numberHint, "")
		}
		negative, t = sign, strings.TrimSpace(strings.TrimPrefix(rest, "¥"))
	}
	plain, p := ungroup(t)
	if p != nil {
		return Decimal{}, p
	}
	return assemble(plain, negative)
}

// readPlain is the fast way for the commonest form: an optional minus, digits and at most one point between them, 18
// digits in all. It fails for everything else, right or wrong.
func readPlain(s string) (d Decimal, ok bool) {
	body, negative := strings.CutPrefix(s, "-")
	if len(body) == 0 || len(body) > 18 {
		return Decimal{}, false
	}
	point := -1
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c >= '0' && c <= '9':
			d.Unscaled = d.Unscaled*10 + int64(c-'0')
		case c == '.' && point < 0 && i > 0 && i < len(body)-1:
			point = i
		default:
			return Decimal{}, false
		}
	}
	if point >= 0 {
		d.Scale = len(body) - 1 - point
	}
	if negative {
		d.Unscaled = -d.Unscaled
	}
	return d, true
}

// cutSign takes a leading plus or minus, of whatever dash, off t.
func cutSign(t string) (negative bool, rest string, ok bool) {
	for i, r := range t {
		if i > 0 {
			break
		}
		if r == '+' || hyphen(r) {
			return r != '+', strings.TrimSpace(t[len(string(r)):]), true
		}
	}
	return false, t, false
}

// ungroup drops the commas or blanks between groups of three and makes sure that digits and one point are left.
func ungroup(t string) (string, *Problem) {
	if t == "" {
		return "", refuse(RuleForm, "没有数字", "没有数时请留空，是零请填 0", "")
	}
	if p := refuseNumber(t); p != nil {
		return "", p
	}
	whole, fraction, _ := strings.Cut(t, ".")
	if strings.ContainsAny(fraction, ", ") {
		return "", refuse(RuleForm, "小数点后面有分隔符", numberHint, "")
	}
	whole, ok := joinGroups(whole)
	if !ok {
		return "", refuse(RuleForm, "千分位逗号的位置不对", numberHint, "")
	}
	if whole == "" && fraction == "" {
		return "", refuse(RuleForm, "没有数字", numberHint, "")
	}
	if fraction == "" {
		return whole, nil
	}
	return whole + "." + fraction, nil
}

// joinGroups drops the commas, or the blanks, between groups of three digits.
func joinGroups(whole string) (string, bool) {
	at := strings.IndexAny(whole, ", ")
	if at < 0 {
		return whole, true
	}
	groups := strings.Split(whole, whole[at:at+1])
	for i, g := range groups {
		if !digits(g) || len(g) > 3 || i > 0 && len(g) != 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// refuseNumber names what keeps t from being digits, commas, blanks and one point.
func refuseNumber(t string) *Problem {
	bare := strings.TrimRight(t, "元万亿千百圆整人民币% ")
	plain := bare != "" && strings.Trim(bare, "0123456789.,") == ""
	switch {
	case strings.ContainsAny(t, "万亿千百"):
		return refuse(RuleUnit, "数字后面带有单位，数值会相差", "请按本列的单位换算成纯数字", "")
	case strings.ContainsAny(t, "元圆") && plain:
		return refuse(RuleUnit, "数字后面带有单位", numberHint, bare)
	case strings.HasSuffix(t, "%"):
		return refuse(RuleUnit, "数字后面带有百分号", "请按本列的口径填写，如 12.5% 填 12.5", "")
	case scientific(t):
		return refuse(RuleForm, "是科学记数法，原来的数字已经不全", "请把单元格设为文本或数值后重新填写", "")
	case strings.Count(t, ".") > 1:
		return refuse(RuleForm, "有两个小数点", numberHint, "")
	case strings.Trim(t, "0123456789., ") != "" || strings.IndexFunc(t, notNumber) >= 0:
		return refuse(RuleChar, "不是数字", numberHint, "")
	case !strings.ContainsAny(t, "0123456789"):
		return refuse(RuleForm, "没有数字", "没有数时请留空，是零请填 0", "")
	}
	return nil
}

func notNumber(r rune) bool { return !isDigit(r) && r != '.' && r != ',' && r != ' ' }

// scientific reports whether t is a number such as 1.1E+17.
func scientific(t string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(t), "E")
	if !ok || mantissa == "" {
		return false
	}
	return strings.Trim(mantissa, "0123456789.,") == "" && digits(strings.TrimLeft(exponent, "+-"))
}

// assemble makes the decimal of plain digits with at most one point. Zeros at the end of the fraction are given up
// only if the number would not fit otherwise.
func assemble(plain string, negative bool) (Decimal, *Problem) {
	whole, fraction, _ := strings.Cut(plain, ".")
	whole = strings.TrimLeft(whole, "0")
	for len(fraction) > 0 && len(whole)+len(fraction) > 18 && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	if len(fraction) > maxScale {
		return Decimal{}, refuse(RuleOverflow, "小数位太多", "请按本列的小数位数填写", "")
	}
	n, err := strconv.ParseInt("0"+whole+fraction, 10, 64)
	if err != nil {
		return Decimal{}, refuse(RuleOverflow, "数值过大", "请核对数值和单位", "")
	}
	if negative {
		n = -n
	}
	return Decimal{Unscaled: n, Scale: len(fraction)}, nil
}
