package handlers_test

import "taxportal/internal/models"

// may is what permissions.md says of one route, typed by hand from it and never generated: who may take it at all, and
// what a route about one unit's record answers to people of another unit who hold such a role.
type may struct {
	route string // METHOD pattern
	roles []models.Role
	own   bool // the record is one unit's: people of another unit, or another area's Office, get 404
	anon  bool // open to nobody in particular
	none  bool // the walk names nothing that exists, so that 404 is also the answer to those who may
	token bool // for a unit's system with its token alone: a log-in of whatever role opens nothing
}

// Short names keep a line a line.
const (
	office  = models.RoleOffice
	leader  = models.RoleLeader
	chief   = models.RoleChief
	liaison = models.RoleLiaison
	handler = models.RoleHandler
	tax     = models.RoleTax
	review  = models.RoleReview
	bureau  = models.RoleBureau
	outside = models.RoleOutside
	sys     = models.RoleSys
	sec     = models.RoleSec
	aud     = models.RoleAud
)

func roles(list ...models.Role) []models.Role { return list }

var (
	everybody = models.Roles
	group     = roles(office, leader, chief, liaison, handler, tax, review, bureau) // all of the leading group's units
	designers = roles(office, chief, liaison, handler, tax, bureau)                 // template: design, trial or comment, each on what is sent out to them
	filers    = roles(office, chief, liaison, handler)                              // filing: see tasks and findings
)

// permissions is permissions.md, for the routes that exist.
var permissions = []may{
	{route: "GET /healthz", anon: true},
	{route: "GET /readyz", anon: true},
	{route: "GET /metrics", anon: true},
	{route: "GET /login", anon: true},
	{route: "POST /login", anon: true},
	{route: "GET /setup/:token", anon: true},
	{route: "POST /setup/:token", anon: true},
	{route: "GET /link/:token", anon: true},
	{route: "POST /link/:token", anon: true},

	// own profile, sessions, messages, own trail: all
	{route: "GET /", roles: everybody},
	{route: "GET /clock", roles: everybody},
	{route: "POST /logout", roles: everybody},
	{route: "GET /profile", roles: everybody},
	{route: "GET /profile/password", roles: everybody},
	{route: "POST /profile/password", roles: everybody},
	{route: "POST /profile/sessions/end", roles: everybody, none: true},

	// unit: view, address book (administrators: names); everything within the area
	{route: "GET /units", roles: append(roles(sys, sec, aud), group...)},
	{route: "GET /units/export", roles: group},
	{route: "GET /units/:unit", roles: group},
	{route: "GET /units/:unit/history", roles: group},
	{route: "GET /units/:unit/history/export", roles: group},
	{route: "GET /units/group", roles: group},
	{route: "GET /units/group/:area", roles: group},
	{route: "GET /units/group/:area/export", roles: group},
	{route: "GET /units/group/:area/history", roles: group},
	{route: "GET /units/group/:area/history/export", roles: group},

	// unit: create, edit, retire; leading group's roster; 对接人
	{route: "GET /units/new", roles: roles(office)},
	{route: "POST /units", roles: roles(office)},
	{route: "GET /units/:unit/edit", roles: roles(office), own: true},
	{route: "POST /units/:unit/edit", roles: roles(office), own: true},
	{route: "GET /units/:unit/contact", roles: roles(office), own: true},
	{route: "POST /units/:unit/contact", roles: roles(office), own: true},
	{route: "GET /units/:unit/close", roles: roles(office), own: true},
	{route: "POST /units/:unit/close", roles: roles(office), own: true},
	{route: "GET /units/:unit/reopen", roles: roles(office), own: true},
	{route: "POST /units/:unit/reopen", roles: roles(office), own: true},
	{route: "GET /units/:unit/transfer", roles: roles(office), own: true},
	{route: "POST /units/:unit/transfer", roles: roles(office), own: true},
	{route: "GET /units/group/:area/edit", roles: roles(office), own: true},
	{route: "POST /units/group/:area/edit", roles: roles(office), own: true},
	{route: "GET /units/group/:area/sharing", roles: roles(office), own: true},
	{route: "POST /units/group/:area/sharing", roles: roles(office), own: true},
	{route: "GET /units/group/:area/seats", roles: roles(office), own: true},
	{route: "POST /units/group/:area/seats", roles: roles(office), own: true},
	{route: "GET /units/group/:area/seats/:seat/holder", roles: roles(office), own: true},
	{route: "POST /units/group/:area/seats/:seat/holder", roles: roles(office), own: true},
	{route: "GET /units/group/:area/seats/:seat/end", roles: roles(office), own: true},
	{route: "POST /units/group/:area/seats/:seat/end", roles: roles(office), own: true},
	{route: "GET /units/group/:area/staff", roles: roles(office), own: true},
	{route: "POST /units/group/:area/staff", roles: roles(office), own: true},
	{route: "GET /units/group/:area/staff/:person/end", roles: roles(office), own: true, none: true},
	{route: "POST /units/group/:area/staff/:person/end", roles: roles(office), own: true, none: true},

	// catalogue: view
	{route: "GET /catalogue", roles: group},
	{route: "GET /catalogue/export", roles: group},
	{route: "GET /catalogue/:item", roles: group},
	{route: "GET /catalogue/proposals", roles: group},
	{route: "GET /catalogue/proposals/export", roles: group},

	// catalogue: edit (office); propose a change (chief, liaison: own; tax)
	{route: "GET /catalogue/new", roles: roles(office)},
	{route: "POST /catalogue/new", roles: roles(office)},
	{route: "GET /catalogue/:item/edit", roles: roles(office)},
	{route: "POST /catalogue/:item/edit", roles: roles(office)},
	{route: "GET /catalogue/:item/retire", roles: roles(office)},
	{route: "POST /catalogue/:item/retire", roles: roles(office)},
	{route: "GET /catalogue/:item/changes/:change/withdraw", roles: roles(office), none: true},
	{route: "POST /catalogue/:item/changes/:change/withdraw", roles: roles(office), none: true},
	{route: "GET /catalogue/:item/propose", roles: roles(chief, liaison, tax)},
	{route: "POST /catalogue/:item/propose", roles: roles(chief, liaison, tax)},
	{route: "GET /catalogue/proposals/new", roles: roles(chief, liaison, tax)},
	{route: "POST /catalogue/proposals/new", roles: roles(chief, liaison, tax)},
	{route: "GET /catalogue/proposals/:proposal", roles: group, own: true},
	{route: "GET /catalogue/proposals/:proposal/:verb", roles: roles(office, liaison), own: true},
	{route: "POST /catalogue/proposals/:proposal/:verb", roles: roles(office, liaison), own: true},

	// data: read effective rows of others
	{route: "GET /catalogue/:item/differences", roles: roles(office, tax, review, bureau)},

	// ad-hoc call: raise; answer, refuse; sign
	{route: "GET /catalogue/calls", roles: roles(office, chief, liaison)},
	{route: "GET /catalogue/calls/export", roles: roles(office, chief, liaison)},
	{route: "GET /catalogue/calls/new", roles: roles(office)},
	{route: "POST /catalogue/calls/new", roles: roles(office)},
	{route: "GET /catalogue/calls/:call", roles: roles(office, chief, liaison), own: true},
	{route: "GET /catalogue/calls/:call/reply", roles: roles(liaison), own: true},
	{route: "POST /catalogue/calls/:call/reply", roles: roles(liaison), own: true},
	{route: "GET /catalogue/calls/:call/refuse", roles: roles(liaison), own: true},
	{route: "POST /catalogue/calls/:call/refuse", roles: roles(liaison), own: true},
	{route: "GET /catalogue/calls/:call/files/:no/:seq", roles: roles(office, chief, liaison), own: true, none: true},
	{route: "GET /catalogue/calls/:call/do/:verb", roles: roles(office, chief, liaison), own: true},
	{route: "POST /catalogue/calls/:call/do/:verb", roles: roles(office, chief, liaison), own: true},

	// template: view, workbook, schema
	{route: "GET /templates", roles: group},
	{route: "GET /templates/export", roles: group},
	{route: "GET /templates/:template", roles: group},
	{route: "GET /templates/:template/workbook.xlsx", roles: group},
	{route: "GET /templates/:template/schema.json", roles: group},
	{route: "GET /templates/:template/definition.xlsx", roles: group},
	{route: "GET /templates/:template/compare", roles: group},

	// template: design, trial, comment before release, publish, retire; the bureau sees, and so says, what tax does
	{route: "POST /templates/:template/next", roles: roles(office), own: true},
	{route: "GET /templates/designs", roles: designers},
	{route: "GET /templates/designs/export", roles: designers},
	{route: "GET /templates/designs/new", roles: roles(office)},
	{route: "POST /templates/designs", roles: roles(office)},
	{route: "GET /templates/designs/:design", roles: designers, own: true},
	{route: "GET /templates/designs/:design/about", roles: designers, own: true},
	{route: "GET /templates/designs/:design/rules", roles: designers, own: true},
	{route: "POST /templates/designs/:design/try", roles: designers, own: true},
	{route: "GET /templates/designs/:design/lists", roles: designers, own: true},
	{route: "GET /templates/designs/:design/comments", roles: designers, own: true},
	{route: "GET /templates/designs/:design/compare", roles: designers, own: true},
	{route: "GET /templates/designs/:design/workbook.xlsx", roles: designers, own: true},
	{route: "GET /templates/designs/:design/schema.json", roles: designers, own: true},
	{route: "GET /templates/designs/:design/definition.xlsx", roles: designers, own: true},
	{route: "POST /templates/designs/:design/fields", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/order", roles: roles(office), own: true},
	{route: "GET /templates/designs/:design/remove", roles: roles(office), own: true, none: true},
	{route: "POST /templates/designs/:design/remove", roles: roles(office), own: true, none: true},
	{route: "POST /templates/designs/:design/about", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/rules", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/lists", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/comments/:comment", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/comments", roles: roles(office, chief, liaison, tax, bureau), own: true},
	{route: "GET /templates/designs/:design/trials", roles: roles(office, liaison, handler), own: true},
	{route: "POST /templates/designs/:design/trials", roles: roles(office, liaison, handler), own: true},
	{route: "GET /templates/designs/:design/trials/:trial", roles: roles(office, liaison, handler), own: true, none: true},
	{route: "GET /templates/designs/:design/do/ask_comment", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/do/ask_comment", roles: roles(office), own: true},
	{route: "GET /templates/designs/:design/do/hand_over", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/do/hand_over", roles: roles(office), own: true},
	{route: "GET /templates/designs/:design/do/publish", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/do/publish", roles: roles(office), own: true},
	{route: "GET /templates/designs/:design/do/revise", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/do/revise", roles: roles(office), own: true},
	{route: "GET /templates/designs/:design/do/retire", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/do/retire", roles: roles(office), own: true},
	{route: "GET /templates/designs/:design/do/drop", roles: roles(office), own: true},
	{route: "POST /templates/designs/:design/do/drop", roles: roles(office), own: true},

	// filing: see tasks and findings (leader, tax, review: figures only, so no task)
	{route: "GET /filings", roles: filers},
	{route: "GET /filings/export", roles: filers},
	{route: "GET /filings/waivers", roles: filers},
	{route: "GET /filings/waivers/export", roles: filers},
	{route: "GET /filings/waivers/:waiver", roles: filers, own: true},
	{route: "GET /filings/tasks/:task", roles: filers, own: true},
	{route: "GET /filings/batches/:batch", roles: filers, own: true},
	{route: "GET /filings/batches/:batch/progress", roles: filers, own: true},
	{route: "GET /filings/batches/:batch/files/:seq", roles: filers, own: true},
	{route: "GET /filings/batches/:batch/annotated", roles: filers, own: true},
	{route: "GET /filings/batches/:batch/findings", roles: filers, own: true},
	{route: "GET /filings/batches/:batch/receipt", roles: filers, own: true},

	// filing: upload, explain, delete an own upload not yet submitted
	{route: "POST /filings/tasks/:task/upload", roles: roles(liaison, handler), own: true},
	{route: "GET /filings/batches/:batch/explain", roles: roles(liaison, handler), own: true, none: true},
	{route: "POST /filings/batches/:batch/explain", roles: roles(liaison, handler), own: true, none: true},
	{route: "GET /filings/batches/:batch/do/discard", roles: roles(liaison, handler), own: true},
	{route: "POST /filings/batches/:batch/do/discard", roles: roles(liaison, handler), own: true},
	{route: "GET /filings/batches/:batch/do/recheck", roles: roles(liaison, handler), own: true},
	{route: "POST /filings/batches/:batch/do/recheck", roles: roles(liaison, handler), own: true},

	// filing: declare nil, submit, withdraw
	{route: "GET /filings/tasks/:task/nil", roles: roles(liaison), own: true},
	{route: "POST /filings/tasks/:task/nil", roles: roles(liaison), own: true},
	{route: "GET /filings/batches/:batch/do/submit", roles: roles(liaison), own: true},
	{route: "POST /filings/batches/:batch/do/submit", roles: roles(liaison), own: true},
	{route: "GET /filings/batches/:batch/do/withdraw", roles: roles(liaison), own: true},
	{route: "POST /filings/batches/:batch/do/withdraw", roles: roles(liaison), own: true},

	// filing: sign, send back inside the unit
	{route: "GET /filings/batches/:batch/do/sign", roles: roles(chief), own: true},
	{route: "POST /filings/batches/:batch/do/sign", roles: roles(chief), own: true},
	{route: "GET /filings/batches/:batch/do/send_back", roles: roles(chief), own: true},
	{route: "POST /filings/batches/:batch/do/send_back", roles: roles(chief), own: true},

	// filing: accept, return
	{route: "GET /filings/inbox", roles: roles(office)},
	{route: "GET /filings/inbox/export", roles: roles(office)},
	{route: "POST /filings/inbox/accept", roles: roles(office)},
	{route: "GET /filings/inbox/accept", roles: roles(office)},
	{route: "GET /filings/inbox/return", roles: roles(office)},
	{route: "POST /filings/inbox/return", roles: roles(office)},
	{route: "GET /filings/batches/:batch/do/accept", roles: roles(office), own: true},
	{route: "POST /filings/batches/:batch/do/accept", roles: roles(office), own: true},
	{route: "GET /filings/batches/:batch/do/return", roles: roles(office), own: true},
	{route: "POST /filings/batches/:batch/do/return", roles: roles(office), own: true},

	// filing: exempt, unlock, allow correction: the Office, asked by the liaison of the own unit
	{route: "GET /filings/tasks/:task/waiver", roles: roles(office, liaison), own: true},
	{route: "POST /filings/tasks/:task/waiver", roles: roles(office, liaison), own: true},
	{route: "GET /filings/waivers/:waiver/:verb", roles: roles(office, liaison), own: true},
	{route: "POST /filings/waivers/:waiver/:verb", roles: roles(office, liaison), own: true},

	// messages between the liaison and the unit's contact in the Office
	{route: "POST /filings/tasks/:task/messages", roles: roles(office, liaison), own: true},

	// filing: compliance matrix (leader, tax, review: figures)
	{route: "GET /filings/matrix", roles: group},
	{route: "GET /filings/matrix/export", roles: group},
	{route: "GET /filings/matrix/:unit/:month", roles: group, own: true},

	// calendar: holidays and working days (office edits, of whose people only the city's are let in by the service)
	{route: "GET /calendar", roles: group},
	{route: "GET /calendar/changes", roles: group},
	{route: "GET /calendar/changes/export", roles: group},
	{route: "GET /calendar/changes/:change", roles: group, none: true},
	{route: "GET /calendar/changes/:change/export", roles: filers, none: true},
	{route: "GET /calendar/day", roles: roles(office)},
	{route: "POST /calendar/day", roles: roles(office)},
	{route: "GET /calendar/notice", roles: roles(office)},
	{route: "POST /calendar/notice", roles: roles(office)},

	// hand-over to the city's data platform: no row of its own in permissions.md; it is the Office's, which accepts
	{route: "GET /filings/handovers", roles: roles(office)},
	{route: "GET /filings/handovers/export", roles: roles(office)},
	{route: "POST /filings/handovers/retry", roles: roles(office)},

	// accounts
	{route: "GET /admin", roles: roles(sys, sec)},
	{route: "GET /admin/accounts/:account", roles: roles(sys, sec)},
	{route: "GET /admin/accounts/export", roles: roles(sys, sec)},
	{route: "GET /admin/accounts/new", roles: roles(sys)},
	{route: "GET /admin/accounts", roles: roles(sys, sec)}, // leads to /admin
	{route: "POST /admin/accounts", roles: roles(sys)},
	{route: "GET /admin/accounts/:account/disable", roles: roles(sys)},
	{route: "POST /admin/accounts/:account/disable", roles: roles(sys)},
	{route: "POST /admin/accounts/:account/enable", roles: roles(sys)},
	{route: "POST /admin/accounts/:account/unlock", roles: roles(sys)},
	{route: "GET /admin/accounts/:account/reset", roles: roles(sys, sec)}, // leads to the account
	{route: "POST /admin/accounts/:account/reset", roles: roles(sys)},
	{route: "POST /admin/accounts/:account/roles/give", roles: roles(sec)},
	{route: "POST /admin/accounts/:account/roles/take", roles: roles(sec)},
	{route: "GET /admin/accounts/:account/sessions/end", roles: roles(sec), none: true}, // security policy (ADR 1): log-ins are ended at once
	{route: "POST /admin/accounts/:account/sessions/end", roles: roles(sec), none: true},

	// API tokens: make, revoke; see own unit's
	{route: "GET /admin/tokens", roles: roles(sys)},
	{route: "GET /admin/tokens/export", roles: roles(sys)},
	{route: "GET /admin/tokens/new", roles: roles(sys)},
	{route: "POST /admin/tokens/new", roles: roles(sys)},
	{route: "GET /admin/tokens/:apitoken/revoke", roles: roles(sys), none: true},
	{route: "POST /admin/tokens/:apitoken/revoke", roles: roles(sys), none: true},
	{route: "GET /profile/tokens", roles: roles(liaison)},
	{route: "GET /profile/tokens/export", roles: roles(liaison)},

	// what a token is for: a unit's tasks, upload, findings, submit; never signing or accepting
	{route: "GET /api/v1/openapi.json", anon: true},
	{route: "GET /api/v1/tasks", token: true},
	{route: "POST /api/v1/tasks/:task/batches", token: true},
	{route: "GET /api/v1/batches/:batch", token: true},
	{route: "GET /api/v1/batches/:batch/findings", token: true},
	{route: "POST /api/v1/batches/:batch/submit", token: true},

	// audit: search, export, verify
	{route: "GET /audit", roles: roles(aud)},
	{route: "GET /audit/export", roles: roles(aud)},
	{route: "POST /audit/verify", roles: roles(aud)},
}
