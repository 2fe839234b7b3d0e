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

	Templates        = "/templates"
	TemplatesExport  = "/templates/export"
	Template         = "/templates/:template"
	TemplateWorkbook = "/templates/:template/workbook.xlsx"
	TemplateSchema   = "/templates/:template/schema.json"

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
func ToSetup(token string) string          { return Fill(Setup, token) }
func ToLink(token string) string           { return Fill(Link, token) }
func ToTask(task string) string            { return Fill(Task, code(task)) }
func ToTaskUpload(task string) string      { return Fill(TaskUpload, code(task)) }
func ToTaskNil(task string) string         { return Fill(TaskNil, code(task)) }
func ToTaskMessage(task string) string     { return Fill(TaskMessage, code(task)) }
func ToTaskWaiver(task string) string      { return Fill(TaskWaiver, code(task)) }
func ToBatch(batch string) string          { return Fill(Batch, code(batch)) }
func ToBatchProgress(batch string) string  { return Fill(BatchProgress, code(batch)) }
func ToBatchAnnotated(batch string) string { return Fill(BatchAnnotated, code(batch)) }
func ToBatchExplain(batch string) string   { return Fill(BatchExplain, code(batch)) }
func ToBatchReceipt(batch string) string   { return Fill(BatchReceipt, code(batch)) }
func ToMatrixCell(unit, month string) string {
	return Fill(MatrixCell, code(unit), month)
}

// ToBatchFile leads to the n-th file of a batch as it was uploaded, from 0.
func ToBatchFile(batch string, seq int) string {
	return Fill(BatchFile, code(batch), strconv.Itoa(seq))
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

func ToTemplate(template string) string         { return Fill(Template, code(template)) }
func ToTemplateWorkbook(template string) string { return Fill(TemplateWorkbook, code(template)) }
func ToTemplateSchema(template string) string   { return Fill(TemplateSchema, code(template)) }

func ToAdminAccount(account int64) string { return Fill(AdminAccount, id(account)) }

// ToAdminStep leads to one of the steps on an account: AdminDisable, AdminEnable, AdminUnlock, AdminReset, AdminGive, AdminTake.
func ToAdminStep(pattern string, account int64) string { return Fill(pattern, id(account)) }
