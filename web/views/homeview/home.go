// Package homeview is the workbench: what waits for the reader, soonest due first, and beside it how the own unit or
// the whole city stands (mock 02).
package homeview

import (
	"fmt"

	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// Page is the workbench of any role; the parts that a role does not have are nil or empty.
type Page struct {
	Shell   layout.Shell
	Title   string // 我的待办, or 工作台 for those for whom nothing waits here
	Sub     string
	Actions []components.Action
	Next    components.Next
	Tiers   []components.Tab // 全市, 市级: of which units the figures are; nil: there is no choice
	Figures []components.Figure
	Todos   *Todos
	Month   *Month
	Duties  []Duty
	Waiting []Count   // what waits for the Office, by kind
	Overdue *Overdue  // units with overdue tasks
	Contact *Contact  // who looks after the unit
	Console []Console // the pages of an administrator
}

// Todos is the list of what waits, in groups by due.
type Todos struct {
	Tabs   []components.Tab
	Groups []Group
	Empty  *components.Nothing // set when the shown tab has none
	Pages  components.Pages
	More   string // said when the list is cut off; empty: it is whole
}

// Group is the to-dos of one stretch of time.
type Group struct {
	Label string // 今天　11月23日（周一）
	Count int    // in the whole list, of which Rows are those on this page
	Rows  []Todo
}

func (g Group) note() string { return fmt.Sprintf("%d 项", g.Count) }

// Todo is one thing that waits.
type Todo struct {
	Clock  components.Due
	Title  string
	URL    string
	Unit   string // whose it is, for the Office
	Note   string
	State  components.Badge
	Last   string // who did the last step
	LastAt string
	Action components.Action
}

// todoColumns are the heads of the list of to-dos, which stands by due.
var todoColumns = []components.Column{
	{Label: "期限", Sort: components.SortAscending, Class: "col-clock"}, {Label: "事项"}, {Label: "状态"}, {Label: "上一步"}, {Label: "操作", Actions: true},
}

// Month is the own unit's filing of one month.
type Month struct {
	Title  string // 10月期报送
	URL    string
	Filed  int
	Owed   int
	Due    string // 11月25日截止
	Counts []StateCount
}

// StateCount is how many tasks have a state; over all states they add up to the month's tasks.
type StateCount struct {
	State components.Badge
	Count int
}

func (m Month) quantity() string { return fmt.Sprintf("%d", m.Filed) }

func (m Month) note() string {
	note := fmt.Sprintf("/ 应报 %d 项", m.Owed)
	if m.Due != "" {
		note += "，" + m.Due
	}
	return note
}

func (m Month) barLabel() string {
	return fmt.Sprintf("已报 %d 项，待报 %d 项", m.Filed, m.Owed-m.Filed)
}

func (m Month) bar() []components.BarPart {
	if m.Owed == 0 {
		return nil
	}
	return []components.BarPart{{Percent: float64(m.Filed) * 100 / float64(m.Owed)}}
}

func (m Month) facts() []components.Fact {
	var facts []components.Fact
	for _, c := range m.Counts {
		facts = append(facts, components.Fact{State: c.State, Text: fmt.Sprintf("%d 项", c.Count)})
	}
	return facts
}

// Duty is one matter that the plan obliges the unit to share, with its state (requirement R2.2-4).
type Duty struct {
	Code   string
	Name   string
	Unit   string // the sub-unit that owes it, empty for the unit itself
	Cycle  string // 每月
	Period string // the period that State speaks of
	URL    string // of that task; empty: there is none
	State  components.Badge
}

var dutyColumns = []components.Column{{Label: "共享事项"}, {Label: "周期"}, {Label: "期次"}, {Label: "状态"}}

// dutiesSub counts the duties, and those that cannot be filed yet.
func (p Page) dutiesSub() string {
	without := 0
	for _, d := range p.Duties {
		if d.State.Word == NoTemplate {
			without++
		}
	}
	if without == 0 {
		return fmt.Sprintf("%d 项", len(p.Duties))
	}
	return fmt.Sprintf("%d 项，其中 %d 项尚无模板，暂不需要报送", len(p.Duties), without)
}

// NoTemplate is the state of a duty whose item has no published template.
const NoTemplate = "无模板"

// Count is a number of things that wait, with where they are.
type Count struct {
	Label string
	Text  string // 3 批
	URL   string
}

// Overdue is which units are late.
type Overdue struct {
	Sub   string // 近 12 期
	Units []OverdueUnit
	URL   string           // the matrix
	Tiers []components.Tab // of which units, where no figures above say it
}

// OverdueUnit is one late unit.
type OverdueUnit struct {
	Name  string
	URL   string
	Count int
	Rate  *components.Rate
}

var overdueColumns = []components.Column{{Label: "单位"}, {Label: "逾期未报", Num: true}, {Label: "按时率", Num: true}}

// Contact is who looks after the unit in the Office.
type Contact struct {
	Contact string // empty: none has been named
	Phone   string
	Liaison string
	Chief   string
}

func (c Contact) facts() []components.Fact {
	return []components.Fact{{Term: "办公室对接人", Text: orNone(c.Contact)}, {Term: "联系电话", Text: orNone(c.Phone)},
		{Term: "本单位联络员", Text: orNone(c.Liaison)}, {Term: "分管负责人", Text: orNone(c.Chief)}}
}

func orNone(text string) string {
	if text == "" {
		return "未登记"
	}
	return text
}

// Console is one page of an administrator's console.
type Console struct {
	Icon  components.IconName
	Title string
	Text  string
	URL   string
	Label string // the button
}
