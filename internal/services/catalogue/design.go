package catalogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/authz"
	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// DesignDeps is what Designs works with.
type DesignDeps struct {
	DB      *database.DB
	Guard   *authz.Guard
	Tables  tables
	Keys    *crypt.Keys
	DueHour models.DueHour // until when a due day lasts
	Now     func() time.Time
	TempDir string // for trial filings, which are data of the unit
}

// Designs answers for templates on their way: drafts, what is said of them, trial filings, publication and retirement
// (plan 二(三)1, practice.md §4.7).
type Designs struct {
	DesignDeps
	engine *workflow.Engine
}

// NewDesigns returns the service.
func NewDesigns(d DesignDeps) (*Designs, error) {
	s := &Designs{DesignDeps: d}
	s.engine = workflow.New(func() int64 { return int64(s.now()) }, s.recordMove)
	return s, models.TemplateFlow.Check()
}

func (s *Designs) now() models.Instant { return models.At(s.Now()) }

var errNoDesign = fault.New(fault.NotFound, "没有这份模板草稿。")

// actorKey carries the acting person to recordMove, which the engine calls with the event alone.
type actorKey struct{}

func (s *Designs) recordMove(tx *gorm.DB, e workflow.Event, code string) error {
	actor, ok := tx.Statement.Context.Value(actorKey{}).(models.Actor)
	if !ok {
		actor = models.SystemActor
	}
	return audit.Record(tx, models.Instant(e.At), actor, audit.Entry{
		Object: e.Flow, ObjectID: code, Action: string(e.Verb), From: string(e.FromState), To: string(e.ToState), Reason: e.Reason, Detail: e.Detail,
	})
}

func (s *Designs) tx(ctx context.Context, actor models.Actor, fn func(tx *gorm.DB) error) error {
	return s.DB.Tx(context.WithValue(ctx, actorKey{}, actor), fn)
}

// record writes an audit entry of something that is no move, as the last statement of tx.
func (s *Designs) record(tx *gorm.DB, actor models.Actor, d *models.Design, action, reason, detail string) error {
	return audit.Record(tx, s.now(), actor, audit.Entry{Object: "template", ObjectID: d.FlowCode(), Action: action, Reason: reason, Detail: detail})
}

// ofItems joins a design with the catalogue items that its template serves, or is to serve. An ad-hoc call borrows a
// template for one answer: its unit is no supplier.
const ofItems = `SELECT 1 FROM catalogue_items i JOIN units u ON u.id = i.unit_id LEFT JOIN templates t ON t.id = i.template_id
	WHERE i.origin <> '` + string(models.OriginCall) + `' AND (t.code = template_designs.template_code
		OR i.id IN (SELECT di.item_id FROM template_design_items di WHERE di.design_id = template_designs.id))`

// visible is whose designs an actor sees: the Office those of its area's units at any time; the tax authority and the
// supplying units what was sent out for comment once. A unit whose item has been retired keeps what is settled.
func visible(a models.Actor) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		if !a.Has(models.RoleOffice) {
			db = db.Where("template_designs.shown_at > 0")
		}
		if a.SeesArea() {
			return db.Where("EXISTS ("+ofItems+" AND u.jurisdiction_path LIKE ?)", a.Unit.JurisdictionPath+"%")
		}
		return db.Where("EXISTS ("+ofItems+" AND u.path LIKE ? AND (i.retired_at = 0 OR template_designs.state NOT IN ?))", a.Unit.Path+"%", openStates)
	}
}

// get returns a design that the actor may see; fault.NotFound for any other.
func (s *Designs) get(db *gorm.DB, actor models.Actor, id int64) (*models.Design, error) {
	var d models.Design
	err := db.Scopes(visible(actor)).Where("template_designs.id = ?", id).Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errNoDesign
	}
	if err != nil {
		return nil, fmt.Errorf("find design: %w", err)
	}
	return &d, nil
}

// items returns the catalogue items in use that the design's template serves, or is to serve, with their units.
func items(db *gorm.DB, d *models.Design) ([]models.CatalogueItem, error) {
	var list []models.CatalogueItem
	err := db.Joins("Unit").Joins("LEFT JOIN templates t ON t.id = catalogue_items.template_id").
		Where("catalogue_items.origin <> ? AND catalogue_items.retired_at = 0", models.OriginCall).
		Where("t.code = ? OR catalogue_items.id IN (SELECT item_id FROM template_design_items WHERE design_id = ?)", d.TemplateCode, d.ID).
		Order(database.PlanOrder(`"Unit"`) + ", catalogue_items.code").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("find items of %s: %w", d.FlowCode(), err)
	}
	return list, nil
}

// earlier returns the definitions of the template's versions before the design, newest first.
func earlier(db *gorm.DB, d *models.Design) ([]models.TemplateVersion, error) {
	var versions []models.TemplateVersion
	err := db.Joins("Template").Where(`"Template".code = ? AND template_versions.no < ? AND template_versions.status <> ?`, d.TemplateCode, d.No, models.TemplateDraft).
		Order("template_versions.no DESC").Find(&versions).Error
	if err != nil {
		return nil, fmt.Errorf("find earlier versions of %s: %w", d.TemplateCode, err)
	}
	return versions, nil
}

func definitions(versions []models.TemplateVersion) []models.Definition {
	defs := make([]models.Definition, len(versions))
	for i, v := range versions {
		defs[i] = v.Definition
	}
	return defs
}

// Fingerprint identifies the content of a part of a draft as somebody has seen it, so that a change by somebody else is
// noticed when it is saved.
func Fingerprint(part any) string {
	text, err := json.Marshal(part)
	if err != nil { // a part of a definition is plain data
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// parties returns the parties to which the actor belongs for a design.
func designParties(actor models.Actor) []workflow.Party {
	if actor.Has(models.RoleOffice) {
		return []workflow.Party{workflow.Office}
	}
	return nil
}

// apply takes one move of a design.
func (s *Designs) apply(tx *gorm.DB, actor models.Actor, d *models.Design, verb workflow.Verb, in workflow.Input, also func(*gorm.DB) error) error {
	_, err := s.engine.Apply(tx, workflow.Step{
		Flow: &models.TemplateFlow, Subject: d, Verb: verb, Actor: actor.Workflow(), Allowed: s.Guard.Asker(actor),
		Parties: designParties(actor), Input: in, Also: also,
	})
	return err
}
