package filing

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"taxportal/internal/cn"
	"taxportal/internal/database"
	"taxportal/internal/models"
)

// limits are what an item asks of a batch beside its template.
type limits struct {
	regions []cn.Region // of each of these counties a figure; nil: any (plan 二(二)25)
	since   models.Day  // nothing that was registered before; "": anything (plan 二(二)20)
}

// limitsOf returns the limits of a task's item as they were when its period began: a change of them holds from its period
// on, and a batch that is filed late is checked as it would have been in time.
func (s *Service) limitsOf(ctx context.Context, t *models.FilingTask) (limits, error) {
	db := s.DB.Read.WithContext(ctx)
	var item models.CatalogueItem
	if err := db.Where("id = ?", t.ItemID).Take(&item).Error; err != nil {
		return limits{}, database.Fault(fmt.Errorf("find item of %s: %w", t.Code, err))
	}
	var changes []models.ItemChange
	err := db.Where("item_id = ? AND kind = ? AND applied_at <> 0", t.ItemID, models.ItemEdited).Order("effective_from DESC, id DESC").Find(&changes).Error
	if err != nil {
		return limits{}, database.Fault(fmt.Errorf("list changes of %s: %w", t.Code, err))
	}
	began := t.Period.First()
	if began == "" { // once
		began = models.DayOf(t.OpensAt.Time())
	}
	for _, c := range changes {
		if c.EffectiveFrom.First() > began {
			item.Apply(c.Undone())
		}
	}
	l := limits{since: item.Since}
	if item.EveryCounty {
		l.regions, err = countiesOn(db, t.Period.Last())
	}
	return l, err
}

// countiesOn returns the counties as they stood on a day.
func countiesOn(db *gorm.DB, day models.Day) ([]cn.Region, error) {
	var counties []models.Jurisdiction
	err := db.Where("kind = ? AND (valid_from = '' OR valid_from <= ?) AND (valid_to = '' OR valid_to >= ?)", models.AreaCounty, day, day).
		Order("code").Find(&counties).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list counties of %s: %w", day, err))
	}
	regions := make([]cn.Region, len(counties))
	for i, c := range counties {
		regions[i] = cn.Region{Code: c.Code, Name: c.Name}
	}
	return regions, nil
}
