package filing

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Say adds a message to a task's thread between the liaison and the unit's contact in the Office.
// Returns fault.NotFound, fault.Forbidden, and fault.Invalid with the field text.
func (s *Service) Say(ctx context.Context, actor models.Actor, code, text string) error {
	if err := s.Guard.Allow(actor, "filing", "message"); err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	var form fault.Form
	form.Require("text", "留言内容", text)
	if len([]rune(text)) > 1000 {
		form.Add("text", "留言最多 1000 字。")
	}
	if err := form.Err(); err != nil {
		return err
	}
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		t, err := s.task(tx, actor, code)
		if err != nil {
			return err
		}
		if !actor.Has(models.RoleOffice) && t.UnitID != actor.Unit.ID {
			return fault.New(fault.Forbidden, "留言由报送单位与领导小组办公室使用。")
		}
		message := models.TaskMessage{TaskID: t.ID, AuthorID: actor.AccountID, Author: actor.Name, Post: actor.Post(),
			Office: actor.Has(models.RoleOffice), Text: text, At: s.now()}
		if err := tx.Create(&message).Error; err != nil {
			return err
		}
		return s.record(tx, actor, t.Code, "message", "", "")
	})
}
