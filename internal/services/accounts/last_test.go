package accounts_test

import (
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

func TestRoles_theLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, aud := w.admins()
		wantKind(t, w.TakeRole(w.ctx, sec, aud.AccountID, models.RoleAud), fault.Locked)
		wantKind(t, w.Disable(w.ctx, sys, aud.AccountID, "调离"), fault.Locked)
		wantKind(t, w.Disable(w.ctx, sys, sec.AccountID, "调离"), fault.Locked)
		second := w.person("aud2", "system", models.RoleAud)
		w.must(w.Disable(w.ctx, sys, second.AccountID, "调离"))
		wantKind(t, w.Disable(w.ctx, sys, aud.AccountID, "调离"), fault.Locked) // a disabled one does not count
		w.must(w.Enable(w.ctx, sys, second.AccountID))
		w.must(w.Disable(w.ctx, sys, aud.AccountID, "调离"))
		w.must(w.TakeRole(w.ctx, sec, aud.AccountID, models.RoleAud))
		wantKind(t, w.TakeRole(w.ctx, sec, second.AccountID, models.RoleSys), fault.Conflict) // does not hold it
		err := w.TakeRole(w.ctx, sec, second.AccountID, models.RoleAud)
		want := "AUD2是最后一名可以登录的审计管理员，不能停用，也不能收回这个角色；请安全管理员先为另一个已启用的账号授予“审计管理员”。"
		if got, _ := fault.Message(err); got != want {
			t.Errorf("it says %q", got)
		}
	})
}

// TestRoles_whoCannotLogInIsNoSuccessor: the one-time link of a new account may run out unused.
func TestRoles_whoCannotLogInIsNoSuccessor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, aud := w.admins()
		second := w.person("aud2", "system", models.RoleAud)
		w.must(w.db.Write.Exec("UPDATE accounts SET password_hash = '' WHERE id = ?", second.AccountID).Error)
		wantKind(t, w.Disable(w.ctx, sys, aud.AccountID, "调离"), fault.Locked)
		w.must(w.TakeRole(w.ctx, sec, second.AccountID, models.RoleAud)) // the first is still there
	})
}

func TestGet_tellsWhoTheLastIs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, aud := w.admins()
		anna := w.person("anna", "zjj", models.RoleLiaison)
		alone := func(id int64) (list []string) {
			t.Helper()
			row, err := w.Get(w.ctx, sys, id)
			w.must(err)
			for _, r := range row.Alone {
				list = append(list, string(r))
			}
			if (row.Kept() == "") != (len(list) == 0) {
				t.Errorf("%v: %q", list, row.Kept())
			}
			return list
		}
		for id, want := range map[int64]string{sys.AccountID: "sys", sec.AccountID: "sec", aud.AccountID: "aud", anna.AccountID: ""} {
			if got := strings.Join(alone(id), " "); got != want {
				t.Errorf("account %d is the last %q, want %q", id, got, want)
			}
		}
		second := w.person("aud2", "system", models.RoleAud)
		if got := alone(aud.AccountID); got != nil {
			t.Errorf("one of two is the last %q", got)
		}
		w.must(w.Disable(w.ctx, sys, second.AccountID, "调离"))
		if got := alone(second.AccountID); got != nil {
			t.Errorf("a closed account is the last %q", got)
		}
	})
}

// TestRoles_twoWhoLeaveAtOnceDoNotLeaveNobody holds both back at their last statement, so that on PostgreSQL each has
// looked for the other before either has gone.
func TestRoles_twoWhoLeaveAtOnceDoNotLeaveNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, first := w.admins()
		second := w.person("aud2", "system", models.RoleAud)
		held, release := make(chan struct{}), make(chan struct{})
		errs := make([]error, 3)
		var group sync.WaitGroup
		group.Go(func() {
			errs[2] = w.db.Tx(w.ctx, func(tx *gorm.DB) error {
				defer func() { close(held); <-release }()
				return tx.Exec("UPDATE audit_head SET seq = seq").Error
			})
		})
		<-held
		group.Go(func() { errs[0] = w.Disable(w.ctx, sys, first.AccountID, "调离") })
		group.Go(func() { errs[1] = w.TakeRole(w.ctx, sec, second.AccountID, models.RoleAud) })
		if w.db.Engine == database.Postgres {
			for waiting := 0; waiting < 2; {
				w.must(w.db.Read.Raw("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting).Error)
			}
		}
		close(release)
		group.Wait()
		w.must(errs[2])
		if (errs[0] == nil) == (errs[1] == nil) || !fault.Is(errs[0], fault.Locked) && !fault.Is(errs[1], fault.Locked) {
			t.Errorf("of two who leave one may: %v", errs)
		}
	})
}
