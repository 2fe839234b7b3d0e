package sheet

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// splitter cuts UTF-8 text into records and fields as Excel does: a field that begins with a quotation mark runs to the
// closing one, line breaks included; a mark anywhere else is an ordinary character; a record ends at CRLF, CR or LF.
// Where Excel guesses (text behind a closing mark, a mark that is never closed) the splitter refuses: a guess could
// shift values into the wrong columns.
type splitter struct {
	src       io.Reader
	buf       []byte
	pos, end  int
	done      bool
	failed    error
	delimiter string // one character
	limit     int    // bytes of a record
	lone      bool   // CR has been seen to end records: no shortcut by LF

	line    int // physical line at pos, from 1
	begun   int // physical line on which the record began
	opened  int // physical line on which the quoted field at hand began
	arena   []byte
	fields  []span // of the record, in its text
	started int    // where the field at hand begins in arena
	lastCR  bool   // the character before pos inside quotation marks was CR
}

const splitBytes = 256 << 10

func newSplitter(src io.Reader, delimiter rune, limit int) *splitter {
	return &splitter{src: src, buf: make([]byte, splitBytes), delimiter: string(delimiter), limit: limit, line: 1}
}

// fill reads further bytes. It returns false at the end and on trouble.
func (s *splitter) fill() bool {
	if s.done || s.failed != nil {
		return false
	}
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end == len(s.buf) {
		return true // nothing consumed: the caller has all that fits
	}
	start := s.end
	for range 100 {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		switch {
		case err == io.EOF:
			s.done = true
		case err != nil:
			s.failed = err
			return false
		}
		if n > 0 || s.done {
			s.refuseNUL(start)
			return n > 0 && s.failed == nil
		}
	}
	s.failed = io.ErrNoProgress
	return false
}

// refuseNUL refuses a NUL among the bytes from start.
func (s *splitter) refuseNUL(start int) {
	i := bytes.IndexByte(s.buf[start:s.end], 0)
	if i < 0 {
		return
	}
	before := s.buf[s.pos : start+i]
	breaks := bytes.Count(before, []byte("\n")) + bytes.Count(before, []byte("\r")) - bytes.Count(before, []byte("\r\n"))
	s.failed = refuseAt(CodeNUL, s.line+breaks, nil, fmt.Sprint(s.line+breaks))
}

// record reads the next record. Its fields stand in s.fields as spans of the returned text. ok is false at the end.
func (s *splitter) record() (text string, ok bool, err error) {
	s.fields = s.fields[:0]
	s.begun = s.line
	if s.pos == s.end && !s.fill() {
		return "", false, s.failed
	}
	if !s.lone {
		if text, ok := s.plain(); ok {
			return text, true, nil
		}
	}
	if err := s.careful(); err != nil {
		return "", false, err
	}
	return string(s.arena), true, nil
}

// plain reads a record that ends in LF or CRLF and has no quotation mark, the common case. ok is false, and nothing
// consumed, if it is not at hand.
func (s *splitter) plain() (text string, ok bool) {
	length := bytes.IndexByte(s.buf[s.pos:s.end], '\n')
	if length < 0 {
		if !s.fill() {
			return "", false
		}
		if length = bytes.IndexByte(s.buf[s.pos:s.end], '\n'); length < 0 {
			return "", false
		}
	}
	line := s.buf[s.pos : s.pos+length]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if len(line) > s.limit || bytes.IndexByte(line, '"') >= 0 || bytes.IndexByte(line, '\r') >= 0 {
		return "", false
	}
	text = string(line)
	for start := 0; ; {
		i := strings.Index(text[start:], s.delimiter)
		if i < 0 {
			s.fields = append(s.fields, span{start, len(text)})
			break
		}
		s.fields = append(s.fields, span{start, start + i})
		start += i + len(s.delimiter)
	}
	s.pos += length + 1
	s.line++
	return text, true
}

// careful reads any record, byte by byte outside quotation marks, into arena.
func (s *splitter) careful() error {
	s.arena, s.started = s.arena[:0], 0
	for {
		c, ok := s.peek()
		if !ok {
			s.endField()
			return s.failed
		}
		if len(s.arena) > s.limit {
			return refuseAt(CodeLongRecord, s.begun, nil, fmt.Sprint(s.begun))
		}
		switch {
		case c == '"' && len(s.arena) == s.started:
			s.pos++
			over, err := s.quoted()
			if err != nil || over {
				return err
			}
		case c == '\n' || c == '\r':
			s.endField()
			s.endLine()
			return s.failed
		case c == s.delimiter[0] && s.atDelimiter():
			s.endField()
			s.pos += len(s.delimiter)
		default:
			s.arena = append(s.arena, c)
			s.pos++
		}
	}
}

// peek returns the next byte.
func (s *splitter) peek() (byte, bool) {
	if s.pos == s.end && !s.fill() {
		return 0, false
	}
	return s.buf[s.pos], true
}

func (s *splitter) atDelimiter() bool {
	for s.end-s.pos < len(s.delimiter) && s.fill() {
	}
	return bytes.HasPrefix(s.buf[s.pos:s.end], []byte(s.delimiter))
}

func (s *splitter) endField() {
	s.fields = append(s.fields, span{s.started, len(s.arena)})
	s.started = len(s.arena)
}

// endLine consumes the line break at pos.
func (s *splitter) endLine() {
	c := s.buf[s.pos]
	s.pos++
	s.line++
	if c == '\r' {
		if next, ok := s.peek(); ok && next == '\n' {
			s.pos++
		} else {
			s.lone = true
		}
	}
}

// quoted reads a field behind its opening quotation mark, and the delimiter or line break behind the closing one.
// over tells that the record ends with it.
func (s *splitter) quoted() (over bool, err error) {
	s.opened, s.lastCR = s.line, false
	for {
		if s.pos == s.end && !s.fill() {
			if s.failed != nil {
				return false, s.failed
			}
			return false, s.badQuote()
		}
		window := s.buf[s.pos:s.end]
		i := bytes.IndexByte(window, '"')
		if i < 0 {
			i = len(window)
		}
		s.countLines(window[:i])
		s.arena = append(s.arena, window[:i]...)
		s.pos += i
		if len(s.arena) > s.limit {
			return false, s.badQuote()
		}
		if i == len(window) {
			continue
		}
		s.pos++
		if next, ok := s.peek(); ok && next == '"' {
			s.arena = append(s.arena, '"')
			s.pos++
			s.lastCR = false
			continue
		}
		return s.afterQuote()
	}
}

// afterQuote reads what may stand behind a closing mark: blanks, then a delimiter, a line break or the end.
func (s *splitter) afterQuote() (over bool, err error) {
	for {
		c, ok := s.peek()
		switch {
		case !ok:
			s.endField()
			return true, s.failed
		case c == '\n' || c == '\r':
			s.endField()
			s.endLine()
			return true, s.failed
		case c == s.delimiter[0] && s.atDelimiter():
			s.endField()
			s.pos += len(s.delimiter)
			return false, nil
		case c == ' ' || c == '\t':
			s.pos++
		default:
			return false, s.badQuote()
		}
	}
}

func (s *splitter) badQuote() error {
	return refuseAt(CodeQuote, s.opened, nil, fmt.Sprint(s.opened))
}

// countLines counts the line breaks inside quotation marks; a CRLF may be cut in two.
func (s *splitter) countLines(b []byte) {
	if len(b) == 0 {
		return
	}
	s.line += bytes.Count(b, []byte("\n"))
	if cr := bytes.Count(b, []byte("\r")); cr > 0 || s.lastCR {
		s.line += cr - bytes.Count(b, []byte("\r\n"))
		if s.lastCR && b[0] == '\n' {
			s.line--
		}
	}
	s.lastCR = b[len(b)-1] == '\r'
}

// tidy makes a record's text valid UTF-8, field by field so that the spans stay true.
func (s *splitter) tidy(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var clean strings.Builder
	for i, f := range s.fields {
		start := clean.Len()
		clean.WriteString(strings.ToValidUTF8(text[f.start:f.end], "\uFFFD"))
		s.fields[i] = span{start, clean.Len()}
	}
	return clean.String()
}
