package workflow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/database/migrations"
	"taxportal/internal/fault"
	"taxportal/internal/testdb"
	"taxportal/internal/workflow"
)

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// lending is a small workflow of its own, so that the engine is tried without any of the portal's: a book is asked for,
// lent by a second person, prolonged, brought back.
var lending = workflow.Flow{
	Name: "lending", Label: "借阅",
	States: []workflow.StateDef{
		{State: "asked", Label: "待审批", Waits: workflow.Office, Next: "请办公室审批。"},
		{State: "lent", Label: "借出", Waits: workflow.OwnUnit, Next: "请在 **{due}前**归还。"},
		{State: "back", Label: "已归还", Final: true},
		{State: "lost", Label: "遗失", Final: true},
	},
	Moves: []workflow.Move{
		{Verb: "lend", Label: "借出", From: []workflow.State{"asked"}, To: "lent", Object: "book", Action: "lend", Party: workflow.Office,
			NotBy: []workflow.Verb{"prolong"}, Needs: []workflow.Need{workflow.NeedDue}, Clock: workflow.ClockStart},
		{Verb: "prolong", Label: "续借", From: []workflow.State{"lent"}, To: "lent", Object: "book", Action: "prolong", Party: workflow.OwnUnit,
			Needs: []workflow.Need{workflow.NeedReason, workflow.NeedDue}},
		{Verb: "bring", Label: "归还", From: []workflow.State{"lent"}, To: "back", Object: "book", Action: "bring", Party: workflow.OwnUnit, Clock: workflow.ClockStop},
		{Verb: "lose", Label: "登记遗失", From: []workflow.State{"asked", "lent"}, To: "lost", Party: workflow.System},
	},
}

// book is a record of the test.
type book struct {
	id    int64
	state workflow.State
}

func (b book) FlowID() int64             { return b.id }
func (b book) FlowCode() string          { return "BOOK-1" }
func (b book) FlowState() workflow.State { return b.state }
func (b book) FlowTable() string         { return "test_books" }

var prepared = testdb.Template{
	Name: "workflow-1-" + fingerprint(),
	Prepare: func(ctx context.Context, dsn string) error {
		db, err := database.Open(ctx, dsn, database.Options{Now: func() time.Time { return start }})
		if err != nil {
			return err
		}
		return errors.Join(db.Migrate(ctx), db.Write.Exec("CREATE TABLE test_books (id bigint PRIMARY KEY, state text NOT NULL)").Error, db.Close())
	},
}

func fingerprint() string {
	name, err := testdb.Fingerprint(migrations.FS)
	if err != nil {
		return err.Error()
	}
	return name
}

// world is an engine over a database with one book, which has been asked for.
type world struct {
	*workflow.Engine
	t        *testing.T
	db       *database.DB
	recorded []string // what the audit was given
	refuse   error    // what the audit answers
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	testdb.EachFrom(t, &prepared, func(t *testing.T, dsn string) {
		db, err := database.Open(t.Context(), dsn, database.Options{Now: func() time.Time { return start }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if err := db.Write.Exec("INSERT INTO test_books (id, state) VALUES (1, 'asked')").Error; err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, db: db}
		w.Engine = workflow.New(func() int64 { return start.UnixMilli() }, func(_ *gorm.DB, e workflow.Event, code string) error {
			w.recorded = append(w.recorded, string(e.Verb)+" "+code)
			return w.refuse
		})
		fn(t, w)
	})
}

func allow(string, string) error { return nil }

// later is a due that lies ahead.
var later = start.UnixMilli() + 1

// step is a good step that a test changes.
func step(verb workflow.Verb, state workflow.State, change ...func(*workflow.Step)) workflow.Step {
	s := workflow.Step{
		Flow: &lending, Subject: book{1, state}, Verb: verb, Allowed: allow,
		Actor:   workflow.Actor{AccountID: 7, Name: "赵敏", Post: "领导小组办公室", UnitID: 3},
		Parties: []workflow.Party{workflow.Office, workflow.OwnUnit}, Input: workflow.Input{Reason: "续用", DueAt: later},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

// take applies a step in a transaction of its own.
func (w *world) take(s workflow.Step) (workflow.Event, error) {
	var event workflow.Event
	err := w.db.Tx(w.t.Context(), func(tx *gorm.DB) error {
		var err error
		event, err = w.Apply(tx, s)
		return err
	})
	return event, err
}

// state returns where the book stands.
func (w *world) state() workflow.State {
	w.t.Helper()
	var state string
	if err := w.db.Read.Raw("SELECT state FROM test_books WHERE id = 1").Scan(&state).Error; err != nil {
		w.t.Fatal(err)
	}
	return workflow.State(state)
}

func (w *world) history() []workflow.Event {
	w.t.Helper()
	events, err := workflow.History(w.db.Read, &lending, 1)
	if err != nil {
		w.t.Fatal(err)
	}
	return events
}

func wantKind(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if (kind == 0) != (err == nil) || fault.Of(err) != kind {
		t.Errorf("error %v of kind %d, want kind %d", err, fault.Of(err), kind)
	}
}
