package warehouse_test

import (
	"slices"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/testdb"
	"taxportal/internal/warehouse"
)

// standIn gives a plain PostgreSQL the names that distribute calls, with the signatures of Citus 13. Each call is
// noted. It shows that the statements are sound and in order, not what Citus makes of them.
var standIn = []string{
	`CREATE TABLE calls (id bigint GENERATED ALWAYS AS IDENTITY, call text)`,
	`CREATE TABLE pg_dist_partition (logicalrelid regclass)`,
	`CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE sql AS
		$$ INSERT INTO pg_dist_partition VALUES (table_name); INSERT INTO calls (call) VALUES ('copy ' || table_name) $$`,
	`CREATE FUNCTION create_distributed_table(table_name regclass, distribution_column text,
		distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL)
		RETURNS void LANGUAGE sql AS $$ INSERT INTO pg_dist_partition VALUES (table_name);
		INSERT INTO calls (call) VALUES ('spread ' || table_name || ' by ' || distribution_column || ' beside ' || colocate_with) $$`,
}

func TestDistribute_SpreadsEveryTableBesideTheFirst(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		if engine != testdb.Postgres {
			continue // only PostgreSQL has the extension
		}
		w := newWorld(t, testdb.New(t, engine, &migrated))
		for _, statement := range standIn {
			w.exec(statement)
		}
		for _, code := range []string{"bbb-01", "aaa-01", "bbb-01"} {
			def := register(code, models.CoverageIncrement)
			w.ensure(def)
			tx, err := w.db.SQLWrite.BeginTx(t.Context(), nil)
			check(t, err)
			check(t, warehouse.Distribute(t.Context(), tx, def))
			check(t, tx.Commit())
		}
		want := []string{
			"copy templates", "copy template_versions", "copy catalogue_items", "copy filing_tasks", "copy batches",
			"spread w_bbb_01 by _subject beside none", "spread w_aaa_01 by _subject beside w_bbb_01",
		}
		if got := w.texts(`SELECT call FROM calls ORDER BY id`); !slices.Equal(got, want) {
			t.Errorf("called\n%q, want\n%q", got, want)
		}
	}
}
