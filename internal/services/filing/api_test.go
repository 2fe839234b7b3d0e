package filing_test

import (
	"errors"
	"sync"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/filing"
)

// system returns who acts with a token of the unit of a task.
func (d *desk) system(task string) models.Actor {
	d.t.Helper()
	_, secret, err := d.Accounts.CreateToken(d.ctx, d.As("sysadmin"), accounts.TokenInput{Unit: unitOf(task), Name: "业务系统", Person: "liaison." + unitOf(task), Days: 300})
	d.ok(err)
	actor, err := d.Accounts.Bearer(d.ctx, secret, "192.0.2.7")
	d.ok(err)
	return actor
}

func TestCheckOnce_AKnownKeyPassesWhateverTheState(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		by := d.system(zjj)
		for key, want := range map[string]error{"": filing.ErrNoKey, "a b": filing.ErrBadKey, "键": filing.ErrBadKey, "k1": nil} {
			if err := d.Filing.CheckOnce(d.ctx, by, zjj, key); !errors.Is(err, want) || (want == nil) != (err == nil) {
				t.Errorf("key %q: %v", key, err)
			}
		}
		_, _, err := d.Filing.UploadOnce(d.ctx, by, zjj, "k1", d.File("报送.csv", d.rows(zjj, 20).CSV()))
		d.ok(err)
		d.ok(d.Filing.CheckOnce(d.ctx, by, zjj, "k1"))
		if err := d.Filing.CheckOnce(d.ctx, by, zjj, "k2"); !fault.Is(err, fault.Conflict) {
			t.Errorf("another key while the first is checked: %v", err)
		}
		if err := d.Filing.CheckOnce(d.ctx, by, "ZJJ-02-202611", "k1"); !errors.Is(err, filing.ErrKeyReused) {
			t.Errorf("the key for another task: %v", err)
		}
		if err := d.Filing.CheckOnce(d.ctx, d.As("chief.zjj"), zjj, "k1"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a unit leader uploads: %v", err)
		}
		if err := d.Filing.CheckOnce(d.ctx, by, "FGW-05-202610", "k1"); !fault.Is(err, fault.NotFound) {
			t.Errorf("another unit's task: %v", err)
		}
	})
}

func TestUploadOnce_GivesTheSameBatchAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		by := d.system(zjj)
		file := d.File("报送.csv", d.rows(zjj, 20).CSV())
		first, replayed, err := d.Filing.UploadOnce(d.ctx, by, zjj, "k", file)
		if err != nil || replayed {
			t.Fatalf("first: %v, replayed %v", err, replayed)
		}
		d.Work()
		d.ok(d.Filing.SubmitOnce(d.ctx, by, first.Code))
		again, replayed, err := d.Filing.UploadOnce(d.ctx, by, zjj, "k", file)
		if err != nil || !replayed || again.ID != first.ID || len(again.Files) != 1 || again.Files[0].Blob != first.Files[0].Blob {
			t.Errorf("again: %+v, replayed %v, %v", again, replayed, err)
		}
		_, _, err = d.Filing.UploadOnce(d.ctx, by, zjj, "k", d.File("另一份.csv", d.rows(zjj, 21).CSV()))
		if !errors.Is(err, filing.ErrKeyReused) {
			t.Errorf("other content: %v", err)
		}
		_, _, err = d.Filing.UploadOnce(d.ctx, by, zjj, "empty", filing.UploadedFile{Name: "空.csv"})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("nothing: %v", err)
		}
	})
}

func TestSubmitOnce_OfManyAtOnceOneSubmitsAndNoneFails(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		by := d.system(zjj)
		code := d.clean(zjj).Code
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := d.Filing.SubmitOnce(d.ctx, by, code); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		d.is(code, models.BatchSigning)
		d.move(d.chief(zjj), code, models.VerbSign)
		if err := d.Filing.SubmitOnce(d.ctx, by, code); !fault.Is(err, fault.Conflict) {
			t.Errorf("submitted when it waits for the Office: %v", err)
		}
		for who, kind := range map[string]fault.Kind{"chief.zjj": fault.Forbidden, "handler.zjj": fault.Forbidden, "liaison.fgw": fault.NotFound} {
			if err := d.Filing.SubmitOnce(d.ctx, d.As(who), code); !fault.Is(err, kind) {
				t.Errorf("%s: %v", who, err)
			}
		}
	})
}

func TestTasksAfter_NeitherRepeatsNorHides(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		by := d.As("office") // sees many
		all, next, err := d.Filing.TasksAfter(d.ctx, by, filing.TaskQuery{Limit: 200})
		d.ok(err)
		if len(all) < 4 || next != 0 {
			t.Fatalf("%d tasks, next %d", len(all), next)
		}
		var paged []string
		for after := int64(0); ; {
			part, next, err := d.Filing.TasksAfter(d.ctx, by, filing.TaskQuery{After: after, Limit: 2})
			d.ok(err)
			for _, r := range part {
				paged = append(paged, r.Task.Code)
			}
			if after = next; next == 0 {
				break
			}
		}
		if len(paged) != len(all) {
			t.Fatalf("page by page %d, at once %d", len(paged), len(all))
		}
		for i, r := range all {
			if r.Task.Code != paged[i] || r.Task.TemplateVersion.Template.Code == "" {
				t.Errorf("%d: %s page by page, %s at once", i, paged[i], r.Task.Code)
			}
		}
		open, _, err := d.Filing.TasksAfter(d.ctx, by, filing.TaskQuery{Standings: []models.Standing{models.StandingOpen}, Period: "2026-10", Limit: 50})
		d.ok(err)
		for _, r := range open {
			if r.Standing != models.StandingOpen || r.Task.Period != "2026-10" {
				t.Errorf("%s is %s", r.Task.Code, r.Standing)
			}
		}
		if _, _, err := d.Filing.TasksAfter(d.ctx, d.As("leader"), filing.TaskQuery{Limit: 1}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the leader, who sees figures alone: %v", err)
		}
	})
}

func TestFindingsPage_CountsOnlyTheWantedSeverity(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		by := d.system(zjj)
		sheet := d.rows(zjj, 20)
		for i := range 7 {
			sheet.Set(i, "developer_name", "")
		}
		code := d.upload(zjj, sheet.Set(12, "issue_date", "2025-12-30").CSV()).Code
		list, err := d.Filing.CheckedFindings(d.ctx, by, code)
		d.ok(err)
		for _, tt := range []struct {
			severity    models.Severity
			skip, limit int
			want        int
			more        bool
		}{
			{models.SeverityError, 0, 5, 5, true}, {models.SeverityError, 5, 5, 2, false}, {models.SeverityError, 0, 7, 7, false},
			{models.SeverityError, 9, 5, 0, false}, {models.SeverityWarning, 0, 5, 1, false}, {"", 0, 100, 8, false},
		} {
			var page []ingest.Finding
			page, more, err := d.Filing.FindingsPage(d.ctx, by, list, tt.severity, tt.skip, tt.limit)
			if err != nil || len(page) != tt.want || more != tt.more {
				t.Errorf("%+v: %d findings, more %v, %v", tt, len(page), more, err)
			}
		}
	})
}
