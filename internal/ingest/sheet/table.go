package sheet

import (
	"fmt"
	"io"
	"strings"
)

// table is a text table: what Open found out about it.
type table struct {
	src       *source
	limits    Limits
	encoding  string
	mark      int // bytes of the byte order mark
	delimiter rune
	declared  bool // the first line is sep=…, which is no row
}

// newTable finds encoding and delimiter of a text.
func newTable(src *source, head []byte, limits Limits) (*table, error) {
	name, mark, err := findEncoding(src, head)
	if err != nil {
		return nil, err
	}
	t := &table{src: src, limits: limits, encoding: name, mark: mark}
	sample, err := sampleText(decoded(src, src.size, name, mark))
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	if strings.TrimSpace(sample) == "" && len(sample) < sampleBytes {
		return nil, refuse(CodeEmpty, nil)
	}
	if t.delimiter, _, t.declared = declaredDelimiter(sample); !t.declared {
		t.delimiter = findDelimiter(sample)
	}
	return t, nil
}

// tableRows reads the rows of a text table.
type tableRows struct {
	split  *splitter
	limits Limits
	src    *source
	raw    *counter
	number int
	skip   bool // the next record is sep=…
	cells  []Cell
}

// counter counts the bytes read from the file.
type counter struct {
	r    io.ReaderAt
	read int64
}

// ReadAt implements io.ReaderAt.
func (c *counter) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.read = max(c.read, off+int64(n))
	return n, err
}

func (t *table) rows() *tableRows {
	raw := &counter{r: t.src}
	text := decoded(raw, t.src.size, t.encoding, t.mark)
	return &tableRows{
		split:  newSplitter(text, t.delimiter, t.limits.RecordBytes),
		limits: t.limits, src: t.src, raw: raw, skip: t.declared,
	}
}

func (r *tableRows) progress() (int64, int64) { return r.raw.read, r.src.size }

func (r *tableRows) close() error { return nil }

// next implements rowSource.
func (r *tableRows) next(row *Row) (bool, error) {
	for {
		text, ok, err := r.split.record()
		switch {
		case r.src.failure() != nil:
			return false, fmt.Errorf("read upload: %w", r.src.failure())
		case err != nil || !ok:
			return false, err
		case r.skip:
			r.skip = false
			continue
		}
		r.number++
		used, err := r.fill(r.split.tidy(text))
		if err != nil {
			return false, err
		}
		if used > 0 {
			*row = Row{No: r.number, Line: r.split.begun, Cells: r.cells[:used]}
			return true, nil
		}
	}
}

// fill turns the fields of a record into cells and returns how many there are up to the last one with content.
func (r *tableRows) fill(text string) (int, error) {
	used := 0
	r.cells = r.cells[:0]
	for i, f := range r.split.fields {
		value := forcedText(text[f.start:f.end])
		empty := value == "" || value == dosEnd && f.end == len(text)
		switch {
		case empty && i < r.limits.Columns:
			r.cells = append(r.cells, Cell{})
			continue
		case empty:
			continue
		case i >= r.limits.Columns:
			return 0, refuseAt(CodeColumns, r.split.begun, nil, place(r.number, i), fmt.Sprintf("%d 列", r.limits.Columns))
		case len(value) > r.limits.CellBytes:
			return 0, refuseAt(CodeLongCell, r.split.begun, nil, place(r.number, i), amount(int64(r.limits.CellBytes)))
		}
		r.cells = append(r.cells, Cell{Kind: Text, Text: value})
		used = i + 1
	}
	return used, nil
}

// dosEnd is the mark that old systems write behind the last record.
const dosEnd = "\x1a"

// forcedText unwraps ="0123", the form with which exports keep Excel from reading digits as a number.
func forcedText(value string) string {
	if n := len(value); n >= 3 && value[0] == '=' && value[1] == '"' && value[n-1] == '"' {
		if inner := value[2 : n-1]; strings.IndexByte(inner, '"') < 0 {
			return inner
		}
	}
	return value
}
