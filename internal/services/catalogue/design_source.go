package catalogue

import (
	"fmt"
	"slices"
	"strings"

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

// supplies indexes the fields that units supply by title: their names, and what else they are called.
type supplies struct {
	names, aliases map[string][]Source
}

// repeated finds, for each field of a design, published templates of other units that ask for the same already: one is
// called what the other is called or also called. Two that merely share an alias, such as 有效期至, are not the same.
// What every register needs to be joined at all — identifiers, names of people, regions — repeats nothing.
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
		for i, title := range titleKeys(f) {
			sources := known.names[title]
			if i == 0 {
				sources = append(slices.Clone(sources), known.aliases[title]...)
			}
			for _, source := range sources {
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
	return f.Identifier() || f.Subject || f.Type == models.TypePerson || f.Type == models.TypeRegion || f.Type == models.TypeAddress || plainTitles[ingest.TitleKey(f.Name)] || names(f.Name)
}

// names reports whether a title is that of somebody's or something's name, which stands beside the code in every register.
func names(title string) bool {
	return slices.ContainsFunc([]string{"企业名称", "单位名称", "公司名称", "机构名称", "项目名称"}, func(end string) bool { return strings.HasSuffix(title, end) })
}

// plainTitles mean something else in every register.
var plainTitles = map[string]bool{"备注": true, "说明": true, "序号": true, "其他": true, "状态": true, "名称": true}

// knownFields indexes the fields of the newest published versions of other templates by title. Registers of the units
// that supply items are left out: what a unit already gives is its own to know.
func knownFields(db *gorm.DB, except string, items []models.CatalogueItem) (supplies, error) {
	known := supplies{names: map[string][]Source{}, aliases: map[string][]Source{}}
	own := []int64{0}
	for _, item := range items {
		own = append(own, item.UnitID)
	}
	var rows []struct {
		Template string
		Unit     string
	}
	err := db.Raw(`SELECT DISTINCT t.code AS template, u.name AS unit FROM catalogue_items i JOIN units u ON u.id = i.unit_id JOIN templates t ON t.id = i.template_id
		WHERE i.retired_at = 0 AND i.origin <> ? AND t.code <> ? AND u.id NOT IN ? ORDER BY t.code, u.name`, models.OriginCall, except, own).Scan(&rows).Error
	if err != nil {
		return known, fmt.Errorf("find who supplies what: %w", err)
	}
	versions, err := newestPublished(db)
	if err != nil {
		return known, err
	}
	latest := map[string]*models.Definition{}
	for i := range versions {
		latest[versions[i].Template.Code] = &versions[i].Definition
	}
	for _, row := range rows {
		def := latest[row.Template]
		if def == nil {
			continue
		}
		for _, f := range def.Fields {
			if joins(f) {
				continue
			}
			for i, key := range titleKeys(f) {
				index := known.aliases
				if i == 0 {
					index = known.names
				}
				index[key] = append(index[key], Source{row.Unit, row.Template, def.Name, f.Name})
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

// titleKeys are the folded titles of a field, each once: its name first, then its aliases.
func titleKeys(f models.Field) []string {
	var keys []string
	for _, title := range append([]string{f.Name}, f.Aliases...) {
		if key := ingest.TitleKey(title); key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}
