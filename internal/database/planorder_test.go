package database_test

import (
	"slices"
	"testing"

	"taxportal/internal/database"
	"taxportal/internal/testdb"
)

// A sub-unit has no number of its own and stands behind its unit, not before number 1; nor do the units of counties.
func TestPlanOrder_SubUnitsBehindTheirUnitAndUnnumberedOnesLast(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		exec(t, db, "CREATE TABLE units (id INTEGER PRIMARY KEY, name TEXT, plan_no INTEGER, parent_id INTEGER, jurisdiction_id INTEGER)",
			`INSERT INTO units VALUES (1, 'office', 0, NULL, 1), (2, 'ga-jj', 0, 5, 1), (3, 'county', 0, NULL, 2), (4, 'county-sub', 0, 3, 2),
			(5, 'ga', 3, NULL, 1), (6, 'fgw', 1, NULL, 1), (7, 'mz', 4, NULL, 1), (8, 'ga-xx', 0, 5, 1), (9, 'bank', 0, NULL, 1)`)
		want := []string{"fgw", "ga", "ga-jj", "ga-xx", "mz", "office", "bank", "county", "county-sub"}
		for _, alias := range []string{"units", "u", `"Unit"`} {
			from := "units"
			if alias != from {
				from += " AS " + alias
			}
			var got []string
			must(t, db.Read.Raw("SELECT name FROM "+from+" ORDER BY "+database.PlanOrder(alias)).Scan(&got).Error)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", alias, got, want)
			}
		}
	})
}
