package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/testdb"
	"taxportal/internal/warehouse"
)

// stored returns all rows of a batch with open values.
func (w *world) stored(def *models.Definition, b warehouse.Batch) []models.Record {
	w.tb.Helper()
	var out []models.Record
	var after int64
	for {
		rows, err := w.BatchRows(w.tb.Context(), def, b.ID, warehouse.Page{After: after, Reveal: true})
		check(w.tb, err)
		for _, r := range rows {
			out = append(out, r.Record)
			after = r.RowNo
		}
		if len(rows) < warehouse.MaxRows {
			return out
		}
	}
}

// wantRows fails the test if a batch's stored rows are not exactly the records.
func (w *world) wantRows(def *models.Definition, b warehouse.Batch, want []models.Record) {
	w.tb.Helper()
	got := w.stored(def, b)
	if len(got) != len(want) {
		w.tb.Fatalf("the table has %d rows of the batch, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			w.tb.Fatalf("row %d reads as %+v, want %+v", i, got[i], want[i])
		}
	}
	if w.db.Engine == "sqlite" {
		table := "s" + strings.ReplaceAll("_"+def.Code, "-", "_")
		named := w.number(`SELECT count(*) FROM w`+table[1:]+` w WHERE _batch_id = ? AND taxpayer IS NOT NULL`, b.ID)
		if n := w.number(`SELECT count(*) FROM `+table+` WHERE _batch_id = ?`, b.ID); n != named {
			w.tb.Errorf("%d rows can be found by subject, want %d", n, named)
		}
	}
}

func TestLoad_KeepsEveryValue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		records := permitRecords(20_000)
		rare := []models.Value{text("91"), text("㐀𠀀\"';--\n"), num(math.MinInt64), num(math.MaxInt64), text("x"), text("？"), num(math.MinInt64), text("")}
		empty := []models.Value{null(), null(), null(), null(), null(), null(), null(), null()}
		records = append(records,
			models.Record{RowNo: models.RowsPerFile + 1, Values: rare},
			models.Record{RowNo: 99*models.RowsPerFile + 7, Values: empty})
		b := w.batch(def.Code, unitA, "2026-10")
		w.load(def, b, clone(records))
		w.wantRows(def, b, records)
		rows, err := w.BatchRows(t.Context(), def, b.ID, warehouse.Page{Limit: 1, Offset: 19_999})
		check(t, err)
		if r := rows[0]; r.RowNo != 20_001 || r.BatchID != b.ID || r.UnitID != unitA || r.Period != "2026-10" {
			t.Errorf("the row's origin reads as %+v", r)
		}
	})
}

// clone copies records, since a loader keeps what it is given.
func clone(records []models.Record) []models.Record {
	out := make([]models.Record, len(records))
	for i, r := range records {
		out[i] = models.Record{RowNo: r.RowNo, Values: append([]models.Value(nil), r.Values...)}
	}
	return out
}

func TestLoad_TakesWideTables(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := register("aaa-01", models.CoverageIncrement)
		for i := range 398 {
			def.Fields = append(def.Fields, models.Field{Code: fmt.Sprintf("f%d", i), Type: models.TypeInteger})
		}
		w.ensure(def)
		var records []models.Record
		for i := range 600 {
			r := row(int64(i+1), "", "宽")
			for j := range 398 {
				r.Values = append(r.Values, num(int64(i*j)))
			}
			records = append(records, r)
		}
		b := w.batch(def.Code, unitA, "2026-10")
		w.load(def, b, clone(records))
		w.wantRows(def, b, records)
	})
}

func TestLoad_OfNothingIsALoad(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		b := w.batch(def.Code, unitA, "2026-10")
		w.load(def, b, nil)
		w.setState(b, models.BatchEffective)
		if got := w.effective(def, warehouse.Filter{}); len(got) != 0 {
			t.Errorf("an empty batch has %q", got)
		}
	})
}

func TestLoad_AfterABrokenOneLeavesExactlyItsRows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		b, other := w.batch(def.Code, unitA, "2026-10"), w.batch(def.Code, unitB, "2026-10")
		neighbours := permitRecords(700)
		w.load(def, other, clone(neighbours))

		half, err := w.Begin(t.Context(), def, b)
		check(t, err)
		for from := 0; from < 18_000; from += 1000 {
			check(t, half.Append(t.Context(), permitRecords(20_000)[from:from+1000]))
		}
		want := permitRecords(9_000)[4_000:] // the file was mended meanwhile
		w.load(def, b, clone(want))
		if err := half.Append(t.Context(), []models.Record{permit(19_999)}); err == nil {
			_, err = half.Finish(t.Context())
			if !errors.Is(err, warehouse.ErrOvertaken) || !fault.Is(err, fault.Conflict) {
				t.Errorf("the overtaken load ends with %v", err)
			}
		}
		w.wantRows(def, b, want)
		w.wantRows(def, other, neighbours)
		w.load(def, b, clone(want)) // done again, it is the same
		w.wantRows(def, b, want)
	})
}

func TestLoad_CanBeCancelledInTheMiddle(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		b := w.batch(def.Code, unitA, "2026-10")
		ctx, cancel := context.WithCancel(t.Context())
		ld, err := w.Begin(ctx, def, b)
		check(t, err)
		check(t, ld.Append(ctx, permitRecords(12_000)))
		cancel()
		for i := range 3 {
			if err = ld.Append(t.Context(), []models.Record{permit(12_000 + i)}); err != nil {
				break
			}
		}
		_, err = ld.Finish(t.Context())
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled load ends with %v", err)
		}
		if again := ld.Close(); !errors.Is(again, context.Canceled) {
			t.Errorf("Close says %v", again)
		}
		w.setState(b, models.BatchEffective) // never happens; even then nothing half done is counted
		rows, err := w.EffectiveRows(t.Context(), def, warehouse.Filter{})
		check(t, err)
		if len(rows) != 0 {
			t.Errorf("%d rows of a broken load are effective", len(rows))
		}
		w.setState(b, models.BatchChecking)
		w.load(def, b, permitRecords(100))
		w.wantRows(def, b, permitRecords(100))
	})
}

func TestLoad_GivenUpIsNoLoad(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		b := w.batch(def.Code, unitA, "2026-10")
		ld, err := w.Begin(t.Context(), def, b)
		check(t, err)
		check(t, ld.Append(t.Context(), permitRecords(10)))
		if err := ld.Close(); !errors.Is(err, context.Canceled) {
			t.Errorf("Close says %v", err)
		}
		if err := ld.Append(t.Context(), permitRecords(1)); err == nil {
			t.Error("a closed load takes rows")
		}
		if n := w.number(`SELECT count(*) FROM warehouse_loads WHERE state = 'loaded'`); n != 0 {
			t.Error("a load that was given up counts as complete")
		}
	})
}

func TestLoad_RefusesBrokenRecords(t *testing.T) {
	tests := []struct {
		name    string
		records []models.Record
		says    string
	}{
		{"too few values", []models.Record{{RowNo: 2, Values: []models.Value{null()}}}, "1 values"},
		{"row numbers that fall", []models.Record{permit(5), permit(4)}, "ascend"},
		{"a row number used twice", []models.Record{permit(5), permit(5)}, "ascend"},
		{"row number zero", []models.Record{permit(-2)}, "ascend"},
		{"NUL", []models.Record{named("a\x00b")}, "NUL"},
		{"broken UTF-8", []models.Record{named("a\xffb")}, "UTF-8"},
	}
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				b := w.batch(def.Code, unitA, "2026-10")
				ld, err := w.Begin(t.Context(), def, b)
				check(t, err)
				check(t, ld.Append(t.Context(), clone(tt.records)))
				_, err = ld.Finish(t.Context())
				if err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("error is %v, want it to say %q", err, tt.says)
				}
				if _, again := ld.Finish(t.Context()); !errors.Is(again, err) {
					t.Errorf("Finish says %v, then %v", err, again)
				}
			})
		}
	})
}

func named(name string) models.Record {
	r := permit(0)
	r.Values[1] = text(name)
	return r
}

func TestLoad_LeavesRowsThatCountAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		b := w.batch(def.Code, unitA, "2026-10")
		w.load(def, b, permitRecords(3))
		for _, state := range []string{"effective", "superseded"} {
			w.exec(`UPDATE batches SET state = ? WHERE id = ?`, state, b.ID)
			if _, err := w.Begin(t.Context(), def, b); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: Begin says %v", state, err)
			}
			if _, err := w.Purge(t.Context(), def.Code, b.ID); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: Purge says %v", state, err)
			}
		}
		w.wantRows(def, b, permitRecords(3))
		if _, err := w.Begin(t.Context(), def, warehouse.Batch{ID: 4711}); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown batch: %v", err)
		}
		other := register("aaa-01", models.CoverageIncrement)
		w.ensure(other)
		w.setState(b, models.BatchChecking)
		if _, err := w.Begin(t.Context(), other, b); err == nil {
			t.Error("a batch with rows of one template was loaded under another")
		}
	})
}

func TestPurge_RemovesTheRowsOfOneBatch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		b, other := w.batch(def.Code, unitA, "2026-10"), w.batch(def.Code, unitB, "2026-10")
		w.load(def, b, permitRecords(3_210))
		w.load(def, other, permitRecords(321))
		for _, want := range []int64{3_210, 0} {
			rows, err := w.Purge(t.Context(), def.Code, b.ID)
			check(t, err)
			if rows != want {
				t.Errorf("purged %d rows, want %d", rows, want)
			}
		}
		w.wantRows(def, b, nil)
		w.wantRows(def, other, permitRecords(321))
		for _, code := range []string{"zzz-99", `w"; DROP TABLE batches; --`} {
			if rows, err := w.Purge(t.Context(), code, b.ID); rows != 0 || err != nil {
				t.Errorf("template %q: %d rows, %v", code, rows, err)
			}
		}
	})
}

func TestPurge_StopsALoadThatIsUnderWay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		b := w.batch(def.Code, unitA, "2026-10")
		ld, err := w.Begin(t.Context(), def, b)
		check(t, err)
		check(t, ld.Append(t.Context(), permitRecords(10)))
		_, err = w.Purge(t.Context(), def.Code, b.ID)
		check(t, err)
		if _, err := ld.Finish(t.Context()); !errors.Is(err, warehouse.ErrOvertaken) {
			t.Errorf("the load ends with %v", err)
		}
		w.wantRows(def, b, nil)
	})
}

// A page's write gets its turn many times while a load runs: the load gives the only writer of SQLite back after each
// of its transactions.
func TestLoad_LetsOtherWritesIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		b := w.batch(def.Code, unitA, "2026-10")
		w.exec(`INSERT INTO meta (key, value) VALUES ('page', '0')`)
		ld, err := w.Begin(t.Context(), def, b)
		check(t, err)
		done := make(chan error, 1)
		go func() {
			defer close(done)
			for from := 0; from < 60_000; from += 1000 {
				if err := ld.Append(t.Context(), permitRange(from, from+1000)); err != nil {
					done <- err
					return
				}
			}
			_, err := ld.Finish(t.Context())
			done <- err
		}()
		writes := 0
		for running := true; running; {
			select {
			case err := <-done:
				check(t, err)
				running = false
			default:
				check(t, w.db.Tx(t.Context(), func(tx *gorm.DB) error {
					return tx.Exec(`UPDATE meta SET value = ? WHERE key = 'page'`, fmt.Sprint(writes)).Error
				}))
				writes++
			}
		}
		if writes < 5 {
			t.Errorf("only %d writes got in while 60,000 rows were loaded", writes)
		}
		if n := w.number(`SELECT count(*) FROM w_zjj_02`); n != 60_000 {
			t.Errorf("%d rows, want 60000", n)
		}
	})
}

// permitRange returns the permits from number from up to number to.
func permitRange(from, to int) []models.Record {
	out := make([]models.Record, 0, to-from)
	for i := from; i < to; i++ {
		out = append(out, permit(i))
	}
	return out
}

func TestLoad_LeavesTheWriterAsDurableAsItWas(t *testing.T) {
	w := newWorld(t, testdb.New(t, testdb.SQLite, &migrated))
	def := permits()
	w.ensure(def)
	want := w.synchronous()
	w.load(def, w.batch(def.Code, unitA, "2026-09"), permitRecords(100))
	if got := w.synchronous(); got != want {
		t.Errorf("synchronous is %d after a load, was %d", got, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ld, err := w.Begin(ctx, def, w.batch(def.Code, unitA, "2026-10"))
	check(t, err)
	check(t, ld.Append(ctx, permitRecords(13_000)))
	cancel()
	if err := ld.Close(); err == nil {
		t.Error("a cancelled load ends well")
	}
	if got := w.synchronous(); got != want {
		t.Errorf("synchronous is %d after a cancelled load, was %d", got, want)
	}
}

// synchronous returns the setting of SQLite's writer.
func (w *world) synchronous() (n int) {
	w.tb.Helper()
	check(w.tb, w.db.SQLWrite.QueryRowContext(w.tb.Context(), `PRAGMA synchronous`).Scan(&n))
	return n
}
