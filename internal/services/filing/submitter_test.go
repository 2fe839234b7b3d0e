package filing_test

import (
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

// TestSubmit_KeepsWhoSubmitted: the batch was uploaded by somebody else, and whoever takes it back is not its submitter.
func TestSubmit_KeepsWhoSubmitted(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b, err := d.Filing.Upload(d.ctx, d.As("handler.zjj"), zjj, []filing.UploadedFile{d.File("报送.csv", d.rows(zjj, 20).CSV())})
		d.ok(err)
		d.Work()
		liaison := d.As("liaison.zjj")
		is := func(when, name string, by int64) {
			t.Helper()
			if b := d.batch(b.Code); b.SubmittedName != name || b.SubmittedBy != by || b.CreatedName != "陈洁" {
				t.Errorf("%s: submitted by %q (%d), uploaded by %s", when, b.SubmittedName, b.SubmittedBy, b.CreatedName)
			}
		}
		is("uploaded", "", 0)
		d.move(liaison, b.Code, models.VerbSubmit)
		is("submitted", "王静", liaison.AccountID)
		todos, err := d.Filing.Todos(d.ctx, d.As("chief.zjj"))
		d.ok(err)
		if len(todos) != 1 || todos[0].Last != "王静 提交审签" {
			t.Errorf("the unit leader's to-dos: %+v", todos)
		}
		d.move(liaison, b.Code, models.VerbWithdraw)
		is("taken back", "", 0)
		d.move(liaison, b.Code, models.VerbSubmit)
		d.ok(d.Filing.Move(d.ctx, d.As("chief.zjj"), b.Code, models.VerbSendBack, filing.MoveInput{Reason: "请核对"}))
		is("sent back", "", 0)
		d.toOffice(b.Code)
		d.move(d.As("office"), b.Code, models.VerbAccept)
		is("in force", "王静", liaison.AccountID)
	})
}
