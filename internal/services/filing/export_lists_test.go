package filing_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

// noted returns what the chain says last of an action on an object.
func (d *desk) noted(object, action string) string {
	d.t.Helper()
	var entries []models.AuditEntry
	d.ok(d.DB.Read.Where("object = ? AND action = ?", object, action).Order("seq").Find(&entries).Error)
	if len(entries) == 0 {
		return ""
	}
	last := entries[len(entries)-1]
	return last.ActorName + " " + last.Detail
}

func TestExportInbox_HasWhatTheFilterFindsInItsOrder(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.filed(zjj)
		d.Clock.Set("2026-11-12", 9, 0)
		d.filed(fgw)
		d.clean(zrzy) // not signed: waits for nobody in the Office
		for _, c := range []struct {
			name, user string
			filter     filing.InboxFilter
			want       string
			noted      string
		}{
			{"all, longest waiting first", "office", filing.InboxFilter{}, "ZJJ-02-202610-1 FGW-05-202610-1", "赵敏 2 批"},
			{"the newest first", "office", filing.InboxFilter{Sort: "newest"}, "FGW-05-202610-1 ZJJ-02-202610-1", "赵敏 2 批"},
			{"in the plan's order", "office2", filing.InboxFilter{Sort: "unit"}, "FGW-05-202610-1 ZJJ-02-202610-1", "孙立 2 批"},
			{"a page is no bound", "office", filing.InboxFilter{Page: 2, Size: 1}, "ZJJ-02-202610-1 FGW-05-202610-1", "赵敏 2 批"},
			{"unit and text", "office", filing.InboxFilter{Unit: "zjj", Text: "预售"}, "ZJJ-02-202610-1", "赵敏 1 批，单位 ZJJ，关键字 预售"},
			{"nothing", "office", filing.InboxFilter{Text: "100%_"}, "", "赵敏 0 批，关键字 100%_"},
		} {
			var codes []string
			d.ok(d.Filing.ExportInbox(d.ctx, d.As(c.user), c.filter, func(b *models.Batch) error {
				if b.Task.Item.Name == "" || b.Task.Unit.Name == "" || len(b.Task.Batches) != 1 {
					t.Errorf("%s: %s came without its task's parts", c.name, b.Code)
				}
				codes = append(codes, b.Code)
				return nil
			}))
			if got := strings.Join(codes, " "); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
			if got := d.noted("filing", "export_inbox"); got != c.noted {
				t.Errorf("%s: the chain says %q, want %q", c.name, got, c.noted)
			}
		}
	})
}

func TestExportInbox_IsForTheOfficeOfTheArea(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.filed(zjj)
		none := func(b *models.Batch) error { t.Errorf("%s leaves the area", b.Code); return nil }
		d.ok(d.Filing.ExportInbox(d.ctx, d.As("office.dcf"), filing.InboxFilter{}, none))
		for _, user := range []string{"liaison.zjj", "chief.zjj", "leader", "tax", "sysadmin", "bank"} {
			refused(t, d.Filing.ExportInbox(d.ctx, d.As(user), filing.InboxFilter{}, none), fault.Forbidden)
		}
		if got := d.noted("filing", "export_inbox"); !strings.HasSuffix(got, " 0 批") {
			t.Errorf("the chain says %q", got)
		}
		enough := errors.New("enough")
		err := d.Filing.ExportInbox(d.ctx, d.As("office"), filing.InboxFilter{}, func(*models.Batch) error { return enough })
		if !errors.Is(err, enough) {
			t.Errorf("an export that is broken off: %v", err)
		}
	})
}

func TestExportWaivers_HasWhoDecidedAndWhatTheFilterFinds(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for _, task := range []string{zjj, fgw} {
			_, err := d.raise("liaison."+unitOf(task), task, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构调整 " + task})
			d.ok(err)
		}
		d.ok(d.moveWaiver("office", "SQ-"+zjj+"-1", models.VerbPropose, "情况属实"))
		list := func(user string, f filing.WaiverFilter) string {
			t.Helper()
			var rows []string
			d.ok(d.Filing.ExportWaivers(d.ctx, d.As(user), f, func(w filing.WaiverRow) error {
				last := "—"
				if w.Last != nil {
					last = w.Last.ActorName + w.Last.Reason
				}
				rows = append(rows, w.Task.Unit.Code+" "+w.Task.Item.Code+" "+last)
				return nil
			}))
			return strings.Join(rows, "; ")
		}
		const ofZJJ, ofFGW = "zjj zjj-02 赵敏情况属实", "fgw fgw-05 —"
		for _, c := range []struct {
			name, user string
			filter     filing.WaiverFilter
			want       string
			noted      string
		}{
			{"newest first", "office", filing.WaiverFilter{}, ofFGW + "; " + ofZJJ, "赵敏 2 件"},
			{"oldest first", "office", filing.WaiverFilter{Sort: "oldest"}, ofZJJ + "; " + ofFGW, "赵敏 2 件"},
			{"in the plan's order", "office", filing.WaiverFilter{Sort: "unit"}, ofFGW + "; " + ofZJJ, "赵敏 2 件"},
			{"a page is no bound", "office", filing.WaiverFilter{Page: 2, Size: 1}, ofFGW + "; " + ofZJJ, "赵敏 2 件"},
			{"state, kind and unit", "office", filing.WaiverFilter{State: models.WaiverProposed, Kind: models.WaiverExempt, Unit: "ZJJ"}, ofZJJ, "赵敏 1 件，单位 ZJJ，状态 待复核，事项 免报"},
			{"words of the reason", "office", filing.WaiverFilter{Text: "调整 fgw"}, ofFGW, "赵敏 1 件，关键字 调整 fgw"},
			{"the unit's name", "office", filing.WaiverFilter{Text: "住房城乡"}, ofZJJ, "赵敏 1 件，关键字 住房城乡"},
			{"the item's name", "office", filing.WaiverFilter{Text: "预售"}, ofZJJ, "赵敏 1 件，关键字 预售"},
			{"the own ones", "chief.zjj", filing.WaiverFilter{}, ofZJJ, "刘志远 1 件"},
			{"not those of another unit", "liaison.zjj", filing.WaiverFilter{Unit: "fgw"}, "", "王静 0 件，单位 FGW"},
			{"not those of another area", "office.dcf", filing.WaiverFilter{}, "", ""},
		} {
			if got := list(c.user, c.filter); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
			if got := d.noted("waiver", "export"); c.noted != "" && got != c.noted {
				t.Errorf("%s: the chain says %q, want %q", c.name, got, c.noted)
			}
		}
		for _, user := range []string{"leader", "tax", "bank", "auditor"} {
			err := d.Filing.ExportWaivers(d.ctx, d.As(user), filing.WaiverFilter{}, func(filing.WaiverRow) error { t.Errorf("%s gets rows", user); return nil })
			refused(t, err, fault.Forbidden)
			_, _, err = d.Filing.Waivers(d.ctx, d.As(user), filing.WaiverFilter{Page: 1, Size: 20})
			refused(t, err, fault.Forbidden)
		}
	})
}

// TestExportWaivers_LosesNoRowWhenOneMovesOn holds that the order runs through all portions, and that a row which leaves
// the filter while the export runs takes no other one with it, as it would if pages were counted.
func TestExportWaivers_LosesNoRowWhenOneMovesOn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		asked, err := d.raise("liaison.zjj", zjj, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构调整"})
		d.ok(err)
		refused := make([]models.Waiver, database.MaxIn+1)
		for i := range refused {
			refused[i] = models.Waiver{Code: fmt.Sprintf("SQ-%s-%d", zjj, i+2), TaskID: asked.TaskID, UnitID: asked.UnitID, Kind: models.WaiverExempt,
				State: models.WaiverRefused, Reason: "机构调整", CreatedAt: asked.CreatedAt}
		}
		d.ok(d.DB.Write.Omit("Task").CreateInBatches(refused, 100).Error)
		n, before := 0, int64(0)
		queries := d.Queries(func() {
			filter := filing.WaiverFilter{State: models.WaiverRefused, Sort: "oldest"}
			d.ok(d.Filing.ExportWaivers(d.ctx, d.As("office"), filter, func(w filing.WaiverRow) error {
				if w.ID <= before {
					t.Errorf("%s comes after a later one", w.Code)
				}
				if n, before = n+1, w.ID; n == 1 {
					return d.DB.Write.Model(&models.Waiver{}).Where("id = ?", w.ID).Update("state", models.WaiverWithdrawn).Error
				}
				return nil
			}))
		})
		if n != len(refused) || queries > 25 {
			t.Errorf("%d of %d waivers in %d queries", n, len(refused), queries)
		}
	})
}

func TestExportTasks_HasWhatTheFilterFindsAndNotesIt(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.clean(zjj)
		for _, c := range []struct {
			name, user string
			filter     filing.TaskFilter
			want       string
			noted      string
		}{
			{"own unit, a page is no bound", "liaison.zjj", filing.TaskFilter{Page: 2, Size: 1, Month: "2026-10"}, "ZJJ-02-202610", "1 项，期次 2026-10"},
			{"another's unit", "liaison.zjj", filing.TaskFilter{Unit: "fgw"}, "", "0 项，单位 FGW"},
			{"text, in the order of names", "office", filing.TaskFilter{Text: "202610", Sort: "name"}, "ZRZY-01-202610 ZJJ-02-202610 FGW-05-202610", "3 项，关键字 202610"},
			{"standing", "office", filing.TaskFilter{Month: "2026-10", Standing: models.StandingOpen, Sort: "unit"},
				"FGW-05-202610 ZRZY-01-202610 ZJJ-02-202610", "3 项，期次 2026-10，状态 待报"},
			{"state of a batch", "office", filing.TaskFilter{Batch: models.BatchClean}, "ZJJ-02-202610", "1 项，批次状态 校验通过"},
		} {
			var codes []string
			d.ok(d.Filing.ExportTasks(d.ctx, d.As(c.user), c.filter, func(r filing.TaskRow) error {
				codes = append(codes, r.Task.Code)
				return nil
			}))
			if got := strings.Join(codes, " "); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
			if got := d.noted("filing", "export_tasks"); got != d.As(c.user).Name+" "+c.noted {
				t.Errorf("%s: the chain says %q, want %q", c.name, got, c.noted)
			}
		}
		refused(t, d.Filing.ExportTasks(d.ctx, d.As("leader"), filing.TaskFilter{}, func(filing.TaskRow) error { return nil }), fault.Forbidden)
	})
}

func TestExportMatrix_IsNoted(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, err := d.Filing.ExportMatrix(d.ctx, d.As("leader"), filing.MatrixFilter{Months: 6, Text: "住房"})
		d.ok(err)
		if got, want := d.noted("filing", "export_matrix"), d.As("leader").Name+" 1 个单位，期次 2026-06 至 2026-11，关键字 住房"; got != want || len(m.Rows) != 1 {
			t.Errorf("%d rows; the chain says %q, want %q", len(m.Rows), got, want)
		}
	})
}
