package accounts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
	"taxportal/internal/workflow"
)

// names returns the user names of a page of the list in its order.
func (w *world) names(who models.Actor, f accounts.Filter) (string, int64) {
	w.t.Helper()
	if f.Size == 0 {
		f.Size = 50
	}
	rows, total, err := w.List(w.ctx, who, f)
	w.must(err)
	var list []string
	for _, r := range rows {
		list = append(list, r.Username)
	}
	return strings.Join(list, " "), total
}

func TestList_narrowsByEveryFilter(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec, _ := w.admins()
		anna := w.person("anna", "zjj", models.RoleLiaison)
		w.person("bert_1", "zjj", models.RoleHandler, models.RoleChief)
		off := w.person("carl", "bank", models.RoleOutside)
		w.must(w.Disable(w.ctx, sys, off.AccountID, "调离"))
		w.newcomer(sys, "dora")
		for range 5 {
			_, _ = w.LogIn(w.ctx, "bert_1", "wrong", addr)
		}
		w.must(w.TakeRole(w.ctx, sec, anna.AccountID, models.RoleLiaison))
		zjj := w.units["zjj"].ID
		tests := []struct {
			name string
			f    accounts.Filter
			want string
		}{
			{"all", accounts.Filter{}, "anna aud1 bert_1 carl dora sec1 sys1"},
			{"text in the user name", accounts.Filter{Text: "ANN"}, "anna"},
			{"text in the name", accounts.Filter{Text: "王静"}, "dora"},
			{"an underscore is no wildcard", accounts.Filter{Text: "_"}, "bert_1"},
			{"a per cent sign neither", accounts.Filter{Text: "%"}, ""},
			{"a quote breaks nothing", accounts.Filter{Text: `'";--`}, ""},
			{"unit", accounts.Filter{UnitID: zjj}, "anna bert_1 dora"},
			{"unknown unit", accounts.Filter{UnitID: -1}, ""},
			{"role", accounts.Filter{Role: models.RoleChief}, "bert_1"},
			{"a role taken away", accounts.Filter{Role: models.RoleLiaison}, ""},
			{"active", accounts.Filter{Status: accounts.StatusActive}, "anna aud1 bert_1 sec1 sys1"},
			{"unopened", accounts.Filter{Status: accounts.StatusUnopened}, "dora"},
			{"disabled", accounts.Filter{Status: accounts.StatusDisabled}, "carl"},
			{"locked", accounts.Filter{Status: accounts.StatusLocked}, "bert_1"},
			{"unknown status", accounts.Filter{Status: "?"}, "anna aud1 bert_1 carl dora sec1 sys1"},
			{"text and unit", accounts.Filter{Text: "a", UnitID: zjj}, "anna dora"},
			{"by name", accounts.Filter{Sort: "name", UnitID: zjj}, "anna bert_1 dora"},
			{"by name turned round", accounts.Filter{Sort: "-name", UnitID: zjj}, "dora bert_1 anna"},
			{"by user name turned round", accounts.Filter{Sort: "-username", UnitID: zjj}, "dora bert_1 anna"},
			{"by what is no column", accounts.Filter{Sort: "password_hash; DROP", UnitID: zjj}, "anna bert_1 dora"},
		}
		for _, who := range []models.Actor{sys, sec} {
			for _, tt := range tests {
				if got, total := w.names(who, tt.f); got != tt.want || int(total) != len(strings.Fields(tt.want)) {
					t.Errorf("%s: %q of %d, want %q", tt.name, got, total, tt.want)
				}
			}
		}
		for _, sort := range []string{"unit", "-unit", "login", "-login"} {
			if _, total := w.names(sys, accounts.Filter{Sort: sort}); total != 7 {
				t.Errorf("by %s: %d", sort, total)
			}
		}
	})
}

func TestList_showsStatusRolesAndLock(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		w.person("anna", "zjj", models.RoleHandler, models.RoleLiaison)
		for range 5 {
			_, _ = w.LogIn(w.ctx, "anna", "wrong", addr)
		}
		rows, _, err := w.List(w.ctx, sys, accounts.Filter{Text: "anna", Size: 10})
		w.must(err)
		now := models.At(w.clock)
		if r := rows[0]; r.Unit.Name != "市住房城乡建设局" || fmt.Sprint(r.Roles) != "[liaison handler]" || r.LockedUntil != now.Add(time.Minute) || !r.Opened || r.Status(now) != accounts.StatusLocked {
			t.Errorf("the row is %+v", r)
		}
		if r := rows[0]; r.Status(r.LockedUntil) != accounts.StatusActive {
			t.Error("a lock that is over still shows")
		}
	})
}

func TestList_pagesWithoutOneQueryPerRow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		for i := range 45 {
			w.person(fmt.Sprintf("p%02d", i), "zjj", models.RoleLiaison)
		}
		count := func(size int) int64 {
			before := w.queries.Load()
			got, total := w.names(sys, accounts.Filter{Text: "p", Size: size, Page: 2})
			if len(strings.Fields(got)) != size || total != 45 {
				t.Errorf("page 2 of %d holds %q of %d", size, got, total)
			}
			return w.queries.Load() - before
		}
		if few, many := count(2), count(20); few != many || many > 6 {
			t.Errorf("%d queries for 2 rows and %d for 20", few, many)
		}
		if got, total := w.names(sys, accounts.Filter{Text: "p", Size: 20, Page: 9}); got != "" || total != 45 {
			t.Errorf("beyond the end: %q of %d", got, total)
		}
	})
}

func TestExport_yieldsWhatTheFilterFindsAndIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, _, _ := w.admins()
		for i := range 205 {
			a := models.Account{Username: fmt.Sprintf("p%03d", i), Name: "=1+1", UnitID: w.units["zjj"].ID, CreatedAt: models.At(start)}
			w.must(w.db.Write.Omit("Unit", "Grants").Create(&a).Error)
		}
		seen, last := 0, ""
		err := w.Export(w.ctx, sys, accounts.Filter{Text: "p", UnitID: w.units["zjj"].ID, Sort: "-username"}, func(r accounts.Row) error {
			if seen++; last != "" && r.Username >= last {
				t.Errorf("%s after %s", r.Username, last)
			}
			last = r.Username
			return nil
		})
		if err != nil || seen != 205 {
			t.Errorf("%d rows: %v", seen, err)
		}
		w.wantLast(t, "account/export ")
		enough := fmt.Errorf("enough")
		if err := w.Export(w.ctx, sys, accounts.Filter{}, func(accounts.Row) error { return enough }); err != enough {
			t.Errorf("the caller's end came back as %v", err)
		}
	})
}

func TestNext_saysWhoMustAct(t *testing.T) {
	now := models.At(start)
	row := func(change func(*accounts.Row)) accounts.Row {
		r := accounts.Row{Account: models.Account{Name: "王静"}, Opened: true, Roles: []models.Role{models.RoleLiaison}}
		change(&r)
		return r
	}
	later := now.Add(time.Hour)
	tests := []struct {
		name  string
		row   accounts.Row
		says  string
		waits bool
	}{
		{"all is well", row(func(*accounts.Row) {}), "账号正常", false},
		{"new", row(func(r *accounts.Row) { r.Opened, r.LinkUntil, r.Roles = false, later, nil }), "请王静在 11月23日 10:00 前打开一次性链接，设置自己的密码。", true},
		{"link ran out", row(func(r *accounts.Row) { r.Opened, r.LinkUntil = false, now }), "请系统管理员生成一次性链接", true},
		{"no role", row(func(r *accounts.Row) { r.Roles = nil }), "请安全管理员授予角色", true},
		{"locked", row(func(r *accounts.Row) { r.LockedUntil = later }), "暂停登录至 11月23日 10:00；", true},
		{"lock is over", row(func(r *accounts.Row) { r.LockedUntil = now }), "账号正常", false},
		{"reset", row(func(r *accounts.Row) { r.LinkUntil = later }), "重设密码；在此之前原密码仍可用。", true},
		{"disabled", row(func(r *accounts.Row) { r.DisabledAt, r.LockedUntil = now, later }), "账号已停用", false},
	}
	for _, tt := range tests {
		sentence, waits := tt.row.Next(now)
		if got := workflow.Plain(sentence); !strings.Contains(got, tt.says) || waits != tt.waits {
			t.Errorf("%s: %q, waits %v", tt.name, got, waits)
		}
	}
}
