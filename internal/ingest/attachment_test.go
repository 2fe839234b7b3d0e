package ingest_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// rulings is a template whose rows name documents.
func rulings() *models.Definition {
	return &models.Definition{
		Code: "zjfy-01", Name: "裁判文书", Version: 1, Coverage: models.CoverageIncrement,
		Fields: []models.Field{
			{Code: "case_no", Name: "案号", Type: models.TypeText, Required: true, Key: true},
			{Code: "doc_file", Name: "裁判文书文件", Type: models.TypeAttachment},
			{Code: "proof", Name: "送达回证", Type: models.TypeAttachment},
		},
	}
}

// rulingRows makes a table of rulings from lines of case number, document and proof.
func rulingRows(lines ...[3]string) []byte {
	rows := [][]string{header(rulings())}
	for _, l := range lines {
		rows = append(rows, l[:])
	}
	return csvOf(rows)
}

func TestAttachment_WhatWasNotSentIsAnErrorByRowAndColumn(t *testing.T) {
	table := rulingRows([3]string{"甲1号", "甲1号.pdf", ""}, [3]string{"甲2号", "甲2号.pdf；甲3号.pdf", "回证2.jpg"}, [3]string{"甲4号", "", ""})
	out := run(t, rulings(), ingest.Options{Documents: []string{"甲1号.pdf", "甲3号.pdf"}}, table)
	if out.report.Verdict != ingest.VerdictErrors || out.report.Valid != 2 || out.report.Rejected != 1 {
		t.Fatalf("%s: %d valid, %d rejected", out.report.Verdict, out.report.Valid, out.report.Rejected)
	}
	var got []string
	for _, f := range out.findings {
		if f.Rule != "attachment.missing" || f.Severity != models.SeverityError || f.Advice == "" {
			t.Errorf("finding %+v", f)
		}
		got = append(got, f.Column+string(rune('0'+f.Row))+" "+f.Message)
	}
	if want := []string{"B3 没有收到附件“甲2号.pdf”", "C3 没有收到附件“回证2.jpg”"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	first, third := out.report.Documents[0], out.report.Documents[1]
	if first.Rows != 1 || first.First[0] != (models.RowPlace{Row: 2}) || third.Rows != 1 || third.First[0].Row != 3 {
		t.Errorf("documents %+v", out.report.Documents)
	}
}

func TestAttachment_WhatNoRowNamesIsAWarningOfTheBatch(t *testing.T) {
	table := rulingRows([3]string{"甲1号", "甲1号.pdf", ""})
	out := run(t, rulings(), ingest.Options{Documents: []string{"甲1号.pdf", "封面.png", "甲9号.pdf"}}, table)
	if out.report.Verdict != ingest.VerdictWarnings || len(out.findings) != 2 {
		t.Fatalf("%s with %d findings", out.report.Verdict, len(out.findings))
	}
	for i, name := range []string{"封面.png", "甲9号.pdf"} {
		if f := out.findings[i]; f.Rule != "attachment.surplus" || f.Row != 0 || f.Column != "" || !strings.Contains(f.Message, "“"+name+"”") || f.RowHash == "" {
			t.Errorf("finding %+v", f)
		}
	}
	if out.findings[0].RowHash == out.findings[1].RowHash {
		t.Error("the explanation of one document would speak of the other")
	}
}

func TestAttachment_NamesMatchWhateverTheirWidthCaseAndBlanks(t *testing.T) {
	sent := []string{"（2026）鲁1502民初8号 判决书.PDF", "回证 A.jpg", "ｆｕｌｌ.docx"}
	table := rulingRows(
		[3]string{"甲1号", "(2026)鲁１５０２民初8号判决书.pdf", "回证a.JPG"},
		[3]string{"甲2号", " full.docx ; （2026）鲁1502民初8号\n判决书.PDF", ""},
		[3]string{"甲3号", "full.DOCX；ＦＵＬＬ.docx；\nfull.docx", "full.docx"},
	)
	out := run(t, rulings(), ingest.Options{Documents: sent}, table)
	if n := out.report.Rejected; n != 1 || len(out.findings) == 0 || out.findings[0].Row != 3 { // a line break sets names apart
		t.Errorf("%d rejected: %+v", n, out.findings)
	}
	out = run(t, rulings(), ingest.Options{Documents: sent}, rulingRows([3]string{"甲1号", "(2026)鲁１５０２民初8号判决书.pdf", "回证a.JPG"},
		[3]string{"甲3号", "full.DOCX；ＦＵＬＬ.docx；\nfull.docx", "full.docx"}))
	if out.report.Verdict != ingest.VerdictClean || out.report.Documents[2].Rows != 1 {
		t.Errorf("%s: %+v, %+v", out.report.Verdict, out.findings, out.report.Documents)
	}
	if got := out.records[1].Values[1].Text; got != "full.DOCX；FULL.docx；full.docx" {
		t.Errorf("stored %q", got)
	}
}

func TestAttachment_OddNamesAreNoFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"甲1号": "扩展名", `D:\判决书\甲1号.pdf`: "文件夹", "甲1号.pdf；../乙.pdf": "文件夹", "甲1号*.pdf": "不能使用", ".pdf": "扩展名", "甲1号.": "扩展名",
	} {
		out := run(t, rulings(), ingest.Options{Documents: []string{"甲1号.pdf"}}, rulingRows([3]string{"甲1号", name, ""}))
		if len(out.findings) == 0 || out.findings[0].Rule != "type.attachment" || !strings.Contains(out.findings[0].Message, want) {
			t.Errorf("%q: %+v", name, out.findings)
		}
	}
	for _, blank := range []string{"", "；", " ； ; "} {
		if out := run(t, rulings(), ingest.Options{Documents: []string{}}, rulingRows([3]string{"甲1号", blank, ""})); out.report.Verdict != ingest.VerdictClean {
			t.Errorf("%q: %+v", blank, out.findings)
		}
	}
}

func TestAttachment_WithoutKnowingWhatWasSentNamesAreTakenAsTheyAre(t *testing.T) {
	table := rulingRows([3]string{"甲1号", "甲1号.pdf", ""})
	if out := run(t, rulings(), ingest.Options{}, table); out.report.Verdict != ingest.VerdictClean || out.report.Documents != nil && len(out.report.Documents) > 0 {
		t.Errorf("%s: %+v", out.report.Verdict, out.findings)
	}
	if out := run(t, rulings(), ingest.Options{Documents: []string{}}, table); out.report.Verdict != ingest.VerdictErrors {
		t.Errorf("nothing was sent, and the batch is %s", out.report.Verdict)
	}
}

func TestAttachment_OnlyTheFirstRowsAreNamedAndAllAreCounted(t *testing.T) {
	lines := make([][3]string, 45)
	for i := range lines {
		lines[i] = [3]string{"甲" + strings.Repeat("一", i+1) + "号", "汇编.pdf", "汇编.pdf"}
	}
	out := run(t, rulings(), ingest.Options{Documents: []string{"汇编.pdf"}}, rulingRows(lines...))
	if d := out.report.Documents[0]; out.report.Verdict != ingest.VerdictClean || d.Rows != 45 || len(d.First) != 20 || d.First[19].Row != 21 {
		t.Errorf("%s: %d rows, %d named", out.report.Verdict, d.Rows, len(d.First))
	}
}
