package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// member is one value of an object and the column of its name.
type member struct {
	column int
	cell   Cell
}

// jsonNames are the names met in a file, in the order in which they were first met: its columns.
type jsonNames struct {
	list  []string
	index map[string]int
}

// jsonScanner takes one line of JSON lines apart: an object whose values are texts, numbers, true, false or null
// (RFC 8259). Names that it has not met become further columns.
type jsonScanner struct {
	names   *jsonNames
	limits  Limits
	line    string
	pos     int
	members []member
	objects int   // taken apart so far
	met     []int // by column: the last object in which its name stood
	trouble *jsonTrouble
}

// jsonTrouble is why a line is refused: the code and what fills its sentence behind the line's number.
type jsonTrouble struct {
	code Code
	args []any
}

// object reads the line. ok is false if it is refused, see trouble; members stay valid until the next call.
func (s *jsonScanner) object(line string) (ok bool) {
	s.line, s.pos, s.members, s.trouble = line, 0, s.members[:0], nil
	s.objects++
	if !s.take('{') {
		return s.syntax("应以“{”开头")
	}
	if s.take('}') {
		return s.end()
	}
	for {
		if !s.pair() {
			return false
		}
		switch {
		case s.take(','):
		case s.take('}'):
			return s.end()
		case s.pos == len(s.line):
			return s.syntax("对象没有写完，缺少“}”；一个对象须写在一行内")
		default:
			return s.syntax("值后面应是“,”或“}”")
		}
	}
}

// end holds that nothing stands behind the object.
func (s *jsonScanner) end() bool {
	s.blanks()
	if s.pos < len(s.line) {
		return s.syntax("对象后面还有内容；每行只写一个对象，行间不加逗号")
	}
	return true
}

// pair reads one name and its value.
func (s *jsonScanner) pair() bool {
	s.blanks()
	if s.pos == len(s.line) {
		return s.syntax("对象没有写完，缺少“}”；一个对象须写在一行内")
	}
	if s.line[s.pos] != '"' {
		return s.syntax("字段名须用英文双引号括起")
	}
	name, ok := s.text()
	if !ok {
		return false
	}
	column, ok := s.column(name)
	if !ok {
		return false
	}
	if !s.take(':') {
		return s.syntax("“" + shortName(name) + "”后面缺少“:”")
	}
	cell, ok := s.value(name)
	s.members = append(s.members, member{column, cell})
	return ok
}

// column returns the column of a name, a new one if it was not met before. A name stands in an object once.
func (s *jsonScanner) column(name string) (int, bool) {
	column, known := s.names.index[name]
	switch {
	case known && column < len(s.met) && s.met[column] == s.objects:
		return 0, s.refuse(CodeJSONTwice, shortName(name))
	case !known && len(s.names.list) == s.limits.Columns:
		return 0, s.refuse(CodeJSONNames, fmt.Sprintf("%d 个", s.limits.Columns))
	case !known && len(name) > s.limits.CellBytes:
		return 0, s.refuse(CodeJSONValue, shortName(name), amount(int64(s.limits.CellBytes)))
	case !known:
		column, name = len(s.names.list), strings.Clone(name)
		s.names.list, s.names.index[name] = append(s.names.list, name), column
	}
	for len(s.met) <= column {
		s.met = append(s.met, 0)
	}
	s.met[column] = s.objects
	return column, true
}

// value reads the value of a name.
func (s *jsonScanner) value(name string) (Cell, bool) {
	s.blanks()
	if s.pos == len(s.line) {
		return Cell{}, s.syntax("“" + shortName(name) + "”没有值")
	}
	switch c := s.line[s.pos]; {
	case c == '"':
		text, ok := s.text()
		switch {
		case text == "":
			return Cell{}, ok
		case len(text) > s.limits.CellBytes:
			return Cell{}, s.refuse(CodeJSONValue, shortName(name), amount(int64(s.limits.CellBytes)))
		}
		return Cell{Kind: Text, Text: text}, ok
	case c == '-' || c >= '0' && c <= '9':
		return s.number(name)
	case s.word("null"):
		return Cell{}, true
	case s.word("true"):
		return Cell{Kind: Bool, Text: "TRUE", Num: 1}, true
	case s.word("false"):
		return Cell{Kind: Bool, Text: "FALSE"}, true
	case c == '{' || c == '[':
		return Cell{}, s.refuse(CodeJSONNested, shortName(name))
	}
	return Cell{}, s.syntax("“" + shortName(name) + "”的值不是 JSON 的文字、数字、true、false 或 null")
}

// word consumes a literal if it stands at pos.
func (s *jsonScanner) word(literal string) bool {
	rest := s.line[s.pos:]
	if !strings.HasPrefix(rest, literal) || len(rest) > len(literal) && wordByte(rest[len(literal)]) {
		return false
	}
	s.pos += len(literal)
	return true
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

// number reads a number as the text that it stands for: to the digit where it is whole, so that an identifier without
// quotation marks keeps all of it, and to the 15 digits that a workbook keeps where it is not (0.30000000000000004).
func (s *jsonScanner) number(name string) (Cell, bool) {
	start := s.pos
	for s.pos < len(s.line) && (wordByte(s.line[s.pos]) || strings.IndexByte("+-.", s.line[s.pos]) >= 0) {
		s.pos++
	}
	literal := s.line[start:s.pos]
	switch {
	case !validNumber(literal):
		return Cell{}, s.syntax("“" + shortName(name) + "”的数字书写有误")
	case len(literal) > longestNumber:
		return Cell{}, s.refuse(CodeJSONValue, shortName(name), amount(longestNumber))
	}
	return Cell{Kind: Text, Text: plainDecimal(literal)}, true
}

// longestNumber is how many characters a number may have: more than any field takes.
const longestNumber = 400

// validNumber reports whether a literal is a number of JSON: no plus, no leading zero, digits around the point.
func validNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if rest, ok := strings.CutPrefix(s, "."); ok {
		n := digits(rest)
		if n == 0 {
			return false
		}
		s = rest[n:]
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	return s != "" && digits(s) == len(s)
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// plainDecimal writes a number of JSON without an exponent. One that no float64 holds stays as it is: no field takes it.
func plainDecimal(literal string) string {
	if !strings.ContainsAny(literal, ".eE") {
		return literal
	}
	plain, _, _, ok := appendNumber(nil, []byte(literal))
	if !ok {
		return literal
	}
	return string(plain)
}

// text reads a text behind its opening quotation mark at pos.
func (s *jsonScanner) text() (string, bool) {
	s.pos++
	start := s.pos
	for s.pos < len(s.line) {
		switch c := s.line[s.pos]; {
		case c == '"':
			s.pos++
			return s.line[start : s.pos-1], true
		case c == '\\':
			return s.escaped(start)
		case c < ' ':
			return "", s.syntax("文字里有控制字符，须写成 \\n、\\t 等")
		}
		s.pos++
	}
	return "", s.syntax("英文双引号没有配对")
}

// escaped is text for one that has a backslash at pos.
func (s *jsonScanner) escaped(start int) (string, bool) {
	text := append([]byte(nil), s.line[start:s.pos]...)
	for s.pos < len(s.line) {
		c := s.line[s.pos]
		s.pos++
		switch {
		case c == '"':
			return string(validText(text)), true
		case c < ' ':
			return "", s.syntax("文字里有控制字符，须写成 \\n、\\t 等")
		case c != '\\':
			text = append(text, c)
			continue
		}
		r, ok := s.escape()
		if !ok {
			return "", s.syntax("反斜杠后面的写法不对")
		}
		text = utf8.AppendRune(text, r)
	}
	return "", s.syntax("英文双引号没有配对")
}

// shortEscapes are the escapes of one letter.
var shortEscapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what stands behind a backslash. Half of a surrogate pair becomes U+FFFD.
func (s *jsonScanner) escape() (rune, bool) {
	if s.pos == len(s.line) {
		return 0, false
	}
	c := s.line[s.pos]
	s.pos++
	if r, ok := shortEscapes[c]; ok {
		return r, true
	}
	if c != 'u' {
		return 0, false
	}
	r, ok := s.hex()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	if back := s.pos; strings.HasPrefix(s.line[s.pos:], `\u`) {
		s.pos += 2
		low, ok := s.hex()
		if whole := utf16.DecodeRune(r, low); ok && whole != utf8.RuneError {
			return whole, true
		}
		s.pos = back
	}
	return utf8.RuneError, true
}

// hex reads four hexadecimal digits.
func (s *jsonScanner) hex() (rune, bool) {
	if len(s.line)-s.pos < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(s.line[s.pos:s.pos+4], 16, 16)
	s.pos += 4
	return rune(n), err == nil
}

// take skips blanks and consumes c if it comes next.
func (s *jsonScanner) take(c byte) bool {
	s.blanks()
	if s.pos < len(s.line) && s.line[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *jsonScanner) blanks() {
	for s.pos < len(s.line) && strings.IndexByte(" \t\r\n", s.line[s.pos]) >= 0 {
		s.pos++
	}
}

func (s *jsonScanner) syntax(what string) bool { return s.refuse(CodeJSON, what) }

// refuse notes why the line is refused; the first reason stays.
func (s *jsonScanner) refuse(code Code, args ...any) bool {
	if s.trouble == nil {
		s.trouble = &jsonTrouble{code, args}
	}
	return false
}

// shortName shows a name of a file in a sentence.
func shortName(name string) string {
	if runes := []rune(name); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return name
}
