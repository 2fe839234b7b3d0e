package database

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// maxTries bounds how often a transaction is run that PostgreSQL ended because of another one.
const maxTries = 4

// Tx runs fn in one transaction on the writer and commits if fn returns nil. An error or a panic of fn rolls
// everything back. fn must use only the tx it is given: on SQLite there is no second connection to write with.
//
// PostgreSQL may end a transaction because of a deadlock or of concurrent changes. Tx then runs fn again, a
// few times at most: fn must have no effect outside of tx.
//
// Errors pass through Fault, so a busy or absent database is a fault.Unavailable.
func (db *DB) Tx(ctx context.Context, fn func(tx *gorm.DB) error) error {
	for try := 1; ; try++ {
		err := db.Write.WithContext(ctx).Transaction(fn)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil { // the engine reports only an interruption; say why
			return Fault(fmt.Errorf("%w: %w", context.Cause(ctx), err))
		}
		if try == maxTries || !again(err) || !pause(ctx, try) {
			return Fault(err)
		}
	}
}

// again reports whether PostgreSQL asks for the transaction to be run once more.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// pause waits a little, longer each time and never twice the same, so that two transactions that met do not
// meet again. It reports false if ctx ended meanwhile.
func pause(ctx context.Context, try int) bool {
	base := 10 * time.Millisecond << try
	timer := time.NewTimer(base/2 + rand.N(base))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
