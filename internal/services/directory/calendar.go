package directory

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/cn"
	"taxportal/internal/database"
	"taxportal/internal/models"
)

// calendarAge is how long a calendar that was read once is used: another replica may have changed it since.
const calendarAge = time.Minute

// calendarCache is the calendar as it was last read.
type calendarCache struct {
	mu   sync.Mutex
	read *cn.Calendar
	at   time.Time
}

// Calendar returns the working calendar, at most a minute old. What writes due dates reads it by CalendarIn.
func (s *Service) Calendar(ctx context.Context) (*cn.Calendar, error) {
	c, now := &s.calendar, s.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read != nil && now.Sub(c.at).Abs() < calendarAge {
		return c.read, nil
	}
	calendar, err := readCalendar(s.db.Read.WithContext(ctx))
	if err != nil {
		return nil, database.Fault(err)
	}
	c.read, c.at = calendar, now
	return calendar, nil
}

// CalendarIn returns the calendar as it is within a transaction that writes due dates after it. A change of the calendar
// waits for that transaction or is seen by it, so that no due date is written after a calendar that has just gone.
func (s *Service) CalendarIn(tx *gorm.DB) (*cn.Calendar, error) {
	if err := holdCalendar(tx, "SHARE"); err != nil {
		return nil, err
	}
	return readCalendar(tx)
}

// holdCalendar locks the calendar's one row until the transaction ends. SQLite has one writer and needs no lock.
func holdCalendar(tx *gorm.DB, strength string) error {
	if tx.Name() != string(database.Postgres) {
		return nil
	}
	if err := tx.Exec("SELECT revision FROM calendar_head WHERE id = 1 FOR " + strength).Error; err != nil {
		return fmt.Errorf("hold calendar: %w", err)
	}
	return nil
}

// readCalendar builds the calendar from its rows.
func readCalendar(db *gorm.DB) (*cn.Calendar, error) {
	var known []int
	if err := db.Model(&models.CalendarYear{}).Where("known").Order("year").Pluck("year", &known).Error; err != nil {
		return nil, fmt.Errorf("read years of the calendar: %w", err)
	}
	var days []models.Holiday
	if err := db.Order("day").Find(&days).Error; err != nil {
		return nil, fmt.Errorf("read calendar: %w", err)
	}
	rows := make([]cn.CalendarRow, len(days))
	for i, d := range days {
		rows[i] = cn.CalendarRow{Day: string(d.Day), Kind: kindOf(d.Workday), Name: d.Name}
	}
	calendar, err := cn.NewCalendar(known, rows)
	if err != nil {
		return nil, fmt.Errorf("build calendar: %w", err)
	}
	return calendar, nil
}

func kindOf(workday bool) cn.DayKind {
	if workday {
		return cn.DayWorkday
	}
	return cn.DayHoliday
}

// Refresh forgets the calendar in memory, after its rows were changed.
func (s *Service) Refresh() {
	s.calendar.mu.Lock()
	defer s.calendar.mu.Unlock()
	s.calendar.read = nil
}

// WorkdaysFrom returns the n-th working day after the day of now, by the working calendar.
func (s *Service) WorkdaysFrom(ctx context.Context, now time.Time, n int) (models.Day, error) {
	calendar, err := s.Calendar(ctx)
	if err != nil {
		return "", err
	}
	return models.Day(cn.FormatDay(calendar.AddWorkdays(models.DayOf(now).Time(), n))), nil
}

// loadCalendar brings the calendar of the seed into a database that has none. Later it only adds which notice a year
// stands by, where that is not noted: the days themselves are the Office's to keep.
func loadCalendar(tx *gorm.DB, file cn.CalendarFile) error {
	var years int64
	if err := tx.Model(&models.CalendarYear{}).Count(&years).Error; err != nil {
		return err
	}
	for _, y := range file.Years {
		if years > 0 {
			err := tx.Model(&models.CalendarYear{}).Where("year = ? AND known = ? AND source = ''", y.Year, y.Known).Update("source", y.Source).Error
			if err != nil {
				return fmt.Errorf("note the source of %d: %w", y.Year, err)
			}
			continue
		}
		if err := loadYear(tx, y); err != nil {
			return err
		}
	}
	return nil
}

func loadYear(tx *gorm.DB, y cn.CalendarYear) error {
	_, rows, err := cn.CalendarFile{Years: []cn.CalendarYear{y}}.Rows()
	if err != nil {
		return err
	}
	if err := tx.Create(&models.CalendarYear{Year: y.Year, Known: y.Known, Source: y.Source}).Error; err != nil {
		return fmt.Errorf("write year %d: %w", y.Year, err)
	}
	if err := writeDays(tx, noticeDays(y.Year, rows)); err != nil {
		return fmt.Errorf("write days of %d: %w", y.Year, err)
	}
	return nil
}

// noticeDays are the days that a year's notice names.
func noticeDays(year int, rows []cn.CalendarRow) []models.Holiday {
	days := make([]models.Holiday, len(rows))
	for i, r := range rows {
		days[i] = models.Holiday{Day: models.Day(r.Day), Workday: r.Kind == cn.DayWorkday, Name: r.Name, Notice: year}
	}
	return days
}

func writeDays(tx *gorm.DB, days []models.Holiday) error {
	if len(days) == 0 {
		return nil
	}
	return tx.Create(&days).Error
}
