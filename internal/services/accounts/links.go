package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/session"
)

// LinkLife is how long a one-time link stays good.
const LinkLife = 72 * time.Hour

// deadLink answers a link that is used, expired or unknown: what it was for decides what helps.
func deadLink(purpose models.LinkPurpose) error {
	if purpose == models.LinkSetup {
		return fault.New(fault.NotFound, "设置链接已使用过或已过期。三名管理员已建立的，请直接登录；还没有建立的，请在服务器上重新启动平台，会给出新的链接。")
	}
	return fault.New(fault.NotFound, "链接已使用过或已过期。密码已设置好的，请直接登录；否则请系统管理员重新生成一次性链接。")
}

// newLink makes a one-time link; earlier unused ones of the same purpose and account are worth nothing afterwards.
// Returns the token, which is shown once and stored nowhere.
func (s *Service) newLink(tx *gorm.DB, purpose models.LinkPurpose, accountID *int64, by int64) (string, error) {
	now := s.instant()
	if err := s.endLinks(tx, purpose, accountID); err != nil {
		return "", err
	}
	token, hash := crypt.Token()
	link := models.AccountLink{AccountID: accountID, Purpose: purpose, TokenHash: hash, CreatedAt: now, CreatedBy: by, ExpiresAt: now.Add(LinkLife)}
	return token, tx.Create(&link).Error
}

// endLinks makes the unused links of a purpose, and of an account if one is given, worth nothing.
func (s *Service) endLinks(tx *gorm.DB, purpose models.LinkPurpose, accountID *int64) error {
	old := tx.Model(&models.AccountLink{}).Where("purpose = ? AND used_at = 0", purpose)
	if accountID != nil {
		old = old.Where("account_id = ?", *accountID)
	}
	if err := old.Update("used_at", s.instant()).Error; err != nil {
		return fmt.Errorf("end old links: %w", err)
	}
	return nil
}

func (s *Service) findLink(db *gorm.DB, purpose models.LinkPurpose, token string) (models.AccountLink, error) {
	var link models.AccountLink
	err := db.Where("purpose = ? AND token_hash = ? AND used_at = 0 AND expires_at > ?", purpose, crypt.TokenHash(token), s.instant()).
		Take(&link).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return link, deadLink(purpose)
	}
	return link, database.Fault(err)
}

// useLink marks a link as used; of two who use it at once one gets fault.NotFound.
func (s *Service) useLink(tx *gorm.DB, link models.AccountLink) error {
	res := tx.Model(&models.AccountLink{}).Where("id = ? AND used_at = 0", link.ID).Update("used_at", s.instant())
	if res.Error == nil && res.RowsAffected == 0 {
		return deadLink(link.Purpose)
	}
	return res.Error
}

// LinkAccount returns whose password a one-time link sets.
// Returns fault.NotFound if the link is used, expired or unknown.
func (s *Service) LinkAccount(ctx context.Context, token string) (models.Account, error) {
	link, err := s.findLink(s.db.Read.WithContext(ctx), models.LinkPassword, token)
	if err != nil {
		return models.Account{}, err
	}
	a, err := s.load(s.db.Read.WithContext(ctx), "accounts.id = ?", *link.AccountID)
	return a, database.Fault(err)
}

// SetByLink sets the password of the account that the one-time link is for and ends its sessions.
// Returns fault.NotFound for a dead link and fault.Invalid with the fields new, again.
func (s *Service) SetByLink(ctx context.Context, token, password, again, addr string) error {
	a, err := s.LinkAccount(ctx, token)
	if err != nil {
		return err
	}
	var form fault.Form
	checkNew(&form, a.Username, password, again)
	if err := form.Err(); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		link, err := s.findLink(tx, models.LinkPassword, token)
		if err != nil {
			return err
		}
		if err := s.useLink(tx, link); err != nil {
			return err
		}
		if err := setPassword(tx, a.ID, hash); err != nil {
			return err
		}
		if err := tx.Where("key = ?", accountKey(a.Username)).Delete(&models.LoginThrottle{}).Error; err != nil {
			return err
		}
		if err := session.EndAll(tx, s.instant(), a.ID, "", "密码已重设"); err != nil {
			return err
		}
		return s.record(tx, actorOf(a, addr, ""), "account", a.Username, "set_password", "", "一次性链接")
	})
}
