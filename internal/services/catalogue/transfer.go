package catalogue

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Transfer lets the unit that took over the work of a closed one owe its matters from now on: later tasks are that
// unit's, those already written stay where they are. Only the Office of the area may. It returns how many went over.
// Returns fault.Invalid with the field why, and fault.Locked for a unit that was not merged into another.
func (s *Service) Transfer(ctx context.Context, actor models.Actor, from models.Unit, why string) (int64, error) {
	if err := s.guard.Allow(actor, "unit", "edit"); err != nil {
		return 0, err
	}
	why = strings.TrimSpace(why)
	if !from.Closed() || from.MergedInto == nil {
		return 0, fault.New(fault.Locked, "“"+from.Name+"”没有并入其他单位，共享事项不能转出。")
	}
	var form fault.Form
	form.Require("why", "理由", why)
	if err := form.Err(); err != nil {
		return 0, err
	}
	var moved int64
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		res := tx.Model(&models.CatalogueItem{}).Where("unit_id = ? AND retired_at = 0", from.ID).Update("unit_id", from.MergedInto.ID)
		if res.Error != nil {
			return fmt.Errorf("transfer items of %s: %w", from.Code, res.Error)
		}
		moved = res.RowsAffected
		return audit.Record(tx, models.At(s.now()), actor, audit.Entry{Object: "unit", ObjectID: strings.ToUpper(from.Code), Action: "transfer", Reason: why,
			Detail: fmt.Sprintf("%d 个共享事项：%s → %s", moved, from.Name, from.MergedInto.Name)})
	})
	return moved, err
}
