package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// Limits of a trial filing. It is checked while somebody waits: a month's rows, not a year's.
const (
	MaxTrialBytes = 20 << 20
	trialTime     = 60 * time.Second
	trialFindings = 20 // kept of each rule
	keptTrials    = 20 // reports of one design
)

// TrialReport is what a trial filing found, as it is kept: sealed, because it repeats faulty values.
type TrialReport struct {
	File  models.BatchFile   `json:"file"`
	Rules []ingest.RuleCount `json:"rules"`
}

// Try checks a file against a design as a filing would be checked, and keeps nothing but the report. The file is read
// from content, which is not closed.
//
// Returns fault.NotFound, fault.Forbidden, fault.Conflict if the design is not under way or its fields cannot be used
// yet, fault.TooLarge, and fault.Unavailable if the check takes too long. A file that cannot be read as the template asks
// is a trial with Trouble, not an error.
func (s *Designs) Try(ctx context.Context, actor models.Actor, id int64, name string, content io.Reader) (*models.DesignTrial, error) {
	p, err := s.MayTry(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	file, size, err := s.keepAside(content)
	if err != nil {
		return nil, err
	}
	defer s.dropAside(file)
	t := &models.DesignTrial{DesignID: id, Revision: p.Revision, TriedBy: actor.AccountID, TriedName: actor.Name, UnitID: actor.Unit.ID,
		UnitName: actor.Unit.Name, At: s.now(), FileName: name, FileSize: size}
	report, err := s.check(ctx, p, t, file)
	if err != nil {
		return nil, err
	}
	return t, s.saveTrial(ctx, actor, p, t, report)
}

// MayTry asks, before any byte is read, whether the actor may try a file on the design now.
func (s *Designs) MayTry(ctx context.Context, actor models.Actor, id int64) (*models.Design, error) {
	if err := s.Guard.Allow(actor, "template", "trial"); err != nil {
		return nil, err
	}
	d, err := s.get(s.DB.Read.WithContext(ctx), actor, id)
	if err != nil {
		return nil, database.Fault(err)
	}
	if !underWay(d) {
		return nil, fault.New(fault.Conflict, fmt.Sprintf("这一版现在是“%s”，不再试报。", models.TemplateFlow.Describe(d.State).Label))
	}
	return d, nil
}

// keepAside writes the file where the check can read it more than once.
func (s *Designs) keepAside(content io.Reader) (*os.File, int64, error) {
	file, err := os.CreateTemp(s.TempDir, "trial-")
	if err != nil {
		return nil, 0, fmt.Errorf("keep trial aside: %w", err)
	}
	size, err := io.Copy(file, io.LimitReader(content, MaxTrialBytes+1))
	if err == nil && size > MaxTrialBytes {
		err = fault.New(fault.TooLarge, fmt.Sprintf("文件过大：试报最多 %d MB，请截取一部分数据再试。", MaxTrialBytes>>20))
	}
	if err != nil {
		s.dropAside(file)
		return nil, 0, err
	}
	return file, size, nil
}

// dropAside removes the file; what a crash leaves is removed at the next start, when the folder is emptied.
func (s *Designs) dropAside(file *os.File) {
	_ = file.Close()
	_ = os.Remove(file.Name())
}

// check runs the file through the very check of a filing and puts the outcome into t.
func (s *Designs) check(ctx context.Context, d *models.Design, t *models.DesignTrial, file *os.File) (TrialReport, error) {
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	checker, err := ingest.New(&d.Definition, ingest.Options{Today: models.DayOf(s.Now()), TempDir: s.TempDir, Keep: trialFindings})
	if err != nil {
		if message, told := fault.Message(err); told {
			return TrialReport{}, fault.Wrap(fault.Conflict, "草稿还不能试报："+message, err)
		}
		return TrialReport{}, err
	}
	defer checker.Close()
	report := ingest.Report{Verdict: ingest.VerdictRefused}
	book, err := sheet.Open(file, t.FileSize, sheet.Options{Name: t.FileName, TempDir: s.TempDir})
	if err == nil {
		defer book.Close()
		err = checker.File(ctx, book, nil, nil)
	}
	if err == nil {
		report, err = checker.Finish(ctx)
	}
	var malformed *ingest.Malformed
	switch {
	case errors.As(ingest.AsMalformed(err), &malformed):
		t.Verdict, t.Trouble = string(ingest.VerdictRefused), malformed.Message
		return TrialReport{}, nil
	case errors.Is(err, context.DeadlineExceeded):
		return TrialReport{}, fault.Wrap(fault.Unavailable, "试报超过 60 秒没有校验完，没有结果。请截取一部分数据再试。", err)
	case err != nil:
		return TrialReport{}, fmt.Errorf("try file on %s: %w", d.FlowCode(), err)
	}
	t.Verdict, t.RowsRead, t.RowsValid, t.RowsRejected, t.Warnings = string(report.Verdict), report.Rows, report.Valid, report.Rejected, report.Warnings
	return TrialReport{File: fileOf(t, report.Files), Rules: masked(report.Rules)}, nil
}

// fileOf says of the file what pages show of the files of a batch.
func fileOf(t *models.DesignTrial, files []ingest.FileReport) models.BatchFile {
	f := models.BatchFile{Name: t.FileName, Size: t.FileSize}
	if len(files) == 1 {
		r := files[0]
		f.Format, f.Encoding, f.Delimiter, f.Sheet, f.HeaderRow, f.Columns = r.Format, r.Encoding, r.Delimiter, r.Sheet, r.HeaderRow, r.Columns
		f.RowsRead, f.RowsValid, f.Ignored, f.Skipped, f.Hidden, f.Extra, f.Absent, f.Notes = r.Rows, r.Valid, r.Ignored, r.Skipped, r.Hidden, r.Extra, r.Absent, r.Notes
	}
	return f
}

// masked hides the values of sensitive fields and the keys of rows, which nobody needs to mend a draft.
func masked(rules []ingest.RuleCount) []ingest.RuleCount {
	for i := range rules {
		for j, f := range rules[i].First {
			rules[i].First[j] = f.Masked()
		}
	}
	return rules
}

// sealedReport is where the report of a trial stands sealed.
func sealedReport(id int64) crypt.Field {
	return crypt.Field{Table: "template_trials", Column: "report", Row: id}
}

func (s *Designs) saveTrial(ctx context.Context, actor models.Actor, d *models.Design, t *models.DesignTrial, report TrialReport) error {
	text, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		t.ID = 0 // of a transaction that is run again
		if err := tx.Create(t).Error; err != nil {
			return fmt.Errorf("note trial: %w", err)
		}
		sealed := s.Keys.SealField(nil, sealedReport(t.ID), text)
		if err := tx.Model(&models.DesignTrial{}).Where("id = ?", t.ID).Update("report", sealed).Error; err != nil {
			return fmt.Errorf("keep report: %w", err)
		}
		err := tx.Exec(`DELETE FROM template_trials WHERE design_id = ? AND id NOT IN
			(SELECT id FROM (SELECT id FROM template_trials WHERE design_id = ? ORDER BY id DESC LIMIT ?) newest)`, d.ID, d.ID, keptTrials).Error
		if err != nil {
			return fmt.Errorf("drop old trials: %w", err)
		}
		return s.record(tx, actor, d, "trial", "", fmt.Sprintf("%s：读入 %d 行，合格 %d 行", t.FileName, t.RowsRead, t.RowsValid))
	})
}

// Trial returns the report of one trial filing. Those of other units are seen by the Office alone.
// Returns fault.NotFound for any other.
func (s *Designs) Trial(ctx context.Context, actor models.Actor, id, trial int64) (*DesignPage, *models.DesignTrial, TrialReport, error) {
	var report TrialReport
	if err := s.Guard.Allow(actor, "template", "trial"); err != nil {
		return nil, nil, report, err
	}
	p, err := s.Page(ctx, actor, id)
	if err != nil {
		return nil, nil, report, err
	}
	var found []models.DesignTrial
	query := s.DB.Read.WithContext(ctx).Where("id = ? AND design_id = ?", trial, id)
	if !actor.Has(models.RoleOffice) {
		query = query.Where("unit_id = ?", actor.Unit.ID)
	}
	if err := query.Limit(1).Find(&found).Error; err != nil {
		return nil, nil, report, database.Fault(err)
	}
	if len(found) == 0 {
		return nil, nil, report, fault.New(fault.NotFound, "没有这次试报的结果，可能已被更新的试报替换。")
	}
	text, err := s.Keys.OpenField(nil, sealedReport(trial), found[0].Report)
	if err != nil {
		return nil, nil, report, fmt.Errorf("open report: %w", err)
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, nil, report, fmt.Errorf("read report: %w", err)
	}
	return p, &found[0], report, nil
}
