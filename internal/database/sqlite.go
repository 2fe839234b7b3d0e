package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// pragma is one setting of a SQLite connection. want is what SQLite answers when it is in force, or empty if a file may
// differ.
type pragma struct{ name, set, want string }

// The settings of every connection. busy_timeout comes first, so that the others already wait for a lock.
//
// synchronous=FULL writes the log through to the disk at each commit. With NORMAL a power cut may undo the
// last commits, and a receipt that somebody has printed must not vanish. Measured on a
// small virtual disk a commit takes 0.32 ms instead of 0.03: no page feels it, and a bulk load, whose chunks
// take about 50 ms, hardly.
//
// page_size takes effect in an empty file only; an older file keeps its own. With 16 KiB instead of 4 a bulk load
// takes a tenth less time, since a quarter as many pages are split, logged and copied from the log.
var commonPragmas = []pragma{
	{"busy_timeout", "30000", "30000"},
	{"page_size", "16384", ""},
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "ON", "1"},
	{"trusted_schema", "OFF", "0"},
	{"journal_size_limit", "67108864", "67108864"},
}

var (
	writerPragmas  = commonPragmas
	readerPragmas  = append(commonPragmas[:len(commonPragmas):len(commonPragmas)], pragma{"query_only", "ON", "1"})
	migratePragmas = append(commonPragmas[:len(commonPragmas):len(commonPragmas)], pragma{"foreign_keys", "OFF", "0"})
)

// readOnlyPragmas are the settings that change nothing in a file.
var readOnlyPragmas = []pragma{
	{"busy_timeout", "30000", "30000"},
	{"foreign_keys", "ON", "1"},
	{"trusted_schema", "OFF", "0"},
	{"query_only", "ON", "1"},
}

// openSQLite opens the two pools over one file.
func (db *DB) openSQLite(ctx context.Context) error {
	if db.opt.ReadOnly {
		return db.openSQLiteReadOnly(ctx)
	}
	if err := createFile(db.target.path); err != nil {
		return err
	}
	var err error
	if db.SQLWrite, err = openSQLitePool(ctx, db.target.path, 1, writerPragmas); err != nil {
		return fmt.Errorf("writer: %w", err)
	}
	if db.SQLRead, err = openSQLitePool(ctx, db.target.path, db.opt.Readers, readerPragmas); err != nil {
		return fmt.Errorf("readers: %w", err)
	}
	return nil
}

// openSQLiteReadOnly opens a file that may belong to somebody else, on a medium that cannot be written. A reader of a file
// in WAL mode makes the log and its index beside it where they are missing; so a file without a log, at which nobody
// works, is opened as one that does not change.
func (db *DB) openSQLiteReadOnly(ctx context.Context) error {
	if _, err := os.Stat(db.target.path); err != nil {
		return err
	}
	query := url.Values{"_txlock": {"deferred"}, "mode": {"ro"}}
	if _, err := os.Stat(db.target.path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		query.Set("immutable", "1")
	}
	var err error
	if db.SQLWrite, err = openSQLiteURI(ctx, db.target.path, 1, readOnlyPragmas, query); err != nil {
		return fmt.Errorf("reader: %w", err)
	}
	if db.SQLRead, err = openSQLiteURI(ctx, db.target.path, db.opt.Readers, readOnlyPragmas, query); err != nil {
		return fmt.Errorf("readers: %w", err)
	}
	return nil
}

// createFile makes sure that the file exists and that nobody but its owner reads it.
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder of the database file is missing: %w", err)
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// openSQLitePool opens a pool of at most size connections and tries one of them.
func openSQLitePool(ctx context.Context, path string, size int, pragmas []pragma) (*sql.DB, error) {
	query := url.Values{"_txlock": {"immediate"}, "modeof": {path}} // the log gets the file's mode
	if isReader(pragmas) {
		query.Set("_txlock", "deferred")
	}
	return openSQLiteURI(ctx, path, size, pragmas, query)
}

// openSQLiteURI opens a pool of connections to the file with the parameters of its address.
func openSQLiteURI(ctx context.Context, path string, size int, pragmas []pragma, query url.Values) (*sql.DB, error) {
	pool, err := driver.Open(sqliteURI(path, query), func(c *sqlite3.Conn) error { return applyPragmas(c, pragmas) })
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, err
	}
	return pool, nil
}

// isReader reports whether the settings make a connection query-only.
func isReader(pragmas []pragma) bool { return pragmas[len(pragmas)-1].name == "query_only" }

// applyPragmas sets every pragma on a fresh connection, then reads all of them back: SQLite ignores what it
// does not know, and journal_mode and synchronous can be refused by the file system without an error.
func applyPragmas(c *sqlite3.Conn, pragmas []pragma) error {
	want := map[string]string{}
	for _, p := range pragmas {
		if err := c.Exec("PRAGMA " + p.name + "=" + p.set); err != nil {
			return fmt.Errorf("set pragma %s: %w", p.name, err)
		}
		if p.want != "" {
			want[p.name] = p.want
		}
	}
	for name, value := range want {
		got, err := readPragma(c, name)
		if err != nil {
			return fmt.Errorf("read pragma %s: %w", name, err)
		}
		if !strings.EqualFold(got, value) {
			return fmt.Errorf("pragma %s is %q, want %q: the file system may not support it", name, got, value)
		}
	}
	return nil
}

// readPragma returns the value of a pragma as text.
func readPragma(c *sqlite3.Conn, name string) (string, error) {
	stmt, _, err := c.Prepare("PRAGMA " + name)
	if err != nil {
		return "", err
	}
	defer stmt.Close()
	var value string
	if stmt.Step() {
		value = stmt.ColumnText(0)
	}
	return value, stmt.Err()
}
