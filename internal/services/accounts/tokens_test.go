package accounts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"taxportal/internal/crypt"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
)

// token makes a token of 市住房城乡建设局 for which a liaison of its own answers.
func (w *world) token(sys models.Actor, name string) (models.APIToken, string) {
	w.t.Helper()
	made, secret, err := w.CreateToken(w.ctx, sys, accounts.TokenInput{Unit: "zjj", Name: name, Person: "wang", Days: accounts.TokenDays})
	w.must(err)
	return made, secret
}

func TestCreateToken_storesNothingOfItsSecretButTheHash(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		w.person("wang", "zjj", models.RoleLiaison)
		made, secret, err := w.CreateToken(w.ctx, sys, accounts.TokenInput{Unit: " ZJJ ", Name: " 预售许可系统 ", Days: 30})
		w.must(err)
		if !strings.HasPrefix(secret, made.Prefix) || len(secret) < 40 || len(made.Prefix) > 12 {
			t.Errorf("secret %q, shown as %q", secret, made.Prefix)
		}
		var stored models.APIToken
		w.must(w.db.Read.Take(&stored, made.ID).Error)
		if stored.Hash != crypt.TokenHash(secret) || strings.Contains(fmt.Sprintf("%+v", stored), secret) {
			t.Errorf("stored %+v", stored)
		}
		if stored.Name != "预售许可系统" || stored.UnitID != w.units["zjj"].ID || stored.ExpiresAt != models.At(start.AddDate(0, 0, 30)) || stored.CreatedName != "SYS1" {
			t.Errorf("stored %+v", stored)
		}
		w.wantLast(t, "token/make "+made.Prefix)
	})
}

func TestCreateToken_namesEveryWrongField(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, _ := w.admins()
		w.person("wang", "zjj", models.RoleLiaison)
		w.person("li", "zjj", models.RoleHandler)
		w.person("chief", "zjj", models.RoleChief)
		w.person("police", "ga-jj", models.RoleLiaison)
		gone := w.person("gone", "zjj", models.RoleLiaison)
		w.must(w.Disable(w.ctx, sys, gone.AccountID, "离任"))
		w.token(sys, "旧系统")
		good := accounts.TokenInput{Unit: "zjj", Name: "新系统", Person: "wang", Days: 365}
		tests := []struct {
			name   string
			change func(*accounts.TokenInput)
			fields []string
		}{
			{"nothing", func(in *accounts.TokenInput) { *in = accounts.TokenInput{} }, []string{"name", "person", "days"}},
			{"blank name", func(in *accounts.TokenInput) { in.Name = " \u200b" }, []string{"name"}},
			{"long name", func(in *accounts.TokenInput) { in.Name = strings.Repeat("长", 41) }, []string{"name"}},
			{"a name in use", func(in *accounts.TokenInput) { in.Name = "旧系统" }, []string{"name"}},
			{"no day", func(in *accounts.TokenInput) { in.Days = 0 }, []string{"days"}},
			{"for ever", func(in *accounts.TokenInput) { in.Days = accounts.MaxTokenDays + 1 }, []string{"days"}},
			{"a unit without liaison", func(in *accounts.TokenInput) { in.Unit, in.Person = "bank", "" }, []string{"unit"}},
			{"a unit that is none", func(in *accounts.TokenInput) { in.Unit, in.Person = "nowhere", "" }, []string{"unit"}},
			{"somebody of another unit", func(in *accounts.TokenInput) { in.Person = "police" }, []string{"person"}},
			{"somebody who does not file", func(in *accounts.TokenInput) { in.Person = "chief" }, []string{"person"}},
			{"somebody who left", func(in *accounts.TokenInput) { in.Person = "gone" }, []string{"person"}},
			{"nobody known", func(in *accounts.TokenInput) { in.Person = "nobody" }, []string{"person"}},
		}
		for _, tt := range tests {
			in := good
			tt.change(&in)
			_, secret, err := w.CreateToken(w.ctx, sys, in)
			if secret != "" {
				t.Errorf("%s: a secret was given", tt.name)
			}
			wantFields(t, err, tt.fields...)
		}
		if _, _, err := w.CreateToken(w.ctx, sys, accounts.TokenInput{Name: "经办系统", Person: "LI", Days: 1}); err != nil {
			t.Errorf("a handler alone, whose unit follows: %v", err)
		}
		w.person("zhao", "zjj", models.RoleLiaison)
		_, _, err := w.CreateToken(w.ctx, sys, accounts.TokenInput{Unit: "zjj", Name: "又一系统", Days: 1})
		wantFields(t, err, "person") // of two liaisons nobody chooses
		_, _, err = w.CreateToken(w.ctx, sec, good)
		wantKind(t, err, fault.Forbidden)
	})
}

func TestTokenPeople_areThoseWhoFile(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, _ := w.admins()
		w.person("wang", "zjj", models.RoleLiaison)
		w.person("li", "zjj", models.RoleHandler, models.RoleChief)
		w.person("chief", "zjj", models.RoleChief)
		w.person("old", "closed", models.RoleLiaison)
		people, err := w.TokenPeople(w.ctx, sys)
		w.must(err)
		if len(people) != 2 || people[0].Username != "li" || people[1].Username != "wang" || people[1].Unit.Code != "zjj" {
			t.Errorf("people: %+v", people)
		}
		_, err = w.TokenPeople(w.ctx, sec)
		wantKind(t, err, fault.Forbidden)
	})
}

func TestBearer_actsAsTheUnitsLiaisonUnderTheTokensName(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		li := w.person("wang", "zjj", models.RoleHandler, models.RoleChief)
		made, secret := w.token(sys, "预售许可系统")
		a, err := w.Bearer(w.ctx, secret, addr)
		w.must(err)
		if a.AccountID != li.AccountID || a.TokenID != made.ID || a.Unit.Code != "zjj" || a.Addr != addr || a.Name != "WANG（令牌“预售许可系统”）" {
			t.Errorf("actor %+v", a)
		}
		if len(a.Roles) != 1 || a.Roles[0] != models.RoleLiaison {
			t.Errorf("a token acts as liaison alone, not as %v", a.Roles)
		}
	})
}

func TestBearer_saysWhyATokenIsNotTaken(t *testing.T) {
	tests := []struct {
		name, want string
		after      func(w *world, sys models.Actor, made models.APIToken)
	}{
		{"revoked", "吊销", func(w *world, sys models.Actor, made models.APIToken) {
			w.must(w.RevokeToken(w.ctx, sys, made.ID, "系统下线"))
		}},
		{"expired", "到期", func(w *world, _ models.Actor, made models.APIToken) { w.clock = made.ExpiresAt.Time() }},
		{"its person disabled", "责任人", func(w *world, sys models.Actor, made models.APIToken) {
			w.must(w.Disable(w.ctx, sys, made.PersonID, "离任"))
		}},
		{"its person files no more", "责任人", func(w *world, _ models.Actor, made models.APIToken) {
			w.must(w.db.Write.Model(&models.AccountRole{}).Where("account_id = ?", made.PersonID).Update("taken_at", 1).Error)
		}},
		{"its person in another unit", "责任人", func(w *world, _ models.Actor, made models.APIToken) {
			w.must(w.db.Write.Model(&models.Account{}).Where("id = ?", made.PersonID).Update("unit_id", w.units["ga-jj"].ID).Error)
		}},
		{"its unit closed", "单位已撤销", func(w *world, _ models.Actor, made models.APIToken) {
			w.must(w.db.Write.Model(&models.Unit{}).Where("id = ?", made.UnitID).Update("closed_at", 1).Error)
		}},
	}
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		for i, tt := range tests {
			w.clock = start
			w.must(w.db.Write.Exec("UPDATE units SET closed_at = 0 WHERE code = 'zjj'").Error)
			name := fmt.Sprintf("wang%d", i)
			w.person(name, "zjj", models.RoleLiaison)
			made, secret, err := w.CreateToken(w.ctx, sys, accounts.TokenInput{Unit: "zjj", Name: tt.name, Person: name, Days: 365})
			w.must(err)
			if _, err := w.Bearer(w.ctx, secret, addr); err != nil {
				t.Fatalf("%s: refused before: %v", tt.name, err)
			}
			tt.after(w, sys, made)
			_, err = w.Bearer(w.ctx, secret, fmt.Sprintf("10.0.0.%d", i))
			wantKind(t, err, fault.Unauthenticated)
			if message, _ := fault.Message(err); !strings.Contains(message, tt.want) {
				t.Errorf("%s: %q", tt.name, message)
			}
			w.wantLast(t, "token/refused "+made.Prefix)
		}
	})
}

func TestBearer_anAddressWithWrongTokensWaits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		w.person("wang", "zjj", models.RoleLiaison)
		_, secret := w.token(sys, "预售许可系统")
		for i := range 4 {
			_, err := w.Bearer(w.ctx, fmt.Sprintf("gz_guess%d", i), addr)
			wantKind(t, err, fault.Unauthenticated)
		}
		for range 2 { // the second finds the lock there
			_, err := w.Bearer(w.ctx, "gz_guess", addr)
			wantKind(t, err, fault.Locked)
			var wait *accounts.Wait
			if !errors.As(err, &wait) || wait.Until != models.At(start.Add(time.Minute)) {
				t.Errorf("waits until %+v: %v", wait, err)
			}
		}
		if n := strings.Count(strings.Join(w.trail(), "\n"), "token/refused"); n != 5 {
			t.Errorf("%d refusals in the trail, want 5: asking on while locked writes nothing", n)
		}
		if _, err := w.Bearer(w.ctx, secret, addr); err != nil {
			t.Errorf("the right token from the same address: %v", err)
		}
		_, err := w.Bearer(w.ctx, "gz_guess", "10.9.9.9")
		wantKind(t, err, fault.Unauthenticated)
		if _, err := w.LogIn(w.ctx, "wang", password, addr); err != nil {
			t.Errorf("people of that address log in: %v", err)
		}
		w.clock = start.Add(2 * time.Minute)
		_, err = w.Bearer(w.ctx, "gz_guess", addr)
		wantKind(t, err, fault.Locked) // the sixth in a row locks longer
	})
}

func TestRevokeToken_endsItForGood(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, _ := w.admins()
		w.person("wang", "zjj", models.RoleLiaison)
		made, _ := w.token(sys, "预售许可系统")
		wantFields(t, w.RevokeToken(w.ctx, sys, made.ID, "  "), "reason")
		wantFields(t, w.RevokeToken(w.ctx, sys, made.ID, strings.Repeat("长", 501)), "reason")
		wantKind(t, w.RevokeToken(w.ctx, sys, made.ID+99, "误"), fault.NotFound)
		wantKind(t, w.RevokeToken(w.ctx, sec, made.ID, "误"), fault.Forbidden)
		w.must(w.RevokeToken(w.ctx, sys, made.ID, " 系统下线 "))
		w.wantLast(t, "token/revoke "+made.Prefix)
		wantKind(t, w.RevokeToken(w.ctx, sys, made.ID, "再来"), fault.Conflict)
		row, err := w.Token(w.ctx, sys, made.ID)
		if err != nil || row.Status != accounts.TokenRevoked || row.RevokedWhy != "系统下线" || row.RevokedName != "SYS1" {
			t.Errorf("stands as %+v: %v", row, err)
		}
		if again, _ := w.token(sys, "预售许可系统"); again.ID == made.ID {
			t.Error("the name of a revoked token can be used again, for a new one")
		}
	})
}

func TestTokens_listsByStatusTextAndUnit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, _ := w.admins()
		w.person("wang", "zjj", models.RoleLiaison)
		gone := w.person("gone", "ga-jj", models.RoleHandler)
		w.token(sys, "可用系统")
		revoked, _ := w.token(sys, "吊销系统")
		w.must(w.RevokeToken(w.ctx, sys, revoked.ID, "下线"))
		for name, days := range map[string]int{"到期系统": 1, "将到期系统": 20} {
			_, _, err := w.CreateToken(w.ctx, sys, accounts.TokenInput{Name: name, Person: "wang", Days: days})
			w.must(err)
		}
		_, _, err := w.CreateToken(w.ctx, sys, accounts.TokenInput{Name: "失主系统", Person: "gone", Days: 300})
		w.must(err)
		w.must(w.Disable(w.ctx, sys, gone.AccountID, "离任"))
		w.clock = start.AddDate(0, 0, 2)
		tests := []struct {
			name string
			f    accounts.TokenFilter
			want string
		}{
			{"all by name", accounts.TokenFilter{Sort: "name"}, "5"},
			{"active", accounts.TokenFilter{Status: accounts.TokenActive}, "可用系统"},
			{"expiring", accounts.TokenFilter{Status: accounts.TokenExpiring}, "将到期系统"},
			{"expired", accounts.TokenFilter{Status: accounts.TokenExpired}, "到期系统"},
			{"orphaned", accounts.TokenFilter{Status: accounts.TokenOrphaned}, "失主系统"},
			{"revoked", accounts.TokenFilter{Status: accounts.TokenRevoked}, "吊销系统"},
			{"by name", accounts.TokenFilter{Text: "可用"}, "可用系统"},
			{"by prefix", accounts.TokenFilter{Text: revoked.Prefix}, "吊销系统"},
			{"by person", accounts.TokenFilter{Text: "gone"}, "失主系统"},
			{"by unit", accounts.TokenFilter{UnitID: w.units["ga-jj"].ID}, "失主系统"},
			{"none", accounts.TokenFilter{Text: "没有"}, ""},
		}
		for _, tt := range tests {
			tt.f.Page, tt.f.Size = 1, 20
			rows, total, err := w.Tokens(w.ctx, sys, tt.f)
			w.must(err)
			var names []string
			for _, r := range rows {
				names = append(names, r.Name)
				if tt.f.Status != "" && r.Status != tt.f.Status {
					t.Errorf("%s: %s is %s", tt.name, r.Name, r.Status)
				}
			}
			if got := strings.Join(names, ","); got != tt.want && fmt.Sprint(total) != tt.want || int(total) != len(names) {
				t.Errorf("%s: %d %q, want %q", tt.name, total, got, tt.want)
			}
		}
		_, _, err = w.Tokens(w.ctx, sec, accounts.TokenFilter{})
		wantKind(t, err, fault.Forbidden)
		exported := 0
		w.must(w.ExportTokens(w.ctx, sys, accounts.TokenFilter{}, func(accounts.TokenRow) error { exported++; return nil }))
		if exported != 5 {
			t.Errorf("%d exported", exported)
		}
		w.wantLast(t, "token/export ")
		w.queries.Store(0)
		_, _, err = w.Tokens(w.ctx, sys, accounts.TokenFilter{Page: 1, Size: 20})
		w.must(err)
		if n := w.queries.Load(); n > 4 {
			t.Errorf("%d queries for a page", n)
		}
	})
}

func TestWriteUses_isOffTheRequestPath(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		w.person("wang", "zjj", models.RoleLiaison)
		made, secret := w.token(sys, "预售许可系统")
		for range 3 {
			w.clock = w.clock.Add(time.Second)
			_, err := w.Bearer(w.ctx, secret, addr)
			w.must(err)
		}
		row, err := w.Token(w.ctx, sys, made.ID)
		w.must(err)
		if row.LastUsedAt != 0 {
			t.Error("a request has written when the token was used")
		}
		w.WriteUses(w.ctx)
		if row, err = w.Token(w.ctx, sys, made.ID); err != nil || row.LastUsedAt != models.At(w.clock) || row.LastAddr != addr {
			t.Errorf("used %v from %q, want %v: %v", row.LastUsedAt, row.LastAddr, w.clock, err)
		}
		w.queries.Store(0)
		w.WriteUses(w.ctx)
		if n := w.queries.Load(); n != 0 {
			t.Errorf("%d statements with nothing to write", n)
		}
	})
}
