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

// Load brings the plan's jurisdictions, units and calendar into the database. What is there already stays as it is, so
// that it may run at each start.
func (s *Service) Load(ctx context.Context, plan *seed.Plan, calendar cn.CalendarFile) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := loadJurisdictions(tx, plan.Jurisdictions); err != nil {
			return err
		}
		if err := loadUnits(tx, plan.Units); err != nil {
			return err
		}
		return loadCalendar(tx, calendar)
	})
	s.Refresh()
	return err
}

func loadJurisdictions(tx *gorm.DB, list []seed.Jurisdiction) error {
	for _, j := range list {
		row := models.Jurisdiction{Code: j.Code, Name: j.Name, Path: "/"}
		if j.Parent != "" {
			var parent models.Jurisdiction
			if err := tx.Where("code = ?", j.Parent).Take(&parent).Error; err != nil {
				return fmt.Errorf("find area %s: %w", j.Parent, err)
			}
			row.ParentID, row.Path = &parent.ID, parent.Path
		}
		found, err := exists(tx, &models.Jurisdiction{}, j.Code)
		if err != nil || found {
			if err != nil {
				return err
			}
			continue
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("write area %s: %w", j.Code, err)
		}
		path := fmt.Sprintf("%s%d/", row.Path, row.ID)
		if err := tx.Model(&row).Update("path", path).Error; err != nil {
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
			continue
		}
		var area models.Jurisdiction
		if err := tx.Where("code = ?", u.Jurisdiction).Take(&area).Error; err != nil {
			return fmt.Errorf("find area of %s: %w", u.Code, err)
		}
		row := models.Unit{Code: u.Code, Name: u.Name, Kind: u.Kind, PlanNo: u.PlanNo, Path: "/", JurisdictionID: area.ID, JurisdictionPath: area.Path}
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

func exists(tx *gorm.DB, model any, code string) (bool, error) {
	err := tx.Model(model).Select("id").Where("code = ?", code).Take(new(int64)).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	return err == nil, err
}

func loadCalendar(tx *gorm.DB, file cn.CalendarFile) error {
	var rows int64
	if err := tx.Model(&models.Holiday{}).Count(&rows).Error; err != nil || rows > 0 {
		return err
	}
	known, days, err := file.Rows()
	if err != nil {
		return fmt.Errorf("read calendar: %w", err)
	}
	knownYears := map[int]bool{}
	for _, year := range known {
		knownYears[year] = true
	}
	for _, d := range days {
		date, ok := cn.ParseDay(d.Day)
		if !ok {
			return fmt.Errorf("calendar names %q, which is no day", d.Day)
		}
		row := models.Holiday{Day: models.Day(d.Day), Workday: d.Kind == cn.DayWorkday, Name: d.Name, Provisional: !knownYears[date.Year()]}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("write %s: %w", row.Day, err)
		}
	}
	return nil
}
