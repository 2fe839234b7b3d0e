package sheet

// Kind says what a cell holds.
type Kind uint8

// The kinds of cells. A text table knows Empty and Text only.
const (
	Empty   Kind = iota // nothing, or the empty text
	Text                // text, whatever it looks like
	Number              // a number
	Date                // a number that the workbook shows as a day, a moment or a time of day
	Bool                // TRUE or FALSE
	Error               // an error value such as #N/A
	Formula             // a formula whose result the file does not hold: it was never calculated
)

// String returns the kind's name, for tests and logs.
func (k Kind) String() string {
	switch k {
	case Empty:
		return "empty"
	case Text:
		return "text"
	case Number:
		return "number"
	case Date:
		return "date"
	case Bool:
		return "bool"
	case Error:
		return "error"
	case Formula:
		return "formula"
	}
	return "unknown"
}

// Cell is one cell as the file holds it.
type Cell struct {
	Kind Kind

	// Text is the cell as text: valid UTF-8 without NUL.
	// Text: as it stands, blanks included, never empty. Number: plain decimal, rounded to the 15 significant digits that Excel
	// shows, padded with zeros where the format is nothing but zeros (000000). Date: 2026-10-08, 2026-10-08 09:30:00
	// or 09:30:00. Bool: TRUE or FALSE. Error: #N/A. Formula and Empty: "".
	//
	// The string may share memory with the other cells of its row or with the shared strings of the book: it never
	// changes, but who keeps a few of many should strings.Clone them.
	Text string

	// Num is the number, rounded to 15 significant digits; of a Date its serial in Excel's 1900 system (books that
	// count from 1904 are converted); of a Bool 0 or 1.
	Num float64

	// Digits counts the digits of a Number before its decimal point. Above 15 the last ones are lost: an identifier
	// that was typed as a number.
	Digits int
}

// Row is one row with content.
type Row struct {
	// No is the row's number as Excel or WPS shows it, from 1. In a text table that is the number of the record:
	// blank lines count, a line break inside quotation marks does not. Of JSON lines it is the line; row 0 holds the
	// names, which the file repeats in every line. Rows without content are left out, so the numbers have gaps.
	No int

	// Line is the physical line on which a record of a text table, or a row of JSON lines, begins, from 1; 0 in a
	// workbook.
	Line int

	// Hidden tells that the row is hidden or filtered away.
	Hidden bool

	// Cells stands dense from column A to the last cell with content. The slice is valid until the next call of Next.
	Cells []Cell
}

// Range is a rectangle of cells, rows and columns from 1, ends included.
type Range struct{ FirstRow, FirstCol, LastRow, LastCol int }

// ColumnName returns the letters of a column, 0 = A, 26 = AA.
func ColumnName(index int) string {
	var letters [8]byte
	at := len(letters)
	for n := index + 1; n > 0 && at > 0; n = (n - 1) / 26 {
		at--
		letters[at] = byte('A' + (n-1)%26)
	}
	return string(letters[at:])
}

// parseRef reads a cell's reference such as AB12: column from 0, row from 1. Either is -1 if it is missing or beyond
// Excel's sheet; ok is false if anything else stands there. Absolute marks ($) are allowed, as in ranges.
func parseRef(ref []byte) (col, row int, ok bool) {
	i, col := 0, 0
	for ; i < len(ref); i++ {
		c := ref[i]
		if c == '$' {
			continue
		}
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || c > 'Z' {
			break
		}
		if col = col*26 + int(c-'A') + 1; col > excelColumns {
			return -1, -1, false
		}
	}
	digits := i
	for ; i < len(ref); i++ {
		c := ref[i]
		if c < '0' || c > '9' {
			return -1, -1, false
		}
		if row = row*10 + int(c-'0'); row > excelRows {
			return -1, -1, false
		}
	}
	if row == 0 {
		row = -1
	}
	return col - 1, row, digits > 0 && col > 0
}

// parseRange reads A1:C3 or A1.
func parseRange(ref []byte) (Range, bool) {
	first, last := ref, ref
	for i, c := range ref {
		if c == ':' {
			first, last = ref[:i], ref[i+1:]
			break
		}
	}
	c1, r1, ok1 := parseRef(first)
	c2, r2, ok2 := parseRef(last)
	if !ok1 || !ok2 || r1 < 1 || r2 < r1 || c2 < c1 {
		return Range{}, false
	}
	return Range{FirstRow: r1, FirstCol: c1 + 1, LastRow: r2, LastCol: c2 + 1}, true
}
