package filing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// Todo is one thing that waits for the actor, derived from workflow states and never stored (DESIGN §2).
type Todo struct {
	DueAt      models.Instant // 0 = no due
	Late       bool
	Title      string         // 商品房预售许可信息　2026年10月期
	Note       string         // why it waits, in one line
	State      workflow.State // of the batch or waiver; empty for a task without a batch
	Waiver     bool           // State is one of WaiverFlow
	Stand      models.Standing
	Last       string // who did the last step
	LastAt     models.Instant
	Task       string
	Batch      string
	Code       string         // of the waiver
	Verb       string         // the button: 去报送
	Does       string         // what is done by it: 提交审签
	Unit       string         // whose it is, for the Office
	Flow       *workflow.Flow // of State, for what waits elsewhere than in filing
	URL        string         // where that is done
	Locked     bool           // nothing can be filed until the Office unlocks the task
	Correction bool           // the own unit corrects what is in force; nobody set a due for it
}

// TodoCap bounds each kind of to-do that is read; the page says when there are more.
const TodoCap = 300

// Todos returns what waits for the actor in filing, soonest due first.
func (s *Service) Todos(ctx context.Context, actor models.Actor) ([]Todo, error) {
	db := s.DB.Read.WithContext(ctx)
	var todos []Todo
	add := func(more []Todo, err error) error {
		todos = append(todos, more...)
		return err
	}
	if s.Guard.Can(actor, "filing", "upload") {
		if err := add(s.unitTodos(db, actor, mine)); err != nil {
			return nil, err
		}
	}
	if s.Guard.Can(actor, "filing", "sign") {
		if err := add(s.batchTodos(db, actor, models.BatchSigning, "去审签")); err != nil {
			return nil, err
		}
	}
	if s.Guard.Can(actor, "filing", "accept") {
		if err := add(s.batchTodos(db, actor, models.BatchFiled, "去受理")); err != nil {
			return nil, err
		}
		if err := add(s.waiverTodos(db, actor)); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(todos, func(a, b Todo) int {
		if a.DueAt != b.DueAt {
			return int(min(max(int64(a.DueAt-b.DueAt), -1), 1))
		}
		return strings.Compare(a.Task, b.Task)
	})
	return todos, nil
}

// Waiting returns the batches that the actor's side has submitted and that wait for the unit leader, soonest due first. They
// are nobody's to-do but the unit leader's; whoever submitted them can see where they are.
func (s *Service) Waiting(ctx context.Context, actor models.Actor) ([]Todo, error) {
	if !s.Guard.Can(actor, "filing", "upload") || s.Guard.Can(actor, "filing", "sign") {
		return nil, nil
	}
	waiting, err := s.batchTodos(s.DB.Read.WithContext(ctx), actor, models.BatchSigning, "查看")
	slices.SortStableFunc(waiting, func(a, b Todo) int { return cmp.Compare(a.DueAt, b.DueAt) })
	return waiting, err
}

// Unlocking returns the locked tasks of the actor's unit for which an unlock is asked and not yet decided, longest asked
// first. Until then the unit can do nothing about them.
func (s *Service) Unlocking(ctx context.Context, actor models.Actor) ([]Todo, error) {
	if !s.Guard.Can(actor, "filing", "upload") {
		return nil, nil
	}
	var asked []models.Waiver
	err := s.DB.Read.WithContext(ctx).Scopes(unlocksAsked(actor.Unit.ID)).Preload("Task").Preload("Task.Item").Limit(TodoCap).Find(&asked).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read requests for an unlock: %w", err))
	}
	var todos []Todo
	for _, w := range asked {
		todos = append(todos, Todo{Title: w.Task.Item.Name + "　" + w.Task.Period.Label(), Task: w.Task.Code, Code: w.Code, Waiver: true, State: w.State,
			Note: "解锁补报申请 " + w.Code + "，同意后上传补报文件", Verb: "查看", LastAt: w.CreatedAt})
	}
	slices.SortFunc(todos, func(a, b Todo) int { return cmp.Or(cmp.Compare(a.LastAt, b.LastAt), strings.Compare(a.Task, b.Task)) })
	return todos, nil
}

// unlocksAsked keeps a unit's requests for an unlock that wait for the Office.
func unlocksAsked(unitID int64) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("waivers.unit_id = ? AND waivers.kind = ? AND waivers.state IN ?", unitID, models.WaiverUnlock,
			models.WaiverFlow.WaitingFor(workflow.Office)).Order("waivers.id")
	}
}

// beingUnlocked returns the ids of those tasks of a unit for which an unlock is asked and not yet decided.
func beingUnlocked(db *gorm.DB, unitID int64) ([]int64, error) {
	var ids []int64
	err := db.Model(&models.Waiver{}).Scopes(unlocksAsked(unitID)).Pluck("task_id", &ids).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read requests for an unlock: %w", err))
	}
	return ids, nil
}

// WithLiaison returns what the actor's unit is to do next and the actor may not, soonest due first: it waits for the liaison.
func (s *Service) WithLiaison(ctx context.Context, actor models.Actor) ([]Todo, error) {
	if !s.Guard.Can(actor, "filing", "upload") || s.takesEveryStep(actor) {
		return nil, nil
	}
	return s.unitTodos(s.DB.Read.WithContext(ctx), actor, others)
}

// Whose steps are looked for among those of a unit.
const (
	mine   = true
	others = false
)

// unitTodos are the tasks of the own unit that it must bring forward, as far as the next step is the actor's to take, or
// only somebody else's of the unit.
func (s *Service) unitTodos(db *gorm.DB, actor models.Actor, whose bool) ([]Todo, error) {
	var tasks []models.FilingTask
	err := db.Joins("Item").Preload("Batches", func(db *gorm.DB) *gorm.DB { return db.Order("no") }).
		Where("filing_tasks.unit_id = ? AND filing_tasks.exempted_at = 0 AND filing_tasks.opens_at <= ?", actor.Unit.ID, s.now()).
		Where("filing_tasks.correction_open OR NOT EXISTS (SELECT 1 FROM batches b WHERE b.task_id = filing_tasks.id AND b.state = ?)", models.BatchEffective).
		Order("filing_tasks.due_at").Limit(TodoCap).Find(&tasks).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read to-dos: %w", err))
	}
	reasons, err := sentBack(db, tasks)
	if err != nil {
		return nil, err
	}
	asked, err := beingUnlocked(db, actor.Unit.ID)
	if err != nil {
		return nil, err
	}
	var todos []Todo
	for i := range tasks {
		next, ok := s.stepOf(&tasks[i])
		if !ok || s.Guard.Can(actor, next.Object, next.Action) != whose || next.Locked && slices.Contains(asked, tasks[i].ID) { // it is the Office's turn: see Unlocking
			continue
		}
		todo := s.unitTodo(&tasks[i], next)
		if e, back := reasons[todo.Batch]; back && !todo.Locked {
			todo.Note, todo.Last, todo.LastAt = "退回理由："+e.Reason, e.ActorName+" 退回", models.Instant(e.At)
		}
		todos = append(todos, todo)
	}
	return todos, nil
}

// sentBack finds, for the newest batch of each task that was returned by the Office or sent back by the chief and has
// not gone on since, the step that did so, by the batch's code.
func sentBack(db *gorm.DB, tasks []models.FilingTask) (map[string]workflow.Event, error) {
	codes := map[int64]string{}
	var ids []int64
	for i := range tasks {
		if b := tasks[i].Current(); b != nil && (b.State == models.BatchReturned || b.State == models.BatchClean) {
			codes[b.ID] = b.Code
			ids = append(ids, b.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var events []workflow.Event
	err := db.Where("flow = ? AND record_id IN ? AND verb IN ?", models.FilingFlow.Name, ids,
		[]workflow.Verb{models.VerbReturn, models.VerbSendBack, models.VerbWithdraw}).Order("id").Find(&events).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read reasons: %w", err))
	}
	found := map[string]workflow.Event{}
	for _, e := range events {
		found[codes[e.RecordID]] = e
		if e.Verb == models.VerbWithdraw { // taken back by the liaison: nobody gave a reason
			delete(found, codes[e.RecordID])
		}
	}
	return found, nil
}

// unitTodo is a task as a to-do of its unit, which is to take the step next.
func (s *Service) unitTodo(t *models.FilingTask, next step) Todo {
	now := s.now()
	todo := Todo{DueAt: t.DueNow(), Title: t.Item.Name + "　" + t.Period.Label(), Task: t.Code, Stand: t.Standing(now), Verb: next.Verb, Does: next.Does,
		Note: fmt.Sprintf("%s开放填报", cnDay(t.OpensAt)), LastAt: t.OpensAt, Last: "系统 任务开放", Locked: next.Locked}
	todo.Late = now > todo.DueAt
	if t.Effective() != nil { // a correction: the task itself is done, and nobody set a due for mending it
		todo.DueAt, todo.Late, todo.Correction = 0, false, true
	}
	current := t.Current()
	begun := current != nil && current.State != models.BatchEffective
	switch {
	case next.Locked:
		todo.Note = "已锁定，补报须申请解锁"
	case begun:
		todo.Note = describe(current)
	case t.CorrectionOpen:
		todo.Note, todo.Last, todo.LastAt = "办公室已同意更正，请上传更正文件", "办公室 同意更正", 0
	case now >= t.LockAt:
		todo.Note, todo.Last, todo.LastAt = "已同意解锁，请在 "+cnDue(t.UnlockedUntil)+" 前补报", "办公室 同意解锁", 0
	}
	if begun {
		todo.State, todo.Batch = current.State, current.Code
		todo.Last, todo.LastAt = lastStep(current)
	}
	return todo
}

// lastStep says who did the last step on a batch, as far as its own columns tell.
func lastStep(b *models.Batch) (string, models.Instant) {
	switch {
	case b.State == models.BatchReturned || b.State == models.BatchEffective:
		return "办公室 " + b.DecidedName, b.DecidedAt
	case b.SignedAt != 0:
		return b.SignedName + " 审签", b.SignedAt
	case b.SubmittedAt != 0:
		return b.SubmittedName + " 提交审签", b.SubmittedAt
	case b.CheckedAt != 0:
		return "系统 校验完成", b.CheckedAt
	}
	return b.CreatedName + " 上传", b.CreatedAt
}

// batchTodos are the batches in a state that waits for the actor's side.
func (s *Service) batchTodos(db *gorm.DB, actor models.Actor, state workflow.State, verb string) ([]Todo, error) {
	query := db.Preload("Task").Preload("Task.Item").Preload("Task.Unit").Where("batches.state = ?", state)
	if state == models.BatchSigning {
		query = query.Preload("Task.Batches").Where("batches.unit_id = ?", actor.Unit.ID)
	} else {
		query = query.Scopes(database.Visible(actor, "batches.unit_id"), database.Shared(actor, "batches.unit_id", "batches.task_id"))
	}
	var batches []models.Batch
	if err := query.Order("batches.id").Limit(TodoCap).Find(&batches).Error; err != nil {
		return nil, database.Fault(fmt.Errorf("read to-dos: %w", err))
	}
	todos := make([]Todo, len(batches))
	for i := range batches {
		b := &batches[i]
		due := b.Task.DueNow()
		if state == models.BatchFiled || b.Correction { // the Office has no due, and nobody set one for a correction
			due = 0
		}
		todos[i] = Todo{Correction: b.Correction && state == models.BatchSigning, DueAt: due, Late: due != 0 && s.now() > due, Title: b.Task.Item.Name + "　" + b.Task.Period.Label(), Note: describe(b), State: b.State,
			Task: b.Task.Code, Batch: b.Code, Verb: verb, Unit: b.Task.Unit.Name}
		todos[i].Last, todos[i].LastAt = lastStep(b)
	}
	return todos, nil
}

// waiverTodos are the requests that wait for this person of the Office: not those that the person has proposed.
func (s *Service) waiverTodos(db *gorm.DB, actor models.Actor) ([]Todo, error) {
	var waivers []models.Waiver
	err := db.Preload("Task").Preload("Task.Item").Preload("Task.Unit").Scopes(database.Visible(actor, "waivers.unit_id"), database.Shared(actor, "waivers.unit_id", "waivers.task_id")).
		Where("waivers.state IN ?", models.WaiverFlow.WaitingFor(workflow.Office)).
		Where(`NOT EXISTS (SELECT 1 FROM flow_events e WHERE e.flow = ? AND e.record_id = waivers.id AND e.verb = ? AND e.actor_id = ?)`,
			models.WaiverFlow.Name, models.VerbPropose, actor.AccountID).
		Order("waivers.id").Limit(TodoCap).Find(&waivers).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read to-dos: %w", err))
	}
	todos := make([]Todo, len(waivers))
	for i, w := range waivers {
		todos[i] = Todo{Title: w.Kind.Label() + "申请　" + w.Task.Item.Name + "　" + w.Task.Period.Label(), Note: w.Reason, State: w.State, Waiver: true,
			Task: w.Task.Code, Code: w.Code, Verb: "去办理", Unit: w.Task.Unit.Name, LastAt: w.CreatedAt, Last: w.Task.Unit.Name}
	}
	return todos, nil
}

// Done counts the actor's unit's batches that came into force; the workbench shows it as 已办结.
func (s *Service) Done(ctx context.Context, actor models.Actor) (int64, error) {
	var n int64
	err := s.DB.Read.WithContext(ctx).Model(&models.Batch{}).Scopes(database.Visible(actor, "batches.unit_id"), database.Shared(actor, "batches.unit_id", "batches.task_id")).
		Where("batches.state = ?", models.BatchEffective).Count(&n).Error
	return n, database.Fault(err)
}
