package catalogue

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// CommentInput is what somebody says of a design before its release.
type CommentInput struct {
	Field  string // the field's code; empty: the template as a whole
	Agrees bool
	Text   string
}

// maxComment bounds a comment and an answer.
const maxComment = 2000

// Say notes what a supplying unit, the tax authority or the Office says of a design that is out for comment.
//
// Returns fault.NotFound, fault.Forbidden, fault.Conflict if comments are not asked for now, and fault.Invalid with the
// fields text, field.
func (s *Designs) Say(ctx context.Context, actor models.Actor, id int64, in CommentInput) error {
	if err := s.Guard.Allow(actor, "template", "comment"); err != nil {
		return err
	}
	in.Text = strings.TrimSpace(in.Text)
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		d, err := s.get(tx, actor, id)
		if err != nil {
			return err
		}
		if d.State != models.DesignCommenting {
			return fault.New(fault.Conflict, fmt.Sprintf("没有提交：这一版现在是“%s”，只在征求意见期间收集意见。", models.TemplateFlow.Describe(d.State).Label))
		}
		if err := checkComment(d, in); err != nil {
			return err
		}
		if in.Text == "" {
			in.Text = "没有不同意见。"
		}
		c := models.DesignComment{DesignID: d.ID, UnitID: actor.Unit.ID, UnitName: actor.Unit.Name, AuthorID: actor.AccountID, Author: actor.Name,
			Post: actor.Post(), Field: in.Field, Agrees: in.Agrees, Text: in.Text, At: s.now()}
		if err := tx.Create(&c).Error; err != nil {
			return fmt.Errorf("note comment: %w", err)
		}
		return s.record(tx, actor, d, "say", "", in.Text)
	})
}

func checkComment(d *models.Design, in CommentInput) error {
	var form fault.Form
	if !in.Agrees {
		form.Require("text", "意见", in.Text)
	}
	if len([]rune(in.Text)) > maxComment {
		form.Add("text", fmt.Sprintf("意见最多 %d 字。", maxComment))
	}
	if _, ok := d.Definition.Field(in.Field); in.Field != "" && !ok {
		form.Add("field", "草稿中没有这个字段，请重新选择。")
	}
	return form.Err()
}

// Answer notes what the Office does with a comment. Whoever commented reads it.
// Returns fault.NotFound, fault.Forbidden, fault.Conflict if it has been answered, and fault.Invalid with the field answer.
func (s *Designs) Answer(ctx context.Context, actor models.Actor, id, comment int64, text string) error {
	if err := s.Guard.Allow(actor, "template", "design"); err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		d, err := s.get(tx, actor, id)
		if err != nil {
			return err
		}
		if !underWay(d) {
			return fault.New(fault.Conflict, fmt.Sprintf("没有保存：这一版现在是“%s”，意见已经归档。", models.TemplateFlow.Describe(d.State).Label))
		}
		if err := unanswered(tx, d, comment); err != nil {
			return err
		}
		if err := checkAnswer(text); err != nil {
			return err
		}
		res := tx.Model(&models.DesignComment{}).Where("id = ? AND answered_at = 0", comment).
			Updates(map[string]any{"answer": text, "answered_name": actor.Name, "answered_at": s.now()})
		if res.Error != nil {
			return fmt.Errorf("answer comment: %w", res.Error)
		}
		if res.RowsAffected == 0 { // only where two transactions run at once
			return errAnswered
		}
		return s.record(tx, actor, d, "answer", "", text)
	})
}

var (
	errNoComment = fault.New(fault.NotFound, "这份草稿没有这条意见。")
	errAnswered  = fault.New(fault.Conflict, "没有保存：这条意见刚刚已由他人答复，请核对已有的答复。")
)

// unanswered refuses a comment that the design does not have, or that has its answer.
func unanswered(tx *gorm.DB, d *models.Design, comment int64) error {
	var found []models.DesignComment
	if err := tx.Where("id = ? AND design_id = ?", comment, d.ID).Limit(1).Find(&found).Error; err != nil {
		return fmt.Errorf("find comment: %w", err)
	}
	switch {
	case len(found) == 0:
		return errNoComment
	case !found[0].AnsweredAt.IsZero():
		return errAnswered
	}
	return nil
}

func checkAnswer(text string) error {
	var form fault.Form
	form.Require("answer", "答复", text)
	if len([]rune(text)) > maxComment {
		form.Add("answer", fmt.Sprintf("答复最多 %d 字。", maxComment))
	}
	return form.Err()
}
