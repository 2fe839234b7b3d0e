package warehouse_test

import (
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
)

// compared is a small template whose business key is the taxpayer.
func compared(coverage models.Coverage) *models.Definition {
	def := register("aaa-01", coverage)
	def.Fields[0].Key = true
	return def
}

// fileOne makes a batch with one record of the taxpayer effective.
func (w *world) fileOne(def *models.Definition, b warehouse.Batch, taxpayer, name string) {
	w.tb.Helper()
	w.load(def, b, []models.Record{row(2, taxpayer, name)})
	w.accept(b)
}

// differing returns the names in which the two units disagree, as 甲/乙.
func (w *world) differing(def *models.Definition, since models.Period) []string {
	w.tb.Helper()
	list, err := w.Differences(w.tb.Context(), def, warehouse.Compare{Units: []int64{unitA, unitB}, Since: since})
	check(w.tb, err)
	names := []string{}
	for _, d := range list {
		names = append(names, d.A.Values[1].Text+"/"+d.B.Values[1].Text)
	}
	return names
}

func TestDifferences_CompareWhatUnitsFiledLast(t *testing.T) {
	uscc := cn.MakeUSCC("91", "371500", 1)
	tests := []struct {
		name  string
		file  func(w *world, def *models.Definition)
		since models.Period
		want  string
	}{
		{"values that agree", func(w *world, def *models.Definition) {
			w.fileOne(def, w.batch(def.Code, unitB, "2026-09"), uscc, "甲")
		}, "", ""},
		{"values that differ", func(w *world, def *models.Definition) {
			w.fileOne(def, w.batch(def.Code, unitB, "2026-09"), uscc, "乙")
		}, "", "甲/乙"},
		{"the newest of a key", func(w *world, def *models.Definition) {
			w.fileOne(def, w.batch(def.Code, unitB, "2026-10"), uscc, "甲")
			w.fileOne(def, w.batch(def.Code, unitB, "2026-09"), uscc, "乙")
		}, "", ""},
		{"a quarter ends behind its first months", func(w *world, def *models.Definition) {
			w.fileOne(def, w.batch(def.Code, unitB, "2026-Q3"), uscc, "乙")
			w.fileOne(def, w.batch(def.Code, unitB, "2026-12"), uscc, "甲")
		}, "", ""},
		{"an older quarter is before the months compared", func(w *world, def *models.Definition) {
			w.fileOne(def, w.batch(def.Code, unitB, "2026-Q1"), uscc, "乙")
		}, "2026-04", ""},
		{"the answer to a call is no newer record", func(w *world, def *models.Definition) {
			w.fileOne(def, w.batch(def.Code, unitB, "2026-09"), uscc, "甲")
			w.fileOne(def, w.batchOf(def.Code, "xq2026-001", models.OriginCall, unitB, "once"), uscc, "答复")
		}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				def := compared(models.CoverageIncrement)
				w.ensure(def)
				w.fileOne(def, w.batch(def.Code, unitA, "2026-09"), uscc, "甲")
				tt.file(w, def)
				got := w.differing(def, tt.since)
				if tt.want == "" && len(got) != 0 || tt.want != "" && (len(got) != 1 || got[0] != tt.want) {
					t.Errorf("differing are %q, want %q", got, tt.want)
				}
			})
		})
	}
}
