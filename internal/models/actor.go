package models

import (
	"slices"

	"taxportal/internal/workflow"
)

// Role is what an account may do, as the policy names it (permissions.md).
type Role string

// The roles of the plan.
const (
	RoleOffice  Role = "office"  // 领导小组办公室
	RoleLeader  Role = "leader"  // 领导小组领导
	RoleChief   Role = "chief"   // 单位分管负责人
	RoleLiaison Role = "liaison" // 信息联络员
	RoleHandler Role = "handler" // 经办人
	RoleTax     Role = "tax"     // 税务执法人员
	RoleReview  Role = "review"  // 税务审核（法制）
	RoleBureau  Role = "bureau"  // 税务局领导
	RoleOutside Role = "outside" // 协助单位经办人
	RoleSys     Role = "sys"     // 系统管理员
	RoleSec     Role = "sec"     // 安全管理员
	RoleAud     Role = "aud"     // 审计管理员
)

// Roles are all roles in the order in which people read them.
var Roles = []Role{RoleOffice, RoleLeader, RoleChief, RoleLiaison, RoleHandler, RoleTax, RoleReview, RoleBureau,
	RoleOutside, RoleSys, RoleSec, RoleAud}

var roleLabels = map[Role]string{
	RoleOffice: "领导小组办公室", RoleLeader: "领导小组领导", RoleChief: "分管负责人", RoleLiaison: "信息联络员",
	RoleHandler: "经办人", RoleTax: "税务执法人员", RoleReview: "税务审核（法制）", RoleBureau: "税务局领导",
	RoleOutside: "协助单位经办人", RoleSys: "系统管理员", RoleSec: "安全管理员", RoleAud: "审计管理员",
}

// Label returns the role in the plan's words.
func (r Role) Label() string { return roleLabels[r] }

// Known reports whether r is one of Roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Administrative reports whether the role is one of the three that exclude each other and every business role.
func (r Role) Administrative() bool { return r == RoleSys || r == RoleSec || r == RoleAud }

// Actor is the person who acts in a request: loaded anew each time, so that a role taken away is gone at once.
type Actor struct {
	AccountID  int64
	Username   string
	Name       string
	Unit       Unit
	Roles      []Role
	Addr       string // network address of the request
	MustChange bool   // the password must be changed before anything else
	SessionID  string // id of the session row, for audit and for 'my sessions'
	TokenID    int64  // id of the API token by which a unit's system acts; Name then names it too
}

// Has reports whether the actor holds the role.
func (a Actor) Has(r Role) bool { return slices.Contains(a.Roles, r) }

// Post returns unit and first role as the page's head and the history show them: 市住房城乡建设局 · 信息联络员.
func (a Actor) Post() string {
	if len(a.Roles) == 0 {
		return a.Unit.Name
	}
	if a.Roles[0] == RoleOffice {
		return a.Unit.Name
	}
	return a.Unit.Name + " · " + a.Roles[0].Label()
}

// SeesArea reports whether the actor's view is the jurisdiction and those below it; everybody else sees the own unit.
func (a Actor) SeesArea() bool {
	return a.Has(RoleOffice) || a.Has(RoleLeader) || a.Has(RoleTax) || a.Has(RoleReview) || a.Has(RoleBureau)
}

// Workflow returns the actor as the workflow engine knows people.
func (a Actor) Workflow() workflow.Actor {
	return workflow.Actor{AccountID: a.AccountID, Name: a.Name, Post: a.Post(), UnitID: a.Unit.ID, Addr: a.Addr}
}

// SystemActor is the portal itself, for moves that nobody presses.
var SystemActor = Actor{Name: "系统"}
