// Package accounts keeps who may come in: accounts, passwords, one-time links, roles and the locks after failed
// log-ins. Roles take effect at once, because Actor reads them anew for every request.
package accounts

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/authz"
	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Service answers for accounts.
type Service struct {
	db     *database.DB
	guard  *authz.Guard
	hasher *crypt.Passwords
	now    func() time.Time
	used   uses // of API tokens
}

// New returns the service.
func New(db *database.DB, guard *authz.Guard, hasher *crypt.Passwords, now func() time.Time) *Service {
	return &Service{db: db, guard: guard, hasher: hasher, now: now}
}

func (s *Service) instant() models.Instant { return models.At(s.now()) }

var errNoAccount = fault.New(fault.NotFound, "没有这个账号。")

// Actor returns the person behind an account, with unit and the roles held now.
// Returns fault.Unauthenticated if the account is gone or disabled.
func (s *Service) Actor(ctx context.Context, accountID int64, addr, sessionID string) (models.Actor, error) {
	a, err := s.load(s.db.Read.WithContext(ctx), "accounts.id = ?", accountID)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && a.DisabledAt != 0) {
		return models.Actor{}, fault.New(fault.Unauthenticated, "账号已停用，请联系系统管理员。")
	}
	if err != nil {
		return models.Actor{}, database.Fault(err)
	}
	return actorOf(a, addr, sessionID), nil
}

func actorOf(a models.Account, addr, sessionID string) models.Actor {
	return models.Actor{AccountID: a.ID, Username: a.Username, Name: a.Name, Unit: a.Unit, Roles: rolesOf(a),
		Addr: addr, SessionID: sessionID, MustChange: a.MustChange}
}

// rolesOf returns the roles held, in the order in which people read them.
func rolesOf(a models.Account) []models.Role {
	var held []models.Role
	for _, role := range models.Roles {
		if slices.ContainsFunc(a.Grants, func(g models.AccountRole) bool { return g.Role == role && g.TakenAt == 0 }) {
			held = append(held, role)
		}
	}
	return held
}

func (s *Service) load(db *gorm.DB, condition string, args ...any) (models.Account, error) {
	var a models.Account
	err := db.Joins("Unit").Joins("Unit.Jurisdiction").Preload("Grants", "taken_at = 0").Where(condition, args...).Take(&a).Error
	return a, err
}

// loadLocked returns an account and holds it until the transaction ends, so that two changes of it come one after the
// other. Returns fault.NotFound if there is none.
func (s *Service) loadLocked(tx *gorm.DB, id int64) (models.Account, error) {
	a, err := s.load(locking(tx, "accounts"), "accounts.id = ?", id)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return a, errNoAccount
	}
	return a, err
}

// record writes an audit entry about an account as the last statement of tx.
func (s *Service) record(tx *gorm.DB, actor models.Actor, object, id, action, reason, detail string) error {
	return audit.Record(tx, s.instant(), actor, audit.Entry{Object: object, ObjectID: id, Action: action, Reason: reason, Detail: detail})
}
