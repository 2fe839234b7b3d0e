package filing

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// WaiverFilter narrows and orders the list of waivers.
type WaiverFilter struct {
	Text  string         // in unit name, item name, code or reason
	Unit  string         // unit code
	State workflow.State // empty = all
	Kind  models.WaiverKind
	Sort  string // oldest, unit, name; anything else: newest first
	Page  int
	Size  int
}

// scope narrows a query to the waivers that the actor may see and that the filter asks for.
func (f WaiverFilter) scope(actor models.Actor) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		db = db.Scopes(database.Visible(actor, "waivers.unit_id"), database.Shared(actor, "waivers.unit_id", "waivers.task_id")).
			Joins("JOIN filing_tasks t ON t.id = waivers.task_id").Joins("JOIN units u ON u.id = waivers.unit_id").
			Joins("JOIN catalogue_items i ON i.id = t.item_id").
			Scopes(database.ContainsAny(f.Text, "u.name", "i.name", "waivers.code", "waivers.reason"))
		if f.Unit != "" {
			db = db.Where("u.code = ?", strings.ToLower(f.Unit))
		}
		if f.State != "" {
			db = db.Where("waivers.state = ?", f.State)
		}
		if f.Kind != "" {
			db = db.Where("waivers.kind = ?", f.Kind)
		}
		return db
	}
}

// order sorts the waivers; the id decides between equals.
func (f WaiverFilter) order(db *gorm.DB) *gorm.DB {
	switch f.Sort {
	case "oldest":
		return db.Order("waivers.id")
	case "unit":
		return db.Order(database.PlanOrder("u") + ", waivers.id DESC")
	case "name":
		return db.Order("i.name, waivers.id DESC")
	}
	return db.Order("waivers.id DESC")
}

// Waivers returns a page of the waivers that the actor may see, newest first, and how many there are.
func (s *Service) Waivers(ctx context.Context, actor models.Actor, f WaiverFilter) ([]models.Waiver, int64, error) {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return nil, 0, err
	}
	db := s.DB.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.Waiver{}).Scopes(f.scope(actor)).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count waivers: %w", err))
	}
	found, err := waiverRows(db.Scopes(database.Page(f.Page, f.Size)), actor, f)
	return found, total, err
}

// waiverRows reads waivers with what a row of the list tells.
func waiverRows(db *gorm.DB, actor models.Actor, f WaiverFilter) ([]models.Waiver, error) {
	var found []models.Waiver
	err := db.Preload("Task").Preload("Task.Item").Preload("Task.Unit").Scopes(f.scope(actor), f.order).Find(&found).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list waivers: %w", err))
	}
	return found, nil
}
