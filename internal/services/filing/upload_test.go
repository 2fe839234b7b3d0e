package filing_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
)

func TestUpload_ErrorsAreFoundByRowAndColumn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		sheet := d.rows(zjj, 30)
		sheet.Set(4, "developer_uscc", "91371500MA3DEM0007").Set(9, "presale_area", "").Set(9, "presale_units", "一百")
		b := d.upload(zjj, sheet.CSV())
		if b.State != models.BatchErrors || b.RowsRead != 30 || b.RowsValid != 28 || b.RowsRejected != 2 || b.ErrorRows != 2 {
			t.Fatalf("%s: %d read, %d valid, %d rejected", b.State, b.RowsRead, b.RowsValid, b.RowsRejected)
		}
		page := d.page(zjj)
		found := map[string]models.Finding{}
		for _, r := range page.Rules {
			if r.Severity != models.SeverityError || r.Count != 1 || r.Title == "" || r.Advice == "" {
				t.Errorf("rule %+v", r)
			}
			found[r.Field] = r.Findings[0]
		}
		if f := found["developer_uscc"]; f.Row != 6 || f.Column != "D" || string(f.Value) != "91371500MA3DEM0007" || f.Message == "" {
			t.Errorf("finding %+v", f)
		}
		if len(page.Rules) != 3 || found["presale_area"].Row != 11 || found["presale_units"].Row != 11 {
			t.Errorf("found %v", found)
		}
		if page.Calm() {
			t.Error("a batch with errors waits for nobody")
		}
	})
}

func TestUpload_SensitiveValuesAreMaskedOnThePageAndSealedAtRest(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		sheet := d.rows(zjj, 5).Set(2, "escrow_account", "62284800000000000X1")
		d.upload(zjj, sheet.CSV())
		for _, r := range d.page(zjj).Rules {
			for _, f := range r.Findings {
				if strings.Contains(string(f.Value), "0000000000") {
					t.Errorf("the page shows %s", f.Value)
				}
			}
		}
		var stored []models.Finding
		d.ok(d.DB.Read.Find(&stored).Error)
		if len(stored) == 0 {
			t.Fatal("nothing found")
		}
		for _, f := range stored {
			if bytes.Contains(f.Value, []byte("62284800")) {
				t.Errorf("stored in clear: %q", f.Value)
			}
		}
	})
}

func TestUpload_AFileThatCannotBeReadIsMalformed(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for name, content := range map[string][]byte{
			"a page": []byte("<html><table><tr><td>项目名称</td></tr></table></html>"), "no header": []byte("一,二,三\r\n1,2,3\r\n"),
			"another template": d.rows("FGW-05-202610", 3).CSV(), "a head alone": d.rows(zjj, 0).CSV(),
		} {
			b := d.upload(zjj, content)
			if b.State != models.BatchMalformed || b.Trouble == "" || b.CheckedAt == 0 {
				t.Errorf("%s: %s, %q", name, b.State, b.Trouble)
			}
		}
		d.standing(zjj, models.StandingOpen)
		d.clean(zjj)
	})
}

func TestUpload_SeveralFilesAreOneBatch(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		all := d.rows(zjj, 40)
		first, second := *all, *all
		first.Rows, second.Rows = all.Rows[:25], all.Rows[25:]
		book, err := second.XLSX()
		d.ok(err)
		files := []filing.UploadedFile{d.File("一.csv", first.GB18030()), d.File("二.xlsx", book)}
		b, err := d.Filing.Upload(d.ctx, d.liaison(zjj), zjj, files)
		d.ok(err)
		d.Work()
		b = d.batch(b.Code)
		if b.State != models.BatchClean || b.RowsRead != 40 || len(b.Files) != 2 {
			t.Fatalf("%s with %d rows of %d files: %s", b.State, b.RowsRead, len(b.Files), b.Trouble)
		}
		if b.Files[0].Encoding != "GB18030" || b.Files[1].Format != "xlsx" || b.Files[1].HeaderRow != 2 || b.Files[1].RowsRead != 15 {
			t.Errorf("files %+v", b.Files)
		}
		if b.Checksum == b.Files[0].Blob || len(b.Checksum) != 64 {
			t.Errorf("checksum %s", b.Checksum)
		}
	})
}

func TestUpload_ARowInTwoFilesIsADuplicate(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		a, b := d.rows(zjj, 10), d.rows(zjj, 10)
		b.Set(3, "presale_units", "77")
		batch, err := d.Filing.Upload(d.ctx, d.liaison(zjj), zjj, []filing.UploadedFile{d.File("一.csv", a.CSV()), d.File("二.csv", b.CSV())})
		d.ok(err)
		d.Work()
		d.is(batch.Code, models.BatchErrors)
	})
}

func TestUpload_WhatIsRefusedBeforeAnyByte(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		file := d.File("报送.csv", d.rows(zjj, 5).CSV())
		upload := func(user, task string, files ...filing.UploadedFile) error {
			check := d.Filing.CheckUpload(d.ctx, d.As(user), task)
			_, err := d.Filing.Upload(d.ctx, d.As(user), task, files)
			if (check == nil) != (err == nil) && !fault.Is(err, fault.Invalid) {
				t.Errorf("CheckUpload says %v, Upload %v", check, err)
			}
			return err
		}
		refused(t, upload("liaison.zjj", zjj), fault.Invalid, "选择")
		refused(t, upload("liaison.zjj", zjj, file, file), fault.Invalid, "相同")
		refused(t, upload("liaison.zjj", zjj, make([]filing.UploadedFile, 21)...), fault.Invalid, "最多 20 个")
		refused(t, upload("liaison.fgw", zjj, file), fault.NotFound)
		refused(t, upload("liaison.zjj", "ZJJ-02-209901", file), fault.NotFound)
		refused(t, upload("liaison.zjj", "ZJJ-02-202611", file), fault.Conflict, "12月1日", "开放")
		for _, user := range []string{"chief.zjj", "office", "leader", "tax", "sysadmin", "bank"} {
			refused(t, upload(user, zjj, file), fault.Forbidden)
		}
		d.ok(upload("handler.zjj", strings.ToLower(zjj), file))
	})
}

func TestUpload_TheParentUnitSeesASubUnitsTaskButDoesNotFileForIt(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ok(d.DB.Write.Exec(`UPDATE filing_tasks SET unit_id = (SELECT id FROM units WHERE code = 'ga-jj') WHERE code = ?`, zjj).Error)
		_, err := d.Filing.Page(d.ctx, d.As("police"), zjj, "")
		d.ok(err)
		refused(t, d.Filing.CheckUpload(d.ctx, d.As("police"), zjj), fault.Forbidden, "交警")
		d.ok(d.Filing.CheckUpload(d.ctx, d.As("liaison.ga-jj"), zjj))
	})
}

func TestUpload_WhatStandsInTheWay(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.clean(zjj)
		check := func() error { return d.Filing.CheckUpload(d.ctx, d.liaison(zjj), zjj) }
		d.ok(check())
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		refused(t, check(), fault.Conflict, b.Code, "待审签")
		d.move(d.chief(zjj), b.Code, models.VerbSign)
		refused(t, check(), fault.Conflict, "待受理")
		d.move(d.As("office"), b.Code, models.VerbAccept)
		refused(t, check(), fault.Conflict, "更正")
	})
}

func TestUpload_ReplacesWhatWasNeverSubmitted(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first := d.clean(zjj)
		second := d.upload(zjj, d.rows(zjj, 25).CSV())
		d.is(first.Code, models.BatchDiscarded)
		if second.Code != "ZJJ-02-202610-2" || second.State != models.BatchClean {
			t.Errorf("%s is %s", second.Code, second.State)
		}
		if purged := d.batch(first.Code).RowsPurgedAt; purged == 0 {
			t.Error("the replaced batch's rows are still in the warehouse")
		}
		if page := d.page(zjj); page.Batch.Code != second.Code || page.Previous == nil || page.Previous.Code != first.Code {
			t.Errorf("the page speaks of %v after %v", page.Batch, page.Previous)
		}
	})
}

func TestUpload_TheSameFileAgainIsNamed(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		content := d.rows(zjj, 12).CSV()
		first := d.upload(zjj, content)
		if second := d.upload(zjj, content); second.Files[0].Duplicate != first.Code {
			t.Errorf("duplicate of %q, want %s", second.Files[0].Duplicate, first.Code)
		}
	})
}

func TestUpload_FileNamesAreShownAndNotTrusted(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		file := d.File(`C:\Users\王静\..\预售`+"\u202e\x00"+`.csv`, d.rows(zjj, 3).CSV())
		b, err := d.Filing.Upload(d.ctx, d.liaison(zjj), zjj, []filing.UploadedFile{file})
		d.ok(err)
		if b.Files[0].Name != "预售.csv" {
			t.Errorf("name %q", b.Files[0].Name)
		}
		d.Work()
	})
}

func TestDiscard_TakesAWrongUploadAway(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.clean(zjj)
		d.move(d.As("handler.zjj"), b.Code, models.VerbDiscard)
		d.Work()
		d.is(b.Code, models.BatchDiscarded)
		if page := d.page(zjj); page.Batch != nil || page.Standing != models.StandingOpen || page.NoUpload != "" {
			t.Errorf("the page speaks of %v, %s", page.Batch, page.NoUpload)
		}
		refused(t, d.Filing.Move(d.ctx, d.liaison(zjj), b.Code, models.VerbSubmit, filing.MoveInput{}), fault.Conflict)

		b = d.filed(zjj)
		if b.No != 2 {
			t.Errorf("number %d was given out before", b.No)
		}
		refused(t, d.Filing.Move(d.ctx, d.liaison(zjj), b.Code, models.VerbDiscard, filing.MoveInput{}), fault.Conflict)
	})
}

func TestRecheck_AfterAFailureOfTheSystem(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b, err := d.Filing.Upload(d.ctx, d.liaison(zjj), zjj, []filing.UploadedFile{d.File("报送.csv", d.rows(zjj, 8).CSV())})
		d.ok(err)
		// as a check leaves it that has failed for good
		d.ok(d.DB.Write.Model(&models.Batch{}).Where("id = ?", b.ID).Updates(map[string]any{"state": models.BatchFailed, "trouble": "中断"}).Error)
		d.Work()
		d.is(b.Code, models.BatchFailed)
		refused(t, d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbRecheck, filing.MoveInput{}), fault.Forbidden)
		d.move(d.liaison(zjj), b.Code, models.VerbRecheck)
		d.Work()
		if b := d.batch(b.Code); b.State != models.BatchClean || b.Trouble != "" || b.RowsRead != 8 {
			t.Errorf("%s with %d rows, %q", b.State, b.RowsRead, b.Trouble)
		}
	})
}

func TestCheck_TakesUpABatchThatAKilledPortalLeftInTheMiddle(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b, err := d.Filing.Upload(d.ctx, d.liaison(zjj), zjj, []filing.UploadedFile{d.File("报送.csv", d.rows(zjj, 8).CSV())})
		d.ok(err)
		d.ok(d.DB.Write.Model(&models.Batch{}).Where("id = ?", b.ID).Update("state", models.BatchChecking).Error)
		d.ok(d.Filing.RunCheck(d.ctx, b.Code))
		d.is(b.Code, models.BatchClean)
		d.ok(d.Filing.RunCheck(d.ctx, b.Code)) // once more does nothing
		d.is(b.Code, models.BatchClean)
		d.Work()
	})
}

func TestNil_WithAndWithoutAReason(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		liaison := d.liaison(zjj)
		_, err := d.Filing.DeclareNil(d.ctx, liaison, zjj, " ")
		refused(t, err, fault.Invalid, "原因")
		_, err = d.Filing.DeclareNil(d.ctx, liaison, zjj, strings.Repeat("长", 501))
		refused(t, err, fault.Invalid, "500")
		for _, user := range []string{"handler.zjj", "chief.zjj", "office"} {
			_, err = d.Filing.DeclareNil(d.ctx, d.As(user), zjj, "本月没有核发")
			refused(t, err, fault.Forbidden)
		}
		_, err = d.Filing.DeclareNil(d.ctx, d.As("liaison.fgw"), zjj, "本月没有核发")
		refused(t, err, fault.NotFound)

		b, err := d.Filing.DeclareNil(d.ctx, liaison, zjj, " 本月没有核发预售许可证 ")
		d.ok(err)
		if b.State != models.BatchClean || b.Kind != models.BatchNil || b.NilReason != "本月没有核发预售许可证" {
			t.Errorf("nil return %+v", b)
		}
		d.toOffice(b.Code)
		d.move(d.As("office"), b.Code, models.VerbAccept)
		d.standing(zjj, models.StandingNil)
	})
}

func TestNil_NeedsNoReasonWhereNothingIsNormal(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ok(d.DB.Write.Model(&models.CatalogueItem{}).Where("code = ?", "zjj-02").Update("nil_normal", true).Error)
		_, err := d.Filing.DeclareNil(d.ctx, d.liaison(zjj), zjj, "")
		d.ok(err)
	})
}

func TestNil_AndUploadReplaceEachOther(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first, err := d.Filing.DeclareNil(d.ctx, d.liaison(zjj), zjj, "本月没有核发")
		d.ok(err)
		second := d.clean(zjj)
		d.is(first.Code, models.BatchDiscarded)
		third, err := d.Filing.DeclareNil(d.ctx, d.liaison(zjj), zjj, "本月没有核发")
		d.ok(err)
		d.is(second.Code, models.BatchDiscarded)
		d.is(third.Code, models.BatchClean)
		d.Work()
	})
}

func TestPurge_TakesRowsOfWhatWillNeverCount(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		rows := func() (n int64) {
			d.ok(d.DB.SQLRead.QueryRowContext(d.ctx, "SELECT count(*) FROM w_zjj_02").Scan(&n))
			return n
		}
		d.upload(zjj, d.rows(zjj, 300).Set(299, "developer_uscc", "").CSV())
		if n := rows(); n != 0 {
			t.Errorf("%d rows of a batch with errors stay", n)
		}
		b := d.returned(zjj, "2026-11-20")
		if n := rows(); n != 20 {
			t.Errorf("%d rows of a returned batch, want 20 for a month", n)
		}
		d.Clock.Advance(29 * 24 * time.Hour)
		d.ok(d.Filing.PurgeOld(d.ctx))
		if n := rows(); n != 20 {
			t.Errorf("%d rows after 29 days", n)
		}
		d.Clock.Advance(2 * 24 * time.Hour)
		d.ok(d.Filing.PurgeOld(d.ctx))
		if n := rows(); n != 0 || d.batch(b.Code).RowsPurgedAt == 0 {
			t.Errorf("%d rows after 31 days", n)
		}
	})
}

func TestSweepFiles_KeepsWhatABatchNames(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		lost := d.File("没有办完的.csv", []byte("a,b\n1,2\n"))
		b := d.upload(zjj, d.rows(zjj, 5).Set(1, "region", "999999").CSV())
		d.ok(d.Filing.SweepFiles(d.ctx))
		if there, err := d.Files.Exists(d.ctx, lost.Blob); err != nil || !there {
			t.Errorf("a young file is swept: %v", err)
		}
		d.Clock.Set(models.DayOf(time.Now().AddDate(0, 0, 3)), 9, 0) // the store goes by the file system's clock
		d.ok(d.Filing.SweepFiles(d.ctx))
		if there, err := d.Files.Exists(d.ctx, lost.Blob); err != nil || there {
			t.Errorf("a file that nobody names stays: %v", err)
		}
		for _, blob := range []string{b.Files[0].Blob, b.FindingsBlob} {
			if there, err := d.Files.Exists(d.ctx, blob); err != nil || !there {
				t.Errorf("a batch's file is swept: %v", err)
			}
		}
	})
}

// verbs are the moves that a page offers.
func verbs(page *filing.TaskPage) (found []workflow.Verb) {
	for _, m := range page.Moves {
		found = append(found, m.Verb)
	}
	return found
}

// Whoever cannot upload now is told who must do what first.
func TestUpload_RefusalSaysHowTheFileCanBeChanged(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		says := func(want string) {
			t.Helper()
			if got := d.page(zjj).NoUpload; !strings.Contains(got, want) || (want == "") != (got == "") {
				t.Errorf("says %q, want %q", got, want)
			}
		}
		b, err := d.Filing.Upload(d.ctx, d.liaison(zjj), zjj, []filing.UploadedFile{d.File("报送.csv", d.rows(zjj, 20).CSV())})
		d.ok(err)
		says("“已上传”，不能再上传；校验完成后可以重新上传。")
		d.Work()
		says("")
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		says("“待审签”，不能再上传；要换文件的，请先撤回，或请分管负责人退回。")
		d.move(d.chief(zjj), b.Code, models.VerbSign)
		says("“待受理”，不能再上传；要换文件的，请联系办公室对接人退回批次。")
	})
}
