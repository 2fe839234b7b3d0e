// Package catalogue keeps what the plan obliges each unit to share, and the templates in which it is shared
// (plan 二(二), 二(三)).
package catalogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/authz"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// tables is what the catalogue needs of the warehouse: a table for each template.
type tables interface {
	Ensure(ctx context.Context, def *models.Definition) error
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

// current returns the version in force of each template: the newest that is published for the running month.
func (s *Service) current(db *gorm.DB) (map[int64]models.TemplateVersion, error) {
	var versions []models.TemplateVersion
	err := db.Joins("Template").Where("template_versions.status = ?", models.TemplatePublished).Order("template_versions.no").Find(&versions).Error
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

// Publish writes a definition as the next version of its template, effective from a period, and widens its table.
// The same definition again changes nothing. Returns fault.Invalid if the definition is not sound.
func (s *Service) Publish(ctx context.Context, actor models.Actor, def models.Definition, from models.Period) (models.TemplateVersion, error) {
	if err := def.Validate(); err != nil {
		return models.TemplateVersion{}, err
	}
	if err := s.tables.Ensure(ctx, &def); err != nil {
		return models.TemplateVersion{}, err
	}
	var version models.TemplateVersion
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		template, err := ensureTemplate(tx, def, models.At(s.now()))
		if err != nil {
			return err
		}
		var last models.TemplateVersion
		if err := tx.Where("template_id = ?", template.ID).Order("no DESC").Limit(1).Find(&last).Error; err != nil {
			return err
		}
		sum, err := checksum(def)
		if err != nil {
			return err
		}
		if last.Checksum == sum {
			version = last
			return nil
		}
		def.Version = last.No + 1
		version = models.TemplateVersion{
			TemplateID: template.ID, No: def.Version, Status: models.TemplatePublished, EffectiveFrom: from, Definition: def,
			Checksum: sum, PublishedAt: models.At(s.now()), PublishedBy: actor.AccountID,
		}
		if err := tx.Omit("Template").Create(&version).Error; err != nil {
			return fmt.Errorf("publish %s: %w", def.Code, err)
		}
		return audit.Record(tx, models.At(s.now()), actor, audit.Entry{Object: "template", ObjectID: def.Code, Action: "publish",
			Detail: fmt.Sprintf("第 %d 版，自 %s 起", version.No, from.Label())})
	})
	return version, err
}

func ensureTemplate(tx *gorm.DB, def models.Definition, now models.Instant) (models.Template, error) {
	var t models.Template
	err := tx.Where("code = ?", def.Code).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		t = models.Template{Code: def.Code, Name: def.Name, Coverage: def.Coverage, CreatedAt: now}
		err = tx.Create(&t).Error
	}
	return t, err
}

// checksum identifies the content of a definition whatever its version number.
func checksum(def models.Definition) (string, error) {
	def.Version = 0
	text, err := json.Marshal(def)
	if err != nil {
		return "", fmt.Errorf("encode definition: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Definitions returns the newest published definition of each template, for the warehouse's tables.
func (s *Service) Definitions(ctx context.Context) ([]models.Definition, error) {
	var versions []models.TemplateVersion
	err := s.db.Read.WithContext(ctx).Where("status <> ?", models.TemplateDraft).Order("template_id, no").Find(&versions).Error
	if err != nil {
		return nil, database.Fault(err)
	}
	var defs []models.Definition
	for i, v := range versions {
		if i+1 == len(versions) || versions[i+1].TemplateID != v.TemplateID {
			defs = append(defs, v.Definition)
		}
	}
	return defs, nil
}
