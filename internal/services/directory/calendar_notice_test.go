package directory_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/directory"
)

// notice2027 is what an Office might paste: synthetic, since the real one is not out.
const notice2027 = `日期	休班	节名
2026-12-31	休	元旦
2027-01-01 至 2027-01-02	休	元旦
2027-01-25	休	元旦
2027-02-05 至 2027-02-11	休	春节
2027-02-14	班	春节
2027-04-03 至 2027-04-05	休	清明节
2027-05-01 至 2027-05-05	休	劳动节
2027-06-09	休	端午节
2027-09-15	休	中秋节
2027-10-01 至 2027-10-07	休	国庆节
`

func notice(text string, revision int64) directory.NoticeInput {
	return directory.NoticeInput{Year: 2027, Text: text, Source: "国办发明电〔2026〕99号（演示）", Reason: "国务院办公厅公布2027年放假安排", Revision: revision}
}

func TestImportNotice_TheYearIsKnownAndDueDatesFollow(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		d.Clock.Set("2026-12-01", 9, 0)
		_, err := d.Filing.OpenPeriods(t.Context())
		d.ok(err)
		if due := d.task("ZJJ-02-202612").DueAt.Day(); due != "2027-01-25" {
			t.Fatalf("December is due on %s", due)
		}
		cal, err := d.Directory.Calendar(t.Context())
		d.ok(err)
		if day := models.Day("2027-01-25").Time(); !cal.Provisional(day) {
			t.Error("a due date of 2027 is certain before its notice")
		}
		in := notice(notice2027, d.revision())
		preview, err := d.Calendar.PreviewNotice(t.Context(), d.As("office"), in)
		d.ok(err)
		if preview.Tasks != 3 || len(preview.Rows) != 29 || d.task("ZJJ-02-202612").DueAt.Day() != "2027-01-25" || d.revision() != in.Revision {
			t.Errorf("the preview finds %d tasks and %d days, or has left something behind", preview.Tasks, len(preview.Rows))
		}
		c, err := d.Calendar.ImportNotice(t.Context(), d.As("office"), in)
		d.ok(err)
		if c.Moved != 3 || c.What != "2027年放假调休安排公布" || len(c.Days) != len(preview.Moves) || d.task("ZJJ-02-202612").DueAt.Day() != "2027-01-26" {
			t.Errorf("%d moved, %d days, due %s", c.Moved, len(c.Days), d.task("ZJJ-02-202612").DueAt.Day())
		}
		p, err := d.Calendar.Year(t.Context(), d.As("liaison.zjj"), 2027)
		d.ok(err)
		if !p.Year.Known || p.Year.Source != in.Source || p.Year.ChangedName != "赵敏" || len(p.Days) != 28 || p.CanEdit || p.Changes != 1 {
			t.Errorf("%+v, %d days", p.Year, len(p.Days))
		}
		if cal, err = d.Directory.Calendar(t.Context()); err != nil || cal.Provisional(models.Day("2027-01-25").Time()) || cal.IsWorkday(models.Day("2026-12-31").Time()) {
			t.Error("the calendar does not know the notice")
		}
		if year, err := d.Calendar.UnknownYear(t.Context()); year != 2028 || err != nil {
			t.Errorf("next is %d, %v", year, err)
		}
	})
}

func TestImportNotice_TakesThePlaceOfTheEarlierOne(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		own := d.mustDay("2027-03-01", models.DayOff)
		_, err := d.Calendar.ImportNotice(t.Context(), d.As("office"), notice(notice2027, d.revision()))
		d.ok(err)
		later := strings.Replace(notice2027, "2027-06-09	休	端午节", "2027-06-09	休	端午节\n2027-06-10	休	端午节\n2027-06-12	班	端午节", 1)
		later = strings.Replace(later, "2026-12-31	休	元旦\n", "", 1)
		c, err := d.Calendar.ImportNotice(t.Context(), d.As("office2"), notice(later, d.revision()))
		d.ok(err)
		var said []string
		for _, m := range c.Days {
			said = append(said, string(m.Day)+" "+string(m.From)+"-"+string(m.To))
		}
		if got := strings.Join(said, ", "); got != "2026-12-31 off-normal, 2027-06-10 normal-off, 2027-06-12 normal-work" {
			t.Errorf("differences: %s", got)
		}
		cal, err := d.Directory.Calendar(t.Context())
		d.ok(err)
		if cal.IsWorkday(own.Days[0].Day.Time()) {
			t.Error("a day that was changed by itself is gone")
		}
		if !cal.IsWorkday(models.Day("2026-12-31").Time()) || cal.IsWorkday(models.Day("2026-10-01").Time()) {
			t.Error("other years were touched, or the old notice was not")
		}
	})
}

func TestImportNotice_SaysWhatIsWrong(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		for want, in := range map[string]directory.NoticeInput{
			"text 没有写到端午、中秋的放假":          notice(strings.NewReplacer("端午节", "元旦", "中秋节", "元旦").Replace(notice2027), d.revision()),
			"text 第 10 行：2027年9月15日不是周六": notice(strings.Replace(notice2027, "2027-09-15	休", "2027-09-15	班", 1), d.revision()),
			"text 请粘贴一年的放假安排":            notice("", d.revision()),
			"year 只能录入 2020年至2028年的通知":   {Year: 2035, Text: notice2027, Source: "x", Reason: "x", Revision: d.revision()},
			"reason 请填写调整的理由":            {Year: 2027, Text: notice2027, Source: "x", Revision: d.revision()},
		} {
			field, words, _ := strings.Cut(want, " ")
			for _, call := range []func() error{
				func() error { _, err := d.Calendar.PreviewNotice(t.Context(), d.As("office"), in); return err },
				func() error { _, err := d.Calendar.ImportNotice(t.Context(), d.As("office"), in); return err },
			} {
				if fields, _ := fault.Fields(call()); !strings.Contains(fields[field], words) {
					t.Errorf("%s: %v", want, fields)
				}
			}
		}
		_, err := d.Calendar.PreviewNotice(t.Context(), d.As("office.dcf"), notice(notice2027, d.revision()))
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a county's Office: %v", err)
		}
	})
}

func TestChanges_AreFoundSortedAndExported(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		first := d.mustDay("2026-11-25", models.DayOff)
		d.mustDay("2026-11-25", models.DayNormal)
		_, err := d.Calendar.ImportNotice(t.Context(), d.As("office2"), notice(notice2027, d.revision()))
		d.ok(err)
		for name, c := range map[string]struct {
			filter directory.CalendarFilter
			want   string
		}{
			"newest first": {directory.CalendarFilter{}, "2027 2026 2026"},
			"oldest":       {directory.CalendarFilter{Sort: "oldest"}, "2026 2026 2027"},
			"by year":      {directory.CalendarFilter{Year: 2026}, "2026 2026"},
			"by kind":      {directory.CalendarFilter{Kind: models.CalendarNoticeChange}, "2027"},
			"by words":     {directory.CalendarFilter{Text: "国办发明电"}, "2027"},
			"nothing":      {directory.CalendarFilter{Text: "没有"}, ""},
		} {
			c.filter.Size = 20
			rows, total, err := d.Calendar.Changes(t.Context(), d.As("liaison.zjj"), c.filter)
			var years []string
			for _, r := range rows {
				years = append(years, map[int]string{2026: "2026", 2027: "2027"}[r.Year])
			}
			if got := strings.Join(years, " "); err != nil || got != c.want || int(total) != len(rows) {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		n := 0
		d.ok(d.Calendar.ExportChanges(t.Context(), d.As("leader"), directory.CalendarFilter{Year: 2026}, func(models.CalendarChange) error { n++; return nil }))
		var entry models.AuditEntry
		d.ok(d.DB.Read.Where("object = 'calendar' AND action = 'export'").Take(&entry).Error)
		if n != 2 || entry.Detail != "2 次，年份 2026" {
			t.Errorf("%d exported, noted as %q", n, entry.Detail)
		}
		for user, want := range map[string]int64{"office": 3, "liaison.zjj": 1, "office.dcf": 0, "leader": 0} {
			change, _, total, err := d.Calendar.Change(t.Context(), d.As(user), first.ID, directory.MovedFilter{Size: 20})
			if err != nil || total != want || change.Moved != 3 {
				t.Errorf("%s sees %d of %d tasks, %v", user, total, change.Moved, err)
			}
		}
		if _, _, _, err := d.Calendar.Change(t.Context(), d.As("office"), 4711, directory.MovedFilter{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("no such change: %v", err)
		}
		n = 0
		d.ok(d.Calendar.ExportMoved(t.Context(), d.As("liaison.zjj"), first.ID, directory.MovedFilter{Text: "预售"}, func(models.DueChange) error { n++; return nil }))
		if err := d.Calendar.ExportMoved(t.Context(), d.As("leader"), first.ID, directory.MovedFilter{}, nil); n != 1 || !fault.Is(err, fault.Forbidden) {
			t.Errorf("%d rows; leader: %v", n, err)
		}
	})
}
