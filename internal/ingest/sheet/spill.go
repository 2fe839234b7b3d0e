package sheet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// errStorage marks trouble with our own temporary file: the upload is not to blame.
var errStorage = errors.New("temporary storage")

// spillFile is a list of strings on disk. Each stands behind its length; memory holds the place of every 16th only, so
// ten million strings cost 5 MB. Blocks once read stay in a small cache: the cells of neighbouring rows name
// neighbouring strings.
//
// The file is removed from its directory as soon as it is open, where the system allows that, so that a killed process
// leaves none of the unit's data behind.
type spillFile struct {
	file    *os.File
	name    string // "" once removed
	out     *bufio.Writer
	size    int64
	count   int
	places  []int64 // of strings 0, 16, 32 …
	blocks  [spillBlocks]spillBlock
	last    int   // string read last
	resting int64 // where the string after it begins
}

type spillBlock struct {
	number int64 // −1 = empty
	data   []byte
}

const (
	spillGroup  = 16
	spillBytes  = 32 << 10
	spillBlocks = 64
)

func newSpillFile(dir string) (*spillFile, error) {
	file, err := os.CreateTemp(dir, "strings-*")
	if err != nil {
		return nil, fmt.Errorf("%w: spill shared strings: %w", errStorage, err)
	}
	f := &spillFile{file: file, out: bufio.NewWriterSize(file, 64<<10), last: -1}
	if os.Remove(file.Name()) != nil {
		f.name = file.Name()
	}
	for i := range f.blocks {
		f.blocks[i].number = -1
	}
	return f, nil
}

// add appends a string; only before finish.
func (f *spillFile) add(text []byte) error {
	if f.count%spillGroup == 0 {
		f.places = append(f.places, f.size)
	}
	var head [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(len(text)))
	f.out.Write(head[:n])
	if _, err := f.out.Write(text); err != nil {
		return fmt.Errorf("%w: spill shared strings: %w", errStorage, err)
	}
	f.size += int64(n + len(text))
	f.count++
	return nil
}

func (f *spillFile) finish() error {
	if err := f.out.Flush(); err != nil {
		return fmt.Errorf("%w: spill shared strings: %w", errStorage, err)
	}
	f.out = nil
	return nil
}

// appendTo appends string i, 0 ≤ i < count, to dst.
func (f *spillFile) appendTo(dst []byte, i int) ([]byte, error) {
	at, steps := f.places[i/spillGroup], i%spillGroup
	if i == f.last+1 && f.last >= 0 {
		at, steps = f.resting, 0
	}
	for {
		length, next, err := f.length(at)
		if err != nil {
			return dst, err
		}
		if steps == 0 {
			f.last, f.resting = i, next+length
			return f.copyTo(dst, next, length)
		}
		at = next + length
		steps--
	}
}

// length reads the length of the string at a place and where its text begins.
func (f *spillFile) length(at int64) (length, text int64, err error) {
	for shift := 0; shift < 35; shift += 7 {
		rest, err := f.from(at)
		if err != nil {
			return 0, 0, err
		}
		at++
		length |= int64(rest[0]&0x7f) << shift
		if rest[0] < 0x80 {
			return length, at, nil
		}
	}
	return 0, 0, fmt.Errorf("%w: spilled strings: no length at %d", errStorage, at)
}

func (f *spillFile) copyTo(dst []byte, at, length int64) ([]byte, error) {
	for length > 0 {
		rest, err := f.from(at)
		if err != nil {
			return dst, err
		}
		n := min(length, int64(len(rest)))
		dst = append(dst, rest[:n]...)
		at, length = at+n, length-n
	}
	return dst, nil
}

// from returns the bytes from a place to the end of its block, at least one.
func (f *spillFile) from(at int64) ([]byte, error) {
	number := at / spillBytes
	block := &f.blocks[number%spillBlocks]
	if block.number != number {
		if block.data == nil {
			block.data = make([]byte, spillBytes)
		}
		start := number * spillBytes
		size := min(spillBytes, f.size-start)
		if size <= 0 {
			return nil, fmt.Errorf("%w: spilled strings: place %d beyond the end", errStorage, at)
		}
		block.number = -1
		if _, err := f.file.ReadAt(block.data[:size], start); err != nil {
			return nil, fmt.Errorf("%w: read spilled strings: %w", errStorage, err)
		}
		block.number, block.data = number, block.data[:size]
	}
	offset := at - number*spillBytes
	if offset >= int64(len(block.data)) {
		return nil, fmt.Errorf("%w: spilled strings: place %d beyond the end", errStorage, at)
	}
	return block.data[offset:], nil
}

func (f *spillFile) close() {
	f.file.Close()
	if f.name != "" {
		os.Remove(f.name)
	}
}
