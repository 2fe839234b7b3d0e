package filing

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Progress returns a batch with its state and how far its check is, and nothing else: a page asks every two seconds.
// Returns fault.NotFound for a batch that is not the actor's to know of.
func (s *Service) Progress(ctx context.Context, actor models.Actor, code string) (*models.Batch, error) {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return nil, err
	}
	b, err := s.batch(s.DB.Read.WithContext(ctx).Select("batches.id", "batches.code", "batches.state", "batches.progress", "batches.progress_total"), actor, code)
	return &b, database.Fault(err)
}

// Batch returns a batch with its files and its task, whose item, unit and template version come along: what a receipt
// or a confirm page tells of it.
// Returns fault.NotFound for a batch that is not the actor's to know of.
func (s *Service) Batch(ctx context.Context, actor models.Actor, code string) (*models.Batch, error) {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return nil, err
	}
	b, err := s.batch(s.DB.Read.WithContext(ctx).Joins("Task").Joins("Task.Item").Joins("Task.Unit").Joins("Task.TemplateVersion").
		Preload("Files", func(db *gorm.DB) *gorm.DB { return db.Order("seq") }), actor, code)
	return &b, database.Fault(err)
}

// Receipt returns a signed batch as Batch does.
// Returns fault.NotFound, and fault.Conflict for one that nobody has signed, saying what it still lacks.
func (s *Service) Receipt(ctx context.Context, actor models.Actor, code string) (*models.Batch, error) {
	b, err := s.Batch(ctx, actor, code)
	if err == nil && b.ReceiptNo == "" {
		err = fault.New(fault.Conflict, noReceipt(b))
	}
	return b, err
}

// noReceipt says why a batch that was never signed has no receipt.
func noReceipt(b *models.Batch) string {
	now := fmt.Sprintf("批次 %s 现在是“%s”", b.Code, models.FilingFlow.Describe(b.State).Label)
	switch b.State {
	case models.BatchDiscarded:
		return now + "，没有审签过，不会有回执。"
	case models.BatchSigning:
		return now + "，审签后才有回执；还差分管负责人审签。"
	case models.BatchClean:
		return now + "，审签后才有回执；还差提交审签、分管负责人审签。"
	}
	return now + "，审签后才有回执；还差校验通过、提交审签、分管负责人审签。"
}

// FindingList is what was found in a batch, or what one rule found, to be read by Findings.
type FindingList struct {
	Batch *models.Batch
	Rule  *models.FindingRule // nil: all rules
}

var errNoRule = fault.New(fault.NotFound, "没有这类问题。")

// FindingList returns the findings of a batch, rule 0 standing for all rules.
// Returns fault.NotFound for a batch that is not the actor's to know of, and for a rule that found nothing in it.
func (s *Service) FindingList(ctx context.Context, actor models.Actor, code string, rule int64) (*FindingList, error) {
	b, err := s.Batch(ctx, actor, code)
	if err != nil {
		return nil, err
	}
	list := &FindingList{Batch: b}
	if rule == 0 {
		return list, nil
	}
	list.Rule = &models.FindingRule{}
	err = s.DB.Read.WithContext(ctx).Where("id = ? AND batch_id = ?", rule, b.ID).Take(list.Rule).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errNoRule
	}
	return list, database.Fault(err)
}
