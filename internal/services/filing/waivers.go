package filing

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

var errNoWaiver = fault.New(fault.NotFound, "没有这件申请。")

// WaiverInput asks for a task to be exempted, unlocked or opened for correction.
type WaiverInput struct {
	Kind   models.WaiverKind
	Reason string
	Until  models.Day // unlock only
}

// RaiseWaiver asks the Office (as the liaison) or proposes (as the Office) that a rule of a task be set aside.
// A second person of the Office must agree before it takes effect.
//
// Returns fault.NotFound, fault.Forbidden, fault.Conflict if the kind does not fit the task or one is already open,
// and fault.Invalid with the fields kind, reason, until.
func (s *Service) RaiseWaiver(ctx context.Context, actor models.Actor, code string, in WaiverInput) (*models.Waiver, error) {
	byOffice := actor.Has(models.RoleOffice)
	action := "ask"
	if byOffice {
		action = "waive"
	}
	if err := s.Guard.Allow(actor, "filing", action); err != nil {
		return nil, err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	if err := s.checkWaiver(in); err != nil {
		return nil, err
	}
	var w *models.Waiver
	err := s.tx(ctx, actor, func(tx *gorm.DB) error {
		t, err := s.waivable(tx, actor, code, byOffice)
		if err != nil {
			return err
		}
		if err := s.fits(&t, in.Kind); err != nil {
			return err
		}
		w, err = s.writeWaiver(tx, actor, t, in)
		if err != nil {
			return err
		}
		if byOffice {
			err := s.applyWaiver(tx, actor, w, models.VerbPropose, workflow.Input{Reason: in.Reason}, nil)
			w.State = models.WaiverProposed
			return err
		}
		return audit.Record(tx, s.now(), actor, audit.Entry{
			Object: models.WaiverFlow.Name, ObjectID: w.Code, Action: action, Reason: in.Reason, Detail: in.Kind.Label(),
		})
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return nil, s.alreadyAsked(ctx, code, in.Kind)
	}
	return w, err
}

// alreadyAsked says which request of the kind is under way for the task, who raised it and when.
func (s *Service) alreadyAsked(ctx context.Context, task string, kind models.WaiverKind) error {
	var open struct {
		Code, Name string
		CreatedAt  models.Instant
	}
	err := s.DB.Read.WithContext(ctx).Table("waivers w").Select("w.code, a.name, w.created_at").
		Joins("JOIN filing_tasks t ON t.id = w.task_id").Joins("JOIN accounts a ON a.id = w.created_by").
		Where("t.code = ? AND w.kind = ? AND w.state IN ?", upper(task), kind, models.WaiverFlow.WaitingFor(workflow.Office)).
		Order("w.id DESC").Limit(1).Scan(&open).Error
	if err != nil {
		return database.Fault(fmt.Errorf("find the open request: %w", err))
	}
	if open.Code == "" {
		return fault.New(fault.Conflict, "这项任务已有同类申请正在办理，请等办理结果。")
	}
	return fault.New(fault.Conflict, fmt.Sprintf("这项任务已有同类申请正在办理：%s（%s %s 提出）。请等办理结果。", open.Code, open.Name, cnDue(open.CreatedAt)))
}

func (s *Service) waivable(tx *gorm.DB, actor models.Actor, code string, byOffice bool) (models.FilingTask, error) {
	if byOffice {
		return s.task(tx, actor, code)
	}
	return s.ownTask(tx, actor, code)
}

func (s *Service) checkWaiver(in WaiverInput) error {
	var form fault.Form
	if in.Kind.Label() == "" {
		form.Add("kind", "请选择申请事项。")
	}
	form.Require("reason", "理由", in.Reason)
	if len([]rune(in.Reason)) > 2000 {
		form.Add("reason", "理由最多 2000 字。")
	}
	if in.Kind == models.WaiverUnlock {
		switch {
		case !in.Until.Valid():
			form.Add("until", "请填写解锁到哪一天。")
		case s.DueHour.On(in.Until) <= s.now():
			form.Add("until", "解锁期限应晚于现在。")
		}
	}
	return form.Err()
}

// WaiverKinds returns the kinds that can be asked for as the task stands, the likeliest first. It needs Batches.
func (s *Service) WaiverKinds(t *models.FilingTask) []models.WaiverKind {
	var kinds []models.WaiverKind
	for _, kind := range []models.WaiverKind{models.WaiverCorrection, models.WaiverUnlock, models.WaiverExempt} {
		if s.fits(t, kind) == nil {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// fits says why a kind of waiver makes no sense for the task as it stands.
func (s *Service) fits(t *models.FilingTask, kind models.WaiverKind) error {
	switch {
	case t.ExemptedAt != 0:
		return fault.New(fault.Conflict, "本期已批准免报。")
	case kind == models.WaiverCorrection && t.Effective() == nil:
		return fault.New(fault.Conflict, "本期还没有生效批次，不需要申请更正；直接上传即可。")
	case kind == models.WaiverCorrection && t.CorrectionOpen:
		return fault.New(fault.Conflict, "本期已同意更正，可以直接上传更正文件。")
	case kind != models.WaiverCorrection && t.Effective() != nil:
		return fault.New(fault.Conflict, "本期已有生效批次，不需要免报或解锁。")
	case kind == models.WaiverUnlock && s.now() < t.LockAt:
		return fault.New(fault.Conflict, "本期还没有锁定，可以直接补报。")
	}
	return nil
}

func (s *Service) writeWaiver(tx *gorm.DB, actor models.Actor, t models.FilingTask, in WaiverInput) (*models.Waiver, error) {
	var earlier int64
	if err := tx.Model(&models.Waiver{}).Where("task_id = ?", t.ID).Count(&earlier).Error; err != nil {
		return nil, fmt.Errorf("count waivers: %w", err)
	}
	w := &models.Waiver{
		Code: fmt.Sprintf("SQ-%s-%d", t.Code, earlier+1), TaskID: t.ID, UnitID: t.UnitID, Kind: in.Kind, State: models.WaiverAsked,
		Reason: in.Reason, CreatedBy: actor.AccountID, CreatedAt: s.now(),
	}
	if in.Kind == models.WaiverUnlock {
		w.Until = s.DueHour.On(in.Until)
	}
	return w, tx.Omit("Task").Create(w).Error
}

func (s *Service) applyWaiver(tx *gorm.DB, actor models.Actor, w *models.Waiver, verb workflow.Verb, in workflow.Input, also func(*gorm.DB) error) error {
	_, err := s.engine.Apply(tx, workflow.Step{
		Flow: &models.WaiverFlow, Subject: w, Verb: verb, Actor: actor.Workflow(), Allowed: s.Guard.Asker(actor),
		Parties: parties(actor, w.UnitID), Input: in, Also: also,
	})
	return err
}

// MoveWaiver takes one move of WaiverFlow. Confirming needs another person of the Office than the one who proposed.
func (s *Service) MoveWaiver(ctx context.Context, actor models.Actor, code string, verb workflow.Verb, in MoveInput) error {
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		if err := lockTask(tx, strings.TrimPrefix(taskOfCode(upper(code)), "SQ-")); err != nil {
			return err
		}
		w, err := s.waiver(tx, actor, code)
		if err != nil {
			return err
		}
		if in.From != "" && in.From != w.State {
			return s.stale(tx, waiverSeen(actor, &w))
		}
		var also func(*gorm.DB) error
		if verb == models.VerbConfirm {
			also = func(tx *gorm.DB) error { return s.grant(tx, &w) }
		}
		return s.explainLate(tx, waiverSeen(actor, &w), verb, s.applyWaiver(tx, actor, &w, verb, in.workflow(s.DueHour), also))
	})
}

// waiverSeen is a request as the actor's page showed it.
func waiverSeen(actor models.Actor, w *models.Waiver) seen {
	return seen{flow: &models.WaiverFlow, record: w, name: "申请", actor: actor}
}

// WaiverLate says why a move of a request cannot be taken any more, who was first and when, or returns nil if it can.
func (s *Service) WaiverLate(ctx context.Context, actor models.Actor, w *models.Waiver, verb workflow.Verb) error {
	_, err := models.WaiverFlow.Next(w.State, verb)
	return s.explainLate(s.DB.Read.WithContext(ctx), waiverSeen(actor, w), verb, err)
}

func (s *Service) waiver(db *gorm.DB, actor models.Actor, code string) (models.Waiver, error) {
	var w models.Waiver
	err := db.Scopes(database.Visible(actor, "waivers.unit_id"), database.Shared(actor, "waivers.unit_id", "waivers.task_id")).Preload("Task").Preload("Task.Item").Preload("Task.Unit").Preload("Task.Batches").
		Where("waivers.code = ?", upper(code)).Take(&w).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return w, errNoWaiver
	}
	if err != nil {
		return w, fmt.Errorf("find waiver: %w", err)
	}
	return w, nil
}

// grant gives a confirmed waiver its effect on the task, if the task still is as it was.
func (s *Service) grant(tx *gorm.DB, w *models.Waiver) error {
	if err := s.fits(w.Task, w.Kind); err != nil {
		return err
	}
	changes := map[string]any{}
	switch w.Kind {
	case models.WaiverExempt:
		if c := w.Task.Current(); c != nil && (c.State == models.BatchSigning || c.State == models.BatchFiled) {
			return fault.New(fault.Conflict, "本期有批次正在审签或待受理，请先办完那一批。")
		}
		changes["exempted_at"] = s.now()
	case models.WaiverUnlock:
		changes["unlocked_until"] = w.Until
	case models.WaiverCorrection:
		changes["correction_open"] = true
	}
	return tx.Model(&models.FilingTask{}).Where("id = ?", w.TaskID).Updates(changes).Error
}

// WaiverPage is one waiver with its history and what the actor may do.
type WaiverPage struct {
	Waiver  models.Waiver
	History []workflow.Event
	Moves   []workflow.Move
}

// MayAct reports whether the request waits for the reader, among others.
func (p WaiverPage) MayAct() bool { return workflow.HasMain(p.Moves) }

// Waiver returns one waiver that the actor may see.
func (s *Service) Waiver(ctx context.Context, actor models.Actor, code string) (WaiverPage, error) {
	db := s.DB.Read.WithContext(ctx)
	w, err := s.waiver(db, actor, code)
	if err != nil {
		return WaiverPage{}, database.Fault(err)
	}
	history, err := workflow.History(db, &models.WaiverFlow, w.ID)
	if err != nil {
		return WaiverPage{}, database.Fault(err)
	}
	moves := workflow.Offered(&models.WaiverFlow, w.State, parties(actor, w.UnitID),
		func(o, a string) bool { return s.Guard.Can(actor, o, a) }, actor.AccountID, history)
	return WaiverPage{Waiver: w, History: history, Moves: moves}, nil
}
