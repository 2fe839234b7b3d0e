package cn_test

import (
	"strings"
	"testing"

	"taxportal/internal/cn"
)

// Synthetic codes with valid check digits.
var (
	synUSCC = cn.MakeUSCC("91", "371502", 7)
	synOld  = cn.MakeUSCC("91", "371523", 8) // registered in 茌平 before 2019
)

func TestUSCCEdges(t *testing.T) {
	zero := usccWithZero(t)
	checkAll(t, cn.KindUSCC, map[string]want{
		"a valid code":                           {value: synUSCC},
		"a retired division":                     {value: synOld},
		"one character short":                    {value: synUSCC[:17], rule: cn.RuleLength, severity: cn.Error},
		"one character long":                     {value: synUSCC + "0", rule: cn.RuleLength, severity: cn.Error},
		"nothing":                                {value: "", rule: cn.RuleLength, severity: cn.Error},
		"an old 15-digit number":                 {value: cn.MakeRegNo("371500", 1), rule: cn.RuleLength, severity: cn.Error},
		"a wrong last character":                 {value: wrongLast(synUSCC), rule: cn.RuleCheckDigit, severity: cn.Error, mark: []int{17}, suggest: synUSCC},
		"letter O for a zero":                    {value: with(zero, strings.LastIndexByte(zero[:8], '0'), 'O'), rule: cn.RuleChar, severity: cn.Error, mark: []int{strings.LastIndexByte(zero[:8], '0')}, suggest: zero},
		"letter I for a one":                     {value: with(synUSCC, 1, 'I'), rule: cn.RuleChar, severity: cn.Error, mark: []int{1}, suggest: synUSCC},
		"a letter I that is not a one":           {value: with(synUSCC, 0, 'I'), rule: cn.RuleChar, severity: cn.Error, mark: []int{0}},
		"a letter in the division":               {value: with(synUSCC, 4, 'A'), rule: cn.RuleChar, severity: cn.Error, mark: []int{4}},
		"two strange characters":                 {value: "证" + string([]rune(synUSCC)[1:17]) + "号", rule: cn.RuleChar, severity: cn.Error, mark: []int{0, 17}},
		"neighbours exchanged inside the body":   {value: swap(synUSCC, 9), rule: cn.RuleCheckDigit, severity: cn.Error, mark: []int{9, 10}, suggest: synUSCC},
		"neighbours exchanged at province":       {value: swap(cn.MakeUSCC("91", "371502", 3), 2), rule: cn.RuleCheckDigit, severity: cn.Error, mark: []int{2, 3}, suggest: cn.MakeUSCC("91", "371502", 3)},
		"an unknown province, all digits right":  {value: cn.MakeUSCC("91", "991500", 7), rule: cn.RuleRegion, severity: cn.Warning, mark: []int{2, 3}},
		"a body digit wrong, last digit redone":  {value: orgDigitWrong(), rule: cn.RuleOrgDigit, severity: cn.Warning, mark: span(8, 16)},
		"the national registering authority 10":  {value: cn.MakeUSCC("91", "100000", 7)},
		"public institution under another class": {value: cn.MakeUSCC("12", "371500", 7)},
	})
}

func TestUSCCMessagesNameTheWrongPlace(t *testing.T) {
	for value, message := range map[string]string{
		with(synUSCC, 1, 'I'): "第 2 位是字母 I，代码中不使用字母 I",
		with(synUSCC, 4, 'A'): "第 5 位是字母 A，第 3—8 位是行政区划代码，只用数字",
		synUSCC[:17]:          "共 17 位，应为 18 位",
		swap(synUSCC, 9):      "第 18 位校验不符，第 10、11 位可能颠倒",
	} {
		ps := cn.CheckUSCC(value)
		if len(ps) != 1 || ps[0].Message != message {
			t.Errorf("%s: got %+v, want %s", value, ps, message)
		}
	}
	if got := cn.CheckUSCC(wrongLast(synUSCC))[0].Advice(); got != "核对后可改为 "+synUSCC {
		t.Errorf("advice %q", got)
	}
}

// Every substitution of one character is caught: 31 is prime and no weight is a multiple of it.
func TestUSCCCatchesEverySingleSubstitution(t *testing.T) {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	for seed := range uint64(20) {
		v := cn.MakeUSCC("91", "371502", seed*977)
		for i := range v {
			for _, c := range []byte(alphabet) {
				if c != v[i] && !cn.HasError(cn.CheckUSCC(with(v, i, c))) {
					t.Fatalf("%s with %c at %d passes", v, c, i)
				}
			}
		}
	}
}

// A proposal is a valid code and no more than one slip away from what was typed.
func TestUSCCProposalsAreValid(t *testing.T) {
	for seed := range uint64(50) {
		v := cn.MakeUSCC("91", "371581", seed)
		for i := range 17 {
			for _, bad := range []string{swap(v, i), with(v, i, '3'), with(v, i, 'O')} {
				for _, p := range cn.CheckUSCC(bad) {
					if p.Suggest != "" && !cn.ValidUSCC(p.Suggest) {
						t.Fatalf("%s proposes %s", bad, p.Suggest)
					}
				}
			}
		}
	}
}

func TestValidCodesAreCheckedWithoutAllocating(t *testing.T) {
	id := cn.MakeID("371502", cn.Date(1985, 3, 9), 21)
	for name, check := range map[string]func(){
		"uscc":      func() { cn.CheckUSCC(synUSCC) },
		"citizen":   func() { cn.CheckCitizenID(id, today) },
		"taxpayer":  func() { cn.Check(cn.KindTaxpayer, id, today) },
		"normalise": func() { cn.Normalise(cn.KindUSCC, synUSCC) },
		"subject":   func() { cn.SubjectKey(cn.KindTaxpayer, synUSCC) },
	} {
		if n := testing.AllocsPerRun(100, check); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkCheckUSCC(b *testing.B) {
	for b.Loop() {
		cn.CheckUSCC(synUSCC)
	}
}

func BenchmarkCheckCitizenID(b *testing.B) {
	id := cn.MakeID("371502", cn.Date(1985, 3, 9), 21)
	for b.Loop() {
		cn.CheckCitizenID(id, today)
	}
}

// wrongLast changes the last character to another one.
func wrongLast(v string) string {
	if v[17] == '2' {
		return with(v, 17, '3')
	}
	return with(v, 17, '2')
}

// usccWithZero returns a synthetic code with a zero in its division.
func usccWithZero(t *testing.T) string {
	t.Helper()
	v := cn.MakeUSCC("91", "371502", 11)
	if !strings.Contains(v[2:8], "0") {
		t.Fatal("no zero")
	}
	return v
}

// orgDigitWrong returns a code whose 17th character is wrong and whose 18th agrees with that.
func orgDigitWrong() string {
	c := byte('0')
	if synUSCC[16] == '0' {
		c = '1'
	}
	v := with(synUSCC, 16, c)
	for _, last := range []byte("0123456789ABCDEFGHJKLMNPQRTUWXY") {
		if !cn.HasError(cn.CheckUSCC(with(v, 17, last))) {
			return with(v, 17, last)
		}
	}
	return ""
}
