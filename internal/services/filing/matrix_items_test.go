package filing_test

import (
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

// TestItemTallies_AreThoseOfTheMatrix holds the figures of the items against the rows of the matrix: in the tests' plan each
// unit owes one item.
func TestItemTallies_AreThoseOfTheMatrix(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.accepted(zjj)
		d.returned(fgw, "2026-11-20")
		d.filed(fgw) // a second batch of the same task
		d.waive(zrzy, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "系统迁移"})
		d.Clock.Set("2026-12-28", 9, 0)
		d.openPeriods()
		items := map[string]int64{}
		for unit, code := range map[string]string{"zjj": "zjj-02", "fgw": "fgw-05", "zrzy": "zrzy-01"} {
			var item models.CatalogueItem
			d.ok(d.DB.Read.Where("code = ?", code).Take(&item).Error)
			items[unit] = item.ID
		}
		for user, want := range map[string]int{"office": 3, "leader": 3, "tax": 3, "tax.review": 3, "liaison.zjj": 1, "chief.fgw": 1, "liaison.kj": 0, "office.dcf": 0} {
			tallies, err := d.Filing.ItemTallies(d.ctx, d.As(user))
			d.ok(err)
			m, err := d.Filing.Matrix(d.ctx, d.As(user), filing.MatrixFilter{Months: filing.ItemMonths})
			d.ok(err)
			if len(tallies) != want || len(m.Rows) != want {
				t.Errorf("%s sees the tallies of %d items and %d units, want %d", user, len(tallies), len(m.Rows), want)
			}
			for _, row := range m.Rows {
				if got := tallies[items[row.Unit.Code]]; got != row.Sum {
					t.Errorf("%s, %s: %+v, the matrix has %+v", user, row.Unit.Code, got, row.Sum)
				}
			}
		}
		tallies, err := d.Filing.ItemTallies(d.ctx, d.As("office"))
		d.ok(err)
		if rate, ok := tallies[items["zjj"]].Rate(); !ok || rate != 500 { // October on time, November overdue
			t.Errorf("rate %d, %v of %+v", rate, ok, tallies[items["zjj"]])
		}
		for _, user := range []string{"bank", "sysadmin", "secadmin", "auditor"} {
			_, err := d.Filing.ItemTallies(d.ctx, d.As(user))
			refused(t, err, fault.Forbidden)
		}
	})
}

func TestItemTallies_TakeOneQuery(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.accepted(zjj)
		d.Clock.Set("2027-08-10", 9, 0)
		d.openPeriods()
		office := d.As("office")
		if n := d.Queries(func() { _, err := d.Filing.ItemTallies(d.ctx, office); d.ok(err) }); n != 1 {
			t.Errorf("%d queries", n)
		}
	})
}
