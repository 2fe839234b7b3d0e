package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// sheetRows reads the rows of a worksheet part. Only <sheetData> directly under the root counts; what stands before and
// behind it (dimension, columns, filters, validations) is passed over, except that the part is read to its end, so that
// a checksum that does not match is found.
type sheetRows struct {
	part    io.Closer
	read    func() (int64, int64)
	explain func(error) error // turns the scanner's trouble into what the caller is told
	x       *xmlScanner
	book    *workbook

	inData  bool
	started bool
	lastRow int

	cells []Cell
	spans []span   // where the text of each cell stands in arena
	taken []uint32 // serial of the row that last had a cell in the column
	mark  uint32
	used  int // columns up to the last cell with content
	arena []byte
	value []byte
}

// span is a piece of arena; end 0 = none.
type span struct{ start, end int }

// rows starts reading a sheet.
func (w *workbook) rows(sheet int) (*sheetRows, error) {
	if err := w.strings.load(w.archive, w.shared); err != nil {
		return nil, err
	}
	p, err := w.archive.open(w.parts[sheet], w.archive.limits.Unpacked)
	if err != nil {
		return nil, err
	}
	s := newSheetRows(w, p)
	s.part, s.explain = p, w.archive.explain
	s.read = func() (int64, int64) { return p.read, p.size }
	return s, nil
}

func newSheetRows(w *workbook, src io.Reader) *sheetRows {
	return &sheetRows{x: newXMLScanner(src), book: w}
}

func (s *sheetRows) progress() (int64, int64) { return s.read() }

func (s *sheetRows) close() error { return s.part.Close() }

// next implements rowSource.
func (s *sheetRows) next(row *Row) (bool, error) {
	ok, err := s.scan(row)
	if err == nil {
		return ok, nil
	}
	var refusal *Refusal
	if errors.As(err, &refusal) && s.book.archive.src.failure() == nil {
		return false, err
	}
	err = s.explain(err)
	if errors.As(err, &refusal) && refusal.Code == CodeDamaged && s.lastRow > 0 {
		refusal = damaged(fmt.Sprintf("第 %d 行以后", s.lastRow), refusal.cause)
		refusal.Row = s.lastRow
		return false, refusal
	}
	return false, err
}

// scan reads on to the next row with content.
func (s *sheetRows) scan(row *Row) (bool, error) {
	for {
		switch s.x.next() {
		case tokenStart:
			switch {
			case s.inData && string(s.x.name) == "row":
				found, err := s.readRow(row)
				if found || err != nil {
					return found, err
				}
			case !s.started && s.x.depth() == 2 && string(s.x.name) == "sheetData":
				s.inData, s.started = true, true
			case s.x.depth() > 1:
				s.x.skip()
			}
		case tokenEnd:
			if s.inData && s.x.depth() < 2 {
				s.inData = false
			}
		case tokenEOF:
			return false, s.x.err
		}
	}
}

// readRow reads the row whose start tag was the last token. It returns false if the row has no content.
func (s *sheetRows) readRow(row *Row) (bool, error) {
	number, hidden := s.lastRow+1, false
	for attrs := s.x.attrs; ; {
		name, value, rest, ok := nextAttribute(attrs)
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			number = smallNumber(value)
		case "hidden":
			hidden = isTrue(value)
		}
		attrs = rest
	}
	if number <= s.lastRow || number > excelRows {
		return false, refuseAt(CodeDisorder, s.lastRow, nil, fmt.Sprintf("第 %d 行以后", s.lastRow))
	}
	s.lastRow = number
	s.mark++
	s.used, s.arena = 0, s.arena[:0]
	if err := s.readCells(); err != nil {
		return false, err
	}
	if s.used == 0 {
		return false, nil
	}
	*row = Row{No: number, Hidden: hidden, Cells: s.finishCells()}
	return true, nil
}

// readCells reads the cells up to the end of the row.
func (s *sheetRows) readCells() error {
	depth, next := s.x.depth(), 0
	for {
		switch s.x.next() {
		case tokenStart:
			if string(s.x.name) != "c" {
				s.x.skip()
				continue
			}
			var err error
			if next, err = s.readCell(next); err != nil {
				return err
			}
		case tokenEnd:
			if s.x.depth() < depth {
				return nil
			}
		case tokenEOF:
			return s.x.err
		}
	}
}

// finishCells gives the cells with content their text: one allocation for the row.
func (s *sheetRows) finishCells() []Cell {
	arena := s.arena
	if !utf8.Valid(arena) || bytes.IndexByte(arena, 0) >= 0 {
		arena = nil // rare: mended cell by cell
	}
	text := string(arena)
	for i := range s.used {
		if s.taken[i] != s.mark {
			s.cells[i] = Cell{}
			continue
		}
		switch at := s.spans[i]; {
		case at.end == 0:
		case arena != nil:
			s.cells[i].Text = text[at.start:at.end]
		default:
			s.cells[i].Text = string(validText(s.arena[at.start:at.end]))
		}
	}
	return s.cells[:s.used]
}

// put places a cell with content. A column that is taken already is refused.
func (s *sheetRows) put(column int, cell Cell, at span) error {
	if column >= s.book.archive.limits.Columns {
		return refuseAt(CodeColumns, s.lastRow, nil, place(s.lastRow, column),
			fmt.Sprintf("%d 列", s.book.archive.limits.Columns))
	}
	for len(s.cells) <= column {
		s.cells = append(s.cells, Cell{})
		s.spans = append(s.spans, span{})
		s.taken = append(s.taken, 0)
	}
	if s.taken[column] == s.mark {
		return refuseAt(CodeDisorder, s.lastRow, nil, place(s.lastRow, column))
	}
	s.cells[column], s.spans[column], s.taken[column] = cell, at, s.mark
	s.used = max(s.used, column+1)
	return nil
}
