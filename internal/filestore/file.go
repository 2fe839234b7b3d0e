package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"taxportal/internal/fault"
)

// cachedChunks is how many unsealed chunks an open blob keeps, 64 KiB each: enough for a zip reader that goes back and
// forth between the directory, two or three members and their headers.
const cachedChunks = 8

// blob is an open File.
type blob struct {
	file *os.File
	seal *blobCipher
	hash string
	size int64

	mu     sync.Mutex // guards everything below, and the reading of chunks
	slots  [cachedChunks]slot
	clock  uint64 // counts the uses of chunks
	offset int64  // of Read and Seek
	closed bool
}

// slot holds one unsealed chunk. Its buffer is reused, so nothing outside the lock may keep a part of it.
type slot struct {
	n     int64 // the chunk's number
	used  uint64
	buf   []byte
	plain []byte // nil: the slot is free
}

// Open implements Store.
func (s *Local) Open(ctx context.Context, hash string) (File, error) {
	if err := checkHash(hash); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	file, err := os.Open(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(fault.NotFound, "文件不存在或已被清理。", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	b, err := s.openBlob(file, hash)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return b, nil
}

// openBlob reads the header and the last chunk, which together prove key, length and name.
func (s *Local) openBlob(file *os.File, hash string) (*blob, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	size, ok := contentSize(info.Size())
	if !ok {
		return nil, damaged("no blob has this length")
	}
	var header [headerSize]byte
	if _, err := file.ReadAt(header[:], 0); err != nil {
		return nil, fmt.Errorf("read blob header: %w", err)
	}
	seal, err := parseHeader(s.keys, header)
	if err != nil {
		return nil, err
	}
	b := &blob{file: file, seal: seal, hash: hash, size: size}
	if _, err := b.chunk(lastChunk(size)); err != nil {
		return nil, err
	}
	return b, nil
}

// Size returns the number of bytes of the content.
func (b *blob) Size() int64 { return b.size }

// ReadAt implements io.ReaderAt.
func (b *blob) ReadAt(p []byte, off int64) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.readAt(p, off)
}

// Read implements io.Reader.
func (b *blob) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	n, err := b.readAt(p, b.offset)
	b.offset += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

// Seek implements io.Seeker. A position behind the end is allowed; reading there ends at once.
func (b *blob) Seek(offset int64, whence int) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += b.offset
	case io.SeekEnd:
		offset += b.size
	default:
		return 0, fmt.Errorf("seek in blob: unknown whence %d", whence)
	}
	if offset < 0 {
		return 0, errors.New("seek in blob: position before the start")
	}
	b.offset = offset
	return offset, nil
}

// Close closes the file and wipes what was unsealed. A second Close returns os.ErrClosed, as do reads from then on.
func (b *blob) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for i := range b.slots {
		clear(b.slots[i].buf)
		b.slots[i] = slot{}
	}
	return b.file.Close()
}

func (b *blob) readAt(p []byte, off int64) (int, error) {
	if b.closed {
		return 0, fmt.Errorf("read blob: %w", os.ErrClosed)
	}
	if off < 0 {
		return 0, errors.New("read blob: position before the start")
	}
	read := 0
	for read < len(p) && off < b.size {
		plain, err := b.chunk(off / chunkSize)
		if err != nil {
			return read, err
		}
		n := copy(p[read:], plain[off%chunkSize:])
		read, off = read+n, off+int64(n)
	}
	if read < len(p) {
		return read, io.EOF
	}
	return read, nil
}

// chunk returns chunk n from the cache or from the file. The result is valid until the next call.
func (b *blob) chunk(n int64) ([]byte, error) {
	b.clock++
	oldest := &b.slots[0]
	for i := range b.slots {
		s := &b.slots[i]
		if s.plain != nil && s.n == n {
			s.used = b.clock
			return s.plain, nil
		}
		if s.used < oldest.used {
			oldest = s
		}
	}
	oldest.plain = nil // until the new content is proved
	if err := b.load(oldest, n); err != nil {
		return nil, err
	}
	oldest.n, oldest.used = n, b.clock
	return oldest.plain, nil
}

// load reads and unseals chunk n into a slot.
func (b *blob) load(into *slot, n int64) error {
	size := int64(sealedSize)
	hash := ""
	if n == lastChunk(b.size) {
		size, hash = b.size-n*chunkSize+tagSize, b.hash
	}
	if int64(cap(into.buf)) < size {
		into.buf = make([]byte, size)
	}
	into.buf = into.buf[:size]
	if _, err := b.file.ReadAt(into.buf, headerSize+n*sealedSize); err != nil {
		if errors.Is(err, io.EOF) {
			return damaged("cut while it was open")
		}
		return fmt.Errorf("read blob: %w", err)
	}
	plain, err := b.seal.open(n, into.buf, hash)
	if err != nil {
		return err
	}
	into.plain = plain
	return nil
}
