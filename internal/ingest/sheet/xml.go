package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// token is what the scanner found.
type token uint8

const (
	tokenEnd   token = iota + 1 // the end tag of an element, also after a start tag that closes itself
	tokenStart                  // a start tag
	tokenText                   // a piece of text; long text comes in several
	tokenEOF                    // the end of the part, or trouble: see err
)

const (
	windowBytes = 64 << 10 // read at once
	pieceBytes  = 32 << 10 // text without a tag is handed on in pieces of this size
	tagBytes    = 64 << 10 // longest tag
	maxDepth    = 64       // deepest nesting; a sheet needs 8
)

// errEncoding tells that a part is not UTF-8.
var errEncoding = errors.New("xml part is not utf-8")

// errUnpaired tells of an end tag that belongs to no start tag.
var errUnpaired = errors.New("xml: end tag does not pair")

// xmlScanner cuts an XML part into tokens over a sliding window. It checks what a table needs to be trusted (tags that
// pair, nothing open at the end) and no more; names are local names, because a prefix only says where a name is from.
// It knows neither entities of a DTD nor a DTD: a part that has one is refused.
type xmlScanner struct {
	src  io.Reader
	buf  []byte
	pos  int // first byte not yet consumed
	end  int // end of the bytes read
	done bool
	err  error // why scanning stopped; nil after a clean end

	name    []byte // local name of the start or end tag; valid until the next call of next
	attrs   []byte // attributes of the start tag, raw
	text    []byte // the piece of text, raw
	literal bool   // text stands in CDATA: no entities

	selfClosed bool // the start tag just handed on closes itself
	inCDATA    bool
	begun      bool
	names      []byte // local names of the open elements, end to end
	ends       []int  // where each of them ends
}

func newXMLScanner(src io.Reader) *xmlScanner {
	return &xmlScanner{src: src, buf: make([]byte, windowBytes)}
}

// depth is the number of open elements.
func (x *xmlScanner) depth() int { return len(x.ends) }

// fail stops the scanner.
func (x *xmlScanner) fail(err error) token {
	if x.err == nil {
		x.err = err
	}
	return tokenEOF
}

// broken stops the scanner for bytes that are not XML.
func (x *xmlScanner) broken(what string) token {
	return x.fail(fmt.Errorf("xml: %s", what))
}

// more reads further bytes behind those not consumed. It returns false at the end of the part and on trouble.
func (x *xmlScanner) more() bool {
	if x.err != nil || x.done {
		return false
	}
	if x.pos > 0 {
		copy(x.buf, x.buf[x.pos:x.end])
		x.end -= x.pos
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) > 4*windowBytes {
			x.broken("token too long")
			return false
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for range 100 {
		n, err := x.src.Read(x.buf[x.end:])
		x.end += n
		if err == io.EOF {
			x.done = true
		} else if err != nil {
			x.fail(err)
			return false
		}
		if n > 0 || x.done {
			return n > 0
		}
	}
	x.fail(io.ErrNoProgress)
	return false
}

// next finds the next token. Everything that it set before is overwritten.
func (x *xmlScanner) next() token {
	if x.err != nil {
		return tokenEOF
	}
	if x.selfClosed {
		x.selfClosed = false
		x.pop()
		return tokenEnd
	}
	if !x.begun {
		if x.begin(); x.err != nil {
			return tokenEOF
		}
	}
	for {
		if x.inCDATA {
			if x.cdata() {
				return tokenText
			}
			if x.err != nil {
				return tokenEOF
			}
			continue
		}
		if x.pos == x.end && !x.more() {
			return x.finish()
		}
		if x.buf[x.pos] != '<' {
			return x.chars()
		}
		if x.end-x.pos < 2 && !x.more() {
			return x.fail(io.ErrUnexpectedEOF)
		}
		switch x.buf[x.pos+1] {
		case '/':
			return x.endTag()
		case '?':
			x.skipPast("?>")
		case '!':
			x.declaration()
		default:
			return x.startTag()
		}
		if x.err != nil {
			return tokenEOF
		}
	}
}

// finish ends the part: well if nothing is open.
func (x *xmlScanner) finish() token {
	if x.err == nil && len(x.ends) > 0 {
		x.err = io.ErrUnexpectedEOF
	}
	return tokenEOF
}

// begin looks at the first bytes: byte order mark and encoding.
func (x *xmlScanner) begin() {
	x.begun = true
	for x.end-x.pos < 256 && x.more() {
	}
	head := x.buf[x.pos:x.end]
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		x.pos += 3
		head = head[3:]
	}
	if len(head) >= 2 && (head[0] == 0 || head[1] == 0 || head[0] >= 0xfe) {
		x.fail(errEncoding)
		return
	}
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return
	}
	if end := bytes.Index(head, []byte("?>")); end > 0 {
		value, ok := attribute(head[5:end], "encoding")
		if ok && !bytes.EqualFold(value, []byte("utf-8")) && !bytes.EqualFold(value, []byte("utf8")) &&
			!bytes.EqualFold(value, []byte("us-ascii")) {
			x.fail(errEncoding)
		}
	}
}

// chars hands on text up to the next tag, or a piece of it that does not cut an entity.
func (x *xmlScanner) chars() token {
	x.literal = false
	for {
		window := x.buf[x.pos:x.end]
		if i := bytes.IndexByte(window, '<'); i >= 0 {
			x.text = window[:i]
			x.pos += i
			return tokenText
		}
		if len(window) >= pieceBytes {
			cut := len(window)
			if i := bytes.LastIndexByte(window[cut-16:], '&'); i >= 0 {
				cut += i - 16
			} else if window[cut-1] == '\r' {
				cut--
			}
			x.text = window[:cut]
			x.pos += cut
			return tokenText
		}
		if !x.more() {
			if x.err != nil {
				return tokenEOF
			}
			if len(x.ends) == 0 {
				x.pos = x.end
				return tokenEOF
			}
			return x.fail(io.ErrUnexpectedEOF)
		}
	}
}

// tagEnd returns where the tag at the start of b ends: the index of its '>', quoted ones not counting; -1 if b does
// not hold it whole.
func tagEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '>':
			return i
		case '"', '\'':
			j := bytes.IndexByte(b[i+1:], b[i])
			if j < 0 {
				return -1
			}
			i += j + 1
		}
	}
	return -1
}

// tag makes sure that the window holds the tag at its start and consumes it. It returns what stands between '<' and
// '>', or nil on trouble.
func (x *xmlScanner) tag() []byte {
	for {
		if i := tagEnd(x.buf[x.pos:x.end]); i >= 0 {
			inner := x.buf[x.pos+1 : x.pos+i]
			x.pos += i + 1
			return inner
		}
		if x.end-x.pos > tagBytes {
			x.broken("tag too long")
			return nil
		}
		if !x.more() {
			x.fail(io.ErrUnexpectedEOF)
			return nil
		}
	}
}

func (x *xmlScanner) startTag() token {
	inner := x.tag()
	if x.err != nil {
		return tokenEOF
	}
	if n := len(inner); n > 0 && inner[n-1] == '/' {
		x.selfClosed = true
		inner = inner[:n-1]
	}
	cut := len(inner)
	local := 0
	for i, c := range inner {
		if c == ':' {
			local = i + 1
		} else if c <= ' ' {
			cut = i
			break
		}
	}
	if local >= cut {
		return x.broken("tag without a name")
	}
	x.name, x.attrs = inner[local:cut], inner[cut:]
	if len(x.ends) >= maxDepth {
		return x.broken("nested too deep")
	}
	x.names = append(x.names, x.name...)
	x.ends = append(x.ends, len(x.names))
	return tokenStart
}

func (x *xmlScanner) endTag() token {
	inner := x.tag()
	if x.err != nil {
		return tokenEOF
	}
	name := inner[1:]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	for len(name) > 0 && name[len(name)-1] <= ' ' {
		name = name[:len(name)-1]
	}
	if len(x.ends) == 0 || string(name) != string(x.open()) {
		return x.fail(errUnpaired)
	}
	x.pop()
	x.name = name
	return tokenEnd
}

// open returns the local name of the innermost open element.
func (x *xmlScanner) open() []byte {
	last := len(x.ends) - 1
	if last == 0 {
		return x.names
	}
	return x.names[x.ends[last-1]:]
}

func (x *xmlScanner) pop() {
	last := len(x.ends) - 1
	x.ends = x.ends[:last]
	if last == 0 {
		x.names = x.names[:0]
	} else {
		x.names = x.names[:x.ends[last-1]]
	}
}
