package filing

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"taxportal/internal/cn"
	"taxportal/internal/database"
	"taxportal/internal/models"
)

// followSpan is how many days before a changed day a due date may be reckoned from and still be touched by it: no run of
// days off is longer.
const followSpan = 31

// dueMove is where the calendar now puts a task's due date.
type dueMove struct {
	task models.FilingTask
	due  models.Instant
}

// lock is when the task locks then: as long after its due date as before.
func (m dueMove) lock() models.Instant { return m.task.LockAt + m.due - m.task.DueAt }

// dueMoves returns the open tasks whose due dates the calendar puts elsewhere, among those that the change may touch.
//
// A task is open until it is exempt, accepted for the first time, or locked; what has been judged stays as it is. And no
// change makes anybody late after the event: a due date never moves forward to a moment that has passed.
func (s *Service) dueMoves(tx *gorm.DB, calendar *cn.Calendar, change *models.CalendarChange) ([]dueMove, error) {
	if len(change.Days) == 0 {
		return nil, nil
	}
	first, last := change.Days[0].Day.AddDays(-followSpan), change.Days[len(change.Days)-1].Day
	now := s.now()
	query := tx.Select("id", "code", "period", "due_on", "due_at", "lock_at").
		Where("due_on >= ? AND due_on <= ? AND exempted_at = 0 AND first_filed_at = 0 AND (lock_at > ? OR unlocked_until > ?)", first, last, now, now)
	if tx.Name() == string(database.Postgres) { // an acceptance waits, or is seen
		query = query.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	var tasks []models.FilingTask
	if err := query.Order("id").Find(&tasks).Error; err != nil {
		return nil, fmt.Errorf("find tasks that follow the calendar: %w", err)
	}
	var moves []dueMove
	for _, t := range tasks {
		due := dueAfter(calendar, t.DueOn, models.DueHour(t.DueAt.Time().Hour())) // a change of the setting moves nobody's due
		if due == t.DueAt || due < t.DueAt && due <= now {
			continue
		}
		moves = append(moves, dueMove{t, due})
	}
	return moves, nil
}

// DuesToMove counts the open tasks whose due dates the calendar now puts elsewhere, among those that the change may touch.
func (s *Service) DuesToMove(tx *gorm.DB, calendar *cn.Calendar, change *models.CalendarChange) (int, error) {
	moves, err := s.dueMoves(tx, calendar, change)
	return len(moves), err
}

// FollowCalendar moves the due and lock of at most so many open tasks to where the calendar now puts them, by the function
// that once made them, and notes for each which change it was. It returns how many it moved.
func (s *Service) FollowCalendar(tx *gorm.DB, calendar *cn.Calendar, change *models.CalendarChange, most int) (int, error) {
	moves, err := s.dueMoves(tx, calendar, change)
	if err != nil || len(moves) == 0 {
		return 0, err
	}
	moves = moves[:min(len(moves), most)]
	notes := make([]models.DueChange, len(moves))
	for i, m := range moves {
		err := tx.Model(&models.FilingTask{}).Where("id = ?", m.task.ID).
			Updates(map[string]any{"due_at": m.due, "lock_at": m.lock(), "month": m.task.Period.Month(m.due)}).Error
		if err != nil {
			return 0, fmt.Errorf("move due of %s: %w", m.task.Code, err)
		}
		notes[i] = models.DueChange{ChangeID: change.ID, TaskID: m.task.ID, FromDue: m.task.DueAt, ToDue: m.due,
			FromLock: m.task.LockAt, ToLock: m.lock(), At: s.now()}
	}
	again := clause.OnConflict{Columns: []clause.Column{{Name: "change_id"}, {Name: "task_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"to_due", "to_lock", "at"})}
	if err := tx.Clauses(again).CreateInBatches(&notes, 100).Error; err != nil {
		return 0, fmt.Errorf("note moved dues: %w", err)
	}
	return len(moves), nil
}

// dueChanges returns how the due date of a task followed the calendar, oldest first.
func dueChanges(db *gorm.DB, task int64) ([]models.DueChange, error) {
	var list []models.DueChange
	if err := db.Preload("Change").Where("task_id = ?", task).Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read how the due date moved: %w", err)
	}
	return list, nil
}
