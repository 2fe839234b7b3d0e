package calendarview

import (
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// ChangesPage is the history of the calendar.
type ChangesPage struct {
	Shell  layout.Shell
	Now    time.Time
	Bar    components.FilterBar
	Order  components.Order
	Rows   []models.CalendarChange
	Pages  components.Pages
	Filter string // the filter in words; empty: nothing is filtered
}

func (p ChangesPage) columns() []components.Column {
	moved := p.Order.Column("随之调整的任务", "moved", components.SortDescending)
	moved.Num = true
	return []components.Column{p.Order.Own("时间", "oldest", components.SortDescending), {Label: "调整"}, {Label: "理由和依据"}, {Label: "办理人"}, moved}
}

func (p ChangesPage) nothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter != "" {
		return &components.Nothing{Icon: components.IconHistory, Title: "没有符合条件的调整", Text: "没有" + p.Filter + "的调整记录。可放宽条件或清除条件再查。",
			Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.CalendarChanges)}}}
	}
	return &components.Nothing{Icon: components.IconHistory, Title: "工作日历还没有调整过", Text: "市领导小组办公室调整日历后，每次的理由、依据和随之调整的任务列在这里。",
		Actions: []components.Action{{Label: "查看工作日历", URL: templ.SafeURL(paths.Calendar)}}}
}

// ChangePage is one change with the tasks that followed.
type ChangePage struct {
	Shell   layout.Shell
	Now     time.Time
	Change  models.CalendarChange
	Next    components.Next
	Tasks   bool // the reader may see tasks
	Bar     components.FilterBar
	Order   components.Order
	Rows    []models.DueChange
	Pages   components.Pages
	Filter  string
	Cleared string // where all filters are taken off
}

func (p ChangePage) facts() []components.Fact {
	c := p.Change
	return []components.Fact{{Term: "理由", Text: c.Reason}, {Term: "依据", Text: c.Source}, {Term: "办理人", Text: c.ActorName + "（" + c.ActorPost + "）"},
		{Term: "时间", Text: words.Full(c.At)}, {Term: "任务期限", Text: Followed(c)}}
}

func (p ChangePage) noMoves() *components.Nothing {
	if len(p.Change.Days) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconCalendar, Title: "没有改动日子", Text: "这次录入与原有日历一致，只是不再标为暂定。", InPanel: true}
}

func (p ChangePage) columns() []components.Column {
	return []components.Column{{Label: "任务"}, p.Order.Column("单位", "unit", components.SortAscending), {Label: "原期限"},
		p.Order.Column("现期限", "due", components.SortAscending), {Label: "锁定"}}
}

func (p ChangePage) nothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter != "" {
		return &components.Nothing{Icon: components.IconListCheck, Title: "没有符合条件的任务", Text: "没有" + p.Filter + "的任务。可放宽条件或清除条件再查。",
			Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(p.Cleared)}}, InPanel: true}
	}
	return &components.Nothing{Icon: components.IconListCheck, Title: "没有任务的期限需要调整", Text: "未完成的任务没有一项的期限落在改动的日子上。", InPanel: true}
}

// moment says a due moment in full: 2026年11月25日 17:00.
func moment(at models.Instant) string { return words.Full(at) }
