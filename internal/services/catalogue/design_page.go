package catalogue

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// DesignPage is a design with all that its pages show.
type DesignPage struct {
	Design   models.Design
	Items    []models.CatalogueItem
	Units    []string                 // who supplies it
	Earlier  []models.TemplateVersion // the versions before it, newest first
	Reasons  []Reason                 // what keeps it from being published; only while it is under way
	Deadline string                   // the 期限 as it follows from the items; only while it is under way
	Repeated map[string][]Source      // field code → where another unit supplies the same already
	Comments []models.DesignComment   // oldest first
	Trials   []models.DesignTrial     // newest first, without reports; other units' only for the Office
	History  []workflow.Event
	Moves    []workflow.Move
	CanEdit  bool
	CanSay   bool
	Spoken   bool // the actor's unit has commented since the design was last sent out
	CanTry   bool
}

// OpenComments counts the comments that wait for an answer.
func (p *DesignPage) OpenComments() int {
	n := 0
	for _, c := range p.Comments {
		if c.Open() {
			n++
		}
	}
	return n
}

// Page returns one design that the actor may see. Returns fault.NotFound for any other.
func (s *Designs) Page(ctx context.Context, actor models.Actor, id int64) (*DesignPage, error) {
	if err := s.Guard.Allow(actor, "template", "draft"); err != nil {
		return nil, err
	}
	db := s.DB.Read.WithContext(ctx)
	d, err := s.get(db, actor, id)
	if err != nil {
		return nil, database.Fault(err)
	}
	p := &DesignPage{Design: *d}
	if err := s.fill(db, actor, p); err != nil {
		return nil, database.Fault(err)
	}
	return p, nil
}

func (s *Designs) fill(db *gorm.DB, actor models.Actor, p *DesignPage) error {
	d := &p.Design
	var err error
	if p.Items, err = items(db, d); err != nil {
		return err
	}
	for _, item := range p.Items {
		if !slices.Contains(p.Units, item.Unit.Name) {
			p.Units = append(p.Units, item.Unit.Name)
		}
	}
	if p.Earlier, err = earlier(db, d); err != nil {
		return err
	}
	if err := db.Where("design_id = ?", d.ID).Order("id").Find(&p.Comments).Error; err != nil {
		return err
	}
	trials := db.Omit("report").Where("design_id = ?", d.ID)
	if !actor.Has(models.RoleOffice) {
		trials = trials.Where("unit_id = ?", actor.Unit.ID)
	}
	if err := trials.Order("id DESC").Find(&p.Trials).Error; err != nil {
		return err
	}
	if p.History, err = workflow.History(db, &models.TemplateFlow, d.ID); err != nil {
		return err
	}
	if underWay(d) {
		due, err := coming(db, p.Items, d.EffectiveFrom)
		if err != nil {
			return err
		}
		p.Reasons, p.Deadline = s.reasons(d, p.Earlier, due), models.DeadlineText(due, s.DueHour)
		if p.Repeated, err = repeated(db, d, p.Items); err != nil {
			return err
		}
	}
	p.Spoken = slices.ContainsFunc(p.Comments, func(c models.DesignComment) bool { return c.UnitID == actor.Unit.ID && c.At >= d.ShownAt })
	s.rights(actor, p)
	return nil
}

// rights says what the actor may do on the page now.
func (s *Designs) rights(actor models.Actor, p *DesignPage) {
	can := func(object, action string) bool { return s.Guard.Can(actor, object, action) }
	p.Moves = workflow.Offered(&models.TemplateFlow, p.Design.State, designParties(actor), can, actor.AccountID, p.History)
	p.CanEdit = p.Design.State == models.DesignDraft && can("template", "design")
	p.CanSay = p.Design.State == models.DesignCommenting && can("template", "comment")
	p.CanTry = underWay(&p.Design) && can("template", "trial")
}

// underWay reports whether the design is neither published nor given up.
func underWay(d *models.Design) bool {
	return d.State == models.DesignDraft || d.State == models.DesignCommenting || d.State == models.DesignReady
}

// OfTemplate returns the design of a template that is under way, and that of one of its versions, as far as the actor
// may know of them; nil where there is none.
func (s *Designs) OfTemplate(ctx context.Context, actor models.Actor, code string, versionID int64) (open, own *models.Design, err error) {
	if !s.Guard.Can(actor, "template", "draft") {
		return nil, nil, nil
	}
	var found []models.Design
	err = s.DB.Read.WithContext(ctx).Omit("definition").Scopes(visible(actor)).Where("template_code = ?", strings.ToLower(code)).
		Where("state IN ? OR version_id = ?", openStates, versionID).Find(&found).Error
	if err != nil {
		return nil, nil, database.Fault(err)
	}
	for i := range found {
		if underWay(&found[i]) {
			open = &found[i]
		} else {
			own = &found[i]
		}
	}
	return open, own, nil
}

var openStates = []workflow.State{models.DesignDraft, models.DesignCommenting, models.DesignReady}
