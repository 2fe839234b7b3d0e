package sheet

import (
	"bytes"
	"io"
)

// declaration passes a comment, enters CDATA or refuses a DTD.
func (x *xmlScanner) declaration() {
	for x.end-x.pos < len("<![CDATA[") && x.more() {
	}
	switch window := x.buf[x.pos:x.end]; {
	case bytes.HasPrefix(window, []byte("<!--")):
		x.pos += len("<!--")
		x.skipPast("-->")
	case bytes.HasPrefix(window, []byte("<![CDATA[")) && len(x.ends) > 0:
		x.pos += len("<![CDATA[")
		x.inCDATA = true
	default:
		x.broken("document type or malformed declaration")
	}
}

// skipPast consumes everything up to and with mark.
func (x *xmlScanner) skipPast(mark string) {
	for {
		if i := bytes.Index(x.buf[x.pos:x.end], []byte(mark)); i >= 0 {
			x.pos += i + len(mark)
			return
		}
		if rest := len(mark) - 1; x.end-x.pos > rest {
			x.pos = x.end - rest
		}
		if !x.more() {
			x.fail(io.ErrUnexpectedEOF)
			return
		}
	}
}

// cdata hands on a piece of a CDATA section. It returns false when the section is over.
func (x *xmlScanner) cdata() bool {
	x.literal = true
	for {
		window := x.buf[x.pos:x.end]
		if i := bytes.Index(window, []byte("]]>")); i >= 0 {
			if i == 0 {
				x.pos += 3
				x.inCDATA = false
				return false
			}
			x.text = window[:i]
			x.pos += i
			return true
		}
		if len(window) >= pieceBytes {
			cut := len(window) - 3
			if window[cut-1] == '\r' {
				cut--
			}
			x.text = window[:cut]
			x.pos += cut
			return true
		}
		if !x.more() {
			x.fail(io.ErrUnexpectedEOF)
			return false
		}
	}
}

// skip consumes the rest of the element whose start tag was the last token.
func (x *xmlScanner) skip() {
	for depth := x.depth(); x.depth() >= depth; {
		if x.next() == tokenEOF {
			return
		}
	}
}
