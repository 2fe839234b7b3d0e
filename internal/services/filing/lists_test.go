package filing_test

import (
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

const (
	fgw  = "FGW-05-202610"
	zrzy = "ZRZY-01-202610"
)

func TestTasks_WhoSeesWhich(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for user, want := range map[string]int64{"office": 6, "liaison.zjj": 2, "chief.zjj": 2, "handler.zjj": 2, "police": 0, "office.dcf": 0} {
			rows, n, err := d.Filing.Tasks(d.ctx, d.As(user), filing.TaskFilter{Page: 1, Size: 50})
			d.ok(err)
			if n != want || int64(len(rows)) != want {
				t.Errorf("%s sees %d tasks (%d rows), want %d", user, n, len(rows), want)
			}
		}
		for _, user := range []string{"leader", "tax", "sysadmin", "auditor", "bank"} { // figures only, or nothing
			_, _, err := d.Filing.Tasks(d.ctx, d.As(user), filing.TaskFilter{Page: 1, Size: 50})
			refused(t, err, fault.Forbidden)
		}
	})
}

func TestTasks_FilterSortAndPage(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.accepted(zjj)
		list := func(f filing.TaskFilter) (codes []string) {
			t.Helper()
			if f.Size == 0 {
				f.Page, f.Size = 1, 50
			}
			rows, total, err := d.Filing.Tasks(d.ctx, d.As("office"), f)
			d.ok(err)
			for _, r := range rows {
				codes = append(codes, r.Task.Code)
			}
			if f.Size == 50 && total != int64(len(codes)) {
				t.Errorf("%+v: %d of %d", f, len(codes), total)
			}
			return codes
		}
		for name, test := range map[string]struct {
			f    filing.TaskFilter
			want []string
		}{
			"by unit":             {filing.TaskFilter{Unit: "ZJJ", Sort: "due"}, []string{zjj, "ZJJ-02-202611"}},
			"by code":             {filing.TaskFilter{Text: "fgw-05-202610"}, []string{fgw}},
			"by name":             {filing.TaskFilter{Text: "预售", Month: "2026-10"}, []string{zjj}},
			"nothing":             {filing.TaskFilter{Text: "100%_"}, nil},
			"on time":             {filing.TaskFilter{Standing: models.StandingOnTime}, []string{zjj}},
			"open, by unit":       {filing.TaskFilter{Standing: models.StandingOpen, Sort: "unit"}, []string{fgw, zrzy}},
			"the second page":     {filing.TaskFilter{Month: "2026-10", Sort: "unit", Page: 2, Size: 2}, []string{zjj}},
			"beyond the end":      {filing.TaskFilter{Standing: models.StandingOpen, Page: 9, Size: 10}, nil},
			"in the plan's order": {filing.TaskFilter{Month: "2026-10", Sort: "unit"}, []string{fgw, zrzy, zjj}},
		} {
			got := list(test.f)
			if len(got) != len(test.want) {
				t.Errorf("%s: %v, want %v", name, got, test.want)
				continue
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Errorf("%s: %v, want %v", name, got, test.want)
				}
			}
		}
	})
}

func TestMatrix_CountsAndRates(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.accepted(zjj)
		d.waive(zrzy, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "系统迁移"})
		d.Clock.Set("2026-11-26", 9, 0)
		m, err := d.Filing.Matrix(d.ctx, d.As("office"), filing.MatrixFilter{Months: 3})
		d.ok(err)
		if len(m.Months) != 3 || m.Months[0] != "2026-09" || m.Months[2] != "2026-11" || len(m.Rows) != 3 {
			t.Fatalf("months %v, %d rows", m.Months, len(m.Rows))
		}
		want := map[string]models.Standing{"zjj": models.StandingOnTime, "zrzy": models.StandingExempt, "fgw": models.StandingOverdue}
		for _, row := range m.Rows {
			if got := row.Cells[1].Worst; got != want[row.Unit.Code] {
				t.Errorf("%s: %s, want %s", row.Unit.Code, got, want[row.Unit.Code])
			}
			if row.Cells[2].Worst != models.StandingUnopened || row.Cells[0].Total != 0 {
				t.Errorf("%s: September %+v, November %+v", row.Unit.Code, row.Cells[0], row.Cells[2])
			}
		}
		if rate, ok := m.Sum.Rate(); !ok || rate != 500 { // one on time, one overdue, one exempt
			t.Errorf("rate %d, %v of %+v", rate, ok, m.Sum)
		}
		if m.Overdue != 1 || m.Missing != 1 || m.Rows[0].Unit.Code != "fgw" {
			t.Errorf("%d units and %d tasks overdue, first %s", m.Overdue, m.Missing, m.Rows[0].Unit.Code)
		}
		late, err := d.Filing.Matrix(d.ctx, d.As("leader"), filing.MatrixFilter{Standing: models.StandingOverdue})
		d.ok(err)
		if len(late.Rows) != 1 || late.Rows[0].Unit.Code != "fgw" {
			t.Errorf("overdue units %+v", late.Rows)
		}
		own, err := d.Filing.Matrix(d.ctx, d.As("chief.zjj"), filing.MatrixFilter{})
		d.ok(err)
		if len(own.Rows) != 1 || len(own.Months) != 12 {
			t.Errorf("a chief sees %d rows of %d months", len(own.Rows), len(own.Months))
		}
		_, err = d.Filing.Matrix(d.ctx, d.As("bank"), filing.MatrixFilter{})
		refused(t, err, fault.Forbidden)

		cell, err := d.Filing.Cell(d.ctx, d.As("office"), "fgw", "2026-10")
		d.ok(err)
		if len(cell) != 1 || cell[0].Task.Code != fgw {
			t.Errorf("cell %+v", cell)
		}
		_, err = d.Filing.Cell(d.ctx, d.As("liaison.zjj"), "fgw", "2026-10")
		refused(t, err, fault.NotFound)
	})
}

func TestTodos_AreWhatWaitsForThePerson(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		find := func(user, task string) *filing.Todo {
			t.Helper()
			todos, err := d.Filing.Todos(d.ctx, d.As(user))
			d.ok(err)
			for i := range todos {
				if todos[i].Task == task {
					return &todos[i]
				}
			}
			return nil
		}
		expect := func(user, verb string) {
			t.Helper()
			todo := find(user, zjj)
			switch {
			case verb == "" && todo != nil:
				t.Errorf("%s is asked for %s", user, todo.Verb)
			case verb != "" && (todo == nil || todo.Verb != verb):
				t.Errorf("%s: %+v, want %s", user, todo, verb)
			}
		}
		expect("liaison.zjj", "去报送")
		expect("chief.zjj", "")
		if find("liaison.zjj", "ZJJ-02-202611") != nil {
			t.Error("a task that has not opened is a to-do")
		}
		d.upload(zjj, d.rows(zjj, 10).Set(2, "region", "999999").CSV())
		expect("liaison.zjj", "改错误")
		d.upload(zjj, warned(d).CSV())
		expect("handler.zjj", "去说明")
		b := d.clean(zjj)
		expect("liaison.zjj", "去提交")
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		expect("liaison.zjj", "")
		expect("chief.zjj", "去审签")
		expect("chief.fgw", "")
		expect("office", "")
		d.move(d.chief(zjj), b.Code, models.VerbSign)
		expect("chief.zjj", "")
		expect("office", "去受理")
		expect("office2", "去受理")
		expect("office.gt", "")
		d.ok(d.Filing.Move(d.ctx, d.As("office"), b.Code, models.VerbReturn, filing.MoveInput{Reason: "缺项", Due: "2026-11-20"}))
		expect("liaison.zjj", "去补正")
		expect("office", "")
		d.Clock.Set("2026-11-21", 9, 0)
		if todo := find("liaison.zjj", zjj); todo == nil || !todo.Late || todo.DueAt != models.Day("2026-11-20").At(17, 0) {
			t.Errorf("past the correction due: %+v", todo)
		}
		b = d.clean(zjj)
		d.toOffice(b.Code)
		d.move(d.As("office"), b.Code, models.VerbAccept)
		expect("liaison.zjj", "")
		d.waive(zjj, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "录错"})
		expect("liaison.zjj", "去更正")

		d.Clock.Set("2027-03-01", 9, 0)
		if todo := find("liaison.fgw", fgw); todo == nil || todo.Verb != "去申请" {
			t.Errorf("a locked task: %+v", todo)
		}
	})
}

func TestInbox_LongestWaitingFirst(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first := d.filed(zrzy)
		d.Clock.Set("2026-11-12", 9, 0)
		second := d.filed(zjj)
		batches, n, err := d.Filing.Inbox(d.ctx, d.As("office"), filing.InboxFilter{Page: 1, Size: 20})
		d.ok(err)
		if n != 2 || batches[0].Code != first.Code || batches[1].Code != second.Code || batches[0].Task.Unit.Code != "zrzy" {
			t.Errorf("inbox of %d: %+v", n, batches)
		}
		batches, n, err = d.Filing.Inbox(d.ctx, d.As("office"), filing.InboxFilter{Text: "预售", Unit: "zjj", Page: 1, Size: 20})
		d.ok(err)
		if n != 1 || batches[0].Code != second.Code {
			t.Errorf("filtered inbox of %d", n)
		}
		_, n, err = d.Filing.Inbox(d.ctx, d.As("office.gt"), filing.InboxFilter{Page: 1, Size: 20})
		d.ok(err)
		if n != 0 {
			t.Errorf("a county's Office sees %d batches of the city", n)
		}
		_, _, err = d.Filing.Inbox(d.ctx, d.As("liaison.zjj"), filing.InboxFilter{Page: 1, Size: 20})
		refused(t, err, fault.Forbidden)
	})
}

func TestPage_OffersWhatMayBeDone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.clean(zjj)
		for user, want := range map[string][2]int{"liaison.zjj": {2, 1}, "handler.zjj": {1, 1}, "chief.zjj": {0, 0}, "office": {0, 0}} {
			page, err := d.Filing.Page(d.ctx, d.As(user), zjj, "")
			d.ok(err)
			canFile := 0
			if page.CanFile {
				canFile = 1
			}
			if len(page.Moves) != want[0] || canFile != want[1] {
				t.Errorf("%s is offered %v, may file: %v", user, verbs(page), page.CanFile)
			}
		}
		page := d.page(zjj)
		if p := page.People; p.Liaison != "王静" || p.Chief != "刘志远" || p.Contact == "" || p.Phone == "" {
			t.Errorf("people %+v", p)
		}
		for code, kind := range map[string]fault.Kind{"ZJJ-02-202610-9": fault.NotFound, "nonsense": fault.NotFound, b.Code: 0} {
			if _, err := d.Filing.Page(d.ctx, d.liaison(zjj), "", code); fault.Of(err) != kind {
				t.Errorf("page of %q: %v", code, err)
			}
			if _, err := d.Filing.Page(d.ctx, d.As("liaison.fgw"), "", code); !fault.Is(err, fault.NotFound) {
				t.Errorf("another unit's page of %q: %v", code, err)
			}
		}
	})
}

func TestLists_TheNumberOfQueriesDoesNotGrowWithTheRows(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		d := &desk{App: app, t: t, ctx: t.Context()}
		office, liaison := d.As("office"), d.As("liaison.zjj")
		count := func() (n [4]int) {
			n[0] = d.Queries(func() { _, _, err := d.Filing.Tasks(d.ctx, office, filing.TaskFilter{Page: 1, Size: 50}); d.ok(err) })
			n[1] = d.Queries(func() { _, err := d.Filing.Matrix(d.ctx, office, filing.MatrixFilter{}); d.ok(err) })
			n[2] = d.Queries(func() { _, err := d.Filing.Todos(d.ctx, liaison); d.ok(err) })
			n[3] = d.Queries(func() {
				_, _, err := d.Filing.Inbox(d.ctx, office, filing.InboxFilter{Page: 1, Size: 50})
				d.ok(err)
			})
			return n
		}
		d.filed(zjj)
		few := count()
		d.filed(fgw)
		d.filed(zrzy)
		d.Clock.Set("2027-08-10", 9, 0)
		d.openPeriods()
		for i, n := range count() {
			if n > few[i] || n > 8 {
				t.Errorf("list %d takes %d queries with many rows, %d with few", i, n, few[i])
			}
		}
	})
}

func TestSay_BetweenTheUnitAndTheOffice(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		say := func(user, text string) error { return d.Filing.Say(d.ctx, d.As(user), zjj, text) }
		d.ok(say("liaison.zjj", "东阿县的数据要到 20 日才有，可以吗？"))
		d.ok(say("office", "可以，请在 25 日前报齐。"))
		refused(t, say("liaison.zjj", " "), fault.Invalid, "留言")
		refused(t, say("liaison.fgw", "你好"), fault.NotFound)
		refused(t, say("office.gt", "你好"), fault.NotFound)
		for _, user := range []string{"chief.zjj", "handler.zjj", "leader", "tax"} {
			refused(t, say(user, "你好"), fault.Forbidden)
		}
		if m := d.page(zjj).Messages; len(m) != 2 || m[0].Office || !m[1].Office || m[0].Author != "王静" {
			t.Errorf("messages %+v", m)
		}
	})
}
