package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// schedule is something to do at an interval.
type schedule struct {
	interval time.Duration
	run      func(ctx context.Context) error
}

// scheduleAttempts is how often a scheduled run is tried before the next one's turn.
const scheduleAttempts = 3

// scheduleArgs is the job that runs a schedule once.
type scheduleArgs struct {
	Name string `json:"name"`
}

// Kind names the job.
func (scheduleArgs) Kind() string { return "schedule" }

// Every runs fn at the interval, as a job: on one portal at a time, retried a few times when it fails, never
// beside itself. The first run comes at the first start of all; after that restarts do not matter, and a run
// that was missed is made up for once. Call it before Start; a tick is about a third of Options.Lease, so
// intervals are minutes or more.
func (r *Runner) Every(name string, interval time.Duration, fn func(ctx context.Context) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch _, taken := r.schedules[name]; {
	case r.started:
		return fmt.Errorf("schedule %s: the runner has started", name)
	case taken:
		return fmt.Errorf("schedule %s: already there", name)
	case name == "" || interval <= 0:
		return errors.New("a schedule needs a name and an interval")
	}
	r.schedules[name] = schedule{interval: interval, run: fn}
	return nil
}

// runSchedule works one run of a schedule.
func (r *Runner) runSchedule(ctx context.Context, args scheduleArgs) error {
	r.mu.Lock()
	s, ok := r.schedules[args.Name]
	r.mu.Unlock()
	if !ok { // a portal of another version knows it; the next run may be luckier
		r.opt.Logger.WarnContext(ctx, "unknown schedule", "name", args.Name)
		return nil
	}
	return s.run(ctx)
}

// plan notes the schedules that the database does not know yet: they are due at once.
func (r *Runner) plan(ctx context.Context) error {
	const insert = `INSERT INTO job_schedules (name, next_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`
	for name := range r.schedules {
		if err := r.db.Write.WithContext(ctx).Exec(insert, name, r.opt.Now().UnixMilli()).Error; err != nil {
			return fmt.Errorf("plan schedule %s: %w", name, err)
		}
	}
	return nil
}

// startDue enqueues a run of each schedule that is due. The change of next_at decides which portal does it.
func (r *Runner) startDue(ctx context.Context) error {
	now := r.opt.Now()
	var due []struct {
		Name   string
		NextAt int64
	}
	err := r.db.Read.WithContext(ctx).Table("job_schedules").Where("next_at <= ?", now.UnixMilli()).Find(&due).Error
	if err != nil {
		return fmt.Errorf("look for due schedules: %w", err)
	}
	for _, d := range due {
		s, ok := r.schedules[d.Name]
		if !ok {
			continue
		}
		err := r.db.Tx(ctx, func(tx *gorm.DB) error {
			const claim = `UPDATE job_schedules SET next_at = ? WHERE name = ? AND next_at = ?`
			result := tx.Exec(claim, next(d.NextAt, s.interval, now), d.Name, d.NextAt)
			if result.Error != nil || result.RowsAffected == 0 {
				return result.Error
			}
			return r.Enqueue(tx, scheduleArgs{Name: d.Name}, Once(), Attempts(scheduleAttempts))
		})
		if err != nil {
			return fmt.Errorf("start schedule %s: %w", d.Name, err)
		}
	}
	return nil
}

// next returns the first moment after now that lies a whole number of intervals after from, in milliseconds.
// So a schedule keeps its time of day.
func next(from int64, interval time.Duration, now time.Time) int64 {
	step := max(interval.Milliseconds(), 1)
	missed := max(now.UnixMilli()-from, 0) / step
	return from + (missed+1)*step
}
