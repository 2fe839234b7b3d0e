// Package workflow is the one engine for every workflow of the portal (DESIGN §5).
//
// A workflow is a table of moves that a civil servant could read. From that one table come the buttons of a page,
// the question that is asked of the policy, the party that may act, the fields a step needs, the sentence 下一步,
// the to-do lists, the history, the clock's events and the diagram in docs/workflows. The package knows no entity:
// an entity takes part by implementing Subject.
package workflow

import (
	"fmt"
	"slices"
	"strings"

	"taxportal/internal/fault"
)

// State is a stage in the life of a record. It is never written but by Engine.Apply.
type State string

// Verb names a move; it is also the last part of the move's URL.
type Verb string

// Party says who may take a move, as seen from the record.
type Party string

// The parties of the plan's workflows.
const (
	OwnUnit Party = "own"    // the unit whose duty the record is
	Office  Party = "office" // the Office of the leading group in the record's area
	System  Party = "system" // the portal itself; never offered as a button
)

// Need names something that a move cannot be taken without.
type Need string

// The needs. A page asks for them and Apply refuses without them.
const (
	NeedReason Need = "reason" // why; the other side reads it
	NeedDue    Need = "due"    // until when the other side has time
)

// Clock says what a move does to the record's clock.
type Clock string

// The effects on a clock.
const (
	ClockKeep   Clock = ""
	ClockStart  Clock = "start"
	ClockPause  Clock = "pause"
	ClockResume Clock = "resume"
	ClockStop   Clock = "stop"
)

// Move is one step of a workflow.
type Move struct {
	Verb   Verb
	Label  string  // the button: 提交审签
	From   []State // where it can be taken
	To     State
	Object string // what the policy is asked, with Action; both empty for moves of the system
	Action string
	Party  Party
	NotBy  []Verb // ②: refused to whoever took the latest of these moves
	Needs  []Need
	Clock  Clock
	Takes  bool   // takes something away from somebody: the button is red
	Main   bool   // the one primary action of its state
	Ask    string // the confirm page: what follows from the step
	Done   string // told after the step
}

// Requires reports whether the move cannot be taken without need.
func (m Move) Requires(need Need) bool { return slices.Contains(m.Needs, need) }

// StateDef describes a state to people.
type StateDef struct {
	State State
	Label string
	Waits Party  // whose turn it is; empty when nobody's
	Next  string // the sentence 下一步, a Sentence pattern
	Final bool
}

// Flow is a whole workflow.
type Flow struct {
	Name   string // filing
	Label  string // 数据报送批次
	States []StateDef
	Moves  []Move
}

// Describe returns the description of a state; an unknown state describes itself.
func (f *Flow) Describe(s State) StateDef {
	for _, d := range f.States {
		if d.State == s {
			return d
		}
	}
	return StateDef{State: s, Label: string(s)}
}

// Move returns the move with the verb, and false if the flow has none.
func (f *Flow) Move(v Verb) (Move, bool) {
	for _, m := range f.Moves {
		if m.Verb == v {
			return m, true
		}
	}
	return Move{}, false
}

// Next returns the move that verb makes from state s.
// Returns fault.Conflict if the record does not stand where the move can be taken.
func (f *Flow) Next(s State, v Verb) (Move, error) {
	m, ok := f.Move(v)
	if !ok {
		return Move{}, fmt.Errorf("flow %s has no move %s", f.Name, v)
	}
	if !slices.Contains(m.From, s) {
		return Move{}, fault.New(fault.Conflict,
			fmt.Sprintf("没有%s：现在的状态是“%s”，可能已由他人办理。请刷新页面后再看。", m.Label, f.Describe(s).Label))
	}
	return m, nil
}

// Open returns the moves that people can take from state s, in the order of the table.
func (f *Flow) Open(s State) []Move {
	var open []Move
	for _, m := range f.Moves {
		if m.Party != System && slices.Contains(m.From, s) {
			open = append(open, m)
		}
	}
	return open
}

// WaitingFor returns the states in which party is to act.
func (f *Flow) WaitingFor(p Party) []State {
	var states []State
	for _, d := range f.States {
		if d.Waits == p {
			states = append(states, d.State)
		}
	}
	return states
}

// Check reports what is wrong with the table itself: unknown states or verbs, states that cannot be reached or left,
// verbs used twice, moves of people without a policy question. The first state is where a record begins.
func (f *Flow) Check() error {
	known := map[State]bool{}
	for _, d := range f.States {
		if known[d.State] || d.Label == "" {
			return fmt.Errorf("flow %s: state %q stands twice or has no label", f.Name, d.State)
		}
		known[d.State] = true
	}
	if len(f.States) == 0 {
		return fmt.Errorf("flow %s: it has no state to begin in", f.Name)
	}
	verbs := map[Verb]bool{}
	for _, m := range f.Moves {
		if verbs[m.Verb] {
			return fmt.Errorf("flow %s: verb %q stands twice", f.Name, m.Verb)
		}
		verbs[m.Verb] = true
	}
	for _, m := range f.Moves {
		if err := f.checkMove(m, known, verbs); err != nil {
			return err
		}
	}
	return f.checkPaths()
}

func (f *Flow) checkMove(m Move, states map[State]bool, verbs map[Verb]bool) error {
	if m.Label == "" || m.Party != System && (m.Object == "" || m.Action == "") {
		return fmt.Errorf("flow %s: move %q lacks its label, or as one of a person its policy question", f.Name, m.Verb)
	}
	for _, s := range append([]State{m.To}, m.From...) {
		if !states[s] {
			return fmt.Errorf("flow %s: move %q names unknown state %q", f.Name, m.Verb, s)
		}
	}
	for _, v := range m.NotBy {
		if !verbs[v] {
			return fmt.Errorf("flow %s: move %q names unknown move %q", f.Name, m.Verb, v)
		}
	}
	return nil
}

// checkPaths reports a state that no move leads to, and one that is final and can be left, or neither.
func (f *Flow) checkPaths() error {
	reached, left := map[State]bool{f.States[0].State: true}, map[State]bool{}
	for _, m := range f.Moves {
		reached[m.To] = true
		for _, s := range m.From {
			left[s] = true
		}
	}
	for _, d := range f.States {
		if !reached[d.State] || d.Final == left[d.State] {
			return fmt.Errorf("flow %s: state %q cannot be reached, cannot be left, or is final and can be left", f.Name, d.State)
		}
	}
	return nil
}

// Mermaid draws the flow as a state diagram for docs/workflows.
func (f *Flow) Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, d := range f.States {
		fmt.Fprintf(&b, "    %s: %s %s\n", d.State, d.Label, d.State)
	}
	fmt.Fprintf(&b, "    [*] --> %s\n", f.States[0].State)
	for _, m := range f.Moves {
		label := m.Label
		if m.Party == System {
			label = "（系统）" + label
		}
		if len(m.NotBy) > 0 {
			label += "②"
		}
		if m.Requires(NeedReason) {
			label += "（须写理由）"
		}
		for _, s := range m.From {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", s, m.To, label)
		}
	}
	for _, d := range f.States {
		if d.Final {
			fmt.Fprintf(&b, "    %s --> [*]\n", d.State)
		}
	}
	return b.String()
}
