package directory

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// CloseInput is the form by which a unit is closed or merged into another.
type CloseInput struct {
	Day     models.Day // from which it no longer exists; not after today
	Into    string     // code of the unit that takes over its work; empty: none
	Why     string
	Version int64
}

// CloseUnit closes a unit or merges it into another. Nothing of it vanishes: its open tasks, its matters of the catalogue
// and its accounts stay and are listed on its page, where the Office decides on each.
// Returns fault.Invalid with the fields day, into, why, and fault.Conflict if somebody was faster.
func (s *Service) CloseUnit(ctx context.Context, actor models.Actor, code string, in CloseInput) error {
	if err := s.guard.Allow(actor, "unit", "edit"); err != nil {
		return err
	}
	in.Why, in.Into = strings.TrimSpace(in.Why), strings.ToLower(strings.TrimSpace(in.Into))
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		u, err := editable(tx, actor, code)
		if err != nil {
			return err
		}
		if err := s.mayClose(tx, u); err != nil {
			return err
		}
		heir, err := s.checkClose(tx, actor, u, in)
		if err != nil {
			return err
		}
		d := diff{{Field: "撤并日期", New: string(in.Day)}}
		set := map[string]any{"closed_at": s.instant(), "valid_to": in.Day.AddDays(-1), "closed_why": in.Why, "merged_into_id": nil}
		if heir != nil {
			set["merged_into_id"] = heir.ID
			d.note("承接单位", "", heir.Name)
		}
		if err := s.claim(tx, &u, in.Version, set); err != nil {
			return err
		}
		return s.keep(tx, actor, subject{objectUnit, u.ID, u.Code, u.Version}, "close", in.Why, d)
	})
}

// mayClose refuses to close what others stand on.
func (s *Service) mayClose(tx *gorm.DB, u models.Unit) error {
	if !closable(u.Kind) {
		return fault.New(fault.Locked, u.Kind.Label()+"随区划设立，不能撤并。")
	}
	var subs []string
	if err := tx.Model(&models.Unit{}).Where("parent_id = ? AND closed_at = 0", u.ID).Order("id").Pluck("name", &subs).Error; err != nil {
		return fmt.Errorf("find sub-units: %w", err)
	}
	if len(subs) > 0 {
		return fault.New(fault.Locked, "“"+u.Name+"”还有下属单位："+strings.Join(subs, "、")+"。请先办理下属单位的撤并。")
	}
	return nil
}

func (s *Service) checkClose(tx *gorm.DB, actor models.Actor, u models.Unit, in CloseInput) (*models.Unit, error) {
	var form fault.Form
	form.Require("why", "撤并理由", in.Why)
	tooLong(&form, "why", "撤并理由", in.Why, maxReason)
	form.Require("day", "撤并日期", string(in.Day))
	checkDay(&form, "day", "撤并日期", in.Day)
	switch {
	case in.Day > s.today():
		form.Add("day", "撤并日期不能晚于今天；以后才撤并的，请到那天再办。")
	case u.ValidFrom != "" && in.Day <= u.ValidFrom:
		form.Add("day", "撤并日期须晚于启用日期 "+string(u.ValidFrom)+"。")
	}
	if in.Into == "" {
		return nil, form.Err()
	}
	heir, err := find(tx, actor, in.Into)
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return nil, err
	case err != nil, heir.Closed(), heir.ID == u.ID, !closable(heir.Kind):
		form.Add("into", "请从列表中选择承接单位；须是本地在用的其他单位。")
	}
	return &heir, form.Err()
}

// ReopenUnit takes back the closing of a unit that was a mistake.
// Returns fault.Invalid with the field why, fault.Locked for a unit that is not closed, or whose own unit is, and
// fault.Conflict if somebody was faster.
func (s *Service) ReopenUnit(ctx context.Context, actor models.Actor, code, why string, version int64) error {
	if err := s.guard.Allow(actor, "unit", "edit"); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		u, err := find(tx, actor, code)
		if err != nil {
			return err
		}
		if err := mayReopen(tx, u); err != nil {
			return err
		}
		var form fault.Form
		form.Require("why", "撤销撤并的理由", why)
		tooLong(&form, "why", "理由", why, maxReason)
		if err := form.Err(); err != nil {
			return err
		}
		d := diff{{Field: "撤并日期", Old: string(u.ValidTo.AddDays(1))}}
		if u.MergedInto != nil {
			d.note("承接单位", u.MergedInto.Name, "")
		}
		err = s.claim(tx, &u, version, map[string]any{"closed_at": 0, "valid_to": "", "closed_why": "", "merged_into_id": nil})
		if err != nil {
			return err
		}
		return s.keep(tx, actor, subject{objectUnit, u.ID, u.Code, u.Version}, "reopen", why, d)
	})
}

func mayReopen(tx *gorm.DB, u models.Unit) error {
	if !u.Closed() {
		return fault.New(fault.Locked, "“"+u.Name+"”没有撤并。")
	}
	var above int64
	err := tx.Model(&models.Unit{}).Where("id = ? AND closed_at <> 0", u.ParentID).Count(&above).Error
	if err == nil && above > 0 {
		return fault.New(fault.Locked, "隶属单位已撤并，请先撤销隶属单位的撤并。")
	}
	return err
}

// Heirs returns the units that can take over the work of another, in the order of the list.
func (s *Service) Heirs(ctx context.Context, actor models.Actor, of models.Unit) ([]models.Unit, error) {
	var units []models.Unit
	f := UnitFilter{}
	err := s.db.Read.WithContext(ctx).Scopes(f.scope(actor), f.order).Where("units.kind IN ? AND units.id <> ?", Creatable, of.ID).
		Joins("Jurisdiction").Find(&units).Error
	return units, database.Fault(err)
}
