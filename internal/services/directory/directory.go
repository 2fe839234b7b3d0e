// Package directory knows who takes part and which days are worked: units, jurisdictions, settings, the working
// calendar (plan 二(一)).
package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/cn"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Service answers for units and the calendar.
type Service struct {
	db  *database.DB
	now func() time.Time

	mu       sync.Mutex
	calendar *cn.Calendar
}

// New returns the service.
func New(db *database.DB, now func() time.Time) *Service { return &Service{db: db, now: now} }

// Unit returns a unit by its code, matched without case. Returns fault.NotFound if there is none.
func (s *Service) Unit(ctx context.Context, code string) (models.Unit, error) {
	var u models.Unit
	err := s.db.Read.WithContext(ctx).Where("code = ?", strings.ToLower(code)).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, fault.New(fault.NotFound, "没有这个单位。")
	}
	return u, database.Fault(err)
}

// Units returns all units in force in the order of the plan, the portal's own last.
func (s *Service) Units(ctx context.Context) ([]models.Unit, error) {
	var units []models.Unit
	err := s.db.Read.WithContext(ctx).Where("closed_at = 0").
		Order("CASE WHEN plan_no > 0 THEN plan_no ELSE 1000 END, id").Find(&units).Error
	return units, database.Fault(err)
}

// Calendar returns the working calendar. It is read once and again after Refresh.
func (s *Service) Calendar(ctx context.Context) (*cn.Calendar, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calendar != nil {
		return s.calendar, nil
	}
	var rows []models.Holiday
	if err := s.db.Read.WithContext(ctx).Order("day").Find(&rows).Error; err != nil {
		return nil, database.Fault(fmt.Errorf("read calendar: %w", err))
	}
	known, days, err := calendarRows(rows)
	if err != nil {
		return nil, err
	}
	calendar, err := cn.NewCalendar(known, days)
	if err != nil {
		return nil, fmt.Errorf("build calendar: %w", err)
	}
	s.calendar = calendar
	return calendar, nil
}

// calendarRows turns stored days into the calendar's rows. A year is known if none of its days is provisional.
func calendarRows(rows []models.Holiday) (known []int, days []cn.CalendarRow, err error) {
	provisional, years := map[int]bool{}, []int{}
	for _, row := range rows {
		date, ok := cn.ParseDay(string(row.Day))
		if !ok {
			return nil, nil, fmt.Errorf("calendar holds %q, which is no day", row.Day)
		}
		kind := cn.DayHoliday
		if row.Workday {
			kind = cn.DayWorkday
		}
		days = append(days, cn.CalendarRow{Day: string(row.Day), Kind: kind, Name: row.Name})
		if _, seen := provisional[date.Year()]; !seen {
			years = append(years, date.Year())
		}
		provisional[date.Year()] = provisional[date.Year()] || row.Provisional
	}
	for _, year := range years {
		if !provisional[year] {
			known = append(known, year)
		}
	}
	return known, days, nil
}

// Refresh forgets the calendar in memory, after its rows were changed.
func (s *Service) Refresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calendar = nil
}

// WorkdaysFrom returns the n-th working day after the day of now, by the working calendar.
func (s *Service) WorkdaysFrom(ctx context.Context, now time.Time, n int) (models.Day, error) {
	calendar, err := s.Calendar(ctx)
	if err != nil {
		return "", err
	}
	day, ok := cn.ParseDay(string(models.DayOf(now)))
	if !ok {
		return "", fmt.Errorf("read the day of %s", now)
	}
	return models.Day(cn.FormatDay(calendar.AddWorkdays(day, n))), nil
}
