package accounts

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// Row is one account of the list.
type Row struct {
	models.Account
	Roles       []models.Role
	LockedUntil models.Instant // after failed log-ins; 0 = not locked
	LinkUntil   models.Instant // how long the unused one-time link is good; 0 = there is none
	Opened      bool           // a password has been set
	Alone       []models.Role  // administrative roles in which nobody else could act; only Get tells
}

// Status is what an account's list can be narrowed to.
type Status string

// The statuses. A locked account is also an active one.
const (
	StatusAll      Status = ""
	StatusActive   Status = "active"   // 正常: a password is set
	StatusUnopened Status = "unopened" // 待启用: waits for its one-time link to be used
	StatusLocked   Status = "locked"   // 暂停登录 after failed log-ins
	StatusDisabled Status = "disabled" // 已停用
)

// Status returns how the account stands at the moment now.
func (r Row) Status(now models.Instant) Status {
	switch {
	case r.DisabledAt != 0:
		return StatusDisabled
	case r.LockedUntil > now:
		return StatusLocked
	case !r.Opened:
		return StatusUnopened
	}
	return StatusActive
}

// Filter narrows and orders the list of accounts.
type Filter struct {
	Text   string // in user name or name
	UnitID int64
	Role   models.Role
	Status Status
	Sort   string // username, name, unit, login; with - in front the other way round; anything else is username
	Page   int
	Size   int
}

// sorts are the columns by which the list can be ordered.
var sorts = map[string]clause.Column{
	"username": {Table: "accounts", Name: "username"}, "name": {Table: "accounts", Name: "name"},
	"unit": {Table: "Unit", Name: "name"}, "login": {Table: "accounts", Name: "last_login_at"},
}

// order is a scope that sorts the list; the user name, which is unique, decides between equals.
func (f Filter) order(db *gorm.DB) *gorm.DB {
	column, desc := f.Sort, false
	if column != "" && column[0] == '-' {
		column, desc = column[1:], true
	}
	by, known := sorts[column]
	if !known {
		by, desc = sorts["username"], false
	}
	return db.Order(clause.OrderByColumn{Column: by, Desc: desc}).Order(clause.OrderByColumn{Column: sorts["username"]})
}

// scope is the filter without its page and order, as of the moment now.
func (f Filter) scope(now models.Instant) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		db = database.ContainsAny(f.Text, "accounts.username", "accounts.name")(db)
		if f.UnitID != 0 {
			db = db.Where("accounts.unit_id = ?", f.UnitID)
		}
		if f.Role != "" {
			db = db.Where("EXISTS (SELECT 1 FROM account_roles r WHERE r.account_id = accounts.id AND r.taken_at = 0 AND r.role = ?)", f.Role)
		}
		const locked = "EXISTS (SELECT 1 FROM login_throttles t WHERE t.key = 'account:' || accounts.username AND t.locked_until > ?)"
		switch f.Status {
		case StatusActive:
			db = db.Where("accounts.disabled_at = 0 AND accounts.password_hash <> ''")
		case StatusDisabled:
			db = db.Where("accounts.disabled_at > 0")
		case StatusUnopened:
			db = db.Where("accounts.disabled_at = 0 AND accounts.password_hash = ''")
		case StatusLocked:
			db = db.Where("accounts.disabled_at = 0").Where(locked, now)
		}
		return db
	}
}

// List returns a page of accounts and how many there are in all.
// Only the system and the security administrator may call it; it holds no business data.
func (s *Service) List(ctx context.Context, actor models.Actor, f Filter) ([]Row, int64, error) {
	if err := s.guard.Allow(actor, "account", "view"); err != nil {
		return nil, 0, err
	}
	var total int64
	err := s.db.Read.WithContext(ctx).Model(&models.Account{}).Scopes(f.scope(s.instant())).Count(&total).Error
	if err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count accounts: %w", err))
	}
	rows, err := s.page(ctx, f)
	return rows, total, err
}

// page reads one page of the list with roles and locks.
func (s *Service) page(ctx context.Context, f Filter) ([]Row, error) {
	var found []models.Account
	err := s.db.Read.WithContext(ctx).Joins("Unit").Preload("Grants", "taken_at = 0").
		Scopes(f.scope(s.instant()), f.order, database.Page(f.Page, f.Size)).Find(&found).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list accounts: %w", err))
	}
	locks, err := s.locks(ctx, found)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(found))
	for i, a := range found {
		rows[i] = Row{Account: a, Roles: rolesOf(a), LockedUntil: locks[a.Username], Opened: a.PasswordHash != ""}
	}
	return rows, nil
}

// exportPage is how many accounts an export reads at once.
const exportPage = 200

// Export calls each with every account that the filter finds, in its order, and writes down that the list was taken away.
func (s *Service) Export(ctx context.Context, actor models.Actor, f Filter, each func(Row) error) error {
	if err := s.guard.Allow(actor, "account", "view"); err != nil {
		return err
	}
	err := s.db.Tx(ctx, func(tx *gorm.DB) error { return s.record(tx, actor, "account", "", "export", "", "") })
	if err != nil {
		return err
	}
	f.Size = exportPage
	for f.Page = 1; ; f.Page++ {
		rows, err := s.page(ctx, f)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := each(row); err != nil {
				return err
			}
		}
		if len(rows) < exportPage {
			return nil
		}
	}
}

// locks returns until when each of the accounts is locked after failed log-ins.
func (s *Service) locks(ctx context.Context, found []models.Account) (map[string]models.Instant, error) {
	keys := make([]string, len(found))
	for i, a := range found {
		keys[i] = accountKey(a.Username)
	}
	var throttles []models.LoginThrottle
	err := s.db.Read.WithContext(ctx).Where("key IN ? AND locked_until > ?", keys, s.instant()).Find(&throttles).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read locks: %w", err))
	}
	locks := map[string]models.Instant{}
	for _, t := range throttles {
		locks[t.Key[len(accountKey("")):]] = t.LockedUntil
	}
	return locks, nil
}

// Get returns one account with its roles, its lock and its link.
// Returns fault.NotFound if there is none.
func (s *Service) Get(ctx context.Context, actor models.Actor, id int64) (Row, error) {
	if err := s.guard.Allow(actor, "account", "view"); err != nil {
		return Row{}, err
	}
	db := s.db.Read.WithContext(ctx)
	a, err := s.load(db, "accounts.id = ?", id)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Row{}, errNoAccount
	}
	if err != nil {
		return Row{}, database.Fault(err)
	}
	locks, err := s.locks(ctx, []models.Account{a})
	if err != nil {
		return Row{}, err
	}
	var link models.AccountLink
	err = db.Where("account_id = ? AND purpose = ? AND used_at = 0 AND expires_at > ?", id, models.LinkPassword, s.instant()).Limit(1).Find(&link).Error
	if err != nil {
		return Row{}, database.Fault(fmt.Errorf("find link: %w", err))
	}
	last, err := alone(db, a)
	if err != nil {
		return Row{}, database.Fault(err)
	}
	return Row{Account: a, Roles: rolesOf(a), LockedUntil: locks[a.Username], LinkUntil: link.ExpiresAt, Opened: a.PasswordHash != "", Alone: last}, nil
}

// Own returns the actor's own account, for the profile page.
func (s *Service) Own(ctx context.Context, actor models.Actor) (models.Account, error) {
	a, err := s.load(s.db.Read.WithContext(ctx), "accounts.id = ?", actor.AccountID)
	return a, database.Fault(err)
}

// Names returns the names of the people behind accounts, for those who gave something: id → name.
func (s *Service) Names(ctx context.Context, ids ...int64) (map[int64]string, error) {
	var found []models.Account
	err := s.db.Read.WithContext(ctx).Select("id", "name").Where("id IN ?", ids).Find(&found).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read names: %w", err))
	}
	names := make(map[int64]string, len(found))
	for _, a := range found {
		names[a.ID] = cmp.Or(a.Name, a.Username)
	}
	return names, nil
}
