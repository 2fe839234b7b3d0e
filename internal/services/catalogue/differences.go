package catalogue

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
)

// comparedMonths is how far back records of two units are compared.
const comparedMonths = 24

// MatchSize is how many differing records a page shows.
const MatchSize = 10

// Match is a page of the records of one matter in which two units disagree.
type Match struct {
	Item       models.CatalogueItem
	Twins      []models.CatalogueItem
	Definition models.Definition
	Units      map[int64]models.Unit
	Since      models.Period
	Page       int
	List       []warehouse.Difference
	More       bool // there is another page
}

// Differences lists the records of an item and of its twins of other units that have the same business key and different
// values, sensitive ones masked. It shows data of others, so that each look is audited (permissions.md: data).
//
// Returns fault.NotFound, fault.Forbidden, and fault.Conflict where nothing can be compared.
func (s *Service) Differences(ctx context.Context, actor models.Actor, code string, page int) (Match, error) {
	if err := s.guard.Allow(actor, "data", "compare"); err != nil {
		return Match{}, err
	}
	p, err := s.Item(ctx, actor, code)
	if err != nil {
		return Match{}, err
	}
	m := Match{Item: p.Item, Twins: p.Twins, Units: map[int64]models.Unit{}, Page: max(page, 1), Since: s.running()}
	for range comparedMonths {
		m.Since = m.Since.Prev()
	}
	var units []int64
	for _, item := range append([]models.CatalogueItem{p.Item}, p.Twins...) {
		shared := item.TemplateID != nil && p.Item.TemplateID != nil && *item.TemplateID == *p.Item.TemplateID
		if shared && inArea(actor, item.Unit) && !slices.Contains(units, item.UnitID) {
			units = append(units, item.UnitID)
			m.Units[item.UnitID] = item.Unit
		}
	}
	if len(units) < 2 || p.Version == 0 {
		return m, fault.New(fault.Conflict, "这一项没有与其他单位共用现行模板，还不能逐条比对。")
	}
	version, err := s.Version(ctx, actor, p.Item.Template.Code, 0)
	if err != nil {
		return m, err
	}
	m.Definition = version.Definition
	m.List, err = s.tables.Differences(ctx, &m.Definition, warehouse.Compare{Units: units, Since: m.Since, Limit: MatchSize + 1, Offset: (m.Page - 1) * MatchSize})
	if err != nil {
		return m, err
	}
	if len(m.List) > MatchSize {
		m.List, m.More = m.List[:MatchSize], true
	}
	return m, s.db.Tx(ctx, func(tx *gorm.DB) error {
		return audit.Record(tx, models.At(s.now()), actor, audit.Entry{Object: "data", ObjectID: models.ItemCode(p.Item.Code), Action: "compare",
			Detail: fmt.Sprintf("与同一事项的其他单位逐条比对，第 %d 页，%d 条", m.Page, len(m.List))})
	})
}
