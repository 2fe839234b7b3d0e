package database

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// target is a parsed data source name.
type target struct {
	engine Engine
	path   string // absolute file of SQLite
	url    string // PostgreSQL's connection string
}

// parseDSN reads "sqlite:PATH" and "postgres://…". Its errors never repeat the text, which may hold a password.
func parseDSN(dsn string) (target, error) {
	scheme, rest, ok := strings.Cut(dsn, ":")
	switch {
	case ok && scheme == "sqlite":
		if rest == "" || strings.Contains(rest, ":memory:") {
			return target{}, errors.New(`a sqlite database needs a file: "sqlite:PATH"`)
		}
		path, err := filepath.Abs(rest)
		if err != nil {
			return target{}, fmt.Errorf("find sqlite file: %w", err)
		}
		return target{engine: SQLite, path: path}, nil
	case ok && (scheme == "postgres" || scheme == "postgresql") && strings.HasPrefix(rest, "//"):
		return target{engine: Postgres, url: dsn}, nil
	}
	return target{}, errors.New(`unknown database: want "sqlite:PATH" or "postgres://…"`)
}

// sqliteURI returns the file: URI of a path, whatever characters it holds, with query parameters.
func sqliteURI(path string, query url.Values) string {
	raw := strings.ReplaceAll(query.Encode(), "+", "%20") // SQLite takes a plus for itself
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: raw}
	return u.String()
}
