package handlers_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

func TestAPI_refusesWithProblems(t *testing.T) {
	app := testkit.New(t)
	p := newProgram(t, app, "liaison.zjj")
	stranger := newProgram(t, app, "liaison.fgw")
	batch := p.uploaded("zjj-02-202610", testkit.Rows(t, "zjj-02", 20).CSV())
	stranger.get(batch).problem(404, "not-found", "没有这个批次")
	stranger.get(batch+"/findings").problem(404, "not-found")
	stranger.send("POST", batch+"/submit", nil).problem(404, "not-found")
	stranger.upload("zjj-02-202610", "k", []byte("x")).problem(404, "not-found", "没有这个报送任务")
	p.get(paths.ToAPIBatch("nonsense")).problem(404, "not-found")
	p.get("/api/v1/nothing").problem(404, "not-found", "openapi.json")
	p.get("/api/v2/tasks").problem(404, "not-found")
	p.get("/api/v1/batches/%ff").problem(404, "not-found")
	if a := p.send("DELETE", batch, nil).problem(405, "method-not-allowed", "Allow"); !strings.Contains(a.header.Get("Allow"), "GET") {
		t.Errorf("Allow: %q", a.header.Get("Allow"))
	}
	p.send("GET", paths.ToAPISubmit("zjj-02-202610-1"), nil).problem(405, "method-not-allowed")
	p.get(batch+"/findings?severity=loud").problem(400, "invalid-parameter", "severity")
	for _, kind := range []string{"", "application/json", "multipart/form-data; boundary=x", "application/vnd.ms-excel", "text/csv; ="} {
		a := p.send("POST", paths.ToAPIUpload("zjj-02-202610"), strings.NewReader("x"), "Content-Type", kind, "Idempotency-Key", "k").problem(415, "unsupported-media-type", "text/csv")
		if a.header.Get("Accept-Post") == "" {
			t.Error("it does not say what is accepted")
		}
	}
	p.send("POST", paths.ToAPIUpload("zjj-02-202610"), strings.NewReader("x"), "Content-Type", "text/csv", "Content-Encoding", "gzip", "Idempotency-Key", "k").problem(415, "unsupported-media-type")
	large := httptest.NewRequest("POST", paths.ToAPIUpload("zjj-02-202610"), strings.NewReader("x"))
	large.Header.Set("Authorization", "Bearer "+p.token)
	large.ContentLength = filing.MaxFileBytes + 1
	p.ask(large).problem(413, "too-large", "200 MB")
	app.Clock.Set("2027-08-10", 9, 0)
	p.upload("zjj-02-202611", "k", []byte("x")).problem(423, "locked", "锁定")
	if head := p.send("HEAD", paths.APITasks, nil); head.status != 200 {
		t.Errorf("HEAD: %d", head.status)
	}
}

func TestAPI_takesATokenAndNothingElse(t *testing.T) {
	w := newTown(t)
	p := newProgram(t, w.App, "liaison.zjj")
	nobody := &program{t: t, app: w.App, doc: p.doc, addr: "192.0.2.8:1"}
	a := nobody.get(paths.APITasks).problem(401, "unauthenticated", "Authorization")
	if a.header.Get("WWW-Authenticate") != `Bearer realm="taxportal"` {
		t.Errorf("WWW-Authenticate: %q", a.header.Get("WWW-Authenticate"))
	}
	nobody.send("GET", paths.APITasks, nil, "Authorization", "Basic "+p.token).problem(401, "unauthenticated")
	nobody.send("GET", paths.APITasks, nil, "Authorization", "Bearer ").problem(401, "unauthenticated")
	nobody.send("GET", paths.APITasks, nil, "Authorization", "bearer "+p.token).want(200) // the scheme has no case
	if a := nobody.send("GET", paths.APITasks, nil, "Authorization", "Bearer gz_wrong").problem(401, "unauthenticated", "令牌不正确"); !strings.Contains(a.header.Get("WWW-Authenticate"), "invalid_token") {
		t.Errorf("WWW-Authenticate: %q", a.header.Get("WWW-Authenticate"))
	}
	// a browser's session opens nothing of the interface, and a token no page
	r := httptest.NewRequest("GET", paths.APITasks, nil)
	if answer := w.as("liaison.zjj").Send(r); answer.Status != 401 {
		t.Errorf("a session asks for tasks: %d", answer.Status)
	}
	page := httptest.NewRequest("GET", paths.Filings, nil)
	page.Header.Set("Authorization", "Bearer "+p.token)
	if answer := w.Client().Send(page); answer.Status != 303 {
		t.Errorf("a token opens a page: %d", answer.Status)
	}
	// the template's schema is for both
	p.get(paths.ToTemplateSchema("zjj-02")).want(200)
	p.get(paths.ToTemplateSchema("none-99")).problem(404, "not-found")
	w.as("liaison.zjj").Get(paths.ToTemplateSchema("zjj-02")).WantStatus(200)
	w.Client().Get(paths.ToTemplateSchema("zjj-02")).WantStatus(303)
	nobody.send("GET", paths.ToTemplateSchema("zjj-02"), nil, "Authorization", "Bearer gz_wrong").problem(401, "unauthenticated")
	w.Client().Get(paths.ToTemplateSchema("none-99")).WantStatus(303)
	// the description is no secret
	nobody.get(paths.APIOpen).want(200)
	// no token of a browser's own is needed, nor one of a form: nothing here rides on a cookie
	forged := httptest.NewRequest("POST", paths.ToAPISubmit("zjj-02-202610-1"), nil)
	forged.Header.Set("Authorization", "Bearer "+p.token)
	forged.Header.Set("Sec-Fetch-Site", "cross-site")
	p.ask(forged).problem(404, "not-found")
}

func TestAPI_slowsDownWhoAsksTooOften(t *testing.T) {
	app := testkit.New(t)
	p := newProgram(t, app, "liaison.zjj")
	other := newProgram(t, app, "liaison.fgw")
	refused := 0
	for range 80 {
		if a := p.get(paths.ToAPIBatch("none")); a.status == 429 {
			a.problem(429, "too-many-requests", "每分钟最多 300 次")
			if a.header.Get("Retry-After") != "1" {
				t.Errorf("Retry-After: %q", a.header.Get("Retry-After"))
			}
			refused++
		}
	}
	if refused != 20 {
		t.Errorf("%d of 80 refused", refused)
	}
	other.get(paths.APITasks).want(200)
	app.Clock.Set(testkit.Today, 9, 1)
	p.get(paths.APITasks).want(200)

	lost := &program{t: t, app: app, doc: p.doc, addr: "192.0.2.9:1", token: "gz_lost"}
	for range 4 {
		lost.get(paths.APITasks).problem(401, "unauthenticated")
	}
	if a := lost.get(paths.APITasks).problem(429, "too-many-requests", "1 分钟"); a.header.Get("Retry-After") != "60" {
		t.Errorf("Retry-After: %q", a.header.Get("Retry-After"))
	}
	lost.token = p.token
	lost.get(paths.APITasks).want(200) // the right token from the same address
}
