package filing_test

import (
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

func TestProgress_AsksForOneRowAlone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b, err := d.Filing.Upload(d.ctx, d.liaison(zjj), zjj, []filing.UploadedFile{d.File("报送.csv", d.rows(zjj, 20).CSV())})
		d.ok(err)
		liaison, office, other := d.liaison(zjj), d.As("office"), d.As("liaison.fgw")
		d.ok(d.DB.Write.Model(&models.Batch{}).Where("id = ?", b.ID).Updates(map[string]any{"progress": 7, "progress_total": 20}).Error)
		queries := d.Queries(func() {
			found, err := d.Filing.Progress(d.ctx, liaison, "zjj-02-202610-1")
			d.ok(err)
			if found.Code != b.Code || found.State != models.BatchUploaded || found.Progress != 7 || found.ProgressTotal != 20 {
				t.Errorf("progress %+v", found)
			}
		})
		if queries != 1 {
			t.Errorf("%d queries, want 1", queries)
		}
		if _, err := d.Filing.Progress(d.ctx, office, b.Code); err != nil {
			t.Error(err)
		}
		_, err = d.Filing.Progress(d.ctx, other, b.Code)
		refused(t, err, fault.NotFound)
		_, err = d.Filing.Progress(d.ctx, d.As("leader"), b.Code)
		refused(t, err, fault.Forbidden)
	})
}

func TestReceipt_OfASignedBatchAlone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		lacks := func(code string, words ...string) {
			t.Helper()
			_, err := d.Filing.Receipt(d.ctx, d.liaison(zjj), code)
			refused(t, err, fault.Conflict, append(words, code)...)
		}
		first := d.upload(zjj, d.rows(zjj, 10).Set(2, "region", "999999").CSV())
		lacks(first.Code, "有错误", "还差校验通过、提交审签、分管负责人审签")
		b := d.clean(zjj)
		lacks(first.Code, "已作废", "不会有回执")
		lacks(b.Code, "校验通过", "还差提交审签、分管负责人审签")
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		lacks(b.Code, "待审签", "还差分管负责人审签")
		d.move(d.chief(zjj), b.Code, models.VerbSign)

		office := d.As("office")
		var receipt *models.Batch
		queries := d.Queries(func() {
			var err error
			receipt, err = d.Filing.Receipt(d.ctx, office, b.Code)
			d.ok(err)
		})
		if queries != 2 { // the batch with its task, and the files
			t.Errorf("%d queries, want 2", queries)
		}
		if receipt.ReceiptNo != "HZ-"+b.Code || len(receipt.Files) != 1 || receipt.Task.Unit.Code != "zjj" || receipt.Task.Item.Code != "zjj-02" ||
			receipt.Task.TemplateVersion.Definition.Name == "" || receipt.Task.Period != "2026-10" || receipt.RowsValid != 20 {
			t.Errorf("receipt %+v of %+v", receipt, receipt.Task)
		}
		_, err := d.Filing.Receipt(d.ctx, d.As("liaison.fgw"), b.Code)
		refused(t, err, fault.NotFound)
		_, err = d.Filing.Receipt(d.ctx, d.As("leader"), b.Code)
		refused(t, err, fault.Forbidden)
	})
}

func TestFindingList_TakesFewQueriesHoweverManyFindings(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		sheet := d.rows(zjj, 100)
		for i := range sheet.Rows {
			sheet.Set(i, "region", "999999")
		}
		b := d.upload(zjj, sheet.CSV())
		liaison, rule := d.liaison(zjj), d.page(zjj).Rules[0].ID
		queries := d.Queries(func() {
			list, err := d.Filing.FindingList(d.ctx, liaison, b.Code, rule)
			d.ok(err)
			n := 0
			d.ok(d.Filing.Findings(d.ctx, liaison, list, func(ingest.Finding) error { n++; return nil }))
			if n != 100 || list.Rule.Title == "" || list.Batch.Files[0].Name != "报送.csv" {
				t.Errorf("%d findings of %+v", n, list.Rule)
			}
		})
		if queries > 8 { // batch, files, rule; the rest is the audit entry
			t.Errorf("%d queries", queries)
		}
	})
}

func TestDiscard_ANilReturnThatWasNotSubmitted(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b, err := d.Filing.DeclareNil(d.ctx, d.liaison(zjj), zjj, "本月没有核发")
		d.ok(err)
		offered := func(user string) bool {
			page, err := d.Filing.Page(d.ctx, d.As(user), "", b.Code)
			d.ok(err)
			for _, m := range page.Moves {
				if m.Verb == models.VerbDiscard {
					return true
				}
			}
			return false
		}
		if !offered("liaison.zjj") || offered("chief.zjj") || offered("office") {
			t.Error("discarding is the unit's own people's, and theirs alone")
		}
		d.move(d.liaison(zjj), b.Code, models.VerbDiscard)
		d.Work()
		d.is(b.Code, models.BatchDiscarded)
		if page := d.page(zjj); page.Batch != nil || page.NoUpload != "" || page.Standing != models.StandingOpen {
			t.Errorf("after it: %+v, %q, %s", page.Batch, page.NoUpload, page.Standing)
		}
		if again := d.clean(zjj); again.No != 2 {
			t.Errorf("the number %d is used again", again.No)
		}
	})
}
