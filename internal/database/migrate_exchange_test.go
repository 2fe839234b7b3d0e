package database_test

import (
	"testing"

	"taxportal/internal/database"
	"taxportal/internal/testdb"
)

// filed is a database with a task of October 2026, due on the 25th of November, and its effective batch.
var filed = []string{
	`INSERT INTO jurisdictions (id, code, name, path) VALUES (1, '371500', '聊城市', '/1/')`,
	`INSERT INTO units (id, code, name, kind, path, jurisdiction_id, jurisdiction_path) VALUES (1, 'zjj', '市住房城乡建设局', 'member', '/1/', 1, '/1/')`,
	`INSERT INTO templates (id, code, name, coverage, created_at) VALUES (1, 'zjj-02', '预售许可', 'increment', 1)`,
	`INSERT INTO template_versions (id, template_id, no, status, effective_from, definition, checksum) VALUES (1, 1, 1, 'published', '2026-10', '{}', '')`,
	`INSERT INTO catalogue_items (id, code, unit_id, name, plan_words, cycle, due_days, lock_days) VALUES (1, 'zjj-02', 1, '预售许可', '预售许可', 'month', 25, 30)`,
	`INSERT INTO filing_tasks (id, code, item_id, unit_id, period, month, template_version_id, opens_at, due_at, lock_at)
		VALUES (1, 'ZJJ-02-202610', 1, 1, '2026-10', '2026-10', 1, 1793462400000, 1795597200000, 1798214400000)`,
	`INSERT INTO batches (id, code, task_id, unit_id, no, kind, state, created_by, created_name, created_at, decided_at)
		VALUES (1, 'ZJJ-02-202610-1', 1, 1, 1, 'files', 'superseded', 1, '王静', 1, 2), (2, 'ZJJ-02-202610-2', 1, 1, 2, 'files', 'effective', 1, '王静', 3, 4)`,
	`INSERT INTO holidays (day, workday, name, provisional) VALUES ('2022-12-31', false, '元旦', false), ('2023-01-01', false, '元旦', false),
		('2026-10-01', false, '国庆节', false), ('2026-10-10', true, '国庆节', false), ('2027-01-01', false, '元旦', true)`,
}

func TestMigrate_HandoverAndCalendarTakeOverWhatIsThere(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		old := open(t, dsn, database.Options{Migrations: upTo(t, "00008")})
		must(t, old.Migrate(t.Context()))
		for _, statement := range filed {
			must(t, old.Write.Exec(statement).Error)
		}
		must(t, old.Close())
		db := open(t, dsn, database.Options{})
		must(t, db.Migrate(t.Context()))
		for query, want := range map[string]string{
			"SELECT state FROM handovers WHERE batch_id = 2":       "pending",
			"SELECT created_at FROM handovers":                     "4",
			"SELECT due_on FROM filing_tasks":                      "2026-11-25",
			"SELECT count(*) FROM calendar_years WHERE known":      "3", // 2022, 2023, 2026
			"SELECT year FROM calendar_years WHERE NOT known":      "2027",
			"SELECT notice FROM holidays WHERE day = '2022-12-31'": "2023",
			"SELECT notice FROM holidays WHERE day = '2026-10-10'": "2026",
			"SELECT revision FROM calendar_head":                   "0",
		} {
			var got string
			must(t, db.Read.Raw(query).Scan(&got).Error)
			if got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
	})
}
