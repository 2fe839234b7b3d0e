package database

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres opens the writer's and the readers' pool over one server.
func (db *DB) openPostgres(ctx context.Context) error {
	var err error
	if db.Pool, err = db.openPool(ctx, db.opt.Writers, db.opt.ReadOnly); err != nil {
		return fmt.Errorf("writer: %w", err)
	}
	db.SQLWrite = stdlib.OpenDBFromPool(db.Pool)
	if db.readPool, err = db.openPool(ctx, db.opt.Readers, true); err != nil {
		return fmt.Errorf("readers: %w", err)
	}
	db.SQLRead = stdlib.OpenDBFromPool(db.readPool)
	return nil
}

// openPool opens a pool of at most size connections and tries one of them.
func (db *DB) openPool(ctx context.Context, size int, readOnly bool) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(db.target.url)
	if err != nil {
		return nil, fmt.Errorf("read connection string: %w", err) // pgx masks the password
	}
	cfg.MaxConns = int32(size)
	cfg.MaxConnIdleTime = 5 * time.Minute
	settings := sessionSettings(db.opt.StatementTimeout, readOnly)
	for name, value := range settings {
		cfg.ConnConfig.RuntimeParams[name] = value
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = "taxportal"
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error { return checkSession(ctx, c, readOnly) }
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// sessionSettings returns what every session is told at its start.
func sessionSettings(timeout time.Duration, readOnly bool) map[string]string {
	s := map[string]string{
		"timezone":                            "UTC",
		"client_encoding":                     "UTF8",
		"statement_timeout":                   strconv.FormatInt(timeout.Milliseconds(), 10),
		"idle_in_transaction_session_timeout": "60000", // a lost client must not keep its locks
	}
	if readOnly {
		s["default_transaction_read_only"] = "on"
	}
	return s
}

// checkSession refuses a session on which a setting that the portal relies on is not in force: a pooler in
// between may drop them, and a database of another encoding cannot hold every Chinese name.
func checkSession(ctx context.Context, c *pgx.Conn, readOnly bool) error {
	var encoding, zone, ro string
	const query = `SELECT current_setting('server_encoding'), current_setting('TimeZone'),
		current_setting('default_transaction_read_only')`
	if err := c.QueryRow(ctx, query).Scan(&encoding, &zone, &ro); err != nil {
		return fmt.Errorf("read session settings: %w", err)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database's encoding is %q, want UTF8", encoding)
	}
	if zone != "UTC" {
		return fmt.Errorf("the session's time zone is %q, want UTC", zone)
	}
	if readOnly && ro != "on" {
		return fmt.Errorf("the readers' sessions are not read-only")
	}
	return nil
}
