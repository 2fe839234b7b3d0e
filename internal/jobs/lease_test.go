package jobs_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"taxportal/internal/database"
	"taxportal/internal/jobs"
	"taxportal/internal/testdb"
)

// victimDSN names the database that a copy of this test binary works on until it is killed.
const victimDSN = "JOBS_TEST_VICTIM_DSN"

// beVictim begins a job, says so, and never ends it.
func beVictim() {
	ctx := context.Background()
	db, err := database.Open(ctx, os.Getenv(victimDSN), database.Options{Now: time.Now})
	fatal(err)
	r, err := jobs.New(db, quick())
	fatal(err)
	fatal(jobs.Register(r, func(context.Context, check) error {
		fmt.Println("begun")
		select {}
	}, nil))
	fatal(r.Start(ctx))
	select {}
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// killOneInItsMiddle starts a portal on dsn, waits until it has begun a job and kills it.
func killOneInItsMiddle(t *testing.T, dsn string) {
	t.Helper()
	victim := exec.CommandContext(t.Context(), os.Args[0])
	victim.Env = append(os.Environ(), victimDSN+"="+dsn)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	must(t, err)
	must(t, victim.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "begun\n" {
		t.Fatalf("the victim said %q, %v", line, err)
	}
	must(t, victim.Process.Kill())
	_ = victim.Wait()
}

func TestKill_AnotherPortalTakesTheJobOver(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		r := runner(t, db, quick())
		done := make(chan int64, 1)
		must(t, jobs.Register(r, func(_ context.Context, c check) error { done <- c.BatchID; return nil }, nil))
		enqueue(t, db, r, check{4}, jobs.Attempts(1))
		for range 2 { // a death costs no attempt, so one attempt outlives two deaths
			killOneInItsMiddle(t, dsn)
		}
		must(t, r.Start(t.Context()))
		if id := receive(t, done); id != 4 {
			t.Errorf("batch %d", id)
		}
		wait(t, r)
	})
}

func TestKill_AJobThatKillsIsToldAsFailed(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		r := runner(t, db, quick())
		told := make(chan error, 1)
		must(t, jobs.Register(r,
			func(context.Context, check) error { return errors.New("it ran once more") },
			func(_ context.Context, _ check, cause error) error { told <- cause; return nil }))
		enqueue(t, db, r, check{1})
		killOneInItsMiddle(t, dsn)
		// As if it had happened many times before.
		must(t, db.Write.Exec("UPDATE river_job SET attempt = 30, max_attempts = 30").Error)
		must(t, r.Start(t.Context()))
		if cause := receive(t, told); cause.Error() != "the portal was killed too often while this job ran" {
			t.Errorf("told %v", cause)
		}
		wait(t, r)
	})
}

func TestLease_ALongJobRunsOnceThoughOthersLook(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		clock := newClock()
		opt := quick()
		opt.Now = clock.now
		var runs atomic.Int32
		begun, release := make(chan struct{}, 10), make(chan struct{})
		first := portal(t, dsn, opt, func(context.Context, check) error {
			runs.Add(1)
			begun <- struct{}{}
			<-release
			return nil
		})
		enqueue(t, first.db, first.runner, check{1})
		must(t, first.runner.Start(t.Context()))
		receive(t, begun)
		second := portal(t, dsn, opt, func(context.Context, check) error { runs.Add(1); return nil })
		must(t, second.runner.Start(t.Context()))

		for range 8 { // half a lease each time, and both renew before the clock goes on
			clock.advance(opt.Lease / 2)
			want := clock.now().Add(opt.Lease).UnixMilli()
			eventually(t, "both leases are renewed", func() bool { return leaseEnd(t, first.db) >= want })
		}
		close(release)
		wait(t, first.runner)
		if n := runs.Load(); n != 1 {
			t.Errorf("%d runs, want 1", n)
		}
	})
}

func TestLease_ARunnerThatIsBelievedDeadEndsItsJobs(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		var runs atomic.Int32
		begun := make(chan struct{}, 10)
		p := portal(t, dsn, quick(), func(ctx context.Context, _ check) error {
			if runs.Add(1) > 1 {
				return nil
			}
			begun <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
		must(t, p.runner.Start(t.Context()))
		enqueue(t, p.db, p.runner, check{1}, jobs.Attempts(1))
		receive(t, begun)
		must(t, p.db.Write.Exec("DELETE FROM job_runners").Error) // what another portal's sweep does
		wait(t, p.runner)
		if n := runs.Load(); n != 2 {
			t.Errorf("%d runs, want the ended one and one more", n)
		}
	})
}

func TestEvery_RunsOnOnePortalAndCatchesUpOnce(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		clock := newClock()
		opt := quick()
		opt.Now = clock.now
		opt.Lease = time.Minute // the clock leaps, so a beat must not need one; each Start looks at once
		var runs atomic.Int32
		hours := time.Duration(0)
		at := func(hour time.Duration) int32 {
			clock.advance((hour - hours) * time.Hour)
			hours = hour
			for range 2 { // two portals see the same moment
				db := open(t, dsn)
				r, err := jobs.New(db, opt)
				must(t, err)
				must(t, r.Every("nightly", 24*time.Hour, func(context.Context) error { runs.Add(1); return nil }))
				must(t, r.Start(t.Context()))
				wait(t, r)
				must(t, r.Stop(t.Context()))
			}
			return runs.Load()
		}
		steps := []struct {
			hour time.Duration
			runs int32
			why  string
		}{
			{0, 1, "the first start"},
			{23, 1, "not due yet"},
			{24, 2, "due"},
			{24*4 + 5, 3, "three were missed, one makes up for them"},
			{24*5 - 1, 3, "the time of day is kept"},
			{24 * 5, 4, "due again"},
		}
		for _, s := range steps {
			if n := at(s.hour); n != s.runs {
				t.Errorf("hour %d: %d runs, want %d: %s", s.hour, n, s.runs, s.why)
			}
		}
	})
}

// portalUnderTest is one of several over a database.
type portalUnderTest struct {
	db     *database.DB
	runner *jobs.Runner
}

// portal opens one more portal over dsn, with work for check.
func portal(t *testing.T, dsn string, opt jobs.Options, work func(context.Context, check) error) portalUnderTest {
	t.Helper()
	db := open(t, dsn)
	r := runner(t, db, opt)
	must(t, jobs.Register(r, work, nil))
	return portalUnderTest{db, r}
}

// leaseEnd returns when the earliest lease ends.
func leaseEnd(t *testing.T, db *database.DB) int64 {
	t.Helper()
	var end int64
	must(t, db.Read.Raw("SELECT COALESCE(min(expires_at), 0) FROM job_runners").Scan(&end).Error)
	return end
}

// eventually asks until the answer is yes.
func eventually(t *testing.T, what string, yes func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(20 * time.Second)
	for !yes() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		case <-ticker.C:
		}
	}
}

// clock is a clock that goes on when it is told to.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }
