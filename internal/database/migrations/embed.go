// Package migrations holds the versioned schema of the portal: plain SQL, one folder per engine.
//
// A file is named NNNNN_name.sql and stands in both folders under the same name; a file that has been
// released never changes again. Each runs in a transaction of its own. SQLite migrations run with foreign
// keys unenforced, so that a table can be rebuilt (create, copy, drop, rename), and are checked as a whole
// before they commit.
package migrations

import "embed"

// FS is the schema that this binary brings: the folders sqlite and postgres.
//
//go:embed all:sqlite all:postgres
var FS embed.FS
