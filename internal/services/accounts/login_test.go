package accounts_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

const addr = "10.1.2.3"

func TestLogIn_takesTheRightPassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person("liaison.zjj", "zjj", models.RoleLiaison)
		for _, typed := range []string{"liaison.zjj", "  LIAISON.ZJJ "} {
			a, err := w.LogIn(w.ctx, typed, password, addr)
			if err != nil || a.ID != who.AccountID || a.Unit.Code != "zjj" {
				t.Errorf("%q: account %d of %q: %v", typed, a.ID, a.Unit.Code, err)
			}
		}
		w.wantLast(t, "session/login liaison.zjj")
		if own, err := w.Own(w.ctx, who); err != nil || own.LastLoginAt != models.At(start) {
			t.Errorf("the log-in's time is not kept: %v, %v", own.LastLoginAt, err)
		}
	})
}

func TestLogIn_saysTheSameOfEverythingThatIsWrong(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.person("anna", "zjj")
		off := w.person("bert", "zjj")
		w.must(w.db.Write.Model(&models.Account{}).Where("id = ?", off.AccountID).Update("disabled_at", 1).Error)
		unopened := w.person("carl", "zjj")
		w.must(w.db.Write.Model(&models.Account{}).Where("id = ?", unopened.AccountID).Update("password_hash", "").Error)
		sentences := map[string]bool{}
		for i, try := range [][2]string{
			{"anna", "Geheim-2027"}, {"nobody", password}, {"bert", password}, {"carl", password},
			{"an\x00na", password}, {"\xff\xfe", password}, {strings.Repeat("a", 100_000), password}, {"' OR 1=1 --", password}, {"王静", password},
		} {
			_, err := w.LogIn(w.ctx, try[0], try[1], fmt.Sprintf("10.0.1.%d", i))
			wantKind(t, err, fault.Unauthenticated)
			message, _ := fault.Message(err)
			sentences[message] = true
		}
		if len(sentences) != 1 {
			t.Errorf("what is wrong can be told from the sentence: %v", sentences)
		}
		var longest int
		w.must(w.db.Read.Raw("SELECT max(length(object_id)) FROM audit_entries").Scan(&longest).Error)
		if longest > 64 {
			t.Errorf("%d characters of a user name were written down", longest)
		}
	})
}

// TestLogIn_saysHowManyTriesAreLeft tells it of names that exist and of those that do not in the same words.
func TestLogIn_saysHowManyTriesAreLeft(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.person("anna", "zjj")
		w.person("bert", "zjj")
		said := func(username, from string) string {
			_, err := w.LogIn(w.ctx, username, "wrong", from)
			wantKind(t, err, fault.Unauthenticated)
			message, _ := fault.Message(err)
			return message
		}
		for left := 4; left > 0; left-- {
			known, unknown := said("anna", fmt.Sprintf("10.5.0.%d", left)), said("nobody", fmt.Sprintf("10.5.1.%d", left))
			if known != unknown || !strings.Contains(known, fmt.Sprintf("再连续输错 %d 次，将暂停登录 1 分钟", left)) || !strings.Contains(known, "联系系统管理员") {
				t.Errorf("with %d tries left: %q and %q", left, known, unknown)
			}
		}
		for range 3 { // from one machine, whoever is tried: it would be locked first
			said("carl", "10.5.2.1")
		}
		if got := said("bert", "10.5.2.1"); !strings.Contains(got, "再连续输错 1 次") {
			t.Errorf("from a machine with three failures it says %q", got)
		}
	})
}

func TestLogIn_anEmptyFormIsNoFailure(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 6 {
			_, err := w.LogIn(w.ctx, " ", "", addr)
			wantFields(t, err, "username", "password")
		}
		if got := w.trail(); len(got) != 0 {
			t.Errorf("written down: %v", got)
		}
	})
}

func TestLogIn_locksTheAccountLongerEachTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.person("anna", "zjj")
		// Every try comes from another address, so that only the account is counted.
		n := 0
		try := func(secret string) error {
			n++
			_, err := w.LogIn(w.ctx, "anna", secret, fmt.Sprintf("10.2.0.%d", n))
			return err
		}
		for range 4 {
			wantKind(t, try("wrong"), fault.Unauthenticated)
		}
		for _, minutes := range []int{1, 5, 15, 30, 30} {
			err := try("wrong")
			wantKind(t, err, fault.Locked)
			message, _ := fault.Message(err)
			if !strings.Contains(message, "此账号") || !strings.Contains(message, fmt.Sprintf("请 %d 分钟后再试", minutes)) {
				t.Errorf("after %d minutes' lock it says %q", minutes, message)
			}
			wantKind(t, try(password), fault.Locked) // also the right one waits
			w.clock = w.clock.Add(time.Duration(minutes)*time.Minute - time.Second)
			wantKind(t, try(password), fault.Locked)
			w.clock = w.clock.Add(time.Second)
		}
		wantKind(t, try(password), 0)
		wantKind(t, try("wrong"), fault.Unauthenticated) // the count begins anew
	})
}

func TestLogIn_locksTheAddressForAllAccounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.person("anna", "zjj")
		var err error
		for i := range 5 {
			_, err = w.LogIn(w.ctx, fmt.Sprintf("guess%d", i), "wrong", addr)
		}
		wantKind(t, err, fault.Locked)
		if message, _ := fault.Message(err); !strings.Contains(message, "此电脑（网络地址 "+addr+"）") || !strings.Contains(message, "1 分钟") {
			t.Errorf("it says %q", message)
		}
		_, err = w.LogIn(w.ctx, "anna", password, addr)
		wantKind(t, err, fault.Locked)
		_, err = w.LogIn(w.ctx, "anna", password, "10.9.9.9")
		wantKind(t, err, 0)
	})
}

// TestLogIn_oneAccountBuysNoGuessesAtOthers lets somebody with an account of the own guess at others from the same machine.
func TestLogIn_oneAccountBuysNoGuessesAtOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.person("mallory", "zjj")
		fail := func(username string) error {
			_, err := w.LogIn(w.ctx, username, "wrong", addr)
			return err
		}
		for i := range 4 {
			wantKind(t, fail(fmt.Sprintf("guess%d", i)), fault.Unauthenticated)
			_, err := w.LogIn(w.ctx, "mallory", password, addr)
			wantKind(t, err, 0)
		}
		err := fail("guess4")
		wantKind(t, err, fault.Locked)
		if message, _ := fault.Message(err); !strings.Contains(message, "此电脑") {
			t.Errorf("it says %q", message)
		}
		_, err = w.LogIn(w.ctx, "mallory", password, addr)
		wantKind(t, err, fault.Locked)
	})
}

// TestLogIn_ownTypingErrorsAreTakenBack holds that a unit behind one address is not locked by people who mistype and then
// log in.
func TestLogIn_ownTypingErrorsAreTakenBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, name := range []string{"anna", "bert", "carl"} {
			w.person(name, "zjj")
			for range 3 {
				_, err := w.LogIn(w.ctx, name, "wrong", addr)
				wantKind(t, err, fault.Unauthenticated)
			}
			_, err := w.LogIn(w.ctx, name, password, addr)
			wantKind(t, err, 0)
		}
		var left int64
		w.must(w.db.Read.Model(&models.LoginThrottle{}).Count(&left).Error)
		if left != 0 {
			t.Errorf("%d counts are left", left)
		}
	})
}

func TestLogIn_anUnknownNameIsLockedLikeAKnownOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var err error
		for i := range 5 {
			_, err = w.LogIn(w.ctx, "nobody", "wrong", fmt.Sprintf("10.3.0.%d", i))
		}
		wantKind(t, err, fault.Locked)
	})
}

func TestLogIn_forgetsFailuresAfterADay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.person("anna", "zjj")
		for range 4 {
			_, err := w.LogIn(w.ctx, "anna", "wrong", addr)
			wantKind(t, err, fault.Unauthenticated)
		}
		w.clock = w.clock.Add(24*time.Hour + time.Millisecond)
		_, err := w.LogIn(w.ctx, "anna", "wrong", addr)
		wantKind(t, err, fault.Unauthenticated)
	})
}

// TestLogIn_guessesSentAtOnceAreAllCounted sends many wrong passwords together: none is lost, so that the lock comes.
func TestLogIn_guessesSentAtOnceAreAllCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.person("anna", "zjj")
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() { _, _ = w.LogIn(w.ctx, "anna", "wrong", fmt.Sprintf("10.4.0.%d", i)) })
		}
		group.Wait()
		var failures, tries int64
		w.must(w.db.Read.Model(&models.LoginThrottle{}).Where("key = ?", "account:anna").Pluck("failures", &failures).Error)
		w.must(w.db.Read.Model(&models.AuditEntry{}).Where("action = ?", "login_failed").Count(&tries).Error)
		if failures != tries || failures < 5 {
			t.Errorf("%d failures counted of %d written down", failures, tries)
		}
		_, err := w.LogIn(w.ctx, "anna", password, "10.4.1.1")
		wantKind(t, err, fault.Locked)
	})
}

func TestActor_seesRolesAndDisablingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, _ := w.admins()
		who := w.person("anna", "zjj", models.RoleHandler, models.RoleLiaison)
		if got := fmt.Sprint(who.Roles); got != "[liaison handler]" {
			t.Errorf("roles %s: not in the order of reading", got)
		}
		w.must(w.TakeRole(w.ctx, sec, who.AccountID, models.RoleHandler))
		if got := w.actor(who.AccountID); got.Has(models.RoleHandler) || !got.Has(models.RoleLiaison) || got.Unit.Code != "zjj" {
			t.Errorf("a role taken away is still there: %+v", got)
		}
		w.must(w.Disable(w.ctx, sys, who.AccountID, "调离"))
		_, err := w.Actor(w.ctx, who.AccountID, addr, "")
		wantKind(t, err, fault.Unauthenticated)
		_, err = w.Actor(w.ctx, 999_999, addr, "")
		wantKind(t, err, fault.Unauthenticated)
	})
}

func TestEndSession_endsOnlyOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		anna, bert := w.person("anna", "zjj"), w.person("bert", "zjj")
		mine, other, his := w.signIn(anna.AccountID), w.signIn(anna.AccountID), w.signIn(bert.AccountID)
		wantKind(t, w.EndSession(w.ctx, anna, his), fault.NotFound)
		wantKind(t, w.EndSession(w.ctx, anna, "made up"), fault.NotFound)
		w.must(w.EndSession(w.ctx, anna, other))
		w.wantLast(t, "session/end anna")
		wantKind(t, w.EndSession(w.ctx, anna, other), fault.NotFound) // it has ended already
		if got := w.live(anna.AccountID); !slices.Equal(got, []string{mine}) {
			t.Errorf("left are %v, want %v", got, mine)
		}
		if got := w.live(bert.AccountID); !slices.Equal(got, []string{his}) {
			t.Error("somebody else's session ended")
		}
	})
}

// TestRevokeSession_isForTheSecurityAdministrator ends somebody else's log-in at once (ADR 1).
func TestRevokeSession_isForTheSecurityAdministrator(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, aud := w.admins()
		anna, bert := w.person("anna", "zjj", models.RoleLiaison), w.person("bert", "zjj")
		his, other, annas, own := w.signIn(bert.AccountID), w.signIn(bert.AccountID), w.signIn(anna.AccountID), w.signIn(sec.AccountID)
		for _, who := range []models.Actor{sys, aud, anna, bert} {
			wantKind(t, w.RevokeSession(w.ctx, who, bert.AccountID, his, "电脑遗失"), fault.Forbidden)
		}
		wantKind(t, w.RevokeSession(w.ctx, sec, sec.AccountID, own, "电脑遗失"), fault.Forbidden)
		wantKind(t, w.RevokeSession(w.ctx, sec, bert.AccountID, annas, "电脑遗失"), fault.NotFound)
		wantKind(t, w.RevokeSession(w.ctx, sec, bert.AccountID, "made up", "电脑遗失"), fault.NotFound)
		wantKind(t, w.RevokeSession(w.ctx, sec, 999_999, his, "电脑遗失"), fault.NotFound)
		wantFields(t, w.RevokeSession(w.ctx, sec, bert.AccountID, his, "\u3000 "), "reason")
		wantFields(t, w.RevokeSession(w.ctx, sec, bert.AccountID, his, strings.Repeat("长", 501)), "reason")
		if len(w.live(bert.AccountID)) != 2 {
			t.Error("a refused step ended a log-in")
		}

		w.must(w.RevokeSession(w.ctx, sec, bert.AccountID, his, " 电脑遗失 "))
		w.wantLast(t, "session/revoke bert")
		if got := w.live(bert.AccountID); !slices.Equal(got, []string{other}) {
			t.Errorf("left are %v, want %v", got, other)
		}
		wantKind(t, w.RevokeSession(w.ctx, sec, bert.AccountID, his, "电脑遗失"), fault.NotFound) // it has ended already
		var e models.AuditEntry
		w.must(w.db.Read.Order("seq DESC").Take(&e).Error)
		if e.Reason != "电脑遗失" || e.ActorID != sec.AccountID {
			t.Errorf("written down: %+v", e)
		}
	})
}

func TestLogOut_isWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.LogOut(w.ctx, w.person("anna", "zjj")))
		w.wantLast(t, "session/logout anna")
	})
}
