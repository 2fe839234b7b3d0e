package models_test

import (
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// The moments of the task in these tests, in the order in which they come.
const (
	opens  models.Instant = 100
	inTime models.Instant = 150
	due    models.Instant = 200
	late   models.Instant = 250
	lock   models.Instant = 300
)

// step makes a batch: signed and, if returned, to be mended until.
func step(no int, state workflow.State, signed, mend models.Instant) models.Batch {
	return models.Batch{ID: int64(no), No: no, Kind: models.BatchFiles, State: state, SignedAt: signed, MendDueAt: mend}
}

func task(batches ...models.Batch) *models.FilingTask {
	return &models.FilingTask{OpensAt: opens, DueAt: due, LockAt: lock, Batches: batches}
}

func effective(onTime bool, batches ...models.Batch) *models.FilingTask {
	t := task(batches...)
	t.OnTime, t.FirstFiledAt = &onTime, inTime
	return t
}

func exempt() *models.FilingTask {
	t := task()
	t.ExemptedAt = inTime
	return t
}

func TestStanding_OfEveryKindOfTask(t *testing.T) {
	nilReturn := step(1, models.BatchEffective, inTime, 0)
	nilReturn.Kind = models.BatchNil
	for name, test := range map[string]struct {
		task    *models.FilingTask
		now     models.Instant
		want    models.Standing
		running bool
	}{
		"before it opens":           {task(), opens - 1, models.StandingUnopened, true},
		"open":                      {task(), opens, models.StandingOpen, true},
		"at the due moment":         {task(), due, models.StandingOpen, true},
		"after it":                  {task(), due + 1, models.StandingOverdue, false},
		"after the lock":            {task(), lock + 1, models.StandingOverdue, false},
		"exempt":                    {exempt(), lock + 1, models.StandingExempt, false},
		"uploaded":                  {task(step(1, models.BatchClean, 0, 0)), inTime, models.StandingOpen, true},
		"not signed at the due":     {task(step(1, models.BatchSigning, 0, 0)), due + 1, models.StandingOverdue, false},
		"discarded is not there":    {task(step(1, models.BatchDiscarded, 0, 0)), due + 1, models.StandingOverdue, false},
		"at the Office in time":     {task(step(1, models.BatchFiled, inTime, 0)), late, models.StandingOpen, true},
		"signed at the due moment":  {task(step(1, models.BatchFiled, due, 0)), late, models.StandingOpen, true},
		"at the Office late":        {task(step(1, models.BatchFiled, due+1, 0)), late, models.StandingLate, false},
		"on time":                   {effective(true, step(1, models.BatchEffective, inTime, 0)), late, models.StandingOnTime, false},
		"on time, before the due":   {effective(true, step(1, models.BatchEffective, inTime, 0)), inTime, models.StandingOnTime, false},
		"late":                      {effective(false, step(1, models.BatchEffective, late, 0)), lock, models.StandingLate, false},
		"nil":                       {effective(true, nilReturn), late, models.StandingNil, false},
		"late nil":                  {effective(false, nilReturn), late, models.StandingLate, false},
		"corrected":                 {effective(true, step(1, models.BatchSuperseded, inTime, 0), step(2, models.BatchEffective, late, 0)), late, models.StandingOnTime, false},
		"a correction on its way":   {effective(true, step(1, models.BatchEffective, inTime, 0), step(2, models.BatchFiled, late, 0)), late, models.StandingOnTime, false},
		"returned":                  {task(step(1, models.BatchReturned, inTime, late)), late, models.StandingReturned, true},
		"returned, mend due past":   {task(step(1, models.BatchReturned, inTime, late)), late + 1, models.StandingReturned, false},
		"returned late":             {task(step(1, models.BatchReturned, due+1, late)), late, models.StandingReturned, false},
		"being mended":              {task(step(1, models.BatchReturned, inTime, late), step(2, models.BatchErrors, 0, 0)), late, models.StandingReturned, true},
		"being mended, due past":    {task(step(1, models.BatchReturned, inTime, late), step(2, models.BatchClean, 0, 0)), late + 1, models.StandingReturned, false},
		"a try between discarded":   {task(step(1, models.BatchReturned, inTime, late), step(2, models.BatchDiscarded, 0, 0), step(3, models.BatchClean, 0, 0)), late, models.StandingReturned, true},
		"mended, at the Office":     {task(step(1, models.BatchReturned, inTime, late), step(2, models.BatchFiled, late, 0)), lock, models.StandingOpen, true},
		"mended too late":           {task(step(1, models.BatchReturned, inTime, late), step(2, models.BatchFiled, late+1, 0)), lock, models.StandingLate, false},
		"mended late but in time":   {task(step(1, models.BatchReturned, 110, 120), step(2, models.BatchFiled, inTime, 0)), late, models.StandingOpen, true},
		"twice returned and mended": {task(step(1, models.BatchReturned, inTime, 210), step(2, models.BatchReturned, 205, late), step(3, models.BatchFiled, 240, 0)), lock, models.StandingOpen, true},
		"the chain is broken once":  {task(step(1, models.BatchReturned, inTime, 210), step(2, models.BatchReturned, 215, late), step(3, models.BatchFiled, 240, 0)), lock, models.StandingLate, false},
	} {
		if got := test.task.Standing(test.now); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
		if got := test.task.Running(test.now); got != test.running {
			t.Errorf("%s: running %v, want %v", name, got, test.running)
		}
	}
}

func TestTimely_FollowsTheChainOfReturns(t *testing.T) {
	for name, test := range map[string]struct {
		batches []models.Batch
		signed  models.Instant
		onTime  bool
	}{
		"the first":            {[]models.Batch{step(1, models.BatchFiled, due, 0)}, due, true},
		"one millisecond late": {[]models.Batch{step(1, models.BatchFiled, due+1, 0)}, due + 1, false},
		"mended at its due":    {[]models.Batch{step(1, models.BatchReturned, inTime, late), step(2, models.BatchFiled, late, 0)}, inTime, true},
		"mended after its due": {[]models.Batch{step(1, models.BatchReturned, inTime, late), step(2, models.BatchFiled, late+1, 0)}, late + 1, false},
		"discarded in between": {[]models.Batch{step(1, models.BatchReturned, inTime, late), step(2, models.BatchDiscarded, 0, 0), step(3, models.BatchFiled, late, 0)}, inTime, true},
		"late and mended":      {[]models.Batch{step(1, models.BatchReturned, due+5, late), step(2, models.BatchFiled, late, 0)}, due + 5, false},
		"in any order of rows": {[]models.Batch{step(2, models.BatchFiled, late, 0), step(1, models.BatchReturned, inTime, late)}, inTime, true},
	} {
		t.Run(name, func(t *testing.T) {
			task := task(test.batches...)
			signed, onTime := task.Timely(task.Current())
			if signed != test.signed || onTime != test.onTime {
				t.Errorf("signed at %d, on time %v; want %d, %v", signed, onTime, test.signed, test.onTime)
			}
		})
	}
}

func TestDueNow_IsTheCorrectionDueWhileMending(t *testing.T) {
	for name, test := range map[string]struct {
		task *models.FilingTask
		want models.Instant
	}{
		"nothing yet":            {task(), due},
		"returned":               {task(step(1, models.BatchReturned, inTime, late)), late},
		"being mended":           {task(step(1, models.BatchReturned, inTime, late), step(2, models.BatchSigning, 0, 0)), late},
		"back at the Office":     {task(step(1, models.BatchReturned, inTime, late), step(2, models.BatchFiled, late, 0)), due},
		"returned a second time": {task(step(1, models.BatchReturned, inTime, late), step(2, models.BatchReturned, late, lock)), lock},
	} {
		if got := test.task.DueNow(); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

func TestCurrent_IsTheNewestThatIsNotDiscarded(t *testing.T) {
	if task().Current() != nil || task(step(1, models.BatchDiscarded, 0, 0)).Current() != nil {
		t.Error("a batch where there is none")
	}
	tt := task(step(3, models.BatchDiscarded, 0, 0), step(2, models.BatchErrors, 0, 0), step(1, models.BatchSuperseded, inTime, 0))
	if got := tt.Current(); got == nil || got.No != 2 {
		t.Errorf("current %+v", got)
	}
	if tt.Effective() != nil {
		t.Error("an effective batch where there is none")
	}
}

func TestTally_RateAndWorst(t *testing.T) {
	var y models.Tally
	if _, ok := y.Rate(); ok {
		t.Error("a rate of nothing")
	}
	nilReturn := step(1, models.BatchEffective, inTime, 0)
	nilReturn.Kind = models.BatchNil
	for _, tt := range []*models.FilingTask{
		effective(true, step(1, models.BatchEffective, inTime, 0)), effective(true, nilReturn), effective(false, step(1, models.BatchEffective, late, 0)),
		exempt(), task(), task(step(1, models.BatchFiled, inTime, 0)), task(step(1, models.BatchReturned, inTime, lock)),
	} {
		y.Add(tt, late)
	}
	want := models.Tally{Worst: models.StandingOverdue, Total: 7, Exempt: 1, Running: 2, OnTime: 2, Filed: 4, Nil: 1, Overdue: 1, Waiting: 1}
	if y != want {
		t.Errorf("tally %+v, want %+v", y, want)
	}
	if rate, ok := y.Rate(); !ok || rate != 500 || y.Owed() != 6 { // 2 of 7−1−2
		t.Errorf("rate %d, %v; owed %d", rate, ok, y.Owed())
	}
}

func TestTally_BeforeTheDueWhatIsDoneDoesNotCountForMoreThanOne(t *testing.T) {
	var y models.Tally
	y.Add(effective(true, step(1, models.BatchEffective, inTime, 0)), inTime)
	y.Add(task(), inTime)
	if rate, ok := y.Rate(); !ok || rate != 1000 {
		t.Errorf("rate %d, %v of %+v", rate, ok, y)
	}
}

func TestTally_APeriodThatRunsHasNoRate(t *testing.T) {
	done, waits := step(1, models.BatchEffective, inTime, 0), step(1, models.BatchFiled, inTime, 0)
	for name, test := range map[string]struct {
		now   models.Instant
		tasks []*models.FilingTask
		want  int
		ok    bool
	}{
		"one accepted, one to come":          {inTime, []*models.FilingTask{effective(true, done), task()}, 0, false},
		"one accepted, one at the Office":    {inTime, []*models.FilingTask{effective(true, done), task(waits)}, 0, false},
		"at the due moment":                  {due, []*models.FilingTask{effective(true, done), task()}, 0, false},
		"after it":                           {due + 1, []*models.FilingTask{effective(true, done), task()}, 500, true},
		"after it, one still at the Office":  {due + 1, []*models.FilingTask{effective(true, done), task(waits)}, 1000, true},
		"all accepted before the due":        {inTime, []*models.FilingTask{effective(true, done), exempt()}, 1000, true},
		"all exempt":                         {inTime, []*models.FilingTask{exempt()}, 0, false},
		"all at the Office, the due is past": {late, []*models.FilingTask{task(waits)}, 0, false},
		"nothing":                            {late, nil, 0, false},
	} {
		var y models.Tally
		for _, tt := range test.tasks {
			y.Add(tt, test.now)
		}
		if rate, ok := y.PeriodRate(); rate != test.want || ok != test.ok {
			t.Errorf("%s: %d, %v; want %d, %v", name, rate, ok, test.want, test.ok)
		}
	}
}

func TestTally_TellsHowFarTheUnitsHaveCome(t *testing.T) {
	signing, waits := step(1, models.BatchSigning, 0, 0), step(1, models.BatchFiled, inTime, 0)
	waived := task(waits)
	waived.ExemptedAt = inTime
	for name, test := range map[string]struct {
		now              models.Instant
		tasks            []*models.FilingTask
		signing, waiting int
		done             bool
	}{
		"nothing filed":                        {inTime, []*models.FilingTask{task()}, 0, 0, false},
		"with the unit leader":                 {inTime, []*models.FilingTask{task(signing)}, 1, 0, false},
		"with the Office":                      {inTime, []*models.FilingTask{task(waits)}, 0, 1, true},
		"with the Office, the due is past":     {late, []*models.FilingTask{task(waits)}, 0, 1, true},
		"one with the Office, one to come":     {inTime, []*models.FilingTask{task(waits), task()}, 0, 1, false},
		"one with the Office, one accepted":    {inTime, []*models.FilingTask{task(waits), effective(true, step(1, models.BatchEffective, inTime, 0))}, 0, 1, true},
		"signed late":                          {late, []*models.FilingTask{task(step(1, models.BatchFiled, late, 0))}, 0, 1, false},
		"with the unit leader, the due past":   {late, []*models.FilingTask{task(signing)}, 1, 0, false},
		"a correction is not the first filing": {late, []*models.FilingTask{effective(true, step(1, models.BatchEffective, inTime, 0), step(2, models.BatchFiled, late, 0))}, 0, 0, false},
		"exempt with a batch on its way":       {late, []*models.FilingTask{waived}, 0, 0, false},
	} {
		var y models.Tally
		for _, tt := range test.tasks {
			y.Add(tt, test.now)
		}
		if y.Signing != test.signing || y.Waiting != test.waiting || y.DoneByUnits() != test.done {
			t.Errorf("%s: %+v, done %v", name, y, y.DoneByUnits())
		}
	}
}

func TestUnderway_IsTheFirstFilingUntilItIsDecided(t *testing.T) {
	for name, test := range map[string]struct {
		task *models.FilingTask
		want workflow.State
	}{
		"nothing":      {task(), ""},
		"discarded":    {task(step(1, models.BatchDiscarded, 0, 0)), ""},
		"with errors":  {task(step(1, models.BatchErrors, 0, 0)), models.BatchErrors},
		"signed":       {task(step(1, models.BatchFiled, inTime, 0)), models.BatchFiled},
		"returned":     {task(step(1, models.BatchReturned, inTime, late)), ""},
		"being mended": {task(step(1, models.BatchReturned, inTime, late), step(2, models.BatchSigning, 0, 0)), models.BatchSigning},
		"accepted":     {effective(true, step(1, models.BatchEffective, inTime, 0)), ""},
		"corrected":    {effective(true, step(1, models.BatchEffective, inTime, 0), step(2, models.BatchSigning, 0, 0)), ""},
	} {
		var got workflow.State
		if b := test.task.Underway(); b != nil {
			got = b.State
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestTally_MergeIsTheSumAndOnlyOfWhatIsThere(t *testing.T) {
	var whole, a, b, none models.Tally
	for i, tt := range []*models.FilingTask{task(step(1, models.BatchFiled, inTime, 0)), task(step(1, models.BatchSigning, 0, 0)), exempt(),
		effective(true, step(1, models.BatchEffective, inTime, 0))} {
		whole.Add(tt, due)
		if i == 0 {
			a.Add(tt, due)
		} else {
			b.Add(tt, due)
		}
	}
	var sum models.Tally
	for _, part := range []models.Tally{none, b, none, a} {
		sum.Merge(part)
	}
	if sum != whole {
		t.Errorf("merged %+v, whole %+v", sum, whole)
	}
}

func TestStandings_AreOrderedAndNamed(t *testing.T) {
	labels := map[string]bool{}
	for i, s := range models.Standings {
		if s.Label() == "" || labels[s.Label()] {
			t.Errorf("%s has the label %q", s, s.Label())
		}
		labels[s.Label()] = true
		for j, other := range models.Standings {
			if want := models.Standings[max(i, j)]; models.Worse(s, other) != want {
				t.Errorf("the worse of %s and %s is %s", s, other, models.Worse(s, other))
			}
		}
	}
}
