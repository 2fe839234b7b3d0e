package cn

import (
	"fmt"
	"time"
)

// The generators below make synthetic identifiers with valid check digits for the demo and for tests. They follow the
// rules only and know nothing of any real register; a made value may by chance be somebody's. Different seeds below
// the stated bound give different values.

// makeSpace is the number of USCC bodies per class and division: 31^6.
const makeSpace = 887503681

// MakeUSCC returns a synthetic USCC: authority is the first two characters (91 for companies, 92 for individual
// traders, 12 for public institutions …), region the six digits of the division, seed any number, distinct below
// 887,503,681. It returns the empty string if authority or region have not the form of such.
func MakeUSCC(authority, region string, seed uint64) string {
	if len(authority) != 2 || len(region) != 6 || !digits(region) {
		return ""
	}
	body := authority + region + MakeOrgCode(seed)
	check, ok := usccCheckOf(body)
	if !ok {
		return ""
	}
	return body + string(check)
}

// MakeOrgCode returns a synthetic organisation code that begins with MA, as those given out since 2015 do.
func MakeOrgCode(seed uint64) string {
	n := seed % makeSpace * 48271 % makeSpace // a bijection, so that neighbours do not look alike
	body := []byte("MA000000")
	for i := 7; i > 1; i-- {
		body[i] = usccAlphabet[n%31]
		n /= 31
	}
	check, _ := orgCheckOf(string(body))
	return string(body) + string(check)
}

// MakeID returns a synthetic 18-character identity number: region six digits, birth a day, seq 0–999 (odd for men).
// It returns the empty string if region is not six digits or the birth year has not four.
func MakeID(region string, birth time.Time, seq int) string {
	if len(region) != 6 || !digits(region) || birth.Year() < 1000 || birth.Year() > 9999 || seq < 0 {
		return ""
	}
	body := region + birth.Format("20060102") + fmt.Sprintf("%03d", seq%1000)
	return body + string(idCheckOf(body))
}

// MakeRegNo returns a synthetic 15-digit 工商注册号 of the authority region, distinct for seeds below 100,000,000.
func MakeRegNo(region string, seed uint64) string {
	if len(region) != 6 || !digits(region) {
		return ""
	}
	body := region + fmt.Sprintf("%08d", seed%100_000_000)
	return body + string(regNoCheckOf(body))
}

// MakeTaxNo returns a synthetic taxpayer number of 15 characters: region and a synthetic organisation code.
func MakeTaxNo(region string, seed uint64) string {
	if len(region) != 6 || !digits(region) {
		return ""
	}
	return region + MakeOrgCode(seed)
}

// MakePhone returns a synthetic mobile number in the range 154, which is in no operator's use as far as is known.
func MakePhone(seed uint64) string { return fmt.Sprintf("154%08d", seed%100_000_000) }

// MakeAccount returns a synthetic bank card number of 19 digits with a right Luhn digit; prefix is cut to eight digits.
// It returns the empty string if prefix is not made of digits.
func MakeAccount(prefix string, seed uint64) string {
	if !digits(prefix) {
		return ""
	}
	prefix = prefix[:min(len(prefix), 8)]
	width := 18 - len(prefix)
	space := uint64(1)
	for range width {
		space *= 10
	}
	body := prefix + fmt.Sprintf("%0*d", width, seed%space)
	return body + string(byte('0'+(10-luhn(body+"0"))%10))
}

// MakeVIN returns a synthetic vehicle number of the maker wmi (three characters, such as LSV). It returns the empty
// string if wmi has not the form of one.
func MakeVIN(wmi string, seed uint64) string {
	v := []byte(wmi + fmt.Sprintf("AA1B0%09d", seed%1_000_000_000))
	if !plainVIN(string(v)) {
		return ""
	}
	v[8] = vinCheckOf(string(v))
	return string(v)
}

// MakeEstate returns a synthetic 不动产单元号 of a flat on state-owned building land in the county region.
func MakeEstate(region string, seed uint64) string {
	if len(region) != 6 || !digits(region) {
		return ""
	}
	n := seed % 100_000_000
	return region + fmt.Sprintf("001%03dGB%05dF%08d", n%37+1, n%9973+1, n)
}

// MakePlate returns a synthetic ordinary plate of Liaocheng (鲁P and five digits).
func MakePlate(seed uint64) string { return fmt.Sprintf("鲁P%05d", seed%100_000) }
