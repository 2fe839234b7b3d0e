package directory

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// The objects whose changes are kept, as the audit trail names them.
const (
	objectUnit  = "unit"
	objectGroup = "group"
)

// subject is what a change is about.
type subject struct {
	object  string
	id      int64
	code    string // as people know it
	version int64  // after the change
}

// diff is what one save changes, field by field.
type diff []models.OrganisationChange

// note adds a field if it changes.
func (d *diff) note(field, before, after string) {
	if before != after {
		*d = append(*d, models.OrganisationChange{Field: field, Old: before, New: after})
	}
}

// words says the changes in one line: 联系电话“…”改为“…”.
func (d diff) words() string {
	parts := make([]string, 0, len(d))
	for _, c := range d {
		switch {
		case c.Old == "":
			parts = append(parts, fmt.Sprintf("%s“%s”", c.Field, c.New))
		case c.New == "":
			parts = append(parts, fmt.Sprintf("%s“%s”已清空", c.Field, c.Old))
		default:
			parts = append(parts, fmt.Sprintf("%s“%s”改为“%s”", c.Field, c.Old, c.New))
		}
	}
	return strings.Join(parts, "；")
}

// keep writes down a change for the history of its object and for the audit trail, as the last statements of tx.
func (s *Service) keep(tx *gorm.DB, actor models.Actor, of subject, action, reason string, d diff) error {
	rows := append(diff(nil), d...)
	if len(rows) == 0 {
		rows = diff{{}}
	}
	for i := range rows {
		row := &rows[i]
		row.Object, row.ObjectID, row.Version = of.object, of.id, of.version
		row.Action, row.Reason, row.At = action, reason, s.instant()
		row.ActorID, row.ActorName, row.ActorPost = actor.AccountID, actor.Name, actor.Post()
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("keep change of %s: %w", of.code, err)
	}
	return audit.Record(tx, s.instant(), actor, audit.Entry{Object: of.object, ObjectID: strings.ToUpper(of.code), Action: action,
		Reason: reason, Detail: d.words()})
}

// stale says who changed an object meanwhile and how. The form keeps what was typed and can be saved again.
func (s *Service) stale(tx *gorm.DB, object string, id, version int64) error {
	var since diff
	err := tx.Where("object = ? AND object_id = ? AND version > ?", object, id, version).Order("id").Find(&since).Error
	if err != nil {
		return fmt.Errorf("read changes: %w", err)
	}
	const kept = "您填的内容都还在，没有保存；请核对后再次保存。"
	if len(since) == 0 {
		return fault.New(fault.Conflict, "这项内容已被他人修改。"+kept)
	}
	last := since[len(since)-1]
	who := fmt.Sprintf("%s（%s）在您打开页面之后（%s）已作修改", last.ActorName, last.ActorPost, last.At.Time().Format("1月2日 15:04"))
	if words := since.words(); words != "" && since[0].Field != "" {
		who += "：" + words
	}
	return fault.New(fault.Conflict, who+"。"+kept)
}

// ChangeFilter narrows a history.
type ChangeFilter struct {
	Text   string // in field, old or new value, reason or name
	Oldest bool   // the oldest first
	Page   int
	Size   int
}

func (f ChangeFilter) scope(object string, id int64) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Model(&models.OrganisationChange{}).Where("object = ? AND object_id = ?", object, id).
			Scopes(database.ContainsAny(f.Text, "field", "old", "new", "reason", "actor_name"))
	}
}

func (f ChangeFilter) order(db *gorm.DB) *gorm.DB {
	if f.Oldest {
		return db.Order("id")
	}
	return db.Order("id DESC")
}

// UnitChanges returns a page of a unit's history and how long it is in all.
// Returns fault.NotFound for a unit that is not the actor's to know of.
func (s *Service) UnitChanges(ctx context.Context, actor models.Actor, code string, f ChangeFilter) (models.Unit, []models.OrganisationChange, int64, error) {
	u, err := s.visible(ctx, actor, code)
	if err != nil {
		return u, nil, 0, err
	}
	list, total, err := s.changes(ctx, objectUnit, u.ID, f)
	return u, list, total, err
}

// GroupChanges returns a page of the history of an area's leading group and its roster, and how long it is in all.
// Returns fault.NotFound for an area that is not the actor's to know of.
func (s *Service) GroupChanges(ctx context.Context, actor models.Actor, area string, f ChangeFilter) (models.Jurisdiction, []models.OrganisationChange, int64, error) {
	j, err := s.area(ctx, actor, area)
	if err != nil {
		return j, nil, 0, err
	}
	g, err := groupOf(s.db.Read.WithContext(ctx), j.ID)
	if err != nil || g == nil {
		return j, nil, 0, database.Fault(err)
	}
	list, total, err := s.changes(ctx, objectGroup, g.ID, f)
	return j, list, total, err
}

func (s *Service) changes(ctx context.Context, object string, id int64, f ChangeFilter) ([]models.OrganisationChange, int64, error) {
	db := s.db.Read.WithContext(ctx)
	var total int64
	if err := db.Scopes(f.scope(object, id)).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count changes: %w", err))
	}
	var list []models.OrganisationChange
	err := db.Scopes(f.scope(object, id), f.order, database.Page(f.Page, f.Size)).Find(&list).Error
	return list, total, database.Fault(err)
}

// ExportUnitChanges calls each with every change of a unit that the filter finds, in its order, and writes down that the
// history was taken away. Returns fault.NotFound for a unit that is not the actor's to know of.
func (s *Service) ExportUnitChanges(ctx context.Context, actor models.Actor, code string, f ChangeFilter, each func(models.OrganisationChange) error) error {
	u, err := s.visible(ctx, actor, code)
	if err != nil {
		return err
	}
	return s.exportChanges(ctx, actor, subject{object: objectUnit, id: u.ID, code: u.Code}, f, each)
}

// ExportGroupChanges is ExportUnitChanges for the leading group of an area.
func (s *Service) ExportGroupChanges(ctx context.Context, actor models.Actor, area string, f ChangeFilter, each func(models.OrganisationChange) error) error {
	j, err := s.area(ctx, actor, area)
	if err != nil {
		return err
	}
	g, err := groupOf(s.db.Read.WithContext(ctx), j.ID)
	if err != nil {
		return database.Fault(err)
	}
	if g == nil {
		return errNoGroup
	}
	return s.exportChanges(ctx, actor, subject{object: objectGroup, id: g.ID, code: j.Code}, f, each)
}

func (s *Service) exportChanges(ctx context.Context, actor models.Actor, of subject, f ChangeFilter, each func(models.OrganisationChange) error) error {
	var list []models.OrganisationChange
	if err := s.db.Read.WithContext(ctx).Scopes(f.scope(of.object, of.id), f.order).Find(&list).Error; err != nil {
		return database.Fault(fmt.Errorf("read changes: %w", err))
	}
	if err := s.noteExport(ctx, actor, of.object, of.code, fmt.Sprintf("变更记录 %d 条", len(list))); err != nil {
		return err
	}
	for _, ch := range list {
		if err := each(ch); err != nil {
			return err
		}
	}
	return nil
}
