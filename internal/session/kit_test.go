package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"taxportal/internal/database"
	"taxportal/internal/database/migrations"
	"taxportal/internal/models"
	"taxportal/internal/session"
	"taxportal/internal/testdb"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, models.Zone)

// limits of the sessions under test.
const (
	idle     = 30 * time.Minute
	absolute = 12 * time.Hour
	guest    = time.Hour
)

var migrated = testdb.Template{
	Name: "session-" + fingerprint(),
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

// world is a store with two accounts.
type world struct {
	*session.Store
	t          *testing.T
	db         *database.DB
	clock      time.Time
	anna, bert int64
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	testdb.EachFrom(t, &migrated, func(t *testing.T, dsn string) {
		w := &world{t: t, clock: start}
		now := func() time.Time { return w.clock }
		db, err := database.Open(t.Context(), dsn, database.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		w.db = db
		w.Store = session.New(db, session.Options{Idle: idle, Absolute: absolute, Guest: guest, Secure: true, Now: now})
		area := models.Jurisdiction{Code: "371500", Name: "聊城市", Kind: models.AreaCity, Path: "/1/"}
		w.must(db.Write.Create(&area).Error)
		unit := models.Unit{Code: "zjj", Name: "市住房城乡建设局", Kind: models.UnitMember, Path: "/1/", JurisdictionID: area.ID, JurisdictionPath: "/1/"}
		w.must(db.Write.Create(&unit).Error)
		for username, id := range map[string]*int64{"anna": &w.anna, "bert": &w.bert} {
			a := models.Account{Username: username, Name: username, UnitID: unit.ID, CreatedAt: models.At(start)}
			w.must(db.Write.Omit("Unit", "Grants").Create(&a).Error)
			*id = a.ID
		}
		fn(t, w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// browser keeps the cookie between requests.
type browser struct {
	w      *world
	cookie string
}

// request does something within one request and keeps the cookie that the answer sets.
func (b *browser) request(do func(c *session.Current)) {
	b.w.t.Helper()
	r, answer := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
	r.Header.Set("User-Agent", "Test/1.0")
	if b.cookie != "" {
		r.AddCookie(&http.Cookie{Name: session.CookieName, Value: b.cookie})
	}
	c, err := b.w.Load(answer, r, "10.0.0.9")
	b.w.must(err)
	do(c)
	cookies := answer.Result().Cookies()
	if len(cookies) > 1 {
		b.w.t.Errorf("the answer sets %d cookies", len(cookies))
	}
	for _, cookie := range cookies {
		if b.cookie = cookie.Value; cookie.MaxAge < 0 {
			b.cookie = ""
			continue
		}
		if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || !cookie.Expires.IsZero() {
			b.w.t.Errorf("the cookie is %v", cookie)
		}
	}
}

// logIn logs an account in and returns the session's id.
func (b *browser) logIn(account int64) (id string) {
	b.w.t.Helper()
	b.request(func(c *session.Current) {
		b.w.must(c.LogIn(account))
		id = c.ID()
	})
	return id
}

// account returns who is logged in, 0 for nobody.
func (b *browser) account() (id int64) {
	b.w.t.Helper()
	b.request(func(c *session.Current) { id, _ = c.AccountID() })
	return id
}

// lost returns why the log-in is over.
func (b *browser) lost() (why string) {
	b.w.t.Helper()
	b.request(func(c *session.Current) { why = c.Lost() })
	return why
}
