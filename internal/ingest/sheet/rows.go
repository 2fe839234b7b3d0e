package sheet

import (
	"fmt"
	"strconv"
)

// Rows streams the rows of one sheet that have content:
//
//	for rows.Next() {
//		use(rows.Row())
//	}
//	err := rows.Err()
type Rows struct {
	from  rowSource
	row   Row
	limit int
	count int
	err   error
	ended bool
}

// rowSource yields the rows of one kind of file.
type rowSource interface {
	// next fills row with the next row that has content; false at the end.
	next(row *Row) (bool, error)
	// progress returns the bytes read and the bytes in all, as far as the file tells.
	progress() (read, total int64)
	close() error
}

// Next moves to the next row. It returns false at the end and on trouble, see Err.
func (r *Rows) Next() bool {
	if r.ended {
		return false
	}
	ok, err := r.from.next(&r.row)
	if ok && err == nil {
		if r.count++; r.count > r.limit {
			ok, err = false, refuseAt(CodeRows, r.row.No, nil, strconv.Itoa(r.limit))
		}
	}
	if !ok || err != nil {
		r.ended, r.err, r.row = true, err, Row{}
		return false
	}
	return true
}

// Row returns the row to which Next moved. Its cells are valid until Next is called again.
func (r *Rows) Row() Row { return r.row }

// Err returns what ended the rows before their end: a *Refusal if it is the file, a plain error if it is the reading.
func (r *Rows) Err() error { return r.err }

// Progress returns the share of the sheet that has been read, 0 to 1. It may lag behind, and a file may lie about its
// size.
func (r *Rows) Progress() float64 {
	read, total := r.from.progress()
	if total <= 0 || read >= total {
		return 1
	}
	return float64(read) / float64(total)
}

// Close ends reading. It may be called at any row.
func (r *Rows) Close() error {
	r.ended = true
	return r.from.close()
}

// place names a cell for a sentence: D 列第 107 行.
func place(row, column int) string {
	return fmt.Sprintf("%s 列第 %d 行", ColumnName(column), row)
}
