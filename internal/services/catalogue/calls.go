package catalogue

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

var errNoCall = fault.New(fault.NotFound, "没有这件专项需求。")

// CallInput raises a call.
type CallInput struct {
	Unit     string // unit code
	Title    string
	What     string
	Why      string
	Law      string
	Article  string
	Template string // code; empty: answered in words and files
	Due      models.Day
}

// callees are the units that can be called on: those whose people can answer. A unit that is not in the plan's lists is
// entered in the directory first, and its liaison sees this call.
func callees(db *gorm.DB, actor models.Actor) *gorm.DB {
	return db.Where("closed_at = 0 AND kind IN ? AND jurisdiction_path LIKE ?", []models.UnitKind{models.UnitMember, models.UnitSub},
		actor.Unit.JurisdictionPath+"%")
}

// Raise calls on a unit for information, in the name of the Office: what, why, until when, and the law and article that
// allow it. A call with a template opens a filing of its own (period key once), whose batches are checked, signed and
// accepted like any other; its acceptance settles the call.
//
// Returns fault.Forbidden and fault.Invalid with the fields unit, title, what, why, law, article, template, due.
func (s *Desk) Raise(ctx context.Context, actor models.Actor, in CallInput) (*models.Call, error) {
	if err := s.Guard.Allow(actor, "call", "raise"); err != nil {
		return nil, err
	}
	for _, text := range []*string{&in.Title, &in.What, &in.Why, &in.Law, &in.Article} {
		*text = strings.TrimSpace(*text)
	}
	var c *models.Call
	err := numbered(func() error {
		return s.tx(ctx, actor, func(tx *gorm.DB) error {
			unit, version, err := s.checkCall(tx, actor, in)
			if err != nil {
				return err
			}
			c = &models.Call{UnitID: unit.ID, Unit: unit, Title: in.Title, What: in.What, Why: in.Why, Law: in.Law, Article: in.Article,
				DueAt: s.DueHour.On(in.Due), State: models.CallOpen, CreatedBy: actor.AccountID, CreatedName: actor.Name, CreatedAt: s.now()}
			if c.Code, err = nextCode(tx, c.TableName(), "XQ", s.now()); err != nil {
				return err
			}
			if version != nil {
				if err := s.openFiling(tx, c, version); err != nil {
					return err
				}
			}
			if err := tx.Omit("Unit", "Template", "Task", "Replies").Create(c).Error; err != nil {
				return fmt.Errorf("write call: %w", err)
			}
			return s.record(tx, actor, &models.CallFlow, c.Code, "raise", c.Why, unit.Name+"："+c.Title+"；依据："+c.Law+c.Article)
		})
	})
	return c, err
}

func (s *Desk) checkCall(tx *gorm.DB, actor models.Actor, in CallInput) (models.Unit, *models.TemplateVersion, error) {
	var form fault.Form
	for _, f := range []struct {
		field, label, value string
		most                int
	}{
		{"title", "需求事项", in.Title, maxName}, {"what", "所需信息", in.What, maxWhy}, {"why", "用途", in.Why, maxWhy},
		{"law", "法律、法规名称", in.Law, maxText}, {"article", "条款", in.Article, maxText},
	} {
		form.Require(f.field, f.label, f.value)
		if len([]rune(f.value)) > f.most {
			form.Add(f.field, fmt.Sprintf("%s最多 %d 字。", f.label, f.most))
		}
	}
	switch {
	case !in.Due.Valid():
		form.Add("due", "请填答复期限，如 2026-11-30。")
	case s.DueHour.On(in.Due) <= s.now():
		form.Add("due", "答复期限应晚于现在。")
	}
	var units []models.Unit
	if err := callees(tx, actor).Where("code = ?", lower(in.Unit)).Limit(1).Find(&units).Error; err != nil {
		return models.Unit{}, nil, fmt.Errorf("find unit: %w", err)
	}
	if len(units) == 0 {
		form.Add("unit", "请选择本办公室区划内的单位；名录中没有的，请先在“成员单位”中登记。")
		units = append(units, models.Unit{})
	}
	version, err := s.formOf(tx, in.Template, &form)
	if err != nil {
		return models.Unit{}, nil, err
	}
	return units[0], version, form.Err()
}

// formOf returns the version in force of the template that a call names, nil if it names none.
func (s *Desk) formOf(tx *gorm.DB, code string, form *fault.Form) (*models.TemplateVersion, error) {
	if code == "" {
		return nil, nil
	}
	var versions []models.TemplateVersion
	err := tx.Omit("definition").Joins("Template").Where(`"Template".code = ? AND template_versions.status = ?`, lower(code), models.TemplatePublished).
		Order("template_versions.no DESC").Find(&versions).Error
	if err != nil {
		return nil, fmt.Errorf("find template: %w", err)
	}
	for i := range versions {
		if s.Items.begun(versions[i]) {
			return &versions[i], nil
		}
	}
	form.Add("template", "没有这个现行的信息模板，请重新选择；自由答复的选“不用模板”。")
	return nil, nil
}

// lateDays is how long after its due the filing of a call stays open.
const lateDays = 60

// openFiling gives a call an item and a task of its own, so that its answer goes the way of every filing.
func (s *Desk) openFiling(tx *gorm.DB, c *models.Call, version *models.TemplateVersion) error {
	item := models.CatalogueItem{Code: strings.ToLower(c.Code), UnitID: c.UnitID, Name: c.Title, Cycle: models.CycleOnce, DueDays: 1, LockDays: lateDays,
		TemplateID: &version.TemplateID, StartsOn: s.Items.running(), Origin: models.OriginCall, ListedOn: s.now().Day(),
		ItemAbout: models.ItemAbout{Taxes: []models.Tax{}, Basis: c.Law + c.Article}}
	if err := tx.Omit("Unit", "Template").Create(&item).Error; err != nil {
		return fmt.Errorf("open item of %s: %w", c.Code, err)
	}
	task := models.FilingTask{Code: models.TaskCode(item.Code, "once"), ItemID: item.ID, UnitID: c.UnitID, Period: "once", Month: models.Period("once").Month(c.DueAt),
		TemplateVersionID: version.ID, OpensAt: s.now(), DueAt: c.DueAt, LockAt: c.DueAt.Day().AddDays(lateDays).At(24, 0)}
	if err := tx.Omit("Item", "Unit", "TemplateVersion", "Batches").Create(&task).Error; err != nil {
		return fmt.Errorf("open task of %s: %w", c.Code, err)
	}
	c.TemplateID, c.TaskID = &version.TemplateID, &task.ID
	return nil
}

// CallFilter narrows and orders the list of calls.
type CallFilter struct {
	Text  string // in code, title, law or unit
	Unit  string
	State workflow.State
	Late  bool
	Sort  string // due, unit; anything else: newest first
	Page  int
	Size  int
}

func (f CallFilter) scope(actor models.Actor, now models.Instant) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		db = db.Scopes(database.Visible(actor, "info_calls.unit_id")).Joins("JOIN units u ON u.id = info_calls.unit_id").
			Scopes(database.ContainsAny(f.Text, "info_calls.code", "info_calls.title", "info_calls.law", "u.name"))
		if f.Unit != "" {
			db = db.Where("u.code = ?", lower(f.Unit))
		}
		if f.State != "" {
			db = db.Where("info_calls.state = ?", f.State)
		}
		if f.Late {
			db = db.Where("info_calls.state IN ? AND info_calls.due_at < ?", models.CallFlow.WaitingFor(workflow.OwnUnit), now)
		}
		return db
	}
}

func (f CallFilter) order(db *gorm.DB) *gorm.DB {
	switch f.Sort {
	case "due":
		return db.Order("info_calls.due_at, info_calls.id")
	case "unit":
		return db.Order(database.PlanOrder("u") + ", info_calls.id DESC")
	}
	return db.Order("info_calls.id DESC")
}

// Calls returns a page of the calls that the actor may see, and how many there are: the Office those to its area, a unit
// its own.
func (s *Desk) Calls(ctx context.Context, actor models.Actor, f CallFilter) ([]models.Call, int64, error) {
	if err := s.Guard.Allow(actor, "call", "view"); err != nil {
		return nil, 0, err
	}
	db := s.DB.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.Call{}).Scopes(f.scope(actor, s.now())).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count calls: %w", err))
	}
	list, err := s.callRows(db.Scopes(database.Page(f.Page, f.Size)), actor, f)
	return list, total, err
}

func (s *Desk) callRows(db *gorm.DB, actor models.Actor, f CallFilter) ([]models.Call, error) {
	var list []models.Call
	err := db.Preload("Unit").Preload("Template").Scopes(f.scope(actor, s.now()), f.order).Find(&list).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list calls: %w", err))
	}
	return list, nil
}

// ExportCalls calls each with every call that the filter finds, and writes down that the list was taken away.
func (s *Desk) ExportCalls(ctx context.Context, actor models.Actor, f CallFilter, each func(models.Call) error) error {
	if err := s.Guard.Allow(actor, "call", "view"); err != nil {
		return err
	}
	list, err := s.callRows(s.DB.Read.WithContext(ctx), actor, f)
	if err != nil {
		return err
	}
	err = s.tx(ctx, actor, func(tx *gorm.DB) error {
		return s.record(tx, actor, &models.CallFlow, "", "export", "", fmt.Sprintf("%d 件", len(list)))
	})
	for i := 0; err == nil && i < len(list); i++ {
		err = each(list[i])
	}
	return err
}

// CallPage is one call with its answers, history and what the actor may do.
type CallPage struct {
	Call    models.Call
	History []workflow.Event
	Moves   []workflow.Move // without reply and refusal, which have forms of their own
	Reply   bool            // the actor may answer in words and files
	Refuse  bool            // the actor may refuse on legal grounds
	Late    bool
	Liaison string
	Chief   string
	Contact string
}

// Call returns one call that the actor may see. Returns fault.NotFound for any other.
func (s *Desk) Call(ctx context.Context, actor models.Actor, code string) (CallPage, error) {
	if err := s.Guard.Allow(actor, "call", "view"); err != nil {
		return CallPage{}, err
	}
	db := s.DB.Read.WithContext(ctx)
	c, err := findCall(db, actor, code)
	if err != nil {
		return CallPage{}, database.Fault(err)
	}
	p := CallPage{Call: c, Late: c.Late(s.now())}
	if p.History, err = workflow.History(db, &models.CallFlow, c.ID); err != nil {
		return p, database.Fault(err)
	}
	for i, e := range p.History { // an answer's words stand in the answer, which others read once it is signed
		if e.Verb == models.VerbReply || e.Verb == models.VerbRefuseByLaw {
			p.History[i].Reason, p.History[i].Detail = "", ""
		}
	}
	for _, m := range workflow.Offered(&models.CallFlow, c.State, sides(actor, c.UnitID),
		func(o, a string) bool { return s.Guard.Can(actor, o, a) }, actor.AccountID, p.History) {
		switch m.Verb {
		case models.VerbReply:
			p.Reply = c.TaskID == nil
		case models.VerbRefuseByLaw:
			p.Refuse = true
		default:
			p.Moves = append(p.Moves, m)
		}
	}
	if p.Liaison, p.Chief, err = namesOf(db, c.UnitID); err != nil {
		return p, database.Fault(err)
	}
	p.Contact, err = contactOf(db, c.Unit)
	return p, database.Fault(err)
}

// namesOf returns the names of a unit's liaison and chief, "" where there is none.
func namesOf(db *gorm.DB, unitID int64) (liaison, chief string, err error) {
	var people []struct {
		Name string
		Role models.Role
	}
	err = db.Table("accounts a").Select("a.name, r.role").Joins("JOIN account_roles r ON r.account_id = a.id AND r.taken_at = 0").
		Where("a.disabled_at = 0 AND a.unit_id = ? AND r.role IN ?", unitID, []models.Role{models.RoleLiaison, models.RoleChief}).
		Order("a.id DESC").Scan(&people).Error
	for _, p := range people { // the oldest account last
		if p.Role == models.RoleLiaison {
			liaison = p.Name
		} else {
			chief = p.Name
		}
	}
	return liaison, chief, err
}

func findCall(db *gorm.DB, actor models.Actor, code string) (models.Call, error) {
	var c models.Call
	err := db.Scopes(database.Visible(actor, "info_calls.unit_id")).Preload("Unit").Preload("Template").Preload("Task").
		Preload("Replies", func(db *gorm.DB) *gorm.DB { return db.Order("no") }).
		Preload("Replies.Files", func(db *gorm.DB) *gorm.DB { return db.Order("seq") }).
		Where("info_calls.code = ?", upper(code)).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, errNoCall
	}
	if err != nil {
		return c, fmt.Errorf("find call: %w", err)
	}
	return c, nil
}

// callTodos are the calls that wait for the actor: the liaison's to answer, the chief's to sign, the Office's to settle.
func (s *Desk) callTodos(db *gorm.DB, actor models.Actor) ([]DeskTodo, error) {
	verbs := map[workflow.State]string{}
	if s.Guard.Can(actor, "call", "answer") {
		verbs[models.CallOpen] = "去答复"
	}
	if s.Guard.Can(actor, "call", "sign") {
		verbs[models.CallReplying], verbs[models.CallRefusing] = "去审签", "去审签"
	}
	query := db.Where("info_calls.unit_id = ?", actor.Unit.ID)
	if s.Guard.Can(actor, "call", "raise") {
		verbs = map[workflow.State]string{models.CallReplied: "去确认"}
		query = db.Scopes(database.Visible(actor, "info_calls.unit_id"))
	}
	var states []workflow.State
	for state := range verbs {
		states = append(states, state)
	}
	var list []models.Call
	err := query.Preload("Unit").Where("info_calls.state IN ?", states).Order("info_calls.due_at, info_calls.id").Limit(todoCap).Find(&list).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read to-dos: %w", err))
	}
	var todos []DeskTodo
	for _, c := range list {
		if c.State == models.CallOpen && c.TaskID != nil {
			continue // its filing is the to-do
		}
		todo := DeskTodo{Flow: &models.CallFlow, Code: c.Code, State: c.State, Title: "专项需求　" + c.Title, Note: c.Why, Unit: c.Unit.Name,
			Verb: verbs[c.State], DueAt: c.DueAt, Late: c.Late(s.now()), Last: "办公室 " + c.CreatedName, LastAt: c.CreatedAt}
		if c.State == models.CallReplied { // the Office has no due
			todo.DueAt, todo.Last = 0, c.Unit.Name+" 答复"
		}
		todos = append(todos, todo)
	}
	return todos, nil
}
