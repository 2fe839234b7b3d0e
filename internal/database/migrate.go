package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"

	"taxportal/internal/fault"
)

// versionTable is where goose notes the migrations it has run.
const versionTable = goose.DefaultTablename

// ErrNewer is in the chain of the error that Migrate and Current return for a database that a newer portal has
// migrated.
var ErrNewer = errors.New("the database is newer than this program")

// Migrate brings the schema to the version of this program. Each migration runs in its own transaction, so a
// failed one leaves the version before it. Before it changes a SQLite database that already holds a schema, it
// writes a copy beside it. On PostgreSQL a lock lets only one of several portals migrate.
//
// A database newer than the program is refused: fault.Conflict, with ErrNewer in the chain.
func (db *DB) Migrate(ctx context.Context) error {
	state, err := db.state(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := state.newer(); err != nil {
		return err
	}
	if state.pending() == 0 {
		return nil
	}
	if err := db.backup(ctx, state.version); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := db.migrateUp(ctx); err != nil {
		return Fault(fmt.Errorf("migrate from version %d: %w", state.version, err))
	}
	return nil
}

// Version returns the number of the last migration that the database has seen, 0 for an empty database.
func (db *DB) Version(ctx context.Context) (int64, error) {
	state, err := db.state(ctx)
	return state.version, err
}

// Current reports whether the schema is exactly that of this program. For a database newer than the program
// it returns false and the error that Migrate would.
func (db *DB) Current(ctx context.Context) (bool, error) {
	state, err := db.state(ctx)
	if err != nil {
		return false, err
	}
	if err := state.newer(); err != nil {
		return false, err
	}
	return state.pending() == 0, nil
}

// schemaState compares the database with the program.
type schemaState struct {
	version int64          // the database's last migration
	applied map[int64]bool // the database's migrations
	known   map[int64]bool // the program's migrations
	latest  int64          // the program's last migration
}

// pending counts the migrations that the database lacks.
func (s schemaState) pending() int {
	n := 0
	for version := range s.known {
		if !s.applied[version] {
			n++
		}
	}
	return n
}

// newer returns an error if the database has seen a migration that the program does not know.
func (s schemaState) newer() error {
	for version := range s.applied {
		if !s.known[version] {
			message := fmt.Sprintf("数据库的版本（%d）比本程序（%d）新，请换用新版程序，或恢复升级前的备份。",
				s.version, s.latest)
			return fault.Wrap(fault.Conflict, message, ErrNewer)
		}
	}
	return nil
}

// state reads both sides of the comparison. It changes nothing.
func (db *DB) state(ctx context.Context) (schemaState, error) {
	s := schemaState{applied: map[int64]bool{}, known: map[int64]bool{}}
	names, err := fs.Glob(db.opt.Migrations, string(db.Engine)+"/*.sql")
	if err != nil {
		return s, fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return s, fmt.Errorf("migration %s: %w", name, err)
		}
		s.known[version] = true
		s.latest = max(s.latest, version)
	}
	if err := db.readApplied(ctx, &s); err != nil {
		return s, Fault(fmt.Errorf("read schema version: %w", err))
	}
	return s, nil
}

// readApplied reads goose's table, if it is there.
func (db *DB) readApplied(ctx context.Context, s *schemaState) error {
	exists := `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '` + versionTable + `'`
	if db.Engine == Postgres {
		exists = `SELECT count(to_regclass('` + versionTable + `'))`
	}
	var found int
	if err := db.SQLRead.QueryRowContext(ctx, exists).Scan(&found); err != nil || found == 0 {
		return err
	}
	rows, err := db.SQLRead.QueryContext(ctx, `SELECT version_id FROM `+versionTable+` WHERE version_id > 0`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return err
		}
		s.applied[version] = true
		s.version = max(s.version, version)
	}
	return rows.Err()
}

// migrateUp runs what is pending, on a connection of its own.
func (db *DB) migrateUp(ctx context.Context) error {
	conn, options, err := db.migrationConn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	folder, err := fs.Sub(db.opt.Migrations, string(db.Engine))
	if err != nil {
		return err
	}
	options = append(options, goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	provider, err := goose.NewProvider(goose.DialectCustom, conn, folder, options...)
	if err != nil {
		return err
	}
	results, err := provider.Up(ctx)
	for _, r := range results {
		db.opt.Logger.InfoContext(ctx, "migrated", "file", filepath.Base(r.Source.Path), "took", r.Duration)
	}
	return err
}

// migrationConn opens a connection for migrations: without a statement timeout on PostgreSQL and under a lock;
// without foreign keys on SQLite, where a store checks them before each commit.
func (db *DB) migrationConn(ctx context.Context) (*sql.DB, []goose.ProviderOption, error) {
	if db.Engine == SQLite {
		store, err := database.NewStore(goose.DialectSQLite3, versionTable)
		if err != nil {
			return nil, nil, err
		}
		conn, err := openSQLitePool(ctx, db.target.path, 1, migratePragmas)
		return conn, []goose.ProviderOption{goose.WithStore(checkingStore{store})}, err
	}
	store, err := database.NewStore(goose.DialectPostgres, versionTable)
	if err != nil {
		return nil, nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600)) // seconds, tries
	if err != nil {
		return nil, nil, err
	}
	cfg, err := pgx.ParseConfig(db.target.url)
	if err != nil {
		return nil, nil, err
	}
	for name, value := range sessionSettings(0, false) {
		cfg.RuntimeParams[name] = value
	}
	options := []goose.ProviderOption{goose.WithStore(store), goose.WithSessionLocker(locker)}
	return stdlib.OpenDB(*cfg), options, nil
}

// checkingStore is goose's store for SQLite. goose calls Insert as the last statement of a migration's
// transaction; a broken reference found there rolls the migration back.
type checkingStore struct{ database.Store }

// Insert notes a migration as run, unless it left a broken reference.
func (s checkingStore) Insert(ctx context.Context, tx database.DBTxConn, req database.InsertRequest) error {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT "table", "parent" FROM pragma_foreign_key_check`)
	if err != nil {
		return fmt.Errorf("check foreign keys: %w", err)
	}
	defer rows.Close()
	var broken []string
	for rows.Next() {
		var child, parent string
		if err := rows.Scan(&child, &parent); err != nil {
			return fmt.Errorf("check foreign keys: %w", err)
		}
		broken = append(broken, child+" → "+parent)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("check foreign keys: %w", err)
	}
	if len(broken) > 0 {
		return fmt.Errorf("migration %d breaks foreign keys: %s", req.Version, strings.Join(broken, ", "))
	}
	return s.Store.Insert(ctx, tx, req)
}

// backup copies a SQLite database that already holds a schema, so that the version before a migration can be
// restored by renaming one file.
func (db *DB) backup(ctx context.Context, version int64) error {
	if db.Engine != SQLite || version == 0 {
		return nil
	}
	dir := db.opt.BackupDir
	if dir == "" {
		dir = filepath.Dir(db.target.path)
	}
	stamp := db.opt.Now().UTC().Format("20060102T150405.000Z")
	name := fmt.Sprintf("%s.v%d-%s.bak", filepath.Base(db.target.path), version, stamp)
	path := filepath.Join(dir, name)
	if err := db.copyTo(ctx, path); err != nil {
		return Fault(fmt.Errorf("back up to %s: %w", name, err))
	}
	db.opt.Logger.InfoContext(ctx, "backed up before migrating", "file", path)
	return nil
}

// copyTo writes a consistent copy of a SQLite database to a new file, which only its owner can read.
func (db *DB) copyTo(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = db.SQLWrite.ExecContext(ctx, `VACUUM INTO ?`, path) // an empty file is accepted as the target
	if err == nil {
		err = syncFile(path) // VACUUM INTO leaves that to the system
	}
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// syncFile waits until the file is on the disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
