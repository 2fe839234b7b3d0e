package accounts

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// unitKinds says in which kinds of units a role can be held (permissions.md: the Office is a unit of its own).
var unitKinds = map[models.Role][]models.UnitKind{
	models.RoleOffice:  {models.UnitOffice},
	models.RoleLeader:  {models.UnitLeaders},
	models.RoleChief:   {models.UnitMember, models.UnitSub},
	models.RoleLiaison: {models.UnitMember, models.UnitSub},
	models.RoleHandler: {models.UnitMember, models.UnitSub},
	models.RoleTax:     {models.UnitMember, models.UnitSub},
	models.RoleReview:  {models.UnitMember, models.UnitSub},
	models.RoleBureau:  {models.UnitMember, models.UnitSub},
	models.RoleOutside: {models.UnitOutside},
	models.RoleSys:     {models.UnitSystem},
	models.RoleSec:     {models.UnitSystem},
	models.RoleAud:     {models.UnitSystem},
}

// taxRoles can be held in tax authorities alone: they see what the tax side sees and act in its name.
var taxRoles = []models.Role{models.RoleTax, models.RoleReview, models.RoleBureau}

// RolesFor returns the roles that can be held in a unit of the kind.
func RolesFor(kind models.UnitKind) []models.Role {
	var roles []models.Role
	for _, role := range models.Roles {
		if slices.Contains(unitKinds[role], kind) {
			roles = append(roles, role)
		}
	}
	return roles
}

// GiveRole gives a role; it takes effect with the next request of the account.
//
// Only the security administrator may, and nobody for himself. Returns fault.Invalid if the role does not go with the
// unit or with a role already held: the three administrators exclude each other and every business role (三员分立).
func (s *Service) GiveRole(ctx context.Context, actor models.Actor, id int64, role models.Role) error {
	return s.changeRole(ctx, actor, id, role, "give", func(tx *gorm.DB, a models.Account) error {
		_, err := s.give(tx, actor, a, role)
		return err
	})
}

// give writes the grant of a role, if the account can hold it.
func (s *Service) give(tx *gorm.DB, actor models.Actor, a models.Account, role models.Role) (models.AccountRole, error) {
	if why := Clash(a, role); why != "" {
		return models.AccountRole{}, roleFault(why)
	}
	grant := models.AccountRole{AccountID: a.ID, Role: role, GivenBy: actor.AccountID, GivenAt: s.instant()}
	return grant, tx.Create(&grant).Error
}

func roleFault(why string) error {
	return &fault.Error{Kind: fault.Invalid, Message: why, Fields: map[string]string{"role": why}}
}

// TakeRole takes a role away; it is gone with the next request of the account.
// Returns fault.Conflict if the account does not hold it, and fault.Locked for the last one of the three administrators.
func (s *Service) TakeRole(ctx context.Context, actor models.Actor, id int64, role models.Role) error {
	return s.changeRole(ctx, actor, id, role, "take", func(tx *gorm.DB, a models.Account) error {
		if !slices.Contains(rolesOf(a), role) {
			return fault.New(fault.Conflict, "此账号没有这个角色。")
		}
		if err := keepsOne(tx, a, role); err != nil {
			return err
		}
		return tx.Model(&models.AccountRole{}).Where("account_id = ? AND role = ? AND taken_at = 0", id, role).
			Updates(map[string]any{"taken_at": s.instant(), "taken_by": actor.AccountID}).Error
	})
}

func (s *Service) changeRole(ctx context.Context, actor models.Actor, id int64, role models.Role, action string, do func(*gorm.DB, models.Account) error) error {
	if err := s.guard.Allow(actor, "role", action); err != nil {
		return err
	}
	if id == actor.AccountID {
		return fault.New(fault.Forbidden, "不能给自己增减角色，请另一名安全管理员办理。")
	}
	if !role.Known() {
		return &fault.Error{Kind: fault.Invalid, Message: "没有这个角色。", Fields: map[string]string{"role": "请从列表中选择角色。"}}
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		a, err := s.loadLocked(tx, id)
		if err != nil {
			return err
		}
		if err := do(tx, a); err != nil {
			return err
		}
		return s.record(tx, actor, "role", a.Username, action, "", role.Label())
	})
}

// Clash says in one sentence why an account cannot hold a further role, or "".
func Clash(a models.Account, role models.Role) string {
	held := rolesOf(a)
	switch {
	case slices.Contains(held, role):
		return "此账号已有这个角色。"
	case !slices.Contains(unitKinds[role], a.Unit.Kind):
		return fmt.Sprintf("“%s”不能由“%s”的账号担任。", role.Label(), a.Unit.Name)
	case slices.Contains(taxRoles, role) && !a.Unit.TaxAuthority:
		return fmt.Sprintf("“%s”只能由税务机关的账号担任，“%s”不是税务机关。", role.Label(), a.Unit.Name)
	}
	for _, other := range held {
		if role.Administrative() || other.Administrative() {
			return fmt.Sprintf("“%s”与“%s”不能由同一账号担任（三员分立）。", role.Label(), other.Label())
		}
	}
	return ""
}
