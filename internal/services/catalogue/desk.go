package catalogue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/authz"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/filestore"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// DeskDeps is what Desk works with.
type DeskDeps struct {
	DB      *database.DB
	Guard   *authz.Guard
	Items   *Service
	Files   filestore.Store
	DueHour models.DueHour // until when a due day lasts
	Now     func() time.Time
}

// Desk is where units, the tax authority and the Office meet about the catalogue: proposals to change it, and the Office's
// ad-hoc calls for information (plan 二(二)36).
type Desk struct {
	DeskDeps
	engine *workflow.Engine
}

// NewDesk returns the service.
func NewDesk(d DeskDeps) (*Desk, error) {
	s := &Desk{DeskDeps: d}
	s.engine = workflow.New(func() int64 { return int64(s.now()) }, recordMove)
	return s, errors.Join(models.ProposalFlow.Check(), models.CallFlow.Check())
}

func (s *Desk) now() models.Instant { return models.At(s.Now()) }

// recordMove writes the audit entry of a move as the person's whom the transaction carries.
func recordMove(tx *gorm.DB, e workflow.Event, code string) error {
	actor, ok := tx.Statement.Context.Value(actorKey{}).(models.Actor)
	if !ok {
		actor = models.SystemActor
	}
	return audit.Record(tx, models.Instant(e.At), actor, audit.Entry{
		Object: e.Flow, ObjectID: code, Action: string(e.Verb), From: string(e.FromState), To: string(e.ToState), Reason: e.Reason, Detail: e.Detail,
	})
}

func (s *Desk) tx(ctx context.Context, actor models.Actor, fn func(tx *gorm.DB) error) error {
	return s.DB.Tx(context.WithValue(ctx, actorKey{}, actor), fn)
}

// record writes an audit entry of something that is no move, as the last statement of tx.
func (s *Desk) record(tx *gorm.DB, actor models.Actor, f *workflow.Flow, code, action, reason, detail string) error {
	return audit.Record(tx, s.now(), actor, audit.Entry{Object: f.Name, ObjectID: code, Action: action, Reason: reason, Detail: detail})
}

// inputOf returns what a person gave as the engine takes it.
func (s *Desk) inputOf(in MoveInput) workflow.Input {
	w := workflow.Input{Reason: in.Reason}
	if in.Due.Valid() {
		w.DueAt = int64(s.DueHour.On(in.Due))
	}
	return w
}

// moved refuses a step on a record that stands elsewhere than the page showed.
func (in MoveInput) moved(f *workflow.Flow, code string, now workflow.State) error {
	if in.From == "" || in.From == now {
		return nil
	}
	return fault.New(fault.Conflict, fmt.Sprintf("您打开页面后，%s 已变为“%s”。请核对后再办。", code, f.Describe(now).Label))
}

// sides returns the parties to which the actor belongs for a record of a unit: its own people, and the Office of the area.
func sides(actor models.Actor, unitID int64) []workflow.Party {
	var found []workflow.Party
	if actor.Unit.ID == unitID {
		found = append(found, workflow.OwnUnit)
	}
	if actor.Has(models.RoleOffice) {
		found = append(found, workflow.Office)
	}
	return found
}

// tries is how often a record is numbered anew when two people take the same number at once.
const tries = 3

// numbered runs fn again when somebody else took the number that it wanted.
func numbered(fn func() error) error {
	for n := 1; ; n++ {
		err := fn()
		if n == tries || !errors.Is(err, gorm.ErrDuplicatedKey) {
			return err
		}
	}
}

// nextCode returns the next code of a year: BG-2026-003.
func nextCode(tx *gorm.DB, table, prefix string, now models.Instant) (string, error) {
	stem := fmt.Sprintf("%s-%d-", prefix, now.Time().Year())
	var last []string
	err := tx.Table(table).Where("code LIKE ?", stem+"%").Order("id DESC").Limit(1).Pluck("code", &last).Error
	if err != nil {
		return "", fmt.Errorf("read codes of %s: %w", table, err)
	}
	n := 0
	if len(last) > 0 {
		if _, err := fmt.Sscanf(strings.TrimPrefix(last[0], stem), "%d", &n); err != nil {
			return "", fmt.Errorf("read code %s: %w", last[0], err)
		}
	}
	return fmt.Sprintf("%s%03d", stem, n+1), nil
}

func upper(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }

// DeskTodo is a proposal or a call that waits for the actor, derived from its state and never stored (DESIGN §2).
type DeskTodo struct {
	Flow     *workflow.Flow
	Code     string
	State    workflow.State
	Title    string
	Note     string // why it waits, in one line
	Unit     string // whose it is, for the Office
	Verb     string // the button: 去答复
	DueAt    models.Instant
	Late     bool
	Last     string
	LastAt   models.Instant
	Proposal bool
}

// todoCap bounds each kind of to-do that is read.
const todoCap = 300

// Todos returns the proposals and calls that wait for the actor.
func (s *Desk) Todos(ctx context.Context, actor models.Actor) ([]DeskTodo, error) {
	db := s.DB.Read.WithContext(ctx)
	var todos []DeskTodo
	if s.Guard.Can(actor, "catalogue", "edit") {
		more, err := s.proposalTodos(db, actor)
		if err != nil {
			return nil, err
		}
		todos = append(todos, more...)
	}
	if s.Guard.Can(actor, "call", "view") {
		more, err := s.callTodos(db, actor)
		if err != nil {
			return nil, err
		}
		todos = append(todos, more...)
	}
	return todos, nil
}
