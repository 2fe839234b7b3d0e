// Package testkit gives each test a fresh portal: the plan loaded, the demo's accounts opened, a clock that stands
// still, on every engine. Beside it stand a browser of few words (LoginAs), registers to file (Rows), golden files and
// a counter of queries.
package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"taxportal/internal/database/migrations"
	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/testdb"
	"taxportal/seed"
)

// The moment at which a test begins, and the first period of every item: October is open and due on 25 November,
// November has not ended.
const (
	Today      = models.Day("2026-11-10")
	FirstMonth = models.Period("2026-10")
)

// testKey is the key file of every test, known to everybody and good for nothing else. It is the same for all, so that
// copies of one prepared database can be opened.
const testKey = `{"format":"taxportal-keys-1","note":"test","current":1,
"master":{"1":"000102030405060708090a0b0c0d0e0f"},
"subject":"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
"check":"v1 subject=8d3b68a2337b0bde 1=f27813539f6cfa8e"}`

// App is the portal of one test.
type App struct {
	*portal.Portal
	Clock *Clock
	Log   *Log // what the portal has logged

	tb      testing.TB
	queries atomic.Int64
	working bool
}

// New returns a fresh portal on the first engine under test, SQLite unless PORTAL_TEST_ENGINES says otherwise.
func New(tb testing.TB, options ...Option) *App {
	tb.Helper()
	return open(tb, testdb.New(tb, testdb.Engines(tb)[0], mustTemplate(tb)), options...)
}

// Option changes how a test's portal is set up.
type Option func(cfg *portal.Config)

// Each runs fn as a sub-test per engine, each with a fresh portal.
func Each(t *testing.T, fn func(t *testing.T, app *App), options ...Option) {
	t.Helper()
	testdb.EachFrom(t, mustTemplate(t), func(t *testing.T, dsn string) { fn(t, open(t, dsn, options...)) })
}

// open opens the portal over a prepared database.
func open(tb testing.TB, dsn string, options ...Option) *App {
	tb.Helper()
	app := &App{tb: tb, Clock: &Clock{}, Log: &Log{}}
	app.Clock.Set(Today, 9, 0)
	cfg := portal.Config{DSN: dsn, Data: tb.TempDir(), Now: app.Clock.Now, Logger: app.Log.logger(), OnQuery: func(string) { app.queries.Add(1) }}
	for _, option := range options {
		option(&cfg)
	}
	p, err := openPortal(tb.Context(), cfg, false)
	if err != nil {
		tb.Fatalf("open portal: %v", err)
	}
	app.Portal = p
	tb.Cleanup(p.Close)
	return app
}

// openPortal opens a portal with the key of all tests.
func openPortal(ctx context.Context, cfg portal.Config, migrate bool) (*portal.Portal, error) {
	key := filepath.Join(cfg.Data, "keys", "portal.key")
	if err := os.MkdirAll(filepath.Dir(key), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(key, []byte(testKey), 0o600); err != nil {
		return nil, err
	}
	cfg.Version, cfg.Lease = "test", time.Hour
	return portal.Open(ctx, cfg, migrate)
}

// Plan is the plan of the tests: all of it, but only three items have a template, so that a database is quickly copied and
// a list of tasks is short enough to be read.
func Plan() (*seed.Plan, error) {
	plan, err := seed.Load()
	if err != nil {
		return nil, err
	}
	return plan.With("zjj-02", "fgw-05", "zrzy-01"), nil
}

// template is the prepared database, named after everything that it is made from.
var template = sync.OnceValues(func() (*testdb.Template, error) {
	plan, err := Plan()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal([]any{plan, demo.Accounts, Today, FirstMonth})
	if err != nil {
		return nil, err
	}
	schema, err := testdb.Fingerprint(migrations.FS)
	if err != nil {
		return nil, err
	}
	return &testdb.Template{Name: fmt.Sprintf("portal 1 %s %x", schema, sha256.Sum256(text)), Prepare: prepare}, nil
})

func mustTemplate(tb testing.TB) *testdb.Template {
	tb.Helper()
	t, err := template()
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// prepare makes the database that every test gets a copy of: plan, accounts, tasks of October and November.
func prepare(ctx context.Context, dsn string) error {
	data, err := os.MkdirTemp("", "testkit-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	clock := &Clock{}
	clock.Set(Today, 8, 0)
	p, err := openPortal(ctx, portal.Config{DSN: dsn, Data: data, Now: clock.Now}, true)
	if err != nil {
		return err
	}
	defer p.Close()
	plan, err := Plan()
	if err != nil {
		return err
	}
	if err := p.LoadPlan(ctx, plan, FirstMonth); err != nil {
		return err
	}
	if err := demo.CreateAccounts(ctx, p); err != nil {
		return err
	}
	_, err = p.Filing.OpenPeriods(ctx)
	return err
}

// As returns the person behind a demo account, as the services know people.
func (app *App) As(username string) models.Actor {
	app.tb.Helper()
	id, err := app.Accounts.ByUsername(context.Background(), username)
	if err != nil {
		app.tb.Fatalf("no account %s: %v", username, err)
	}
	actor, err := app.Accounts.Actor(context.Background(), id, "192.0.2.1", "")
	if err != nil {
		app.tb.Fatalf("account %s: %v", username, err)
	}
	return actor
}

// Work works background jobs until none is left.
func (app *App) Work() {
	app.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if !app.working {
		app.working = true
		if err := app.Jobs.Start(ctx); err != nil {
			app.tb.Fatalf("start jobs: %v", err)
		}
	}
	if err := app.Jobs.Wait(ctx); err != nil {
		app.tb.Fatalf("work jobs: %v", err)
	}
}

// Queries returns how many statements do sends through GORM.
func (app *App) Queries(do func()) int {
	before := app.queries.Load()
	do()
	return int(app.queries.Load() - before)
}
