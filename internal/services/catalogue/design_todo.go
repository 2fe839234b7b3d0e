package catalogue

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// DesignTodo is a design that waits for the actor, derived from its state and never stored (DESIGN §2).
type DesignTodo struct {
	Design models.Design
	Units  []string
	Verb   string // the button: 去发布
	Note   string // why it waits
	DueAt  models.Instant
}

// Todos returns the designs that wait for the actor: for the Office what a second person may publish, what has open
// comments or has been commented on long enough, and the own drafts; for units and the tax authority what they have not
// spoken on.
func (s *Designs) Todos(ctx context.Context, actor models.Actor) ([]DesignTodo, error) {
	if !s.Guard.Can(actor, "template", "design") && !s.Guard.Can(actor, "template", "comment") {
		return nil, nil
	}
	db := s.DB.Read.WithContext(ctx)
	var designs []models.Design
	err := db.Omit("definition", "repeats").Scopes(visible(actor)).Where("state IN ?", openStates).Order("id").Limit(database.MaxPageSize).Find(&designs).Error
	if err != nil || len(designs) == 0 {
		return nil, database.Fault(err)
	}
	rows, err := designRows(db, designs)
	if err != nil {
		return nil, database.Fault(err)
	}
	mine, err := own(db, actor, designs)
	if err != nil {
		return nil, database.Fault(err)
	}
	var todos []DesignTodo
	for _, r := range rows {
		todo := DesignTodo{Design: r.Design, Units: r.Units}
		if s.Guard.Can(actor, "template", "design") {
			todo.Verb, todo.Note = s.officeStep(actor, r, mine)
		} else if r.Design.State == models.DesignCommenting && !mine.spoken[r.Design.ID] && s.now() <= r.Design.CommentDue {
			todo.Verb, todo.Note, todo.DueAt = "提意见", "请对口径、标准和字段提出意见；没有不同意见的也请答复", r.Design.CommentDue
		}
		if todo.Verb != "" {
			todos = append(todos, todo)
		}
	}
	return todos, database.Fault(named(db, todos))
}

// named reads the definitions of those designs that wait, which every page asks for.
func named(db *gorm.DB, todos []DesignTodo) error {
	if len(todos) == 0 {
		return nil
	}
	ids := make([]int64, len(todos))
	for i, t := range todos {
		ids[i] = t.Design.ID
	}
	var found []models.Design
	if err := db.Select("id", "definition").Where("id IN ?", ids).Find(&found).Error; err != nil {
		return fmt.Errorf("read designs that wait: %w", err)
	}
	for _, d := range found {
		todos[slices.Index(ids, d.ID)].Design.Definition = d.Definition
	}
	return nil
}

// officeStep says what a design waits for at this person of the Office, "" for nothing.
func (s *Designs) officeStep(actor models.Actor, r DesignRow, mine ownSteps) (verb, note string) {
	d := r.Design
	switch {
	case d.State == models.DesignReady && !mine.handed[d.ID]:
		return "去发布", "已由办公室另一人提交，请核对后发布或退回"
	case d.State == models.DesignCommenting && r.Open > 0:
		return "去答复", fmt.Sprintf("%d 条意见待答复", r.Open)
	case d.State == models.DesignCommenting && s.now() > d.CommentDue:
		return "去提交", "征求意见已截止"
	case d.State == models.DesignDraft && d.CreatedBy == actor.AccountID:
		return "去起草", "草稿还没有送出征求意见"
	}
	return "", ""
}

// ownSteps is what the actor or the actor's unit has done on designs.
type ownSteps struct {
	handed map[int64]bool // handed over by the actor, last
	spoken map[int64]bool // commented on by the actor's unit since it was last sent out
}

func own(db *gorm.DB, actor models.Actor, designs []models.Design) (ownSteps, error) {
	steps := ownSteps{handed: map[int64]bool{}, spoken: map[int64]bool{}}
	ids := make([]int64, len(designs))
	for i, d := range designs {
		ids[i] = d.ID
	}
	var events []struct{ RecordID, ActorID int64 }
	err := db.Raw(`SELECT record_id, actor_id FROM flow_events WHERE flow = ? AND verb = ? AND record_id IN ? ORDER BY id`,
		models.TemplateFlow.Name, models.VerbHandOver, ids).Scan(&events).Error
	if err != nil {
		return steps, fmt.Errorf("find who handed over: %w", err)
	}
	for _, e := range events {
		steps.handed[e.RecordID] = e.ActorID == actor.AccountID
	}
	var spoken []int64
	err = db.Raw(`SELECT DISTINCT c.design_id FROM template_comments c JOIN template_designs d ON d.id = c.design_id
		WHERE c.design_id IN ? AND c.unit_id = ? AND c.at >= d.shown_at`, ids, actor.Unit.ID).Scan(&spoken).Error
	if err != nil {
		return steps, fmt.Errorf("find own comments: %w", err)
	}
	for _, id := range spoken {
		steps.spoken[id] = true
	}
	return steps, nil
}
