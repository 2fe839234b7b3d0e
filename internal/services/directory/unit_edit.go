package directory

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/cn"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// UnitInput is the form of a unit. Code, kind, area and the unit above are settled when it is made.
type UnitInput struct {
	Code         string
	Kind         models.UnitKind
	Area         string // code
	Parent       string // code, of sub-units
	Name         string
	FullName     string
	Affiliation  models.Affiliation
	TaxAuthority bool
	Address      string
	Phone        string
	From         models.Day
	Why          string // on what the change rests
	Version      int64  // that was edited
}

// Creatable are the kinds of units that the Office adds; a leading group and its Office come with their area.
var Creatable = []models.UnitKind{models.UnitMember, models.UnitSub, models.UnitOutside}

// closable reports whether units of the kind can be closed.
func closable(k models.UnitKind) bool { return slices.Contains(Creatable, k) }

var unitCode = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// reserved are codes that would be taken for pages beside those of units.
var reserved = []string{"new", "export", "group"}

// Limits of what is typed, in characters.
const (
	maxCode    = 20
	maxName    = 40
	maxFull    = 80
	maxAddress = 120
	maxReason  = 500
)

func (in *UnitInput) tidy() {
	in.Code, in.Area, in.Parent = strings.ToLower(strings.TrimSpace(in.Code)), strings.ToLower(in.Area), strings.ToLower(in.Parent)
	for _, text := range []*string{&in.Name, &in.FullName, &in.Address, &in.Why} {
		*text = strings.TrimSpace(*text)
	}
	in.Phone = cn.Normalise(cn.KindPhone, in.Phone)
}

// tooLong notes a text beyond its limit.
func tooLong(form *fault.Form, field, label, text string, limit int) {
	if len([]rune(text)) > limit {
		form.Add(field, fmt.Sprintf("%s最多 %d 字。", label, limit))
	}
}

// day notes a day that is none; an empty one is let through.
func checkDay(form *fault.Form, field, label string, d models.Day) {
	if d != "" && !d.Valid() {
		form.Add(field, label+"“"+string(d)+"”不是日期，请写成 2026-01-31。")
	}
}

// check notes what is wrong with the fields that can be edited in a unit of the kind.
func (in UnitInput) check(form *fault.Form, kind models.UnitKind) {
	form.Require("name", "单位名称", in.Name)
	tooLong(form, "name", "单位名称", in.Name, maxName)
	tooLong(form, "full_name", "单位全称", in.FullName, maxFull)
	tooLong(form, "address", "地址", in.Address, maxAddress)
	tooLong(form, "why", "变更依据", in.Why, maxReason)
	if !in.Affiliation.Known() {
		form.Add("affiliation", "请选择单位性质。")
	}
	if in.TaxAuthority && kind != models.UnitMember && kind != models.UnitSub {
		form.Add("tax_authority", "只有成员单位及其下属单位可以是税务机关。")
	}
	if in.Phone != "" {
		for _, p := range cn.CheckPhone(in.Phone) {
			form.Add("phone", p.Message+"；"+p.Hint+"。")
		}
	}
	checkDay(form, "from", "启用日期", in.From)
}

// CreateUnit adds a unit to the actor's area. Only the Office may.
// Returns fault.Invalid with the fields code, kind, area, parent, name, full_name, affiliation, tax_authority, address,
// phone, from, why.
func (s *Service) CreateUnit(ctx context.Context, actor models.Actor, in UnitInput) (models.Unit, error) {
	if err := s.guard.Allow(actor, "unit", "edit"); err != nil {
		return models.Unit{}, err
	}
	in.tidy()
	var u models.Unit
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		if u, err = s.newUnit(tx, actor, in); err != nil {
			return err
		}
		if err := tx.Omit("Jurisdiction", "MergedInto").Create(&u).Error; err != nil {
			return err
		}
		u.Path = fmt.Sprintf("%s%d/", u.Path, u.ID)
		if err := tx.Model(&models.Unit{}).Where("id = ?", u.ID).Update("path", u.Path).Error; err != nil {
			return err
		}
		return s.keep(tx, actor, subject{objectUnit, u.ID, u.Code, u.Version}, "create", in.Why, unitDiff(models.Unit{}, u))
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		var form fault.Form
		form.Add("code", "单位代码 "+strings.ToUpper(in.Code)+" 已被使用，请换一个。已撤并单位的代码也不再用。")
		err = form.Err()
	}
	return u, err
}

// newUnit checks the form of a new unit and makes the row.
func (s *Service) newUnit(tx *gorm.DB, actor models.Actor, in UnitInput) (models.Unit, error) {
	var form fault.Form
	form.Require("code", "单位代码", in.Code)
	if in.Code != "" && (!unitCode.MatchString(in.Code) || len(in.Code) > maxCode) {
		form.Add("code", "单位代码用小写字母开头，只含小写字母、数字和短横线，最多 20 位，如 zjj、ga-jj。")
	}
	if slices.Contains(reserved, in.Code) {
		form.Add("code", "“"+in.Code+"”由平台使用，请换一个代码。")
	}
	if !closable(in.Kind) {
		form.Add("kind", "请选择单位类别。")
	}
	in.check(&form, in.Kind)
	u := models.Unit{Code: in.Code, Kind: in.Kind, Name: in.Name, FullName: in.FullName, Affiliation: in.Affiliation, TaxAuthority: in.TaxAuthority,
		Address: in.Address, Phone: in.Phone, ValidFrom: in.From, Path: "/", Version: 1}
	if err := s.place(tx, actor, in, &u, &form); err != nil {
		return u, err
	}
	return u, form.Err()
}

// place puts a new unit into its area, a sub-unit below its unit.
func (s *Service) place(tx *gorm.DB, actor models.Actor, in UnitInput, u *models.Unit, form *fault.Form) error {
	var areas []models.Jurisdiction
	err := tx.Where("code = ? AND path LIKE ? AND valid_to = ''", in.Area, actor.Unit.JurisdictionPath+"%").Find(&areas).Error
	if err != nil {
		return fmt.Errorf("find area %s: %w", in.Area, err)
	}
	if len(areas) == 0 {
		form.Add("area", "请选择所在区划；只能选本地及所辖的区划。")
		return nil
	}
	u.JurisdictionID, u.JurisdictionPath, u.Jurisdiction = areas[0].ID, areas[0].Path, &areas[0]
	if in.Kind != models.UnitSub {
		if in.Parent != "" {
			form.Add("parent", "只有内设或下属单位才填隶属单位。")
		}
		return nil
	}
	var parents []models.Unit
	err = tx.Where("code = ? AND kind = ? AND closed_at = 0 AND jurisdiction_id = ?", in.Parent, models.UnitMember, u.JurisdictionID).Find(&parents).Error
	if err != nil {
		return fmt.Errorf("find unit above: %w", err)
	}
	if len(parents) == 0 {
		form.Add("parent", "请选择隶属的成员单位；须在同一区划，且没有撤并。")
		return nil
	}
	u.ParentID, u.Path = &parents[0].ID, parents[0].Path
	return nil
}

// EditUnit changes what can be changed of a unit. Only the Office of the area may.
// Returns fault.NotFound outside the actor's area, fault.Invalid with the fields of the form, and fault.Conflict that says
// who changed what if somebody was faster.
func (s *Service) EditUnit(ctx context.Context, actor models.Actor, code string, in UnitInput) error {
	if err := s.guard.Allow(actor, "unit", "edit"); err != nil {
		return err
	}
	in.tidy()
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		u, err := editable(tx, actor, code)
		if err != nil {
			return err
		}
		var form fault.Form
		in.check(&form, u.Kind)
		if u.TaxAuthority && !in.TaxAuthority {
			if err := taxRolesHeld(tx, u.ID, &form); err != nil {
				return err
			}
		}
		if err := form.Err(); err != nil {
			return err
		}
		after := u
		after.Name, after.FullName, after.Affiliation, after.TaxAuthority = in.Name, in.FullName, in.Affiliation, in.TaxAuthority
		after.Address, after.Phone, after.ValidFrom = in.Address, in.Phone, in.From
		changed := unitDiff(u, after)
		if len(changed) == 0 && in.Version == u.Version {
			return nil
		}
		err = s.claim(tx, &u, in.Version, map[string]any{"name": in.Name, "full_name": in.FullName, "affiliation": in.Affiliation,
			"tax_authority": in.TaxAuthority, "address": in.Address, "phone": in.Phone, "valid_from": in.From})
		if err != nil {
			return err
		}
		return s.keep(tx, actor, subject{objectUnit, u.ID, u.Code, u.Version}, "edit", in.Why, changed)
	})
}

// editable returns a unit of the actor's area that can be edited.
func editable(tx *gorm.DB, actor models.Actor, code string) (models.Unit, error) {
	u, err := find(tx, actor, code)
	switch {
	case err != nil:
		return u, err
	case u.Kind == models.UnitSystem:
		return u, fault.New(fault.Locked, "“平台运行管理”是三类管理员所在的单位，不在这里修改。")
	case u.Closed():
		return u, fault.New(fault.Locked, "“"+u.Name+"”已于 "+string(u.ValidTo)+" 撤并，不再修改；办错了的，先撤销撤并。")
	}
	return u, nil
}

// taxRolesHeld notes that a unit in which tax roles are held stays a tax authority.
func taxRolesHeld(tx *gorm.DB, unit int64, form *fault.Form) error {
	people, err := peopleWhere(tx, "a.unit_id = ? AND r.role IN ?", unit, []models.Role{models.RoleTax, models.RoleReview, models.RoleBureau})
	if len(people) > 0 {
		form.Add("tax_authority", fmt.Sprintf("本单位还有 %d 个税务角色（%s 等），请安全管理员先收回，再取消税务机关标记。", len(people), people[0].Name))
	}
	return err
}

// claim writes a change of a unit if nobody else has changed it since version was read.
func (s *Service) claim(tx *gorm.DB, u *models.Unit, version int64, set map[string]any) error {
	set["version"] = version + 1
	res := tx.Model(&models.Unit{}).Where("id = ? AND version = ?", u.ID, version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("change unit %s: %w", u.Code, res.Error)
	}
	if res.RowsAffected == 0 {
		return s.stale(tx, objectUnit, u.ID, version)
	}
	u.Version = version + 1
	return nil
}

// unitDiff says in words how a unit changes.
func unitDiff(before, after models.Unit) diff {
	yes := func(b bool) string {
		if b {
			return "是"
		}
		return ""
	}
	var d diff
	d.note("单位名称", before.Name, after.Name)
	d.note("单位全称", before.FullName, after.FullName)
	d.note("单位性质", before.Affiliation.Label(), after.Affiliation.Label())
	d.note("税务机关", yes(before.TaxAuthority), yes(after.TaxAuthority))
	d.note("地址", before.Address, after.Address)
	d.note("值班电话", before.Phone, after.Phone)
	d.note("启用日期", string(before.ValidFrom), string(after.ValidFrom))
	return d
}

// Parents returns the members under which a sub-unit can be made, in the order of the list.
func (s *Service) Parents(ctx context.Context, actor models.Actor) ([]models.Unit, error) {
	var units []models.Unit
	f := UnitFilter{Kind: models.UnitMember}
	err := s.db.Read.WithContext(ctx).Scopes(f.scope(actor), f.order).Joins("Jurisdiction").Find(&units).Error
	return units, database.Fault(err)
}
