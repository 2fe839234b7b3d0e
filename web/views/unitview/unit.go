package unitview

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// UnitPage is the page of a unit: what it owes, whom to call, how it has filed, what was changed.
type UnitPage struct {
	Shell    layout.Shell
	Unit     models.Unit
	State    components.Badge
	Actions  []components.Action
	Next     components.Next
	Duties   []Duty
	Months   []Month
	Rest     *Rest // of a closed unit, for the Office
	Facts    []components.Fact
	Contact  *Contact
	Contacts []components.Fact // those before
	People   []components.Fact
	Subs     []models.Unit
	Changes  []components.Event
	States   bool // the reader may see how the unit stands
}

// Duty is one matter that the unit owes by the plan, with its state.
type Duty struct {
	Code      string // ZJJ-02
	Name      string
	PlanWords string // where they are not the name
	Unit      string // the sub-unit that owes it, empty for the unit itself
	Cycle     string
	Template  string // its address; empty: none yet
	Period    string
	Due       string
	State     components.Badge
	Task      string // its address; empty: the reader reads figures only, or there is none
	Record    string // address of all that was filed for it
}

// NoTemplate is the state of a duty without a form to file it in.
const NoTemplate = "无模板"

// Month is how the unit filed in one month.
type Month struct {
	Label   string
	URL     string // the cell of the matrix
	State   components.Badge
	Owed    int
	Filed   int
	OnTime  int
	Overdue int
	Rate    string
}

// Contact is who of the Office looks after the unit.
type Contact struct {
	Name  string
	Phone string
	Since string
	Edit  templ.SafeURL // empty: the reader may not change it
}

// Rest is what is left of a closed unit for the Office to decide on.
type Rest struct {
	Heir     string // name of the unit that took over; empty: none
	Tasks    []RestTask
	Calls    []RestCall
	Items    []models.CatalogueItem
	Transfer templ.SafeURL // of the matters; empty: they cannot go over
	Notes    []string      // accounts, seats
}

// RestTask is one open task of a closed unit.
type RestTask struct {
	Task     models.FilingTask
	State    components.Badge
	Due      string
	Transfer string // address; empty: it stays
	Stays    string // why
}

// RestCall is one ad-hoc call for information that a closed unit has not settled.
type RestCall struct {
	Call     models.Call
	State    components.Badge
	Due      string
	Transfer string // address; empty: it stays
	Stays    string // why
	Off      string // address of calling it off; empty: it is answered
}

var dutyColumns = []components.Column{{Label: "共享事项（方案原文）"}, {Label: "周期"}, {Label: "信息模板"}, {Label: "期次"}, {Label: "期限"}, {Label: "状态"}, {Label: "报送记录"}}

var monthColumns = []components.Column{{Label: "期次"}, {Label: "状态"}, {Label: "应报（项）", Num: true}, {Label: "已报（项）", Num: true}, {Label: "按时（项）", Num: true},
	{Label: "逾期未报（项）", Num: true}, {Label: "按时率", Num: true}}

var restColumns = []components.Column{{Label: "任务"}, {Label: "期限"}, {Label: "状态"}, {Label: "办理", Actions: true}}

var restCallColumns = []components.Column{{Label: "专项需求"}, {Label: "答复期限"}, {Label: "状态"}, {Label: "办理", Actions: true}}

func (p UnitPage) dutyHeads() []components.Column {
	if p.States {
		return dutyColumns
	}
	return dutyColumns[:3]
}

// dutiesSub counts the duties, and those that cannot be filed yet.
func (p UnitPage) dutiesSub() string {
	without := 0
	for _, d := range p.Duties {
		if d.Template == "" {
			without++
		}
	}
	text := strconv.Itoa(len(p.Duties)) + " 项"
	if without > 0 {
		text += "，其中 " + strconv.Itoa(without) + " 项尚无模板"
	}
	return text
}

func (p UnitPage) noDuties() *components.Nothing {
	if len(p.Duties) > 0 {
		return nil
	}
	if p.Unit.Closed() {
		return &components.Nothing{Icon: components.IconListCheck, Title: "没有共享事项", InPanel: true,
			Text:    "本单位已撤并。方案列在本单位名下的事项现由谁提供，见共享目录。",
			Actions: []components.Action{{Label: "查看共享目录", URL: templ.SafeURL(paths.With(paths.Catalogue, "unit", p.Unit.Code))}}}
	}
	return &components.Nothing{Icon: components.IconListCheck, Title: "没有共享事项", InPanel: true,
		Text: "方案二（二）没有规定本单位提供信息；领导小组办公室需要时可依方案二（二）36 提出。"}
}

func (p UnitPage) noMonths() *components.Nothing {
	if len(p.Months) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconCalendar, Title: "还没有报送记录", Text: "有模板的事项到期开放填报后，每期的报送情况会列在这里。", InPanel: true}
}

func (p UnitPage) history() *components.TextLink {
	return &components.TextLink{Label: "全部", URL: templ.SafeURL(paths.ToUnitPart(paths.UnitHistory, p.Unit.Code))}
}

func (p UnitPage) sub() string {
	parts := []string{Code(p.Unit)}
	if p.Unit.Official() != p.Unit.Name {
		parts = append(parts, p.Unit.Official())
	}
	return strings.Join(parts, "　")
}

func (p UnitPage) contactLink() *components.TextLink {
	if p.Contact == nil || p.Contact.Edit == "" {
		return nil
	}
	if p.Contact.Name == "" {
		return &components.TextLink{Label: "指定", URL: p.Contact.Edit}
	}
	return &components.TextLink{Label: "更换", URL: p.Contact.Edit}
}

func (c Contact) facts() []components.Fact {
	return []components.Fact{{Term: "姓名", Text: c.Name}, {Term: "电话", Text: orDash(c.Phone)}, {Term: "起始日期", Text: orDash(c.Since)}}
}
