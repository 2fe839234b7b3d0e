package database_test

import (
	"errors"
	"slices"
	"testing"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/testdb"
)

// names returns the names that a scope keeps, in order.
func names(t *testing.T, db *database.DB, scopes ...func(*gorm.DB) *gorm.DB) []string {
	t.Helper()
	got := []string{}
	must(t, db.Read.Table("units").Scopes(scopes...).Order("id").Pluck("name", &got).Error)
	return got
}

func TestContains_FindsTextAsItStands(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"Chinese", "住房", []string{"市住房局"}},
		{"latin letters of any case", "abc", []string{"ABC公司", "xabcx"}},
		{"percent is plain", "50%", []string{"50%股"}},
		{"underscore is plain", "_", []string{"a_b"}},
		{"the escape itself", "!", []string{"急!"}},
		{"a backslash", `\`, []string{`c\d`}},
		{"a quote", "'", []string{"o'n"}},
		{"outer blanks do not count", "  住房 ", []string{"市住房局"}},
		{"nothing keeps all", " ", []string{"市住房局", "ABC公司", "xabcx", "50%股", "a_b", "急!", `c\d`, "o'n"}},
		{"no match", "没有", []string{}},
	}
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		exec(t, db, schema[0])
		for i, name := range tests[8].want {
			must(t, db.Write.Exec("INSERT INTO units (id, name) VALUES (?, ?)", i, name).Error)
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				if got := names(t, db, database.Contains("units.name", tt.text)); !slices.Equal(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		}
	})
}

func TestContainsAny_JoinsWithOtherConditions(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		exec(t, db, "CREATE TABLE units (id INTEGER PRIMARY KEY, name TEXT, code TEXT)",
			"INSERT INTO units VALUES (1, 'x', 'q'), (2, 'q', 'y'), (3, 'q', 'q'), (4, 'z', 'z')")
		keep := func(tx *gorm.DB) *gorm.DB { return tx.Where("id < ?", 3) }
		got := names(t, db, keep, database.ContainsAny("q", "name", "code"))
		if !slices.Equal(got, []string{"x", "q"}) {
			t.Errorf("two columns: got %v", got)
		}
		for _, scopes := range [][]func(*gorm.DB) *gorm.DB{
			{keep, database.Contains("name", "q")}, {database.Contains("name", "q"), keep},
		} {
			if got := names(t, db, scopes...); !slices.Equal(got, []string{"q"}) {
				t.Errorf("one column: got %v", got)
			}
		}
	})
}

func TestPage_HoldsItsBounds(t *testing.T) {
	tests := []struct {
		name       string
		page, size int
		want       []string
	}{
		{"first", 1, 2, []string{"a", "b"}},
		{"last", 3, 2, []string{"e"}},
		{"beyond", 9, 2, []string{}},
		{"below the first", -3, 2, []string{"a", "b"}},
		{"no size", 2, 0, []string{"b"}},
		{"too many rows", 1, 1_000_000, []string{"a", "b", "c", "d", "e"}},
	}
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn, database.Options{})
		exec(t, db, schema[0], "INSERT INTO units (id, name) VALUES (1,'a'), (2,'b'), (3,'c'), (4,'d'), (5,'e')")
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				if got := names(t, db, database.Page(tt.page, tt.size)); !slices.Equal(got, tt.want) {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			})
		}
	})
}

func TestInChunks_CoversEachValueOnce(t *testing.T) {
	for _, n := range []int{0, 1, database.MaxIn, database.MaxIn + 1, 3*database.MaxIn - 1} {
		values := make([]int, n)
		for i := range values {
			values[i] = i
		}
		var got []int
		must(t, database.InChunks(values, func(chunk []int) error {
			if len(chunk) > database.MaxIn {
				t.Errorf("a chunk of %d", len(chunk))
			}
			got = append(got, chunk...)
			return nil
		}))
		if !slices.Equal(got, values) && n > 0 {
			t.Errorf("%d values became %d", n, len(got))
		}
	}
	stop := errors.New("stop")
	if err := database.InChunks([]int{1}, func([]int) error { return stop }); err != stop {
		t.Errorf("got %v", err)
	}
}
