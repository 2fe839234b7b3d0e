package accounts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
)

func TestChangePassword_keepsThisSessionAndEndsTheOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person("anna", "zjj")
		w.must(w.db.Write.Model(&models.Account{}).Where("id = ?", who.AccountID).Update("must_change", true).Error)
		if !w.actor(who.AccountID).MustChange {
			t.Fatal("the mark is not read")
		}
		this, other := w.signIn(who.AccountID), w.signIn(who.AccountID)
		who.SessionID = this
		w.must(w.ChangePassword(w.ctx, who, accounts.PasswordInput{Old: password, New: "Ganz-neu-77", Again: "Ganz-neu-77"}))
		if got := w.live(who.AccountID); !slices.Equal(got, []string{this}) {
			t.Errorf("left are %v, want %s without %s", got, this, other)
		}
		if w.actor(who.AccountID).MustChange {
			t.Error("the password must still be changed")
		}
		w.wantLast(t, "account/change_password anna")
		_, err := w.LogIn(w.ctx, "anna", password, addr)
		wantKind(t, err, fault.Unauthenticated)
		_, err = w.LogIn(w.ctx, "anna", "Ganz-neu-77", addr)
		wantKind(t, err, 0)
	})
}

func TestChangePassword_saysWhatIsMissing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person("anna", "zjj")
		long := "Aa1-" + strings.Repeat("x", 125)
		tests := []struct {
			name   string
			in     accounts.PasswordInput
			fields []string
			says   string
		}{
			{"nothing", accounts.PasswordInput{}, []string{"old", "new"}, "至少 8 位"},
			{"short", accounts.PasswordInput{Old: password, New: "Aa1-xyz", Again: "Aa1-xyz"}, []string{"new"}, "至少 8 位"},
			{"just long enough", accounts.PasswordInput{Old: password, New: "Aa1-xyzw", Again: "Aa1-xyzv"}, []string{"again"}, ""},
			{"too long", accounts.PasswordInput{Old: password, New: long, Again: long}, []string{"new"}, "最多 128 位"},
			{"two kinds", accounts.PasswordInput{Old: password, New: "abcdefg1", Again: "abcdefg1"}, []string{"new"}, "三类"},
			{"holds the name", accounts.PasswordInput{Old: password, New: "my-ANNA-77", Again: "my-ANNA-77"}, []string{"new"}, "用户名"},
			{"the old one", accounts.PasswordInput{Old: password, New: password, Again: password}, []string{"new"}, "不能与原密码相同"},
			{"old one wrong", accounts.PasswordInput{Old: "x", New: "Ganz-neu-77", Again: "Ganz-neu-77"}, []string{"old"}, ""},
		}
		for _, tt := range tests {
			err := w.ChangePassword(w.ctx, who, tt.in)
			wantFields(t, err, tt.fields...)
			if fields, _ := fault.Fields(err); !strings.Contains(fields["new"], tt.says) {
				t.Errorf("%s: it says %q", tt.name, fields["new"])
			}
		}
		w.wantLast(t, "account/password_refused anna")
	})
}

func TestChangePassword_isNoPlaceToGuess(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person("anna", "zjj")
		guess := accounts.PasswordInput{Old: "guess", New: "Ganz-neu-77", Again: "Ganz-neu-77"}
		for range 5 {
			wantFields(t, w.ChangePassword(w.ctx, who, guess), "old")
		}
		right := guess
		right.Old = password
		wantKind(t, w.ChangePassword(w.ctx, who, right), fault.Locked)
		w.clock = w.clock.Add(time.Minute)
		wantKind(t, w.ChangePassword(w.ctx, who, right), 0)
		wantFields(t, w.ChangePassword(w.ctx, who, guess), "old") // the count began anew
	})
}
