package catalogue

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"taxportal/internal/models"
	"taxportal/seed"
)

// Load publishes the plan's templates and writes its catalogue items. What is there already stays as it is, so that it
// may run at each start; only an item for which an older portal had no form gets the plan's. from is the first period of
// what is new.
func (s *Service) Load(ctx context.Context, plan *seed.Plan, from models.Period) error {
	for _, def := range plan.Templates {
		known, err := s.known(ctx, def.Code)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		if _, err := s.Publish(ctx, models.SystemActor, def, from); err != nil {
			return fmt.Errorf("publish %s: %w", def.Code, err)
		}
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		for _, sentence := range plan.Sentences {
			if err := loadClause(tx, sentence); err != nil {
				return fmt.Errorf("write clause of %s: %w", sentence.Unit, err)
			}
		}
		for _, item := range plan.Items {
			if err := s.loadItem(tx, item, from); err != nil {
				return fmt.Errorf("write item %s: %w", item.Code, err)
			}
		}
		return nil
	})
}

// known reports whether there is a template of the code, or the Office drafts one.
func (s *Service) known(ctx context.Context, code string) (bool, error) {
	var published, drafts int64
	db := s.db.Read.WithContext(ctx)
	if err := db.Model(&models.Template{}).Where("code = ?", code).Count(&published).Error; err != nil {
		return false, err
	}
	err := db.Model(&models.Design{}).Where("template_code = ? AND state IN ?", code, openStates).Count(&drafts).Error
	return published+drafts > 0, err
}

// planDay is the day on which the plan was issued: its items are on the list since.
const planDay = models.Day("2020-06-29")

// loadClause writes what the plan says of a unit.
func loadClause(tx *gorm.DB, sentence seed.Sentence) error {
	var unit models.Unit
	if err := tx.Where("code = ?", sentence.Unit).Take(&unit).Error; err != nil {
		return err
	}
	return tx.Clauses(onConflictNothing).Create(&models.Clause{UnitID: unit.ID, Text: sentence.Text, Open: sentence.Open}).Error
}

var onConflictNothing = clause.OnConflict{DoNothing: true}

// describe gives an item of a database that is older than the metadata what the plan's file says of it.
func describe(tx *gorm.DB, row models.CatalogueItem, item seed.Item) error {
	if row.Shape != "" {
		return nil
	}
	row.ItemAbout, row.Matter, row.ListedOn = item.About, item.Matter, planDay
	return tx.Model(&row).Select(append([]string{"matter", "listed_on"}, aboutColumns...)).Updates(&row).Error
}

// aboutColumns are the columns of models.ItemAbout.
var aboutColumns = []string{"shape", "subject_kind", "taxes", "share", "share_terms", "basis", "sensitivity", "section", "since",
	"every_county", "place", "resource_code"}

// bind gives an item of a database that is older than the plan's template that template, from a period on. What the Office
// has decided stays: an item that it has ended, or for which it drafts a form of its own.
func (s *Service) bind(tx *gorm.DB, row models.CatalogueItem, item seed.Item, from models.Period) error {
	if item.Template == "" || row.TemplateID != nil || row.RetiredAt != 0 {
		return nil
	}
	var drafts int64
	err := tx.Table("template_design_items x").Joins("JOIN template_designs d ON d.id = x.design_id").
		Where("x.item_id = ? AND d.state IN ?", row.ID, openStates).Count(&drafts).Error
	if err != nil || drafts > 0 {
		return err
	}
	template, err := templateOf(tx, item.Template)
	if err != nil || template == nil {
		return err
	}
	set := map[string]any{"template_id": template.ID, "starts_on": from}
	if err := tx.Model(&models.CatalogueItem{}).Where("id = ?", row.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("bind template: %w", err)
	}
	change := s.newChange(models.SystemActor, row, models.ItemEdited, from, "平台升级：方案的信息模板已发布，自"+from.Label()+"起报送。")
	change.Diffs, change.AppliedAt, change.ActorPost = []models.ItemDiff{{Field: models.FieldTemplate, New: template.Name}}, change.At, "自动办理"
	if err := tx.Omit("Item").Create(&change).Error; err != nil {
		return fmt.Errorf("write change: %w", err)
	}
	return s.note(tx, models.SystemActor, row.Code, string(models.ItemEdited), change.Reason, Told(change.Diffs))
}

// templateOf returns the template with the code, nil if there is none yet: the Office drafts it itself.
func templateOf(tx *gorm.DB, code string) (*models.Template, error) {
	var found []models.Template
	if err := tx.Where("code = ?", code).Limit(1).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("find template %s: %w", code, err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

func (s *Service) loadItem(tx *gorm.DB, item seed.Item, from models.Period) error {
	var row models.CatalogueItem
	err := tx.Where("code = ?", item.Code).Take(&row).Error
	if err == nil {
		if err := describe(tx, row, item); err != nil {
			return err
		}
		return s.bind(tx, row, item, from)
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return err
	}
	var unit models.Unit
	if err := tx.Where("code = ?", item.Unit).Take(&unit).Error; err != nil {
		return fmt.Errorf("find unit %s: %w", item.Unit, err)
	}
	row = models.CatalogueItem{
		Code: item.Code, UnitID: unit.ID, Name: item.Name, PlanWords: item.PlanWords, Cycle: item.Cycle, DueDays: item.DueDays,
		LockDays: item.LockDays, NilNormal: item.NilNormal, StartsOn: from, Origin: models.OriginPlan, ListedOn: planDay,
		Matter: item.Matter, ItemAbout: item.About,
	}
	if item.Template != "" {
		template, err := templateOf(tx, item.Template)
		if err != nil {
			return err
		}
		if template != nil {
			row.TemplateID = &template.ID
		}
	}
	return tx.Omit("Unit", "Template").Create(&row).Error
}

// Duty is one matter that a unit owes by the plan.
type Duty struct {
	Item models.CatalogueItem
}

// Duties returns what a unit owes by the plan, with and without a template, in the order of the plan.
func (s *Service) Duties(ctx context.Context, unit models.Unit) ([]Duty, error) {
	var items []models.CatalogueItem
	err := s.db.Read.WithContext(ctx).Joins("Unit").Joins("Template").
		Where(`"Unit".path LIKE ? AND catalogue_items.retired_at = 0`, unit.Path+"%").Where("catalogue_items.origin <> ?", models.OriginCall).Order("catalogue_items.code").Find(&items).Error
	if err != nil {
		return nil, err
	}
	duties := make([]Duty, len(items))
	for i, item := range items {
		duties[i] = Duty{Item: item}
	}
	return duties, nil
}
