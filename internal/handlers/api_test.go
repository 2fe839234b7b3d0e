package handlers_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/seed/demo"
)

// linesOf are the rows of a register as JSON lines under field codes.
func linesOf(t *testing.T, s *demo.Sheet) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, row := range s.Rows {
		object := map[string]string{}
		for i, f := range s.Def.Fields {
			if row[i] != "" {
				object[f.Code] = row[i]
			}
		}
		if err := json.NewEncoder(&out).Encode(object); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// spoilt is a register with an error in a sensitive field, another error and a warning.
func spoilt(t *testing.T) *demo.Sheet {
	return testkit.Rows(t, "zjj-02", 20).Set(3, "developer_uscc", "91371500MA3DEM0007").Set(5, "escrow_account", "6228480000000000A19").Set(7, "issue_date", "2025-12-30")
}

func TestAPI_drivesTheWholeJourney(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		p := newProgram(t, app, "liaison.zjj")
		task := p.get(paths.APITasks + "?period=2026-10&state=open").want(200)
		var code string
		for i := range task.value("items").([]any) {
			if task.value("items", i, "template", "code") == "zjj-02" {
				code = task.value("items", i, "code").(string)
				p.get(task.value("items", i, "template", "schema").(string)).want(200)
			}
		}
		if code != "ZJJ-02-202610" {
			t.Fatalf("no open task of the template: %s", task.body)
		}
		a := p.upload(code, "first", testkit.Rows(t, "zjj-02", 20).CSV()).want(http.StatusAccepted)
		batch := a.header.Get("Location")
		if batch != "/api/v1/batches/zjj-02-202610-1" || a.value("state") != "uploaded" || a.value("received_by") != "王静（令牌“业务系统 liaison.zjj”）" {
			t.Errorf("accepted %s at %q", a.body, batch)
		}
		if waiting := p.get(batch).want(200); waiting.value("state") != "uploaded" || waiting.header.Get("Retry-After") == "" {
			t.Errorf("before the check: %s", waiting.body)
		}
		p.get(batch+"/findings").problem(409, "not-checked", "校验")
		p.send("POST", batch+"/submit", nil).problem(409, "conflict", "已上传", "不能提交审签")
		app.Work()
		if clean := p.get(batch).want(200); clean.value("state") != "clean" || clean.value("rows", "valid") != 20.0 || clean.value("receipt") != nil {
			t.Fatalf("after the check: %s", clean.body)
		}
		if found := p.get(batch + "/findings").want(200); len(found.value("items").([]any)) != 0 || found.value("next_cursor") != nil {
			t.Errorf("findings of a clean batch: %s", found.body)
		}
		if sent := p.send("POST", batch+"/submit", nil).want(200); sent.value("state") != "signing" || !strings.Contains(sent.value("next").(string), "审签") {
			t.Errorf("submitted: %s", sent.body)
		}
		p.send("POST", batch+"/submit", nil).want(200) // the program did not hear the answer
		if n := len(trailOf(t, app, "filing", "submit")); n != 1 {
			t.Errorf("submitted %d times", n)
		}
		p.upload(code, "second", testkit.Rows(t, "zjj-02", 5).CSV()).problem(409, "conflict", "待审签")
		ok(t, app.Filing.Move(t.Context(), app.As("chief.zjj"), "zjj-02-202610-1", models.VerbSign, filing.MoveInput{}))
		ok(t, app.Filing.Move(t.Context(), app.As("office"), "zjj-02-202610-1", models.VerbAccept, filing.MoveInput{}))
		if done := p.get(batch).want(200); done.value("state") != "effective" || done.value("receipt", "no") != "HZ-ZJJ-02-202610-1" {
			t.Errorf("in force: %s", done.body)
		}
		if left := p.get(paths.APITasks + "?period=2026-10&state=open").want(200); strings.Contains(string(left.body), code) {
			t.Errorf("still open: %s", left.body)
		}
	})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// trailOf returns the entries of the trail about an action, oldest first.
func trailOf(t *testing.T, app *testkit.App, object, action string) []models.AuditEntry {
	t.Helper()
	var entries []models.AuditEntry
	ok(t, app.DB.Read.Where("object = ? AND action = ?", object, action).Order("seq").Find(&entries).Error)
	return entries
}

// TestAPI_receiptSaysWhatItsPageSays holds each value of the receipt against the page that people print.
func TestAPI_receiptSaysWhatItsPageSays(t *testing.T) {
	w := newTown(t)
	p := newProgram(t, w.App, "liaison.zjj")
	batch := p.uploaded("ZJJ-02-202610", testkit.Rows(t, "zjj-02", 20).CSV())
	p.send("POST", batch+"/submit", nil).want(200)
	w.move("chief.zjj", "ZJJ-02-202610-1", models.VerbSign, filing.MoveInput{})
	w.move("office", "ZJJ-02-202610-1", models.VerbAccept, filing.MoveInput{})
	told := p.get(batch).want(200)
	page := w.as("liaison.zjj").Get(told.value("receipt", "page").(string)).WantStatus(200)
	day := func(name string) string {
		at, err := time.Parse(time.RFC3339, told.value("receipt", name).(string))
		ok(t, err)
		return at.Format("2006年1月2日 15:04")
	}
	for _, name := range []string{"no", "unit", "item", "period", "batch", "template", "filed_by", "submitted_by", "signed_by", "accepted_by", "state"} {
		page.Want(told.value("receipt", name).(string))
	}
	for _, name := range []string{"filed_at", "submitted_at", "signed_at", "accepted_at", "due_at"} {
		page.Want(day(name))
	}
	page.Want(told.value("receipt", "files", 0, "sha256").(string), told.value("receipt", "files", 0, "name").(string), "20 行", "第 1 版")
}

// TestAPI_findsWhatThePageFinds holds that CSV by the page, CSV by the interface and JSON lines are checked alike, and that
// sensitive values are masked.
func TestAPI_findsWhatThePageFinds(t *testing.T) {
	app := testkit.New(t)
	_, err := app.Filing.Upload(t.Context(), app.As("liaison.zjj"), "zjj-02-202610", []filing.UploadedFile{app.File("人工.csv", spoilt(t).CSV())})
	ok(t, err)
	app.Work()
	p := newProgram(t, app, "liaison.zjj")
	type finding struct {
		Row                                           int
		Field, Rule, Severity, Value, Message, Advice string
	}
	read := func(batch string) (list []finding, body string) {
		a := p.get(batch + "/findings").want(200)
		var page struct{ Items []finding }
		a.decode(&page)
		return page.Items, string(a.body)
	}
	byPage, _ := read("/api/v1/batches/zjj-02-202610-1")
	byCSV, _ := read(p.uploaded("zjj-02-202610", spoilt(t).CSV()))
	again := p.send("POST", paths.ToAPIUpload("zjj-02-202610"), bytes.NewReader(linesOf(t, spoilt(t))), "Content-Type", "application/x-ndjson", "Idempotency-Key", "lines").want(202)
	app.Work()
	byLines, body := read(again.header.Get("Location"))
	if len(byPage) < 3 || !slices.Equal(byPage, byCSV) {
		t.Errorf("by the page %v\nby CSV %v", byPage, byCSV)
	}
	for i := range byLines {
		byLines[i].Row++ // JSON lines have no row of titles
	}
	if !slices.Equal(byPage, byLines) {
		t.Errorf("by the page %v\nby lines %v", byPage, byLines)
	}
	if strings.Contains(body, "6228480000000000A19") || !strings.Contains(body, "91371500MA3DEM0007") {
		t.Errorf("a sensitive value in clear, or another one masked: %s", body)
	}
	told := p.get(again.header.Get("Location")).want(200)
	if told.value("state") != "errors" || told.value("findings", "error_rows") != 2.0 || told.value("trouble") != "" {
		t.Errorf("told %s", told.body)
	}
	p.send("POST", again.header.Get("Location")+"/submit", nil).problem(409, "conflict", "有错误", "改好")
}

func TestAPI_findingsComeInPagesAndInLines(t *testing.T) {
	app := testkit.New(t)
	p := newProgram(t, app, "liaison.zjj")
	sheet := testkit.Rows(t, "zjj-02", 30)
	for i := range 12 {
		sheet.Set(i, "developer_name", "")
	}
	batch := p.uploaded("zjj-02-202610", sheet.Set(20, "issue_date", "2025-12-30").CSV())
	var rows []float64
	for cursor := ""; ; {
		page := p.get(paths.With(batch+"/findings", "severity", "error", "limit", "5", "cursor", cursor)).want(200)
		for i := range page.value("items").([]any) {
			rows = append(rows, page.value("items", i, "row").(float64))
		}
		next, more := page.value("next_cursor").(string)
		if !more {
			break
		}
		cursor = next
	}
	if len(rows) != 12 || !slices.IsSorted(rows) || len(slices.Compact(rows)) != 12 {
		t.Errorf("rows %v", rows)
	}
	lines := p.send("GET", batch+"/findings", nil, "Accept", "application/x-ndjson").want(200)
	if n := bytes.Count(lines.body, []byte("\n")); n != 13 || lines.header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%d lines of %s", n, lines.header.Get("Content-Type"))
	}
	warned := p.send("GET", batch+"/findings?severity=warning", nil, "Accept", "application/x-ndjson").want(200)
	if n := bytes.Count(warned.body, []byte("\n")); n != 1 {
		t.Errorf("%d warnings", n)
	}
	if n := len(trailOf(t, app, "filing", "download_findings")); n < 5 {
		t.Errorf("%d entries of the trail", n)
	}
}

func TestAPI_tasksAreFilteredAndPaged(t *testing.T) {
	app := testkit.New(t)
	p := newProgram(t, app, "liaison.zjj")
	codes := func(query string) (list []string, next any) {
		a := p.get(paths.APITasks + query).want(200)
		for i := range a.value("items").([]any) {
			list = append(list, a.value("items", i, "code").(string))
		}
		return list, a.value("next_cursor")
	}
	all, next := codes("")
	if len(all) == 0 || next != nil || slices.ContainsFunc(all, func(c string) bool { return !strings.HasPrefix(c, "ZJJ-") }) {
		t.Fatalf("all tasks: %v, next %v", all, next)
	}
	var paged []string
	for cursor := ""; ; {
		part, next := codes("?limit=1&cursor=" + cursor)
		if paged = append(paged, part...); next == nil {
			break
		}
		cursor = next.(string)
	}
	if !slices.Equal(paged, all) {
		t.Errorf("page by page %v, at once %v", paged, all)
	}
	if october, _ := codes("?period=2026-10"); len(october) == 0 || slices.ContainsFunc(october, func(c string) bool { return !strings.HasSuffix(c, "202610") }) {
		t.Errorf("October: %v", october)
	}
	if exempt, _ := codes("?state=exempt,returned"); len(exempt) != 0 {
		t.Errorf("exempt: %v", exempt)
	}
	open, _ := codes("?state=open,%20overdue")
	unopened, _ := codes("?state=unopened")
	if len(open)+len(unopened) != len(all) {
		t.Errorf("%d open, %d to come, %d in all", len(open), len(unopened), len(all))
	}
	few := app.Queries(func() { p.get(paths.APITasks + "?limit=1") })
	many := app.Queries(func() { p.get(paths.APITasks) })
	if many > few || many > 12 {
		t.Errorf("%d queries for one task, %d for %d", few, many, len(all))
	}
	for _, query := range []string{"?state=lost", "?period=soon", "?limit=0", "?limit=201", "?limit=x", "?cursor=!!", "?cursor=bjE", "?cursor=eDE"} {
		if query == "?cursor=bjE" {
			p.get(paths.APITasks + query).want(200) // a real one
			continue
		}
		p.get(paths.APITasks+query).problem(400, "invalid-parameter")
	}
}

func TestAPI_aSubUnitsTaskIsSeenAndNotFiled(t *testing.T) {
	app := testkit.New(t)
	ok(t, app.DB.Write.Exec(`UPDATE filing_tasks SET unit_id = (SELECT id FROM units WHERE code = 'ga-jj') WHERE code = 'ZJJ-02-202610'`).Error)
	above, own := newProgram(t, app, "police"), newProgram(t, app, "liaison.ga-jj")
	seen := above.get(paths.APITasks).want(200)
	if seen.value("items", 0, "unit", "code") != "ga-jj" || seen.value("items", 0, "upload", "allowed") != false {
		t.Errorf("seen from above: %s", seen.body)
	}
	content := testkit.Rows(t, "zjj-02", 20).CSV()
	above.upload("zjj-02-202610", "k", content).problem(403, "forbidden", "只能查看")
	batch := own.uploaded("zjj-02-202610", content)
	above.get(batch).want(200)
	above.send("POST", batch+"/submit", nil).problem(403, "forbidden", "只能查看")
	own.send("POST", batch+"/submit", nil).want(200)
}

// TestAPI_theTrailSaysByWhichToken holds that what a system did stands under its person and its name, and that the person
// cannot sign it.
func TestAPI_theTrailSaysByWhichToken(t *testing.T) {
	w := newTown(t)
	p := newProgram(t, w.App, "liaison.zjj")
	batch := p.uploaded("zjj-02-202610", testkit.Rows(t, "zjj-02", 20).CSV())
	p.send("POST", batch+"/submit", nil).want(200)
	for _, action := range []string{"upload", "submit"} {
		entries := trailOf(t, w.App, "filing", action)
		if len(entries) != 1 || entries[0].ActorName != "王静（令牌“业务系统 liaison.zjj”）" || entries[0].ActorID != w.As("liaison.zjj").AccountID ||
			entries[0].UnitName != "市住房城乡建设局" || entries[0].Addr != "192.0.2.7" {
			t.Errorf("%s: %+v", action, entries)
		}
	}
	w.as("chief.zjj").Get(paths.ToBatch("zjj-02-202610-1")).WantStatus(200).Want("令牌“业务系统 liaison.zjj”")
	ok(t, w.DB.Write.Create(&models.AccountRole{AccountID: w.As("liaison.zjj").AccountID, Role: models.RoleChief}).Error)
	err := w.Filing.Move(t.Context(), w.As("liaison.zjj"), "zjj-02-202610-1", models.VerbSign, filing.MoveInput{})
	if !fault.Is(err, fault.Forbidden) {
		t.Errorf("who answers for the token signs what it submitted: %v", err)
	}
}
