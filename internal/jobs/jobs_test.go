package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/jobs"
	"taxportal/internal/testdb"
)

// check is the job of these tests.
type check struct {
	BatchID int64 `json:"batch_id"`
}

func (check) Kind() string { return "check_batch" }

// template holds the job tables and nothing else.
var template = &testdb.Template{
	Name: "jobs 1",
	Prepare: func(ctx context.Context, dsn string) error {
		db, err := database.Open(ctx, dsn, database.Options{Now: time.Now})
		if err != nil {
			return err
		}
		return errors.Join(jobs.Migrate(ctx, db), db.Close())
	},
}

// open opens a database with job tables.
func open(t *testing.T, dsn string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), dsn, database.Options{Now: time.Now})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// quick are options under which nothing takes long.
func quick() jobs.Options {
	return jobs.Options{
		Now: time.Now, Attempts: 3, Lease: 300 * time.Millisecond,
		Backoff: func(int) time.Duration { return time.Millisecond },
	}
}

// runner returns a runner that is stopped when the test ends.
func runner(t *testing.T, db *database.DB, opt jobs.Options) *jobs.Runner {
	t.Helper()
	r, err := jobs.New(db, opt)
	must(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		must(t, r.Stop(ctx))
	})
	return r
}

// enqueue adds a job in a transaction of its own.
func enqueue(t *testing.T, db *database.DB, r *jobs.Runner, args jobs.Args, options ...jobs.EnqueueOption) {
	t.Helper()
	must(t, db.Tx(t.Context(), func(tx *gorm.DB) error { return r.Enqueue(tx, args, options...) }))
}

// wait waits until r has nothing left to do.
func wait(t *testing.T, r *jobs.Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	must(t, r.Wait(ctx))
}

// receive returns the next value of a channel, or fails the test.
func receive[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEnqueue_FollowsTheCallersTransaction(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		r := runner(t, db, quick())
		ran := make(chan int64, 10)
		must(t, jobs.Register(r, func(_ context.Context, c check) error { ran <- c.BatchID; return nil }, nil))
		must(t, r.Start(t.Context()))

		changed := errors.New("changed my mind")
		err := db.Tx(t.Context(), func(tx *gorm.DB) error {
			return errors.Join(r.Enqueue(tx, check{1}), changed)
		})
		if !errors.Is(err, changed) {
			t.Fatal(err)
		}
		enqueue(t, db, r, check{2})
		wait(t, r)
		if id := receive(t, ran); id != 2 || len(ran) != 0 {
			t.Errorf("ran %d and %d more, want 2 alone", id, len(ran))
		}
	})
}

func TestEnqueue_StartsWithinAMoment(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		r := runner(t, db, quick())
		ran := make(chan time.Time, 1)
		must(t, jobs.Register(r, func(context.Context, check) error { ran <- time.Now(); return nil }, nil))
		must(t, r.Start(t.Context()))
		enqueue(t, db, r, check{0}) // the first also waits for the workers to come up
		receive(t, ran)
		fastest := time.Hour
		for i := range 3 {
			enqueue(t, db, r, check{int64(i + 1)})
			committed := time.Now()
			fastest = min(fastest, receive(t, ran).Sub(committed))
		}
		if fastest > 200*time.Millisecond {
			t.Errorf("the fastest of three began %v after its commit", fastest)
		}
	})
}

func TestEnqueue_Refusals(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		r := runner(t, db, quick())
		err := db.Tx(t.Context(), func(tx *gorm.DB) error { return r.Enqueue(tx, check{1}) })
		if err == nil || !strings.Contains(err.Error(), "nobody has registered") {
			t.Errorf("unknown kind: %v", err)
		}
		must(t, jobs.Register(r, func(context.Context, check) error { return nil }, nil))
		if err := r.Enqueue(db.Write, check{1}); err == nil || !strings.Contains(err.Error(), "not in a transaction") {
			t.Errorf("outside a transaction: %v", err)
		}
		if jobs.Register(r, func(context.Context, check) error { return nil }, nil) == nil {
			t.Error("registered twice")
		}
		must(t, r.Every("sweep", time.Hour, func(context.Context) error { return nil }))
		if r.Every("sweep", time.Hour, nil) == nil || r.Every("", time.Hour, nil) == nil || r.Every("x", 0, nil) == nil {
			t.Error("a bad schedule was taken")
		}
		must(t, r.Start(t.Context()))
		if r.Start(t.Context()) == nil || r.Every("late", time.Hour, nil) == nil {
			t.Error("a started runner was changed")
		}
	})
}

func TestOnce_KeepsOneOfTheSame(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		r := runner(t, db, quick())
		var ran atomic.Int32
		must(t, jobs.Register(r, func(context.Context, check) error { ran.Add(1); return nil }, nil))
		for range 3 {
			enqueue(t, db, r, check{7}, jobs.Once())
		}
		enqueue(t, db, r, check{8}, jobs.Once())
		must(t, r.Start(t.Context()))
		wait(t, r)
		if n := ran.Load(); n != 2 {
			t.Errorf("%d runs, want one for each batch", n)
		}
		enqueue(t, db, r, check{7}, jobs.Once()) // done is done: it may be asked for again
		wait(t, r)
		if n := ran.Load(); n != 3 {
			t.Errorf("%d runs, want 3", n)
		}
	})
}

func TestFailure_IsRetriedThenTold(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name   string
		work   func(run int32) error
		runs   int32
		told   string // what the failure callback hears
		logged string
	}{
		{"mended by trying again", func(run int32) error {
			if run < 3 {
				return broken
			}
			return nil
		}, 3, "", "will be tried again"},
		{"never mended", func(int32) error { return broken }, 3, "broken", "failed for good"},
		{"permanent", func(int32) error { return jobs.Permanent(broken) }, 1, "broken", "failed for good"},
		{"panic", func(int32) error { panic("boom") }, 3, "panic: boom", "failed for good"},
	}
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				var log syncBuffer
				opt := quick()
				opt.Logger = slog.New(slog.NewTextHandler(&log, nil))
				r := runner(t, db, opt)
				var runs atomic.Int32
				told := make(chan string, 10)
				must(t, jobs.Register(r,
					func(context.Context, check) error { return tt.work(runs.Add(1)) },
					func(_ context.Context, c check, cause error) error {
						if c.BatchID != 5 {
							t.Errorf("told of batch %d", c.BatchID)
						}
						told <- cause.Error()
						return nil
					}))
				enqueue(t, db, r, check{5})
				must(t, r.Start(t.Context()))
				wait(t, r)
				if n := runs.Load(); n != tt.runs {
					t.Errorf("%d runs, want %d", n, tt.runs)
				}
				if tt.told == "" && len(told) > 0 || tt.told != "" && len(told) != 1 {
					t.Fatalf("told %d times", len(told))
				}
				if tt.told != "" && !strings.Contains(<-told, tt.told) {
					t.Error("told something else")
				}
				if !strings.Contains(log.String(), tt.logged) {
					t.Errorf("the log lacks %q: %s", tt.logged, log.String())
				}
			})
		}
	})
}

func TestFailure_IsToldAgainUntilItIsNoted(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		r := runner(t, db, quick())
		var told atomic.Int32
		must(t, jobs.Register(r,
			func(context.Context, check) error { return errors.New("broken") },
			func(context.Context, check, error) error {
				if told.Add(1) < 3 {
					return errors.New("the database is away")
				}
				return nil
			}))
		enqueue(t, db, r, check{1}, jobs.Attempts(1))
		must(t, r.Start(t.Context()))
		wait(t, r)
		if n := told.Load(); n != 3 {
			t.Errorf("told %d times, want 3", n)
		}
	})
}

func TestStop_GivesTheJobBackWithoutLosingAnAttempt(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		first := runner(t, db, quick())
		begun := make(chan struct{}, 1)
		must(t, jobs.Register(first, func(ctx context.Context, _ check) error {
			begun <- struct{}{}
			<-ctx.Done()
			return errors.New("torn from work")
		}, nil))
		must(t, first.Start(t.Context()))
		enqueue(t, db, first, check{1}, jobs.Attempts(1))
		receive(t, begun)
		must(t, first.Stop(t.Context()))

		second := runner(t, db, quick())
		done := make(chan struct{}, 1)
		must(t, jobs.Register(second, func(context.Context, check) error { done <- struct{}{}; return nil }, nil))
		must(t, second.Start(t.Context()))
		receive(t, done)
		wait(t, second)
	})
}

// A business transaction holds SQLite's only writing connection while River wants it too.
func TestWork_SharesTheWriterWithBusinessTransactions(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		must(t, db.Write.Exec("CREATE TABLE loaded (batch INTEGER, chunk INTEGER, PRIMARY KEY (batch, chunk))").Error)
		opt := quick()
		opt.Workers = 4
		r := runner(t, db, opt)
		must(t, jobs.Register(r, func(ctx context.Context, c check) error {
			for chunk := range 5 {
				err := db.Tx(ctx, func(tx *gorm.DB) error {
					if err := tx.Exec("INSERT INTO loaded VALUES (?, ?) ON CONFLICT DO NOTHING", c.BatchID, chunk).Error; err != nil {
						return err
					}
					if c.BatchID < 100 && chunk == 4 { // a job may enqueue the next one
						return r.Enqueue(tx, check{c.BatchID + 100})
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		}, nil))
		must(t, r.Start(t.Context()))
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() { enqueue(t, db, r, check{int64(i)}) })
		}
		wg.Wait()
		wait(t, r)
		var n int
		must(t, db.Read.Raw("SELECT count(*) FROM loaded").Scan(&n).Error)
		if n != 200 {
			t.Errorf("%d chunks, want 200", n)
		}
	})
}

func TestMigrate_TakesTwiceAndIsThenCurrent(t *testing.T) {
	testdb.Each(t, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		if current, err := jobs.Current(t.Context(), db); current || err != nil {
			t.Errorf("empty database: current %v, %v", current, err)
		}
		for range 2 {
			must(t, jobs.Migrate(t.Context(), db))
		}
		if current, err := jobs.Current(t.Context(), db); !current || err != nil {
			t.Errorf("migrated database: current %v, %v", current, err)
		}
		must(t, db.Write.Exec("DROP TABLE job_runners").Error)
		if current, _ := jobs.Current(t.Context(), db); current {
			t.Error("current without job_runners")
		}
	})
}

// syncBuffer is a buffer that several goroutines may write.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestMain(m *testing.M) {
	if os.Getenv(victimDSN) != "" {
		beVictim() // a portal that is about to be killed: see lease_test.go
	}
	os.Exit(m.Run())
}
