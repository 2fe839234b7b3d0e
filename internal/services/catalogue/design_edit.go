package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// edit changes a draft in one transaction: change gets the draft, its earlier versions and alters the draft's content.
// note says for the audit what was changed.
//
// Returns fault.NotFound, fault.Forbidden, fault.Conflict if the draft has gone out for comment meanwhile, and what
// change returns.
func (s *Designs) edit(ctx context.Context, actor models.Actor, id int64, note string, change func(tx *gorm.DB, d *models.Design, before []models.Definition) error) error {
	if err := s.Guard.Allow(actor, "template", "design"); err != nil {
		return err
	}
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		d, err := s.get(tx, actor, id)
		if err != nil {
			return err
		}
		if d.State != models.DesignDraft {
			return fault.New(fault.Conflict, fmt.Sprintf("没有保存：这一版现在是“%s”，不能修改。需要修改的，请先办理“退回修改”。", models.TemplateFlow.Describe(d.State).Label))
		}
		versions, err := earlier(tx, d)
		if err != nil {
			return err
		}
		if err := change(tx, d, definitions(versions)); err != nil {
			return err
		}
		if d.Repeats == nil {
			d.Repeats = map[string]string{}
		}
		d.EditedName, d.EditedAt = actor.Name, s.now()
		res := tx.Model(&models.Design{}).Where("id = ? AND revision = ? AND state = ?", d.ID, d.Revision, models.DesignDraft).
			Select("definition", "repeats", "effective_from", "revision", "edited_name", "edited_at").
			Updates(&models.Design{Definition: d.Definition, Repeats: d.Repeats, EffectiveFrom: d.EffectiveFrom, Revision: d.Revision + 1,
				EditedName: d.EditedName, EditedAt: d.EditedAt})
		if res.Error != nil {
			return fmt.Errorf("save draft: %w", res.Error)
		}
		if res.RowsAffected == 0 { // only where two transactions run at once
			return fault.New(fault.Conflict, "没有保存：刚刚已由他人修改。请核对后再保存。")
		}
		return s.record(tx, actor, d, "edit", "", note)
	})
}

// unseen refuses to overwrite what somebody else has changed since the actor opened the page. seen is the fingerprint
// of the part as the page showed it, "" where there was none.
func unseen(d *models.Design, seen string, part any, there bool) error {
	now := ""
	if there {
		now = Fingerprint(part)
	}
	if now == seen {
		return nil
	}
	what := "修改了这一部分"
	if !there {
		what = "删除了这一部分"
	}
	who := "他人"
	if d.EditedName != "" {
		who = d.EditedName + "于 " + d.EditedAt.Time().Format("15:04")
	}
	return fault.New(fault.Conflict, fmt.Sprintf("没有保存：您打开页面后，%s%s。您填的内容还在下面，请与现在的内容核对；再点一次保存即以您填的为准。", who, what))
}

// only keeps of the errors of a definition those below a prefix, without it and without the parts named.
func only(err error, prefix string, without ...string) error {
	fields, ok := fault.Fields(err)
	if !ok {
		return err
	}
	var form fault.Form
	for path, text := range fields {
		if part, below := strings.CutPrefix(path, prefix); below && !slices.Contains(without, part) {
			form.Add(part, text)
		}
	}
	return form.Err()
}

// open returns the design of a template that is under way, nil if there is none.
func (s *Designs) open(tx *gorm.DB, code string) (*models.Design, error) {
	var found []models.Design
	err := tx.Where("template_code = ? AND state IN ?", code, openStates).Limit(1).Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("find open design of %s: %w", code, err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

// About is the first page of a design: what the register as a whole is, and from when.
type About struct {
	Name      string
	Caliber   string
	Deadline  string
	Basis     string
	Coverage  models.Coverage
	Notes     []string
	PriorRows int
	From      models.Period
	Items     []string // codes of the catalogue items that the template is to serve; those it serves already are not among them
	Seen      string
}

// AboutOf returns the first page of a design as a form shows it. extra are the items that it does not serve yet.
func AboutOf(d *models.Design, extra []models.CatalogueItem) About {
	def := &d.Definition
	about := About{Name: def.Name, Caliber: def.Caliber, Deadline: def.Deadline, Basis: def.Basis, Coverage: def.Coverage, Notes: def.Notes,
		PriorRows: def.PriorRows, From: d.EffectiveFrom}
	for _, item := range extra {
		if item.TemplateID == nil {
			about.Items = append(about.Items, item.Code)
		}
	}
	about.Seen = Fingerprint(about)
	return about
}

// SaveAbout saves the first page of a draft. An empty 口径 or 期限 is taken: it keeps the draft from being published, not
// from being saved. Returns the errors of edit, and fault.Invalid with the fields name, coverage, prior_rows_percent,
// from, items.
func (s *Designs) SaveAbout(ctx context.Context, actor models.Actor, id int64, in About) error {
	return s.edit(ctx, actor, id, "基本信息", func(tx *gorm.DB, d *models.Design, before []models.Definition) error {
		now, err := items(tx, d)
		if err != nil {
			return err
		}
		if err := unseen(d, in.Seen, seenAbout(AboutOf(d, now)), true); err != nil {
			return err
		}
		def := &d.Definition
		def.Name, def.Caliber, def.Deadline, def.Basis, def.Coverage = in.Name, in.Caliber, in.Deadline, in.Basis, in.Coverage
		def.Notes, def.PriorRows, d.EffectiveFrom = in.Notes, in.PriorRows, in.From
		if err := checkAbout(d, before); err != nil {
			return err
		}
		return s.setItems(tx, actor, d, in.Items)
	})
}

// seenAbout is the page without the fingerprint that it carries.
func seenAbout(a About) About {
	a.Seen = ""
	return a
}

func checkAbout(d *models.Design, before []models.Definition) error {
	var form fault.Form
	fields, _ := fault.Fields(d.Definition.ValidateRelease(before))
	for _, part := range []string{"name", "coverage", "prior_rows_percent"} {
		if text := fields[part]; text != "" {
			form.Add(part, text)
		}
	}
	if d.EffectiveFrom != "" && (!d.EffectiveFrom.Valid() || len(d.EffectiveFrom) != len("2026-12")) {
		form.Add("from", "启用期次请写年月，如 2026-12。")
	}
	return form.Err()
}

// setItems writes which further catalogue items the design's template is to serve.
func (s *Designs) setItems(tx *gorm.DB, actor models.Actor, d *models.Design, codes []string) error {
	if err := tx.Where("design_id = ?", d.ID).Delete(&models.DesignItem{}).Error; err != nil {
		return fmt.Errorf("clear items: %w", err)
	}
	noted := map[int64]bool{}
	for _, code := range codes {
		item, err := s.freeItem(tx, actor, d.TemplateCode, code)
		if err != nil {
			return err
		}
		if noted[item.ID] {
			continue
		}
		noted[item.ID] = true
		if err := tx.Create(&models.DesignItem{DesignID: d.ID, ItemID: item.ID}).Error; err != nil {
			return fmt.Errorf("note item: %w", err)
		}
	}
	return nil
}

// freeItem returns a catalogue item of the actor's area that has no template yet, or has this one.
// Returns fault.Invalid with the field items.
func (s *Designs) freeItem(tx *gorm.DB, actor models.Actor, template, code string) (models.CatalogueItem, error) {
	var found []models.CatalogueItem
	err := tx.Joins("Unit").Preload("Template").Where("catalogue_items.code = ? AND catalogue_items.retired_at = 0 AND catalogue_items.origin <> ?", lower(code), models.OriginCall).
		Where(`"Unit".jurisdiction_path LIKE ?`, actor.Unit.JurisdictionPath+"%").Limit(1).Find(&found).Error
	if err != nil {
		return models.CatalogueItem{}, fmt.Errorf("find item %s: %w", code, err)
	}
	var form fault.Form
	switch {
	case len(found) == 0:
		form.Add("items", fmt.Sprintf("没有目录项 %s，请核对代码。", models.ItemCode(code)))
	case found[0].Template != nil && found[0].Template.Code != template:
		form.Add("items", fmt.Sprintf("目录项 %s 已有模板“%s”（%s），请改那份模板的下一版。", models.ItemCode(found[0].Code), found[0].Template.Name, models.ItemCode(found[0].Template.Code)))
	default:
		return found[0], nil
	}
	return models.CatalogueItem{}, form.Err()
}
