package filing

import (
	"fmt"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// seen is a record as somebody's page showed it, who now wants to take a move on it.
type seen struct {
	flow   *workflow.Flow
	record workflow.Subject
	name   string // 批次, 申请
	actor  models.Actor
}

// stale says, to whoever acts on a page that time has overtaken, how the record stands now, who brought it there and when.
// Whoever may see the record may read that in its history, too.
func (s *Service) stale(db *gorm.DB, v seen) error {
	return fault.New(fault.Conflict, fmt.Sprintf("您打开页面后，%s %s 已变为“%s”%s。请核对后再办。", v.name, v.record.FlowCode(),
		v.flow.Describe(v.record.FlowState()).Label, s.lastWords(db, v)))
}

// asSeen refuses to act on a batch to which anything has happened since the page: its state alone would not tell, because a
// batch that was withdrawn, changed and submitted again stands where it stood. nil is not asked.
func (s *Service) asSeen(db *gorm.DB, v seen, event *int64) error {
	if event == nil {
		return nil
	}
	if *event < 0 {
		return fault.New(fault.Conflict, fmt.Sprintf("页面不完整，看不出您核对的是%s %s 的哪一步。请重新打开，核对后再办。", v.name, v.record.FlowCode()))
	}
	last, err := lastSteps(db, []int64{v.record.FlowID()})
	if err != nil {
		return err
	}
	if last[v.record.FlowID()] == *event {
		return nil
	}
	var then workflow.Event
	err = db.Where("flow = ? AND record_id = ? AND id = ?", v.flow.Name, v.record.FlowID(), *event).Limit(1).Find(&then).Error
	if err != nil || then.ToState != v.record.FlowState() {
		return s.stale(db, v)
	}
	return fault.New(fault.Conflict, fmt.Sprintf("您打开页面后，%s %s 有过变动，现在又是“%s”%s。请核对后再办。", v.name, v.record.FlowCode(),
		v.flow.Describe(v.record.FlowState()).Label, s.lastWords(db, v)))
}

// lastSteps returns the id of the last event of each batch that has one.
func lastSteps(db *gorm.DB, batches []int64) (map[int64]int64, error) {
	last := make(map[int64]int64, len(batches))
	err := database.InChunks(batches, func(ids []int64) error {
		var rows []struct{ RecordID, Last int64 }
		err := db.Model(&workflow.Event{}).Select("record_id, max(id) AS last").
			Where("flow = ? AND record_id IN ?", models.FilingFlow.Name, ids).Group("record_id").Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read last steps: %w", err)
		}
		for _, r := range rows {
			last[r.RecordID] = r.Last
		}
		return nil
	})
	return last, err
}

// late says the same to whoever wants a move that the record's state no longer offers.
func (s *Service) late(db *gorm.DB, v seen, move workflow.Move) error {
	return fault.New(fault.Conflict, fmt.Sprintf("没有%s：%s %s 现在的状态是“%s”%s。请核对后再办。", move.Label, v.name, v.record.FlowCode(),
		v.flow.Describe(v.record.FlowState()).Label, s.lastWords(db, v)))
}

// explainLate puts the words of late in place of a refusal for which the record's state was the reason. Any other answer
// stays as it is: permission is asked before the state is told.
func (s *Service) explainLate(db *gorm.DB, v seen, verb workflow.Verb, err error) error {
	move, known := v.flow.Move(verb)
	if !known || !fault.Is(err, fault.Conflict) {
		return err
	}
	if _, open := v.flow.Next(v.record.FlowState(), verb); open == nil {
		return err
	}
	return s.late(db, v, move)
}

// lastWords names who took a record's last step, and when: （赵敏 11月10日（周二）09:00 受理）. It is empty for a record without
// steps, and where the history cannot be read: then the refusal is told without it.
func (s *Service) lastWords(db *gorm.DB, v seen) string {
	var last workflow.Event
	err := db.Where("flow = ? AND record_id = ?", v.flow.Name, v.record.FlowID()).Order("id DESC").Limit(1).Find(&last).Error
	if err != nil || last.ID == 0 {
		return ""
	}
	move, _ := v.flow.Move(last.Verb)
	who, label := last.ActorName, move.Label
	switch {
	case last.ActorID == v.actor.AccountID && last.ActorID != 0:
		who = "您"
	case last.Verb == models.VerbReplace:
		var next models.Batch
		err := db.Select("code", "created_name").Where("task_id = (SELECT task_id FROM batches WHERE id = ?) AND id > ?", last.RecordID, last.RecordID).
			Order("id").Limit(1).Find(&next).Error
		if err == nil && next.Code != "" {
			who, label = next.CreatedName, "重新上传，批次 "+next.Code
		}
	}
	return fmt.Sprintf("（%s %s %s）", who, cnDue(models.Instant(last.At)), label)
}
