package demo_test

import (
	"slices"
	"testing"
	"time"

	"taxportal/internal/audit"
	"taxportal/internal/demo"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/filing"
	"taxportal/internal/testdb"
	"taxportal/seed"
)

// open opens an empty portal and its clock, which begins at now.
func open(t *testing.T, engine string, now time.Time) (*portal.Portal, *demo.Clock) {
	t.Helper()
	clock := demo.NewClock(func() time.Time { return now })
	cfg := portal.Config{DSN: testdb.New(t, engine, nil), Data: t.TempDir(), Demo: true, Now: clock.Now}
	p, err := portal.Open(t.Context(), cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, clock
}

func at(day models.Day, hour, minute int) time.Time { return day.At(hour, minute).Time() }

// as returns the person behind a demo account.
func as(t *testing.T, p *portal.Portal, username string) models.Actor {
	t.Helper()
	id, err := p.Accounts.ByUsername(t.Context(), username)
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Accounts.Actor(t.Context(), id, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// whole is the embedded plan.
func whole(t *testing.T) *seed.Plan {
	t.Helper()
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func load(t *testing.T, engine string, now time.Time, plan *seed.Plan) *portal.Portal {
	t.Helper()
	p, clock := open(t, engine, now)
	began := time.Now()
	if err := demo.Load(t.Context(), p, clock, plan); err != nil {
		t.Fatal(err)
	}
	t.Logf("loaded in %v", time.Since(began).Round(time.Millisecond))
	return p
}

func TestLoad_WhatANewcomerFinds(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			plan := whole(t)
			if engine != testdb.Engines(t)[0] { // the whole plan on one engine is enough
				plan = plan.With("zjj-02", "fgw-05", "zrzy-01", "swj-01", "jt-06", "kj-01", "xzsp-05", "ga-jj-03")
			}
			p := load(t, engine, at("2026-11-24", 5, 0), plan)
			want := map[string]models.Standing{
				"ZJJ-02-202605": models.StandingOnTime, "ZJJ-02-202606": models.StandingOnTime, "ZJJ-02-202607": models.StandingNil,
				"ZJJ-02-202608": models.StandingOnTime, "ZJJ-02-202609": models.StandingLate, "ZJJ-02-202610": models.StandingOpen,
				"ZJJ-02-202611": models.StandingUnopened,
				"FGW-05-202605": models.StandingOnTime, "FGW-05-202606": models.StandingLate, "FGW-05-202607": models.StandingOnTime,
				"FGW-05-202608": models.StandingOnTime, "FGW-05-202609": models.StandingOverdue, "FGW-05-202610": models.StandingOpen,
				"ZRZY-01-202605": models.StandingExempt, "ZRZY-01-202606": models.StandingOnTime, "ZRZY-01-202607": models.StandingOnTime,
				"ZRZY-01-202608": models.StandingOnTime, "ZRZY-01-202609": models.StandingOnTime, "ZRZY-01-202610": models.StandingOpen,
			}
			rows, _, err := p.Filing.Tasks(t.Context(), as(t, p, "office"), filing.TaskFilter{Page: 1, Size: 2000})
			if err != nil {
				t.Fatal(err)
			}
			kinds := map[models.Standing]int{}
			for _, row := range rows {
				kinds[row.Standing]++
				if standing, ok := want[row.Task.Code]; ok && standing != row.Standing {
					t.Errorf("%s is %s, want %s", row.Task.Code, row.Standing, standing)
				}
				delete(want, row.Task.Code)
			}
			if len(want) > 0 {
				t.Errorf("%d tasks; missing %v", len(rows), want)
			}
			for _, standing := range models.Standings {
				if kinds[standing] == 0 && len(plan.Templates) > 60 {
					t.Errorf("no task is %s: %v", standing, kinds)
				}
			}
			finds(t, p)
			if len(plan.Templates) > 60 {
				shows(t, p, at("2026-11-24", 5, 0))
			}
		})
	}
}

// finds looks at what waits for whom.
func finds(t *testing.T, p *portal.Portal) {
	t.Helper()
	verbs := func(username string) (found []string) {
		todos, err := p.Filing.Todos(t.Context(), as(t, p, username))
		if err != nil {
			t.Fatal(err)
		}
		for _, todo := range todos {
			found = append(found, todo.Verb)
		}
		return found
	}
	for username, want := range map[string]string{
		"liaison.zjj": "去报送", "liaison.fgw": "改错误", "chief.zrzy": "去审签", "office": "去受理", "office2": "去办理",
	} {
		if got := verbs(username); !slices.Contains(got, want) {
			t.Errorf("%s is asked for %v, want %s", username, got, want)
		}
	}
	proof, err := audit.Verify(t.Context(), p.DB)
	if err != nil || proof.Broken != 0 {
		t.Errorf("audit chain: %+v, %v", proof, err)
	}
	var unordered, without, effective int64
	p.DB.Read.Raw(`SELECT count(*) FROM audit_entries a JOIN audit_entries b ON b.seq = a.seq + 1 WHERE b.at < a.at`).Scan(&unordered)
	p.DB.Read.Raw(`SELECT count(*) FROM units WHERE kind IN ('member', 'sub', 'outside') AND contact_id IS NULL`).Scan(&without)
	p.DB.Read.Raw(`SELECT count(*) FROM e_zrzy_01`).Scan(&effective)
	if unordered != 0 || without != 0 || effective < 1500 {
		t.Errorf("%d audit entries out of order, %d units without contact, %d effective registrations", unordered, without, effective)
	}
	var joined int64
	const hits = `SELECT count(DISTINCT z._subject) FROM e_zrzy_01 z JOIN e_zjj_02 p ON p._subject = z.prior_holder_id_h`
	if err := p.DB.Read.Raw(hits).Scan(&joined).Error; err != nil || joined < 50 {
		t.Errorf("%d buyers joined to their developers' permits: %v", joined, err)
	}
}

func TestLoad_OnAnyDayOfTheMonth(t *testing.T) {
	for _, now := range []time.Time{at("2026-11-01", 0, 10), at("2027-03-01", 12, 0), at("2026-12-31", 23, 59), at("2026-10-05", 15, 0), at("2026-11-24", 3, 0)} {
		t.Run(now.Format("2006-01-02"), func(t *testing.T) {
			p := load(t, testdb.Engines(t)[0], now, whole(t).With("zjj-02", "fgw-05", "zrzy-01"))
			finds(t, p)
			atWork(t, p, now)
		})
	}
}

// atWork fails the test for a step of a person that was taken at night, over lunch, on a day off or in the future.
func atWork(t *testing.T, p *portal.Portal, now time.Time) {
	t.Helper()
	calendar, err := p.Directory.Calendar(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var steps []struct {
		What string
		At   models.Instant
	}
	err = p.DB.Read.Raw(`SELECT verb AS what, at FROM flow_events WHERE actor_id <> 0 UNION ALL SELECT 'upload ' || code, created_at FROM batches
		UNION ALL SELECT 'ask ' || code, created_at FROM waivers UNION ALL SELECT 'say', at FROM task_messages
		UNION ALL SELECT object || ' ' || action, at FROM audit_entries WHERE actor_id <> 0`).Scan(&steps).Error
	if err != nil || len(steps) < 100 {
		t.Fatalf("%d steps: %v", len(steps), err)
	}
	for _, step := range steps {
		when := step.At.Time().In(models.Zone)
		minute := when.Hour()*60 + when.Minute()
		if !calendar.IsWorkday(when) || minute < 9*60 || minute > 17*60 || minute > 12*60 && minute < 14*60 || when.After(now) {
			t.Errorf("%s on %s", step.What, when.Format("Mon 2006-01-02 15:04"))
		}
	}
}

func TestLoaded_OnlyIntoAnEmptyDatabase(t *testing.T) {
	p, clock := open(t, testdb.Engines(t)[0], at("2026-11-24", 5, 0))
	if loaded, err := demo.Loaded(t.Context(), p); loaded || err != nil {
		t.Fatalf("an empty database: %v, %v", loaded, err)
	}
	if err := p.MarkDemo(t.Context(), portal.DemoLoading); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Loaded(t.Context(), p); !fault.Is(err, fault.Conflict) {
		t.Errorf("a demo that was broken off: %v", err)
	}
	if err := p.MarkDemo(t.Context(), portal.DemoReady); err != nil {
		t.Fatal(err)
	}
	if loaded, err := demo.Loaded(t.Context(), p); !loaded || err != nil {
		t.Errorf("a loaded demo: %v, %v", loaded, err)
	}

	other, _ := open(t, testdb.Engines(t)[0], at("2026-11-24", 5, 0))
	if err := other.LoadPlan(t.Context(), whole(t), "2026-10"); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Loaded(t.Context(), other); !fault.Is(err, fault.Conflict) {
		t.Errorf("a database in use: %v", err)
	}
	_ = clock
}
