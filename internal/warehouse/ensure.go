package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Ensure makes the table of a template and the view of its effective rows, or widens them to what this version of the
// template needs. It only ever adds columns; versions may come in any order.
//
// A definition that cannot be stored is a fault.Invalid. One that would change the type, scale, sensitivity or subject
// of a column, or the coverage of the template, is a fault.Conflict, and nothing is changed.
func (s *Store) Ensure(ctx context.Context, def *models.Definition) error {
	want, err := layoutOf(def)
	if err != nil {
		return err
	}
	if err := s.current(ctx, want); err == nil || !errors.Is(err, errBehind) {
		return err
	}
	err = s.write(ctx, func(tx *sql.Tx) error { return s.build(ctx, tx, want) })
	if err != nil {
		return fmt.Errorf("ensure table of template %s: %w", def.Code, err)
	}
	return nil
}

// Current reports whether the warehouse has what the definitions need: nil if so, otherwise a fault.Unavailable that
// names the first template behind.
func (s *Store) Current(ctx context.Context, defs []*models.Definition) error {
	for _, def := range defs {
		want, err := layoutOf(def)
		if err != nil {
			return err
		}
		if err := s.current(ctx, want); err != nil {
			return s.behind(want, err)
		}
	}
	return nil
}

// errBehind says that a table lacks something that Ensure adds.
var errBehind = errors.New("the warehouse is behind the template")

// behind tells the operator what to do about errBehind.
func (s *Store) behind(want *layout, err error) error {
	if !errors.Is(err, errBehind) {
		return err
	}
	return fault.Wrap(fault.Unavailable, "模板 "+want.template+" 的数据表尚未建好或不是最新，请系统管理员运行 portal migrate。", err)
}

// current compares the database with want. It returns nil, errBehind or another error.
func (s *Store) current(ctx context.Context, want *layout) error {
	return s.read(ctx, func(tx *sql.Tx) error {
		have, err := s.load(ctx, tx, want.table)
		if err != nil {
			return err
		}
		if have == nil {
			return fmt.Errorf("%w: no table %s", errBehind, want.table)
		}
		added, err := have.grow(want)
		if err != nil {
			return err
		}
		if len(added) > 0 {
			return fmt.Errorf("%w: table %s has no column %s", errBehind, want.table, added[0].name)
		}
		if have.viewForm != viewForm {
			return fmt.Errorf("%w: the view of table %s is of an older form", errBehind, want.table)
		}
		return s.placed(ctx, tx, want)
	})
}

// placed checks that the table and its view are really there and, under Citus, spread.
func (s *Store) placed(ctx context.Context, tx *sql.Tx, want *layout) error {
	exists := `SELECT count(*) FROM sqlite_schema WHERE name = $1`
	if s.db.Engine == database.Postgres {
		exists = `SELECT count(to_regclass($1))`
	}
	var tables, views int
	err := errors.Join(
		tx.QueryRowContext(ctx, exists, want.table).Scan(&tables),
		tx.QueryRowContext(ctx, exists, want.view()).Scan(&views))
	switch {
	case err != nil:
		return err
	case tables == 0:
		return fmt.Errorf("table %s has been dropped: its rows are in a backup only", want.table)
	case views == 0:
		return fmt.Errorf("%w: table %s has no view", errBehind, want.table)
	}
	citus, err := s.spread(ctx, tx)
	if err != nil || !citus {
		return err
	}
	done, err := distributed(ctx, tx, want.table)
	if err == nil && !done {
		return fmt.Errorf("%w: table %s is not distributed", errBehind, want.table)
	}
	return err
}

// buildLock is the number of the advisory lock under which only one of several portals builds tables.
const buildLock = 0x7761726568 // "wareh"

// build makes or widens the table and renews its view.
func (s *Store) build(ctx context.Context, tx *sql.Tx, want *layout) error {
	if s.db.Engine == database.Postgres { // SQLite has one writer
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, buildLock); err != nil {
			return err
		}
	}
	have, err := s.load(ctx, tx, want.table)
	if err != nil {
		return err
	}
	statements := createTable(s.db.Engine, want)
	added := want.columns
	if have == nil {
		have = &layout{template: want.template, table: want.table, coverage: want.coverage}
	} else {
		if added, err = have.grow(want); err != nil {
			return err
		}
		statements = addColumns(s.db.Engine, want, added)
	}
	if err := note(ctx, tx, have, added); err != nil {
		return fmt.Errorf("note layout of %s: %w", have.table, err)
	}
	have.columns = slices.Concat(have.columns, added)
	for _, statement := range slices.Concat(statements, createView(s.db.Engine, have)) {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", have.table, err)
		}
	}
	return s.place(ctx, tx, have)
}

// place spreads the table under Citus.
func (s *Store) place(ctx context.Context, tx *sql.Tx, l *layout) error {
	citus, err := s.spread(ctx, tx)
	if err != nil || !citus {
		return err
	}
	return distribute(ctx, tx, l)
}

// load reads a table's layout from the registry, its columns in the order in which they were added. It returns nil
// if there is no such table.
func (s *Store) load(ctx context.Context, q querier, table string) (*layout, error) {
	l := &layout{table: table}
	const head = `SELECT template, coverage, view_form FROM warehouse_tables WHERE table_name = $1`
	err := q.QueryRowContext(ctx, head, table).Scan(&l.template, &l.coverage, &l.viewForm)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read layout of %s: %w", table, err)
	}
	const body = `SELECT column_name, type, scale, sensitive, hashed, subject FROM warehouse_columns
		WHERE table_name = $1 ORDER BY position`
	rows, err := q.QueryContext(ctx, body, table)
	if err != nil {
		return nil, fmt.Errorf("read layout of %s: %w", table, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.name, &c.kind, &c.scale, &c.sensitive, &c.hashed, &c.subject); err != nil {
			return nil, fmt.Errorf("read layout of %s: %w", table, err)
		}
		l.columns = append(l.columns, c)
	}
	return l, rows.Err()
}

// note writes the table into the registry, if it is new, and the columns that it gets behind those it has.
func note(ctx context.Context, tx *sql.Tx, have *layout, added []column) error {
	const table = `INSERT INTO warehouse_tables (table_name, template, coverage, view_form) VALUES ($1, $2, $3, $4)
		ON CONFLICT (table_name) DO UPDATE SET view_form = excluded.view_form`
	if _, err := tx.ExecContext(ctx, table, have.table, have.template, string(have.coverage), viewForm); err != nil {
		return err
	}
	const insert = `INSERT INTO warehouse_columns
		(table_name, column_name, position, type, scale, sensitive, hashed, subject) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	for i, c := range added {
		_, err := tx.ExecContext(ctx, insert, have.table, c.name, len(have.columns)+i+1,
			string(c.kind), c.scale, c.sensitive, c.hashed, c.subject)
		if err != nil {
			return err
		}
	}
	return nil
}
