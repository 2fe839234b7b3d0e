package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/internal/testkit"
)

// program is a unit's own system: it knows its token and nothing of cookies. It holds every answer against the
// description of the interface.
type program struct {
	t     *testing.T
	app   *testkit.App
	doc   *description
	token string
	addr  string
}

// newProgram gives a unit's system a token for which the person answers.
func newProgram(t *testing.T, app *testkit.App, person string) *program {
	t.Helper()
	_, secret, err := app.Accounts.CreateToken(t.Context(), app.As("sysadmin"), accounts.TokenInput{Name: "业务系统 " + person, Person: person, Days: 365})
	if err != nil {
		t.Fatal(err)
	}
	return &program{t: t, app: app, doc: readDescription(t), token: secret, addr: "192.0.2.7:1234"}
}

// reply is what came back.
type reply struct {
	t      *testing.T
	asked  string
	status int
	header http.Header
	body   []byte
}

// send sends a request with the program's token and further headers, name and value by turns.
func (p *program) send(method, path string, body io.Reader, headers ...string) *reply {
	p.t.Helper()
	r := httptest.NewRequest(method, path, body)
	r.RemoteAddr = p.addr
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return p.ask(r)
}

// ask sends a request as it is.
func (p *program) ask(r *http.Request) *reply {
	p.t.Helper()
	recorder := httptest.NewRecorder()
	p.app.Web.ServeHTTP(recorder, r)
	a := &reply{t: p.t, asked: r.Method + " " + r.URL.RequestURI(), status: recorder.Code, header: recorder.Result().Header, body: recorder.Body.Bytes()}
	if a.header.Get("Set-Cookie") != "" {
		p.t.Errorf("%s sets a cookie", a.asked)
	}
	for _, trouble := range p.doc.holds(r.Method, r.URL.Path, a) {
		p.t.Errorf("%s: %d: %s\n%s", a.asked, a.status, trouble, a.body)
	}
	return a
}

func (p *program) get(path string) *reply { p.t.Helper(); return p.send(http.MethodGet, path, nil) }

// upload sends CSV for a task under a key.
func (p *program) upload(task, key string, content []byte) *reply {
	p.t.Helper()
	return p.send(http.MethodPost, paths.ToAPIUpload(task), bytes.NewReader(content), "Content-Type", "text/csv", "Idempotency-Key", key)
}

// uploaded uploads, works the check and returns the batch's address.
func (p *program) uploaded(task string, content []byte) string {
	p.t.Helper()
	a := p.upload(task, fmt.Sprintf("%s-%d", task, len(content)), content).want(http.StatusAccepted)
	p.app.Work()
	return a.header.Get("Location")
}

// want fails the test unless the answer has the status.
func (a *reply) want(status int) *reply {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d\n%s", a.asked, a.status, status, a.body)
	}
	return a
}

// problem fails the test unless the answer is the problem, whose detail contains words.
func (a *reply) problem(status int, code string, words ...string) *reply {
	a.t.Helper()
	a.want(status)
	var body struct{ Type, Detail, Event string }
	a.decode(&body)
	if a.header.Get("Content-Type") != "application/problem+json" || body.Type != "urn:taxportal:problem:"+code || body.Event == "" ||
		body.Event != a.header.Get("X-Request-Id") {
		a.t.Errorf("%s: %s %+v, want %s", a.asked, a.header.Get("Content-Type"), body, code)
	}
	for _, word := range words {
		if !strings.Contains(body.Detail, word) {
			a.t.Errorf("%s: no %q in %q", a.asked, word, body.Detail)
		}
	}
	return a
}

func (a *reply) decode(into any) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, into); err != nil {
		a.t.Fatalf("%s: %v in %s", a.asked, err, a.body)
	}
}

// value returns what stands in the answer under keys and indexes.
func (a *reply) value(path ...any) any {
	a.t.Helper()
	var at any
	a.decode(&at)
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := at.(map[string]any)
			at = object[step]
		case int:
			list, _ := at.([]any)
			if step >= len(list) {
				a.t.Fatalf("%s: no item %d in %s", a.asked, step, a.body)
			}
			at = list[step]
		}
	}
	return at
}

// description is the OpenAPI description of the interface, read as any program reads it.
type description struct {
	root map[string]any
}

func readDescription(t *testing.T) *description {
	t.Helper()
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	d := &description{}
	if err := json.Unmarshal(text, &d.root); err != nil {
		t.Fatal(err)
	}
	return d
}

// at follows keys into the description, references included; nil if nothing is there.
func (d *description) at(from any, keys ...string) any {
	for {
		object, _ := from.(map[string]any)
		if ref, ok := object["$ref"].(string); ok {
			from = d.at(d.root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			continue
		}
		if len(keys) == 0 || object == nil {
			return from
		}
		from, keys = object[keys[0]], keys[1:]
	}
}

var parameter = regexp.MustCompile(`\\\{[a-z]+\\\}`)

// operation returns what is said of a request, nil if nothing.
func (d *description) operation(method, path string) any {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	known, _ := d.root["paths"].(map[string]any)
	for template, item := range known {
		pattern := "^" + parameter.ReplaceAllString(regexp.QuoteMeta(template), "[^/]+") + "$"
		if regexp.MustCompile(pattern).MatchString(path) {
			return d.at(item, strings.ToLower(method))
		}
	}
	return nil
}

// holds says in what an answer departs from the description.
func (d *description) holds(method, path string, a *reply) []string {
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	operation := d.operation(method, path)
	if operation == nil { // no such address or method: still a problem as described
		if kind != "application/problem+json" {
			return []string{"an unknown address answers " + kind}
		}
		return d.body(a.body, map[string]any{"$ref": "#/components/schemas/Problem"})
	}
	response := d.at(operation, "responses", fmt.Sprint(a.status))
	if response == nil {
		return []string{"a status that is not described"}
	}
	var troubles []string
	headers, _ := d.at(response, "headers").(map[string]any)
	for _, name := range []string{"Location", "WWW-Authenticate", "Idempotency-Replayed"} {
		if a.header.Get(name) != "" && headers[name] == nil {
			troubles = append(troubles, "header "+name+" is not described")
		}
	}
	if method == http.MethodHead {
		return troubles
	}
	schema := d.at(response, "content", kind, "schema")
	if schema == nil {
		return append(troubles, "content of type "+kind+" is not described")
	}
	if kind == "application/x-ndjson" {
		for line := range bytes.Lines(a.body) {
			troubles = append(troubles, d.body(line, schema)...)
		}
		return troubles
	}
	return append(troubles, d.body(a.body, schema)...)
}

func (d *description) body(text []byte, schema any) []string {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return []string{err.Error()}
	}
	return d.check(value, schema, "$")
}

// told are the keywords that say something to people alone.
var told = []string{"description", "example", "default"}

// check holds a value against a schema: the part of JSON Schema that the description uses. A keyword that it does not know
// is a trouble, so that none is passed over.
func (d *description) check(value, schema any, at string) (troubles []string) {
	rules, _ := d.at(schema).(map[string]any)
	if rules == nil {
		return []string{at + ": no schema"}
	}
	bad := func(format string, args ...any) { troubles = append(troubles, at+": "+fmt.Sprintf(format, args...)) }
	object, _ := value.(map[string]any)
	for keyword, rule := range rules {
		switch keyword {
		case "type":
			if !isType(value, rule) {
				bad("%v is no %v", value, rule)
			}
		case "enum":
			if !slices.Contains(rule.([]any), value) {
				bad("%v is none of %v", value, rule)
			}
		case "pattern":
			if text, ok := value.(string); ok && !regexp.MustCompile(rule.(string)).MatchString(text) {
				bad("%q does not match %s", text, rule)
			}
		case "format":
			if text, ok := value.(string); ok && !isFormat(text, rule.(string)) {
				bad("%q is no %s", text, rule)
			}
		case "minimum", "maximum":
			if n, ok := value.(json.Number); ok {
				if f, _ := n.Float64(); keyword == "minimum" && f < rule.(float64) || keyword == "maximum" && f > rule.(float64) {
					bad("%v is beyond the %s %v", n, keyword, rule)
				}
			}
		case "required":
			for _, name := range rule.([]any) {
				if _, there := object[name.(string)]; object != nil && !there {
					bad("no %s", name)
				}
			}
		case "properties":
			for name, property := range rule.(map[string]any) {
				if v, there := object[name]; there {
					troubles = append(troubles, d.check(v, property, at+"."+name)...)
				}
			}
		case "additionalProperties":
			known, _ := rules["properties"].(map[string]any)
			for name, v := range object {
				if _, ok := known[name]; ok {
					continue
				}
				if rule == false {
					bad("%s is not described", name)
				} else {
					troubles = append(troubles, d.check(v, rule, at+"."+name)...)
				}
			}
		case "items":
			list, _ := value.([]any)
			for i, v := range list {
				troubles = append(troubles, d.check(v, rule, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "oneOf":
			fits := 0
			for _, one := range rule.([]any) {
				if len(d.check(value, one, at)) == 0 {
					fits++
				}
			}
			if fits != 1 {
				bad("fits %d of %d schemas", fits, len(rule.([]any)))
			}
		default:
			if !slices.Contains(told, keyword) {
				bad("the checker does not know %s", keyword)
			}
		}
	}
	return troubles
}

// isType reports whether a value is of one of the types.
func isType(value, types any) bool {
	if list, ok := types.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return isType(value, one) })
	}
	switch v := value.(type) {
	case nil:
		return types == "null"
	case bool:
		return types == "boolean"
	case string:
		return types == "string"
	case json.Number:
		return types == "number" || types == "integer" && !strings.ContainsAny(v.String(), ".eE")
	case []any:
		return types == "array"
	}
	return types == "object"
}

func isFormat(text, format string) bool {
	switch format {
	case "date-time":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil && strings.HasSuffix(text, "+08:00")
	case "uri-reference":
		return strings.HasPrefix(text, "/")
	}
	return false
}

// rowsOf are good rows of a register as CSV under field codes.
func rowsOf(t *testing.T, item string, period models.Period, n int) []byte {
	t.Helper()
	return testkit.RowsOf(t, item, period, n).CSV()
}
