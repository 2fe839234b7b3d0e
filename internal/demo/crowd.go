package demo

import (
	"context"
	"hash/fnv"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/filing"
	"taxportal/seed"
	rows "taxportal/seed/demo"
)

// The crowd are all items but the three whose story is told by hand (plot.go): each period of theirs goes one of the ways
// below, the same way every time the demo is loaded.

// way is what happens to one task.
type way int

const (
	wayOnTime way = iota
	wayNil
	wayLate
	wayReturned
	wayCorrected
	wayExempt
	wayMissing
)

// chances are the ways of a hundred tasks; an item for which nil is normal goes nil besides in every second period.
var chances = []struct {
	way  way
	upTo int
}{{wayOnTime, 74}, {wayNil, 79}, {wayLate, 86}, {wayReturned, 91}, {wayCorrected, 92}, {wayExempt, 93}, {wayMissing, 100}}

func wayOf(item seed.Item, draw int) way {
	if item.NilNormal && draw%2 == 0 {
		return wayNil
	}
	for _, c := range chances {
		if draw < c.upTo {
			return c.way
		}
	}
	return wayOnTime
}

// draw is a number from 0 to 99 that follows from the text alone.
func draw(text string) int {
	h := fnv.New32a()
	h.Write([]byte(text))
	return int(h.Sum32() % 100)
}

// formats are how units send their registers.
var formats = []string{"xlsx", "csv", "gb18030"}

// crowd plans the filings of all other items for the periods that ended since first.
func (s *story) crowd(first models.Period, now time.Time, told map[string]bool) {
	for _, item := range s.plan.Items {
		if item.Template == "" || told[item.Code] || item.Cycle == models.CycleOnce {
			continue
		}
		for p := models.PeriodAt(item.Cycle, first.First().Time()); p.Last().At(24, 0).Time().Before(now); p = p.Next() {
			if item.Code == mending && p == s.newest {
				s.returned(register{item: item.Code, template: item.Template, period: p, format: "csv", name: item.Name, rows: 9}, now)
				continue
			}
			code := models.TaskCode(item.Code, p)
			r := register{item: item.Code, template: item.Template, period: p, format: formats[draw(item.Unit)%len(formats)], name: item.Name,
				rows: 4 + draw(item.Code)%14 + draw(code)%3}
			if item.Code == twin {
				r = r.spoiled(otherwise)
			}
			s.goesWay(item, r, wayOf(item, draw(code)))
		}
	}
}

// twin is the item in which a second unit files the same matter as zjj-02: the same permits, of which two are told
// otherwise (plan 二(二)8 and 20).
const twin = "xzsp-05"

// otherwise changes what a second unit may well know differently.
func otherwise(sheet *rows.Sheet) {
	for i, change := range []struct{ field, add string }{{"address", "（以审批件为准）"}, {"developer_name", "（更名前）"}} {
		if i < len(sheet.Rows) {
			sheet.Set(i, change.field, sheet.Get(i, change.field)+change.add)
		}
	}
}

// mending is the item whose newest register the Office has just returned.
const mending = "swj-01"

// returned plans a register that was returned within the last day and has still to be mended.
func (s *story) returned(r register, now time.Time) {
	task, unit := r.task(), s.crew[r.unit()]
	at := s.lately(now, 6)
	s.on(at(1), "upload "+task, func() error { return s.upload(r, models.BatchClean) })
	s.on(at(2), "submit "+task, func() error { return s.move(unit.liaison, task, models.VerbSubmit, filing.MoveInput{}) })
	s.on(at(3), "sign "+task, func() error { return s.move(unit.chief, task, models.VerbSign, filing.MoveInput{}) })
	s.on(at(4), "return "+task, func() error {
		return s.move("office", task, models.VerbReturn, filing.MoveInput{Reason: "缺少本期认定的个体工商户，请补齐后重新报送。", Due: models.DayOf(now).AddDays(5)})
	})
}

// goesWay plans one task's way.
func (s *story) goesWay(item seed.Item, r register, w way) {
	task, day := r.task(), 4+draw("day "+r.task())*(item.DueDays-6)/100
	switch w {
	case wayOnTime:
		s.files(r, day)
	case wayNil:
		s.on(onDay(r.period, day, 9, 5), "nil "+task, func() error { return s.nothing(task, "本期没有发生，经办科室已核对。") })
		s.goes(task, r.period, day)
	case wayLate:
		s.files(r, item.DueDays+3+day%5)
	case wayReturned:
		s.files1(r, day)
		s.on(onDay(r.period, day+1, 15, 0), "return "+task, func() error {
			return s.move("office", task, models.VerbReturn, filing.MoveInput{Reason: "与上期相比行数偏少，请核对是否漏报后重新报送。", Due: r.period.Last().AddDays(day + 12)})
		})
		r.rows += 3
		s.files(r, day+6)
	case wayCorrected:
		s.files(r, day)
		s.on(onDay(r.period, day+4, 9, 0), "correct "+task, func() error {
			return s.waive(task, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "单位来函说明一行数据有误，需要更正。"}, true)
		})
		r.rows++
		s.files(r, day+5)
	case wayExempt:
		s.on(onDay(r.period, 3, 10, 0), "exempt "+task, func() error {
			return s.waive(task, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "业务系统升级停机，本期数据并入下期报送。"}, true)
		})
	case wayMissing:
	}
}

// files1 plans an upload, its submission and signature, without the Office's answer.
func (s *story) files1(r register, day int) {
	s.on(onDay(r.period, day, 9, 40), "upload "+r.task(), func() error { return s.upload(r, models.BatchClean) })
	s.submits(r.task(), r.period, day)
}

// createCrowd gives every unit that files a liaison and a chief, where the demo's accounts have none: liaison.jt,
// chief.jt. Their names are invented.
func createCrowd(ctx context.Context, p *portal.Portal, plan *seed.Plan, pool *rows.Pool) (map[string]people, error) {
	crew := map[string]people{}
	for _, a := range Accounts {
		who := crew[a.Unit]
		for _, role := range a.Roles {
			switch role {
			case models.RoleLiaison:
				who.liaison = a.Username
			case models.RoleChief:
				who.chief = a.Username
			}
		}
		crew[a.Unit] = who
	}
	var more []Account
	add := func(username, unit string, role models.Role) string {
		person := pool.People[(len(more)*37+11)%len(pool.People)]
		more = append(more, Account{Username: username, Name: person.Name, Unit: unit, Roles: []models.Role{role}})
		return username
	}
	for _, item := range plan.Items {
		who := crew[item.Unit]
		if item.Template == "" || who.liaison != "" && who.chief != "" {
			continue
		}
		if who.liaison == "" {
			who.liaison = add("liaison."+item.Unit, item.Unit, models.RoleLiaison)
		}
		if who.chief == "" {
			who.chief = add("chief."+item.Unit, item.Unit, models.RoleChief)
		}
		crew[item.Unit] = who
	}
	return crew, createAll(ctx, p, more, 2000)
}

// people are the accounts by which a unit files.
type people struct{ liaison, chief string }
