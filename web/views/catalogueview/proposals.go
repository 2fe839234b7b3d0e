package catalogueview

import (
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// ProposalListPage is the list of proposals to change the catalogue.
type ProposalListPage struct {
	Shell   layout.Shell
	Now     time.Time
	Next    components.Next
	Actions []components.Action
	Bar     components.FilterBar
	Order   components.Order
	Rows    []models.Proposal
	Pages   components.Pages
	Filter  string
}

func (p ProposalListPage) columns() []components.Column {
	return []components.Column{{Label: "申请"}, p.Order.Column("目录项", "unit", components.SortAscending), {Label: "变更内容"},
		{Label: "提出单位"}, p.Order.Own("提出时间", "oldest", components.SortDescending), {Label: "状态"}}
}

func (p ProposalListPage) nothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter != "" {
		return &components.Nothing{Icon: components.IconSend, Title: "没有符合条件的变更申请", Text: "没有" + p.Filter + "的变更申请。可放宽条件或清除条件再查。",
			Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Proposals)}}}
	}
	return &components.Nothing{Icon: components.IconSend, Title: "还没有变更申请",
		Text:    "字段、口径、周期不合实际，或某项确已不再产生的，由提供单位的联络员、分管负责人或税务部门在目录项页面提出，办公室答复。",
		Actions: []components.Action{{Label: "查看共享目录", URL: templ.SafeURL(paths.Catalogue)}}}
}

// ProposalPage is one proposal.
type ProposalPage struct {
	Shell    layout.Shell
	Now      time.Time
	Proposal models.Proposal
	Next     []workflow.Segment
	History  []workflow.Event
	Moves    []workflow.Move
	Change   *models.ItemChange // what came of it
	Follow   *components.Action // what the Office does next
}

func (p ProposalPage) next() components.Next {
	n := components.Next{Sentence: words.Sentence(p.Next), Action: p.Follow}
	if models.ProposalFlow.Describe(p.Proposal.State).Waits == "" {
		n.Tone = components.ToneCalm
	}
	return n
}

// moveActions are the moves that are offered; the main one stands last.
func moveActions(moves []workflow.Move, to func(verb string) string) []components.Action {
	var list, main []components.Action
	for _, m := range moves {
		action := components.Action{Label: m.Label, URL: templ.SafeURL(to(string(m.Verb)))}
		if m.Main {
			action.Style = components.StylePrimary
			main = append(main, action)
			continue
		}
		list = append(list, action)
	}
	return append(list, main...)
}

func (p ProposalPage) actions() []components.Action {
	return moveActions(p.Moves, func(verb string) string { return paths.ToProposalMove(p.Proposal.Code, verb) })
}

func (p ProposalPage) facts() []components.Fact {
	one := p.Proposal
	facts := []components.Fact{{Term: "申请号", Text: one.Code}, {Term: "申请事项", Text: one.Kind.Label()}, {Term: "目录项", Body: proposalSubject(one)},
		{Term: "提供单位", Text: one.About.Name}, {Term: "提出", Text: one.Unit.Name + "　" + one.CreatedName + "　" + words.Full(one.CreatedAt)},
		{Term: "变更内容", Text: one.Text}, {Term: "理由", Text: one.Reason}}
	if p.Change != nil {
		facts = append(facts, components.Fact{Term: "办理结果", Body: proposalResult(*p.Change)})
	}
	return facts
}

func (p ProposalPage) events() []components.Event {
	list := flowEvents(&models.ProposalFlow, p.History, p.Now, models.VerbDecline)
	return append(list, components.Event{When: words.When(p.Proposal.CreatedAt, p.Now), DateTime: words.Machine(p.Proposal.CreatedAt),
		What: components.Sentence{components.Plain(p.Proposal.Unit.Name + "　" + p.Proposal.CreatedName + " 提出")}, Quote: p.Proposal.Reason})
}

// flowEvents are the moves of a record, newest first; bad names the move that went against somebody.
func flowEvents(f *workflow.Flow, history []workflow.Event, now time.Time, bad ...workflow.Verb) []components.Event {
	var list []components.Event
	for i := len(history) - 1; i >= 0; i-- {
		e := history[i]
		move, _ := f.Move(e.Verb)
		who := e.ActorName
		if e.ActorPost != "" {
			who += "（" + e.ActorPost + "）"
		}
		what := who + " " + move.Label
		if e.Detail != "" {
			what += "：" + e.Detail
		}
		event := components.Event{When: words.When(models.Instant(e.At), now), DateTime: words.Machine(models.Instant(e.At)),
			What: components.Sentence{components.Plain(what)}, Quote: e.Reason}
		for _, verb := range bad {
			event.Bad = event.Bad || e.Verb == verb
		}
		list = append(list, event)
	}
	return list
}
