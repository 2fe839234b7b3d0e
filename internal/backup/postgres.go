package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/jackc/pgx/v5"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
)

// table is one table of PostgreSQL in a backup.
type table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    bool     `json:"rows,omitempty"` // one of the warehouse's own tables of rows
}

// passing are tables that say how things stand with running programs and migrations; they are not brought back.
var passing = []string{"goose_db_version", "river_migration", "river_leader", "river_client", "river_client_queue", "river_notification",
	"job_runners", "sessions"}

// built are tables that the warehouse writes when it builds the tables of rows.
var built = []string{"warehouse_tables", "warehouse_columns"}

// postgres writes every table from one state of the database.
func (w *writer) postgres(m *Manifest) error {
	conn, err := w.portal.DB.Pool.Acquire(w.ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	tx, err := conn.BeginTx(w.ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(w.ctx)) // nothing was changed
	if m.Tables, err = tables(w.ctx, tx); err != nil {
		return err
	}
	if err := w.manifest(*m); err != nil {
		return err
	}
	for _, t := range m.Tables {
		copyOut := fmt.Sprintf("COPY (SELECT %s FROM %s) TO STDOUT", t.list(), t.quoted())
		err := w.viaTemp(tablePrefix+t.Name, func(temp *os.File) error {
			_, err := conn.Conn().PgConn().CopyTo(w.ctx, temp, copyOut)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t table) quoted() string { return pgx.Identifier{t.Name}.Sanitize() }

func (t table) list() string {
	text := ""
	for i, column := range t.Columns {
		if i > 0 {
			text += ", "
		}
		text += pgx.Identifier{column}.Sanitize()
	}
	return text
}

// tables lists what a backup holds, a table after those that it refers to.
func tables(ctx context.Context, tx pgx.Tx) ([]table, error) {
	const list = `SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum),
			c.relname IN (SELECT w.table_name FROM warehouse_tables w)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		GROUP BY c.relname ORDER BY c.relname`
	rows, err := tx.Query(ctx, list)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t table, err error) {
		return t, row.Scan(&t.Name, &t.Columns, &t.Rows)
	})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(t table) bool { return slices.Contains(passing, t.Name) })
	above, err := references(ctx, tx)
	if err != nil {
		return nil, err
	}
	return parentsFirst(found, above), nil
}

// references returns, for each table, those that it refers to.
func references(ctx context.Context, tx pgx.Tx) (map[string][]string, error) {
	rows, err := tx.Query(ctx, `SELECT c.relname, p.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		JOIN pg_class p ON p.oid = k.confrelid WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace`)
	if err != nil {
		return nil, err
	}
	above := map[string][]string{}
	var child, parent string
	_, err = pgx.ForEachRow(rows, []any{&child, &parent}, func() error {
		above[child] = append(above[child], parent)
		return nil
	})
	return above, err
}

// parentsFirst orders tables so that each comes after those that it refers to; one that refers to itself is filled by
// one statement, at whose end PostgreSQL checks.
func parentsFirst(found []table, above map[string][]string) []table {
	var ordered []table
	seen := map[string]bool{}
	var visit func(t table)
	visit = func(t table) {
		if seen[t.Name] {
			return
		}
		seen[t.Name] = true
		for _, parent := range above[t.Name] {
			if i := slices.IndexFunc(found, func(o table) bool { return o.Name == parent }); i >= 0 {
				visit(found[i])
			}
		}
		ordered = append(ordered, t)
	}
	for _, t := range found {
		visit(t)
	}
	return ordered
}

// postgres brings every table back into an empty database, in two transactions: the second one fills the warehouse's
// tables of rows, which are built in between from the template versions. A database in which the second one failed is
// of no use and is refused from then on.
func (r *reader) postgres() error {
	p, err := r.openEmpty()
	if err != nil {
		return err
	}
	defer p.Close()
	waiting := map[string]string{} // table → its content, spooled
	defer func() {
		for _, path := range waiting {
			_ = os.Remove(path)
		}
	}()
	inOne := func(fn func(tx pgx.Tx) error) error { return pgx.BeginFunc(r.ctx, p.DB.Pool, fn) }
	err = inOne(func(tx pgx.Tx) error { return r.readTables(p, tx, waiting) })
	if err == nil {
		err = buildTables(r.ctx, p)
	}
	if err == nil {
		err = inOne(func(tx pgx.Tx) error {
			if err := r.readRows(tx, waiting); err != nil {
				return err
			}
			if err := setSequences(r.ctx, tx); err != nil {
				return err
			}
			return r.readFiles()
		})
	}
	if err != nil {
		return database.Fault(fmt.Errorf("restore: %w", err))
	}
	return r.publishFiles()
}

// openEmpty builds the schema in an empty database, which must be the backup's.
func (r *reader) openEmpty() (*portal.Portal, error) {
	full := fault.New(fault.Conflict, "恢复只能到空的数据库，现在的数据库已有数据。请用 --db 另指。")
	db, err := database.Open(r.ctx, r.cfg.DSN, database.Options{Now: r.cfg.Now})
	if err != nil {
		return nil, err
	}
	at, err := db.Version(r.ctx)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	if at != 0 && at != r.sum.Manifest.Schema {
		return nil, full
	}
	cfg := r.cfg
	cfg.Attach = true
	p, err := portal.Open(r.ctx, cfg, true)
	if err != nil {
		return nil, err
	}
	empty, err := p.Empty(r.ctx)
	if err == nil && !empty {
		err = full
	}
	if err == nil {
		at, err = p.DB.Version(r.ctx)
	}
	if err == nil && at != r.sum.Manifest.Schema {
		err = fault.New(fault.Conflict, fmt.Sprintf("备份的数据库是第 %d 版，本程序是第 %d 版。请用备份时的程序（%s）恢复，再升级。",
			r.sum.Manifest.Schema, at, r.sum.Manifest.Program))
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// readTables reads the tables in the order of the backup, and lays aside what belongs into the warehouse's tables.
func (r *reader) readTables(p *portal.Portal, tx pgx.Tx, waiting map[string]string) error {
	for _, t := range r.sum.Manifest.Tables {
		head, err := r.tar.Next()
		if err != nil || head.Name != tablePrefix+t.Name {
			return damaged(err)
		}
		if t.Rows || slices.Contains(built, t.Name) || t.Name == "warehouse_loads" {
			path := filepath.Join(p.Files.TempDir(), "restore-"+t.Name)
			waiting[t.Name] = path
			if err := r.write(path); err != nil {
				return err
			}
			continue
		}
		if _, err := tx.Exec(r.ctx, "TRUNCATE "+t.quoted()+" CASCADE"); err != nil {
			return err
		}
		if _, err := tx.Conn().PgConn().CopyFrom(r.ctx, r.tar, t.copyIn()); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	return nil
}

func (t table) copyIn() string { return fmt.Sprintf("COPY %s (%s) FROM STDIN", t.quoted(), t.list()) }

// readRows fills the warehouse's tables with what was laid aside.
func (r *reader) readRows(tx pgx.Tx, waiting map[string]string) error {
	for _, t := range r.sum.Manifest.Tables {
		path, ok := waiting[t.Name]
		if !ok || slices.Contains(built, t.Name) {
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		_, err = tx.Conn().PgConn().CopyFrom(r.ctx, file, t.copyIn())
		if err = errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	return nil
}

// buildTables builds the table of every template in all its versions, in their order.
func buildTables(ctx context.Context, p *portal.Portal) error {
	rows, err := p.DB.Pool.Query(ctx, `SELECT definition::text FROM template_versions WHERE status <> 'draft' ORDER BY template_id, no`)
	if err != nil {
		return err
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, text := range texts {
		var def models.Definition
		if err := json.Unmarshal([]byte(text), &def); err != nil {
			return fmt.Errorf("read template: %w", err)
		}
		if err := p.Warehouse.Ensure(ctx, &def); err != nil {
			return err
		}
	}
	return nil
}

// setSequences lets every column that counts by itself go on after its greatest value.
func setSequences(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT c.relname::text, a.attname::text, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
			AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL`)
	if err != nil {
		return err
	}
	type counting struct{ table, column, sequence string }
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c counting, err error) {
		return c, row.Scan(&c.table, &c.column, &c.sequence)
	})
	if err != nil {
		return err
	}
	for _, c := range all {
		if slices.Contains(passing, c.table) {
			continue
		}
		column, table := pgx.Identifier{c.column}.Sanitize(), pgx.Identifier{c.table}.Sanitize()
		set := fmt.Sprintf("SELECT setval($1, coalesce(max(%s), 1), max(%s) IS NOT NULL) FROM %s", column, column, table)
		if _, err := tx.Exec(ctx, set, c.sequence); err != nil {
			return err
		}
	}
	return nil
}
