package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// MoveInput is what a person gives with a move of a design.
type MoveInput struct {
	Reason string
	Due    models.Day     // until when units may comment
	From   workflow.State // the state that the page showed
}

// Move takes one move of TemplateFlow.
//
// Returns fault.NotFound, fault.Forbidden if it is not the actor's to take (publication and retirement need another
// person than the step before), fault.Conflict with all reasons why the design is not ready or if it has moved on, and
// fault.Invalid with the fields reason, due.
func (s *Designs) Move(ctx context.Context, actor models.Actor, id int64, verb workflow.Verb, in MoveInput) error {
	if verb == models.VerbPublish {
		if err := s.widen(ctx, actor, id); err != nil {
			return err
		}
	}
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		d, err := s.get(tx, actor, id)
		if err != nil {
			return err
		}
		if in.From != "" && in.From != d.State {
			return fault.New(fault.Conflict, fmt.Sprintf("您打开页面后，%s 已变为“%s”。请核对后再办。", d.FlowCode(), models.TemplateFlow.Describe(d.State).Label))
		}
		input := workflow.Input{Reason: in.Reason}
		if in.Due.Valid() {
			input.DueAt = int64(s.DueHour.On(in.Due))
		}
		return s.apply(tx, actor, d, verb, input, func(tx *gorm.DB) error { return s.effect(tx, actor, d, verb, input) })
	})
}

// effect is what a move does beside moving the state; it refuses what the design is not ready for.
func (s *Designs) effect(tx *gorm.DB, actor models.Actor, d *models.Design, verb workflow.Verb, in workflow.Input) error {
	switch verb {
	case models.VerbAskComment:
		if len(d.Definition.Fields) == 0 {
			return fault.New(fault.Conflict, "草稿还没有字段，请先添加字段再征求意见。")
		}
		return tx.Model(&models.Design{}).Where("id = ?", d.ID).Updates(map[string]any{"shown_at": s.now(), "comment_due": in.DueAt}).Error
	case models.VerbHandOver:
		if err := s.heard(tx, d); err != nil {
			return err
		}
		return s.ready(tx, d)
	case models.VerbPublish:
		return s.publish(tx, actor, d)
	case models.VerbRetire:
		return tx.Model(&models.TemplateVersion{}).Where("id = ?", d.VersionID).Update("status", models.TemplateRetired).Error
	}
	return nil
}

// ready refuses a design that is not fit to be published, with all reasons at once.
func (s *Designs) ready(tx *gorm.DB, d *models.Design) error {
	versions, err := earlier(tx, d)
	if err != nil {
		return err
	}
	served, err := items(tx, d)
	if err != nil {
		return err
	}
	if served, err = coming(tx, served, d.EffectiveFrom); err != nil {
		return err
	}
	return refuseUnready(s.reasons(d, versions, served))
}

// heard refuses to go on while a comment waits for an answer, or a supplying unit that still has time has said nothing.
func (s *Designs) heard(tx *gorm.DB, d *models.Design) error {
	var comments []models.DesignComment
	if err := tx.Where("design_id = ?", d.ID).Find(&comments).Error; err != nil {
		return fmt.Errorf("read comments: %w", err)
	}
	open := 0
	for _, c := range comments {
		if c.Open() {
			open++
		}
	}
	if open > 0 {
		return fault.New(fault.Conflict, fmt.Sprintf("还有 %d 条意见没有答复，请逐条答复后再提交发布。", open))
	}
	if s.now() > d.CommentDue {
		return nil
	}
	served, err := items(tx, d)
	if err != nil {
		return err
	}
	if silent := silentUnits(d, served, comments); len(silent) > 0 {
		return fault.New(fault.Conflict, fmt.Sprintf("%s还没有答复意见，征求意见到 %s截止；请等对方答复或截止后再提交发布。",
			strings.Join(silent, "、"), d.CommentDue.Time().Format("1月2日 15:04 ")))
	}
	return nil
}

// silentUnits are the supplying units that have said nothing since the design was last sent out.
func silentUnits(d *models.Design, served []models.CatalogueItem, comments []models.DesignComment) []string {
	var silent []string
	for _, item := range served {
		spoke := slices.ContainsFunc(comments, func(c models.DesignComment) bool { return c.UnitID == item.UnitID && c.At >= d.ShownAt })
		if !spoke && !slices.Contains(silent, item.Unit.Name) {
			silent = append(silent, item.Unit.Name)
		}
	}
	return silent
}

// widen makes room in the warehouse for a version that is about to be published. It asks everything that publish asks
// before, so that no table grows for a version that does not come; that it may ask twice costs nothing.
func (s *Designs) widen(ctx context.Context, actor models.Actor, id int64) error {
	if err := s.Guard.Allow(actor, "template", "publish"); err != nil {
		return err
	}
	db := s.DB.Read.WithContext(ctx)
	d, err := s.get(db, actor, id)
	if err != nil {
		return err
	}
	if _, err := models.TemplateFlow.Next(d.State, models.VerbPublish); err != nil {
		return err
	}
	history, err := workflow.History(db, &models.TemplateFlow, d.ID)
	if err != nil {
		return err
	}
	offered := workflow.Offered(&models.TemplateFlow, d.State, designParties(actor), func(o, a string) bool { return s.Guard.Can(actor, o, a) }, actor.AccountID, history)
	if !slices.ContainsFunc(offered, func(m workflow.Move) bool { return m.Verb == models.VerbPublish }) {
		return nil // Apply says why
	}
	if err := s.ready(db, d); err != nil {
		return err
	}
	return s.Tables.Ensure(ctx, &d.Definition)
}

// publish writes the design's version and lets its items be filed in it.
func (s *Designs) publish(tx *gorm.DB, actor models.Actor, d *models.Design) error {
	if err := s.ready(tx, d); err != nil {
		return err
	}
	last, err := newest(tx, d.TemplateCode)
	if err != nil {
		return err
	}
	if last.No+1 != d.No {
		return fault.New(fault.Conflict, fmt.Sprintf("模板 %s 已有第 %d 版，这份草稿是按第 %d 版起草的。请作废后从现行版本另起草稿。", models.ItemCode(d.TemplateCode), last.No, d.No))
	}
	version, err := writeVersion(tx, actor, d.Definition, d.EffectiveFrom, s.now())
	if err != nil {
		return err
	}
	if err := tx.Model(&models.Template{}).Where("id = ?", version.TemplateID).Update("name", d.Definition.Name).Error; err != nil {
		return fmt.Errorf("name template: %w", err)
	}
	err = tx.Exec(`UPDATE catalogue_items SET template_id = ? WHERE template_id IS NULL
		AND id IN (SELECT item_id FROM template_design_items WHERE design_id = ?)`, version.TemplateID, d.ID).Error
	if err != nil {
		return fmt.Errorf("bind items: %w", err)
	}
	return tx.Model(&models.Design{}).Where("id = ?", d.ID).Update("version_id", version.ID).Error
}
