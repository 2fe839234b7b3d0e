package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

var (
	errNoArea  = fault.New(fault.NotFound, "没有这个区划。")
	errNoGroup = fault.New(fault.NotFound, "这个区划还没有登记领导小组。")
)

// GroupPage is the leading group of an area: who sits in it, who works in its Office, how the area shares.
type GroupPage struct {
	Area    models.Jurisdiction
	Codes   []models.AreaCode // that the area had before
	Group   models.Group
	Seats   []models.Seat // in force or to come: leader, deputies, members in the plan's order
	Past    []models.Seat
	Office  *models.Unit
	Staff   []models.OfficeStaff
	Gone    []models.OfficeStaff
	Sharing []models.SharingMode // newest first
	Below   []AreaRow            // the areas below it
	Changes []models.OrganisationChange
	CanEdit bool
	today   models.Day
}

// AreaRow is one area below another, with how it stands.
type AreaRow struct {
	Area    models.Jurisdiction
	Group   string // name of its leading group
	Leader  string
	Seats   int64
	Sharing models.Sharing
}

// Leader returns the seat of the group leader that is in force, or nil.
func (p GroupPage) Leader() *models.Seat {
	for i := range p.Seats {
		if p.Seats[i].Rank == models.SeatLeader && p.Seats[i].Covers(p.today) {
			return &p.Seats[i]
		}
	}
	return nil
}

// Vacant returns the seats in force whose post nobody holds today.
func (p GroupPage) Vacant() []models.Seat {
	var vacant []models.Seat
	for _, s := range p.Seats {
		if s.Covers(p.today) && s.Post.Holder(p.today) == nil {
			vacant = append(vacant, s)
		}
	}
	return vacant
}

// GroupPage returns the leading group of an area.
// Returns fault.Forbidden to those who may see names only, and fault.NotFound for an area that is not the actor's.
func (s *Service) GroupPage(ctx context.Context, actor models.Actor, area string) (GroupPage, error) {
	j, err := s.area(ctx, actor, area)
	if err != nil {
		return GroupPage{}, err
	}
	p := GroupPage{Area: j, CanEdit: s.guard.Can(actor, "unit", "edit"), today: s.today()}
	db := s.db.Read.WithContext(ctx)
	if err := s.readArea(db, &p); err != nil {
		return p, database.Fault(err)
	}
	g, err := groupOf(db, j.ID)
	if err != nil {
		return p, database.Fault(err)
	}
	if g == nil {
		return p, nil
	}
	p.Group = *g
	if err := s.readRoster(db, &p); err != nil {
		return p, database.Fault(err)
	}
	err = db.Scopes(ChangeFilter{}.scope(objectGroup, g.ID), ChangeFilter{}.order).Limit(shownChanges).Find(&p.Changes).Error
	return p, database.Fault(err)
}

// area returns an area of the actor's; an empty code is the actor's own.
func (s *Service) area(ctx context.Context, actor models.Actor, code string) (models.Jurisdiction, error) {
	if err := s.guard.Allow(actor, "unit", "view"); err != nil {
		return models.Jurisdiction{}, err
	}
	return areaOf(s.db.Read.WithContext(ctx), actor, code)
}

func areaOf(db *gorm.DB, actor models.Actor, code string) (models.Jurisdiction, error) {
	var j models.Jurisdiction
	db = db.Where("path LIKE ?", actor.Unit.JurisdictionPath+"%")
	if code == "" {
		db = db.Where("id = ?", actor.Unit.JurisdictionID)
	} else {
		db = db.Where("code = ?", strings.ToLower(code))
	}
	err := db.Take(&j).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return j, errNoArea
	}
	return j, database.Fault(err)
}

// groupOf returns the leading group of an area, nil if there is none.
func groupOf(db *gorm.DB, area int64) (*models.Group, error) {
	var found []models.Group
	err := db.Joins("Host").Where("leading_groups.jurisdiction_id = ?", area).Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("find leading group: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

// readArea reads what belongs to the area and not to its group.
func (s *Service) readArea(db *gorm.DB, p *GroupPage) error {
	if err := db.Where("jurisdiction_id = ?", p.Area.ID).Order("valid_to").Find(&p.Codes).Error; err != nil {
		return fmt.Errorf("read former codes: %w", err)
	}
	var offices []models.Unit
	if err := db.Where("kind = ? AND jurisdiction_id = ?", models.UnitOffice, p.Area.ID).Limit(1).Find(&offices).Error; err != nil {
		return fmt.Errorf("read office: %w", err)
	}
	if len(offices) > 0 {
		p.Office = &offices[0]
	}
	if err := db.Where("jurisdiction_id = ?", p.Area.ID).Order("from_month DESC").Find(&p.Sharing).Error; err != nil {
		return fmt.Errorf("read sharing: %w", err)
	}
	return s.readBelow(db, p)
}

// readBelow reads the areas below with group, leader and way of sharing, each with one query.
func (s *Service) readBelow(db *gorm.DB, p *GroupPage) error {
	var areas []models.Jurisdiction
	if err := db.Where("parent_id = ? AND (valid_to = '' OR valid_to >= ?)", p.Area.ID, s.today()).Order("id").Find(&areas).Error; err != nil {
		return fmt.Errorf("read areas below: %w", err)
	}
	if len(areas) == 0 {
		return nil
	}
	ids := make([]int64, len(areas))
	for i, j := range areas {
		ids[i] = j.ID
		p.Below = append(p.Below, AreaRow{Area: j, Sharing: models.SharingPortal})
	}
	row := func(area int64) *AreaRow { return &p.Below[slices.Index(ids, area)] }
	var modes []models.SharingMode
	if err := db.Where("jurisdiction_id IN ?", ids).Order("from_month").Find(&modes).Error; err != nil {
		return fmt.Errorf("read sharing: %w", err)
	}
	for _, m := range modes {
		if month := s.month(); m.FromMonth <= month && (m.ToMonth == "" || month <= m.ToMonth) {
			row(m.JurisdictionID).Sharing = m.Mode
		}
	}
	var groups []models.Group
	if err := db.Where("jurisdiction_id IN ?", ids).Find(&groups).Error; err != nil {
		return fmt.Errorf("read groups: %w", err)
	}
	areaOfGroup := map[int64]int64{}
	for _, g := range groups {
		areaOfGroup[g.ID] = g.JurisdictionID
		row(g.JurisdictionID).Group = g.Name
	}
	var seats []models.Seat
	err := db.Joins("JOIN leading_groups g ON g.id = group_seats.group_id").Preload("Post.Holders").Where("g.jurisdiction_id IN ?", ids).Find(&seats).Error
	if err != nil {
		return fmt.Errorf("read leaders: %w", err)
	}
	for _, seat := range seats {
		if !seat.Covers(s.today()) {
			continue
		}
		r := row(areaOfGroup[seat.GroupID])
		r.Seats++
		if h := seat.Post.Holder(s.today()); h != nil && seat.Rank == models.SeatLeader {
			r.Leader = h.Name
		}
	}
	return nil
}

// month is the running month as sharing modes and tasks name it.
func (s *Service) month() string { return string(models.PeriodAt(models.CycleMonth, s.now())) }

// readRoster reads the seats of the group and the people of its Office.
func (s *Service) readRoster(db *gorm.DB, p *GroupPage) error {
	var seats []models.Seat
	err := db.Preload("Post.Unit").Preload("Post.Holders", func(db *gorm.DB) *gorm.DB { return db.Order("from_day DESC, id DESC") }).
		Where("group_id = ?", p.Group.ID).Order("id").Find(&seats).Error
	if err != nil {
		return fmt.Errorf("read seats: %w", err)
	}
	slices.SortStableFunc(seats, func(a, b models.Seat) int {
		if a.Rank != b.Rank {
			return slices.Index(models.SeatRanks, a.Rank) - slices.Index(models.SeatRanks, b.Rank)
		}
		return planNo(a.Post) - planNo(b.Post)
	})
	for _, seat := range seats {
		if seat.Ended(s.today()) {
			p.Past = append(p.Past, seat)
		} else {
			p.Seats = append(p.Seats, seat)
		}
	}
	var staff []models.OfficeStaff
	if err := db.Joins("Home").Joins("Account").Where("office_staff.group_id = ?", p.Group.ID).Order("office_staff.id").Find(&staff).Error; err != nil {
		return fmt.Errorf("read office staff: %w", err)
	}
	for _, one := range staff {
		if one.Ended(s.today()) {
			p.Gone = append(p.Gone, one)
		} else {
			p.Staff = append(p.Staff, one)
		}
	}
	return nil
}

// planNo orders posts as the plan names their units; posts of no unit come first, those of unlisted ones last.
func planNo(p models.Post) int {
	switch {
	case p.Unit == nil:
		return 0
	case p.Unit.PlanNo == 0:
		return 1000
	}
	return p.Unit.PlanNo
}

// ExportGroup calls each with every seat and every person of the Office that an area's group has or had, and writes down
// that the roster was taken away. One of both is nil.
func (s *Service) ExportGroup(ctx context.Context, actor models.Actor, area string, each func(*models.Seat, *models.OfficeStaff) error) error {
	p, err := s.GroupPage(ctx, actor, area)
	if err != nil {
		return err
	}
	seats, staff := slices.Concat(p.Seats, p.Past), slices.Concat(p.Staff, p.Gone)
	if err := s.noteExport(ctx, actor, objectGroup, p.Area.Code, fmt.Sprintf("席位 %d 个，办公室人员 %d 名", len(seats), len(staff))); err != nil {
		return err
	}
	for i := range seats {
		if err := each(&seats[i], nil); err != nil {
			return err
		}
	}
	for i := range staff {
		if err := each(nil, &staff[i]); err != nil {
			return err
		}
	}
	return nil
}
