package catalogue_test

import (
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/testkit"
)

// edit is the Office's change of an item as it stands.
func edit(t *testing.T, app *testkit.App, code string, from models.Period, change func(*catalogue.EditInput)) (models.ItemChange, error) {
	t.Helper()
	p, err := app.Catalogue.Item(t.Context(), app.As("office"), code)
	if err != nil {
		t.Fatal(err)
	}
	in := catalogue.EditInput{ItemInput: catalogue.InputOf(p.Item), From: from, Reason: "单位来函告知。"}
	if len(p.Changes) > 0 {
		in.Seen = p.Changes[0].ID
	}
	change(&in)
	return app.Catalogue.Edit(t.Context(), app.As("office"), code, in)
}

func item(t *testing.T, app *testkit.App, code string) models.CatalogueItem {
	t.Helper()
	p, err := app.Catalogue.Item(t.Context(), app.As("office"), code)
	if err != nil {
		t.Fatal(err)
	}
	return p.Item
}

// TestEdit_WaitsForItsPeriod holds that a change of a rule is applied when its period begins, once, and never backwards.
func TestEdit_WaitsForItsPeriod(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		if _, err := edit(t, app, "zjj-02", "2027-01", func(in *catalogue.EditInput) { in.DueDays = 20 }); err != nil {
			t.Fatal(err)
		}
		if _, err := edit(t, app, "zjj-02", "2027-02", func(in *catalogue.EditInput) { in.DueDays = 15 }); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second change of the same field: %v", err)
		}
		app.Clock.Set("2026-12-31", 9, 0)
		if n, err := app.Catalogue.ApplyChanges(t.Context()); err != nil || n != 0 || item(t, app, "zjj-02").DueDays != 25 {
			t.Errorf("%d applied too early, %v", n, err)
		}
		app.Clock.Set("2027-01-01", 9, 0)
		for _, want := range []int{1, 0} {
			if n, err := app.Catalogue.ApplyChanges(t.Context()); err != nil || n != want {
				t.Errorf("%d applied, want %d, %v", n, want, err)
			}
		}
		if got := item(t, app, "zjj-02").DueDays; got != 20 {
			t.Errorf("due after %d days", got)
		}
	})
}

func TestEdit_WhatIsRefused(t *testing.T) {
	app := testkit.New(t)
	for name, test := range map[string]struct {
		from   models.Period
		change func(*catalogue.EditInput)
		kind   fault.Kind
		field  string
	}{
		"nothing changes":                {"2026-11", func(*catalogue.EditInput) {}, fault.Conflict, ""},
		"a rule of a month that runs":    {"2026-11", func(in *catalogue.EditInput) { in.LockDays = 10 }, fault.Invalid, "from"},
		"a month that is over":           {"2026-10", func(in *catalogue.EditInput) { in.Section = "建管科" }, fault.Invalid, "from"},
		"a cycle amid a quarter":         {"2027-02", func(in *catalogue.EditInput) { in.Cycle = models.CycleQuarter }, fault.Invalid, "from"},
		"a cycle for good":               {"2027-01", func(in *catalogue.EditInput) { in.Cycle = models.CycleOnce }, fault.Invalid, "cycle"},
		"no reason":                      {"2026-11", func(in *catalogue.EditInput) { in.Section, in.Reason = "建管科", " " }, fault.Invalid, "reason"},
		"not shared without a basis":     {"2026-11", func(in *catalogue.EditInput) { in.Share, in.Basis = models.ShareNone, "" }, fault.Invalid, "basis"},
		"conditions that are not stated": {"2026-11", func(in *catalogue.EditInput) { in.ShareTerms = "" }, fault.Invalid, "share_terms"},
		"totals of somebody":             {"2026-11", func(in *catalogue.EditInput) { in.Shape = models.ShapeTotals }, fault.Invalid, "subject_kind"},
		"a day that is none":             {"2027-01", func(in *catalogue.EditInput) { in.Since = "2019-02-30" }, fault.Invalid, "since"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := edit(t, app, "zjj-02", test.from, test.change)
			if !fault.Is(err, test.kind) {
				t.Fatalf("answered %v", err)
			}
			if fields, _ := fault.Fields(err); test.field != "" && fields[test.field] == "" {
				t.Errorf("fields %v lack %s", fields, test.field)
			}
		})
	}
	if _, err := edit(t, app, "zjj-02", "2026-11", func(in *catalogue.EditInput) { in.Name = "别的名称" }); !fault.Is(err, fault.Conflict) {
		t.Errorf("the plan's words were changed: %v", err)
	}
}

// TestAdd_ContinuesTheUnitsNumbers holds that a sub-unit's codes and those of others do not mix.
func TestAdd_ContinuesTheUnitsNumbers(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		in := catalogue.AddInput{ListedOn: testkit.Today, From: "2026-11", Reason: "核对收入。", ItemInput: catalogue.ItemInput{Name: "补充信息", Cycle: models.CycleMonth, DueDays: 25, LockDays: 30,
			ItemAbout: models.ItemAbout{Shape: models.ShapeRecords, SubjectKind: models.SubjectOrganisation, Taxes: []models.Tax{models.TaxKinds[0].Code}, Share: models.ShareFree,
				Sensitivity: models.SensitivityGeneral, Basis: "《中华人民共和国税收征收管理法》第六条"}}}
		for _, test := range []struct{ unit, code, resource string }{
			{"ga", "ga-05", "20100300/005"}, {"ga", "ga-06", "20100300/006"}, {"ga-jj", "ga-jj-04", "20100301/004"},
		} {
			in.Unit = test.unit
			got, err := app.Catalogue.Add(t.Context(), app.As("office"), in)
			if err != nil {
				t.Fatal(err)
			}
			if got.Code != test.code || got.ResourceCode != test.resource || got.Origin != models.OriginAdded {
				t.Errorf("%s: %s %s %s", test.unit, got.Code, got.ResourceCode, got.Origin)
			}
		}
		in.Unit, in.Basis = "ga", ""
		if _, err := app.Catalogue.Add(t.Context(), app.As("office"), in); !fault.Is(err, fault.Invalid) {
			t.Errorf("added without a basis: %v", err)
		}
		if _, err := edit(t, app, "ga-05", "2026-11", func(in *catalogue.EditInput) { in.Basis = "" }); !fault.Is(err, fault.Invalid) {
			t.Errorf("the basis of an added item was taken away: %v", err)
		}
		for _, who := range []string{"liaison.zjj", "leader", "tax"} {
			if _, err := app.Catalogue.Add(t.Context(), app.As(who), in); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", who, err)
			}
		}
	})
}
