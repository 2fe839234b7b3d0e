package accounts_test

import (
	"strings"
	"sync"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
)

func TestRolesFor_followTheKindOfUnit(t *testing.T) {
	office, outside, system := models.UnitOffice, models.UnitOutside, models.UnitSystem
	for kind, want := range map[models.UnitKind]int{office: 1, models.UnitLeaders: 1, models.UnitMember: 6, models.UnitSub: 6, outside: 1, system: 3, "": 0} {
		if got := accounts.RolesFor(kind); len(got) != want {
			t.Errorf("%q: %v, want %d", kind, got, want)
		}
	}
	for _, role := range models.Roles {
		found := false
		for _, kind := range []models.UnitKind{office, outside, system, models.UnitLeaders, models.UnitMember, models.UnitSub} {
			for _, r := range accounts.RolesFor(kind) {
				found = found || r == role
			}
		}
		if !found {
			t.Errorf("%s can be held nowhere", role)
		}
	}
}

func TestGiveRole_heldByTheRules(t *testing.T) {
	tests := []struct {
		name, unit string
		held       []models.Role
		give       models.Role
		why        string // part of the sentence; "" = given
	}{
		{"liaison of a member", "zjj", nil, models.RoleLiaison, ""},
		{"liaison of a sub-unit", "ga-jj", nil, models.RoleLiaison, ""},
		{"a second business role", "zjj", []models.Role{models.RoleLiaison}, models.RoleHandler, ""},
		{"office", "office", nil, models.RoleOffice, ""},
		{"outside", "bank", nil, models.RoleOutside, ""},
		{"administrator", "system", nil, models.RoleAud, ""},
		{"the same again", "zjj", []models.Role{models.RoleLiaison}, models.RoleLiaison, "已有这个角色"},
		{"office in a member", "zjj", nil, models.RoleOffice, "不能由“市住房城乡建设局”"},
		{"administrator in a member", "zjj", nil, models.RoleSys, "不能由“市住房城乡建设局”"},
		{"liaison in a bank", "bank", nil, models.RoleLiaison, "不能由“水城示范银行”"},
		{"business role of an administrator", "system", []models.Role{models.RoleSys}, models.RoleLiaison, "不能由“平台运行管理”"},
		{"sys and sec", "system", []models.Role{models.RoleSys}, models.RoleSec, "三员分立"},
		{"sec and aud", "system", []models.Role{models.RoleSec}, models.RoleAud, "三员分立"},
		{"aud and sys", "system", []models.Role{models.RoleAud}, models.RoleSys, "三员分立"},
		{"administrator beside a left-over business role", "system", []models.Role{models.RoleHandler}, models.RoleSec, "三员分立"},
		{"tax officer of a tax bureau", "swj", nil, models.RoleTax, ""},
		{"head of a tax bureau", "swj", []models.Role{models.RoleTax}, models.RoleBureau, ""},
		{"tax officer in a unit that is none", "zjj", nil, models.RoleTax, "“市住房城乡建设局”不是税务机关"},
		{"tax reviewer in a unit that is none", "ga-jj", nil, models.RoleReview, "不是税务机关"},
		{"head of a bureau that is none", "zjj", nil, models.RoleBureau, "不是税务机关"},
		{"unknown", "zjj", nil, "king", "没有这个角色"},
		{"none", "zjj", nil, "", "没有这个角色"},
	}
	each(t, func(t *testing.T, w *world) {
		_, sec, _ := w.admins()
		for i, tt := range tests {
			who := w.person("p"+strings.Repeat("x", i+1), tt.unit, tt.held...)
			err := w.GiveRole(w.ctx, sec, who.AccountID, tt.give)
			if tt.why == "" {
				if err != nil || !w.actor(who.AccountID).Has(tt.give) {
					t.Errorf("%s: %v", tt.name, err)
				}
				w.wantLast(t, "role/give "+who.Username)
				continue
			}
			if message, _ := fault.Message(err); !fault.Is(err, fault.Invalid) || !strings.Contains(message, tt.why) {
				t.Errorf("%s: %v", tt.name, err)
			}
			wantFields(t, err, "role")
		}
	})
}

func TestTakeRole_keepsItsRowAndCanBeGivenAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, sec, _ := w.admins()
		anna := w.person("anna", "zjj", models.RoleLiaison)
		w.must(w.TakeRole(w.ctx, sec, anna.AccountID, models.RoleLiaison))
		w.wantLast(t, "role/take anna")
		wantKind(t, w.TakeRole(w.ctx, sec, anna.AccountID, models.RoleLiaison), fault.Conflict)
		w.must(w.GiveRole(w.ctx, sec, anna.AccountID, models.RoleLiaison))
		var grants []models.AccountRole
		w.must(w.db.Read.Where("account_id = ?", anna.AccountID).Order("id").Find(&grants).Error)
		if len(grants) != 2 || grants[0].TakenBy != sec.AccountID || grants[0].TakenAt == 0 || grants[1].GivenBy != sec.AccountID || grants[1].TakenAt != 0 {
			t.Errorf("the history is %+v", grants)
		}
	})
}

func TestGiveRole_twoAtOnceDoNotBreakTheSeparation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, sec, _ := w.admins()
		who := w.person("anna", "system")
		roles := []models.Role{models.RoleSys, models.RoleSec, models.RoleAud}
		errs := make([]error, len(roles))
		var group sync.WaitGroup
		for i, role := range roles {
			group.Go(func() { errs[i] = w.GiveRole(w.ctx, sec, who.AccountID, role) })
		}
		group.Wait()
		if got := w.actor(who.AccountID).Roles; len(got) != 1 {
			t.Errorf("one account holds %v: %v", got, errs)
		}
	})
}
