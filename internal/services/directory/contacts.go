package directory

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// ContactInput names the person of the Office who looks after a unit.
type ContactInput struct {
	Username string
	From     models.Day // not after today
	Version  int64
}

// SetContact names the unit's 对接人; the one before ends on the day before.
// Returns fault.Invalid with the fields contact and from, and fault.Conflict if somebody was faster.
func (s *Service) SetContact(ctx context.Context, actor models.Actor, code string, in ContactInput) error {
	if err := s.guard.Allow(actor, "unit", "edit"); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		u, err := editable(tx, actor, code)
		if err != nil {
			return err
		}
		current, err := currentContact(tx, u.ID)
		if err != nil {
			return err
		}
		person, err := s.checkContact(tx, u, current, in)
		if err != nil {
			return err
		}
		d := diff{{Field: "办公室对接人", New: person.Name + "（自 " + string(in.From) + "）"}}
		if current != nil {
			d[0].Old = current.Account.Name
			if err := endAt(tx.Model(&models.UnitContact{}).Where("id = ?", current.ID), current.Span, in.From); err != nil {
				return err
			}
		}
		row := models.UnitContact{UnitID: u.ID, AccountID: person.AccountID, Span: models.Span{FromDay: in.From}}
		if err := tx.Omit("Account").Create(&row).Error; err != nil {
			return fmt.Errorf("name contact of %s: %w", u.Code, err)
		}
		if err := s.claim(tx, &u, in.Version, map[string]any{"contact_id": person.AccountID}); err != nil {
			return err
		}
		return s.keep(tx, actor, subject{objectUnit, u.ID, u.Code, u.Version}, "contact", "", d)
	})
}

// endAt ends what runs on the day before the next one begins; what began on that very day ends with it.
func endAt(db *gorm.DB, now models.Span, next models.Day) error {
	return db.Update("to_day", max(now.FromDay, next.AddDays(-1))).Error
}

func currentContact(tx *gorm.DB, unit int64) (*models.UnitContact, error) {
	var found []models.UnitContact
	err := tx.Joins("Account").Where("unit_contacts.unit_id = ? AND unit_contacts.to_day = ''", unit).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

func (s *Service) checkContact(tx *gorm.DB, u models.Unit, current *models.UnitContact, in ContactInput) (Person, error) {
	people, err := candidates(tx, u)
	if err != nil {
		return Person{}, err
	}
	var person Person
	for _, p := range people {
		if strings.EqualFold(p.Username, in.Username) {
			person = p
		}
	}
	var form fault.Form
	form.Require("from", "起始日期", string(in.From))
	checkDay(&form, "from", "起始日期", in.From)
	switch {
	case person.AccountID == 0:
		form.Add("contact", "请从列表中选择办公室人员。")
	case current != nil && current.AccountID == person.AccountID:
		form.Add("contact", person.Name+"已是本单位的对接人，不必更换。")
	}
	switch {
	case in.From > s.today():
		form.Add("from", "起始日期不能晚于今天；以后才接手的，请到那天再办。")
	case current != nil && in.From < current.FromDay:
		form.Add("from", "现任对接人"+current.Account.Name+"自 "+string(current.FromDay)+" 起，起始日期不能早于这一天。")
	}
	return person, form.Err()
}

// candidates are the people of the Office that looks after a unit: that of its own area, and for an area's group and
// Office that of the area above.
func candidates(db *gorm.DB, u models.Unit) ([]Person, error) {
	area := u.JurisdictionID
	if u.Kind == models.UnitOffice || u.Kind == models.UnitLeaders {
		if u.Jurisdiction == nil || u.Jurisdiction.ParentID == nil {
			return nil, nil
		}
		area = *u.Jurisdiction.ParentID
	}
	return peopleWhere(db, "r.role = ? AND a.unit_id IN (SELECT id FROM units WHERE kind = ? AND jurisdiction_id = ?)",
		models.RoleOffice, models.UnitOffice, area)
}

// Candidates returns who can be named the unit's 对接人.
func (s *Service) Candidates(ctx context.Context, actor models.Actor, u models.Unit) ([]Person, error) {
	if err := s.guard.Allow(actor, "unit", "edit"); err != nil {
		return nil, err
	}
	people, err := candidates(s.db.Read.WithContext(ctx), u)
	return people, database.Fault(err)
}

// Officers returns the people of the Offices of the actor's area, by whom the list of units is narrowed.
func (s *Service) Officers(ctx context.Context, actor models.Actor) ([]Person, error) {
	people, err := peopleWhere(s.db.Read.WithContext(ctx), "r.role = ? AND a.unit_id IN (SELECT id FROM units WHERE kind = ? AND jurisdiction_path LIKE ?)",
		models.RoleOffice, models.UnitOffice, actor.Unit.JurisdictionPath+"%")
	return people, database.Fault(err)
}
