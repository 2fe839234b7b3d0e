package filing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/cn"
	"taxportal/internal/database"
	"taxportal/internal/models"
)

func upper(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }

// defaultLockDays is how long after the due day a task stays open for late filing if its item does not say.
const defaultLockDays = 60

// OpenPeriods writes the task of every item whose period has begun and that has none yet, but for periods in which the
// unit's area does not file through the portal: for these nothing is owed (plan 二(三), last sentence). A task is written when its
// period begins, opens when the period is over, and keeps its due date and template version from then on: later changes
// of item or template touch later periods only (DESIGN §5; practice.md §2, obligation rows).
// Returns how many tasks were written. It may run as often as one likes.
func (s *Service) OpenPeriods(ctx context.Context) (int, error) {
	items, err := s.itemsWithTemplate(ctx)
	if err != nil || len(items) == 0 {
		return 0, err
	}
	written := 0
	err = s.DB.Tx(ctx, func(tx *gorm.DB) error {
		calendar, err := s.Calendars.CalendarIn(tx)
		if err != nil {
			return err
		}
		if err := s.FollowSharing(tx); err != nil {
			return err
		}
		w, err := waysOf(tx)
		if err != nil {
			return err
		}
		for _, item := range items {
			n, err := s.writeTasks(tx, item, calendar, w)
			if err != nil {
				return err
			}
			written += n
		}
		if written == 0 {
			return nil
		}
		return s.record(tx, models.SystemActor, "", "open_periods", "", fmt.Sprintf("写入任务 %d 项", written))
	})
	return written, err
}

// itemsWithTemplate returns the items in force that have a template, of units in force: a closed unit owes nothing new.
func (s *Service) itemsWithTemplate(ctx context.Context) ([]models.CatalogueItem, error) {
	var items []models.CatalogueItem
	err := s.DB.Read.WithContext(ctx).Joins("Unit").Where(`catalogue_items.retired_at = 0 AND catalogue_items.template_id IS NOT NULL AND "Unit".closed_at = 0`).
		Order("catalogue_items.id").Find(&items).Error
	return items, database.Fault(err)
}

// writeTasks writes the missing tasks of one item, from its first period to the running one.
func (s *Service) writeTasks(tx *gorm.DB, item models.CatalogueItem, calendar *cn.Calendar, w ways) (int, error) {
	versions, err := publishedVersions(tx, *item.TemplateID)
	if err != nil || len(versions) == 0 {
		return 0, err
	}
	var known []models.Period
	if err := tx.Model(&models.FilingTask{}).Where("item_id = ?", item.ID).Pluck("period", &known).Error; err != nil {
		return 0, fmt.Errorf("read periods of %s: %w", item.Code, err)
	}
	written := 0
	for _, period := range periodsSince(item, s.Now()) {
		version := versionFor(versions, period)
		if version == nil || slices.Contains(known, period) {
			continue
		}
		task := newTask(item, period, version.ID, calendar, s.DueHour, s.Now())
		if _, is := w.away(item.Unit.JurisdictionID, task.Month); is && item.Origin != models.OriginCall {
			continue
		}
		if err := tx.Omit("Item", "Unit", "TemplateVersion", "Batches").Create(&task).Error; err != nil {
			return written, fmt.Errorf("write task %s: %w", task.Code, err)
		}
		written++
	}
	return written, nil
}

func publishedVersions(tx *gorm.DB, templateID int64) ([]models.TemplateVersion, error) {
	var versions []models.TemplateVersion
	err := tx.Select("id", "template_id", "no", "effective_from", "status").
		Where("template_id = ? AND status = ?", templateID, models.TemplatePublished).Order("no DESC").Find(&versions).Error
	return versions, err
}

// versionFor returns the newest version in force for the period. Versions come newest first; a period is compared by
// its first day, so that cycles of different length can be told in order. The first version also takes the cycle that is
// running when it comes into force: a yearly register that begins in May is due for its first year.
func versionFor(versions []models.TemplateVersion, p models.Period) *models.TemplateVersion {
	for i := range versions {
		if versions[i].EffectiveFrom == "" || p == "once" || versions[i].EffectiveFrom.First() <= p.First() {
			return &versions[i]
		}
	}
	if n := len(versions); n > 0 && versions[n-1].No == 1 && versions[n-1].EffectiveFrom.First() <= p.Last() {
		return &versions[n-1]
	}
	return nil
}

// periodsSince returns the item's periods from its first to the one that contains now.
func periodsSince(item models.CatalogueItem, now time.Time) []models.Period {
	if item.Cycle == models.CycleOnce {
		return []models.Period{"once"}
	}
	running := models.PeriodAt(item.Cycle, now)
	if item.StartsOn == "" {
		return []models.Period{running.Prev(), running}
	}
	var periods []models.Period
	for p := models.PeriodAt(item.Cycle, item.StartsOn.First().Time()); p != "" && p.First() <= running.First(); p = p.Next() {
		periods = append(periods, p)
	}
	return periods
}

// newTask works out opening, due and lock of a task: it opens on the day after its period, is due DueDays after the
// period's end at the due hour, rolled forward to a working day, and locks LockDays after that. Where the calendar says nothing
// certain of the year yet, the due is provisional: it follows when the notice is out (FollowCalendar).
func newTask(item models.CatalogueItem, p models.Period, versionID int64, calendar *cn.Calendar, hour models.DueHour, now time.Time) models.FilingTask {
	end := p.Last()
	if p == "once" {
		end = models.DayOf(now)
	}
	dueOn := end.AddDays(item.DueDays)
	dueAt := dueAfter(calendar, dueOn, hour)
	lockDays := item.LockDays
	if lockDays == 0 {
		lockDays = defaultLockDays
	}
	return models.FilingTask{
		Code: models.TaskCode(item.Code, p), ItemID: item.ID, UnitID: item.UnitID, Period: p, Month: p.Month(dueAt),
		TemplateVersionID: versionID, OpensAt: end.AddDays(1).At(0, 0), DueOn: dueOn, DueAt: dueAt,
		LockAt: dueAt.Day().AddDays(lockDays).At(24, 0),
	}
}

// dueAfter is when something is due that is reckoned from a day: on it, or on the next working day.
func dueAfter(calendar *cn.Calendar, dueOn models.Day, hour models.DueHour) models.Instant {
	return hour.On(models.Day(cn.FormatDay(calendar.NextWorkday(dueOn.Time()))))
}
