package models_test

import (
	"testing"
	"time"

	"taxportal/internal/models"
)

func TestPeriod_EveryForm(t *testing.T) {
	for _, test := range []struct {
		key                   models.Period
		first, last           models.Day
		next, prev            models.Period
		month, compact, label string
	}{
		{"2026-10", "2026-10-01", "2026-10-31", "2026-11", "2026-09", "2026-10", "202610", "2026年10月期"},
		{"2026-12", "2026-12-01", "2026-12-31", "2027-01", "2026-11", "2026-12", "202612", "2026年12月期"},
		{"2028-02", "2028-02-01", "2028-02-29", "2028-03", "2028-01", "2028-02", "202802", "2028年2月期"},
		{"2026-Q1", "2026-01-01", "2026-03-31", "2026-Q2", "2025-Q4", "2026-03", "2026Q1", "2026年第1季度"},
		{"2026-Q4", "2026-10-01", "2026-12-31", "2027-Q1", "2026-Q3", "2026-12", "2026Q4", "2026年第4季度"},
		{"2026-H1", "2026-01-01", "2026-06-30", "2026-H2", "2025-H2", "2026-06", "2026H1", "2026年上半年"},
		{"2026-H2", "2026-07-01", "2026-12-31", "2027-H1", "2026-H1", "2026-12", "2026H2", "2026年下半年"},
		{"2026", "2026-01-01", "2026-12-31", "2027", "2025", "2026-12", "2026", "2026年度"},
		{"once", "", "", "", "", "2027-01", "once", "一次性"},
	} {
		p := test.key
		if !p.Valid() || p.First() != test.first || p.Last() != test.last || p.Next() != test.next || p.Prev() != test.prev {
			t.Errorf("%s: from %q to %q, then %q, before %q", p, p.First(), p.Last(), p.Next(), p.Prev())
		}
		due := models.Day("2027-01-25").At(17, 0)
		if p.Month(due) != test.month || p.Compact() != test.compact || p.Label() != test.label {
			t.Errorf("%s: in %s, %s, %s", p, p.Month(due), p.Compact(), p.Label())
		}
	}
}

func TestPeriod_BrokenKeysAreNone(t *testing.T) {
	for _, p := range []models.Period{"", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "2026-H3", "2026-1", "2026-010", "26-10", "2026-", "2026-QQ",
		"2026-Q", "2026-+1", "2026-1x", "abcd", "2026-10-01", "1899", " 2026", "+202", "2026-HQ", "2026- 1"} {
		if p.Valid() || p.First() != "" || p.Last() != "" || p.Next() != "" || p.Prev() != "" {
			t.Errorf("%q passes for a period: %s to %s", p, p.First(), p.Last())
		}
	}
}

func TestPeriodAt_GoesByTheZoneOfThePortal(t *testing.T) {
	at := time.Date(2026, 9, 30, 16, 30, 0, 0, time.UTC) // half past midnight of 1 October in Shanghai
	for cycle, want := range map[models.Cycle]models.Period{
		models.CycleMonth: "2026-10", models.CycleEvent: "2026-10", models.CycleQuarter: "2026-Q4", models.CycleHalf: "2026-H2",
		models.CycleYear: "2026", models.CycleOnce: "once",
	} {
		if got := models.PeriodAt(cycle, at); got != want {
			t.Errorf("%s: %s, want %s", cycle, got, want)
		}
	}
}

func TestCodes_AreWhatPeopleRead(t *testing.T) {
	task := models.TaskCode("ga-jj-02", "2026-Q3")
	if task != "GA-JJ-02-2026Q3" || models.BatchCode(task, 12) != "GA-JJ-02-2026Q3-12" || models.ItemCode("zjj-02") != "ZJJ-02" {
		t.Errorf("codes %s, %s, %s", task, models.BatchCode(task, 12), models.ItemCode("zjj-02"))
	}
}

func FuzzPeriod(f *testing.F) {
	for _, key := range []string{"2026-10", "2026-Q3", "2026-H2", "2026", "once", "2026-0Q"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		p := models.Period(key)
		if !p.Valid() || key == "once" {
			return
		}
		if first, last := p.First(), p.Last(); first == "" || last < first || p.Next().First() != last.AddDays(1) && p.Next() != "" {
			t.Errorf("%q from %q to %q, next %q", key, first, last, p.Next())
		}
		if p.Next().Prev() != p && p.First() < "9999" {
			t.Errorf("%q: next is %q, whose previous is %q", key, p.Next(), p.Next().Prev())
		}
	})
}
