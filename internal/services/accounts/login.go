package accounts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/session"
)

// lockAfter failures in a row an account, or an address, is locked; each further failure locks longer (issue A, 4).
const lockAfter = 5

var lockSteps = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}

// forgetAfter without a failure, the count begins anew.
const forgetAfter = 24 * time.Hour

func accountKey(username string) string { return "account:" + username }
func addressKey(addr string) string     { return "address:" + addr }

// lockFor returns how long the n-th failure in a row locks.
func lockFor(failures int) time.Duration {
	if failures < lockAfter {
		return 0
	}
	return lockSteps[min(failures-lockAfter, len(lockSteps)-1)]
}

// wrong tells that user name and password do not fit, how many tries are left before the first lock, and what else helps.
// It says the same of a user name that does not exist: that is counted, too.
func wrong(left int) error {
	return fault.New(fault.Unauthenticated, fmt.Sprintf("用户名或密码不正确。再连续输错 %d 次，将暂停登录 %d 分钟；记不清密码的，请不要再试，"+
		"联系系统管理员重新生成一次性链接。", left, int(lockSteps[0].Minutes())))
}

// LogIn checks user name and password and returns the account.
//
// Returns fault.Invalid with the fields username, password if one is empty, fault.Unauthenticated with one sentence for
// everything that is wrong, so that nobody learns which user names exist, and fault.Locked, which says how long, after
// five failures of one account or from one address.
func (s *Service) LogIn(ctx context.Context, username, password, addr string) (models.Account, error) {
	username = strings.ToLower(strings.TrimSpace(username))
	var form fault.Form
	form.Require("username", "用户名", username)
	form.Require("password", "密码", password)
	if err := form.Err(); err != nil {
		return models.Account{}, err
	}
	keys := []string{addressKey(addr)}
	if usernamePattern.MatchString(username) { // no account has another name, so there is nothing to lock
		keys = []string{accountKey(username), addressKey(addr)}
	}
	if err := s.refuseLocked(s.db.Read.WithContext(ctx), keys); err != nil {
		return models.Account{}, err
	}
	a, known, err := s.byName(ctx, username)
	if err != nil {
		return models.Account{}, err
	}
	right, err := s.hasher.Verify(ctx, a.PasswordHash, password)
	if err != nil {
		return models.Account{}, err
	}
	if !right || !known || a.DisabledAt != 0 {
		return models.Account{}, s.fail(ctx, a, username, addr, keys)
	}
	return a, s.succeed(ctx, a, password, addr, keys)
}

// byName returns the account with the user name, and false if there is none.
func (s *Service) byName(ctx context.Context, username string) (models.Account, bool, error) {
	if !usernamePattern.MatchString(username) {
		return models.Account{}, false, nil
	}
	a, err := s.load(s.db.Read.WithContext(ctx), "accounts.username = ?", username)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Account{}, false, nil
	}
	return a, err == nil, database.Fault(err)
}

func (s *Service) refuseLocked(db *gorm.DB, keys []string) error {
	var locks []models.LoginThrottle
	err := db.Where("key IN ? AND locked_until > ?", keys, s.instant()).Order("locked_until DESC").Find(&locks).Error
	if err != nil {
		return database.Fault(fmt.Errorf("read locks: %w", err))
	}
	if len(locks) == 0 {
		return nil
	}
	return s.lockedFault(locks[0].Key, locks[0].LockedUntil)
}

func (s *Service) lockedFault(key string, until models.Instant) error {
	minutes := int(math.Ceil(until.Time().Sub(s.now()).Minutes()))
	what := "此账号"
	if addr, ok := strings.CutPrefix(key, addressKey("")); ok {
		what = "此电脑（网络地址 " + addr + "）"
	}
	return fault.New(fault.Locked, fmt.Sprintf("连续输错，%s已暂停登录，请 %d 分钟后再试；急需使用的，请系统管理员解锁。", what, max(1, minutes)))
}

// fail counts the failure against account and address and tells the user.
func (s *Service) fail(ctx context.Context, a models.Account, username, addr string, keys []string) error {
	var answer error
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		left := lockAfter
		for _, key := range keys {
			t, err := s.tally(tx, key)
			if err != nil {
				return err
			}
			if t.LockedUntil != 0 {
				answer = s.lockedFault(key, t.LockedUntil)
			}
			left = min(left, lockAfter-t.Failures)
		}
		if answer == nil {
			answer = wrong(left)
		}
		who := models.Actor{AccountID: a.ID, Name: a.Name, Unit: a.Unit, Addr: addr}
		return s.record(tx, who, "session", printable(username, 64), "login_failed", "", "")
	})
	if err != nil {
		return err
	}
	return answer
}

// count adds a failure to a key and returns until when it is locked now, or 0.
func (s *Service) count(tx *gorm.DB, key string) (models.Instant, error) {
	t, err := s.tally(tx, key)
	return t.LockedUntil, err
}

// tally adds a failure to a key and returns how it stands now.
func (s *Service) tally(tx *gorm.DB, key string) (models.LoginThrottle, error) {
	// The row is made first, so that of two who fail at once one waits for the other and none is lost.
	err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&models.LoginThrottle{Key: key}).Error
	var t models.LoginThrottle
	if err != nil {
		return t, fmt.Errorf("count failure: %w", err)
	}
	if err := locking(tx, "login_throttles").Where("key = ?", key).Take(&t).Error; err != nil {
		return t, fmt.Errorf("count failure: %w", err)
	}
	now := s.instant()
	if t.LastAt.Add(forgetAfter) < now {
		t.Failures = 0
	}
	t.Failures++
	t.LockedUntil = 0
	if d := lockFor(t.Failures); d > 0 {
		t.LockedUntil = now.Add(d)
	}
	err = tx.Model(&models.LoginThrottle{}).Where("key = ?", key).
		Updates(map[string]any{"failures": t.Failures, "last_at": now, "locked_until": t.LockedUntil}).Error
	return t, err
}

// locking makes the next query hold the rows of the table until the transaction ends. SQLite has one writer and needs
// no such lock.
func locking(tx *gorm.DB, table string) *gorm.DB {
	if tx.Name() != string(database.Postgres) {
		return tx
	}
	return tx.Clauses(clause.Locking{Strength: "UPDATE", Table: clause.Table{Name: table}})
}

// forgive clears the count of an account that has logged in, and takes its failures, but no others, off the count of the
// address: who has one account must not buy guesses at others with it, and the typing errors of a whole unit behind one
// address must not add up to a lock.
func forgive(tx *gorm.DB, username, addr string) error {
	var own models.LoginThrottle
	if err := tx.Where("key = ?", accountKey(username)).Limit(1).Find(&own).Error; err != nil || own.Failures == 0 {
		return err
	}
	if err := tx.Where("key = ?", own.Key).Delete(&models.LoginThrottle{}).Error; err != nil {
		return err
	}
	err := tx.Where("key = ? AND failures <= ?", addressKey(addr), own.Failures).Delete(&models.LoginThrottle{}).Error
	if err != nil {
		return err
	}
	return tx.Model(&models.LoginThrottle{}).Where("key = ?", addressKey(addr)).Update("failures", gorm.Expr("failures - ?", own.Failures)).Error
}

// succeed forgives the account's failures, refreshes an outdated hash and writes the log-in down.
func (s *Service) succeed(ctx context.Context, a models.Account, password, addr string, keys []string) error {
	fresh := ""
	if s.hasher.NeedsRehash(a.PasswordHash) {
		var err error
		if fresh, err = s.hasher.Hash(ctx, password); err != nil {
			return err
		}
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		// Guesses sent at once passed the first question together; the lock that they earned holds for all of them.
		if err := s.refuseLocked(tx, keys); err != nil {
			return err
		}
		if err := forgive(tx, a.Username, addr); err != nil {
			return err
		}
		changes := map[string]any{"last_login_at": s.instant()}
		if fresh != "" {
			changes["password_hash"] = fresh
		}
		if err := tx.Model(&models.Account{}).Where("id = ?", a.ID).Updates(changes).Error; err != nil {
			return err
		}
		return s.record(tx, actorOf(a, addr, ""), "session", a.Username, "login", "", "")
	})
}

var errNoSession = fault.New(fault.NotFound, "没有这个登录，或它已经结束。")

// EndSession ends one of the actor's own log-ins, chosen on the profile page.
// Returns fault.NotFound if it is not the actor's or has ended already.
func (s *Service) EndSession(ctx context.Context, actor models.Actor, id string) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		found, err := session.EndOf(tx, s.instant(), actor.AccountID, id, "在个人资料中结束")
		if err != nil {
			return err
		}
		if !found {
			return errNoSession
		}
		return s.record(tx, actor, "session", actor.Username, "end", "", "")
	})
}

// RevokeSession ends a log-in of somebody else at once, as the security administrator who has reason to.
// Returns fault.Forbidden for the own account, fault.NotFound if there is no such log-in or it has ended already, and
// fault.Invalid with the field reason.
func (s *Service) RevokeSession(ctx context.Context, actor models.Actor, account int64, id, reason string) error {
	if err := s.guard.Allow(actor, "session", "end"); err != nil {
		return err
	}
	if account == actor.AccountID {
		return fault.New(fault.Forbidden, "自己的登录请在“个人资料”中结束。")
	}
	reason = strings.TrimSpace(reason)
	var form fault.Form
	form.Require("reason", "结束理由", reason)
	if len([]rune(reason)) > maxReason {
		form.Add("reason", "结束理由最多 500 字。")
	}
	if err := form.Err(); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		a, err := s.loadLocked(tx, account)
		if err != nil {
			return err
		}
		found, err := session.EndOf(tx, s.instant(), account, id, "安全管理员已结束这次登录")
		if err != nil {
			return err
		}
		if !found {
			return errNoSession
		}
		return s.record(tx, actor, "session", a.Username, "revoke", reason, "")
	})
}

// LogOut writes down that the actor left.
func (s *Service) LogOut(ctx context.Context, actor models.Actor) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		return s.record(tx, actor, "session", actor.Username, "logout", "", "")
	})
}

// printable returns at most n characters of what somebody typed, without what cannot be stored or shown.
func printable(text string, n int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n])
	}
	return text
}
