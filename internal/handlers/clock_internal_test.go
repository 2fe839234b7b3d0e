package handlers

import (
	"testing"
	"time"

	"taxportal/internal/cn"
	"taxportal/internal/models"
	"taxportal/web/views/components"
)

// testCalendar has a National Day holiday with its 调休 and an ordinary November 2026.
func testCalendar(t *testing.T) *cn.Calendar {
	t.Helper()
	rows := []cn.CalendarRow{{Day: "2026-10-10", Kind: cn.DayWorkday, Name: "国庆节"}}
	for _, day := range []string{"2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"} {
		rows = append(rows, cn.CalendarRow{Day: day, Kind: cn.DayHoliday, Name: "国庆节"})
	}
	cal, err := cn.NewCalendar([]int{2026}, rows)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04:05", text, models.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestDueClock(t *testing.T) {
	cases := []struct {
		name, due, now string
		family         components.Family
		text, note     string
	}{
		{"three working days are plenty", "2026-11-25 17:00:00", "2026-11-20 09:00:00", components.FamilyRun, "剩 3 个工作日", "11月25日"},
		{"two are soon", "2026-11-25 17:00:00", "2026-11-23 15:20:00", components.FamilyDue, "剩 2 个工作日", "11月25日"},
		{"the evening before", "2026-11-25 17:00:00", "2026-11-24 23:59:59", components.FamilyDue, "剩 1 个工作日", "11月25日"},
		{"the last day from midnight", "2026-11-25 17:00:00", "2026-11-25 00:00:00", components.FamilyDue, "剩 17 小时", "17:00"},
		{"hours and minutes on the last day", "2026-11-25 17:00:00", "2026-11-25 15:20:00", components.FamilyDue, "剩 1 小时 40 分", "17:00"},
		{"minutes alone in the last hour", "2026-11-25 17:00:00", "2026-11-25 16:18:30", components.FamilyDue, "剩 41 分", "17:00"},
		{"the last minute", "2026-11-25 17:00:00", "2026-11-25 16:59:30", components.FamilyDue, "剩不足 1 分钟", "17:00"},
		{"the moment itself is in time", "2026-11-25 17:00:00", "2026-11-25 17:00:00", components.FamilyDue, "剩不足 1 分钟", "17:00"},
		{"just overdue", "2026-11-25 17:00:00", "2026-11-25 17:00:01", components.FamilyLate, "逾期不足 1 个工作日", "11月25日"},
		{"overdue since the day before", "2026-11-25 17:00:00", "2026-11-26 08:00:00", components.FamilyLate, "逾期 1 个工作日", "11月25日"},
		{"a weekend does not count as late", "2026-11-27 17:00:00", "2026-11-29 12:00:00", components.FamilyLate, "逾期不足 1 个工作日", "11月27日"},
		{"Monday after a weekend", "2026-11-27 17:00:00", "2026-11-30 08:00:00", components.FamilyLate, "逾期 1 个工作日", "11月27日"},
		{"a due on a Sunday seen on Friday", "2026-11-29 17:00:00", "2026-11-27 18:00:00", components.FamilyDue, "剩不足 1 个工作日", "11月29日"},
		{"a holiday in between", "2026-10-08 17:00:00", "2026-09-30 10:00:00", components.FamilyDue, "剩 1 个工作日", "10月8日"},
		{"a Saturday that is worked counts", "2026-10-12 17:00:00", "2026-10-08 10:00:00", components.FamilyRun, "剩 3 个工作日", "10月12日"},
		{"late over a Saturday that is worked", "2026-10-09 17:00:00", "2026-10-11 10:00:00", components.FamilyLate, "逾期 1 个工作日", "10月9日"},
		{"the year where it is another, whose notice is not out", "2027-01-05 17:00:00", "2026-12-30 10:00:00", components.FamilyRun, "剩 4 个工作日", "2027年1月5日（暂定）"},
	}
	cal := testCalendar(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := dueClock(cal, models.At(at(t, c.due)), at(t, c.now))
			want := components.Due{Family: c.family, Text: c.text, Note: c.note}
			if got != want {
				t.Errorf("dueClock = %+v, want %+v", got, want)
			}
		})
	}
}

func TestDueClock_readsNowInThePortalsZone(t *testing.T) {
	due := models.At(at(t, "2026-11-25 17:00:00"))
	// 20:00 UTC on the 24th is 04:00 on the due day in Shanghai.
	if got := dueClock(testCalendar(t), due, time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)); got.Text != "剩 13 小时" {
		t.Errorf("text = %q", got.Text)
	}
}

func TestDueClock_noDue(t *testing.T) {
	if got := dueClock(testCalendar(t), 0, at(t, "2026-11-25 17:00:00")); got.Text != "未设期限" || got.Family != components.FamilyOff || got.Note != "" {
		t.Errorf("got %+v", got)
	}
}

func TestDueBox(t *testing.T) {
	due := models.At(at(t, "2026-11-25 17:00:00"))
	for now, want := range map[string]string{
		"2026-11-23 10:00:00": "截止 11月25日 17:00", "2026-11-25 10:00:00": "截止 11月25日 17:00", "2026-11-27 10:00:00": "应于 11月25日 17:00",
	} {
		if got := dueBox(testCalendar(t), due, at(t, now)); got.Note != want {
			t.Errorf("note at %s = %q, want %q", now, got.Note, want)
		}
	}
	if got := dueBox(testCalendar(t), 0, at(t, "2026-11-23 10:00:00")); got.Note != "" {
		t.Errorf("a clock without due notes %q", got.Note)
	}
}
