package cn_test

import (
	"testing"
	"testing/quick"
	"time"

	"taxportal/internal/cn"
)

func TestMadeValuesAreValid(t *testing.T) {
	regions := []string{"371500", "371502", "371503", "371581"}
	for seed := range uint64(500) {
		region := regions[seed%4]
		birth := cn.Date(1940, 1, 1).AddDate(0, 0, int(seed)*53)
		for kind, v := range map[cn.Kind]string{
			cn.KindUSCC:    cn.MakeUSCC("91", region, seed),
			cn.KindOrgCode: cn.MakeOrgCode(seed),
			cn.KindCitizen: cn.MakeID(region, birth, int(seed)),
			cn.KindRegNo:   cn.MakeRegNo(region, seed),
			cn.KindTaxNo:   cn.MakeTaxNo(region, seed),
			cn.KindPhone:   cn.MakePhone(seed),
			cn.KindAccount: cn.MakeAccount("622848", seed*1234567),
			cn.KindVIN:     cn.MakeVIN("LSV", seed*7654321),
			cn.KindEstate:  cn.MakeEstate(region, seed*104729),
			cn.KindPlate:   cn.MakePlate(seed),
		} {
			if ps := cn.Check(kind, v, today); len(ps) > 0 {
				t.Fatalf("%s %s: %+v", kind, v, ps)
			}
			if n := cn.Normalise(kind, v); n != v {
				t.Fatalf("%s %s is not normal: %s", kind, v, n)
			}
		}
	}
}

func TestMadeCodesDiffer(t *testing.T) {
	seen := map[string]uint64{}
	for seed := range uint64(20000) {
		v := cn.MakeUSCC("91", "371502", seed)
		if other, twice := seen[v]; twice {
			t.Fatalf("seeds %d and %d both give %s", other, seed, v)
		}
		seen[v] = seed
	}
}

func TestMakersRefuseWhatHasNoForm(t *testing.T) {
	for name, v := range map[string]string{
		"class":    cn.MakeUSCC("9", "371502", 1),
		"letter O": cn.MakeUSCC("9O", "371502", 1),
		"region":   cn.MakeUSCC("91", "37150A", 1),
		"id":       cn.MakeID("3715", today, 1),
		"year":     cn.MakeID("371502", time.Time{}, 1),
		"seq":      cn.MakeID("371502", today, -1),
		"regno":    cn.MakeRegNo("", 1),
		"taxno":    cn.MakeTaxNo("x", 1),
		"account":  cn.MakeAccount("62A", 1),
		"vin":      cn.MakeVIN("OOO", 1),
		"estate":   cn.MakeEstate("1", 1),
	} {
		if v != "" {
			t.Errorf("%s gives %q", name, v)
		}
	}
}

var allKinds = []cn.Kind{cn.KindUSCC, cn.KindOrgCode, cn.KindRegNo, cn.KindTaxNo, cn.KindLegacy, cn.KindCitizen,
	cn.KindResidence, cn.KindIDCard, cn.KindPassport, cn.KindTaxpayer, cn.KindPerson, cn.KindPhone, cn.KindAccount,
	cn.KindRegion, cn.KindAddress, cn.KindPoint, cn.KindPlate, cn.KindVIN, cn.KindEstate, "unknown"}

func TestNormaliseIsIdempotent(t *testing.T) {
	for _, kind := range allKinds {
		again := func(s string) bool {
			once := cn.Normalise(kind, s)
			return cn.Normalise(kind, once) == once
		}
		if err := quick.Check(again, &quick.Config{MaxCount: 300}); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// FuzzIdentifiers holds every kind to what must be true of any text: nothing panics, normalising is idempotent, marks
// lie inside the value, a proposal has no error, a mask keeps the length or hides, and a join key is found only for
// what passes.
func FuzzIdentifiers(f *testing.F) {
	for _, s := range []string{"", "91350100M000100Y43", "11010519491231002X", "鲁P·12345", "'０６３５－8246110转", "\xff\xfe",
		"37150219850230021O", "USA371185030911", "86861380000000011", "115.98，36.45", "王𬭚·?", ")(", "转", "-", "+8", "无"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, kind := range allKinds {
			v := cn.Normalise(kind, raw)
			if again := cn.Normalise(kind, v); again != v {
				t.Fatalf("%s: %q → %q → %q", kind, raw, v, again)
			}
			ps := cn.Check(kind, v, today)
			for _, p := range ps {
				for _, m := range p.Mark {
					if m < 0 || m >= len([]rune(v)) {
						t.Fatalf("%s %q: mark %d of %+v", kind, v, m, p)
					}
				}
				if p.Suggest != "" && cn.HasError(cn.Check(kind, p.Suggest, today)) && p.Rule != cn.RuleLength && p.Rule != cn.RuleChar {
					t.Fatalf("%s %q proposes the wrong %q (%+v)", kind, v, p.Suggest, p)
				}
				cn.RawMarks(raw, v, p.Mark)
			}
			cn.Mask(kind, v)
			if _, key, ok := cn.SubjectKey(kind, raw); ok == (key == "") {
				t.Fatalf("%s %q: key %q %v", kind, raw, key, ok)
			}
		}
	})
}
