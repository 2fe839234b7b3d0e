package filing

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// An export is settled by the ids that its filter finds at one moment, and read in portions of them: pages would skip
// rows when others move on while it runs.

// ExportInbox calls each with every batch that waits for the Office and that the filter finds, in its order, and writes
// down that the list was taken away. A batch that is accepted or returned meanwhile is left out.
func (s *Service) ExportInbox(ctx context.Context, actor models.Actor, f InboxFilter, each func(*models.Batch) error) error {
	if err := s.Guard.Allow(actor, "filing", "accept"); err != nil {
		return err
	}
	db := s.DB.Read.WithContext(ctx)
	var ids []int64
	if err := db.Model(&models.Batch{}).Scopes(f.scope(actor), f.order).Pluck("batches.id", &ids).Error; err != nil {
		return database.Fault(fmt.Errorf("find batches to export: %w", err))
	}
	err := s.noteExport(ctx, actor, audit.Entry{Object: models.FilingFlow.Name, Action: "export_inbox",
		Detail: exported(len(ids), "批", "单位", upper(f.Unit), "关键字", f.Text)})
	if err != nil {
		return err
	}
	return database.InChunks(ids, func(chunk []int64) error {
		batches, err := waitingBatches(db.Where("batches.id IN ?", chunk), actor, f)
		if err != nil {
			return err
		}
		for i := range batches {
			if err := each(&batches[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// ExportTasks calls each with every task that the actor may see and that the filter finds, in its order, and writes down
// that the list was taken away.
func (s *Service) ExportTasks(ctx context.Context, actor models.Actor, f TaskFilter, each func(TaskRow) error) error {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return err
	}
	db := s.DB.Read.WithContext(ctx)
	var ids []int64
	if err := db.Model(&models.FilingTask{}).Scopes(s.taskScope(actor, f), f.order).Pluck("filing_tasks.id", &ids).Error; err != nil {
		return database.Fault(fmt.Errorf("find tasks to export: %w", err))
	}
	var rows []TaskRow
	err := database.InChunks(ids, func(chunk []int64) error {
		found, err := s.taskRows(db.Where("filing_tasks.id IN ?", chunk), actor, f)
		for _, r := range found {
			if f.Standing == "" || r.Standing == f.Standing {
				rows = append(rows, r)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	standing, batch := "", ""
	if f.Standing != "" {
		standing = f.Standing.Label()
	}
	if f.Batch != "" {
		batch = models.FilingFlow.Describe(f.Batch).Label
	}
	err = s.noteExport(ctx, actor, audit.Entry{Object: models.FilingFlow.Name, Action: "export_tasks",
		Detail: exported(len(rows), "项", "单位", upper(f.Unit), "期次", f.Month, "状态", standing, "批次状态", batch, "关键字", f.Text)})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

// ExportMatrix returns the matrix for a workbook and writes down that it was taken away.
func (s *Service) ExportMatrix(ctx context.Context, actor models.Actor, f MatrixFilter) (*Matrix, error) {
	m, err := s.Matrix(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	detail := exported(len(m.Rows), "个单位", "期次", m.Months[0]+" 至 "+m.Months[len(m.Months)-1], "范围", f.Tier.narrowed(actor), "关键字", f.Text)
	return m, s.noteExport(ctx, actor, audit.Entry{Object: models.FilingFlow.Name, Action: "export_matrix", Detail: detail})
}

// WaiverRow is one waiver of an export with the last step that was taken on it, nil for one that nobody has decided on.
type WaiverRow struct {
	models.Waiver
	Last *workflow.Event
}

// ExportWaivers calls each with every waiver that the actor may see and that the filter finds, in its order, and writes
// down that the list was taken away.
func (s *Service) ExportWaivers(ctx context.Context, actor models.Actor, f WaiverFilter, each func(WaiverRow) error) error {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return err
	}
	db := s.DB.Read.WithContext(ctx)
	var ids []int64
	if err := db.Model(&models.Waiver{}).Scopes(f.scope(actor), f.order).Pluck("waivers.id", &ids).Error; err != nil {
		return database.Fault(fmt.Errorf("find waivers to export: %w", err))
	}
	state := ""
	if f.State != "" {
		state = models.WaiverFlow.Describe(f.State).Label
	}
	err := s.noteExport(ctx, actor, audit.Entry{Object: models.WaiverFlow.Name, Action: "export",
		Detail: exported(len(ids), "件", "单位", upper(f.Unit), "状态", state, "事项", f.Kind.Label(), "关键字", f.Text)})
	if err != nil {
		return err
	}
	return database.InChunks(ids, func(chunk []int64) error {
		waivers, err := waiverRows(db.Where("waivers.id IN ?", chunk), actor, f)
		if err != nil {
			return err
		}
		last, err := lastEvents(db, &models.WaiverFlow, chunk)
		if err != nil {
			return err
		}
		for _, w := range waivers {
			if err := each(WaiverRow{Waiver: w, Last: last[w.ID]}); err != nil {
				return err
			}
		}
		return nil
	})
}

// lastEvents returns the last step that was taken on each of a flow's records, by their ids.
func lastEvents(db *gorm.DB, f *workflow.Flow, ids []int64) (map[int64]*workflow.Event, error) {
	var events []workflow.Event
	if err := db.Where("flow = ? AND record_id IN ?", f.Name, ids).Order("id").Find(&events).Error; err != nil {
		return nil, database.Fault(fmt.Errorf("read last steps: %w", err))
	}
	last := make(map[int64]*workflow.Event, len(ids))
	for i := range events {
		last[events[i].RecordID] = &events[i]
	}
	return last, nil
}

// noteExport writes down that a list was taken away.
func (s *Service) noteExport(ctx context.Context, actor models.Actor, e audit.Entry) error {
	return s.DB.Tx(ctx, func(tx *gorm.DB) error { return audit.Record(tx, s.now(), actor, e) })
}

// exported says in words how many rows were taken away and by what they were filtered; filter holds labels and values by
// turns: 3 批，单位 ZJJ，关键字 预售.
func exported(rows int, measure string, filter ...string) string {
	words := []string{fmt.Sprintf("%d %s", rows, measure)}
	for i := 0; i+1 < len(filter); i += 2 {
		if filter[i+1] != "" {
			words = append(words, filter[i]+" "+filter[i+1])
		}
	}
	return strings.Join(words, "，")
}
