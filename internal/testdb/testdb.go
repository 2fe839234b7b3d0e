// Package testdb gives each test a fresh database on every engine that the portal serves.
//
// SQLite databases are files in the test's folder. PostgreSQL databases are created on the server that
// TEST_DATABASE_URL names, under names of their own, and dropped when the test ends; `make test` starts such a
// server. A test never skips an engine: without a server it fails. A developer in a hurry may set
// PORTAL_TEST_ENGINES=sqlite, as `make test-quick` does.
package testdb

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// The engines' names, as sub-tests and PORTAL_TEST_ENGINES spell them.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Each runs fn as a sub-test per engine, with the dsn of an empty database.
func Each(t *testing.T, fn func(t *testing.T, dsn string)) {
	t.Helper()
	EachFrom(t, nil, fn)
}

// EachFrom runs fn as a sub-test per engine, with the dsn of a copy of the template's database.
// A nil template is an empty database.
func EachFrom(t *testing.T, template *Template, fn func(t *testing.T, dsn string)) {
	t.Helper()
	for _, engine := range Engines(t) {
		t.Run(engine, func(t *testing.T) { fn(t, New(t, engine, template)) })
	}
}

// Engines returns the engines to test on: all, or those that PORTAL_TEST_ENGINES names, separated by commas.
func Engines(tb testing.TB) []string {
	tb.Helper()
	chosen := os.Getenv("PORTAL_TEST_ENGINES")
	if chosen == "" {
		return []string{SQLite, Postgres}
	}
	engines := strings.Split(chosen, ",")
	for _, engine := range engines {
		if engine != SQLite && engine != Postgres {
			tb.Fatalf("PORTAL_TEST_ENGINES: unknown engine %q, want %s or %s", engine, SQLite, Postgres)
		}
	}
	return engines
}

// New returns the dsn of a fresh database on one engine, a copy of the template's unless that is nil. It is
// gone when the test ends.
func New(tb testing.TB, engine string, template *Template) string {
	tb.Helper()
	switch engine {
	case SQLite:
		return newSQLite(tb, template)
	case Postgres:
		return newPostgres(tb, template)
	}
	tb.Fatalf("testdb: unknown engine %q", engine)
	return ""
}

// newSQLite writes the template's file, if there is one, into the test's folder.
func newSQLite(tb testing.TB, template *Template) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "test.db")
	if template != nil {
		if err := os.WriteFile(path, template.sqlite(tb), 0o600); err != nil {
			tb.Fatalf("testdb: copy template: %v", err)
		}
	}
	return "sqlite:" + path
}

// newPostgres creates a database on the test server and drops it when the test ends.
func newPostgres(tb testing.TB, template *Template) string {
	tb.Helper()
	server := serverURL(tb)
	name := "portal_test_" + strings.ToLower(rand.Text()[:12])
	create := "CREATE DATABASE " + name
	if template != nil {
		create += template.postgres(tb, server)
	}
	execute(tb, server, create)
	tb.Cleanup(func() { execute(tb, server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return withDatabase(tb, server, name)
}

// serverURL returns the test server's URL, or fails the test.
func serverURL(tb testing.TB) string {
	tb.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		tb.Fatal("TEST_DATABASE_URL is not set: run `make test`, which starts a PostgreSQL for the tests, " +
			"or `make test-quick` for SQLite alone")
	}
	return server
}

// execute runs one statement on the test server, on a connection of its own.
func execute(tb testing.TB, server, statement string) {
	tb.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		tb.Fatalf("testdb: connect to TEST_DATABASE_URL: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		tb.Fatalf("testdb: %s: %v", statement, err)
	}
}

// withDatabase returns the server's URL with another database's name.
func withDatabase(tb testing.TB, server, name string) string {
	tb.Helper()
	u, err := url.Parse(server)
	if err != nil {
		tb.Fatalf("testdb: TEST_DATABASE_URL is not a URL: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

// String names the template in messages.
func (t *Template) String() string { return fmt.Sprintf("template %q", t.Name) }
