package filing_test

import (
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// TestDueHour_IsASettingForWhatIsDueFromNowOn: tasks that stand keep the hour that their units were told, also when the calendar
// moves them.
func TestDueHour_IsASettingForWhatIsDueFromNowOn(t *testing.T) {
	t.Parallel()
	early := func(cfg *portal.Config) { cfg.DueHour = 15 }
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		d := &desk{App: app, t: t, ctx: t.Context()}
		due := func(task string) string {
			t.Helper()
			return d.page(task).Task.DueAt.Time().Format("2006-01-02 15:04")
		}
		if got := due(zjj); got != "2026-11-25 17:00" {
			t.Errorf("a task that stood is due at %s", got)
		}
		_, err := d.Calendar.ChangeDay(d.ctx, d.As("office"), directory.DayInput{Day: "2026-11-25", Mark: models.DayOff, Name: "停工", Reason: "大风", Source: "文件"})
		d.ok(err)
		d.Work()
		if got := due(zjj); got != "2026-11-26 17:00" {
			t.Errorf("a task that stood is due at %s once the calendar moved it", got)
		}
		b := d.returned(zjj, "2026-11-20")
		if got := b.MendDueAt; got != models.Day("2026-11-20").At(15, 0) {
			t.Errorf("to be mended until %s", got.Time())
		}
		d.Clock.Set("2026-11-20", 16, 0)
		_, err = d.Filing.RaiseWaiver(d.ctx, d.As("office"), zjj, filing.WaiverInput{Kind: models.WaiverUnlock, Reason: "漏报", Until: "2026-11-20"})
		refused(t, err, fault.Invalid, "解锁期限应晚于现在")
		d.Clock.Set("2027-01-04", 9, 0)
		d.openPeriods()
		if got := due("ZJJ-02-202612"); got != "2027-01-25 15:00" {
			t.Errorf("a new task is due at %s", got)
		}
	}, early)
}
