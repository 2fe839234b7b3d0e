// Package authz answers the one question 'may this actor do this to that?'. It is the only importer of casbin.
//
// Which rows an actor sees, who takes part in a case and who must be a second person are not its work: they stand in
// SQL scopes and in the workflow tables.
package authz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/policies"
)

// Public is the object of a route that needs no log-in. It stands in the route table so that absence is impossible.
const Public = "public"

// Pair is an object and an action of the policy.
type Pair struct{ Object, Action string }

type question struct {
	role models.Role
	pair Pair
}

// Guard holds every answer of the policy, asked of casbin once: the policy does not change while the portal runs.
type Guard struct {
	answers map[question]bool
	pairs   []Pair
}

// New reads the embedded policy.
func New() (*Guard, error) { return parse(policies.Model, policies.Policy) }

func parse(modelText, policyText string) (*Guard, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("read policy model: %w", err)
	}
	text := withoutComments(policyText)
	enforcer, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(text))
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	lines, err := enforcer.GetPolicy()
	if err != nil {
		return nil, fmt.Errorf("list policy: %w", err)
	}
	groups, err := enforcer.GetGroupingPolicy()
	if err != nil {
		return nil, fmt.Errorf("list policy: %w", err)
	}
	if err := check(lines, groups); err != nil {
		return nil, err
	}
	if read, all := len(lines)+len(groups), strings.Count(text, "\n")+1; read != all {
		return nil, fmt.Errorf("policy: casbin read %d of %d lines; one is incomplete or stands twice", read, all)
	}
	g := &Guard{answers: map[question]bool{}}
	for _, line := range lines {
		pair := Pair{line[1], line[2]}
		if slices.Contains(g.pairs, pair) {
			continue
		}
		g.pairs = append(g.pairs, pair)
		for _, role := range append([]models.Role{everybody}, models.Roles...) {
			ok, err := enforcer.Enforce(string(role), pair.Object, pair.Action)
			if err != nil {
				return nil, fmt.Errorf("ask policy: %w", err)
			}
			g.answers[question{role, pair}] = ok
		}
	}
	return g, nil
}

// everybody is the name that the policy gives to what every account may do.
const everybody = "any"

// check refuses a policy that says something it cannot mean: casbin would pass over a misspelt role in silence.
func check(lines, groups [][]string) error {
	known := func(name string) bool { return name == everybody || models.Role(name).Known() }
	for _, line := range lines {
		if len(line) != 3 || slices.Contains(line, "") || !known(line[0]) {
			return fmt.Errorf("policy line %q: want p, a known role, object, action", line)
		}
	}
	for _, group := range groups {
		if len(group) != 2 || !models.Role(group[0]).Known() || !known(group[1]) {
			return fmt.Errorf("policy line %q: want g, a known role, a known role or %q", group, everybody)
		}
	}
	return nil
}

func withoutComments(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Can reports whether any of the actor's roles may take the action on the object, or every account may, also one that
// has no role yet. Unknown pairs are refused.
func (g *Guard) Can(a models.Actor, object, action string) bool {
	if a.AccountID != 0 && g.answers[question{everybody, Pair{object, action}}] {
		return true
	}
	for _, role := range a.Roles {
		if g.answers[question{role, Pair{object, action}}] {
			return true
		}
	}
	return false
}

// Allow returns fault.Forbidden if the actor may not take the action on the object.
func (g *Guard) Allow(a models.Actor, object, action string) error {
	if g.Can(a, object, action) {
		return nil
	}
	return fault.New(fault.Forbidden, refusal(a))
}

// refusal tells an actor that a step is not his, and whom to turn to: not everybody has a liaison.
func refusal(a models.Actor) string {
	const no = "您的角色没有这项权限。"
	switch {
	case len(a.Roles) == 0:
		return NoRole
	case slices.ContainsFunc(a.Roles, models.Role.Administrative):
		return no + "三名管理员不办理业务，也各管一事：账号和接口令牌请联系系统管理员，角色请联系安全管理员，审计日志请联系审计管理员。"
	case a.Has(models.RoleOffice):
		return no + "这一步由报送单位或管理员办理；账号和接口令牌请联系系统管理员，角色请联系安全管理员。"
	case a.Has(models.RoleLiaison), a.Has(models.RoleLeader), a.Has(models.RoleOutside):
		return no + "需要办理的，请联系领导小组办公室。"
	}
	return no + "需要办理的，请联系本单位信息联络员或领导小组办公室。"
}

// NoRole is what somebody is told who has an account and no role yet.
const NoRole = "您的账号还没有角色，暂时不能办理业务。请联系安全管理员授予角色；授予后刷新页面即可，不必重新登录。"

// Asker returns Allow bound to an actor, as the workflow engine asks it.
func (g *Guard) Asker(a models.Actor) func(object, action string) error {
	return func(object, action string) error { return g.Allow(a, object, action) }
}

// Knows reports whether the policy names the pair at all; a route whose pair it does not know is a mistake.
func (g *Guard) Knows(object, action string) bool {
	return slices.Contains(g.pairs, Pair{object, action})
}

// Pairs returns every object and action that the policy names.
func (g *Guard) Pairs() []Pair { return slices.Clone(g.pairs) }
