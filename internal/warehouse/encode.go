package warehouse

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"taxportal/internal/crypt"
	"taxportal/internal/models"
)

// cellKind tells what a cell holds.
type cellKind uint8

const (
	cellNull cellKind = iota
	cellInteger
	cellText
	cellBinary
)

// cell is one stored value of a block. A binary one lies in the block's arena.
type cell struct {
	kind cellKind
	n    int64  // an integer; of a binary cell the place in the arena
	s    string // a text
}

// head is what the system columns of one row need; the others are the same for the whole batch.
type head struct {
	row     int64
	subject Subject
	named   bool // the row names its subject
}

// block is a portion of encoded rows on its way to the database. It is used again and again, so that a load needs the
// same memory however long it is.
type block struct {
	heads []head
	cells []cell // len(heads) × the table's stored columns
	arena []byte
}

// blockCells bounds a block: 12,000 rows of a table of twelve columns, less of a wider one.
const (
	blockCells = 150_000
	blockRows  = 12_000
)

func (b *block) reset() {
	b.heads, b.cells, b.arena = b.heads[:0], b.cells[:0], b.arena[:0]
}

// binary returns the bytes of a binary cell.
func (b *block) binary(c cell) []byte {
	start, size := c.n>>32, c.n&0xffffffff
	return b.arena[start : start+size : start+size]
}

// addBinary notes what was appended to the arena since start as a cell.
func (b *block) addBinary(start int) {
	b.cells = append(b.cells, cell{kind: cellBinary, n: int64(start)<<32 | int64(len(b.arena)-start)})
}

// encoder turns records into rows of blocks: it seals, hashes and finds subjects. It serves one goroutine.
type encoder struct {
	keys    *crypt.Keys
	layout  *layout
	batch   int64
	lastRow int64
	scratch []byte
}

// add appends one record to the block.
//
// The row numbers of a batch must ascend: that keeps the load sequential, and a number used twice could otherwise
// stand under two subjects.
func (e *encoder) add(b *block, r models.Record) error {
	if len(r.Values) != len(e.layout.columns) {
		return fmt.Errorf("row %d has %d values, table %s takes %d", r.RowNo, len(r.Values), e.layout.table, len(e.layout.columns))
	}
	if r.RowNo <= e.lastRow {
		return fmt.Errorf("row %d comes after row %d: row numbers must ascend", r.RowNo, e.lastRow)
	}
	e.lastRow = r.RowNo
	h := head{row: r.RowNo}
	for i, c := range e.layout.columns {
		v := r.Values[i]
		if c.subject && !v.Null {
			h.subject, h.named = subjectOf(e.keys, c.kind, e.text(c, v))
		}
		if err := e.value(b, c, v, r.RowNo); err != nil {
			return err
		}
	}
	if !h.named {
		h.subject = e.keys.RowSubject(e.batch, r.RowNo)
	}
	b.heads = append(b.heads, h)
	return nil
}

// value appends a value and the hash beside it.
func (e *encoder) value(b *block, c column, v models.Value, row int64) error {
	switch {
	case v.Null:
		b.cells = append(b.cells, cell{})
	case c.storage() == storeInteger:
		b.cells = append(b.cells, cell{kind: cellInteger, n: v.Int})
	case !storable(v.Text):
		return fmt.Errorf("row %d, field %s: text is not valid UTF-8 or holds a NUL", row, c.name)
	case c.storage() == storeSealed:
		e.seal(b, c, v, row)
	default:
		b.cells = append(b.cells, cell{kind: cellText, s: v.Text})
	}
	if c.hashed {
		e.hash(b, c, v)
	}
	return nil
}

// storable reports whether both engines take the text: PostgreSQL refuses NUL and broken UTF-8.
func storable(text string) bool {
	return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}

// seal appends the sealed form of a value, bound to its place.
func (e *encoder) seal(b *block, c column, v models.Value, row int64) {
	e.scratch = append(e.scratch[:0], e.text(c, v)...)
	start := len(b.arena)
	at := crypt.Field{Table: e.layout.table, Column: c.name, Batch: e.batch, Row: row}
	b.arena = e.keys.SealField(b.arena, at, e.scratch)
	b.addBinary(start)
}

// hash appends the keyed hash of an identifier.
func (e *encoder) hash(b *block, c column, v models.Value) {
	if !v.Null {
		if subject, ok := subjectOf(e.keys, c.kind, v.Text); ok {
			start := len(b.arena)
			b.arena = append(b.arena, subject[:]...)
			b.addBinary(start)
			return
		}
	}
	b.cells = append(b.cells, cell{})
}

// text returns a value as text: of a number its digits, in the scale in which it is stored.
func (e *encoder) text(c column, v models.Value) string {
	if c.numeric() {
		return strconv.FormatInt(v.Int, 10)
	}
	return v.Text
}
