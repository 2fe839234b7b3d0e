package demo

import (
	"testing"
	"time"

	"taxportal/internal/models"
)

const layout = "2006-01-02 15:04"

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(layout, text, models.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestHours_Next(t *testing.T) {
	h := hoursOfPlan(t)
	for from, want := range map[string]string{
		"2026-11-24 05:00": "2026-11-24 09:00", // before work
		"2026-11-24 09:00": "2026-11-24 09:00",
		"2026-11-24 11:05": "2026-11-24 11:05",
		"2026-11-24 12:30": "2026-11-24 14:00", // over lunch
		"2026-11-24 17:00": "2026-11-24 17:00",
		"2026-11-24 17:01": "2026-11-25 09:00", // after work
		"2026-11-27 23:00": "2026-11-30 09:00", // over the weekend
		"2026-11-28 10:00": "2026-11-30 09:00",
		"2026-10-01 10:00": "2026-10-08 09:00", // the national holiday
	} {
		if got := h.next(moment(t, from)).In(models.Zone).Format(layout); got != want {
			t.Errorf("after %s comes %s, want %s", from, got, want)
		}
	}
}

func TestHours_Back(t *testing.T) {
	h := hoursOfPlan(t)
	for _, c := range []struct {
		from string
		work time.Duration
		want string
	}{
		{"2026-11-24 10:30", 0, "2026-11-24 10:30"},
		{"2026-11-24 10:30", time.Hour, "2026-11-24 09:30"},
		{"2026-11-24 10:30", 2 * time.Hour, "2026-11-23 16:30"},
		{"2026-11-24 03:00", 0, "2026-11-23 17:00"},              // at night nobody has just done anything
		{"2026-11-24 14:30", time.Hour, "2026-11-24 11:30"},      // lunch does not count
		{"2026-11-30 09:30", time.Hour, "2026-11-27 16:30"},      // nor does a weekend
		{"2026-11-30 09:30", 13 * time.Hour, "2026-11-25 16:30"}, // nor do nights
	} {
		if got := h.back(moment(t, c.from), c.work).In(models.Zone).Format(layout); got != c.want {
			t.Errorf("%v before %s is %s, want %s", c.work, c.from, got, c.want)
		}
	}
}

func TestHours_Between(t *testing.T) {
	h := hoursOfPlan(t)
	for _, c := range []struct {
		from, to string
		want     time.Duration
	}{
		{"2026-11-24 10:00", "2026-11-24 10:30", 30 * time.Minute},
		{"2026-11-24 10:00", "2026-11-24 15:00", 3 * time.Hour},
		{"2026-11-27 16:00", "2026-11-30 10:00", 2 * time.Hour},
		{"2026-11-01 00:00", "2026-11-01 00:10", 0},
		{"2026-11-02 00:00", "2026-11-24 10:00", 8 * time.Hour}, // no more is asked for
	} {
		if got := h.between(moment(t, c.from), moment(t, c.to), 8*time.Hour); got != c.want {
			t.Errorf("between %s and %s lie %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// TestSchedule_KeepsTheOrderOfATask: what falls on a Saturday and a Sunday comes on Monday, and not the acceptance first.
func TestSchedule_KeepsTheOrderOfATask(t *testing.T) {
	s := &story{hours: hoursOfPlan(t)}
	for _, e := range [][2]string{
		{"2026-11-28 15:30", "sign ZJJ-02-202610"}, {"2026-11-29 11:05", "accept ZJJ-02-202610"}, {"2026-11-28 09:40", "upload ZJJ-02-202610"},
		{"2026-11-29 09:40", "upload FGW-05-202610"},
	} {
		s.on(moment(t, e[0]), e[1], func() error { return nil })
	}
	s.bySystem(moment(t, "2026-12-01 00:10"), "open 2026-11", func() error { return nil })
	s.schedule()
	want := [][2]string{
		{"2026-11-30 09:00", "upload ZJJ-02-202610"}, {"2026-11-30 09:00", "upload FGW-05-202610"}, {"2026-11-30 09:25", "sign ZJJ-02-202610"},
		{"2026-11-30 09:50", "accept ZJJ-02-202610"}, {"2026-12-01 00:10", "open 2026-11"},
	}
	for i, e := range s.events {
		if got := [2]string{e.at.In(models.Zone).Format(layout), e.what}; got != want[i] {
			t.Errorf("step %d is %v, want %v", i, got, want[i])
		}
	}
}

func hoursOfPlan(t *testing.T) hours {
	t.Helper()
	h, err := workHours()
	if err != nil {
		t.Fatal(err)
	}
	return h
}
