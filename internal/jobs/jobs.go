// Package jobs runs the portal's background work: durable, on the same database as everything else, retried,
// and taken over from a portal that was killed.
//
// A service enqueues a job in its own transaction: if that rolls back, there is no job. A Runner works the
// jobs of all portals over one database; each job runs on one of them at a time.
//
// Every job must be idempotent. It runs again after a failure, after a kill in its middle, and, in the rare
// case of a portal that stalled for longer than its lease and came back, beside its successor for a moment.
// So a job works in portions, each a transaction that notes how far it has come. Its arguments are ids only:
// they and its errors are stored in plain text.
//
// River does the queueing. What it does not do the way the portal needs is done here: leases (a killed
// portal's jobs are back within seconds rather than an hour, and no job is too long), schedules that survive
// a restart, and a last word when a job has finally failed.
package jobs

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"gorm.io/gorm"

	"taxportal/internal/database"
)

// Args are the arguments of one kind of job: a struct of ids with JSON names.
type Args interface {
	// Kind names the job in the database: lower-case words joined by underscores, two letters at least. A kind
	// that is in use never changes its name. It is called on the zero value.
	Kind() string
}

// Options says how to run jobs. Only Now is required.
type Options struct {
	Now      func() time.Time                // the clock of leases and schedules; portals over one database must agree on it
	Logger   *slog.Logger                    // takes failures; nil discards them
	Workers  int                             // jobs that run at once; 0 means 2
	Attempts int                             // how often a job is tried; 0 means 8, about five minutes in all
	Backoff  func(attempt int) time.Duration // the wait after the given failed attempt; nil doubles from 1 s up to 5 min
	Lease    time.Duration                   // after this without a sign of life a portal's jobs go to others; 0 means 30 s
}

// withDefaults fills in what the caller left open.
func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Workers <= 0 {
		o.Workers = 2
	}
	if o.Attempts <= 0 {
		o.Attempts = 8
	}
	if o.Backoff == nil {
		o.Backoff = doubling
	}
	if o.Lease <= 0 {
		o.Lease = 30 * time.Second
	}
	return o
}

// doubling is the default wait after a failure: 1, 2, 4 … seconds, five minutes at most.
func doubling(attempt int) time.Duration {
	return min(time.Second<<min(attempt-1, 20), 5*time.Minute)
}

// Runner enqueues jobs and, once started, works them. It is safe for concurrent use.
type Runner struct {
	db     *database.DB
	opt    Options
	id     string // this runner among all over the database
	insert *river.Client[*sql.Tx]

	mu        sync.Mutex
	started   bool
	kinds     map[string]func(*river.Workers) error // not changed once started
	schedules map[string]schedule                   // not changed once started
	running   map[int64]context.CancelCauseFunc     // the jobs that run here, by id
	work      worker                                // nil until started
	stopBeat  func()                                // ends the beat and waits for that
}

// worker is the part of a River client that works jobs, whatever its driver.
type worker interface {
	Start(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// New returns a Runner over db, whose job tables Migrate has made. Register the jobs and schedules, then Start
// it; a Runner that is never started can still enqueue.
func New(db *database.DB, opt Options) (*Runner, error) {
	if opt.Now == nil {
		return nil, errors.New("new job runner: Options.Now is missing")
	}
	r := &Runner{
		db: db, opt: opt.withDefaults(), id: "portal_" + strings.ToLower(rand.Text()),
		kinds: map[string]func(*river.Workers) error{}, schedules: map[string]schedule{},
		running: map[int64]context.CancelCauseFunc{},
	}
	var err error
	if r.insert, err = newInserter(db); err != nil {
		return nil, fmt.Errorf("new job runner: %w", err)
	}
	if err := Register(r, r.runSchedule, nil); err != nil {
		return nil, err
	}
	return r, nil
}

// Register says what to do for jobs of type A. Call it before Start.
//
// An error or a panic of work is retried after a wait; an error marked by Permanent is not. After the last
// attempt, or a permanent error, failed is called with it, so that what the job was about can be marked
// 系统故障; it may be nil. If failed itself returns an error, the job is tried once more later. The context
// of both ends when the runner stops; the job then goes on, from its start, at the next start.
func Register[A Args](r *Runner, work func(ctx context.Context, args A) error, failed func(ctx context.Context, args A, cause error) error) error {
	var zero A
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.started {
		return fmt.Errorf("register job %s: the runner has started", zero.Kind())
	}
	if _, ok := r.kinds[zero.Kind()]; ok {
		return fmt.Errorf("register job %s: already registered", zero.Kind())
	}
	r.kinds[zero.Kind()] = func(workers *river.Workers) error {
		return river.AddWorkerSafely(workers, &handler[A]{runner: r, work: work, failed: failed})
	}
	return nil
}

// EnqueueOption changes how a job is enqueued.
type EnqueueOption func(*river.InsertOpts)

// Once enqueues nothing if a job of the same kind with the same arguments waits or runs already.
func Once() EnqueueOption {
	return func(o *river.InsertOpts) {
		o.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}}
	}
}

// Attempts changes how often the job is tried.
func Attempts(n int) EnqueueOption {
	return func(o *river.InsertOpts) { o.MaxAttempts = max(n, 1) }
}

// Enqueue adds a job in the caller's transaction: it runs, on this or another portal, when tx has committed,
// and never if tx rolls back. The kind must be registered with this runner.
func (r *Runner) Enqueue(tx *gorm.DB, args Args, options ...EnqueueOption) error {
	sqlTx, ok := tx.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return fmt.Errorf("enqueue %s: not in a transaction", args.Kind())
	}
	r.mu.Lock()
	_, known := r.kinds[args.Kind()]
	r.mu.Unlock()
	if !known {
		return fmt.Errorf("enqueue %s: nobody has registered this kind", args.Kind())
	}
	opts := &river.InsertOpts{MaxAttempts: r.opt.Attempts}
	for _, option := range options {
		option(opts)
	}
	if _, err := r.insert.InsertTx(tx.Statement.Context, sqlTx, args, opts); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// Wait returns when no job waits, runs or is to be tried again, or with ctx's error. It is for tests and for
// commands that must not leave work behind.
func (r *Runner) Wait(ctx context.Context) error {
	const open = `SELECT count(*) FROM river_job WHERE state IN
		('available', 'pending', 'running', 'retryable', 'scheduled')`
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		var n int
		if err := r.db.SQLRead.QueryRowContext(ctx, open).Scan(&n); err != nil {
			return database.Fault(fmt.Errorf("wait for jobs: %w", err))
		}
		if n == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %d jobs: %w", n, ctx.Err())
		case <-ticker.C:
		}
	}
}
