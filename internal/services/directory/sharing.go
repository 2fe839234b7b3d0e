package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// SharingInput is how an area shares from a month on, and on what it rests.
type SharingInput struct {
	Mode    models.Sharing
	From    string // 2026-11; the running month or later: no rule changes backwards
	Why     string
	Version int64 // of the area's leading group
}

// SetSharing settles how a county or zone shares from a month on (plan 二(三), last sentence). From then on an area that
// does not file through the portal is left out of the city's rate and owes no tasks; those of later months that are written
// already and for which nothing was filed are taken back.
// Returns fault.NotFound outside the actor's area, fault.Locked for the city itself, fault.Invalid with the fields mode,
// from, why, and fault.Conflict if somebody was faster.
func (s *Service) SetSharing(ctx context.Context, actor models.Actor, area string, in SharingInput) error {
	in.From, in.Why = strings.TrimSpace(in.From), strings.TrimSpace(in.Why)
	return s.editGroup(ctx, actor, area, "sharing", in.Why, in.Version, func(tx *gorm.DB, g *models.Group) (diff, error) {
		var j models.Jurisdiction
		if err := tx.Take(&j, g.JurisdictionID).Error; err != nil {
			return nil, fmt.Errorf("find area: %w", err)
		}
		if j.Kind == models.AreaCity {
			return nil, fault.New(fault.Locked, "市本级按方案二（三）通过平台报送，共享方式由各县（市、区）、开发区确定。")
		}
		var modes []models.SharingMode
		if err := tx.Where("jurisdiction_id = ? AND to_month = ''", j.ID).Find(&modes).Error; err != nil {
			return nil, fmt.Errorf("read sharing: %w", err)
		}
		now := models.SharingMode{Mode: models.SharingPortal}
		if len(modes) > 0 {
			now = modes[0]
		}
		if err := s.checkSharing(now, in); err != nil {
			return nil, err
		}
		if err := endSharing(tx, j.ID, in.From); err != nil {
			return nil, fmt.Errorf("end sharing: %w", err)
		}
		row := models.SharingMode{JurisdictionID: j.ID, Mode: in.Mode, FromMonth: in.From, Why: in.Why, SetName: actor.Name, SetAt: s.instant()}
		if err := tx.Create(&row).Error; err != nil {
			return nil, fmt.Errorf("set sharing: %w", err)
		}
		if s.follow != nil {
			if err := s.follow(tx); err != nil {
				return nil, err
			}
		}
		return diff{{Field: "信息共享方式", Old: now.Mode.Label(), New: in.Mode.Label() + "（自" + strings.TrimSuffix(models.Period(in.From).Label(), "期") + "起）"}}, nil
	})
}

// endSharing ends what runs on the month before; what would have begun in that month or later never comes into force, and
// the history says that it was set.
func endSharing(tx *gorm.DB, area int64, from string) error {
	if err := tx.Where("jurisdiction_id = ? AND from_month >= ?", area, from).Delete(&models.SharingMode{}).Error; err != nil {
		return err
	}
	return tx.Model(&models.SharingMode{}).Where("jurisdiction_id = ? AND (to_month = '' OR to_month >= ?)", area, from).
		Update("to_month", string(models.Period(from).Prev())).Error
}

func (s *Service) checkSharing(now models.SharingMode, in SharingInput) error {
	var form fault.Form
	from := models.Period(in.From)
	switch {
	case !slices.Contains(models.Sharings, in.Mode):
		form.Add("mode", "请选择信息共享方式。")
	case in.Mode == now.Mode:
		form.Add("mode", "现在就是“"+now.Mode.Label()+"”，不必更改。")
	}
	switch {
	case in.From == "":
		form.Require("from", "起始月份", "")
	case !from.Valid() || len(in.From) != len("2026-11") || from.Month(0) != in.From:
		form.Add("from", "起始月份“"+in.From+"”不是月份，请写成 2026-11。")
	case in.From < s.month():
		form.Add("from", "起始月份不能早于本月（"+s.month()+"）：已经报送的期次不再改变口径。")
	}
	form.Require("why", "依据", in.Why)
	tooLong(&form, "why", "依据", in.Why, maxReason)
	return form.Err()
}
