package e2e_test

import (
	"bytes"
	"testing"

	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

// TestDocuments is a filing whose rows name documents, from end to end: the court sends its register with one of two
// rulings, is told which row lacks its document, sends both, and submits; its leader signs; the Office accepts and takes
// a ruling away.
func TestDocuments(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { fileDocuments(t, s, (*site).as) })
}

// TestDocumentsWithoutScript is the same with JavaScript switched off.
func TestDocumentsWithoutScript(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { fileDocuments(t, s, (*site).withoutScript) })
}

func fileDocuments(t *testing.T, s *site, enter enter) {
	s.OpenCourt()
	first, second := onDisk(t, "一号裁定书.pdf", testkit.PDF("一")), onDisk(t, "二号判决书.pdf", testkit.PDF("二"))
	table := onDisk(t, "裁判文书10月.csv", s.Rulings("一号裁定书.pdf", "二号判决书.PDF", ""))

	court := enter(s, t, "court")
	court.open(paths.ToTask(testkit.CourtTask))
	court.wait("表格（.xlsx、.csv）和表中写明的附件")
	court.sendAll(table, first)
	s.work(t)
	court.wait("1 有错误", "没有收到附件“二号判决书.PDF”", "附件　1 个")
	court.shot("70-documents-missing")
	court.auditIfScripted()

	court.sendAll(table, first, second)
	court.wait("校验通过", "附件　2 个", "第 2 行", "第 3 行")
	court.shot("71-documents")
	court.shotWide("71-documents")
	court.auditIfScripted()
	court.click("提交审签")
	court.click("提交审签")
	court.wait("待审签")

	chief := enter(s, t, testkit.CourtChief)
	chief.open(paths.ToTask(testkit.CourtTask))
	chief.wait("附件　2 个")
	chief.click("审签")
	chief.click("审签")
	chief.wait("待受理")

	office := enter(s, t, "office")
	office.open(paths.ToTask(testkit.CourtTask))
	if name, content := office.take("二号判决书.pdf"); name != "二号判决书.pdf" || !bytes.Equal(content, testkit.PDF("二")) {
		t.Errorf("the Office takes %q as %s", content, name)
	}
	office.click("受理")
	office.click("受理")
	office.wait("已生效")
	office.click("查看回执")
	office.wait("附件", "2 个", "二号判决书.pdf")
	office.print("72-documents-receipt", 1)
}

// sendAll uploads several files at once.
func (p *person) sendAll(files ...string) {
	p.t.Helper()
	if p.scripted {
		p.leave("upload", p.choosing(files...))
		return
	}
	p.files(files...)
	p.clickIn("#upload", "上传文件")
}

// auditIfScripted runs axe, which is a script.
func (p *person) auditIfScripted() {
	p.t.Helper()
	if p.scripted {
		p.audit()
	}
}
