package accounts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/cn"
	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/session"
)

var usernamePattern = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

// Limits of what is typed, in characters, and what is said beyond them.
const (
	maxName       = 40
	maxReason     = 500
	wrongUsername = "用户名用 2 至 32 位小写字母、数字、点、短横线或下划线，以字母开头。"
	tooLongName   = "姓名最多 40 字。"
)

// CreateInput is the form of a new account.
type CreateInput struct {
	Username string
	Name     string
	Phone    string
	UnitCode string
	Roles    []models.Role // given at once; only to whoever may also give roles
}

// Create makes an account without a password, with the roles if any are named, and returns it with the token of its one-time
// link: all of it or nothing.
// Returns fault.Invalid with the fields username, name, phone, unit, role.
func (s *Service) Create(ctx context.Context, actor models.Actor, in CreateInput) (models.Account, string, error) {
	if err := s.guard.Allow(actor, "account", "create"); err != nil {
		return models.Account{}, "", err
	}
	if len(in.Roles) > 0 {
		if err := s.guard.Allow(actor, "role", "give"); err != nil {
			return models.Account{}, "", err
		}
	}
	in.Username, in.Name = strings.ToLower(strings.TrimSpace(in.Username)), strings.TrimSpace(in.Name)
	in.Phone = cn.Normalise(cn.KindPhone, in.Phone)
	unit, err := s.checkCreate(ctx, in)
	if err != nil {
		return models.Account{}, "", err
	}
	a := models.Account{Username: in.Username, Name: in.Name, Phone: in.Phone, UnitID: unit.ID, Unit: unit,
		CreatedAt: s.instant(), CreatedBy: actor.AccountID}
	var token string
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Omit("Unit", "Grants").Create(&a).Error; err != nil {
			return err
		}
		var err error
		if token, err = s.newLink(tx, models.LinkPassword, &a.ID, actor.AccountID); err != nil {
			return err
		}
		if err := s.record(tx, actor, "account", a.Username, "create", "", unit.Name); err != nil {
			return err
		}
		return s.giveFirst(tx, actor, a, in.Roles)
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return a, "", taken(in.Username)
	}
	if err != nil {
		return models.Account{}, "", err
	}
	return a, token, nil
}

// giveFirst gives an account that is being made its roles.
func (s *Service) giveFirst(tx *gorm.DB, actor models.Actor, a models.Account, roles []models.Role) error {
	for _, role := range roles {
		grant, err := s.give(tx, actor, a, role)
		if err != nil {
			return err
		}
		a.Grants = append(a.Grants, grant)
		if err := s.record(tx, actor, "role", a.Username, "give", "", role.Label()); err != nil {
			return err
		}
	}
	return nil
}

// Made returns the account that the actor has made already from the very same form, which a browser sends again when its page
// is reloaded; 0 if there is none.
func (s *Service) Made(ctx context.Context, actor models.Actor, in CreateInput) (int64, error) {
	if err := s.guard.Allow(actor, "account", "create"); err != nil {
		return 0, err
	}
	var a models.Account
	err := s.db.Read.WithContext(ctx).Joins("Unit").Where("username = ? AND accounts.name = ? AND accounts.created_by = ?",
		strings.ToLower(strings.TrimSpace(in.Username)), strings.TrimSpace(in.Name), actor.AccountID).Limit(1).Find(&a).Error
	if err != nil || a.ID == 0 || a.Unit.Code != strings.ToLower(in.UnitCode) {
		return 0, database.Fault(err)
	}
	return a.ID, nil
}

func taken(username string) error {
	var form fault.Form
	form.Add("username", fmt.Sprintf("用户名 %s 已被使用，请换一个。", username))
	return form.Err()
}

func (s *Service) checkCreate(ctx context.Context, in CreateInput) (models.Unit, error) {
	var form fault.Form
	form.Require("username", "用户名", in.Username)
	form.Require("name", "姓名", in.Name)
	form.Require("unit", "所属单位", in.UnitCode)
	if in.Username != "" && !usernamePattern.MatchString(in.Username) {
		form.Add("username", wrongUsername)
	}
	if len([]rune(in.Name)) > maxName {
		form.Add("name", tooLongName)
	}
	if in.Phone != "" {
		for _, p := range cn.CheckPhone(in.Phone) {
			form.Add("phone", p.Message+"；"+p.Hint+"。")
		}
	}
	var unit models.Unit
	err := s.db.Read.WithContext(ctx).Where("code = ? AND closed_at = 0", strings.ToLower(in.UnitCode)).Limit(1).Find(&unit).Error
	if err != nil {
		return unit, database.Fault(err)
	}
	if in.UnitCode != "" && unit.ID == 0 {
		form.Add("unit", "没有这个单位，请从列表中选择。")
	}
	return unit, form.Err()
}

// Disable closes an account, ends its sessions at once and makes its one-time links worth nothing.
// Returns fault.Invalid with the field reason, and fault.Locked for the last one of the three administrators.
func (s *Service) Disable(ctx context.Context, actor models.Actor, id int64, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, id, "disable", reason, func(tx *gorm.DB, a models.Account) error {
		if a.DisabledAt != 0 {
			return fault.New(fault.Conflict, "此账号已经停用。")
		}
		var form fault.Form
		form.Require("reason", "停用理由", reason)
		if len([]rune(reason)) > maxReason {
			form.Add("reason", "停用理由最多 500 字。")
		}
		if err := form.Err(); err != nil {
			return err
		}
		if err := keepsOne(tx, a, rolesOf(a)...); err != nil {
			return err
		}
		if err := s.endLinks(tx, models.LinkPassword, &id); err != nil {
			return err
		}
		err := tx.Model(&models.Account{}).Where("id = ?", id).
			Updates(map[string]any{"disabled_at": s.instant(), "disabled_why": reason}).Error
		if err != nil {
			return err
		}
		return session.EndAll(tx, s.instant(), id, "", "账号已停用")
	})
}

// Enable opens a disabled account again.
func (s *Service) Enable(ctx context.Context, actor models.Actor, id int64) error {
	return s.change(ctx, actor, id, "enable", "", func(tx *gorm.DB, a models.Account) error {
		if a.DisabledAt == 0 {
			return fault.New(fault.Conflict, "此账号没有停用。")
		}
		return tx.Model(&models.Account{}).Where("id = ?", id).Updates(map[string]any{"disabled_at": 0, "disabled_why": ""}).Error
	})
}

// Unlock forgets the failed log-ins of an account, and of the address if one is given.
func (s *Service) Unlock(ctx context.Context, actor models.Actor, id int64, addr string) error {
	return s.change(ctx, actor, id, "unlock", "", func(tx *gorm.DB, a models.Account) error {
		keys := []string{accountKey(a.Username)}
		if addr = printable(strings.TrimSpace(addr), 64); addr != "" {
			keys = append(keys, addressKey(addr))
		}
		return tx.Where("key IN ?", keys).Delete(&models.LoginThrottle{}).Error
	})
}

// Reset makes a new one-time link for the account's password and returns its token, good for LinkLife. The old password
// stays good until the link is used. Returns fault.Conflict for a disabled account.
func (s *Service) Reset(ctx context.Context, actor models.Actor, id int64) (string, error) {
	var token string
	err := s.change(ctx, actor, id, "reset", "", func(tx *gorm.DB, a models.Account) error {
		if a.DisabledAt != 0 {
			return errDisabled
		}
		var err error
		token, err = s.newLink(tx, models.LinkPassword, &a.ID, actor.AccountID)
		return err
	})
	return token, err
}

// FirstPassword sets a random password that is good for one log-in, after which it must be changed, and returns it: for
// people who can be reached by telephone only. It ends the account's sessions and one-time links.
// Returns fault.Conflict for a disabled account.
func (s *Service) FirstPassword(ctx context.Context, actor models.Actor, id int64) (string, error) {
	password := crypt.OneTimePassword()
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.change(ctx, actor, id, "first_password", "", func(tx *gorm.DB, a models.Account) error {
		if a.DisabledAt != 0 {
			return errDisabled
		}
		if err := s.endLinks(tx, models.LinkPassword, &id); err != nil {
			return err
		}
		err := tx.Model(&models.Account{}).Where("id = ?", id).Updates(map[string]any{"password_hash": hash, "must_change": true}).Error
		if err != nil {
			return err
		}
		return session.EndAll(tx, s.instant(), id, "", "密码已重设")
	})
	return password, err
}

var errDisabled = fault.New(fault.Conflict, "此账号已停用，请先启用。")

// change is the frame of all changes to an account: permission, the account, the change, the audit entry. Nobody changes
// the own account this way: what is one's own is on the profile page, the rest is a colleague's work.
// Enabling is asked of the policy as disabling (who may close may open), a first password as a reset.
func (s *Service) change(ctx context.Context, actor models.Actor, id int64, action, reason string, do func(tx *gorm.DB, a models.Account) error) error {
	asked := map[string]string{"enable": "disable", "first_password": "reset"}[action]
	if err := s.guard.Allow(actor, "account", cmp.Or(asked, action)); err != nil {
		return err
	}
	if id == actor.AccountID {
		return fault.New(fault.Forbidden, "不能这样办理自己的账号，请另一名系统管理员办理。")
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		a, err := s.loadLocked(tx, id)
		if err != nil {
			return err
		}
		if err := do(tx, a); err != nil {
			return err
		}
		return s.record(tx, actor, "account", a.Username, action, reason, "")
	})
}

// ByUsername returns the id of an account. Returns fault.NotFound if there is none.
func (s *Service) ByUsername(ctx context.Context, username string) (int64, error) {
	var a models.Account
	err := s.db.Read.WithContext(ctx).Select("id").Where("username = ?", strings.ToLower(username)).Limit(1).Find(&a).Error
	if err == nil && a.ID == 0 {
		return 0, errNoAccount
	}
	return a.ID, database.Fault(err)
}
