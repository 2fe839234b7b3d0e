package cn_test

import (
	"testing"

	"taxportal/internal/cn"
)

func TestParseDecimalForms(t *testing.T) {
	for in, out := range map[string]string{
		"1,286,400.00": "1286400.00", "1286400": "1286400", "１，２８６，４００．００": "1286400.00", "￥1,286,400.00": "1286400.00",
		"¥ 12": "12", "-5.20": "-5.20", "－5": "-5", "−5": "-5", "+5": "5", "(1,234.50)": "-1234.50", "（1,234.50）": "-1234.50",
		"¥-5": "-5", "-¥5": "-5", ".5": "0.5", "5.": "5", "0": "0", "-0": "0", "007": "7", "'12": "12", " 12 ": "12",
		"1 286 400.5": "1286400.5", "1\u00A0286\u00A0400": "1286400", "0.000": "0.000", "9223372036854775807": "9223372036854775807",
		"123456789012345678.000000": "123456789012345678", "12345678901234567.00": "12345678901234567.0",
	} {
		if got, p := cn.ParseDecimal(in); p != nil || got.String() != out {
			t.Errorf("%q: %s %+v, want %s", in, got, p, out)
		}
	}
}

func TestParseDecimalRefusals(t *testing.T) {
	for in, want := range map[string]struct {
		rule    cn.Rule
		suggest string
	}{
		"100元": {cn.RuleUnit, "100"}, "1,200.50元": {cn.RuleUnit, "1,200.50"}, "100万元": {cn.RuleUnit, ""}, "3亿": {cn.RuleUnit, ""},
		"12.5%": {cn.RuleUnit, ""}, "1.1E+17": {cn.RuleForm, ""}, "1e5": {cn.RuleForm, ""}, "1,28,400": {cn.RuleForm, ""},
		"1,2864,00": {cn.RuleForm, ""}, ",123": {cn.RuleForm, ""}, "123,": {cn.RuleForm, ""}, ",.5": {cn.RuleForm, ""},
		"1.2.3": {cn.RuleForm, ""}, "1.234,5": {cn.RuleForm, ""}, "12-": {cn.RuleChar, ""}, "abc": {cn.RuleChar, ""}, "无": {cn.RuleChar, ""},
		"": {cn.RuleForm, ""}, "-": {cn.RuleForm, ""}, "()": {cn.RuleChar, ""}, "(-5)": {cn.RuleForm, ""}, "3～5": {cn.RuleChar, ""},
		"1,286 400": {cn.RuleForm, ""}, "９９": {"", ""},
		"9223372036854775808": {cn.RuleOverflow, ""}, "99999999999999999999999": {cn.RuleOverflow, ""},
		"0.1234567890123456789": {cn.RuleOverflow, ""}, "1__0": {cn.RuleChar, ""}, "0x10": {cn.RuleChar, ""}, "٣": {cn.RuleChar, ""},
	} {
		got, p := cn.ParseDecimal(in)
		if want.rule == "" {
			if p != nil {
				t.Errorf("%q: %+v", in, p)
			}
			continue
		}
		if p == nil {
			t.Errorf("%q was read as %s", in, got)
			continue
		}
		if p.Rule != want.rule || p.Suggest != want.suggest || p.Advice() == "" || got != (cn.Decimal{}) {
			t.Errorf("%q: %s %+v, want %+v", in, got, *p, want)
		}
	}
}

func TestRescaleIsExactOrFails(t *testing.T) {
	for _, c := range []struct {
		in    string
		scale int
		out   int64
		ok    bool
	}{
		{"1,286,400.00", 2, 128640000, true}, {"12.5", 2, 1250, true}, {"12.500", 2, 1250, true}, {"12.505", 2, 0, false},
		{"-0.01", 2, -1, true}, {"92233720368547758.07", 2, 9223372036854775807, true}, {"92233720368547759", 2, 0, false},
		{"-92233720368547759", 2, 0, false}, {"7", 0, 7, true},
	} {
		d, p := cn.ParseDecimal(c.in)
		if p != nil {
			t.Fatalf("%q: %+v", c.in, p)
		}
		if got, ok := d.Rescale(c.scale); got != c.out || ok != c.ok {
			t.Errorf("%q at %d: %d %v, want %d %v", c.in, c.scale, got, ok, c.out, c.ok)
		}
	}
	if d, _ := cn.ParseDecimal("1.500"); d.Decimals() != 1 || d.Float() != 1.5 {
		t.Errorf("%d decimals, %v", d.Decimals(), d.Float())
	}
}

func TestCellNumbersAreRoundedTo15Digits(t *testing.T) {
	for in, out := range map[string]string{
		"0.30000000000000004": "0.3", "1286400.0000000002": "1286400", "12.1": "12.1", "1.1E+17": "110000000000000000", "1E-3": "0.001",
		"-0.5": "-0.5", "0": "0", "-0": "0", "123456789012345678": "123456789012346000", "1.23456789012345678E2": "123.456789012346",
		"9.9999999999999999": "10", "100": "100", "4.4E-40": "0", "0.000000000600000000100000": "0.0000000006", "1e2": "100",
	} {
		if got, p := cn.ParseCellNumber(in); p != nil || got.String() != out {
			t.Errorf("%q: %s %+v, want %s", in, got, p, out)
		}
	}
	for _, in := range []string{"", "x", "1E", "1E+99999", "1E+400", "1E+19", "NaN", "1.2.3", "1E1.5"} {
		if got, p := cn.ParseCellNumber(in); p == nil {
			t.Errorf("%q was read as %s", in, got)
		}
	}
}

// FuzzDecimal: what is read writes itself so that it reads the same again, and nothing panics.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"1,286,400.00", "(5)", "￥１．５", "1.1E+17", ",.", "100万元", "-", "9223372036854775808"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, p := cn.ParseDecimal(s); p == nil {
			if again, p := cn.ParseDecimal(d.String()); p != nil || again != d {
				t.Fatalf("%q: %+v then %+v %v", s, d, again, p)
			}
		}
		if d, p := cn.ParseCellNumber(s); p == nil {
			if again, p := cn.ParseCellNumber(d.String()); p != nil || again != d {
				t.Fatalf("%q: %+v then %+v %v", s, d, again, p)
			}
		}
	})
}

func TestCommonFormsAreReadWithoutAllocating(t *testing.T) {
	for name, read := range map[string]func(){
		"decimal": func() { cn.ParseDecimal("1286400.00") },
		"date":    func() { cn.ParseDate("2020-06-29") },
		"serial":  func() { cn.ParseSerial("44011", false) },
	} {
		if n := testing.AllocsPerRun(100, read); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
