package crypt

import "encoding/binary"

// Field is the place of one sealed value in the warehouse. A value copied to any other place does not open there.
type Field struct {
	Table, Column string
	Batch, Row    int64
}

// AppendAAD appends the canonical encoding of the place, which no other place shares: length, table, length, column,
// batch, row; integers big-endian, lengths of four bytes.
func (f Field) AppendAAD(dst []byte) []byte {
	dst = appendText(dst, f.Table)
	dst = appendText(dst, f.Column)
	dst = binary.BigEndian.AppendUint64(dst, uint64(f.Batch))
	return binary.BigEndian.AppendUint64(dst, uint64(f.Row))
}

// SealField appends the sealed form of a field's value to dst, bound to its place. With enough capacity in dst it
// allocates nothing; a short value takes about a microsecond. plaintext must not overlap the free capacity of dst.
func (k Keys) SealField(dst []byte, at Field, plaintext []byte) []byte {
	s := k.in().fields
	scratch := s.scratch.Get().(*[]byte)
	defer s.scratch.Put(scratch)
	*scratch = at.AppendAAD(appendHeader((*scratch)[:0], s.current))
	return s.seal(dst, plaintext, *scratch)
}

// OpenField appends the plain form of a field's sealed value to dst. It returns ErrUnknownKey, or ErrOpen if the value
// was changed or does not belong to this place.
func (k Keys) OpenField(dst []byte, at Field, sealed []byte) ([]byte, error) {
	id, err := keyOf(sealed)
	if err != nil {
		return nil, err
	}
	s := k.in().fields
	scratch := s.scratch.Get().(*[]byte)
	defer s.scratch.Put(scratch)
	*scratch = at.AppendAAD(appendHeader((*scratch)[:0], id))
	return s.open(dst, sealed, id, *scratch)
}

// appendText appends a text behind its length, so that two texts in a row cannot be cut in two ways.
func appendText(dst []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(text))), text...)
}
