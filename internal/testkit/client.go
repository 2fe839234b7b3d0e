package testkit

import (
	"bytes"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/demo"
	"taxportal/internal/paths"
)

// Client is a browser of few words: it keeps cookies, carries the CSRF token of the page that it saw last, and goes
// through the whole router.
type Client struct {
	app     *App
	tb      testing.TB
	cookies map[string]string
	csrf    string
	header  http.Header
}

// Client returns a browser in which nobody is logged in.
func (app *App) Client() *Client {
	return &Client{app: app, tb: app.tb, cookies: map[string]string{}, header: http.Header{}}
}

// LoginAs returns a browser in which the demo account is logged in, by the real POST /login.
func (app *App) LoginAs(username string) *Client {
	app.tb.Helper()
	c := app.Client()
	c.Get(paths.Login).WantStatus(http.StatusOK)
	c.Post(paths.Login, url.Values{"username": {username}, "password": {demo.Password}}).WantStatus(http.StatusSeeOther)
	c.csrf = "" // the guest session's token is worth nothing now
	return c
}

// With returns the same browser with a further header on its requests, such as HX-Request: true.
func (c *Client) With(name, value string) *Client {
	other := *c
	other.header = maps.Clone(c.header)
	other.header.Set(name, value)
	return &other
}

// Get asks for a page.
func (c *Client) Get(path string) *Answer {
	c.tb.Helper()
	return c.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// Post sends a form. The CSRF token is added unless the form names one itself.
func (c *Client) Post(path string, form url.Values) *Answer {
	c.tb.Helper()
	form = maps.Clone(form)
	if form == nil {
		form = url.Values{}
	}
	if !form.Has("_csrf") {
		form.Set("_csrf", c.Token())
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(r)
}

// Upload sends one file in an upload form, the CSRF token first and the file last (DESIGN §7).
func (c *Client) Upload(path, name string, content []byte) *Answer {
	c.tb.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("_csrf", c.Token()); err != nil {
		c.tb.Fatal(err)
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		c.tb.Fatal(err)
	}
	part.Write(content) // a buffer takes everything
	if err := form.Close(); err != nil {
		c.tb.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return c.do(r)
}

// Send sends a request of the test's own making, with the browser's cookies.
func (c *Client) Send(r *http.Request) *Answer {
	c.tb.Helper()
	return c.do(r)
}

// Cookie returns the value of a cookie, "" if the browser has none.
func (c *Client) Cookie(name string) string { return c.cookies[name] }

// Token returns the CSRF token of the page seen last; without one the home page is asked for it.
func (c *Client) Token() string {
	c.tb.Helper()
	if c.csrf == "" {
		c.Get(paths.Home)
	}
	return c.csrf
}

// do sends a request, takes over cookies and token, and holds every page against the rules that all pages keep.
func (c *Client) do(r *http.Request) *Answer {
	c.tb.Helper()
	for name, values := range c.header {
		r.Header[name] = values
	}
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	recorder := httptest.NewRecorder()
	c.app.Web.ServeHTTP(recorder, r)
	for _, cookie := range recorder.Result().Cookies() {
		c.cookies[cookie.Name] = cookie.Value
		if cookie.MaxAge < 0 {
			delete(c.cookies, cookie.Name)
		}
	}
	a := &Answer{client: c, tb: c.tb, Asked: r.Method + " " + r.URL.RequestURI(), Status: recorder.Code, Header: recorder.Header(),
		Body: recorder.Body.String()}
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		if token, ok := a.Doc().Find(`input[name="_csrf"]`).First().Attr("value"); ok {
			c.csrf = token
		}
		a.keepsTheRules()
	}
	return a
}

// Answer is what came back.
type Answer struct {
	Asked  string // method and address: GET /filings
	Status int
	Header http.Header
	Body   string

	client *Client
	tb     testing.TB
	doc    *goquery.Document
}

// WantStatus fails the test unless the answer has the status.
func (a *Answer) WantStatus(status int) *Answer {
	a.tb.Helper()
	if a.Status != status {
		a.tb.Fatalf("%s: status %d, want %d\n%s", a.Asked, a.Status, status, a.text())
	}
	return a
}

// Want fails the test unless the answer contains every text; what stands between tags counts as one line.
func (a *Answer) Want(texts ...string) *Answer {
	a.tb.Helper()
	for _, text := range texts {
		if !strings.Contains(a.Body, text) && !strings.Contains(a.text(), text) {
			a.tb.Errorf("%s: no %q in\n%s", a.Asked, text, a.text())
		}
	}
	return a
}

// Not fails the test if the answer contains one of the texts.
func (a *Answer) Not(texts ...string) *Answer {
	a.tb.Helper()
	for _, text := range texts {
		if strings.Contains(a.Body, text) || strings.Contains(a.text(), text) {
			a.tb.Errorf("%s: unwanted %q in\n%s", a.Asked, text, a.text())
		}
	}
	return a
}

// Doc returns the answer as HTML.
func (a *Answer) Doc() *goquery.Document {
	a.tb.Helper()
	if a.doc == nil {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body))
		if err != nil {
			a.tb.Fatalf("%s: %v", a.Asked, err)
		}
		a.doc = doc
	}
	return a.doc
}

// Follow goes where the answer redirects to; any other answer fails the test.
func (a *Answer) Follow() *Answer {
	a.tb.Helper()
	location := a.Header.Get("Location")
	if location == "" {
		a.tb.Fatalf("%s: status %d redirects nowhere\n%s", a.Asked, a.Status, a.text())
	}
	return a.client.Get(location)
}

// text returns a page's words without tags and superfluous blanks, or the body as it is.
func (a *Answer) text() string {
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		return a.Body
	}
	return strings.Join(strings.Fields(a.Doc().Find("body").Text()), " ")
}

// keepsTheRules fails the test for what no page may have: inline style and script (DESIGN §7) and unfinished text.
func (a *Answer) keepsTheRules() {
	a.tb.Helper()
	if n := a.Doc().Find("[style], style").Length(); n > 0 {
		a.tb.Errorf("%s: %d inline styles", a.Asked, n)
	}
	if n := a.Doc().Find(`script:not([src]):not([type="application/json"])`).Length(); n > 0 {
		a.tb.Errorf("%s: %d inline scripts", a.Asked, n)
	}
	for _, mark := range []string{"%!", "<nil>", "0xc0", "1970-01-01", "1970年"} {
		if strings.Contains(a.text(), mark) {
			a.tb.Errorf("%s: the page shows %q", a.Asked, mark)
		}
	}
}
