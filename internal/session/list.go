package session

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// Of returns the live sessions of an account, last used first.
func (s *Store) Of(ctx context.Context, accountID int64) ([]models.Session, error) {
	var rows []models.Session
	err := s.db.Read.WithContext(ctx).Where("account_id = ? AND ended_at = 0 AND expires_at > ?", accountID, s.now()).Find(&rows).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list sessions: %w", err))
	}
	live := rows[:0]
	for _, row := range rows {
		row.LastSeen = max(row.LastSeen, s.seen.last(row.ID)) // the row's own is up to a minute old
		if over, _ := s.over(&row); !over {
			live = append(live, row)
		}
	}
	slices.SortStableFunc(live, func(a, b models.Session) int {
		return cmp.Or(cmp.Compare(b.LastSeen, a.LastSeen), cmp.Compare(b.CreatedAt, a.CreatedAt))
	})
	return live, nil
}

// End ends one session at once.
func (s *Store) End(ctx context.Context, id, why string) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error { return endWhere(tx, s.now(), why, "id = ?", id) })
}

// EndOf ends one session of an account within the caller's transaction and reports whether there was one to end.
func EndOf(tx *gorm.DB, now models.Instant, accountID int64, id, why string) (bool, error) {
	res := ending(tx, "id = ? AND account_id = ?", id, accountID).Updates(ended(now, why))
	return res.RowsAffected > 0, res.Error
}

// EndAll ends every session of an account within the caller's transaction, but for the one with the id except.
func EndAll(tx *gorm.DB, now models.Instant, accountID int64, except, why string) error {
	return endWhere(tx, now, why, "account_id = ? AND id <> ?", accountID, except)
}

func endWhere(tx *gorm.DB, now models.Instant, why, condition string, args ...any) error {
	return ending(tx, condition, args...).Updates(ended(now, why)).Error
}

// ending chooses the sessions that are still open among those that meet the condition.
func ending(tx *gorm.DB, condition string, args ...any) *gorm.DB {
	return tx.Model(&models.Session{}).Where("ended_at = 0").Where(condition, args...)
}

func ended(now models.Instant, why string) map[string]any {
	return map[string]any{"ended_at": now, "ended_why": why}
}
