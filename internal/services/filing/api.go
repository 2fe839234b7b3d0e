package filing

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// TaskQuery is what a unit's system asks of the list of tasks.
type TaskQuery struct {
	Standings []models.Standing // any of them; empty = all
	Period    models.Period
	After     int64 // the id behind which to go on; 0 = from the newest
	Limit     int
}

// TasksAfter returns the tasks that the actor may see, newest first, with their batches and their template, and the id to
// go on behind, 0 at the end. What comes or goes meanwhile neither repeats nor hides another task.
func (s *Service) TasksAfter(ctx context.Context, actor models.Actor, q TaskQuery) ([]TaskRow, int64, error) {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return nil, 0, err
	}
	portion := q.Limit + 1
	if len(q.Standings) > 0 { // derived, so most of what is read may be left out
		portion = max(portion, 200)
	}
	var rows []TaskRow
	for after := q.After; ; {
		tasks, err := s.tasksBehind(ctx, actor, q.Period, after, portion)
		if err != nil {
			return nil, 0, err
		}
		for _, t := range tasks {
			after = t.ID
			row := s.row(t)
			if len(q.Standings) > 0 && !slices.Contains(q.Standings, row.Standing) {
				continue
			}
			if len(rows) == q.Limit {
				return rows, rows[q.Limit-1].Task.ID, nil
			}
			rows = append(rows, row)
		}
		if len(tasks) < portion {
			return rows, 0, nil
		}
	}
}

func (s *Service) tasksBehind(ctx context.Context, actor models.Actor, period models.Period, after int64, limit int) ([]models.FilingTask, error) {
	var tasks []models.FilingTask
	query := s.DB.Read.WithContext(ctx).Scopes(s.taskScope(actor, TaskFilter{})).
		Preload("Batches", func(db *gorm.DB) *gorm.DB { return db.Order("no") }).
		Preload("TemplateVersion", func(db *gorm.DB) *gorm.DB { return db.Select("id", "template_id", "no") }).Preload("TemplateVersion.Template")
	if after > 0 {
		query = query.Where("filing_tasks.id < ?", after)
	}
	if period != "" {
		query = query.Where("filing_tasks.period = ?", period)
	}
	if err := query.Order("filing_tasks.id DESC").Limit(limit).Find(&tasks).Error; err != nil {
		return nil, database.Fault(fmt.Errorf("list tasks: %w", err))
	}
	return tasks, nil
}

// NoUpload says why the actor can begin no batch for the task now, or "". Needs the task's batches and unit.
func (s *Service) NoUpload(actor models.Actor, t *models.FilingTask) string {
	if t.UnitID != actor.Unit.ID {
		message, _ := fault.Message(errOthersTask(t))
		return message
	}
	return s.MayFile(t)
}

// keyPattern is what an Idempotency-Key looks like.
var keyPattern = regexp.MustCompile(`^[\x21-\x7e]{1,100}$`)

// What is wrong with an Idempotency-Key.
var (
	ErrNoKey     = fault.New(fault.Invalid, "缺少请求头 Idempotency-Key。请为每次报送生成一个不重复的值（如 UUID），重试时沿用原值。")
	ErrBadKey    = fault.New(fault.Invalid, "Idempotency-Key 须为 1 至 100 个可见的英文字符，如 UUID。")
	ErrKeyReused = fault.New(fault.Invalid, "这个 Idempotency-Key 已用于另一次报送，内容或任务不同。新的报送请换一个新的值。")
)

// CheckOnce asks, before any byte is stored, whether the actor may upload for the task under the key. A key that is known
// for the task passes whatever the task's state: the answer of then will be given again.
//
// Returns the errors of CheckUpload, ErrNoKey, ErrBadKey, and ErrKeyReused for a key that began a batch of another task.
func (s *Service) CheckOnce(ctx context.Context, actor models.Actor, code, key string) error {
	switch {
	case key == "":
		return ErrNoKey
	case !keyPattern.MatchString(key):
		return ErrBadKey
	}
	if err := s.Guard.Allow(actor, "filing", "upload"); err != nil {
		return err
	}
	db := s.DB.Read.WithContext(ctx)
	t, err := s.ownTask(db, actor, code)
	if err != nil {
		return err
	}
	earlier, err := uploadOf(db, actor, key)
	switch {
	case err != nil:
		return err
	case earlier == nil:
		return s.mayFile(&t)
	case earlier.TaskID != t.ID:
		return ErrKeyReused
	}
	return nil
}

// UploadOnce is Upload of one file under an Idempotency-Key of the actor's token. The same key with the same content gives
// the same batch again, however often and however many at once; replayed says so.
//
// Returns the errors of CheckOnce and Upload, and ErrKeyReused for a key that came with other content.
func (s *Service) UploadOnce(ctx context.Context, actor models.Actor, code, key string, file UploadedFile) (batch *models.Batch, replayed bool, err error) {
	if err := s.Guard.Allow(actor, "filing", "upload"); err != nil {
		return nil, false, err
	}
	if file.Size == 0 {
		return nil, false, fault.New(fault.Invalid, "请求没有内容。请把数据放在请求体中；本期确无数据的，请联络员在平台上办理零报送。")
	}
	err = s.tx(ctx, actor, func(tx *gorm.DB) error {
		if err := lockTask(tx, code); err != nil {
			return err
		}
		batch, replayed, err = s.uploadOnce(tx, actor, code, key, file)
		return err
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) { // the key came for two tasks at once
		return nil, false, ErrKeyReused
	}
	return batch, replayed, err
}

func (s *Service) uploadOnce(tx *gorm.DB, actor models.Actor, code, key string, file UploadedFile) (*models.Batch, bool, error) {
	t, err := s.ownTask(tx, actor, code)
	if err != nil {
		return nil, false, err
	}
	earlier, err := uploadOf(tx, actor, key)
	if err != nil {
		return nil, false, err
	}
	if earlier != nil {
		if earlier.TaskID != t.ID || earlier.Blob != file.Blob {
			return nil, false, ErrKeyReused
		}
		var b models.Batch
		err := tx.Preload("Files", func(db *gorm.DB) *gorm.DB { return db.Order("seq") }).Where("id = ?", earlier.BatchID).Take(&b).Error
		return &b, true, err
	}
	b, err := s.upload(tx, actor, code, []UploadedFile{file}, func(b *models.Batch) error {
		return tx.Create(&models.APIUpload{TokenID: actor.TokenID, Key: key, TaskID: b.TaskID, Blob: file.Blob, BatchID: b.ID, CreatedAt: s.now()}).Error
	})
	return b, false, err
}

// uploadOf returns what the actor's token uploaded under a key, or nil.
func uploadOf(db *gorm.DB, actor models.Actor, key string) (*models.APIUpload, error) {
	var found []models.APIUpload
	err := db.Where("token_id = ? AND key = ?", actor.TokenID, key).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, database.Fault(err)
	}
	return &found[0], nil
}

// ErrUnchecked answers who asks for findings before the check is over.
var ErrUnchecked = fault.New(fault.Conflict, "批次还没有校验完，校验完成后才有结果。请稍后再取。")

// CheckedFindings is FindingList of all rules for a batch whose check is over.
// Returns the errors of FindingList, and ErrUnchecked.
func (s *Service) CheckedFindings(ctx context.Context, actor models.Actor, code string) (*FindingList, error) {
	list, err := s.FindingList(ctx, actor, code, 0)
	if err == nil && (list.Batch.State == models.BatchUploaded || list.Batch.State == models.BatchChecking) {
		err = ErrUnchecked
	}
	return list, err
}

// FindingsPage returns at most limit findings of a list behind the first skip ones, of one severity or with "" of all, and
// whether there are more. Like Findings it masks and is audited.
func (s *Service) FindingsPage(ctx context.Context, actor models.Actor, list *FindingList, severity models.Severity, skip, limit int) (page []ingest.Finding, more bool, err error) {
	at := 0
	err = s.Findings(ctx, actor, list, func(f ingest.Finding) error {
		if severity != "" && f.Severity != severity {
			return nil
		}
		if at++; at <= skip {
			return nil
		}
		if len(page) == limit {
			more = true
			return errStop
		}
		page = append(page, f)
		return nil
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return page, more, err
}

// SubmitOnce submits a clean batch, as Move does. That it waits for the unit leader already is what was asked for and no
// error, so that a program which did not hear the answer may ask again.
//
// Returns the errors of Move; the fault.Conflict for any other state says what is to be done first.
func (s *Service) SubmitOnce(ctx context.Context, actor models.Actor, code string) error {
	if err := s.Guard.Allow(actor, "filing", "submit"); err != nil {
		return err
	}
	for first := true; ; first = false {
		p, err := s.Page(ctx, actor, "", code)
		if err != nil {
			return err
		}
		switch {
		case !p.Own:
			return errOthersTask(&p.Task)
		case p.Batch.State == models.BatchSigning:
			return nil
		case p.Batch.State != models.BatchClean:
			return fault.New(fault.Conflict, fmt.Sprintf("批次 %s 现在是“%s”，不能提交审签。%s", p.Batch.Code,
				models.FilingFlow.Describe(p.Batch.State).Label, workflow.Plain(s.Next(p))))
		}
		err = s.Move(ctx, actor, code, models.VerbSubmit, MoveInput{})
		if !first || !fault.Is(err, fault.Conflict) { // somebody was faster: look again at what came of it
			return err
		}
	}
}
