package filing_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
)

func TestReturn_NeedsAReasonAndADueInTheFuture(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.filed(zjj)
		give := func(in filing.MoveInput) error {
			return d.Filing.Move(d.ctx, d.As("office"), b.Code, models.VerbReturn, in)
		}
		refused(t, give(filing.MoveInput{}), fault.Invalid, "理由", "期限")
		refused(t, give(filing.MoveInput{Reason: "缺项", Due: "2026-11-09"}), fault.Invalid, "晚于现在")
		refused(t, give(filing.MoveInput{Reason: "缺项", Due: "2026-13-40"}), fault.Invalid, "期限")
		d.is(b.Code, models.BatchFiled)
		d.ok(give(filing.MoveInput{Reason: "缺项", Due: "2026-11-12"}))
		b = d.batch(b.Code)
		if b.State != models.BatchReturned || b.MendDueAt != models.Day("2026-11-12").At(17, 0) || b.DecidedName != "赵敏" {
			t.Errorf("returned batch %+v", b)
		}
		page := d.page(zjj)
		if page.Standing != models.StandingReturned || page.DueNow != b.MendDueAt || page.NoUpload != "" || !page.CanFile {
			t.Errorf("%s until %v, %q", page.Standing, page.DueNow.Time(), page.NoUpload)
		}
	})
}

// mend uploads anew at a moment, submits, signs and has it accepted.
func (d *desk) mend(task string, day models.Day) models.FilingTask {
	d.t.Helper()
	d.Clock.Set(day, 16, 0)
	b := d.clean(task)
	d.toOffice(b.Code)
	d.Clock.Set(day.AddDays(3), 9, 0)
	d.move(d.As("office"), b.Code, models.VerbAccept)
	return d.task(task)
}

func TestReturn_WhetherItIsOnTime(t *testing.T) {
	due := models.Day("2026-11-25")
	for name, test := range map[string]struct {
		signed, mendDue, mended models.Day
		onTime                  bool
		standing                models.Standing
	}{
		"mended within the correction due, after the task's": {"2026-11-20", "2026-11-30", "2026-11-30", true, models.StandingOnTime},
		"mended too late": {"2026-11-20", "2026-11-28", "2026-11-29", false, models.StandingLate},
		"mended too late, but before the task's due":    {"2026-11-12", "2026-11-16", "2026-11-24", true, models.StandingOnTime},
		"signed late, mended within the correction due": {due.AddDays(1), "2026-12-01", "2026-12-01", false, models.StandingLate},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, d *desk) {
				d.Clock.Set(test.signed, 10, 0)
				d.returned(zjj, test.mendDue)
				task := d.mend(zjj, test.mended)
				if task.OnTime == nil || *task.OnTime != test.onTime {
					t.Errorf("on time: %v, first filed %v", task.OnTime, task.FirstFiledAt.Time())
				}
				d.standing(zjj, test.standing)
			})
		})
	}
}

func TestReturn_TwiceInARowKeepsTheFirstSignature(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.Clock.Set("2026-11-24", 10, 0)
		d.returned(zjj, "2026-11-27")
		d.Clock.Set("2026-11-27", 10, 0)
		d.returned(zjj, "2026-12-02")
		d.standing(zjj, models.StandingReturned)
		task := d.mend(zjj, "2026-12-02")
		if task.FirstFiledAt.Day() != "2026-11-24" || !*task.OnTime {
			t.Errorf("first filed %v, on time %v", task.FirstFiledAt.Time(), *task.OnTime)
		}
	})
}

func TestReturn_StandingOnTheWay(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.Clock.Set("2026-11-25", 16, 59)
		first := d.returned(zjj, "2026-12-01")
		d.Clock.Set("2026-11-30", 9, 0)
		b := d.clean(zjj)
		d.is(first.Code, models.BatchReturned) // stays, the new batch stands beside it
		page := d.page(zjj)
		if page.Standing != models.StandingReturned || page.DueNow != first.MendDueAt || page.Batch.Code != b.Code {
			t.Errorf("%s until %v", page.Standing, page.DueNow.Time())
		}
		d.toOffice(b.Code)
		d.standing(zjj, models.StandingOpen) // at the Office again, signed in time
	})
}

func TestReturn_AfterLockADueMendIsStillTaken(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.Clock.Set("2026-12-24", 10, 0)
		d.returned(zjj, "2026-12-30") // the task locks at the end of 25 December
		d.Clock.Set("2026-12-29", 10, 0)
		b := d.clean(zjj)
		d.toOffice(b.Code)

		d.ok(d.Filing.Move(d.ctx, d.As("office"), b.Code, models.VerbReturn, filing.MoveInput{Reason: "仍缺项", Due: "2026-12-31"}))
		d.Clock.Set("2027-01-01", 10, 0)
		refused(t, d.Filing.CheckUpload(d.ctx, d.liaison(zjj), zjj), fault.Locked, "锁定", "解锁")
	})
}

func TestLock_LateFilingIsFreeUntilTheLockAndNotAfter(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.Clock.Set("2026-11-25", 17, 0)
		d.standing(zjj, models.StandingOpen)
		d.Clock.Set("2026-11-25", 17, 1)
		d.standing(zjj, models.StandingOverdue)
		d.Clock.Set("2026-12-25", 23, 50)
		b := d.clean(zjj)
		d.Clock.Set("2026-12-26", 0, 0)
		refused(t, d.Filing.CheckUpload(d.ctx, d.liaison(zjj), zjj), fault.Locked, "12月26日")
		refused(t, d.Filing.Move(d.ctx, d.liaison(zjj), b.Code, models.VerbSubmit, filing.MoveInput{}), fault.Locked)
		_, err := d.Filing.DeclareNil(d.ctx, d.liaison(zjj), zjj, "本月没有")
		refused(t, err, fault.Locked)

		d.waive(zjj, filing.WaiverInput{Kind: models.WaiverUnlock, Reason: "系统故障", Until: "2027-01-05"})
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		d.Clock.Set("2027-01-06", 9, 0) // signing is not filing: what was submitted goes on
		d.move(d.chief(zjj), b.Code, models.VerbSign)
		d.standing(zjj, models.StandingLate)
		d.move(d.As("office"), b.Code, models.VerbAccept)
		d.standing(zjj, models.StandingLate)
		if task := d.task(zjj); *task.OnTime {
			t.Error("filed after the lock and on time")
		}
	})
}

func TestCorrection_TheOldBatchCountsUntilTheNewOneIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first := d.accepted(zjj)
		signed := d.task(zjj).FirstFiledAt
		d.Clock.Set("2027-02-01", 9, 0) // long after the lock: a correction has no lock
		refused(t, d.Filing.CheckUpload(d.ctx, d.liaison(zjj), zjj), fault.Conflict, "更正")
		d.waive(zjj, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "监管账号录错"})
		d.ok(d.Filing.CheckUpload(d.ctx, d.liaison(zjj), zjj))

		b := d.upload(zjj, d.rows(zjj, 30).CSV())
		if !b.Correction || b.No != 2 {
			t.Errorf("correction %+v", b)
		}
		d.toOffice(b.Code)
		d.is(first.Code, models.BatchEffective)
		d.standing(zjj, models.StandingOnTime)
		d.move(d.As("office2"), b.Code, models.VerbAccept)
		d.is(first.Code, models.BatchSuperseded)
		d.is(b.Code, models.BatchEffective)

		task := d.task(zjj)
		if task.FirstFiledAt != signed || !*task.OnTime || task.CorrectionOpen {
			t.Errorf("the correction changed the task: %+v", task)
		}
		var rows int64
		d.ok(d.DB.SQLRead.QueryRowContext(d.ctx, "SELECT count(*) FROM e_zjj_02").Scan(&rows))
		if rows != 30 {
			t.Errorf("%d rows are effective, want those of the correction", rows)
		}
		refused(t, d.Filing.CheckUpload(d.ctx, d.liaison(zjj), zjj), fault.Conflict)
	})
}

func TestCorrection_CanBeReturnedAndByNil(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first := d.accepted(zjj)
		d.waive(zjj, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "重报"})
		b := d.clean(zjj)
		d.toOffice(b.Code)
		d.ok(d.Filing.Move(d.ctx, d.As("office"), b.Code, models.VerbReturn, filing.MoveInput{Reason: "仍不对", Due: "2026-11-20"}))
		d.is(first.Code, models.BatchEffective)
		d.standing(zjj, models.StandingOnTime)
		b, err := d.Filing.DeclareNil(d.ctx, d.liaison(zjj), zjj, "经核对本期没有核发")
		d.ok(err)
		d.toOffice(b.Code)
		d.move(d.As("office"), b.Code, models.VerbAccept)
		d.is(first.Code, models.BatchSuperseded)
		d.standing(zjj, models.StandingNil)
	})
}

func TestAccept_RefusedLeavesTheOldBatchInForce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first := d.accepted(zjj)
		d.waive(zjj, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "重报"})
		b := d.clean(zjj)
		d.toOffice(b.Code)
		refused(t, d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbAccept, filing.MoveInput{}), fault.Forbidden)
		d.is(first.Code, models.BatchEffective)
		d.is(b.Code, models.BatchFiled)
	})
}

// A correction that the Office has consented to waits for the liaison, but nobody set a due for it: it is never late.
func TestCorrection_WaitsForTheLiaisonWithoutADue(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.accepted(zjj)
		d.Clock.Set("2027-02-01", 9, 0)
		d.waive(zjj, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "监管账号录错"})
		found := false
		todos, err := d.Filing.Todos(d.ctx, d.liaison(zjj))
		d.ok(err)
		for _, todo := range todos {
			if todo.Task != zjj {
				continue
			}
			found = true
			if todo.DueAt != 0 || todo.Late || todo.Verb != "去更正" {
				t.Errorf("to-do %+v", todo)
			}
		}
		if !found {
			t.Error("the correction is not on the liaison's list")
		}
		page, err := d.Filing.Page(d.ctx, d.liaison(zjj), zjj, "")
		d.ok(err)
		next := workflow.Plain(d.Filing.Next(page))
		if !strings.Contains(next, "上传更正文件") || page.Calm() || d.Filing.Late(page) {
			t.Errorf("next %q, calm %v, late %v", next, page.Calm(), d.Filing.Late(page))
		}
		b := d.clean(zjj)
		if next := workflow.Plain(d.Filing.Next(d.page(zjj))); next != "请联络员王静提交审签；提交后由分管负责人刘志远审签。" {
			t.Errorf("uploaded: next %q", next)
		}
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		if next := workflow.Plain(d.Filing.Next(d.page(zjj))); next != "请分管负责人刘志远审签；审签后自动送办公室受理。" {
			t.Errorf("submitted: next %q", next)
		}
		if todo := d.toSign(zjj); todo == nil || todo.DueAt != 0 || todo.Late || !todo.Correction {
			t.Errorf("the unit leader's to-do: %+v", todo)
		}
	})
}

// toSign returns what waits for the unit leader of a task, or nil.
func (d *desk) toSign(task string) *filing.Todo {
	d.t.Helper()
	todos, err := d.Filing.Todos(d.ctx, d.chief(task))
	d.ok(err)
	for i := range todos {
		if todos[i].Task == task {
			return &todos[i]
		}
	}
	return nil
}

// What mends a return is to be signed by the correction due, not by the task's own.
func TestReturn_TheSignatureOfTheMendedBatchIsDueWhenTheMendingIs(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.returned(zjj, "2026-12-04")
		d.Clock.Set("2026-12-02", 9, 0)
		b := d.clean(zjj)
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		if todo := d.toSign(zjj); todo == nil || todo.DueAt != models.Day("2026-12-04").At(17, 0) || todo.Late {
			t.Errorf("the unit leader's to-do: %+v", todo)
		}
	})
}

// What was returned, mended and accepted is due when the task was, not when the mending was.
func TestReturn_AfterAcceptanceTheTaskHasItsOwnDueAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.filed(zjj)
		d.ok(d.Filing.Move(d.ctx, d.As("office"), b.Code, models.VerbReturn, filing.MoveInput{Reason: "单位有误", Due: "2026-12-01"}))
		d.accepted(zjj)
		if task := d.task(zjj); task.DueNow() != task.DueAt {
			t.Errorf("due %s, want %s", task.DueNow().Time(), task.DueAt.Time())
		}
	})
}

// The reason of a return stands on the page of the next try, until that is with the Office again.
func TestReturn_TheReasonStaysUntilItIsMended(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.filed(zjj)
		d.ok(d.Filing.Move(d.ctx, d.As("office"), b.Code, models.VerbReturn, filing.MoveInput{Reason: "监管账号缺位", Due: "2026-12-01"}))
		again := d.upload(zjj, d.rows(zjj, 21).CSV())
		page, err := d.Filing.Page(d.ctx, d.liaison(zjj), zjj, "")
		d.ok(err)
		if page.Batch.Code != again.Code || page.Returned == nil || page.Returned.Reason != "监管账号缺位" {
			t.Errorf("page of %s says %+v", page.Batch.Code, page.Returned)
		}
		d.toOffice(again.Code)
		page, err = d.Filing.Page(d.ctx, d.liaison(zjj), zjj, "")
		d.ok(err)
		if page.Returned != nil {
			t.Errorf("still said: %+v", page.Returned)
		}
	})
}

// The unit leader's reason stands on the page of the batch and of the next try, until that is submitted again.
func TestSendBack_TheReasonStaysUntilItIsSubmittedAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		said := func(want string) {
			t.Helper()
			page := d.page(zjj)
			got := ""
			if page.SentBack != nil {
				got = page.SentBack.ActorName + "：" + page.SentBack.Reason
			}
			if got != want || page.Returned != nil {
				t.Errorf("page of %s says %q, want %q; returned %+v", page.Batch.Code, got, want, page.Returned)
			}
		}
		b := d.clean(zjj)
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		said("")
		d.ok(d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSendBack, filing.MoveInput{Reason: "请核对第 9 行均价"}))
		said("刘志远：请核对第 9 行均价")
		again := d.upload(zjj, d.rows(zjj, 21).CSV())
		said("刘志远：请核对第 9 行均价")
		d.move(d.liaison(zjj), again.Code, models.VerbSubmit)
		said("")
		d.move(d.liaison(zjj), again.Code, models.VerbWithdraw) // one's own step back is nobody's reason
		said("")
	})
}

// Both reasons stand there while both are to be minded: the Office returned it, then the unit leader sent the new try back.
func TestSendBack_StandsBesideTheReasonOfAReturn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.returned(zjj, "2026-12-01")
		b := d.clean(zjj)
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		d.ok(d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSendBack, filing.MoveInput{Reason: "仍缺东阿县"}))
		if page := d.page(zjj); page.Returned == nil || page.Returned.Reason != "缺少东阿县的许可证" || page.SentBack == nil || page.SentBack.Reason != "仍缺东阿县" {
			t.Errorf("returned %+v, sent back %+v", page.Returned, page.SentBack)
		}
	})
}
