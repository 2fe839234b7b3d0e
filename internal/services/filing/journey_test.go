package filing_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
)

func TestFiling_FromUploadToAcceptance(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		liaison, chief, office := d.liaison(zjj), d.chief(zjj), d.As("office")
		d.standing(zjj, models.StandingOpen)

		b := d.upload(zjj, d.rows(zjj, 120).CSV())
		if b.State != models.BatchClean || b.Code != "ZJJ-02-202610-1" || b.RowsRead != 120 || b.RowsValid != 120 || b.RowsRejected != 0 {
			t.Fatalf("%s is %s: %d rows, %d valid; %s", b.Code, b.State, b.RowsRead, b.RowsValid, b.Trouble)
		}
		if f := b.Files[0]; f.Format != "csv" || f.Encoding != "UTF-8" || f.HeaderRow != 1 || f.RowsValid != 120 || b.Checksum != f.Blob {
			t.Errorf("file report %+v", f)
		}
		d.move(liaison, b.Code, models.VerbSubmit)
		d.Clock.Advance(time.Hour)
		d.move(chief, b.Code, models.VerbSign)
		d.standing(zjj, models.StandingOpen)
		signed := models.At(d.Clock.Now())
		d.Clock.Advance(48 * time.Hour)
		d.move(office, b.Code, models.VerbAccept)

		b = d.batch(b.Code)
		if b.State != models.BatchEffective || b.SignedAt != signed || b.SignedName != "刘志远" || b.ReceiptNo != "HZ-ZJJ-02-202610-1" || b.DecidedName != "赵敏" {
			t.Errorf("effective batch %+v", b)
		}
		d.standing(zjj, models.StandingOnTime)
		if task := d.task(zjj); task.FirstFiledAt != signed || task.OnTime == nil || !*task.OnTime {
			t.Errorf("first filed %v, on time %v", task.FirstFiledAt.Time(), task.OnTime)
		}
		page := d.page(zjj)
		verbs := []workflow.Verb{models.VerbCheck, models.VerbClean, models.VerbSubmit, models.VerbSign, models.VerbAccept}
		if len(page.History) != len(verbs) {
			t.Fatalf("history of %d steps", len(page.History))
		}
		for i, verb := range verbs {
			if page.History[i].Verb != verb {
				t.Errorf("step %d is %s, want %s", i, page.History[i].Verb, verb)
			}
		}
		if page.NoUpload == "" || len(page.Moves) != 0 {
			t.Errorf("a finished task offers %v, upload refused with %q", page.Moves, page.NoUpload)
		}
	})
}

func TestFiling_TheWarehouseShowsWhatIsEffectiveAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		count := func() (n int64) {
			d.ok(d.DB.SQLRead.QueryRowContext(d.ctx, "SELECT count(*) FROM e_zjj_02").Scan(&n))
			return n
		}
		b := d.filed(zjj)
		if n := count(); n != 0 {
			t.Errorf("%d rows are effective before acceptance", n)
		}
		d.move(d.As("office"), b.Code, models.VerbAccept)
		if n := count(); n != 20 {
			t.Errorf("%d rows are effective, want 20", n)
		}
	})
}

func TestFiling_WhoMayTakeWhichStep(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.clean(zjj)
		try := func(user string, verb workflow.Verb, kind fault.Kind) {
			t.Helper()
			in := filing.MoveInput{Reason: "理由", Due: "2026-12-01"}
			if err := d.Filing.Move(d.ctx, d.As(user), b.Code, verb, in); !fault.Is(err, kind) {
				t.Errorf("%s by %s: %v, want kind %d", verb, user, err, kind)
			}
		}
		// what is not the actor's to know of is not there
		for _, user := range []string{"liaison.fgw", "chief.zrzy", "liaison.dcf", "bank", "office.dcf"} {
			try(user, models.VerbSubmit, fault.NotFound)
		}
		for _, user := range []string{"handler.zjj", "chief.zjj", "office", "leader", "tax", "tax.chief"} {
			try(user, models.VerbSubmit, fault.Forbidden)
		}
		try("chief.zjj", models.VerbSign, fault.Conflict) // not there yet
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		for _, user := range []string{"liaison.zjj", "handler.zjj", "office"} {
			try(user, models.VerbSign, fault.Forbidden)
		}
		try("office", models.VerbAccept, fault.Conflict)
		try("chief.zjj", models.VerbWithdraw, fault.Forbidden)
		d.move(d.chief(zjj), b.Code, models.VerbSign)
		for _, user := range []string{"liaison.zjj", "chief.zjj", "leader", "tax"} {
			try(user, models.VerbAccept, fault.Forbidden)
			try(user, models.VerbReturn, fault.Forbidden)
		}
		d.is(b.Code, models.BatchFiled)
		d.move(d.As("office"), b.Code, models.VerbAccept)
		for _, user := range []string{"liaison.zjj", "office"} {
			try(user, models.VerbSupersede, fault.Forbidden) // only the portal itself does
		}
	})
}

func TestFiling_TheSignatureIsASecondPersons(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		// one account that is liaison and chief in one: a small unit may have such
		sec, liaison := d.As("secadmin"), d.As("liaison.zjj")
		d.ok(d.Accounts.GiveRole(d.ctx, sec, liaison.AccountID, models.RoleChief))
		b := d.clean(zjj)
		d.move(d.As("liaison.zjj"), b.Code, models.VerbSubmit)
		refused(t, d.Filing.Move(d.ctx, d.As("liaison.zjj"), b.Code, models.VerbSign, filing.MoveInput{}), fault.Forbidden, "另一人")
		for _, m := range d.page(zjj).Moves {
			if m.Verb == models.VerbSign {
				t.Error("the page offers the signature to who submitted")
			}
		}
		d.move(d.chief(zjj), b.Code, models.VerbSign)
	})
}

func TestFiling_PressedTwiceOneSucceeds(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.filed(zjj)
		users := []string{"office", "office2", "office", "office2"}
		errs := make([]error, len(users))
		var wg sync.WaitGroup
		for i, user := range users {
			actor := d.As(user)
			wg.Go(func() { errs[i] = d.Filing.Move(d.ctx, actor, b.Code, models.VerbAccept, filing.MoveInput{}) })
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !fault.Is(err, fault.Conflict) {
				t.Errorf("the loser is told %v", err)
			}
		}
		if done != 1 {
			t.Errorf("%d of %d succeeded: %v", done, len(users), errors.Join(errs...))
		}
		if history := d.page(zjj).History; history[len(history)-1].Verb != models.VerbAccept || history[len(history)-2].Verb != models.VerbSign {
			t.Errorf("history ends with %v", history[len(history)-2:])
		}
	})
}

func TestFiling_UploadedTwiceAtOnceLeavesOneBatchThatCounts(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		liaison := d.liaison(zjj)
		errs := make([]error, 3)
		var wg sync.WaitGroup
		for i := range errs {
			file := d.File("报送.csv", d.rows(zjj, 10+i).CSV())
			wg.Go(func() { _, errs[i] = d.Filing.Upload(d.ctx, liaison, zjj, []filing.UploadedFile{file}) })
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else {
				refused(t, err, fault.Conflict)
			}
		}
		if done != 1 {
			t.Errorf("%d uploads began, want 1: a batch that is being checked is not replaced", done)
		}
	})
}

func TestFiling_AStalePageIsToldSo(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.clean(zjj)
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		d.move(d.liaison(zjj), b.Code, models.VerbWithdraw)
		// the page still showed 待审签, where discarding was not offered
		err := d.Filing.Move(d.ctx, d.liaison(zjj), b.Code, models.VerbSubmit, filing.MoveInput{From: models.BatchSigning})
		refused(t, err, fault.Conflict, "校验通过")
	})
}

func TestFiling_WithdrawAndSendBack(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.clean(zjj)
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		d.move(d.liaison(zjj), b.Code, models.VerbWithdraw)
		if b := d.batch(b.Code); b.State != models.BatchClean || b.SubmittedAt != 0 {
			t.Errorf("withdrawn: %s, submitted at %d", b.State, b.SubmittedAt)
		}
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		refused(t, d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSendBack, filing.MoveInput{Reason: "  "}), fault.Invalid, "理由")
		d.ok(d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSendBack, filing.MoveInput{Reason: "漏了临清市"}))
		d.is(b.Code, models.BatchClean)
		history := d.page(zjj).History
		if last := history[len(history)-1]; last.Reason != "漏了临清市" || last.ActorName != "刘志远" {
			t.Errorf("the reason is not in the history: %+v", last)
		}
	})
}

func TestMoveMany_OneThatHasMovedOnDoesNotHoldUpTheRest(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		a, b := d.filed(zjj), d.filed("FGW-05-202610")
		d.move(d.As("office2"), a.Code, models.VerbAccept)
		results, err := d.Filing.MoveMany(d.ctx, d.As("office"), []filing.Chosen{{Code: a.Code}, {Code: b.Code}, {Code: "NONE-1"}}, models.VerbAccept, filing.MoveInput{})
		d.ok(err)
		if len(results) != 3 || results[0].Trouble == "" || results[1].Trouble != "" || results[2].Trouble == "" {
			t.Errorf("results %+v", results)
		}
		d.is(b.Code, models.BatchEffective)
	})
}

func TestMoveMany_AReasonIsNeededForAll(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		a := d.filed(zjj)
		_, err := d.Filing.MoveMany(d.ctx, d.As("office"), []filing.Chosen{{Code: a.Code}}, models.VerbReturn, filing.MoveInput{Due: "2026-12-01"})
		refused(t, err, fault.Invalid, "理由")
		d.is(a.Code, models.BatchFiled)
	})
}
