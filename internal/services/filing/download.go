package filing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/filestore"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/internal/office"
)

// Original opens a file of a batch as it was uploaded. The download is audited.
// Returns fault.NotFound for what is not there or not the actor's to know of.
func (s *Service) Original(ctx context.Context, actor models.Actor, code string, seq int) (filestore.File, models.BatchFile, error) {
	file, err := s.file(ctx, actor, code, seq)
	if err != nil {
		return nil, file, err
	}
	content, err := s.Files.Open(ctx, file.Blob)
	if err != nil {
		return nil, file, err
	}
	return content, file, s.noteDownload(ctx, actor, code, "download_original", file.Name)
}

func (s *Service) file(ctx context.Context, actor models.Actor, code string, seq int) (models.BatchFile, error) {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return models.BatchFile{}, err
	}
	db := s.DB.Read.WithContext(ctx)
	b, err := s.batch(db, actor, code)
	if err != nil {
		return models.BatchFile{}, database.Fault(err)
	}
	var file models.BatchFile
	err = db.Where("batch_id = ? AND seq = ?", b.ID, seq).Limit(1).Find(&file).Error
	if err == nil && file.ID == 0 {
		return file, fault.New(fault.NotFound, "没有这个文件。")
	}
	return file, database.Fault(err)
}

func (s *Service) noteDownload(ctx context.Context, actor models.Actor, code, action, detail string) error {
	return s.tx(ctx, actor, func(tx *gorm.DB) error { return s.record(tx, actor, upper(code), action, "", detail) })
}

// Annotated is a unit's own file with what is wrong written beside it. It lies in a temporary file that Close removes.
type Annotated struct {
	Name   string
	Format office.Format
	*os.File
}

// Close closes and removes the temporary file.
func (a *Annotated) Close() error {
	return errors.Join(a.File.Close(), os.Remove(a.File.Name()))
}

// Annotate makes the annotated form of a batch's file: a workbook, or CSV beyond a sheet's rows. The download is
// audited, because it holds the unit's values in clear. The caller closes the result.
// Returns fault.NotFound, and fault.Conflict if the batch has no findings to show.
func (s *Service) Annotate(ctx context.Context, actor models.Actor, code string, seq int) (*Annotated, error) {
	file, err := s.file(ctx, actor, code, seq)
	if err != nil {
		return nil, err
	}
	if file.Kind == models.FileDocument {
		return nil, fault.New(fault.Conflict, "附件没有批注；批注写在表格上。")
	}
	var b models.Batch
	if err := s.DB.Read.WithContext(ctx).Where("id = ?", file.BatchID).Take(&b).Error; err != nil {
		return nil, database.Fault(err)
	}
	if b.FindingsBlob == "" {
		return nil, fault.New(fault.Conflict, "这个批次没有校验结果，不能生成批注工作簿。")
	}
	temp, err := os.CreateTemp(s.TempDir, "annotated-*")
	if err != nil {
		return nil, fmt.Errorf("annotate %s: %w", b.Code, err)
	}
	done := &Annotated{File: temp}
	done.Format, err = s.annotate(ctx, temp, &b, file)
	if err == nil {
		_, err = temp.Seek(0, io.SeekStart)
	}
	if err == nil {
		err = s.noteDownload(ctx, actor, code, "download_annotated", file.Name)
	}
	if err != nil {
		return nil, errors.Join(err, done.Close())
	}
	done.Name = strings.TrimSuffix(file.Name, path.Ext(file.Name)) + "（批注）." + string(done.Format)
	return done, nil
}

func (s *Service) annotate(ctx context.Context, w io.Writer, b *models.Batch, file models.BatchFile) (office.Format, error) {
	content, err := s.Files.Open(ctx, file.Blob)
	if err != nil {
		return "", err
	}
	defer content.Close()
	book, err := sheet.Open(content, content.Size(), sheet.Options{Name: file.Name, TempDir: s.TempDir})
	if err != nil {
		return "", fmt.Errorf("open %s again: %w", file.Blob, err)
	}
	defer book.Close()
	index := 0
	for i, info := range book.Sheets {
		if info.Name == file.Sheet {
			index = i
		}
	}
	findings := func(yield func(ingest.Finding, error) bool) {
		err := s.eachFinding(ctx, b.FindingsBlob, func(f ingest.Finding) error {
			if !yield(f, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(ingest.Finding{}, err)
		}
	}
	return office.Annotate(ctx, w, book, findings, office.AnnotateOptions{File: file.Seq, Sheet: index, HeaderRow: file.HeaderRow, TempDir: s.TempDir})
}

// errStop ends a walk over findings early.
var errStop = errors.New("stop")

// Findings calls do with every finding of a list that FindingList has returned. Sensitive values are masked. The
// download is audited.
func (s *Service) Findings(ctx context.Context, actor models.Actor, list *FindingList, do func(ingest.Finding) error) error {
	rule := ""
	if list.Rule != nil {
		rule = list.Rule.Title
	}
	if err := s.noteDownload(ctx, actor, list.Batch.Code, "download_findings", rule); err != nil {
		return err
	}
	return s.eachFinding(ctx, list.Batch.FindingsBlob, func(f ingest.Finding) error {
		if !list.has(f) {
			return nil
		}
		return do(f.Masked())
	})
}

// has reports whether a finding is one of the list: the same rule may speak of several fields, each for itself.
func (l *FindingList) has(f ingest.Finding) bool {
	return l.Rule == nil || f.Rule == l.Rule.Rule && (l.Rule.Field == "" || f.Field == l.Rule.Field)
}

// taskOfCode returns the task's part of a batch's code.
func taskOfCode(code string) string { return code[:len(code)-len(batchSuffix(code))] }

// batchSuffix returns the last part of a batch's code, -1 of ZJJ-02-202610-1.
func batchSuffix(code string) string {
	for i := len(code) - 1; i >= 0; i-- {
		if code[i] == '-' {
			return code[i:]
		}
	}
	return ""
}
