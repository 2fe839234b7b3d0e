package filestore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"taxportal/internal/fault"
)

// Put implements Store.
func (s *Local) Put(ctx context.Context, r io.Reader, opt PutOptions) (Ref, error) {
	if opt.MaxBytes <= 0 {
		return Ref{}, errors.New("put blob: MaxBytes must be positive")
	}
	seal, err := newBlobCipher(s.keys)
	if err != nil {
		return Ref{}, fmt.Errorf("put blob: %w", err)
	}
	file, err := s.create(s.incoming)
	if err != nil {
		return Ref{}, diskError("create blob", err)
	}
	ref, err := writeBlob(ctx, file, seal, r, opt.MaxBytes)
	if closeErr := file.Close(); err == nil && closeErr != nil {
		err = diskError("close blob", closeErr)
	}
	if err == nil {
		err = s.publish(file.Name(), ref.Hash)
	}
	if err != nil {
		// A leftover is harmless: New removes it. The cause matters more than a failing removal.
		_ = os.Remove(file.Name())
		return Ref{}, err
	}
	return ref, nil
}

// publish gives a finished blob its name and makes sure that it keeps it. If only the last part fails the blob stays,
// unnamed by any row, for the sweep.
func (s *Local) publish(temp, hash string) error {
	path := s.path(hash)
	folder := filepath.Dir(path)
	if err := s.rename(temp, path); err != nil {
		return diskError("name blob", err)
	}
	for _, name := range []string{folder, filepath.Dir(folder), s.files} {
		if err := syncDir(name); err != nil {
			return diskError("sync blob folder", err)
		}
	}
	return nil
}

func (s *Local) rename(temp, path string) error {
	s.commit.Lock()
	defer s.commit.Unlock()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// blobWriter seals chunk after chunk into a file.
type blobWriter struct {
	file  tempFile
	seal  *blobCipher
	sum   hash.Hash
	chunk []byte // content not yet written; has room for a tag
	n     int64  // number of this chunk
	size  int64  // bytes of content taken so far
}

// writeBlob seals all of r into file, synced.
func writeBlob(ctx context.Context, file tempFile, seal *blobCipher, r io.Reader, most int64) (Ref, error) {
	w := &blobWriter{file: file, seal: seal, sum: sha256.New(), chunk: make([]byte, 0, sealedSize)}
	if _, err := file.Write(seal.header[:]); err != nil {
		return Ref{}, diskError("write blob", err)
	}
	if err := w.copy(ctx, r, most); err != nil {
		return Ref{}, err
	}
	name := hex.EncodeToString(w.sum.Sum(nil))
	if err := w.flush(name); err != nil {
		return Ref{}, err
	}
	if err := file.Sync(); err != nil {
		return Ref{}, diskError("sync blob", err)
	}
	return Ref{Hash: name, Size: w.size}, nil
}

// copy takes all of r. A full chunk is written only when more content follows, since the last one is sealed otherwise.
func (w *blobWriter) copy(ctx context.Context, r io.Reader, most int64) error {
	next := make([]byte, chunkSize)
	for {
		n, err := fill(ctx, r, next)
		if err != nil && err != io.EOF {
			return fmt.Errorf("read content: %w", err)
		}
		if w.size+int64(n) > most {
			return tooLarge(most)
		}
		if n > 0 {
			if err := w.add(next[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// fill reads until p is full, and returns io.EOF only if r did. It is not io.ReadFull, which gives the same
// io.ErrUnexpectedEOF for a file that ends here and for a browser that was cut off in the middle of it.
func fill(ctx context.Context, r io.Reader, p []byte) (int, error) {
	read, idle := 0, 0
	for read < len(p) {
		if err := ctx.Err(); err != nil {
			return read, err
		}
		n, err := r.Read(p[read:])
		read += n
		if err != nil {
			return read, err
		}
		if idle++; n > 0 {
			idle = 0
		}
		if idle > mostIdleReads {
			return read, io.ErrNoProgress
		}
	}
	return read, nil
}

// mostIdleReads is how often a reader may give nothing and no error before it counts as broken.
const mostIdleReads = 100

// add makes content the chunk in hand, and writes the one before.
func (w *blobWriter) add(content []byte) error {
	if w.size > 0 {
		if err := w.flush(""); err != nil {
			return err
		}
	}
	w.sum.Write(content)
	w.size += int64(len(content))
	w.chunk = append(w.chunk[:0], content...)
	return nil
}

// flush seals and writes the chunk in hand. name is the hash of the content with the last chunk, else empty.
func (w *blobWriter) flush(name string) error {
	if _, err := w.file.Write(w.seal.seal(w.n, w.chunk, name)); err != nil {
		return diskError("write blob", err)
	}
	w.n++
	return nil
}

func tooLarge(most int64) error {
	return fault.New(fault.TooLarge, "文件超过 "+sizeText(most)+" 的上限，没有保存；请拆分成几个文件后分别上传。")
}

// sizeText writes a number of bytes as people say it, rounded down to one decimal.
func sizeText(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 30, "GB"}, {1 << 20, "MB"}, {1 << 10, "KB"}} {
		if n >= unit.size {
			tenths := n / (unit.size / 10)
			if n%unit.size == 0 {
				return fmt.Sprintf("%d %s", n/unit.size, unit.name)
			}
			return fmt.Sprintf("%d.%d %s", tenths/10, tenths%10, unit.name)
		}
	}
	return fmt.Sprintf("%d 字节", n)
}
