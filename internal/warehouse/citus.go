package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"taxportal/internal/database"
)

// joined are the tables that the views of effective rows read beside the rows: few and small, so every node of a
// distributed PostgreSQL gets a copy. The order is that of their references.
var joined = []string{"templates", "template_versions", "catalogue_items", "filing_tasks", "batches"}

// spread reports whether the database is a PostgreSQL with the Citus extension.
func (s *Store) spread(ctx context.Context, q querier) (bool, error) {
	if s.db.Engine != database.Postgres {
		return false, nil
	}
	var there bool
	err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')`).Scan(&there)
	return there, err
}

// distributed reports whether Citus knows the table already.
func distributed(ctx context.Context, q querier, table string) (bool, error) {
	var there bool
	err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = to_regclass($1))`, table).Scan(&there)
	return there, err
}

// distribute spreads the table over the nodes by subject, shard by shard on the same node as every other table of the
// warehouse, so that joins between subjects stay local. A table that is spread already stays as it is; what its view
// reads beside the rows is copied all the same, since a later portal may read more.
func distribute(ctx context.Context, tx *sql.Tx, l *layout) error {
	if _, err := tx.ExecContext(ctx, `SET LOCAL citus.multi_shard_modify_mode TO 'sequential'`); err != nil {
		return err
	}
	for _, table := range joined {
		there, err := distributed(ctx, tx, table)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		if _, err := tx.ExecContext(ctx, `SELECT create_reference_table($1::regclass)`, table); err != nil {
			return fmt.Errorf("copy %s to all nodes: %w", table, err)
		}
	}
	if done, err := distributed(ctx, tx, l.table); err != nil || done {
		return err
	}
	beside := "none" // the first table makes the group that the others join
	err := tx.QueryRowContext(ctx, `SELECT t.table_name FROM warehouse_tables t
		JOIN pg_dist_partition p ON p.logicalrelid = to_regclass(t.table_name) ORDER BY 1 LIMIT 1`).Scan(&beside)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = tx.ExecContext(ctx, `SELECT create_distributed_table($1::regclass, $2, colocate_with => $3)`, l.table, colSubject, beside)
	if err != nil {
		return fmt.Errorf("distribute %s: %w", l.table, err)
	}
	return nil
}
