package testdb_test

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"

	"taxportal/internal/testdb"
)

// open opens a dsn of this package with the engine's bare driver.
func open(dsn string) (*sql.DB, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		return sql.Open("sqlite3", path)
	}
	return sql.Open("pgx", dsn)
}

// run executes a statement and closes the database.
func run(dsn, statement string) error {
	db, err := open(dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

func TestEach_GivesAnEmptyDatabaseEveryTime(t *testing.T) {
	for range 2 {
		testdb.Each(t, func(t *testing.T, dsn string) {
			if err := run(dsn, "CREATE TABLE only_here (a INTEGER)"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestEachFrom_PreparesOnceAndCopiesEachTime(t *testing.T) {
	var prepared atomic.Int32
	template := &testdb.Template{
		Name: "testdb " + t.Name(),
		Prepare: func(_ context.Context, dsn string) error {
			prepared.Add(1)
			return run(dsn, "CREATE TABLE from_template (a INTEGER PRIMARY KEY)")
		},
	}
	for range 3 {
		testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
			if err := run(dsn, "INSERT INTO from_template VALUES (1)"); err != nil {
				t.Fatal(err)
			}
		})
	}
	if n := int(prepared.Load()); n > len(testdb.Engines(t)) {
		t.Errorf("prepared %d times, want once per engine at most", n)
	}
}

func TestNew_DropsThePostgresDatabaseAtTheEnd(t *testing.T) {
	if os.Getenv("TEST_DATABASE_URL") == "" && len(testdb.Engines(t)) == 1 {
		return // SQLite alone was asked for
	}
	var dsn string
	t.Run("use", func(t *testing.T) { dsn = testdb.New(t, testdb.Postgres, nil) })
	if err := run(dsn, "SELECT 1"); err == nil {
		t.Error("the database is still there")
	}
}

func TestFingerprint_ChangesWithTheFiles(t *testing.T) {
	a := fstest.MapFS{"1.sql": {Data: []byte("one")}}
	b := fstest.MapFS{"1.sql": {Data: []byte("two")}}
	fa, errA := testdb.Fingerprint(a)
	again, _ := testdb.Fingerprint(a)
	fb, errB := testdb.Fingerprint(b)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if fa != again || fa == fb {
		t.Errorf("fingerprints %q, %q, %q", fa, again, fb)
	}
}
