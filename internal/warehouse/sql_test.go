package warehouse

import (
	"strings"
	"testing"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

func TestInsertSQL_NumbersTheParameters(t *testing.T) {
	tests := []struct {
		name, table  string
		columns      []string
		common, rows int
		want         string
	}{
		{"one row", "t", []string{"a", "b"}, 0, 1, `INSERT OR FAIL INTO "t" ("a", "b") VALUES (?1,?2)`},
		{"common first", "t", []string{"a", "b", "c"}, 1, 2, `INSERT OR FAIL INTO "t" ("a", "b", "c") VALUES (?1,?2,?3),(?1,?4,?5)`},
		{"all common", "t", []string{"a"}, 1, 2, `INSERT OR FAIL INTO "t" ("a") VALUES (?1),(?1)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := insertSQL(tt.table, tt.columns, tt.common, tt.rows); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestCreateView_NamesItsColumnsAndItsBatches(t *testing.T) {
	def := &models.Definition{Code: "zjj-02", Coverage: models.CoverageSnapshot, Fields: []models.Field{
		{Code: "uscc", Type: models.TypeUSCC, Subject: true}, {Code: "phone", Type: models.TypePhone, Sensitive: true},
	}}
	for _, engine := range []database.Engine{database.SQLite, database.Postgres} {
		l, err := layoutOf(def)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(createView(engine, l), "; ")
		for _, want := range []string{`VIEW "e_zjj_02"`, `w."_subject"`, `w."uscc"`, `w."phone_h"`, `b.state = 'effective'`, `p2.code = 'zjj-02'`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in\n%s", engine, want, text)
			}
		}
		if strings.Contains(text, "*") || strings.Contains(text, "uscc_h") {
			t.Errorf("%s: the view selects what it should not:\n%s", engine, text)
		}
	}
}

func TestRowsPerBlock_BoundsWideRows(t *testing.T) {
	for columns, want := range map[int]int{1: blockRows, 12: blockRows, 100: 1500, 400: 375, 1_000_000: 1} {
		if got := rowsPerBlock(columns); got != want {
			t.Errorf("%d columns: %d rows, want %d", columns, got, want)
		}
	}
}
