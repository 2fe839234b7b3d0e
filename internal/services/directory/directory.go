// Package directory knows who takes part and which days are worked: areas, units and who of the Office looks after them,
// the leading groups and their offices, how counties share, the working calendar (plan 二(一)).
package directory

import (
	"context"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/authz"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Service answers for areas, units, leading groups and the calendar.
type Service struct {
	db    *database.DB
	guard *authz.Guard
	now   func() time.Time

	calendar calendarCache
	follow   func(tx *gorm.DB) error // brings written tasks in line with how areas share
}

// New returns the service.
func New(db *database.DB, guard *authz.Guard, now func() time.Time) *Service {
	return &Service{db: db, guard: guard, now: now}
}

// OnSharing names what brings the tasks that are written already in line with how their areas share, within the transaction
// in which an area settles that.
func (s *Service) OnSharing(follow func(tx *gorm.DB) error) { s.follow = follow }

func (s *Service) instant() models.Instant { return models.At(s.now()) }
func (s *Service) today() models.Day       { return models.DayOf(s.now()) }

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
		Order(database.PlanOrder("units")).Find(&units).Error
	return units, database.Fault(err)
}
