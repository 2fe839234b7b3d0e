package cn_test

import (
	"strings"
	"testing"

	"taxportal/internal/cn"
)

func TestOrgCodeEdges(t *testing.T) {
	org := cn.MakeOrgCode(5)
	checkAll(t, cn.KindOrgCode, map[string]want{
		"valid":                 {value: org},
		"check digit X":         {value: orgWithX(t)},
		"check digit wrong":     {value: with(org, 8, otherDigit(org[8])), rule: cn.RuleCheckDigit, severity: cn.Error, mark: []int{8}, suggest: org},
		"eight characters":      {value: org[:8], rule: cn.RuleLength, severity: cn.Error},
		"letter as check digit": {value: with(org, 8, 'A'), rule: cn.RuleChar, severity: cn.Error, mark: []int{8}},
	})
}

func TestRegNoEdges(t *testing.T) {
	v := cn.MakeRegNo("371500", 20001234)
	checkAll(t, cn.KindRegNo, map[string]want{
		"valid":            {value: v},
		"14 digits":        {value: v[:14], rule: cn.RuleLength, severity: cn.Error},
		"13 digits":        {value: v[:13], rule: cn.RuleLength, severity: cn.Error},
		"letter O":         {value: with(v, 4, 'O'), rule: cn.RuleChar, severity: cn.Error, mark: []int{4}, suggest: v},
		"another letter":   {value: with(v, 4, 'K'), rule: cn.RuleChar, severity: cn.Error, mark: []int{4}},
		"Chinese in front": {value: "鲁" + v[1:], rule: cn.RuleChar, severity: cn.Error, mark: []int{0}},
	})
	for i := range v {
		for c := byte('0'); c <= '9'; c++ {
			if c != v[i] && !cn.HasError(cn.CheckRegNo(with(v, i, c))) {
				t.Fatalf("%s with %c at %d passes", v, c, i)
			}
		}
	}
}

func TestTaxNoForms(t *testing.T) {
	v := cn.MakeTaxNo("371500", 9)
	checkAll(t, cn.KindTaxNo, map[string]want{
		"15: division and organisation code": {value: v},
		"15: an old identity number":         {value: "371502850309021"},
		"15: neither":                        {value: with(v, 14, otherDigit(v[14])), rule: cn.RuleOrgDigit, severity: cn.Warning, mark: span(6, 14)},
		"15: letter in the division":         {value: with(v, 1, 'A'), rule: cn.RuleChar, severity: cn.Error, mark: []int{1}},
		"18: USCC":                           {value: synUSCC},
		"18: identity number":                {value: synID},
		"18: identity number, no such day":   {value: withCheck("37150219850230021"), rule: cn.RuleDate, severity: cn.Error},
		"20: identity number and two digits": {value: synID + "01"},
		"20: a letter behind":                {value: synID + "A1", rule: cn.RuleChar, severity: cn.Error, mark: []int{18}},
		"17":                                 {value: synID[:17], rule: cn.RuleLength, severity: cn.Error},
	})
}

func TestTaxpayerResolvesToTheKindThatFits(t *testing.T) {
	for value, kind := range map[string]cn.Kind{
		synUSCC:                    cn.KindUSCC,
		synID:                      cn.KindCitizen,
		"371502850309021":          cn.KindTaxNo, // the old numbers of individuals were their identity numbers
		synResidence():             cn.KindResidence,
		cn.MakeOrgCode(3):          cn.KindOrgCode,
		cn.MakeTaxNo("371500", 3):  cn.KindTaxNo,
		synID + "02":               cn.KindTaxNo,
		"E12345678":                cn.KindPassport,
		wrongLast(synUSCC):         cn.KindUSCC,
		with(synID, 17, 'Y'):       cn.KindCitizen,
		"":                         cn.KindUSCC,
		"无":                        cn.KindUSCC,
		"110108000000016":          cn.KindRegNo,
		swap(synResidence(), 15):   cn.KindResidence,
		strings.Repeat("9", 200):   cn.KindUSCC,
		cn.MakeRegNo("371500", 77): cn.KindRegNo,
	} {
		if got := cn.Resolve(cn.KindTaxpayer, value, today); got != kind {
			t.Errorf("%q is %s, want %s", value, got, kind)
		}
	}
	if got := cn.Resolve(cn.KindTaxpayer, synID, today, cn.KindUSCC, cn.KindLegacy); got == cn.KindCitizen {
		t.Error("a kind that is not accepted was resolved to")
	}
	if got := cn.Resolve(cn.KindTaxpayer, synResidence(), today, cn.KindIDCard); got != cn.KindResidence {
		t.Errorf("idcard includes residence, got %s", got)
	}
}

func TestRegionEdges(t *testing.T) {
	checkAll(t, cn.KindRegion, map[string]want{
		"city":                     {value: "371500"},
		"county":                   {value: "371581"},
		"the new code of 茌平":       {value: "371503"},
		"the retired code of 茌平":   {value: "371523", rule: cn.RuleRetired, severity: cn.Warning, suggest: "371503"},
		"the retired 莱芜":           {value: "371200", rule: cn.RuleRetired, severity: cn.Warning, suggest: "370100"},
		"another province":         {value: "130100"},
		"a county of another city": {value: "370102"},
		"no county of Liaocheng":   {value: "371599", rule: cn.RuleRegion, severity: cn.Error, mark: []int{4, 5}},
		"no prefecture":            {value: "373300", rule: cn.RuleRegion, severity: cn.Error, mark: []int{2, 3}},
		"no province":              {value: "990000", rule: cn.RuleRegion, severity: cn.Error, mark: []int{0, 1}},
		"a statistical code":       {value: "371502000000", rule: cn.RuleLength, severity: cn.Error, suggest: "371502"},
		"a name":                   {value: "东昌府区聊城", rule: cn.RuleChar, severity: cn.Error},
		"letter O":                 {value: "3715O2", rule: cn.RuleChar, severity: cn.Error, mark: []int{4}, suggest: "371502"},
	})
	chiping, _ := cn.LookupRegion("371523")
	if !chiping.InForce(cn.Date(2019, 8, 1)) || chiping.InForce(cn.Date(2019, 8, 2)) {
		t.Error("371523 ends on 2019-08-01")
	}
	for _, r := range cn.Regions() {
		if _, ok := cn.LookupRegion(r.Next); r.Next != "" && !ok {
			t.Errorf("%s: successor %s is unknown", r.Code, r.Next)
		}
		if _, ok := cn.LookupRegion(r.Parent); r.Parent != "" && !ok {
			t.Errorf("%s: parent %s is unknown", r.Code, r.Parent)
		}
	}
}

func TestAccountEdges(t *testing.T) {
	card := cn.MakeAccount("622848", 42)
	checkAll(t, cn.KindAccount, map[string]want{
		"card":               {value: card},
		"card, digit wrong":  {value: with(card, 18, otherDigit(card[18])), rule: cn.RuleCheckDigit, severity: cn.Warning, mark: []int{18}},
		"corporate, 8":       {value: "12345678"},
		"corporate, 30":      {value: strings.Repeat("3", 30)},
		"corporate, 62 long": {value: "62" + strings.Repeat("1", 20)},
		"7 digits":           {value: "1234567", rule: cn.RuleLength, severity: cn.Error},
		"31 digits":          {value: strings.Repeat("3", 31), rule: cn.RuleLength, severity: cn.Error},
		"letters":            {value: "1234567A", rule: cn.RuleChar, severity: cn.Error, mark: []int{7}},
		"letter O":           {value: "1234567O", rule: cn.RuleChar, severity: cn.Error, mark: []int{7}, suggest: "12345670"},
	})
}

func TestVINEdges(t *testing.T) {
	v := cn.MakeVIN("LSV", 1234567)
	foreign := cn.MakeVIN("WDB", 1234567)
	checkAll(t, cn.KindVIN, map[string]want{
		"valid":                        {value: v},
		"check digit wrong, China":     {value: with(v, 16, otherDigit(v[16])), rule: cn.RuleCheckDigit, severity: cn.Error},
		"check digit wrong, elsewhere": {value: with(foreign, 8, otherDigit(foreign[8])), rule: cn.RuleCheckDigit, severity: cn.Warning, mark: []int{8}},
		"letter O":                     {value: with(v, 7, 'O'), rule: cn.RuleChar, severity: cn.Error, mark: []int{7}, suggest: v},
		"letter Q":                     {value: with(v, 7, 'Q'), rule: cn.RuleChar, severity: cn.Error, mark: []int{7}},
		"16 characters":                {value: v[:16], rule: cn.RuleLength, severity: cn.Error},
	})
}

func TestEstateEdges(t *testing.T) {
	v := cn.MakeEstate("371502", 10001)
	land := v[:19] + "W00000000"
	checkAll(t, cn.KindEstate, map[string]want{
		"a flat":                          {value: v},
		"land only":                       {value: land},
		"homestead":                       {value: with(with(land, 12, 'J'), 13, 'C')},
		"land with a unit":                {value: v[:19] + "W00010001", rule: cn.RuleForm, severity: cn.Error, mark: span(20, 27)},
		"unknown ownership":               {value: with(v, 12, 'K'), rule: cn.RuleForm, severity: cn.Error, mark: []int{12}},
		"unknown fixture":                 {value: with(v, 19, 'K'), rule: cn.RuleForm, severity: cn.Error, mark: []int{19}},
		"unknown right":                   {value: with(v, 13, 'Z'), rule: cn.RuleForm, severity: cn.Warning, mark: []int{13}},
		"collective land owned by nation": {value: with(v, 13, 'A'), rule: cn.RuleForm, severity: cn.Warning, mark: []int{12, 13}},
		"no province":                     {value: "99" + v[2:], rule: cn.RuleRegion, severity: cn.Error, mark: []int{0, 1}},
		"letter O in a number":            {value: with(v, 6, 'O'), rule: cn.RuleChar, severity: cn.Error, mark: []int{6}, suggest: v},
		"a digit for the fixture":         {value: with(v, 19, '1'), rule: cn.RuleChar, severity: cn.Error, mark: []int{19}},
		"27 characters":                   {value: v[:27], rule: cn.RuleLength, severity: cn.Error},
	})
}

func otherDigit(c byte) byte {
	if c == '4' {
		return '7'
	}
	return '4'
}

// orgWithX finds a synthetic organisation code with the check digit X.
func orgWithX(t *testing.T) string {
	t.Helper()
	for seed := range uint64(500) {
		if v := cn.MakeOrgCode(seed); v[8] == 'X' {
			return v
		}
	}
	t.Fatal("no code with X")
	return ""
}
