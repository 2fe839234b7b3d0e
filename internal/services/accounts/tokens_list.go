package accounts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// TokenStatus says how a token stands.
type TokenStatus string

// The statuses of tokens.
const (
	TokenActive   TokenStatus = "active"   // 可用
	TokenExpiring TokenStatus = "expiring" // 即将到期: works, for less than tokenNotice
	TokenExpired  TokenStatus = "expired"  // 已到期
	TokenOrphaned TokenStatus = "orphaned" // 责任人失效: the account is closed or files no more for the unit
	TokenRevoked  TokenStatus = "revoked"  // 已吊销
)

// TokenStatuses are all statuses in the order in which people read them.
var TokenStatuses = []TokenStatus{TokenActive, TokenExpiring, TokenExpired, TokenOrphaned, TokenRevoked}

// tokenNotice is how long before its end a token is called 即将到期.
const tokenNotice = 30 * 24 * time.Hour

// TokenRow is one token of the list.
type TokenRow struct {
	models.APIToken
	Status TokenStatus
}

// tokenStatus returns how a token stands at the moment now. It needs the unit and the person with grants.
func tokenStatus(t models.APIToken, now models.Instant) TokenStatus {
	files := slices.ContainsFunc(rolesOf(t.Person), func(r models.Role) bool { return slices.Contains(answerable, r) })
	switch {
	case t.RevokedAt != 0:
		return TokenRevoked
	case t.ExpiresAt <= now:
		return TokenExpired
	case t.Person.DisabledAt != 0 || t.Person.UnitID != t.UnitID || t.Unit.ClosedAt != 0 || !files:
		return TokenOrphaned
	case t.ExpiresAt <= now.Add(tokenNotice):
		return TokenExpiring
	}
	return TokenActive
}

// TokenFilter narrows and orders the list of tokens.
type TokenFilter struct {
	Text   string // in name, prefix, or the person's name or user name
	UnitID int64
	Status TokenStatus
	Sort   string // unit, name, expires, used; with - in front the other way round; anything else is newest first
	Page   int
	Size   int
}

var tokenSorts = map[string]clause.Column{
	"unit": {Table: "Unit", Name: "name"}, "name": {Table: "api_tokens", Name: "name"},
	"expires": {Table: "api_tokens", Name: "expires_at"}, "used": {Table: "api_tokens", Name: "last_used_at"},
}

func (f TokenFilter) order(db *gorm.DB) *gorm.DB {
	column, desc := f.Sort, false
	if column != "" && column[0] == '-' {
		column, desc = column[1:], true
	}
	if by, known := tokenSorts[column]; known {
		db = db.Order(clause.OrderByColumn{Column: by, Desc: desc})
	}
	return db.Order("api_tokens.id DESC")
}

// sqlFiles is what tokenStatus asks of the person, for the database.
const sqlFiles = `("Person".disabled_at = 0 AND "Person".unit_id = api_tokens.unit_id AND "Unit".closed_at = 0 AND EXISTS
	(SELECT 1 FROM account_roles r WHERE r.account_id = api_tokens.person_id AND r.taken_at = 0 AND r.role IN ?))`

// scope is the filter without its page and order, as of the moment now.
func (f TokenFilter) scope(now models.Instant) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		db = db.Joins("Unit").Joins("Person").Scopes(database.ContainsAny(f.Text, "api_tokens.name", "api_tokens.prefix", "Person.name", "Person.username"))
		if f.UnitID != 0 {
			db = db.Where("api_tokens.unit_id = ?", f.UnitID)
		}
		const alive = "api_tokens.revoked_at = 0 AND api_tokens.expires_at > ?"
		switch f.Status {
		case TokenActive:
			db = db.Where(alive+" AND "+sqlFiles, now.Add(tokenNotice), answerable)
		case TokenExpiring:
			db = db.Where(alive+" AND api_tokens.expires_at <= ? AND "+sqlFiles, now, now.Add(tokenNotice), answerable)
		case TokenOrphaned:
			db = db.Where(alive+" AND NOT "+sqlFiles, now, answerable)
		case TokenExpired:
			db = db.Where("api_tokens.revoked_at = 0 AND api_tokens.expires_at <= ?", now)
		case TokenRevoked:
			db = db.Where("api_tokens.revoked_at > 0")
		}
		return db
	}
}

// tokensOf is a scope that keeps the tokens that the actor may know of: all for the system administrator, those of the own
// unit for its liaison. Returns fault.Forbidden for everybody else.
func (s *Service) tokensOf(actor models.Actor) (func(*gorm.DB) *gorm.DB, error) {
	if s.guard.Can(actor, "token", "view") {
		return func(db *gorm.DB) *gorm.DB { return db }, nil
	}
	return database.Visible(actor, "api_tokens.unit_id"), s.guard.Allow(actor, "token", "own")
}

// Tokens returns a page of the tokens that the actor may know of, and how many there are in all.
func (s *Service) Tokens(ctx context.Context, actor models.Actor, f TokenFilter) ([]TokenRow, int64, error) {
	visible, err := s.tokensOf(actor)
	if err != nil {
		return nil, 0, err
	}
	var total int64
	err = s.db.Read.WithContext(ctx).Model(&models.APIToken{}).Scopes(visible, f.scope(s.instant())).Count(&total).Error
	if err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count tokens: %w", err))
	}
	rows, err := s.tokenPage(ctx, visible, f)
	return rows, total, err
}

func (s *Service) tokenPage(ctx context.Context, visible func(*gorm.DB) *gorm.DB, f TokenFilter) ([]TokenRow, error) {
	var found []models.APIToken
	now := s.instant()
	err := s.db.Read.WithContext(ctx).Preload("Person.Grants", "taken_at = 0").
		Scopes(visible, f.scope(now), f.order, database.Page(f.Page, f.Size)).Find(&found).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list tokens: %w", err))
	}
	rows := make([]TokenRow, len(found))
	for i, t := range found {
		rows[i] = TokenRow{APIToken: t, Status: tokenStatus(t, now)}
	}
	return rows, nil
}

// Token returns one token that the actor may know of.
// Returns fault.NotFound if there is none.
func (s *Service) Token(ctx context.Context, actor models.Actor, id int64) (TokenRow, error) {
	visible, err := s.tokensOf(actor)
	if err != nil {
		return TokenRow{}, err
	}
	t, err := findToken(s.db.Read.WithContext(ctx).Scopes(visible), "api_tokens.id = ?", id)
	return TokenRow{APIToken: t, Status: tokenStatus(t, s.instant())}, err
}

// ExportTokens calls each with every token that the filter finds, and writes down that the list was taken away.
func (s *Service) ExportTokens(ctx context.Context, actor models.Actor, f TokenFilter, each func(TokenRow) error) error {
	visible, err := s.tokensOf(actor)
	if err != nil {
		return err
	}
	err = s.db.Tx(ctx, func(tx *gorm.DB) error { return s.record(tx, actor, "token", "", "export", "", "") })
	if err != nil {
		return err
	}
	f.Size = exportPage
	for f.Page = 1; ; f.Page++ {
		rows, err := s.tokenPage(ctx, visible, f)
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
