package filing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// TaskRow is one task of a list.
type TaskRow struct {
	Task     models.FilingTask
	Standing models.Standing
	Current  *models.Batch
	DueNow   models.Instant
}

// TaskFilter narrows the list of tasks.
type TaskFilter struct {
	Text     string // in item name or task code
	Item     string // item code
	UnitID   int64
	Unit     string // unit code
	Month    string // 2026-10
	Standing models.Standing
	Batch    workflow.State // only tasks with a batch in this state
	Sort     string         // due, -due, unit, name
	Page     int
	Size     int
}

// taskScope narrows a query to what the actor sees and the filter asks for, with each task's item and unit.
func (s *Service) taskScope(actor models.Actor, f TaskFilter) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Joins("Item").Joins("Unit").Scopes(s.taskConditions(actor, f))
	}
}

// asksNames reports whether the filter asks something of a task's item or unit.
func (f TaskFilter) asksNames() bool { return f.Text != "" || f.Item != "" || f.Unit != "" }

// taskConditions are the conditions of taskScope; those that ask names need its joins. A standing that SQL does not tell
// exactly is narrowed to the tasks that may have it.
func (s *Service) taskConditions(actor models.Actor, f TaskFilter) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		db = db.Scopes(database.Visible(actor, "filing_tasks.unit_id"), database.Shared(actor, "filing_tasks.unit_id", "filing_tasks.id"),
			database.ContainsAny(f.Text, "Item.name", "filing_tasks.code"))
		if facts, _ := s.standingFacts(f.Standing); facts != nil {
			db = db.Where(facts)
		}
		if f.Item != "" {
			db = db.Where(`"Item".code = ?`, strings.ToLower(f.Item))
		}
		if f.Unit != "" {
			db = db.Where(`"Unit".code = ?`, strings.ToLower(f.Unit))
		}
		if f.Month != "" {
			db = db.Where("filing_tasks.month = ?", f.Month)
		}
		if f.Batch != "" {
			db = db.Where("EXISTS (SELECT 1 FROM batches b WHERE b.task_id = filing_tasks.id AND b.state = ?)", f.Batch)
		}
		return db
	}
}

// Tasks returns a page of the tasks that the actor may see and how many there are.
func (s *Service) Tasks(ctx context.Context, actor models.Actor, f TaskFilter) ([]TaskRow, int64, error) {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return nil, 0, err
	}
	db := s.DB.Read.WithContext(ctx)
	if _, exact := s.standingFacts(f.Standing); !exact {
		return s.tasksDerived(db, actor, f)
	}
	counted := s.taskConditions
	if f.asksNames() { // without, counting a long history must not look up every name
		counted = s.taskScope
	}
	var total int64
	if err := db.Model(&models.FilingTask{}).Scopes(counted(actor, f)).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count tasks: %w", err))
	}
	rows, err := s.taskRows(db.Scopes(database.Page(f.Page, f.Size)), actor, f)
	return rows, total, err
}

// listCap bounds how many tasks a page without pages reads: those of one unit, or of some months.
const listCap = 5000

// tasksDerived returns a page of the tasks of a standing that SQL can only narrow down.
func (s *Service) tasksDerived(db *gorm.DB, actor models.Actor, f TaskFilter) ([]TaskRow, int64, error) {
	all, err := s.taskRows(db, actor, f)
	if err != nil {
		return nil, 0, err
	}
	all = slices.DeleteFunc(all, func(r TaskRow) bool { return r.Standing != f.Standing })
	total := len(all)
	from := min(max(f.Page-1, 0)*f.Size, total)
	return all[from:min(from+f.Size, total)], int64(total), nil
}

// order puts tasks in the filter's order.
func (f TaskFilter) order(db *gorm.DB) *gorm.DB {
	order := map[string]string{
		"due": "filing_tasks.due_at, filing_tasks.id", "unit": database.PlanOrder(`"Unit"`) + ", filing_tasks.due_at DESC, filing_tasks.id",
		"name": `"Item".name, filing_tasks.due_at DESC, filing_tasks.id`,
	}[f.Sort]
	if order == "" {
		order = "filing_tasks.due_at DESC, filing_tasks.id"
	}
	return db.Order(order)
}

func (s *Service) taskRows(db *gorm.DB, actor models.Actor, f TaskFilter) ([]TaskRow, error) {
	var tasks []models.FilingTask
	err := db.Scopes(s.taskScope(actor, f), f.order).Preload("Batches", func(db *gorm.DB) *gorm.DB { return db.Order("no") }).Find(&tasks).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list tasks: %w", err))
	}
	rows := make([]TaskRow, len(tasks))
	for i := range tasks {
		rows[i] = s.row(tasks[i])
	}
	return rows, nil
}

func (s *Service) row(t models.FilingTask) TaskRow {
	return TaskRow{Task: t, Standing: t.Standing(s.now()), Current: t.Current(), DueNow: t.DueNow()}
}

// Months returns the matrix columns in which the actor sees tasks, newest first.
func (s *Service) Months(ctx context.Context, actor models.Actor) ([]string, error) {
	var months []string
	err := s.DB.Read.WithContext(ctx).Model(&models.FilingTask{}).Scopes(database.Visible(actor, "filing_tasks.unit_id"), database.Shared(actor, "filing_tasks.unit_id", "filing_tasks.id")).
		Distinct().Order("month DESC").Pluck("month", &months).Error
	return months, database.Fault(err)
}

// TaskPage is everything that the page of a task or of one of its batches shows.
type TaskPage struct {
	Task     models.FilingTask
	Standing models.Standing
	DueNow   models.Instant
	Batch    *models.Batch // the batch the page speaks of, or nil
	Rules    []models.FindingRule
	Open     map[int64]int64 // warnings without an explanation, by the id of their rule
	Answers  []models.Explanation
	History  []workflow.Event
	Moves    []workflow.Move
	Messages []models.TaskMessage
	Waivers  []models.Waiver
	Dues     []models.DueChange // how the due date followed the calendar
	People   People
	NoUpload string // why nothing can be uploaded now, "" if it can
	CanFile  bool   // the actor may upload for this task at all
	CanNil   bool
	CanAsk   bool
	CanSay   bool
	Own      bool            // the task is the actor's own unit's
	Returned *workflow.Event // why the Office returned the batch that is to be mended, until the new try is with it again
	SentBack *workflow.Event // why the unit leader sent the batch back, until a try is submitted again
	Previous *models.Batch   // the batch before, for 'first upload had 57 errors'
	reader   string          // the name of who reads the page
	mayStep  bool            // the unit's next step is the reader's to take
}

// People are the names that the sentence 下一步 calls.
type People struct {
	Liaison string
	Chief   string
	Contact string
	Phone   string // of the contact
}

// Page returns the page of a task; code may also be that of one of its batches, which the page then speaks of.
// Returns fault.NotFound for what is not the actor's to know of.
func (s *Service) Page(ctx context.Context, actor models.Actor, taskCode, batchCode string) (*TaskPage, error) {
	db := s.DB.Read.WithContext(ctx)
	if batchCode != "" {
		b, err := s.batch(db, actor, batchCode)
		if err != nil {
			return nil, database.Fault(err)
		}
		taskCode = b.Code[:strings.LastIndexByte(b.Code, '-')]
	}
	t, err := s.task(db, actor, taskCode)
	if err != nil {
		return nil, database.Fault(err)
	}
	p := &TaskPage{Task: t, Standing: t.Standing(s.now()), DueNow: t.DueNow(), Own: t.UnitID == actor.Unit.ID, reader: actor.Name}
	p.Batch = p.Task.Current()
	if batchCode != "" {
		p.Batch = find(p.Task.Batches, upper(batchCode))
	}
	if err := s.fillBatch(db, actor, p); err != nil {
		return nil, database.Fault(err)
	}
	if err := s.fillTask(db, actor, p); err != nil {
		return nil, database.Fault(err)
	}
	return p, nil
}

func find(batches []models.Batch, code string) *models.Batch {
	for i := range batches {
		if batches[i].Code == code {
			return &batches[i]
		}
	}
	return nil
}

// fillBatch adds what is known of the page's batch.
func (s *Service) fillBatch(db *gorm.DB, actor models.Actor, p *TaskPage) error {
	if p.Batch == nil {
		return nil
	}
	for i := range p.Task.Batches {
		if other := &p.Task.Batches[i]; other.No < p.Batch.No && other.Kind == models.BatchFiles && other.CheckedAt != 0 {
			p.Previous = other
		}
	}
	err := db.Preload("Findings", func(db *gorm.DB) *gorm.DB { return db.Order("id") }).
		Where("batch_id = ?", p.Batch.ID).Order("seq").Find(&p.Rules).Error
	if err != nil {
		return fmt.Errorf("read findings: %w", err)
	}
	if err := s.openFindings(p.Rules); err != nil {
		return err
	}
	if p.Batch.WarningCount > 0 {
		if p.Answers, err = s.answers(db, p.Batch.ID, pageAnswers); err != nil {
			return err
		}
		if p.Open, err = openByRule(db, p.Batch.ID); err != nil {
			return err
		}
	}
	if p.History, err = workflow.History(db, &models.FilingFlow, p.Batch.ID); err != nil {
		return err
	}
	p.Moves = workflow.Offered(&models.FilingFlow, p.Batch.State, parties(actor, p.Batch.UnitID),
		func(o, a string) bool { return s.Guard.Can(actor, o, a) }, actor.AccountID, p.History)
	return nil
}

// fillTask adds what is known of the page's task.
func (s *Service) fillTask(db *gorm.DB, actor models.Actor, p *TaskPage) error {
	if err := readReasons(db, p); err != nil {
		return err
	}
	if err := db.Where("task_id = ?", p.Task.ID).Order("id").Find(&p.Messages).Error; err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	if err := db.Where("task_id = ?", p.Task.ID).Order("id").Find(&p.Waivers).Error; err != nil {
		return fmt.Errorf("read waivers: %w", err)
	}
	var err error
	if p.Dues, err = dueChanges(db, p.Task.ID); err != nil {
		return err
	}
	if p.People, err = people(db, p.Task.Unit); err != nil {
		return err
	}
	p.NoUpload = s.MayFile(&p.Task)
	can := func(action string) bool { return s.Guard.Can(actor, "filing", action) }
	next, ok := s.stepOf(&p.Task)
	p.mayStep = ok && p.Own && s.Guard.Can(actor, next.Object, next.Action) && !(next.Locked && p.unlockAsked() != nil)
	p.CanFile, p.CanNil = p.Own && can("upload"), p.Own && can("nil")
	p.CanAsk = (p.Own && can("ask")) || can("waive")
	p.CanSay = can("message") && (p.Own || actor.Has(models.RoleOffice))
	return nil
}

// people finds the names of a unit's liaison and chief and of its contact in the Office.
func people(db *gorm.DB, unit models.Unit) (People, error) {
	var rows []struct {
		Name, Phone string
		Role        models.Role
		ID          int64
	}
	err := db.Table("accounts a").Select("a.id, a.name, a.phone, r.role").
		Joins("JOIN account_roles r ON r.account_id = a.id AND r.taken_at = 0").
		Where("a.disabled_at = 0 AND ((a.unit_id = ? AND r.role IN ?) OR a.id = ?)", unit.ID,
			[]models.Role{models.RoleLiaison, models.RoleChief}, contact(unit)).
		Order("a.id").Scan(&rows).Error
	if err != nil {
		return People{}, fmt.Errorf("find people: %w", err)
	}
	var p People
	for _, r := range rows {
		switch {
		case r.ID == contact(unit):
			p.Contact, p.Phone = r.Name, r.Phone
		case r.Role == models.RoleLiaison && p.Liaison == "":
			p.Liaison = r.Name
		case r.Role == models.RoleChief && p.Chief == "":
			p.Chief = r.Name
		}
	}
	return p, nil
}

func contact(u models.Unit) int64 {
	if u.ContactID == nil {
		return 0
	}
	return *u.ContactID
}

// readReasons finds why the Office returned the task, as long as that is to be mended, and why the unit leader sent it
// back, until it is submitted again: the reasons stand on the page of every try.
func readReasons(db *gorm.DB, p *TaskPage) error {
	current := p.Task.Current()
	if len(p.Task.Batches) == 0 || (p.Standing != models.StandingReturned && current != nil && !beforeSubmit[current.State]) {
		return nil
	}
	ids := make([]int64, len(p.Task.Batches))
	for i, b := range p.Task.Batches {
		ids[i] = b.ID
	}
	var events []workflow.Event
	err := db.Where("flow = ? AND record_id IN ? AND verb IN ?", models.FilingFlow.Name, ids,
		[]workflow.Verb{models.VerbReturn, models.VerbSendBack, models.VerbSubmit}).Order("id").Find(&events).Error
	if err != nil {
		return fmt.Errorf("read why it came back: %w", err)
	}
	for i := range events {
		switch e := &events[i]; e.Verb {
		case models.VerbReturn:
			p.Returned = e
		case models.VerbSendBack:
			p.SentBack = e
		default:
			p.SentBack = nil
		}
	}
	if p.Standing != models.StandingReturned {
		p.Returned = nil
	}
	return nil
}

// beforeSubmit are the states of a try that has not been submitted.
var beforeSubmit = map[workflow.State]bool{
	models.BatchUploaded: true, models.BatchChecking: true, models.BatchMalformed: true, models.BatchFailed: true,
	models.BatchErrors: true, models.BatchWarnings: true, models.BatchClean: true,
}
