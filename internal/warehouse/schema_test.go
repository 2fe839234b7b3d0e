package warehouse_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
)

// columnsOf returns the columns of a table in order, as name and type.
func (w *world) columnsOf(table string) []string {
	w.tb.Helper()
	if w.db.Engine == "sqlite" {
		return w.texts(`SELECT name || ' ' || type FROM pragma_table_info(?) ORDER BY cid`, table)
	}
	return w.texts(`SELECT column_name || ' ' || data_type FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position`, table)
}

func TestEnsure_BuildsATypedTable(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ensure(permits())
		integer, text, binary := "INTEGER", "TEXT", "BLOB"
		if w.db.Engine == "postgres" {
			integer, text, binary = "bigint", "text", "bytea"
		}
		want := []string{
			"_batch_id " + integer, "_row_no " + integer, "_subject " + binary, "_period " + text, "_unit_id " + integer,
			"taxpayer " + text, "name " + text, "area " + integer, "amount " + integer, "owner " + binary, "owner_h " + binary,
			"lender " + text, "lender_h " + binary, "income " + binary, "issued " + text,
		}
		if got := w.columnsOf("w_zjj_02"); !slices.Equal(got, want) {
			t.Errorf("columns are\n%q, want\n%q", got, want)
		}
		if n := w.number(`SELECT count(*) FROM e_zjj_02`); n != 0 {
			t.Errorf("the view of an empty table has %d rows", n)
		}
	})
}

func TestEnsure_WidensAndKeepsOldRows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v1 := register("aaa-01", models.CoverageIncrement)
		v2 := register("aaa-01", models.CoverageIncrement)
		v2.Version, v2.Fields = 2, []models.Field{
			{Code: "plate", Type: models.TypePlate}, v1.Fields[1], {Code: "order", Type: models.TypeInteger}, v1.Fields[0],
		}
		w.ensure(v1)
		old := w.batch("aaa-01", unitA, "2026-09")
		w.load(v1, old, []models.Record{row(2, "", "旧")})
		w.setState(old, models.BatchEffective)
		w.ensure(v2)
		w.ensure(v2)
		w.ensure(v1) // versions come in any order
		fresh := w.batch("aaa-01", unitA, "2026-10")
		w.load(v2, fresh, []models.Record{{RowNo: 2, Values: []models.Value{text("鲁P12345"), text("新"), num(7), null()}}})
		w.setState(fresh, models.BatchEffective)

		if got := w.effective(v1, warehouse.Filter{}); !slices.Equal(got, []string{"旧", "新"}) {
			t.Errorf("read as version 1: %q", got)
		}
		rows, err := w.EffectiveRows(t.Context(), v2, warehouse.Filter{})
		check(t, err)
		if v := rows[0].Values; !v[0].Null || v[1].Text != "旧" || !v[2].Null {
			t.Errorf("the old row reads as %+v", v)
		}
		if v := rows[1].Values; v[0].Text != "鲁P12345" || v[1].Text != "新" || v[2].Int != 7 || !v[3].Null {
			t.Errorf("the new row reads as %+v", v)
		}
		if n := w.number(`SELECT count(*) FROM e_aaa_01 WHERE "order" = 7 AND plate_h IS NOT NULL`); n != 1 {
			t.Errorf("the view finds %d rows by the new columns", n)
		}
	})
}

func TestEnsure_RefusesWhatATableCannotDo(t *testing.T) {
	tests := []struct {
		name   string
		change func(d *models.Definition)
		says   string
	}{
		{"another type", func(d *models.Definition) { d.Fields[1].Type = models.TypeAddress }, "类型"},
		{"another scale", func(d *models.Definition) { d.Fields[2].Scale = 3 }, "小数位数"},
		{"sealed now", func(d *models.Definition) { d.Fields[1].Sensitive = true }, "是否敏感"},
		{"open now", func(d *models.Definition) { d.Fields[4].Sensitive = false }, "是否敏感"},
		{"no longer the subject", func(d *models.Definition) { d.Fields[0].Subject = false }, "是否主体"},
		{"another subject", func(d *models.Definition) {
			d.Fields[0] = models.Field{Code: "company", Type: models.TypeUSCC, Subject: true}
		}, "只能有一个"},
		{"another coverage", func(d *models.Definition) { d.Coverage = models.CoverageSnapshot }, "数据范围"},
		{"a field named like a hash column", func(d *models.Definition) {
			d.Fields = append(d.Fields, models.Field{Code: "lender_h", Type: models.TypeText})
		}, "重名"},
	}
	each(t, func(t *testing.T, w *world) {
		w.ensure(permits())
		before := w.columnsOf("w_zjj_02")
		for _, tt := range tests {
			def := permits()
			def.Fields = append(def.Fields, models.Field{Code: "extra", Type: models.TypeText})
			tt.change(def)
			err := w.Ensure(t.Context(), def)
			message, _ := fault.Message(err)
			if kind := fault.Of(err); kind != fault.Conflict && kind != fault.Invalid || !strings.Contains(message, tt.says) {
				t.Errorf("%s: error is %v", tt.name, err)
			}
		}
		if after := w.columnsOf("w_zjj_02"); !slices.Equal(before, after) {
			t.Errorf("a refused change left %q", after)
		}
		check(t, w.Ensure(t.Context(), permits()))
	})
}

func TestEnsure_RefusesHostileCodes(t *testing.T) {
	store := warehouse.New(nil, nil) // a code that reached the database would panic
	field := func(code string) *models.Definition {
		d := register("aaa-01", models.CoverageIncrement)
		d.Fields[1].Code = code
		return d
	}
	tests := map[string]*models.Definition{
		"quote":            field(`a" integer); DROP TABLE batches; --`),
		"system column":    field("_subject"),
		"upper case":       field("Name"),
		"blank":            field("a b"),
		"empty":            field(""),
		"Chinese":          field("名称"),
		"too long":         field("a" + strings.Repeat("b", 41)),
		"line feed":        field("name\n"),
		"PostgreSQL's own": field("ctid"),
		"twice":            field("taxpayer"),
		"two subjects": {Code: "aaa-01", Coverage: models.CoverageIncrement, Fields: []models.Field{
			{Code: "a", Type: models.TypeUSCC, Subject: true}, {Code: "b", Type: models.TypeUSCC, Subject: true},
		}},
		"no fields":   {Code: "aaa-01", Coverage: models.CoverageIncrement},
		"no coverage": register("aaa-01", ""),
	}
	for _, code := range []string{"", "aaa_01", "AAA-01", "aaa-01'", "-aaa", "aaa--01", "1aa", strings.Repeat("a", 41), "aaa-01\n"} {
		tests["template "+code] = register(code, models.CoverageIncrement)
	}
	for name, def := range tests {
		t.Run(name, func(t *testing.T) {
			if err := store.Ensure(t.Context(), def); !fault.Is(err, fault.Invalid) {
				t.Errorf("error is %v, want fault.Invalid", err)
			}
		})
	}
}

func TestEnsure_TakesKeywordsAsFieldCodes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := register("order-01", models.CoverageIncrement)
		for _, code := range []string{"select", "table", "order", "group", "user", "rowid", "oid", "index", "primary"} {
			def.Fields = append(def.Fields, models.Field{Code: code, Type: models.TypeInteger})
		}
		w.ensure(def)
		b := w.batch(def.Code, unitA, "2026-10")
		r := row(2, "", "甲")
		for i := range def.Fields[2:] {
			r.Values = append(r.Values, num(int64(i)))
		}
		w.load(def, b, []models.Record{r})
		rows, err := w.BatchRows(t.Context(), def, b.ID, warehouse.Page{})
		check(t, err)
		if got := rows[0].Values[10].Int; got != 8 {
			t.Errorf("the last field reads as %d, want 8", got)
		}
	})
}

func TestCurrent_SaysWhatIsMissing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		one, other := permits(), register("aaa-01", models.CoverageIncrement)
		w.ensure(one)
		check(t, w.Current(t.Context(), []*models.Definition{one}))
		err := w.Current(t.Context(), []*models.Definition{one, other})
		if message, _ := fault.Message(err); !fault.Is(err, fault.Unavailable) || !strings.Contains(message, "aaa-01") {
			t.Errorf("a missing table: %v", err)
		}
		one.Fields = append(one.Fields, models.Field{Code: "extra", Type: models.TypeText})
		if err := w.Current(t.Context(), []*models.Definition{one}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a missing column: %v", err)
		}
		for _, err := range []error{
			errorOf(w.EffectiveRows(t.Context(), one, warehouse.Filter{})),
			errorOf(w.Begin(t.Context(), one, w.batch("zjj-02", unitA, "2026-10"))),
			errorOf(w.BatchRows(t.Context(), other, 1, warehouse.Page{})),
		} {
			if !fault.Is(err, fault.Unavailable) {
				t.Errorf("used all the same: %v", err)
			}
		}
	})
}

func TestEnsure_RenewsTheView(t *testing.T) {
	losses := map[string]string{
		"a view of an older form": `UPDATE warehouse_tables SET view_form = 0`,
		"a dropped view":          `DROP VIEW e_zjj_02`,
	}
	each(t, func(t *testing.T, w *world) {
		def := permits()
		for name, loss := range losses {
			w.ensure(def)
			w.exec(loss)
			if err := w.Current(t.Context(), []*models.Definition{def}); !fault.Is(err, fault.Unavailable) {
				t.Errorf("%s: Current says %v", name, err)
			}
			w.ensure(def)
			check(t, w.Current(t.Context(), []*models.Definition{def}))
			w.number(`SELECT count(*) FROM e_zjj_02`)
		}
		w.exec(`DROP VIEW e_zjj_02`)
		w.exec(`DROP TABLE w_zjj_02`)
		if err := w.Ensure(t.Context(), def); err == nil {
			t.Error("a dropped table is made anew, without its rows")
		}
	})
}

func errorOf[T any](_ T, err error) error { return err }
