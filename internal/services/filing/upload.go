package filing

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/jobs"
	"taxportal/internal/killpoint"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// Limits of one batch.
const (
	MaxFiles      = 20
	MaxFileBytes  = 200 << 20 // of one file
	MaxBatchBytes = 1 << 30   // of all files of a batch together
)

// UploadedFile is a file that already lies in the file store.
type UploadedFile struct {
	Name string // as the user called it
	Blob string // content hash
	Size int64
	Kind models.FileKind // "" = a table

	format string // of a document
}

// mayFile says why no batch can be begun for the task now, or nil. Needs the task's batches.
func (s *Service) mayFile(t *models.FilingTask) error {
	now := s.now()
	current := t.Current()
	switch {
	case t.ExemptedAt != 0:
		return fault.New(fault.Conflict, "本期已批准免报，不需要报送。")
	case now < t.OpensAt:
		return fault.New(fault.Conflict, fmt.Sprintf("本期 %s 起开放填报，现在还不能上传。", cnDay(t.OpensAt)))
	case current != nil && busyStates[current.State] != "":
		return fault.New(fault.Conflict, fmt.Sprintf("批次 %s 现在是“%s”，不能再上传；%s。",
			current.Code, models.FilingFlow.Describe(current.State).Label, busyStates[current.State]))
	case t.Effective() != nil && !t.CorrectionOpen:
		return fault.New(fault.Conflict, "本期已有生效批次。要更正的，请先申请更正，办公室同意后再上传。")
	}
	if t.CorrectionOpen || s.mendable(t) || now < t.LockAt || now < t.UnlockedUntil {
		return nil
	}
	return fault.New(fault.Locked, fmt.Sprintf("本期已于 %s 锁定，不能再报送。需要补报的，请申请解锁，由领导小组办公室两人批准。", cnDay(t.LockAt)))
}

// busyStates are those in which a batch cannot be replaced by another upload, with what to do for a file to be changed.
var busyStates = map[workflow.State]string{
	models.BatchUploaded: "校验完成后可以重新上传", models.BatchChecking: "校验完成后可以重新上传",
	models.BatchSigning: "要换文件的，请先撤回，或请分管负责人退回",
	models.BatchFiled:   "要换文件的，请联系办公室对接人退回批次",
}

// mendable reports whether the task is to be mended after a return and the correction due has not passed.
func (s *Service) mendable(t *models.FilingTask) bool {
	return t.Standing(s.now()) == models.StandingReturned && s.now() <= t.DueNow()
}

// MayFile says why no batch can be begun for the task now, or "".
func (s *Service) MayFile(t *models.FilingTask) string {
	if err := s.mayFile(t); err != nil {
		message, _ := fault.Message(err)
		return message
	}
	return ""
}

// CheckUpload asks, before any byte is stored, whether the actor may upload for the task now.
// Returns fault.NotFound for a task of another unit, fault.Forbidden, fault.Conflict or fault.Locked with the reason.
func (s *Service) CheckUpload(ctx context.Context, actor models.Actor, code string) error {
	_, err := s.UploadMost(ctx, actor, code)
	return err
}

// UploadMost is CheckUpload, and says how many files the task takes at most.
func (s *Service) UploadMost(ctx context.Context, actor models.Actor, code string) (int, error) {
	if err := s.Guard.Allow(actor, "filing", "upload"); err != nil {
		return 0, err
	}
	t, err := s.ownTask(s.DB.Read.WithContext(ctx), actor, code)
	if err != nil {
		return 0, database.Fault(err)
	}
	return MostFiles(&t.TemplateVersion.Definition), s.mayFile(&t)
}

// ownTask returns a task of the actor's own unit. The parent unit sees a sub-unit's task but does not file for it.
func (s *Service) ownTask(db *gorm.DB, actor models.Actor, code string) (models.FilingTask, error) {
	t, err := s.task(db, actor, code)
	if err == nil && t.UnitID != actor.Unit.ID {
		return t, errOthersTask(&t)
	}
	return t, err
}

// errOthersTask tells that a task is another unit's to file.
func errOthersTask(t *models.FilingTask) error {
	return fault.New(fault.Forbidden, "这项任务由“"+t.Unit.Name+"”报送，您所在的单位只能查看。")
}

// Upload begins a batch of one or more files that lie in the file store, and queues its check.
// An earlier batch that was never submitted is replaced.
// Returns the errors of CheckUpload, and fault.Invalid with the field file.
func (s *Service) Upload(ctx context.Context, actor models.Actor, code string, files []UploadedFile) (*models.Batch, error) {
	if err := s.Guard.Allow(actor, "filing", "upload"); err != nil {
		return nil, err
	}
	files, err := s.checkFiles(ctx, actor, code, files)
	if err != nil {
		return nil, err
	}
	var batch *models.Batch
	err = s.tx(ctx, actor, func(tx *gorm.DB) error {
		var err error
		batch, err = s.upload(tx, actor, code, files, nil)
		return err
	})
	killpoint.Here(killpoint.UploadDone)
	return batch, err
}

// upload writes a new batch with its files and what also adds to it, queues its check and records it.
func (s *Service) upload(tx *gorm.DB, actor models.Actor, code string, files []UploadedFile, also func(*models.Batch) error) (*models.Batch, error) {
	batch, err := s.begin(tx, actor, code, models.BatchFiles)
	if err != nil {
		return nil, err
	}
	if err := addFiles(tx, batch, files); err != nil {
		return nil, err
	}
	if also != nil {
		if err := also(batch); err != nil {
			return nil, err
		}
	}
	if err := s.Jobs.Enqueue(tx, CheckArgs{BatchID: batch.ID}); err != nil {
		return nil, err
	}
	err = s.record(tx, actor, batch.Code, "upload", "", fmt.Sprintf("%d 个文件，校验和 %s", len(files), batch.Checksum))
	killpoint.Here(killpoint.UploadInTx)
	return batch, err
}

// checkFiles holds the files of a batch against what may come together, and returns them with the documents last.
func (s *Service) checkFiles(ctx context.Context, actor models.Actor, code string, files []UploadedFile) ([]UploadedFile, error) {
	t, err := s.ownTask(s.DB.Read.WithContext(ctx), actor, code)
	if err != nil {
		return nil, database.Fault(err)
	}
	def := &t.TemplateVersion.Definition
	if err := checkSame(files, MostFiles(def)); err != nil {
		return nil, err
	}
	if files, err = s.sortFiles(ctx, def, files); err != nil {
		return nil, err
	}
	var form fault.Form
	checkDocuments(&form, files)
	return files, form.Err()
}

func checkSame(files []UploadedFile, most int) error {
	var form fault.Form
	if len(files) == 0 {
		form.Add("file", "请选择要上传的文件。")
	}
	if len(files) > most {
		form.Add("file", TooMany(most))
	}
	seen := map[string]string{}
	for _, f := range files {
		if first, ok := seen[f.Blob]; ok {
			form.Add("file", fmt.Sprintf("“%s”与“%s”内容完全相同，请去掉一个。", f.Name, first))
		}
		seen[f.Blob] = f.Name
	}
	return form.Err()
}

// begin writes a new batch of the actor's own task and replaces an earlier one that was never submitted.
func (s *Service) begin(tx *gorm.DB, actor models.Actor, code string, kind models.BatchKind) (*models.Batch, error) {
	if err := lockTask(tx, code); err != nil {
		return nil, err
	}
	t, err := s.ownTask(tx, actor, code)
	if err != nil {
		return nil, err
	}
	if err := s.mayFile(&t); err != nil {
		return nil, err
	}
	if err := s.replaceCurrent(tx, &t); err != nil {
		return nil, err
	}
	no := 1
	for _, b := range t.Batches {
		no = max(no, b.No+1)
	}
	state := models.BatchUploaded
	if kind == models.BatchNil {
		state = models.BatchClean
	}
	batch := &models.Batch{
		Code: models.BatchCode(t.Code, no), TaskID: t.ID, UnitID: t.UnitID, No: no, Kind: kind, State: state,
		Correction: t.Effective() != nil, CreatedBy: actor.AccountID, CreatedName: actor.Name, CreatedAt: s.now(),
	}
	if err := tx.Omit("Task", "Files").Create(batch).Error; err != nil {
		return nil, fmt.Errorf("begin batch %s: %w", batch.Code, err)
	}
	return batch, nil
}

// lockTask makes two steps on one task wait for each other on PostgreSQL, so that the second sees what the first has
// done and can say it; SQLite has one writer. A code that names no task locks nothing.
func lockTask(tx *gorm.DB, code string) error {
	if tx.Dialector.Name() != string(database.Postgres) {
		return nil
	}
	return tx.Exec("SELECT id FROM filing_tasks WHERE code = ? FOR UPDATE", upper(code)).Error
}

// replaceCurrent discards the task's current batch if it has not left the unit.
func (s *Service) replaceCurrent(tx *gorm.DB, t *models.FilingTask) error {
	current := t.Current()
	replaced, _ := models.FilingFlow.Move(models.VerbReplace)
	if current == nil || !slices.Contains(replaced.From, current.State) {
		return nil
	}
	if err := s.apply(tx, models.SystemActor, current, models.VerbReplace, workflow.Input{}, nil); err != nil {
		return err
	}
	return s.Jobs.Enqueue(tx, PurgeArgs{BatchID: current.ID}, jobs.Once())
}

// addFiles writes the files of a batch, the batch's checksum over all of them, and where the same content came before.
func addFiles(tx *gorm.DB, batch *models.Batch, files []UploadedFile) error {
	sum := sha256.New()
	documents := slices.ContainsFunc(files, func(f UploadedFile) bool { return f.Kind == models.FileDocument })
	for i, f := range files {
		earlier, err := sentBefore(tx, batch, f, documents)
		if err != nil {
			return err
		}
		row := models.BatchFile{BatchID: batch.ID, Seq: i, Kind: cmp.Or(f.Kind, models.FileTable), Name: cleanName(f.Name), Size: f.Size, Blob: f.Blob,
			Format: f.format, Duplicate: earlier, Ignored: listed[models.IgnoredRow](nil), Extra: listed[string](nil),
			Absent: listed[string](nil), Notes: listed[string](nil), NamedBy: listed[models.RowPlace](nil)}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("add file: %w", err)
		}
		batch.Files = append(batch.Files, row)
		fmt.Fprintf(sum, "%s\n", f.Blob)
	}
	batch.Checksum = hex.EncodeToString(sum.Sum(nil))
	if len(files) == 1 {
		batch.Checksum = files[0].Blob
	}
	return tx.Model(&models.Batch{}).Where("id = ?", batch.ID).Update("checksum", batch.Checksum).Error
}

// sentBefore returns the code of the unit's latest other batch with the very same table, or "". A document comes again
// with every try, and so may a table to which only a document was lacking: nobody needs to be told.
func sentBefore(tx *gorm.DB, batch *models.Batch, f UploadedFile, documents bool) (string, error) {
	var earlier models.Batch
	if f.Kind == models.FileDocument {
		return "", nil
	}
	query := tx.Select("batches.code").Joins("JOIN batch_files f ON f.batch_id = batches.id AND f.blob = ?", f.Blob).
		Where("batches.unit_id = ? AND batches.id <> ?", batch.UnitID, batch.ID)
	if documents {
		query = query.Where("batches.task_id <> ?", batch.TaskID)
	}
	if err := query.Order("batches.id DESC").Limit(1).Find(&earlier).Error; err != nil {
		return "", fmt.Errorf("look for the same file: %w", err)
	}
	return earlier.Code, nil
}

// cleanName keeps the last part of a file name, without control characters, at most 120 characters.
func cleanName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x200b && r <= 0x202e) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:60]) + "…" + string(runes[len(runes)-59:])
	}
	if strings.TrimSpace(name) == "" {
		return "未命名文件"
	}
	return name
}

// DeclareNil begins a nil return: 'nothing this period', by a named person, with a reason where nil is not normal.
// Returns the errors of CheckUpload, and fault.Invalid with the field reason.
func (s *Service) DeclareNil(ctx context.Context, actor models.Actor, code, reason string) (*models.Batch, error) {
	if err := s.Guard.Allow(actor, "filing", "nil"); err != nil {
		return nil, err
	}
	reason = strings.TrimSpace(reason)
	var batch *models.Batch
	err := s.tx(ctx, actor, func(tx *gorm.DB) error {
		t, err := s.ownTask(tx, actor, code)
		if err != nil {
			return err
		}
		var form fault.Form
		if !t.Item.NilNormal {
			form.Require("reason", "本期确无数据的原因", reason)
		}
		if len([]rune(reason)) > 500 {
			form.Add("reason", "原因最多 500 字。")
		}
		if err := form.Err(); err != nil {
			return err
		}
		if batch, err = s.begin(tx, actor, code, models.BatchNil); err != nil {
			return err
		}
		batch.NilReason = reason
		if err := tx.Model(&models.Batch{}).Where("id = ?", batch.ID).Update("nil_reason", reason).Error; err != nil {
			return err
		}
		return s.record(tx, actor, batch.Code, "nil", reason, "")
	})
	return batch, err
}
