package warehouse

import (
	"cmp"
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"taxportal/internal/killpoint"
)

const (
	// statementRows is how many rows one INSERT brings. Measured over 300,000 rows: 1 row 1.6 s, 8 rows 1.2 s, 25 to
	// 100 rows 1.0 s.
	statementRows = 100
	// maxParameters is SQLite's limit of one statement.
	maxParameters = 32_766
	// runRows bounds the memory for the subjects that wait for being sorted: 16 bytes each.
	runRows = 500_000
)

// sqliteWriter inserts with prepared statements on the writer's only connection, by its driver directly: database/sql
// would box every value. It gives the connection back after each transaction, so that a page's write, which waits for
// it in a queue, comes next.
//
// What finds the rows by subject is kept back, sorted and inserted in runs: see the package's comment.
type sqliteWriter struct {
	pool   *sql.DB
	claim  *claim
	batch  Batch
	stored int // columns besides the system columns
	run    []finder
}

// finder is one row of the subjects' table: the row's number under its subject's key.
type finder struct{ key, row int64 }

func newSQLiteWriter(pool *sql.DB, c *claim, b Batch) *sqliteWriter {
	return &sqliteWriter{pool: pool, claim: c, batch: b, stored: len(c.layout.stored())}
}

// write inserts the rows of a block.
func (w *sqliteWriter) write(ctx context.Context, b *block) error {
	for from := 0; from < len(b.heads); {
		err := w.chunk(ctx, func(c *sqlite3.Conn) (rows int, err error) {
			rows, err = w.insertRows(c, b, from)
			from += rows
			return rows, err
		})
		if err != nil {
			return err
		}
	}
	for _, h := range b.heads {
		if h.named {
			w.run = append(w.run, finder{h.subject.key(), h.row})
		}
	}
	if len(w.run) < runRows {
		return nil
	}
	return w.flush(ctx)
}

// flush inserts the run of subjects that has gathered, sorted, so that each page of their table is written once.
func (w *sqliteWriter) flush(ctx context.Context) error {
	slices.SortFunc(w.run, func(a, b finder) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row, b.row)) })
	for from := 0; from < len(w.run); {
		err := w.chunk(ctx, func(c *sqlite3.Conn) (int, error) {
			n, err := w.insertFinders(c, w.run[from:])
			from += n
			return 0, err
		})
		if err != nil {
			return err
		}
	}
	w.run = w.run[:0]
	return nil
}

// chunk runs one transaction on the writer's connection and gives the connection back. do returns how many rows of the
// batch it has inserted.
func (w *sqliteWriter) chunk(ctx context.Context, do func(c *sqlite3.Conn) (rows int, err error)) error {
	conn, err := w.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(raw any) error {
		dc, ok := raw.(driver.Conn)
		if !ok {
			return fmt.Errorf("the writer's connection is a %T", raw)
		}
		return relaxed(dc.Raw(), func(c *sqlite3.Conn) error { return w.interruptible(ctx, c, do) })
	})
}

// relaxed runs fn on a connection that does not wait for the disk at each commit. The rows of a load are promised to
// nobody before Finish, whose own commit waits and thereby covers all before it; a power cut in between loses rows of
// a load that has to be begun again anyway. It saves a tenth to a quarter of the time. The setting is put back at once;
// if that fails, the connection is given up, since a page's commits must wait.
func relaxed(c *sqlite3.Conn, fn func(c *sqlite3.Conn) error) error {
	if err := c.Exec("PRAGMA synchronous = NORMAL"); err != nil {
		return err
	}
	err := fn(c)
	if back := c.Exec("PRAGMA synchronous = FULL"); back != nil {
		return errors.Join(err, back, sqldriver.ErrBadConn)
	}
	return err
}

// interruptible runs one transaction that ends when ctx does.
func (w *sqliteWriter) interruptible(ctx context.Context, c *sqlite3.Conn, do func(c *sqlite3.Conn) (int, error)) error {
	outer := c.SetInterrupt(ctx)
	err := w.transact(c, do)
	c.SetInterrupt(outer)
	if err == nil {
		return nil
	}
	if !c.GetAutocommit() { // it could not be undone while it was interrupted
		err = errors.Join(err, c.Exec("ROLLBACK"))
	}
	if ctx.Err() != nil { // SQLite only says that it was interrupted
		err = errors.Join(context.Cause(ctx), err)
	}
	return err
}

// transact begins, does and commits.
func (w *sqliteWriter) transact(c *sqlite3.Conn, do func(c *sqlite3.Conn) (int, error)) error {
	if err := c.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	rows, err := do(c)
	if err != nil {
		return err
	}
	if err := w.count(c, rows); err != nil {
		return err
	}
	killpoint.Here(killpoint.LoadInChunk)
	err = c.Exec("COMMIT")
	killpoint.Here(killpoint.LoadAfterChunk)
	return err
}

// count adds to the batch's number of rows, or fails if the claim on the batch has ended.
func (w *sqliteWriter) count(c *sqlite3.Conn, rows int) error {
	stmt, _, err := c.Prepare(countRows)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for i, n := range []int64{int64(rows), w.claim.batch, w.claim.epoch} {
		if err := stmt.BindInt64(i+1, n); err != nil {
			return err
		}
	}
	if err := stmt.Exec(); err != nil {
		return err
	}
	if c.Changes() != 1 {
		return overtaken()
	}
	return nil
}

// insertRows inserts rows of the block from number from on, until chunkTime is over, and returns how many.
func (w *sqliteWriter) insertRows(c *sqlite3.Conn, b *block, from int) (rows int, err error) {
	insert := func(stmt *sqlite3.Stmt, i int, param int) error { return w.bindRow(stmt, b, from+i, param) }
	return insertMany(c, len(b.heads)-from, 3, 2+w.stored, w.rowsSQL, func(stmt *sqlite3.Stmt) error {
		return errors.Join(stmt.BindInt64(1, w.batch.ID), stmt.BindText(2, string(w.batch.Period)), stmt.BindInt64(3, w.batch.UnitID))
	}, insert)
}

// insertFinders inserts subjects, until chunkTime is over, and returns how many.
func (w *sqliteWriter) insertFinders(c *sqlite3.Conn, run []finder) (rows int, err error) {
	insert := func(stmt *sqlite3.Stmt, i int, param int) error {
		return errors.Join(stmt.BindInt64(param, run[i].key), stmt.BindInt64(param+1, run[i].row))
	}
	return insertMany(c, len(run), 1, 2, w.findersSQL, func(stmt *sqlite3.Stmt) error {
		return stmt.BindInt64(1, w.batch.ID)
	}, insert)
}

// insertMany inserts up to n rows with statements of many rows each, the rest with statements of one, until chunkTime
// is over; it returns how many it has inserted. The first common parameters of a statement are the same for all rows
// and bound by fix; bind binds the values of row i from the given parameter on.
func insertMany(c *sqlite3.Conn, n, common, perRow int, text func(rows int) string,
	fix func(*sqlite3.Stmt) error, bind func(stmt *sqlite3.Stmt, i, param int) error,
) (done int, err error) {
	timer := time.NewTimer(chunkTime)
	defer timer.Stop()
	many := max(1, min(statementRows, (maxParameters-common)/perRow))
	for _, size := range []int{many, 1} {
		if n-done < size {
			continue
		}
		stmt, _, err := c.Prepare(text(size))
		if err != nil {
			return done, err
		}
		defer stmt.Close()
		if err := fix(stmt); err != nil {
			return done, err
		}
		for n-done >= size {
			for i := range size {
				if err := bind(stmt, done+i, common+1+i*perRow); err != nil {
					return done, err
				}
			}
			if err := stmt.Exec(); err != nil {
				return done, err
			}
			done += size
			if spent(timer) {
				return done, nil
			}
		}
	}
	return done, nil
}

// bindRow binds the values of row i of the block, in the order of rowsSQL.
func (w *sqliteWriter) bindRow(stmt *sqlite3.Stmt, b *block, i, param int) error {
	h := &b.heads[i]
	if err := stmt.BindInt64(param, h.row); err != nil {
		return err
	}
	if err := stmt.BindBlob(param+1, h.subject[:]); err != nil {
		return err
	}
	for j, c := range b.cells[i*w.stored : (i+1)*w.stored] {
		var err error
		switch p := param + 2 + j; c.kind {
		case cellNull:
			err = stmt.BindNull(p)
		case cellInteger:
			err = stmt.BindInt64(p, c.n)
		case cellText:
			err = stmt.BindText(p, c.s)
		case cellBinary:
			err = stmt.BindBlob(p, b.binary(c))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rowsSQL is the INSERT of so many rows: ?1 to ?3 are the batch, the period and the unit.
func (w *sqliteWriter) rowsSQL(rows int) string {
	columns := slices.Concat([]string{colBatch, colPeriod, colUnit, colRow, colSubject}, w.claim.layout.stored())
	return insertSQL(w.claim.layout.table, columns, 3, rows)
}

// findersSQL is the INSERT of so many subjects: ?1 is the batch.
func (w *sqliteWriter) findersSQL(rows int) string {
	return insertSQL(w.claim.layout.subjects(), []string{colBatch, colKey, colRow}, 1, rows)
}

// insertSQL returns an INSERT of so many rows. The first common columns take the same parameters in every row.
//
// OR FAIL leaves to the caller what a broken constraint undoes, and every caller undoes the whole transaction. Without
// it SQLite copies each page aside before a statement of many rows changes it, to be able to undo that statement alone:
// measured over a million rows, 150,000 further writes and a tenth of the time.
func insertSQL(table string, columns []string, common, rows int) string {
	var b strings.Builder
	b.WriteString("INSERT OR FAIL INTO " + quote(table) + " (" + quoteAll("", columns) + ") VALUES ")
	next := common
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		for i := range columns {
			b.WriteString(map[bool]string{true: "(?", false: ",?"}[i == 0])
			if i < common {
				b.WriteString(strconv.Itoa(i + 1))
				continue
			}
			next++
			b.WriteString(strconv.Itoa(next))
		}
		b.WriteByte(')')
	}
	return b.String()
}
