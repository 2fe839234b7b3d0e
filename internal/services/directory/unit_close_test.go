package directory_test

import (
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

func TestCloseUnit_NothingVanishes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office, p := t.Context(), app.As("office"), unit(t, app, "fgw")
		must(t, app.Directory.CloseUnit(ctx, office, "fgw", directory.CloseInput{Day: testkit.Today, Into: "gx", Why: "机构改革", Version: p.Version}))

		closed := unit(t, app, "fgw")
		if !closed.Closed() || closed.ValidTo != "2026-11-09" || closed.MergedInto == nil || closed.MergedInto.Code != "gx" || closed.ClosedWhy != "机构改革" {
			t.Errorf("closed unit %+v", closed.Unit)
		}
		if closed.Contact == nil || len(closed.People) != 2 || closed.Rest.Accounts != 2 || len(closed.Rest.Items) != 5 || len(closed.Rest.Seats) != 1 {
			t.Errorf("left of it: contact %v, %d people, %+v", closed.Contact, len(closed.People), closed.Rest)
		}
		if heir := unit(t, app, "gx"); len(heir.MergedFrom) != 1 || heir.MergedFrom[0].Code != "fgw" {
			t.Errorf("the heir names %+v", heir.MergedFrom)
		}
		open, err := app.Filing.Unsettled(ctx, office, closed.Unit)
		must(t, err)
		if len(open) != 2 { // October and November
			t.Fatalf("%d open tasks", len(open))
		}
		if got := codes(t, app, "office", directory.UnitFilter{Status: directory.UnitsClosed}); got != "fgw" {
			t.Errorf("closed units: %s", got)
		}

		app.Clock.Set("2026-12-05", 9, 0)
		_, err = app.Filing.OpenPeriods(ctx)
		must(t, err)
		if later, err := app.Filing.Unsettled(ctx, office, closed.Unit); err != nil || len(later) != 2 {
			t.Errorf("a closed unit owes %d tasks, %v", len(later), err)
		}
		wantKind(t, app.Directory.EditUnit(ctx, office, "fgw", directory.UnitInput{Version: closed.Version}), fault.Locked, "撤并")
		wantKind(t, app.Directory.SetContact(ctx, office, "fgw", directory.ContactInput{Version: closed.Version}), fault.Locked)
		wantKind(t, app.Directory.CloseUnit(ctx, office, "fgw", directory.CloseInput{Version: closed.Version}), fault.Locked)

		must(t, app.Directory.ReopenUnit(ctx, office, "fgw", "文件有误", closed.Version))
		back := unit(t, app, "fgw")
		if back.Closed() || back.MergedInto != nil || back.ValidTo != "" || back.ClosedWhy != "" || len(back.Changes) != 4 {
			t.Errorf("reopened %+v with history %+v", back.Unit, back.Changes)
		}
		if n, err := app.Filing.OpenPeriods(ctx); err != nil || n == 0 {
			t.Errorf("a reopened unit owes nothing new: %d, %v", n, err)
		}
	})
}

func TestCloseUnit_SaysWhatIsWrong(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, version := t.Context(), unit(t, app, "cl").Version
		closing := func(as, code string, in directory.CloseInput) error {
			in.Version = version
			return app.Directory.CloseUnit(ctx, app.As(as), code, in)
		}
		good := directory.CloseInput{Day: testkit.Today, Why: "机构改革"}
		wantFields(t, closing("office", "cl", directory.CloseInput{}), "day", "why")
		wantFields(t, closing("office", "cl", directory.CloseInput{Day: "2026-11-11", Why: "x"}), "day")
		wantFields(t, closing("office", "cl", directory.CloseInput{Day: "gestern", Why: "x"}), "day")
		for _, into := range []string{"cl", "nobody", "office", "ga-xx"} {
			wantFields(t, closing("office", "cl", directory.CloseInput{Day: testkit.Today, Why: "x", Into: into}), "into")
		}
		wantKind(t, closing("office", "ga", good), fault.Locked, "市公安局交警部门")
		wantKind(t, closing("office", "office-gt", good), fault.Locked, "随区划设立")
		wantKind(t, closing("office", "system", good), fault.Locked)
		wantKind(t, closing("office.gt", "cl", good), fault.NotFound)
		wantKind(t, closing("liaison.zjj", "cl", good), fault.Forbidden)
		wantKind(t, app.Directory.ReopenUnit(ctx, app.As("office"), "cl", "x", version), fault.Locked, "没有撤并")

		version = 99
		wantKind(t, closing("office", "cl", good), fault.Conflict)
		version = 1
		must(t, closing("office", "cl", good))
		wantFields(t, app.Directory.ReopenUnit(ctx, app.As("office"), "cl", " ", 2), "why")
		wantKind(t, app.Directory.ReopenUnit(ctx, app.As("office.gt"), "cl", "x", 2), fault.NotFound)

		must(t, app.Directory.CloseUnit(ctx, app.As("office"), "ga-jj", directory.CloseInput{Day: testkit.Today, Why: "x", Version: 1}))
		must(t, app.Directory.CloseUnit(ctx, app.As("office"), "ga", directory.CloseInput{Day: testkit.Today, Why: "x", Version: 1}))
		wantKind(t, app.Directory.ReopenUnit(ctx, app.As("office"), "ga-jj", "x", 2), fault.Locked, "隶属单位")
	})
}

// TestTransfer lets the Office give what a closed unit owed to the unit that took over its work.
func TestTransfer(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		wantKind(t, app.Filing.Transfer(ctx, office, "fgw-05-202611", "合并"), fault.Locked, "没有并入")
		file := app.File("坏文件.csv", []byte("a,b\n1,2\n"))
		_, err := app.Filing.Upload(ctx, app.As("liaison.fgw"), "fgw-05-202610", []filing.UploadedFile{file})
		must(t, err)
		must(t, app.Directory.CloseUnit(ctx, office, "fgw", directory.CloseInput{Day: testkit.Today, Into: "zjj", Why: "机构改革", Version: 1}))
		closed := unit(t, app, "fgw")

		wantKind(t, app.Filing.Transfer(ctx, office, "fgw-05-202610", "合并"), fault.Locked, "已有上传记录")
		wantFields(t, app.Filing.Transfer(ctx, office, "fgw-05-202611", " "), "why")
		wantKind(t, app.Filing.Transfer(ctx, app.As("liaison.zjj"), "fgw-05-202611", "合并"), fault.Forbidden)
		wantKind(t, app.Filing.Transfer(ctx, app.As("office.dcf"), "fgw-05-202611", "合并"), fault.NotFound)
		must(t, app.Filing.Transfer(ctx, office, "FGW-05-202611", "合并"))
		if p, err := app.Filing.Page(ctx, app.As("liaison.zjj"), "fgw-05-202611", ""); err != nil || !p.CanFile || p.Task.Unit.Code != "zjj" {
			t.Errorf("the heir files: %v", err)
		}
		_, err = app.Filing.Page(ctx, app.As("liaison.fgw"), "fgw-05-202611", "")
		wantKind(t, err, fault.NotFound)

		_, err = app.Catalogue.Transfer(ctx, office, closed.Unit, "")
		wantFields(t, err, "why")
		_, err = app.Catalogue.Transfer(ctx, office, unit(t, app, "gx").Unit, "合并")
		wantKind(t, err, fault.Locked)
		_, err = app.Catalogue.Transfer(ctx, app.As("liaison.zjj"), closed.Unit, "合并")
		wantKind(t, err, fault.Forbidden)
		n, err := app.Catalogue.Transfer(ctx, office, closed.Unit, "合并")
		if err != nil || n != 5 {
			t.Fatalf("%d items, %v", n, err)
		}
		app.Clock.Set("2026-12-05", 9, 0)
		_, err = app.Filing.OpenPeriods(ctx)
		must(t, err)
		if p, err := app.Filing.Page(ctx, app.As("liaison.zjj"), "fgw-05-202612", ""); err != nil || p.Task.UnitID != unit(t, app, "zjj").ID {
			t.Errorf("the heir owes what follows: %v", err)
		}
		if rest := unit(t, app, "fgw").Rest; len(rest.Items) != 0 || rest.Accounts != 2 {
			t.Errorf("left: %+v", rest)
		}
		var duties int
		for _, d := range must1(app.Catalogue.Duties(ctx, models.Unit{Path: unit(t, app, "zjj").Path})) {
			if d.Item.Code == "fgw-05" {
				duties++
			}
		}
		if duties != 1 {
			t.Errorf("the heir's list names it %d times", duties)
		}
	})
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
