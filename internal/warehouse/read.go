package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// MaxRows is the most rows that one call returns.
const MaxRows = 1000

// Row is one stored row: its record, values in the order of the definition's fields, and where it comes from.
type Row struct {
	models.Record
	BatchID int64
	UnitID  int64
	Period  models.Period
	Subject Subject
}

// Filter chooses effective rows. A zero field does not restrict.
type Filter struct {
	UnitID  int64
	Period  models.Period
	Subject *Subject
	Reveal  bool // open sensitive values; without it they are Masked
	Limit   int  // at most MaxRows; 0 = MaxRows
	Offset  int
}

// Page chooses rows of one batch.
type Page struct {
	After  int64 // rows behind this number: the way to go through a long batch; 0 = from the first
	Reveal bool  // open sensitive values; without it they are Masked
	Limit  int   // at most MaxRows; 0 = MaxRows
	Offset int
}

// EffectiveRows returns the effective rows of a template that the filter chooses, in the order of batch and row.
// Values are those of def's fields; a field that an older version lacked is null in the rows filed under that.
// Without the template's table it is a fault.Unavailable.
func (s *Store) EffectiveRows(ctx context.Context, def *models.Definition, f Filter) ([]Row, error) {
	var out []Row
	err := s.reading(ctx, def, func(r *reader) (err error) {
		r.reveal = f.Reveal
		if f.Subject != nil {
			out, err = r.ofSubject(ctx, f)
		} else {
			out, err = r.window(ctx, f)
		}
		return err
	})
	return out, err
}

// Count returns how many effective rows of a template the filter chooses; Limit and Offset do not matter.
func (s *Store) Count(ctx context.Context, def *models.Definition, f Filter) (rows int64, err error) {
	err = s.reading(ctx, def, func(r *reader) (err error) {
		if f.Subject != nil {
			rows, err = r.countSubject(ctx, f)
			return err
		}
		batches, err := r.batches(ctx, f)
		for _, b := range batches {
			rows += b.rows
		}
		return err
	})
	return rows, err
}

// BatchRows returns rows of one batch, effective or not, in the order of their numbers. Who may see them is for the
// caller to say.
func (s *Store) BatchRows(ctx context.Context, def *models.Definition, batch int64, p Page) ([]Row, error) {
	var out []Row
	err := s.reading(ctx, def, func(r *reader) (err error) {
		r.reveal = p.Reveal
		out, err = r.ofBatch(ctx, batch, p.After, bounded(p.Limit), max(p.Offset, 0))
		return err
	})
	return out, err
}

// bounded holds a limit between 1 and MaxRows.
func bounded(limit int) int {
	if limit <= 0 {
		return MaxRows
	}
	return min(limit, MaxRows)
}

// reader reads one table on one state of the database.
type reader struct {
	store  *Store
	tx     *sql.Tx
	layout *layout // the columns that are read, in the order of the definition's fields
	reveal bool
}

// reading checks that the table has what def needs and reads it.
func (s *Store) reading(ctx context.Context, def *models.Definition, fn func(r *reader) error) error {
	want, err := layoutOf(def)
	if err != nil {
		return err
	}
	return s.read(ctx, func(tx *sql.Tx) error {
		have, err := s.load(ctx, tx, want.table)
		if err != nil {
			return err
		}
		if have == nil {
			return s.behind(want, fmt.Errorf("%w: no table %s", errBehind, want.table))
		}
		added, err := have.grow(want)
		if err != nil {
			return err
		}
		if len(added) > 0 {
			return s.behind(want, fmt.Errorf("%w: no column %s", errBehind, added[0].name))
		}
		return fn(&reader{store: s, tx: tx, layout: want})
	})
}

// loaded is one batch that counts, and how many rows it has.
type loaded struct{ batch, rows int64 }

// statement gathers the text of a query and its arguments. Arguments are numbered in the order in which they appear:
// SQLite counts them so.
type statement struct {
	strings.Builder
	args []any
}

// add appends text, in which each %v stands for one of the arguments.
func (q *statement) add(text string, args ...any) {
	marks := make([]any, len(args))
	for i, arg := range args {
		q.args = append(q.args, arg)
		marks[i] = fmt.Sprintf("$%d", len(q.args))
	}
	fmt.Fprintf(q, text, marks...)
}

// counting appends a selection from the batches that count under the filter; their loads are l.
func (r *reader) counting(q *statement, columns string, f Filter) {
	q.WriteString("SELECT " + columns + " FROM warehouse_loads l JOIN batches b ON b.id = l.batch_id" + owed +
		" WHERE " + standing(r.layout))
	q.add(" AND l.table_name = %v AND l.state = %v", r.layout.table, rowsLoaded)
	if f.UnitID != 0 {
		q.add(" AND l.unit_id = %v", f.UnitID)
	}
	if f.Period != "" {
		q.add(" AND l.period = %v", string(f.Period))
	}
}

// batches returns the batches that count under the filter, in order.
func (r *reader) batches(ctx context.Context, f Filter) ([]loaded, error) {
	var q statement
	r.counting(&q, "l.batch_id, l.row_count", f)
	rows, err := r.tx.QueryContext(ctx, q.String()+" ORDER BY l.batch_id", q.args...)
	if err != nil {
		return nil, fmt.Errorf("list effective batches of %s: %w", r.layout.table, err)
	}
	defer rows.Close()
	var out []loaded
	for rows.Next() {
		var b loaded
		if err := rows.Scan(&b.batch, &b.rows); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// window returns the rows from f.Offset on. It reads only the batches in which they lie: sorting all effective rows
// for one page would take seconds.
func (r *reader) window(ctx context.Context, f Filter) ([]Row, error) {
	batches, err := r.batches(ctx, f)
	if err != nil {
		return nil, err
	}
	var out []Row
	limit, skip := bounded(f.Limit), int64(max(f.Offset, 0))
	for _, b := range batches {
		if skip >= b.rows {
			skip -= b.rows
			continue
		}
		rows, err := r.ofBatch(ctx, b.batch, 0, limit-len(out), int(skip))
		if err != nil {
			return nil, err
		}
		out, skip = append(out, rows...), 0
		if len(out) == limit {
			break
		}
	}
	return out, nil
}

// ofBatch returns rows of one batch in order.
func (r *reader) ofBatch(ctx context.Context, batch, after int64, limit, offset int) ([]Row, error) {
	var q statement
	q.WriteString("SELECT " + r.columns() + " FROM " + quote(r.layout.table) + " w")
	q.add(" WHERE w._batch_id = %v AND w._row_no > %v ORDER BY w._row_no LIMIT %v OFFSET %v", batch, after, limit, offset)
	return r.query(ctx, &q)
}

// ofSubject returns the rows of one subject in the order of batch and row.
func (r *reader) ofSubject(ctx context.Context, f Filter) ([]Row, error) {
	var q statement
	q.WriteString("SELECT " + r.columns())
	r.aboutSubject(&q, f)
	q.add(" ORDER BY w._batch_id, w._row_no LIMIT %v OFFSET %v", bounded(f.Limit), max(f.Offset, 0))
	return r.query(ctx, &q)
}

// countSubject counts the rows of one subject.
func (r *reader) countSubject(ctx context.Context, f Filter) (rows int64, err error) {
	var q statement
	q.WriteString("SELECT count(*)")
	r.aboutSubject(&q, f)
	err = r.tx.QueryRowContext(ctx, q.String(), q.args...).Scan(&rows)
	return rows, err
}

// aboutSubject appends the part of a query that finds the effective rows w of a subject.
func (r *reader) aboutSubject(q *statement, f Filter) {
	if r.store.db.Engine == database.SQLite {
		q.WriteString(" FROM " + quote(r.layout.subjects()) + " s CROSS JOIN " + quote(r.layout.table) + " w" +
			" ON w._batch_id = s._batch_id AND w._row_no = s._row_no")
		q.add(" WHERE s._key = %v AND w._subject = %v AND s._batch_id IN (", f.Subject.key(), f.Subject[:])
	} else {
		q.WriteString(" FROM " + quote(r.layout.table) + " w")
		q.add(" WHERE w._subject = %v AND w._batch_id IN (", f.Subject[:])
	}
	r.counting(q, "l.batch_id", f)
	q.WriteString(")")
}
