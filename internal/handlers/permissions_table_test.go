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
	{route: "POST /logout", roles: everybody},
	{route: "GET /profile", roles: everybody},
	{route: "GET /profile/password", roles: everybody},
	{route: "POST /profile/password", roles: everybody},
	{route: "POST /profile/sessions/end", roles: everybody, none: true},

	// template: view, workbook, schema
	{route: "GET /templates", roles: group},
	{route: "GET /templates/export", roles: group},
	{route: "GET /templates/:template", roles: group},
	{route: "GET /templates/:template/workbook.xlsx", roles: group},
	{route: "GET /templates/:template/schema.json", roles: group},

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

	// accounts
	{route: "GET /admin", roles: roles(sys, sec)},
	{route: "GET /admin/accounts/:account", roles: roles(sys, sec)},
	{route: "GET /admin/accounts/export", roles: roles(sys, sec)},
	{route: "GET /admin/accounts/new", roles: roles(sys)},
	{route: "POST /admin/accounts", roles: roles(sys)},
	{route: "GET /admin/accounts/:account/disable", roles: roles(sys)},
	{route: "POST /admin/accounts/:account/disable", roles: roles(sys)},
	{route: "POST /admin/accounts/:account/enable", roles: roles(sys)},
	{route: "POST /admin/accounts/:account/unlock", roles: roles(sys)},
	{route: "POST /admin/accounts/:account/reset", roles: roles(sys)},
	{route: "POST /admin/accounts/:account/roles/give", roles: roles(sec)},
	{route: "POST /admin/accounts/:account/roles/take", roles: roles(sec)},

	// audit: search, export, verify
	{route: "GET /audit", roles: roles(aud)},
	{route: "GET /audit/export", roles: roles(aud)},
	{route: "POST /audit/verify", roles: roles(aud)},
}
