package crypt

import (
	"encoding/binary"

	"github.com/emmansun/gmsm/sm3"
)

// ChainSize is the length in bytes of a link of the hash chain.
const ChainSize = sm3.Size

// chainLabel starts every link, so that a link is no hash of anything else.
const chainLabel = "taxportal/chain/1"

// ChainHash returns the link that follows prev: SM3 over a label, prev and the fields, each behind its length. prev is
// empty for the first link. The encoding is fixed for ever: a stored chain must verify in any later version.
func ChainHash(prev []byte, fields ...[]byte) [ChainSize]byte {
	size := len(chainLabel) + 8 + len(prev) + 8
	for _, field := range fields {
		size += 8 + len(field)
	}
	text := make([]byte, 0, size)
	text = append(text, chainLabel...)
	text = appendLong(text, prev)
	text = binary.BigEndian.AppendUint64(text, uint64(len(fields)))
	for _, field := range fields {
		text = appendLong(text, field)
	}
	return sm3.Sum(text)
}

// The marks of the values in an Encoder's text.
const (
	tagInt64  byte = 'i'
	tagString byte = 's'
	tagBinary byte = 'b'
)

// Encoder builds the canonical encoding of a record for hashing: each value behind a mark of its type, integers of
// eight bytes big-endian, texts behind their length. Two different sequences of values never give the same bytes.
// It knows neither floats nor maps, which have no single form. The zero value is ready for use.
type Encoder struct{ text []byte }

// Int64 appends an integer, also an id, an instant or an amount in fen.
func (e *Encoder) Int64(n int64) {
	e.text = binary.BigEndian.AppendUint64(append(e.text, tagInt64), uint64(n))
}

// String appends a text as it is, byte by byte.
func (e *Encoder) String(s string) {
	e.text = binary.BigEndian.AppendUint64(append(e.text, tagString), uint64(len(s)))
	e.text = append(e.text, s...)
}

// Binary appends raw bytes, e.g. another hash. nil and empty are the same.
func (e *Encoder) Binary(b []byte) { e.text = appendLong(append(e.text, tagBinary), b) }

// Bytes returns the encoding so far. It stays valid until the next call that appends.
func (e *Encoder) Bytes() []byte { return e.text }

func appendLong(dst, b []byte) []byte {
	return append(binary.BigEndian.AppendUint64(dst, uint64(len(b))), b...)
}
