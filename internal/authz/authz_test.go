package authz_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/authz"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// table is who may do what, typed by hand from permissions.md: object and action, then the roles. Everybody else may not.
// No program writes it.
var table = map[string]string{
	"home view":    "office leader chief liaison handler tax review bureau outside sys sec aud",
	"profile view": "office leader chief liaison handler tax review bureau outside sys sec aud",
	"profile edit": "office leader chief liaison handler tax review bureau outside sys sec aud",

	"unit names": "office leader chief liaison handler tax review bureau sys sec aud",
	"unit view":  "office leader chief liaison handler tax review bureau",
	"unit edit":  "office",

	"template view":    "office leader chief liaison handler tax review bureau",
	"template draft":   "office chief liaison handler tax bureau",
	"template design":  "office",
	"template trial":   "office liaison handler",
	"template comment": "office chief liaison tax bureau",
	"template publish": "office",
	"template retire":  "office",

	"filing view":      "office chief liaison handler",
	"filing upload":    "liaison handler",
	"filing explain":   "liaison handler",
	"filing discard":   "liaison handler",
	"filing nil":       "liaison",
	"filing submit":    "liaison",
	"filing withdraw":  "liaison",
	"filing sign":      "chief",
	"filing send_back": "chief",
	"filing accept":    "office",
	"filing return":    "office",
	"filing waive":     "office",
	"filing ask":       "liaison",
	"filing message":   "office liaison",
	"filing reveal":    "office chief liaison handler",
	"matrix view":      "office leader chief liaison handler tax review bureau",

	"calendar view": "office leader chief liaison handler tax review bureau",
	"calendar edit": "office",

	"handover view":  "office",
	"handover retry": "office",

	"account view":    "sys sec",
	"account create":  "sys",
	"account disable": "sys",
	"account unlock":  "sys",
	"account reset":   "sys",
	"role give":       "sec",
	"role take":       "sec",
	"session end":     "sec",
	"system view":     "sys",

	"catalogue view":    "office leader chief liaison handler tax review bureau",
	"catalogue edit":    "office",
	"catalogue propose": "chief liaison tax bureau",
	"data compare":      "office tax review bureau",
	"call view":         "office chief liaison",
	"call raise":        "office",
	"call answer":       "liaison",
	"call sign":         "chief",

	"token view":   "sys",
	"token make":   "sys",
	"token revoke": "sys",
	"token own":    "liaison",

	"audit view":   "aud",
	"audit export": "aud",
	"audit verify": "aud",
}

func guard(t *testing.T) *authz.Guard {
	t.Helper()
	g, err := authz.New()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func as(roles ...models.Role) models.Actor { return models.Actor{AccountID: 1, Roles: roles} }

func TestPolicy_isTheTableOfPermissions(t *testing.T) {
	g := guard(t)
	for line, roles := range table {
		object, action, _ := strings.Cut(line, " ")
		may := strings.Fields(roles)
		if !g.Knows(object, action) {
			t.Errorf("the policy does not know %s", line)
		}
		for _, role := range models.Roles {
			if got, want := g.Can(as(role), object, action), slices.Contains(may, string(role)); got != want {
				t.Errorf("%s as %s: %v, want %v", line, role, got, want)
			}
		}
	}
	for _, pair := range g.Pairs() {
		if _, ok := table[pair.Object+" "+pair.Action]; !ok {
			t.Errorf("the policy knows %s %s, which the table does not name", pair.Object, pair.Action)
		}
	}
}

// TestPolicy_separatesTheThreeAdministrators: they see no business data, and none does another's work.
func TestPolicy_separatesTheThreeAdministrators(t *testing.T) {
	g := guard(t)
	for _, pair := range g.Pairs() {
		var who []models.Role
		for _, role := range []models.Role{models.RoleSys, models.RoleSec, models.RoleAud} {
			if g.Can(as(role), pair.Object, pair.Action) {
				who = append(who, role)
			}
		}
		switch pair.Object {
		case "filing", "matrix", "template", "data":
			if len(who) > 0 {
				t.Errorf("%v may %s %s", who, pair.Action, pair.Object)
			}
		case "account", "role", "audit", "system":
			if pair.Action != "view" && len(who) != 1 {
				t.Errorf("%s %s is the work of %v", pair.Object, pair.Action, who)
			}
		}
	}
}

func TestPolicy_knowsEveryMoveOfTheWorkflows(t *testing.T) {
	g := guard(t)
	for _, f := range []*workflow.Flow{&models.FilingFlow, &models.WaiverFlow, &models.HandoverFlow, &models.TemplateFlow} {
		for _, m := range f.Moves {
			if m.Party != workflow.System && !g.Knows(m.Object, m.Action) {
				t.Errorf("%s %s asks for %s %s, which the policy does not know", f.Name, m.Verb, m.Object, m.Action)
			}
		}
	}
}

func TestCan_adds(t *testing.T) {
	g := guard(t)
	if !g.Can(as(models.RoleHandler, models.RoleChief), "filing", "sign") {
		t.Error("the second role does not count")
	}
	for name, who := range map[string]models.Actor{"nobody": {}, "nobody with a role that is none": {Roles: []models.Role{"king", "", "any "}}} {
		for _, pair := range g.Pairs() {
			if g.Can(who, pair.Object, pair.Action) {
				t.Errorf("%s may %s %s", name, pair.Action, pair.Object)
			}
		}
	}
	for _, pair := range [][2]string{{"", ""}, {"filing", ""}, {"", "view"}, {"filing", "unknown"}, {"Filing", "View"}, {authz.Public, ""}, {"filing", "*"}} {
		for _, role := range models.Roles {
			if g.Can(as(role), pair[0], pair[1]) || g.Knows(pair[0], pair[1]) {
				t.Errorf("%s may %q on %q", role, pair[1], pair[0])
			}
		}
	}
}

// TestCan_anAccountWithoutARoleHasItsOwnPages: it can be logged in to and out of, and nothing else.
func TestCan_anAccountWithoutARoleHasItsOwnPages(t *testing.T) {
	g := guard(t)
	for _, who := range []models.Actor{as(), as("king"), as("")} {
		for _, pair := range g.Pairs() {
			if got, want := g.Can(who, pair.Object, pair.Action), pair.Object == "home" || pair.Object == "profile"; got != want {
				t.Errorf("%v: %s %s: %v", who.Roles, pair.Object, pair.Action, got)
			}
		}
	}
}

func TestAllow_saysWhomToAsk(t *testing.T) {
	g := guard(t)
	if err := g.Allow(as(models.RoleChief), "filing", "sign"); err != nil {
		t.Error(err)
	}
	ask := g.Asker(as(models.RoleLiaison))
	err := ask("filing", "sign")
	if message, _ := fault.Message(err); !fault.Is(err, fault.Forbidden) || !strings.Contains(message, "请联系") {
		t.Errorf("refused with %v", err)
	}
	if err := ask("filing", "submit"); err != nil {
		t.Error(err)
	}
}

func TestAllow_namesSomebodyWhomTheReaderHas(t *testing.T) {
	g := guard(t)
	for _, tt := range []struct {
		who       models.Actor
		want, not string
	}{
		{as(), "联系安全管理员授予角色", "信息联络员"},
		{as(models.RoleSys), "角色请联系安全管理员", "信息联络员"},
		{as(models.RoleSec), "账号和接口令牌请联系系统管理员", "信息联络员"},
		{as(models.RoleAud), "管理员不办理业务", "信息联络员"},
		{as(models.RoleOffice), "由报送单位或管理员办理", "联系领导小组办公室"},
		{as(models.RoleLiaison), "联系领导小组办公室", "信息联络员"},
		{as(models.RoleLeader), "联系领导小组办公室", "信息联络员"},
		{as(models.RoleOutside), "联系领导小组办公室", "信息联络员"},
		{as(models.RoleChief), "本单位信息联络员或领导小组办公室", "管理员"},
		{as(models.RoleTax), "本单位信息联络员或领导小组办公室", "管理员"},
	} {
		err := g.Allow(tt.who, "handover", "nobody does this")
		message, _ := fault.Message(err)
		if !fault.Is(err, fault.Forbidden) || !strings.Contains(message, tt.want) || strings.Contains(message, tt.not) {
			t.Errorf("%v: %v", tt.who.Roles, err)
		}
	}
}

func TestPairs_areACopy(t *testing.T) {
	g := guard(t)
	g.Pairs()[0] = authz.Pair{Object: "x", Action: "y"}
	if g.Knows("x", "y") {
		t.Error("the guard can be changed from outside")
	}
}
