package directory_test

import (
	"fmt"
	"strings"
	"testing"

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

// TestSharing_KeepsACountyOutOfTheCitysRate: a county that goes its own way is neither missing nor seen; for its own people
// nothing changes (plan 二(三), last sentence; permissions.md, last paragraph).
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
		if got := months("office.dcf"); got != "2026-10 2026-11 2026-12 2027-01" {
			t.Errorf("the county's Office sees %s", got)
		}
		if got := months("liaison.dcf"); got != "2026-10 2026-11 2026-12 2027-01" {
			t.Errorf("the county's unit sees %s", got)
		}
		for who, want := range map[string]int{"office": 1, "leader": 1, "office.dcf": 2} { // overdue: October for the city; November too for the county
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
