package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"taxportal/internal/database"
)

// tables are our own beside River's. Both engines take the same text.
var tables = []string{
	`CREATE TABLE IF NOT EXISTS job_runners (id TEXT PRIMARY KEY, expires_at BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS job_schedules (name TEXT PRIMARY KEY, next_at BIGINT NOT NULL)`,
}

// migrateLock is the advisory lock under which one portal of several migrates. The number is arbitrary.
const migrateLock = 7_365_150_001

// migrator is a River migrator, whatever its driver.
type migrator interface {
	Migrate(ctx context.Context, direction rivermigrate.Direction, opts *rivermigrate.MigrateOpts) (*rivermigrate.MigrateResult, error)
	Validate(ctx context.Context, opts *rivermigrate.ValidateOpts) (*rivermigrate.ValidateResult, error)
}

func newMigrator(db *database.DB) (migrator, error) {
	if db.Engine == database.Postgres {
		return rivermigrate.New(riverpgxv5.New(db.Pool), nil)
	}
	return rivermigrate.New(riversqlite.New(db.SQLWrite), nil)
}

// Migrate makes the job tables or brings them up to date. It changes nothing the second time.
func Migrate(ctx context.Context, db *database.DB) error {
	err := locked(ctx, db, func() error {
		m, err := newMigrator(db)
		if err != nil {
			return err
		}
		if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
			return err
		}
		for _, table := range tables {
			if _, err := db.SQLWrite.ExecContext(ctx, table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return database.Fault(fmt.Errorf("migrate job tables: %w", err))
	}
	return nil
}

// Current reports whether the job tables are those of this program.
func Current(ctx context.Context, db *database.DB) (bool, error) {
	m, err := newMigrator(db)
	if err != nil {
		return false, err
	}
	result, err := m.Validate(ctx, nil)
	if err != nil {
		return false, database.Fault(fmt.Errorf("check job tables: %w", err))
	}
	if !result.OK {
		return false, nil
	}
	var n int // River's tables have just been read, so a failure here is a missing table
	const count = `SELECT (SELECT count(*) FROM job_runners) + (SELECT count(*) FROM job_schedules)`
	return db.SQLRead.QueryRowContext(ctx, count).Scan(&n) == nil, nil
}

// locked runs fn while no other portal migrates. On SQLite the one writer sees to that.
func locked(ctx context.Context, db *database.DB, fn func() error) error {
	if db.Engine == database.SQLite {
		return fn()
	}
	conn, err := db.Pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrateLock)); err != nil {
		return err
	}
	err = fn()
	_, unlock := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrateLock))
	return errors.Join(err, unlock)
}
