package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"taxportal/internal/authz"
	"taxportal/internal/fault"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
)

// Route is one line of the route table: what it answers and which question the policy is asked first.
type Route struct {
	Method    string
	Path      string
	Object    string // authz.Public: no log-in needed
	Action    string
	Handler   echo.HandlerFunc
	Limit     int64 // bytes of the body, 0 = 2 MB
	Multipart bool  // takes files; its handler checks the CSRF token in the first part
	Plain     bool  // for machines: neither session nor page
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// uploadLimit bounds one upload request: the batch's files and a little for the form, less than what messages round to.
const uploadLimit = filing.MaxBatchBytes + 1<<19

// Routes is the one table of routes. A route that is not in it does not exist; one whose question the policy does not
// know does not start.
func (a *App) Routes() []Route {
	routes := []Route{
		{get, paths.Healthz, authz.Public, "", a.healthz, 0, false, true},
		{get, paths.Readyz, authz.Public, "", a.readyz, 0, false, true},
		{get, paths.Metrics, authz.Public, "", a.metrics, 0, false, true},
		{get, paths.Login, authz.Public, "", a.loginForm, 0, false, false},
		{post, paths.Login, authz.Public, "", a.login, 0, false, false},
		{get, paths.Setup, authz.Public, "", a.setupForm, 0, false, false},
		{post, paths.Setup, authz.Public, "", a.setup, 0, false, false},
		{get, paths.Link, authz.Public, "", a.linkForm, 0, false, false},
		{post, paths.Link, authz.Public, "", a.link, 0, false, false},

		{get, paths.Home, "home", "view", a.home, 0, false, false},
		{post, paths.Logout, "profile", "view", a.logout, 0, false, false},
		{get, paths.Profile, "profile", "view", a.profile, 0, false, false},
		{get, paths.ProfilePassword, "profile", "edit", a.passwordForm, 0, false, false},
		{post, paths.ProfilePassword, "profile", "edit", a.password, 0, false, false},
		{post, paths.ProfileEnd, "profile", "edit", a.endSession, 0, false, false},

		{get, paths.Templates, "template", "view", a.templates, 0, false, false},
		{get, paths.TemplatesExport, "template", "view", a.templatesExport, 0, false, false},
		{get, paths.Template, "template", "view", a.template, 0, false, false},
		{get, paths.TemplateWorkbook, "template", "view", a.workbook, 0, false, false},
		{get, paths.TemplateSchema, "template", "view", a.schema, 0, false, false},

		{get, paths.Filings, "filing", "view", a.filings, 0, false, false},
		{get, paths.FilingsExport, "filing", "view", a.filingsExport, 0, false, false},
		{get, paths.Inbox, "filing", "accept", a.inbox, 0, false, false},
		{get, paths.InboxExport, "filing", "accept", a.inboxExport, 0, false, false},
		{post, paths.InboxAccept, "filing", "accept", a.inboxAccept, 0, false, false},
		{get, paths.InboxReturn, "filing", "return", a.inboxReturnForm, 0, false, false},
		{post, paths.InboxReturn, "filing", "return", a.inboxReturn, 0, false, false},
		{get, paths.Matrix, "matrix", "view", a.matrix, 0, false, false},
		{get, paths.MatrixExport, "matrix", "view", a.matrixExport, 0, false, false},
		{get, paths.MatrixCell, "matrix", "view", a.matrixCell, 0, false, false},
		{get, paths.Waivers, "filing", "view", a.waivers, 0, false, false},
		{get, paths.WaiversExport, "filing", "view", a.waiversExport, 0, false, false},
		{get, paths.Waiver, "filing", "view", a.waiver, 0, false, false},
		{get, paths.WaiverMove, "filing", "view", a.waiverMoveForm, 0, false, false},
		{post, paths.WaiverMove, "filing", "view", a.waiverMove, 0, false, false},
		{get, paths.Task, "filing", "view", a.task, 0, false, false},
		{post, paths.TaskUpload, "filing", "upload", a.upload, uploadLimit, true, false},
		{get, paths.TaskNil, "filing", "nil", a.nilForm, 0, false, false},
		{post, paths.TaskNil, "filing", "nil", a.declareNil, 0, false, false},
		{post, paths.TaskMessage, "filing", "message", a.message, 0, false, false},
		{get, paths.TaskWaiver, "filing", "view", a.waiverForm, 0, false, false},
		{post, paths.TaskWaiver, "filing", "view", a.raiseWaiver, 0, false, false},
		{get, paths.Batch, "filing", "view", a.batch, 0, false, false},
		{get, paths.BatchProgress, "filing", "view", a.batchProgress, 0, false, false},
		{get, paths.BatchFile, "filing", "view", a.batchFile, 0, false, false},
		{get, paths.BatchAnnotated, "filing", "view", a.annotated, 0, false, false},
		{get, paths.BatchFindings, "filing", "view", a.findings, 0, false, false},
		{get, paths.BatchExplain, "filing", "explain", a.explainForm, 0, false, false},
		{post, paths.BatchExplain, "filing", "explain", a.explain, 0, false, false},
		{get, paths.BatchReceipt, "filing", "view", a.receipt, 0, false, false},

		{get, paths.Admin, "account", "view", a.adminAccounts, 0, false, false},
		{get, paths.AdminExport, "account", "view", a.adminExport, 0, false, false},
		{get, paths.AdminNew, "account", "create", a.adminNew, 0, false, false},
		{post, paths.AdminAccounts, "account", "create", a.adminCreate, 0, false, false},
		{get, paths.AdminAccount, "account", "view", a.adminAccount, 0, false, false},
		{get, paths.AdminDisable, "account", "disable", a.adminDisableForm, 0, false, false},
		{post, paths.AdminDisable, "account", "disable", a.adminDisable, 0, false, false},
		{post, paths.AdminEnable, "account", "disable", a.adminEnable, 0, false, false},
		{post, paths.AdminUnlock, "account", "unlock", a.adminUnlock, 0, false, false},
		{post, paths.AdminReset, "account", "reset", a.adminReset, 0, false, false},
		{post, paths.AdminGive, "role", "give", a.adminGive, 0, false, false},
		{post, paths.AdminTake, "role", "take", a.adminTake, 0, false, false},

		{get, paths.Audit, "audit", "view", a.audit, 0, false, false},
		{get, paths.AuditExport, "audit", "export", a.auditExport, 0, false, false},
		{post, paths.AuditVerify, "audit", "verify", a.auditVerify, 0, false, false},
	}
	return append(routes, a.moveRoutes()...)
}

// moveRoutes gives each move of the filing flow that a person takes its own route, with the policy's question from the
// workflow's table: a page that asks, and the step itself.
func (a *App) moveRoutes() []Route {
	var routes []Route
	for _, m := range models.FilingFlow.Moves {
		if m.Object == "" {
			continue
		}
		path := paths.ToBatchMovePattern(string(m.Verb))
		routes = append(routes,
			Route{Method: get, Path: path, Object: m.Object, Action: m.Action, Handler: a.moveForm(m)},
			Route{Method: post, Path: path, Object: m.Object, Action: m.Action, Handler: a.move(m)})
	}
	return routes
}

// require asks the policy before a route's handler runs, and sends those who are not logged in to the log-in page.
func (a *App) require(r Route) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if r.Object == authz.Public {
				return next(c)
			}
			actor, ok := middleware.Actor(c)
			if !ok {
				return a.toLogin(c)
			}
			if err := a.mustChange(c, actor, r); err != nil {
				return err
			}
			if err := a.Guard.Allow(actor, r.Object, r.Action); err != nil {
				return err
			}
			if c.Response().Committed {
				return nil
			}
			return next(c)
		}
	}
}

// toLogin remembers where the reader wanted to go and shows the log-in page. htmx is told by a header.
func (a *App) toLogin(c echo.Context) error {
	r := c.Request()
	reads := r.Method == get || r.Method == http.MethodHead
	if reads && !respond.IsHTMX(r) && r.URL.Path != paths.Home {
		return respond.SeeOther(c, paths.With(paths.Login, "next", r.URL.RequestURI()))
	}
	if !reads && !respond.IsHTMX(r) {
		return fault.New(fault.Unauthenticated, "登录已失效，这一步没有保存。请重新登录后再办。")
	}
	return respond.SeeOther(c, paths.Login)
}

// localPath returns next if it is a path of this portal, else the home page: no log-in leads elsewhere.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || len(next) < 1 || next[0] != '/' || (len(next) > 1 && (next[1] == '/' || next[1] == '\\')) {
		return paths.Home
	}
	return u.RequestURI()
}
