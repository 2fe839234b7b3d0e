package filing_test

import (
	"slices"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

// countyFiles lets a county file what a city unit files in the tests' plan: 东昌府区财政局 the projects of 市发展改革委.
func (d *desk) countyFiles() {
	d.t.Helper()
	var county models.Unit
	d.ok(d.DB.Read.Where("code = ?", "dcf").Take(&county).Error)
	d.ok(d.DB.Write.Exec("UPDATE catalogue_items SET unit_id = ? WHERE code = 'fgw-05'", county.ID).Error)
	d.ok(d.DB.Write.Exec("UPDATE filing_tasks SET unit_id = ? WHERE code LIKE 'FGW-05-%'", county.ID).Error)
}

// TestMatrix_TheWholeCityOrItsOwnUnits holds that the counties come and go with the tier for those who look after the whole
// city, and that nobody else is shown less or more by it.
func TestMatrix_TheWholeCityOrItsOwnUnits(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.countyFiles()
		d.accepted(zjj)
		d.Clock.Set("2026-11-26", 9, 0)
		for _, test := range []struct {
			user  string
			tier  filing.Tier
			units []string
			late  int
		}{
			{"office", filing.TierWhole, []string{"dcf", "zjj", "zrzy"}, 2},
			{"office", filing.TierCity, []string{"zjj", "zrzy"}, 1},
			{"leader", filing.TierWhole, []string{"dcf", "zjj", "zrzy"}, 2},
			{"leader", filing.TierCity, []string{"zjj", "zrzy"}, 1},
			{"tax", filing.TierCity, []string{"zjj", "zrzy"}, 1},
			{"office", "371502", []string{"dcf"}, 1},
			{"leader", "371526", nil, 0},
			{"office", "village", nil, 0},
			{"office.dcf", "371526", []string{"dcf"}, 1},
			{"office.dcf", filing.TierWhole, []string{"dcf"}, 1},
			{"office.dcf", filing.TierCity, []string{"dcf"}, 1},
			{"office.gt", filing.TierCity, nil, 0},
			{"liaison.zjj", filing.TierCity, []string{"zjj"}, 0},
		} {
			m, err := d.Filing.Matrix(d.ctx, d.As(test.user), filing.MatrixFilter{Tier: test.tier})
			d.ok(err)
			var units []string
			for _, row := range m.Rows {
				units = append(units, row.Unit.Code)
			}
			slices.Sort(units)
			if !slices.Equal(units, test.units) || m.Missing != test.late {
				t.Errorf("%s, %q: %v with %d overdue, want %v with %d", test.user, test.tier, units, m.Missing, test.units, test.late)
			}
		}
		_, err := d.Filing.ExportMatrix(d.ctx, d.As("leader"), filing.MatrixFilter{Tier: filing.TierCity, Months: 6})
		d.ok(err)
		if got, want := d.noted("filing", "export_matrix"), d.As("leader").Name+" 2 个单位，期次 2026-06 至 2026-11，范围 市级"; got != want {
			t.Errorf("the chain says %q, want %q", got, want)
		}
	})
}
