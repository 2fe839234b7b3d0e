package sheet

import (
	"bytes"
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// errEntity tells of an entity that XML does not know.
var errEntity = errors.New("xml: unknown entity")

// errLong tells of text beyond the limit.
var errLong = errors.New("text too long")

// nextAttribute cuts the first attribute off raw attributes. ok is false at the end and where they are malformed.
func nextAttribute(raw []byte) (name, value, rest []byte, ok bool) {
	i := 0
	for i < len(raw) && raw[i] <= ' ' {
		i++
	}
	start := i
	for i < len(raw) && raw[i] != '=' && raw[i] > ' ' {
		i++
	}
	name = raw[start:i]
	for i < len(raw) && raw[i] <= ' ' {
		i++
	}
	if len(name) == 0 || i >= len(raw) || raw[i] != '=' {
		return nil, nil, nil, false
	}
	for i++; i < len(raw) && raw[i] <= ' '; i++ {
	}
	if i >= len(raw) || raw[i] != '"' && raw[i] != '\'' {
		return nil, nil, nil, false
	}
	length := bytes.IndexByte(raw[i+1:], raw[i])
	if length < 0 {
		return nil, nil, nil, false
	}
	value = raw[i+1 : i+1+length]
	return name, value, raw[i+2+length:], true
}

// attribute returns the raw value of the attribute with that very name.
func attribute(raw []byte, name string) ([]byte, bool) {
	for {
		n, value, rest, ok := nextAttribute(raw)
		if !ok {
			return nil, false
		}
		if string(n) == name {
			return value, true
		}
		raw = rest
	}
}

// attributeText returns the decoded value of an attribute, "" if there is none.
func attributeText(raw []byte, name string) string {
	value, _ := attribute(raw, name)
	text, err := appendChars(nil, value, false)
	if err != nil {
		text = value
	}
	return string(bytes.ToValidUTF8(text, []byte("\uFFFD")))
}

// isTrue reads an XML boolean.
func isTrue(value []byte) bool { return string(value) == "1" || string(value) == "true" }

// appendChars appends raw character data to dst: entities resolved unless literal, line ends as XML wants them.
func appendChars(dst, raw []byte, literal bool) ([]byte, error) {
	if (literal || bytes.IndexByte(raw, '&') < 0) && bytes.IndexByte(raw, '\r') < 0 {
		return append(dst, raw...), nil
	}
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\r':
			dst = append(dst, '\n')
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
		case c == '&' && !literal:
			length := bytes.IndexByte(raw[i:min(len(raw), i+16)], ';')
			if length < 0 {
				return dst, errEntity
			}
			r, ok := entity(raw[i+1 : i+length])
			if !ok {
				return dst, errEntity
			}
			dst = utf8.AppendRune(dst, r)
			i += length
		default:
			dst = append(dst, c)
		}
	}
	return dst, nil
}

// entity resolves what stands between & and ;. Characters that cannot be become U+FFFD.
func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := 10, name[1:]
	if digits[0] == 'x' || digits[0] == 'X' {
		base, digits = 16, digits[1:]
	}
	n := 0
	for _, c := range digits {
		d := hexValue(c)
		if d < 0 || d >= base {
			return 0, false
		}
		if n = n*base + d; n > utf8.MaxRune {
			n = utf8.MaxRune + 1
		}
	}
	if len(digits) == 0 {
		return 0, false
	}
	if n == 0 || !utf8.ValidRune(rune(n)) {
		return utf8.RuneError, true
	}
	return rune(n), true
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// collect appends the text of the element whose start tag was the last token, up to its end tag. Elements inside are
// passed over. More than limit bytes are errLong.
func (x *xmlScanner) collect(dst []byte, limit int) ([]byte, error) {
	depth, start := x.depth(), len(dst)
	for {
		switch x.next() {
		case tokenText:
			if x.depth() != depth {
				continue
			}
			var err error
			if dst, err = appendChars(dst, x.text, x.literal); err != nil {
				x.fail(err)
				return dst, err
			}
			if len(dst)-start > limit {
				return dst, errLong
			}
		case tokenEnd:
			if x.depth() < depth {
				return dst, nil
			}
		case tokenEOF:
			return dst, x.err
		}
	}
}

// collectRich appends the text of an <si> or <is> whose start tag was the last token: its own <t> and those of its
// runs <r>, not the phonetic guides <rPh>. Escapes of the form _xHHHH_ are resolved.
func (x *xmlScanner) collectRich(dst []byte, limit int) ([]byte, error) {
	depth, start := x.depth(), len(dst)
	for {
		switch x.next() {
		case tokenStart:
			switch {
			case string(x.name) == "t":
				at := len(dst)
				var err error
				if dst, err = x.collect(dst, limit-(at-start)); err != nil {
					return dst, err
				}
				dst = unescape(dst, at)
			case string(x.name) != "r":
				x.skip()
			}
		case tokenEnd:
			if x.depth() < depth {
				return dst, nil
			}
		case tokenEOF:
			return dst, x.err
		}
	}
}

// unescape resolves the _xHHHH_ escapes of dst[from:] in place (ISO/IEC 29500-1, 22.9.2.19). _x005F_ stands for an
// underscore that is none of an escape. Surrogates that pair become one character, others U+FFFD, as does NUL.
func unescape(dst []byte, from int) []byte {
	i := bytes.Index(dst[from:], []byte("_x"))
	if i < 0 {
		return dst
	}
	out := from + i
	for in := out; in < len(dst); {
		unit, ok := escapeAt(dst[in:])
		if !ok {
			dst[out] = dst[in]
			in, out = in+1, out+1
			continue
		}
		in += 7
		r := rune(unit)
		if utf16.IsSurrogate(r) {
			low, ok := escapeAt(dst[in:])
			if r = utf16.DecodeRune(r, rune(low)); ok && r != utf8.RuneError {
				in += 7
			} else {
				r = utf8.RuneError
			}
		}
		if r == 0 {
			r = utf8.RuneError
		}
		out += utf8.EncodeRune(dst[out:out+utf8.RuneLen(r)], r)
	}
	return dst[:out]
}

// escapeAt reads _xHHHH_ at the start of b.
func escapeAt(b []byte) (unit int, ok bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	for _, c := range b[2:6] {
		d := hexValue(c)
		if d < 0 {
			return 0, false
		}
		unit = unit<<4 | d
	}
	return unit, true
}
