package filing

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// OfUnit returns the tasks of a unit and its sub-units of the last twelve months and those already written for later,
// soonest due first, as far as the actor may see how they stand: what the matrix shows.
func (s *Service) OfUnit(ctx context.Context, actor models.Actor, unit models.Unit) ([]TaskRow, error) {
	if err := s.Guard.Allow(actor, "matrix", "view"); err != nil {
		return nil, err
	}
	db := s.DB.Read.WithContext(ctx).Where(`"Unit".path LIKE ? AND filing_tasks.month >= ?`, unit.Path+"%", s.lastMonths(recentMonths)[0]).Limit(listCap)
	return s.taskRows(db, actor, TaskFilter{Sort: "due"})
}

// Unsettled returns the tasks of a unit that are neither in force nor exempt, of whatever month: what the Office decides
// on once the unit is closed. The filing of an ad-hoc call is not among them: it goes with its call.
func (s *Service) Unsettled(ctx context.Context, actor models.Actor, unit models.Unit) ([]TaskRow, error) {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return nil, err
	}
	db := s.DB.Read.WithContext(ctx).Limit(listCap).Where("filing_tasks.unit_id = ? AND filing_tasks.exempted_at = 0", unit.ID).
		Where(`"Item".origin <> ?`, models.OriginCall).
		Where("NOT EXISTS (SELECT 1 FROM batches b WHERE b.task_id = filing_tasks.id AND b.state = ?)", models.BatchEffective)
	return s.taskRows(db, actor, TaskFilter{Sort: "due"})
}

// Transfer lets the unit that took over the work of a closed one file a task of it. Only the Office may. A task for which
// something was uploaded stays with those who did, to be finished or exempted.
// Returns fault.NotFound for a task that is not the actor's to know of, fault.Invalid with the field why, and fault.Locked
// that says why it cannot go over.
func (s *Service) Transfer(ctx context.Context, actor models.Actor, code, why string) error {
	if err := s.Guard.Allow(actor, "unit", "edit"); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		t, err := s.task(tx, actor, code)
		if err != nil {
			return err
		}
		heir, err := heirOf(tx, t)
		if err != nil {
			return err
		}
		var form fault.Form
		form.Require("why", "理由", why)
		if err := form.Err(); err != nil {
			return err
		}
		res := tx.Model(&models.FilingTask{}).Where("id = ? AND unit_id = ?", t.ID, t.UnitID).Update("unit_id", heir.ID)
		if res.Error != nil {
			return fmt.Errorf("transfer %s: %w", t.Code, res.Error)
		}
		if res.RowsAffected == 0 {
			return fault.New(fault.Conflict, "这项任务刚刚已由他人处理，请刷新后核对。")
		}
		if err := tx.Model(&models.Waiver{}).Where("task_id = ?", t.ID).Update("unit_id", heir.ID).Error; err != nil { // what was asked for it goes along
			return fmt.Errorf("transfer requests about %s: %w", t.Code, err)
		}
		return audit.Record(tx, s.now(), actor, audit.Entry{Object: "filing", ObjectID: t.Code, Action: "transfer", Reason: why,
			Detail: t.Unit.Name + " → " + heir.Name})
	})
}

// heirOf returns the unit that may take over a task, or says why none may.
func heirOf(tx *gorm.DB, t models.FilingTask) (models.Unit, error) {
	var heir models.Unit
	switch {
	case !t.Unit.Closed() || t.Unit.MergedIntoID == nil:
		return heir, fault.New(fault.Locked, "“"+t.Unit.Name+"”没有并入其他单位，任务不能转出。")
	case t.Item.Origin == models.OriginCall:
		return heir, fault.New(fault.Locked, "任务 "+t.Code+" 属于专项需求，请在单位页的“撤并后待办”中转出那件需求。")
	case len(t.Batches) > 0:
		return heir, fault.New(fault.Locked, "任务 "+t.Code+" 已有上传记录，请由原单位办完，或提出免报。")
	case t.ExemptedAt != 0:
		return heir, fault.New(fault.Locked, "任务 "+t.Code+" 已批准免报，不必转出。")
	}
	return heir, database.Fault(tx.Where("id = ?", *t.Unit.MergedIntoID).Take(&heir).Error)
}
