package directory

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"taxportal/internal/cn"
	"taxportal/internal/models"
	"taxportal/seed"
)

// Load brings the plan's areas, units, leading groups and calendar into the database. What is there already stays as it
// is, so that it may run at each start; only what an older portal did not know of a unit or an area is filled in.
func (s *Service) Load(ctx context.Context, plan *seed.Plan, calendar cn.CalendarFile) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := loadJurisdictions(tx, plan.Jurisdictions); err != nil {
			return err
		}
		if err := loadUnits(tx, plan.Units); err != nil {
			return err
		}
		if err := loadGroups(tx, plan.Groups); err != nil {
			return err
		}
		return loadCalendar(tx, calendar)
	})
	s.Refresh()
	return err
}

func loadJurisdictions(tx *gorm.DB, list []seed.Jurisdiction) error {
	for _, j := range list {
		row := models.Jurisdiction{Code: j.Code, Name: j.Name, Kind: models.AreaKind(j.Kind), Path: "/", ValidFrom: j.From, ValidTo: j.To}
		if j.Parent != "" {
			var parent models.Jurisdiction
			if err := tx.Where("code = ?", j.Parent).Take(&parent).Error; err != nil {
				return fmt.Errorf("find area %s: %w", j.Parent, err)
			}
			row.ParentID, row.Path = &parent.ID, parent.Path
		}
		found, err := exists(tx, &models.Jurisdiction{}, j.Code)
		if err != nil {
			return err
		}
		if !found {
			if err := tx.Create(&row).Error; err != nil {
				return fmt.Errorf("write area %s: %w", j.Code, err)
			}
			path := fmt.Sprintf("%s%d/", row.Path, row.ID)
			if err := tx.Model(&row).Update("path", path).Error; err != nil {
				return err
			}
		}
		if err := loadCodes(tx, j); err != nil {
			return fmt.Errorf("write codes of %s: %w", j.Code, err)
		}
	}
	return nil
}

// loadCodes writes when an area's code is in force, and the codes that it had before.
func loadCodes(tx *gorm.DB, j seed.Jurisdiction) error {
	area := tx.Model(&models.Jurisdiction{}).Where("code = ?", j.Code)
	if err := area.Where("valid_from = '' AND valid_to = ''").Updates(map[string]any{"valid_from": j.From, "valid_to": j.To}).Error; err != nil {
		return err
	}
	for _, f := range j.Former {
		const write = `INSERT INTO jurisdiction_codes (code, jurisdiction_id, name, valid_from, valid_to)
			SELECT ?, id, ?, '', ? FROM jurisdictions WHERE code = ? ON CONFLICT (code) DO NOTHING`
		if err := tx.Exec(write, f.Code, f.Name, f.To, j.Code).Error; err != nil {
			return err
		}
	}
	return nil
}

func loadUnits(tx *gorm.DB, list []seed.Unit) error {
	for _, u := range list {
		found, err := exists(tx, &models.Unit{}, u.Code)
		if err != nil {
			return err
		}
		if found {
			if err := completeUnit(tx, u); err != nil {
				return fmt.Errorf("complete unit %s: %w", u.Code, err)
			}
			continue
		}
		var area models.Jurisdiction
		if err := tx.Where("code = ?", u.Jurisdiction).Take(&area).Error; err != nil {
			return fmt.Errorf("find area of %s: %w", u.Code, err)
		}
		row := models.Unit{Code: u.Code, Name: u.Name, FullName: u.FullName, Kind: u.Kind, Affiliation: u.Affiliation, TaxAuthority: u.TaxAuthority,
			PlanNo: u.PlanNo, Path: "/", JurisdictionID: area.ID, JurisdictionPath: area.Path, Version: 1}
		if u.Parent != "" {
			var parent models.Unit
			if err := tx.Where("code = ?", u.Parent).Take(&parent).Error; err != nil {
				return fmt.Errorf("find unit above %s: %w", u.Code, err)
			}
			row.ParentID, row.Path = &parent.ID, parent.Path
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("write unit %s: %w", u.Code, err)
		}
		if err := tx.Model(&row).Update("path", fmt.Sprintf("%s%d/", row.Path, row.ID)).Error; err != nil {
			return err
		}
	}
	return nil
}

// completeUnit fills in what a portal from before the organisation had pages did not keep. A unit that somebody has edited
// since is left alone: then its affiliation is set.
func completeUnit(tx *gorm.DB, u seed.Unit) error {
	return tx.Model(&models.Unit{}).Where("code = ? AND affiliation = '' AND version = 1", u.Code).
		Updates(map[string]any{"affiliation": u.Affiliation, "full_name": u.FullName, "tax_authority": u.TaxAuthority}).Error
}

func exists(tx *gorm.DB, model any, code string) (bool, error) {
	err := tx.Model(model).Select("id").Where("code = ?", code).Take(new(int64)).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	return err == nil, err
}
