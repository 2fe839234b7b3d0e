// Package paths holds every URL of the portal: the patterns of the route table and typed builders for views, handlers
// and tests, so that a renamed route breaks the build.
package paths

import (
	"net/url"
	"strconv"
	"strings"
)

// Patterns of pages and steps. :task and :batch are codes, matched without case.
const (
	Home   = "/"
	Clock  = "/clock"
	Login  = "/login"
	Logout = "/logout"
	Setup  = "/setup/:token"
	Link   = "/link/:token"

	Profile         = "/profile"
	ProfilePassword = "/profile/password"
	ProfileEnd      = "/profile/sessions/end"

	Filings        = "/filings"
	FilingsExport  = "/filings/export"
	Inbox          = "/filings/inbox"
	InboxExport    = "/filings/inbox/export"
	InboxAccept    = "/filings/inbox/accept"
	InboxReturn    = "/filings/inbox/return"
	Matrix         = "/filings/matrix"
	MatrixExport   = "/filings/matrix/export"
	MatrixCell     = "/filings/matrix/:unit/:month"
	Waivers        = "/filings/waivers"
	WaiversExport  = "/filings/waivers/export"
	Waiver         = "/filings/waivers/:waiver"
	WaiverMove     = "/filings/waivers/:waiver/:verb"
	Task           = "/filings/tasks/:task"
	TaskUpload     = "/filings/tasks/:task/upload"
	TaskNil        = "/filings/tasks/:task/nil"
	TaskMessage    = "/filings/tasks/:task/messages"
	TaskWaiver     = "/filings/tasks/:task/waiver"
	Batch          = "/filings/batches/:batch"
	BatchProgress  = "/filings/batches/:batch/progress"
	BatchFile      = "/filings/batches/:batch/files/:seq"
	BatchAnnotated = "/filings/batches/:batch/annotated"
	BatchFindings  = "/filings/batches/:batch/findings"
	BatchExplain   = "/filings/batches/:batch/explain"
	BatchReceipt   = "/filings/batches/:batch/receipt"
	BatchMove      = "/filings/batches/:batch/do/:verb"

	Handovers       = "/filings/handovers"
	HandoversExport = "/filings/handovers/export"
	HandoversRetry  = "/filings/handovers/retry"

	Calendar              = "/calendar"
	CalendarDay           = "/calendar/day"
	CalendarNotice        = "/calendar/notice"
	CalendarChanges       = "/calendar/changes"
	CalendarChangesExport = "/calendar/changes/export"
	CalendarChange        = "/calendar/changes/:change"
	CalendarMovedExport   = "/calendar/changes/:change/export"

	Templates        = "/templates"
	TemplatesExport  = "/templates/export"
	Template         = "/templates/:template"
	TemplateWorkbook = "/templates/:template/workbook.xlsx"
	TemplateSchema   = "/templates/:template/schema.json"
	TemplateTable    = "/templates/:template/definition.xlsx"
	TemplateCompare  = "/templates/:template/compare"
	TemplateNext     = "/templates/:template/next"

	Designs        = "/templates/designs"
	DesignsExport  = "/templates/designs/export"
	DesignNew      = "/templates/designs/new"
	Design         = "/templates/designs/:design"
	DesignFields   = "/templates/designs/:design/fields"
	DesignOrder    = "/templates/designs/:design/order"
	DesignRemove   = "/templates/designs/:design/remove"
	DesignAbout    = "/templates/designs/:design/about"
	DesignRules    = "/templates/designs/:design/rules"
	DesignTry      = "/templates/designs/:design/try"
	DesignLists    = "/templates/designs/:design/lists"
	DesignComments = "/templates/designs/:design/comments"
	DesignAnswer   = "/templates/designs/:design/comments/:comment"
	DesignTrials   = "/templates/designs/:design/trials"
	DesignTrial    = "/templates/designs/:design/trials/:trial"
	DesignCompare  = "/templates/designs/:design/compare"
	DesignWorkbook = "/templates/designs/:design/workbook.xlsx"
	DesignSchema   = "/templates/designs/:design/schema.json"
	DesignTable    = "/templates/designs/:design/definition.xlsx"
	DesignMove     = "/templates/designs/:design/do/:verb"

	Units       = "/units"
	UnitsExport = "/units/export"
	UnitNew     = "/units/new"

	Unit              = "/units/:unit"
	UnitEdit          = "/units/:unit/edit"
	UnitContact       = "/units/:unit/contact"
	UnitClose         = "/units/:unit/close"
	UnitReopen        = "/units/:unit/reopen"
	UnitTransfer      = "/units/:unit/transfer"
	UnitHistory       = "/units/:unit/history"
	UnitHistoryExport = "/units/:unit/history/export"

	OwnGroup           = "/units/group"
	Group              = "/units/group/:area"
	GroupExport        = "/units/group/:area/export"
	GroupEdit          = "/units/group/:area/edit"
	GroupSharing       = "/units/group/:area/sharing"
	GroupSeat          = "/units/group/:area/seats"
	GroupHolder        = "/units/group/:area/seats/:seat/holder"
	GroupSeatEnd       = "/units/group/:area/seats/:seat/end"
	GroupStaff         = "/units/group/:area/staff"
	GroupStaffEnd      = "/units/group/:area/staff/:person/end"
	GroupHistory       = "/units/group/:area/history"
	GroupHistoryExport = "/units/group/:area/history/export"

	Admin         = "/admin"
	AdminNew      = "/admin/accounts/new"
	AdminAccounts = "/admin/accounts"
	AdminExport   = "/admin/accounts/export"
	AdminAccount  = "/admin/accounts/:account"
	AdminDisable  = "/admin/accounts/:account/disable"
	AdminEnable   = "/admin/accounts/:account/enable"
	AdminUnlock   = "/admin/accounts/:account/unlock"
	AdminReset    = "/admin/accounts/:account/reset"
	AdminGive     = "/admin/accounts/:account/roles/give"
	AdminTake     = "/admin/accounts/:account/roles/take"
	AdminSession  = "/admin/accounts/:account/sessions/end"

	Tokens          = "/admin/tokens"
	TokensExport    = "/admin/tokens/export"
	TokenNew        = "/admin/tokens/new"
	TokenRevoke     = "/admin/tokens/:apitoken/revoke"
	OwnTokens       = "/profile/tokens"
	OwnTokensExport = "/profile/tokens/export"

	API         = "/api/v1"
	APIOpen     = "/api/v1/openapi.json"
	APITasks    = "/api/v1/tasks"
	APIUpload   = "/api/v1/tasks/:task/batches"
	APIBatch    = "/api/v1/batches/:batch"
	APIFindings = "/api/v1/batches/:batch/findings"
	APISubmit   = "/api/v1/batches/:batch/submit"

	Audit       = "/audit"
	AuditExport = "/audit/export"
	AuditVerify = "/audit/verify"

	Static  = "/static/*"
	Healthz = "/healthz"
	Readyz  = "/readyz"
	Metrics = "/metrics"
)

// Fill replaces the parameters of a pattern, in order, with escaped values.
func Fill(pattern string, values ...string) string {
	parts := strings.Split(pattern, "/")
	next := 0
	for i, part := range parts {
		if strings.HasPrefix(part, ":") && next < len(values) {
			parts[i] = url.PathEscape(values[next])
			next++
		}
	}
	return strings.Join(parts, "/")
}

// With adds query parameters, leaving out empty ones.
func With(path string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func code(c string) string { return strings.ToLower(c) }
func id(n int64) string    { return strconv.FormatInt(n, 10) }

// Builders, named after what they lead to.
func ToSetup(token string) string         { return Fill(Setup, token) }
func ToLink(token string) string          { return Fill(Link, token) }
func ToTask(task string) string           { return Fill(Task, code(task)) }
func ToTaskUpload(task string) string     { return Fill(TaskUpload, code(task)) }
func ToTaskNil(task string) string        { return Fill(TaskNil, code(task)) }
func ToTaskMessage(task string) string    { return Fill(TaskMessage, code(task)) }
func ToTaskWaiver(task string) string     { return Fill(TaskWaiver, code(task)) }
func ToBatch(batch string) string         { return Fill(Batch, code(batch)) }
func ToBatchProgress(batch string) string { return Fill(BatchProgress, code(batch)) }
func ToBatchExplain(batch string) string  { return Fill(BatchExplain, code(batch)) }
func ToBatchReceipt(batch string) string  { return Fill(BatchReceipt, code(batch)) }
func ToMatrixCell(unit, month string) string {
	return Fill(MatrixCell, code(unit), month)
}

// ToClock leads to the clock of a due moment as it stands now, for the page that shows it.
func ToClock(due int64) string { return With(Clock, "due", id(due)) }

// ToBatchFile leads to the n-th file of a batch as it was uploaded, from 0.
func ToBatchFile(batch string, seq int) string {
	return Fill(BatchFile, code(batch), strconv.Itoa(seq))
}

// ToBatchAnnotated leads to the n-th file of a batch with what is wrong marked in it, from 0.
func ToBatchAnnotated(batch string, seq int) string {
	path := Fill(BatchAnnotated, code(batch))
	if seq == 0 {
		return path
	}
	return With(path, "file", strconv.Itoa(seq))
}

// ToBatchFindings leads to the findings of one rule of a batch, or of all with rule 0.
func ToBatchFindings(batch string, rule int64) string {
	path := Fill(BatchFindings, code(batch))
	if rule == 0 {
		return path
	}
	return With(path, "rule", id(rule))
}

// ToBatchMove leads to the confirm page of a move, and is where it is posted.
func ToBatchMove(batch, verb string) string { return Fill(BatchMove, code(batch), verb) }

// ToBatchMovePattern is the route of one move of the filing flow.
func ToBatchMovePattern(verb string) string { return strings.Replace(BatchMove, ":verb", verb, 1) }

// ToWaiver leads to a waiver, ToWaiverMove to a move of it.
func ToWaiver(waiver string) string           { return Fill(Waiver, code(waiver)) }
func ToWaiverMove(waiver, verb string) string { return Fill(WaiverMove, code(waiver), verb) }

// ToCalendar leads to a year of the working calendar.
func ToCalendar(year int) string { return With(Calendar, "year", strconv.Itoa(year)) }

// ToCalendarChange leads to one change of the calendar, ToCalendarMovedExport to the tasks that followed it.
func ToCalendarChange(change int64) string      { return Fill(CalendarChange, id(change)) }
func ToCalendarMovedExport(change int64) string { return Fill(CalendarMovedExport, id(change)) }

func ToTemplate(template string) string         { return Fill(Template, code(template)) }
func ToTemplateWorkbook(template string) string { return Fill(TemplateWorkbook, code(template)) }
func ToTemplateSchema(template string) string   { return Fill(TemplateSchema, code(template)) }
func ToTemplateTable(template string) string    { return Fill(TemplateTable, code(template)) }
func ToTemplateCompare(template string) string  { return Fill(TemplateCompare, code(template)) }
func ToTemplateNext(template string) string     { return Fill(TemplateNext, code(template)) }

// ToDesign leads to one of the pages of a design: Design, DesignFields, DesignAbout, DesignRules and the rest.
func ToDesign(pattern string, design int64) string { return Fill(pattern, id(design)) }

// ToDesignField leads to a design with one of its fields in the editor.
func ToDesignField(design int64, field string) string {
	return With(ToDesign(Design, design), "field", field) + "#edit"
}

// ToDesignAnswer is where a comment on a design is answered, ToDesignTrial the report of a trial filing on it.
func ToDesignAnswer(design, comment int64) string { return Fill(DesignAnswer, id(design), id(comment)) }
func ToDesignTrial(design, trial int64) string    { return Fill(DesignTrial, id(design), id(trial)) }

// ToDesignMove leads to the confirm page of a move of a design, and is where it is posted.
func ToDesignMove(design int64, verb string) string { return Fill(DesignMove, id(design), verb) }

// ToDesignMovePattern is the route of one move of TemplateFlow.
func ToDesignMovePattern(verb string) string { return strings.Replace(DesignMove, ":verb", verb, 1) }

func ToAdminAccount(account int64) string { return Fill(AdminAccount, id(account)) }

// ToAdminStep leads to one of the steps on an account: AdminDisable, AdminEnable, AdminUnlock, AdminReset, AdminGive, AdminTake.
func ToAdminStep(pattern string, account int64) string { return Fill(pattern, id(account)) }

// ToAdminSession leads to the page that ends a log-in of an account.
func ToAdminSession(account int64, session string) string {
	return With(Fill(AdminSession, id(account)), "session", session)
}

// ToTokenRevoke leads to the page that ends a token.
func ToTokenRevoke(token int64) string { return Fill(TokenRevoke, id(token)) }

// Addresses of /api/v1, which answers name.
func ToAPIUpload(task string) string    { return Fill(APIUpload, code(task)) }
func ToAPIBatch(batch string) string    { return Fill(APIBatch, code(batch)) }
func ToAPIFindings(batch string) string { return Fill(APIFindings, code(batch)) }
func ToAPISubmit(batch string) string   { return Fill(APISubmit, code(batch)) }

// ToUnit leads to the page of a unit.
func ToUnit(unit string) string { return Fill(Unit, code(unit)) }

// ToUnitPart leads to one of the pages of a unit: UnitEdit, UnitContact, UnitClose, UnitReopen, UnitTransfer, UnitHistory,
// UnitHistoryExport.
func ToUnitPart(pattern, unit string) string { return Fill(pattern, code(unit)) }

// ToGroup leads to the leading group of an area.
func ToGroup(area string) string { return Fill(Group, code(area)) }

// ToGroupPart leads to one of the pages of a leading group: GroupExport, GroupEdit, GroupSharing, GroupSeat, GroupStaff,
// GroupHistory, GroupHistoryExport.
func ToGroupPart(pattern, area string) string { return Fill(pattern, code(area)) }

// ToGroupOne leads to a page of one seat or person of a leading group: GroupHolder, GroupSeatEnd, GroupStaffEnd.
func ToGroupOne(pattern, area string, one int64) string { return Fill(pattern, code(area), id(one)) }
