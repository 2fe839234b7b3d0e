package filing

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// InboxFilter narrows and orders the Office's inbox.
type InboxFilter struct {
	Text  string   // in unit name, item name or batch code
	Unit  string   // unit code
	Codes []string // only these batches; nil = all
	Sort  string   // newest, rows, unit; anything else: longest waiting first
	Page  int
	Size  int
}

// scope narrows a query to the batches that wait for the actor's Office and that the filter asks for.
func (f InboxFilter) scope(actor models.Actor) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		db = db.Scopes(database.Visible(actor, "batches.unit_id"), database.Shared(actor, "batches.unit_id", "batches.task_id")).Where("batches.state = ?", models.BatchFiled).
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
}

// order sorts the inbox; the id decides between equals.
func (f InboxFilter) order(db *gorm.DB) *gorm.DB {
	switch f.Sort {
	case "newest":
		return db.Order("batches.signed_at DESC, batches.id DESC")
	case "rows":
		return db.Order("batches.rows_read DESC, batches.id")
	case "unit":
		return db.Order(database.PlanOrder("u") + ", batches.signed_at, batches.id")
	}
	return db.Order("batches.signed_at, batches.id")
}

// Inbox returns a page of the batches that wait for the Office, longest waiting first, and how many there are.
func (s *Service) Inbox(ctx context.Context, actor models.Actor, f InboxFilter) ([]models.Batch, int64, error) {
	if err := s.Guard.Allow(actor, "filing", "accept"); err != nil {
		return nil, 0, err
	}
	db := s.DB.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.Batch{}).Scopes(f.scope(actor)).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count inbox: %w", err))
	}
	batches, err := waitingBatches(db.Scopes(database.Page(f.Page, f.Size)), actor, f)
	return batches, total, err
}

// waitingBatches reads batches of the inbox with what a row of it tells.
func waitingBatches(db *gorm.DB, actor models.Actor, f InboxFilter) ([]models.Batch, error) {
	var batches []models.Batch
	err := db.Preload("Task").Preload("Task.Item").Preload("Task.Unit").Preload("Task.Batches").
		Scopes(f.scope(actor), f.order).Find(&batches).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list inbox: %w", err))
	}
	return batches, nil
}

// LastSteps returns the last event of each of the batches, by its id; 0 where there is none yet.
func (s *Service) LastSteps(ctx context.Context, batches []models.Batch) (map[int64]int64, error) {
	ids := make([]int64, len(batches))
	for i := range batches {
		ids[i] = batches[i].ID
	}
	last, err := lastSteps(s.DB.Read.WithContext(ctx), ids)
	return last, database.Fault(err)
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
	Seen   *int64 // as in Chosen
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
		done, err := s.MoveMany(ctx, actor, []Chosen{{Code: one.Code, Seen: one.Seen}}, models.VerbReturn,
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
	case s.DueHour.On(due) <= s.now():
		form.Add("due", "补正期限应晚于现在。")
	}
	return form.Err()
}

// maxReason is how many characters a reason may have, as the workflow engine holds it.
const maxReason = 2000
