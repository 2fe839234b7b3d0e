package filing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/filestore"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/jobs"
	"taxportal/internal/killpoint"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
	"taxportal/internal/workflow"
)

// CheckArgs is the job that checks and loads a batch.
type CheckArgs struct {
	BatchID int64 `json:"batch_id"`
}

// Kind names the job.
func (CheckArgs) Kind() string { return "check_batch" }

// PurgeArgs is the job that removes a batch's rows from the warehouse.
type PurgeArgs struct {
	BatchID int64 `json:"batch_id"`
}

// Kind names the job.
func (PurgeArgs) Kind() string { return "purge_batch" }

func (s *Service) registerJobs() error {
	if err := jobs.Register(s.Jobs, s.check, s.checkFailed); err != nil {
		return err
	}
	return jobs.Register(s.Jobs, s.purge, nil)
}

// check is the job of an upload: read, check and load in one pass, then the verdict. It may run again at any point: a
// new run starts over, and what an interrupted one left in the warehouse is cleared first.
func (s *Service) check(ctx context.Context, args CheckArgs) error {
	b, err := s.startCheck(ctx, args.BatchID)
	if err != nil || b == nil {
		return err
	}
	killpoint.Here(killpoint.CheckBegun)
	started := s.Now()
	outcome, err := s.run(ctx, b)
	var malformed *ingest.Malformed
	if errors.As(err, &malformed) {
		return s.refuse(ctx, b, malformed)
	}
	if err != nil {
		return err
	}
	outcome.took = s.Now().Sub(started)
	killpoint.Here(killpoint.CheckVerdict)
	err = s.conclude(ctx, b, outcome)
	killpoint.Here(killpoint.CheckDone)
	return err
}

// startCheck moves the batch to checking, or takes up one that a killed portal left there. It returns nil if somebody
// has withdrawn the need.
func (s *Service) startCheck(ctx context.Context, id int64) (*models.Batch, error) {
	var b models.Batch
	err := s.DB.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Preload("Task").Preload("Task.TemplateVersion").Preload("Files", func(db *gorm.DB) *gorm.DB { return db.Order("seq") }).
			Where("id = ?", id).Take(&b).Error
		if err != nil || b.State != models.BatchUploaded {
			return err
		}
		return s.apply(tx, models.SystemActor, &b, models.VerbCheck, workflow.Input{}, nil)
	})
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if b.State == models.BatchUploaded {
		b.State = models.BatchChecking
	}
	if b.State != models.BatchChecking {
		return nil, nil
	}
	return &b, nil
}

// outcome is what a check found.
type outcome struct {
	report  ingest.Report
	carried []models.Explanation
	open    map[string]int64 // rule → warnings without an explanation
	blob    string
	took    time.Duration
}

// run reads every file of the batch, hands good rows to the warehouse and all findings to a sealed blob.
func (s *Service) run(ctx context.Context, b *models.Batch) (*outcome, error) {
	def := &b.Task.TemplateVersion.Definition
	out := &outcome{open: map[string]int64{}}
	answers, err := s.earlierAnswers(ctx, b)
	if err != nil {
		return out, err
	}
	prior, err := s.prior(ctx, b)
	if err != nil {
		return out, err
	}
	limits, err := s.limitsOf(ctx, b.Task)
	if err != nil {
		return out, err
	}
	progress, stop := s.progress(ctx, b.ID)
	defer stop()
	checker, err := ingest.New(def, ingest.Options{
		Today: models.DayOf(s.Now()), TempDir: s.TempDir, Prior: prior, Regions: limits.regions, Since: limits.since, Progress: progress,
		Documents: documentNames(def, b),
	})
	if err != nil {
		return out, fmt.Errorf("prepare check of %s: %w", b.Code, err)
	}
	defer checker.Close()
	loader, err := s.Warehouse.Begin(ctx, def, warehouse.Batch{ID: b.ID, UnitID: b.UnitID, Period: b.Task.Period})
	if err != nil {
		return out, err
	}
	defer loader.Close()
	log := s.newFindingLog(ctx)
	defer log.Abort()
	note := func(f ingest.Finding) error {
		s.carry(out, b, answers, f)
		return log.Write(f)
	}
	for _, file := range b.Tables() {
		if err := s.readFile(ctx, checker, loader, file, note); err != nil {
			return out, namedFile(err, file, len(b.Files))
		}
	}
	if out.report, err = checker.Finish(ctx); err != nil {
		return out, err
	}
	if out.blob, err = log.Close(); err != nil {
		return out, err
	}
	if out.report.Verdict == ingest.VerdictErrors {
		return out, nil
	}
	_, err = loader.Finish(ctx)
	return out, err
}

// namedFile says which of several files cannot be checked.
func namedFile(err error, file models.BatchFile, files int) error {
	var malformed *ingest.Malformed
	if files > 1 && errors.As(err, &malformed) {
		malformed.Message = "“" + file.Name + "”：" + malformed.Message
	}
	return err
}

// readFile checks one file of the batch.
func (s *Service) readFile(ctx context.Context, checker *ingest.Checker, loader *warehouse.Loader, file models.BatchFile, note func(ingest.Finding) error) error {
	content, err := s.Files.Open(ctx, file.Blob)
	if err != nil {
		return fmt.Errorf("open %s: %w", file.Blob, err)
	}
	defer content.Close()
	book, err := sheet.Open(content, content.Size(), sheet.Options{Name: file.Name, TempDir: s.TempDir})
	if err != nil {
		return ingest.AsMalformed(err)
	}
	defer book.Close()
	load := func(records []models.Record) error {
		killpoint.Here(killpoint.CheckRows)
		return loader.Append(ctx, records)
	}
	return checker.File(ctx, book, load, note)
}

// prior returns the figures of the unit's last effective period of the same item, or nil.
func (s *Service) prior(ctx context.Context, b *models.Batch) (*models.Stats, error) {
	var last models.Batch
	err := s.DB.Read.WithContext(ctx).Joins("JOIN filing_tasks t ON t.id = batches.task_id").
		Where("t.item_id = ? AND t.opens_at < ? AND batches.state = ? AND batches.kind = ?", b.Task.ItemID, b.Task.OpensAt, models.BatchEffective, models.BatchFiles).
		Order("t.opens_at DESC").Limit(1).Find(&last).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("find last period: %w", err))
	}
	if last.ID == 0 {
		return nil, nil
	}
	return &last.Stats, nil
}

// misfits are the reasons that lie in the header alone: the file itself can be read.
var misfits = map[string]bool{ingest.MalformedNoHeader: true, ingest.MalformedColumns: true, ingest.MalformedUnit: true}

// refuse ends the check of a batch whose files cannot be read as the template asks.
func (s *Service) refuse(ctx context.Context, b *models.Batch, malformed *ingest.Malformed) error {
	trouble, verb := malformed.Message, models.VerbMalformed
	if misfits[malformed.Code] {
		verb = models.VerbMisfit
	}
	return s.DB.Tx(ctx, func(tx *gorm.DB) error {
		return s.apply(tx, models.SystemActor, b, verb, workflow.Input{Detail: trouble}, func(tx *gorm.DB) error {
			if err := set(tx, b, map[string]any{"trouble": trouble, "checked_at": s.now()}); err != nil {
				return err
			}
			return s.Jobs.Enqueue(tx, PurgeArgs{BatchID: b.ID}, jobs.Once())
		})
	})
}

// checkFailed is the last word when a check has failed for good: the batch says so and can be checked again.
func (s *Service) checkFailed(ctx context.Context, args CheckArgs, cause error) error {
	var b models.Batch
	return s.DB.Tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("id = ?", args.BatchID).Take(&b).Error; err != nil {
			return err
		}
		if b.State != models.BatchUploaded && b.State != models.BatchChecking {
			return nil
		}
		return s.apply(tx, models.SystemActor, &b, models.VerbFail, workflow.Input{}, func(tx *gorm.DB) error {
			return set(tx, &b, map[string]any{"trouble": "校验因系统故障中断，文件仍在。"})
		})
	})
}

// purge removes a batch's rows from the warehouse, unless they are in force.
func (s *Service) purge(ctx context.Context, args PurgeArgs) error {
	var b models.Batch
	err := s.DB.Read.WithContext(ctx).Preload("Task").Preload("Task.TemplateVersion").Where("id = ?", args.BatchID).Limit(1).Find(&b).Error
	if err != nil || b.ID == 0 {
		return database.Fault(err)
	}
	switch b.State {
	case models.BatchErrors, models.BatchMalformed, models.BatchDiscarded, models.BatchReturned:
	default:
		return nil
	}
	if _, err := s.Warehouse.Purge(ctx, b.Task.TemplateVersion.Definition.Code, b.ID); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *gorm.DB) error { return set(tx, &b, map[string]any{"rows_purged_at": s.now()}) })
}

// Keep puts an uploaded file into the file store as it streams in.
// Returns fault.TooLarge beyond the limit and fault.Unavailable if the disk is full.
func (s *Service) Keep(ctx context.Context, name string, content io.Reader) (UploadedFile, error) {
	ref, err := s.Files.Put(ctx, content, filestore.PutOptions{MaxBytes: MaxFileBytes})
	killpoint.Here(killpoint.UploadKept)
	return UploadedFile{Name: name, Blob: ref.Hash, Size: ref.Size}, err
}

// RunCheck checks a batch here and now, as its job would, which then finds nothing left to do. It is for the demo, whose
// clock moves faster than that of the jobs.
func (s *Service) RunCheck(ctx context.Context, code string) error {
	var b models.Batch
	err := s.DB.Read.WithContext(ctx).Select("id").Where("code = ?", upper(code)).Take(&b).Error
	if err != nil {
		return database.Fault(fmt.Errorf("find batch %s: %w", code, err))
	}
	return s.check(ctx, CheckArgs{BatchID: b.ID})
}
