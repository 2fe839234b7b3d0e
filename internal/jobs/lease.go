package jobs

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/database"
)

// maxRuns bounds how often a job is begun if its portal dies each time, so that a job which itself kills the
// portal does not do so for ever.
const maxRuns = 25

// A runner has one row in job_runners and renews it three times within a lease, however many jobs it works.
// River notes on each job, as it fetches it, which runner has it. So a job is orphaned exactly if it runs at a
// runner without a row that is in force, from the very moment of the fetch to the writing of its result.

// register puts the runner's own row in force.
func (r *Runner) register(ctx context.Context) error {
	const insert = `INSERT INTO job_runners (id, expires_at) VALUES (?, ?)
		ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at`
	return r.db.Write.WithContext(ctx).Exec(insert, r.id, r.expiry()).Error
}

// expiry is when a lease taken now ends, in milliseconds.
func (r *Runner) expiry() int64 { return r.opt.Now().Add(r.opt.Lease).UnixMilli() }

// renew extends the runner's lease and reports whether it was still in force.
func (r *Runner) renew(ctx context.Context) (bool, error) {
	const update = `UPDATE job_runners SET expires_at = ? WHERE id = ?`
	result := r.db.Write.WithContext(ctx).Exec(update, r.expiry(), r.id)
	return result.RowsAffected == 1, result.Error
}

// leave removes the runner's row, so that what it leaves behind goes to others at once.
func (r *Runner) leave(ctx context.Context) error {
	return r.db.Write.WithContext(ctx).Exec(`DELETE FROM job_runners WHERE id = ?`, r.id).Error
}

// sweep gives the jobs of dead runners back to work and returns how many. A death does not count as an
// attempt, up to a bound.
func (r *Runner) sweep(ctx context.Context) (int64, error) {
	last := `json_extract(attempted_by, '$[#-1]')`
	if r.db.Engine == database.Postgres {
		last = `attempted_by[array_upper(attempted_by, 1)]`
	}
	orphans := `state = 'running' AND COALESCE(` + last + `, '') NOT IN (SELECT id FROM job_runners WHERE expires_at > ?)`
	now := r.opt.Now().UnixMilli()
	var found int64
	if err := r.db.Read.WithContext(ctx).Table("river_job").Where(orphans, now).Count(&found).Error; err != nil || found == 0 {
		return 0, err
	}
	var freed int64
	err := r.db.Tx(ctx, func(tx *gorm.DB) error {
		// The rows go first: a runner that wakes up now finds its own gone and ends its jobs.
		if err := tx.Exec(`DELETE FROM job_runners WHERE expires_at <= ?`, now).Error; err != nil {
			return err
		}
		update := `UPDATE river_job SET state = 'available',
			max_attempts = CASE WHEN attempt < ? THEN max_attempts + 1 ELSE max_attempts END WHERE ` + orphans
		result := tx.Exec(update, maxRuns, now)
		freed = result.RowsAffected
		return result.Error
	})
	return freed, err
}

// beat keeps the lease, looks for orphans and starts what is due, three times within a lease.
func (r *Runner) beat(ctx context.Context) {
	ticker := time.NewTicker(r.opt.Lease / 3)
	defer ticker.Stop()
	renewed := r.opt.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		held, err := r.renew(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && held:
			renewed = r.opt.Now()
		case err == nil: // others believed this runner dead
			r.fence()
			err = r.register(ctx)
		case r.opt.Now().Sub(renewed) >= r.opt.Lease: // others will soon
			r.fence()
		}
		if err == nil {
			err = r.upkeep(ctx)
		}
		if err != nil && ctx.Err() == nil {
			r.opt.Logger.ErrorContext(ctx, "job runner's upkeep failed, will be tried again", "error", err)
		}
	}
}

// upkeep gives orphaned jobs back to work and starts the schedules that are due.
func (r *Runner) upkeep(ctx context.Context) error {
	freed, err := r.sweep(ctx)
	if err != nil {
		return fmt.Errorf("sweep orphaned jobs: %w", err)
	}
	if freed > 0 {
		r.opt.Logger.WarnContext(ctx, "took over the jobs of a portal that died", "jobs", freed)
	}
	return r.startDue(ctx)
}
