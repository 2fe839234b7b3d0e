package filing

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/jobs"
	"taxportal/internal/killpoint"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// MoveInput is what a person gives with a move.
type MoveInput struct {
	Reason string
	Due    models.Day     // until when the other side has time; the day lasts until 17:00
	From   workflow.State // the state that the page showed; empty = whatever it is now
}

func (in MoveInput) workflow() workflow.Input {
	w := workflow.Input{Reason: in.Reason}
	if in.Due.Valid() {
		w.DueAt = int64(in.Due.At(dueHour, 0))
	}
	return w
}

// batch returns a batch of a task that the actor may see.
func (s *Service) batch(db *gorm.DB, actor models.Actor, code string) (models.Batch, error) {
	var b models.Batch
	err := db.Scopes(database.Visible(actor, "batches.unit_id"), database.Shared(actor, "batches.unit_id", "batches.task_id")).Where("batches.code = ?", upper(code)).Take(&b).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return b, errNoBatch
	}
	if err != nil {
		return b, fmt.Errorf("find batch: %w", err)
	}
	return b, nil
}

// Move takes one move of FilingFlow on a batch as the actor.
//
// Returns fault.NotFound for a batch that is not the actor's to know of, fault.Forbidden if policy, party or the
// four-eyes rule refuse, fault.Conflict if the batch has moved on or another batch of the task stands in the way, and
// fault.Invalid with the fields reason, due.
func (s *Service) Move(ctx context.Context, actor models.Actor, code string, verb workflow.Verb, in MoveInput) error {
	err := s.tx(ctx, actor, func(tx *gorm.DB) error {
		err := s.move(tx, actor, code, verb, in)
		killpoint.Here(string(verb) + killpoint.BeforeCommit)
		return err
	})
	killpoint.Here(string(verb) + killpoint.Committed)
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "本期另有批次正在办理，请先办完那一批。")
	}
	return err
}

func (s *Service) move(tx *gorm.DB, actor models.Actor, code string, verb workflow.Verb, in MoveInput) error {
	if err := lockTask(tx, taskOfCode(code)); err != nil {
		return err
	}
	b, err := s.batch(tx, actor, code)
	if err != nil {
		return err
	}
	if in.From != "" && in.From != b.State {
		return fault.New(fault.Conflict, fmt.Sprintf("您打开页面后，批次 %s 已变为“%s”。请核对后再办。", b.Code, models.FilingFlow.Describe(b.State).Label))
	}
	var also func(*gorm.DB) error
	switch verb {
	case models.VerbSubmit:
		also = func(tx *gorm.DB) error { return s.submitted(tx, actor, &b) }
	case models.VerbWithdraw, models.VerbSendBack:
		also = func(tx *gorm.DB) error { return set(tx, &b, map[string]any{"submitted_at": 0}) }
	case models.VerbSign:
		also = func(tx *gorm.DB) error { return s.signed(tx, actor, &b) }
	case models.VerbAccept:
		also = func(tx *gorm.DB) error { return s.accepted(tx, actor, &b) }
	case models.VerbReturn:
		also = func(tx *gorm.DB) error { return s.returned(tx, actor, &b, in) }
	case models.VerbRecheck:
		also = func(tx *gorm.DB) error { return s.Jobs.Enqueue(tx, CheckArgs{BatchID: b.ID}) }
	case models.VerbDiscard:
		also = func(tx *gorm.DB) error { return s.Jobs.Enqueue(tx, PurgeArgs{BatchID: b.ID}, jobs.Once()) }
	}
	return s.moveWith(tx, actor, &b, verb, in, also)
}

// moveWith puts what must be true before the move (a supersede) ahead of it, then applies.
func (s *Service) moveWith(tx *gorm.DB, actor models.Actor, b *models.Batch, verb workflow.Verb, in MoveInput, also func(*gorm.DB) error) error {
	if verb == models.VerbAccept && b.State == models.BatchFiled {
		if err := s.supersede(tx, actor, b); err != nil {
			return err
		}
		killpoint.Here(killpoint.AcceptSuperseding)
	}
	return s.apply(tx, actor, b, verb, in.workflow(), also)
}

// set writes columns of a batch.
func set(tx *gorm.DB, b *models.Batch, changes map[string]any) error {
	return tx.Model(&models.Batch{}).Where("id = ?", b.ID).Updates(changes).Error
}

// submitted notes when the liaison handed the batch to the chief, and refuses what can no longer be filed.
func (s *Service) submitted(tx *gorm.DB, actor models.Actor, b *models.Batch) error {
	t, err := s.taskOf(tx, b)
	if err != nil {
		return err
	}
	if t.ExemptedAt != 0 {
		return fault.New(fault.Conflict, "本期已批准免报，不需要报送。")
	}
	now := s.now()
	if !b.Correction && now >= t.LockAt && now >= t.UnlockedUntil && !s.mendable(&t) {
		return fault.New(fault.Locked, fmt.Sprintf("本期已于 %s 锁定，不能再提交。需要补报的，请申请解锁。", cnDay(t.LockAt)))
	}
	return set(tx, b, map[string]any{"submitted_at": now})
}

// taskOf returns the task of a batch with its batches, whoever asks: the batch has been found in scope before.
func (s *Service) taskOf(tx *gorm.DB, b *models.Batch) (models.FilingTask, error) {
	var t models.FilingTask
	err := tx.Preload("Batches").Where("id = ?", b.TaskID).Take(&t).Error
	if err != nil {
		return t, fmt.Errorf("find task of batch: %w", err)
	}
	return t, nil
}

// signed notes the chief's signature, which decides whether the filing is on time, and gives the receipt its number.
func (s *Service) signed(tx *gorm.DB, actor models.Actor, b *models.Batch) error {
	return set(tx, b, map[string]any{
		"signed_at": s.now(), "signed_by": actor.AccountID, "signed_name": actor.Name, "receipt_no": "HZ-" + b.Code,
	})
}

// supersede moves the task's effective batch out of the way of the one about to be accepted. The caller has not asked
// permission yet: Apply does so next, and a refusal rolls this back.
func (s *Service) supersede(tx *gorm.DB, actor models.Actor, b *models.Batch) error {
	t, err := s.taskOf(tx, b)
	if err != nil {
		return err
	}
	if old := t.Effective(); old != nil {
		return s.apply(tx, models.SystemActor, old, models.VerbSupersede, workflow.Input{Detail: b.Code},
			func(tx *gorm.DB) error { return s.Handovers.BatchSuperseded(tx, old) })
	}
	return nil
}

// accepted freezes, at the first acceptance, whether the task was on time; a correction changes nothing of that.
func (s *Service) accepted(tx *gorm.DB, actor models.Actor, b *models.Batch) error {
	t, err := s.taskOf(tx, b)
	if err != nil {
		return err
	}
	changes := map[string]any{"correction_open": false}
	if t.FirstFiledAt == 0 {
		signed, onTime := t.Timely(batchOf(&t, b.ID))
		changes["first_filed_at"], changes["on_time"] = signed, onTime
	}
	if err := tx.Model(&models.FilingTask{}).Where("id = ?", t.ID).Updates(changes).Error; err != nil {
		return err
	}
	if err := set(tx, b, map[string]any{"decided_at": s.now(), "decided_name": actor.Name}); err != nil {
		return err
	}
	if err := s.Calls.TaskFiled(tx, t.ID); err != nil {
		return err
	}
	return s.Handovers.BatchEffective(tx, b)
}

func batchOf(t *models.FilingTask, id int64) *models.Batch {
	for i := range t.Batches {
		if t.Batches[i].ID == id {
			return &t.Batches[i]
		}
	}
	return nil
}

// returned notes until when the unit may mend without losing its first signature.
func (s *Service) returned(tx *gorm.DB, actor models.Actor, b *models.Batch, in MoveInput) error {
	return set(tx, b, map[string]any{
		"decided_at": s.now(), "decided_name": actor.Name, "mend_due_at": in.Due.At(dueHour, 0),
	})
}

// BulkResult tells how a bulk move went for one batch; Trouble is "" where it was done.
type BulkResult struct {
	Code    string
	Trouble string
}

// MoveMany takes the same move on several batches, each in its own transaction, so that one that has moved on does not
// hold up the rest.
func (s *Service) MoveMany(ctx context.Context, actor models.Actor, codes []string, verb workflow.Verb, in MoveInput) ([]BulkResult, error) {
	results := make([]BulkResult, 0, len(codes))
	for _, code := range codes {
		err := s.Move(ctx, actor, code, verb, in)
		message, told := fault.Message(err)
		if err != nil && !told {
			return results, err
		}
		if fault.Is(err, fault.Invalid) {
			return results, err
		}
		results = append(results, BulkResult{Code: upper(code), Trouble: message})
	}
	return results, nil
}
