package jobs

import (
	"context"
	"errors"
	"fmt"

	"taxportal/internal/database"
)

// Start begins to work jobs, first of all those that a portal left behind whose lease has ended. It returns
// when the workers run; ctx bounds only that. A Runner starts once.
func (r *Runner) Start(ctx context.Context) error {
	r.mu.Lock()
	again := r.started
	r.started = true
	r.mu.Unlock()
	if again {
		return errors.New("start jobs: already started")
	}
	work, err := r.newWorker()
	if err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	if err := r.arrive(ctx); err != nil {
		return database.Fault(fmt.Errorf("start jobs: %w", err))
	}
	life := context.WithoutCancel(ctx)
	if err := work.Start(life); err != nil {
		return database.Fault(fmt.Errorf("start jobs: %w", errors.Join(err, r.leave(life))))
	}
	life, stop := context.WithCancel(life)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.beat(life)
	}()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.work = work
	r.stopBeat = func() { stop(); <-done }
	return nil
}

// arrive puts the runner in force and does what is due before the first job is fetched.
func (r *Runner) arrive(ctx context.Context) error {
	if err := r.register(ctx); err != nil {
		return err
	}
	if err := r.plan(ctx); err != nil {
		return err
	}
	return r.upkeep(ctx)
}

// Stop ends the contexts of all jobs that run here and waits until they have returned, at most until ctx
// ends. They go on at the next start, here or elsewhere, without having lost an attempt.
func (r *Runner) Stop(ctx context.Context) error {
	r.mu.Lock()
	work, stopBeat := r.work, r.stopBeat
	r.mu.Unlock()
	if work == nil {
		return nil
	}
	err := work.StopAndCancel(ctx)
	stopBeat()
	if err != nil { // a job still runs: its lease must outlast it
		return fmt.Errorf("stop jobs: %w", err)
	}
	if err := r.leave(ctx); err != nil {
		return database.Fault(fmt.Errorf("stop jobs: %w", err))
	}
	return nil
}
