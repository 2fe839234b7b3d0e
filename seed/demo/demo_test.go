package demo_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/seed"
	"taxportal/seed/demo"
)

// check checks one file against its template and fails the test if it cannot be read.
func check(t *testing.T, def models.Definition, content []byte, prior *models.Stats) ingest.Report {
	t.Helper()
	return checkOn(t, def, content, prior, "2027-04-10")
}

func checkOn(t *testing.T, def models.Definition, content []byte, prior *models.Stats, today models.Day) ingest.Report {
	t.Helper()
	book, err := sheet.Open(bytes.NewReader(content), int64(len(content)), sheet.Options{Name: "demo", TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	c, err := ingest.New(&def, ingest.Options{Today: today, TempDir: t.TempDir(), Prior: prior})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.File(t.Context(), book, nil, nil); err != nil {
		t.Fatal(err)
	}
	report, err := c.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func templates(t *testing.T) []models.Definition {
	t.Helper()
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	return plan.With("zjj-02", "fgw-05", "zrzy-01").Templates
}

// varied are the templates whose rows are varied from samples.
func varied(t *testing.T) []models.Definition {
	t.Helper()
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(plan.Templates, func(def models.Definition) bool {
		return slices.Contains([]string{"zjj-02", "fgw-05", "zrzy-01"}, def.Code)
	})
}

func TestMake_VariedRowsAreCleanInEveryPeriod(t *testing.T) {
	pool := demo.NewPool()
	for _, def := range varied(t) {
		t.Run(def.Code, func(t *testing.T) {
			for _, period := range []models.Period{"2026-05", "2026-09", "2026-12", "2027-01"} {
				const n = 25
				s, err := demo.Make(pool, def, period, n)
				if err != nil {
					t.Fatal(err)
				}
				report := checkOn(t, def, s.CSV(), nil, period.Last().AddDays(15))
				if report.Verdict == ingest.VerdictClean && report.Rows >= 5 {
					continue
				}
				for _, r := range report.Rules {
					t.Errorf("%s: %s ×%d, e.g. row %d %s %q: %s", period, r.Rule, r.Count, r.First[0].Row, r.First[0].Field, r.First[0].Value, r.First[0].Message)
				}
				t.Fatalf("%s: %s, %d rows", period, report.Verdict, report.Rows)
			}
		})
	}
}

func TestMake_RowsAreCleanPeriodAfterPeriod(t *testing.T) {
	pool := demo.NewPool()
	for _, def := range templates(t) {
		t.Run(def.Code, func(t *testing.T) {
			var prior *models.Stats
			period := models.Period("2026-04")
			for range 12 {
				s, err := demo.Make(pool, def, period, 300)
				if err != nil {
					t.Fatal(err)
				}
				report := check(t, def, s.CSV(), prior)
				if report.Verdict != ingest.VerdictClean || report.Rows != 300 {
					t.Fatalf("%s: %s with %d rows: %+v", period, report.Verdict, report.Rows, report.Rules)
				}
				prior, period = &report.Stats, period.Next()
			}
		})
	}
}

func TestSheet_IsTheSameInEveryForm(t *testing.T) {
	for _, def := range templates(t) {
		s, err := demo.Make(demo.NewPool(), def, "2026-10", 20)
		if err != nil {
			t.Fatal(err)
		}
		book, err := s.XLSX()
		if err != nil {
			t.Fatal(err)
		}
		want := check(t, def, s.CSV(), nil)
		for form, content := range map[string][]byte{"GB18030": s.GB18030(), "xlsx": book} {
			got := check(t, def, content, nil)
			if got.Verdict != ingest.VerdictClean || got.Rows != want.Rows || got.Stats.Rows != want.Stats.Rows {
				t.Errorf("%s as %s: %s, %d rows; as CSV %s, %d", def.Code, form, got.Verdict, got.Rows, want.Verdict, want.Rows)
			}
		}
	}
}

func TestSheet_SetMakesAFaultOnDemand(t *testing.T) {
	def := templates(t)[0]
	s, err := demo.Make(demo.NewPool(), def, "2026-10", 5)
	if err != nil {
		t.Fatal(err)
	}
	code := def.Fields[def.SubjectField()].Code
	s.Set(2, code, "0"+s.Get(2, code)[1:])
	if report := check(t, def, s.CSV(), nil); report.Verdict != ingest.VerdictErrors || report.Rejected != 1 || report.Valid != 4 {
		t.Errorf("%s with %d rejected", report.Verdict, report.Rejected)
	}
}

func TestPool_IsTheSameEveryTimeAndSaysThatItIsInvented(t *testing.T) {
	a, b := demo.NewPool(), demo.NewPool()
	if len(a.Companies) != 2000 || len(a.People) != 5000 || len(a.Developers) == 0 {
		t.Fatalf("%d companies, %d developers, %d people", len(a.Companies), len(a.Developers), len(a.People))
	}
	codes := map[string]bool{}
	for i, c := range a.Companies {
		if c != b.Companies[i] {
			t.Fatalf("company %d differs", i)
		}
		if !strings.Contains(c.Name, "示范") {
			t.Errorf("%s does not say that it is invented", c.Name)
		}
		codes[c.USCC] = true
	}
	ids := map[string]bool{}
	for _, p := range a.People {
		ids[p.ID] = true
	}
	if len(codes) != len(a.Companies) || len(ids) < len(a.People)-20 {
		t.Errorf("%d codes, %d identity numbers", len(codes), len(ids))
	}
}

func TestMake_KnowsEveryTemplateOfThePlan(t *testing.T) {
	if _, err := demo.Make(demo.NewPool(), models.Definition{Code: "none"}, "2026-10", 1); err == nil {
		t.Error("rows of a template that is not known")
	}
}
