package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"taxportal/internal/handlers"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// holders are people of 市住房城乡建设局, the unit whose records the walk asks for, and of those who serve all units.
var holders = map[models.Role]string{
	office: "office", leader: "leader", chief: "chief.zjj", liaison: "liaison.zjj", handler: "handler.zjj", tax: "tax",
	review: "tax.review", bureau: "tax.chief", outside: "bank", sys: "sysadmin", sec: "secadmin", aud: "auditor",
}

// strangers hold a role elsewhere: in another unit of the city, or in two counties where the role reaches the whole area.
// An outside body, and the administrators, have no record that is theirs alone on any route.
var strangers = map[models.Role][2]string{
	office: {"office.dcf", "office.gt"}, leader: {"leader.leaders-dcf", "leader.leaders-gt"}, chief: {"chief.fgw", "chief.dcf"},
	liaison: {"liaison.fgw", "liaison.dcf"}, handler: {"handler.fgw", "handler.dcf"}, tax: {"tax.swj-dcf", "tax.swj-gt"},
	review: {"review.swj-dcf", "review.swj-gt"}, bureau: {"bureau.swj-dcf", "bureau.swj-gt"},
}

// settle creates the strangers whom the demo does not know: a role, a dot, a unit.
func settle(t *testing.T, app *testkit.App) {
	t.Helper()
	for role, names := range strangers {
		for _, name := range names {
			if _, err := app.Accounts.ByUsername(t.Context(), name); err == nil {
				continue
			}
			_, unit, _ := strings.Cut(name, ".")
			account, _, err := app.Accounts.Create(t.Context(), app.As("sysadmin"), accounts.CreateInput{Username: name, Name: role.Label(), UnitCode: unit})
			if err == nil {
				err = app.Accounts.GiveRole(t.Context(), app.As("secadmin"), account.ID, role)
			}
			if err == nil {
				err = app.DB.Write.Exec("UPDATE accounts SET password_hash = (SELECT a.password_hash FROM accounts a WHERE a.username = 'sysadmin') WHERE id = ?", account.ID).Error
			}
			if err != nil {
				t.Fatalf("settle %s: %v", name, err)
			}
		}
	}
}

// TestStrangers_StandForEveryRoleThatHasARecordOfItsOwn: a role that gets a route about one unit's record is also tried from
// elsewhere.
func TestStrangers_StandForEveryRoleThatHasARecordOfItsOwn(t *testing.T) {
	for _, p := range permissions {
		for _, role := range p.roles {
			if _, ok := strangers[role]; p.own && !ok {
				t.Errorf("%s is open to %s, of whom no stranger tries it", p.route, role)
			}
		}
	}
}

// walk is a portal with one task, one batch with faults and one waiver of 市住房城乡建设局.
type walk struct {
	app     *testkit.App
	clients map[string]*testkit.Client
	waiver  string
	account string
	desk    *strings.Replacer // of the pages of proposals and calls
	design  string            // id of a template's draft that is out for comment
}

func newWalk(t *testing.T) *walk {
	app := testkit.New(t)
	settle(t, app)
	ctx := t.Context()
	by := app.As("liaison.zjj")
	if _, err := app.Filing.OpenPeriods(ctx); err != nil {
		t.Fatal(err)
	}
	file := app.File("坏文件.csv", []byte("许可证号,项目名称\n1,2\n"))
	if _, err := app.Filing.Upload(ctx, by, "zjj-02-202610", []filing.UploadedFile{file}); err != nil {
		t.Fatal(err)
	}
	app.Work()
	w, err := app.Filing.RaiseWaiver(ctx, by, "zjj-02-202610", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "本期机构调整"})
	if err != nil {
		t.Fatal(err)
	}
	return &walk{app: app, clients: map[string]*testkit.Client{}, desk: deskOfWalk(t, app), design: designOfWalk(t, app), waiver: strings.ToLower(w.Code), account: strconv.FormatInt(app.As("bank2").AccountID, 10)}
}

func (w *walk) client(username string) *testkit.Client {
	if w.clients[username] == nil {
		w.clients[username] = w.app.LoginAs(username)
	}
	return w.clients[username]
}

// ask takes a route as somebody and returns the status.
func (w *walk) ask(c *testkit.Client, route string, role models.Role) int {
	method, pattern, _ := strings.Cut(route, " ")
	verb := "refuse"
	if role == liaison {
		verb = "take_back"
	}
	path := strings.NewReplacer(":task", "zjj-02-202610", ":batch", "zjj-02-202610-1", ":waiver", w.waiver, ":verb", verb,
		":unit", "zjj", ":area", "371500", ":seat", "1", ":person", "1", ":month", "2026-10", ":template", "zjj-02", ":seq", "0", ":account", w.account, ":token", "none",
		":design", w.design, ":comment", "1", ":trial", "1").Replace(w.desk.Replace(deskVerb(pattern, role)))
	switch {
	case method == http.MethodGet:
		return c.Get(path).Status
	case strings.HasSuffix(path, "/upload"):
		return c.Upload(path, "空.csv", []byte("x")).Status
	}
	return c.Post(path, url.Values{}).Status
}

// TestEveryRouteIsInTheTableOfPermissions holds that no route exists of which permissions.md says nothing, and the
// other way round.
func TestEveryRouteIsInTheTableOfPermissions(t *testing.T) {
	var routes, known []string
	for _, r := range (&handlers.App{}).Routes() {
		routes = append(routes, r.Method+" "+r.Path)
	}
	for _, p := range permissions {
		known = append(known, p.route)
		if !slices.Contains(routes, p.route) {
			t.Errorf("%s stands in the table of permissions, but there is no such route", p.route)
		}
	}
	for _, r := range routes {
		if !slices.Contains(known, r) {
			t.Errorf("%s is a route of which the table of permissions says nothing", r)
		}
	}
}

// TestEveryRouteAsksThePolicyAQuestionItKnows holds that no route is refused to everybody by a misspelt question.
func TestEveryRouteAsksThePolicyAQuestionItKnows(t *testing.T) {
	app := testkit.New(t)
	for _, r := range (&handlers.App{}).Routes() {
		if r.Object != "public" && !app.Guard.Knows(r.Object, r.Action) {
			t.Errorf("%s %s asks %s:%s, which the policy does not know", r.Method, r.Path, r.Object, r.Action)
		}
	}
}

// TestPermissions walks every route × every role, for records of the own unit, of another unit and of another area.
func TestPermissions(t *testing.T) {
	w := newWalk(t)
	for _, p := range permissions {
		t.Run(strings.ReplaceAll(p.route, "/", "∕"), func(t *testing.T) {
			if p.anon {
				if got := w.ask(w.app.Client(), p.route, ""); got == http.StatusForbidden && strings.HasPrefix(p.route, "GET") || got == http.StatusUnauthorized {
					t.Errorf("nobody in particular: %d", got)
				}
				return
			}
			w.refusesGuests(t, p)
			if p.token {
				for _, role := range models.Roles {
					if got := w.ask(w.client(holders[role]), p.route, role); got != http.StatusUnauthorized {
						t.Errorf("%s by a log-in: %d, want 401", role, got)
					}
				}
				return
			}
			for _, role := range models.Roles {
				w.asRole(t, p, role)
			}
			for role, names := range strangers {
				for _, name := range names {
					if p.own && slices.Contains(p.roles, role) {
						if got := w.ask(w.client(name), p.route, role); got != http.StatusNotFound {
							t.Errorf("%s, a stranger: %d, want 404", name, got)
						}
					}
				}
			}
		})
	}
}

func (w *walk) refusesGuests(t *testing.T, p may) {
	t.Helper()
	got := w.ask(w.app.Client(), p.route, "")
	if got != http.StatusSeeOther && got != http.StatusUnauthorized && got != http.StatusForbidden {
		t.Errorf("not logged in: %d", got)
	}
}

func (w *walk) asRole(t *testing.T, p may, role models.Role) {
	t.Helper()
	client := w.client(holders[role])
	if strings.HasSuffix(p.route, "/logout") {
		client = w.app.LoginAs(holders[role])
	}
	got := w.ask(client, p.route, role)
	refused := got == http.StatusForbidden || got == http.StatusUnauthorized || (got == http.StatusNotFound && !p.none)
	switch {
	case got >= http.StatusInternalServerError:
		t.Errorf("%s: %d", role, got)
	case slices.Contains(p.roles, role) && refused:
		t.Errorf("%s may, but got %d", role, got)
	case !slices.Contains(p.roles, role) && got != http.StatusForbidden:
		t.Errorf("%s may not, but got %d", role, got)
	}
}
