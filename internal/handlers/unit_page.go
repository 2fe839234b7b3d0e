package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/audit"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/unitview"
	"taxportal/web/views/words"
)

// unit shows a unit: what it owes, its people and its record. To its own people it is 本单位.
func (a *App) unit(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	p, err := a.Directory.UnitPage(ctx, who, c.Param("unit"))
	if err != nil {
		return err
	}
	duties, err := a.Catalogue.Duties(ctx, p.Unit)
	if err != nil {
		return err
	}
	view := unitview.UnitPage{Shell: a.Shell(c, p.Name, crumb("成员单位", paths.Units)), Unit: p.Unit, State: unitBadge(p.Unit), Actions: unitActions(p),
		Facts: unitFacts(p), Contact: unitContact(p), Contacts: formerContacts(p), People: unitPeople(p), Subs: p.Subs, Changes: changeEvents(p.Changes, a.Now()),
		States: a.seesStates(who, p.Unit)}
	var rows []filing.TaskRow
	if view.States {
		if rows, err = a.Filing.OfUnit(ctx, who, p.Unit); err != nil {
			return err
		}
		view.Months = unitMonths(rows, p.Unit, a.Now())
	}
	files := a.Guard.Can(who, "filing", "view")
	view.Duties = unitDuties(duties, rows, p.Unit, files, a.Now())
	if p.Closed() && p.CanEdit {
		if view.Rest, err = a.unitRest(c, who, p); err != nil {
			return err
		}
	}
	view.Next = a.unitNext(who, p, view, rows)
	return respond.Page(c, http.StatusOK, unitview.Unit(view), nil)
}

// seesStates reports whether the reader may see how the unit stands: the own unit and its sub-units, or the area's figures.
func (a *App) seesStates(who models.Actor, u models.Unit) bool {
	if !a.Guard.Can(who, "matrix", "view") || (u.Kind != models.UnitMember && u.Kind != models.UnitSub) {
		return false
	}
	return who.SeesArea() || len(u.Path) >= len(who.Unit.Path) && u.Path[:len(who.Unit.Path)] == who.Unit.Path
}

func unitBadge(u models.Unit) components.Badge {
	if u.Closed() {
		return unitview.Closed
	}
	return components.Badge{}
}

func unitActions(p directory.UnitPage) []components.Action {
	if !p.CanEdit {
		return nil
	}
	to := func(pattern string) components.URL { return components.URL(paths.ToUnitPart(pattern, p.Code)) }
	if p.Closed() {
		return []components.Action{{Label: "撤销撤并", URL: to(paths.UnitReopen), Icon: components.IconArrowBackUp}}
	}
	var actions []components.Action
	if p.CanClose {
		actions = append(actions, components.Action{Label: "撤并", URL: to(paths.UnitClose), Icon: components.IconArchive})
	}
	return append(actions, components.Action{Label: "修改信息", URL: to(paths.UnitEdit), Icon: components.IconPencil, Style: components.StylePrimary})
}

func unitFacts(p directory.UnitPage) []components.Fact {
	facts := []components.Fact{{Term: "类别", Text: p.Kind.Label()}}
	add := func(term, text string) {
		if text != "" {
			facts = append(facts, components.Fact{Term: term, Text: text})
		}
	}
	add("性质", p.Affiliation.Label())
	if p.TaxAuthority {
		add("税务机关", "是")
	}
	add("区划", p.Jurisdiction.Label())
	if p.PlanNo > 0 {
		add("方案序号", "二（二）"+strconv.Itoa(p.PlanNo))
	}
	if p.Parent != nil {
		add("隶属单位", p.Parent.Name)
	}
	facts = append(facts, components.Fact{Term: "值班电话", Text: dash(p.Phone)}, components.Fact{Term: "地址", Text: dash(p.Address)})
	add("启用日期", string(p.ValidFrom))
	for _, from := range p.MergedFrom {
		add("并入本单位", from.Name)
	}
	if p.Closed() {
		add("撤并日期", string(p.ValidTo.AddDays(1)))
		if p.MergedInto != nil {
			add("承接单位", p.MergedInto.Name)
		}
		add("撤并理由", p.ClosedWhy)
	}
	return facts
}

func unitContact(p directory.UnitPage) *unitview.Contact {
	if !slices.Contains(directory.Creatable, p.Kind) && p.Contact == nil {
		return nil
	}
	contact := &unitview.Contact{}
	if p.Contact != nil {
		contact.Name, contact.Phone, contact.Since = p.Contact.Account.Name, p.Contact.Account.Phone, string(p.Contact.FromDay)
		if p.Contact.Account.DisabledAt != 0 {
			contact.Name += "（账号已停用）"
		}
	}
	if p.CanEdit && !p.Closed() {
		contact.Edit = components.URL(paths.ToUnitPart(paths.UnitContact, p.Code))
	}
	return contact
}

func formerContacts(p directory.UnitPage) []components.Fact {
	var facts []components.Fact
	for _, one := range p.Contacts {
		if one.ToDay != "" {
			facts = append(facts, components.Fact{Term: one.Account.Name, Text: unitview.Days(one.Span)})
		}
	}
	return facts
}

// unitPeople lists who stands for the unit: its head by the leading group's roster, then accounts by role.
func unitPeople(p directory.UnitPage) []components.Fact {
	var facts []components.Fact
	if p.Head != nil {
		facts = append(facts, components.Fact{Term: directory.HeadPost, Text: p.Head.Name + " " + p.Head.Title})
	}
	for _, role := range models.Roles {
		if role.Administrative() {
			continue
		}
		for _, one := range p.People {
			if one.Role == role {
				facts = append(facts, components.Fact{Term: role.Label(), Text: one.Name + "　" + one.Phone})
			}
		}
	}
	return facts
}

// unitDuties puts each duty of the unit beside the task that tells its state.
func unitDuties(duties []catalogue.Duty, rows []filing.TaskRow, unit models.Unit, files bool, now time.Time) []unitview.Duty {
	telling := map[int64]filing.TaskRow{}
	for _, r := range rows { // oldest due first
		if before, ok := telling[r.Task.ItemID]; !ok || tells(before, r, now) {
			telling[r.Task.ItemID] = r
		}
	}
	list := make([]unitview.Duty, len(duties))
	for i, d := range duties {
		view := unitview.Duty{Code: models.ItemCode(d.Item.Code), Name: d.Item.Name, Cycle: cycles[d.Item.Cycle]}
		if d.Item.PlanWords != d.Item.Name {
			view.PlanWords = d.Item.PlanWords
		}
		if d.Item.UnitID != unit.ID {
			view.Unit = d.Item.Unit.Name
		}
		if d.Item.Template != nil {
			view.Template = paths.ToTemplate(d.Item.Template.Code)
		}
		r, ok := telling[d.Item.ID]
		switch {
		case ok:
			view.Period, view.Due, view.State = r.Task.Period.Label(), words.Day(r.DueNow), words.Task(r.Standing, r.Task.Underway())
			if files {
				view.Task, view.Record = paths.ToTask(r.Task.Code), paths.With(paths.Filings, "q", view.Code)
			} else {
				view.Record = paths.ToMatrixCell(r.Task.Unit.Code, r.Task.Month)
			}
		case d.Item.TemplateID == nil:
			view.State = components.Badge{Family: components.FamilyOff, Icon: components.IconMinus, Word: unitview.NoTemplate}
		default:
			view.State = components.Badge{Family: components.FamilyOff, Icon: components.IconCircleDashed, Word: "未到报送期"}
		}
		list[i] = view
	}
	return list
}

// unitMonths sums up the unit's own tasks month by month, newest first. Months that have not begun to count are left out.
func unitMonths(rows []filing.TaskRow, unit models.Unit, now time.Time) []unitview.Month {
	tallies, months := map[string]*models.Tally{}, []string{}
	for i := range rows {
		t := &rows[i].Task
		if t.UnitID != unit.ID || t.OpensAt > models.At(now) {
			continue
		}
		if tallies[t.Month] == nil {
			tallies[t.Month] = &models.Tally{}
			months = append(months, t.Month)
		}
		tallies[t.Month].Add(t, models.At(now))
	}
	slices.Sort(months)
	slices.Reverse(months)
	var list []unitview.Month
	for _, month := range months {
		y := *tallies[month]
		view := unitview.Month{Label: words.Month(month) + "期", URL: paths.ToMatrixCell(unit.Code, month), State: words.Cell(y), Owed: y.Owed(), Filed: y.Filed,
			OnTime: y.OnTime, Overdue: y.Overdue, Rate: "—"}
		if rate, ok := y.PeriodRate(); ok {
			view.Rate = words.Rate(rate)
		}
		list = append(list, view)
	}
	return list
}

// changeEvents puts changes into the words of a timeline.
func changeEvents(list []models.OrganisationChange, now time.Time) []components.Event {
	var events []components.Event
	for _, ch := range list {
		what := components.Sentence{components.Plain(ch.ActorName + " " + audit.ActionLabel(ch.Object, ch.Action))}
		if ch.Field != "" {
			what = append(what, components.Plain("："+ch.Field+" "))
			if ch.Old != "" {
				what = append(what, components.Plain(ch.Old+" → "))
			}
			what = append(what, components.Bold(dash(ch.New)))
		}
		events = append(events, components.Event{When: words.When(ch.At, now), DateTime: words.Machine(ch.At), What: what, Quote: ch.Reason})
	}
	return events
}

// unitShell is the frame of a page below that of a unit.
func (a *App) unitShell(c echo.Context, title string, u models.Unit) layout.Shell {
	return a.Shell(c, title, crumb("成员单位", paths.Units), crumb(u.Name, paths.ToUnit(u.Code)))
}
