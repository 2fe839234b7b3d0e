package demo

import (
	"slices"
	"time"

	"taxportal/internal/models"
	rows "taxportal/seed/demo"
)

// product is the item of which every county has one value (plan 二(二)25).
var product = register{item: "tj-07", rows: 8, format: "xlsx", name: "各县（市、区）生产总值"}

// lateCounty is the one whose value the oldest quarter lacks.
const lateCounty = "371526"

// figures plans the gross product of each county: the first quarter of the story lacks one, explained; later ones are whole.
func (s *story) figures(first models.Period, now time.Time) {
	if !s.serves(product.item) {
		return
	}
	lacks := true
	for p := models.PeriodAt(models.CycleQuarter, first.First().Time()); p.Last().At(24, 0).Time().Before(now); p = p.Next() {
		r := product.in(p)
		s.retell(r.task())
		if !lacks {
			r.template = product.item // a new year's first quarter is far below the last one, which upload explains
			s.files(r, 18)
			continue
		}
		lacks = false
		s.on(onDay(p, 18, 9, 40), "upload "+r.task(), func() error { return s.upload(r.spoiled(withoutLateCounty), models.BatchWarnings) })
		s.on(onDay(p, 18, 10, 0), "explain "+r.task(), func() error {
			return s.explain(r.task(), "高唐县本季数据尚在省级核定，不能对外提供，随下一季度的累计数一并报送。")
		})
		s.goes(r.task(), p, 18)
	}
}

func withoutLateCounty(sheet *rows.Sheet) {
	for i := range sheet.Rows {
		if sheet.Get(i, "gdp_region") == lateCounty {
			sheet.Rows = slices.Delete(sheet.Rows, i, i+1)
			return
		}
	}
}
