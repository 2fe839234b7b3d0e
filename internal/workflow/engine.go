package workflow

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
)

// Actor is who takes a move, as far as the engine must know.
type Actor struct {
	AccountID int64  // 0 for the portal itself
	Name      string // 王静
	Post      string // 市住房城乡建设局 · 信息联络员
	UnitID    int64
	Addr      string // network address, for the audit
}

// Subject is a record that has a workflow.
type Subject interface {
	FlowID() int64
	FlowCode() string // what people call it: ZJJ-02-202610-1
	FlowState() State
	FlowTable() string // its table; the state stands in the column "state"
}

// Event is one taken move: the history of a record, append-only.
type Event struct {
	ID        int64  `gorm:"primaryKey"`
	Flow      string // the flow's name
	RecordID  int64
	Verb      Verb
	FromState State
	ToState   State
	ActorID   int64
	ActorName string
	ActorPost string
	UnitID    int64
	Reason    string
	DueAt     int64 // milliseconds UTC; 0 = none set by this move
	Clock     Clock
	Detail    string // what the system found, for its own moves
	At        int64  // milliseconds UTC
}

// TableName is where events stand.
func (Event) TableName() string { return "flow_events" }

// Input is what a person gives with a move.
type Input struct {
	Reason string
	DueAt  int64 // milliseconds UTC
	Detail string
}

// Step is one move about to be taken.
type Step struct {
	Flow    *Flow
	Subject Subject
	Verb    Verb
	Actor   Actor
	Allowed func(object, action string) error // asks the policy; nil only for the portal itself
	Parties []Party                           // the parties to which the actor belongs for this record
	Input   Input
	Also    func(tx *gorm.DB) error // further writes of the same step, before the audit entry
}

// Engine applies moves.
type Engine struct {
	now    func() int64
	record func(tx *gorm.DB, e Event, code string) error
}

// New returns an engine that takes the time from now (milliseconds UTC) and writes audit entries with record.
func New(now func() int64, record func(tx *gorm.DB, e Event, code string) error) *Engine {
	return &Engine{now: now, record: record}
}

// Apply takes the step within the caller's transaction: it asks the table, the policy, the party, the four-eyes rule
// and the needs, moves the state by compare-and-swap, appends the event, runs Also and writes the audit entry last.
//
// Permission is asked before the state is told. Returns fault.Forbidden if the actor may not take the step,
// fault.Conflict if the record has moved on, fault.Invalid with field messages if something needed is missing.
func (e *Engine) Apply(tx *gorm.DB, s Step) (Event, error) {
	move, ok := s.Flow.Move(s.Verb)
	if !ok {
		return Event{}, fault.New(fault.NotFound, "没有这一步。")
	}
	if err := e.permit(tx, s, move); err != nil {
		return Event{}, err
	}
	if _, err := s.Flow.Next(s.Subject.FlowState(), s.Verb); err != nil {
		return Event{}, err
	}
	if err := missing(move, s.Input, e.now()); err != nil {
		return Event{}, err
	}
	if err := swap(tx, s, move); err != nil {
		return Event{}, err
	}
	event := Event{
		Flow: s.Flow.Name, RecordID: s.Subject.FlowID(), Verb: move.Verb,
		FromState: s.Subject.FlowState(), ToState: move.To,
		ActorID: s.Actor.AccountID, ActorName: s.Actor.Name, ActorPost: s.Actor.Post, UnitID: s.Actor.UnitID,
		Reason: strings.TrimSpace(s.Input.Reason), DueAt: s.Input.DueAt, Clock: move.Clock, Detail: s.Input.Detail,
		At: e.now(),
	}
	if err := tx.Create(&event).Error; err != nil {
		return Event{}, fmt.Errorf("append %s event: %w", s.Flow.Name, err)
	}
	if s.Also != nil {
		if err := s.Also(tx); err != nil {
			return Event{}, err
		}
	}
	return event, e.record(tx, event, s.Subject.FlowCode())
}

// permit asks policy, party and the four-eyes rule.
func (e *Engine) permit(tx *gorm.DB, s Step, move Move) error {
	if move.Party == System {
		if s.Actor.AccountID != 0 {
			return fault.New(fault.Forbidden, "这一步由系统自动办理。")
		}
		return nil
	}
	if s.Allowed == nil {
		return fmt.Errorf("%s %s: no policy given", s.Flow.Name, move.Verb)
	}
	if err := s.Allowed(move.Object, move.Action); err != nil {
		return err
	}
	if !slices.Contains(s.Parties, move.Party) {
		return fault.New(fault.Forbidden, "您所在的单位不能办理这一步。")
	}
	if len(move.NotBy) == 0 {
		return nil
	}
	var last Event
	err := tx.Where("flow = ? AND record_id = ? AND verb IN ?", s.Flow.Name, s.Subject.FlowID(), move.NotBy).
		Order("id DESC").Limit(1).Find(&last).Error
	if err != nil {
		return fmt.Errorf("find the step before: %w", err)
	}
	if last.ActorID == s.Actor.AccountID && last.ID != 0 {
		before, _ := s.Flow.Move(last.Verb)
		return fault.New(fault.Forbidden, fmt.Sprintf("%s须由另一人办理：“%s”是您本人办的。", move.Label, before.Label))
	}
	return nil
}

// missing reports needs that the input does not meet.
func missing(move Move, in Input, now int64) error {
	var form fault.Form
	if move.Requires(NeedReason) {
		form.Require("reason", "理由", strings.TrimSpace(in.Reason))
	}
	if len([]rune(in.Reason)) > 2000 {
		form.Add("reason", "理由最多 2000 字。")
	}
	if move.Requires(NeedDue) {
		switch {
		case in.DueAt == 0:
			form.Add("due", "请填写期限。")
		case in.DueAt <= now:
			form.Add("due", "期限应晚于现在。")
		}
	}
	return form.Err()
}

// swap writes the new state if the record still stands where the actor saw it.
func swap(tx *gorm.DB, s Step, move Move) error {
	res := tx.Table(s.Subject.FlowTable()).
		Where("id = ? AND state = ?", s.Subject.FlowID(), s.Subject.FlowState()).
		Update("state", move.To)
	if res.Error != nil {
		return fmt.Errorf("%s %s: %w", move.Verb, s.Subject.FlowCode(), res.Error)
	}
	if res.RowsAffected == 0 {
		return fault.New(fault.Conflict, "没有"+move.Label+"：刚刚已由他人办理。请刷新页面后再看。")
	}
	return nil
}

// Offered returns the moves that the actor may take now, in the order of the table: the buttons of a page.
// The four-eyes rule is asked of history, newest last, so that a page and Apply agree.
func Offered(f *Flow, state State, parties []Party, allow func(object, action string) bool, actorID int64, history []Event) []Move {
	var offered []Move
	for _, m := range f.Open(state) {
		if slices.Contains(parties, m.Party) && allow(m.Object, m.Action) && !tookLatest(history, m.NotBy, actorID) {
			offered = append(offered, m)
		}
	}
	return offered
}

func tookLatest(history []Event, verbs []Verb, actorID int64) bool {
	for i := len(history) - 1; i >= 0; i-- {
		if slices.Contains(verbs, history[i].Verb) {
			return history[i].ActorID == actorID
		}
	}
	return false
}

// History returns the events of a record, oldest first.
func History(db *gorm.DB, f *Flow, recordID int64) ([]Event, error) {
	var events []Event
	err := db.Where("flow = ? AND record_id = ?", f.Name, recordID).Order("id").Find(&events).Error
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return events, nil
}
