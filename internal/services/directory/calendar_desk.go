package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"taxportal/internal/audit"
	"taxportal/internal/authz"
	"taxportal/internal/cn"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/jobs"
	"taxportal/internal/models"
)

// dues is what the calendar needs of filing: the tasks whose due dates follow it.
type dues interface {
	// DuesToMove counts the open tasks whose due dates the calendar now puts elsewhere, among those that the change may touch.
	DuesToMove(tx *gorm.DB, calendar *cn.Calendar, change *models.CalendarChange) (int, error)
	// FollowCalendar moves at most so many of them and notes why; it returns how many it moved.
	FollowCalendar(tx *gorm.DB, calendar *cn.Calendar, change *models.CalendarChange, most int) (int, error)
}

// CalendarDeps is what the desk works with.
type CalendarDeps struct {
	DB        *database.DB
	Guard     *authz.Guard
	Jobs      *jobs.Runner
	Directory *Service // whose calendar in memory is forgotten after a change
	Dues      dues
	Now       func() time.Time
}

// CalendarDesk is where the city's Office keeps the working calendar: what it says of a year, who changed it and why, and
// the due dates that followed.
type CalendarDesk struct{ CalendarDeps }

// NewCalendarDesk returns the desk and registers its job.
func NewCalendarDesk(d CalendarDeps) (*CalendarDesk, error) {
	desk := &CalendarDesk{d}
	return desk, jobs.Register(d.Jobs, desk.follow, nil)
}

// atOnce is how many tasks follow a change in its own transaction; more of them are moved by a job, as many at a time.
const atOnce = 500

// MayEdit refuses everybody but the city's Office: the calendar is one for the city and its counties.
func (d *CalendarDesk) MayEdit(actor models.Actor) error {
	if err := d.Guard.Allow(actor, "calendar", "edit"); err != nil {
		return err
	}
	if !ofCity(actor) {
		return fault.New(fault.Forbidden, "工作日历全市一本，由市领导小组办公室维护；县（市、区）办公室可以查看。")
	}
	return nil
}

func ofCity(actor models.Actor) bool {
	return actor.Unit.Jurisdiction != nil && actor.Unit.Jurisdiction.ParentID == nil
}

// CanEdit reports whether the actor may change the calendar.
func (d *CalendarDesk) CanEdit(actor models.Actor) bool { return d.MayEdit(actor) == nil }

// apply gives a change, whose days are written, its place in the history and lets the due dates follow, in the caller's
// transaction, which has turned the calendar before.
func (d *CalendarDesk) apply(tx *gorm.DB, actor models.Actor, c *models.CalendarChange) error {
	calendar, err := readCalendar(tx)
	if err != nil {
		return err
	}
	n, err := d.Dues.DuesToMove(tx, calendar, c)
	if err != nil {
		return err
	}
	c.State, c.ActorID, c.ActorName, c.ActorPost, c.At = models.CalendarDone, actor.AccountID, actor.Name, actor.Post(), models.At(d.Now())
	if n > atOnce {
		c.State = models.CalendarFollowing
	}
	if err := tx.Create(c).Error; err != nil {
		return fmt.Errorf("note change of the calendar: %w", err)
	}
	switch {
	case n > atOnce:
		err = d.Jobs.Enqueue(tx, followArgs{ChangeID: c.ID}, jobs.Once())
	case n > 0:
		err = d.move(tx, calendar, c)
	}
	if err != nil {
		return err
	}
	return d.record(tx, actor, c, "change_"+string(c.Kind), c.What+"；"+followed(c, n))
}

// turn takes the calendar from the revision that the actor has seen to the next, and holds it until the transaction ends.
// It is a fault.Conflict if somebody has changed it since the actor looked.
func turn(tx *gorm.DB, seen int64) (next int64, err error) {
	res := tx.Table("calendar_head").Where("id = 1 AND revision = ?", seen).Update("revision", seen+1)
	if res.Error != nil {
		return 0, fmt.Errorf("turn calendar: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return 0, fault.New(fault.Conflict, "没有保存：您打开页面后，工作日历已由他人改动。请回到日历核对后再改。")
	}
	return seen + 1, nil
}

// move lets tasks follow a change and counts them.
func (d *CalendarDesk) move(tx *gorm.DB, calendar *cn.Calendar, c *models.CalendarChange) error {
	if _, err := d.Dues.FollowCalendar(tx, calendar, c, atOnce); err != nil {
		return err
	}
	if err := tx.Model(&models.DueChange{}).Where("change_id = ?", c.ID).Count(&c.Moved).Error; err != nil {
		return fmt.Errorf("count tasks that followed: %w", err)
	}
	return tx.Model(&models.CalendarChange{}).Where("id = ?", c.ID).Updates(map[string]any{"moved": c.Moved, "state": c.State}).Error
}

func (d *CalendarDesk) record(tx *gorm.DB, actor models.Actor, c *models.CalendarChange, action, detail string) error {
	return audit.Record(tx, models.At(d.Now()), actor, audit.Entry{
		Object: "calendar", ObjectID: fmt.Sprint(c.Year), Action: action, Reason: c.Reason, Detail: detail,
	})
}

// followed says in words what a change does to the tasks.
func followed(c *models.CalendarChange, n int) string {
	switch {
	case c.State == models.CalendarFollowing:
		return fmt.Sprintf("%d 项任务的期限在后台随之调整", n)
	case c.Moved > 0:
		return fmt.Sprintf("%d 项任务的期限随之调整", c.Moved)
	}
	return "没有任务的期限需要调整"
}

// followArgs asks for the tasks of one change to follow it.
type followArgs struct {
	ChangeID int64 `json:"change_id"`
}

// Kind names the job.
func (followArgs) Kind() string { return "follow_calendar" }

// follow moves the tasks of a change, some at a time, each time by the calendar as it then is.
func (d *CalendarDesk) follow(ctx context.Context, args followArgs) error {
	for more := true; more; {
		err := d.DB.Tx(ctx, func(tx *gorm.DB) error {
			var c models.CalendarChange
			if err := tx.Where("id = ?", args.ChangeID).Take(&c).Error; err != nil {
				return fmt.Errorf("find change %d: %w", args.ChangeID, err)
			}
			calendar, err := d.Directory.CalendarIn(tx)
			if err != nil {
				return err
			}
			left, err := d.Dues.DuesToMove(tx, calendar, &c)
			if err != nil {
				return err
			}
			if more = left > atOnce; !more {
				c.State = models.CalendarDone
			}
			before := c.Moved
			if err := d.move(tx, calendar, &c); err != nil {
				return err
			}
			return d.record(tx, models.SystemActor, &c, "follow", fmt.Sprintf("%s；%d 项任务的期限随之调整", c.What, c.Moved-before))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Resume queues again what a job did not bring to its end.
func (d *CalendarDesk) Resume(ctx context.Context) error {
	var ids []int64
	err := d.DB.Read.WithContext(ctx).Model(&models.CalendarChange{}).Where("state = ?", models.CalendarFollowing).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return database.Fault(err)
	}
	return d.DB.Tx(ctx, func(tx *gorm.DB) error {
		for _, id := range ids {
			if err := d.Jobs.Enqueue(tx, followArgs{ChangeID: id}, jobs.Once()); err != nil {
				return err
			}
		}
		return nil
	})
}

// replaceDays takes days out of the calendar and puts others in.
func replaceDays(tx *gorm.DB, out []models.Day, in []models.Holiday) error {
	for chunk := range slices.Chunk(out, database.MaxIn) {
		if err := tx.Where("day IN ?", chunk).Delete(&models.Holiday{}).Error; err != nil {
			return fmt.Errorf("take days out of the calendar: %w", err)
		}
	}
	if err := writeDays(tx, in); err != nil {
		return fmt.Errorf("put days into the calendar: %w", err)
	}
	return nil
}

// keepYear notes what is known of a year.
func keepYear(tx *gorm.DB, y models.CalendarYear) error {
	return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "year"}}, UpdateAll: true}).Create(&y).Error
}

// why checks the reason and source of a change.
func why(form *fault.Form, reason, source string) {
	form.Require("reason", "调整的理由", strings.TrimSpace(reason))
	form.Require("source", "依据", strings.TrimSpace(source))
	if len([]rune(reason)) > maxWhy {
		form.Add("reason", fmt.Sprintf("理由最多 %d 字。", maxWhy))
	}
	if len([]rune(source)) > maxWhy {
		form.Add("source", fmt.Sprintf("依据最多 %d 字。", maxWhy))
	}
}

// maxWhy is how many characters reason and source may have: they stand on the page of every task that follows.
const maxWhy = 200
