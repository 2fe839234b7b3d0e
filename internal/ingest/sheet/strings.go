package sheet

import (
	"errors"
	"fmt"
)

// stringStore holds the shared strings of a workbook: the first ones in memory up to Limits.SharedBytes, the rest in a
// file of its own under the temporary directory. Workbooks number their strings by first appearance, so the ones in
// memory include the words that come back in every row.
type stringStore struct {
	limits  Limits
	tempDir string
	loaded  bool
	memory  []string
	held    int64 // bytes that memory holds, headers included
	chunk   []byte
	ends    []int // where the strings of chunk end
	spill   *spillFile
}

// chunkBytes is how much text one allocation of strings holds. A cell that is kept keeps its chunk.
const chunkBytes = 16 << 10

// headerBytes is what a string in memory costs beside its text.
const headerBytes = 16

func newStringStore(limits Limits, tempDir string) *stringStore {
	return &stringStore{limits: limits, tempDir: tempDir}
}

// load reads the part with the shared strings, once.
func (s *stringStore) load(a *archive, name string) error {
	if s.loaded {
		return nil
	}
	if name == "" || !a.has(name) {
		s.loaded = true
		return nil
	}
	p, err := a.open(name, a.limits.Unpacked)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := s.read(newXMLScanner(p)); err != nil {
		s.close()
		return a.explain(err)
	}
	s.loaded = true
	return nil
}

// read takes the strings of an <sst>.
func (s *stringStore) read(x *xmlScanner) error {
	var text []byte
	for {
		switch x.next() {
		case tokenStart:
			switch {
			case x.depth() == 1:
				continue // <sst>
			case string(x.name) != "si":
				x.skip()
				continue
			}
			var err error
			text, err = x.collectRich(text[:0], s.limits.CellBytes)
			if errors.Is(err, errLong) {
				return refuse(CodeLongCell, err, "有一个单元格", amount(int64(s.limits.CellBytes)))
			}
			if err != nil {
				return err
			}
			if err := s.add(validText(text)); err != nil {
				return err
			}
		case tokenEOF:
			if x.err != nil {
				return x.err
			}
			return s.finish()
		}
	}
}

// add appends a string.
func (s *stringStore) add(text []byte) error {
	if s.count() >= s.limits.SharedCount {
		return refuse(CodeBomb, nil, fmt.Sprintf("文字超过 %d 条", s.limits.SharedCount))
	}
	if s.spill == nil && s.held < s.limits.SharedBytes {
		if len(s.chunk)+len(text) > chunkBytes {
			s.seal()
		}
		s.chunk = append(s.chunk, text...)
		s.ends = append(s.ends, len(s.chunk))
		s.held += int64(len(text)) + headerBytes
		return nil
	}
	if s.spill == nil {
		s.seal()
		var err error
		if s.spill, err = newSpillFile(s.tempDir); err != nil {
			return err
		}
	}
	return s.spill.add(text)
}

// seal turns the chunk into strings.
func (s *stringStore) seal() {
	text, start := string(s.chunk), 0
	for _, end := range s.ends {
		s.memory = append(s.memory, text[start:end])
		start = end
	}
	s.chunk, s.ends = s.chunk[:0], s.ends[:0]
}

func (s *stringStore) finish() error {
	s.seal()
	s.chunk, s.ends = nil, nil
	if s.spill != nil {
		return s.spill.finish()
	}
	return nil
}

func (s *stringStore) count() int {
	n := len(s.memory) + len(s.ends)
	if s.spill != nil {
		n += s.spill.count
	}
	return n
}

// close gives the file back.
func (s *stringStore) close() {
	if s.spill != nil {
		s.spill.close()
	}
	s.spill, s.memory, s.chunk, s.ends, s.held, s.loaded = nil, nil, nil, nil, 0, false
}
