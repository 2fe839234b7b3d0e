package catalogue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// AddInput adds an item to a unit's list.
type AddInput struct {
	Unit string // unit code
	ItemInput
	ListedOn models.Day // of the Office's decision
	From     models.Period
	Reason   string
	Closed   bool // the Office knows that the plan's list is closed
	Proposal string
}

// List is a unit to whose list the Office may add. Closed says that the plan's list does not end in 等.
type List struct {
	Unit   models.Unit
	Closed bool
}

// Addable returns the units to whose lists the actor's Office may add: members and their sub-units in its area.
func (s *Service) Addable(ctx context.Context, actor models.Actor) ([]List, error) {
	db := s.db.Read.WithContext(ctx)
	var units []models.Unit
	err := db.Where("closed_at = 0 AND kind IN ? AND jurisdiction_path LIKE ?",
		[]models.UnitKind{models.UnitMember, models.UnitSub}, actor.Unit.JurisdictionPath+"%").
		Order(database.PlanOrder("units")).Find(&units).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list units: %w", err))
	}
	var closed []int64
	if err := db.Model(&models.Clause{}).Where("open = ?", false).Pluck("unit_id", &closed).Error; err != nil {
		return nil, database.Fault(fmt.Errorf("list closed lists: %w", err))
	}
	lists := make([]List, len(units))
	for i, u := range units {
		lists[i] = List{Unit: u, Closed: slices.Contains(closed, u.ID)}
	}
	return lists, nil
}

// Add puts an item on a unit's list, marked 补充: its code continues the unit's numbers. A list of the plan that does not
// end in 等 is closed and wants to be confirmed.
//
// Only the Office of the area may. Returns fault.Forbidden and fault.Invalid with field messages; the field closed is the
// warning of a closed list.
func (s *Service) Add(ctx context.Context, actor models.Actor, in AddInput) (models.CatalogueItem, error) {
	if err := s.guard.Allow(actor, "catalogue", "edit"); err != nil {
		return models.CatalogueItem{}, err
	}
	var item models.CatalogueItem
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		unit, clause, err := s.checkAdd(tx, actor, in)
		if err != nil {
			return err
		}
		item = models.CatalogueItem{UnitID: unit.ID, Unit: unit, Origin: models.OriginAdded, StartsOn: in.From, ListedOn: in.ListedOn}
		in.onto(&item)
		if err := number(tx, unit, &item); err != nil {
			return err
		}
		if err := tx.Omit("Unit", "Template").Create(&item).Error; err != nil {
			return fmt.Errorf("add item %s: %w", item.Code, err)
		}
		change := s.newChange(actor, item, models.ItemAdded, in.From, in.Reason)
		change.Basis, change.ProposalCode, change.AppliedAt = item.Basis, strings.ToUpper(in.Proposal), change.At
		if err := tx.Omit("Item").Create(&change).Error; err != nil {
			return fmt.Errorf("write change of %s: %w", item.Code, err)
		}
		detail := unit.Name + "：" + item.Name + "；依据：" + item.Basis
		if clause != nil && !clause.Open {
			detail += "；方案所列为封闭清单，已确认补充"
		}
		return s.note(tx, actor, item.Code, string(models.ItemAdded), change.Reason, detail)
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return item, fault.New(fault.Conflict, "刚刚有人为同一单位补充了目录项，请核对后再提交一次。")
	}
	return item, err
}

// checkAdd returns the unit and what the plan says of it, or everything that is wrong with the input.
func (s *Service) checkAdd(tx *gorm.DB, actor models.Actor, in AddInput) (models.Unit, *models.Clause, error) {
	var form fault.Form
	in.check(&form)
	checkReason(&form, in.Reason)
	form.Require("basis", "法律、法规或文件依据", strings.TrimSpace(in.Basis))
	s.checkFrom(&form, in.From)
	if !in.ListedOn.Valid() || in.ListedOn > models.DayOf(s.now()) {
		form.Add("listed_on", "请填补充决定的日期，不晚于今天，如 2026-11-10。")
	}
	var units []models.Unit
	err := tx.Where("code = ? AND closed_at = 0 AND kind IN ?", lower(in.Unit), []models.UnitKind{models.UnitMember, models.UnitSub}).Limit(1).Find(&units).Error
	if err != nil {
		return models.Unit{}, nil, fmt.Errorf("find unit: %w", err)
	}
	if len(units) == 0 || !inArea(actor, units[0]) {
		form.Add("unit", "请选择本办公室区划内的成员单位。")
		return models.Unit{}, nil, form.Err()
	}
	clause, err := clauseOf(tx, units[0].ID)
	if err != nil {
		return models.Unit{}, nil, err
	}
	if clause != nil && !clause.Open && !in.Closed {
		form.Add("closed", "方案对“"+units[0].Name+"”所列内容末尾没有“等”字，是封闭清单。确有依据需要补充的，请勾选确认。")
	}
	return units[0], clause, form.Err()
}

func clauseOf(db *gorm.DB, unitID int64) (*models.Clause, error) {
	var clauses []models.Clause
	if err := db.Where("unit_id = ?", unitID).Limit(1).Find(&clauses).Error; err != nil {
		return nil, fmt.Errorf("read clause: %w", err)
	}
	if len(clauses) == 0 {
		return nil, nil
	}
	return &clauses[0], nil
}

// number gives a new item the next code of its unit, and the next resource code where the unit's are known.
func number(tx *gorm.DB, unit models.Unit, item *models.CatalogueItem) error {
	var known []models.CatalogueItem
	if err := tx.Select("id", "code", "resource_code").Where("code LIKE ?", unit.Code+"-%").Find(&known).Error; err != nil {
		return fmt.Errorf("read codes of %s: %w", unit.Code, err)
	}
	last, stem := 0, ""
	for _, k := range known {
		n, err := strconv.Atoi(strings.TrimPrefix(k.Code, unit.Code+"-"))
		if err != nil { // a sub-unit's item
			continue
		}
		last = max(last, n)
		if before, _, ok := strings.Cut(k.ResourceCode, "/"); ok {
			stem = before
		}
	}
	item.Code = fmt.Sprintf("%s-%02d", unit.Code, last+1)
	if item.ResourceCode == "" && stem != "" {
		item.ResourceCode = fmt.Sprintf("%s/%03d", stem, last+1)
	}
	return nil
}
