package demo_test

import (
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/seed"
	"taxportal/seed/demo"
)

func TestMake_GrossProductHasEachCountyOnceAndGrowsWithinTheYear(t *testing.T) {
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	def := plan.With("tj-07").Templates[0]
	var prior *models.Stats
	for _, period := range []models.Period{"2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"} {
		s, err := demo.Make(demo.NewPool(), def, period, 3)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i := range s.Rows {
			seen[s.Get(i, "gdp_region")] = true
			if until := models.Period(s.Get(i, "gdp_until")); until.Last() != period.Last() {
				t.Errorf("%s: until %s", period, until)
			}
		}
		report := checkOn(t, def, s.CSV(), prior, period.Last().AddDays(15))
		if len(seen) != 8 || len(s.Rows) != 8 || period != "2026-Q2" && report.Verdict != ingest.VerdictClean {
			t.Errorf("%s: %s, %d counties, %+v", period, report.Verdict, len(seen), report.Rules)
		}
		prior = &report.Stats
	}
}
