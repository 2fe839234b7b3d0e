package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"taxportal/internal/crypt"
	"taxportal/internal/models"
)

// Masked is the text of a sensitive value that was not opened. An empty cell is Null as ever.
const Masked = "●●●●●●"

// columns returns the columns of a query of rows w: the system columns, then one for each field.
func (r *reader) columns() string {
	names := []string{colBatch, colRow, colSubject, colPeriod, colUnit}
	for _, c := range r.layout.columns {
		names = append(names, c.name)
	}
	return quoteAll("w.", names)
}

// query returns the rows that a query of r.columns finds.
func (r *reader) query(ctx context.Context, q *statement) ([]Row, error) {
	rows, err := r.tx.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", r.layout.table, err)
	}
	defer rows.Close()
	cells := make([]stored, len(r.layout.columns))
	var out []Row
	for rows.Next() {
		row, err := r.scan(rows, cells)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", r.layout.table, err)
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// stored takes one column's value, whichever storage it has.
type stored struct {
	integer sql.NullInt64
	text    sql.NullString
	sealed  []byte
}

// scan reads one row. cells is used again for each.
func (r *reader) scan(rows *sql.Rows, cells []stored) (Row, error) {
	var row Row
	var subject []byte
	into := []any{&row.BatchID, &row.RowNo, &subject, &row.Period, &row.UnitID}
	for i, c := range r.layout.columns {
		switch c.storage() {
		case storeInteger:
			into = append(into, &cells[i].integer)
		case storeSealed:
			into = append(into, &cells[i].sealed)
		case storeText:
			into = append(into, &cells[i].text)
		}
	}
	if err := rows.Scan(into...); err != nil {
		return row, err
	}
	copy(row.Subject[:], subject)
	row.Values = make([]models.Value, len(cells))
	for i, c := range r.layout.columns {
		v, err := r.value(c, cells[i], row)
		if err != nil {
			return row, err
		}
		row.Values[i] = v
	}
	return row, nil
}

// value turns what is stored into the value that was loaded.
func (r *reader) value(c column, s stored, row Row) (models.Value, error) {
	switch c.storage() {
	case storeInteger:
		return models.Value{Null: !s.integer.Valid, Int: s.integer.Int64}, nil
	case storeText:
		return models.Value{Null: !s.text.Valid, Text: s.text.String}, nil
	}
	if s.sealed == nil {
		return models.Value{Null: true}, nil
	}
	if !r.reveal {
		return models.Value{Text: Masked}, nil
	}
	at := crypt.Field{Table: r.layout.table, Column: c.name, Batch: row.BatchID, Row: row.RowNo}
	plain, err := r.store.keys.OpenField(nil, at, s.sealed)
	if err != nil {
		return models.Value{}, fmt.Errorf("open %s of batch %d, row %d: %w", c.name, row.BatchID, row.RowNo, err)
	}
	if !c.numeric() {
		return models.Value{Text: string(plain)}, nil
	}
	n, err := strconv.ParseInt(string(plain), 10, 64)
	if err != nil {
		return models.Value{}, fmt.Errorf("field %s of batch %d, row %d is no number", c.name, row.BatchID, row.RowNo)
	}
	return models.Value{Int: n}, nil
}
