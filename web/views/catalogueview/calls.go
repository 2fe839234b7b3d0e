package catalogueview

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// CallListPage is the list of ad-hoc calls for information.
type CallListPage struct {
	Shell   layout.Shell
	Now     time.Time
	Next    components.Next
	Actions []components.Action
	Bar     components.FilterBar
	Order   components.Order
	Rows    []models.Call
	Pages   components.Pages
	Filter  string
}

func (p CallListPage) columns() []components.Column {
	return []components.Column{p.Order.Own("需求", "oldest", components.SortDescending), p.Order.Column("单位", "unit", components.SortAscending), {Label: "法律依据"},
		p.Order.Column("答复期限", "due", components.SortAscending), {Label: "状态"}}
}

func (p CallListPage) nothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter != "" {
		return &components.Nothing{Icon: components.IconMailForward, Title: "没有符合条件的专项需求", Text: "没有" + p.Filter + "的专项需求。可放宽条件或清除条件再查。",
			Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Calls)}}}
	}
	return &components.Nothing{Icon: components.IconMailForward, Title: "还没有专项需求",
		Text: "目录以外的信息，由领导小组办公室在法律、法规许可的范围内向有关单位提出（方案二（二）36），须写明法律和条款；单位提供，或依法不予提供。"}
}

// state is the badge of a call; one that is late says so.
func state(c models.Call, now time.Time) components.Badge {
	badge := words.State(&models.CallFlow, c.State)
	if c.Late(models.At(now)) {
		badge.Family, badge.Icon, badge.Word = components.FamilyLate, components.IconAlertOctagon, badge.Word+"，已逾期"
	}
	return badge
}

// CallPage is one call.
type CallPage struct {
	Shell   layout.Shell
	Now     time.Time
	Call    models.Call
	Next    components.Next
	History []workflow.Event
	Moves   []workflow.Move
	Reply   bool
	Refuse  bool
	Replies []models.CallReply // as far as the reader may read them
}

func (p CallPage) actions() []components.Action {
	to := func(verb string) string { return paths.ToCallMove(p.Call.Code, verb) }
	var list []components.Action
	if p.Refuse {
		list = append(list, components.Action{Label: "依法不予提供", URL: templ.SafeURL(paths.ToCallPart(paths.CallRefuse, p.Call.Code))})
	}
	if p.Reply {
		list = append(list, components.Action{Label: "答复", URL: templ.SafeURL(paths.ToCallPart(paths.CallReply, p.Call.Code)), Style: components.StylePrimary})
	}
	return append(list, moveActions(p.Moves, to)...)
}

func (p CallPage) facts() []components.Fact {
	c := p.Call
	facts := []components.Fact{{Term: "需求号", Text: c.Code}, {Term: "提供单位", Text: c.Unit.Name}, {Term: "所需信息", Text: c.What}, {Term: "用途", Text: c.Why},
		{Term: "法律依据", Text: c.Law + "　" + c.Article}, {Term: "答复期限", Text: words.Full(c.DueAt)}, {Term: "提供方式", Body: callForm(c)},
		{Term: "提出", Text: "领导小组办公室　" + c.CreatedName + "　" + words.Full(c.CreatedAt)}}
	if c.SettledAt != 0 {
		facts = append(facts, components.Fact{Term: "办结时间", Text: words.Full(c.SettledAt)})
	}
	return facts
}

func (p CallPage) events() []components.Event {
	list := flowEvents(&models.CallFlow, p.History, p.Now, models.VerbSendBackReply, models.VerbAskAgain, models.VerbSignRefusal)
	return append(list, components.Event{When: words.When(p.Call.CreatedAt, p.Now), DateTime: words.Machine(p.Call.CreatedAt),
		What: components.Sentence{components.Plain("领导小组办公室　" + p.Call.CreatedName + " 提出")}, Quote: p.Call.Why})
}

// replyTitle names an answer: 第 1 次答复, and whether it is a refusal.
func replyTitle(r models.CallReply) string {
	title := "第 " + strconv.Itoa(r.No) + " 次答复"
	if r.Refusal {
		title += "：依法不予提供"
	}
	return title
}

// replyBy says who wrote and who signed an answer.
func replyBy(r models.CallReply, now time.Time) string {
	by := r.ByName + "　" + words.When(r.At, now)
	if r.SignedAt == 0 {
		return by + "；尚未审签"
	}
	return by + "；" + r.SignedName + " 审签　" + words.When(r.SignedAt, now)
}
