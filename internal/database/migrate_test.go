package database_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"taxportal/internal/database"
	"taxportal/internal/database/migrations"
	"taxportal/internal/fault"
	"taxportal/internal/testdb"
)

const up = "-- +goose Up\n"

// versions returns a schema of the given migrations for both engines, numbered from 1.
func versions(sql ...string) fs.FS {
	tree := fstest.MapFS{}
	for i, body := range sql {
		for _, engine := range []string{"sqlite", "postgres"} {
			name := engine + "/0000" + string(rune('1'+i)) + "_step.sql"
			tree[name] = &fstest.MapFile{Data: []byte(body)}
		}
	}
	return tree
}

const (
	parents  = up + "CREATE TABLE parents (id INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('a')));"
	children = up + "CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parents (id));"
	broken   = up + "CREATE TABLE half (id INTEGER PRIMARY KEY);\nCREATE TABLE half (id INTEGER PRIMARY KEY);"
)

func TestMigrate_BringsAnEmptyDatabaseUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{Migrations: versions(parents, children)})
		if current, err := db.Current(t.Context()); current || err != nil {
			t.Fatalf("empty database: current %v, %v", current, err)
		}
		for range 2 { // a second time changes nothing
			must(t, db.Migrate(t.Context()))
			version, err := db.Version(t.Context())
			must(t, err)
			current, err := db.Current(t.Context())
			must(t, err)
			if version != 2 || !current {
				t.Fatalf("version %d, current %v", version, current)
			}
		}
		if copies := backups(t, db); len(copies) != 0 {
			t.Errorf("an empty database was backed up: %v", copies)
		}
	})
}

func TestMigrate_ThePortalsOwnSchemaTakesOnBothEngines(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		other := map[string]string{"sqlite": "postgres", "postgres": "sqlite"}[engine]
		names, err := fs.Glob(migrations.FS, engine+"/*.sql")
		must(t, err)
		for _, name := range names {
			if _, err := fs.Stat(migrations.FS, other+strings.TrimPrefix(name, engine)); err != nil {
				t.Errorf("%s has no counterpart: %v", name, err)
			}
		}
	}
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		must(t, db.Migrate(t.Context()))
		if n := count(t, db, "meta"); n < 0 {
			t.Error("no table meta")
		}
	})
}

func TestMigrate_AFailedStepAloneRollsBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{Migrations: versions(parents, broken)})
		err := db.Migrate(t.Context())
		if err == nil || !strings.Contains(err.Error(), "half") {
			t.Fatalf("got %v", err)
		}
		if version, err := db.Version(t.Context()); version != 1 || err != nil {
			t.Errorf("version %d, %v, want 1", version, err)
		}
		if db.Read.Exec("SELECT 1 FROM half").Error == nil {
			t.Error("half of the failed step is there")
		}
	})
}

func TestMigrate_RefusesANewerDatabase(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		newer := open(t, dsn, database.Options{Migrations: versions(parents, children)})
		must(t, newer.Migrate(t.Context()))
		older := open(t, dsn, database.Options{Migrations: versions(parents)})
		err := older.Migrate(t.Context())
		if !fault.Is(err, fault.Conflict) || !errors.Is(err, database.ErrNewer) {
			t.Errorf("Migrate: %v", err)
		}
		if current, err := older.Current(t.Context()); current || !errors.Is(err, database.ErrNewer) {
			t.Errorf("Current: %v, %v", current, err)
		}
	})
}

func TestMigrate_SeveralPortalsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		var wg sync.WaitGroup
		for range 3 {
			db := open(t, dsn, database.Options{Migrations: versions(parents, children)})
			if db.Engine == database.SQLite {
				must(t, db.Migrate(t.Context())) // one process owns the file
				continue
			}
			wg.Go(func() {
				if err := db.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestMigrate_BacksUpSQLiteBeforeAChange(t *testing.T) {
	db := open(t, testdb.New(t, testdb.SQLite, nil), database.Options{Migrations: versions(parents)})
	must(t, db.Migrate(t.Context()))
	exec(t, db, "INSERT INTO parents VALUES (1, 'a')")

	later := open(t, "sqlite:"+db.Path(), database.Options{Migrations: versions(parents, children)})
	must(t, later.Migrate(t.Context()))
	copies := backups(t, later)
	if len(copies) != 1 || !strings.Contains(copies[0], ".v1-20260302T120000") {
		t.Fatalf("copies: %v", copies)
	}
	before := open(t, "sqlite:"+copies[0], database.Options{Migrations: versions(parents)})
	if current, err := before.Current(t.Context()); !current || err != nil {
		t.Errorf("the copy is not at the old version: %v", err)
	}
	if n := count(t, before, "parents"); n != 1 {
		t.Errorf("the copy has %d rows, want 1", n)
	}
}

func TestMigrate_NoChangeWithoutABackup(t *testing.T) {
	db := open(t, testdb.New(t, testdb.SQLite, nil), database.Options{Migrations: versions(parents)})
	must(t, db.Migrate(t.Context()))
	later := open(t, "sqlite:"+db.Path(), database.Options{
		Migrations: versions(parents, children), BackupDir: filepath.Join(t.TempDir(), "missing"),
	})
	if err := later.Migrate(t.Context()); err == nil {
		t.Error("migrated without a backup")
	}
	if version, _ := later.Version(t.Context()); version != 1 {
		t.Errorf("version %d, want 1", version)
	}
}

func TestMigrate_SQLiteTablesCanBeRebuilt(t *testing.T) {
	rebuild := up + `CREATE TABLE parents_new (id INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('a', 'b')));
		INSERT INTO parents_new (id, state) SELECT id, state FROM parents;
		DROP TABLE parents;
		ALTER TABLE parents_new RENAME TO parents;`
	lossy := up + `CREATE TABLE parents_new (id INTEGER PRIMARY KEY, state TEXT NOT NULL);
		DROP TABLE parents;
		ALTER TABLE parents_new RENAME TO parents;`
	tests := []struct {
		name, step, want string
		version          int64
	}{
		{"rows and references survive", rebuild, "", 3},
		{"a broken reference rolls back", lossy, "children → parents", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := open(t, testdb.New(t, testdb.SQLite, nil), database.Options{Migrations: versions(parents, children)})
			must(t, db.Migrate(t.Context()))
			exec(t, db, "INSERT INTO parents VALUES (1, 'a')", "INSERT INTO children VALUES (5, 1)")
			later := open(t, "sqlite:"+db.Path(), database.Options{Migrations: versions(parents, children, tt.step)})
			err := later.Migrate(t.Context())
			if (err != nil) != (tt.want != "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if version, _ := later.Version(t.Context()); version != tt.version {
				t.Errorf("version %d, want %d", version, tt.version)
			}
			if p, c := count(t, later, "parents"), count(t, later, "children"); p != 1 || c != 1 {
				t.Errorf("%d parents, %d children, want 1 and 1", p, c)
			}
		})
	}
}

// backups lists the copies that stand beside a SQLite database.
func backups(t *testing.T, db *database.DB) []string {
	t.Helper()
	if db.Engine != database.SQLite {
		return nil
	}
	names, err := filepath.Glob(db.Path() + ".*.bak")
	must(t, err)
	return names
}
