package accounts

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// lastLock is the number of the advisory lock under which administrators leave. It is arbitrary.
const lastLock = 0x6c617374

// alone returns the administrative roles of an open account in which nobody else could act: the others who hold them
// cannot log in.
func alone(db *gorm.DB, a models.Account) ([]models.Role, error) {
	roles := slices.DeleteFunc(rolesOf(a), func(r models.Role) bool { return !r.Administrative() })
	if len(roles) == 0 || a.DisabledAt != 0 {
		return nil, nil
	}
	var others []models.Role
	err := db.Model(&models.AccountRole{}).Joins("JOIN accounts ON accounts.id = account_roles.account_id").
		Where("role IN ? AND taken_at = 0 AND accounts.disabled_at = 0 AND accounts.password_hash <> '' AND accounts.id <> ?", roles, a.ID).
		Pluck("role", &others).Error
	if err != nil {
		return nil, fmt.Errorf("find other administrators: %w", err)
	}
	return slices.DeleteFunc(roles, func(r models.Role) bool { return slices.Contains(others, r) }), nil
}

// keepsOne returns fault.Locked if, without the account, nobody could act in one of the administrative roles among
// roles: then nobody could give it back. Of two administrators who leave at the same moment it lets one go.
func keepsOne(tx *gorm.DB, a models.Account, roles ...models.Role) error {
	if tx.Name() == string(database.Postgres) && slices.ContainsFunc(roles, models.Role.Administrative) {
		if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", lastLock).Error; err != nil {
			return fmt.Errorf("wait for other administrators who leave: %w", err)
		}
	}
	last, err := alone(tx, a)
	if err != nil {
		return err
	}
	for _, role := range last {
		if slices.Contains(roles, role) {
			return fault.New(fault.Locked, Row{Account: a, Alone: last}.Kept())
		}
	}
	return nil
}

// Kept says in one sentence why the account cannot be closed, nor lose the role of an administrator, and who can change
// that; "" if nothing stands in the way.
func (r Row) Kept() string {
	if len(r.Alone) == 0 {
		return ""
	}
	role := r.Alone[0].Label()
	return fmt.Sprintf("%s是最后一名可以登录的%s，不能停用，也不能收回这个角色；请安全管理员先为另一个已启用的账号授予“%s”。", r.Name, role, role)
}
