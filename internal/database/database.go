// Package database opens the portal's database, keeps its schema at the right version and runs its
// transactions.
//
// Two engines are served alike: embedded SQLite, which needs no set-up, and PostgreSQL. Each is opened as two
// pools: a writer, and readers that can only query. On SQLite the writer is a single connection, so a
// transaction never fails because another one is faster; it waits its turn. The price is one rule: inside
// Tx use only the handle that Tx gives, since the outer one would wait for itself.
//
// Errors of the engines become *fault.Error values by Fault. Nothing here logs or reports the values of
// statement parameters, and nothing reads the clock: GORM's timestamps come from Options.Now.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"taxportal/internal/database/migrations"
)

// Engine names a database product.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options says how to open a database. Only Now is required.
type Options struct {
	Now              func() time.Time // the clock of GORM's timestamps and of backup names
	Logger           *slog.Logger     // takes slow statements and migrations; nil discards them
	SlowQuery        time.Duration    // statements slower than this are logged; 0 means 200 ms, < 0 none
	OnQuery          func(sql string) // called for each statement of GORM, without its values; for tests
	Migrations       fs.FS            // folders sqlite and postgres; nil means the portal's own
	Readers          int              // most query-only connections; 0 means 4, or the CPUs if more
	Writers          int              // most writing connections on PostgreSQL; 0 means 8
	StatementTimeout time.Duration    // PostgreSQL ends a statement after this; 0 means never
	ReadOnly         bool             // nothing is written, not even beside the file of SQLite, and the writer cannot write
	BackupDir        string           // where SQLite's copy goes before a migration; "" means beside the file
}

// withDefaults fills in what the caller left open.
func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.SlowQuery == 0 {
		o.SlowQuery = 200 * time.Millisecond
	}
	if o.Migrations == nil {
		o.Migrations = migrations.FS
	}
	if o.Readers <= 0 {
		o.Readers = max(4, runtime.NumCPU())
	}
	if o.Writers <= 0 {
		o.Writers = 8
	}
	return o
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	Engine   Engine
	Write    *gorm.DB      // the writer; for more than one statement use Tx
	Read     *gorm.DB      // query-only: a write through it fails on both engines
	SQLWrite *sql.DB       // the writer's pool, for statements that do not go through GORM
	SQLRead  *sql.DB       // the readers' pool
	Pool     *pgxpool.Pool // the writer's pool on PostgreSQL, for CopyFrom; nil on SQLite

	readPool *pgxpool.Pool // the readers' pool on PostgreSQL
	target   target
	opt      Options
}

// Open opens the database that dsn names: "sqlite:PATH" or "postgres://…" (also "postgresql://…").
// A missing SQLite file is created, readable by its owner only; its folder must exist. With Options.ReadOnly it must be
// there.
// Open changes no schema: see Migrate.
//
// It refuses a connection on which a setting that the portal relies on is not in force.
// A database that cannot be reached is a fault.Unavailable.
func Open(ctx context.Context, dsn string, opt Options) (*DB, error) {
	if opt.Now == nil {
		return nil, errors.New("open database: Options.Now is missing")
	}
	t, err := parseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &DB{Engine: t.engine, target: t, opt: opt.withDefaults()}
	switch t.engine {
	case SQLite:
		err = db.openSQLite(ctx)
	case Postgres:
		err = db.openPostgres(ctx)
	}
	if err == nil {
		err = db.openGORM()
	}
	if err != nil {
		_ = db.Close()
		return nil, Fault(fmt.Errorf("open database: %w", err))
	}
	return db, nil
}

// Path returns the file of a SQLite database, "" on PostgreSQL.
func (db *DB) Path() string { return db.target.path }

// Ping asks both pools for an answer. A database that is away is a fault.Unavailable.
func (db *DB) Ping(ctx context.Context) error {
	return Fault(errors.Join(db.SQLWrite.PingContext(ctx), db.SQLRead.PingContext(ctx)))
}

// Close closes all connections. The readers go first, so that the last connection of a SQLite file is the
// writer's, which then folds the write-ahead log back into the file.
func (db *DB) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.SQLRead, db.SQLWrite} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	for _, pool := range []*pgxpool.Pool{db.readPool, db.Pool} {
		if pool != nil {
			pool.Close()
		}
	}
	return errors.Join(errs...)
}
