package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"taxportal/internal/database"
)

// errLeaseLost ends the jobs of a runner that others believe dead.
var errLeaseLost = errors.New("the runner's lease is lost")

// errKilled is the cause of the last failure of a job in whose middle its portal died again and again.
var errKilled = errors.New("the portal was killed too often while this job ran")

// permanent marks an error that trying again cannot mend.
type permanent struct{ error }

// Unwrap returns the marked error.
func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error that trying again cannot mend: the job fails at once. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

// handler works the jobs of one kind.
type handler[A Args] struct {
	river.WorkerDefaults[A]
	runner *Runner
	work   func(context.Context, A) error
	failed func(context.Context, A, error) error
}

// Work runs one attempt and tells River what came of it.
func (h *handler[A]) Work(ctx context.Context, job *river.Job[A]) error {
	ctx, done := h.runner.enter(ctx, job.ID)
	defer done()
	if job.Attempt > job.MaxAttempts { // a dead portal's job comes back even after its last attempt
		return h.fail(ctx, job, errKilled)
	}
	err := protect(func() error { return h.work(ctx, job.Args) })
	switch {
	case err == nil:
		h.complete(ctx, job)
		return nil
	case errors.Is(context.Cause(ctx), errLeaseLost):
		// Somebody else may run it by now. Should that one finish first, this does nothing; else the job runs
		// once more, which is better than never.
		return river.JobSnooze(h.runner.opt.Lease)
	case ctx.Err() != nil:
		return errors.Join(context.Canceled, err) // River gives it back without counting the attempt
	case errors.As(err, new(permanent)) || job.Attempt == job.MaxAttempts:
		return h.fail(ctx, job, err)
	}
	h.runner.opt.Logger.WarnContext(ctx, "job failed, will be tried again",
		"kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "error", err)
	return err
}

// complete marks a job that is done, at once. River does it too, up to a quarter of a second later, with all that has
// ended meanwhile; until then the job would count as running: Wait would wait for it, and Once would leave out a new one
// that has something to do. So an error here costs no more than that time.
func (h *handler[A]) complete(ctx context.Context, job *river.Job[A]) {
	if err := h.completeTx(ctx, job); err != nil {
		h.runner.opt.Logger.WarnContext(ctx, "job done, marked later", "kind", job.Kind, "job", job.ID, "error", err)
	}
}

func (h *handler[A]) completeTx(ctx context.Context, job *river.Job[A]) error {
	db := h.runner.db
	if db.Engine == database.Postgres {
		return pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
			_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
			return err
		})
	}
	tx, err := db.SQLWrite.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err = river.JobCompleteTx[*riversqlite.Driver](ctx, tx, job); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// NextRetry says when a failed job is tried again. River measures by its own clock, so this reckons from its
// own mark, the attempt's beginning, and not by Options.Now, which may stand still in a test.
func (h *handler[A]) NextRetry(job *river.Job[A]) time.Time {
	elapsed := time.Since(*job.AttemptedAt)
	return job.AttemptedAt.Add(elapsed + h.runner.opt.Backoff(job.Attempt))
}

// fail ends a job for good, after its owner has been told.
func (h *handler[A]) fail(ctx context.Context, job *river.Job[A], cause error) error {
	log := h.runner.opt.Logger.With("kind", job.Kind, "job", job.ID, "attempt", job.Attempt)
	log.ErrorContext(ctx, "job failed for good", "error", cause)
	if h.failed != nil {
		if err := protect(func() error { return h.failed(ctx, job.Args, cause) }); err != nil {
			log.ErrorContext(ctx, "job's failure could not be noted, will be tried again", "error", err)
			return river.JobSnooze(h.runner.opt.Backoff(job.Attempt))
		}
	}
	return river.JobCancel(cause)
}

// protect turns a panic of fn into an error.
func protect(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}

// enter notes that a job runs here, so that it can be ended when the lease is lost.
func (r *Runner) enter(ctx context.Context, id int64) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	r.mu.Lock()
	r.running[id] = cancel
	r.mu.Unlock()
	return ctx, func() {
		r.mu.Lock()
		delete(r.running, id)
		r.mu.Unlock()
		cancel(nil)
	}
}

// fence ends all jobs that run here.
func (r *Runner) fence() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, cancel := range r.running {
		cancel(errLeaseLost)
	}
}
