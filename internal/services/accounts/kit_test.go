package accounts_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"taxportal/internal/authz"
	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/database/migrations"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
	"taxportal/internal/session"
	"taxportal/internal/testdb"
)

// start is when every test begins: a Monday morning.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, models.Zone)

// password meets the rules; all people of the tests have it.
const password = "Geheim-2026"

// migrated is an empty portal database.
var migrated = testdb.Template{
	Name: "accounts-" + fingerprint(),
	Prepare: func(ctx context.Context, dsn string) error {
		db, err := database.Open(ctx, dsn, database.Options{Now: func() time.Time { return start }})
		if err != nil {
			return err
		}
		return errors.Join(db.Migrate(ctx), db.Close())
	},
}

func fingerprint() string {
	name, err := testdb.Fingerprint(migrations.FS)
	if err != nil {
		return err.Error()
	}
	return name
}

// hashed is the password's hash, made once for all tests.
var hashed = sync.OnceValues(func() (string, error) { return crypt.NewPasswords(1).Hash(context.Background(), password) })

// world is a portal with a few units and nobody in it.
type world struct {
	*accounts.Service
	t        *testing.T
	ctx      context.Context
	db       *database.DB
	sessions *session.Store
	clock    time.Time
	queries  *atomic.Int64
	hash     string
	units    map[string]models.Unit
}

// each runs fn with a fresh world on every engine.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	testdb.EachFrom(t, &migrated, func(t *testing.T, dsn string) {
		w := &world{t: t, ctx: t.Context(), clock: start, queries: &atomic.Int64{}, units: map[string]models.Unit{}}
		now := func() time.Time { return w.clock }
		db, err := database.Open(t.Context(), dsn, database.Options{Now: now, OnQuery: func(string) { w.queries.Add(1) }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		guard, err := authz.New()
		if err != nil {
			t.Fatal(err)
		}
		w.db, w.Service = db, accounts.New(db, guard, crypt.NewPasswords(2), now)
		w.sessions = session.New(db, session.Options{Idle: 30 * time.Minute, Absolute: 12 * time.Hour, Guest: time.Hour, Now: now})
		if w.hash, err = hashed(); err != nil {
			t.Fatal(err)
		}
		w.seedUnits()
		fn(t, w)
	})
}

func (w *world) seedUnits() {
	w.t.Helper()
	area := models.Jurisdiction{Code: "371500", Name: "聊城市", Kind: models.AreaCity, Path: "/1/"}
	w.must(w.db.Write.Create(&area).Error)
	for _, u := range []models.Unit{
		{Code: "office", Name: "领导小组办公室", Kind: models.UnitOffice}, {Code: "leaders", Name: "领导小组", Kind: models.UnitLeaders},
		{Code: "zjj", Name: "市住房城乡建设局", Kind: models.UnitMember}, {Code: "ga-jj", Name: "市公安局交警部门", Kind: models.UnitSub},
		{Code: "swj", Name: "市税务局", Kind: models.UnitMember, TaxAuthority: true}, {Code: "bank", Name: "水城示范银行", Kind: models.UnitOutside},
		{Code: "system", Name: "平台运行管理", Kind: models.UnitSystem},
		{Code: "closed", Name: "已撤销单位", Kind: models.UnitMember, ClosedAt: models.At(start)},
	} {
		u.Path, u.JurisdictionID, u.JurisdictionPath = "/", area.ID, area.Path
		w.must(w.db.Write.Create(&u).Error)
		w.units[u.Code] = u
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person puts an account with the password and the roles into the database, past the service, and returns who acts.
func (w *world) person(username, unit string, roles ...models.Role) models.Actor {
	w.t.Helper()
	a := models.Account{Username: username, Name: strings.ToUpper(username), UnitID: w.units[unit].ID, PasswordHash: w.hash, CreatedAt: models.At(w.clock)}
	w.must(w.db.Write.Omit("Unit", "Grants").Create(&a).Error)
	for _, r := range roles {
		w.must(w.db.Write.Create(&models.AccountRole{AccountID: a.ID, Role: r, GivenAt: models.At(w.clock)}).Error)
	}
	return w.actor(a.ID)
}

// actor returns the person behind an account as a request finds him now.
func (w *world) actor(id int64) models.Actor {
	w.t.Helper()
	a, err := w.Actor(w.ctx, id, "10.0.0.9", "")
	w.must(err)
	return a
}

// admins makes one of each of the three administrators.
func (w *world) admins() (sys, sec, aud models.Actor) {
	return w.person("sys1", "system", models.RoleSys), w.person("sec1", "system", models.RoleSec), w.person("aud1", "system", models.RoleAud)
}

// signIn opens a session of the account in a browser of its own and returns its id.
func (w *world) signIn(id int64) string {
	w.t.Helper()
	current, err := w.sessions.Load(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), "10.0.0.9")
	w.must(err)
	w.must(current.LogIn(id))
	return current.ID()
}

// live returns the ids of an account's open sessions.
func (w *world) live(id int64) []string {
	w.t.Helper()
	rows, err := w.sessions.Of(w.ctx, id)
	w.must(err)
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// wantKind fails unless err is of the kind; 0 is no error.
func wantKind(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if (kind == 0) != (err == nil) || fault.Of(err) != kind {
		t.Errorf("error %v of kind %d, want kind %d", err, fault.Of(err), kind)
	}
}

// wantFields fails unless err is Invalid with messages for exactly these fields.
func wantFields(t *testing.T, err error, names ...string) {
	t.Helper()
	fields, _ := fault.Fields(err)
	for _, name := range names {
		if fields[name] == "" {
			t.Errorf("no message for %s in %v (%v)", name, fields, err)
		}
	}
	if len(fields) != len(names) {
		t.Errorf("messages %v, want them for %v", fields, names)
	}
}

// trail returns what the audit chain holds as "object/action id", oldest first.
func (w *world) trail() []string {
	w.t.Helper()
	var entries []models.AuditEntry
	w.must(w.db.Read.Order("seq").Find(&entries).Error)
	var list []string
	for _, e := range entries {
		list = append(list, e.Object+"/"+e.Action+" "+e.ObjectID)
	}
	return list
}

// wantLast fails unless the newest audit entry is the one given.
func (w *world) wantLast(t *testing.T, want string) {
	t.Helper()
	list := w.trail()
	if len(list) == 0 || list[len(list)-1] != want {
		t.Errorf("the newest audit entry is not %q: %q", want, list)
	}
}
