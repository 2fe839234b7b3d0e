package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// chunkTime is about how long a transaction of a load or a purge lasts. On SQLite it is how long a page's write waits
// for it (DESIGN §4, Load).
const chunkTime = 50 * time.Millisecond

// ErrOvertaken is in the chain of the error with which a load or a purge ends when another one of the same batch has
// begun since.
var ErrOvertaken = errors.New("overtaken by a later load or purge of the batch")

// claim is the right to change the rows of one batch. The next claim on the batch ends it.
type claim struct {
	layout *layout
	batch  int64
	epoch  int64
}

// The states of a batch's rows.
const (
	rowsLoading = "loading"
	rowsLoaded  = "loaded"
	rowsPurged  = "purged"
)

// protected are the states in which the rows of a batch stay for ever (DESIGN §4, Load).
var protected = []string{string(models.BatchEffective), string(models.BatchSuperseded)}

// claim takes over the batch, so that whoever loaded or purged it before stops. It is a fault.Conflict if the rows of
// the batch are effective or have been, and a fault.NotFound if there is no such batch.
func (s *Store) claim(ctx context.Context, l *layout, b Batch, state string) (*claim, error) {
	c := &claim{layout: l, batch: b.ID}
	err := s.write(ctx, func(tx *sql.Tx) error {
		if err := s.mayChange(ctx, tx, b.ID); err != nil {
			return err
		}
		const take = `INSERT INTO warehouse_loads (batch_id, table_name, unit_id, period, epoch, state, row_count)
			VALUES ($1, $2, $3, $4, 1, $5, 0)
			ON CONFLICT (batch_id) DO UPDATE SET epoch = warehouse_loads.epoch + 1, state = excluded.state
			RETURNING epoch, table_name`
		var table string
		err := tx.QueryRowContext(ctx, take, b.ID, l.table, b.UnitID, string(b.Period), state).Scan(&c.epoch, &table)
		if err == nil && table != l.table {
			err = fmt.Errorf("its rows are in %s, not in %s", table, l.table)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim batch %d: %w", b.ID, err)
	}
	return c, nil
}

// mayChange refuses a batch whose rows must stay.
func (s *Store) mayChange(ctx context.Context, tx *sql.Tx, batch int64) error {
	query := `SELECT state FROM batches WHERE id = $1`
	if s.db.Engine == database.Postgres {
		query += ` FOR SHARE`
	}
	var state string
	err := tx.QueryRowContext(ctx, query, batch).Scan(&state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fault.New(fault.NotFound, "没有这个报送批次。")
	case err == nil && slices.Contains(protected, state):
		return fault.New(fault.Conflict, "本批次的数据已经生效或曾经生效，不能重新装载或清除；如有错误，请按更正办理。")
	}
	return err
}

// The statements by which a claim is checked in each transaction that changes rows. The first also serialises two
// holders on PostgreSQL, by the lock on the row.
const (
	countRows  = `UPDATE warehouse_loads SET row_count = row_count + $1 WHERE batch_id = $2 AND epoch = $3`
	clearCount = `UPDATE warehouse_loads SET row_count = 0 WHERE batch_id = $1 AND epoch = $2`
	endLoad    = `UPDATE warehouse_loads SET state = '` + rowsLoaded + `' WHERE batch_id = $1 AND epoch = $2`
)

// held runs one of the statements above and returns an error if the claim has ended.
func (c *claim) held(ctx context.Context, tx *sql.Tx, statement string, args ...any) error {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 1 {
		return err
	}
	return overtaken()
}

func overtaken() error {
	return fault.Wrap(fault.Conflict, "本批次的数据正由另一次校验重新装载，本次已停止，请刷新页面查看结果。", ErrOvertaken)
}

// Purge removes the rows of a batch that was returned, withdrawn, discarded or found faulty, in small transactions, and
// returns how many there were. Broken off, it goes on where it was when called again. A load of the batch that is under
// way stops.
//
// The rows of an effective or superseded batch stay: fault.Conflict.
func (s *Store) Purge(ctx context.Context, template string, batch int64) (rows int64, err error) {
	l, err := s.load(ctx, s.db.SQLRead, tableName(template))
	if err != nil || l == nil {
		return 0, database.Fault(err) // without a table there are no rows
	}
	var there bool
	const loaded = `SELECT EXISTS (SELECT 1 FROM warehouse_loads WHERE batch_id = $1)`
	if err := s.db.SQLRead.QueryRowContext(ctx, loaded, batch).Scan(&there); err != nil || !there {
		return 0, database.Fault(err)
	}
	c, err := s.claim(ctx, l, Batch{ID: batch}, rowsPurged)
	if err != nil {
		return 0, err
	}
	return s.clear(ctx, c)
}

// clear removes all rows of the batch.
func (s *Store) clear(ctx context.Context, c *claim) (rows int64, err error) {
	for more := true; more; {
		err = s.write(ctx, func(tx *sql.Tx) error {
			var n int64
			n, more, err = s.clearChunk(ctx, tx, c)
			rows += n
			return err
		})
		if err != nil {
			return rows, fmt.Errorf("purge batch %d from %s: %w", c.batch, c.layout.table, err)
		}
	}
	return rows, nil
}

// clearChunk removes rows for about chunkTime and reports whether there may be more.
func (s *Store) clearChunk(ctx context.Context, tx *sql.Tx, c *claim) (rows int64, more bool, err error) {
	if err := c.held(ctx, tx, clearCount, c.batch, c.epoch); err != nil {
		return 0, false, err
	}
	timer := time.NewTimer(chunkTime)
	defer timer.Stop()
	for {
		n, more, err := s.clearStep(ctx, tx, c)
		rows += n
		if err != nil || !more || spent(timer) {
			return rows, more, err
		}
	}
}

// clearRows is how many rows one step of a purge removes.
const clearRows = 500

// clearStep removes the first rows of the batch, and reports whether there may be more.
func (s *Store) clearStep(ctx context.Context, tx *sql.Tx, c *claim) (rows int64, more bool, err error) {
	first, err := s.firstRows(ctx, tx, c)
	if err != nil || len(first) == 0 {
		return 0, false, err
	}
	if s.db.Engine == database.SQLite {
		if err := clearFinders(ctx, tx, c, first); err != nil {
			return 0, false, err
		}
	}
	remove := fmt.Sprintf(`DELETE FROM %s WHERE _batch_id = $1 AND _row_no <= $2`, quote(c.layout.table))
	result, err := tx.ExecContext(ctx, remove, c.batch, first[len(first)-1].row)
	if err != nil {
		return 0, false, err
	}
	rows, err = result.RowsAffected()
	return rows, len(first) == clearRows, err
}

// firstRows returns the first rows of the batch in the table, in order.
func (s *Store) firstRows(ctx context.Context, tx *sql.Tx, c *claim) ([]finder, error) {
	query := fmt.Sprintf(`SELECT _row_no, _subject FROM %s WHERE _batch_id = $1 ORDER BY _row_no LIMIT %d`, quote(c.layout.table), clearRows)
	rows, err := tx.QueryContext(ctx, query, c.batch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []finder
	for rows.Next() {
		var f finder
		var subject []byte
		if err := rows.Scan(&f.row, &subject); err != nil {
			return nil, err
		}
		f.key = Subject(subject).key()
		out = append(out, f)
	}
	return out, rows.Err()
}

// clearFinders removes what finds the rows by subject.
func clearFinders(ctx context.Context, tx *sql.Tx, c *claim, rows []finder) error {
	remove := fmt.Sprintf(`DELETE FROM %s WHERE _key = $1 AND _batch_id = $2 AND _row_no = $3`, quote(c.layout.subjects()))
	stmt, err := tx.PrepareContext(ctx, remove)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, f := range rows {
		if _, err := stmt.ExecContext(ctx, f.key, c.batch, f.row); err != nil {
			return err
		}
	}
	return nil
}

// spent reports whether the timer has run out.
func spent(timer *time.Timer) bool {
	select {
	case <-timer.C:
		return true
	default:
		return false
	}
}
