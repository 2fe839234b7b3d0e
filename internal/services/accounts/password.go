package accounts

import (
	"context"
	"strings"
	"unicode"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/session"
)

// MinPassword is the least number of characters of a password.
const MinPassword = 8

// weakness says in one sentence what is missing from a new password, or "".
func weakness(username, password string) string {
	var upper, lower, digit, other bool
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsLower(r):
			lower = true
		case unicode.IsDigit(r):
			digit = true
		default:
			other = true
		}
	}
	kinds := 0
	for _, has := range []bool{upper, lower, digit, other} {
		if has {
			kinds++
		}
	}
	switch n := len([]rune(password)); {
	case n < MinPassword:
		return "密码至少 8 位。"
	case n > 128:
		return "密码最多 128 位。"
	case kinds < 3:
		return "密码须含大写字母、小写字母、数字、符号中的三类。"
	case username != "" && strings.Contains(strings.ToLower(password), strings.ToLower(username)):
		return "密码不能包含用户名。"
	}
	return ""
}

// PasswordInput is the form for the own password.
type PasswordInput struct{ Old, New, Again string }

// ChangePassword sets the actor's own password and ends all other sessions of the account.
//
// Returns fault.Invalid with the fields old, new, again. A wrong old password counts like a failed log-in, so that whoever
// finds an open session cannot try passwords in it: fault.Locked.
func (s *Service) ChangePassword(ctx context.Context, actor models.Actor, in PasswordInput) error {
	if err := s.refuseLocked(s.db.Read.WithContext(ctx), []string{accountKey(actor.Username)}); err != nil {
		return err
	}
	a, err := s.load(s.db.Read.WithContext(ctx), "accounts.id = ?", actor.AccountID)
	if err != nil {
		return database.Fault(err)
	}
	var form fault.Form
	form.Require("old", "原密码", in.Old)
	if in.Old != "" {
		if err := s.checkOld(ctx, actor, a, in.Old, &form); err != nil {
			return err
		}
	}
	if in.New == in.Old && in.New != "" {
		form.Add("new", "新密码不能与原密码相同。")
	}
	checkNew(&form, a.Username, in.New, in.Again)
	if err := form.Err(); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, in.New)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := setPassword(tx, a.ID, hash); err != nil {
			return err
		}
		if err := tx.Where("key = ?", accountKey(a.Username)).Delete(&models.LoginThrottle{}).Error; err != nil {
			return err
		}
		if err := session.EndAll(tx, s.instant(), a.ID, actor.SessionID, "密码已修改"); err != nil {
			return err
		}
		return s.record(tx, actor, "account", a.Username, "change_password", "", "")
	})
}

// checkOld notes a wrong password in the form and counts it against the account.
func (s *Service) checkOld(ctx context.Context, actor models.Actor, a models.Account, old string, form *fault.Form) error {
	right, err := s.hasher.Verify(ctx, a.PasswordHash, old)
	if err != nil || right {
		return err
	}
	form.Add("old", "原密码不正确，请重新输入。")
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		if _, err := s.count(tx, accountKey(a.Username)); err != nil {
			return err
		}
		return s.record(tx, actor, "account", a.Username, "password_refused", "", "")
	})
}

func checkNew(form *fault.Form, username, password, again string) {
	if why := weakness(username, password); why != "" {
		form.Add("new", why)
	}
	if password != again {
		form.Add("again", "两次输入的新密码不一致。")
	}
}

func setPassword(tx *gorm.DB, accountID int64, hash string) error {
	return tx.Model(&models.Account{}).Where("id = ?", accountID).
		Updates(map[string]any{"password_hash": hash, "must_change": false}).Error
}
