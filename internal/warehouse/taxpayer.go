package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// Found is what the rows of one template say about a subject.
type Found struct {
	Template string
	Total    int64 // effective rows about the subject; Rows may be fewer
	Rows     []Row // values in the order of the definition's fields
}

// Look says how SubjectRows looks at each template.
type Look struct {
	Reveal bool // open sensitive values; without it they are Masked
	Limit  int  // rows of each template, at most MaxRows; 0 = MaxRows
}

// SubjectRows returns everything that the effective rows of the given templates say about a subject, in the order of
// the definitions; templates without such rows are left out. The caller gives those definitions only that its actor
// may see.
func (s *Store) SubjectRows(ctx context.Context, defs []*models.Definition, subject Subject, look Look) ([]Found, error) {
	var found []Found
	tables, err := s.tablesWith(ctx, defs, subject)
	if err != nil {
		return nil, err
	}
	for _, def := range defs {
		if !tables[tableName(def.Code)] {
			continue
		}
		f := Filter{Subject: &subject, Reveal: look.Reveal, Limit: look.Limit}
		rows, err := s.EffectiveRows(ctx, def, f)
		if err != nil {
			return nil, err
		}
		total := int64(len(rows))
		if len(rows) == bounded(look.Limit) {
			if total, err = s.Count(ctx, def, f); err != nil {
				return nil, err
			}
		}
		if total > 0 {
			found = append(found, Found{Template: def.Code, Total: total, Rows: rows})
		}
	}
	return found, nil
}

// unionTables is how many tables are looked at by one statement; SQLite takes 500 at most.
const unionTables = 100

// tablesWith returns the tables of the definitions that may hold a row about the subject, effective or not: one look
// into each index, so that most templates cost no statement of their own.
func (s *Store) tablesWith(ctx context.Context, defs []*models.Definition, subject Subject) (map[string]bool, error) {
	with := map[string]bool{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		existing, err := existingTables(ctx, tx)
		if err != nil {
			return err
		}
		var tables []string
		for _, def := range defs {
			if table := tableName(def.Code); existing[table] {
				tables = append(tables, table)
			}
		}
		for chunk := range slices.Chunk(tables, unionTables) {
			if err := s.look(ctx, tx, chunk, subject, with); err != nil {
				return err
			}
		}
		return nil
	})
	return with, err
}

// look notes which of the tables may hold a row about the subject.
func (s *Store) look(ctx context.Context, tx *sql.Tx, tables []string, subject Subject, with map[string]bool) error {
	var q statement
	for i, table := range tables {
		if i > 0 {
			q.WriteString(" UNION ALL ")
		}
		q.WriteString("SELECT '" + table + "' AS found WHERE EXISTS (SELECT 1 FROM ")
		if s.db.Engine == database.SQLite {
			q.add(quote(finders(table))+" WHERE _key = %v)", subject.key())
		} else {
			q.add(quote(table)+" WHERE _subject = %v)", subject[:])
		}
	}
	rows, err := tx.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return fmt.Errorf("look for a subject: %w", err)
	}
	return collect(rows, with)
}

// existingTables returns the names of all tables of the warehouse.
func existingTables(ctx context.Context, q querier) (map[string]bool, error) {
	rows, err := q.QueryContext(ctx, `SELECT table_name FROM warehouse_tables`)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	tables := map[string]bool{}
	return tables, collect(rows, tables)
}

// collect adds the names that the rows hold.
func collect(rows *sql.Rows, names map[string]bool) error {
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names[name] = true
	}
	return rows.Err()
}
