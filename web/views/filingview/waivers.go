package filingview

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

// WaiverListPage is the list of requests to exempt, unlock or correct.
type WaiverListPage struct {
	Shell  layout.Shell
	Now    time.Time
	Next   components.Next
	Bar    components.FilterBar
	Order  components.Order
	Rows   []models.Waiver
	Pages  components.Pages
	Filter string // the filter in words; empty: nothing is filtered
}

func (p WaiverListPage) waiverColumns() []components.Column {
	return []components.Column{{Label: "申请"}, p.Order.Column("单位", "unit", components.SortAscending), p.Order.Column("事项", "name", components.SortAscending),
		p.Order.Own("提出时间", "oldest", components.SortDescending), {Label: "状态"}}
}

func (p WaiverListPage) waiverNothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter != "" {
		return &components.Nothing{Icon: components.IconReplace, Title: "没有符合条件的申请", Text: "没有" + p.Filter + "的申请。可放宽条件或清除条件再查。",
			Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Waivers)}}}
	}
	text := "本期确实不需要报送、任务锁定后需要补报、已生效的数据需要更正的，由信息联络员在任务页提出申请，办公室两人先后同意后生效。"
	return &components.Nothing{Icon: components.IconReplace, Title: "还没有更正与补报申请", Text: text,
		Actions: []components.Action{{Label: "查看报送任务", URL: templ.SafeURL(paths.Filings)}}}
}

// WaiverPage is one request.
type WaiverPage struct {
	Shell   layout.Shell
	Now     time.Time
	Waiver  models.Waiver
	Next    []workflow.Segment
	History []workflow.Event
	Moves   []workflow.Move
}

// waiverTitle names a request: 更正申请　商品房预售许可信息　2026年10月期.
func waiverTitle(w models.Waiver) string {
	return w.Kind.Label() + "申请　" + w.Task.Item.Name + "　" + w.Task.Period.Label()
}

func (p WaiverPage) next() components.Next {
	tone := components.TonePlain
	if models.WaiverFlow.Describe(p.Waiver.State).Waits == "" {
		tone = components.ToneCalm
	}
	return components.Next{Sentence: words.Sentence(p.Next), Tone: tone}
}

// actions are the moves that are offered; the main one stands last.
func (p WaiverPage) actions() []components.Action {
	var list, main []components.Action
	for _, m := range p.Moves {
		action := components.Action{Label: m.Label, URL: templ.SafeURL(paths.ToWaiverMove(p.Waiver.Code, string(m.Verb)))}
		if m.Main {
			action.Style = components.StylePrimary
			main = append(main, action)
			continue
		}
		list = append(list, action)
	}
	return append(list, main...)
}

func (p WaiverPage) facts() []components.Fact {
	w := p.Waiver
	facts := []components.Fact{{Term: "申请号", Text: w.Code}, {Term: "报送单位", Text: w.Task.Unit.Name}, {Term: "任务", Body: waiverTask(w)},
		{Term: "申请事项", Text: w.Kind.Label()}, {Term: "理由", Text: w.Reason}, {Term: "提出时间", Text: words.Full(w.CreatedAt)}}
	if w.Until != 0 {
		facts = append(facts, components.Fact{Term: "解锁到", Text: words.Full(w.Until)})
	}
	return append(facts, components.Fact{Term: "同意后", Text: waiverEffect[w.Kind]})
}

// waiverEffect says what follows once a second person of the Office has agreed.
var waiverEffect = map[models.WaiverKind]string{
	models.WaiverExempt:     "本期不再需要报送，不计入应报项数。",
	models.WaiverUnlock:     "在解锁期限前可以上传补报，仍计为逾期补报。",
	models.WaiverCorrection: "可以上传更正文件；更正批次受理前，原批次继续有效。",
}

// events is the history, newest first, down to the request itself.
func (p WaiverPage) events() []components.Event {
	var list []components.Event
	raised := ""
	for i := len(p.History) - 1; i >= 0; i-- {
		e := p.History[i]
		move, _ := models.WaiverFlow.Move(e.Verb)
		if e.Verb == models.VerbPropose && e.ActorID == p.Waiver.CreatedBy {
			raised = e.ActorName + "（" + e.ActorPost + "）"
		}
		list = append(list, components.Event{When: words.When(models.Instant(e.At), p.Now), DateTime: words.Machine(models.Instant(e.At)),
			What: components.Sentence{components.Plain(e.ActorName + "（" + e.ActorPost + "）" + move.Label)}, Quote: e.Reason,
			Bad: e.Verb == models.VerbRefuse})
	}
	if p.Waiver.CreatedBy == 0 { // nobody asked: the portal follows how the area shares
		return list
	}
	asked := components.Event{When: words.When(p.Waiver.CreatedAt, p.Now), DateTime: words.Machine(p.Waiver.CreatedAt),
		What: components.Sentence{components.Plain(p.Waiver.Task.Unit.Name + "提出" + p.Waiver.Kind.Label() + "申请")}, Quote: p.Waiver.Reason}
	if raised != "" { // the Office raised it itself: its first agreement is the request
		asked.What, asked.Quote = components.Sentence{components.Plain(raised + "提出" + p.Waiver.Kind.Label())}, ""
	}
	return append(list, asked)
}

// WaiverFormPage asks the Office for a waiver, or raises one as the Office.
type WaiverFormPage struct {
	Shell  layout.Shell
	Task   models.FilingTask
	Office bool
	Chosen models.WaiverKind // what the reader has chosen, or the only one there is; empty: nothing yet
	Kind   components.Input
	Reason components.Input
	Until  *components.Input // nil where nothing can be unlocked
}

// WaiverKinds are choices among kinds, each with what it leads to.
func WaiverKinds(kinds ...models.WaiverKind) []components.Option {
	var options []components.Option
	for _, k := range kinds {
		options = append(options, components.Option{Value: string(k), Label: k.Label(), Hint: waiverEffect[k]})
	}
	return options
}

// inputs are the fields of the form.
func (p WaiverFormPage) inputs() []components.Input {
	inputs := []components.Input{p.Kind, p.Reason}
	if p.Until != nil {
		inputs = append(inputs, *p.Until)
	}
	return inputs
}

func (p WaiverFormPage) sentence() components.Sentence {
	if p.Office {
		return components.Sentence{components.Plain("请写明理由；您提出即为初审同意，由办公室"), components.Bold("另一人复核"), components.Plain("后生效。")}
	}
	return components.Sentence{components.Plain("请写明理由；由办公室"), components.Bold("两人先后同意"), components.Plain("后生效，结果会出现在您的工作台和任务页。")}
}

func (p WaiverFormPage) label() string {
	if p.Office {
		return "提出并初审同意"
	}
	return "提交申请"
}

func (p WaiverFormPage) title() string { return WaiverFormTitle(p.Office, p.Chosen) }

// WaiverFormTitle names the form after what is chosen, "" for nothing yet: a unit asks, the Office raises.
func WaiverFormTitle(office bool, chosen models.WaiverKind) string {
	verb := "申请"
	if office {
		verb = "提出"
	}
	if chosen == "" {
		return verb + "更正、解锁或免报"
	}
	return verb + chosen.Label()
}
