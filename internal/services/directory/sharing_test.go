package directory_test

import (
	"fmt"
	"strings"
	"testing"

	"taxportal/internal/audit"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

func TestSetSharing_ByMonthsAndNeverBackwards(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx := t.Context()
		set := func(as, area string, in directory.SharingInput) error {
			in.Version = group(t, app, "371502").Group.Version
			return app.Directory.SetSharing(ctx, app.As(as), area, in)
		}
		spans := func() string {
			var list []string
			for _, m := range group(t, app, "371502").Sharing { // newest first
				list = append(list, fmt.Sprintf("%s %s-%s", m.Mode, m.FromMonth, m.ToMonth))
			}
			return strings.Join(list, ", ")
		}
		must(t, set("office.dcf", "371502", directory.SharingInput{Mode: models.SharingSummary, From: "2026-12", Why: "区领导小组决定"}))
		must(t, set("office.dcf", "371502", directory.SharingInput{Mode: models.SharingOwn, From: "2027-03", Why: "区级系统上线"}))
		if got := spans(); got != "own 2027-03-, summary 2026-12-2027-02" {
			t.Errorf("modes %s", got)
		}
		must(t, set("office", "371502", directory.SharingInput{Mode: models.SharingPortal, From: "2027-01", Why: "改用市级平台"}))
		if got := spans(); got != "portal 2027-01-, summary 2026-12-2026-12" {
			t.Errorf("what was set for later is overtaken: %s", got)
		}
		for name, c := range map[string]struct {
			in   directory.SharingInput
			want string
		}{
			"backwards":   {directory.SharingInput{Mode: models.SharingOwn, From: "2026-10", Why: "x"}, "from"},
			"a quarter":   {directory.SharingInput{Mode: models.SharingOwn, From: "2027-Q1", Why: "x"}, "from"},
			"a year":      {directory.SharingInput{Mode: models.SharingOwn, From: "2027", Why: "x"}, "from"},
			"month 13":    {directory.SharingInput{Mode: models.SharingOwn, From: "2027-13", Why: "x"}, "from"},
			"no change":   {directory.SharingInput{Mode: models.SharingPortal, From: "2027-02", Why: "x"}, "mode"},
			"nothing":     {directory.SharingInput{}, "mode from why"},
			"no such way": {directory.SharingInput{Mode: "post", From: "2027-02", Why: "x"}, "mode"},
		} {
			t.Run(name, func(t *testing.T) { wantFields(t, set("office", "371502", c.in), strings.Fields(c.want)...) })
		}
		err := app.Directory.SetSharing(ctx, app.As("office"), "371500", directory.SharingInput{Mode: models.SharingOwn, From: "2027-02", Why: "x", Version: 1})
		wantKind(t, err, fault.Locked, "市本级")
		if b := group(t, app, "371500").Below; b[0].Area.Code != "371502" || b[0].Sharing != models.SharingPortal {
			t.Errorf("November still goes by the portal: %+v", b[0])
		}
		app.Clock.Set("2026-12-15", 9, 0)
		if b := group(t, app, "371500").Below; b[0].Sharing != models.SharingSummary {
			t.Errorf("December goes by a summary: %+v", b[0])
		}
	})
}

// TestSharing_KeepsACountyOutOfTheCitysRate: a county that goes its own way is neither missing nor seen, and owes no uploads;
// what was owed before stays (plan 二(三), last sentence; permissions.md, last paragraph).
func TestSharing_KeepsACountyOutOfTheCitysRate(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx := t.Context()
		county := unit(t, app, "dcf")
		const give = `UPDATE catalogue_items SET unit_id = ? WHERE code = 'fgw-05'`
		must(t, app.DB.Write.Exec(give, county.ID).Error)
		must(t, app.DB.Write.Exec(`UPDATE filing_tasks SET unit_id = ? WHERE code LIKE 'FGW-05-%'`, county.ID).Error)
		must(t, app.Directory.SetSharing(ctx, app.As("office.dcf"), "371502", directory.SharingInput{Mode: models.SharingOwn, From: "2026-11", Why: "区领导小组决定", Version: 1}))
		app.Clock.Set("2027-01-10", 9, 0)
		_, err := app.Filing.OpenPeriods(ctx)
		must(t, err)

		months := func(who string) string {
			rows, _, err := app.Filing.Tasks(ctx, app.As(who), filing.TaskFilter{Unit: "dcf", Page: 1, Size: 50, Sort: "due"})
			must(t, err)
			var list []string
			for _, r := range rows {
				list = append(list, r.Task.Month)
			}
			return strings.Join(list, " ")
		}
		if got := months("office"); got != "2026-10" {
			t.Errorf("the city's Office sees the county's tasks of %s", got)
		}
		for _, who := range []string{"office.dcf", "liaison.dcf"} { // November was written before and is exempt
			if got := months(who); got != "2026-10 2026-11" {
				t.Errorf("%s sees %s", who, got)
			}
		}
		for who, want := range map[string]int{"office": 1, "leader": 1, "office.dcf": 1} { // October alone is overdue
			m, err := app.Filing.Matrix(ctx, app.As(who), filing.MatrixFilter{Text: "东昌府区财政局"})
			must(t, err)
			if m.Missing != want {
				t.Errorf("%s counts %d overdue tasks of the county, want %d", who, m.Missing, want)
			}
		}
		_, err = app.Filing.Page(ctx, app.As("office"), "fgw-05-202611", "")
		wantKind(t, err, fault.NotFound)
		_, err = app.Filing.Page(ctx, app.As("office"), "fgw-05-202610", "")
		must(t, err)
		_, err = app.Filing.Page(ctx, app.As("office.dcf"), "fgw-05-202611", "")
		must(t, err)
	})
}

// TestSharing_TasksFollowTheCountysChoice: a county that goes its own way owes nothing for those months, one that files
// through the portal does. What is written already is taken back, unless something was filed; what people exempted stays
// exempt; and what was taken back is owed again when the county returns.
func TestSharing_TasksFollowTheCountysChoice(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx := t.Context()
		county := unit(t, app, "dcf")
		for _, code := range []string{"FGW-05", "ZJJ-02", "ZRZY-01"} {
			must(t, app.DB.Write.Exec(`UPDATE catalogue_items SET unit_id = ? WHERE code = ?`, county.ID, strings.ToLower(code)).Error)
			must(t, app.DB.Write.Exec(`UPDATE filing_tasks SET unit_id = ? WHERE code LIKE ?`, county.ID, code+"-%").Error)
		}
		set := func(mode models.Sharing, from string) {
			t.Helper()
			must(t, app.Directory.SetSharing(ctx, app.As("office.dcf"), "371502", directory.SharingInput{Mode: mode, From: from, Why: "区领导小组决定",
				Version: group(t, app, "371502").Group.Version}))
		}
		task := func(code string) *filing.TaskPage {
			t.Helper()
			p, err := app.Filing.Page(ctx, app.As("office.dcf"), code, "")
			must(t, err)
			return p
		}
		open := func() int {
			t.Helper()
			n, err := app.Filing.OpenPeriods(ctx)
			must(t, err)
			return n
		}
		w, err := app.Filing.RaiseWaiver(ctx, app.As("liaison.dcf"), "ZRZY-01-202611", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "系统改造"})
		must(t, err)
		must(t, app.DB.Write.Exec(`INSERT INTO batches (code, task_id, unit_id, no, kind, state, created_by, created_name, created_at)
			SELECT 'ZJJ-02-202611-1', id, unit_id, 1, 'nil', 'filed', 1, '', 0 FROM filing_tasks WHERE code = 'ZJJ-02-202611'`).Error)

		set(models.SharingOwn, "2026-11")
		taken := task("FGW-05-202611")
		if taken.Standing != models.StandingExempt || len(taken.Waivers) != 1 || taken.Waivers[0].State != models.WaiverGranted ||
			!strings.Contains(taken.Waivers[0].Reason, "本县自行共享") || !strings.Contains(taken.Waivers[0].Reason, "区领导小组决定") {
			t.Errorf("November: %s with %+v", taken.Standing, taken.Waivers)
		}
		if page, err := app.Filing.Waiver(ctx, app.As("liaison.dcf"), taken.Waivers[0].Code); err != nil || len(page.History) != 1 || page.History[0].ActorName != "系统" {
			t.Errorf("the history of the exemption: %+v, %v", page.History, err)
		}
		if asked := task("ZRZY-01-202611"); asked.Standing != models.StandingExempt || len(asked.Waivers) != 1 || asked.Waivers[0].Code != w.Code {
			t.Errorf("what was asked for already: %s with %+v", asked.Standing, asked.Waivers)
		}
		if filed := task("ZJJ-02-202611"); filed.Task.ExemptedAt != 0 {
			t.Error("what was filed was taken back")
		}
		if before := task("FGW-05-202610"); before.Task.ExemptedAt != 0 {
			t.Error("a month before the choice was taken back")
		}

		app.Clock.Set("2026-12-05", 9, 0)
		if n := open(); n != 0 {
			t.Errorf("%d tasks are owed for December", n)
		}
		set(models.SharingSummary, "2027-01") // again not by the portal
		app.Clock.Set("2027-01-05", 9, 0)
		if n := open(); n != 0 {
			t.Errorf("%d tasks are owed for January", n)
		}
		set(models.SharingPortal, "2027-01")
		if n := open(); n != 3 {
			t.Errorf("%d tasks are owed after the return, want January of three items", n)
		}
		set(models.SharingOwn, "2027-01")
		if back := task("FGW-05-202701"); back.Standing != models.StandingExempt {
			t.Errorf("January is %s", back.Standing)
		}
		set(models.SharingPortal, "2027-01")
		again := task("FGW-05-202701")
		if again.Task.ExemptedAt != 0 || len(again.Messages) != 1 || again.Messages[0].Author != "系统" {
			t.Errorf("January after the correction: exempt %d, %+v", again.Task.ExemptedAt, again.Messages)
		}
		if task("FGW-05-202611").Task.ExemptedAt == 0 {
			t.Error("November is owed again, which was not given back")
		}
		if n := open(); n != 0 {
			t.Errorf("%d tasks more", n)
		}
		proof, err := audit.Verify(ctx, app.DB)
		if err != nil || proof.Broken != 0 {
			t.Errorf("audit chain %+v, %v", proof, err)
		}
	})
}
