package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"taxportal/internal/database"
)

const (
	pollInterval    = 200 * time.Millisecond // a commit also wakes the workers; this is for a wake that was lost
	fetchCooldown   = 20 * time.Millisecond  // the shortest time between two fetches
	neverByRiver    = 100 * 365 * 24 * time.Hour
	keepSuccesses   = 24 * time.Hour
	keepFailures    = 30 * 24 * time.Hour
	maintenanceHour = 18 // UTC: two at night in Asia/Shanghai
)

// newInserter returns the client that adds jobs in the caller's transaction.
func newInserter(db *database.DB) (*river.Client[*sql.Tx], error) {
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(nil)
	if db.Engine == database.Postgres {
		driver = riverdatabasesql.New(nil)
	}
	// The cooldown also holds back wake-ups of one process that follow each other closely; as short as can be.
	return river.NewClient(driver, &river.Config{FetchCooldown: river.FetchCooldownMin})
}

// newWorker returns the client that works jobs: through the one writer on SQLite, through pgx on PostgreSQL.
func (r *Runner) newWorker() (worker, error) {
	workers := river.NewWorkers()
	for kind, add := range r.kinds {
		if err := add(workers); err != nil {
			return nil, fmt.Errorf("add job %s: %w", kind, err)
		}
	}
	config := &river.Config{
		ID:      r.id,
		Workers: workers,
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: r.opt.Workers}},
		Logger:  slog.New(warnings{r.opt.Logger.Handler()}),

		FetchCooldown:       fetchCooldown,
		FetchPollInterval:   pollInterval,
		FetchOnlyKnownKinds: true, // a portal of another version may know the others

		JobTimeout:           -1,           // no job is too long
		RescueStuckJobsAfter: neverByRiver, // leases do it

		CompletedJobRetentionPeriod: keepSuccesses,
		CancelledJobRetentionPeriod: keepFailures,
		DiscardedJobRetentionPeriod: keepFailures,
		ReindexerSchedule:           atNight{},
	}
	if r.db.Engine == database.Postgres {
		return river.NewClient(riverpgxv5.New(r.db.Pool), config)
	}
	return river.NewClient(riversqlite.New(r.db.SQLWrite), config)
}

// atNight is River's upkeep of its indexes, outside of office hours.
type atNight struct{}

// Next returns the next night.
func (atNight) Next(now time.Time) time.Time {
	now = now.UTC()
	night := time.Date(now.Year(), now.Month(), now.Day(), maintenanceHour, 0, 0, 0, time.UTC)
	if !night.After(now) {
		night = night.AddDate(0, 0, 1)
	}
	return night
}

// warnings keeps River's everyday remarks out of the log; failures of jobs are logged here.
type warnings struct{ slog.Handler }

// Enabled reports whether a record of this level is wanted.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the filter on a derived handler.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the filter on a derived handler.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
