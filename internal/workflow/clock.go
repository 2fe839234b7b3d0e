package workflow

// Span is a stretch of time, in milliseconds UTC; To is 0 while it lasts.
type Span struct{ From, To int64 }

// Reading is what a clock shows, computed from events alone: nothing counts up in the database (practice.md §2).
type Reading struct {
	Running bool
	Paused  bool
	Stopped bool
	Spans   []Span // when it ran; a pause separates two spans
	DueAt   int64  // the latest due that a move set; 0 = none
}

// Read computes the clock of a record from its events, oldest first. Events that do not fit (a pause of a clock
// that does not run) change nothing.
func Read(events []Event) Reading {
	var r Reading
	for _, e := range events {
		switch e.Clock {
		case ClockStart:
			if r.Running {
				r.close(e.At)
			}
			r.Spans = append(r.Spans, Span{From: e.At})
			r.Running, r.Paused, r.Stopped = true, false, false
		case ClockPause:
			if r.Running {
				r.close(e.At)
				r.Running, r.Paused = false, true
			}
		case ClockResume:
			if r.Paused {
				r.Spans = append(r.Spans, Span{From: e.At})
				r.Running, r.Paused = true, false
			}
		case ClockStop:
			if r.Running {
				r.close(e.At)
			}
			if r.Running || r.Paused {
				r.Running, r.Paused, r.Stopped = false, false, true
			}
		}
		if e.DueAt != 0 {
			r.DueAt = e.DueAt
		}
	}
	return r
}

func (r *Reading) close(at int64) { r.Spans[len(r.Spans)-1].To = at }

// Elapsed returns the milliseconds that the clock ran until now, pauses left out.
func (r Reading) Elapsed(now int64) int64 {
	var total int64
	for _, s := range r.Spans {
		end := s.To
		if end == 0 {
			end = now
		}
		total += max(0, end-s.From)
	}
	return total
}
