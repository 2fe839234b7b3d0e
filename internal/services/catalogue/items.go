package catalogue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

var errNoItem = fault.New(fault.NotFound, "没有这个目录项。")

// ItemRow is one item of the catalogue with what a list tells of it.
type ItemRow struct {
	Item     models.CatalogueItem
	List     models.Unit            // on whose list it stands: by the plan's sentence, or by the Office's decision
	Supply   Supply                 // of an item that Moved
	Version  int                    // number of its template's version in force, 0 = 无模板
	Twins    []models.CatalogueItem // the same matter of other units
	Proposed int                    // proposals that wait for an answer
	Pending  bool                   // a change waits for its period
}

// Moved reports whether another unit supplies the item than the one on whose list it stands.
func (r ItemRow) Moved() bool { return r.List.ID != 0 && r.List.ID != r.Item.UnitID }

// Sheet is the whole catalogue: as many items as the plan has matters, so that it is read at once and narrowed in memory.
type Sheet struct {
	Rows    []ItemRow
	Clauses map[int64]models.Clause // by unit
	Units   []models.Unit           // those that have items, a list of them or a clause, in the order of the plan
}

// Items returns the catalogue in the order of the plan. Everybody who may see it sees all of it: the plan is public.
func (s *Service) Items(ctx context.Context, actor models.Actor) (Sheet, error) {
	if err := s.guard.Allow(actor, "catalogue", "view"); err != nil {
		return Sheet{}, err
	}
	db := s.db.Read.WithContext(ctx)
	var list []models.CatalogueItem
	err := db.Joins("Unit").Joins("Template").Where("catalogue_items.origin <> ?", models.OriginCall).Find(&list).Error
	if err != nil {
		return Sheet{}, database.Fault(fmt.Errorf("list items: %w", err))
	}
	sheet := Sheet{Clauses: map[int64]models.Clause{}}
	if err := s.frame(db, &sheet, list); err != nil {
		return Sheet{}, database.Fault(err)
	}
	marks, err := s.marks(db)
	if err != nil {
		return Sheet{}, database.Fault(err)
	}
	for _, item := range list {
		row := ItemRow{Item: item, List: sheet.listOf(item), Proposed: marks.proposed[item.ID], Pending: marks.pending[item.ID], Twins: twins(item, list)}
		if item.TemplateID != nil {
			row.Version = marks.versions[*item.TemplateID]
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	moved, err := supplyOf(db, sheet.Rows)
	if err != nil {
		return Sheet{}, database.Fault(err)
	}
	for i := range sheet.Rows {
		sheet.Rows[i].Supply = moved[sheet.Rows[i].Item.ID]
	}
	slices.SortStableFunc(sheet.Rows, func(a, b ItemRow) int {
		return cmp.Or(cmp.Compare(sheet.place(a.List.ID), sheet.place(b.List.ID)), strings.Compare(a.Item.Code, b.Item.Code))
	})
	return sheet, nil
}

// frame reads clauses, and units in the order of the plan.
func (s *Service) frame(db *gorm.DB, sheet *Sheet, list []models.CatalogueItem) error {
	var clauses []models.Clause
	if err := db.Find(&clauses).Error; err != nil {
		return fmt.Errorf("list clauses: %w", err)
	}
	ids, codes := map[int64]bool{}, map[string]bool{}
	for _, c := range clauses {
		sheet.Clauses[c.UnitID] = c
		ids[c.UnitID] = true
	}
	for _, item := range list {
		ids[item.UnitID], codes[item.ListUnit()] = true, true
	}
	var units []models.Unit
	if err := db.Order(database.PlanOrder("units")).Find(&units).Error; err != nil {
		return fmt.Errorf("list units: %w", err)
	}
	for _, u := range units {
		if ids[u.ID] || codes[u.Code] {
			sheet.Units = append(sheet.Units, u)
		}
	}
	return nil
}

func (s Sheet) place(unitID int64) int {
	return slices.IndexFunc(s.Units, func(u models.Unit) bool { return u.ID == unitID })
}

// listOf returns the unit on whose list an item stands.
func (s Sheet) listOf(item models.CatalogueItem) models.Unit {
	if u, ok := s.Unit(item.ListUnit()); ok {
		return u
	}
	return item.Unit
}

// Listed returns the items that stand on a unit's list, whoever supplies them, in the order of the plan.
func (s Sheet) Listed(unitID int64) []ItemRow {
	var rows []ItemRow
	for _, r := range s.Rows {
		if r.List.ID == unitID {
			rows = append(rows, r)
		}
	}
	return rows
}

// Unit returns the unit with the code, and false if the catalogue has none.
func (s Sheet) Unit(code string) (models.Unit, bool) {
	at := slices.IndexFunc(s.Units, func(u models.Unit) bool { return u.Code == code })
	if at < 0 {
		return models.Unit{}, false
	}
	return s.Units[at], true
}

// itemMarks are what is known of items beside their own row.
type itemMarks struct {
	versions map[int64]int // by template
	proposed map[int64]int // by item
	pending  map[int64]bool
}

func (s *Service) marks(db *gorm.DB) (itemMarks, error) {
	m := itemMarks{map[int64]int{}, map[int64]int{}, map[int64]bool{}}
	versions, err := s.heads(db)
	if err != nil {
		return m, err
	}
	for id, v := range versions {
		m.versions[id] = v.No
	}
	var open []models.Proposal
	err = db.Select("id", "item_id").Where("state = ? AND item_id IS NOT NULL", models.ProposalTabled).Find(&open).Error
	if err != nil {
		return m, fmt.Errorf("list proposals: %w", err)
	}
	for _, p := range open {
		m.proposed[*p.ItemID]++
	}
	var waiting []int64
	err = db.Model(&models.ItemChange{}).Where("applied_at = 0 AND withdrawn_at = 0").Pluck("item_id", &waiting).Error
	if err != nil {
		return m, fmt.Errorf("list changes: %w", err)
	}
	for _, id := range waiting {
		m.pending[id] = true
	}
	return m, nil
}

// twins are the items of other units that are the same matter: declared so, or filed in the same template.
func twins(item models.CatalogueItem, list []models.CatalogueItem) []models.CatalogueItem {
	var found []models.CatalogueItem
	for _, other := range list {
		same := item.Matter != "" && item.Matter == other.Matter ||
			item.TemplateID != nil && other.TemplateID != nil && *item.TemplateID == *other.TemplateID
		if same && other.UnitID != item.UnitID && other.RetiredAt == 0 && item.RetiredAt == 0 {
			found = append(found, other)
		}
	}
	return found
}

// ExportItem is an item with the fields of its template, for the layout of the national guide.
type ExportItem struct {
	ItemRow
	Clause models.Clause
	Fields []models.Field
}

// ExportItems calls each with every item that the filter finds, in its order, and writes down that the catalogue was taken
// away.
func (s *Service) ExportItems(ctx context.Context, actor models.Actor, f ItemFilter, each func(ExportItem) error) error {
	sheet, err := s.Items(ctx, actor)
	if err != nil {
		return err
	}
	versions, err := s.current(s.db.Read.WithContext(ctx))
	if err != nil {
		return err
	}
	found := f.Of(sheet.Rows)
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		return s.note(tx, actor, "", "export", "", fmt.Sprintf("%d 项", len(found)))
	})
	if err != nil {
		return err
	}
	for _, r := range found {
		out := ExportItem{ItemRow: r, Clause: sheet.Clauses[r.List.ID]}
		if r.Item.TemplateID != nil {
			out.Fields = versions[*r.Item.TemplateID].Definition.Fields
		}
		if err := each(out); err != nil {
			return err
		}
	}
	return nil
}

// note writes an audit entry about an item, as the last statement of tx.
func (s *Service) note(tx *gorm.DB, actor models.Actor, code, action, reason, detail string) error {
	return audit.Record(tx, models.At(s.now()), actor, audit.Entry{Object: "catalogue", ObjectID: models.ItemCode(code), Action: action,
		Reason: reason, Detail: detail})
}

// ItemPage is everything that the page of an item shows of the catalogue.
type ItemPage struct {
	ItemRow
	Clause    models.Clause
	Siblings  []ItemRow           // all items of the list on which it stands, for the marks in the clause
	Changes   []models.ItemChange // newest first
	Proposals []models.Proposal   // newest first, as far as the actor may see them
	CanEdit   bool
	CanAsk    bool
	CanMatch  bool // differing records can be listed
}

// Item returns one item. Returns fault.NotFound if there is none.
func (s *Service) Item(ctx context.Context, actor models.Actor, code string) (ItemPage, error) {
	sheet, err := s.Items(ctx, actor)
	if err != nil {
		return ItemPage{}, err
	}
	at := slices.IndexFunc(sheet.Rows, func(r ItemRow) bool { return r.Item.Code == lower(code) })
	if at < 0 {
		return ItemPage{}, errNoItem
	}
	p := ItemPage{ItemRow: sheet.Rows[at]}
	p.Clause, p.Siblings = sheet.Clauses[p.List.ID], sheet.Listed(p.List.ID)
	db := s.db.Read.WithContext(ctx)
	if err := db.Where("item_id = ?", p.Item.ID).Order("id DESC").Find(&p.Changes).Error; err != nil {
		return p, database.Fault(fmt.Errorf("read changes: %w", err))
	}
	err = db.Scopes(seesProposals(actor)).Where("item_id = ?", p.Item.ID).Order("id DESC").Find(&p.Proposals).Error
	if err != nil {
		return p, database.Fault(fmt.Errorf("read proposals: %w", err))
	}
	p.CanEdit = s.guard.Can(actor, "catalogue", "edit") && inArea(actor, p.Item.Unit)
	p.CanAsk = s.guard.Can(actor, "catalogue", "propose") && speaksOf(actor, p.Item.Unit) && p.Item.RetiredAt == 0
	p.CanMatch = s.guard.Can(actor, "data", "compare") && len(p.Twins) > 0 && p.Version > 0
	return p, nil
}

func lower(code string) string { return strings.ToLower(strings.TrimSpace(code)) }

// inArea reports whether a unit lies in the area of the actor's Office.
func inArea(actor models.Actor, unit models.Unit) bool {
	return strings.HasPrefix(unit.JurisdictionPath, actor.Unit.JurisdictionPath)
}

// speaksOf reports whether the actor may propose changes to a unit's items: the unit's own people, and the tax authority of
// the area (permissions.md: propose own; tax: propose).
func speaksOf(actor models.Actor, unit models.Unit) bool {
	if actor.Has(models.RoleTax) && inArea(actor, unit) {
		return true
	}
	return actor.Unit.ID == unit.ID || strings.HasPrefix(unit.Path, actor.Unit.Path)
}

// itemForChange returns an item that the actor may change. On PostgreSQL two who change it wait for each other.
func (s *Service) itemForChange(tx *gorm.DB, actor models.Actor, code string) (models.CatalogueItem, error) {
	var item models.CatalogueItem
	if tx.Name() == string(database.Postgres) {
		if err := tx.Exec("SELECT id FROM catalogue_items WHERE code = ? FOR UPDATE", lower(code)).Error; err != nil {
			return item, fmt.Errorf("lock item: %w", err)
		}
	}
	err := tx.Joins("Unit").Where("catalogue_items.code = ? AND catalogue_items.origin <> ?", lower(code), models.OriginCall).Take(&item).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return item, errNoItem
	}
	if err != nil {
		return item, fmt.Errorf("find item: %w", err)
	}
	if !inArea(actor, item.Unit) {
		return item, fault.New(fault.Forbidden, "“"+item.Unit.Name+"”不在本办公室的区划内，目录项由其所在区划的办公室修改。")
	}
	return item, nil
}
