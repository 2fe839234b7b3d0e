package filing_test

import (
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

// seen returns the last step of a batch, as a page opened now shows it.
func (d *desk) seen(code string) *int64 {
	d.t.Helper()
	b := d.batch(code)
	last, err := d.Filing.LastSteps(d.ctx, []models.Batch{*b})
	d.ok(err)
	step := last[b.ID]
	return &step
}

// TestMove_WhatHasComeBackToItsStateIsNotWhatWasSeen lets the liaison withdraw, change an explanation and submit again while
// the chief's page is open: the batch waits for a signature as before, but for another one.
func TestMove_WhatHasComeBackToItsStateIsNotWhatWasSeen(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.upload(zjj, warned(d).CSV())
		for _, rule := range []string{"row.R2", "row.R5"} {
			d.ok(d.explain(zjj, rule, -1, "已核对原件"))
		}
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		old := d.seen(b.Code)

		d.move(d.liaison(zjj), b.Code, models.VerbWithdraw)
		err := d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSign, filing.MoveInput{Seen: old})
		refused(t, err, fault.Conflict, "您打开页面后，批次 "+b.Code+" 已变为“校验通过”（王静", "撤回")
		d.ok(d.explain(zjj, "row.R2", -1, "以系统数据为准"))
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)

		err = d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSign, filing.MoveInput{Seen: old})
		refused(t, err, fault.Conflict, "您打开页面后，批次 "+b.Code+" 有过变动，现在又是“待审签”（王静", "提交审签")
		_, _, err = d.Filing.BatchToMove(d.ctx, d.chief(zjj), b.Code, models.VerbSign, old)
		refused(t, err, fault.Conflict, "有过变动")
		none, foreign := int64(-1), *d.seen(b.Code)+1000
		refused(t, d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSign, filing.MoveInput{Seen: &none}), fault.Conflict, "页面不完整")
		refused(t, d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSign, filing.MoveInput{Seen: &foreign}), fault.Conflict, "请核对后再办")
		d.is(b.Code, models.BatchSigning)

		_, now, err := d.Filing.BatchToMove(d.ctx, d.chief(zjj), b.Code, models.VerbSign, nil)
		d.ok(err)
		d.ok(d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSign, filing.MoveInput{Seen: &now}))
		d.is(b.Code, models.BatchFiled)
	})
}

func TestMove_BulkTakesWhatWasSeenOfEachBatch(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		a, b := d.filed(zjj), d.filed("FGW-05-202610")
		seenA, seenB := d.seen(a.Code), *d.seen(b.Code)-1
		results, err := d.Filing.MoveMany(d.ctx, d.As("office"), []filing.Chosen{{Code: a.Code, Seen: seenA}, {Code: b.Code, Seen: &seenB}},
			models.VerbAccept, filing.MoveInput{From: models.BatchFiled})
		d.ok(err)
		if len(results) != 2 || results[0].Trouble != "" || results[1].Trouble == "" {
			t.Errorf("%+v", results)
		}
		d.is(a.Code, models.BatchEffective)
		d.is(b.Code, models.BatchFiled)
		results, err = d.Filing.ReturnMany(d.ctx, d.As("office"), []filing.ReturnInput{{Code: b.Code, Reason: "缺少附件", Seen: &seenB}}, "2026-12-10")
		d.ok(err)
		if len(results) != 1 || results[0].Trouble == "" {
			t.Errorf("%+v", results)
		}
		d.is(b.Code, models.BatchFiled)
	})
}

// TestMove_ANilReturnHasNoStepYet: it begins as clean, so what a page saw of it is 0.
func TestMove_ANilReturnHasNoStepYet(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b, err := d.Filing.DeclareNil(d.ctx, d.liaison(zjj), zjj, "本月没有核发")
		d.ok(err)
		seen := d.seen(b.Code)
		d.ok(d.Filing.Move(d.ctx, d.liaison(zjj), b.Code, models.VerbSubmit, filing.MoveInput{Seen: seen}))
		refused(t, d.Filing.Move(d.ctx, d.liaison(zjj), b.Code, models.VerbSubmit, filing.MoveInput{Seen: seen}), fault.Conflict, "待审签")
	})
}
