// Package backup writes everything of a portal but its key into one file, and brings such a file back.
//
// The file is a gzipped tar: manifest.json, then the database (SQLite's file as portal.db, or PostgreSQL's tables as
// tables/NAME), then the uploaded files as they lie sealed on the disk. The database is one consistent state; a file that
// it names was there before and is never changed, so the two fit together although the portal goes on working.
package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/portal"
)

// format names the form of the file; a change that older programs cannot read changes it.
const format = "taxportal-backup-1"

// The names of the entries.
const (
	manifestName = "manifest.json"
	sqliteName   = "portal.db"
	tablePrefix  = "tables/"
	filePrefix   = "files/"
)

// Manifest says what a backup is of.
type Manifest struct {
	Format   string          `json:"format"`
	Program  string          `json:"program"`
	Engine   database.Engine `json:"engine"`
	Schema   int64           `json:"schema"`    // the last migration
	KeyCheck string          `json:"key_check"` // tells which key opens it, and nothing of the key
	At       models.Instant  `json:"at"`
	Tables   []table         `json:"tables,omitempty"` // of PostgreSQL, parents first
}

// Summary tells what was written or brought back.
type Summary struct {
	Manifest Manifest
	Files    int
}

// blobName is where the file store keeps a blob below its folder.
var blobName = regexp.MustCompile(`^[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}$`)

// Write writes a backup of the portal, which may be serving meanwhile.
func Write(ctx context.Context, p *portal.Portal, w io.Writer) (Summary, error) {
	packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return Summary{}, fmt.Errorf("write backup: %w", err)
	}
	out := &writer{ctx: ctx, portal: p, tar: tar.NewWriter(packed)}
	sum, err := out.all()
	if err == nil {
		err = out.tar.Close()
	}
	if err == nil {
		err = packed.Close()
	}
	if err != nil {
		return sum, database.Fault(fmt.Errorf("write backup: %w", err))
	}
	return sum, nil
}

// writer is a backup being written.
type writer struct {
	ctx    context.Context
	portal *portal.Portal
	tar    *tar.Writer
}

func (w *writer) all() (Summary, error) {
	p := w.portal
	sum := Summary{Manifest: Manifest{Format: format, Program: p.Config.Version, Engine: p.DB.Engine, KeyCheck: p.Keys.CheckValue(),
		At: models.At(p.Config.Now())}}
	var err error
	if sum.Manifest.Schema, err = p.DB.Version(w.ctx); err != nil {
		return sum, err
	}
	if p.DB.Engine == database.Postgres {
		err = w.postgres(&sum.Manifest)
	} else {
		err = w.sqlite(sum.Manifest)
	}
	if err != nil {
		return sum, err
	}
	sum.Files, err = w.files()
	return sum, err
}

func (w *writer) manifest(m Manifest) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := w.tar.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(text))}); err != nil {
		return err
	}
	_, err = w.tar.Write(text)
	return err
}

// sqlite writes a consistent copy of the database file.
func (w *writer) sqlite(m Manifest) error {
	if err := w.manifest(m); err != nil {
		return err
	}
	return w.viaTemp(sqliteName, func(temp *os.File) error {
		_, err := w.portal.DB.SQLWrite.ExecContext(w.ctx, `VACUUM INTO ?`, temp.Name()) // takes an empty file
		return err
	})
}

// viaTemp makes content in a temporary file, whose size a tar must know first, and adds it.
func (w *writer) viaTemp(name string, fill func(temp *os.File) error) error {
	temp, err := os.CreateTemp(w.portal.Files.TempDir(), "backup-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	if err := fill(temp); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return w.file(name, temp.Name())
}

// file adds a file of the disk.
func (w *writer) file(name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	_, err = io.Copy(w.tar, file)
	return err
}

// files adds every uploaded file as it lies sealed on the disk.
func (w *writer) files() (n int, err error) {
	root := filepath.Join(w.portal.Config.Data, "files")
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := w.ctx.Err(); err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil || !blobName.MatchString(filepath.ToSlash(name)) {
			return err
		}
		n++
		return w.file(filePrefix+filepath.ToSlash(name), path)
	})
	return n, err
}
