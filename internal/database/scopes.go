package database

import (
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// MaxIn is the most values that one IN list should hold. SQLite takes 32,766 parameters to a statement and
// PostgreSQL 65,535, but long lists are planned slowly.
const MaxIn = 500

// MaxPageSize is the most rows that Page returns.
const MaxPageSize = 500

// likeEscape is the escape character of every LIKE. It is not the backslash, which the engines treat
// differently inside a text.
const likeEscape = "!"

// EscapeLike returns text with the characters that mean something to LIKE made plain. The statement must say
// ESCAPE '!'.
func EscapeLike(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)
}

// Contains is a scope that keeps the rows whose column contains text, whatever the case of its Latin letters.
// Text that is empty or blank keeps all rows. The column may be "name" or "table.name"; it is quoted.
func Contains(column, text string) func(*gorm.DB) *gorm.DB { return ContainsAny(text, column) }

// ContainsAny is Contains over several columns, of which one must contain text.
func ContainsAny(text string, columns ...string) func(*gorm.DB) *gorm.DB {
	return func(tx *gorm.DB) *gorm.DB {
		text := strings.TrimSpace(text)
		if text == "" || len(columns) == 0 {
			return tx
		}
		op := "LIKE" // SQLite's ignores the case of ASCII letters, PostgreSQL's does not
		if tx.Name() == string(Postgres) {
			op = "ILIKE"
		}
		conditions := make([]clause.Expression, len(columns))
		for i, column := range columns {
			conditions[i] = clause.Expr{
				SQL:  "? " + op + " ? ESCAPE '" + likeEscape + "'",
				Vars: []any{clause.Column{Name: column}, "%" + EscapeLike(text) + "%"},
			}
		}
		if len(conditions) == 1 { // GORM would join a single Or to what stands before it with OR
			return tx.Where(conditions[0])
		}
		return tx.Where(clause.Or(conditions...))
	}
}

// Page is a scope that keeps page number n, from 1, of size rows. A number below 1 is the first page; size is
// held between 1 and MaxPageSize. The statement needs an order that no two rows share.
func Page(n, size int) func(*gorm.DB) *gorm.DB {
	n, size = max(n, 1), min(max(size, 1), MaxPageSize)
	return func(tx *gorm.DB) *gorm.DB { return tx.Offset((n - 1) * size).Limit(size) }
}

// InChunks calls do with the values in portions of at most MaxIn, in order, until one fails. It calls nothing
// for no values.
func InChunks[T any](values []T, do func(chunk []T) error) error {
	for chunk := range slices.Chunk(values, MaxIn) {
		if err := do(chunk); err != nil {
			return err
		}
	}
	return nil
}
