package filing

import (
	"context"
	"fmt"

	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// ItemMonths is over how many months ItemTallies looks: those of the matrix.
const ItemMonths = 12

// itemTask is a task with one of its batches, or with none; only what a tally needs.
type itemTask struct {
	ID, ItemID               int64
	OpensAt, DueAt           models.Instant
	ExemptedAt               models.Instant
	OnTime                   *bool
	BatchID, BatchNo         int64
	BatchKind, BatchState    string
	BatchSigned, BatchMendBy models.Instant
}

// ItemTallies returns, by the id of the item, what the tasks of the last ItemMonths months came to, as far as the actor may
// see them: the same tasks as in the compliance matrix, in one query.
func (s *Service) ItemTallies(ctx context.Context, actor models.Actor) (map[int64]models.Tally, error) {
	if err := s.Guard.Allow(actor, "matrix", "view"); err != nil {
		return nil, err
	}
	months := s.lastMonths(ItemMonths)
	var rows []itemTask
	err := s.DB.Read.WithContext(ctx).Table("filing_tasks").
		Select(`filing_tasks.id, filing_tasks.item_id, filing_tasks.opens_at, filing_tasks.due_at, filing_tasks.exempted_at, filing_tasks.on_time,
			COALESCE(b.id, 0) AS batch_id, COALESCE(b.no, 0) AS batch_no, COALESCE(b.kind, '') AS batch_kind, COALESCE(b.state, '') AS batch_state,
			COALESCE(b.signed_at, 0) AS batch_signed, COALESCE(b.mend_due_at, 0) AS batch_mend_by`).
		Joins("LEFT JOIN batches b ON b.task_id = filing_tasks.id").
		Scopes(database.Visible(actor, "filing_tasks.unit_id"), database.Shared(actor, "filing_tasks.unit_id", "filing_tasks.id")).
		Where("filing_tasks.month >= ? AND filing_tasks.month <= ?", months[0], months[len(months)-1]).
		Order("filing_tasks.id, b.no").Find(&rows).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read tallies of items: %w", err))
	}
	return tallyItems(rows, s.now()), nil
}

// tallyItems counts the tasks of each item; the rows of one task stand together.
func tallyItems(rows []itemTask, now models.Instant) map[int64]models.Tally {
	tallies := map[int64]models.Tally{}
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].ID == rows[0].ID {
			n++
		}
		task := taskOf(rows[:n])
		tally := tallies[task.ItemID]
		tally.Add(&task, now)
		tallies[task.ItemID] = tally
		rows = rows[n:]
	}
	return tallies
}

// taskOf puts a task together with its batches.
func taskOf(rows []itemTask) models.FilingTask {
	first := rows[0]
	task := models.FilingTask{ID: first.ID, ItemID: first.ItemID, OpensAt: first.OpensAt, DueAt: first.DueAt, ExemptedAt: first.ExemptedAt, OnTime: first.OnTime}
	for _, r := range rows {
		if r.BatchID != 0 {
			task.Batches = append(task.Batches, models.Batch{ID: r.BatchID, TaskID: r.ID, No: int(r.BatchNo), Kind: models.BatchKind(r.BatchKind),
				State: workflow.State(r.BatchState), SignedAt: r.BatchSigned, MendDueAt: r.BatchMendBy})
		}
	}
	return task
}
