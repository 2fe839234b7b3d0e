package warehouse

import (
	"encoding/binary"

	"taxportal/internal/cn"
	"taxportal/internal/crypt"
	"taxportal/internal/models"
)

// SubjectOf returns the subject that a value of an identifier field names, under which its rows are found, and false
// if the value is empty. An organisation has one subject however it was written down (USCC, old taxpayer number,
// organisation code), and so has a person (DESIGN §4). The value may be as typed.
func (s *Store) SubjectOf(kind models.FieldType, value string) (Subject, bool) {
	return subjectOf(s.keys, kind, value)
}

// key returns the first half of the subject as a number: enough to find its rows by, among which the whole subject
// then decides. SQLite stores and compares it in half the space and time.
func (s Subject) key() int64 { return int64(binary.BigEndian.Uint64(s[:8])) }

// subjectOf hashes what cn makes of a value. A value that cn does not take, since the check let it pass with a
// warning, is hashed as it is, under its type.
func subjectOf(keys *crypt.Keys, kind models.FieldType, value string) (Subject, bool) {
	if subject, key, ok := cn.SubjectKey(cn.Kind(kind), value); ok {
		return keys.Subject(string(subject), key), true
	}
	key := cn.Normalise(cn.Kind(kind), value)
	if key == "" {
		return Subject{}, false
	}
	return keys.Subject(string(kind), key), true
}
