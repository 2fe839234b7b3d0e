package filing_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

func TestInbox_FindsByCodesUnitAndText(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.filed(zjj)
		d.filed("FGW-05-202610")
		d.clean("ZRZY-01-202610") // not signed: waits for nobody in the Office
		for _, c := range []struct {
			name   string
			filter filing.InboxFilter
			want   string
		}{
			{"all, longest waiting first", filing.InboxFilter{}, "ZJJ-02-202610-1 FGW-05-202610-1"},
			{"codes without case, unknown ones passed over", filing.InboxFilter{Codes: []string{"fgw-05-202610-1", "GIBTS-1", "ZRZY-01-202610-1"}}, "FGW-05-202610-1"},
			{"no codes are none", filing.InboxFilter{Codes: []string{}}, ""},
			{"unit without case", filing.InboxFilter{Unit: "ZJJ"}, "ZJJ-02-202610-1"},
			{"text", filing.InboxFilter{Text: "固定资产"}, "FGW-05-202610-1"},
			{"in the plan's order", filing.InboxFilter{Sort: "unit"}, "FGW-05-202610-1 ZJJ-02-202610-1"},
			{"the newest first", filing.InboxFilter{Sort: "newest"}, "FGW-05-202610-1 ZJJ-02-202610-1"},
			{"an order that is none", filing.InboxFilter{Sort: "1; DROP"}, "ZJJ-02-202610-1 FGW-05-202610-1"},
		} {
			c.filter.Page, c.filter.Size = 1, 20
			batches, total, err := d.Filing.Inbox(d.ctx, d.As("office"), c.filter)
			d.ok(err)
			var codes []string
			for _, b := range batches {
				codes = append(codes, b.Code)
				if len(b.Task.Batches) != 1 || b.Task.Item.Name == "" || b.Task.Unit.Name == "" {
					t.Errorf("%s: %s came without its task's parts", c.name, b.Code)
				}
			}
			if got := strings.Join(codes, " "); got != c.want || int(total) != len(codes) {
				t.Errorf("%s: %q of %d, want %q", c.name, got, total, c.want)
			}
		}
		if batches, _, err := d.Filing.Inbox(d.ctx, d.As("office.dcf"), filing.InboxFilter{Page: 1, Size: 20}); err != nil || len(batches) != 0 {
			t.Errorf("another county's Office sees %d, %v", len(batches), err)
		}
		_, _, err := d.Filing.Inbox(d.ctx, d.As("liaison.zjj"), filing.InboxFilter{})
		refused(t, err, fault.Forbidden)
	})
}

func TestReturnMany_ChecksAllBeforeItReturnsOne(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first, second := d.filed(zjj).Code, d.filed("FGW-05-202610").Code
		list := []filing.ReturnInput{{Code: first, Reason: "缺少东阿县"}, {Code: strings.ToLower(second), Reason: "　 "}}
		_, err := d.Filing.ReturnMany(d.ctx, d.As("office"), list, "2026-11-20")
		refused(t, err, fault.Invalid, "请填写退回理由")
		if fields, _ := fault.Fields(err); len(fields) != 1 || fields[filing.ReasonField(second)] == "" {
			t.Errorf("fields %v", fields)
		}
		d.is(first, models.BatchFiled)

		for _, due := range []models.Day{"", "2026-11-09", "2026-02-30"} {
			_, err := d.Filing.ReturnMany(d.ctx, d.As("office"), list[:1], due)
			refused(t, err, fault.Invalid, "补正期限")
		}
		_, err = d.Filing.ReturnMany(d.ctx, d.As("chief.zjj"), list[:1], "2026-11-20")
		refused(t, err, fault.Forbidden)

		list[1].Reason = "单位应为万元"
		results, err := d.Filing.ReturnMany(d.ctx, d.As("office"), append(list, filing.ReturnInput{Code: "GIBTS-1", Reason: "x"}), "2026-11-20")
		d.ok(err)
		if len(results) != 3 || results[0].Trouble != "" || results[1].Trouble != "" || results[2].Trouble == "" {
			t.Errorf("results %+v", results)
		}
		d.is(first, models.BatchReturned)
		if page := d.page("FGW-05-202610"); page.History[len(page.History)-1].Reason != "单位应为万元" || page.DueNow != models.Day("2026-11-20").At(17, 0) {
			t.Errorf("returned with %q until %s", page.History[len(page.History)-1].Reason, page.DueNow.Time())
		}
	})
}

func TestReturnMany_TellsOfOneThatHasMovedOn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first, second := d.filed(zjj).Code, d.filed("FGW-05-202610").Code
		d.move(d.As("office2"), first, models.VerbAccept)
		results, err := d.Filing.ReturnMany(d.ctx, d.As("office"), []filing.ReturnInput{{Code: first, Reason: "迟了"}, {Code: second, Reason: "请改"}}, "2026-11-20")
		d.ok(err)
		if !strings.Contains(results[0].Trouble, "已变为“已生效”") || results[1].Trouble != "" {
			t.Errorf("results %+v", results)
		}
		d.is(first, models.BatchEffective)
		d.is(second, models.BatchReturned)
	})
}
