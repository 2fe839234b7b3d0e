package filing

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// InboxFilter narrows the Office's inbox.
type InboxFilter struct {
	Text  string   // in unit or item name
	Unit  string   // unit code
	Codes []string // only these batches; nil = all
	Sort  string   // signed (default), rows
	Page  int
	Size  int
}

// Inbox returns a page of the batches that wait for the Office, longest waiting first, and how many there are.
func (s *Service) Inbox(ctx context.Context, actor models.Actor, f InboxFilter) ([]models.Batch, int64, error) {
	if err := s.Guard.Allow(actor, "filing", "accept"); err != nil {
		return nil, 0, err
	}
	scope := func(db *gorm.DB) *gorm.DB {
		db = db.Scopes(database.Visible(actor, "batches.unit_id")).Where("batches.state = ?", models.BatchFiled).
			Joins("JOIN filing_tasks t ON t.id = batches.task_id").Joins("JOIN units u ON u.id = batches.unit_id").
			Joins("JOIN catalogue_items i ON i.id = t.item_id").Scopes(database.ContainsAny(f.Text, "u.name", "i.name", "batches.code"))
		if f.Unit != "" {
			db = db.Where("u.code = ?", strings.ToLower(f.Unit))
		}
		if f.Codes != nil {
			db = db.Where("batches.code IN ?", uppers(f.Codes))
		}
		return db
	}
	db := s.DB.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.Batch{}).Scopes(scope).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(err)
	}
	order := "batches.signed_at, batches.id"
	if f.Sort == "rows" {
		order = "batches.rows_read DESC, batches.id"
	}
	var batches []models.Batch
	err := db.Preload("Task").Preload("Task.Item").Preload("Task.Unit").Preload("Task.Batches").
		Scopes(scope, database.Page(f.Page, f.Size)).Order(order).Find(&batches).Error
	return batches, total, database.Fault(err)
}

func uppers(codes []string) []string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = upper(code)
	}
	return list
}

// ReturnInput is one batch of a bulk return with its own reason.
type ReturnInput struct {
	Code   string
	Reason string
}

// ReasonField names the form field of a batch's reason in a bulk return.
func ReasonField(code string) string { return "reason-" + upper(code) }

// ReturnMany returns several batches to their units, each with a reason of its own and all with one correction due.
// Nothing is returned unless every reason and the due can be taken; then each goes in its own transaction, so that a
// batch that has moved on does not hold up the rest.
//
// Returns fault.Invalid with the fields due and those of ReasonField.
func (s *Service) ReturnMany(ctx context.Context, actor models.Actor, list []ReturnInput, due models.Day) ([]BulkResult, error) {
	if err := s.Guard.Allow(actor, "filing", "return"); err != nil {
		return nil, err
	}
	if err := s.checkReturns(list, due); err != nil {
		return nil, err
	}
	results := make([]BulkResult, 0, len(list))
	for _, one := range list {
		done, err := s.MoveMany(ctx, actor, []string{one.Code}, models.VerbReturn,
			MoveInput{Reason: one.Reason, Due: due, From: models.BatchFiled})
		results = append(results, done...)
		if err != nil {
			return results, err
		}
	}
	return results, nil
}

func (s *Service) checkReturns(list []ReturnInput, due models.Day) error {
	var form fault.Form
	for _, one := range list {
		reason := strings.TrimSpace(one.Reason)
		form.Require(ReasonField(one.Code), "退回理由", reason)
		if len([]rune(reason)) > maxReason {
			form.Add(ReasonField(one.Code), "退回理由最多 2000 字。")
		}
	}
	switch {
	case !due.Valid():
		form.Add("due", "请填写补正期限，形式如 2026-12-22。")
	case due.At(dueHour, 0) <= s.now():
		form.Add("due", "补正期限应晚于现在。")
	}
	return form.Err()
}

// maxReason is how many characters a reason may have, as the workflow engine holds it.
const maxReason = 2000
