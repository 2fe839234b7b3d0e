package cn

import "strings"

// Mask hides so much of a normalised value of the kind that it can be told from its neighbours but not be used: the
// birth date of an identity number, the middle of an account, the given name, the door. What a mask leaves is a
// choice of this portal; no standard fixes it. Divisions are public and stay as they are; so does an empty value.
func Mask(kind Kind, v string) string {
	switch kind {
	case KindRegion:
		return v
	case KindUSCC, KindRegNo, KindTaxNo, KindLegacy:
		return maskMiddle(v, 6, 4)
	case KindOrgCode, KindPassport, KindTaxpayer, KindIDCard, KindCitizen, KindResidence:
		return maskNumber(v)
	case KindPerson:
		return maskMiddle(v, 1, 0)
	case KindPhone:
		return maskPhone(v)
	case KindAccount:
		return maskMiddle(v, 4, 4)
	case KindPlate:
		return maskMiddle(v, 2, 2)
	case KindVIN:
		return maskMiddle(v, 3, 4)
	case KindEstate:
		return maskMiddle(v, 12, 4)
	case KindPoint:
		return maskPoint(v)
	case KindAddress:
		return maskAddress(v)
	}
	return maskMiddle(v, 1, 1)
}

// maskNumber leaves the province and county of the long numbers, and of short ones a character at each end.
func maskNumber(v string) string {
	if runeCount(v) >= 15 {
		return maskMiddle(v, 4, 2)
	}
	return maskMiddle(v, 2, 2)
}

// maskMiddle leaves head and tail characters and stars the rest. A value that would show more than half of itself
// keeps only its first character.
func maskMiddle(v string, head, tail int) string {
	r := []rune(v)
	if len(r) == 0 {
		return v
	}
	if len(r) == 1 {
		return "*"
	}
	if (head+tail)*2 > len(r)+head && head+tail > 1 || head+tail >= len(r) {
		head, tail = 1, 0
	}
	return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
}

func maskPhone(v string) string {
	if area, local, ok := strings.Cut(v, "-"); ok && len(area) <= len("0635") { // a whole number may stand before a hyphen
		return area + "-" + maskMiddle(local, 0, 2)
	}
	return maskMiddle(v, 3, 4)
}

// maskPoint leaves two decimals of each number, about a kilometre.
func maskPoint(v string) string {
	parts := strings.Split(v, ",")
	for i, s := range parts {
		if dot := strings.IndexByte(s, '.'); dot >= 0 && len(s) > dot+3 {
			parts[i] = s[:dot+3] + "**"
		}
	}
	return strings.Join(parts, ",")
}

// maskAddress leaves the address down to its county, or else its first three characters.
func maskAddress(v string) string {
	r := []rune(v)
	keep := min(3, len(r)/2)
	for i := 1; i < len(r) && i < 15; i++ {
		if r[i] == '县' || r[i] == '区' || r[i] == '市' && i > 2 {
			keep = i + 1
		}
	}
	if keep >= len(r) {
		keep = len(r) / 2
	}
	return string(r[:keep]) + strings.Repeat("*", len(r)-keep)
}
