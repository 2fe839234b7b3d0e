package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/testkit"
)

// about changes the first page of a draft as somebody who has just opened it.
func (w studio) about(id int64, change func(a *catalogue.About)) {
	w.t.Helper()
	p := w.page("office", id)
	about := catalogue.AboutOf(&p.Design, p.Items)
	change(&about)
	w.ok(w.Designs.SaveAbout(w.t.Context(), w.As("office"), id, about))
}

// reason returns what keeps a draft from being published at a place, "" if nothing does.
func (w studio) reason(id int64, path string) string {
	w.t.Helper()
	reasons := w.page("office", id).Reasons
	at := slices.IndexFunc(reasons, func(r catalogue.Reason) bool { return r.Path == path })
	if at < 0 {
		return ""
	}
	return reasons[at].Text
}

// reschedule gives an item another cycle and due day from a month on.
func (w studio) reschedule(item string, from models.Period, cycle models.Cycle, days int) {
	w.t.Helper()
	p, err := w.Catalogue.Item(w.t.Context(), w.As("office"), item)
	w.ok(err)
	in := catalogue.EditInput{ItemInput: catalogue.InputOf(p.Item), From: from, Reason: "改期"}
	in.Cycle, in.DueDays = cycle, days
	_, err = w.Catalogue.Edit(w.t.Context(), w.As("office"), item, in)
	w.ok(err)
}

func TestDesign_TheDeadlineIsProposedFromTheItems(t *testing.T) {
	each(t, func(w studio) {
		item := w.freeItem()
		w.ok(w.DB.Write.Exec(`UPDATE catalogue_items SET cycle = 'quarter', due_days = 20 WHERE code = ?`, item).Error)
		d, err := w.Designs.Begin(t.Context(), w.As("office"), item, models.Definition{Deadline: "按月报送，次月 25 日 17:00 前，遇休息日顺延。"}, "照另一模板")
		w.ok(err)
		if d.Definition.Deadline != "按季报送，季后 20 日 17:00 前，遇休息日顺延。" {
			t.Errorf("begun with %s", d.Definition.Deadline)
		}
		next := w.next()
		if v, err := w.Catalogue.Version(t.Context(), w.As("office"), "zjj-02", 1); err != nil || next.Definition.Deadline != v.Definition.Deadline {
			t.Errorf("a text that agrees was replaced by %s, %v", next.Definition.Deadline, err)
		}
		w.ok(w.move("office", next.ID, models.VerbDiscardDesign, catalogue.MoveInput{Reason: "另起"}))
		w.reschedule("zjj-02", "2026-12", models.CycleMonth, 15)
		if next := w.next(); next.Definition.Deadline != "按月报送，次月 15 日 17:00 前，遇休息日顺延。" {
			t.Errorf("a change that waits is overlooked: %s", next.Definition.Deadline)
		}
	})
}

func TestDesign_ADeadlineThatTheItemsDoNotHaveIsNotPublished(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		w.ok(w.field("office", d.ID, remark))
		w.standards(d.ID)
		if text := w.reason(d.ID, "deadline"); text != "" {
			t.Errorf("what agrees is refused: %s", text)
		}
		w.about(d.ID, func(a *catalogue.About) { a.Deadline = "按季报送，季后 25 日 17:00 前" })
		want := "期限写的是“按季报送，季后 25 日”，目录项 ZJJ-02 为“按月报送，次月 25 日”；请改期限，或在目录项中修改"
		if text := w.reason(d.ID, "deadline"); !strings.HasPrefix(text, want) {
			t.Errorf("reason %q", text)
		}
		w.heard(d.ID)
		w.refused(w.move("office", d.ID, models.VerbHandOver, catalogue.MoveInput{}), fault.Conflict, want)
		w.ok(w.move("office", d.ID, models.VerbRevise, catalogue.MoveInput{Reason: "改期限"}))

		// A template of two items of different cycles has to name both.
		w.ok(w.DB.Write.Exec(`UPDATE catalogue_items SET cycle = 'quarter', template_id = (SELECT id FROM templates WHERE code = 'zjj-02') WHERE code = 'xzsp-05'`).Error)
		if text := w.reason(d.ID, "deadline"); !strings.Contains(text, "目录项 ZJJ-02 为“按月报送，次月 25 日”") {
			t.Errorf("reason %q", text)
		}
		w.about(d.ID, func(a *catalogue.About) { a.Deadline = w.page("office", d.ID).Deadline })
		if text := w.reason(d.ID, "deadline"); text != "" {
			t.Errorf("what follows from both items is refused: %s", text)
		}
	})
}

func TestDesign_TheDeadlineIsHeldAgainstTheItemsOfItsMonth(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		w.reschedule("zjj-02", "2027-01", models.CycleMonth, 15)
		if text := w.reason(d.ID, "deadline"); text != "" {
			t.Errorf("a change behind the draft's month counts: %s", text)
		}
		w.about(d.ID, func(a *catalogue.About) { a.From = "2027-01" })
		if text := w.reason(d.ID, "deadline"); !strings.Contains(text, "次月 25 日”，目录项 ZJJ-02 为“按月报送，次月 15 日”") {
			t.Errorf("reason %q", text)
		}
	})
}

func TestDeadlines_SayOnTheItemWhatItsTemplateSaysOtherwise(t *testing.T) {
	each(t, func(w studio) {
		deadlines := func() []catalogue.Deadline {
			p, err := w.Catalogue.Item(t.Context(), w.As("liaison.zjj"), "zjj-02")
			w.ok(err)
			list, err := w.Designs.Deadlines(t.Context(), p)
			w.ok(err)
			return list
		}
		if list := deadlines(); len(list) != 0 {
			t.Errorf("without a change %+v", list)
		}
		w.reschedule("zjj-02", "2027-01", models.CycleMonth, 15)
		list := deadlines()
		if len(list) != 1 || list[0].From != "2027-01" || list[0].Version != 1 || !strings.Contains(list[0].Text, "期限写的是“按月报送，次月 25 日”") {
			t.Errorf("with a change that waits %+v", list)
		}
		w.Clock.Set("2027-01-04", 9, 0)
		_, err := w.Catalogue.ApplyChanges(t.Context())
		w.ok(err)
		if list := deadlines(); len(list) != 1 || list[0].From != "" {
			t.Errorf("when it has taken effect %+v", list)
		}
	})
}

func TestDesign_AVersionWithoutAChangeIsNotPublished(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		if text := w.reason(d.ID, "version"); !strings.Contains(text, "没有改动：这一版与第 1 版的内容相同") {
			t.Errorf("reason %q", text)
		}
		w.heard(d.ID)
		w.refused(w.move("office", d.ID, models.VerbHandOver, catalogue.MoveInput{}), fault.Conflict, "没有改动")
		w.ok(w.move("office", d.ID, models.VerbRevise, catalogue.MoveInput{Reason: "补字段"}))
		w.about(d.ID, func(a *catalogue.About) { a.Items = []string{w.freeItem()} })
		if text := w.reason(d.ID, "version"); text != "" {
			t.Errorf("a further item is no change: %s", text)
		}
		w.about(d.ID, func(a *catalogue.About) { a.Items = nil })
		w.ok(w.field("office", d.ID, remark))
		if text := w.reason(d.ID, "version"); text != "" {
			t.Errorf("a further field is no change: %s", text)
		}
	})
}

func TestDesign_ARuleThatWouldFillTheMemoryIsNotSaved(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		rule := models.RowRule{Code: "R9", Title: "区间", Expr: "1..100000000 == nil", Severity: models.SeverityError, Message: "不在区间内", Advice: "核对"}
		err := w.Designs.SaveRule(t.Context(), w.As("office"), d.ID, catalogue.RuleInput{Rule: rule})
		w.refused(err, fault.Invalid, "expr:算式不成立：区间“..”两端只能写整数，且不超过 1000 个数")
	})
}

// A register of which another unit is called on for one answer is supplied by those who file it.
func TestDesign_TheDeadlineLeavesOutCalls(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		w := studio{app, t}
		call(t, app, "zjj-02")
		if text := w.reason(w.next().ID, "deadline"); text != "" {
			t.Errorf("reason %q", text)
		}
	})
}
