package handlers

import (
	"net/http"
	"net/url"
	"slices"

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
		{get, paths.Clock, "home", "view", a.clock, 0, false, false},
		{post, paths.Logout, "profile", "view", a.logout, 0, false, false},
		{get, paths.Profile, "profile", "view", a.profile, 0, false, false},
		{get, paths.ProfilePassword, "profile", "edit", a.passwordForm, 0, false, false},
		{post, paths.ProfilePassword, "profile", "edit", a.password, 0, false, false},
		{post, paths.ProfileEnd, "profile", "edit", a.endSession, 0, false, false},

		{get, paths.Catalogue, "catalogue", "view", a.catalogue, 0, false, false},
		{get, paths.CatalogueExport, "catalogue", "view", a.catalogueExport, 0, false, false},
		{get, paths.CatalogueNew, "catalogue", "edit", a.itemNew, 0, false, false},
		{post, paths.CatalogueNew, "catalogue", "edit", a.itemAdd, 0, false, false},
		{get, paths.Proposals, "catalogue", "view", a.proposals, 0, false, false},
		{get, paths.ProposalsExport, "catalogue", "view", a.proposalsExport, 0, false, false},
		{get, paths.ProposalNew, "catalogue", "propose", a.proposalNew, 0, false, false},
		{post, paths.ProposalNew, "catalogue", "propose", a.proposeNew, 0, false, false},
		{get, paths.Proposal, "catalogue", "view", a.proposal, 0, false, false},
		{get, paths.ProposalMove, "catalogue", "view", a.proposalMoveForm, 0, false, false},
		{post, paths.ProposalMove, "catalogue", "view", a.proposalMove, 0, false, false},
		{get, paths.Calls, "call", "view", a.calls, 0, false, false},
		{get, paths.CallsExport, "call", "view", a.callsExport, 0, false, false},
		{get, paths.CallNew, "call", "raise", a.callNew, 0, false, false},
		{post, paths.CallNew, "call", "raise", a.raiseCall, 0, false, false},
		{get, paths.Call, "call", "view", a.call, 0, false, false},
		{get, paths.CallReply, "call", "answer", a.replyForm, 0, false, false},
		{post, paths.CallReply, "call", "answer", a.reply, replyLimit, true, false},
		{get, paths.CallRefuse, "call", "answer", a.refuseForm, 0, false, false},
		{post, paths.CallRefuse, "call", "answer", a.refuse, 0, false, false},
		{get, paths.CallFile, "call", "view", a.callFile, 0, false, false},
		{get, paths.CallMove, "call", "view", a.callMoveForm, 0, false, false},
		{post, paths.CallMove, "call", "view", a.callMove, 0, false, false},
		{get, paths.Item, "catalogue", "view", a.item, 0, false, false},
		{get, paths.ItemEdit, "catalogue", "edit", a.itemEditForm, 0, false, false},
		{post, paths.ItemEdit, "catalogue", "edit", a.itemEdit, 0, false, false},
		{get, paths.ItemRetire, "catalogue", "edit", a.itemRetireForm, 0, false, false},
		{post, paths.ItemRetire, "catalogue", "edit", a.itemRetire, 0, false, false},
		{get, paths.ItemWithdraw, "catalogue", "edit", a.withdrawForm, 0, false, false},
		{post, paths.ItemWithdraw, "catalogue", "edit", a.withdraw, 0, false, false},
		{get, paths.ItemPropose, "catalogue", "propose", a.proposeForm, 0, false, false},
		{post, paths.ItemPropose, "catalogue", "propose", a.propose, 0, false, false},
		{get, paths.ItemDifferences, "data", "compare", a.differences, 0, false, false},

		{get, paths.Templates, "template", "view", a.templates, 0, false, false},
		{get, paths.TemplatesExport, "template", "view", a.templatesExport, 0, false, false},
		{get, paths.Template, "template", "view", a.template, 0, false, false},
		{get, paths.TemplateWorkbook, "template", "view", a.workbook, 0, false, false},
		{get, paths.TemplateSchema, "template", "view", a.schema, 0, false, false},
		{get, paths.TemplateTable, "template", "view", a.templateTable, 0, false, false},
		{get, paths.TemplateCompare, "template", "view", a.templateCompare, 0, false, false},
		{post, paths.TemplateNext, "template", "design", a.templateNextVersion, 0, false, false},

		{get, paths.Designs, "template", "draft", a.designs, 0, false, false},
		{get, paths.DesignsExport, "template", "draft", a.designsExport, 0, false, false},
		{get, paths.DesignNew, "template", "design", a.designNew, 0, false, false},
		{post, paths.Designs, "template", "design", a.designBegin, importLimit, true, false},
		{get, paths.Design, "template", "draft", a.design, 0, false, false},
		{post, paths.DesignFields, "template", "design", a.saveField, 0, false, false},
		{post, paths.DesignOrder, "template", "design", a.orderFields, 0, false, false},
		{get, paths.DesignRemove, "template", "design", a.removeForm, 0, false, false},
		{post, paths.DesignRemove, "template", "design", a.remove, 0, false, false},
		{get, paths.DesignAbout, "template", "draft", a.designAbout, 0, false, false},
		{post, paths.DesignAbout, "template", "design", a.saveAbout, 0, false, false},
		{get, paths.DesignRules, "template", "draft", a.designRules, 0, false, false},
		{post, paths.DesignRules, "template", "design", a.saveRule, 0, false, false},
		{post, paths.DesignTry, "template", "draft", a.tryRules, 0, false, false},
		{get, paths.DesignLists, "template", "draft", a.designLists, 0, false, false},
		{post, paths.DesignLists, "template", "design", a.saveList, 0, false, false},
		{get, paths.DesignComments, "template", "draft", a.designComments, 0, false, false},
		{post, paths.DesignComments, "template", "comment", a.comment, 0, false, false},
		{post, paths.DesignAnswer, "template", "design", a.answer, 0, false, false},
		{get, paths.DesignTrials, "template", "trial", a.designTrials, 0, false, false},
		{post, paths.DesignTrials, "template", "trial", a.tryFile, trialLimit, true, false},
		{get, paths.DesignTrial, "template", "trial", a.designTrial, 0, false, false},
		{get, paths.DesignCompare, "template", "draft", a.designCompare, 0, false, false},
		{get, paths.DesignWorkbook, "template", "draft", a.designWorkbook, 0, false, false},
		{get, paths.DesignSchema, "template", "draft", a.designSchema, 0, false, false},
		{get, paths.DesignTable, "template", "draft", a.designTable, 0, false, false},

		{get, paths.Units, "unit", "names", a.units, 0, false, false},
		{get, paths.UnitsExport, "unit", "view", a.unitsExport, 0, false, false},
		{get, paths.UnitNew, "unit", "edit", a.unitNew, 0, false, false},
		{post, paths.Units, "unit", "edit", a.unitCreate, 0, false, false},
		{get, paths.Unit, "unit", "view", a.unit, 0, false, false},
		{get, paths.UnitEdit, "unit", "edit", a.unitEditForm, 0, false, false},
		{post, paths.UnitEdit, "unit", "edit", a.unitEdit, 0, false, false},
		{get, paths.UnitContact, "unit", "edit", a.contactForm, 0, false, false},
		{post, paths.UnitContact, "unit", "edit", a.setContact, 0, false, false},
		{get, paths.UnitClose, "unit", "edit", a.closeForm, 0, false, false},
		{post, paths.UnitClose, "unit", "edit", a.closeUnit, 0, false, false},
		{get, paths.UnitReopen, "unit", "edit", a.reopenForm, 0, false, false},
		{post, paths.UnitReopen, "unit", "edit", a.reopenUnit, 0, false, false},
		{get, paths.UnitTransfer, "unit", "edit", a.transferForm, 0, false, false},
		{post, paths.UnitTransfer, "unit", "edit", a.transfer, 0, false, false},
		{get, paths.UnitHistory, "unit", "view", a.unitHistory, 0, false, false},
		{get, paths.UnitHistoryExport, "unit", "view", a.unitHistoryExport, 0, false, false},
		{get, paths.OwnGroup, "unit", "view", a.group, 0, false, false},
		{get, paths.Group, "unit", "view", a.group, 0, false, false},
		{get, paths.GroupExport, "unit", "view", a.groupExport, 0, false, false},
		{get, paths.GroupHistory, "unit", "view", a.groupHistory, 0, false, false},
		{get, paths.GroupHistoryExport, "unit", "view", a.groupHistoryExport, 0, false, false},
		{get, paths.GroupEdit, "unit", "edit", a.groupAboutForm().ask, 0, false, false},
		{post, paths.GroupEdit, "unit", "edit", a.groupAboutForm().take, 0, false, false},
		{get, paths.GroupSharing, "unit", "edit", a.sharingForm().ask, 0, false, false},
		{post, paths.GroupSharing, "unit", "edit", a.sharingForm().take, 0, false, false},
		{get, paths.GroupSeat, "unit", "edit", a.seatForm().ask, 0, false, false},
		{post, paths.GroupSeat, "unit", "edit", a.seatForm().take, 0, false, false},
		{get, paths.GroupHolder, "unit", "edit", a.holderForm().ask, 0, false, false},
		{post, paths.GroupHolder, "unit", "edit", a.holderForm().take, 0, false, false},
		{get, paths.GroupSeatEnd, "unit", "edit", a.seatEndForm().ask, 0, false, false},
		{post, paths.GroupSeatEnd, "unit", "edit", a.seatEndForm().take, 0, false, false},
		{get, paths.GroupStaff, "unit", "edit", a.staffForm().ask, 0, false, false},
		{post, paths.GroupStaff, "unit", "edit", a.staffForm().take, 0, false, false},
		{get, paths.GroupStaffEnd, "unit", "edit", a.staffEndForm().ask, 0, false, false},
		{post, paths.GroupStaffEnd, "unit", "edit", a.staffEndForm().take, 0, false, false},

		{get, paths.Filings, "filing", "view", a.filings, 0, false, false},
		{get, paths.FilingsExport, "filing", "view", a.filingsExport, 0, false, false},
		{get, paths.Inbox, "filing", "accept", a.inbox, 0, false, false},
		{get, paths.InboxExport, "filing", "accept", a.inboxExport, 0, false, false},
		{get, paths.InboxAccept, "filing", "accept", a.inboxAcceptForm, 0, false, false},
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
		{get, paths.Handovers, "handover", "view", a.handovers, 0, false, false},
		{get, paths.HandoversExport, "handover", "view", a.handoversExport, 0, false, false},
		{post, paths.HandoversRetry, "handover", "retry", a.handoversRetry, 0, false, false},
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

		{get, paths.Calendar, "calendar", "view", a.calendar, 0, false, false},
		{get, paths.CalendarDay, "calendar", "edit", a.calendarDayForm, 0, false, false},
		{post, paths.CalendarDay, "calendar", "edit", a.calendarDay, 0, false, false},
		{get, paths.CalendarNotice, "calendar", "edit", a.calendarNoticeForm, 0, false, false},
		{post, paths.CalendarNotice, "calendar", "edit", a.calendarNotice, 0, false, false},
		{get, paths.CalendarChanges, "calendar", "view", a.calendarChanges, 0, false, false},
		{get, paths.CalendarChangesExport, "calendar", "view", a.calendarChangesExport, 0, false, false},
		{get, paths.CalendarChange, "calendar", "view", a.calendarChange, 0, false, false},
		{get, paths.CalendarMovedExport, "filing", "view", a.calendarMovedExport, 0, false, false},

		{get, paths.Admin, "account", "view", a.adminAccounts, 0, false, false},
		{get, paths.AdminExport, "account", "view", a.adminExport, 0, false, false},
		{get, paths.AdminNew, "account", "create", a.adminNew, 0, false, false},
		{get, paths.AdminAccounts, "account", "view", a.toAccounts, 0, false, false},
		{post, paths.AdminAccounts, "account", "create", a.adminCreate, 0, false, false},
		{get, paths.AdminAccount, "account", "view", a.adminAccount, 0, false, false},
		{get, paths.AdminDisable, "account", "disable", a.adminDisableForm, 0, false, false},
		{post, paths.AdminDisable, "account", "disable", a.adminDisable, 0, false, false},
		{post, paths.AdminEnable, "account", "disable", a.adminEnable, 0, false, false},
		{post, paths.AdminUnlock, "account", "unlock", a.adminUnlock, 0, false, false},
		{get, paths.AdminReset, "account", "view", a.toAccount, 0, false, false},
		{post, paths.AdminReset, "account", "reset", a.adminReset, 0, false, false},
		{post, paths.AdminGive, "role", "give", a.adminGive, 0, false, false},
		{post, paths.AdminTake, "role", "take", a.adminTake, 0, false, false},
		{get, paths.AdminSession, "session", "end", a.adminSessionForm, 0, false, false},
		{post, paths.AdminSession, "session", "end", a.adminSession, 0, false, false},

		{get, paths.Tokens, "token", "view", a.tokens, 0, false, false},
		{get, paths.TokensExport, "token", "view", a.tokensExport, 0, false, false},
		{get, paths.TokenNew, "token", "make", a.tokenForm, 0, false, false},
		{post, paths.TokenNew, "token", "make", a.makeToken, 0, false, false},
		{get, paths.TokenRevoke, "token", "revoke", a.revokeForm, 0, false, false},
		{post, paths.TokenRevoke, "token", "revoke", a.revokeToken, 0, false, false},
		{get, paths.OwnTokens, "token", "own", a.ownTokens, 0, false, false},
		{get, paths.OwnTokensExport, "token", "own", a.ownTokensExport, 0, false, false},

		{get, paths.Audit, "audit", "view", a.audit, 0, false, false},
		{get, paths.AuditExport, "audit", "export", a.auditExport, 0, false, false},
		{post, paths.AuditVerify, "audit", "verify", a.auditVerify, 0, false, false},
	}
	return slices.Concat(routes, a.moveRoutes(), a.designMoveRoutes(), a.apiRoutes())
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
	if c.Path() == paths.Clock && respond.IsHTMX(r) { // what the reader has typed stays: only a step of his own leads away
		return c.NoContent(http.StatusNoContent)
	}
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
