package database_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/testdb"
)

func TestOpen_ReadOnlyReadsAndCannotWrite(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		writer := open(t, dsn, database.Options{})
		exec(t, writer, "CREATE TABLE things (id INTEGER PRIMARY KEY)", "INSERT INTO things VALUES (1)")
		db := open(t, dsn, database.Options{ReadOnly: true}) // while somebody works at it
		if n := count(t, db, "things"); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
		for name, err := range map[string]error{
			"writer": db.Write.Exec("INSERT INTO things VALUES (2)").Error, "reader": db.Read.Exec("INSERT INTO things VALUES (3)").Error,
			"pool": func() error { _, err := db.SQLWrite.ExecContext(t.Context(), "DROP TABLE things"); return err }(),
		} {
			if err := database.Fault(err); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "只读") {
				t.Errorf("%s: got %v, want the read-only fault", name, err)
			}
		}
		exec(t, writer, "INSERT INTO things VALUES (4)")
		if n := count(t, db, "things"); n != 2 {
			t.Errorf("%d rows, want 2: what is written meanwhile is read", n)
		}
	})
}

// TestOpen_ReadOnlyLeavesAFileAlone opens a file at which nobody works, in a folder that cannot be written, and finds the
// folder as it was.
func TestOpen_ReadOnlyLeavesAFileAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "portal.db")
	writer, err := database.Open(t.Context(), "sqlite:"+path, database.Options{Now: noon})
	must(t, err)
	exec(t, writer, "CREATE TABLE things (id INTEGER PRIMARY KEY)", "INSERT INTO things VALUES (1)")
	must(t, writer.Close())
	must(t, os.Chmod(path, 0o444))
	must(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	before := folder(t, dir)

	db, err := database.Open(t.Context(), "sqlite:"+path, database.Options{Now: noon, ReadOnly: true})
	must(t, err)
	if n := count(t, db, "things"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	if during := folder(t, dir); during != before {
		t.Errorf("while it was read the folder held %s, before %s", during, before)
	}
	must(t, db.Close())
	if after := folder(t, dir); after != before {
		t.Errorf("the folder holds %s, before %s", after, before)
	}
}

func TestOpen_ReadOnlyMakesNoFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := database.Open(t.Context(), "sqlite:"+filepath.Join(dir, "portal.db"), database.Options{Now: noon, ReadOnly: true}); err == nil {
		t.Error("a missing file was opened")
	}
	if got := folder(t, dir); got != "" {
		t.Errorf("the folder holds %s", got)
	}
}

// folder describes the files of a folder.
func folder(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	text := ""
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		text += fmt.Sprintf("%s %s %d %s; ", e.Name(), info.Mode(), info.Size(), info.ModTime())
	}
	return text
}
