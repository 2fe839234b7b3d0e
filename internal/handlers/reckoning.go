package handlers

import (
	"fmt"
	"time"

	"taxportal/internal/cn"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// reckoning explains how the due date of a task's page came about (look.md §4): so many days after the period's end, rolled
// over days off, followed the calendar. It goes by what the task stores, so that it is true of what the calendar once said;
// the calendar only names the days. nil for a task that nothing is due of.
func reckoning(cal *cn.Calendar, p *filing.TaskPage, now time.Time) *components.Reckoning {
	t := &p.Task
	switch {
	case t.ExemptedAt != 0:
		return nil
	case p.DueNow != t.DueAt: // returned: the Office has chosen another
		return &components.Reckoning{Summary: dueSummary(p.DueNow, "补正"), Days: late(cal, p, now, dueTile(p.DueNow, "补正期限，")),
			Note: "补正期限由办公室退回时指定，不随工作日历变动；原报送期限 " + words.Due(t.DueAt) + "。"}
	case t.DueOn == "":
		return &components.Reckoning{Summary: dueSummary(t.DueAt, "报送"), Days: late(cal, p, now, dueTile(t.DueAt, "")), Note: "期限由办公室指定，不随工作日历变动。"}
	}
	end := t.OpensAt.Day().AddDays(-1)
	n := daysFrom(end, t.DueOn)
	tiles := append([]components.Day{{Date: words.Tile(end), Note: begun(t) + "，第 0 天"}}, counted(end, n)...)
	if t.DueAt.Day() == t.DueOn {
		tiles = append(tiles, dueTile(t.DueAt, fmt.Sprintf("第 %d 天，", n)))
	} else {
		tiles = append(tiles, rolled(cal, t.DueOn, t.DueAt.Day().AddDays(-1), n), dueTile(t.DueAt, "顺延到此，"))
	}
	return &components.Reckoning{Summary: dueSummary(t.DueAt, "报送"), Days: late(cal, p, now, tiles...), Note: reckonedBy(cal, p, n)}
}

// begun says from what on the days of a task are counted.
func begun(t *models.FilingTask) string {
	if t.Period == "once" {
		return "任务下达"
	}
	return "期满"
}

func dueSummary(due models.Instant, verb string) string {
	return "这个期限怎么来的：应于 " + words.Due(due) + " 前" + verb
}

// reckonedBy names the rule, the calendar, and every change of it that the due date has followed.
func reckonedBy(cal *cn.Calendar, p *filing.TaskPage, n int) string {
	due := p.Task.DueAt
	year := due.Time().Year()
	note := fmt.Sprintf("%s后第 %d 天到期，遇休息日顺延到下一个工作日；采用国务院办公厅 %d 年节假日安排（含调休）。", begun(&p.Task), n, year)
	if cal.Provisional(due.Time()) {
		note = fmt.Sprintf("%s后第 %d 天到期，遇休息日顺延到下一个工作日；%d 年节假日安排尚未公布，期限暂定。", begun(&p.Task), n, unknownYear(cal, year))
	}
	for _, d := range p.Dues {
		note += d.Change.Because() + "，期限由 " + words.Due(d.FromDue) + " 改为 " + words.Due(d.ToDue) + "。"
	}
	return note
}

// unknownYear is the year whose notice a provisional day waits for: its own, or at the end of December the next.
func unknownYear(cal *cn.Calendar, year int) int {
	if cal.Known(year) {
		return year + 1
	}
	return year
}

// counted are the days between the period's end and the n-th day after it, in one tile.
func counted(end models.Day, n int) []components.Day {
	switch {
	case n < 2:
		return nil
	case n == 2:
		return []components.Day{{Date: words.Tile(end.AddDays(1)), Note: "第 1 天"}}
	}
	return []components.Day{{Date: tileDays(end.AddDays(1), end.AddDays(n-1)), Note: fmt.Sprintf("第 1—%d 天", n-1)}}
}

// rolled are the days off, from the n-th day on, over which the due date has rolled.
func rolled(cal *cn.Calendar, first, last models.Day, n int) components.Day {
	name := cal.Holiday(first.Time())
	if name == "" && cal.IsWorkday(first.Time()) { // the calendar has changed since
		name = "休息日"
	} else if name == "" {
		name = "周末"
	}
	if first == last {
		return components.Day{Date: words.Tile(first), Note: fmt.Sprintf("第 %d 天为%s，顺延", n, name), Kind: components.DayOff}
	}
	return components.Day{Date: tileDays(first, last), Note: fmt.Sprintf("第 %d 天起%s，顺延", n, name), Kind: components.DayOff}
}

func dueTile(due models.Instant, how string) components.Day {
	return components.Day{Date: words.Tile(due.Day()), Note: how + due.Time().Format("15:04") + " 到期", Kind: components.DayEnd}
}

// late adds to the tiles today, as long as the unit has not filed and is late.
func late(cal *cn.Calendar, p *filing.TaskPage, now time.Time, tiles ...components.Day) []components.Day {
	if models.At(now) <= p.DueNow || p.Task.FirstFiledAt != 0 || p.Batch != nil && p.Batch.SignedAt != 0 && p.Batch.State != models.BatchReturned {
		return tiles
	}
	note := "已逾期，不足 1 个工作日"
	if n := cal.WorkdaysBetween(p.DueNow.Time(), now.In(models.Zone)); n > 0 {
		note = fmt.Sprintf("逾期第 %d 个工作日", n)
	}
	return append(tiles, components.Day{Date: words.Tile(models.DayOf(now)), Note: note, Kind: components.DayLate})
}

func daysFrom(from, to models.Day) int { return int(to.Time().Sub(from.Time()).Hours() / 24) }

// tileDays writes days in a row at the head of a tile: 11月1日—24日.
func tileDays(first, last models.Day) string {
	text := first.Time().Format("1月2日") + "—"
	if first.Time().Month() == last.Time().Month() {
		return text + last.Time().Format("2日")
	}
	return text + last.Time().Format("1月2日")
}
