package warehouse_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
)

// file loads rows with the given names as a batch and makes it effective, in place of an older one.
func (w *world) file(def *models.Definition, unit int64, period models.Period, names ...string) warehouse.Batch {
	w.tb.Helper()
	b := w.batch(def.Code, unit, period)
	var records []models.Record
	for i, name := range names {
		records = append(records, row(int64(i+2), "", name))
	}
	w.load(def, b, records)
	w.accept(b)
	return b
}

// fileNil makes a nil return effective.
func (w *world) fileNil(def *models.Definition, unit int64, period models.Period) {
	w.tb.Helper()
	b := w.batch(def.Code, unit, period)
	w.exec(`UPDATE batches SET kind = 'nil' WHERE id = ?`, b.ID)
	w.accept(b)
}

func (w *world) accept(b warehouse.Batch) {
	w.tb.Helper()
	w.exec(`UPDATE batches SET state = 'superseded' WHERE state = 'effective'
		AND task_id = (SELECT task_id FROM batches WHERE id = ?)`, b.ID)
	w.setState(b, models.BatchEffective)
}

func TestEffectiveRows_AreThoseOfEffectiveBatches(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := register("aaa-01", models.CoverageIncrement)
		w.ensure(def)
		want := func(step string, names ...string) {
			t.Helper()
			if got := w.effective(def, warehouse.Filter{}); !slices.Equal(got, names) {
				t.Errorf("%s: effective are %q, want %q", step, got, names)
			}
		}
		first := w.batch(def.Code, unitA, "2026-10")
		w.load(def, first, []models.Record{row(2, "", "甲"), row(3, "", "乙")})
		for _, state := range models.FilingFlow.States {
			w.setState(first, state.State)
			if state.State == models.BatchEffective {
				want("effective", "甲", "乙")
			} else {
				want(string(state.State))
			}
		}
		w.setState(first, models.BatchEffective)
		second := w.batch(def.Code, unitA, "2026-10")
		w.load(def, second, []models.Record{row(2, "", "丙")})
		want("before the correction is accepted", "甲", "乙")
		w.accept(second)
		want("after it", "丙")
	})
}

func TestEffectiveRows_CoverageDecidesWhichPeriodsCount(t *testing.T) {
	tests := []struct {
		coverage models.Coverage
		want     []string
	}{
		{models.CoverageIncrement, []string{"A9", "A10", "B8", "A10 corrected", "A Q4"}},
		{models.CoverageSnapshot, []string{"B8", "A Q4"}},
	}
	for _, tt := range tests {
		t.Run(string(tt.coverage), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				def, other := register("aaa-01", tt.coverage), register("aaa-02", tt.coverage)
				w.ensure(def)
				w.ensure(other)
				w.file(def, unitA, "2026-09", "A9")
				w.file(def, unitA, "2026-10", "A10", "A10 wrong")
				w.file(def, unitB, "2026-08", "B8")
				w.file(def, unitA, "2026-10", "A10 corrected")
				w.file(other, unitB, "2026-12", "of another template")
				w.file(def, unitA, "2026-Q4", "A Q4")
				late := w.batch(def.Code, unitA, "2027-01")
				w.load(def, late, []models.Record{row(2, "", "not accepted")})

				want := tt.want
				if tt.coverage == models.CoverageIncrement { // the correction replaced its whole batch
					want = slices.DeleteFunc(slices.Clone(want), func(s string) bool { return s == "A10" })
				}
				if got := w.effective(def, warehouse.Filter{}); !slices.Equal(got, want) {
					t.Errorf("effective are %q, want %q", got, want)
				}
				w.fileNil(def, unitB, "2026-11") // nothing new, or nothing left
				if tt.coverage == models.CoverageSnapshot {
					want = slices.DeleteFunc(slices.Clone(want), func(s string) bool { return s == "B8" })
				}
				if got := w.effective(def, warehouse.Filter{}); !slices.Equal(got, want) {
					t.Errorf("after a nil return effective are %q, want %q", got, want)
				}
			})
		})
	}
}

// fileCall loads rows with the given names as the answer to an ad-hoc call, which has an item of its own, and makes it
// effective.
func (w *world) fileCall(def *models.Definition, unit int64, call string, names ...string) warehouse.Batch {
	w.tb.Helper()
	b := w.batchOf(def.Code, call, models.OriginCall, unit, "once")
	var records []models.Record
	for i, name := range names {
		records = append(records, row(int64(i+2), "", name))
	}
	w.load(def, b, records)
	w.accept(b)
	return b
}

// The answer to a call in the form of a register's template is no part of that register (plan 二(二)36): it neither
// stands in for the stock nor counts beside what was filed, and is read as the batch that it is.
func TestEffectiveRows_LeaveOutTheAnswersToCalls(t *testing.T) {
	for _, coverage := range []models.Coverage{models.CoverageIncrement, models.CoverageSnapshot} {
		t.Run(string(coverage), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				def := register("aaa-01", coverage)
				w.ensure(def)
				uscc := cn.MakeUSCC("91", "371500", 1)
				subject, _ := w.SubjectOf(models.TypeUSCC, uscc)
				b := w.batch(def.Code, unitA, "2026-Q3")
				w.load(def, b, []models.Record{row(2, uscc, "甲"), row(3, "", "乙")})
				w.accept(b)
				call := w.batchOf(def.Code, "xq2026-001", models.OriginCall, unitA, "once")
				w.load(def, call, []models.Record{row(2, uscc, "答复")})
				w.accept(call)
				w.fileCall(def, unitB, "xq2026-002", "另一家的答复")

				if got, want := w.effective(def, warehouse.Filter{}), []string{"甲", "乙"}; !slices.Equal(got, want) {
					t.Errorf("effective are %q, want %q", got, want)
				}
				if got := w.effective(def, warehouse.Filter{UnitID: unitB}); len(got) != 0 {
					t.Errorf("of the unit that was only called on, effective are %q", got)
				}
				if got := w.effective(def, warehouse.Filter{Subject: &subject}); !slices.Equal(got, []string{"甲"}) {
					t.Errorf("of the subject, effective are %q", got)
				}
				found, err := w.SubjectRows(t.Context(), []*models.Definition{def}, subject, warehouse.Look{})
				check(t, err)
				if len(found) != 1 || found[0].Total != 1 {
					t.Errorf("of the subject, %+v are found", found)
				}
				answer, err := w.BatchRows(t.Context(), def, call.ID, warehouse.Page{})
				check(t, err)
				if got := namesOf(def, answer); !slices.Equal(got, []string{"答复"}) {
					t.Errorf("the answer reads as %q", got)
				}
			})
		})
	}
}

// An item that is filed once only is a register like any other.
func TestEffectiveRows_AnItemFiledOnceCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := register("aaa-01", models.CoverageSnapshot)
		w.ensure(def)
		w.file(def, unitA, "once", "甲")
		if got := w.effective(def, warehouse.Filter{}); !slices.Equal(got, []string{"甲"}) {
			t.Errorf("effective are %q", got)
		}
	})
}

// A view that an older portal has left is renewed by Ensure, and Current asks for it.
func TestEnsure_RenewsAViewOfAnOlderForm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := register("aaa-01", models.CoverageIncrement)
		w.ensure(def)
		w.file(def, unitA, "2026-09", "甲")
		w.fileCall(def, unitA, "xq2026-001", "答复")
		view := warehouse.ViewName(def.Code)
		w.exec(`DROP VIEW ` + view)
		w.exec(`CREATE VIEW ` + view + ` AS SELECT w._batch_id, w._row_no, w._subject, w._period, w._unit_id, w.taxpayer, w.name
			FROM batches b JOIN w_aaa_01 w ON w._batch_id = b.id WHERE b.state = 'effective'`)
		w.exec(`UPDATE warehouse_tables SET view_form = 1`)
		if err := w.Current(t.Context(), []*models.Definition{def}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("with the older view, Current says %v", err)
		}
		w.ensure(def)
		if got := w.effective(def, warehouse.Filter{}); !slices.Equal(got, []string{"甲"}) {
			t.Errorf("effective are %q", got)
		}
		check(t, w.Current(t.Context(), []*models.Definition{def}))
	})
}

// An item that goes over to another unit, because the one that filed it was merged, has one stock: that of its latest
// period, whoever filed it. Two items of one unit that are filed in the same template have each their own.
func TestEffectiveRows_TheStockIsTheItems(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := register("aaa-01", models.CoverageSnapshot)
		w.ensure(def)
		file := func(item string, unit int64, period models.Period, names ...string) {
			t.Helper()
			b := w.batchOf(def.Code, item, models.OriginPlan, unit, period)
			var records []models.Record
			for i, name := range names {
				records = append(records, row(int64(i+2), "", name))
			}
			w.load(def, b, records)
			w.accept(b)
		}
		file("yz-01", unitA, "2026-10", "of the merged unit", "the same")
		file("jt-01", unitB, "2026-10", "of the heir's own item")
		if got, want := w.effective(def, warehouse.Filter{}), []string{"of the merged unit", "the same", "of the heir's own item"}; !slices.Equal(got, want) {
			t.Errorf("before the merger effective are %q, want %q", got, want)
		}
		w.exec(`UPDATE catalogue_items SET unit_id = ? WHERE code = 'yz-01'`, unitB)
		file("yz-01", unitB, "2026-11", "the same")
		if got, want := w.effective(def, warehouse.Filter{}), []string{"of the heir's own item", "the same"}; !slices.Equal(got, want) {
			t.Errorf("after the heir filed effective are %q, want %q", got, want)
		}
	})
}

func TestEffectiveRows_FilterAndPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := register("aaa-01", models.CoverageIncrement)
		w.ensure(def)
		uscc := cn.MakeUSCC("91", "371500", 1)
		all := map[string][]string{}
		for _, unit := range []int64{unitA, unitB} {
			for _, period := range []models.Period{"2026-09", "2026-10"} {
				b := w.batch(def.Code, unit, period)
				var records []models.Record
				for i := range 5 {
					name := fmt.Sprint(unit, period, i)
					records = append(records, row(int64(i+2), map[bool]string{true: uscc}[i%2 == 0], name))
					all["all"] = append(all["all"], name)
					all[fmt.Sprint(unit)] = append(all[fmt.Sprint(unit)], name)
					all[string(period)] = append(all[string(period)], name)
					if i%2 == 0 {
						all["subject"] = append(all["subject"], name)
					}
				}
				w.load(def, b, records)
				w.accept(b)
			}
		}
		subject, _ := w.SubjectOf(models.TypeUSCC, uscc)
		nobody := warehouse.Subject{1}
		tests := []struct {
			name string
			f    warehouse.Filter
			want []string
		}{
			{"all", warehouse.Filter{}, all["all"]},
			{"a unit", warehouse.Filter{UnitID: unitB}, all["2"]},
			{"a period", warehouse.Filter{Period: "2026-09"}, all["2026-09"]},
			{"a unit's period", warehouse.Filter{UnitID: unitB, Period: "2026-10"}, all["2"][5:]},
			{"a subject", warehouse.Filter{Subject: &subject}, all["subject"]},
			{"a subject in a unit's period", warehouse.Filter{Subject: &subject, UnitID: unitA, Period: "2026-09"}, all["subject"][:3]},
			{"a page of a subject", warehouse.Filter{Subject: &subject, Limit: 4, Offset: 5}, all["subject"][5:9]},
			{"nobody", warehouse.Filter{Subject: &nobody}, []string{}},
			{"an unknown unit", warehouse.Filter{UnitID: 9}, []string{}},
			{"a page across batches", warehouse.Filter{Limit: 8, Offset: 3}, all["all"][3:11]},
			{"a page at a batch's edge", warehouse.Filter{Limit: 5, Offset: 5}, all["all"][5:10]},
			{"the last page", warehouse.Filter{Limit: 8, Offset: 16}, all["all"][16:]},
			{"behind the end", warehouse.Filter{Limit: 8, Offset: 20}, []string{}},
			{"a negative page", warehouse.Filter{Limit: -1, Offset: -1}, all["all"]},
		}
		for _, tt := range tests {
			if got := w.effective(def, tt.f); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
			tt.f.Limit, tt.f.Offset = 0, 0
			n, err := w.Count(t.Context(), def, tt.f)
			check(t, err)
			if n < int64(len(tt.want)) {
				t.Errorf("%s: Count says %d", tt.name, n)
			}
		}
	})
}

// Whatever is filed, the view and EffectiveRows agree with a plain model of DESIGN §4.
func TestEffectiveRows_AgreeWithAPlainModel(t *testing.T) {
	type filed struct {
		unit  int64
		month int
		names []string
	}
	each(t, func(t *testing.T, w *world) {
		random := rand.New(rand.NewPCG(20261008, 1))
		for round, coverage := range []models.Coverage{models.CoverageIncrement, models.CoverageSnapshot} {
			def := register(fmt.Sprintf("aaa-%02d", round), coverage)
			w.ensure(def)
			var model []filed
			for i := range 25 {
				f := filed{unit: 1 + random.Int64N(2), month: 1 + random.IntN(6)}
				for j := range random.IntN(4) {
					f.names = append(f.names, fmt.Sprintf("%d/%d", i, j))
				}
				model = slices.DeleteFunc(model, func(old filed) bool { return old.unit == f.unit && old.month == f.month })
				model = append(model, f)
				w.file(def, f.unit, models.Period(fmt.Sprintf("2026-%02d", f.month)), f.names...)
				want := []string{}
				for _, f := range model {
					later := slices.ContainsFunc(model, func(o filed) bool { return o.unit == f.unit && o.month > f.month })
					if coverage == models.CoverageIncrement || !later {
						want = append(want, f.names...)
					}
				}
				if got := w.effective(def, warehouse.Filter{}); !slices.Equal(got, want) {
					t.Fatalf("%s, step %d: %q, want %q", coverage, i, got, want)
				}
			}
		}
	})
}
