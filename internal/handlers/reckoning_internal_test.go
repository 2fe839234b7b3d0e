package handlers

import (
	"fmt"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

// reckoned is a task that opened on the first of November and is due on dueAt, reckoned from dueOn.
func reckoned(dueOn, dueAt models.Day) *filing.TaskPage {
	t := models.FilingTask{Period: "2026-10", OpensAt: models.Day("2026-11-01").At(0, 0), DueOn: dueOn, DueAt: dueAt.At(17, 0)}
	return &filing.TaskPage{Task: t, DueNow: t.DueAt}
}

func TestReckoning_SaysHowTheDueDateCameAbout(t *testing.T) {
	changed := reckoned("2026-11-25", "2026-11-26")
	changed.Dues = []models.DueChange{{FromDue: models.Day("2026-11-25").At(17, 0), ToDue: models.Day("2026-11-26").At(17, 0),
		Change: &models.CalendarChange{What: "2026年11月25日（周三）由工作日改为休息日", Reason: "暴雪停工"}}}
	mended := reckoned("2026-11-25", "2026-11-25")
	mended.DueNow = models.Day("2026-12-04").At(17, 0)
	chosen := reckoned("", "2026-11-25")
	filed := reckoned("2026-11-25", "2026-11-25")
	filed.Task.FirstFiledAt = models.Day("2026-11-20").At(9, 0)
	early := reckoned("2026-11-25", "2026-11-25")
	early.Task.DueAt, early.DueNow = models.Day("2026-11-25").At(15, 0), models.Day("2026-11-25").At(15, 0)
	for _, c := range []struct {
		name  string
		page  *filing.TaskPage
		now   string
		tiles string
		says  []string
	}{
		{"on a working day", reckoned("2026-11-25", "2026-11-25"), "2026-11-10 09:00:00",
			"10月31日 周六:期满，第 0 天 | 11月1日—24日:第 1—24 天 | 11月25日 周三:第 25 天，17:00 到期 end", []string{"应于 11月25日（周三）17:00 前报送", "期满后第 25 天", "2026 年节假日安排"}},
		{"rolled over a weekend", reckoned("2026-11-28", "2026-11-30"), "2026-11-10 09:00:00",
			"10月31日 周六:期满，第 0 天 | 11月1日—27日:第 1—27 天 | 11月28日—29日:第 28 天起周末，顺延 off | 11月30日 周一:顺延到此，17:00 到期 end", []string{"遇休息日顺延"}},
		{"rolled over a holiday", reckoned("2026-10-07", "2026-10-08"), "2026-10-05 09:00:00",
			"10月7日 周三:第 7 天为国庆节，顺延 off | 10月8日 周四:顺延到此，17:00 到期 end", nil},
		{"late", reckoned("2026-11-25", "2026-11-25"), "2026-11-27 09:00:00", "11月27日 周五:逾期第 2 个工作日 late", nil},
		{"filed, long ago", filed, "2026-12-27 09:00:00", "!逾期", nil},
		{"moved by the calendar", changed, "2026-11-10 09:00:00", "11月25日 周三:第 25 天为休息日，顺延 off | 11月26日 周四:顺延到此，17:00 到期 end",
			[]string{"因 2026年11月25日（周三）由工作日改为休息日（暴雪停工），期限由 11月25日（周三）17:00 改为 11月26日（周四）17:00。"}},
		{"to be mended", mended, "2026-11-27 09:00:00", "12月4日 周五:补正期限，17:00 到期 end", []string{"应于 12月4日（周五）17:00 前补正", "补正期限由办公室退回时指定"}},
		{"chosen by the Office", chosen, "2026-11-10 09:00:00", "11月25日 周三:17:00 到期 end", []string{"期限由办公室指定，不随工作日历变动。"}},
		{"by another hour", early, "2026-11-10 09:00:00", "第 25 天，15:00 到期 end", []string{"11月25日（周三）15:00 前"}},
		{"of a year without notice", reckoned("2027-01-25", "2027-01-25"), "2026-11-10 09:00:00", "1月25日 周一", []string{"2027 年节假日安排尚未公布，期限暂定"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "rolled over a holiday" {
				c.page.Task.OpensAt = models.Day("2026-10-01").At(0, 0)
			}
			r := reckoning(testCalendar(t), c.page, at(t, c.now))
			var tiles []string
			for _, d := range r.Days {
				tiles = append(tiles, strings.TrimSpace(fmt.Sprintf("%s:%s %s", d.Date, d.Note, d.Kind)))
			}
			got := strings.Join(tiles, " | ")
			if unwanted, not := strings.CutPrefix(c.tiles, "!"); not && strings.Contains(got, unwanted) || !not && !strings.Contains(got, c.tiles) {
				t.Errorf("tiles %s\nwant  %s", got, c.tiles)
			}
			for _, want := range c.says {
				if !strings.Contains(r.Summary+r.Note, want) {
					t.Errorf("%q and %q do not say %q", r.Summary, r.Note, want)
				}
			}
		})
	}
	exempt := reckoned("2026-11-25", "2026-11-25")
	exempt.Task.ExemptedAt = 1
	if reckoning(testCalendar(t), exempt, at(t, "2026-11-10 09:00:00")) != nil {
		t.Error("what is exempt has no due date to explain")
	}
}
