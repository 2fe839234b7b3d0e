package filing_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/filing"
)

// TestLists_StandInThePlansOrder holds every list that goes by units to the plan's order: a sub-unit, which has no number of
// its own, behind the unit above it, and units of counties behind all of these.
func TestLists_StandInThePlansOrder(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		office := d.As("office")
		d.ok(d.DB.Write.Exec(`UPDATE catalogue_items SET template_id = (SELECT template_id FROM catalogue_items WHERE code = 'zjj-02'), cycle = 'month' WHERE code IN ('ga-jj-01', 'ga-01')`).Error)
		d.ok(d.DB.Write.Exec(`UPDATE catalogue_items SET unit_id = (SELECT id FROM units WHERE code = 'dcf') WHERE code = 'zrzy-01'`).Error)
		d.ok(d.DB.Write.Exec(`UPDATE filing_tasks SET unit_id = (SELECT id FROM units WHERE code = 'dcf') WHERE code LIKE 'ZRZY-01-%'`).Error)
		d.openPeriods()
		d.ok(d.DB.Write.Exec(`INSERT INTO batches (code, task_id, unit_id, no, kind, state, created_by, created_name, created_at, signed_at)
			SELECT code || '-1', id, unit_id, 1, 'nil', 'filed', 1, '', 0, 1 FROM filing_tasks WHERE code LIKE '%-202610'`).Error)
		for _, unit := range []string{"dcf", "ga-jj", "zjj", "ga", "fgw"} {
			_, err := d.Desk.Raise(d.ctx, office, catalogue.CallInput{Unit: unit, Title: "名录", What: "在建项目", Why: "核对减免", Law: "《税收征收管理法》", Article: "第六条", Due: "2026-11-30"})
			d.ok(err)
		}
		d.ok(d.DB.Write.Exec(`INSERT INTO catalogue_proposals (code, kind, unit_id, about_id, text, reason, state, created_by, created_name, created_at)
			SELECT 'BG-' || u.code, 'add', u.id, u.id, '补充', '需要', 'tabled', 1, '', 0 FROM units u WHERE u.code IN ('dcf', 'ga-jj', 'zjj', 'ga', 'fgw')`).Error)
		d.ok(d.DB.Write.Exec(`INSERT INTO waivers (code, task_id, unit_id, kind, state, reason, created_by, created_at)
			SELECT 'SQ-' || code, id, unit_id, 'exempt', 'asked', '理由', 1, 0 FROM filing_tasks WHERE code LIKE '%-202611'`).Error)

		const want = "fgw ga ga-jj zjj dcf"
		lists := map[string]func() []string{
			"matrix": func() []string {
				m, err := d.Filing.Matrix(d.ctx, office, filing.MatrixFilter{})
				d.ok(err)
				return mapped(m.Rows, func(r filing.MatrixRow) string { return r.Unit.Code })
			},
			"tasks": func() []string {
				rows, _, err := d.Filing.Tasks(d.ctx, office, filing.TaskFilter{Sort: "unit", Page: 1, Size: 100})
				d.ok(err)
				return mapped(rows, func(r filing.TaskRow) string { return r.Task.Unit.Code })
			},
			"inbox": func() []string {
				rows, _, err := d.Filing.Inbox(d.ctx, office, filing.InboxFilter{Sort: "unit", Page: 1, Size: 100})
				d.ok(err)
				return mapped(rows, func(b models.Batch) string { return b.Task.Unit.Code })
			},
			"waivers": func() []string {
				rows, _, err := d.Filing.Waivers(d.ctx, office, filing.WaiverFilter{Sort: "unit", Page: 1, Size: 100})
				d.ok(err)
				return mapped(rows, func(w models.Waiver) string { return w.Task.Unit.Code })
			},
			"templates": func() []string {
				rows, err := d.Catalogue.Templates(d.ctx, office)
				d.ok(err)
				var items []models.CatalogueItem
				for _, r := range rows {
					items = append(items, r.Items...)
				}
				return mapped(items, func(i models.CatalogueItem) string { return i.Unit.Code })
			},
			"calls": func() []string {
				rows, _, err := d.Desk.Calls(d.ctx, office, catalogue.CallFilter{Sort: "unit", Page: 1, Size: 100})
				d.ok(err)
				return mapped(rows, func(c models.Call) string { return c.Unit.Code })
			},
			"proposals": func() []string {
				rows, _, err := d.Desk.Proposals(d.ctx, office, catalogue.ProposalFilter{Sort: "unit", Page: 1, Size: 100})
				d.ok(err)
				return mapped(rows, func(p models.Proposal) string { return p.About.Code })
			},
			"units": func() []string {
				rows, _, err := d.Directory.ListUnits(d.ctx, office, directory.UnitFilter{Page: 1, Size: 200})
				d.ok(err)
				return only(mapped(rows, func(r directory.UnitRow) string { return r.Code }), want)
			},
			"catalogue": func() []string {
				sheet, err := d.Catalogue.Items(d.ctx, office)
				d.ok(err)
				return only(mapped(sheet.Units, func(u models.Unit) string { return u.Code }), want)
			},
			"choice of units for a call": func() []string {
				units, err := d.Desk.CallUnits(d.ctx, office)
				d.ok(err)
				return only(mapped(units, func(u models.Unit) string { return u.Code }), want)
			},
		}
		for name, list := range lists {
			if got := strings.Join(slices.Compact(list()), " "); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
	})
}

func mapped[T any](list []T, code func(T) string) []string {
	codes := make([]string, len(list))
	for i, one := range list {
		codes[i] = code(one)
	}
	return codes
}

// only keeps the codes that are wanted, in the order in which they came.
func only(codes []string, want string) []string {
	return slices.DeleteFunc(codes, func(code string) bool { return !slices.Contains(strings.Fields(want), code) })
}
