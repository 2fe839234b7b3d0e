package filing_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// court is the task of these tests.
const court = testkit.CourtTask

// eachCourt is each with the court's task open.
func eachCourt(t *testing.T, fn func(t *testing.T, d *desk)) {
	t.Helper()
	each(t, func(t *testing.T, d *desk) {
		d.OpenCourt()
		fn(t, d)
	})
}

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sendRulings uploads as the court and works the check.
func sendRulings(d *desk, files ...filing.UploadedFile) *models.Batch {
	d.t.Helper()
	b, err := d.Filing.Upload(d.ctx, d.As("court"), court, files)
	d.ok(err)
	d.Work()
	return d.batch(b.Code)
}

func TestDocuments_FromAMissingOneToTheReceipt(t *testing.T) {
	eachCourt(t, func(t *testing.T, d *desk) {
		first, second := d.File("一号.pdf", testkit.PDF("一")), d.File("二号 裁定.PDF", testkit.PDF("二"))
		b := sendRulings(d, first, d.File("报送.csv", d.Rulings("一号.pdf", "二号裁定.pdf", "")))
		if b.State != models.BatchErrors || b.RowsRejected != 1 || b.RowsValid != 2 {
			t.Fatalf("%s: %d rejected of %d: %s", b.State, b.RowsRejected, b.RowsRead, b.Trouble)
		}
		page, err := d.Filing.Page(d.ctx, d.As("court"), court, "")
		d.ok(err)
		if f := page.Rules[0].Findings[0]; len(page.Rules) != 1 || page.Rules[0].Rule != "attachment.missing" || f.Row != 3 || f.Column == "" ||
			!strings.Contains(f.Message, "二号裁定.pdf") {
			t.Errorf("found %+v", page.Rules)
		}

		b = sendRulings(d, second, d.File("报送.csv", d.Rulings("一号.pdf", "二号裁定.pdf；一号.pdf", "")), first)
		d.is(b.Code, models.BatchClean)
		tables, documents := b.Tables(), b.Documents()
		if len(tables) != 1 || tables[0].Seq != 0 || tables[0].RowsRead != 3 || len(documents) != 2 {
			t.Fatalf("files %+v", b.Files)
		}
		if f := documents[0]; f.Name != "二号 裁定.PDF" || f.Format != "pdf" || f.Seq != 1 || f.NamedRows != 1 || f.NamedBy[0].Row != 3 || f.Duplicate != "" {
			t.Errorf("document %+v", f)
		}
		if f := documents[1]; f.Name != "一号.pdf" || f.NamedRows != 2 || len(f.NamedBy) != 2 || f.NamedBy[1].Row != 3 {
			t.Errorf("document %+v", f)
		}
		d.move(d.As("court"), b.Code, models.VerbSubmit)
		d.move(d.As(testkit.CourtChief), b.Code, models.VerbSign)
		d.move(d.As("office"), b.Code, models.VerbAccept)
		receipt, err := d.Filing.Receipt(d.ctx, d.As("office"), b.Code)
		d.ok(err)
		if len(receipt.Documents()) != 2 || receipt.RowsValid != 3 {
			t.Errorf("receipt %+v", receipt)
		}
	})
}

func TestDocuments_ADownloadIsAuditedAndTheUnitsAndTheOfficesAlone(t *testing.T) {
	eachCourt(t, func(t *testing.T, d *desk) {
		content := testkit.PDF("一")
		b := sendRulings(d, d.File("报送.csv", d.Rulings("一号.pdf")), d.File("一号.pdf", content))
		for _, user := range []string{"court", "office"} {
			file, row, err := d.Filing.Original(d.ctx, d.As(user), b.Code, 1)
			d.ok(err)
			got, err := io.ReadAll(file)
			d.ok(err)
			d.ok(file.Close())
			if !bytes.Equal(got, content) || row.Name != "一号.pdf" || row.Kind != models.FileDocument {
				t.Errorf("%s gets %q of %+v", user, got, row)
			}
		}
		var entries []models.AuditEntry
		d.ok(d.DB.Read.Where("action = ? AND object_id = ?", "download_original", b.Code).Find(&entries).Error)
		if len(entries) != 2 || entries[0].Detail != "一号.pdf" {
			t.Errorf("audited %+v", entries)
		}
		for user, kind := range map[string]fault.Kind{"liaison.zjj": fault.NotFound, "chief.fgw": fault.NotFound, "office.gt": fault.NotFound, "leader": fault.Forbidden} {
			_, _, err := d.Filing.Original(d.ctx, d.As(user), b.Code, 1)
			refused(t, err, kind)
		}
		for _, seq := range []int{2, -1, 1 << 40} {
			_, _, err := d.Filing.Original(d.ctx, d.As("court"), b.Code, seq)
			refused(t, err, fault.NotFound)
		}
		_, err := d.Filing.Annotate(d.ctx, d.As("court"), b.Code, 1)
		refused(t, err, fault.Conflict, "附件没有批注")
	})
}

func TestDocuments_WhatNoRowNamesIsExplainedOnce(t *testing.T) {
	eachCourt(t, func(t *testing.T, d *desk) {
		send := func() *models.Batch {
			return sendRulings(d, d.File("报送.csv", d.Rulings("一号.pdf")), d.File("一号.pdf", testkit.PDF("一")), d.File("目录.png", []byte("\x89PNG\r\n\x1a\n")))
		}
		b := send()
		page, err := d.Filing.Page(d.ctx, d.As("court"), court, "")
		d.ok(err)
		if b.State != models.BatchWarnings || len(page.Rules) != 1 || page.Rules[0].Rule != "attachment.surplus" || !strings.Contains(page.Rules[0].Findings[0].Message, "目录.png") {
			t.Fatalf("%s: %+v", b.State, page.Rules)
		}
		d.ok(d.Filing.Explain(d.ctx, d.As("court"), b.Code, filing.ExplainInput{Rule: page.Rules[0].ID, Text: "全部文书的目录"}))
		d.is(b.Code, models.BatchClean)
		d.is(send().Code, models.BatchClean) // the explanation comes along
	})
}

func TestDocuments_WhatCannotComeTogetherIsRefused(t *testing.T) {
	eachCourt(t, func(t *testing.T, d *desk) {
		table := d.File("报送.csv", d.Rulings("一号.pdf"))
		try := func(files ...filing.UploadedFile) error {
			_, err := d.Filing.Upload(d.ctx, d.As("court"), court, files)
			return err
		}
		refused(t, try(d.File("一号.pdf", testkit.PDF("一"))), fault.Invalid, "只选了附件，没有表格")
		refused(t, try(table, d.File("一号.pdf", testkit.PDF("一")), d.File("一号 .PDF", testkit.PDF("二"))), fault.Invalid, "文件名相同", "一号 .PDF")
		refused(t, try(table, d.File("一号.pdf", testkit.PDF("一")), d.File("二号.pdf", testkit.PDF("一"))), fault.Invalid, "内容完全相同")
		refused(t, try(table, d.File("一号.pdf", []byte("\x89PNG\r\n\x1a\n"))), fault.Invalid, "“一号.pdf”", ".png")
		refused(t, try(table, d.File("一号.hta", testkit.PDF("<script>"))), fault.Invalid, "“一号.hta”", ".pdf")
		refused(t, try(table, d.File("一号.gif", []byte("GIF89a"))), fault.Invalid, "“一号.gif”", "可以接收的附件")
		refused(t, try(table, d.File("打包.zip", zipOf(t, "一号.pdf"))), fault.Invalid, "“打包.zip”")
		refused(t, try(table, d.File("宏.docx", zipOf(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"))), fault.Invalid, "“宏.docx”", "宏")
		many := []filing.UploadedFile{table}
		for i := range filing.MaxDocuments + 1 {
			many = append(many, d.File(fmt.Sprintf("%d号.pdf", i), testkit.PDF(strconv.Itoa(i))))
		}
		refused(t, try(many...), fault.Invalid, "最多 200 个附件")
		var n int64
		d.ok(d.DB.Read.Model(&models.Batch{}).Where("code LIKE ?", court+"%").Count(&n).Error)
		if n != 0 {
			t.Errorf("%d batches were begun", n)
		}
	})
}

func TestDocuments_ATemplateWithoutTheirFieldTakesTablesAlone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b, err := d.Filing.Upload(d.ctx, d.liaison(zjj), zjj, []filing.UploadedFile{d.File("报送.csv", d.rows(zjj, 5).CSV()), d.File("许可证.pdf", testkit.PDF("一"))})
		d.ok(err)
		d.Work()
		got := d.batch(b.Code)
		if got.State != models.BatchMalformed || !strings.Contains(got.Trouble, "“许可证.pdf”：") || len(got.Documents()) != 0 {
			t.Errorf("%s: %s", got.State, got.Trouble)
		}
		refused(t, func() error {
			_, err := d.Filing.Upload(d.ctx, d.liaison(zjj), zjj, make([]filing.UploadedFile, 21))
			return err
		}(), fault.Invalid, "最多 20 个文件")
	})
}

func TestDocuments_ACorrectionCarriesItsOwn(t *testing.T) {
	eachCourt(t, func(t *testing.T, d *desk) {
		accept := func(files ...filing.UploadedFile) *models.Batch {
			t.Helper()
			b := sendRulings(d, files...)
			d.move(d.As("court"), b.Code, models.VerbSubmit)
			d.move(d.As(testkit.CourtChief), b.Code, models.VerbSign)
			d.move(d.As("office"), b.Code, models.VerbAccept)
			return d.batch(b.Code)
		}
		old := accept(d.File("报送.csv", d.Rulings("一号.pdf")), d.File("一号.pdf", testkit.PDF("旧")))
		d.waive(court, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "文书有误"})
		again := sendRulings(d, d.File("更正.csv", d.Rulings("一号.pdf")))
		d.is(again.Code, models.BatchErrors) // the old document is the old batch's
		mended := accept(d.File("更正.csv", d.Rulings("一号.pdf")), d.File("一号.pdf", testkit.PDF("新")))
		if mended.State != models.BatchEffective || !mended.Correction || mended.Documents()[0].Blob == old.Documents()[0].Blob {
			t.Errorf("correction %+v", mended)
		}
		file, _, err := d.Filing.Original(d.ctx, d.As("office"), old.Code, 1)
		d.ok(err)
		d.ok(file.Close())
		d.ok(d.Filing.SweepFiles(d.ctx))
		if file, _, err = d.Filing.Original(d.ctx, d.As("office"), mended.Code, 1); err == nil {
			d.ok(file.Close())
		} else {
			t.Error(err)
		}
	})
}
