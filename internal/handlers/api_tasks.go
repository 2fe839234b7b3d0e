package handlers

import (
	"encoding/base64"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
)

// apiTask is a task as programs read it.
type apiTask struct {
	Code       string        `json:"code"`
	Item       apiName       `json:"item"`
	Unit       apiName       `json:"unit"`
	Period     models.Period `json:"period"`
	Template   apiTemplate   `json:"template"`
	State      string        `json:"state"`
	StateLabel string        `json:"state_label"`
	OpensAt    moment        `json:"opens_at"`
	DueAt      moment        `json:"due_at"`
	LockAt     moment        `json:"lock_at"`
	Upload     apiMay        `json:"upload"`
	Batch      *apiBatchRef  `json:"batch"`
}

type apiName struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type apiTemplate struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
	Schema  string `json:"schema"`
}

// apiMay says whether and where a batch can be uploaded now.
type apiMay struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason"`
	URL     string `json:"url"`
}

type apiBatchRef struct {
	Code       string `json:"code"`
	State      string `json:"state"`
	StateLabel string `json:"state_label"`
	URL        string `json:"url"`
}

// apiPage is one page of a list; the next one begins at NextCursor.
type apiPage[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

// moment writes an instant as RFC 3339 in the portal's zone, and none as null.
type moment models.Instant

// MarshalJSON implements json.Marshaler.
func (m moment) MarshalJSON() ([]byte, error) {
	if m == 0 {
		return []byte("null"), nil
	}
	return []byte(models.Instant(m).Time().Format(`"2006-01-02T15:04:05-07:00"`)), nil
}

// Sizes of a page of tasks.
const (
	apiTaskPage    = 50
	apiTaskPageMax = 200
)

// apiTasks lists the unit's tasks.
func (a *App) apiTasks(c echo.Context) error {
	q, err := apiTaskQuery(c)
	if err != nil {
		return err
	}
	who := actor(c)
	rows, next, err := a.Filing.TasksAfter(c.Request().Context(), who, q)
	if err != nil {
		return err
	}
	page := apiPage[apiTask]{Items: make([]apiTask, len(rows)), NextCursor: cursorOf(next)}
	for i := range rows {
		page.Items[i] = a.apiTaskOf(who, &rows[i])
	}
	return c.JSON(http.StatusOK, page)
}

func apiTaskQuery(c echo.Context) (filing.TaskQuery, error) {
	q := filing.TaskQuery{Period: models.Period(form.Query(c, "period"))}
	if q.Period != "" && !q.Period.Valid() {
		return q, badParameter("period", "期次的写法如 2026-10、2026-Q3、2026-H2、2026。")
	}
	for _, text := range strings.FieldsFunc(form.Query(c, "state"), func(r rune) bool { return r == ',' }) {
		s, known := knownStanding(strings.TrimSpace(text))
		if !known {
			return q, badParameter("state", "没有状态“"+text+"”。可用的状态见 /api/v1/openapi.json，几个状态用逗号隔开。")
		}
		q.Standings = append(q.Standings, s)
	}
	var err error
	if q.After, err = cursor(c); err != nil {
		return q, err
	}
	q.Limit, err = pageLimit(c, apiTaskPage, apiTaskPageMax)
	return q, err
}

func (a *App) apiTaskOf(who models.Actor, r *filing.TaskRow) apiTask {
	t := &r.Task
	reason := a.Filing.NoUpload(who, t)
	task := apiTask{
		Code: t.Code, Item: apiName{models.ItemCode(t.Item.Code), t.Item.Name}, Unit: apiName{t.Unit.Code, t.Unit.Name}, Period: t.Period,
		Template: apiTemplateOf(t.TemplateVersion.Template.Code, t.TemplateVersion.No), State: string(r.Standing), StateLabel: r.Standing.Label(),
		OpensAt: moment(t.OpensAt), DueAt: moment(r.DueNow), LockAt: moment(t.LockAt),
		Upload: apiMay{Allowed: reason == "", Reason: reason, URL: paths.ToAPIUpload(t.Code)},
	}
	if b := r.Current; b != nil {
		task.Batch = &apiBatchRef{Code: b.Code, State: string(b.State), StateLabel: models.FilingFlow.Describe(b.State).Label, URL: paths.ToAPIBatch(b.Code)}
	}
	return task
}

func apiTemplateOf(code string, version int) apiTemplate {
	return apiTemplate{Code: code, Version: version, Schema: paths.With(paths.ToTemplateSchema(code), "version", strconv.Itoa(version))}
}

// Cursors and limits of lists.

// cursorOf hides from programs what a list goes on behind, so that none builds its own; 0 is the end.
func cursorOf(n int64) *string {
	if n == 0 {
		return nil
	}
	text := base64.RawURLEncoding.EncodeToString([]byte("n" + strconv.FormatInt(n, 36)))
	return &text
}

// cursor reads the place at which a list goes on; 0 without one.
func cursor(c echo.Context) (int64, error) {
	text := form.Query(c, "cursor")
	if text == "" {
		return 0, nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil && len(plain) > 1 && plain[0] == 'n' {
		if n, err := strconv.ParseInt(string(plain[1:]), 36, 64); err == nil && n > 0 {
			return n, nil
		}
	}
	return 0, badParameter("cursor", "cursor 须原样取自上一页的 next_cursor。")
}

func pageLimit(c echo.Context, standard, most int) (int, error) {
	text := form.Query(c, "limit")
	if text == "" {
		return standard, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, badParameter("limit", "limit 须是 1 至 "+strconv.Itoa(most)+" 的整数。")
	}
	return n, nil
}

// Uploads.

// apiAccepted is the answer to an upload. It holds what never changes, so that the same key gives the same answer.
type apiAccepted struct {
	Batch      string    `json:"batch"`
	Task       string    `json:"task"`
	State      string    `json:"state"`
	ReceivedAt moment    `json:"received_at"`
	ReceivedBy string    `json:"received_by"`
	Checksum   string    `json:"checksum"`
	Files      []apiSent `json:"files"`
	Links      apiLinks  `json:"links"`
}

type apiSent struct {
	Name        string  `json:"name"`
	Size        int64   `json:"size"`
	SHA256      string  `json:"sha256"`
	DuplicateOf *string `json:"duplicate_of"`
}

type apiLinks struct {
	Self     string `json:"self"`
	Findings string `json:"findings"`
	Submit   string `json:"submit"`
}

func linksOf(batch string) apiLinks {
	return apiLinks{Self: paths.ToAPIBatch(batch), Findings: paths.ToAPIFindings(batch), Submit: paths.ToAPISubmit(batch)}
}

func sentFiles(files []models.BatchFile) []apiSent {
	list := make([]apiSent, len(files))
	for i, f := range files {
		list[i] = apiSent{Name: f.Name, Size: f.Size, SHA256: f.Blob}
		if f.Duplicate != "" {
			list[i].DuplicateOf = &f.Duplicate
		}
	}
	return list
}

// The kinds of content that an upload may have, and how their files end.
var apiContents = map[string]string{"text/csv": ".csv", "application/x-ndjson": ".ndjson"}

var errContent = &problem{Status: http.StatusUnsupportedMediaType, Code: "unsupported-media-type",
	cause: fault.New(fault.Invalid, "内容类型须是 text/csv 或 application/x-ndjson，内容不压缩。请核对请求头 Content-Type 和 Content-Encoding。")}

// apiUpload takes the body as a new batch. Nothing of a body that breaks off stays.
func (a *App) apiUpload(c echo.Context) error {
	ctx, who, task, key := c.Request().Context(), actor(c), c.Param("task"), c.Request().Header.Get("Idempotency-Key")
	name, err := apiFileName(c.Request(), task)
	if err != nil {
		c.Response().Header().Set("Accept-Post", "text/csv, application/x-ndjson")
		return err
	}
	if err := a.Filing.CheckOnce(ctx, who, task, key); err != nil {
		return err
	}
	var file filing.UploadedFile
	err = form.Body(c, func(content io.Reader) error {
		var err error
		file, err = a.Filing.Keep(ctx, name, content)
		return err
	})
	if err != nil {
		return err
	}
	b, replayed, err := a.Filing.UploadOnce(ctx, who, task, key, file)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set(echo.HeaderLocation, paths.ToAPIBatch(b.Code))
	if replayed {
		header.Set("Idempotency-Replayed", "true")
	}
	return c.JSON(http.StatusAccepted, apiAccepted{
		Batch: b.Code, Task: strings.ToUpper(task), State: string(models.BatchUploaded), ReceivedAt: moment(b.CreatedAt), ReceivedBy: b.CreatedName,
		Checksum: b.Checksum, Files: sentFiles(b.Files), Links: linksOf(b.Code),
	})
}

// apiFileName holds the kind of content, and names the file: as the program does, else after the task.
func apiFileName(r *http.Request, task string) (string, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	ending, known := apiContents[kind]
	if encoding := r.Header.Get(echo.HeaderContentEncoding); err != nil || !known || encoding != "" && encoding != "identity" {
		return "", errContent
	}
	if _, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentDisposition)); err == nil && params["filename"] != "" {
		return strings.ToValidUTF8(params["filename"], ""), nil
	}
	return strings.ToUpper(task) + ending, nil
}
