package filing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
)

// randomPast writes tasks of many months with batches in every state that the flow and its indexes allow.
func (d *desk) randomPast(r *rand.Rand, months int) {
	d.t.Helper()
	model := d.task(zjj)
	now := models.At(d.Clock.Now())
	moment := func() models.Instant { return now + models.Instant(r.Int64N(40)-20)*3_600_000 }
	ended := []workflow.State{models.BatchReturned, models.BatchDiscarded, models.BatchSuperseded, models.BatchErrors, models.BatchMalformed}
	last := append([]workflow.State{models.BatchEffective, models.BatchFiled, models.BatchSigning, models.BatchClean, models.BatchChecking}, ended...)
	for i := range months {
		period := models.Period(fmt.Sprintf("%04d-%02d", 1990+i/12, 1+i%12))
		task := models.FilingTask{Code: models.TaskCode("zjj-02", period), ItemID: model.ItemID, UnitID: model.UnitID, Period: period, Month: string(period),
			TemplateVersionID: model.TemplateVersionID, OpensAt: moment(), DueAt: moment(), LockAt: now}
		if r.IntN(8) == 0 {
			task.ExemptedAt = moment()
		}
		tries := r.IntN(4)
		var batches []models.Batch
		for no := 1; no <= tries; no++ {
			b := models.Batch{Code: models.BatchCode(task.Code, no), UnitID: task.UnitID, No: no, Kind: models.BatchFiles, State: ended[r.IntN(len(ended))],
				CreatedAt: moment(), SignedAt: moment(), MendDueAt: moment()}
			if no == tries {
				b.State = last[r.IntN(len(last))]
			}
			if r.IntN(3) == 0 {
				b.Kind = models.BatchNil
			}
			batches = append(batches, b)
		}
		if r.IntN(2) == 0 {
			timely := r.IntN(2) == 0
			task.OnTime = &timely
		}
		d.ok(d.DB.Write.Omit("Batches", "Item", "Unit", "TemplateVersion").Create(&task).Error)
		for _, b := range batches {
			b.TaskID = task.ID
			d.ok(d.DB.Write.Omit("Files").Create(&b).Error)
		}
	}
}

// TestTasks_EachStandingIsTheOneDerived holds what SQL narrows down against what each task is called.
func TestTasks_EachStandingIsTheOneDerived(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.randomPast(rand.New(rand.NewPCG(2026, 11)), 300)
		office := d.As("office")
		all, total, err := d.Filing.Tasks(d.ctx, office, filing.TaskFilter{Item: "ZJJ-02", Page: 1, Size: 500})
		d.ok(err)
		if int(total) != len(all) || total < 300 {
			t.Fatalf("%d of %d tasks", len(all), total)
		}
		found := 0
		for _, standing := range models.Standings {
			var want []string
			for _, r := range all {
				if r.Standing == standing {
					want = append(want, r.Task.Code)
				}
			}
			if len(want) == 0 {
				t.Errorf("%s: the past has none", standing)
			}
			rows, n, err := d.Filing.Tasks(d.ctx, office, filing.TaskFilter{Item: "ZJJ-02", Standing: standing, Page: 1, Size: 500})
			d.ok(err)
			var got []string
			for _, r := range rows {
				got = append(got, r.Task.Code)
			}
			if !slices.Equal(got, want) || int(n) != len(want) {
				t.Errorf("%s: %d tasks (%d told)\n%v\nwant %d\n%v", standing, len(got), n, got, len(want), want)
			}
			second, _, err := d.Filing.Tasks(d.ctx, office, filing.TaskFilter{Item: "ZJJ-02", Standing: standing, Page: 2, Size: 2})
			d.ok(err)
			if len(want) > 2 && second[0].Task.Code != want[2] {
				t.Errorf("%s: the second page begins with %s, want %s", standing, second[0].Task.Code, want[2])
			}
			found += len(got)
		}
		if found != len(all) {
			t.Errorf("%d tasks have a standing, want %d", found, len(all))
		}
	})
}
