// Package audit searches and exports the audit chain for the audit administrator, and says it in words. The chain itself
// is internal/audit.
package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	chain "taxportal/internal/audit"
	"taxportal/internal/authz"
	"taxportal/internal/database"
	"taxportal/internal/models"
)

// Service answers for the audit trail.
type Service struct {
	db    *database.DB
	guard *authz.Guard
	now   func() time.Time
}

// New returns the service.
func New(db *database.DB, guard *authz.Guard, now func() time.Time) *Service {
	return &Service{db: db, guard: guard, now: now}
}

// What the chain says of its own upkeep.
const (
	object       = "audit"
	actionVerify = "verify"
)

// PageSize is how many entries a page shows.
const PageSize = 50

// Order is the order of the list.
type Order string

// The orders.
const (
	Newest Order = ""       // newest first
	Oldest Order = "oldest" // oldest first, as the chain runs
)

// Filter narrows the trail. Days that are none are left out; the page says so.
type Filter struct {
	Text   string // in actor, object id, reason, detail, or the words of an action
	Object string
	From   models.Day
	To     models.Day // included
	Order  Order
	Page   int
	Size   int
}

func (f Filter) scope(db *gorm.DB) *gorm.DB {
	if text := strings.TrimSpace(f.Text); text != "" {
		words := database.ContainsAny(text, "actor_name", "object_id", "reason", "detail")(db.Session(&gorm.Session{NewDB: true}))
		if actions := actionsNamed(text); len(actions) > 0 {
			words = words.Or("action IN ?", actions)
		}
		db = db.Where(words)
	}
	if f.Object != "" {
		db = db.Where("object = ?", f.Object)
	}
	if f.From.Valid() {
		db = db.Where("at >= ?", f.From.At(0, 0))
	}
	if f.To.Valid() {
		db = db.Where("at < ?", f.To.AddDays(1).At(0, 0))
	}
	return db
}

func (f Filter) order(db *gorm.DB) *gorm.DB {
	if f.Order == Oldest {
		return db.Order("seq")
	}
	return db.Order("seq DESC")
}

// Search returns a page of entries and how many there are.
func (s *Service) Search(ctx context.Context, actor models.Actor, f Filter) ([]models.AuditEntry, int64, error) {
	if err := s.guard.Allow(actor, "audit", "view"); err != nil {
		return nil, 0, err
	}
	db := s.db.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.AuditEntry{}).Scopes(f.scope).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count audit entries: %w", err))
	}
	var entries []models.AuditEntry
	err := db.Scopes(f.scope, f.order, database.Page(f.Page, f.Size)).Find(&entries).Error
	return entries, total, database.Fault(err)
}

// Own returns the latest n entries of the actor's own doing: everybody may see what is written down of them.
func (s *Service) Own(ctx context.Context, actor models.Actor, n int) ([]models.AuditEntry, error) {
	if err := s.guard.Allow(actor, "profile", "view"); err != nil {
		return nil, err
	}
	var entries []models.AuditEntry
	err := s.db.Read.WithContext(ctx).Where("actor_id = ?", actor.AccountID).Order("seq DESC").Limit(n).Find(&entries).Error
	return entries, database.Fault(err)
}

// exportPage is how many entries an export reads at once.
const exportPage = 1000

// Export calls each with every entry that the filter finds, oldest first, and writes down that it was exported. That
// entry, and what comes after it, is not among them.
func (s *Service) Export(ctx context.Context, actor models.Actor, f Filter, each func(models.AuditEntry) error) error {
	if err := s.guard.Allow(actor, "audit", "export"); err != nil {
		return err
	}
	var head models.AuditHead
	if err := s.db.Read.WithContext(ctx).Take(&head).Error; err != nil {
		return database.Fault(fmt.Errorf("read audit head: %w", err))
	}
	if err := s.note(ctx, actor, "export", f.String()); err != nil {
		return err
	}
	after := int64(0)
	for {
		var entries []models.AuditEntry
		err := s.db.Read.WithContext(ctx).Scopes(f.scope).Where("seq > ? AND seq <= ?", after, head.Seq).Order("seq").Limit(exportPage).Find(&entries).Error
		if err != nil {
			return database.Fault(err)
		}
		for _, e := range entries {
			if err := each(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if len(entries) < exportPage {
			return nil
		}
	}
}

// String says the filter in words, for the audit entry of an export.
func (f Filter) String() string {
	text := ""
	for _, part := range []struct{ label, value string }{
		{"关键字 ", f.Text}, {"对象 ", ObjectLabel(f.Object)}, {"自 ", string(f.From)}, {"至 ", string(f.To)},
	} {
		if part.value != "" {
			text += part.label + part.value + " "
		}
	}
	if text == "" {
		return "全部"
	}
	return text[:len(text)-1]
}

// Verify walks the chain and writes down that it was verified, and with what result.
func (s *Service) Verify(ctx context.Context, actor models.Actor) (chain.Proof, error) {
	if err := s.guard.Allow(actor, "audit", "verify"); err != nil {
		return chain.Proof{}, err
	}
	proof, err := chain.Verify(ctx, s.db)
	if err != nil {
		return proof, err
	}
	result := fmt.Sprintf("%s，共 %d 条", wholeWords, proof.Entries)
	if !proof.Whole() {
		result = proof.Why
	}
	return proof, s.note(ctx, actor, actionVerify, result)
}

func (s *Service) note(ctx context.Context, actor models.Actor, action, detail string) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		return chain.Record(tx, models.At(s.now()), actor, chain.Entry{Object: object, Action: action, Detail: detail})
	})
}
