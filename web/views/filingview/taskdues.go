package filingview

import (
	"slices"

	"taxportal/internal/models"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// unsure says 暂定 behind a due date that may still move: the notice of its year is not out.
func (p TaskPage) unsure(before string) string {
	if !p.Unsure {
		return ""
	}
	return before + "暂定"
}

// dueMoved tells of the last time that the due date followed the working calendar, as long as the task is open.
func (p TaskPage) dueMoved() *components.Notice {
	if len(p.Dues) == 0 || p.Task.FirstFiledAt != 0 || p.Task.ExemptedAt != 0 {
		return nil
	}
	return &components.Notice{Family: components.FamilyRun, Icon: components.IconCalendarEvent, Fixed: true, Text: p.movedWords(p.Dues[len(p.Dues)-1])}
}

// movedWords say why a due date moved: 因…调整，期限由…改为….
func (p TaskPage) movedWords(d models.DueChange) components.Sentence {
	return components.Sentence{components.Plain(d.Change.Because() + "，期限由 " + words.Day(d.FromDue) + d.FromDue.Time().Format("15:04") + " 改为 "),
		components.Bold(words.Day(d.ToDue) + d.ToDue.Time().Format("15:04")), components.Plain("，锁定由 " + words.ShortDay(d.FromLock, p.Now) + " 改为 " + words.ShortDay(d.ToLock, p.Now) + "。")}
}

// withDues puts the times at which the due date moved among the events, newest first; the last event is that the task opened.
func (p TaskPage) withDues(events []components.Event) []components.Event {
	for _, d := range p.Dues {
		e := components.Event{When: words.When(d.At, p.Now), DateTime: words.Machine(d.At), What: p.movedWords(d), Quote: "依据：" + d.Change.Source}
		at := slices.IndexFunc(events, func(other components.Event) bool { return other.DateTime <= e.DateTime })
		if at < 0 {
			at = len(events) - 1
		}
		events = slices.Insert(events, at, e)
	}
	return events
}
