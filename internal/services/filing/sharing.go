package filing

import (
	"fmt"

	"gorm.io/gorm"

	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// ways are how the areas share that do not file through the portal, by the id of the area (plan 二(三), last sentence).
type ways map[int64][]models.SharingMode

func waysOf(tx *gorm.DB) (ways, error) {
	var modes []models.SharingMode
	if err := tx.Where("mode <> ?", models.SharingPortal).Find(&modes).Error; err != nil {
		return nil, fmt.Errorf("read how areas share: %w", err)
	}
	w := ways{}
	for _, m := range modes {
		w[m.JurisdictionID] = append(w[m.JurisdictionID], m)
	}
	return w, nil
}

// away returns how an area shares in a month, and false if it files through the portal.
func (w ways) away(area int64, month string) (models.SharingMode, bool) {
	for _, m := range w[area] {
		if m.FromMonth <= month && (m.ToMonth == "" || month <= m.ToMonth) {
			return m, true
		}
	}
	return models.SharingMode{}, false
}

// FollowSharing makes the tasks that are written already agree with how their areas share: a task of a month in which the
// area goes its own way is taken back, if nothing was filed for it, as exempt with the reason; one that was taken back so is
// owed again when the area returns to the portal for that month. What was filed stays, and so does what people exempted. It
// may run as often as one likes.
func (s *Service) FollowSharing(tx *gorm.DB) error {
	w, err := waysOf(tx)
	if err != nil {
		return err
	}
	if err := s.takeBack(tx, w); err != nil {
		return err
	}
	return s.oweAgain(tx, w)
}

// wasFiled are the states of batches of which the Office has known: no task is taken back beside one.
var wasFiled = []workflow.State{models.BatchSigning, models.BatchFiled, models.BatchReturned, models.BatchEffective, models.BatchSuperseded}

func (s *Service) takeBack(tx *gorm.DB, w ways) error {
	if len(w) == 0 {
		return nil
	}
	areas, first := make([]int64, 0, len(w)), ""
	for area, modes := range w {
		areas = append(areas, area)
		for _, m := range modes {
			if first == "" || m.FromMonth < first {
				first = m.FromMonth
			}
		}
	}
	var tasks []models.FilingTask
	err := tx.Joins("Unit").Joins("Item").Where(`filing_tasks.exempted_at = 0 AND filing_tasks.month >= ? AND "Unit".jurisdiction_id IN ? AND "Item".origin <> ?`,
		first, areas, models.OriginCall).
		Where("NOT EXISTS (SELECT 1 FROM batches b WHERE b.task_id = filing_tasks.id AND b.state IN ?)", wasFiled).
		Order("filing_tasks.id").Find(&tasks).Error
	if err != nil {
		return fmt.Errorf("find tasks of areas that go their own way: %w", err)
	}
	for i := range tasks {
		if m, is := w.away(tasks[i].Unit.JurisdictionID, tasks[i].Month); is {
			if err := s.exemptFor(tx, &tasks[i], m); err != nil {
				return err
			}
		}
	}
	return nil
}

// exemptFor takes one task back. A request for the same that waits for the Office is granted by it.
func (s *Service) exemptFor(tx *gorm.DB, t *models.FilingTask, m models.SharingMode) error {
	reason := "本县自行共享：自" + models.Period(m.FromMonth).Label() + "起" + m.Mode.Label() + "，依据：" + m.Why
	var open []models.Waiver
	err := tx.Where("task_id = ? AND kind = ? AND state IN ?", t.ID, models.WaiverExempt, models.WaiverFlow.WaitingFor(workflow.Office)).Limit(1).Find(&open).Error
	if err != nil {
		return fmt.Errorf("find requests about %s: %w", t.Code, err)
	}
	if len(open) == 0 {
		w, err := s.writeWaiver(tx, models.SystemActor, *t, WaiverInput{Kind: models.WaiverExempt, Reason: reason})
		if err != nil {
			return fmt.Errorf("exempt %s: %w", t.Code, err)
		}
		open = append(open, *w)
	}
	return s.bySystem(tx, &open[0], workflow.Input{Reason: reason}, func(tx *gorm.DB) error {
		return tx.Model(&models.FilingTask{}).Where("id = ?", t.ID).Update("exempted_at", s.now()).Error
	})
}

// bySystem grants a waiver because of how the area shares.
func (s *Service) bySystem(tx *gorm.DB, w *models.Waiver, in workflow.Input, also func(*gorm.DB) error) error {
	_, err := s.engine.Apply(tx, workflow.Step{Flow: &models.WaiverFlow, Subject: w, Verb: models.VerbFollowSharing,
		Actor: workflow.Actor{Name: models.SystemActor.Name, Post: "自动办理"}, Input: in, Also: also})
	return err
}

// byPeople is true of tasks that two people of the Office exempted.
const byPeople = `EXISTS (SELECT 1 FROM waivers w JOIN flow_events e ON e.flow = 'waiver' AND e.record_id = w.id AND e.verb = 'confirm'
	WHERE w.task_id = filing_tasks.id AND w.kind = 'exempt' AND w.state = 'granted')`

// bySharing is true of tasks that were taken back because of how their area shared.
const bySharing = `filing_tasks.id IN (SELECT w.task_id FROM waivers w JOIN flow_events e ON e.flow = 'waiver' AND e.record_id = w.id
	AND e.verb = 'follow_sharing')`

func (s *Service) oweAgain(tx *gorm.DB, w ways) error {
	var tasks []models.FilingTask
	err := tx.Joins("Unit").Where("filing_tasks.exempted_at <> 0 AND " + bySharing + " AND NOT " + byPeople).Order("filing_tasks.id").Find(&tasks).Error
	if err != nil {
		return fmt.Errorf("find tasks that were taken back: %w", err)
	}
	for _, t := range tasks {
		if _, is := w.away(t.Unit.JurisdictionID, t.Month); is {
			continue
		}
		if err := tx.Model(&models.FilingTask{}).Where("id = ?", t.ID).Update("exempted_at", 0).Error; err != nil {
			return fmt.Errorf("owe %s again: %w", t.Code, err)
		}
		const text = "本县（市、区）恢复使用市级平台报送，本期不再免报，请按期报送。"
		message := models.TaskMessage{TaskID: t.ID, Author: models.SystemActor.Name, Post: "自动办理", Office: true, Text: text, At: s.now()}
		if err := tx.Create(&message).Error; err != nil {
			return fmt.Errorf("tell that %s is owed again: %w", t.Code, err)
		}
		if err := s.record(tx, models.SystemActor, t.Code, "owe_again", text, ""); err != nil {
			return err
		}
	}
	return nil
}
