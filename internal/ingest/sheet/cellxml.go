package sheet

import (
	"bytes"
	"errors"
	"fmt"
)

// rawCell is a cell as its XML has it.
type rawCell struct {
	column  int
	kind    byte // first letter of the type: n, s(hared), t(ext: str), i(nline), b, e, d
	style   int
	valued  bool // there is a <v> or an <is>
	formula bool
	at      span // text of an inline cell, already in arena
}

// readCell reads the cell whose start tag was the last token; next is the column it has if it does not say. It returns
// the column after it.
func (s *sheetRows) readCell(next int) (int, error) {
	raw, err := s.cellHead(next)
	if err != nil {
		return 0, err
	}
	s.value = s.value[:0]
	for depth := s.x.depth(); s.x.depth() >= depth; {
		switch s.x.next() {
		case tokenStart:
			if err := s.cellPart(&raw); err != nil {
				return 0, err
			}
		case tokenEOF:
			return 0, s.x.err
		}
	}
	cell, at, err := s.cell(&raw)
	if err != nil || cell.Kind == Empty {
		return raw.column + 1, err
	}
	return raw.column + 1, s.put(raw.column, cell, at)
}

// cellHead reads the attributes of a <c>.
func (s *sheetRows) cellHead(next int) (rawCell, error) {
	raw := rawCell{column: next, kind: 'n', style: 0}
	for attrs := s.x.attrs; ; {
		name, value, rest, ok := nextAttribute(attrs)
		if !ok {
			break
		}
		attrs = rest
		if len(name) != 1 {
			continue
		}
		switch name[0] {
		case 'r':
			column, row, ok := parseRef(value)
			if !ok || row != s.lastRow {
				return raw, refuseAt(CodeDisorder, s.lastRow, fmt.Errorf("cell %q in row %d", value, s.lastRow),
					fmt.Sprintf("第 %d 行", s.lastRow))
			}
			raw.column = column
		case 's':
			raw.style = smallNumber(value)
		case 't':
			raw.kind = cellKind(value)
		}
	}
	if raw.column >= excelColumns {
		return raw, refuseAt(CodeDisorder, s.lastRow, nil, fmt.Sprintf("第 %d 行", s.lastRow))
	}
	return raw, nil
}

func cellKind(value []byte) byte {
	switch string(value) {
	case "s", "n", "b", "e", "d":
		return value[0]
	case "inlineStr":
		return 'i'
	}
	return 't' // str, and whatever a later edition may invent
}

// cellPart reads one element inside a <c>.
func (s *sheetRows) cellPart(raw *rawCell) error {
	limit := s.book.archive.limits.CellBytes
	var err error
	switch string(s.x.name) {
	case "v":
		raw.valued = true
		s.value, err = s.x.collect(s.value[:0], limit)
	case "is":
		raw.valued = true
		start := len(s.arena)
		s.arena, err = s.x.collectRich(s.arena, limit)
		raw.at = span{start, len(s.arena)}
	case "f":
		raw.formula = true
		s.x.skip()
	default:
		s.x.skip()
	}
	if errors.Is(err, errLong) {
		return refuseAt(CodeLongCell, s.lastRow, err, place(s.lastRow, raw.column), amount(int64(limit)))
	}
	return err
}

// cell turns a raw cell into a Cell. Its text is either in the Cell (a shared string in memory) or at the returned span
// of the row's arena.
func (s *sheetRows) cell(raw *rawCell) (Cell, span, error) {
	switch {
	case raw.at.end > raw.at.start:
		return Cell{Kind: Text}, raw.at, nil
	case len(s.value) == 0 && raw.formula && !raw.valued:
		return Cell{Kind: Formula}, span{}, nil
	case len(s.value) == 0:
		return Cell{}, span{}, nil
	}
	start := len(s.arena)
	switch raw.kind {
	case 's':
		return s.sharedCell(raw)
	case 'n':
		if cell, ok := s.numberCell(raw); ok {
			return cell, span{start, len(s.arena)}, nil
		}
	case 'b':
		cell := Cell{Kind: Bool, Text: "FALSE"}
		if isTrue(bytes.TrimSpace(s.value)) {
			cell.Num, cell.Text = 1, "TRUE"
		}
		return cell, span{}, nil
	case 'e':
		s.arena = append(s.arena, s.value...)
		return Cell{Kind: Error}, span{start, len(s.arena)}, nil
	case 'd':
		if serial, ok := parseISO(string(bytes.TrimSpace(s.value))); ok {
			s.arena, _ = appendSerial(s.arena, serial)
			return Cell{Kind: Date, Num: serial}, span{start, len(s.arena)}, nil
		}
	}
	s.arena = unescape(append(s.arena, s.value...), start)
	return Cell{Kind: Text}, span{start, len(s.arena)}, nil
}

// sharedCell looks a shared string up.
func (s *sheetRows) sharedCell(raw *rawCell) (Cell, span, error) {
	store := s.book.strings
	index := smallNumber(bytes.TrimSpace(s.value))
	if index < 0 || index >= store.count() {
		r := damaged(place(s.lastRow, raw.column), fmt.Errorf("shared string %q of %d", s.value, store.count()))
		r.Row = s.lastRow
		return Cell{}, span{}, r
	}
	if index < len(store.memory) {
		text := store.memory[index]
		if text == "" {
			return Cell{}, span{}, nil
		}
		return Cell{Kind: Text, Text: text}, span{}, nil
	}
	start := len(s.arena)
	var err error
	s.arena, err = store.spill.appendTo(s.arena, index-len(store.memory))
	if err != nil || len(s.arena) == start {
		return Cell{}, span{}, err
	}
	return Cell{Kind: Text}, span{start, len(s.arena)}, nil
}

// numberCell reads a number, its text going to arena. ok is false, and arena as before, if it is none.
func (s *sheetRows) numberCell(raw *rawCell) (Cell, bool) {
	start := len(s.arena)
	out, num, digits, ok := appendNumber(s.arena, bytes.TrimSpace(s.value))
	if !ok {
		return Cell{}, false
	}
	s.arena = out
	if raw.style < 0 || raw.style >= len(s.book.styles) {
		return Cell{Kind: Number, Num: num, Digits: digits}, true
	}
	style := s.book.styles[raw.style]
	if style.date {
		serial := s.book.serial(num)
		if text, ok := appendSerial(s.arena[:start], serial); ok {
			s.arena = text
			return Cell{Kind: Date, Num: serial}, true
		}
		s.arena, _, _, _ = appendNumber(s.arena[:start], bytes.TrimSpace(s.value))
	}
	if pad := int(style.pad) - digits; pad > 0 && num >= 0 && len(s.arena)-start == digits {
		zeros := "000000000000000000000000000000"[:pad]
		s.arena = append(s.arena, zeros...)
		copy(s.arena[start+pad:], s.arena[start:])
		copy(s.arena[start:], zeros)
		digits += pad
	}
	return Cell{Kind: Number, Num: num, Digits: digits}, true
}
