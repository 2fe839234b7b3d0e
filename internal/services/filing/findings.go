package filing

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/crypt"
	"taxportal/internal/filestore"
	"taxportal/internal/ingest"
	"taxportal/internal/jobs"
	"taxportal/internal/killpoint"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// maxFindingsBytes bounds the blob of all findings of a batch.
const maxFindingsBytes = 4 << 30

// findingLog streams findings into one sealed blob, a JSON line each.
type findingLog struct {
	pipe    *io.PipeWriter
	buffer  *bufio.Writer
	encoder *json.Encoder
	done    chan struct{}
	ref     filestore.Ref
	err     error
	closed  bool
}

func (s *Service) newFindingLog(ctx context.Context) *findingLog {
	reader, writer := io.Pipe()
	log := &findingLog{pipe: writer, buffer: bufio.NewWriterSize(writer, 64<<10), done: make(chan struct{})}
	log.encoder = json.NewEncoder(log.buffer)
	log.encoder.SetEscapeHTML(false)
	go func() {
		defer close(log.done)
		log.ref, log.err = s.Files.Put(ctx, reader, filestore.PutOptions{MaxBytes: maxFindingsBytes})
		reader.CloseWithError(errors.Join(log.err, io.ErrClosedPipe))
	}()
	return log
}

// Write adds a finding.
func (l *findingLog) Write(f ingest.Finding) error {
	if err := l.encoder.Encode(f); err != nil {
		return fmt.Errorf("note finding: %w", err)
	}
	return nil
}

// Close ends the log and returns the blob's name.
func (l *findingLog) Close() (string, error) {
	if err := l.buffer.Flush(); err != nil {
		return "", fmt.Errorf("note findings: %w", err)
	}
	l.closed = true
	l.pipe.Close()
	<-l.done
	return l.ref.Hash, l.err
}

// Abort gives up a log that was not closed; nothing of it stays.
func (l *findingLog) Abort() {
	if !l.closed {
		l.pipe.CloseWithError(context.Canceled)
		<-l.done
	}
}

// eachFinding calls do with every finding of a batch, in the order in which they were found.
func (s *Service) eachFinding(ctx context.Context, blob string, do func(ingest.Finding) error) error {
	if blob == "" {
		return nil
	}
	content, err := s.Files.Open(ctx, blob)
	if err != nil {
		return err
	}
	defer content.Close()
	decoder := json.NewDecoder(bufio.NewReaderSize(content, 64<<10))
	for {
		var f ingest.Finding
		err := decoder.Decode(&f)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read findings: %w", err)
		}
		if err := do(f); err != nil {
			return err
		}
	}
}

// conclude writes what the check found and moves the batch to its verdict, in one transaction.
func (s *Service) conclude(ctx context.Context, b *models.Batch, out *outcome) error {
	verb := map[ingest.Verdict]workflow.Verb{
		ingest.VerdictClean: models.VerbClean, ingest.VerdictWarnings: models.VerbWarnings, ingest.VerdictErrors: models.VerbErrors,
	}[out.report.Verdict]
	var open int64
	for _, n := range out.open {
		open += n
	}
	if verb == models.VerbWarnings && open == 0 {
		verb = models.VerbClean
	}
	detail := fmt.Sprintf("读入 %s 行，合格 %s 行，有错误 %s 行，提醒 %s 处", thousands(out.report.Rows), thousands(out.report.Valid),
		thousands(out.report.Rejected), thousands(out.report.Warnings))
	return s.DB.Tx(ctx, func(tx *gorm.DB) error {
		err := s.apply(tx, models.SystemActor, b, verb, workflow.Input{Detail: detail}, func(tx *gorm.DB) error {
			return s.save(tx, b, out, open)
		})
		killpoint.Here(killpoint.CheckVerdictInTx)
		return err
	})
}

func (s *Service) save(tx *gorm.DB, b *models.Batch, out *outcome, open int64) error {
	r := out.report
	if err := saveFiles(tx, b, r.Files); err != nil {
		return err
	}
	if err := saveDocuments(tx, b, r.Documents); err != nil {
		return err
	}
	if err := s.saveRules(tx, b, r.Rules); err != nil {
		return err
	}
	if len(out.carried) > 0 {
		if err := tx.CreateInBatches(out.carried, 200).Error; err != nil {
			return fmt.Errorf("carry explanations over: %w", err)
		}
	}
	b.RowsRead, b.RowsValid, b.RowsRejected, b.ErrorRows = r.Rows, r.Valid, r.Rejected, r.Rejected
	b.WarningCount, b.OpenWarnings, b.Progress, b.ProgressTotal = r.Warnings, open, r.Rows, r.Rows
	b.FindingsBlob, b.Stats, b.CheckedAt, b.CheckMillis, b.Trouble = out.blob, r.Stats, s.now(), out.took.Milliseconds(), ""
	err := tx.Model(&models.Batch{}).Where("id = ?", b.ID).Select("rows_read", "rows_valid", "rows_rejected", "error_rows", "warning_count",
		"open_warnings", "progress", "progress_total", "findings_blob", "stats", "checked_at", "check_millis", "trouble").Updates(b).Error
	if err != nil || r.Verdict != ingest.VerdictErrors {
		return err
	}
	return s.Jobs.Enqueue(tx, PurgeArgs{BatchID: b.ID}, jobs.Once())
}

func saveFiles(tx *gorm.DB, b *models.Batch, files []ingest.FileReport) error {
	tables := b.Tables()
	for i, f := range files {
		if i >= len(tables) {
			break
		}
		row := models.BatchFile{Format: f.Format, Encoding: f.Encoding, Delimiter: f.Delimiter, Sheet: f.Sheet, HeaderRow: f.HeaderRow,
			Columns: f.Columns, RowsRead: f.Rows, RowsValid: f.Valid, Ignored: listed(f.Ignored), Skipped: f.Skipped, Hidden: f.Hidden,
			Extra: listed(f.Extra), Absent: listed(f.Absent), Notes: listed(f.Notes)}
		err := tx.Model(&models.BatchFile{}).Where("id = ?", tables[i].ID).
			Select("format", "encoding", "delimiter", "sheet", "header_row", "columns", "rows_read", "rows_valid", "ignored", "skipped",
				"hidden", "extra", "absent", "notes").Updates(&row).Error
		if err != nil {
			return fmt.Errorf("write file report: %w", err)
		}
	}
	return nil
}

// listed makes an empty list of none at all, which would be stored as NULL.
func listed[T any](list []T) []T { return append([]T{}, list...) }

// saveRules replaces what an earlier run of the same check wrote.
func (s *Service) saveRules(tx *gorm.DB, b *models.Batch, rules []ingest.RuleCount) error {
	if err := tx.Where("batch_id = ?", b.ID).Delete(&models.Finding{}).Error; err != nil {
		return err
	}
	if err := tx.Where("batch_id = ?", b.ID).Delete(&models.FindingRule{}).Error; err != nil {
		return err
	}
	for seq, r := range rules {
		row := models.FindingRule{BatchID: b.ID, Seq: seq, Rule: r.Rule, Severity: r.Severity, Field: r.Field, Title: r.Title, Advice: r.Advice, Count: r.Count}
		if err := tx.Omit("Findings").Create(&row).Error; err != nil {
			return fmt.Errorf("write rule: %w", err)
		}
		findings := make([]models.Finding, len(r.First))
		for i, f := range r.First {
			findings[i] = s.sealFinding(b.ID, row.ID, f)
		}
		if len(findings) == 0 {
			continue
		}
		if err := tx.CreateInBatches(findings, 50).Error; err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
	}
	return nil
}

// place binds a sealed text of a finding to where it stands.
func place(column string, batch int64, file int, row int64) crypt.Field {
	return crypt.Field{Table: "findings", Column: column, Batch: batch, Row: int64(file)*models.RowsPerFile + row}
}

// sealFinding is the row of a finding: what pages show, with sensitive values masked. Their full text stands in the
// unit's own file and in the sealed blob, from which the annotated workbook is made.
func (s *Service) sealFinding(batch, rule int64, whole ingest.Finding) models.Finding {
	f := whole.Masked()
	row := models.Finding{
		RuleID: rule, BatchID: batch, File: f.File, Sheet: f.Sheet, Row: f.Row, Column: f.Column, Field: f.Field, Name: f.Name,
		Marks: joinInts(f.Marks), Message: f.Message, Advice: f.Advice, RowKey: s.keyHash(whole.Key), RowHash: s.keyHash(whole.RowHash),
	}
	if f.Value != "" {
		row.Value = s.Keys.SealField(nil, place("value", batch, f.File, f.Row), []byte(f.Value))
	}
	if f.Suggest != "" {
		row.Suggest = s.Keys.SealField(nil, place("suggest", batch, f.File, f.Row), []byte(f.Suggest))
	}
	return row
}

// keyHash hides a row's key or content behind a keyed hash; "" stays "".
func (s *Service) keyHash(text string) string {
	if text == "" {
		return ""
	}
	sum := s.Keys.Subject("finding", text)
	return hex.EncodeToString(sum[:])
}

// openFindings unseals the findings in place.
func (s *Service) openFindings(rules []models.FindingRule) error {
	for i := range rules {
		for j := range rules[i].Findings {
			f := &rules[i].Findings[j]
			for column, sealed := range map[string]*[]byte{"value": &f.Value, "suggest": &f.Suggest} {
				if len(*sealed) == 0 {
					continue
				}
				plain, err := s.Keys.OpenField(nil, place(column, f.BatchID, f.File, f.Row), *sealed)
				if err != nil {
					return fmt.Errorf("open finding: %w", err)
				}
				*sealed = plain
			}
		}
	}
	return nil
}

func joinInts(numbers []int) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ",")
}
