package catalogue

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/models"
)

// TemplateRow is one template of the list with its version in force and the items it serves.
type TemplateRow struct {
	Version models.TemplateVersion
	Items   []models.CatalogueItem
}

// Templates returns the templates with a published version, in the order of the plan.
func (s *Service) Templates(ctx context.Context, actor models.Actor) ([]TemplateRow, error) {
	if err := s.guard.Allow(actor, "template", "view"); err != nil {
		return nil, err
	}
	db := s.db.Read.WithContext(ctx)
	items, err := served(db)
	if err != nil {
		return nil, err
	}
	versions, err := s.current(db)
	if err != nil {
		return nil, err
	}
	var rows []TemplateRow
	place := map[int64]int{}
	for _, item := range items {
		version, ok := versions[*item.TemplateID]
		if !ok {
			continue
		}
		at, seen := place[*item.TemplateID]
		if !seen {
			at = len(rows)
			place[*item.TemplateID] = at
			rows = append(rows, TemplateRow{Version: version})
		}
		rows[at].Items = append(rows[at].Items, item)
	}
	return rows, nil
}

// served returns the items in force that are filed in a template, in the order of the plan.
func served(db *gorm.DB) ([]models.CatalogueItem, error) {
	var items []models.CatalogueItem
	err := db.Joins("Unit").Where("catalogue_items.template_id IS NOT NULL AND catalogue_items.retired_at = 0 AND catalogue_items.origin <> ?", models.OriginCall).
		Order(database.PlanOrder(`"Unit"`) + ", catalogue_items.code").Find(&items).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list items: %w", err))
	}
	return items, nil
}

// Use returns the number of the version of a template that is in force, 0 if none is, and the items that are filed in it,
// in the order of the plan.
func (s *Service) Use(ctx context.Context, actor models.Actor, templateID int64) (inForce int, items []models.CatalogueItem, err error) {
	if err := s.guard.Allow(actor, "template", "view"); err != nil {
		return 0, nil, err
	}
	db := s.db.Read.WithContext(ctx).Where("template_id = ?", templateID).Session(&gorm.Session{})
	heads, err := s.heads(db)
	if err != nil {
		return 0, nil, err
	}
	items, err = served(db)
	return heads[templateID].No, items, err
}

// TemplateFilter narrows and orders the list of templates.
type TemplateFilter struct {
	Text  string       // in the template's name or code, or the name, code or unit of a matter filed in it
	Unit  string       // code of a unit that files in it
	Cycle models.Cycle // of a matter filed in it; empty = all
	Sort  string       // code, newest, fields; anything else: the order of the plan
}

// Of returns the rows that the filter finds, in its order. There are as many templates as the plan has matters, so that
// they are narrowed in memory.
func (f TemplateFilter) Of(rows []TemplateRow) []TemplateRow {
	var found []TemplateRow
	for _, r := range rows {
		if f.finds(r) {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b TemplateRow) int {
		switch f.Sort {
		case "code":
			return strings.Compare(a.Version.Template.Code, b.Version.Template.Code)
		case "newest":
			return cmp.Compare(b.Version.PublishedAt, a.Version.PublishedAt)
		case "fields":
			return len(b.Version.Definition.Fields) - len(a.Version.Definition.Fields)
		}
		return 0
	})
	return found
}

// finds reports whether a row is among those that the filter asks for. Unit and cycle must be of the same matter.
func (f TemplateFilter) finds(r TemplateRow) bool {
	names := []string{r.Version.Definition.Name, r.Version.Template.Code}
	for _, item := range r.Items {
		names = append(names, item.Name, item.Code, item.Unit.Name)
	}
	text := strings.ToLower(strings.TrimSpace(f.Text))
	return strings.Contains(strings.ToLower(strings.Join(names, "\n")), text) &&
		slices.ContainsFunc(r.Items, func(item models.CatalogueItem) bool {
			return (f.Unit == "" || item.Unit.Code == strings.ToLower(f.Unit)) && (f.Cycle == "" || item.Cycle == f.Cycle)
		})
}

// ExportTemplates calls each with every template that the filter finds, in its order, and writes down that the list was
// taken away.
func (s *Service) ExportTemplates(ctx context.Context, actor models.Actor, f TemplateFilter, each func(TemplateRow) error) error {
	rows, err := s.Templates(ctx, actor)
	if err != nil {
		return err
	}
	found := f.Of(rows)
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		return audit.Record(tx, models.At(s.now()), actor, audit.Entry{Object: "template", Action: "export", Detail: fmt.Sprintf("%d 个", len(found))})
	})
	if err != nil {
		return err
	}
	for _, r := range found {
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}
