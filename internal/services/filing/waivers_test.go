package filing_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
)

func (d *desk) raise(user, task string, in filing.WaiverInput) (*models.Waiver, error) {
	return d.Filing.RaiseWaiver(d.ctx, d.As(user), task, in)
}

func (d *desk) moveWaiver(user, code string, verb workflow.Verb, reason string) error {
	return d.Filing.MoveWaiver(d.ctx, d.As(user), code, verb, filing.MoveInput{Reason: reason})
}

func TestWaiver_AskedByTheLiaisonTakesTwoPeopleOfTheOffice(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		w, err := d.raise("liaison.zjj", zjj, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "机构改革，职能已划出"})
		d.ok(err)
		if w.Code != "SQ-ZJJ-02-202610-1" || w.State != models.WaiverAsked {
			t.Errorf("waiver %+v", w)
		}
		refused(t, d.moveWaiver("office", w.Code, models.VerbConfirm, ""), fault.Conflict)
		refused(t, d.moveWaiver("office", w.Code, models.VerbPropose, " "), fault.Invalid, "理由")
		d.ok(d.moveWaiver("office", w.Code, models.VerbPropose, "情况属实"))
		refused(t, d.moveWaiver("office", w.Code, models.VerbConfirm, ""), fault.Forbidden, "另一人")
		d.standing(zjj, models.StandingOpen) // one person's word changes nothing
		d.ok(d.moveWaiver("office2", w.Code, models.VerbConfirm, ""))
		d.standing(zjj, models.StandingExempt)
		refused(t, d.Filing.CheckUpload(d.ctx, d.liaison(zjj), zjj), fault.Conflict, "免报")
		refused(t, d.moveWaiver("office2", w.Code, models.VerbConfirm, ""), fault.Conflict)

		page, err := d.Filing.Waiver(d.ctx, d.liaison(zjj), w.Code)
		d.ok(err)
		if len(page.Moves) != 0 || len(page.History) != 2 || page.History[1].ActorName != "孙立" {
			t.Errorf("page %+v", page)
		}
	})
}

func TestWaiver_WhatNeedsToBeSaid(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.Clock.Set("2026-12-28", 9, 0)
		for name, test := range map[string]struct {
			in    filing.WaiverInput
			words string
		}{
			"no kind":           {filing.WaiverInput{Reason: "理由"}, "事项"},
			"an unknown kind":   {filing.WaiverInput{Kind: "all", Reason: "理由"}, "事项"},
			"no reason":         {filing.WaiverInput{Kind: models.WaiverExempt, Reason: " "}, "理由"},
			"too much reason":   {filing.WaiverInput{Kind: models.WaiverExempt, Reason: strings.Repeat("长", 2001)}, "2000"},
			"unlock for ever":   {filing.WaiverInput{Kind: models.WaiverUnlock, Reason: "理由"}, "哪一天"},
			"unlock until then": {filing.WaiverInput{Kind: models.WaiverUnlock, Reason: "理由", Until: "2026-12-27"}, "晚于"},
		} {
			_, err := d.raise("liaison.zjj", zjj, test.in)
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
			refused(t, err, fault.Invalid, test.words)
		}
	})
}

func TestWaiver_WhoMayAskAndDecide(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		in := filing.WaiverInput{Kind: models.WaiverExempt, Reason: "理由"}
		for _, user := range []string{"handler.zjj", "chief.zjj", "leader", "tax", "sysadmin", "bank"} {
			_, err := d.raise(user, zjj, in)
			refused(t, err, fault.Forbidden)
		}
		for _, user := range []string{"liaison.fgw", "office.dcf", "office.gt"} {
			_, err := d.raise(user, zjj, in)
			refused(t, err, fault.NotFound)
		}
		w, err := d.raise("liaison.zjj", zjj, in)
		d.ok(err)
		_, err = d.raise("office", zjj, in)
		refused(t, err, fault.Conflict, "正在办理")
		for _, user := range []string{"liaison.zjj", "chief.zjj", "leader"} {
			refused(t, d.moveWaiver(user, w.Code, models.VerbPropose, "同意"), fault.Forbidden)
		}
		for _, user := range []string{"office.dcf", "liaison.fgw"} {
			refused(t, d.moveWaiver(user, w.Code, models.VerbPropose, "同意"), fault.NotFound)
			_, err := d.Filing.Waiver(d.ctx, d.As(user), w.Code)
			refused(t, err, fault.NotFound)
		}
		refused(t, d.moveWaiver("office", w.Code, models.VerbWithdrawWaiver, ""), fault.Forbidden)
		d.ok(d.moveWaiver("liaison.zjj", w.Code, models.VerbWithdrawWaiver, ""))
		again, err := d.raise("liaison.zjj", zjj, in)
		d.ok(err)
		if again.Code == w.Code {
			t.Errorf("code %s is used twice", again.Code)
		}
		refused(t, d.moveWaiver("office", again.Code, models.VerbRefuse, ""), fault.Invalid, "理由")
		d.ok(d.moveWaiver("office", again.Code, models.VerbRefuse, "不属免报情形"))
		d.standing(zjj, models.StandingOpen)
	})
}

func TestWaiver_ThatDoesNotFitTheTask(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		ask := func(kind models.WaiverKind) error {
			_, err := d.raise("liaison.zjj", zjj, filing.WaiverInput{Kind: kind, Reason: "理由", Until: "2027-06-01"})
			return err
		}
		refused(t, ask(models.WaiverCorrection), fault.Conflict, "还没有生效批次")
		refused(t, ask(models.WaiverUnlock), fault.Conflict, "还没有锁定")
		d.accepted(zjj)
		refused(t, ask(models.WaiverExempt), fault.Conflict, "已有生效批次")
		d.ok(ask(models.WaiverCorrection))
		refused(t, ask(models.WaiverCorrection), fault.Conflict)
	})
}

func TestWaiver_IsNotGrantedWhereTheTaskHasMovedOn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		w, err := d.raise("office", zjj, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "职能划出"})
		d.ok(err)
		if w.State != models.WaiverProposed {
			t.Errorf("raised by the Office: %s", w.State)
		}
		b := d.filed(zjj)
		refused(t, d.moveWaiver("office2", w.Code, models.VerbConfirm, ""), fault.Conflict, "待受理")
		d.move(d.As("office"), b.Code, models.VerbAccept)
		refused(t, d.moveWaiver("office2", w.Code, models.VerbConfirm, ""), fault.Conflict, "生效")
		d.ok(d.moveWaiver("office2", w.Code, models.VerbRefuse, "已报送"))
	})
}

func TestWaiver_ListAndTodos(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		w, err := d.raise("liaison.zjj", zjj, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "职能划出"})
		d.ok(err)
		todo := func(user string) bool {
			todos, err := d.Filing.Todos(d.ctx, d.As(user))
			d.ok(err)
			for _, todo := range todos {
				if todo.Waiver && todo.Code == w.Code {
					return true
				}
			}
			return false
		}
		if !todo("office") || !todo("office2") || todo("office.dcf") || todo("liaison.zjj") {
			t.Error("an asked waiver waits for both people of the city's Office alone")
		}
		d.ok(d.moveWaiver("office", w.Code, models.VerbPropose, "属实"))
		if todo("office") || !todo("office2") {
			t.Error("a proposed waiver waits for the other person")
		}
		for user, want := range map[string]int64{"office": 1, "liaison.zjj": 1, "chief.zjj": 1, "liaison.fgw": 0, "office.gt": 0} {
			list, n, err := d.Filing.Waivers(d.ctx, d.As(user), filing.WaiverFilter{State: models.WaiverProposed, Page: 1, Size: 20})
			d.ok(err)
			if n != want || int64(len(list)) != want {
				t.Errorf("%s sees %d waivers, want %d", user, n, want)
			}
		}
	})
}

// TestNext_LeadsThroughAnUnlocking: a locked task is not to be filed at once but asked for first, and each step says what
// comes after it.
func TestNext_LeadsThroughAnUnlocking(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		says := func(want, verb, note string) {
			t.Helper()
			if got := workflow.Plain(d.Filing.Next(d.page(zjj))); got != want {
				t.Errorf("next %q, want %q", got, want)
			}
			todos, err := d.Filing.Todos(d.ctx, d.liaison(zjj))
			d.ok(err)
			for _, todo := range todos {
				if todo.Task == zjj && verb == "" {
					t.Errorf("%s is a to-do: %+v", zjj, todo)
				} else if todo.Task == zjj && (todo.Verb != verb || !strings.Contains(todo.Note, note)) {
					t.Errorf("to-do %s: %q, want %s: %q", todo.Verb, todo.Note, verb, note)
				}
			}
		}
		d.Clock.Set("2026-11-27", 9, 0)
		says("请联络员王静立即补报：应于 11月25日（周三）17:00 前报送，已经逾期。", "去报送", "开放填报")
		d.Clock.Set("2027-02-15", 9, 0)
		says("本期已锁定，请联络员王静先申请解锁补报：应于 11月25日（周三）17:00 前报送，已经逾期；办公室两人先后同意后可以上传。", "去申请", "已锁定")
		w, err := d.Filing.RaiseWaiver(d.ctx, d.liaison(zjj), zjj, filing.WaiverInput{Kind: models.WaiverUnlock, Reason: "漏报", Until: "2027-02-26"})
		d.ok(err)
		says("解锁补报申请 "+w.Code+" 正在办理，请等办公室两人先后同意；同意后由联络员王静上传补报文件。", "", "")
		asked, err := d.Filing.Unlocking(d.ctx, d.liaison(zjj))
		d.ok(err)
		if len(asked) != 1 || asked[0].Task != zjj || !strings.Contains(asked[0].Note, w.Code) {
			t.Errorf("waiting for the Office: %+v", asked)
		}
		if others, err := d.Filing.Unlocking(d.ctx, d.As("liaison.fgw")); err != nil || len(others) != 0 {
			t.Errorf("another unit sees %+v, %v", others, err)
		}
		d.ok(d.Filing.MoveWaiver(d.ctx, d.As("office"), w.Code, models.VerbPropose, filing.MoveInput{Reason: "属实"}))
		d.ok(d.Filing.MoveWaiver(d.ctx, d.As("office2"), w.Code, models.VerbConfirm, filing.MoveInput{}))
		says("办公室已同意解锁，请联络员王静在 2月26日（周五）17:00 前上传补报文件；到期重新锁定。", "去补报", "已同意解锁，请在 2月26日（周五）17:00 前补报")
		d.Clock.Set("2027-02-26", 17, 1)
		says("本期已锁定，请联络员王静先申请解锁补报：应于 11月25日（周三）17:00 前报送，已经逾期；办公室两人先后同意后可以上传。", "去申请", "已锁定")
	})
}

// TestWaiting_IsWhatTheUnitLeaderHas: who submitted it is named, not who uploaded it.
func TestWaiting_IsWhatTheUnitLeaderHas(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.clean(zjj)
		waiting := func(user string) []filing.Todo {
			t.Helper()
			list, err := d.Filing.Waiting(d.ctx, d.As(user))
			d.ok(err)
			return list
		}
		if got := waiting("liaison.zjj"); len(got) != 0 {
			t.Errorf("a batch that is not submitted waits: %+v", got)
		}
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		for _, user := range []string{"liaison.zjj", "handler.zjj"} {
			if got := waiting(user); len(got) != 1 || got[0].Batch != b.Code || got[0].Last != "王静 提交审签" || got[0].Verb != "查看" || got[0].LastAt == 0 {
				t.Errorf("%s sees %+v", user, got)
			}
		}
		for _, user := range []string{"chief.zjj", "liaison.fgw", "office", "leader", "bank"} {
			if got := waiting(user); len(got) != 0 {
				t.Errorf("%s sees %+v", user, got)
			}
		}
	})
}
