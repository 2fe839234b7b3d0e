package workflow_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// flows are the portal's own, and the one of the tests.
var flows = []*workflow.Flow{&lending, &models.FilingFlow, &models.WaiverFlow}

func TestCheck_thePortalsFlowsAreSound(t *testing.T) {
	for _, f := range flows {
		if err := f.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestCheck_findsWhatIsWrongWithATable(t *testing.T) {
	sound := func() workflow.Flow {
		return workflow.Flow{
			Name:   "f",
			States: []workflow.StateDef{{State: "a", Label: "甲"}, {State: "b", Label: "乙", Final: true}},
			Moves:  []workflow.Move{{Verb: "go", Label: "走", From: []workflow.State{"a"}, To: "b", Object: "o", Action: "go", Party: workflow.OwnUnit}},
		}
	}
	if f := sound(); f.Check() != nil {
		t.Fatal(f.Check())
	}
	for name, breakIt := range map[string]func(*workflow.Flow){
		"no state":                func(f *workflow.Flow) { f.States, f.Moves = nil, nil },
		"a state twice":           func(f *workflow.Flow) { f.States = append(f.States, f.States[1]) },
		"a state without a label": func(f *workflow.Flow) { f.States[0].Label = "" },
		"a state that is not reached": func(f *workflow.Flow) {
			f.States = append(f.States, workflow.StateDef{State: "c", Label: "丙", Final: true})
		},
		"a state that cannot be left":  func(f *workflow.Flow) { f.States[1].Final = false },
		"a final state that is left":   func(f *workflow.Flow) { f.States[0].Final = true },
		"a verb twice":                 func(f *workflow.Flow) { f.Moves = append(f.Moves, f.Moves[0]) },
		"a move to nowhere":            func(f *workflow.Flow) { f.Moves[0].To = "x" },
		"a move from nowhere":          func(f *workflow.Flow) { f.Moves[0].From = []workflow.State{"a", "x"} },
		"a move without question":      func(f *workflow.Flow) { f.Moves[0].Object = "" },
		"a move without action":        func(f *workflow.Flow) { f.Moves[0].Action = "" },
		"a move without label":         func(f *workflow.Flow) { f.Moves[0].Label = "" },
		"an unknown move of four eyes": func(f *workflow.Flow) { f.Moves[0].NotBy = []workflow.Verb{"fly"} },
	} {
		f := sound()
		breakIt(&f)
		if err := f.Check(); err == nil {
			t.Errorf("%s: found sound", name)
		}
	}
}

func TestFlow_describesItsStatesAndMoves(t *testing.T) {
	if got := lending.Describe("lent"); got.Label != "借出" || got.Waits != workflow.OwnUnit {
		t.Errorf("lent is %+v", got)
	}
	if got := lending.Describe("nowhere"); got.Label != "nowhere" {
		t.Errorf("an unknown state is %+v", got)
	}
	if m, ok := lending.Move("lend"); !ok || !m.Requires(workflow.NeedDue) || m.Requires(workflow.NeedReason) {
		t.Errorf("lend is %+v, %v", m, ok)
	}
	if _, ok := lending.Move("fly"); ok {
		t.Error("there is no such move")
	}
	if got := lending.WaitingFor(workflow.Office); len(got) != 1 || got[0] != "asked" {
		t.Errorf("the office waits in %v", got)
	}
	_, err := lending.Next("back", "bring")
	if message, _ := fault.Message(err); !fault.Is(err, fault.Conflict) || !strings.Contains(message, "没有归还：现在的状态是“已归还”") {
		t.Errorf("it says %q", message)
	}
}

// TestFlows_sayWhatToDoInEveryOpenState: no state in which somebody is to act is without its sentence, and each sentence
// can be filled.
func TestFlows_sayWhatToDoInEveryOpenState(t *testing.T) {
	for _, f := range flows {
		for _, d := range f.States {
			if !d.Final && d.Next == "" {
				t.Errorf("%s %s says nothing", f.Name, d.State)
			}
			if strings.Count(d.Next, "**")%2 != 0 || strings.Count(d.Next, "{") != strings.Count(d.Next, "}") {
				t.Errorf("%s %s: %q", f.Name, d.State, d.Next)
			}
			if got := workflow.Plain(workflow.Sentence(d.Next, nil)); strings.ContainsAny(got, "{}*") {
				t.Errorf("%s %s shows %q", f.Name, d.State, got)
			}
		}
	}
}

// TestFlows_nobodyIsStuck: where a person is to act there is a move of that party, whatever was found.
func TestFlows_nobodyIsStuck(t *testing.T) {
	for _, f := range flows {
		for _, d := range f.States {
			if d.Waits == "" || d.Waits == workflow.System || d.Final {
				continue
			}
			found := false
			for _, m := range f.Open(d.State) {
				found = found || m.Party == d.Waits
			}
			if !found {
				t.Errorf("%s %s waits for %s, who can do nothing", f.Name, d.State, d.Waits)
			}
		}
	}
}

func TestMermaid_drawsEveryStateAndMove(t *testing.T) {
	drawn := lending.Mermaid()
	for _, line := range []string{
		"stateDiagram-v2", "asked: 待审批 asked", "[*] --> asked", "asked --> lent: 借出②", "lent --> lent: 续借（须写理由）",
		"lent --> lost: （系统）登记遗失", "asked --> lost: （系统）登记遗失", "back --> [*]", "lost --> [*]",
	} {
		if !strings.Contains(drawn, line+"\n") {
			t.Errorf("no line %q in\n%s", line, drawn)
		}
	}
	if strings.Contains(drawn, "lent --> [*]") || strings.Contains(drawn, "asked --> [*]") {
		t.Error("an open state ends")
	}
}
