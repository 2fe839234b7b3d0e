package database_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/testdb"
)

// noon is the clock of these tests.
func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// open opens dsn with the given options and closes it at the end of the test.
func open(t *testing.T, dsn string, opt database.Options) *database.DB {
	t.Helper()
	opt.Now = noon
	db, err := database.Open(t.Context(), dsn, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// exec runs statements through the writer.
func exec(t *testing.T, db *database.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		must(t, db.Write.Exec(s).Error)
	}
}

// count returns the number of rows of a table, as the readers see it.
func count(t *testing.T, db *database.DB, table string) int64 {
	t.Helper()
	var n int64
	must(t, db.Read.Table(table).Count(&n).Error)
	return n
}

func TestOpen_ReadersCannotWrite(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		exec(t, db, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
		err := database.Fault(db.Read.Exec("INSERT INTO things VALUES (1)").Error)
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "只读") {
			t.Errorf("write through a reader: got %v, want the read-only fault", err)
		}
		if n := count(t, db, "things"); n != 0 {
			t.Errorf("%d rows were written", n)
		}
	})
}

func TestOpen_SettingsHoldOnEveryConnection(t *testing.T) {
	if testdb.Engines(t)[0] != testdb.SQLite {
		return
	}
	db := open(t, testdb.New(t, testdb.SQLite, nil), database.Options{Readers: 3})
	want := map[string]string{
		"journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "30000", "synchronous": "2", "query_only": "1",
	}
	for range 3 { // the connections stay in use, so each round asks another one
		conn, err := db.SQLRead.Conn(t.Context())
		must(t, err)
		defer conn.Close()
		for name, value := range want {
			var got string
			must(t, conn.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got))
			if got != value {
				t.Errorf("reader: %s is %s, want %s", name, got, value)
			}
		}
	}
	if n := db.SQLWrite.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("the writer has %d connections, want 1", n)
	}
}

func TestOpen_PostgresSpeaksUTCAndEndsLongStatements(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		if engine != testdb.Postgres {
			continue
		}
		db := open(t, testdb.New(t, engine, nil), database.Options{StatementTimeout: 50 * time.Millisecond})
		var zone string
		must(t, db.Read.Raw("SHOW timezone").Scan(&zone).Error)
		if zone != "UTC" {
			t.Errorf("time zone %s, want UTC", zone)
		}
		err := database.Fault(db.Read.Exec("SELECT pg_sleep(5)").Error)
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "用时过长") {
			t.Errorf("long statement: %v", err)
		}
		if db.Pool == nil {
			t.Error("no pool for CopyFrom")
		}
	}
}

func TestOpen_FileIsPrivateWhateverItsName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "数据 50% #1?x=y")
	must(t, os.Mkdir(dir, 0o700))
	path := filepath.Join(dir, "portal & co.db")
	db := open(t, "sqlite:"+path, database.Options{})
	exec(t, db, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(path + suffix)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%q has mode %v, want 0600", info.Name(), info.Mode())
		}
	}
	if db.Path() != path {
		t.Errorf("Path is %q, want %q", db.Path(), path)
	}
}

func TestOpen_Refusals(t *testing.T) {
	notDB := filepath.Join(t.TempDir(), "letter.db")
	must(t, os.WriteFile(notDB, bytes.Repeat([]byte("not a database "), 100), 0o600))
	tests := []struct {
		name, dsn string
		kind      fault.Kind
		want      string
	}{
		{"empty", "", 0, "unknown database"},
		{"another product", "mysql://u:geheim@h/db", 0, "unknown database"},
		{"no file", "sqlite:", 0, "needs a file"},
		{"memory", "sqlite::memory:", 0, "needs a file"},
		{"missing folder", "sqlite:" + filepath.Join(t.TempDir(), "none", "a.db"), 0, "folder"},
		{"not a database", "sqlite:" + notDB, fault.Unavailable, "已损坏"},
		{"server away", "postgres://u:geheim@127.0.0.1:1/db", fault.Unavailable, "连接不上"},
		{"bad connection string", "postgres://u:geheim@127.0.0.1:port/db", 0, "connection string"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := database.Open(t.Context(), tt.dsn, database.Options{Now: noon})
			if err == nil {
				t.Fatal("opened")
			}
			if fault.Of(err) != tt.kind || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got kind %v, %v; want %v, %q", fault.Of(err), err, tt.kind, tt.want)
			}
			if strings.Contains(err.Error(), "geheim") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
	if _, err := database.Open(t.Context(), "sqlite:x.db", database.Options{}); err == nil {
		t.Error("opened without a clock")
	}
}

func TestGORM_TakesTheGivenClock(t *testing.T) {
	type Thing struct {
		ID        int64
		CreatedAt int64 `gorm:"autoCreateTime:milli"`
	}
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		exec(t, db, "CREATE TABLE things (id INTEGER PRIMARY KEY, created_at BIGINT)")
		thing := Thing{ID: 1}
		must(t, db.Write.Create(&thing).Error)
		if thing.CreatedAt != noon().UnixMilli() {
			t.Errorf("created at %d, want %d", thing.CreatedAt, noon().UnixMilli())
		}
	})
}

func TestLogger_TellsSlowStatementsWithoutTheirValues(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		var log bytes.Buffer
		var mu sync.Mutex
		var seen []string
		db := open(t, dsn, database.Options{
			Logger:    slog.New(slog.NewTextHandler(&log, nil)),
			SlowQuery: time.Nanosecond,
			OnQuery:   func(sql string) { mu.Lock(); defer mu.Unlock(); seen = append(seen, sql) },
		})
		exec(t, db, "CREATE TABLE people (id_card TEXT)")
		must(t, db.Write.Exec("INSERT INTO people VALUES (?)", "371500199001011234").Error)
		var n int64
		must(t, db.Read.Table("people").Where("id_card = ?", "371500199001011234").Count(&n).Error)
		if n != 1 || len(seen) != 3 {
			t.Errorf("%d rows, %d statements seen: %v", n, len(seen), seen)
		}
		all := log.String() + strings.Join(seen, "\n")
		if strings.Contains(all, "371500") {
			t.Errorf("a value was told: %s", all)
		}
		if !strings.Contains(log.String(), "slow statement") || !strings.Contains(log.String(), "INSERT INTO people") {
			t.Errorf("log lacks the slow statement: %s", log.String())
		}
	})
}

func TestPing_TellsADatabaseThatIsAway(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		must(t, db.Ping(t.Context()))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if db.Ping(ctx) == nil {
			t.Error("answered under a cancelled context")
		}
	})
}
