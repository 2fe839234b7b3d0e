package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"

	"taxportal/internal/crypt"
	"taxportal/internal/fault"
)

// Local is a Store in a folder of this machine.
type Local struct {
	keys     *crypt.Keys
	files    string // the blobs
	incoming string // blobs being written
	temp     string

	// commit guards the moments at which a name in files comes to mean something else, so that DeleteUnchanged
	// cannot remove a blob that a Put has just renewed.
	commit sync.Mutex

	// create makes the file of a new blob. Tests replace it by one that fails.
	create func(dir string) (tempFile, error)
}

var _ Store = (*Local)(nil)

// tempFile is what Put needs of the file that it writes to.
type tempFile interface {
	io.WriteCloser
	Sync() error
	Name() string
}

// New returns the store in dir for the one server that owns dir: it makes the folders where they are missing and
// empties those for temporary files.
func New(dir string, keys *crypt.Keys) (*Local, error) {
	s, err := Attach(dir, keys)
	if err != nil {
		return nil, err
	}
	for _, folder := range []string{s.incoming, s.temp} {
		if err := empty(folder); err != nil {
			return nil, fmt.Errorf("empty %s: %w", folder, err)
		}
	}
	return s, nil
}

// Attach returns the store in dir without emptying anything, for a command that may run beside a server.
func Attach(dir string, keys *crypt.Keys) (*Local, error) {
	s := &Local{keys: keys, files: filepath.Join(dir, "files"), temp: filepath.Join(dir, "tmp"), create: createTemp}
	s.incoming = filepath.Join(s.files, "incoming")
	for _, folder := range []string{dir, s.files, s.incoming, s.temp} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("make store folder: %w", err)
		}
	}
	for _, folder := range []string{s.files, s.incoming, s.temp} {
		if err := makePrivate(folder); err != nil {
			return nil, fmt.Errorf("make store folder private: %w", err)
		}
	}
	return s, nil
}

// makePrivate takes a folder that was there before away from all but its owner.
func makePrivate(folder string) error {
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return os.Chmod(folder, 0o700)
}

// createTemp makes a new file in dir; os.CreateTemp gives it mode 0600.
func createTemp(dir string) (tempFile, error) { return os.CreateTemp(dir, "put-*") }

// empty removes everything in a folder, but not the folder itself, which may be a mount point.
func empty(folder string) error {
	entries, err := os.ReadDir(folder)
	for _, entry := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(folder, entry.Name())))
	}
	return err
}

// TempDir implements Store.
func (s *Local) TempDir() string { return s.temp }

// path returns where the blob of a checked hash stands.
func (s *Local) path(hash string) string { return filepath.Join(s.files, hash[:2], hash[2:4], hash) }

// Exists implements Store.
func (s *Local) Exists(ctx context.Context, hash string) (bool, error) {
	if err := checkHash(hash); err != nil {
		return false, err
	}
	_, err := os.Stat(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up blob: %w", err)
	}
	return true, nil
}

// Delete implements Store.
func (s *Local) Delete(ctx context.Context, hash string) error {
	if err := checkHash(hash); err != nil {
		return err
	}
	s.commit.Lock()
	defer s.commit.Unlock()
	if err := os.Remove(s.path(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete blob: %w", err)
	}
	return nil
}

// DeleteUnchanged implements Store. It tells a renewed blob by its time, which the file system keeps in nanoseconds.
func (s *Local) DeleteUnchanged(ctx context.Context, entry Entry) (bool, error) {
	if err := checkHash(entry.Hash); err != nil {
		return false, err
	}
	s.commit.Lock()
	defer s.commit.Unlock()
	info, err := os.Stat(s.path(entry.Hash))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Equal(entry.Stored) {
		return false, nil
	}
	if err == nil {
		err = os.Remove(s.path(entry.Hash))
	}
	if err != nil {
		return false, fmt.Errorf("delete blob: %w", err)
	}
	return true, nil
}

// diskError tells a full disk to the user and keeps every other error internal.
func diskError(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Wrap(fault.Unavailable, "服务器磁盘已满，文件没有保存；请系统管理员清理空间后重新上传。", err)
	}
	return err
}

// syncDir makes the names in a folder survive a power cut. Windows and some network file systems cannot do it.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, folder.Close())
}
