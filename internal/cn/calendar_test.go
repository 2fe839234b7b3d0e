package cn_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"taxportal/internal/cn"
)

func day(t *testing.T, iso string) time.Time {
	t.Helper()
	d, ok := cn.ParseDay(iso)
	if !ok {
		t.Fatal(iso)
	}
	return d
}

// seedFile reads seed/calendar.yaml line by line; it knows just the layout that the file has.
func seedFile(t *testing.T) cn.CalendarFile {
	t.Helper()
	raw, err := os.ReadFile("../../seed/calendar.yaml")
	if err != nil {
		t.Fatal(err)
	}
	year := regexp.MustCompile(`^  - year: (\d{4})$`)
	span := regexp.MustCompile(`^      - \{name: (\S+), from: (\S+), to: ([\d-]+)(?:, work: \[(.*)\])?\}$`)
	var f cn.CalendarFile
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\n")
		if m := year.FindStringSubmatch(line); m != nil {
			d, _ := cn.ParseDay(m[1] + "-01-01")
			f.Years = append(f.Years, cn.CalendarYear{Year: d.Year()})
			continue
		}
		if len(f.Years) == 0 {
			continue
		}
		last := &f.Years[len(f.Years)-1]
		switch m := span.FindStringSubmatch(line); {
		case m != nil:
			s := cn.CalendarSpan{Name: m[1], From: m[2], To: m[3]}
			if m[4] != "" {
				s.Work = strings.Split(m[4], ", ")
			}
			last.Holidays = append(last.Holidays, s)
		case line == "    known: true":
			last.Known = true
		case strings.HasPrefix(line, "    source: "):
			last.Source = strings.TrimPrefix(line, "    source: ")
		case line != "    known: false" && line != "    holidays:":
			t.Fatalf("unforeseen line %q", line)
		}
	}
	return f
}

func seedCalendar(t *testing.T) *cn.Calendar {
	t.Helper()
	known, rows, err := seedFile(t).Rows()
	if err != nil {
		t.Fatal(err)
	}
	c, err := cn.NewCalendar(known, rows)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSeedCalendarFollowsTheNotices(t *testing.T) {
	f := seedFile(t)
	if len(f.Years) != 8 || f.Years[0].Year != 2020 {
		t.Fatalf("%d years from %d", len(f.Years), f.Years[0].Year)
	}
	free := map[int]int{2020: 30, 2021: 31, 2022: 31, 2023: 27, 2024: 28, 2025: 28, 2026: 33, 2027: 13}
	worked := map[int]int{2020: 6, 2021: 7, 2022: 7, 2023: 7, 2024: 8, 2025: 5, 2026: 6, 2027: 0}
	for _, y := range f.Years {
		if y.Source == "" || y.Known != (y.Year < 2027) {
			t.Errorf("%d: known %v, source %q", y.Year, y.Known, y.Source)
		}
		_, rows, err := cn.CalendarFile{Years: []cn.CalendarYear{y}}.Rows()
		if err != nil {
			t.Fatal(err)
		}
		n := map[cn.DayKind]int{}
		for _, r := range rows {
			n[r.Kind]++
		}
		if n[cn.DayHoliday] != free[y.Year] || n[cn.DayWorkday] != worked[y.Year] {
			t.Errorf("%d: %v, want %d free and %d worked", y.Year, n, free[y.Year], worked[y.Year])
		}
	}
}

func TestWorkdays(t *testing.T) {
	c := seedCalendar(t)
	for iso, want := range map[string]bool{
		"2026-09-30": true, "2026-10-01": false, "2026-10-07": false, "2026-10-08": true, "2026-10-10": true, // Saturday worked
		"2026-10-11": false, "2026-09-20": true, "2026-02-14": true, "2026-02-23": false, "2022-12-31": false, "2020-02-01": false,
		"2019-10-01": true, // a year without rows has weekends only
	} {
		if got := c.IsWorkday(day(t, iso)); got != want {
			t.Errorf("%s: %v", iso, got)
		}
	}
}

func TestAddWorkdays(t *testing.T) {
	c := seedCalendar(t)
	for _, x := range []struct {
		from string
		n    int
		due  string
	}{
		{"2026-09-29", 0, "2026-09-29"},
		{"2026-09-29", 1, "2026-09-30"},
		{"2026-09-29", 2, "2026-10-08"},
		{"2026-09-29", 4, "2026-10-10"}, // over the worked Saturday
		{"2026-09-29", 5, "2026-10-12"},
		{"2026-10-01", 1, "2026-10-08"}, // from a free day
		{"2026-10-12", -1, "2026-10-10"},
		{"2026-10-12", -3, "2026-10-08"},
		{"2026-10-12", -4, "2026-09-30"},
	} {
		got := c.AddWorkdays(day(t, x.from), x.n)
		if cn.FormatDay(got) != x.due {
			t.Errorf("%s + %d: %s, want %s", x.from, x.n, cn.FormatDay(got), x.due)
		}
		if back := c.WorkdaysBetween(day(t, x.from), got); x.n >= 0 && back != x.n {
			t.Errorf("%s to %s counts %d, want %d", x.from, x.due, back, x.n)
		}
	}
	late := time.Date(2026, 9, 29, 23, 30, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))
	if got := cn.FormatDay(c.AddWorkdays(late, 1)); got != "2026-09-30" {
		t.Errorf("the day is the one of the time's own zone, got %s", got)
	}
}

func TestNextWorkdayAndCounting(t *testing.T) {
	c := seedCalendar(t)
	for from, want := range map[string]string{"2026-10-01": "2026-10-08", "2026-10-08": "2026-10-08", "2026-10-11": "2026-10-12", "2026-10-10": "2026-10-10"} {
		if got := cn.FormatDay(c.NextWorkday(day(t, from))); got != want {
			t.Errorf("%s rolls to %s, want %s", from, got, want)
		}
	}
	for _, x := range []struct {
		from, to string
		n        int
	}{
		{"2026-09-30", "2026-09-30", 0}, {"2026-09-30", "2026-10-07", 0}, {"2026-09-30", "2026-10-08", 1}, {"2026-10-08", "2026-09-30", -1},
		{"2026-01-01", "2026-12-31", 248},
	} {
		if got := c.WorkdaysBetween(day(t, x.from), day(t, x.to)); got != x.n {
			t.Errorf("%s to %s: %d, want %d", x.from, x.to, got, x.n)
		}
	}
}

func TestProvisional(t *testing.T) {
	c := seedCalendar(t)
	for iso, want := range map[string]bool{
		"2026-11-25": false, "2026-12-24": false, "2026-12-25": true, "2026-12-31": true, "2027-01-04": true, "2025-12-31": false, "2019-06-03": true,
	} {
		if got := c.Provisional(day(t, iso)); got != want {
			t.Errorf("%s: %v", iso, got)
		}
	}
	if !c.Known(2026) || c.Known(2027) {
		t.Error("2026 is known, 2027 is not")
	}
}

func TestExplainTellsHowADueDateCameAbout(t *testing.T) {
	c := seedCalendar(t)
	days := c.Explain(day(t, "2026-09-30"), day(t, "2026-10-12"))
	want := map[string]string{
		"2026-09-30": "第 0 日", "2026-10-01": "国庆节放假", "2026-10-03": "国庆节放假", "2026-10-08": "第 1 个工作日", "2026-10-09": "第 2 个工作日",
		"2026-10-10": "第 3 个工作日（国庆节调休上班）", "2026-10-11": "周末", "2026-10-12": "第 4 个工作日",
	}
	if len(days) != 13 || days[0].Weekday != time.Wednesday || days[0].Count != 0 || days[12].Count != 4 {
		t.Fatalf("%d days, %+v … %+v", len(days), days[0], days[len(days)-1])
	}
	for _, d := range days {
		if label, ok := want[d.Day]; ok && d.Label() != label {
			t.Errorf("%s: %s, want %s", d.Day, d.Label(), label)
		}
	}
	if got := c.Explain(day(t, "2026-10-12"), day(t, "2026-10-11")); got != nil {
		t.Errorf("backwards: %v", got)
	}
	if got := c.Explain(day(t, "2026-10-12"), day(t, "9999-12-31")); len(got) != 3660 {
		t.Errorf("endless: %d days", len(got))
	}
	if d := c.Explain(day(t, "2026-12-30"), day(t, "2027-01-01")); !d[2].Provisional || d[2].Label() != "元旦放假" {
		t.Errorf("New Year 2027: %+v", d[2])
	}
}

func TestCalendarRefusesBadRows(t *testing.T) {
	for name, rows := range map[string][]cn.CalendarRow{
		"no day":       {{Day: "2026-02-30", Kind: cn.DayHoliday}},
		"unknown kind": {{Day: "2026-02-03", Kind: "half"}},
		"twice":        {{Day: "2026-02-03", Kind: cn.DayHoliday}, {Day: "2026-02-03", Kind: cn.DayWorkday}},
	} {
		if _, err := cn.NewCalendar(nil, rows); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	for name, span := range map[string]cn.CalendarSpan{
		"backwards":      {From: "2026-10-07", To: "2026-10-01"},
		"too long":       {From: "2026-10-01", To: "2026-11-01"},
		"no day":         {From: "2026-10-01", To: "2026-10-32"},
		"worked weekday": {From: "2026-10-01", To: "2026-10-07", Work: []string{"2026-10-09"}},
	} {
		f := cn.CalendarFile{Years: []cn.CalendarYear{{Year: 2026, Holidays: []cn.CalendarSpan{span}}}}
		if _, _, err := f.Rows(); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
