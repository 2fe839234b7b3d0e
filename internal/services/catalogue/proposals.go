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

var errNoProposal = fault.New(fault.NotFound, "没有这件变更申请。")

// seesProposals is whose proposals an actor sees: those who see an area those about its units, everybody else those of the
// own unit and those about its items.
func seesProposals(a models.Actor) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		column := "catalogue_proposals."
		if a.SeesArea() {
			return db.Scopes(database.Visible(a, column+"about_id"))
		}
		const own = " IN (SELECT id FROM units WHERE path LIKE ?)"
		return db.Where("("+column+"unit_id"+own+" OR "+column+"about_id"+own+")", a.Unit.Path+"%", a.Unit.Path+"%")
	}
}

// ProposalInput proposes a change of an item, its end, or an item to be added to a unit's list.
type ProposalInput struct {
	Kind   models.ItemChangeKind
	Item   string // code; empty for an item to be added
	Unit   string // whose list is to be added to; empty: the proposer's own
	Text   string
	Reason string
}

// MayPropose says whether the actor may propose a change of an item.
// Returns fault.Forbidden and fault.NotFound.
func (s *Desk) MayPropose(ctx context.Context, actor models.Actor, code string) (models.CatalogueItem, error) {
	if err := s.CheckPropose(actor); err != nil {
		return models.CatalogueItem{}, err
	}
	return proposable(s.DB.Read.WithContext(ctx), actor, code)
}

// CheckPropose asks the policy; the head of a tax bureau sees what tax officers see and does not act for them.
func (s *Desk) CheckPropose(actor models.Actor) error {
	if err := s.Guard.Allow(actor, "catalogue", "propose"); err != nil {
		return err
	}
	if !actor.Has(models.RoleTax) && !actor.Has(models.RoleLiaison) && !actor.Has(models.RoleChief) {
		return fault.New(fault.Forbidden, "变更申请由提供单位的信息联络员、分管负责人或税务执法人员提出。")
	}
	return nil
}

func proposable(db *gorm.DB, actor models.Actor, code string) (models.CatalogueItem, error) {
	var item models.CatalogueItem
	err := db.Joins("Unit").Where("catalogue_items.code = ? AND catalogue_items.origin <> ?", lower(code), models.OriginCall).Take(&item).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return item, errNoItem
	}
	if err != nil {
		return item, database.Fault(fmt.Errorf("find item: %w", err))
	}
	switch {
	case !speaksOf(actor, item.Unit):
		return item, fault.New(fault.Forbidden, "目录项“"+item.Name+"”由"+item.Unit.Name+"提供，变更由该单位或税务部门提出。")
	case item.RetiredAt != 0:
		return item, fault.New(fault.Conflict, "目录项已停用，不能再提出变更。")
	}
	return item, nil
}

// Propose puts a proposal before the Office. Units speak of their own items, the tax authority of anybody's in its area.
//
// Returns fault.NotFound, fault.Forbidden, fault.Conflict for a retired item, and fault.Invalid with the fields kind, unit,
// text, reason.
func (s *Desk) Propose(ctx context.Context, actor models.Actor, in ProposalInput) (*models.Proposal, error) {
	if err := s.CheckPropose(actor); err != nil {
		return nil, err
	}
	in.Text, in.Reason = strings.TrimSpace(in.Text), strings.TrimSpace(in.Reason)
	var p *models.Proposal
	err := numbered(func() error {
		return s.tx(ctx, actor, func(tx *gorm.DB) error {
			var err error
			if p, err = s.newProposal(tx, actor, in); err != nil {
				return err
			}
			if err := tx.Omit("Unit", "About", "Item").Create(p).Error; err != nil {
				return fmt.Errorf("write proposal: %w", err)
			}
			return s.record(tx, actor, &models.ProposalFlow, p.Code, "propose", p.Reason, p.Kind.Label()+"："+p.Subject())
		})
	})
	return p, err
}

func (s *Desk) newProposal(tx *gorm.DB, actor models.Actor, in ProposalInput) (*models.Proposal, error) {
	p := &models.Proposal{Kind: in.Kind, UnitID: actor.Unit.ID, Text: in.Text, Reason: in.Reason, State: models.ProposalTabled,
		CreatedBy: actor.AccountID, CreatedName: actor.Name, CreatedAt: s.now()}
	var form fault.Form
	if in.Item != "" {
		item, err := proposable(tx, actor, in.Item)
		if err != nil {
			return nil, err
		}
		p.ItemID, p.Item, p.AboutID, p.About = &item.ID, &item, item.UnitID, item.Unit
		if in.Kind != models.ItemEdited && in.Kind != models.ItemRetired {
			form.Add("kind", "请选择申请修改还是停用。")
		}
	} else {
		unit, err := s.listOf(tx, actor, in.Unit, &form)
		if err != nil {
			return nil, err
		}
		p.Kind, p.AboutID, p.About = models.ItemAdded, unit.ID, unit
	}
	form.Require("text", "变更内容", in.Text)
	form.Require("reason", "理由", in.Reason)
	for field, value := range map[string]string{"text": in.Text, "reason": in.Reason} {
		if len([]rune(value)) > maxWhy {
			form.Add(field, fmt.Sprintf("最多 %d 字。", maxWhy))
		}
	}
	if err := form.Err(); err != nil {
		return nil, err
	}
	var err error
	p.Code, err = nextCode(tx, p.TableName(), "BG", s.now())
	return p, err
}

// listOf returns the unit whose list a proposal would add to.
func (s *Desk) listOf(tx *gorm.DB, actor models.Actor, code string, form *fault.Form) (models.Unit, error) {
	if code == "" {
		code = actor.Unit.Code
	}
	var units []models.Unit
	err := tx.Where("code = ? AND closed_at = 0 AND kind IN ?", lower(code), []models.UnitKind{models.UnitMember, models.UnitSub}).Limit(1).Find(&units).Error
	if err != nil {
		return models.Unit{}, fmt.Errorf("find unit: %w", err)
	}
	if len(units) == 0 || !speaksOf(actor, units[0]) {
		form.Add("unit", "请选择本单位，或您可以提出变更的成员单位。")
		return models.Unit{}, nil
	}
	return units[0], nil
}

// ProposalFilter narrows and orders the list of proposals.
type ProposalFilter struct {
	Text  string // in code, item, unit, text or reason
	Unit  string // whose items: a unit's code
	State workflow.State
	Kind  models.ItemChangeKind
	Sort  string // oldest, unit; anything else: newest first
	Page  int
	Size  int
}

func (f ProposalFilter) scope(actor models.Actor) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		db = db.Scopes(seesProposals(actor)).Joins("JOIN units u ON u.id = catalogue_proposals.about_id").
			Joins("LEFT JOIN catalogue_items i ON i.id = catalogue_proposals.item_id").
			Scopes(database.ContainsAny(f.Text, "catalogue_proposals.code", "i.name", "i.code", "u.name", "catalogue_proposals.text", "catalogue_proposals.reason"))
		if f.Unit != "" {
			db = db.Where("u.code = ?", lower(f.Unit))
		}
		if f.State != "" {
			db = db.Where("catalogue_proposals.state = ?", f.State)
		}
		if f.Kind != "" {
			db = db.Where("catalogue_proposals.kind = ?", f.Kind)
		}
		return db
	}
}

func (f ProposalFilter) order(db *gorm.DB) *gorm.DB {
	switch f.Sort {
	case "oldest":
		return db.Order("catalogue_proposals.id")
	case "unit":
		return db.Order(database.PlanOrder("u") + ", catalogue_proposals.id DESC")
	}
	return db.Order("catalogue_proposals.id DESC")
}

// Proposals returns a page of the proposals that the actor may see, and how many there are.
func (s *Desk) Proposals(ctx context.Context, actor models.Actor, f ProposalFilter) ([]models.Proposal, int64, error) {
	if err := s.Guard.Allow(actor, "catalogue", "view"); err != nil {
		return nil, 0, err
	}
	db := s.DB.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.Proposal{}).Scopes(f.scope(actor)).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count proposals: %w", err))
	}
	list, err := proposalRows(db.Scopes(database.Page(f.Page, f.Size)), actor, f)
	return list, total, err
}

func proposalRows(db *gorm.DB, actor models.Actor, f ProposalFilter) ([]models.Proposal, error) {
	var list []models.Proposal
	err := db.Preload("Unit").Preload("About").Preload("Item").Scopes(f.scope(actor), f.order).Find(&list).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list proposals: %w", err))
	}
	return list, nil
}

// ExportProposals calls each with every proposal that the filter finds, and writes down that the list was taken away.
func (s *Desk) ExportProposals(ctx context.Context, actor models.Actor, f ProposalFilter, each func(models.Proposal) error) error {
	if err := s.Guard.Allow(actor, "catalogue", "view"); err != nil {
		return err
	}
	list, err := proposalRows(s.DB.Read.WithContext(ctx), actor, f)
	if err != nil {
		return err
	}
	err = s.tx(ctx, actor, func(tx *gorm.DB) error {
		return s.record(tx, actor, &models.ProposalFlow, "", "export", "", fmt.Sprintf("%d 件", len(list)))
	})
	for i := 0; err == nil && i < len(list); i++ {
		err = each(list[i])
	}
	return err
}

// ProposalPage is one proposal with its history and what the actor may do.
type ProposalPage struct {
	Proposal models.Proposal
	History  []workflow.Event
	Moves    []workflow.Move
	Change   *models.ItemChange // what came of it
	Contact  string             // of the Office, for the unit whose item it is
	CanEdit  bool
}

// Proposal returns one proposal that the actor may see.
func (s *Desk) Proposal(ctx context.Context, actor models.Actor, code string) (ProposalPage, error) {
	if err := s.Guard.Allow(actor, "catalogue", "view"); err != nil {
		return ProposalPage{}, err
	}
	db := s.DB.Read.WithContext(ctx)
	p, err := findProposal(db, actor, code)
	if err != nil {
		return ProposalPage{}, database.Fault(err)
	}
	page := ProposalPage{Proposal: p, CanEdit: s.Guard.Can(actor, "catalogue", "edit")}
	if page.History, err = workflow.History(db, &models.ProposalFlow, p.ID); err != nil {
		return page, database.Fault(err)
	}
	page.Moves = workflow.Offered(&models.ProposalFlow, p.State, sides(actor, p.UnitID),
		func(o, a string) bool { return s.Guard.Can(actor, o, a) }, actor.AccountID, page.History)
	var changes []models.ItemChange
	if err := db.Preload("Item").Where("proposal_code = ?", p.Code).Order("id DESC").Limit(1).Find(&changes).Error; err != nil {
		return page, database.Fault(fmt.Errorf("read change: %w", err))
	}
	if len(changes) > 0 {
		page.Change = &changes[0]
	}
	page.Contact, err = contactOf(db, p.About)
	return page, database.Fault(err)
}

// contactOf returns the name of the Office's person who looks after a unit, "" for none.
func contactOf(db *gorm.DB, unit models.Unit) (string, error) {
	if unit.ContactID == nil {
		return "", nil
	}
	var names []string
	err := db.Model(&models.Account{}).Where("id = ?", *unit.ContactID).Pluck("name", &names).Error
	return strings.Join(names, ""), err
}

func findProposal(db *gorm.DB, actor models.Actor, code string) (models.Proposal, error) {
	var p models.Proposal
	err := db.Scopes(seesProposals(actor)).Preload("Unit").Preload("About").Preload("Item").Where("catalogue_proposals.code = ?", upper(code)).Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, errNoProposal
	}
	if err != nil {
		return p, fmt.Errorf("find proposal: %w", err)
	}
	return p, nil
}

// MoveProposal takes one move of ProposalFlow.
//
// Returns fault.NotFound, fault.Forbidden, fault.Conflict if it has moved on, and fault.Invalid with the field reason.
func (s *Desk) MoveProposal(ctx context.Context, actor models.Actor, code string, verb workflow.Verb, in MoveInput) error {
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		p, err := findProposal(tx, actor, code)
		if err != nil {
			return err
		}
		if err := in.moved(&models.ProposalFlow, p.Code, p.State); err != nil {
			return err
		}
		_, err = s.engine.Apply(tx, workflow.Step{Flow: &models.ProposalFlow, Subject: &p, Verb: verb, Actor: actor.Workflow(),
			Allowed: s.Guard.Asker(actor), Parties: sides(actor, p.UnitID), Input: s.inputOf(in)})
		return err
	})
}

// proposalTodos are the proposals that wait for the Office.
func (s *Desk) proposalTodos(db *gorm.DB, actor models.Actor) ([]DeskTodo, error) {
	var list []models.Proposal
	err := db.Scopes(seesProposals(actor)).Preload("Unit").Preload("About").Preload("Item").
		Where("catalogue_proposals.state IN ?", models.ProposalFlow.WaitingFor(workflow.Office)).Order("catalogue_proposals.id").Limit(todoCap).Find(&list).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read to-dos: %w", err))
	}
	todos := make([]DeskTodo, len(list))
	for i := range list {
		p := &list[i]
		todos[i] = DeskTodo{Flow: &models.ProposalFlow, Proposal: true, Code: p.Code, State: p.State, Title: "目录变更申请　" + p.Subject(), Note: p.Reason,
			Unit: p.Unit.Name, Verb: "去答复", Last: p.Unit.Name + " " + p.CreatedName, LastAt: p.CreatedAt}
	}
	return todos, nil
}
