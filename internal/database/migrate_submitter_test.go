package database_test

import (
	"testing"

	"taxportal/internal/database"
	"taxportal/internal/testdb"
)

// TestMigrate_BatchesOfBeforeLearnWhoSubmittedThem: the last who did, not who uploaded, and nobody for what was taken back.
func TestMigrate_BatchesOfBeforeLearnWhoSubmittedThem(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		old := open(t, dsn, database.Options{Migrations: upTo(t, "00008")})
		must(t, old.Migrate(t.Context()))
		event := `INSERT INTO flow_events (flow, record_id, verb, from_state, to_state, actor_id, actor_name, actor_post, unit_id, reason, due_at, clock, detail, at) VALUES `
		for _, statement := range append(filed, "UPDATE batches SET submitted_at = 7 WHERE id = 2",
			event+`('filing', 2, 'submit', 'clean', 'signing', 5, '陈洁', '', 1, '', 0, '', '', 5)`,
			event+`('filing', 2, 'submit', 'clean', 'signing', 6, '王静', '', 1, '', 0, '', '', 7)`,
			event+`('filing', 2, 'sign', 'signing', 'filed', 8, '刘志远', '', 1, '', 0, '', '', 8)`,
			event+`('waiver', 2, 'submit', 'clean', 'signing', 9, '别人', '', 1, '', 0, '', '', 9)`,
			event+`('filing', 1, 'submit', 'clean', 'signing', 5, '陈洁', '', 1, '', 0, '', '', 5)`) {
			must(t, old.Write.Exec(statement).Error)
		}
		must(t, old.Close())
		db := open(t, dsn, database.Options{})
		must(t, db.Migrate(t.Context()))
		for query, want := range map[string]string{
			"SELECT submitted_name FROM batches WHERE id = 2": "王静",
			"SELECT submitted_by FROM batches WHERE id = 2":   "6",
			"SELECT submitted_name FROM batches WHERE id = 1": "",
			"SELECT submitted_by FROM batches WHERE id = 1":   "0",
		} {
			var got string
			must(t, db.Read.Raw(query).Scan(&got).Error)
			if got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
	})
}
