package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// StaffInput is the form of a person of the Office.
type StaffInput struct {
	Username string // of the person's account of the Office; empty: none yet, and Name says who it is
	Name     string
	Home     string // code of the unit that the person comes from
	Duty     string
	From     models.Day
	Version  int64
}

// AddStaff adds a person to the Office of an area. The home unit is noted and gives no right: those come of the Office's
// account alone. Returns fault.NotFound outside the actor's area, fault.Invalid with the fields account, name, home, duty,
// from, and fault.Conflict if somebody was faster.
func (s *Service) AddStaff(ctx context.Context, actor models.Actor, area string, in StaffInput) error {
	in.Name, in.Duty = strings.TrimSpace(in.Name), strings.TrimSpace(in.Duty)
	err := s.editGroup(ctx, actor, area, "staff", "", in.Version, func(tx *gorm.DB, g *models.Group) (diff, error) {
		row, home, err := checkStaff(tx, g, in)
		if err != nil {
			return nil, err
		}
		if err := tx.Omit("Account", "Home").Create(&row).Error; err != nil {
			return nil, err
		}
		return diff{{Field: "办公室人员", New: row.Name + "（" + home.Name + "，自 " + string(in.From) + "）"}}, nil
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		var form fault.Form
		form.Add("account", "这个账号的人员已登记在办公室，不能重复登记。")
		return form.Err()
	}
	return err
}

func checkStaff(tx *gorm.DB, g *models.Group, in StaffInput) (models.OfficeStaff, models.Unit, error) {
	var form fault.Form
	row := models.OfficeStaff{GroupID: g.ID, Name: in.Name, Duty: in.Duty, Span: models.Span{FromDay: in.From}}
	if in.Username != "" {
		people, err := peopleWhere(tx, "a.username = ? AND r.role = ? AND a.unit_id IN (SELECT id FROM units WHERE kind = ? AND jurisdiction_id = ?)",
			strings.ToLower(in.Username), models.RoleOffice, models.UnitOffice, g.JurisdictionID)
		if err != nil {
			return row, models.Unit{}, err
		}
		if len(people) == 0 {
			form.Add("account", "请从列表中选择本地办公室的账号。")
		} else {
			row.AccountID, row.Name = &people[0].AccountID, people[0].Name
		}
	} else {
		form.Require("name", "姓名", in.Name)
	}
	tooLong(&form, "name", "姓名", in.Name, maxName)
	tooLong(&form, "duty", "分工", in.Duty, maxAddress)
	form.Require("from", "起始日期", string(in.From))
	checkDay(&form, "from", "起始日期", in.From)
	form.Require("home", "原单位", in.Home)
	var homes []models.Unit
	err := tx.Where("code = ? AND closed_at = 0 AND jurisdiction_id = ? AND kind IN ?", strings.ToLower(in.Home), g.JurisdictionID, Creatable).Find(&homes).Error
	if err != nil {
		return row, models.Unit{}, fmt.Errorf("find home unit: %w", err)
	}
	if len(homes) == 0 {
		form.Add("home", "请从列表中选择原单位。")
		return row, models.Unit{}, form.Err()
	}
	row.HomeID = &homes[0].ID
	return row, homes[0], form.Err()
}

// EndStaff ends somebody's time in the Office, with a reason. Accounts stay as they are: the role of the Office's account
// is the security administrator's to take, and the person's account in the home unit is nobody's concern here.
func (s *Service) EndStaff(ctx context.Context, actor models.Actor, area string, staffID int64, in EndInput) error {
	in.Why = strings.TrimSpace(in.Why)
	return s.editGroup(ctx, actor, area, "staff_end", in.Why, in.Version, func(tx *gorm.DB, g *models.Group) (diff, error) {
		var row models.OfficeStaff
		err := tx.Where("group_id = ? AND id = ?", g.ID, staffID).Take(&row).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil, fault.New(fault.NotFound, "没有这名办公室人员。")
		}
		if err != nil {
			return nil, err
		}
		if row.ToDay != "" {
			return nil, fault.New(fault.Locked, row.Name+"的止期已定为 "+string(row.ToDay)+"。")
		}
		if err := in.check(row.FromDay); err != nil {
			return nil, err
		}
		d := diff{{Field: "办公室人员", Old: row.Name, New: "至 " + string(in.To)}}
		return d, tx.Model(&models.OfficeStaff{}).Where("id = ?", row.ID).Updates(map[string]any{"to_day": in.To, "end_why": in.Why}).Error
	})
}

// StaffChoices returns the accounts of an area's Office and the units from which its people may come.
func (s *Service) StaffChoices(ctx context.Context, actor models.Actor, area models.Jurisdiction) ([]Person, []models.Unit, error) {
	db := s.db.Read.WithContext(ctx)
	people, err := peopleWhere(db, "r.role = ? AND a.unit_id IN (SELECT id FROM units WHERE kind = ? AND jurisdiction_id = ?)",
		models.RoleOffice, models.UnitOffice, area.ID)
	if err != nil {
		return nil, nil, database.Fault(err)
	}
	var units []models.Unit
	f := UnitFilter{Area: area.Code}
	err = db.Scopes(f.scope(actor), f.order).Where("units.kind IN ?", Creatable).Find(&units).Error
	return people, units, database.Fault(err)
}
