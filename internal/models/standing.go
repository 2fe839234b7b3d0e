package models

import "slices"

// Standing is what a task is called on a page (DESIGN §5): derived from facts, never stored.
type Standing string

// The standings, from best to worst as a matrix cell compares them.
const (
	StandingExempt   Standing = "exempt"   // 免报
	StandingUnopened Standing = "unopened" // 未开放
	StandingOnTime   Standing = "on_time"  // 按时
	StandingNil      Standing = "nil"      // 零报送
	StandingOpen     Standing = "open"     // 待报
	StandingLate     Standing = "late"     // 逾期补报
	StandingReturned Standing = "returned" // 退回补正
	StandingOverdue  Standing = "overdue"  // 逾期未报
)

// Standings are all standings, best first.
var Standings = []Standing{StandingExempt, StandingUnopened, StandingOnTime, StandingNil, StandingOpen, StandingLate,
	StandingReturned, StandingOverdue}

// Label returns the standing in the plan's words.
func (s Standing) Label() string {
	return map[Standing]string{
		StandingExempt: "免报", StandingUnopened: "未开放", StandingOnTime: "按时", StandingNil: "零报送", StandingOpen: "待报",
		StandingLate: "逾期补报", StandingReturned: "退回补正", StandingOverdue: "逾期未报",
	}[s]
}

// Worse returns the worse of two standings: a matrix cell shows the worst of its tasks.
func Worse(a, b Standing) Standing {
	if slices.Index(Standings, a) >= slices.Index(Standings, b) {
		return a
	}
	return b
}

// Effective returns the effective batch of the task, or nil. It needs Batches.
func (t *FilingTask) Effective() *Batch {
	for i := range t.Batches {
		if t.Batches[i].State == BatchEffective {
			return &t.Batches[i]
		}
	}
	return nil
}

// Current returns the batch that the task's page speaks of: the newest that is not discarded, or nil. It needs Batches.
func (t *FilingTask) Current() *Batch {
	var current *Batch
	for i := range t.Batches {
		b := &t.Batches[i]
		if b.State != BatchDiscarded && (current == nil || b.No > current.No) {
			current = b
		}
	}
	return current
}

// Underway returns the batch by which the task is being filed for the first time, from its upload until the Office has
// accepted or returned it, or nil. A task that stands 待报 or 逾期未报 is shown with it, so that a reader sees how far the
// unit has come. It needs Batches.
func (t *FilingTask) Underway() *Batch {
	current := t.Current()
	if current == nil || current.State == BatchReturned || t.Effective() != nil {
		return nil
	}
	return current
}

// Standing derives what the task is called at the moment. It needs Batches.
func (t *FilingTask) Standing(now Instant) Standing {
	if t.ExemptedAt != 0 {
		return StandingExempt
	}
	if b := t.Effective(); b != nil {
		switch {
		case t.OnTime != nil && !*t.OnTime:
			return StandingLate
		case b.Kind == BatchNil:
			return StandingNil
		}
		return StandingOnTime
	}
	current := t.Current()
	switch {
	case current == nil && now < t.OpensAt:
		return StandingUnopened
	case current != nil && current.State == BatchReturned, t.mending(current):
		return StandingReturned
	case current != nil && current.State == BatchFiled:
		if t.signature(current) <= t.DueAt {
			return StandingOpen
		}
		return StandingLate
	case now <= t.DueAt:
		return StandingOpen
	}
	return StandingOverdue
}

// mending reports whether current is a new try after a return that has not reached the Office again.
func (t *FilingTask) mending(current *Batch) bool {
	if current == nil || current.State == BatchFiled || current.State == BatchEffective || current.State == BatchSuperseded {
		return false
	}
	before := t.before(current)
	return before != nil && before.State == BatchReturned
}

// before returns the newest batch before b that is not discarded, or nil.
func (t *FilingTask) before(b *Batch) *Batch {
	var found *Batch
	for i := range t.Batches {
		other := &t.Batches[i]
		if other.State != BatchDiscarded && other.No < b.No && (found == nil || other.No > found.No) {
			found = other
		}
	}
	return found
}

// signature returns the moment that decides whether b is on time: its own signature, or that of the returned batch it
// mends within the correction due, back to the first of such a chain.
func (t *FilingTask) signature(b *Batch) Instant {
	before := t.before(b)
	if before != nil && before.State == BatchReturned && b.SignedAt <= before.MendDueAt {
		return t.signature(before)
	}
	return b.SignedAt
}

// Timely returns the deciding signature of a batch that is about to be accepted, and whether it is on time.
func (t *FilingTask) Timely(b *Batch) (signed Instant, onTime bool) {
	signed = t.signature(b)
	return signed, signed <= t.DueAt
}

// Running reports whether the task is not yet to be counted: not due, or signed in time and waiting for the Office,
// or returned with its correction still due.
func (t *FilingTask) Running(now Instant) bool {
	if t.ExemptedAt != 0 || t.Effective() != nil {
		return false
	}
	if now <= t.DueAt {
		return true
	}
	current := t.Current()
	if current == nil {
		return false
	}
	switch {
	case current.State == BatchFiled:
		return t.signature(current) <= t.DueAt
	case current.State == BatchReturned:
		return t.signature(current) <= t.DueAt && now <= current.MendDueAt
	}
	before := t.before(current)
	return before != nil && before.State == BatchReturned && t.signature(before) <= t.DueAt && now <= before.MendDueAt
}

// DueNow returns until when the unit must act: the correction due of a returned batch, else the task's own due.
func (t *FilingTask) DueNow() Instant {
	if current := t.Current(); current != nil {
		if current.State == BatchReturned {
			return current.MendDueAt
		}
		if before := t.before(current); before != nil && before.State == BatchReturned && t.mending(current) {
			return before.MendDueAt
		}
	}
	return t.DueAt
}

// Tally counts tasks for a matrix cell or a rate.
type Tally struct {
	Worst   Standing
	Total   int // tasks
	Exempt  int
	Running int
	OnTime  int // effective and on time, nil returns included
	Filed   int // effective, or on its way to the Office
	Nil     int
	Overdue int // neither filed nor exempt after the due moment
	Undue   int // of Running: neither accepted nor due yet; while there is one the period runs
	Signing int // its batch waits for the unit leader's signature
	Waiting int // its batch is signed and waits for the Office
}

// Add counts one task.
func (y *Tally) Add(t *FilingTask, now Instant) {
	standing := t.Standing(now)
	if y.Total == 0 {
		y.Worst = standing
	}
	y.Total++
	y.Worst = Worse(y.Worst, standing)
	switch standing {
	case StandingExempt:
		y.Exempt++
	case StandingNil:
		y.Nil++
		y.OnTime++
		y.Filed++
	case StandingOnTime:
		y.OnTime++
		y.Filed++
	case StandingLate:
		y.Filed++
	case StandingOverdue:
		y.Overdue++
	case StandingOpen:
		if c := t.Current(); c != nil && c.State == BatchFiled {
			y.Filed++
		}
	}
	if t.Running(now) {
		y.Running++
		if now <= t.DueAt {
			y.Undue++
		}
	}
	if b := t.Underway(); b != nil && standing != StandingExempt {
		switch b.State {
		case BatchSigning:
			y.Signing++
		case BatchFiled:
			y.Waiting++
		}
	}
}

// Merge adds another tally.
func (y *Tally) Merge(o Tally) {
	if o.Total == 0 {
		return
	}
	if y.Total == 0 {
		y.Worst = o.Worst
	}
	y.Worst = Worse(y.Worst, o.Worst)
	y.Total += o.Total
	y.Exempt += o.Exempt
	y.Running += o.Running
	y.OnTime += o.OnTime
	y.Filed += o.Filed
	y.Nil += o.Nil
	y.Overdue += o.Overdue
	y.Undue += o.Undue
	y.Signing += o.Signing
	y.Waiting += o.Waiting
}

// DoneByUnits reports whether the worst that can be said is that the Office has not accepted yet: everything that is
// owed has been signed in time.
func (y Tally) DoneByUnits() bool { return y.Worst == StandingOpen && y.Filed == y.Owed() }

// Owed is the number of tasks that are owed: all but the exempt ones.
func (y Tally) Owed() int { return y.Total - y.Exempt }

// Rate returns on time ÷ (due − exempt − running) in per mille, and false if nothing is to be counted yet.
func (y Tally) Rate() (int, bool) {
	counted := y.Total - y.Exempt - y.Running
	if counted <= 0 {
		return 0, false
	}
	return (y.OnTime*1000 + counted/2) / counted, true
}

// PeriodRate returns the rate of the tasks of one period, and false as long as the period runs: what is accepted before
// the due day says nothing of the rest.
func (y Tally) PeriodRate() (int, bool) {
	if y.Undue > 0 {
		return 0, false
	}
	return y.Rate()
}
