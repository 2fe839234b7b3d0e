// Package catalogue keeps what the plan obliges each unit to share, and the templates in which it is shared
// (plan 二(二), 二(三)).
package catalogue

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/authz"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
)

// tables is what the catalogue needs of the warehouse: a table for each template.
type tables interface {
	Ensure(ctx context.Context, def *models.Definition) error
	Differences(ctx context.Context, def *models.Definition, c warehouse.Compare) ([]warehouse.Difference, error)
}

// Service answers for items and templates.
type Service struct {
	db     *database.DB
	guard  *authz.Guard
	tables tables
	now    func() time.Time
}

// New returns the service.
func New(db *database.DB, guard *authz.Guard, tables tables, now func() time.Time) *Service {
	return &Service{db: db, guard: guard, tables: tables, now: now}
}

var errNoTemplate = fault.New(fault.NotFound, "没有这个信息模板。")

// current returns the version in force of each template: the newest that is published for the running month. Only their
// definitions are read, not those of the past.
func (s *Service) current(db *gorm.DB) (map[int64]models.TemplateVersion, error) {
	heads, err := s.heads(db)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(heads))
	for _, v := range heads {
		ids = append(ids, v.ID)
	}
	inForce := make(map[int64]models.TemplateVersion, len(heads))
	err = database.InChunks(ids, func(chunk []int64) error {
		var versions []models.TemplateVersion
		if err := db.Joins("Template").Where("template_versions.id IN ?", chunk).Find(&versions).Error; err != nil {
			return database.Fault(fmt.Errorf("list versions: %w", err))
		}
		for _, v := range versions {
			inForce[v.TemplateID] = v
		}
		return nil
	})
	return inForce, err
}

// heads is current without the definitions.
func (s *Service) heads(db *gorm.DB) (map[int64]models.TemplateVersion, error) {
	var versions []models.TemplateVersion
	err := db.Omit("definition").Where("status = ?", models.TemplatePublished).Order("no").Find(&versions).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list versions: %w", err))
	}
	inForce := map[int64]models.TemplateVersion{}
	for _, v := range versions {
		if s.begun(v) {
			inForce[v.TemplateID] = v
		}
	}
	return inForce, nil
}

// Version returns a version of a template by its code; no 0 means the one in force.
// Returns fault.NotFound if there is none.
func (s *Service) Version(ctx context.Context, actor models.Actor, code string, no int) (models.TemplateVersion, error) {
	if err := s.guard.Allow(actor, "template", "view"); err != nil {
		return models.TemplateVersion{}, err
	}
	query := s.db.Read.WithContext(ctx).Joins("Template").Where(`"Template".code = ? AND template_versions.status <> ?`,
		strings.ToLower(code), models.TemplateDraft)
	if no > 0 {
		query = query.Where("template_versions.no = ?", no)
	} else {
		query = query.Where("template_versions.status = ?", models.TemplatePublished)
	}
	var found []models.TemplateVersion
	if err := query.Order("template_versions.no DESC").Find(&found).Error; err != nil {
		return models.TemplateVersion{}, database.Fault(fmt.Errorf("find version of %s: %w", code, err))
	}
	for _, v := range found {
		if no > 0 || s.begun(v) {
			return v, nil
		}
	}
	return models.TemplateVersion{}, errNoTemplate
}

// begun reports whether the period from which a version is in force has begun. Periods are compared by their first day:
// as text 2026-Q3 would stand behind 2026-10.
func (s *Service) begun(v models.TemplateVersion) bool {
	return v.EffectiveFrom == "" || v.EffectiveFrom.First() <= models.DayOf(s.now())
}
