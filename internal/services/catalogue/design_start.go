package catalogue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Begin starts the draft of a template for a catalogue item that has none: empty, or with the fields, lists and rules
// of content, which came from a file or another template. origin says where content came from. The 期限 follows from the
// item where content says otherwise.
//
// Returns fault.Forbidden, fault.Conflict if a draft for it is under way, and fault.Invalid with the field items.
func (s *Designs) Begin(ctx context.Context, actor models.Actor, item string, content models.Definition, origin string) (*models.Design, error) {
	if err := s.Guard.Allow(actor, "template", "design"); err != nil {
		return nil, err
	}
	var d *models.Design
	err := s.tx(ctx, actor, func(tx *gorm.DB) error {
		row, err := s.freeItem(tx, actor, "", item)
		if err != nil {
			return err
		}
		def := content
		def.Code, def.Version = row.Code, 1
		if def.Name == "" {
			def.Name = row.Name
		}
		if def.Coverage == "" {
			def.Coverage = models.CoverageIncrement
		}
		// The code may be that of a template that serves no item any more.
		last, err := newest(tx, def.Code)
		if err != nil {
			return err
		}
		def.Version = last.No + 1
		if err := s.propose(tx, &def, []models.CatalogueItem{row}); err != nil {
			return err
		}
		if d, err = s.begin(tx, actor, def, origin); err != nil {
			return err
		}
		if err := tx.Create(&models.DesignItem{DesignID: d.ID, ItemID: row.ID}).Error; err != nil {
			return fmt.Errorf("note item: %w", err)
		}
		return s.record(tx, actor, d, "begin", "", origin)
	})
	return d, begun(err)
}

// BeginNext starts the draft of the next version of a template from the newest one. A 期限 that its items have outgrown is
// proposed anew.
// Returns fault.NotFound, fault.Forbidden, and fault.Conflict if one is under way already.
func (s *Designs) BeginNext(ctx context.Context, actor models.Actor, template string) (*models.Design, error) {
	if err := s.Guard.Allow(actor, "template", "design"); err != nil {
		return nil, err
	}
	var d *models.Design
	err := s.tx(ctx, actor, func(tx *gorm.DB) error {
		last, err := newest(tx, strings.ToLower(strings.TrimSpace(template)))
		if err != nil {
			return err
		}
		if last.ID == 0 {
			return errNoTemplate
		}
		if err := supplied(tx, actor, last.TemplateID); err != nil {
			return err
		}
		def := last.Definition
		def.Version = last.No + 1
		served, err := items(tx, &models.Design{TemplateCode: def.Code})
		if err != nil {
			return err
		}
		if err := s.propose(tx, &def, served); err != nil {
			return err
		}
		origin := fmt.Sprintf("第 %d 版", last.No)
		if d, err = s.begin(tx, actor, def, origin); err != nil {
			return err
		}
		return s.record(tx, actor, d, "begin", "", origin)
	})
	return d, begun(err)
}

// supplied refuses a template that no unit of the actor's area supplies. Returns fault.NotFound.
func supplied(tx *gorm.DB, actor models.Actor, template int64) error {
	var n int64
	err := tx.Model(&models.CatalogueItem{}).Joins("JOIN units u ON u.id = catalogue_items.unit_id").
		Where("catalogue_items.template_id = ? AND catalogue_items.origin <> ? AND u.jurisdiction_path LIKE ?", template, models.OriginCall, actor.Unit.JurisdictionPath+"%").Count(&n).Error
	if err != nil {
		return fmt.Errorf("find who supplies template: %w", err)
	}
	if n == 0 {
		return errNoTemplate
	}
	return nil
}

func (s *Designs) begin(tx *gorm.DB, actor models.Actor, def models.Definition, origin string) (*models.Design, error) {
	open, err := s.open(tx, def.Code)
	if err != nil {
		return nil, err
	}
	if open != nil {
		return nil, fault.New(fault.Conflict, fmt.Sprintf("模板 %s 第 %d 版已由%s起草，现在是“%s”，请在那份草稿上办理。",
			models.ItemCode(def.Code), open.No, open.CreatedName, models.TemplateFlow.Describe(open.State).Label))
	}
	now := s.now()
	d := &models.Design{TemplateCode: def.Code, No: def.Version, State: models.DesignDraft, Definition: def, Repeats: map[string]string{},
		EffectiveFrom: s.firstMonth(), Origin: origin, Revision: 1,
		CreatedBy: actor.AccountID, CreatedName: actor.Name, CreatedAt: now, EditedName: actor.Name, EditedAt: now}
	if err := tx.Create(d).Error; err != nil {
		return nil, fmt.Errorf("begin draft of %s: %w", def.Code, err)
	}
	return d, nil
}

// begun words the case that two people begin at once: the index of open designs lets one through.
func begun(err error) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.Wrap(fault.Conflict, "这份模板刚刚已由他人起草，请在那份草稿上办理。", err)
	}
	return err
}

// FreeItems returns the catalogue items of the actor's area that have no template and no draft, in the order of the plan.
func (s *Designs) FreeItems(ctx context.Context, actor models.Actor) ([]models.CatalogueItem, error) {
	if err := s.Guard.Allow(actor, "template", "design"); err != nil {
		return nil, err
	}
	var list []models.CatalogueItem
	err := s.DB.Read.WithContext(ctx).Joins("Unit").Where("catalogue_items.template_id IS NULL AND catalogue_items.retired_at = 0").
		Where(`"Unit".jurisdiction_path LIKE ?`, actor.Unit.JurisdictionPath+"%").
		Where(`NOT EXISTS (SELECT 1 FROM template_design_items x JOIN template_designs d ON d.id = x.design_id WHERE x.item_id = catalogue_items.id AND d.state IN ?)`, openStates).
		Order(database.PlanOrder(`"Unit"`) + ", catalogue_items.code").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list items without template: %w", err)
	}
	return list, nil
}

// Content returns what another template's version brings to a new draft: everything but code, name and version.
func Content(v models.TemplateVersion) models.Definition {
	def := v.Definition
	def.Code, def.Name, def.Version = "", "", 0
	def.Fields, def.Lists, def.Rules = slices.Clone(def.Fields), slices.Clone(def.Lists), slices.Clone(def.Rules)
	return def
}
