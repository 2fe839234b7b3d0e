package demo

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
	"taxportal/seed"
	rows "taxportal/seed/demo"
)

// story is what happened in the demo's six months. Its methods plan events; the events drive the services.
type story struct {
	*portal.Portal
	ctx       context.Context
	pool      *rows.Pool
	newest    models.Period // the newest period that is over, so open
	plan      *seed.Plan
	templates map[string]models.Definition
	crew      map[string]people // by unit
	actors    map[string]models.Actor
	hours     hours
	events    []event
}

// actor returns the person behind a demo account.
func (s *story) actor(username string) (models.Actor, error) {
	if a, ok := s.actors[username]; ok {
		return a, nil
	}
	a, err := actor(s.ctx, s.Portal, username)
	s.actors[username] = a
	return a, err
}

// on plans an event.
func (s *story) on(at time.Time, what string, do func() error) {
	s.events = append(s.events, event{at: at, what: what, do: do})
}

// bySystem plans an event that is nobody's step.
func (s *story) bySystem(at time.Time, what string, do func() error) {
	s.events = append(s.events, event{at: at, what: what, do: do, system: true})
}

// onDay returns a moment of the n-th day after a period's end.
func onDay(p models.Period, day, hour, minute int) time.Time {
	return p.Last().AddDays(day).At(hour, minute).Time()
}

// register is what a unit files in one upload.
type register struct {
	item     string // zjj-02
	template string // empty: that of the item's own code
	period   models.Period
	rows     int
	format   string // csv, gb18030, xlsx
	name     string // of the file, without its ending
	spoil    func(*rows.Sheet)
}

func (r register) task() string { return models.TaskCode(r.item, r.period) }
func (r register) unit() string { return unitOf(r.task()) }

// form is the code of the register's template.
func (r register) form() string { return cmp.Or(r.template, r.item) }

// upload files a register and works its check, which must end in the state.
func (s *story) upload(r register, want workflow.State) error {
	liaison, err := s.actor(s.crew[r.unit()].liaison)
	if err != nil {
		return err
	}
	sheet, err := rows.Make(s.pool, s.templates[r.form()], r.period, r.rows)
	if err != nil {
		return err
	}
	if r.spoil != nil {
		r.spoil(sheet)
	}
	name, content, err := r.file(sheet)
	if err != nil {
		return err
	}
	kept, err := s.Filing.Keep(s.ctx, name, bytes.NewReader(content))
	if err != nil {
		return err
	}
	b, err := s.Filing.Upload(s.ctx, liaison, r.task(), []filing.UploadedFile{kept})
	if err != nil {
		return err
	}
	if err := s.Filing.RunCheck(s.ctx, b.Code); err != nil {
		return err
	}
	page, err := s.Filing.Page(s.ctx, liaison, "", b.Code)
	if err == nil && r.template != "" && page.Batch.State == models.BatchWarnings { // a jump against the last period, in small registers
		return s.explain(r.task(), "经与业务科室核对，数据无误，属正常波动。")
	}
	if err == nil && page.Batch.State != want {
		err = fmt.Errorf("%s is %s, not %s: %s", b.Code, page.Batch.State, want, page.Batch.Trouble)
	}
	return err
}

// file returns the register in its form.
func (r register) file(sheet *rows.Sheet) (name string, content []byte, err error) {
	name = fmt.Sprintf("%s%s", r.name, strings.TrimSuffix(r.period.Label(), "期"))
	switch r.format {
	case "xlsx":
		content, err = sheet.XLSX()
		return name + ".xlsx", content, err
	case "gb18030":
		return name + ".csv", sheet.GB18030(), nil
	}
	return name + ".csv", sheet.CSV(), nil
}

// current returns the code of the batch that a task's page speaks of.
func (s *story) current(task string) (string, error) {
	office, err := s.actor("office")
	if err != nil {
		return "", err
	}
	page, err := s.Filing.Page(s.ctx, office, task, "")
	if err != nil {
		return "", err
	}
	if page.Batch == nil {
		return "", fmt.Errorf("%s has no batch", task)
	}
	return page.Batch.Code, nil
}

// move takes a move on the current batch of a task.
func (s *story) move(username, task string, verb workflow.Verb, in filing.MoveInput) error {
	who, err := s.actor(username)
	if err != nil {
		return err
	}
	code, err := s.current(task)
	if err != nil {
		return err
	}
	return s.Filing.Move(s.ctx, who, code, verb, in)
}

// explain explains every warning of the current batch by rule.
func (s *story) explain(task, text string) error {
	liaison, err := s.actor(s.crew[unitOf(task)].liaison)
	if err != nil {
		return err
	}
	page, err := s.Filing.Page(s.ctx, liaison, task, "")
	if err != nil {
		return err
	}
	for _, r := range page.Rules {
		if err := s.Filing.Explain(s.ctx, liaison, page.Batch.Code, filing.ExplainInput{Rule: r.ID, Text: text}); err != nil {
			return err
		}
	}
	return nil
}

// nothing declares a nil return.
func (s *story) nothing(task, reason string) error {
	liaison, err := s.actor(s.crew[unitOf(task)].liaison)
	if err != nil {
		return err
	}
	_, err = s.Filing.DeclareNil(s.ctx, liaison, task, reason)
	return err
}

// waive raises a waiver as one person of the Office and, if confirmed, confirms it as the other.
func (s *story) waive(task string, in filing.WaiverInput, confirmed bool) error {
	first, err := s.actor("office")
	if err != nil {
		return err
	}
	second, err := s.actor("office2")
	if err != nil {
		return err
	}
	w, err := s.Filing.RaiseWaiver(s.ctx, first, task, in)
	if err != nil || !confirmed {
		return err
	}
	return s.Filing.MoveWaiver(s.ctx, second, w.Code, models.VerbConfirm, filing.MoveInput{})
}

func (s *story) say(username, task, text string) error {
	who, err := s.actor(username)
	if err != nil {
		return err
	}
	return s.Filing.Say(s.ctx, who, task, text)
}
