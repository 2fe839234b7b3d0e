package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/workflow"
	"taxportal/seed"
)

// archive is a portal with the whole plan, in which every period of the past was filed, accepted, and each template and
// each item changed once a year. It counts the statements that its pages send.
type archive struct {
	*portal.Portal
	queries atomic.Int64
	tasks   int64
	batches int64
	editor  int64 // a design under way, which the designer's pages show
}

// newArchive fills an empty database with so many months of history.
func newArchive(ctx context.Context, dsn, data string, months int) (*archive, error) {
	a := &archive{}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	var err error
	a.Portal, err = portal.Open(ctx, portal.Config{DSN: dsn, Data: data, Now: time.Now, Version: "bench", Logger: log,
		OnQuery: func(string) { a.queries.Add(1) }}, true)
	if err != nil {
		return nil, fmt.Errorf("open portal: %w", err)
	}
	if err := a.fill(ctx, months); err != nil {
		a.Close()
		return nil, fmt.Errorf("fill %d months of history: %w", months, err)
	}
	return a, nil
}

func (a *archive) fill(ctx context.Context, months int) error {
	plan, err := seed.Load()
	if err != nil {
		return err
	}
	from := models.PeriodAt(models.CycleMonth, time.Now().AddDate(0, -months, 0))
	if err := a.LoadPlan(ctx, plan, from); err != nil {
		return err
	}
	if err := demo.CreateAccounts(ctx, a.Portal); err != nil {
		return err
	}
	if _, err := a.Filing.OpenPeriods(ctx); err != nil {
		return err
	}
	return a.DB.Tx(ctx, func(tx *gorm.DB) error {
		for _, part := range []func(*gorm.DB, int) error{a.filings, a.versions, a.changes} {
			if err := part(tx, months); err != nil {
				return err
			}
		}
		if err := tx.Table("filing_tasks").Count(&a.tasks).Error; err != nil {
			return err
		}
		return tx.Table("batches").Count(&a.batches).Error
	})
}

// at is how many rows go to the database at once.
const at = 500

// filings gives every task whose day is over a batch in force with its history: uploaded, checked, submitted, signed,
// accepted.
func (a *archive) filings(tx *gorm.DB, _ int) error {
	now := models.At(time.Now())
	var tasks []models.FilingTask
	if err := tx.Where("due_at < ?", now).Order("id").Find(&tasks).Error; err != nil {
		return err
	}
	batches := make([]models.Batch, len(tasks))
	for i, task := range tasks {
		then := task.DueAt - models.Instant(24*time.Hour/time.Millisecond)
		batches[i] = models.Batch{
			Code: models.BatchCode(task.Code, 1), TaskID: task.ID, UnitID: task.UnitID, No: 1, Kind: models.BatchFiles, State: models.BatchEffective,
			CreatedBy: 1, CreatedName: "联络员", CreatedAt: then, CheckedAt: then, RowsRead: 120, RowsValid: 120, Checksum: fmt.Sprintf("%064x", task.ID),
			SubmittedAt: then, SignedAt: then, SignedBy: 2, SignedName: "分管负责人", DecidedAt: then, DecidedName: "办公室",
			ReceiptNo: "R-" + task.Code, Stats: models.Stats{Rows: 120},
		}
	}
	if err := tx.Omit("Files").CreateInBatches(&batches, at).Error; err != nil {
		return err
	}
	steps := []struct{ from, to workflow.State }{
		{"", models.BatchUploaded}, {models.BatchUploaded, models.BatchChecking}, {models.BatchChecking, models.BatchClean},
		{models.BatchClean, models.BatchSigning}, {models.BatchSigning, models.BatchFiled}, {models.BatchFiled, models.BatchEffective},
	}
	events := make([]workflow.Event, 0, len(batches)*len(steps))
	for _, b := range batches {
		for _, step := range steps {
			events = append(events, workflow.Event{Flow: models.FilingFlow.Name, RecordID: b.ID, FromState: step.from, ToState: step.to,
				ActorID: 1, ActorName: "联络员", UnitID: b.UnitID, At: int64(b.CreatedAt)})
		}
	}
	if err := tx.CreateInBatches(&events, at).Error; err != nil {
		return err
	}
	return tx.Exec("UPDATE filing_tasks SET first_filed_at = due_at - 86400000, on_time = ? WHERE due_at < ?", true, now).Error
}

// versions publishes a further version of every template for each year of the history, each with its design and the
// comments on it, and leaves the first template with a design under way.
func (a *archive) versions(tx *gorm.DB, months int) error {
	var first []models.TemplateVersion
	if err := tx.Joins("Template").Order("template_versions.id").Find(&first).Error; err != nil {
		return err
	}
	var office models.Unit
	if err := tx.Where("code = ?", "office").Take(&office).Error; err != nil {
		return err
	}
	for _, v := range first {
		for year := 1; year <= months/12; year++ {
			from := models.PeriodAt(models.CycleMonth, time.Now().AddDate(0, 12*year-months, 0))
			published := models.At(time.Now().AddDate(0, 12*year-months, 0))
			next := v
			next.ID, next.No, next.EffectiveFrom, next.PublishedAt = 0, year+1, from, published
			if err := tx.Omit("Template").Create(&next).Error; err != nil {
				return err
			}
			if err := design(tx, v, next, office, published); err != nil {
				return err
			}
		}
	}
	draft := models.Design{TemplateCode: first[0].Template.Code, No: months/12 + 2, State: models.DesignDraft, Definition: first[0].Definition,
		Repeats: map[string]string{}, Revision: 1, CreatedBy: 1, CreatedName: "办公室", CreatedAt: models.At(time.Now())}
	if err := tx.Create(&draft).Error; err != nil {
		return err
	}
	a.editor = draft.ID
	return nil
}

// design writes the published design of a version, and what the units said of it.
func design(tx *gorm.DB, v, next models.TemplateVersion, office models.Unit, day models.Instant) error {
	d := models.Design{TemplateCode: v.Template.Code, No: next.No, State: models.DesignPublished, Definition: v.Definition, EffectiveFrom: next.EffectiveFrom,
		VersionID: &next.ID, Repeats: map[string]string{}, Revision: 9, ShownAt: day, CreatedBy: 1, CreatedName: "办公室", CreatedAt: day, EditedName: "办公室", EditedAt: day}
	if err := tx.Create(&d).Error; err != nil {
		return err
	}
	comments := make([]models.DesignComment, 5)
	for i := range comments {
		comments[i] = models.DesignComment{DesignID: d.ID, UnitID: office.ID, UnitName: office.Name, AuthorID: 1, Author: "联络员", Text: "口径请再说明。", At: day,
			Answer: "已补充。", AnsweredName: "办公室", AnsweredAt: day}
	}
	return tx.Create(&comments).Error
}

// changes edits every item once a year.
func (a *archive) changes(tx *gorm.DB, months int) error {
	var items []models.CatalogueItem
	if err := tx.Order("id").Find(&items).Error; err != nil {
		return err
	}
	var changes []models.ItemChange
	for _, item := range items {
		for year := 1; year <= months/12; year++ {
			day := time.Now().AddDate(0, 12*year-months, 0)
			changes = append(changes, models.ItemChange{ItemID: item.ID, Kind: models.ItemEdited, EffectiveFrom: models.PeriodAt(models.CycleMonth, day),
				Diffs:  []models.ItemDiff{{Field: "section", Old: "办公室", New: fmt.Sprintf("第%d科", year)}},
				Reason: "科室调整", ActorID: 1, ActorName: "办公室", At: models.At(day), AppliedAt: models.At(day)})
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return tx.Omit("Item").CreateInBatches(&changes, at).Error
}
