package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/services/directory"
)

// content plans what happens beside the filings: the catalogue and its proposals, calls for information, templates on
// their way, machines that file, the calendar, the organisation. It comes last, because some of it takes the place of what
// the crowd would do.
func (s *story) content(periods []models.Period, now time.Time) {
	s.items(periods, now)
	s.calls(periods, now)
	s.designs(periods, now)
	s.machines(periods)
	s.figures(periods[0], now)
	s.directory(periods, now)
	s.handovers(now)
}

// in returns a moment of the n-th day of a month, from 1.
func in(month models.Period, day, hour, minute int) time.Time {
	return month.First().AddDays(day-1).At(hour, minute).Time()
}

// serves reports whether the loaded plan has the item with a template: tests load small plans.
func (s *story) serves(item string) bool {
	for _, i := range s.plan.Items {
		if i.Code == item {
			return i.Template != ""
		}
	}
	return false
}

// retell takes away what was planned for a task, so that it can be told otherwise.
func (s *story) retell(task string) {
	s.events = slices.DeleteFunc(s.events, func(e event) bool { return strings.HasSuffix(e.what, " "+task) })
}

// as plans a step of a person.
func (s *story) as(username string, at time.Time, what string, do func(ctx context.Context, who models.Actor) error) {
	s.on(at, what, func() error {
		who, err := s.actor(username)
		if err != nil {
			return err
		}
		return do(s.ctx, who)
	})
}

// directory plans changes of the organisation and of the calendar.
func (s *story) directory(periods []models.Period, now time.Time) {
	s.as("office", in(periods[2], 9, 10, 10), "address of zrzy", func(ctx context.Context, who models.Actor) error {
		u, err := s.Directory.Unit(ctx, "zrzy")
		if err != nil {
			return err
		}
		return s.Directory.EditUnit(ctx, who, u.Code, directory.UnitInput{Name: u.Name, FullName: u.FullName, Affiliation: u.Affiliation,
			TaxAuthority: u.TaxAuthority, From: u.ValidFrom, Phone: u.Phone, Address: "聊城市示范大道 66 号政务服务中心二期", Version: u.Version,
			Why: "单位来函：办公地址搬迁，联系电话不变。"})
	})
	s.as("office", in(periods[3], 6, 15, 10), "head of zjj", s.newHead)
	s.as("office", s.hours.back(now, 7*time.Hour), "calendar", func(ctx context.Context, who models.Actor) error {
		return s.closeDueDay(ctx, who, models.DayOf(now))
	})
}

// newHead names a new head of 住房城乡建设局, whose seat in the leading group follows the post.
func (s *story) newHead(ctx context.Context, who models.Actor) error {
	page, err := s.Directory.GroupPage(ctx, who, "371500")
	if err != nil {
		return err
	}
	for _, seat := range page.Seats {
		if seat.Post.Unit == nil || seat.Post.Unit.Code != "zjj" {
			continue
		}
		return s.Directory.SetHolder(ctx, who, "371500", seat.ID, directory.HolderInput{Name: s.pool.People[707].Name, From: models.DayOf(s.Config.Now()),
			Version: page.Group.Version})
	}
	return fmt.Errorf("no seat of zjj")
}

// closeDueDay makes the day on which the next register of presale permits is due a day off, so that what is due on it
// moves. It must not be over at the end of the story: its people do not know of it.
func (s *story) closeDueDay(ctx context.Context, who models.Actor, today models.Day) error {
	due := models.Day("")
	for p := s.newest; due <= today; p = p.Next() {
		page, err := s.Filing.Page(ctx, who, models.TaskCode(permits.item, p), "")
		if err != nil {
			return err
		}
		due = page.Task.DueAt.Day()
	}
	year, err := s.Calendar.Year(ctx, who, due.Time().Year())
	if err != nil {
		return err
	}
	_, err = s.Calendar.ChangeDay(ctx, who, directory.DayInput{Day: due, Mark: models.DayOff, Name: "政务云割接停机", Revision: year.Revision,
		Reason: "市政务云整体割接，当日全市政务外网停用，到期的报送顺延一个工作日", Source: "市政府办公室关于政务云割接停机安排的通知（演示）"})
	return err
}

// join enters a unit that is not on the plan's lists, with its people and its 对接人, so that the Office can call on it.
func (s *story) join(ctx context.Context, who models.Actor, in directory.UnitInput, list []Account) error {
	u, err := s.Directory.CreateUnit(ctx, who, in)
	if err != nil {
		return err
	}
	contact := directory.ContactInput{Username: who.Username, From: models.DayOf(s.Config.Now()), Version: u.Version}
	if err := s.Directory.SetContact(ctx, who, u.Code, contact); err != nil {
		return err
	}
	return createAll(ctx, s.Portal, list, 3000)
}
