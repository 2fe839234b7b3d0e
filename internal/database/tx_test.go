package database_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/testdb"
)

// schema has one constraint of each sort.
var schema = []string{
	"CREATE TABLE units (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, n INTEGER NOT NULL DEFAULT 0 CHECK (n >= 0))",
	"CREATE TABLE tasks (id INTEGER PRIMARY KEY, unit_id INTEGER NOT NULL REFERENCES units (id))",
	"INSERT INTO units (id, name) VALUES (1, 'a'), (2, 'b')",
}

func TestTx_CommitsOrLeavesNothing(t *testing.T) {
	ours := errors.New("ours")
	tests := []struct {
		name string
		fn   func(tx *gorm.DB) error
		rows int64
	}{
		{"nil commits", func(*gorm.DB) error { return nil }, 3},
		{"an error rolls back", func(*gorm.DB) error { return ours }, 2},
		{"a panic rolls back", func(*gorm.DB) error { panic(ours) }, 2},
		{"a failed statement rolls back", func(tx *gorm.DB) error { return tx.Exec("INSERT INTO nowhere VALUES (1)").Error }, 2},
		{"a nested transaction rolls back alone", func(tx *gorm.DB) error {
			err := tx.Transaction(func(tx *gorm.DB) error {
				return errors.Join(tx.Exec("INSERT INTO units (id, name) VALUES (4, 'd')").Error, ours)
			})
			if !errors.Is(err, ours) {
				return fmt.Errorf("nested: %w", err)
			}
			return nil
		}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, dsn string) {
				db := open(t, dsn, database.Options{})
				exec(t, db, schema...)
				func() {
					defer func() { _ = recover() }()
					_ = db.Tx(t.Context(), func(tx *gorm.DB) error {
						must(t, tx.Exec("INSERT INTO units (id, name) VALUES (3, 'c')").Error)
						return tt.fn(tx)
					})
				}()
				if n := count(t, db, "units"); n != tt.rows {
					t.Errorf("%d rows, want %d", n, tt.rows)
				}
			})
		})
	}
}

func TestTx_ReadThenWriteLosesNoUpdate(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		exec(t, db, schema...)
		var wg sync.WaitGroup
		errs := make(chan error, 40)
		for range cap(errs) {
			wg.Go(func() {
				errs <- db.Tx(t.Context(), func(tx *gorm.DB) error {
					var n int
					if err := tx.Raw("SELECT n FROM units WHERE id = 1" + forUpdate(db)).Scan(&n).Error; err != nil {
						return err
					}
					return tx.Exec("UPDATE units SET n = ? WHERE id = 1", n+1).Error
				})
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			must(t, err)
		}
		var n int
		must(t, db.Read.Raw("SELECT n FROM units WHERE id = 1").Scan(&n).Error)
		if n != 40 {
			t.Errorf("counted %d of 40", n)
		}
	})
}

// forUpdate locks a row where the engine has row locks.
func forUpdate(db *database.DB) string {
	if db.Engine == database.Postgres {
		return " FOR UPDATE"
	}
	return ""
}

func TestTx_RunsADeadlockedTransactionAgain(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		if engine != testdb.Postgres {
			continue // SQLite has one writer: no two transactions can meet
		}
		db := open(t, testdb.New(t, engine, nil), database.Options{})
		exec(t, db, schema...)
		var met, wg sync.WaitGroup
		met.Add(2)
		var mu sync.Mutex
		runs := 0
		cross := func(first, second int) {
			tried := false
			err := db.Tx(t.Context(), func(tx *gorm.DB) error {
				mu.Lock()
				runs++
				mu.Unlock()
				if err := tx.Exec("UPDATE units SET n = n + 1 WHERE id = ?", first).Error; err != nil {
					return err
				}
				if !tried { // both hold their first row before either asks for the other's
					tried = true
					met.Done()
					met.Wait()
				}
				return tx.Exec("UPDATE units SET n = n + 1 WHERE id = ?", second).Error
			})
			if err != nil {
				t.Error(err)
			}
		}
		wg.Go(func() { cross(1, 2) })
		wg.Go(func() { cross(2, 1) })
		wg.Wait()
		var sum int
		must(t, db.Read.Raw("SELECT sum(n) FROM units").Scan(&sum).Error)
		if sum != 4 || runs < 3 {
			t.Errorf("sum %d after %d runs, want 4 after 3 or more", sum, runs)
		}
	}
}

func TestTx_GivesUpAfterAFewTries(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		if engine != testdb.Postgres {
			continue
		}
		db := open(t, testdb.New(t, engine, nil), database.Options{})
		runs := 0
		err := db.Tx(t.Context(), func(tx *gorm.DB) error {
			runs++
			return tx.Exec("DO $$ BEGIN RAISE EXCEPTION 'clash' USING ERRCODE = '40001'; END $$").Error
		})
		if runs != 4 || !fault.Is(err, fault.Unavailable) {
			t.Errorf("%d runs, then %v", runs, err)
		}
	}
}

func TestTx_WaitingEndsWithTheContext(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		if engine != testdb.SQLite {
			continue
		}
		db := open(t, testdb.New(t, engine, nil), database.Options{})
		err := db.Tx(t.Context(), func(*gorm.DB) error {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			return db.Tx(ctx, func(*gorm.DB) error { return nil }) // the mistake that the package warns of
		})
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v, want an unavailable database", err)
		}
	}
}

func TestFault_SaysWhatHappened(t *testing.T) {
	tests := []struct {
		name, statement string
		kind            fault.Kind
		want            string
		sentinel        error
	}{
		{"duplicate key", "INSERT INTO units (id, name) VALUES (1, 'x')", fault.Conflict, "已有相同", gorm.ErrDuplicatedKey},
		{"duplicate value", "INSERT INTO units (id, name) VALUES (9, 'a')", fault.Conflict, "已有相同", gorm.ErrDuplicatedKey},
		{"missing parent", "INSERT INTO tasks VALUES (1, 99)", fault.Conflict, "引用", gorm.ErrForeignKeyViolated},
		{"child left", "DELETE FROM units WHERE id = 2", fault.Conflict, "引用", gorm.ErrForeignKeyViolated},
		{"broken check", "UPDATE units SET n = -1", fault.Invalid, "数据规则", gorm.ErrCheckConstraintViolated},
		{"missing value", "INSERT INTO units (id) VALUES (9)", fault.Invalid, "数据规则", gorm.ErrCheckConstraintViolated},
		{"no such table", "INSERT INTO nowhere VALUES (1)", 0, "nowhere", nil},
	}
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		exec(t, db, schema...)
		exec(t, db, "INSERT INTO tasks VALUES (7, 2)")
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				err := db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Exec(tt.statement).Error })
				if fault.Of(err) != tt.kind || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got kind %v: %v", fault.Of(err), err)
				}
				if tt.sentinel != nil && !errors.Is(err, tt.sentinel) {
					t.Errorf("%v does not wrap %v", err, tt.sentinel)
				}
				_, direct := db.SQLWrite.ExecContext(t.Context(), tt.statement)
				if got := fault.Of(database.Fault(direct)); got != tt.kind {
					t.Errorf("without GORM: kind %v, want %v", got, tt.kind)
				}
			})
		}
	})
}

func TestFault_FullDisk(t *testing.T) {
	fill := map[database.Engine]string{
		database.SQLite:   "WITH RECURSIVE c(i) AS (SELECT 10 UNION ALL SELECT i+1 FROM c WHERE i < 5000) INSERT INTO units (id, name) SELECT i, hex(randomblob(100)) FROM c",
		database.Postgres: "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$",
	}
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		exec(t, db, schema...)
		if db.Engine == database.SQLite {
			exec(t, db, "PRAGMA max_page_count = 20")
		}
		err := db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Exec(fill[db.Engine]).Error })
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "磁盘已满") {
			t.Errorf("got %v", err)
		}
		if n := count(t, db, "units"); n != 2 {
			t.Errorf("%d rows, want the two from before", n)
		}
	})
}

func TestFault_FullDiskUnderSQLite(t *testing.T) {
	for name, cause := range map[string]error{
		"a write to the log":                 fmt.Errorf("%w: %w", sqlite3.IOERR_WRITE, &os.PathError{Op: "write", Path: "portal.db-wal", Err: syscall.ENOSPC}),
		"the shared memory":                  fmt.Errorf("%w: %w", sqlite3.IOERR_SHMSIZE, syscall.ENOSPC),
		"opening a file":                     fmt.Errorf("%w: %w", sqlite3.CANTOPEN, &os.PathError{Op: "open", Path: "portal.db-wal", Err: syscall.ENOSPC}),
		"a quota":                            fmt.Errorf("%w: %w", sqlite3.IOERR_WRITE, syscall.EDQUOT),
		"a write, its cause lost on the way": sqlite3.IOERR_WRITE,
		"a sync, its cause lost on the way":  sqlite3.IOERR_FSYNC,
	} {
		if err := database.Fault(cause); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "磁盘已满") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := database.Fault(fmt.Errorf("%w: %w", sqlite3.IOERR_READ, syscall.EIO)); !strings.Contains(err.Error(), "连接不上") {
		t.Errorf("another failure of the disk: %v", err)
	}
}

func TestFault_LostConnection(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		if engine != testdb.Postgres {
			continue
		}
		db := open(t, testdb.New(t, engine, nil), database.Options{})
		err := db.Tx(t.Context(), func(tx *gorm.DB) error {
			return tx.Exec("SELECT pg_terminate_backend(pg_backend_pid())").Error
		})
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "连接不上") {
			t.Errorf("got %v", err)
		}
		must(t, db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Exec("SELECT 1").Error }))
	}
}

func TestFault_LeavesOtherErrorsAlone(t *testing.T) {
	own := fault.New(fault.Locked, "任务已锁定。")
	for _, err := range []error{nil, own, context.Canceled, gorm.ErrRecordNotFound, errors.New("x")} {
		if got := database.Fault(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}
