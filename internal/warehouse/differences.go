package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Difference is one matter of which two units have filed records that do not agree.
type Difference struct {
	A, B   Row   // of the unit with the smaller id first; sensitive values are Masked
	Fields []int // which fields differ, by their place in the definition
}

// Compare chooses what is compared.
type Compare struct {
	Units  []int64       // two or more
	Since  models.Period // month; only what was filed for it or later
	Limit  int           // at most MaxRows; 0 = MaxRows
	Offset int
}

// Differences returns the effective records of one business key that several units have filed with different values: of
// each unit the newest record of the key. They are compared where they lie, so that nothing sealed is opened: a sensitive
// value is compared by its hash where the field is an identifier, and not at all where it is none.
//
// A template without a business key that can be compared is a fault.Conflict.
func (s *Store) Differences(ctx context.Context, def *models.Definition, c Compare) ([]Difference, error) {
	var out []Difference
	err := s.reading(ctx, def, func(r *reader) error {
		keys, values := comparables(r.layout, def)
		if len(keys) == 0 || len(c.Units) < 2 {
			return fault.New(fault.Conflict, "这个模板没有可以比对的业务主键，不能逐条比对。")
		}
		if len(values) == 0 {
			return nil
		}
		pairs, err := r.pairs(ctx, c, keys, values)
		if err != nil {
			return err
		}
		out, err = r.differences(ctx, pairs)
		return err
	})
	return out, err
}

// compared is a column by which records are compared, and the field that it stands for.
type compared struct {
	column string
	field  int
}

// comparables returns the columns of the business key, and those of all other fields, as far as they can be compared.
func comparables(l *layout, def *models.Definition) (keys, values []compared) {
	for i, f := range def.Fields {
		c := l.columns[i]
		name := c.name
		switch {
		case c.sensitive && c.subject:
			name = colSubject
		case c.sensitive && c.hashed:
			name = c.hash()
		case c.sensitive:
			continue
		}
		if f.Key {
			keys = append(keys, compared{name, i})
		} else {
			values = append(values, compared{name, i})
		}
	}
	if slices.ContainsFunc(def.Fields, func(f models.Field) bool {
		return f.Key && !slices.ContainsFunc(keys, func(k compared) bool { return def.Fields[k.field].Code == f.Code })
	}) {
		return nil, values // half a key finds strangers
	}
	return keys, values
}

// pair is two records that disagree, by batch and row.
type pair struct {
	a, b   place
	fields []int
}

// pairs finds the records that disagree: of each unit and key the newest one, joined by the key.
func (r *reader) pairs(ctx context.Context, c Compare, keys, values []compared) ([]pair, error) {
	var q statement
	r.newest(&q, c, keys, values)
	q.WriteString(" SELECT a._batch_id, a._row_no, b._batch_id, b._row_no")
	for i := range values {
		fmt.Fprintf(&q, ", CASE WHEN %s THEN 1 ELSE 0 END", differs(i))
	}
	q.WriteString(" FROM newest a JOIN newest b ON a._unit_id < b._unit_id")
	for i := range keys {
		fmt.Fprintf(&q, " AND a.k%d = b.k%d", i, i)
	}
	var wrong []string
	for i := range values {
		wrong = append(wrong, differs(i))
	}
	q.WriteString(" WHERE a._n = 1 AND b._n = 1 AND (" + strings.Join(wrong, " OR ") + ")")
	q.add(" ORDER BY a._batch_id, a._row_no, b._batch_id, b._row_no LIMIT %v OFFSET %v", bounded(c.Limit), max(c.Offset, 0))
	rows, err := r.tx.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, fmt.Errorf("compare records of %s: %w", r.layout.table, err)
	}
	defer rows.Close()
	var out []pair
	for rows.Next() {
		var p pair
		flags := make([]int64, len(values))
		into := []any{&p.a.batch, &p.a.row, &p.b.batch, &p.b.row}
		for i := range flags {
			into = append(into, &flags[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, flag := range flags {
			if flag == 1 {
				p.fields = append(p.fields, values[i].field)
			}
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

func differs(i int) string { return fmt.Sprintf("a.v%d IS DISTINCT FROM b.v%d", i, i) }

// newest appends a table of the effective records of the units, numbered for each unit and key from the newest. Periods
// of different cycles are compared by the month in which they end.
func (r *reader) newest(q *statement, c Compare, keys, values []compared) {
	var columns, part []string
	for i, k := range keys {
		columns = append(columns, fmt.Sprintf("w.%s AS k%d", quote(k.column), i))
		part = append(part, "w."+quote(k.column))
	}
	for i, v := range values {
		columns = append(columns, fmt.Sprintf("w.%s AS v%d", quote(v.column), i))
	}
	q.WriteString("WITH newest AS (SELECT w._batch_id, w._row_no, w._unit_id, " + strings.Join(columns, ", ") +
		", row_number() OVER (PARTITION BY w._unit_id, " + strings.Join(part, ", ") + " ORDER BY t.month DESC, w._batch_id DESC, w._row_no DESC) AS _n FROM " +
		quote(r.layout.view()) + " w CROSS JOIN batches b CROSS JOIN filing_tasks t WHERE b.id = w._batch_id AND t.id = b.task_id AND w._unit_id IN (")
	for i, unit := range c.Units {
		if i > 0 {
			q.WriteString(", ")
		}
		q.add("%v", unit)
	}
	q.WriteString(")")
	if c.Since != "" {
		q.add(" AND t.month >= %v", string(c.Since))
	}
	q.WriteString(")")
}

// place is where a record lies.
type place struct{ batch, row int64 }

// records reads the records at the places, by their place.
func (r *reader) records(ctx context.Context, places []place) (map[place]Row, error) {
	var q statement
	q.WriteString("SELECT " + r.columns() + " FROM " + quote(r.layout.table) + " w WHERE")
	for i, p := range places {
		if i > 0 {
			q.WriteString(" OR")
		}
		q.add(" (w._batch_id = %v AND w._row_no = %v)", p.batch, p.row)
	}
	rows, err := r.query(ctx, &q)
	found := map[place]Row{}
	for _, row := range rows {
		found[place{row.BatchID, row.RowNo}] = row
	}
	return found, err
}

// differences reads the records of pairs.
func (r *reader) differences(ctx context.Context, pairs []pair) ([]Difference, error) {
	var places []place
	for _, p := range pairs {
		places = append(places, p.a, p.b)
	}
	if len(places) == 0 {
		return nil, nil
	}
	found, err := r.records(ctx, places)
	if err != nil {
		return nil, err
	}
	out := make([]Difference, len(pairs))
	for i, p := range pairs {
		out[i] = Difference{A: found[p.a], B: found[p.b], Fields: p.fields}
	}
	return out, nil
}
