package jobs_test

import (
	"context"
	"testing"

	"taxportal/internal/jobs"
	"taxportal/internal/testdb"
)

// TestWork_MarksAJobBeforeTheNextOneBegins: what is done must not count as running any more.
func TestWork_MarksAJobBeforeTheNextOneBegins(t *testing.T) {
	testdb.EachFrom(t, template, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		opt := quick()
		opt.Workers = 1
		r := runner(t, db, opt)
		running := make(chan int, 2)
		must(t, jobs.Register(r, func(ctx context.Context, _ check) error {
			var n int
			err := db.SQLRead.QueryRowContext(ctx, "SELECT count(*) FROM river_job WHERE state = 'running'").Scan(&n)
			running <- n
			return err
		}, nil))
		enqueue(t, db, r, check{1})
		enqueue(t, db, r, check{2})
		must(t, r.Start(t.Context()))
		if first, second := receive(t, running), receive(t, running); first != 1 || second != 1 {
			t.Errorf("%d, then %d jobs run where one can", first, second)
		}
		wait(t, r)
	})
}
