package cn_test

import (
	"testing"
	"time"

	"taxportal/internal/cn"
)

func TestParseDateForms(t *testing.T) {
	for _, s := range []string{
		"2020-06-29", "2020-6-29", "2020.6.29", "2020.06.29", "2020/6/29", "2020/06/29", "20200629", "2020年6月29日", "2020年06月29日",
		"2020年6月29号", "2020年6月29", "２０２０－０６－２９", "２０２０年６月２９日", "2020-06-29 00:00:00", "2020/6/29 0:00", "2020-06-29T00:00:00",
		"2020-06-29 00:00:00.000", "20200629 00:00:00", " 2020-06-29 ", "'2020-06-29", "2020 年 6 月 29 日", "2020–06–29", "2020-06-29\u00A0",
		"2020年6月29日 0时0分",
	} {
		got, p := cn.ParseDate(s)
		if p != nil || cn.FormatDay(got) != "2020-06-29" {
			t.Errorf("%q: %s %+v", s, cn.FormatDay(got), p)
		}
	}
	for s, day := range map[string]string{"2000-02-29": "2000-02-29", "9999-12-31": "9999-12-31", "1800-01-01": "1800-01-01"} {
		if got, p := cn.ParseDate(s); p != nil || cn.FormatDay(got) != day {
			t.Errorf("%q: %v %+v", s, got, p)
		}
	}
}

func TestParseDateRefusals(t *testing.T) {
	for s, want := range map[string]struct {
		rule    cn.Rule
		suggest string
	}{
		"6/7/2020":            {cn.RuleAmbiguous, ""},
		"01-02-03":            {cn.RuleAmbiguous, ""},
		"20-6-29":             {cn.RuleAmbiguous, ""},
		"20年6月29日":            {cn.RuleAmbiguous, ""},
		"200629":              {cn.RuleAmbiguous, ""},
		"29/6/2020":           {cn.RuleAmbiguous, "2020-06-29"},
		"6/29/2020":           {cn.RuleAmbiguous, "2020-06-29"},
		"6/6/2020":            {cn.RuleAmbiguous, "2020-06-06"},
		"2020年6月":             {cn.RuleDate, ""},
		"2020-06":             {cn.RuleDate, ""},
		"202006":              {cn.RuleDate, ""},
		"2020-02-30":          {cn.RuleDate, ""},
		"2021-02-29":          {cn.RuleDate, ""},
		"2020-13-01":          {cn.RuleDate, ""},
		"2020-00-10":          {cn.RuleDate, ""},
		"2020-06-00":          {cn.RuleDate, ""},
		"20201301":            {cn.RuleDate, ""},
		"0020-06-29":          {cn.RuleRange, ""},
		"3020-06-29":          {cn.RuleRange, ""},
		"2020-06-29 14:30:00": {cn.RuleForm, "2020-06-29"},
		"2020-06-29 25:00:00": {cn.RuleForm, ""},
		"2020-6/29":           {cn.RuleForm, ""},
		"2020":                {cn.RuleForm, ""},
		"29":                  {cn.RuleForm, ""},
		"":                    {cn.RuleForm, ""},
		"无":                   {cn.RuleForm, ""},
		"二〇二〇年六月二十九日":         {cn.RuleForm, ""},
		"2020-06-29至":         {cn.RuleForm, ""},
		"2020-06-291":         {cn.RuleForm, ""},
		"-2020-06-29":         {cn.RuleForm, ""},
		"2020--06-29":         {cn.RuleForm, ""},
		"44011":               {cn.RuleForm, ""},
		"99999999999999":      {cn.RuleForm, ""},
	} {
		got, p := cn.ParseDate(s)
		if p == nil {
			t.Errorf("%q was read as %s", s, cn.FormatDay(got))
			continue
		}
		if p.Rule != want.rule || p.Suggest != want.suggest || p.Message == "" || p.Advice() == "" || !got.IsZero() {
			t.Errorf("%q: %v %+v, want %+v", s, got, *p, want)
		}
	}
}

func TestParseMonth(t *testing.T) {
	for _, s := range []string{"2020年6月", "2020-06", "2020-6", "2020.6", "2020/06", "202006", "２０２０年６月", "2020-06-01", "2020-06-01 00:00:00"} {
		if got, p := cn.ParseMonth(s); p != nil || got != "2020-06" {
			t.Errorf("%q: %q %+v", s, got, p)
		}
	}
	for s, suggest := range map[string]string{"2020-06-29": "2020-06", "2020-13": "", "20-06": "", "2020": "", "6月": "", "": "", "2006": "", "200613": ""} {
		if got, p := cn.ParseMonth(s); p == nil || p.Suggest != suggest {
			t.Errorf("%q: %q %+v", s, got, p)
		}
	}
}

func TestParseYearAndDateTime(t *testing.T) {
	for _, s := range []string{"2020", "2020年", "２０２０", " 2020 "} {
		if got, p := cn.ParseYear(s); p != nil || got != 2020 {
			t.Errorf("%q: %d %+v", s, got, p)
		}
	}
	for _, s := range []string{"20", "0999", "20205", "2020-01", "二〇二〇"} {
		if got, p := cn.ParseYear(s); p == nil {
			t.Errorf("%q was read as %d", s, got)
		}
	}
	for s, at := range map[string]string{
		"2020-06-29 14:30": "2020-06-29 14:30:00", "2020/6/29 9:05:07": "2020-06-29 09:05:07", "2020-06-29": "2020-06-29 00:00:00",
		"2020年6月29日 14时30分": "2020-06-29 14:30:00", "20200629 14:30": "2020-06-29 14:30:00", "2020年6月29日14时30分15秒": "2020-06-29 14:30:15",
	} {
		if got, p := cn.ParseDateTime(s); p != nil || got.Format(time.DateTime) != at {
			t.Errorf("%q: %v %+v", s, got, p)
		}
	}
	for _, s := range []string{"2020-06 14:30", "14:30", "2020-06-29 14", "2020-06-29 14:60"} {
		if got, p := cn.ParseDateTime(s); p == nil {
			t.Errorf("%q was read as %v", s, got)
		}
	}
}

func TestSerialDays(t *testing.T) {
	for _, c := range []struct {
		serial int64
		mode   bool
		day    string
	}{
		{1, false, "1900-01-01"}, {59, false, "1900-02-28"}, {61, false, "1900-03-01"}, {44011, false, "2020-06-29"},
		{2958465, false, "9999-12-31"}, {0, true, "1904-01-01"}, {42549, true, "2020-06-29"}, {2957003, true, "9999-12-31"},
		{60, false, ""}, {0, false, ""}, {-1, false, ""}, {-1, true, ""}, {2958466, false, ""}, {2957004, true, ""},
	} {
		got, ok := cn.SerialDay(c.serial, c.mode)
		if ok != (c.day != "") || ok && cn.FormatDay(got) != c.day {
			t.Errorf("%d (1904 %v): %v %v, want %s", c.serial, c.mode, got, ok, c.day)
		}
	}
}

func TestParseSerial(t *testing.T) {
	for raw, day := range map[string]string{"44011": "2020-06-29", "44011.0": "2020-06-29", "4.4011E4": "2020-06-29", "20200629": "2020-06-29"} {
		if got, p := cn.ParseSerial(raw, false); p != nil || cn.FormatDay(got) != day {
			t.Errorf("%q: %v %+v", raw, got, p)
		}
	}
	for raw, rule := range map[string]cn.Rule{"44011.5": cn.RuleForm, "60": cn.RuleForm, "202006": cn.RuleAmbiguous, "-3": cn.RuleForm,
		"1E+17": cn.RuleForm, "x": cn.RuleForm, "00060": cn.RuleForm, "20201301": cn.RuleDate, "0.5": cn.RuleForm, "500000": cn.RuleForm} {
		if got, p := cn.ParseSerial(raw, false); p == nil || p.Rule != rule {
			t.Errorf("%q: %v %+v", raw, got, p)
		}
	}
	if got, p := cn.ParseSerialTime("44011.604166666664", false); p != nil || got.Format(time.DateTime) != "2020-06-29 14:30:00" {
		t.Errorf("half past two: %v %+v", got, p)
	}
}

// FuzzDates: what is read is a real day that reads the same again, and nothing panics.
func FuzzDates(f *testing.F) {
	for _, s := range []string{"2020-6-29", "20200629", "2020年6月29日 00:00:00", "6/7/2020", "202006", "2020.6", "44011.5", "1E400", ":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if day, p := cn.ParseDate(s); p == nil {
			if again, p := cn.ParseDate(cn.FormatDay(day)); p != nil || !again.Equal(day) {
				t.Fatalf("%q: %v", s, day)
			}
		}
		cn.ParseDateTime(s)
		cn.ParseYear(s)
		cn.ParseSerial(s, true)
		if month, p := cn.ParseMonth(s); p == nil {
			if again, p := cn.ParseMonth(month); p != nil || again != month {
				t.Fatalf("%q: %q", s, month)
			}
		}
	})
}
