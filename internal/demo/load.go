package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/seed"
	rows "taxportal/seed/demo"
)

// history is how many months the demo goes back.
const history = 6

// Clock is the portal's clock while the demo is loaded: it goes where the story goes, and on with the real one
// afterwards. The zero value is not ready; use NewClock.
type Clock struct {
	real func() time.Time
	at   time.Time // zero: the real time
}

// NewClock returns a clock that shows the real time until Load moves it. Load must end before others read it.
func NewClock(real func() time.Time) *Clock { return &Clock{real: real} }

// Now returns the moment of the story, or the real time when none is told.
func (c *Clock) Now() time.Time {
	if c.at.IsZero() {
		return c.real()
	}
	return c.at
}

// Loaded reports whether the portal's database holds the demo. A database whose demo was begun and not finished, or that
// holds anything else, is a fault.Conflict: the demo goes into an empty database only.
func Loaded(ctx context.Context, p *portal.Portal) (bool, error) {
	mark, err := p.DemoMark(ctx)
	if err != nil {
		return false, err
	}
	switch mark {
	case portal.DemoReady:
		return true, nil
	case portal.DemoLoading:
		return false, fault.New(fault.Conflict, "演示数据没有装载完整（上次装载中断）。请删除数据目录后重新以 --demo 启动。")
	}
	empty, err := p.Empty(ctx)
	if err == nil && !empty {
		err = fault.New(fault.Conflict, "--demo 只能用于空数据库，现在的数据库已有数据。请去掉 --demo，或用 --data 另指一个空目录。")
	}
	return false, err
}

// Load fills the empty portal with a plan, accounts and six months of history up to now, and marks its database. The
// portal must take its time from the clock, and its jobs must not run yet.
func Load(ctx context.Context, p *portal.Portal, clock *Clock, plan *seed.Plan) error {
	if err := p.MarkDemo(ctx, portal.DemoLoading); err != nil {
		return err
	}
	if err := tell(ctx, p, clock, plan); err != nil {
		return fmt.Errorf("load demo: %w", err)
	}
	return p.MarkDemo(ctx, portal.DemoReady)
}

// tell tells the story: everything that happened, in the order in which it did.
func tell(ctx context.Context, p *portal.Portal, clock *Clock, plan *seed.Plan) error {
	now := clock.real()
	defer func() { clock.at = time.Time{} }()
	work, err := workHours()
	if err != nil {
		return err
	}
	s := &story{hours: work, ctx: ctx, Portal: p, pool: rows.NewPool(), actors: map[string]models.Actor{}, plan: plan, templates: map[string]models.Definition{}}
	for _, def := range plan.Templates {
		s.templates[def.Code] = def
	}
	s.newest = s.newestPeriod(now)
	first := s.newest
	for range history - 1 {
		first = first.Prev()
	}
	clock.at = first.First().Time().Add(9 * time.Hour)
	if err := p.LoadPlan(ctx, s.plan, first); err != nil {
		return err
	}
	clock.at = s.hours.next(clock.at)
	if err := CreateAccounts(ctx, p); err != nil {
		return err
	}
	if s.crew, err = createCrowd(ctx, p, s.plan, s.pool); err != nil {
		return err
	}
	if err := organise(ctx, p, s.pool); err != nil {
		return fmt.Errorf("organise: %w", err)
	}
	s.write(first, now)
	s.schedule()
	for _, e := range s.events {
		if e.at.After(now) {
			break
		}
		clock.at = e.at
		if err := e.do(); err != nil {
			return fmt.Errorf("%s on %s: %w", e.what, e.at.In(models.Zone).Format("2006-01-02 15:04"), err)
		}
	}
	clock.at = time.Time{}
	_, err = p.Filing.OpenPeriods(ctx)
	return database.Fault(err)
}

// event is one thing that happened.
type event struct {
	at     time.Time
	what   string // upload ZJJ-02-202610: its last word is what it is about
	system bool   // nobody's step: the portal works at night, too
	do     func() error
}

// apart is how long people take at least between two steps on the same thing that a night or a holiday has pushed together.
const apart = 25 * time.Minute

// schedule puts the events in the order in which they happen, after it has moved the steps of people into their working
// hours; the steps on one thing keep their order.
func (s *story) schedule() {
	inOrder := func() { slices.SortStableFunc(s.events, func(a, b event) int { return a.at.Compare(b.at) }) }
	inOrder()
	last := map[string]time.Time{}
	for i := range s.events {
		e := &s.events[i]
		if e.system {
			continue
		}
		about := e.what[strings.LastIndexByte(e.what, ' ')+1:]
		e.at = s.hours.next(e.at)
		if before, ok := last[about]; ok && !e.at.After(before) {
			e.at = s.hours.next(before.Add(apart))
		}
		last[about] = e.at
	}
	inOrder()
}

// recent is how much working time before now the newest steps are spread over: somewhat more than a day.
const recent = 8 * time.Hour

// settled is how much of it there must be since a period opened for the story to have reached it.
const settled = 2 * time.Hour

// newestPeriod returns the newest period that is over and that people have had time to work on.
func (s *story) newestPeriod(now time.Time) models.Period {
	newest := models.PeriodAt(models.CycleMonth, now).Prev()
	for s.hours.between(opening(newest), now, settled) < settled {
		newest = newest.Prev()
	}
	return newest
}

// opening returns when a period's tasks open.
func opening(p models.Period) time.Time { return p.Next().First().At(0, 0).Time() }

// lately returns the moments of so many steps that have just been taken in the newest period, numbered from 1.
func (s *story) lately(now time.Time, steps int) func(n int) time.Time {
	span := s.hours.between(opening(s.newest), now, recent)
	return func(n int) time.Time { return s.hours.back(now, span-time.Duration(n)*span/time.Duration(steps)) }
}
