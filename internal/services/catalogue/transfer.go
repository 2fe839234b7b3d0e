package catalogue

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// Transfer lets the unit that took over the work of a closed one owe its matters from now on: later tasks are that
// unit's, those already written stay where they are. Each item stays on the list where the plan names it, and its history
// says who supplies it since when and why. Only the Office of the area may. It returns how many went over.
// Returns fault.Invalid with the field why, and fault.Locked for a unit that was not merged into another.
func (s *Service) Transfer(ctx context.Context, actor models.Actor, from models.Unit, why string) (int64, error) {
	if err := s.guard.Allow(actor, "unit", "edit"); err != nil {
		return 0, err
	}
	why, err := checkTransfer(from, "共享事项", why)
	if err != nil {
		return 0, err
	}
	var items []models.CatalogueItem
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Where("unit_id = ? AND retired_at = 0 AND origin <> ?", from.ID, models.OriginCall).Order("code").Find(&items).Error
		if err != nil {
			return fmt.Errorf("find items of %s: %w", from.Code, err)
		}
		for _, item := range items {
			if err := s.supplyBy(tx, actor, item, from, why); err != nil {
				return err
			}
		}
		told := []models.ItemDiff{{Field: models.FieldUnit, Old: from.Name, New: from.MergedInto.Name}}
		for _, item := range items {
			if err := s.note(tx, actor, item.Code, string(models.ItemEdited), why, Told(told)); err != nil {
				return err
			}
		}
		return audit.Record(tx, models.At(s.now()), actor, audit.Entry{Object: "unit", ObjectID: strings.ToUpper(from.Code), Action: "transfer", Reason: why,
			Detail: fmt.Sprintf("%d 个共享事项：%s → %s", len(items), from.Name, from.MergedInto.Name)})
	})
	return int64(len(items)), err
}

// checkTransfer refuses what cannot go over from a unit, and returns the reason.
func checkTransfer(from models.Unit, what, why string) (string, error) {
	why = strings.TrimSpace(why)
	if !from.Closed() || from.MergedInto == nil {
		return why, fault.New(fault.Locked, "“"+from.Name+"”没有并入其他单位，"+what+"不能转出。")
	}
	var form fault.Form
	form.Require("why", "理由", why)
	return why, form.Err()
}

// supplyBy lets the heir of a unit supply one of its items, and writes that into the item's history.
func (s *Service) supplyBy(tx *gorm.DB, actor models.Actor, item models.CatalogueItem, from models.Unit, why string) error {
	if err := tx.Model(&models.CatalogueItem{}).Where("id = ?", item.ID).Update("unit_id", from.MergedInto.ID).Error; err != nil {
		return fmt.Errorf("transfer %s: %w", item.Code, err)
	}
	change := s.newChange(actor, item, models.ItemEdited, s.running(), why)
	change.Diffs, change.AppliedAt = []models.ItemDiff{{Field: models.FieldUnit, Old: from.Name, New: from.MergedInto.Name}}, change.At
	if err := tx.Omit("Item").Create(&change).Error; err != nil {
		return fmt.Errorf("write change of %s: %w", item.Code, err)
	}
	return nil
}

// PassOn lets the unit that took over the work of a closed one answer an ad-hoc call that the closed unit has not answered;
// what was written and not signed is the heir's to go on from. The filing of the call goes along. Only the Office of the
// area may; it may as well call the call off (MoveCall).
//
// Returns fault.NotFound, fault.Invalid with the field why, fault.Locked for a unit that was not merged into another, and
// fault.Conflict for a call that the unit has answered, or for whose filing something was uploaded.
func (s *Desk) PassOn(ctx context.Context, actor models.Actor, code, why string) error {
	if err := s.Guard.Allow(actor, "unit", "edit"); err != nil {
		return err
	}
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		c, err := findCall(tx, actor, code)
		if err != nil {
			return err
		}
		from := c.Unit
		if from.MergedIntoID != nil {
			if err := tx.Where("id = ?", *from.MergedIntoID).Take(&from.MergedInto).Error; err != nil {
				return fmt.Errorf("find heir of %s: %w", from.Code, err)
			}
		}
		if why, err = checkTransfer(from, "专项需求", why); err != nil {
			return err
		}
		heir := from.MergedInto
		// The move is the portal's: no call can be passed on at will, only those of a unit that is no more. The history
		// names who had it done all the same.
		_, err = s.engine.Apply(tx, workflow.Step{Flow: &models.CallFlow, Subject: &c, Verb: models.VerbPassOn,
			Actor: workflow.Actor{Name: actor.Name, Post: actor.Post(), UnitID: actor.Unit.ID}, Input: workflow.Input{Reason: why, Detail: from.Name + " → " + heir.Name},
			Also: func(tx *gorm.DB) error { return passOn(tx, c, heir.ID) }})
		return err
	})
}

// passOn gives a call and its filing to another unit.
func passOn(tx *gorm.DB, c models.Call, heir int64) error {
	if err := tx.Model(&models.Call{}).Where("id = ?", c.ID).UpdateColumn("unit_id", heir).Error; err != nil {
		return fmt.Errorf("pass on %s: %w", c.Code, err)
	}
	if c.TaskID == nil {
		return nil
	}
	var tries int64
	if err := tx.Model(&models.Batch{}).Where("task_id = ?", *c.TaskID).Count(&tries).Error; err != nil {
		return fmt.Errorf("look at the filing of %s: %w", c.Code, err)
	}
	if tries > 0 {
		return fault.New(fault.Conflict, "专项需求 "+c.Code+" 的报送任务已有上传记录，请由原单位办完，或撤销需求。")
	}
	for _, part := range []struct {
		model any
		id    int64
	}{{&models.FilingTask{}, *c.TaskID}, {&models.CatalogueItem{}, c.Task.ItemID}} {
		if err := tx.Model(part.model).Where("id = ?", part.id).UpdateColumn("unit_id", heir).Error; err != nil {
			return fmt.Errorf("pass on the filing of %s: %w", c.Code, err)
		}
	}
	return nil
}

// Supply says since when another unit supplies an item than the one on whose list it stands, and why. Both are empty where
// an older portal has not written them down.
type Supply struct {
	Since models.Day
	Why   string
}

// supplyOf finds, by item, how those came to their supplier that stand on the list of another unit.
func supplyOf(db *gorm.DB, rows []ItemRow) (map[int64]Supply, error) {
	var moved []int64
	for _, r := range rows {
		if r.Moved() {
			moved = append(moved, r.Item.ID)
		}
	}
	if len(moved) == 0 {
		return nil, nil
	}
	var changes []models.ItemChange
	if err := db.Where("item_id IN ? AND applied_at <> 0", moved).Order("id").Find(&changes).Error; err != nil {
		return nil, fmt.Errorf("read who supplies what since when: %w", err)
	}
	found := map[int64]Supply{}
	for _, c := range changes { // the last one counts
		if slices.ContainsFunc(c.Diffs, func(d models.ItemDiff) bool { return d.Field == models.FieldUnit }) {
			found[c.ItemID] = Supply{Since: cmp.Or(c.AppliedAt, c.At).Day(), Why: c.Reason}
		}
	}
	return found, nil
}
