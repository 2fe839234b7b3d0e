package testdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Template is a database that is prepared once and copied for each test, which takes a few milliseconds where
// migrating takes hundreds. Declare one per package and pass its address.
type Template struct {
	// Name tells this template from others. A PostgreSQL template stays on the server and is shared by the
	// packages under test, so Name must change when what Prepare makes changes: see Fingerprint.
	Name string

	// Prepare fills the empty database at dsn and closes every connection to it.
	Prepare func(ctx context.Context, dsn string) error

	mu    sync.Mutex
	bytes []byte // SQLite's file
	copy  string // how PostgreSQL copies the prepared database, "" until that is there
}

// Fingerprint returns a short name that changes whenever a file of the trees changes.
func Fingerprint(trees ...fs.FS) (string, error) {
	sum := sha256.New()
	for _, tree := range trees {
		err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := fs.ReadFile(tree, path)
			fmt.Fprintf(sum, "%s\x00%d\x00%s", path, len(content), content)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("fingerprint: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// sqlite returns the bytes of the prepared file.
func (t *Template) sqlite(tb testing.TB) []byte {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bytes != nil {
		return t.bytes
	}
	path := filepath.Join(tb.TempDir(), "template.db")
	if err := t.Prepare(tb.Context(), "sqlite:"+path); err != nil {
		tb.Fatalf("testdb: prepare %s: %v", t, err)
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		tb.Fatalf("testdb: prepare %s: a connection was left open", t)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("testdb: read %s: %v", t, err)
	}
	t.bytes = content
	return content
}

// postgres makes sure that the prepared database is on the server, and returns the end of the statement that copies it.
func (t *Template) postgres(tb testing.TB, server string) string {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.copy != "" {
		return t.copy
	}
	ctx := tb.Context()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		tb.Fatalf("testdb: connect to TEST_DATABASE_URL: %v", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	name := "portal_template_" + shortHash(t.Name)
	if err := t.preparePostgres(tb, server, conn, name); err != nil {
		tb.Fatalf("testdb: prepare %s: %v", t, err)
	}
	strategy, err := copyStrategy(ctx, conn)
	if err != nil {
		tb.Fatalf("testdb: ask for the server's version: %v", err)
	}
	t.copy = " TEMPLATE " + name + strategy
	return t.copy
}

// copyStrategy asks for a copy file by file: where nothing waits for a disk, it takes half the time of the other way,
// which writes every block to the server's log as well. Servers before 15 know no other way and no word for it.
func copyStrategy(ctx context.Context, conn *pgx.Conn) (string, error) {
	var version int
	err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version)
	if err != nil || version < 150000 {
		return "", err
	}
	return " STRATEGY FILE_COPY", nil
}

// preparePostgres makes the template's database unless another package already has. It is made under another
// name and renamed when it is complete, so that a test that was killed leaves no half of one.
func (t *Template) preparePostgres(tb testing.TB, server string, conn *pgx.Conn, name string) error {
	ctx := tb.Context()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lockNumber(name)); err != nil {
		return err
	}
	var there bool
	const exists = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)"
	if err := conn.QueryRow(ctx, exists, name).Scan(&there); err != nil || there {
		return err
	}
	draft := name + "_draft"
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + draft + " WITH (FORCE)", "CREATE DATABASE " + draft} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := t.Prepare(ctx, withDatabase(tb, server, draft)); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "ALTER DATABASE "+draft+" RENAME TO "+name); err != nil {
		return errors.Join(errors.New("a connection may have been left open"), err)
	}
	return nil
}

// shortHash makes any text fit for an identifier.
func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return strings.ToLower(hex.EncodeToString(sum[:8]))
}

// lockNumber is the advisory lock of a template.
func lockNumber(name string) int64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return int64(h.Sum64())
}
