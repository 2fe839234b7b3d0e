package cn_test

import (
	"fmt"
	"testing"

	"taxportal/internal/cn"
)

// synID is a synthetic identity number with a valid check digit.
var synID = cn.MakeID("371502", cn.Date(1985, 3, 9), 21)

func TestCitizenIDEdges(t *testing.T) {
	future := cn.MakeID("371502", cn.Date(2026, 11, 26), 21)
	noDay := withCheck("37150219850230021")
	short := "371502850309021"
	checkAll(t, cn.KindCitizen, map[string]want{
		"valid":                        {value: synID},
		"born today":                   {value: cn.MakeID("371502", today, 1)},
		"born tomorrow":                {value: future, rule: cn.RuleFuture, severity: cn.Error, mark: span(6, 13)},
		"resident from Hong Kong":      {value: cn.MakeID("810000", cn.Date(1990, 1, 1), 2)},
		"resident from Taiwan":         {value: cn.MakeID("830000", cn.Date(1990, 1, 1), 2)},
		"first registered before 1998": {value: cn.MakeID("372501", cn.Date(1970, 1, 1), 2)},
		"leap day":                     {value: cn.MakeID("371502", cn.Date(2000, 2, 29), 2)},
		"a day that is none":           {value: noDay, rule: cn.RuleDate, severity: cn.Error, mark: span(6, 13)},
		"unknown province":             {value: withCheck("77150219850309021"), rule: cn.RuleRegion, severity: cn.Error, mark: []int{0, 1}},
		"17 characters":                {value: synID[:17], rule: cn.RuleLength, severity: cn.Error},
		"letter O for a zero":          {value: with(synID, 4, 'O'), rule: cn.RuleChar, severity: cn.Error, mark: []int{4}, suggest: synID},
		"an X inside":                  {value: with(synID, 8, 'X'), rule: cn.RuleChar, severity: cn.Error, mark: []int{8}},
		"a foreigner's card":           {value: synResidence(), rule: cn.RuleForm, severity: cn.Error, mark: []int{0}},
		"15 digits":                    {value: short, rule: cn.RuleRetired, severity: cn.Warning, suggest: upgraded(t, short)},
		"15 digits, no such day":       {value: "371502850230021", rule: cn.RuleDate, severity: cn.Error, mark: span(6, 11)},
		"15 characters, one no digit":  {value: "37150285O309021", rule: cn.RuleChar, severity: cn.Error, mark: []int{8}, suggest: short},
	})
}

func TestCitizenIDMismatchProposesOnlyWhatIsAlone(t *testing.T) {
	digit, exchange, silent := 0, 0, 0
	for seq := range 300 {
		v := cn.MakeID("371502", cn.Date(1985, 3, 9), seq)
		typed := with(v, 17, '0'+(v[17]-'0'+1)%10)
		if v[17] == 'X' {
			typed = with(v, 17, '0')
		}
		ps := cn.CheckCitizenID(typed, today)
		if len(ps) != 1 || ps[0].Rule != cn.RuleCheckDigit {
			t.Fatalf("%s: %+v", typed, ps)
		}
		switch s := ps[0].Suggest; {
		case s == v:
			digit++
		case s == "":
			silent++
		case cn.CheckCitizenID(s, today) == nil:
			exchange++
		default:
			t.Fatalf("%s proposes the invalid %s", typed, s)
		}
	}
	if digit == 0 || exchange == 0 || silent == 0 {
		t.Errorf("digit %d, exchange %d, silent %d: each should occur", digit, exchange, silent)
	}
}

// Every substitution of one digit is caught: 11 is prime and no weight is a multiple of it.
func TestCitizenIDCatchesEverySingleSubstitution(t *testing.T) {
	for seq := range 40 {
		v := cn.MakeID("371525", cn.Date(1960+seq, 1+seq%12, 1+seq%28), seq*25)
		for i := range v {
			for _, c := range []byte("0123456789X") {
				if c != v[i] && !cn.HasError(cn.CheckCitizenID(with(v, i, c), today)) {
					t.Fatalf("%s with %c at %d passes", v, c, i)
				}
			}
		}
	}
}

func TestUpgradeID(t *testing.T) {
	if got, ok := cn.UpgradeID("440524880101001"); !ok || got[:17] != "44052419880101001" || cn.CheckCitizenID(got, today) != nil {
		t.Errorf("got %s %v", got, ok)
	}
	for _, v := range []string{"", synID, "44052488010100X"} {
		if got, ok := cn.UpgradeID(v); ok || got != v {
			t.Errorf("%q became %q", v, got)
		}
	}
}

func TestResidenceEdges(t *testing.T) {
	old := "USA371185030911" // last but one: sequence; the check digit follows
	old = old[:14] + string(mrz(old[:14]))
	res := synResidence()
	checkAll(t, cn.KindResidence, map[string]want{
		"2023 form":                 {value: res},
		"old form":                  {value: old},
		"old form, check digit off": {value: with(old, 14, '0'+(old[14]-'0'+1)%10), rule: cn.RuleCheckDigit, severity: cn.Warning, mark: []int{14}},
		"old form, no such day":     {value: "USA371185133111", rule: cn.RuleDate, severity: cn.Error, mark: span(7, 12)},
		"old form, digit first":     {value: "1SA371185030911", rule: cn.RuleChar, severity: cn.Error, mark: []int{0}},
		"check digit off":           {value: wrongLast(res), rule: cn.RuleCheckDigit, severity: cn.Error, mark: []int{17}, suggest: res},
		"first digit not 9":         {value: synID, rule: cn.RuleForm, severity: cn.Error, mark: []int{0}},
		"unknown province":          {value: withCheck("99984019850309001"), rule: cn.RuleRegion, severity: cn.Error, mark: []int{1, 2}},
		"16 characters":             {value: res[:16], rule: cn.RuleLength, severity: cn.Error},
	})
	if ps := cn.Check(cn.KindIDCard, res, today); ps != nil {
		t.Errorf("an identity column takes foreigners' cards: %+v", ps)
	}
}

func TestPassportEdges(t *testing.T) {
	checkAll(t, cn.KindPassport, map[string]want{
		"Chinese":               {value: "E12345678"},
		"Chinese, two letters":  {value: "EA1234567"},
		"foreign":               {value: "C01X00T47"},
		"digits only":           {value: "533380006"},
		"Chinese, digit lost":   {value: "E1234567", rule: cn.RuleLength, severity: cn.Warning},
		"a sign":                {value: "E1234/678", rule: cn.RuleChar, severity: cn.Error, mark: []int{5}},
		"letters only":          {value: "PASSPORT", rule: cn.RuleForm, severity: cn.Error},
		"too short":             {value: "E123", rule: cn.RuleLength, severity: cn.Error},
		"a Chinese placeholder": {value: "护照号码无", rule: cn.RuleChar, severity: cn.Error},
	})
}

// withCheck appends the check character to 17 digits.
func withCheck(body string) string {
	for _, c := range "0123456789X" {
		sum := 0
		for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
			sum += int(body[i]-'0') * w
		}
		if c == rune("10X98765432"[sum%11]) {
			return body + string(c)
		}
	}
	return body
}

// synResidence is a synthetic foreigner's card: Shandong, country 840.
func synResidence() string { return withCheck(fmt.Sprintf("937840%s001", "19850309")) }

func upgraded(t *testing.T, v string) string {
	t.Helper()
	long, ok := cn.UpgradeID(v)
	if !ok {
		t.Fatal(v)
	}
	return long
}

// mrz is the check digit weighted 7-3-1 of a machine-readable document.
func mrz(v string) byte {
	sum := 0
	for i := range v {
		n := int(v[i] - '0')
		if v[i] >= 'A' {
			n = int(v[i]-'A') + 10
		}
		sum += n * []int{7, 3, 1}[i%3]
	}
	return byte('0' + sum%10)
}
