package catalogue

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// coming returns items as they will be in a month: with the changes that wait for it or for a month before.
func coming(db *gorm.DB, items []models.CatalogueItem, from models.Period) ([]models.CatalogueItem, error) {
	if len(items) == 0 || !from.Valid() {
		return items, nil
	}
	ids := make([]int64, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	var changes []models.ItemChange
	err := db.Where("applied_at = 0 AND withdrawn_at = 0 AND item_id IN ? AND effective_from <= ?", ids, from).Order("effective_from, id").Find(&changes).Error
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	after := slices.Clone(items)
	for _, c := range changes {
		after[slices.Index(ids, c.ItemID)].Apply(c.Diffs)
	}
	return after, nil
}

// propose writes the 期限 of a draft that begins from its items, unless what it brings agrees with them.
func (s *Designs) propose(tx *gorm.DB, def *models.Definition, items []models.CatalogueItem) error {
	due, err := coming(tx, items, s.firstMonth())
	if err == nil && (def.Deadline == "" || models.DeadlineFault(def.Deadline, due, s.DueHour) != "") {
		def.Deadline = models.DeadlineText(due, s.DueHour)
	}
	return err
}

// firstMonth is from when a draft that begins now is to be in force.
func (s *Designs) firstMonth() models.Period {
	return models.PeriodAt(models.CycleMonth, s.Now()).Next()
}

// Deadline is a template whose 期限 says something else than an item that is filed in it.
type Deadline struct {
	Version int           // of the template
	From    models.Period // the month from which it does; "" = now
	Text    string        // a Chinese sentence
}

// Deadlines holds the 期限 of an item's template against the item, as both are now and as they will be when a change of
// the item takes effect: the newest template may be older than the change.
func (s *Designs) Deadlines(ctx context.Context, p ItemPage) ([]Deadline, error) {
	if p.Item.TemplateID == nil || p.Item.RetiredAt != 0 {
		return nil, nil
	}
	var versions []models.TemplateVersion
	err := s.DB.Read.WithContext(ctx).Where("template_id = ? AND status = ?", *p.Item.TemplateID, models.TemplatePublished).Order("no DESC").Find(&versions).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read versions of the template of %s: %w", p.Item.Code, err))
	}
	var found []Deadline
	hold := func(item models.CatalogueItem, month, from models.Period) bool {
		at := slices.IndexFunc(versions, func(v models.TemplateVersion) bool {
			return v.EffectiveFrom == "" || v.EffectiveFrom.First() <= month.First()
		})
		if at < 0 {
			return false
		}
		text := models.DeadlineOmits(versions[at].Definition.Deadline, []models.CatalogueItem{item}, s.DueHour)
		if text != "" {
			found = append(found, Deadline{versions[at].No, from, text})
		}
		return text != ""
	}
	if hold(p.Item, models.PeriodAt(models.CycleMonth, s.Now()), "") {
		return found, nil
	}
	item := p.Item
	for _, c := range waiting(p.Changes) {
		item.Apply(c.Diffs)
		if hold(item, c.EffectiveFrom, c.EffectiveFrom) {
			break
		}
	}
	return found, nil
}

// waiting are the changes that wait for their month, in the order in which they take effect.
func waiting(changes []models.ItemChange) []models.ItemChange {
	list := slices.DeleteFunc(slices.Clone(changes), func(c models.ItemChange) bool { return !c.Pending() })
	slices.SortFunc(list, func(a, b models.ItemChange) int {
		return cmp.Or(cmp.Compare(a.EffectiveFrom, b.EffectiveFrom), cmp.Compare(a.ID, b.ID))
	})
	return list
}
