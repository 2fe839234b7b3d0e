package accounts_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
)

func TestCreate_makesAnAccountWithoutPasswordAndRoles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		a, token, err := w.Create(w.ctx, sys, accounts.CreateInput{Username: " Liaison.ZJJ ", Name: " 王静 ", Phone: "０６３５－８２４６１１０", UnitCode: "ZJJ"})
		w.must(err)
		if a.Username != "liaison.zjj" || a.Name != "王静" || a.Phone != "0635-8246110" || a.Unit.Code != "zjj" || token == "" {
			t.Errorf("made %+v with token %q", a, token)
		}
		w.wantLast(t, "account/create liaison.zjj")
		row, err := w.Get(w.ctx, sys, a.ID)
		if err != nil || row.Opened || len(row.Roles) != 0 || row.LinkUntil != models.At(start.Add(accounts.LinkLife)) {
			t.Errorf("it stands as %+v: %v", row, err)
		}
		_, err = w.LogIn(w.ctx, "liaison.zjj", "", addr)
		wantFields(t, err, "password")
		_, err = w.LogIn(w.ctx, "liaison.zjj", "x", addr)
		wantKind(t, err, fault.Unauthenticated)
	})
}

func TestCreate_withRolesIsAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		both := models.Actor{Name: "命令行", Roles: []models.Role{models.RoleSys, models.RoleSec}}
		in := accounts.CreateInput{Username: "wang", Name: "王静", UnitCode: "zjj"}
		for _, impossible := range [][]models.Role{{models.RoleOffice}, {models.RoleLiaison, models.RoleSys}, {models.RoleLiaison, models.RoleLiaison}} {
			in.Roles = impossible
			a, token, err := w.Create(w.ctx, both, in)
			wantFields(t, err, "role")
			if a.ID != 0 || token != "" {
				t.Errorf("%v: an account %+v with token %q", impossible, a, token)
			}
			if _, err := w.ByUsername(w.ctx, "wang"); !fault.Is(err, fault.NotFound) {
				t.Errorf("%v: left behind: %v", impossible, err)
			}
		}
		in.Roles = []models.Role{models.RoleLiaison, models.RoleChief}
		sys, sec, _ := w.admins()
		for _, half := range []models.Actor{sys, sec} {
			_, _, err := w.Create(w.ctx, half, in)
			wantKind(t, err, fault.Forbidden)
		}
		a, token, err := w.Create(w.ctx, both, in)
		w.must(err)
		row, err := w.Get(w.ctx, sys, a.ID)
		if err != nil || token == "" || !slices.Equal(row.Roles, []models.Role{models.RoleChief, models.RoleLiaison}) {
			t.Errorf("it stands as %+v: %v", row.Roles, err)
		}
		w.wantLast(t, "role/give wang")
	})
}

func TestCreate_namesEveryWrongField(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		w.person("taken", "zjj")
		good := accounts.CreateInput{Username: "wang", Name: "王静", UnitCode: "zjj"}
		tests := []struct {
			name   string
			change func(*accounts.CreateInput)
			fields []string
		}{
			{"nothing", func(in *accounts.CreateInput) { *in = accounts.CreateInput{} }, []string{"username", "name", "unit"}},
			{"blanks", func(in *accounts.CreateInput) { in.Name = " \t" }, []string{"name"}},
			{"one letter", func(in *accounts.CreateInput) { in.Username = "w" }, []string{"username"}},
			{"digit first", func(in *accounts.CreateInput) { in.Username = "1wang" }, []string{"username"}},
			{"script", func(in *accounts.CreateInput) { in.Username = "<script>" }, []string{"username"}},
			{"33 letters", func(in *accounts.CreateInput) { in.Username = strings.Repeat("w", 33) }, []string{"username"}},
			{"long name", func(in *accounts.CreateInput) { in.Name = strings.Repeat("长", 41) }, []string{"name"}},
			{"no telephone", func(in *accounts.CreateInput) { in.Phone = "无" }, []string{"phone"}},
			{"unknown unit", func(in *accounts.CreateInput) { in.UnitCode = "nowhere" }, []string{"unit"}},
			{"closed unit", func(in *accounts.CreateInput) { in.UnitCode = "closed" }, []string{"unit"}},
			{"taken", func(in *accounts.CreateInput) { in.Username = "TAKEN" }, []string{"username"}},
		}
		for _, tt := range tests {
			in := good
			tt.change(&in)
			_, token, err := w.Create(w.ctx, sys, in)
			if token != "" {
				t.Errorf("%s: a token was given", tt.name)
			}
			t.Run(tt.name, func(t *testing.T) { wantFields(t, err, tt.fields...) })
		}
		for _, name := range []string{"王静", "<b>王</b>", "=1+1", strings.Repeat("长", 40)} { // shown escaped, exported defused
			in := good
			in.Username, in.Name = "w"+strings.Repeat("x", len(name)%20+1), name
			_, _, err := w.Create(w.ctx, sys, in)
			wantKind(t, err, 0)
		}
	})
}

// TestManage_isTheAdministratorsWork asks every call as every role: who may not gets fault.Forbidden and changes nothing.
func TestManage_isTheAdministratorsWork(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.admins()
		victim := w.person("victim", "zjj", models.RoleLiaison)
		id := victim.AccountID
		calls := []struct {
			name string
			may  models.Role
			do   func(who models.Actor) error
		}{
			{"create", models.RoleSys, func(who models.Actor) error {
				_, _, err := w.Create(w.ctx, who, accounts.CreateInput{Username: "new", Name: "新", UnitCode: "zjj"})
				return err
			}},
			{"disable", models.RoleSys, func(who models.Actor) error { return w.Disable(w.ctx, who, id, "调离") }},
			{"enable", models.RoleSys, func(who models.Actor) error { return w.Enable(w.ctx, who, id) }},
			{"unlock", models.RoleSys, func(who models.Actor) error { return w.Unlock(w.ctx, who, id, addr) }},
			{"reset", models.RoleSys, func(who models.Actor) error { _, err := w.Reset(w.ctx, who, id); return err }},
			{"first password", models.RoleSys, func(who models.Actor) error { _, err := w.FirstPassword(w.ctx, who, id); return err }},
			{"give", models.RoleSec, func(who models.Actor) error { return w.GiveRole(w.ctx, who, id, models.RoleHandler) }},
			{"take", models.RoleSec, func(who models.Actor) error { return w.TakeRole(w.ctx, who, id, models.RoleHandler) }},
		}
		before := len(w.trail())
		for _, role := range models.Roles {
			who := models.Actor{AccountID: 900_000, Name: "某人", Roles: []models.Role{role}}
			for _, call := range calls {
				if role == call.may {
					continue
				}
				if err := call.do(who); !fault.Is(err, fault.Forbidden) {
					t.Errorf("%s as %s: %v", call.name, role, err)
				}
			}
		}
		if got := w.trail(); len(got) != before {
			t.Errorf("somebody did something: %v", got[before:])
		}
		for _, call := range calls {
			if err := call.do(models.Actor{AccountID: 900_000, Name: "某人", Roles: []models.Role{call.may}}); err != nil {
				t.Errorf("%s as %s: %v", call.name, call.may, err)
			}
		}
		for _, role := range models.Roles {
			who := models.Actor{AccountID: 900_000, Roles: []models.Role{role}}
			_, _, err := w.List(w.ctx, who, accounts.Filter{})
			_, got := w.Get(w.ctx, who, id)
			exported := w.Export(w.ctx, who, accounts.Filter{}, func(accounts.Row) error { return nil })
			if may := role == models.RoleSys || role == models.RoleSec; (err == nil) != may || (got == nil) != may || (exported == nil) != may {
				t.Errorf("the list as %s: %v, %v, %v", role, err, got, exported)
			}
		}
	})
}

func TestManage_nobodyChangesHimself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, _ := w.admins()
		w.person("sys2", "system", models.RoleSys)
		w.person("sec2", "system", models.RoleSec)
		for name, err := range map[string]error{
			"disable": w.Disable(w.ctx, sys, sys.AccountID, "试"), "enable": w.Enable(w.ctx, sys, sys.AccountID),
			"unlock": w.Unlock(w.ctx, sys, sys.AccountID, ""), "give": w.GiveRole(w.ctx, sec, sec.AccountID, models.RoleSys),
			"take": w.TakeRole(w.ctx, sec, sec.AccountID, models.RoleSec),
		} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := w.Reset(w.ctx, sys, sys.AccountID)
		wantKind(t, err, fault.Forbidden)
	})
}

func TestDisable_endsEverythingAtOnceAndEnableBringsItBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		anna := w.person("anna", "zjj", models.RoleLiaison)
		w.signIn(anna.AccountID)
		token, err := w.Reset(w.ctx, sys, anna.AccountID)
		w.must(err)
		wantFields(t, w.Disable(w.ctx, sys, anna.AccountID, "  "), "reason")
		wantFields(t, w.Disable(w.ctx, sys, anna.AccountID, strings.Repeat("长", 501)), "reason")
		w.must(w.Disable(w.ctx, sys, anna.AccountID, "调离"))
		w.wantLast(t, "account/disable anna")
		if got := w.live(anna.AccountID); len(got) != 0 {
			t.Errorf("sessions are left: %v", got)
		}
		_, err = w.LinkAccount(w.ctx, token)
		wantKind(t, err, fault.NotFound)
		_, err = w.LogIn(w.ctx, "anna", password, addr)
		wantKind(t, err, fault.Unauthenticated)
		_, err = w.Reset(w.ctx, sys, anna.AccountID)
		wantKind(t, err, fault.Conflict)
		_, err = w.FirstPassword(w.ctx, sys, anna.AccountID)
		wantKind(t, err, fault.Conflict)
		wantKind(t, w.Disable(w.ctx, sys, anna.AccountID, "再一次"), fault.Conflict)
		if row, _ := w.Get(w.ctx, sys, anna.AccountID); row.DisabledWhy != "调离" || row.DisabledAt == 0 {
			t.Errorf("the reason is %q", row.DisabledWhy)
		}
		w.must(w.Enable(w.ctx, sys, anna.AccountID))
		wantKind(t, w.Enable(w.ctx, sys, anna.AccountID), fault.Conflict)
		_, err = w.LogIn(w.ctx, "anna", password, addr)
		wantKind(t, err, 0)
		if !w.actor(anna.AccountID).Has(models.RoleLiaison) {
			t.Error("the roles are gone")
		}
	})
}

func TestUnlock_freesTheAccountAndTheAddress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		anna := w.person("anna", "zjj")
		lock := func() {
			for range 5 {
				_, _ = w.LogIn(w.ctx, "anna", "wrong", addr)
			}
		}
		lock()
		if row, err := w.Get(w.ctx, sys, anna.AccountID); err != nil || row.LockedUntil <= models.At(w.clock) || row.Status(models.At(w.clock)) != accounts.StatusLocked {
			t.Errorf("locked until %d: %v", row.LockedUntil, err)
		}
		w.must(w.Unlock(w.ctx, sys, anna.AccountID, ""))
		w.wantLast(t, "account/unlock anna")
		_, err := w.LogIn(w.ctx, "anna", password, addr)
		wantKind(t, err, fault.Locked) // the address still is
		w.must(w.Unlock(w.ctx, sys, anna.AccountID, " "+addr+" "))
		_, err = w.LogIn(w.ctx, "anna", password, addr)
		wantKind(t, err, 0)
		w.must(w.Unlock(w.ctx, sys, anna.AccountID, "a\x00\xff")) // nonsense frees nothing and breaks nothing
	})
}

func TestManage_anUnknownAccountIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, _ := w.admins()
		const none = 999_999
		_, reset := w.Reset(w.ctx, sys, none)
		_, get := w.Get(w.ctx, sys, none)
		_, byName := w.ByUsername(w.ctx, "nobody")
		for i, err := range []error{w.Disable(w.ctx, sys, none, "x"), w.Enable(w.ctx, sys, none), w.Unlock(w.ctx, sys, none, ""), reset, get, byName,
			w.GiveRole(w.ctx, sec, none, models.RoleLiaison), w.TakeRole(w.ctx, sec, none, models.RoleLiaison)} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("call %d: %v", i, err)
			}
		}
		if id, err := w.ByUsername(w.ctx, "SYS1"); err != nil || id != sys.AccountID {
			t.Errorf("by name: %d, %v", id, err)
		}
	})
}

func TestNames_areReadTogether(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		anna, bert := w.person("anna", "zjj"), w.person("bert", "zjj")
		names, err := w.Names(w.ctx, anna.AccountID, bert.AccountID, 0, 999_999)
		if err != nil || len(names) != 2 || names[anna.AccountID] != "ANNA" || names[bert.AccountID] != "BERT" {
			t.Errorf("names %v: %v", names, err)
		}
		if names, err := w.Names(w.ctx); err != nil || len(names) != 0 {
			t.Errorf("of nobody %v: %v", names, err)
		}
	})
}

func TestManage_whatIsRefusedLeavesNoTrace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, _ := w.admins()
		w.person("anna", "zjj")
		before := w.trail()
		_, _, _ = w.Create(w.ctx, sys, accounts.CreateInput{Username: "anna", Name: "安", UnitCode: "zjj"})
		_ = w.Enable(w.ctx, sys, sec.AccountID)
		_ = w.GiveRole(w.ctx, sec, sys.AccountID, models.RoleLiaison)
		if got := w.trail(); !slices.Equal(got, before) {
			t.Errorf("written down %v", got[len(before):])
		}
	})
}
