package accounts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Limits of a token's life, in days.
const (
	TokenDays    = 365 // where nobody says otherwise
	MaxTokenDays = 3 * 365
)

// tokenMark begins every secret, so that people and scanners know one where it lies about.
const tokenMark = "gz_"

// prefixLength is how much of a secret is kept to tell tokens apart; the rest stays far beyond guessing.
const prefixLength = len(tokenMark) + 8

// answerable are the roles of which a token's responsible person holds one: those who file for a unit.
var answerable = []models.Role{models.RoleLiaison, models.RoleHandler}

// TokenInput is the form of a new token.
type TokenInput struct {
	Unit   string // code; empty = the person's
	Name   string // of the system that will use it
	Person string // user name of whoever answers for it; empty = the unit's one liaison
	Days   int
}

// CreateToken makes a token by which a unit's own system files, and returns it with its secret, which is shown once and
// stored nowhere.
//
// Only the system administrator may. Returns fault.Invalid with the fields unit, name, person, days.
func (s *Service) CreateToken(ctx context.Context, actor models.Actor, in TokenInput) (models.APIToken, string, error) {
	if err := s.guard.Allow(actor, "token", "make"); err != nil {
		return models.APIToken{}, "", err
	}
	in.Unit, in.Person = strings.ToLower(strings.TrimSpace(in.Unit)), strings.ToLower(strings.TrimSpace(in.Person))
	in.Name = printable(strings.TrimSpace(in.Name), maxName+1)
	person, err := s.checkToken(ctx, in)
	if err != nil {
		return models.APIToken{}, "", err
	}
	plain, _ := crypt.Token()
	secret, now := tokenMark+plain, s.instant()
	t := models.APIToken{
		UnitID: person.UnitID, Unit: person.Unit, Name: in.Name, PersonID: person.ID, Person: person, Hash: crypt.TokenHash(secret),
		Prefix: secret[:prefixLength], CreatedAt: now, CreatedBy: actor.AccountID, CreatedName: actor.Name,
		ExpiresAt: now.Add(time.Duration(in.Days) * 24 * time.Hour),
	}
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Omit("Unit", "Person").Create(&t).Error; err != nil {
			return err
		}
		return s.record(tx, actor, "token", t.Prefix, "make", "", fmt.Sprintf("%s“%s”，责任人 %s（%s），有效至 %s",
			t.Unit.Name, t.Name, person.Name, person.Username, t.ExpiresAt.Day()))
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return t, "", tokenNameTaken(t)
	}
	return t, secret, err
}

func tokenNameTaken(t models.APIToken) error {
	var form fault.Form
	form.Add("name", fmt.Sprintf("%s已有名为“%s”的令牌，请换一个名称，或先吊销原来的。", t.Unit.Name, t.Name))
	return form.Err()
}

// checkToken holds the form against the rules and returns the person who will answer for the token.
func (s *Service) checkToken(ctx context.Context, in TokenInput) (models.Account, error) {
	var form fault.Form
	form.Require("name", "系统名称", in.Name)
	if len([]rune(in.Name)) > maxName {
		form.Add("name", "系统名称最多 40 字。")
	}
	if in.Days < 1 || in.Days > MaxTokenDays {
		form.Add("days", fmt.Sprintf("有效期填 1 至 %d 天。", MaxTokenDays))
	}
	person, err := s.answers(ctx, in, &form)
	if err != nil {
		return person, err
	}
	return person, form.Err()
}

// answers finds the person who will answer for a token, and notes in the form what is wrong.
func (s *Service) answers(ctx context.Context, in TokenInput, form *fault.Form) (models.Account, error) {
	if in.Unit == "" && in.Person == "" {
		form.Require("person", "责任人", "")
		return models.Account{}, nil
	}
	query := s.db.Read.WithContext(ctx).Joins("Unit").Scopes(filesFor)
	if in.Unit != "" {
		query = query.Where(`"Unit".code = ?`, in.Unit)
	}
	role := models.RoleLiaison
	if in.Person != "" {
		query, role = query.Where("accounts.username = ?", in.Person), ""
	}
	var found []models.Account
	if err := query.Scopes(holding(role)).Order("accounts.id").Limit(2).Find(&found).Error; err != nil {
		return models.Account{}, database.Fault(fmt.Errorf("find responsible person: %w", err))
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		form.Add("person", "这个单位有几名信息联络员，请指明责任人的用户名。")
	case in.Person == "":
		form.Add("unit", "单位 "+in.Unit+" 没有在任的信息联络员，请核对单位代码，或指明责任人的用户名。")
	default:
		form.Add("person", "责任人须是该单位在用的账号，并担任信息联络员或经办人。")
	}
	return models.Account{}, nil
}

// filesFor is a scope over accounts and their unit that keeps who may answer for a token.
func filesFor(db *gorm.DB) *gorm.DB {
	return db.Where(`accounts.disabled_at = 0 AND "Unit".closed_at = 0`).Scopes(holding(""))
}

// holding is a scope that keeps the accounts which hold the role, or with "" one of those that file.
func holding(role models.Role) func(*gorm.DB) *gorm.DB {
	roles := answerable
	if role != "" {
		roles = []models.Role{role}
	}
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("EXISTS (SELECT 1 FROM account_roles r WHERE r.account_id = accounts.id AND r.taken_at = 0 AND r.role IN ?)", roles)
	}
}

// TokenPeople returns who may answer for a token, with their units, in the order of the plan.
func (s *Service) TokenPeople(ctx context.Context, actor models.Actor) ([]models.Account, error) {
	if err := s.guard.Allow(actor, "token", "make"); err != nil {
		return nil, err
	}
	var found []models.Account
	err := s.db.Read.WithContext(ctx).Joins("Unit").Scopes(filesFor).
		Order(database.PlanOrder(`"Unit"`) + ", accounts.username").Find(&found).Error
	return found, database.Fault(err)
}

var errNoToken = fault.New(fault.NotFound, "没有这个令牌。")

// RevokeToken ends a token for good; the next request with it is refused.
// Returns fault.NotFound, fault.Conflict if it is revoked already, and fault.Invalid with the field reason.
func (s *Service) RevokeToken(ctx context.Context, actor models.Actor, id int64, reason string) error {
	if err := s.guard.Allow(actor, "token", "revoke"); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	var form fault.Form
	form.Require("reason", "吊销理由", reason)
	if len([]rune(reason)) > maxReason {
		form.Add("reason", "吊销理由最多 500 字。")
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		t, err := findToken(locking(tx, "api_tokens"), "api_tokens.id = ?", id)
		if err != nil {
			return err
		}
		if t.RevokedAt != 0 {
			return fault.New(fault.Conflict, "此令牌已经吊销。")
		}
		if err := form.Err(); err != nil {
			return err
		}
		err = tx.Model(&models.APIToken{}).Where("id = ?", id).Updates(map[string]any{
			"revoked_at": s.instant(), "revoked_by": actor.AccountID, "revoked_name": actor.Name, "revoked_why": reason,
		}).Error
		if err != nil {
			return fmt.Errorf("revoke token: %w", err)
		}
		return s.record(tx, actor, "token", t.Prefix, "revoke", reason, fmt.Sprintf("%s“%s”", t.Unit.Name, t.Name))
	})
}

// findToken returns a token with its unit and its person, whose roles of now come along.
func findToken(db *gorm.DB, condition string, args ...any) (models.APIToken, error) {
	var t models.APIToken
	err := db.Joins("Unit").Joins("Person").Preload("Person.Grants", "taken_at = 0").Where(condition, args...).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return t, errNoToken
	}
	return t, database.Fault(err)
}
