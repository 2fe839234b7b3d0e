package cn_test

import (
	"testing"

	"taxportal/internal/cn"
)

// today is the day by which the tests judge birth dates and divisions.
var today = cn.Date(2026, 11, 25)

// The values of this file are published: the worked examples of the standards and of well-known texts about them, and
// codes of public companies from the public register. All others in this package's tests are synthetic.

func TestPublishedValuesPass(t *testing.T) {
	for _, c := range []struct {
		kind  cn.Kind
		value string
	}{
		{cn.KindUSCC, "91350100M000100Y43"}, // worked example, body 91350100M000100Y4
		{cn.KindUSCC, "91100000100003962T"},
		{cn.KindUSCC, "911000001000013428"},
		{cn.KindUSCC, "91330100799655058B"},
		{cn.KindUSCC, "91440300708461136T"},
		{cn.KindUSCC, "9144030071526726XG"},
		{cn.KindCitizen, "11010519491231002X"}, // GB 11643-1999
		{cn.KindCitizen, "440524188001010014"}, // GB 11643-1999
		{cn.KindRegNo, "110108000000016"},      // GS 15-2006
		{cn.KindVIN, "1M8GDM9AXKP042788"},      // worked example of the check digit, X
		{cn.KindVIN, "11111111111111111"},      // the usual test value
	} {
		if ps := cn.Check(c.kind, c.value, today); len(ps) > 0 {
			t.Errorf("%s %s: %+v", c.kind, c.value, ps)
		}
	}
}

func TestPublishedWorkedExampleRefusesTheWrongDigit(t *testing.T) {
	ps := cn.CheckUSCC("91350100M000100Y4Z")
	if len(ps) != 1 || ps[0].Rule != cn.RuleChar || ps[0].Mark[0] != 17 {
		t.Fatalf("Z is not in the alphabet: %+v", ps)
	}
	ps = cn.CheckUSCC("91350100M000100Y44")
	if len(ps) != 1 || ps[0].Suggest != "91350100M000100Y43" || ps[0].Message != "第 18 位校验不符，末位应为 3，可能录错一位" {
		t.Fatalf("got %+v", ps)
	}
}
