package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/filing"
	"taxportal/seed"
)

// world is a portal with the demo's accounts and one task that takes the measured register.
type world struct {
	*portal.Portal
	task string
}

// newWorld opens a portal over an empty database and brings in the plan, the measured template and the accounts.
func newWorld(ctx context.Context, dsn, data string) (*world, error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	p, err := portal.Open(ctx, portal.Config{DSN: dsn, Data: data, Now: time.Now, Version: "bench", Logger: log}, true)
	if err != nil {
		return nil, fmt.Errorf("open portal: %w", err)
	}
	w := &world{Portal: p}
	if err := w.fill(ctx); err != nil {
		p.Close()
		return nil, fmt.Errorf("prepare portal: %w", err)
	}
	return w, nil
}

func (w *world) fill(ctx context.Context) error {
	plan, err := seed.Load()
	if err != nil {
		return err
	}
	calendar, err := seed.Calendar()
	if err != nil {
		return err
	}
	from := models.PeriodAt(models.CycleMonth, time.Now()).Prev()
	plan.Templates = append(slices.Clone(plan.Templates), definition())
	plan.Items = append(slices.Clone(plan.Items), seed.Item{
		Code: templateCode, Unit: "zjj", Name: "性能测试登记表", PlanWords: "性能测试登记表", Cycle: models.CycleMonth, DueDays: 25, LockDays: 60,
		Template: templateCode, About: models.ItemAbout{Shape: models.ShapeRecords, Taxes: []models.Tax{"vat"}},
	})
	if err := w.Directory.Load(ctx, plan, calendar); err != nil {
		return err
	}
	if err := w.Catalogue.Load(ctx, plan, from); err != nil {
		return err
	}
	if err := demo.CreateAccounts(ctx, w.Portal); err != nil {
		return err
	}
	_, err = w.Filing.OpenPeriods(ctx)
	w.task = models.TaskCode(templateCode, from)
	return err
}

// actor returns the person behind a demo account.
func (w *world) actor(ctx context.Context, username string) (models.Actor, error) {
	id, err := w.Accounts.ByUsername(ctx, username)
	if err != nil {
		return models.Actor{}, fmt.Errorf("find account %s: %w", username, err)
	}
	return w.Accounts.Actor(ctx, id, "192.0.2.1", "")
}

// keep puts the file into the file store, as an upload does while it streams in.
func (w *world) keep(ctx context.Context, path string) (filing.UploadedFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return filing.UploadedFile{}, err
	}
	defer file.Close()
	return w.Filing.Keep(ctx, file.Name(), file)
}

// file uploads a kept file and waits for the verdict, as a page does that is asked again and again.
func (w *world) file(ctx context.Context, kept filing.UploadedFile) (*models.Batch, error) {
	liaison, err := w.actor(ctx, "liaison.zjj")
	if err != nil {
		return nil, err
	}
	b, err := w.Filing.Upload(ctx, liaison, w.task, []filing.UploadedFile{kept})
	if err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	for b.State == models.BatchUploaded || b.State == models.BatchChecking {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
		if err := w.DB.SQLRead.QueryRowContext(ctx, "SELECT state FROM batches WHERE id = $1", b.ID).Scan(&b.State); err != nil {
			return nil, err
		}
	}
	page, err := w.Filing.Page(ctx, liaison, "", b.Code)
	if err != nil {
		return nil, err
	}
	return page.Batch, nil
}

// stored returns how many rows the warehouse holds.
func (w *world) stored(ctx context.Context) (n int64, err error) {
	err = w.DB.SQLRead.QueryRowContext(ctx, "SELECT count(*) FROM w_zjj_99").Scan(&n)
	return n, err
}
