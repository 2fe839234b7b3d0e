package handlers

import (
	"fmt"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
	"taxportal/web/views/homeview"
	"taxportal/web/views/words"
)

// unitHome is the workbench of a member unit: its to-dos, the month's filing, every duty by the plan, whom to call.
func (a *App) unitHome(c echo.Context, who models.Actor, page *homeview.Page) error {
	ctx := c.Request().Context()
	if err := a.withTodos(c, who, page); err != nil {
		return err
	}
	rows, err := a.Filing.Recent(ctx, who)
	if err != nil {
		return err
	}
	duties, err := a.Catalogue.Duties(ctx, who.Unit)
	if err != nil {
		return err
	}
	people, err := a.Filing.PeopleOf(ctx, who.Unit)
	if err != nil {
		return err
	}
	if err := a.withWaiting(c, who, page.Todos, people); err != nil {
		return err
	}
	page.Month = monthOf(rows, a.Now())
	page.Duties = dutyList(duties, rows, who.Unit, a.Now())
	page.Contact = &homeview.Contact{Contact: people.Contact, Phone: people.Phone, Liaison: people.Liaison, Chief: people.Chief}
	if opens := nextOpening(rows, a.Now()); page.Next.Tone == components.ToneCalm && opens != 0 {
		page.Next.Sentence = append(page.Next.Sentence, components.Plain("下一次开放填报在 "), components.Bold(words.Day(opens)), components.Plain("。"))
	}
	return nil
}

// withWaiting adds to the whole list what the reader's side has handed to the unit leader or to the Office, and what only the
// liaison may do next: nothing to do, but not lost from sight either.
func (a *App) withWaiting(c echo.Context, who models.Actor, list *homeview.Todos, people filing.People) error {
	if form.Query(c, "tab") != "" {
		return nil
	}
	ctx := c.Request().Context()
	liaison, err := a.Filing.WithLiaison(ctx, who)
	if err != nil {
		return err
	}
	signing, err := a.Filing.Waiting(ctx, who)
	if err != nil {
		return err
	}
	asked, err := a.Filing.Unlocking(ctx, who)
	if err != nil || len(liaison)+len(signing)+len(asked) == 0 {
		return err
	}
	cal, err := a.Directory.Calendar(ctx)
	if err != nil {
		return err
	}
	add := func(label string, todos []filing.Todo, note func(filing.Todo) string) {
		if len(todos) == 0 {
			return
		}
		group := homeview.Group{Label: label, Count: len(todos)}
		for _, t := range todos {
			t.Unit, t.Note, t.Verb = "", note(t), "查看"
			group.Rows = append(group.Rows, todoRow(t, cal, a.Now()))
		}
		list.Groups, list.Empty = append(list.Groups, group), nil
	}
	add("等信息联络员"+people.Liaison+"办理", liaison, func(t filing.Todo) string { return t.Note + "；等信息联络员" + people.Liaison + t.Does })
	chief := people.Chief
	add("等分管负责人"+chief+"审签", signing, func(t filing.Todo) string {
		return t.Note + "；" + words.When(t.LastAt, a.Now()) + " 起等分管负责人" + chief + "审签，审签后自动送办公室"
	})
	add("等办公室同意解锁", asked, func(t filing.Todo) string { return t.Note })
	return nil
}

// nextOpening is when the next task opens, 0 if none is written yet.
func nextOpening(rows []filing.TaskRow, now time.Time) models.Instant {
	var next models.Instant
	for _, r := range rows {
		if opens := r.Task.OpensAt; r.Task.ExemptedAt == 0 && opens > models.At(now) && (next == 0 || opens < next) {
			next = opens
		}
	}
	return next
}

// monthOf sums up the unit's filing of the month that is being filed: the last that is over. nil if there is none.
func monthOf(rows []filing.TaskRow, now time.Time) *homeview.Month {
	running := string(models.PeriodAt(models.CycleMonth, now))
	month := ""
	for _, r := range rows {
		if r.Task.Month < running {
			month = max(month, r.Task.Month)
		}
	}
	if month == "" {
		return nil
	}
	var tally models.Tally
	var due models.Instant
	same, counts := true, map[components.Badge]int{}
	for i := range rows {
		if rows[i].Task.Month != month {
			continue
		}
		tally.Add(&rows[i].Task, models.At(now))
		counts[words.Task(rows[i].Standing, rows[i].Task.Underway())]++
		same = same && (due == 0 || due == rows[i].Task.DueAt)
		due = rows[i].Task.DueAt
	}
	view := &homeview.Month{Title: words.Month(month) + "期报送", URL: paths.With(paths.Filings, "month", month), Filed: tally.Filed, Owed: tally.Owed()}
	if same {
		view.Due = words.ShortDay(due, now) + "截止"
	}
	for _, badge := range taskBadges() {
		if counts[badge] > 0 {
			view.Counts = append(view.Counts, homeview.StateCount{State: badge, Count: counts[badge]})
		}
	}
	return view
}

// taskBadges are all that words.Task can say of a task, in the order in which they are counted up: what is done first.
func taskBadges() []components.Badge {
	var badges []components.Badge
	for _, s := range models.Standings {
		if s == models.StandingOpen {
			for i := len(models.FilingFlow.States) - 1; i >= 0; i-- {
				badges = append(badges, words.State(&models.FilingFlow, models.FilingFlow.States[i].State))
			}
		}
		if badge := words.Standing(s); !slices.Contains(badges, badge) {
			badges = append(badges, badge)
		}
	}
	return badges
}

// dutyList puts each duty of the unit beside the task that tells its state.
func dutyList(duties []catalogue.Duty, rows []filing.TaskRow, unit models.Unit, now time.Time) []homeview.Duty {
	telling := map[int64]filing.TaskRow{}
	for _, r := range rows { // oldest due first
		if before, ok := telling[r.Task.ItemID]; !ok || tells(before, r, now) {
			telling[r.Task.ItemID] = r
		}
	}
	list := make([]homeview.Duty, len(duties))
	for i, d := range duties {
		view := homeview.Duty{Code: models.ItemCode(d.Item.Code), Name: d.Item.Name, Cycle: cycles[d.Item.Cycle], Period: "—"}
		if d.Item.UnitID != unit.ID {
			view.Unit = d.Item.Unit.Name
		}
		r, ok := telling[d.Item.ID]
		switch {
		case ok:
			view.Period, view.URL, view.State = r.Task.Period.Label(), paths.ToTask(r.Task.Code), words.Task(r.Standing, r.Task.Underway())
		case d.Item.TemplateID == nil:
			view.State = components.Badge{Family: components.FamilyOff, Icon: components.IconMinus, Word: homeview.NoTemplate}
		default:
			view.State = components.Badge{Family: components.FamilyOff, Icon: components.IconCircleDashed, Word: "未到报送期"}
		}
		list[i] = view
	}
	return list
}

// tells reports whether a later task says more of a duty's state than an earlier one: the oldest that is late stays,
// else the newest that has opened.
func tells(before, later filing.TaskRow, now time.Time) bool {
	late := func(r filing.TaskRow) bool {
		return r.Standing == models.StandingOverdue || r.Standing == models.StandingReturned
	}
	switch {
	case late(before):
		return false
	case late(later):
		return true
	}
	return later.Task.OpensAt <= models.At(now)
}

// countText writes a count with its measure word.
func countText(n int, unit string) string { return fmt.Sprintf("%d %s", n, unit) }
