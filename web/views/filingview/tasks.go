package filingview

import (
	"fmt"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// ListPage is the list of filing tasks.
type ListPage struct {
	Shell  layout.Shell
	Next   components.Next
	Bar    components.FilterBar
	Sort   string // due, unit, name; empty: newest due first
	SortBy func(order string) string
	Rows   []ListRow
	Pages  components.Pages
	Units  bool   // the reader sees several units, so that the list names them
	Filter string // the filter in words, for the empty state; empty: nothing is filtered
}

// ListRow is one task of a list.
type ListRow struct {
	Task     models.FilingTask
	Standing models.Standing
	Underway *models.Batch // the batch by which the task is being filed, or nil
	Batch    *models.Batch // the newest, or nil
	Clock    components.Due
	Action   *components.Action // what waits for the reader here, or nil
}

// listColumns are the heads of the list; three of them sort.
func (p ListPage) listColumns() []components.Column {
	columns := []components.Column{p.sorted("事项", "name", components.SortAscending)}
	if p.Units {
		columns = append(columns, p.sorted("单位", "unit", components.SortAscending))
	}
	due := p.sorted("期限", "due", components.SortAscending)
	due.Class = "col-clock"
	if p.Sort == "" {
		due.Sort = components.SortDescending
	}
	if p.Sort == "due" {
		due.URL = templ.SafeURL(p.SortBy(""))
	}
	return append(columns, due, components.Column{Label: "状态"}, components.Column{Label: "报送文件"}, components.Column{Label: "操作", Actions: true})
}

func (p ListPage) sorted(label, key string, order components.Sort) components.Column {
	column := components.Column{Label: label, URL: templ.SafeURL(p.SortBy(key))}
	if p.Sort == key {
		column.Sort = order
	}
	return column
}

// listNothing is the list's empty state: nothing matches, or nothing is there yet.
func (p ListPage) listNothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter == "" {
		return &components.Nothing{Icon: components.IconClipboardList, Title: "还没有报送任务",
			Text: "各成员单位按共享目录定期提供涉税信息（方案二（二））。目录项配好信息模板后，每期自动生成任务，期满后开放填报。"}
	}
	return &components.Nothing{Icon: components.IconClipboardList, Title: "没有符合条件的报送任务",
		Text:    "没有" + p.Filter + "的任务。可放宽条件或清除条件再查。",
		Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Filings)}}}
}

// badge is the state of the task, in which one that is being filed tells how far that has come.
func (r ListRow) badge() components.Badge { return words.Task(r.Standing, r.Underway) }

// fileBadge is the state of the newest batch, unless the state of the task has said it already.
func (r ListRow) fileBadge() components.Badge {
	if r.Batch == nil {
		return components.Badge{}
	}
	if badge := words.State(&models.FilingFlow, r.Batch.State); badge != r.badge() {
		return badge
	}
	return components.Badge{}
}

// listFile says in few words what was filed.
func listFile(b *models.Batch) string {
	switch {
	case b == nil:
		return "—"
	case b.Kind == models.BatchNil:
		return "零报送"
	case b.RowsRead == 0:
		return fmt.Sprintf("第 %d 次上传", b.No)
	}
	return fmt.Sprintf("第 %d 次上传，%s 行", b.No, components.Thousands(b.RowsRead))
}

// CellPage is what stands behind one cell of the matrix: the tasks of a unit in a month.
type CellPage struct {
	Shell layout.Shell
	Unit  models.Unit
	Month string // 2026年10月
	Tally models.Tally
	Badge components.Badge
	Next  components.Next
	Rows  []ListRow
	Open  bool // the reader may see the tasks themselves
}

// cellFacts are the figures of the cell; owed = on time + late or missing + running, so that they add up.
func (p CellPage) cellFacts() []components.Fact {
	rate := "—"
	if n, ok := p.Tally.PeriodRate(); ok {
		rate = words.Rate(n)
	}
	count := func(n int) string { return fmt.Sprintf("%d 项", n) }
	facts := []components.Fact{{Term: "应报", Text: count(p.Tally.Owed())}, {Term: "已报", Text: count(p.Tally.Filed)},
		{Term: "按时（含零报送）", Text: count(p.Tally.OnTime)}, {Term: "零报送", Text: count(p.Tally.Nil)},
		{Term: "逾期未报", Text: count(p.Tally.Overdue)}, {Term: "进行中", Text: count(p.Tally.Running)}}
	if p.Tally.Signing > 0 {
		facts = append(facts, components.Fact{Term: "待审签", Text: count(p.Tally.Signing)})
	}
	if p.Tally.Waiting > 0 {
		facts = append(facts, components.Fact{Term: "待受理", Text: count(p.Tally.Waiting)})
	}
	if p.Tally.Exempt > 0 {
		facts = append(facts, components.Fact{Term: "免报", Text: count(p.Tally.Exempt)})
	}
	return append(facts, components.Fact{Term: "按时率", Text: rate})
}
