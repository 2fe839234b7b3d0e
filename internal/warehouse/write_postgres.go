package warehouse

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"taxportal/internal/killpoint"
)

// postgresWriter writes each block with one COPY in a transaction of its own.
type postgresWriter struct {
	pool  *pgxpool.Pool
	claim *claim
	copy  string // the statement
	rows  copyStream
}

func newPostgresWriter(pool *pgxpool.Pool, c *claim, b Batch) *postgresWriter {
	columns := slices.Concat([]string{colBatch, colPeriod, colUnit, colRow, colSubject}, c.layout.stored())
	return &postgresWriter{
		pool: pool, claim: c, rows: newCopyStream(b, len(columns)),
		copy: "COPY " + quote(c.layout.table) + " (" + quoteAll("", columns) + ") FROM STDIN (FORMAT binary)",
	}
}

// relaxCommit keeps a chunk's commit from waiting for the disk, for the reasons that relaxed gives for SQLite: the commit
// that completes the load waits for all of them.
const relaxCommit = `SET LOCAL synchronous_commit = off`

// write copies the rows of a block.
func (w *postgresWriter) write(ctx context.Context, b *block) error {
	err := pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, relaxCommit); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, countRows, len(b.heads), w.claim.batch, w.claim.epoch)
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return overtaken()
		}
		w.rows.begin(b)
		tag, err = tx.Conn().PgConn().CopyFrom(ctx, io.Reader(&w.rows), w.copy)
		if n := tag.RowsAffected(); err == nil && n != int64(len(b.heads)) {
			err = fmt.Errorf("copied %d of %d rows", n, len(b.heads))
		}
		killpoint.Here(killpoint.LoadInChunk)
		return err
	})
	killpoint.Here(killpoint.LoadAfterChunk)
	return err
}

// flush has nothing to do: the index on _subject is the server's business.
func (w *postgresWriter) flush(context.Context) error { return nil }
