package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
)

// apiBatchBody is a batch as programs read it.
type apiBatchBody struct {
	Code       string       `json:"code"`
	Task       string       `json:"task"`
	No         int          `json:"no"`
	Kind       string       `json:"kind"`
	Correction bool         `json:"correction"`
	State      string       `json:"state"`
	StateLabel string       `json:"state_label"`
	Next       string       `json:"next"`
	CreatedAt  moment       `json:"created_at"`
	CreatedBy  string       `json:"created_by"`
	CheckedAt  moment       `json:"checked_at"`
	Progress   apiProgress  `json:"progress"`
	Rows       apiRows      `json:"rows"`
	Findings   apiCounts    `json:"findings"`
	Trouble    string       `json:"trouble"`
	Returned   *apiComeback `json:"returned"`
	Checksum   string       `json:"checksum"`
	Files      []apiSent    `json:"files"`
	Receipt    *apiReceipt  `json:"receipt"`
	Links      apiLinks     `json:"links"`
}

type apiProgress struct {
	Rows      int64 `json:"rows"`
	Estimated int64 `json:"estimated"`
}

type apiRows struct {
	Read     int64 `json:"read"`
	Valid    int64 `json:"valid"`
	Rejected int64 `json:"rejected"`
}

// apiCounts sums up what was found, rule by rule.
type apiCounts struct {
	ErrorRows    int64     `json:"error_rows"`
	Warnings     int64     `json:"warnings"`
	OpenWarnings int64     `json:"open_warnings"`
	Rules        []apiRule `json:"rules"`
}

type apiRule struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Field    string `json:"field"`
	Title    string `json:"title"`
	Advice   string `json:"advice"`
	Count    int64  `json:"count"`
}

// apiComeback is why the Office or the unit leader gave a filing back.
type apiComeback struct {
	By     string `json:"by"`
	Post   string `json:"post"`
	At     moment `json:"at"`
	Reason string `json:"reason"`
	DueAt  moment `json:"due_at"`
}

// apiReceipt says what the receipt's page says.
type apiReceipt struct {
	No              string    `json:"no"`
	Unit            string    `json:"unit"`
	Item            string    `json:"item"`
	Period          string    `json:"period"`
	Batch           string    `json:"batch"`
	Kind            string    `json:"kind"`
	Template        string    `json:"template"`
	TemplateVersion int       `json:"template_version"`
	Rows            int64     `json:"rows"`
	FiledBy         string    `json:"filed_by"`
	FiledAt         moment    `json:"filed_at"`
	SubmittedBy     string    `json:"submitted_by"`
	SubmittedAt     moment    `json:"submitted_at"`
	SignedBy        string    `json:"signed_by"`
	SignedAt        moment    `json:"signed_at"`
	AcceptedBy      string    `json:"accepted_by"`
	AcceptedAt      moment    `json:"accepted_at"`
	DueAt           moment    `json:"due_at"`
	State           string    `json:"state"`
	Files           []apiSent `json:"files"`
	Page            string    `json:"page"`
}

// apiBatch tells how a batch stands.
func (a *App) apiBatch(c echo.Context) error { return a.tellBatch(c, c.Param("batch")) }

// apiSubmit hands a clean batch to the unit leader.
func (a *App) apiSubmit(c echo.Context) error {
	if err := a.Filing.SubmitOnce(c.Request().Context(), actor(c), c.Param("batch")); err != nil {
		return err
	}
	return a.tellBatch(c, c.Param("batch"))
}

func (a *App) tellBatch(c echo.Context, code string) error {
	p, err := a.Filing.Page(c.Request().Context(), actor(c), "", code)
	if err != nil {
		return err
	}
	b := p.Batch
	if b.State == models.BatchUploaded || b.State == models.BatchChecking {
		later(c)
	}
	body := apiBatchBody{
		Code: b.Code, Task: p.Task.Code, No: b.No, Kind: string(b.Kind), Correction: b.Correction, State: string(b.State),
		StateLabel: models.FilingFlow.Describe(b.State).Label, Next: workflow.Plain(a.Filing.Next(p)),
		CreatedAt: moment(b.CreatedAt), CreatedBy: b.CreatedName, CheckedAt: moment(b.CheckedAt), Progress: apiProgress{b.Progress, b.ProgressTotal},
		Rows:     apiRows{b.RowsRead, b.RowsValid, b.RowsRejected},
		Findings: apiCounts{b.ErrorRows, b.WarningCount, b.OpenWarnings, make([]apiRule, len(p.Rules))},
		Trouble:  b.Trouble, Returned: comeback(p), Checksum: b.Checksum, Files: sentFiles(b.Files), Receipt: receiptOf(p), Links: linksOf(b.Code),
	}
	for i, r := range p.Rules {
		body.Findings.Rules[i] = apiRule{r.Rule, string(r.Severity), r.Field, r.Title, r.Advice, r.Count}
	}
	return c.JSON(http.StatusOK, body)
}

// comeback is why the batch's task came back, while that is to be mended.
func comeback(p *filing.TaskPage) *apiComeback {
	for _, e := range []*workflow.Event{p.SentBack, p.Returned} {
		if e != nil {
			return &apiComeback{By: e.ActorName, Post: e.ActorPost, At: moment(e.At), Reason: e.Reason, DueAt: moment(e.DueAt)}
		}
	}
	return nil
}

// receiptOf returns the receipt of a signed batch, nil before.
func receiptOf(p *filing.TaskPage) *apiReceipt {
	b, t := p.Batch, &p.Task
	if b.ReceiptNo == "" {
		return nil
	}
	r := &apiReceipt{
		No: b.ReceiptNo, Unit: t.Unit.Name, Item: t.Item.Name, Period: t.Period.Label(), Batch: b.Code, Kind: string(b.Kind),
		Template: t.TemplateVersion.Definition.Name, TemplateVersion: t.TemplateVersion.No, Rows: b.RowsValid, FiledBy: b.CreatedName,
		FiledAt: moment(b.CreatedAt), SubmittedBy: b.SubmittedName, SubmittedAt: moment(b.SubmittedAt), SignedBy: b.SignedName, SignedAt: moment(b.SignedAt),
		DueAt: moment(t.DueAt), State: models.FilingFlow.Describe(b.State).Label, Files: sentFiles(b.Files), Page: paths.ToBatchReceipt(b.Code),
	}
	if b.State == models.BatchEffective || b.State == models.BatchSuperseded {
		r.AcceptedBy, r.AcceptedAt = b.DecidedName, moment(b.DecidedAt)
	}
	return r
}

// apiFinding is one fault at one place. Values of sensitive fields are masked, as on the page.
type apiFinding struct {
	File     int    `json:"file"`
	Sheet    string `json:"sheet"`
	Row      int64  `json:"row"`
	Column   string `json:"column"`
	Field    string `json:"field"`
	Name     string `json:"name"`
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Value    string `json:"value"`
	Message  string `json:"message"`
	Advice   string `json:"advice"`
	Suggest  string `json:"suggest"`
}

func apiFindingOf(f ingest.Finding) apiFinding {
	return apiFinding{f.File, f.Sheet, f.Row, f.Column, f.Field, f.Name, f.Rule, string(f.Severity), f.Value, f.Message, f.Advice, f.Suggest}
}

// Sizes of a page of findings.
const (
	apiFindingPage    = 200
	apiFindingPageMax = 1000
)

const typeLines = "application/x-ndjson"

// apiFindings tells what was found in a batch: page by page, or as JSON lines all at once.
func (a *App) apiFindings(c echo.Context) error {
	severity := models.Severity(form.Query(c, "severity"))
	if severity != "" && severity != models.SeverityError && severity != models.SeverityWarning {
		return badParameter("severity", "severity 只能是 error 或 warning。")
	}
	skip, err := cursor(c)
	if err != nil {
		return err
	}
	limit, err := pageLimit(c, apiFindingPage, apiFindingPageMax)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), actor(c)
	list, err := a.Filing.CheckedFindings(ctx, who, c.Param("batch"))
	if err != nil {
		if errors.Is(err, filing.ErrUnchecked) {
			later(c)
		}
		return err
	}
	if strings.Contains(c.Request().Header.Get(echo.HeaderAccept), typeLines) {
		return a.streamFindings(c, list, severity)
	}
	found, more, err := a.Filing.FindingsPage(ctx, who, list, severity, int(skip), limit)
	if err != nil {
		return err
	}
	page := apiPage[apiFinding]{Items: make([]apiFinding, len(found))}
	for i, f := range found {
		page.Items[i] = apiFindingOf(f)
	}
	if more {
		page.NextCursor = cursorOf(skip + int64(len(found)))
	}
	return c.JSON(http.StatusOK, page)
}

// streamFindings sends all findings, one a line. A list that breaks off must not pass for a short one: the connection is
// cut, so that the program sees that the end is missing.
func (a *App) streamFindings(c echo.Context, list *filing.FindingList, severity models.Severity) error {
	response := c.Response()
	response.Header().Set(echo.HeaderContentType, typeLines)
	encoder := json.NewEncoder(response)
	encoder.SetEscapeHTML(false)
	err := a.Filing.Findings(c.Request().Context(), actor(c), list, func(f ingest.Finding) error {
		if severity != "" && f.Severity != severity {
			return nil
		}
		return encoder.Encode(apiFindingOf(f))
	})
	switch {
	case err == nil && !response.Committed:
		return c.NoContent(http.StatusOK)
	case err != nil && response.Committed:
		a.Logger.Warn("findings broken off", "event", middleware.RequestID(c), "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}
