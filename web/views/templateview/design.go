package templateview

import (
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// Part is one of the pages of a design.
type Part string

// The pages of a design, in their order.
const (
	PartFields   Part = "fields"
	PartAbout    Part = "about"
	PartRules    Part = "rules"
	PartLists    Part = "lists"
	PartComments Part = "comments"
	PartTrials   Part = "trials"
	PartCompare  Part = "compare"
)

// Reason is something that keeps a design from being published, with the place where it is mended.
type Reason struct {
	Text string
	URL  string
}

// ItemLine is a catalogue item that a design's template serves, with its cycle, due and lock day in words.
type ItemLine struct {
	Name, Text string
	URL        string
	Edit       string // where its cycle and days are changed; empty: not by the reader
}

// Frame is what all pages of a design have in common.
type Frame struct {
	Shell    layout.Shell
	Now      time.Time
	Design   models.Design
	Units    []string
	Due      string     // the cycle of the items
	Items    []ItemLine // the items that it serves
	Part     Part
	Next     []workflow.Segment
	Moves    []workflow.Move
	Reasons  []Reason
	Comments int
	Open     int // comments that wait for an answer
	Trials   int
	Earlier  bool               // there is a version to compare with
	CanEdit  bool               // it is a draft and the reader designs
	CanSay   bool               // the reader may comment now
	CanTry   bool               // the reader may try a file now
	SeesTry  bool               // the reader's role tries files
	Editing  bool               // a form on the page has the primary button
	Hint     *components.Action // what the reader can do at once, beside the next step
	Conflict string             // somebody was faster; what was typed still stands in the form
}

func (f Frame) head() components.Head {
	d := f.Design
	return components.Head{Title: d.Definition.Name, State: words.State(&models.TemplateFlow, d.State), Actions: f.actions(),
		Sub: models.ItemCode(d.TemplateCode) + "　" + versionName(d.No) + "　" + strings.Join(f.Units, "、") + "　" + f.Due}
}

// actions are the workbook and the moves that are offered; the main one stands last.
func (f Frame) actions() []components.Action {
	list := []components.Action{{Label: "下载空白工作簿", URL: templ.SafeURL(paths.ToDesign(paths.DesignWorkbook, f.Design.ID)), Icon: components.IconDownload}}
	var main []components.Action
	for _, m := range f.Moves {
		action := components.Action{Label: m.Label, URL: templ.SafeURL(paths.ToDesignMove(f.Design.ID, string(m.Verb)))}
		switch {
		case m.Main && f.Editing: // the form's own button is the primary one there
			main = append(main, action)
		case m.Main:
			action.Style = components.StylePrimary
			main = append(main, action)
		default:
			list = append(list, action)
		}
	}
	return append(list, main...)
}

func (f Frame) next() components.Next {
	n := components.Next{Sentence: words.Sentence(f.Next), Action: f.Hint}
	if models.TemplateFlow.Describe(f.Design.State).Waits == "" {
		n.Tone = components.ToneCalm
	}
	return n
}

func (f Frame) tabs() []components.Tab {
	def := f.Design.Definition
	tab := func(part Part, pattern, label string) components.Tab {
		return components.Tab{Label: label, URL: templ.SafeURL(paths.ToDesign(pattern, f.Design.ID)), Current: f.Part == part}
	}
	tabs := []components.Tab{
		tab(PartFields, paths.Design, fmt.Sprintf("字段 %d", len(def.Fields))), tab(PartAbout, paths.DesignAbout, "基本信息"),
		tab(PartRules, paths.DesignRules, fmt.Sprintf("行内规则 %d", len(def.Rules))), tab(PartLists, paths.DesignLists, fmt.Sprintf("字典 %d", len(def.Lists))),
		tab(PartComments, paths.DesignComments, fmt.Sprintf("意见 %d", f.Comments)),
	}
	if f.SeesTry {
		tabs = append(tabs, tab(PartTrials, paths.DesignTrials, fmt.Sprintf("试报 %d", f.Trials)))
	}
	if f.Earlier {
		tabs = append(tabs, tab(PartCompare, paths.DesignCompare, "与上一版比较"))
	}
	return tabs
}

func (f Frame) reasonsTitle() string {
	return fmt.Sprintf("发布前待补齐　%d 处", len(f.Reasons))
}

// events is the history of a design, newest first, down to its beginning.
func events(d models.Design, history []workflow.Event, now time.Time) []components.Event {
	var list []components.Event
	for i := len(history) - 1; i >= 0; i-- {
		e := history[i]
		move, _ := models.TemplateFlow.Move(e.Verb)
		list = append(list, components.Event{When: words.When(models.Instant(e.At), now), DateTime: words.Machine(models.Instant(e.At)),
			What: components.Sentence{components.Plain(e.ActorName + "（" + e.ActorPost + "）" + move.Label)}, Quote: e.Reason, Bad: move.Takes})
	}
	return append(list, components.Event{When: words.When(d.CreatedAt, now), DateTime: words.Machine(d.CreatedAt),
		What: components.Sentence{components.Plain(d.CreatedName + "起草：" + d.Origin)}})
}

// FieldLine is one row of the list of fields.
type FieldLine struct {
	Letter  string // the column in the workbook
	Field   models.Field
	Kind    string // the type as people read it
	Missing string // what is still to be filled in: 缺口径
	Added   bool   // no earlier version has it
	Repeats bool   // another unit supplies it already
}

func (l FieldLine) title() string { return Field{Field: l.Field}.title() }

// Source is where another unit supplies the same already.
type Source struct {
	Unit, Template, Name, Field string
}

// FieldForm is the editor of one field.
type FieldForm struct {
	Title   string // 编辑字段　L　备案均价
	Sub     string
	Was     string
	Seen    string
	Main    []components.Input
	More    []components.Input // folded unless one of them is in use
	Open    bool
	Marks   []components.Input // ticks
	Sources []Source
	Repeat  components.Input
	Facts   []components.Fact // in place of the form, where nothing can be changed
}

func (f FieldForm) inputs() []components.Input {
	all := append(append([]components.Input{}, f.Main...), f.Marks...)
	all = append(all, f.More...)
	if len(f.Sources) > 0 {
		all = append(all, f.Repeat)
	}
	return all
}

// VersionLine is one version in the side panel.
type VersionLine struct {
	No       int
	When     string
	DateTime string
	Note     string
	URL      string // empty: the one on the page
}

// Preview is the first rows of the workbook that units will get.
type Preview struct {
	Title    string
	Hint     string
	Letters  []string
	Titles   []string
	Examples []string
	Texts    []bool // columns kept as text
}

// DesignPage is the list of fields with the editor of one.
type DesignPage struct {
	Frame
	Lines    []FieldLine
	Form     *FieldForm
	Selected string // code of the field in the editor
	Versions []VersionLine
	History  []workflow.Event
	Preview  Preview
}

func (p DesignPage) versionEvents() []components.Event {
	list := make([]components.Event, len(p.Versions))
	for i, v := range p.Versions {
		name := components.Bold(versionName(v.No))
		if v.URL != "" {
			name = components.Linked(versionName(v.No), templ.SafeURL(v.URL))
		}
		list[i] = components.Event{When: v.When, DateTime: v.DateTime, What: components.Sentence{name, components.Plain("　" + v.Note)}}
	}
	return list
}

func (p DesignPage) compareLink() *components.TextLink {
	if !p.Earlier {
		return nil
	}
	return &components.TextLink{Label: "比较", URL: templ.SafeURL(paths.ToDesign(paths.DesignCompare, p.Design.ID))}
}

func (p DesignPage) nothing() *components.Nothing {
	if len(p.Lines) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconTable, Title: "还没有字段", Text: "在右侧逐个添加；已有台账的，也可以作废这份草稿，从工作簿表头或定义表新建。", InPanel: true}
}

// lineMark is one word about a field in the list, with its icon.
type lineMark struct {
	icon components.IconName
	word string
	due  bool // somebody has to look at it
}

func (l FieldLine) lineMarks() []lineMark {
	var list []lineMark
	for _, m := range []struct {
		on bool
		lineMark
	}{
		{l.Missing != "", lineMark{components.IconAlertTriangle, l.Missing, true}}, {l.Repeats, lineMark{components.IconCopy, "重复采集", true}},
		{l.Field.Subject, lineMark{components.IconId, "主体", false}}, {l.Field.Key, lineMark{components.IconKey, "主键", false}},
		{l.Field.Sensitive, lineMark{components.IconLock, "敏感", false}}, {l.Added, lineMark{components.IconPlus, "新增", false}},
	} {
		if m.on {
			list = append(list, m.lineMark)
		}
	}
	return list
}

func (p DesignPage) lineColumns() []components.Column {
	columns := []components.Column{{Label: "列"}, {Label: "字段"}, {Label: "类型"}, {Label: "必填"}}
	if p.CanEdit {
		columns = append(columns, components.Column{Label: "次序", Actions: true})
	}
	return columns
}
