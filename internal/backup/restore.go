package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/portal"
)

// Restore brings a backup back into an empty place: cfg names database and data folder, in which the key file must stand
// already. Everybody must log in anew afterwards. An older SQLite database is brought up to date at the next start.
//
// Returns fault.Invalid for a file that is no backup or is damaged, fault.Conflict for a target that is not empty or of
// the other engine, fault.Unavailable for a key that does not belong to the backup.
func Restore(ctx context.Context, r io.Reader, cfg portal.Config) (Summary, error) {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return Summary{}, damaged(err)
	}
	in := &reader{ctx: ctx, cfg: cfg, unpacked: unpacked, tar: tar.NewReader(unpacked)}
	if err := in.readManifest(); err != nil {
		return in.sum, err
	}
	if err := in.checkKey(); err != nil {
		return in.sum, err
	}
	in.files = filepath.Join(cfg.Data, "files.restoring")
	if err := in.claim(); err != nil {
		return in.sum, err
	}
	defer os.RemoveAll(in.files)
	if in.sum.Manifest.Engine == database.Postgres {
		err = in.postgres()
	} else {
		err = in.sqlite()
	}
	return in.sum, err
}

// reader is a backup being brought back.
type reader struct {
	ctx   context.Context
	cfg   portal.Config
	sum   Summary
	files string // where uploaded files are put until all are there

	unpacked io.Reader
	tar      *tar.Reader
}

func damaged(cause error) error {
	return fault.Wrap(fault.Invalid, "这个文件不是平台的备份，或者已损坏、不完整。", cause)
}

func (r *reader) readManifest() error {
	head, err := r.tar.Next()
	if err != nil {
		return damaged(err)
	}
	m := &r.sum.Manifest
	if head.Name != manifestName || json.NewDecoder(io.LimitReader(r.tar, 1<<20)).Decode(m) != nil || m.Format != format {
		return damaged(errors.New("no manifest of " + format))
	}
	engine := database.Postgres
	if strings.HasPrefix(r.cfg.DSN, "sqlite:") {
		engine = database.SQLite
	}
	if m.Engine != engine {
		return fault.New(fault.Conflict, fmt.Sprintf("备份来自 %s 数据库，不能恢复到 %s；请用 --db 另指。", m.Engine, engine))
	}
	return nil
}

// checkKey holds the key file against the backup before anything is written.
func (r *reader) checkKey() error {
	path := r.cfg.KeyFile
	if path == "" {
		path = filepath.Join(r.cfg.Data, "keys", "portal.key")
	}
	keys, err := crypt.Load(path)
	if err != nil {
		return err
	}
	return keys.Verify(r.sum.Manifest.KeyCheck)
}

// claim makes sure that nothing is there yet, and makes the folder for the files.
func (r *reader) claim() error {
	full := fault.New(fault.Conflict, "恢复只能到空的数据目录和空的数据库，现在的目录或数据库已有数据。请用 --data、--db 另指。")
	err := filepath.WalkDir(filepath.Join(r.cfg.Data, "files"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !d.IsDir() {
			return full
		}
		return err
	})
	if err != nil {
		return err
	}
	if path, ok := strings.CutPrefix(r.cfg.DSN, "sqlite:"); ok {
		if _, err := os.Lstat(path); err == nil {
			return full
		}
	}
	if err := os.RemoveAll(r.files); err != nil {
		return err
	}
	return os.MkdirAll(r.files, 0o700)
}

// sqlite puts the database file beside its place, then the files, and gives both their names last.
func (r *reader) sqlite() error {
	path := strings.TrimPrefix(r.cfg.DSN, "sqlite:")
	draft := path + ".restoring"
	defer os.Remove(draft)
	head, err := r.tar.Next()
	if err != nil || head.Name != sqliteName {
		return damaged(err)
	}
	if err := os.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := r.write(draft); err != nil {
		return err
	}
	if err := r.readFiles(); err != nil {
		return err
	}
	if err := r.publishFiles(); err != nil {
		return err
	}
	if err := os.Rename(draft, path); err != nil {
		return fmt.Errorf("restore database: %w", err)
	}
	return r.endSessions()
}

// write writes the entry at hand to a new file of its owner's alone.
func (r *reader) write(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r.tar)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) {
		err = damaged(err)
	}
	return errors.Join(err, file.Sync(), file.Close())
}

// readFiles unpacks the uploaded files to the end of the backup. Their names are checked: a tar may name any place.
func (r *reader) readFiles() error {
	for {
		head, err := r.tar.Next()
		if errors.Is(err, io.EOF) {
			return r.checkSum()
		}
		if err != nil {
			return damaged(err)
		}
		name, ok := strings.CutPrefix(head.Name, filePrefix)
		if !ok || !blobName.MatchString(name) {
			return damaged(fmt.Errorf("unknown entry %q", head.Name))
		}
		path := filepath.Join(r.files, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := r.write(path); err != nil {
			return err
		}
		if err := os.Chtimes(path, head.ModTime, head.ModTime); err != nil {
			return err
		}
		r.sum.Files++
	}
}

// checkSum reads to the end of the backup, where its check sum stands.
func (r *reader) checkSum() error {
	if _, err := io.Copy(io.Discard, r.unpacked); err != nil {
		return damaged(err)
	}
	return nil
}

// publishFiles gives the folder of files its name; what stood there holds no file.
func (r *reader) publishFiles() error {
	place := filepath.Join(r.cfg.Data, "files")
	if err := os.RemoveAll(place); err != nil {
		return err
	}
	return os.Rename(r.files, place)
}

// endSessions forgets the log-ins of the time of the backup: some have been ended since.
func (r *reader) endSessions() error {
	db, err := database.Open(r.ctx, r.cfg.DSN, database.Options{Now: r.cfg.Now})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.SQLWrite.ExecContext(r.ctx, `DELETE FROM sessions`)
	return database.Fault(err)
}
