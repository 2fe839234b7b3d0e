package directory

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
)

// YearPage is everything that the page of a year shows.
type YearPage struct {
	Year     models.CalendarYear // Known is false for a year of which nothing is noted
	Days     []models.Holiday    // whose day lies in the year, in order
	Years    []int               // that can be chosen, in order
	Recent   []models.CalendarChange
	Changes  int64 // of the year, in all
	Revision int64
	CanEdit  bool
}

// recentChanges is how many changes stand on a year's page.
const recentChanges = 5

// Year returns the page of a year; one out of reach is a fault.NotFound.
func (d *CalendarDesk) Year(ctx context.Context, actor models.Actor, year int) (*YearPage, error) {
	if err := d.Guard.Allow(actor, "calendar", "view"); err != nil {
		return nil, err
	}
	if !d.hasYear(year) {
		return nil, fault.New(fault.NotFound, fmt.Sprintf("工作日历只有 %d年至%d年。", firstYear, d.lastYear()))
	}
	db := d.DB.Read.WithContext(ctx)
	p := &YearPage{Year: models.CalendarYear{Year: year}, CanEdit: d.CanEdit(actor)}
	for y := firstYear; y <= d.lastYear(); y++ {
		p.Years = append(p.Years, y)
	}
	err := db.Where("year = ?", year).Take(&p.Year).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, database.Fault(fmt.Errorf("read year %d: %w", year, err))
	}
	err = errors.Join(
		db.Where("day >= ? AND day <= ?", fmt.Sprintf("%04d-01-01", year), fmt.Sprintf("%04d-12-31", year)).Order("day").Find(&p.Days).Error,
		db.Model(&models.CalendarChange{}).Where("year = ?", year).Count(&p.Changes).Error,
		db.Where("year = ?", year).Order("id DESC").Limit(recentChanges).Find(&p.Recent).Error,
		db.Table("calendar_head").Where("id = 1").Pluck("revision", &p.Revision).Error,
	)
	return p, database.Fault(err)
}

// UnknownYear returns the first year from this one on whose notice is not out: the one that the Office will bring in next.
func (d *CalendarDesk) UnknownYear(ctx context.Context) (int, error) {
	year := d.Now().In(models.Zone).Year()
	var known []int
	err := d.DB.Read.WithContext(ctx).Model(&models.CalendarYear{}).Where("known AND year >= ?", year).Order("year").Pluck("year", &known).Error
	for _, y := range known {
		if y == year {
			year++
		}
	}
	return year, database.Fault(err)
}

// CalendarFilter narrows and orders the history of the calendar.
type CalendarFilter struct {
	Text string // in what was changed, reason, source or name
	Year int
	Kind models.CalendarChangeKind
	Sort string // oldest, moved; anything else: newest first
	Page int
	Size int
}

func (f CalendarFilter) scope(db *gorm.DB) *gorm.DB {
	db = db.Scopes(database.ContainsAny(f.Text, "calendar_changes.what", "calendar_changes.reason", "calendar_changes.source", "calendar_changes.actor_name"))
	if f.Year != 0 {
		db = db.Where("calendar_changes.year = ?", f.Year)
	}
	if f.Kind != "" {
		db = db.Where("calendar_changes.kind = ?", f.Kind)
	}
	return db
}

func (f CalendarFilter) order(db *gorm.DB) *gorm.DB {
	switch f.Sort {
	case "oldest":
		return db.Order("calendar_changes.id")
	case "moved":
		return db.Order("calendar_changes.moved DESC, calendar_changes.id DESC")
	}
	return db.Order("calendar_changes.id DESC")
}

// Changes returns a page of the history of the calendar, newest first, and how many changes there are.
func (d *CalendarDesk) Changes(ctx context.Context, actor models.Actor, f CalendarFilter) ([]models.CalendarChange, int64, error) {
	if err := d.Guard.Allow(actor, "calendar", "view"); err != nil {
		return nil, 0, err
	}
	db := d.DB.Read.WithContext(ctx)
	var total int64
	if err := db.Model(&models.CalendarChange{}).Scopes(f.scope).Count(&total).Error; err != nil {
		return nil, 0, database.Fault(fmt.Errorf("count changes of the calendar: %w", err))
	}
	var rows []models.CalendarChange
	err := db.Scopes(f.scope, f.order, database.Page(f.Page, f.Size)).Find(&rows).Error
	return rows, total, database.Fault(err)
}

// ExportChanges calls each with every change that the filter finds, in its order, and writes down that the history was
// taken away.
func (d *CalendarDesk) ExportChanges(ctx context.Context, actor models.Actor, f CalendarFilter, each func(models.CalendarChange) error) error {
	if err := d.Guard.Allow(actor, "calendar", "view"); err != nil {
		return err
	}
	var rows []models.CalendarChange
	if err := d.DB.Read.WithContext(ctx).Scopes(f.scope, f.order).Find(&rows).Error; err != nil {
		return database.Fault(fmt.Errorf("read changes to export: %w", err))
	}
	detail := fmt.Sprintf("%d 次", len(rows))
	if f.Year != 0 {
		detail += fmt.Sprintf("，年份 %d", f.Year)
	}
	if f.Text != "" {
		detail += "，关键字 " + f.Text
	}
	if err := d.note(ctx, actor, "export", "", detail); err != nil {
		return err
	}
	for _, row := range rows {
		if err := each(row); err != nil {
			return err
		}
	}
	return nil
}

// note writes down that a list was taken away.
func (d *CalendarDesk) note(ctx context.Context, actor models.Actor, action, id, detail string) error {
	return d.DB.Tx(ctx, func(tx *gorm.DB) error {
		return audit.Record(tx, models.At(d.Now()), actor, audit.Entry{Object: "calendar", ObjectID: id, Action: action, Detail: detail})
	})
}

// MovedFilter narrows and orders the tasks that followed a change.
type MovedFilter struct {
	Text string // in unit name, item name or task code
	Sort string // unit, due; anything else: by task code
	Page int
	Size int
}

func (f MovedFilter) scope(actor models.Actor, change int64) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("due_changes.change_id = ?", change).Joins("JOIN filing_tasks t ON t.id = due_changes.task_id").
			Scopes(database.Visible(actor, "t.unit_id"), database.Shared(actor, "t.unit_id", "due_changes.task_id")).Joins("JOIN units u ON u.id = t.unit_id").
			Joins("JOIN catalogue_items i ON i.id = t.item_id").Scopes(database.ContainsAny(f.Text, "u.name", "i.name", "t.code"))
	}
}

func (f MovedFilter) order(db *gorm.DB) *gorm.DB {
	switch f.Sort {
	case "unit":
		return db.Order(database.PlanOrder("u") + ", due_changes.id")
	case "due":
		return db.Order("due_changes.to_due, due_changes.id")
	}
	return db.Order("t.code")
}

// Change returns one change of the calendar, the page of the tasks that followed it as far as the actor sees tasks, and
// how many of those there are. Returns fault.NotFound for one that is not there.
func (d *CalendarDesk) Change(ctx context.Context, actor models.Actor, id int64, f MovedFilter) (*models.CalendarChange, []models.DueChange, int64, error) {
	if err := d.Guard.Allow(actor, "calendar", "view"); err != nil {
		return nil, nil, 0, err
	}
	db := d.DB.Read.WithContext(ctx)
	var c models.CalendarChange
	err := db.Where("id = ?", id).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil, 0, fault.New(fault.NotFound, "没有这次日历调整。")
	}
	if err != nil || !d.Guard.Can(actor, "filing", "view") {
		return &c, nil, 0, database.Fault(err)
	}
	var total int64
	if err := db.Model(&models.DueChange{}).Scopes(f.scope(actor, id)).Count(&total).Error; err != nil {
		return nil, nil, 0, database.Fault(fmt.Errorf("count tasks that followed: %w", err))
	}
	rows, err := movedRows(db.Scopes(database.Page(f.Page, f.Size)), actor, id, f)
	return &c, rows, total, err
}

func movedRows(db *gorm.DB, actor models.Actor, id int64, f MovedFilter) ([]models.DueChange, error) {
	var rows []models.DueChange
	err := db.Preload("Task").Preload("Task.Item").Preload("Task.Unit").Scopes(f.scope(actor, id), f.order).Find(&rows).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("list tasks that followed: %w", err))
	}
	return rows, nil
}

// ExportMoved calls each with every task that followed a change and that the actor may see, and writes down that the list
// was taken away.
func (d *CalendarDesk) ExportMoved(ctx context.Context, actor models.Actor, id int64, f MovedFilter, each func(models.DueChange) error) error {
	if err := d.Guard.Allow(actor, "filing", "view"); err != nil {
		return err
	}
	f.Page, f.Size = 1, 1
	c, _, total, err := d.Change(ctx, actor, id, f)
	if err != nil {
		return err
	}
	detail := fmt.Sprintf("%d 项，%s", total, c.What)
	if text := strings.TrimSpace(f.Text); text != "" {
		detail += "，关键字 " + text
	}
	if err := d.note(ctx, actor, "export_moved", fmt.Sprint(c.Year), detail); err != nil {
		return err
	}
	db := d.DB.Read.WithContext(ctx)
	var ids []int64
	if err := db.Model(&models.DueChange{}).Scopes(f.scope(actor, id), f.order).Pluck("due_changes.id", &ids).Error; err != nil {
		return database.Fault(fmt.Errorf("find tasks to export: %w", err))
	}
	return database.InChunks(ids, func(chunk []int64) error {
		rows, err := movedRows(db.Where("due_changes.id IN ?", chunk), actor, id, f)
		for i := 0; err == nil && i < len(rows); i++ {
			err = each(rows[i])
		}
		return err
	})
}
