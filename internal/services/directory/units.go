package directory

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// UnitStatus narrows the list of units to what wants doing.
type UnitStatus string

// The statuses. The list shows the units in force unless it is asked for others.
const (
	UnitsInForce   UnitStatus = ""
	UnitsClosed    UnitStatus = "closed"    // 已撤并
	UnitsNoContact UnitStatus = "nocontact" // nobody of the Office looks after them
	UnitsNoLiaison UnitStatus = "noliaison" // no account holds the role
	UnitsAll       UnitStatus = "all"
)

// UnitFilter narrows and orders the list of units.
type UnitFilter struct {
	Text        string // in name, full name or code
	Kind        models.UnitKind
	Affiliation models.Affiliation
	Area        string // code of the area; empty: the actor's and those below
	Contact     string // user name of the person of the Office
	Status      UnitStatus
	Sort        string // name, items; anything else: area by area, in the plan's order
	Page        int
	Size        int
}

// UnitRow is one unit of the list. Those who see names only get no people and no counts.
type UnitRow struct {
	models.Unit
	Contact   Person // of the Office; empty: nobody
	Head      string // who holds the post 主要负责人
	People    []Person
	Items     int // matters that it owes by the plan
	Templates int // of these, those with a template
}

// Of returns the unit's people with a role.
func (r UnitRow) Of(role models.Role) []Person {
	var list []Person
	for _, p := range r.People {
		if p.Role == role {
			list = append(list, p)
		}
	}
	return list
}

// Person is somebody with an account, and one of the roles that it holds.
type Person struct {
	AccountID int64
	UnitID    int64
	Username  string
	Name      string
	Phone     string
	Role      models.Role
}

// within keeps the rows of units in the actor's area (permissions.md: ✔ = within the area).
func within(actor models.Actor) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("units.jurisdiction_path LIKE ?", actor.Unit.JurisdictionPath+"%")
	}
}

// holds is true of units in which a usable account holds the role.
const holds = `EXISTS (SELECT 1 FROM accounts a JOIN account_roles r ON r.account_id = a.id AND r.taken_at = 0
	WHERE a.unit_id = units.id AND a.disabled_at = 0 AND r.role = ?)`

// lookedAfter is true of units whose 对接人 can still act.
const lookedAfter = `EXISTS (SELECT 1 FROM accounts a JOIN account_roles r ON r.account_id = a.id AND r.taken_at = 0
	WHERE a.id = units.contact_id AND a.disabled_at = 0 AND r.role = 'office')`

// contacted are the kinds of units that have a 对接人.
var contacted = []models.UnitKind{models.UnitMember, models.UnitSub, models.UnitOutside}

func (f UnitFilter) scope(actor models.Actor) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		db = db.Scopes(within(actor), database.ContainsAny(f.Text, "units.name", "units.full_name", "units.code"))
		if f.Kind != "" {
			db = db.Where("units.kind = ?", f.Kind)
		}
		if f.Affiliation != "" {
			db = db.Where("units.affiliation = ?", f.Affiliation)
		}
		if f.Area != "" {
			db = db.Where("units.jurisdiction_id = (SELECT id FROM jurisdictions WHERE code = ?)", strings.ToLower(f.Area))
		}
		if f.Contact != "" {
			db = db.Where("units.contact_id = (SELECT id FROM accounts WHERE username = ?)", strings.ToLower(f.Contact))
		}
		switch f.Status {
		case UnitsAll:
			return db
		case UnitsClosed:
			return db.Where("units.closed_at <> 0")
		case UnitsNoContact:
			db = db.Where("units.kind IN ? AND NOT "+lookedAfter, contacted)
		case UnitsNoLiaison:
			db = db.Where("units.kind IN ? AND NOT "+holds, []models.UnitKind{models.UnitMember, models.UnitSub}, models.RoleLiaison)
		}
		return db.Where("units.closed_at = 0")
	}
}

// inOrder sorts area by area and there as the plan does: the group and its Office, members with their sub-units behind
// them, outside bodies.
func inOrder() string {
	return `units.jurisdiction_id, CASE units.kind WHEN 'leaders' THEN 0 WHEN 'office' THEN 1 WHEN 'member' THEN 2 WHEN 'sub' THEN 2
	WHEN 'outside' THEN 3 ELSE 4 END, ` + database.PlanOrder("units")
}

func (f UnitFilter) order(db *gorm.DB) *gorm.DB {
	switch f.Sort {
	case "name":
		return db.Order("units.name, units.id")
	case "items":
		return db.Order("(SELECT count(*) FROM catalogue_items c WHERE c.unit_id = units.id AND c.retired_at = 0 AND c.origin <> 'call') DESC, " + inOrder())
	}
	return db.Order(inOrder())
}

// ListUnits returns a page of the units of the actor's area and how many there are. Administrators get names only.
func (s *Service) ListUnits(ctx context.Context, actor models.Actor, f UnitFilter) ([]UnitRow, int64, error) {
	if err := s.guard.Allow(actor, "unit", "names"); err != nil {
		return nil, 0, err
	}
	db := s.db.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.Unit{}).Scopes(f.scope(actor)).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count units: %w", err))
	}
	rows, err := s.unitRows(db.Scopes(database.Page(f.Page, f.Size)), actor, f)
	return rows, total, err
}

func (s *Service) unitRows(db *gorm.DB, actor models.Actor, f UnitFilter) ([]UnitRow, error) {
	var units []models.Unit
	if err := db.Scopes(f.scope(actor), f.order).Joins("Jurisdiction").Find(&units).Error; err != nil {
		return nil, database.Fault(fmt.Errorf("list units: %w", err))
	}
	rows := make([]UnitRow, len(units))
	for i, u := range units {
		rows[i].Unit = u
	}
	if !s.guard.Can(actor, "unit", "view") {
		return rows, nil
	}
	return rows, database.Fault(s.fill(db.Session(&gorm.Session{NewDB: true, Context: db.Statement.Context}), rows))
}

// fill adds people, heads and counts, with one query for each kind of them.
func (s *Service) fill(db *gorm.DB, rows []UnitRow) error {
	place, ids, contacts := map[int64]*UnitRow{}, []int64{}, []int64{}
	for i := range rows {
		place[rows[i].ID] = &rows[i]
		ids = append(ids, rows[i].ID)
		if rows[i].ContactID != nil {
			contacts = append(contacts, *rows[i].ContactID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	people, err := peopleWhere(db, "a.unit_id IN ?", ids)
	if err != nil {
		return err
	}
	for _, p := range people {
		place[p.UnitID].People = append(place[p.UnitID].People, p)
	}
	if err := fillContacts(db, rows, contacts); err != nil {
		return err
	}
	heads, err := s.heads(db, ids)
	if err != nil {
		return err
	}
	var counts []struct {
		UnitID           int64
		Items, Templates int
	}
	err = db.Table("catalogue_items").Select("unit_id, count(*) AS items, count(template_id) AS templates").
		Where("unit_id IN ? AND retired_at = 0 AND origin <> ?", ids, models.OriginCall).Group("unit_id").Scan(&counts).Error
	for _, c := range counts {
		place[c.UnitID].Items, place[c.UnitID].Templates = c.Items, c.Templates
	}
	for id, head := range heads {
		place[id].Head = head.Name
	}
	return err
}

func fillContacts(db *gorm.DB, rows []UnitRow, ids []int64) error {
	people, err := peopleWhere(db, "a.id IN ? AND r.role = 'office'", ids)
	if err != nil {
		return err
	}
	byID := map[int64]Person{}
	for _, p := range people {
		byID[p.AccountID] = p
	}
	for i := range rows {
		if rows[i].ContactID != nil {
			rows[i].Contact = byID[*rows[i].ContactID]
		}
	}
	return nil
}

// peopleWhere returns usable accounts with the roles that they hold, in the order in which the accounts were made.
func peopleWhere(db *gorm.DB, condition string, args ...any) ([]Person, error) {
	var people []Person
	err := db.Table("accounts a").Select("a.id AS account_id, a.unit_id, a.username, a.name, a.phone, r.role").
		Joins("JOIN account_roles r ON r.account_id = a.id AND r.taken_at = 0").
		Where("a.disabled_at = 0").Where(condition, args...).Order("a.id, r.id").Scan(&people).Error
	if err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	return people, nil
}

// HeadPost is the post whose holder is a member of the leading group for the unit (plan 二(一)).
const HeadPost = "主要负责人"

// heads returns who heads the units today, by the unit's id.
func (s *Service) heads(db *gorm.DB, units []int64) (map[int64]models.PostHolder, error) {
	var posts []models.Post
	err := db.Preload("Holders").Where("unit_id IN ? AND name = ?", units, HeadPost).Find(&posts).Error
	if err != nil {
		return nil, fmt.Errorf("find heads: %w", err)
	}
	heads := map[int64]models.PostHolder{}
	for _, p := range posts {
		if h := p.Holder(s.today()); h != nil {
			heads[*p.UnitID] = *h
		}
	}
	return heads, nil
}

// ExportUnits calls each with every unit that the filter finds, in its order, and writes down that the address book was
// taken away.
func (s *Service) ExportUnits(ctx context.Context, actor models.Actor, f UnitFilter, each func(UnitRow) error) error {
	if err := s.guard.Allow(actor, "unit", "view"); err != nil {
		return err
	}
	rows, err := s.unitRows(s.db.Read.WithContext(ctx), actor, f)
	if err != nil {
		return err
	}
	detail := fmt.Sprintf("%d 个单位", len(rows))
	if f.Text != "" {
		detail += "，关键字 " + f.Text
	}
	if err := s.noteExport(ctx, actor, objectUnit, "", detail); err != nil {
		return err
	}
	for _, r := range rows {
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

// noteExport writes down that a list was taken away.
func (s *Service) noteExport(ctx context.Context, actor models.Actor, object, code, detail string) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		return audit.Record(tx, s.instant(), actor, audit.Entry{Object: object, ObjectID: strings.ToUpper(code), Action: "export", Detail: detail})
	})
}

// UnitGaps says how many units of the actor's area wait for the Office.
type UnitGaps struct {
	Units     int64 // in force
	NoContact int64
	NoLiaison int64
}

// Gaps counts what is missing among the units of the actor's area.
func (s *Service) Gaps(ctx context.Context, actor models.Actor) (UnitGaps, error) {
	var g UnitGaps
	for _, c := range []struct {
		status UnitStatus
		into   *int64
	}{{UnitsInForce, &g.Units}, {UnitsNoContact, &g.NoContact}, {UnitsNoLiaison, &g.NoLiaison}} {
		err := s.db.Read.WithContext(ctx).Model(&models.Unit{}).Scopes(UnitFilter{Status: c.status}.scope(actor)).Count(c.into).Error
		if err != nil {
			return g, database.Fault(fmt.Errorf("count units: %w", err))
		}
	}
	return g, nil
}

// Areas returns the actor's area and those below it that are in force, the city first.
func (s *Service) Areas(ctx context.Context, actor models.Actor) ([]models.Jurisdiction, error) {
	var areas []models.Jurisdiction
	err := s.db.Read.WithContext(ctx).Where("path LIKE ? AND (valid_to = '' OR valid_to >= ?)", actor.Unit.JurisdictionPath+"%", s.today()).
		Order("id").Find(&areas).Error
	return areas, database.Fault(err)
}

var errNoUnit = fault.New(fault.NotFound, "没有这个单位。")
