package database_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"taxportal/internal/database"
	"taxportal/internal/database/migrations"
	"taxportal/internal/testdb"
)

// upTo returns the portal's own schema up to a migration, by its number.
func upTo(t *testing.T, last string) fs.FS {
	t.Helper()
	tree := fstest.MapFS{}
	for _, engine := range []string{"sqlite", "postgres"} {
		names, err := fs.Glob(migrations.FS, engine+"/*.sql")
		must(t, err)
		for _, name := range names {
			if name[len(engine)+1:] < last+"~" {
				text, err := fs.ReadFile(migrations.FS, name)
				must(t, err)
				tree[name] = &fstest.MapFile{Data: text}
			}
		}
	}
	return tree
}

// TestMigrate_OrganisationKeepsWhatWasThere brings a portal with areas, units and contacts to the organisation.
func TestMigrate_OrganisationKeepsWhatWasThere(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		before := open(t, dsn, database.Options{Migrations: upTo(t, "00004")})
		must(t, before.Migrate(t.Context()))
		exec(t, before,
			"INSERT INTO jurisdictions (id, code, name, parent_id, path) VALUES (1, '371500', '聊城市', NULL, '/1/')",
			"INSERT INTO jurisdictions (id, code, name, parent_id, path) VALUES (2, '371502', '东昌府区', 1, '/1/2/')",
			"INSERT INTO jurisdictions (id, code, name, parent_id, path) VALUES (3, '371500kf', '开发区', 1, '/1/3/')",
			"INSERT INTO units (id, code, name, kind, path, jurisdiction_id, jurisdiction_path) VALUES (1, 'office', '办公室', 'office', '/1/', 1, '/1/')",
			"INSERT INTO accounts (id, username, name, unit_id, created_at, created_by) VALUES (7, 'office', '甲', 1, 0, 0)",
			"INSERT INTO units (id, code, name, kind, path, jurisdiction_id, jurisdiction_path, contact_id) VALUES (2, 'swj', '市税务局', 'member', '/2/', 1, '/1/', 7)",
			"INSERT INTO units (id, code, name, kind, path, jurisdiction_id, jurisdiction_path) VALUES (3, 'zjj', '市住建局', 'member', '/3/', 1, '/1/')",
		)
		after := open(t, dsn, database.Options{Migrations: upTo(t, "00006")})
		must(t, after.Migrate(t.Context()))
		for query, want := range map[string]int{
			"SELECT count(*) FROM jurisdictions WHERE (code = '371500' AND kind = 'city') OR (code = '371502' AND kind = 'county') OR (code = '371500kf' AND kind = 'zone')": 3,
			"SELECT count(*) FROM units WHERE tax_authority":                                                            1,
			"SELECT count(*) FROM units WHERE version = 1 AND affiliation = '' AND closed_at = 0":                       3,
			"SELECT count(*) FROM unit_contacts WHERE unit_id = 2 AND account_id = 7 AND from_day = '' AND to_day = ''": 1,
			"SELECT count(*) FROM unit_contacts":                                                                        1,
		} {
			var got int
			must(t, after.Read.Raw(query).Scan(&got).Error)
			if got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}
		for _, second := range []string{ // what the schema itself refuses
			"INSERT INTO unit_contacts (unit_id, account_id, from_day) VALUES (2, 7, '2026-01-01')",
			"INSERT INTO units (code, name, kind, path, jurisdiction_id, jurisdiction_path, affiliation) VALUES ('x', 'x', 'member', '/', 1, '/1/', 'king')",
			"UPDATE jurisdictions SET kind = 'village'",
		} {
			if after.Write.Exec(second).Error == nil {
				t.Errorf("taken: %s", second)
			}
		}
	})
}
