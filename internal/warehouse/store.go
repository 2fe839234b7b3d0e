// Package warehouse is the data plane of the portal: one typed table per template, filled in bulk and read by batch,
// by effective rows and by taxpayer (DESIGN §4, 'The warehouse' and 'Load').
//
// For a template zjj-02 it keeps
//
//   - w_zjj_02, the rows of all batches. Beside a column per field stand the system columns _batch_id, _row_no,
//     _subject (16 bytes, never null), _period and _unit_id; the primary key is (_batch_id, _row_no, _subject), so that
//     rows arrive in key order. Sensitive fields are sealed, numbers are bigint, all others text. Every identifier
//     field that is not the subject has a column <code>_h beside it with its keyed hash, by which it can be joined
//     with other such columns and with _subject.
//   - e_zjj_02, the view of its effective rows: those of all effective batches (increment), or those of each item's
//     latest effective period (snapshot). The answer to an ad-hoc call is in the table, but is no part of the register.
//   - the way from a subject to its rows: on PostgreSQL an index on _subject; on SQLite a table s_zjj_02 of
//     (_key, _batch_id, _row_no), _key being the first half of the subject, which is filled in sorted runs. Keeping an
//     ordinary index in step with chunks of 50 ms rewrites nearly all of its pages in every chunk, because subjects are
//     random; measured on 300,000 rows the load took 3.4 s and more with it, 1.3 s with sorted runs.
//
// Rows of a batch that is not effective are in the table but not in the view. Tables only grow: see Store.Ensure.
package warehouse

import (
	"context"
	"database/sql"
	"fmt"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
)

// Store is the warehouse over one database. It is safe for concurrent use.
type Store struct {
	db   *database.DB
	keys *crypt.Keys
}

// New returns the warehouse in db, whose sensitive values are sealed and subjects hashed under keys.
func New(db *database.DB, keys *crypt.Keys) *Store { return &Store{db: db, keys: keys} }

// Subject is what rows about the same taxpayer or thing have in common: a keyed hash (DESIGN §4, _subject).
type Subject [crypt.SubjectSize]byte

// querier is what reading needs of a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// write runs fn in one transaction on the writer.
func (s *Store) write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return transact(ctx, s.db.SQLWrite, nil, fn)
}

// read runs fn on one consistent state of the database.
func (s *Store) read(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return transact(ctx, s.db.SQLRead, &sql.TxOptions{Isolation: s.snapshot(), ReadOnly: true}, fn)
}

// snapshot is the isolation that keeps a reading transaction on one state. SQLite's readers have it anyway.
func (s *Store) snapshot() sql.IsolationLevel {
	if s.db.Engine == database.Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// transact runs fn in one transaction. An engine's error becomes a *fault.Error where the user can be told of it.
func transact(ctx context.Context, pool *sql.DB, options *sql.TxOptions, fn func(tx *sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return database.Fault(fmt.Errorf("begin: %w", err))
	}
	defer tx.Rollback() // after a commit this does nothing
	if err := fn(tx); err != nil {
		return database.Fault(err)
	}
	if err := tx.Commit(); err != nil {
		return database.Fault(fmt.Errorf("commit: %w", err))
	}
	return nil
}
