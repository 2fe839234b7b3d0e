package catalogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/models"
)

// Publish writes a definition as the next version of its template, effective from a period, and widens its table: the
// way of the plan's own templates, which come with the portal. People publish by Designs.
// The same definition again changes nothing. Returns fault.Invalid if the definition is not sound.
func (s *Service) Publish(ctx context.Context, actor models.Actor, def models.Definition, from models.Period) (models.TemplateVersion, error) {
	if err := def.Validate(); err != nil {
		return models.TemplateVersion{}, err
	}
	if err := s.tables.Ensure(ctx, &def); err != nil {
		return models.TemplateVersion{}, err
	}
	now := models.At(s.now())
	var version models.TemplateVersion
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		last, err := newest(tx, def.Code)
		if err != nil {
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
		if version, err = writeVersion(tx, actor, def, from, now); err != nil {
			return err
		}
		design := models.Design{TemplateCode: def.Code, No: def.Version, State: models.DesignPublished, Definition: def, EffectiveFrom: from,
			Repeats: map[string]string{}, Origin: "随平台提供", VersionID: &version.ID, Revision: 1, CreatedBy: actor.AccountID, CreatedName: actor.Name, CreatedAt: now}
		if err := tx.Create(&design).Error; err != nil {
			return fmt.Errorf("note design of %s: %w", def.Code, err)
		}
		return audit.Record(tx, now, actor, audit.Entry{Object: "template", ObjectID: def.Code, Action: "publish",
			Detail: fmt.Sprintf("第 %d 版，自 %s 起", version.No, from.Label())})
	})
	return version, err
}

// newest returns the latest version of a template, retired or not; the zero version if there is none.
func newest(tx *gorm.DB, code string) (models.TemplateVersion, error) {
	var last models.TemplateVersion
	err := tx.Joins("Template").Where(`"Template".code = ?`, code).Order("template_versions.no DESC").Limit(1).Find(&last).Error
	if err != nil {
		return last, fmt.Errorf("find newest version of %s: %w", code, err)
	}
	return last, nil
}

// writeVersion writes the definition as the version that it says it is, with its template if that is new.
func writeVersion(tx *gorm.DB, actor models.Actor, def models.Definition, from models.Period, now models.Instant) (models.TemplateVersion, error) {
	template, err := ensureTemplate(tx, def, now)
	if err != nil {
		return models.TemplateVersion{}, err
	}
	sum, err := checksum(def)
	if err != nil {
		return models.TemplateVersion{}, err
	}
	version := models.TemplateVersion{
		TemplateID: template.ID, No: def.Version, Status: models.TemplatePublished, EffectiveFrom: from, Definition: def,
		Checksum: sum, PublishedAt: now, PublishedBy: actor.AccountID,
	}
	if err := tx.Omit("Template").Create(&version).Error; err != nil {
		return version, fmt.Errorf("publish %s: %w", def.Code, err)
	}
	version.Template = template
	return version, nil
}

func ensureTemplate(tx *gorm.DB, def models.Definition, now models.Instant) (models.Template, error) {
	var t models.Template
	err := tx.Where("code = ?", def.Code).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		t = models.Template{Code: def.Code, Name: def.Name, Coverage: def.Coverage, CreatedAt: now}
		err = tx.Create(&t).Error
	}
	if err != nil {
		return t, fmt.Errorf("find template %s: %w", def.Code, err)
	}
	return t, nil
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
