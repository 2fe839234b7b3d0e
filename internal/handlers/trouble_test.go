package handlers_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/filestore"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/web/static"
)

var eventNumber = regexp.MustCompile(`^[0-9A-F]{10}$`)

// event returns the event number of an error page and fails the test unless page and head tell the same.
func event(t *testing.T, a *testkit.Answer) string {
	t.Helper()
	number := a.Header.Get("X-Request-ID")
	if !eventNumber.MatchString(number) {
		t.Errorf("event number %q", number)
	}
	a.Want(number)
	return number
}

func TestErrorPage_KeepsTheFrameOfWhoIsLoggedIn(t *testing.T) {
	w := newTown(t)
	c, guest := w.as("liaison.zjj"), w.Client()
	for _, tc := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/nowhere", 404}, {"GET", "/filings/nowhere/at/all", 404}, {"GET", "/.env", 404}, {"GET", "/wp-login.php", 404}, {"GET", "/%ff%fe", 404}, {"POST", "/nowhere", 404},
		{"POST", "/filings", 405}, {"DELETE", paths.ToTask(zjjTask), 405}, {"PUT", "/static/x.css", 405}, {"GET", paths.Logout, 405},
		{"GET", paths.ToTask("ZRZY-01-202610"), 404}, {"GET", paths.Audit, 403},
	} {
		a := c.Send(request(tc.method, tc.path, "", "")).WantStatus(tc.code).Want("王静", "数据报送", "回到工作台", "非涉密系统，严禁处理国家秘密")
		event(t, a)
		if tc.path == paths.Audit || tc.path == paths.ToTask("ZRZY-01-202610") {
			continue // a guest is asked to log in
		}
		a = guest.Send(request(tc.method, tc.path, "", "")).WantStatus(tc.code).Not("王静", "退出登录", "左侧导航")
		event(t, a)
		if a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s begins a session for everybody who knocks", tc.path)
		}
	}
	if allow := c.Send(request("POST", paths.Filings, "", "")).Header.Get("Allow"); !strings.Contains(allow, "GET") || strings.Contains(allow, "POST") {
		t.Errorf("allowed: %q", allow)
	}
	for _, path := range []string{"/nowhere", paths.Audit} { // htmx gets one notice for the place where it looks
		a := c.With("HX-Request", "true").Get(path).Not("<html", "退出登录")
		if event(t, a); a.Doc().Find(".gz-flash[role=alert]").Length() != 1 {
			t.Errorf("%s: no notice", path)
		}
	}
	// a number of the client's own would stand in the log as ours
	a := c.With("X-Request-ID", `1" level=ERROR`).Get("/nowhere").Not("level=ERROR")
	event(t, a)
}

func TestErrorPage_APanicTellsNothingInternal(t *testing.T) {
	w := newTown(t)
	w.Web.GET("/boom", func(echo.Context) error { panic("map of 91371500MA3DEMO007 is nil") })
	w.Web.GET("/broken", func(echo.Context) error { return errors.New("sql: no rows in filing_tasks") })
	for _, c := range []*testkit.Client{w.Client(), w.as("liaison.zjj")} {
		for _, path := range []string{"/boom", "/broken"} {
			a := c.Get(path).WantStatus(http.StatusInternalServerError).Want("系统出了故障，没有办成", "事件编号", "技术支持")
			a.Not("map of", "goroutine", "sql", "filing_tasks", ".go:", "runtime")
			number := event(t, a)
			if log := w.Log.String(); strings.Count(log, number) < 2 || !strings.Contains(log, "event="+number) {
				t.Errorf("the log does not tell of %s", number)
			}
		}
	}
	if log := w.Log.String(); !strings.Contains(log, "trouble_test.go") || !strings.Contains(log, "no rows in filing_tasks") {
		t.Errorf("the log does not say where it happened: %s", log)
	}
}

func TestErrorPage_HeadAndOptionsAreAnswered(t *testing.T) {
	w := newTown(t)
	c := w.as("liaison.zjj")
	for _, path := range []string{paths.Home, paths.Filings, paths.ToTask(zjjTask), paths.Login, paths.Healthz, paths.Readyz, static.URL("portal.css")} {
		get, head := c.Get(path), c.Send(request("HEAD", path, "", ""))
		if get.Status != head.Status || get.Header.Get("Content-Type") != head.Header.Get("Content-Type") {
			t.Errorf("%s: GET %d, HEAD %d", path, get.Status, head.Status)
		}
		options := c.Send(request("OPTIONS", path, "", "")).WantStatus(http.StatusNoContent)
		if allow := options.Header.Get("Allow"); !strings.Contains(allow, "GET") || !strings.Contains(allow, "HEAD") || options.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, options.Header)
		}
	}
	w.Client().Send(request("HEAD", paths.Filings, "", "")).WantStatus(http.StatusSeeOther)
}

// TestHeaders_OnEveryKindOfAnswer: pages, parts, steps, errors, downloads, files, machines.
func TestHeaders_OnEveryKindOfAnswer(t *testing.T) {
	w := newTown(t)
	w.Web.GET("/boom", func(echo.Context) error { panic("boom") })
	code := w.filed(zjjTask, 5)
	c, office, guest := w.as("liaison.zjj"), w.as("office"), w.Client()
	css := static.URL("portal.css")
	pages := []*testkit.Answer{
		c.Get(paths.Home), c.Get(paths.ToBatch(code)), c.Get(paths.ToBatchReceipt(code)), guest.Get(paths.Login), guest.Get(paths.Filings), guest.Get("/link/none"), guest.Get("/nowhere"),
		c.Get(paths.Audit), c.Get("/boom"), c.Post(paths.ToTaskMessage(zjjTask), nil), c.Post(paths.ToTaskMessage(zjjTask), values("text", "您好")), c.Post("/nowhere", nil),
		c.With("HX-Request", "true").Get(paths.ToBatchProgress(code)), c.Post(paths.ToBatchMove(code, "submit"), values("_csrf", "x")), c.Upload(paths.ToTaskUpload(zjjTask), "a.csv", nil),
		office.Post(paths.InboxAccept, nil), c.Send(request("OPTIONS", paths.Home, "", "")), c.Send(request("PUT", paths.Home, "", "")),
		guest.Get(paths.Healthz), guest.Get(paths.Readyz), guest.Get(paths.Metrics), guest.Get("/static/none.css"),
	}
	downloads := []*testkit.Answer{c.Get(paths.ToBatchFile(code, 0)), c.Get(paths.ToBatchFindings(code, 0)), c.Get(paths.FilingsExport), office.Get(paths.MatrixExport),
		office.Get(paths.InboxExport), c.Get(paths.WaiversExport), c.Get(paths.TemplatesExport), c.Get(paths.ToTemplateWorkbook("zjj-02")), w.as("auditor").Get(paths.AuditExport), w.as("sysadmin").Get(paths.AdminExport)}
	for _, a := range append(append(pages, downloads...), guest.Get(css)) {
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := a.Header.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s %q", a.Asked, name, got)
			}
		}
		if got := a.Header.Get("Server") + a.Header.Get("X-Powered-By"); got != "" {
			t.Errorf("%s names its maker %q", a.Asked, got)
		}
		if kind := a.Header.Get("Content-Type"); kind != "" && !strings.Contains(kind, "charset=") && !strings.HasPrefix(kind, "application/") {
			t.Errorf("%s: a text of type %q", a.Asked, kind)
		}
	}
	for _, a := range pages {
		if got := a.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", a.Asked, got)
		}
	}
	for _, a := range downloads {
		if got := a.WantStatus(200).Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=") {
			t.Errorf("%s: %q", a.Asked, got)
		}
		if got := a.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
			t.Errorf("%s: Cache-Control %q", a.Asked, got)
		}
	}
	if got := guest.Get(css).Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("static files: Cache-Control %q", got)
	}
}

// fullDisk is a file store on a disk without room.
type fullDisk struct{ filestore.Store }

func (fullDisk) Put(_ context.Context, r io.Reader, _ filestore.PutOptions) (filestore.Ref, error) {
	_, _ = io.CopyN(io.Discard, r, 100)
	return filestore.Ref{}, fault.Wrap(fault.Unavailable, "服务器磁盘已满，文件没有保存；请系统管理员清理空间后重新上传。", errors.New("write blob: no space left on device"))
}

func TestTrouble_AFullDiskIsToldAndLogged(t *testing.T) {
	w := newTown(t)
	store := w.Filing.Files
	w.Filing.Files = fullDisk{store}
	c := w.as("liaison.zjj")
	content := testkit.Rows(t, "zjj-02", 5).CSV()
	a := c.Upload(paths.ToTaskUpload(zjjTask), "报送.csv", content).WantStatus(http.StatusServiceUnavailable).Want("磁盘已满", "王静").Not("no space left", "write blob")
	if number := event(t, a); !strings.Contains(w.Log.String(), "no space left on device") || !strings.Contains(w.Log.String(), number) {
		t.Error("the log does not tell the operator")
	}
	c.With("HX-Request", "true").Upload(paths.ToTaskUpload(zjjTask), "报送.csv", content).WantStatus(http.StatusServiceUnavailable).Want("磁盘已满").Not("<html")
	w.nothing()
	w.Filing.Files = store
	c.Upload(paths.ToTaskUpload(zjjTask), "报送.csv", content).WantStatus(http.StatusSeeOther)
}

// TestTrouble_AFileThatIsGoneOrDamaged: the page says so, and nobody takes half a file for a whole one.
func TestTrouble_AFileThatIsGoneOrDamaged(t *testing.T) {
	w := newTown(t)
	code := w.upload(zjjTask, 5)
	c := w.as("liaison.zjj")
	var file models.BatchFile
	w.ok(w.DB.Read.Take(&file).Error)
	path := filepath.Join(w.Config.Data, "files", file.Blob[:2], file.Blob[2:4], file.Blob)
	sealed, err := os.ReadFile(path)
	w.ok(err)
	for name, damage := range map[string]func() error{
		"changed": func() error {
			return os.WriteFile(path, append(sealed[:len(sealed)-40:len(sealed)-40], make([]byte, 40)...), 0o600)
		},
		"cut off":  func() error { return os.WriteFile(path, sealed[:len(sealed)/2], 0o600) },
		"no blob":  func() error { return os.WriteFile(path, []byte("x"), 0o600) },
		"not here": func() error { return os.Remove(path) },
	} {
		w.ok(damage())
		a := c.Get(paths.ToBatchFile(code, 0))
		if kind := a.Header.Get("Content-Type"); a.Status != http.StatusServiceUnavailable && a.Status != http.StatusNotFound || !strings.HasPrefix(kind, "text/html") {
			t.Errorf("%s: status %d, %s", name, a.Status, kind)
		}
		if event(t, a); a.Header.Get("Content-Disposition")+a.Header.Get("Content-Length") != "" {
			t.Errorf("%s: the error page is a download: %v", name, a.Header)
		}
	}
	c.Get(paths.ToBatch(code)).WantStatus(http.StatusOK) // all else goes on
}

// TestTrouble_ADatabaseThatGoesAway closes the database in the middle of an upload and holds that the portal says so, with
// nothing half done, on both engines.
func TestTrouble_ADatabaseThatGoesAway(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		w := &town{App: app, t: t, clients: map[string]*testkit.Client{}}
		code := w.filed("FGW-05-202610", 5)
		w.ok(w.Jobs.Stop(t.Context()))
		c, office := w.as("liaison.zjj"), w.as("office")
		away := func(a *testkit.Answer) {
			t.Helper()
			a.WantStatus(http.StatusServiceUnavailable).Want("数据库暂时连接不上").Not("sql:", "closed pool", "SELECT", "dial")
			if number := event(t, a); !strings.Contains(w.Log.String(), "event="+number) {
				t.Errorf("the log does not tell of %s", number)
			}
		}
		w.cutConnections(c)
		body, kind := uploadForm(t, part{"_csrf", "", c.Token()}, part{"file", "报送.csv", string(testkit.Rows(t, "zjj-02", 9).CSV())})
		r := request("POST", paths.ToTaskUpload(zjjTask), kind, "")
		half := body.Len() / 2
		r.Body = io.NopCloser(io.MultiReader(io.LimitReader(body, int64(half)), &atEnd{do: func() { w.ok(w.DB.Close()) }}, body))
		away(c.Send(r))
		away(c.Get(paths.Home))
		away(office.With("X-CSRF-Token", "x").Post(paths.ToBatchMove(code, "accept"), values("_csrf", "x")))
		away(w.Client().Get(paths.Filings).Follow())
		away(w.Client().Get("/link/none"))
		away(c.With("HX-Request", "true").Get(paths.ToBatchProgress(code)).Not("<html"))
		guest := w.Client()
		guest.Get(paths.Healthz).WantStatus(http.StatusOK)
		guest.Get(paths.Readyz).WantStatus(http.StatusServiceUnavailable).Want("not ready").Not("sql", "closed")
		guest.Get("/nowhere").WantStatus(http.StatusNotFound)
		guest.Get(static.URL("portal.css")).WantStatus(http.StatusOK)

		db, err := database.Open(t.Context(), w.Config.DSN, database.Options{Now: w.Clock.Now})
		w.ok(err)
		defer db.Close()
		var batches []models.Batch
		w.ok(db.Read.Order("code").Find(&batches).Error)
		if len(batches) != 1 || batches[0].State != models.BatchFiled {
			t.Errorf("batches %+v", batches)
		}
	})
}

// cutConnections lets PostgreSQL end all connections, as it does when it restarts: the portal may say so for a moment, and
// goes on.
func (w *town) cutConnections(c *testkit.Client) {
	if w.DB.Engine != database.Postgres {
		return
	}
	const cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
	w.ok(w.DB.Write.Exec(cut).Error)
	answered := 0
	for range 20 {
		switch a := c.Get(paths.Home); a.Status {
		case http.StatusOK:
			answered++
		case http.StatusServiceUnavailable:
		default:
			w.t.Errorf("after a restart of the database: %d", a.Status)
		}
	}
	if answered < 10 {
		w.t.Errorf("after a restart of the database %d of 20 pages are answered", answered)
	}
}

// atEnd does something when a reader comes to it, and ends.
type atEnd struct{ do func() }

func (a *atEnd) Read([]byte) (int, error) {
	a.do()
	return 0, io.EOF
}

// TestLog_TellsNoSecrets goes through what people do and searches the log for what they typed and were given.
func TestLog_TellsNoSecrets(t *testing.T) {
	w := newTown(t)
	secrets := map[string]string{"a query": "q=geheimnis", "a search": "geheimnis", "a message": "Nachricht", "a file name": "geheime-datei", "a password": "Falsch-4711"}
	sys := w.as("sysadmin")
	link, _ := sys.Post(paths.AdminAccounts, values("username", "neu.zjj", "name", "新来的", "unit", "zjj", "phone", "15400000123")).WantStatus(201).Doc().Find("#link input").Attr("value")
	secrets["a link"] = link[strings.LastIndexByte(link, '/')+1:]
	secrets["a phone number"] = "15400000123"
	guest := w.Client()
	open := paths.ToLink(secrets["a link"])
	for _, path := range []string{open, open + "/", open + "/x", open + "?next=" + secrets["a link"], "/setup/" + secrets["a link"], "/nowhere/" + secrets["a link"], "/" + secrets["a link"]} {
		guest.Get(path)
		guest.Send(request("PUT", path, "", ""))
	}
	guest.Post(open, values("new", "Falsch-4711", "again", "Falsch-4711x")).WantStatus(422)
	logIn(w.App, "liaison.zjj", "Falsch-4711", "")
	c := w.LoginAs("liaison.zjj")
	secrets["a session"], secrets["a token"] = c.Cookie("portal_session"), c.Token()
	sheet := testkit.Rows(t, "zjj-02", 20).Set(3, "developer_uscc", "91371500MA3GEHE1M7").Set(4, "region", "geheimnis")
	secrets["a wrong taxpayer number"], secrets["a taxpayer number"] = "91371500MA3GEHE1M7", sheet.Get(1, "developer_uscc")
	to := c.Upload(paths.ToTaskUpload(zjjTask), "geheime-datei.csv", sheet.CSV()).Header.Get("Location")
	w.Work()
	c.Get(to).WantStatus(200)
	c.Get(to + "/annotated").WantStatus(200)
	c.Get(to + "/findings").WantStatus(200)
	c.Get(paths.Filings + "?q=geheimnis&unit=" + secrets["a taxpayer number"]).WantStatus(200)
	c.Get("/nowhere?q=geheimnis").WantStatus(404)
	c.Post(paths.ToTaskMessage(zjjTask)+"?q=geheimnis", values("text", "Nachricht 91371500MA3GEHE1M7")).WantStatus(303)
	c.Post(paths.ProfilePassword, values("old", "Falsch-4711", "new", "Falsch-4711", "again", "x")).WantStatus(422)
	c.Post(paths.ToBatchMove(zjjTask+"-1", "submit"), values("from", "geheimnis")).WantStatus(409)
	w.move("liaison.zjj", zjjTask+"-1", models.VerbDiscard, filing.MoveInput{})
	w.Filing.Files = fullDisk{w.Filing.Files}
	c.Upload(paths.ToTaskUpload(zjjTask), "geheime-datei.csv", sheet.CSV()).WantStatus(503)
	w.ok(w.Jobs.Stop(t.Context()))
	w.ok(w.DB.Close())
	c.Get(paths.Filings + "?q=geheimnis").WantStatus(503)
	logIn := guest.With("X-Forwarded-For", "203.0.113.77")
	logIn.Post(paths.Login+"?q=geheimnis", values("_csrf", "x", "username", "office", "password", "Falsch-4711")).WantStatus(503)

	log := w.Log.String()
	if strings.Count(log, "msg=request") < 25 || !strings.Contains(log, "route=/filings/tasks/:task/upload") || !strings.Contains(log, "route=/link/:token") {
		t.Errorf("the log does not tell what was asked for: %s", log)
	}
	for what, secret := range secrets {
		if len(secret) < 8 {
			t.Errorf("%s is %q", what, secret)
		}
		for _, line := range strings.Split(log, "\n") {
			if strings.Contains(line, secret) {
				t.Errorf("%s stands in the log: %s", what, line)
			}
		}
	}
}
