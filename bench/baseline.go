package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A load is held against the bare bulk load of the same file by the engine's own command line: no check, no sealing,
// no hashes. It is measured into a table of nothing but the twelve columns, and into one with what any register
// needs, the business key as primary key and an index on the taxpayer. The portal's own tables have both.

// bareTable returns the statement that makes the table of a bulk load.
func bareTable(keyed bool) string {
	var columns []string
	for _, f := range definition().Fields {
		kind := " text"
		if f.Code == "floors" || f.Code == "homes" {
			kind = " integer"
		}
		if keyed && f.Key {
			kind += " PRIMARY KEY"
		}
		columns = append(columns, f.Code+kind)
	}
	table := "CREATE TABLE bare (" + strings.Join(columns, ", ") + ");"
	if keyed {
		table += " CREATE INDEX bare_uscc ON bare (uscc);"
	}
	return table
}

// sqliteImport loads the file with the sqlite3 command and returns the time of the import alone.
func sqliteImport(ctx context.Context, s settings, file string, keyed bool) (result, error) {
	path := filepath.Join(s.work, "bare.db")
	if err := os.RemoveAll(path); err != nil {
		return result{}, err
	}
	if _, err := command(ctx, "sqlite3", path, bareTable(keyed)); err != nil {
		return result{}, err
	}
	begun := time.Now()
	if _, err := command(ctx, "sqlite3", path, ".import --csv --skip 1 "+file+" bare"); err != nil {
		return result{}, err
	}
	r := result{Seconds: time.Since(begun).Seconds()}
	count, err := command(ctx, "sqlite3", path, "SELECT count(*) FROM bare")
	if err != nil {
		return r, err
	}
	r.Rows, err = strconv.ParseInt(strings.TrimSpace(count), 10, 64)
	return r, err
}

// postgresCopy loads the file with psql's \copy and returns the time of the copy alone.
func postgresCopy(ctx context.Context, s settings, file string, keyed bool) (result, error) {
	if _, err := s.psql(ctx, "-c", "DROP TABLE IF EXISTS bare", "-c", bareTable(keyed)); err != nil {
		return result{}, err
	}
	begun := time.Now()
	copied, err := s.psql(ctx, "-c", `\copy bare from '`+file+`' with (format csv, header true)`)
	r := result{Seconds: time.Since(begun).Seconds()}
	if err != nil {
		return r, err
	}
	r.Rows, err = strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(copied), "COPY "), 10, 64)
	if err != nil {
		return r, fmt.Errorf("read what psql copied: %w", err)
	}
	_, err = s.psql(ctx, "-c", "DROP TABLE bare")
	return r, err
}

// freshDatabase makes an empty database of one engine and returns its dsn and what removes it.
func (s settings) freshDatabase(ctx context.Context, engine, data string) (dsn string, remove func() error, err error) {
	if engine == "sqlite" {
		return "sqlite:" + filepath.Join(data, "portal.db"), func() error { return nil }, nil
	}
	const name = "portal_bench"
	drop := func() error {
		_, err := s.psql(ctx, "-c", "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		return err
	}
	if err := drop(); err != nil {
		return "", nil, err
	}
	if _, err := s.psql(ctx, "-c", "CREATE DATABASE "+name); err != nil {
		return "", nil, err
	}
	return withDatabase(s.server, name), drop, nil
}

// describeServer makes the server durable if that is asked for, and says what it is.
func (s settings) describeServer(ctx context.Context) (string, error) {
	if s.durable {
		_, err := s.psql(ctx, "-c", "ALTER SYSTEM SET fsync = on", "-c", "ALTER SYSTEM SET synchronous_commit = on",
			"-c", "ALTER SYSTEM SET full_page_writes = on", "-c", "SELECT pg_reload_conf()")
		if err != nil {
			return "", err
		}
	}
	const query = `SELECT current_setting('server_version') || ', fsync ' || current_setting('fsync') ||
		', synchronous_commit ' || current_setting('synchronous_commit') || ', shared_buffers ' || current_setting('shared_buffers')`
	said, err := s.psql(ctx, "-At", "-c", query)
	return strings.TrimSpace(said), err
}

// psql runs commands on the server and returns what it says.
func (s settings) psql(ctx context.Context, args ...string) (string, error) {
	return command(ctx, "psql", append([]string{"-X", "-v", "ON_ERROR_STOP=1", "-d", s.server}, args...)...)
}

// command runs a program and returns its output; an error carries what it complained of.
func command(ctx context.Context, name string, args ...string) (string, error) {
	var complaint strings.Builder
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(complaint.String()))
	}
	return string(out), nil
}
