package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// UnitPage is what the page of a unit shows, but for its filings.
type UnitPage struct {
	models.Unit
	Parent     *models.Unit
	Subs       []models.Unit // in force
	MergedFrom []models.Unit // units whose work it took over
	Head       *models.PostHolder
	People     []Person
	Contact    *models.UnitContact  // of the Office, now
	Contacts   []models.UnitContact // all that there were, newest first
	Changes    []models.OrganisationChange
	CanEdit    bool
	CanClose   bool // it is of a kind that can be closed
	Rest       Rest
}

// Rest is what is left of a closed unit for the Office to decide on, beside its open tasks.
type Rest struct {
	Items    []models.CatalogueItem // nobody owes these now
	Calls    []models.Call          // ad-hoc calls for information that are not settled
	Accounts int64                  // can still log in
	Seats    []models.Seat          // its head still sits in the leading group
}

// shownChanges is how many changes stand on the page itself.
const shownChanges = 6

// UnitPage returns the page of a unit. Returns fault.Forbidden to those who may see names only, and fault.NotFound for a
// unit outside the actor's area.
func (s *Service) UnitPage(ctx context.Context, actor models.Actor, code string) (UnitPage, error) {
	u, err := s.visible(ctx, actor, code)
	if err != nil {
		return UnitPage{}, err
	}
	p := UnitPage{Unit: u, CanEdit: s.guard.Can(actor, "unit", "edit") && u.Kind != models.UnitSystem}
	p.CanClose = p.CanEdit && closable(u.Kind)
	db := s.db.Read.WithContext(ctx)
	if err := s.relatives(db, &p); err != nil {
		return p, database.Fault(err)
	}
	if err := s.faces(db, &p); err != nil {
		return p, database.Fault(err)
	}
	err = db.Scopes(ChangeFilter{}.scope(objectUnit, u.ID), ChangeFilter{}.order).Limit(shownChanges).Find(&p.Changes).Error
	if err == nil && u.Closed() && p.CanEdit {
		p.Rest, err = rest(db, u.ID)
	}
	return p, database.Fault(err)
}

// visible returns a unit of the actor's area with its area and what it was merged into.
func (s *Service) visible(ctx context.Context, actor models.Actor, code string) (models.Unit, error) {
	if err := s.guard.Allow(actor, "unit", "view"); err != nil {
		return models.Unit{}, err
	}
	return find(s.db.Read.WithContext(ctx), actor, code)
}

func find(db *gorm.DB, actor models.Actor, code string) (models.Unit, error) {
	var u models.Unit
	err := db.Scopes(within(actor)).Joins("Jurisdiction").Joins("MergedInto").Where("units.code = ?", strings.ToLower(code)).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, errNoUnit
	}
	return u, database.Fault(err)
}

// relatives reads the units above, below and before.
func (s *Service) relatives(db *gorm.DB, p *UnitPage) error {
	var units []models.Unit
	err := db.Where("id = ? OR parent_id = ? OR merged_into_id = ?", p.ParentID, p.ID, p.ID).Order("id").Find(&units).Error
	if err != nil {
		return fmt.Errorf("read relatives of %s: %w", p.Code, err)
	}
	for _, u := range units {
		switch {
		case p.ParentID != nil && u.ID == *p.ParentID:
			p.Parent = &u
		case u.MergedIntoID != nil && *u.MergedIntoID == p.ID:
			p.MergedFrom = append(p.MergedFrom, u)
		case !u.Closed():
			p.Subs = append(p.Subs, u)
		}
	}
	return nil
}

// faces reads the unit's people and those of the Office who look or looked after it.
func (s *Service) faces(db *gorm.DB, p *UnitPage) error {
	var err error
	if p.People, err = peopleWhere(db, "a.unit_id = ?", p.ID); err != nil {
		return err
	}
	heads, err := s.heads(db, []int64{p.ID})
	if err != nil {
		return err
	}
	if h, ok := heads[p.ID]; ok {
		p.Head = &h
	}
	err = db.Joins("Account").Where("unit_contacts.unit_id = ?", p.ID).Order("unit_contacts.id DESC").Find(&p.Contacts).Error
	if err != nil {
		return fmt.Errorf("read contacts: %w", err)
	}
	for i := range p.Contacts {
		if p.Contacts[i].ToDay == "" {
			p.Contact = &p.Contacts[i]
		}
	}
	return nil
}

func rest(db *gorm.DB, unit int64) (Rest, error) {
	var r Rest
	if err := db.Where("unit_id = ? AND retired_at = 0 AND origin <> ?", unit, models.OriginCall).Order("code").Find(&r.Items).Error; err != nil {
		return r, err
	}
	open := slices.Concat(models.CallFlow.WaitingFor(workflow.OwnUnit), models.CallFlow.WaitingFor(workflow.Office))
	if err := db.Preload("Task.Batches").Where("unit_id = ? AND state IN ?", unit, open).Order("due_at, id").Find(&r.Calls).Error; err != nil {
		return r, err
	}
	if err := db.Model(&models.Account{}).Where("unit_id = ? AND disabled_at = 0", unit).Count(&r.Accounts).Error; err != nil {
		return r, err
	}
	err := db.Joins("JOIN posts ON posts.id = group_seats.post_id AND posts.unit_id = ?", unit).Preload("Post.Unit").
		Where("group_seats.to_day = ''").Find(&r.Seats).Error
	return r, err
}
