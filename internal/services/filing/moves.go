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
	Due    models.Day     // until when the other side has time; the day lasts until DueHour
	From   workflow.State // the state that the page showed; empty = whatever it is now
	Seen   *int64         // the batch's last event that the page showed, 0 for none yet; nil = not asked, for programs
}

func (in MoveInput) workflow(hour models.DueHour) workflow.Input {
	w := workflow.Input{Reason: in.Reason}
	if in.Due.Valid() {
		w.DueAt = int64(hour.On(in.Due))
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
		return s.stale(tx, batchSeen(actor, &b))
	}
	if err := s.asSeen(tx, batchSeen(actor, &b), in.Seen); err != nil {
		return err
	}
	var also func(*gorm.DB) error
	switch verb {
	case models.VerbSubmit:
		also = func(tx *gorm.DB) error { return s.submitted(tx, actor, &b) }
	case models.VerbWithdraw, models.VerbSendBack:
		also = func(tx *gorm.DB) error {
			return set(tx, &b, map[string]any{"submitted_at": 0, "submitted_by": 0, "submitted_name": ""})
		}
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
	return s.explainLate(tx, batchSeen(actor, &b), verb, s.moveWith(tx, actor, &b, verb, in, also))
}

// batchSeen is a batch as the actor's page showed it.
func batchSeen(actor models.Actor, b *models.Batch) seen {
	return seen{flow: &models.FilingFlow, record: b, name: "批次", actor: actor}
}

// BatchToMove returns a batch as Batch does, for the page that asks before a move, and the last event that this page
// shows. seen is that of the page from which the reader comes, or nil.
// Returns fault.NotFound, and fault.Conflict, saying who was first and when, if the move cannot be taken any more or
// something has happened to the batch since seen.
func (s *Service) BatchToMove(ctx context.Context, actor models.Actor, code string, verb workflow.Verb, seen *int64) (*models.Batch, int64, error) {
	db := s.DB.Read.WithContext(ctx)
	b, err := s.Batch(ctx, actor, code)
	if err != nil {
		return nil, 0, err
	}
	last, err := lastSteps(db, []int64{b.ID})
	if err != nil {
		return nil, 0, database.Fault(err)
	}
	if _, err := models.FilingFlow.Next(b.State, verb); err != nil {
		return nil, 0, s.explainLate(db, batchSeen(actor, b), verb, err)
	}
	return b, last[b.ID], s.asSeen(db, batchSeen(actor, b), seen)
}

// moveWith puts what must be true before the move (a supersede) ahead of it, then applies.
func (s *Service) moveWith(tx *gorm.DB, actor models.Actor, b *models.Batch, verb workflow.Verb, in MoveInput, also func(*gorm.DB) error) error {
	if verb == models.VerbAccept && b.State == models.BatchFiled {
		if err := s.supersede(tx, actor, b); err != nil {
			return err
		}
		killpoint.Here(killpoint.AcceptSuperseding)
	}
	return s.apply(tx, actor, b, verb, in.workflow(s.DueHour), also)
}

// set writes columns of a batch.
func set(tx *gorm.DB, b *models.Batch, changes map[string]any) error {
	return tx.Model(&models.Batch{}).Where("id = ?", b.ID).Updates(changes).Error
}

// submitted notes that and when the liaison handed the batch to the chief, and refuses what can no longer be filed.
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
	return set(tx, b, map[string]any{"submitted_at": now, "submitted_by": actor.AccountID, "submitted_name": actor.Name})
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
		"decided_at": s.now(), "decided_name": actor.Name, "mend_due_at": s.DueHour.On(in.Due),
	})
}

// BulkResult tells how a bulk move went for one batch; Trouble is "" where it was done.
type BulkResult struct {
	Code    string
	Trouble string
}

// Chosen is one batch of a bulk move and the last event of it that the page showed, as in MoveInput.
type Chosen struct {
	Code string
	Seen *int64
}

// SeenField names the form field of the last event of a batch in a bulk move.
func SeenField(code string) string { return "seen-" + upper(code) }

// MoveMany takes the same move on several batches, each in its own transaction, so that one that has moved on does not
// hold up the rest.
func (s *Service) MoveMany(ctx context.Context, actor models.Actor, chosen []Chosen, verb workflow.Verb, in MoveInput) ([]BulkResult, error) {
	results := make([]BulkResult, 0, len(chosen))
	for _, one := range chosen {
		code := one.Code
		in.Seen = one.Seen
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
