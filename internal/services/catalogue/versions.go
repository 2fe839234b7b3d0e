package catalogue

import (
	"context"
	"fmt"
	"strings"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// Versions returns all versions of a template that were ever published, newest first, without their definitions.
// Returns fault.NotFound if there is none.
func (s *Service) Versions(ctx context.Context, actor models.Actor, code string) ([]models.TemplateVersion, error) {
	if err := s.guard.Allow(actor, "template", "view"); err != nil {
		return nil, err
	}
	var versions []models.TemplateVersion
	err := s.db.Read.WithContext(ctx).Omit("definition").Joins("Template").
		Where(`"Template".code = ? AND template_versions.status <> ?`, strings.ToLower(code), models.TemplateDraft).
		Order("template_versions.no DESC").Find(&versions).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list versions of %s: %w", code, err))
	}
	if len(versions) == 0 {
		return nil, errNoTemplate
	}
	return versions, nil
}
