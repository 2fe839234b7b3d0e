package seed_test

import (
	"maps"
	"slices"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/seed"
)

// TestTemplates_keepTheLimitsOfTheirItems holds what an item asks beside its name (only from a day on, one value for every
// county, a place) against the template in which it is filed.
func TestTemplates_keepTheLimitsOfTheirItems(t *testing.T) {
	plan := load(t)
	limited := 0
	for _, item := range plan.Items {
		at := slices.IndexFunc(plan.Templates, func(d models.Definition) bool { return d.Code == item.Template })
		if at < 0 {
			continue
		}
		has := func(ok func(models.Field) bool) bool { return slices.ContainsFunc(plan.Templates[at].Fields, ok) }
		if since := string(item.About.Since); since != "" {
			limited++
			if !has(func(f models.Field) bool { return f.Type == models.TypeDate && f.Required && f.Min == since }) {
				t.Errorf("%s asks for what was registered since %s; its template has no required date from then on", item.Code, since)
			}
		}
		if item.About.EveryCounty {
			limited++
			if !has(func(f models.Field) bool { return f.Type == models.TypeRegion && f.Required && f.Key }) {
				t.Errorf("%s asks for one value of every county; its template does not tell counties apart", item.Code)
			}
		}
		if item.About.Place {
			limited++
			if !has(func(f models.Field) bool { return f.Type == models.TypePoint }) || !has(func(f models.Field) bool { return f.Type == models.TypeAddress }) {
				t.Errorf("%s asks for a place; its template has no address with its point", item.Code)
			}
		}
	}
	if limited < 3 {
		t.Errorf("%d items with a limit have a template; the plan's three are not among them", limited)
	}
}

// TestTemplates_refuseWhatLiesBeyondALimit files rows on both sides of a limit.
func TestTemplates_refuseWhatLiesBeyondALimit(t *testing.T) {
	plan := load(t)
	for name, test := range map[string]struct {
		template string
		change   map[string]string
		want     string // the rule that is broken; empty: none
	}{
		"registered the day before 2019-02-01": {"xzsp-01", map[string]string{"approval_date": "2019-01-31"}, "range.min"},
		"registered on 2019-02-01":             {"xzsp-01", map[string]string{"approval_date": "2019-02-01"}, ""},
		"a place at 200° east":                 {"yc-01", map[string]string{"shop_point": "200.000000,36.450000"}, "point.range"},
		"a place in the city":                  {"yc-01", map[string]string{"shop_point": "115.985371,36.456703"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			at := slices.IndexFunc(plan.Templates, func(d models.Definition) bool { return d.Code == test.template })
			samples, err := seed.SamplesOf(test.template)
			if err != nil {
				t.Fatal(err)
			}
			row := maps.Clone(samples.Good[0])
			maps.Copy(row, test.change)
			report := checkRows(t, &plan.Templates[at], []map[string]string{row})
			var broken []string
			for _, r := range report.Rules {
				broken = append(broken, r.Rule)
			}
			switch {
			case test.want == "" && report.Verdict == ingest.VerdictErrors:
				t.Errorf("refused: %s", told(report))
			case test.want != "" && (report.Valid != 0 || !slices.Contains(broken, test.want)):
				t.Errorf("%v, want %s: %s", broken, test.want, told(report))
			}
		})
	}
}
