package accounts_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
)

const fresh = "Ganz-neu-77"

// newcomer makes an account through the service and returns it with its token.
func (w *world) newcomer(sys models.Actor, username string) (models.Account, string) {
	w.t.Helper()
	a, token, err := w.Create(w.ctx, sys, accounts.CreateInput{Username: username, Name: "王静", UnitCode: "zjj"})
	w.must(err)
	return a, token
}

func TestLink_setsAPasswordOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		_, token := w.newcomer(sys, "wang")
		a, err := w.LinkAccount(w.ctx, token)
		if err != nil || a.Username != "wang" || a.Unit.Name != "市住房城乡建设局" {
			t.Fatalf("the link is for %q of %q: %v", a.Username, a.Unit.Name, err)
		}
		wantFields(t, w.SetByLink(w.ctx, token, "short", "other", addr), "new", "again")
		w.must(w.SetByLink(w.ctx, token, fresh, fresh, addr)) // errors have not used it up
		w.wantLast(t, "account/set_password wang")
		_, err = w.LogIn(w.ctx, "wang", fresh, addr)
		wantKind(t, err, 0)
		for _, dead := range []string{token, "", "made-up", strings.Repeat("x", 10_000)} {
			_, err = w.LinkAccount(w.ctx, dead)
			wantKind(t, err, fault.NotFound)
			wantKind(t, w.SetByLink(w.ctx, dead, fresh, fresh, addr), fault.NotFound)
		}
		if message, _ := fault.Message(err); !strings.Contains(message, "已使用过或已过期") {
			t.Errorf("a used link says %q", message)
		}
	})
}

func TestLink_onlyItsHashIsStored(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		_, token := w.newcomer(sys, "wang")
		var links []models.AccountLink
		w.must(w.db.Read.Find(&links).Error)
		if len(links) != 1 || strings.Contains(links[0].TokenHash, token) || len(token) < 40 {
			t.Errorf("stored %+v for token %q", links, token)
		}
	})
}

func TestLink_diesWithTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		_, token := w.newcomer(sys, "wang")
		w.clock = w.clock.Add(accounts.LinkLife - time.Second)
		_, err := w.LinkAccount(w.ctx, token)
		wantKind(t, err, 0)
		w.clock = w.clock.Add(time.Second)
		_, err = w.LinkAccount(w.ctx, token)
		wantKind(t, err, fault.NotFound)
	})
}

func TestReset_replacesTheLinkAndKeepsThePassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		anna := w.person("anna", "zjj")
		for range 5 {
			_, _ = w.LogIn(w.ctx, "anna", "wrong", addr)
		}
		open := w.signIn(anna.AccountID)
		first, err := w.Reset(w.ctx, sys, anna.AccountID)
		w.must(err)
		second, err := w.Reset(w.ctx, sys, anna.AccountID)
		w.must(err)
		_, err = w.LinkAccount(w.ctx, first)
		wantKind(t, err, fault.NotFound)
		if got := w.live(anna.AccountID); len(got) != 1 || got[0] != open {
			t.Error("a link that nobody has used ended the session")
		}
		w.must(w.SetByLink(w.ctx, second, fresh, fresh, addr))
		if got := w.live(anna.AccountID); len(got) != 0 {
			t.Errorf("sessions of the old password are left: %v", got)
		}
		_, err = w.LogIn(w.ctx, "anna", fresh, "10.7.7.7") // the account's lock is gone with the old password
		wantKind(t, err, 0)
	})
}

func TestLink_ofTwoWhoUseItAtOnceOneGetsIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		_, token := w.newcomer(sys, "wang")
		errs := make([]error, 4)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() { errs[i] = w.SetByLink(w.ctx, token, fresh, fresh, addr) })
		}
		group.Wait()
		taken := 0
		for _, err := range errs {
			if err == nil {
				taken++
			} else if !fault.Is(err, fault.NotFound) {
				t.Errorf("the others get %v", err)
			}
		}
		if taken != 1 {
			t.Errorf("%d used the link", taken)
		}
	})
}

func TestFirstPassword_mustBeChanged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		a, token := w.newcomer(sys, "wang")
		secret, err := w.FirstPassword(w.ctx, sys, a.ID)
		w.must(err)
		w.wantLast(t, "account/first_password wang")
		_, err = w.LinkAccount(w.ctx, token)
		wantKind(t, err, fault.NotFound)
		_, err = w.LogIn(w.ctx, "wang", secret, addr)
		wantKind(t, err, 0)
		who := w.actor(a.ID)
		if !who.MustChange {
			t.Error("the first password need not be changed")
		}
		w.must(w.ChangePassword(w.ctx, who, accounts.PasswordInput{Old: secret, New: fresh, Again: fresh}))
		if w.actor(a.ID).MustChange {
			t.Error("it was changed and must be changed again")
		}
	})
}

// people are the three administrators of a set-up.
func people() []accounts.SetupPerson {
	return []accounts.SetupPerson{
		{Username: "SysAdmin", Name: " 王系统 ", Password: fresh, Again: fresh},
		{Username: "secadmin", Name: "李安全", Password: fresh, Again: fresh},
		{Username: "auditor", Name: "赵审计", Password: fresh, Again: fresh},
	}
}

func TestSetup_makesTheThreeAdministratorsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		token, err := w.SetupToken(w.ctx)
		w.must(err)
		w.must(w.SetupValid(w.ctx, token))
		w.must(w.Setup(w.ctx, token, people(), addr))
		w.wantLast(t, "system/create_administrators setup")
		for i, username := range []string{"sysadmin", "secadmin", "auditor"} {
			a, err := w.LogIn(w.ctx, username, fresh, addr)
			w.must(err)
			if who := w.actor(a.ID); len(who.Roles) != 1 || who.Roles[0] != accounts.SetupRoles[i] || who.Unit.Kind != models.UnitSystem {
				t.Errorf("%s holds %v in %s", username, who.Roles, who.Unit.Name)
			}
		}
		err = w.Setup(w.ctx, token, people(), addr)
		wantKind(t, err, fault.NotFound)
		if message, _ := fault.Message(err); !strings.Contains(message, "请直接登录") {
			t.Errorf("a used set-up link says %q", message)
		}
		if again, err := w.SetupToken(w.ctx); err != nil || again != "" {
			t.Errorf("there are accounts, and a link %q: %v", again, err)
		}
	})
}

func TestSetup_namesEveryWrongField(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		token, err := w.SetupToken(w.ctx)
		w.must(err)
		wrong := people()
		wrong[0] = accounts.SetupPerson{}
		wrong[1].Username, wrong[1].Again = "Ä", "other"
		wrong[2].Name, wrong[2].Password, wrong[2].Again = strings.Repeat("长", 41), "kurz", "kurz"
		err = w.Setup(w.ctx, token, wrong, addr)
		wantFields(t, err, "username_sys", "name_sys", "password_sys", "username_sec", "again_sec", "name_aud", "password_aud")
		if fields, _ := fault.Fields(err); !strings.Contains(fields["password_sys"], "至少 8 位") {
			t.Errorf("an empty password gets %q", fields["password_sys"])
		}
		twice := people()
		twice[2].Username = " SYSADMIN"
		wantFields(t, w.Setup(w.ctx, token, twice, addr), "username_aud")
		if err := w.Setup(w.ctx, token, people()[:2], addr); err == nil || fault.Of(err) != 0 {
			t.Errorf("two of three: %v", err)
		}
		w.must(w.Setup(w.ctx, token, people(), addr)) // nothing was used up
	})
}

func TestSetupToken_replacesTheOneBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, err := w.SetupToken(w.ctx)
		w.must(err)
		second, err := w.SetupToken(w.ctx)
		w.must(err)
		wantKind(t, w.SetupValid(w.ctx, first), fault.NotFound)
		w.must(w.SetupValid(w.ctx, second))
		w.clock = w.clock.Add(accounts.LinkLife)
		wantKind(t, w.SetupValid(w.ctx, second), fault.NotFound)
	})
}

func TestLinks_areNotTakenForEachOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		setup, err := w.SetupToken(w.ctx)
		w.must(err)
		_, err = w.LinkAccount(w.ctx, setup)
		wantKind(t, err, fault.NotFound)
		sys, _, _ := w.admins()
		_, password := w.newcomer(sys, "wang")
		wantKind(t, w.SetupValid(w.ctx, password), fault.NotFound)
	})
}
