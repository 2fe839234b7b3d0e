package filing_test

import (
	"testing"

	"taxportal/internal/models"
)

// task reads a task as it is stored.
func (d *desk) task(code string) models.FilingTask {
	d.t.Helper()
	var task models.FilingTask
	d.ok(d.DB.Read.Where("code = ?", code).Take(&task).Error)
	return task
}

func (d *desk) openPeriods() int {
	d.t.Helper()
	n, err := d.Filing.OpenPeriods(d.ctx)
	d.ok(err)
	return n
}

func TestOpenPeriods_WritesEachTaskOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		if n := d.openPeriods(); n != 0 {
			t.Errorf("%d tasks written again", n)
		}
		d.Clock.Set("2026-12-01", 0, 5)
		if n := d.openPeriods(); n != 3 { // the three items with a template, December
			t.Errorf("%d tasks written for December, want 3", n)
		}
		var without int64
		d.ok(d.DB.Read.Model(&models.FilingTask{}).Where("code LIKE ?", "ZJJ-01-%").Count(&without).Error)
		if without != 0 {
			t.Errorf("%d tasks of an item without a template", without)
		}
	})
}

func TestOpenPeriods_DueDatesRollToAWorkingDay(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.Clock.Set("2027-06-01", 9, 0)
		d.openPeriods()
		for code, want := range map[string]struct{ opens, due, lock models.Instant }{
			"ZJJ-02-202610": {models.Day("2026-11-01").At(0, 0), models.Day("2026-11-25").At(17, 0), models.Day("2026-12-26").At(0, 0)},
			"ZJJ-02-202703": {models.Day("2027-04-01").At(0, 0), models.Day("2027-04-26").At(17, 0), models.Day("2027-05-27").At(0, 0)}, // the 25th is a Sunday
			"ZJJ-02-202702": {models.Day("2027-03-01").At(0, 0), models.Day("2027-03-25").At(17, 0), models.Day("2027-04-25").At(0, 0)},
		} {
			task := d.task(code)
			if task.OpensAt != want.opens || task.DueAt != want.due || task.LockAt != want.lock {
				t.Errorf("%s opens %v, is due %v, locks %v", code, task.OpensAt.Time(), task.DueAt.Time(), task.LockAt.Time())
			}
		}
	})
}

func TestOpenPeriods_ATaskIsFrozenWhenItIsWritten(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		before := d.task("ZJJ-02-202611")
		var version models.TemplateVersion
		d.ok(d.DB.Read.Where("id = ?", before.TemplateVersionID).Take(&version).Error)
		next := version.Definition
		next.Fields = append(next.Fields, models.Field{Code: "remark", Name: "备注", Type: models.TypeText, Caliber: "其他说明。"})
		published, err := d.Catalogue.Publish(d.ctx, d.As("office"), next, "2026-11")
		d.ok(err)
		d.ok(d.DB.Write.Model(&models.CatalogueItem{}).Where("id = ?", before.ItemID).Update("due_days", 5).Error)

		d.Clock.Set("2026-12-01", 9, 0)
		d.openPeriods()
		if after := d.task("ZJJ-02-202611"); after.DueAt != before.DueAt || after.TemplateVersionID != before.TemplateVersionID {
			t.Errorf("November changed: due %v, version %d", after.DueAt.Time(), after.TemplateVersionID)
		}
		december := d.task("ZJJ-02-202612")
		if december.TemplateVersionID != published.ID || december.DueAt.Day() != "2027-01-05" {
			t.Errorf("December: version %d, want %d; due %s", december.TemplateVersionID, published.ID, december.DueAt.Day())
		}
	})
}

func TestOpenPeriods_CyclesLongerThanAMonth(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		template := d.task(zjj).TemplateVersionID
		d.ok(d.DB.Write.Exec(`UPDATE catalogue_items SET template_id = (SELECT template_id FROM template_versions WHERE id = ?)
			WHERE code IN ('fgw-04', 'zjj-09', 'zjj-06')`, template).Error) // quarter, half, year
		d.Clock.Set("2027-01-10", 9, 0)
		d.openPeriods()
		for code, month := range map[string]string{"FGW-04-2026Q4": "2026-12", "ZJJ-09-2026H2": "2026-12", "ZJJ-06-2026": "2026-12", "FGW-04-2027Q1": "2027-03"} {
			if task := d.task(code); task.Month != month {
				t.Errorf("%s stands in %s, want %s", code, task.Month, month)
			}
		}
	})
}

func TestOpenPeriods_RetiredItemsGetNoNewTask(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ok(d.DB.Write.Model(&models.CatalogueItem{}).Where("code = ?", "zjj-02").Update("retired_at", models.At(d.Clock.Now())).Error)
		d.Clock.Set("2026-12-01", 9, 0)
		if n := d.openPeriods(); n != 2 {
			t.Errorf("%d tasks written, want those of the two other items", n)
		}
	})
}
