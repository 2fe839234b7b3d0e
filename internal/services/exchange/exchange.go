// Package exchange takes data across the portal's edge. So far that is one way: each batch in force is handed over to the
// city's data platform (plan 二(三): 集中存储于聊城市大数据管理服务平台), as files in an agreed folder.
//
// The portal stays what it is without a folder: batches then wait, and their pages say 未配置.
package exchange

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/authz"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/jobs"
	"taxportal/internal/killpoint"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
	"taxportal/internal/workflow"
)

// Deps is what the service works with.
type Deps struct {
	DB        *database.DB
	Guard     *authz.Guard
	Jobs      *jobs.Runner
	Warehouse *warehouse.Store
	Target    Target
	Now       func() time.Time
}

// Service hands batches over.
type Service struct {
	Deps
	engine *workflow.Engine
	folder folder
}

// New returns the service and registers its job.
func New(d Deps) (*Service, error) {
	s := &Service{Deps: d, folder: folder{root: d.Target.Folder, at: killpoint.Here}}
	s.engine = workflow.New(func() int64 { return int64(s.now()) }, s.recordMove)
	if err := models.HandoverFlow.Check(); err != nil {
		return nil, err
	}
	return s, jobs.Register(d.Jobs, s.handOver, s.gaveUp)
}

func (s *Service) now() models.Instant { return models.At(s.Now()) }

// actorKey carries the acting person to recordMove, which the engine calls with the event alone.
type actorKey struct{}

// recordMove writes the audit entry of a move.
func (s *Service) recordMove(tx *gorm.DB, e workflow.Event, code string) error {
	actor, ok := tx.Statement.Context.Value(actorKey{}).(models.Actor)
	if !ok || e.ActorID == 0 {
		actor = models.SystemActor
	}
	return audit.Record(tx, models.Instant(e.At), actor, audit.Entry{
		Object: e.Flow, ObjectID: code, Action: string(e.Verb), From: string(e.FromState), To: string(e.ToState), Reason: e.Reason, Detail: e.Detail,
	})
}

// move takes a move of the portal's own on a hand-over.
func (s *Service) move(tx *gorm.DB, h *models.Handover, verb workflow.Verb, detail string, also func(*gorm.DB) error) error {
	_, err := s.engine.Apply(tx, workflow.Step{Flow: &models.HandoverFlow, Subject: h, Verb: verb, Actor: models.SystemActor.Workflow(),
		Input: workflow.Input{Detail: detail}, Also: also})
	return err
}

// set writes columns of a hand-over.
func set(tx *gorm.DB, h *models.Handover, changes map[string]any) error {
	return tx.Model(&models.Handover{}).Where("id = ?", h.ID).Updates(changes).Error
}

var errNoHandover = fault.New(fault.NotFound, "没有这个批次的交接记录。")

// one finds a hand-over by a condition, with its batch.
func one(db *gorm.DB, condition string, args ...any) (*models.Handover, error) {
	var h models.Handover
	err := db.Preload("Batch").Where(condition, args...).Take(&h).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errNoHandover
	}
	if err != nil {
		return nil, fmt.Errorf("find hand-over: %w", err)
	}
	return &h, nil
}
