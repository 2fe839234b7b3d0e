package filestore

import (
	"context"
	"encoding/hex"
	"io"
	"time"

	"taxportal/internal/fault"
)

// Ref names a blob: what the database keeps of a file.
type Ref struct {
	Hash string // SHA-256 of the content, 64 lower-case hexadecimal digits
	Size int64  // bytes of the content
}

// PutOptions bounds one Put.
type PutOptions struct {
	MaxBytes int64 // the most bytes of content that are taken; must be positive
}

// Entry is a blob as a sweep sees it.
type Entry struct {
	Ref
	Stored time.Time // when the content was last put
}

// File is an open blob. ReadAt may be called concurrently, Read and Seek too, though they share one position.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
	Size() int64 // bytes of the content
}

// Store keeps blobs. It is safe for concurrent use.
type Store interface {
	// Put stores what r yields and returns its hash and size. It reads as a stream, with constant memory, and stops
	// when ctx ends. Content that is there already is replaced by the new copy of itself, so it counts as young for a
	// sweep, is sound, and is sealed under the current key; open Files keep the old copy. Nothing remains of a Put
	// that fails. Returns fault.TooLarge beyond opt.MaxBytes, fault.Unavailable if the disk is full, and otherwise
	// wraps the error of r, of ctx or of the disk.
	Put(ctx context.Context, r io.Reader, opt PutOptions) (Ref, error)

	// Open opens the blob with this hash for reading anywhere in it, and checks its key, length and name. Returns
	// fault.Invalid if hash is no hash, fault.NotFound if there is no such blob, and fault.Unavailable wrapping
	// ErrDamaged if it does not unseal. Reading may return the last one too.
	Open(ctx context.Context, hash string) (File, error)

	// Exists reports whether a blob with this hash is stored. Returns fault.Invalid if hash is no hash.
	Exists(ctx context.Context, hash string) (bool, error)

	// Delete removes the blob with this hash; that there is none is no error. Returns fault.Invalid if hash is no hash.
	Delete(ctx context.Context, hash string) error

	// DeleteUnchanged removes the blob of an Entry from Walk, unless the same content has been put again since, and
	// reports whether it did. A sweep uses it, so that it never takes away what an upload has just brought, and besides
	// leaves young blobs alone: the transaction that will name them may still be running.
	DeleteUnchanged(ctx context.Context, entry Entry) (bool, error)

	// Walk calls fn for every blob in the order of their hashes, until fn or ctx ends it with an error, which Walk
	// returns. Blobs that come or go meanwhile may be seen or not; fn may delete.
	Walk(ctx context.Context, fn func(Entry) error) error

	// TempDir is a private folder for plain files that live shorter than the process. Who puts a file there removes it.
	TempDir() string
}

const hashDigits = 64

// checkHash refuses everything but 64 lower-case hexadecimal digits: a hash becomes a file name.
func checkHash(hash string) error {
	raw, err := hex.DecodeString(hash)
	if len(hash) != hashDigits || err != nil || hex.EncodeToString(raw) != hash {
		return fault.New(fault.Invalid, "文件编号不正确，请从页面上的链接重新打开。")
	}
	return nil
}
