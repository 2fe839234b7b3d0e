package workflow_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/workflow"
)

func TestApply_movesRecordsAndWritesDown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		also := false
		event, err := w.take(step("lend", "asked", func(s *workflow.Step) {
			s.Input.Reason, s.Input.Detail = "  课题用  ", "第 2 架"
			s.Also = func(tx *gorm.DB) error {
				also = len(w.recorded) == 0 // it runs before the audit entry, which is the last statement
				return nil
			}
		}))
		if err != nil || w.state() != "lent" || !also {
			t.Fatalf("state %s, also %v: %v", w.state(), also, err)
		}
		want := workflow.Event{ID: event.ID, Flow: "lending", RecordID: 1, Verb: "lend", FromState: "asked", ToState: "lent", ActorID: 7, ActorName: "赵敏",
			ActorPost: "领导小组办公室", UnitID: 3, Reason: "课题用", DueAt: later, Clock: workflow.ClockStart, Detail: "第 2 架", At: start.UnixMilli()}
		if got := w.history(); len(got) != 1 || got[0] != want || event != want || event.ID == 0 {
			t.Errorf("history %+v, want %+v", got, want)
		}
		if !slices.Equal(w.recorded, []string{"lend BOOK-1"}) {
			t.Errorf("the audit was given %q", w.recorded)
		}
	})
}

func TestApply_refuses(t *testing.T) {
	forbidden := fault.New(fault.Forbidden, "no")
	tests := []struct {
		name  string
		step  workflow.Step
		kind  fault.Kind
		field string
	}{
		{"a move from another state", step("bring", "asked"), fault.Conflict, ""},
		{"what the policy forbids", step("lend", "asked", func(s *workflow.Step) { s.Allowed = func(string, string) error { return forbidden } }), fault.Forbidden, ""},
		{"who is no party", step("lend", "asked", func(s *workflow.Step) { s.Parties = []workflow.Party{workflow.OwnUnit} }), fault.Forbidden, ""},
		{"who is no party at all", step("lend", "asked", func(s *workflow.Step) { s.Parties = nil }), fault.Forbidden, ""},
		{"a person who takes the system's move", step("lose", "asked"), fault.Forbidden, ""},
		{"no due", step("lend", "asked", func(s *workflow.Step) { s.Input.DueAt = 0 }), fault.Invalid, "due"},
		{"a due that is now", step("lend", "asked", func(s *workflow.Step) { s.Input.DueAt = start.UnixMilli() }), fault.Invalid, "due"},
		{"a reason of two books' length", step("lend", "asked", func(s *workflow.Step) { s.Input.Reason = strings.Repeat("长", 2001) }), fault.Invalid, "reason"},
	}
	each(t, func(t *testing.T, w *world) {
		for _, tt := range tests {
			_, err := w.take(tt.step)
			if fields, _ := fault.Fields(err); fault.Of(err) != tt.kind || (fields[tt.field] == "") != (tt.field == "") {
				t.Errorf("%s: %v %v", tt.name, err, fields)
			}
		}
		if w.state() != "asked" || len(w.history()) != 0 || len(w.recorded) != 0 {
			t.Errorf("something happened: %s, %v, %v", w.state(), w.history(), w.recorded)
		}
		_, err := w.take(step("unknown", "asked"))
		wantKind(t, err, fault.NotFound)
		if _, err := w.take(step("lend", "asked", func(s *workflow.Step) { s.Allowed = nil })); err == nil || fault.Of(err) != 0 {
			t.Errorf("without a policy: %v", err)
		}
	})
}

func TestApply_asksThePolicyWhatTheTableSays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		asked := ""
		_, err := w.take(step("lend", "asked", func(s *workflow.Step) {
			s.Allowed = func(object, action string) error { asked = object + ":" + action; return nil }
		}))
		if err != nil || asked != "book:lend" {
			t.Errorf("asked %q: %v", asked, err)
		}
	})
}

func TestApply_aNeedOfBlanksIsNotMet(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := w.take(step("lend", "asked")); err != nil {
			t.Fatal(err)
		}
		_, err := w.take(step("prolong", "lent", func(s *workflow.Step) { s.Input.Reason = " \n\t　" }))
		if fields, _ := fault.Fields(err); fields["reason"] == "" || fields["due"] != "" {
			t.Errorf("fields %v: %v", fields, err)
		}
		_, err = w.take(step("prolong", "lent", func(s *workflow.Step) { s.Input.Reason = strings.Repeat("长", 2000) }))
		wantKind(t, err, 0)
	})
}

// TestApply_fourEyes: whoever took the latest of the named moves may not take this one; somebody else may.
func TestApply_fourEyes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := func(s *workflow.Step) { s.Actor.AccountID = 8 }
		_, err := w.take(step("lend", "asked", other))
		wantKind(t, err, 0)
		_, err = w.take(step("prolong", "lent"))
		wantKind(t, err, 0)
		if err := w.db.Write.Exec("UPDATE test_books SET state = 'asked'").Error; err != nil {
			t.Fatal(err)
		}
		_, err = w.take(step("lend", "asked"))
		wantKind(t, err, fault.Forbidden)
		if message, _ := fault.Message(err); !strings.Contains(message, "借出须由另一人办理：“续借”是您本人办的") {
			t.Errorf("it says %q", message)
		}
		offered := workflow.Offered(&lending, "asked", []workflow.Party{workflow.Office}, func(string, string) bool { return true }, 7, w.history())
		if len(offered) != 0 {
			t.Error("the page offers what Apply refuses")
		}
		_, err = w.take(step("lend", "asked", other))
		wantKind(t, err, 0)
	})
}

func TestApply_theSystemMovesWithoutAPolicy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.take(step("lose", "asked", func(s *workflow.Step) { s.Actor, s.Allowed, s.Parties = workflow.Actor{Name: "系统"}, nil, nil }))
		if err != nil || w.state() != "lost" {
			t.Errorf("state %s: %v", w.state(), err)
		}
	})
}

func TestApply_ofTwoAtOnceOneGetsIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		errs := make([]error, 4)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() {
				_, err := w.take(step("lend", "asked", func(s *workflow.Step) {
					s.Actor.AccountID = int64(10 + i)
				}))
				errs[i] = err
			})
		}
		group.Wait()
		taken := 0
		for _, err := range errs {
			if err == nil {
				taken++
				continue
			}
			wantKind(t, err, fault.Conflict)
			if message, _ := fault.Message(err); !strings.Contains(message, "没有借出：刚刚已由他人办理") {
				t.Errorf("the others read %q", message)
			}
		}
		if taken != 1 || len(w.history()) != 1 {
			t.Errorf("%d took the move, %d events", taken, len(w.history()))
		}
	})
}

func TestApply_aFailureAfterwardsUndoesEverything(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		broken := errors.New("broken")
		for name, change := range map[string]func(*workflow.Step){
			"also":  func(s *workflow.Step) { s.Also = func(*gorm.DB) error { return broken } },
			"audit": func(*workflow.Step) { w.refuse = broken },
		} {
			w.refuse = nil
			if _, err := w.take(step("lend", "asked", change)); !errors.Is(err, broken) {
				t.Errorf("%s: %v", name, err)
			}
			if w.state() != "asked" || len(w.history()) != 0 {
				t.Errorf("%s: state %s, history %v", name, w.state(), w.history())
			}
		}
	})
}

func TestOffered_areTheButtonsOfThePage(t *testing.T) {
	all := func(string, string) bool { return true }
	both := []workflow.Party{workflow.Office, workflow.OwnUnit, workflow.System}
	event := func(verb workflow.Verb, actor int64) workflow.Event {
		return workflow.Event{Verb: verb, ActorID: actor}
	}
	tests := []struct {
		name    string
		state   workflow.State
		parties []workflow.Party
		allow   func(string, string) bool
		history []workflow.Event
		want    string
	}{
		{"in the order of the table, never the system's", "lent", both, all, nil, "prolong bring"},
		{"the party's alone", "asked", []workflow.Party{workflow.OwnUnit}, all, nil, ""},
		{"what the policy allows", "lent", both, func(_, action string) bool { return action == "bring" }, nil, "bring"},
		{"nothing in a final state", "back", both, all, nil, ""},
		{"not by the same person", "asked", both, all, []workflow.Event{event("prolong", 7)}, ""},
		{"the latest counts, not an earlier one", "asked", both, all, []workflow.Event{event("prolong", 7), event("prolong", 8)}, "lend"},
		{"other moves do not count", "asked", both, all, []workflow.Event{event("bring", 7)}, "lend"},
		{"an unknown state", "nowhere", both, all, nil, ""},
	}
	for _, tt := range tests {
		var got []string
		for _, m := range workflow.Offered(&lending, tt.state, tt.parties, tt.allow, 7, tt.history) {
			got = append(got, string(m.Verb))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}
