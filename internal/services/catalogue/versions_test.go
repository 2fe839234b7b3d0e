package catalogue_test

import (
	"slices"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/testkit"
	"taxportal/seed"
)

// publish publishes zjj-02 anew with one more field, in force from the period.
func publish(t *testing.T, app *testkit.App, field string, from models.Period) {
	t.Helper()
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	def, _ := plan.Template("zjj-02")
	def.Fields = append(slices.Clone(def.Fields), models.Field{Code: field, Name: "备注" + field, Type: models.TypeText, Caliber: "需要说明的情况", MaxLen: 200})
	if _, err := app.Catalogue.Publish(t.Context(), models.SystemActor, def, from); err != nil {
		t.Fatal(err)
	}
}

func TestVersion_InForceIsTheNewestWhosePeriodHasBegun(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		actor := app.As("leader")
		publish(t, app, "quarterly", "2026-Q4") // began in October; as text it stands behind 2026-11
		publish(t, app, "later", "2027-01")
		for _, c := range []struct {
			day  models.Day
			want int
		}{{"2026-11-10", 2}, {"2026-12-31", 2}, {"2027-01-01", 3}} {
			app.Clock.Set(c.day, 9, 0)
			v, err := app.Catalogue.Version(t.Context(), actor, "ZJJ-02", 0)
			if err != nil || v.No != c.want {
				t.Errorf("on %s version %d is in force, want %d (%v)", c.day, v.No, c.want, err)
			}
			rows, err := app.Catalogue.Templates(t.Context(), actor)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if r.Version.Template.Code == "zjj-02" && r.Version.No != c.want {
					t.Errorf("on %s the list says version %d, the page %d", c.day, r.Version.No, c.want)
				}
			}
		}
		if v, err := app.Catalogue.Version(t.Context(), actor, "zjj-02", 1); err != nil || v.No != 1 {
			t.Errorf("an old version: %d, %v", v.No, err)
		}
		if _, err := app.Catalogue.Version(t.Context(), actor, "zjj-02", 9); !fault.Is(err, fault.NotFound) {
			t.Errorf("a version that is none: %v", err)
		}
	})
}

func TestVersions_NewestFirst(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		publish(t, app, "more", "2027-01")
		list, err := app.Catalogue.Versions(t.Context(), app.As("liaison.zjj"), "zjj-02")
		if err != nil || len(list) != 2 || list[0].No != 2 || list[1].No != 1 || list[0].Template.Code != "zjj-02" {
			t.Errorf("versions %+v, %v", list, err)
		}
		if _, err := app.Catalogue.Versions(t.Context(), app.As("liaison.zjj"), "gibts-nicht"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown template: %v", err)
		}
		if _, err := app.Catalogue.Versions(t.Context(), app.As("bank"), "zjj-02"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an outside body: %v", err)
		}
	})
}
