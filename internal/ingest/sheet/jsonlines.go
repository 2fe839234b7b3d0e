package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// jsonBeginning is how a file begins that is JSON.
type jsonBeginning int

const (
	notJSON jsonBeginning = iota
	jsonObject
	jsonArray
)

// jsonStart recognises JSON by its beginning: an object whose first name stands in quotation marks, or an array of
// objects. No table of ours begins so.
func jsonStart(head []byte) jsonBeginning {
	text := strings.TrimLeft(strings.TrimPrefix(string(head), utf8Mark), " \t\r\n")
	if len(text) < 2 {
		return notJSON
	}
	rest := strings.TrimLeft(text[1:], " \t\r\n")
	switch {
	case text[0] == '{' && rest != "" && (rest[0] == '"' || rest[0] == '}'):
		return jsonObject
	case text[0] == '[' && rest != "" && (rest[0] == '{' || rest[0] == '['):
		return jsonArray
	}
	return notJSON
}

// jsonLines is a file of JSON lines: what Open found out about it. The names of all objects become the columns, in the
// order in which they are first met, so that an optional value may be left out of a line.
type jsonLines struct {
	src    *source
	limits Limits
	mark   int // bytes of the byte order mark
	names  jsonNames
}

// newJSONLines reads the whole file once: it collects the names, and refuses whatever is no JSON before any row is used.
func newJSONLines(src *source, start jsonBeginning, limits Limits) (*jsonLines, error) {
	if start == jsonArray {
		return nil, refuse(CodeJSONArray, nil)
	}
	l := &jsonLines{src: src, limits: limits, names: jsonNames{index: map[string]int{}}}
	head, err := src.head(0, len(utf8Mark))
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	if bytes.HasPrefix(head, []byte(utf8Mark)) {
		l.mark = len(utf8Mark)
	}
	read := l.reader()
	for {
		if _, ok, err := read.next(); err != nil || !ok {
			return l, err
		}
	}
}

// jsonReader reads objects line by line.
type jsonReader struct {
	in    *bufio.Reader
	raw   *counter
	file  *jsonLines
	scan  jsonScanner
	long  []byte // a line that does not fit into the buffer of in
	line  int    // of the last object, from 1
	ended bool
}

func (l *jsonLines) reader() *jsonReader {
	raw := &counter{r: l.src}
	section := io.NewSectionReader(raw, int64(l.mark), l.src.size-int64(l.mark))
	return &jsonReader{in: bufio.NewReaderSize(section, 256<<10), raw: raw, file: l, scan: jsonScanner{names: &l.names, limits: l.limits}}
}

// next returns the members of the next object; blank lines are passed over. ok is false at the end.
func (r *jsonReader) next() (members []member, ok bool, err error) {
	for !r.ended {
		line, err := r.read()
		if err != nil {
			return nil, false, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if !utf8.Valid(line) {
			return nil, false, refuseAt(CodeJSONText, r.line, nil, strconv.Itoa(r.line))
		}
		if !r.scan.object(string(line)) {
			t := r.scan.trouble
			return nil, false, refuseAt(t.code, r.line, nil, append([]any{strconv.Itoa(r.line)}, t.args...)...)
		}
		return r.scan.members, true, nil
	}
	return nil, false, nil
}

// read returns the next line without its end, at most Limits.RecordBytes of it.
func (r *jsonReader) read() ([]byte, error) {
	r.line++
	r.long = r.long[:0]
	for {
		part, err := r.in.ReadSlice('\n')
		if len(r.long)+len(part) > r.file.limits.RecordBytes {
			return nil, refuseAt(CodeJSONLong, r.line, nil, strconv.Itoa(r.line), amount(int64(r.file.limits.RecordBytes)))
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			r.long = append(r.long, part...)
			continue
		case errors.Is(err, io.EOF):
			r.ended = true
		case err != nil:
			return nil, fmt.Errorf("read upload: %w", err)
		}
		if len(r.long) == 0 {
			return part, nil
		}
		r.long = append(r.long, part...)
		return r.long, nil
	}
}

// jsonRows makes rows of the objects: first the names, then the values, each in the column of its name.
type jsonRows struct {
	read  *jsonReader
	named bool
	cells []Cell // one for each column, of which Open has met all
}

func (l *jsonLines) rows() *jsonRows {
	return &jsonRows{read: l.reader(), cells: make([]Cell, len(l.names.list))}
}

func (r *jsonRows) progress() (int64, int64) { return r.read.raw.read, r.read.file.src.size }

func (r *jsonRows) close() error { return nil }

// next implements rowSource.
func (r *jsonRows) next(row *Row) (bool, error) {
	if !r.named {
		r.named = true
		for i, name := range r.read.file.names.list[:len(r.cells)] {
			if name != "" {
				r.cells[i] = Cell{Kind: Text, Text: name}
			}
		}
		if used := content(r.cells); used > 0 {
			*row = Row{No: 0, Cells: r.cells[:used]}
			return true, nil
		}
	}
	for {
		members, ok, err := r.read.next()
		if err != nil || !ok {
			return false, err
		}
		clear(r.cells)
		for _, m := range members {
			if m.column >= len(r.cells) {
				return false, fmt.Errorf("read upload: line %d is not what it was when the file was opened", r.read.line)
			}
			r.cells[m.column] = m.cell
		}
		if used := content(r.cells); used > 0 {
			*row = Row{No: r.read.line, Line: r.read.line, Cells: r.cells[:used]}
			return true, nil
		}
	}
}

// content returns how many cells there are up to the last one with content.
func content(cells []Cell) int {
	for n := len(cells); n > 0; n-- {
		if cells[n-1].Kind != Empty {
			return n
		}
	}
	return 0
}
