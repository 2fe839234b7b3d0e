package workflow_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"taxportal/internal/workflow"
)

// at makes events of clocks and moments in turn.
func at(pairs ...any) []workflow.Event {
	var events []workflow.Event
	for i := 0; i+1 < len(pairs); i += 2 {
		events = append(events, workflow.Event{Clock: workflow.Clock(pairs[i].(string)), At: int64(pairs[i+1].(int))})
	}
	return events
}

func TestRead_computesFromEventsAlone(t *testing.T) {
	tests := []struct {
		name    string
		events  []workflow.Event
		want    workflow.Reading
		elapsed int64 // at 100
	}{
		{"nothing", nil, workflow.Reading{}, 0},
		{"it runs", at("start", 10), workflow.Reading{Running: true, Spans: []workflow.Span{{From: 10}}}, 90},
		{"moves that keep it", at("start", 10, "", 20, "", 30), workflow.Reading{Running: true, Spans: []workflow.Span{{From: 10}}}, 90},
		{"it stopped", at("start", 10, "stop", 40), workflow.Reading{Stopped: true, Spans: []workflow.Span{{10, 40}}}, 30},
		{"a pause is left out", at("start", 10, "pause", 30, "resume", 50), workflow.Reading{Running: true, Spans: []workflow.Span{{10, 30}, {From: 50}}}, 70},
		{"it stands still", at("start", 10, "pause", 30), workflow.Reading{Paused: true, Spans: []workflow.Span{{10, 30}}}, 20},
		{"stopped within a pause", at("start", 10, "pause", 30, "stop", 60), workflow.Reading{Stopped: true, Spans: []workflow.Span{{10, 30}}}, 20},
		{"two pauses in a row are one", at("start", 10, "pause", 30, "pause", 35, "resume", 50), workflow.Reading{Running: true, Spans: []workflow.Span{{10, 30}, {From: 50}}}, 70},
		{"a resume of what runs changes nothing", at("start", 10, "resume", 20), workflow.Reading{Running: true, Spans: []workflow.Span{{From: 10}}}, 90},
		{"a pause before the start", at("pause", 5, "resume", 6, "stop", 7), workflow.Reading{}, 0},
		{"a new start after the stop", at("start", 10, "stop", 20, "start", 40), workflow.Reading{Running: true, Spans: []workflow.Span{{10, 20}, {From: 40}}}, 70},
		{"a start of what runs", at("start", 10, "start", 40), workflow.Reading{Running: true, Spans: []workflow.Span{{10, 40}, {From: 40}}}, 90},
	}
	for _, tt := range tests {
		got := workflow.Read(tt.events)
		if !reflect.DeepEqual(got, tt.want) || got.Elapsed(100) != tt.elapsed {
			t.Errorf("%s: %+v, %d elapsed", tt.name, got, got.Elapsed(100))
		}
	}
}

func TestRead_theLatestDueHolds(t *testing.T) {
	events := at("start", 10, "", 20, "stop", 30)
	events[0].DueAt, events[1].DueAt = 500, 900
	if got := workflow.Read(events); got.DueAt != 900 {
		t.Errorf("due %d", got.DueAt)
	}
}

// TestRead_neverCountsMoreThanPassed plays random histories: what ran is never negative, never more than the time that
// passed, and at most one of running, paused and stopped holds.
func TestRead_neverCountsMoreThanPassed(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	clocks := []workflow.Clock{workflow.ClockKeep, workflow.ClockStart, workflow.ClockPause, workflow.ClockResume, workflow.ClockStop}
	for range 2000 {
		var events []workflow.Event
		now := int64(1)
		for range random.IntN(12) {
			now += random.Int64N(50)
			events = append(events, workflow.Event{Clock: clocks[random.IntN(len(clocks))], At: now})
		}
		r, end := workflow.Read(events), now+random.Int64N(50)
		if e := r.Elapsed(end); e < 0 || e > end-1 {
			t.Fatalf("%d elapsed of %d: %+v", e, end-1, events)
		}
		states := 0
		for _, is := range []bool{r.Running, r.Paused, r.Stopped} {
			if is {
				states++
			}
		}
		if states > 1 || r.Running != (len(r.Spans) > 0 && r.Spans[len(r.Spans)-1].To == 0) {
			t.Fatalf("%+v of %+v", r, events)
		}
		for i := 1; i < len(r.Spans); i++ {
			if r.Spans[i].From < r.Spans[i-1].To {
				t.Fatalf("spans overlap: %+v", r.Spans)
			}
		}
	}
}
