package accounts

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// bearerKey is the throttle of an address from which wrong tokens came. It is apart from that of log-ins: a program with
// an old token must not keep the people of its office from logging in.
func bearerKey(addr string) string { return "token:" + addr }

// Wait is in the chain of the fault.Locked that answers an address from which too many wrong tokens came.
type Wait struct{ Until models.Instant }

// Error says until when.
func (w *Wait) Error() string { return "locked until " + w.Until.Time().Format(time.RFC3339) }

// Bearer returns who acts with a token: its responsible person as the unit's liaison, under a name that says the token.
//
// Returns fault.Unauthenticated with what is wrong with the token, and fault.Locked with a *Wait after five wrong ones from
// an address, as a log-in does. A right token is taken from such an address too: a secret of 256 bits is not guessed, and
// behind one gateway a forgotten program of one unit must not shut out the others.
func (s *Service) Bearer(ctx context.Context, secret, addr string) (models.Actor, error) {
	t, err := findToken(s.db.Read.WithContext(ctx), "api_tokens.hash = ?", crypt.TokenHash(secret))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return models.Actor{}, err
	}
	if why := dead(t, s.instant()); why != "" {
		return models.Actor{}, s.refuseToken(ctx, t, why, addr)
	}
	s.used.note(t.ID, addr, s.instant())
	person := t.Person
	return models.Actor{AccountID: person.ID, Username: person.Username, Name: fmt.Sprintf("%s（令牌“%s”）", person.Name, t.Name),
		Unit: t.Unit, Roles: []models.Role{models.RoleLiaison}, Addr: addr, TokenID: t.ID}, nil
}

// dead says in one sentence why a token is not taken, or "".
func dead(t models.APIToken, now models.Instant) string {
	if t.ID == 0 {
		return "令牌不正确：没有这个令牌，请核对是否抄写完整。"
	}
	switch tokenStatus(t, now) {
	case TokenRevoked:
		return "令牌已于 " + string(t.RevokedAt.Day()) + " 吊销，请向系统管理员申请新的令牌。"
	case TokenExpired:
		return "令牌已于 " + string(t.ExpiresAt.Day()) + " 到期，请向系统管理员申请新的令牌。"
	case TokenOrphaned:
		return "令牌的责任人已停用、离任，或单位已撤销，请向系统管理员申请由现任联络员负责的新令牌。"
	}
	return ""
}

// refuseToken counts a wrong token against the address and writes it down. An address that is locked already is answered
// without either, so that a program that asks without end fills nothing.
func (s *Service) refuseToken(ctx context.Context, t models.APIToken, why, addr string) error {
	var lock models.LoginThrottle
	err := s.db.Read.WithContext(ctx).Where("key = ? AND locked_until > ?", bearerKey(addr), s.instant()).Limit(1).Find(&lock).Error
	if err != nil {
		return database.Fault(fmt.Errorf("read lock: %w", err))
	}
	if lock.LockedUntil != 0 {
		return s.waits(why, lock.LockedUntil)
	}
	var until models.Instant
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		if until, err = s.count(tx, bearerKey(addr)); err != nil {
			return err
		}
		who := models.Actor{AccountID: t.PersonID, Name: t.Person.Name, Unit: t.Unit, Addr: addr}
		return s.record(tx, who, "token", t.Prefix, "refused", "", why)
	})
	switch {
	case err != nil:
		return err
	case until != 0:
		return s.waits(why, until)
	}
	return fault.New(fault.Unauthenticated, why)
}

// waits says that an address must wait, and still what is wrong with its token.
func (s *Service) waits(why string, until models.Instant) error {
	minutes := max(1, int(math.Ceil(until.Time().Sub(s.now()).Minutes())))
	return fault.Wrap(fault.Locked, fmt.Sprintf("%s连续出错，请 %d 分钟后再试。", strings.TrimSuffix(why, "。")+"；此地址", minutes), &Wait{until})
}

// uses remembers when and from where tokens were used, until that is written: once a minute, off the request path.
type uses struct {
	mu sync.Mutex
	at map[int64]use
}

type use struct {
	at   models.Instant
	addr string
}

func (u *uses) note(id int64, addr string, at models.Instant) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.at == nil {
		u.at = map[int64]use{}
	}
	if u.at[id].at <= at {
		u.at[id] = use{at, addr}
	}
}

func (u *uses) take() map[int64]use {
	u.mu.Lock()
	defer u.mu.Unlock()
	taken := u.at
	u.at = nil
	return taken
}

// Run writes when tokens were last used, every so often and once more when ctx ends.
func (s *Service) Run(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			s.WriteUses(context.WithoutCancel(ctx))
			return
		case <-ticker.C:
			s.WriteUses(ctx)
		}
	}
}

// WriteUses writes all noted uses in one transaction. What fails is kept for the next time.
func (s *Service) WriteUses(ctx context.Context) {
	taken := s.used.take()
	if len(taken) == 0 {
		return
	}
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		for id, u := range taken {
			err := tx.Model(&models.APIToken{}).Where("id = ? AND last_used_at < ?", id, u.at).
				Updates(map[string]any{"last_used_at": u.at, "last_addr": u.addr}).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		for id, u := range taken {
			s.used.note(id, u.addr, u.at)
		}
	}
}
