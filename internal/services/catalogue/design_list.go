package catalogue

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// DesignFilter narrows and orders the list of designs.
type DesignFilter struct {
	Text  string         // in the template's code, its name, or the name of a supplying unit
	State workflow.State // empty: those under way
	All   bool           // with those that are published or given up
	Sort  string         // code, oldest; anything else: edited last first
	Page  int
	Size  int
}

// DesignRow is one design of the list.
type DesignRow struct {
	Design   models.Design // with its definition
	Units    []string
	Open     int // comments that wait for an answer
	Comments int
}

func (f DesignFilter) scope(db *gorm.DB) *gorm.DB {
	switch {
	case f.State != "":
		db = db.Where("template_designs.state = ?", f.State)
	case !f.All:
		db = db.Where("template_designs.state IN ?", openStates)
	}
	if f.Text == "" {
		return db
	}
	like := "%" + database.EscapeLike(f.Text) + "%"
	return db.Where(`(lower(template_designs.template_code) LIKE lower(?) ESCAPE '!' OR template_designs.definition LIKE ? ESCAPE '!' OR EXISTS (`+ofItems+` AND (u.name LIKE ? ESCAPE '!' OR i.name LIKE ? ESCAPE '!')))`,
		like, `%"name":"%`+database.EscapeLike(f.Text)+`%`, like, like)
}

func (f DesignFilter) order(db *gorm.DB) *gorm.DB {
	switch f.Sort {
	case "code":
		return db.Order("template_designs.template_code, template_designs.no")
	case "oldest":
		return db.Order("template_designs.edited_at, template_designs.id")
	}
	return db.Order("template_designs.edited_at DESC, template_designs.id DESC")
}

// Designs returns a page of the designs that the actor may see, and how many there are.
func (s *Designs) Designs(ctx context.Context, actor models.Actor, f DesignFilter) ([]DesignRow, int64, error) {
	if err := s.Guard.Allow(actor, "template", "draft"); err != nil {
		return nil, 0, err
	}
	db := s.DB.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.Design{}).Scopes(visible(actor), f.scope).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count designs: %w", err))
	}
	var designs []models.Design
	if err := db.Scopes(visible(actor), f.scope, f.order, database.Page(f.Page, f.Size)).Find(&designs).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("list designs: %w", err))
	}
	rows, err := designRows(db, designs)
	return rows, total, database.Fault(err)
}

// designRows puts units and comments beside designs, in two queries for all of them.
func designRows(db *gorm.DB, designs []models.Design) ([]DesignRow, error) {
	if len(designs) == 0 {
		return nil, nil
	}
	rows, at, ids := make([]DesignRow, len(designs)), map[int64]int{}, make([]int64, len(designs))
	for i, d := range designs {
		rows[i].Design, at[d.ID], ids[i] = d, i, d.ID
	}
	var units []struct {
		DesignID int64
		Name     string
	}
	err := db.Raw(`SELECT d.id AS design_id, u.name FROM template_designs d JOIN catalogue_items i
		ON i.template_id IN (SELECT t.id FROM templates t WHERE t.code = d.template_code)
			OR i.id IN (SELECT x.item_id FROM template_design_items x WHERE x.design_id = d.id)
		JOIN units u ON u.id = i.unit_id WHERE d.id IN ? AND i.origin <> ? AND i.retired_at = 0 GROUP BY d.id, u.id ORDER BY d.id, `+database.PlanOrder("u"), ids, models.OriginCall).Scan(&units).Error
	if err != nil {
		return nil, fmt.Errorf("find units of designs: %w", err)
	}
	for _, u := range units {
		row := &rows[at[u.DesignID]]
		row.Units = append(row.Units, u.Name)
	}
	var counts []struct {
		DesignID int64
		Said     int
		Waiting  int
	}
	err = db.Raw(`SELECT design_id, count(*) AS said, sum(CASE WHEN answered_at = 0 AND NOT agrees THEN 1 ELSE 0 END) AS waiting
		FROM template_comments WHERE design_id IN ? GROUP BY design_id`, ids).Scan(&counts).Error
	if err != nil {
		return nil, fmt.Errorf("count comments: %w", err)
	}
	for _, c := range counts {
		rows[at[c.DesignID]].Comments, rows[at[c.DesignID]].Open = c.Said, c.Waiting
	}
	return rows, nil
}

// ExportDesigns calls each with every design that the filter finds, in its order, and writes down that the list was
// taken away.
func (s *Designs) ExportDesigns(ctx context.Context, actor models.Actor, f DesignFilter, each func(DesignRow) error) error {
	f.Page, f.Size = 1, database.MaxPageSize
	rows, total, err := s.Designs(ctx, actor, f)
	if err != nil {
		return err
	}
	err = s.tx(ctx, actor, func(tx *gorm.DB) error {
		return audit.Record(tx, s.now(), actor, audit.Entry{Object: "template", Action: "export_designs", Detail: fmt.Sprintf("%d 份", total)})
	})
	if err != nil {
		return err
	}
	for {
		for _, r := range rows {
			if err := each(r); err != nil {
				return err
			}
		}
		if len(rows) < f.Size {
			return nil
		}
		f.Page++
		if rows, _, err = s.Designs(ctx, actor, f); err != nil {
			return err
		}
	}
}
