package demo

import (
	"context"
	"fmt"
	"slices"
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
	s := &story{ctx: ctx, Portal: p, pool: rows.NewPool(), actors: map[string]models.Actor{}, plan: plan, templates: map[string]models.Definition{}}
	for _, def := range plan.Templates {
		s.templates[def.Code] = def
	}
	s.newest = models.PeriodAt(models.CycleMonth, now).Prev()
	first := s.newest
	for range history - 1 {
		first = first.Prev()
	}
	clock.at = first.First().Time().Add(9 * time.Hour)
	if err := p.LoadPlan(ctx, s.plan, first); err != nil {
		return err
	}
	if err := CreateAccounts(ctx, p); err != nil {
		return err
	}
	var err error
	if s.crew, err = createCrowd(ctx, p, s.plan, s.pool); err != nil {
		return err
	}
	if err := organise(ctx, p, s.pool); err != nil {
		return fmt.Errorf("organise: %w", err)
	}
	s.write(first, now)
	slices.SortStableFunc(s.events, func(a, b event) int { return a.at.Compare(b.at) })
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
	at   time.Time
	what string
	do   func() error
}
