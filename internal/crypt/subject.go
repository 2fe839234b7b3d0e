package crypt

import (
	"crypto/hmac"
	"encoding/binary"
	"hash"

	"github.com/emmansun/gmsm/sm3"
)

// SubjectSize is the length in bytes of a subject hash. Among ten billion subjects the chance of any two sharing
// their hash is about 2⁻⁶².
const SubjectSize = 16

// The first byte of what is hashed keeps named subjects and lone rows apart.
const (
	tagSubject byte = 's'
	tagRow     byte = 'r'
)

// subjectMAC is one HMAC-SM3 with its buffers, used by one goroutine at a time.
type subjectMAC struct {
	mac  hash.Hash
	text []byte
	sum  []byte
}

func newSubjectMAC(key []byte) *subjectMAC {
	return &subjectMAC{mac: hmac.New(sm3.New, key), sum: make([]byte, 0, sm3.Size)}
}

// sumText returns the first bytes of the MAC over m.text.
func (m *subjectMAC) sumText() (out [SubjectSize]byte) {
	m.mac.Reset()
	m.mac.Write(m.text)
	m.sum = m.mac.Sum(m.sum[:0])
	copy(out[:], m.sum)
	return out
}

// Subject returns the keyed hash by which rows about the same subject are joined: HMAC-SM3 under the subject key over
// kind and normalised value (DESIGN §4), cut to 16 bytes. Nobody without the key can try out identifiers against it.
// The same pair gives the same hash for ever; normalising is the caller's part.
func (k Keys) Subject(kind, value string) [SubjectSize]byte {
	m := k.in().macs.Get().(*subjectMAC)
	defer k.in().macs.Put(m)
	m.text = appendText(appendText(append(m.text[:0], tagSubject), kind), value)
	return m.sumText()
}

// RowSubject returns the subject of a row that names none: its own batch and row number, so that it joins nothing and
// still spreads evenly. It never equals a Subject.
func (k Keys) RowSubject(batch, row int64) [SubjectSize]byte {
	m := k.in().macs.Get().(*subjectMAC)
	defer k.in().macs.Put(m)
	m.text = binary.BigEndian.AppendUint64(append(m.text[:0], tagRow), uint64(batch))
	m.text = binary.BigEndian.AppendUint64(m.text, uint64(row))
	return m.sumText()
}
