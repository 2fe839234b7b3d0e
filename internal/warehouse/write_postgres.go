package warehouse

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"taxportal/internal/killpoint"
)

// postgresWriter writes each block with one COPY in a transaction of its own.
type postgresWriter struct {
	pool    *pgxpool.Pool
	claim   *claim
	columns []string
	row     []any // of the system columns and the stored ones, used again for each row
}

func newPostgresWriter(pool *pgxpool.Pool, c *claim, b Batch) *postgresWriter {
	system := []string{colBatch, colRow, colSubject, colPeriod, colUnit}
	w := &postgresWriter{pool: pool, claim: c, columns: slices.Concat(system, c.layout.stored())}
	w.row = make([]any, len(w.columns))
	w.row[0], w.row[3], w.row[4] = b.ID, string(b.Period), b.UnitID
	return w
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
		next := 0
		source := pgx.CopyFromFunc(func() ([]any, error) {
			if next == len(b.heads) {
				return nil, nil
			}
			w.fill(b, next)
			next++
			return w.row, nil
		})
		n, err := tx.CopyFrom(ctx, pgx.Identifier{w.claim.layout.table}, w.columns, source)
		if err == nil && n != int64(len(b.heads)) {
			err = fmt.Errorf("copied %d of %d rows", n, len(b.heads))
		}
		killpoint.Here(killpoint.LoadInChunk)
		return err
	})
	killpoint.Here(killpoint.LoadAfterChunk)
	return err
}

// fill puts row i of the block into w.row. COPY wants exactly the Go types of the columns.
func (w *postgresWriter) fill(b *block, i int) {
	h := &b.heads[i]
	w.row[1], w.row[2] = h.row, h.subject[:]
	stored := len(w.row) - 5
	for j, c := range b.cells[i*stored : (i+1)*stored] {
		switch c.kind {
		case cellNull:
			w.row[5+j] = nil
		case cellInteger:
			w.row[5+j] = c.n
		case cellText:
			w.row[5+j] = c.s
		case cellBinary:
			w.row[5+j] = b.binary(c)
		}
	}
}

// flush has nothing to do: the index on _subject is the server's business.
func (w *postgresWriter) flush(context.Context) error { return nil }
