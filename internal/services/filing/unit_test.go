package filing_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

func TestRecent_TheOwnUnitsTasksSoonestDueFirst(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.accepted(zjj)
		rows, err := d.Filing.Recent(d.ctx, d.As("chief.zjj"))
		d.ok(err)
		var codes []string
		for _, r := range rows {
			codes = append(codes, r.Task.Code+" "+string(r.Standing))
		}
		if got := strings.Join(codes, ", "); got != "ZJJ-02-202610 on_time, ZJJ-02-202611 unopened" {
			t.Errorf("recent: %s", got)
		}
		if rows, err := d.Filing.Recent(d.ctx, d.As("court")); err != nil || len(rows) != 0 {
			t.Errorf("a unit without templates has %d tasks, %v", len(rows), err)
		}
		_, err = d.Filing.Recent(d.ctx, d.As("leader"))
		refused(t, err, fault.Forbidden)
	})
}

func TestRecent_ForgetsWhatIsOlderThanAYear(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.Clock.Set("2028-03-10", 9, 0)
		d.openPeriods()
		rows, err := d.Filing.Recent(d.ctx, d.As("liaison.zjj"))
		d.ok(err)
		if len(rows) != 12 || rows[0].Task.Month != "2027-04" || rows[11].Task.Month != "2028-03" {
			t.Errorf("%d tasks from %s", len(rows), rows[0].Task.Month)
		}
	})
}

func TestPeopleOf(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		p, err := d.Filing.PeopleOf(d.ctx, d.As("liaison.zjj").Unit)
		d.ok(err)
		if p.Liaison != "王静" || p.Chief != "刘志远" || p.Contact != "赵敏" || p.Phone == "" {
			t.Errorf("people %+v", p)
		}
		if p, err := d.Filing.PeopleOf(d.ctx, models.Unit{ID: -1}); err != nil || p != (filing.People{}) {
			t.Errorf("people of no unit: %+v, %v", p, err)
		}
	})
}

func TestTodos_TellWhyABatchCameBack(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		note := func(task string) string {
			todos, err := d.Filing.Todos(d.ctx, d.liaison(task))
			d.ok(err)
			for _, todo := range todos {
				if todo.Task == task {
					return todo.Note + " / " + todo.Last
				}
			}
			return "none"
		}
		d.returned(zjj, "2026-11-20")
		if got := note(zjj); got != "退回理由：缺少东阿县的许可证 / 赵敏 退回" {
			t.Errorf("returned: %q", got)
		}
		b := d.clean("FGW-05-202610")
		if got := note("FGW-05-202610"); strings.Contains(got, "退回") {
			t.Errorf("never sent back: %q", got)
		}
		d.move(d.liaison(b.Code), b.Code, models.VerbSubmit)
		d.ok(d.Filing.Move(d.ctx, d.chief(b.Code), b.Code, models.VerbSendBack, filing.MoveInput{Reason: "请核对总投资"}))
		if got := note("FGW-05-202610"); got != "退回理由：请核对总投资 / 高建华 退回" {
			t.Errorf("sent back: %q", got)
		}
		d.move(d.liaison(b.Code), b.Code, models.VerbSubmit)
		d.move(d.liaison(b.Code), b.Code, models.VerbWithdraw)
		if got := note("FGW-05-202610"); strings.Contains(got, "总投资") {
			t.Errorf("an old reason after the unit took the batch back itself: %q", got)
		}
	})
}

func TestWaiverKinds_AreThoseThatCanBeAsked(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		kinds := func() string {
			var list []string
			for _, k := range d.Filing.WaiverKinds(&d.page(zjj).Task) {
				list = append(list, string(k))
			}
			return strings.Join(list, " ")
		}
		if got := kinds(); got != "exempt" {
			t.Errorf("an open task: %s", got)
		}
		d.Clock.Set("2027-02-15", 9, 0)
		if got := kinds(); got != "unlock exempt" {
			t.Errorf("a locked task: %s", got)
		}
		d.Clock.Set("2026-11-11", 9, 0)
		d.accepted(zjj)
		if got := kinds(); got != "correction" {
			t.Errorf("a filed task: %s", got)
		}
		d.waive(zjj, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "面积有误"})
		if got := kinds(); got != "" {
			t.Errorf("a correction that is open: %s", got)
		}
	})
}

func TestMoveWaiver_AStalePageIsToldSo(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		w, err := d.Filing.RaiseWaiver(d.ctx, d.liaison(zjj), zjj, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构调整"})
		d.ok(err)
		d.ok(d.Filing.MoveWaiver(d.ctx, d.As("office"), w.Code, models.VerbPropose, filing.MoveInput{Reason: "属实", From: models.WaiverAsked}))
		err = d.Filing.MoveWaiver(d.ctx, d.As("office2"), w.Code, models.VerbRefuse, filing.MoveInput{Reason: "不属实", From: models.WaiverAsked})
		refused(t, err, fault.Conflict, "已变为“待复核”")
	})
}

func TestTasks_DoneAreThoseWithABatchInForce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.accepted(zjj)
		d.filed("FGW-05-202610")
		rows, total, err := d.Filing.Tasks(d.ctx, d.As("office"), filing.TaskFilter{Batch: models.BatchEffective, Page: 1, Size: 20})
		d.ok(err)
		done, err := d.Filing.Done(d.ctx, d.As("office"))
		d.ok(err)
		if total != 1 || done != 1 || rows[0].Task.Code != zjj {
			t.Errorf("%d tasks, %d done", total, done)
		}
	})
}
