package warehouse_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/testdb"
	"taxportal/internal/warehouse"
)

// On SQLite no query walks through a whole table of the warehouse: the view goes from the batches to their rows.
// (PostgreSQL decides by its statistics.)
func TestView_GoesFromTheBatchesToTheirRows(t *testing.T) {
	w := newWorld(t, testdb.New(t, testdb.SQLite, &migrated))
	increment, snapshot := register("aaa-01", models.CoverageIncrement), register("aaa-02", models.CoverageSnapshot)
	for _, def := range []*models.Definition{increment, snapshot} {
		w.ensure(def)
		for _, where := range []string{"", " WHERE _unit_id = 1", " ORDER BY _batch_id, _row_no LIMIT 20"} {
			var plan []struct{ Detail string }
			query := "EXPLAIN QUERY PLAN SELECT name FROM " + warehouse.ViewName(def.Code) + where
			check(t, w.db.Read.Raw(query).Scan(&plan).Error)
			text := ""
			for _, step := range plan {
				text += step.Detail + "\n"
			}
			if strings.Contains(text, "SCAN w") || !strings.Contains(text, "SEARCH w USING PRIMARY KEY (_batch_id=?)") ||
				def == snapshot && !strings.Contains(text, "SEARCH t2 USING INDEX sqlite_autoindex_filing_tasks_2 (item_id=?)") ||
				!strings.Contains(text, "INDEX warehouse_loads_table (table_name=?)") {
				t.Errorf("%s%s is read so:\n%s", def.Code, where, text)
			}
		}
	}
}
