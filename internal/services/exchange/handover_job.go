package exchange

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/jobs"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
	"taxportal/internal/workflow"
)

// handoverArgs asks for one hand-over.
type handoverArgs struct {
	HandoverID int64 `json:"handover_id"`
}

// Kind names the job.
func (handoverArgs) Kind() string { return "hand_over" }

// BatchEffective notes, in the transaction in which a batch comes into force, that it is to be handed over. The answer to
// an ad-hoc call stays on the portal: it is no part of the register whose template it borrows, and was asked for one purpose.
func (s *Service) BatchEffective(tx *gorm.DB, batch *models.Batch) error {
	var answers int64
	err := tx.Model(&models.FilingTask{}).Joins("JOIN catalogue_items i ON i.id = filing_tasks.item_id").
		Where("filing_tasks.id = ? AND i.origin = ?", batch.TaskID, models.OriginCall).Count(&answers).Error
	if err != nil {
		return fmt.Errorf("find what %s was filed for: %w", batch.Code, err)
	}
	if answers > 0 {
		return nil
	}
	h := models.Handover{BatchID: batch.ID, UnitID: batch.UnitID, State: models.HandoverPending, CreatedAt: s.now()}
	if err := tx.Omit("Batch").Create(&h).Error; err != nil {
		return fmt.Errorf("note hand-over of %s: %w", batch.Code, err)
	}
	return s.ask(tx, h.ID)
}

// BatchSuperseded notes, in the transaction in which another batch takes a batch's place, that the platform is to be told.
func (s *Service) BatchSuperseded(tx *gorm.DB, batch *models.Batch) error {
	if err := hold(tx, "batch_id = ?", batch.ID); err != nil {
		return err
	}
	h, err := one(tx, "batch_id = ?", batch.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if h.State == models.HandoverDone || h.State == models.HandoverFailed {
		if err := s.move(tx, h, models.VerbReopenHandover, "", s.fresh(h)); err != nil {
			return err
		}
	}
	return s.ask(tx, h.ID)
}

// fresh begins the count of tries anew.
func (s *Service) fresh(h *models.Handover) func(tx *gorm.DB) error {
	return func(tx *gorm.DB) error { return set(tx, h, map[string]any{"attempts": 0, "trouble": ""}) }
}

// ask queues a hand-over. It is not left out where one of the same batch runs: that one may have read the batch before.
func (s *Service) ask(tx *gorm.DB, id int64) error {
	if !s.Target.Configured() {
		return nil
	}
	return s.Jobs.Enqueue(tx, handoverArgs{HandoverID: id})
}

// hold makes the steps on one hand-over wait for each other on PostgreSQL; SQLite has one writer.
func hold(tx *gorm.DB, condition string, args ...any) error {
	if tx.Name() != string(database.Postgres) {
		return nil
	}
	return tx.Exec("SELECT id FROM handovers WHERE "+condition+" FOR UPDATE", args...).Error
}

// Resume queues what waits and has no job: what came into force before there was a folder. It also clears away what
// portals that were killed left unfinished in the folder.
func (s *Service) Resume(ctx context.Context) error {
	if !s.Target.Configured() {
		return nil
	}
	var ids []int64
	err := s.DB.Read.WithContext(ctx).Model(&models.Handover{}).Where("state = ?", models.HandoverPending).Order("id").Pluck("id", &ids).Error
	if err != nil {
		return database.Fault(err)
	}
	err = database.InChunks(ids, func(chunk []int64) error {
		return s.DB.Tx(ctx, func(tx *gorm.DB) error {
			for _, id := range chunk {
				if err := s.Jobs.Enqueue(tx, handoverArgs{HandoverID: id}, jobs.Once()); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return s.folder.sweep(s.Now().Add(-leftoverAge))
}

// leftoverAge is how old an unfinished hand-over must be before nobody can be writing it any more.
const leftoverAge = 24 * time.Hour

// handOver takes one hand-over as far as it goes. It may run again at any point, and beside itself.
func (s *Service) handOver(ctx context.Context, args handoverArgs) error {
	for {
		h, again, err := s.try(ctx, args.HandoverID)
		if err != nil {
			return s.noteTrouble(ctx, h, err)
		}
		if !again {
			return nil
		}
	}
}

// try looks at a hand-over and does what its batch asks for. again reports that the batch was replaced meanwhile.
func (s *Service) try(ctx context.Context, id int64) (h *models.Handover, again bool, err error) {
	h, err = one(s.DB.Read.WithContext(ctx), "id = ?", id)
	if err != nil || h.State != models.HandoverPending || !s.Target.Configured() {
		return nil, false, err
	}
	if err := s.DB.Tx(ctx, func(tx *gorm.DB) error {
		return set(tx, h, map[string]any{"attempts": gorm.Expr("attempts + 1"), "tried_at": s.now()})
	}); err != nil {
		return nil, false, err
	}
	d, err := s.dossier(ctx, h.BatchID)
	if err != nil {
		return h, false, err
	}
	if d.batch.State == models.BatchSuperseded {
		return h, false, s.withdraw(ctx, h, d)
	}
	again, err = s.deliver(ctx, h, d)
	return h, again, err
}

// deliver writes the data and notes that they are there, unless another batch has taken the place of this one meanwhile.
func (s *Service) deliver(ctx context.Context, h *models.Handover, d *dossier) (again bool, err error) {
	m, err := s.folder.put(ctx, d.reference, d.manifest(s.Target.Sensitive, s.now()), s.parts(ctx, d))
	if err != nil {
		return false, err
	}
	data := m.file(dataName)
	detail := fmt.Sprintf("%s，%d 行，%s，SM3 %s", d.reference, m.Rows, m.Sensitive.Mode.Label(), data.SM3)
	err = s.DB.Tx(ctx, func(tx *gorm.DB) error {
		now, err := s.current(tx, h)
		if err != nil || now.State != models.HandoverPending {
			return err
		}
		if again = now.Batch.State != models.BatchEffective; again {
			return nil
		}
		return s.move(tx, now, models.VerbDeliver, detail, func(tx *gorm.DB) error {
			return set(tx, h, map[string]any{"delivered_at": s.now(), "reference": d.reference, "rows": m.Rows, "bytes": data.Bytes,
				"sha256": data.SHA256, "sm3": data.SM3, "sensitive": m.Sensitive.Mode, "trouble": ""})
		})
	})
	return again, err
}

// withdraw tells the platform that another batch has taken the place of this one. What the platform has taken away
// already is told by a manifest alone.
func (s *Service) withdraw(ctx context.Context, h *models.Handover, d *dossier) error {
	at := stamp(s.now())
	marked, err := s.folder.mark(d.reference, d.replacedBy, at)
	if err != nil {
		return err
	}
	if !marked && h.DeliveredAt != 0 {
		m := d.manifest(Sensitive(h.Sensitive), h.DeliveredAt)
		m.Status, m.SupersededBy, m.SupersededAt = statusSuperseded, d.replacedBy, at
		if _, err := s.folder.put(ctx, d.reference, m, nil); err != nil {
			return err
		}
		marked = true
	}
	verb, detail := models.VerbSkipHandover, "由 "+d.replacedBy+" 替代"
	if marked {
		verb, detail = models.VerbWithdrawData, d.reference+"，"+detail
	}
	return s.DB.Tx(ctx, func(tx *gorm.DB) error {
		now, err := s.current(tx, h)
		if err != nil || now.State != models.HandoverPending {
			return err
		}
		return s.move(tx, now, verb, detail, func(tx *gorm.DB) error { return set(tx, h, map[string]any{"trouble": ""}) })
	})
}

// current reads a hand-over again within the transaction that moves it.
func (s *Service) current(tx *gorm.DB, h *models.Handover) (*models.Handover, error) {
	if err := hold(tx, "id = ?", h.ID); err != nil {
		return nil, err
	}
	return one(tx, "id = ?", h.ID)
}

// noteTrouble keeps what was wrong with a try, for the pages. What trying again cannot mend ends the job.
func (s *Service) noteTrouble(ctx context.Context, h *models.Handover, cause error) error {
	if h == nil || ctx.Err() != nil {
		return cause
	}
	err := s.DB.Tx(ctx, func(tx *gorm.DB) error { return set(tx, h, map[string]any{"trouble": troubleOf(cause)}) })
	if fault.Is(cause, fault.Conflict) {
		cause = jobs.Permanent(cause)
	}
	return errors.Join(cause, err)
}

// gaveUp marks a hand-over that could not be done after all tries.
func (s *Service) gaveUp(ctx context.Context, args handoverArgs, cause error) error {
	return s.DB.Tx(ctx, func(tx *gorm.DB) error {
		h, err := s.current(tx, &models.Handover{ID: args.HandoverID})
		if fault.Is(err, fault.NotFound) || err == nil && h.State != models.HandoverPending {
			return nil
		}
		if err != nil {
			return err
		}
		trouble := troubleOf(cause)
		return s.move(tx, h, models.VerbFailHandover, trouble, func(tx *gorm.DB) error { return set(tx, h, map[string]any{"trouble": trouble}) })
	})
}

// troubleOf says in the user's words what was wrong. Paths of the machine stay in the log.
func troubleOf(cause error) string {
	if message, ok := fault.Message(cause); ok {
		return message
	}
	switch {
	case errors.Is(cause, fs.ErrNotExist):
		return "交接目录不存在，可能没有挂载。请系统管理员检查。"
	case errors.Is(cause, fs.ErrPermission):
		return "没有写入交接目录的权限。请系统管理员检查。"
	case errors.Is(cause, syscall.ENOSPC):
		return "交接目录所在的磁盘已满。请系统管理员清理。"
	}
	return "写入交接目录时出错，详见平台日志。请系统管理员检查。"
}

// Retry starts failed hand-overs again: those of the given batches, or without any all that the actor's area has. Returns
// how many. For the Office. A batch that is not there is a fault.NotFound, one that has not failed a fault.Conflict.
func (s *Service) Retry(ctx context.Context, actor models.Actor, codes []string) (int, error) {
	if err := s.Guard.Allow(actor, "handover", "retry"); err != nil {
		return 0, err
	}
	if !s.Target.Configured() {
		return 0, fault.New(fault.Conflict, "没有重新交接：平台还没有配置交接目录，请系统管理员按运维手册设置后再试。")
	}
	n := 0
	err := s.DB.Tx(context.WithValue(ctx, actorKey{}, actor), func(tx *gorm.DB) error {
		found, err := failedOnes(tx, actor, codes)
		if err != nil {
			return err
		}
		n = len(found)
		for i := range found {
			if err := s.retry(tx, actor, &found[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func failedOnes(tx *gorm.DB, actor models.Actor, codes []string) ([]models.Handover, error) {
	query := tx.Scopes(seen(actor)).Preload("Batch").Order("id").Limit(mostRetries)
	if len(codes) == 0 {
		query = query.Where("state = ?", models.HandoverFailed)
	} else {
		query = query.Where("batch_id IN (SELECT id FROM batches WHERE code IN ?)", uppers(codes))
	}
	var found []models.Handover
	if err := query.Find(&found).Error; err != nil {
		return nil, fmt.Errorf("find hand-overs to try again: %w", err)
	}
	if len(codes) > 0 && len(found) == 0 {
		return nil, errNoHandover
	}
	return found, nil
}

// mostRetries bounds how many are started again at once; the rest keeps failing in sight.
const mostRetries = 500

func (s *Service) retry(tx *gorm.DB, actor models.Actor, h *models.Handover) error {
	_, err := s.engine.Apply(tx, workflow.Step{Flow: &models.HandoverFlow, Subject: h, Verb: models.VerbRetryHandover, Actor: actor.Workflow(),
		Allowed: s.Guard.Asker(actor), Parties: []workflow.Party{workflow.Office}, Also: s.fresh(h)})
	if err != nil {
		return err
	}
	return s.ask(tx, h.ID)
}

// parts are the files of a hand-over beside its manifest.
func (s *Service) parts(ctx context.Context, d *dossier) []part {
	shape := shapeOf(d.version.Definition, s.Target.Sensitive)
	return []part{
		{dataName, func(w io.Writer) error { return s.writeData(ctx, w, d, shape) }},
		{schemaName, func(w io.Writer) error { return writeSchema(w, shape) }},
	}
}

// utf8Mark is how programs of offices know UTF-8.
const utf8Mark = "\uFEFF"

// writeData writes the batch's rows as CSV (RFC 4180, UTF-8 with its mark). Nothing is done to values that look like
// formulas: the file is for a program, by its schema, and must hold what was filed.
func (s *Service) writeData(ctx context.Context, w io.Writer, d *dossier, shape shape) error {
	if _, err := io.WriteString(w, utf8Mark); err != nil {
		return err
	}
	lines := csv.NewWriter(w)
	lines.UseCRLF = true
	if err := lines.Write(shape.header()); err != nil {
		return err
	}
	written, page := int64(0), warehouse.Page{Reveal: s.Target.Sensitive != SensitiveOmit}
	for d.batch.Kind == models.BatchFiles {
		rows, err := s.Warehouse.BatchRows(ctx, &d.version.Definition, d.batch.ID, page)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := lines.Write(shape.line(r.Values)); err != nil {
				return err
			}
		}
		written += int64(len(rows))
		if len(rows) < warehouse.MaxRows {
			break
		}
		page.After = rows[len(rows)-1].RowNo
	}
	if written != d.rows() {
		return fault.New(fault.Conflict, fmt.Sprintf("库中有 %d 行，与批次的 %d 行不符，没有交接。请系统管理员检查。", written, d.rows()))
	}
	lines.Flush()
	return lines.Error()
}
