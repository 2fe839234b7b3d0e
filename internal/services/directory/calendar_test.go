package directory_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"taxportal/internal/audit"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/directory"
	"taxportal/internal/testkit"
)

// diary is a portal whose Office keeps the working calendar.
type diary struct {
	*testkit.App
	t *testing.T
}

func eachDiary(t *testing.T, fn func(t *testing.T, d *diary)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		fn(t, &diary{app, t})
		proof, err := audit.Verify(t.Context(), app.DB)
		if err != nil || proof.Broken != 0 {
			t.Errorf("audit chain: %+v, %v", proof, err)
		}
	})
}

func (d *diary) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// revision is the calendar's that a page would show now.
func (d *diary) revision() int64 {
	d.t.Helper()
	p, err := d.Calendar.Year(d.t.Context(), d.As("office"), 2026)
	d.ok(err)
	return p.Revision
}

func (d *diary) day(day models.Day, mark models.DayMark) (*models.CalendarChange, error) {
	d.t.Helper()
	return d.Calendar.ChangeDay(d.t.Context(), d.As("office"), directory.DayInput{Day: day, Mark: mark, Name: "暴雪停工", Reason: "暴雪红色预警，全市停工",
		Source: "聊政办发电〔2026〕9号", Revision: d.revision()})
}

func (d *diary) mustDay(day models.Day, mark models.DayMark) *models.CalendarChange {
	d.t.Helper()
	c, err := d.day(day, mark)
	d.ok(err)
	return c
}

// dues are the due and lock of every task, as stored.
func (d *diary) dues() map[string]string {
	d.t.Helper()
	var tasks []models.FilingTask
	d.ok(d.DB.Read.Order("id").Find(&tasks).Error)
	all := map[string]string{}
	for _, t := range tasks {
		all[t.Code] = t.DueAt.Time().Format("2006-01-02 15:04") + " " + t.LockAt.Time().Format("2006-01-02 15:04") + " " + t.Month
	}
	return all
}

func (d *diary) task(code string) models.FilingTask {
	d.t.Helper()
	var task models.FilingTask
	d.ok(d.DB.Read.Where("code = ?", code).Take(&task).Error)
	return task
}

const zjj = "ZJJ-02-202610" // due on Wednesday, 25 November 2026

func TestChangeDay_TheDueDatesOfOpenTasksFollowAndSayWhy(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		before := d.dues()
		c := d.mustDay("2026-11-25", models.DayOff)
		if c.Moved != 3 || c.State != models.CalendarDone || c.What != "2026年11月25日（周三）由工作日改为放假" {
			t.Errorf("%+v", c)
		}
		if got := d.dues()[zjj]; got != "2026-11-26 17:00 2026-12-27 00:00 2026-10" || before[zjj] != "2026-11-25 17:00 2026-12-26 00:00 2026-10" {
			t.Errorf("from %s to %s", before[zjj], got)
		}
		if got := d.dues()["ZJJ-02-202611"]; got != before["ZJJ-02-202611"] {
			t.Errorf("November: %s", got)
		}
		page, err := d.Filing.Page(t.Context(), d.As("liaison.zjj"), zjj, "")
		d.ok(err)
		if len(page.Dues) != 1 || page.Dues[0].Change.Because() != "因 2026年11月25日（周三）由工作日改为放假（暴雪红色预警，全市停工）" ||
			page.Dues[0].FromDue.Day() != "2026-11-25" || page.Dues[0].ToDue.Day() != "2026-11-26" {
			t.Errorf("the page says %+v", page.Dues)
		}
		var entry models.AuditEntry
		d.ok(d.DB.Read.Where("object = 'calendar'").Take(&entry).Error)
		if entry.Action != "change_day" || entry.ActorName != "赵敏" || entry.Reason != "暴雪红色预警，全市停工" || !strings.Contains(entry.Detail, "3 项任务的期限随之调整") {
			t.Errorf("audit %+v", entry)
		}
		cal, err := d.Directory.Calendar(t.Context())
		d.ok(err)
		if cal.IsWorkday(models.Day("2026-11-25").Time()) {
			t.Error("the calendar in memory is the old one")
		}
	})
}

func TestChangeDay_TakenBackEverythingIsAsBefore(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		before := d.dues()
		d.mustDay("2026-11-25", models.DayOff)
		c := d.mustDay("2026-11-25", models.DayNormal)
		if after := d.dues(); fmt.Sprint(after) != fmt.Sprint(before) || c.What != "2026年11月25日（周三）由放假改为工作日" {
			t.Errorf("%s\nbefore %v\nafter  %v", c.What, before, after)
		}
	})
}

// TestChangeDay_ShiftingAndShiftingBackGivesTheSameDues is the property, over changes at random that are taken back in
// another order than they were made.
func TestChangeDay_ShiftingAndShiftingBackGivesTheSameDues(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		random := rand.New(rand.NewPCG(2026, 11))
		before := d.dues()
		for round := range 6 {
			var changed []models.Day
			for len(changed) < 6 {
				day := models.Day("2026-11-20").AddDays(random.IntN(50))
				if wd := day.Time().Weekday(); wd == time.Saturday || wd == time.Sunday {
					if _, err := d.day(day, models.DayWork); err != nil {
						continue
					}
				} else if _, err := d.day(day, models.DayOff); err != nil {
					continue
				}
				changed = append(changed, day)
			}
			moved := d.dues()
			cal, err := d.Directory.Calendar(t.Context())
			d.ok(err)
			for code := range moved {
				if task := d.task(code); !cal.IsWorkday(task.DueAt.Time()) || task.DueAt < task.DueOn.At(17, 0) {
					t.Errorf("round %d: %s is due on %s, reckoned from %s", round, code, task.DueAt.Day(), task.DueOn)
				}
			}
			random.Shuffle(len(changed), func(i, j int) { changed[i], changed[j] = changed[j], changed[i] })
			for _, day := range changed {
				d.mustDay(day, models.DayNormal)
			}
			if after := d.dues(); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Fatalf("round %d, %v:\nbefore %v\nafter  %v", round, changed, before, after)
			}
		}
	})
}

func TestChangeDay_ClosedTasksStayAsTheyAre(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		for _, set := range []string{
			"UPDATE filing_tasks SET first_filed_at = 1, on_time = true WHERE code = 'ZJJ-02-202610'", // accepted
			"UPDATE filing_tasks SET exempted_at = 1 WHERE code = 'FGW-05-202610'",
			"UPDATE filing_tasks SET lock_at = 1 WHERE code = 'ZRZY-01-202610'",
		} {
			d.ok(d.DB.Write.Exec(set).Error)
		}
		before := d.dues()
		c := d.mustDay("2026-11-25", models.DayOff)
		if after := d.dues(); c.Moved != 0 || fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%d moved:\nbefore %v\nafter  %v", c.Moved, before, after)
		}
		d.ok(d.DB.Write.Exec("UPDATE filing_tasks SET unlocked_until = ? WHERE code = 'ZRZY-01-202610'", models.Day("2027-01-01").At(17, 0)).Error)
		if c := d.mustDay("2026-11-26", models.DayOff); c.Moved != 1 {
			t.Errorf("%d moved, want the one that is unlocked", c.Moved)
		}
	})
}

func TestChangeDay_ADueThatSomebodyChoseStays(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		d.ok(d.DB.Write.Exec("UPDATE filing_tasks SET due_on = '' WHERE code = ?", zjj).Error)
		if c := d.mustDay("2026-11-25", models.DayOff); c.Moved != 2 || d.task(zjj).DueAt.Day() != "2026-11-25" {
			t.Errorf("%d moved", c.Moved)
		}
	})
}

func TestChangeDay_NobodyBecomesLateAfterTheEvent(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		d.mustDay("2026-11-25", models.DayOff)
		d.Clock.Set("2026-11-26", 9, 0) // the day on which it is due now
		c := d.mustDay("2026-11-25", models.DayNormal)
		if got := d.task(zjj).DueAt.Day(); c.Moved != 0 || got != "2026-11-26" {
			t.Errorf("%d moved, due %s: the 25th has passed", c.Moved, got)
		}
		d.Clock.Set("2026-11-27", 9, 0)
		if c := d.mustDay("2026-11-26", models.DayOff); c.Moved != 0 { // reckoned from the 25th, which is worked again
			t.Errorf("%d moved", c.Moved)
		}
	})
}

func TestChangeDay_WhatIsMissedMayStillBeSaved(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		d.Clock.Set("2026-11-26", 9, 0)
		page, err := d.Filing.Page(t.Context(), d.As("liaison.zjj"), zjj, "")
		d.ok(err)
		if page.Standing != models.StandingOverdue {
			t.Fatalf("%s on the day after", page.Standing)
		}
		d.mustDay("2026-11-25", models.DayOff) // declared a day late
		if page, err = d.Filing.Page(t.Context(), d.As("liaison.zjj"), zjj, ""); err != nil || page.Standing != models.StandingOpen {
			t.Errorf("%v: %s", err, page.Standing)
		}
	})
}

func TestChangeDay_RefusesWhatMakesNoSense(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		good := directory.DayInput{Day: "2026-11-25", Mark: models.DayOff, Name: "停工", Reason: "暴雪", Source: "文件", Revision: d.revision()}
		for field, c := range map[string]struct {
			spoil func(in *directory.DayInput)
			want  string
		}{
			"day":    {func(in *directory.DayInput) { in.Day = "2026-02-30" }, "请填写日期"},
			"day ":   {func(in *directory.DayInput) { in.Day = "2019-11-25" }, "只能调整 2020年至2028年"},
			"day  ":  {func(in *directory.DayInput) { in.Day = "2029-11-26" }, "只能调整"},
			"mark":   {func(in *directory.DayInput) { in.Mark = "evil" }, "请选择"},
			"mark ":  {func(in *directory.DayInput) { in.Mark = models.DayWork }, "这一天是周三"},
			"mark  ": {func(in *directory.DayInput) { in.Mark = models.DayNormal }, "现在就是“工作日”"},
			"name":   {func(in *directory.DayInput) { in.Name = " " }, "请填写放假的名称"},
			"reason": {func(in *directory.DayInput) { in.Reason = "" }, "请填写调整的理由"},
			"source": {func(in *directory.DayInput) { in.Source = strings.Repeat("字", 201) }, "最多 200 字"},
		} {
			in := good
			c.spoil(&in)
			_, err := d.Calendar.ChangeDay(t.Context(), d.As("office"), in)
			if fields, ok := fault.Fields(err); !ok || !strings.Contains(fields[strings.TrimSpace(field)], c.want) {
				t.Errorf("%s: %v", field, fields)
			}
		}
		for user, want := range map[string]string{"liaison.zjj": "没有这项权限", "leader": "没有这项权限", "auditor": "没有这项权限", "office.dcf": "全市一本"} {
			_, err := d.Calendar.ChangeDay(t.Context(), d.As(user), good)
			if message, _ := fault.Message(err); !fault.Is(err, fault.Forbidden) || !strings.Contains(message, want) {
				t.Errorf("%s: %v", user, err)
			}
		}
		d.mustDay("2026-11-26", models.DayOff)
		if _, err := d.Calendar.ChangeDay(t.Context(), d.As("office2"), good); !fault.Is(err, fault.Conflict) {
			t.Errorf("on a page that is out of date: %v", err)
		}
		if _, err := d.Calendar.Year(t.Context(), d.As("office"), 2040); !fault.Is(err, fault.NotFound) {
			t.Errorf("a year out of reach: %v", err)
		}
		if _, err := d.Calendar.Year(t.Context(), d.As("bank"), 2026); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an outside body: %v", err)
		}
	})
}

func TestChangeDay_ManyTasksFollowByAJob(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		const many = 1203
		d.ok(d.DB.Write.Exec(fmt.Sprintf(`INSERT INTO catalogue_items (code, unit_id, name, plan_words, cycle, due_days, lock_days)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT 'x-' || i, c.unit_id, 'x', 'x', 'month', c.due_days, c.lock_days FROM n, catalogue_items c WHERE c.code = 'zjj-02'`, many)).Error)
		d.ok(d.DB.Write.Exec(`INSERT INTO filing_tasks (code, item_id, unit_id, period, month, template_version_id, opens_at, due_on, due_at, lock_at)
			SELECT upper(i.code), i.id, t.unit_id, t.period, t.month, t.template_version_id, t.opens_at, t.due_on, t.due_at, t.lock_at
			FROM catalogue_items i, filing_tasks t WHERE i.code LIKE 'x-%' AND t.code = ?`, zjj).Error)
		c := d.mustDay("2026-11-25", models.DayOff)
		if c.State != models.CalendarFollowing || d.task(zjj).DueAt.Day() != "2026-11-25" {
			t.Fatalf("%s, %d moved at once", c.State, c.Moved)
		}
		d.Work()
		change, rows, total, err := d.Calendar.Change(t.Context(), d.As("office"), c.ID, directory.MovedFilter{Size: 20})
		d.ok(err)
		if change.State != models.CalendarDone || change.Moved != many+3 || total != many+3 || len(rows) != 20 {
			t.Errorf("%s, %d moved, %d listed", change.State, change.Moved, total)
		}
		var left int64
		d.ok(d.DB.Read.Model(&models.FilingTask{}).Where("due_at = ?", models.Day("2026-11-25").At(17, 0)).Count(&left).Error)
		if left != 0 {
			t.Errorf("%d tasks stayed behind", left)
		}
		// A job that was lost is queued again, and has nothing left to do.
		d.ok(d.DB.Write.Exec("UPDATE calendar_changes SET state = 'following'").Error)
		d.ok(d.Calendar.Resume(t.Context()))
		d.Work()
		if change, _, _, err = d.Calendar.Change(t.Context(), d.As("office"), c.ID, directory.MovedFilter{}); err != nil || change.State != models.CalendarDone || change.Moved != many+3 {
			t.Errorf("%v: %s, %d moved", err, change.State, change.Moved)
		}
	})
}

func TestOpenPeriods_WritesDuesByTheCalendarAsItIs(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		if _, err := d.Directory.Calendar(t.Context()); err != nil { // another replica's, read a moment ago
			t.Fatal(err)
		}
		d.ok(d.DB.Write.Create(&models.Holiday{Day: "2027-01-25", Name: "停工", Notice: 2027}).Error)
		d.Clock.Set("2026-12-01", 9, 0)
		_, err := d.Filing.OpenPeriods(t.Context())
		d.ok(err)
		if task := d.task("ZJJ-02-202612"); task.DueOn != "2027-01-25" || task.DueAt.Day() != "2027-01-26" {
			t.Errorf("reckoned from %s, due %s", task.DueOn, task.DueAt.Day())
		}
	})
}
