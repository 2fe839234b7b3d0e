package exchange

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// OfBatch returns the hand-over of a batch that the actor may see, nil if it has none: it was never in force.
func (s *Service) OfBatch(ctx context.Context, actor models.Actor, batchID int64) (*models.Handover, error) {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return nil, err
	}
	h, err := one(s.DB.Read.WithContext(ctx).Scopes(seen(actor)), "batch_id = ?", batchID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return h, database.Fault(err)
}

// seen keeps the hand-overs of batches that the actor sees: of the own unit or area, and of no county that files for itself.
func seen(actor models.Actor) func(*gorm.DB) *gorm.DB {
	const task = "(SELECT task_id FROM batches WHERE batches.id = handovers.batch_id)"
	return func(db *gorm.DB) *gorm.DB {
		return db.Scopes(database.Visible(actor, "handovers.unit_id"), database.Shared(actor, "handovers.unit_id", task))
	}
}

// HandoverFilter narrows and orders the list of hand-overs.
type HandoverFilter struct {
	Text  string // in unit name, item name or batch code
	Unit  string // unit code
	State workflow.State
	Sort  string // oldest, unit, rows; anything else: newest first
	Page  int
	Size  int
}

func (f HandoverFilter) scope(actor models.Actor) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		db = db.Scopes(seen(actor)).Joins("JOIN batches b ON b.id = handovers.batch_id").
			Joins("JOIN filing_tasks t ON t.id = b.task_id").Joins("JOIN units u ON u.id = handovers.unit_id").
			Joins("JOIN catalogue_items i ON i.id = t.item_id").Scopes(database.ContainsAny(f.Text, "u.name", "i.name", "b.code"))
		if f.Unit != "" {
			db = db.Where("u.code = ?", strings.ToLower(f.Unit))
		}
		if f.State != "" {
			db = db.Where("handovers.state = ?", f.State)
		}
		return db
	}
}

func (f HandoverFilter) order(db *gorm.DB) *gorm.DB {
	switch f.Sort {
	case "oldest":
		return db.Order("handovers.id")
	case "unit":
		return db.Order(database.PlanOrder("u") + ", handovers.id DESC")
	case "rows":
		return db.Order("handovers.rows DESC, handovers.id DESC")
	}
	return db.Order("handovers.id DESC")
}

// Handovers returns a page of the hand-overs of the actor's area, newest first, and how many there are. For the Office.
func (s *Service) Handovers(ctx context.Context, actor models.Actor, f HandoverFilter) ([]models.Handover, int64, error) {
	if err := s.Guard.Allow(actor, "handover", "view"); err != nil {
		return nil, 0, err
	}
	db := s.DB.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.Handover{}).Scopes(f.scope(actor)).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count hand-overs: %w", err))
	}
	rows, err := handoverRows(db.Scopes(database.Page(f.Page, f.Size)), actor, f)
	return rows, total, err
}

func handoverRows(db *gorm.DB, actor models.Actor, f HandoverFilter) ([]models.Handover, error) {
	var rows []models.Handover
	err := db.Preload("Batch").Preload("Batch.Task").Preload("Batch.Task.Item").Preload("Batch.Task.Unit").
		Scopes(f.scope(actor), f.order).Find(&rows).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list hand-overs: %w", err))
	}
	return rows, nil
}

// Failed counts the failed hand-overs of the actor's area. For the Office.
func (s *Service) Failed(ctx context.Context, actor models.Actor) (int64, error) {
	if err := s.Guard.Allow(actor, "handover", "view"); err != nil {
		return 0, err
	}
	var n int64
	err := s.DB.Read.WithContext(ctx).Model(&models.Handover{}).Scopes(seen(actor)).
		Where("state = ?", models.HandoverFailed).Count(&n).Error
	return n, database.Fault(err)
}

// Counts returns how many hand-overs of the actor's area stand in each state. For the Office.
func (s *Service) Counts(ctx context.Context, actor models.Actor) (map[workflow.State]int64, error) {
	if err := s.Guard.Allow(actor, "handover", "view"); err != nil {
		return nil, err
	}
	var rows []struct {
		State workflow.State
		N     int64
	}
	err := s.DB.Read.WithContext(ctx).Model(&models.Handover{}).Scopes(seen(actor)).
		Select("state, count(*) AS n").Group("state").Scan(&rows).Error
	counts := map[workflow.State]int64{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, database.Fault(err)
}

// ExportHandovers calls each with every hand-over that the filter finds, in its order, and writes down that the list was
// taken away.
func (s *Service) ExportHandovers(ctx context.Context, actor models.Actor, f HandoverFilter, each func(models.Handover) error) error {
	if err := s.Guard.Allow(actor, "handover", "view"); err != nil {
		return err
	}
	db := s.DB.Read.WithContext(ctx)
	var ids []int64
	if err := db.Model(&models.Handover{}).Scopes(f.scope(actor), f.order).Pluck("handovers.id", &ids).Error; err != nil {
		return database.Fault(fmt.Errorf("find hand-overs to export: %w", err))
	}
	detail := fmt.Sprintf("%d 批", len(ids))
	for _, part := range [][2]string{{"单位", strings.ToUpper(f.Unit)}, {"状态", stateWord(f.State)}, {"关键字", f.Text}} {
		if part[1] != "" {
			detail += "，" + part[0] + " " + part[1]
		}
	}
	err := s.DB.Tx(ctx, func(tx *gorm.DB) error {
		return audit.Record(tx, s.now(), actor, audit.Entry{Object: models.HandoverFlow.Name, Action: "export", Detail: detail})
	})
	if err != nil {
		return err
	}
	return database.InChunks(ids, func(chunk []int64) error {
		rows, err := handoverRows(db.Where("handovers.id IN ?", chunk), actor, f)
		for i := 0; err == nil && i < len(rows); i++ {
			err = each(rows[i])
		}
		return err
	})
}

func stateWord(state workflow.State) string {
	if state == "" {
		return ""
	}
	return models.HandoverFlow.Describe(state).Label
}
