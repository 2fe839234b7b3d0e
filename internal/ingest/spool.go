package ingest

import (
	"encoding/binary"
	"fmt"
	"os"
)

// spool keeps texts that are rarely wanted again: appended one after another, read back by their offset. Up to limit
// bytes stay in memory, the rest goes to a temporary file.
type spool struct {
	dir   string
	limit int
	tail  []byte // not yet written
	file  *os.File
	base  int64 // offset of tail
}

func newSpool(dir string, limit int) *spool { return &spool{dir: dir, limit: max(limit, 64)} }

// add appends a text and returns the offset to read it by.
func (s *spool) add(text []byte) (int64, error) {
	at := s.base + int64(len(s.tail))
	s.tail = binary.LittleEndian.AppendUint32(s.tail, uint32(len(text)))
	s.tail = append(s.tail, text...)
	if len(s.tail) < s.limit {
		return at, nil
	}
	if s.file == nil {
		file, err := openTemp(s.dir)
		if err != nil {
			return 0, fmt.Errorf("open spool: %w", err)
		}
		s.file = file
	}
	n, err := s.file.Write(s.tail)
	if err != nil {
		return 0, fmt.Errorf("write spool: %w", err)
	}
	s.base += int64(n)
	s.tail = s.tail[:0]
	return at, nil
}

// text reads back what was added at the offset.
func (s *spool) text(at int64) (string, error) {
	if at >= s.base {
		b := s.tail[at-s.base:]
		n := binary.LittleEndian.Uint32(b)
		return string(b[4 : 4+n]), nil
	}
	var size [4]byte
	if _, err := s.file.ReadAt(size[:], at); err != nil {
		return "", fmt.Errorf("read spool: %w", err)
	}
	b := make([]byte, binary.LittleEndian.Uint32(size[:]))
	if _, err := s.file.ReadAt(b, at+4); err != nil {
		return "", fmt.Errorf("read spool: %w", err)
	}
	return string(b), nil
}

// close gives the temporary file back.
func (s *spool) close() error {
	s.tail = nil
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.Close()
}
