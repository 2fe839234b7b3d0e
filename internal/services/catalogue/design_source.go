package catalogue

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// Source is a field of another unit's published template that means the same as a field of a draft (一数一源).
type Source struct {
	Unit     string // 市行政审批局
	Template string // its code
	Name     string // of the template
	Field    string // the field's title there
}

// repeated finds, for each field of a design, published templates of other units that ask for the same already, by name
// and aliases. What every register needs to be joined at all — identifiers, names of people, regions — repeats nothing.
func repeated(db *gorm.DB, d *models.Design, items []models.CatalogueItem) (map[string][]Source, error) {
	known, err := knownFields(db, d.TemplateCode, items)
	if err != nil {
		return nil, err
	}
	found := map[string][]Source{}
	for _, f := range d.Definition.Fields {
		if joins(f) {
			continue
		}
		for _, title := range append([]string{f.Name}, f.Aliases...) {
			for _, source := range known[ingest.TitleKey(title)] {
				if !slices.Contains(found[f.Code], source) {
					found[f.Code] = append(found[f.Code], source)
				}
			}
		}
	}
	return found, nil
}

// joins reports whether a field is one by which registers are joined or told apart, so that it stands in many.
func joins(f models.Field) bool {
	return f.Identifier() || f.Subject || f.Type == models.TypePerson || f.Type == models.TypeRegion || f.Type == models.TypeAddress || plainTitles[ingest.TitleKey(f.Name)]
}

// plainTitles mean something else in every register.
var plainTitles = map[string]bool{"备注": true, "说明": true, "序号": true, "其他": true, "状态": true, "企业名称": true, "单位名称": true, "项目名称": true, "名称": true}

// knownFields indexes the fields of the newest published versions of other templates by title. Registers of the units
// that supply items are left out: what a unit already gives is its own to know.
func knownFields(db *gorm.DB, except string, items []models.CatalogueItem) (map[string][]Source, error) {
	own := []int64{0}
	for _, item := range items {
		own = append(own, item.UnitID)
	}
	var rows []struct {
		Template string
		Unit     string
	}
	err := db.Raw(`SELECT DISTINCT t.code AS template, u.name AS unit FROM catalogue_items i JOIN units u ON u.id = i.unit_id JOIN templates t ON t.id = i.template_id
		WHERE i.retired_at = 0 AND t.code <> ? AND u.id NOT IN ? ORDER BY t.code, u.name`, except, own).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find who supplies what: %w", err)
	}
	versions, err := newestPublished(db)
	if err != nil {
		return nil, err
	}
	latest := map[string]*models.Definition{}
	for i := range versions {
		latest[versions[i].Template.Code] = &versions[i].Definition
	}
	known := map[string][]Source{}
	for _, row := range rows {
		def := latest[row.Template]
		if def == nil {
			continue
		}
		for _, f := range def.Fields {
			if joins(f) {
				continue
			}
			for _, key := range titleKeys(f) {
				known[key] = append(known[key], Source{row.Unit, row.Template, def.Name, f.Name})
			}
		}
	}
	return known, nil
}

// newestPublished returns the newest published version of each template.
func newestPublished(db *gorm.DB) ([]models.TemplateVersion, error) {
	var versions []models.TemplateVersion
	err := db.Joins("Template").Where(`template_versions.no = (SELECT max(v.no) FROM template_versions v
		WHERE v.template_id = template_versions.template_id AND v.status = ?)`, models.TemplatePublished).Find(&versions).Error
	if err != nil {
		return nil, fmt.Errorf("read published templates: %w", err)
	}
	return versions, nil
}

// titleKeys are the folded names of a field, each once.
func titleKeys(f models.Field) []string {
	var keys []string
	for _, title := range append([]string{f.Name}, f.Aliases...) {
		if key := ingest.TitleKey(title); key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}
