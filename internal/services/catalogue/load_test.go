package catalogue_test

import (
	"testing"

	"taxportal/internal/audit"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/testkit"
	"taxportal/seed"
)

// TestLoad_AnOlderPlanGetsTheTemplatesOfTheNewOne: the tests' database was loaded with three templates; a newer portal
// brings the others, and its items owe what they now have a form for from the running period on.
func TestLoad_AnOlderPlanGetsTheTemplatesOfTheNewOne(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := app.Catalogue.Retire(ctx, office, "fgw-01", catalogue.RetireInput{From: "2026-11", Reason: "不再收取"})
		ok(err)
		_, err = app.Designs.Begin(ctx, office, "fgw-02", models.Definition{}, "空白")
		ok(err)
		kept := item(t, app, "zjj-02")

		whole, err := seed.Load()
		ok(err)
		for range 2 {
			ok(app.LoadPlan(ctx, whole, "2026-11"))
		}
		for _, want := range whole.Items {
			got := item(t, app, want.Code)
			switch {
			case want.Code == "fgw-01" || want.Code == "fgw-02" || want.Template == "":
				if got.Template != nil {
					t.Errorf("%s, which the Office has ended, drafts itself or the plan leaves without, got %s", want.Code, got.Template.Code)
				}
			case got.Template == nil || got.Template.Code != want.Template:
				t.Errorf("%s has the template %v, want %s", want.Code, got.Template, want.Template)
			}
		}
		if now := item(t, app, "zjj-02"); now.StartsOn != kept.StartsOn || *now.TemplateID != *kept.TemplateID {
			t.Errorf("what had a template became %+v", now)
		}
		p, err := app.Catalogue.Item(ctx, office, "fgw-03")
		ok(err)
		if p.Item.StartsOn != "2026-11" || p.Version != 1 || len(p.Changes) != 1 || p.Changes[0].ActorName != "系统" || p.Changes[0].ActorID != 0 {
			t.Errorf("from %s, version %d, history %+v", p.Item.StartsOn, p.Version, p.Changes)
		}
		if len(p.Changes) == 1 && catalogue.Told(p.Changes[0].Diffs) != "信息模板：— → "+p.Item.Template.Name {
			t.Errorf("told %q", catalogue.Told(p.Changes[0].Diffs))
		}
		_, err = app.Filing.OpenPeriods(ctx)
		ok(err)
		var periods []models.Period
		ok(app.DB.Read.Model(&models.FilingTask{}).Where("item_id = ?", p.Item.ID).Pluck("period", &periods).Error)
		if len(periods) != 1 || periods[0] != models.PeriodAt(p.Item.Cycle, app.Clock.Now()) {
			t.Errorf("it owes %v", periods)
		}
		if proof, err := audit.Verify(ctx, app.DB); err != nil || proof.Broken != 0 {
			t.Errorf("audit chain %+v, %v", proof, err)
		}
	})
}
