// Package filing is the portal's main job: tasks, batches from upload to acceptance, and what leaders see of them
// (plan 二(三), DESIGN §5).
package filing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/authz"
	"taxportal/internal/cn"
	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/filestore"
	"taxportal/internal/jobs"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
	"taxportal/internal/workflow"
)

// calendars is what filing needs of the directory: the working calendar.
type calendars interface {
	Calendar(ctx context.Context) (*cn.Calendar, error)
	CalendarIn(tx *gorm.DB) (*cn.Calendar, error) // for what writes due dates
}

// handovers is what filing tells the exchange: what has come into force goes to the city's data platform.
type handovers interface {
	BatchEffective(tx *gorm.DB, batch *models.Batch) error
	BatchSuperseded(tx *gorm.DB, batch *models.Batch) error
}

// calls is what filing tells the catalogue: the filing of an ad-hoc call has come into force.
type calls interface {
	TaskFiled(tx *gorm.DB, taskID int64) error
}

// Deps is what the service works with.
type Deps struct {
	DB        *database.DB
	Guard     *authz.Guard
	Files     filestore.Store
	Keys      *crypt.Keys
	Warehouse *warehouse.Store
	Jobs      *jobs.Runner
	Calendars calendars
	Handovers handovers
	Calls     calls
	DueHour   models.DueHour // until when a due day lasts
	Now       func() time.Time
	TempDir   string
}

// Service answers for tasks and batches.
type Service struct {
	Deps
	engine *workflow.Engine
}

// New returns the service and registers its jobs.
func New(d Deps) (*Service, error) {
	s := &Service{Deps: d}
	s.engine = workflow.New(func() int64 { return int64(s.now()) }, s.recordMove)
	for _, flow := range []*workflow.Flow{&models.FilingFlow, &models.WaiverFlow} {
		if err := flow.Check(); err != nil {
			return nil, err
		}
	}
	return s, s.registerJobs()
}

func (s *Service) now() models.Instant { return models.At(s.Now()) }

var (
	errNoTask  = fault.New(fault.NotFound, "没有这个报送任务。")
	errNoBatch = fault.New(fault.NotFound, "没有这个批次。")
)

// actorKey carries the acting person to recordMove, which the engine calls with the event alone.
type actorKey struct{}

// recordMove writes the audit entry of a move.
func (s *Service) recordMove(tx *gorm.DB, e workflow.Event, code string) error {
	actor, ok := tx.Statement.Context.Value(actorKey{}).(models.Actor)
	if !ok {
		actor = models.SystemActor
	}
	return audit.Record(tx, models.Instant(e.At), actor, audit.Entry{
		Object: e.Flow, ObjectID: code, Action: string(e.Verb), From: string(e.FromState), To: string(e.ToState),
		Reason: e.Reason, Detail: e.Detail,
	})
}

// tx runs fn in one transaction in which moves are recorded as the actor's.
func (s *Service) tx(ctx context.Context, actor models.Actor, fn func(tx *gorm.DB) error) error {
	return s.DB.Tx(context.WithValue(ctx, actorKey{}, actor), fn)
}

// record writes an audit entry of something that is no move, as the last statement of tx.
func (s *Service) record(tx *gorm.DB, actor models.Actor, id, action, reason, detail string) error {
	return audit.Record(tx, s.now(), actor, audit.Entry{Object: "filing", ObjectID: id, Action: action, Reason: reason, Detail: detail})
}

// task returns a task that the actor may see, with item, unit, template version and batches.
// Returns fault.NotFound for one that is not there or not the actor's to know of.
func (s *Service) task(db *gorm.DB, actor models.Actor, code string) (models.FilingTask, error) {
	var t models.FilingTask
	err := db.Scopes(database.Visible(actor, "filing_tasks.unit_id"), database.Shared(actor, "filing_tasks.unit_id", "filing_tasks.id")).
		Joins("Item").Joins("Unit").Joins("TemplateVersion").
		Preload("Batches", func(db *gorm.DB) *gorm.DB { return db.Order("no") }).Preload("Batches.Files", func(db *gorm.DB) *gorm.DB { return db.Order("seq") }).
		Where("filing_tasks.code = ?", upper(code)).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return t, errNoTask
	}
	if err != nil {
		return t, fmt.Errorf("find task: %w", err)
	}
	for i := range t.Batches {
		t.Batches[i].Task = nil
	}
	return t, nil
}

// parties returns the parties to which the actor belongs for records of a unit: the own unit's people and the Office.
// What the actor may see has been asked before; a unit's parent sees its sub-unit's filings but does not act for it.
func parties(actor models.Actor, unitID int64) []workflow.Party {
	var found []workflow.Party
	if actor.Unit.ID == unitID {
		found = append(found, workflow.OwnUnit)
	}
	if actor.Has(models.RoleOffice) {
		found = append(found, workflow.Office)
	}
	return found
}

// apply takes one move of a batch as the actor.
func (s *Service) apply(tx *gorm.DB, actor models.Actor, b *models.Batch, verb workflow.Verb, in workflow.Input, also func(*gorm.DB) error) error {
	_, err := s.engine.Apply(tx, workflow.Step{
		Flow: &models.FilingFlow, Subject: b, Verb: verb, Actor: actor.Workflow(), Allowed: s.Guard.Asker(actor),
		Parties: parties(actor, b.UnitID), Input: in, Also: also,
	})
	return err
}
