package e2e_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/paths"
)

// enter is how people of a journey come to the portal: with script, or without.
type enter func(s *site, t *testing.T, username string) *person

// TestFiling is the portal's main job from end to end: a liaison takes the template, files with errors, sees them by
// row and column, mends them, explains what is doubtful and submits; the unit leader signs; the Office accepts; the
// matrix changes.
func TestFiling(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { fileFromEndToEnd(t, s, (*site).as) })
}

// TestFilingWithoutScript is the same with JavaScript switched off (DESIGN §6).
func TestFilingWithoutScript(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { fileFromEndToEnd(t, s, (*site).withoutScript) })
}

func fileFromEndToEnd(t *testing.T, s *site, enter enter) {
	liaison := enter(s, t, "liaison.zjj")
	liaisonTakesTemplate(t, liaison)
	liaisonSeesErrors(t, liaison)
	liaisonTakesAnnotated(t, liaison)
	liaisonMends(t, liaison)

	office := enter(s, t, "office")
	officeSeesCell(office, "待报 0/1 项（已报/应报），1 项待审签")

	chiefSigns(enter(s, t, "chief.zjj"))
	officeSeesCell(office, "待受理 1/1 项（已报/应报）")
	officeAccepts(office)
	officeSeesCell(office, "按时 1/1 项（已报/应报）")
	office.shot("11-matrix-after")
	office.shotWide("11-matrix-after")
	office.print("11-matrix-after", 1)

	liaison.open(paths.ToTask(task))
	liaison.wait("已生效", "本期报送已完成")
	liaison.shot("12-task-effective")
	liaison.click("查看回执")
	liaison.wait("涉税信息报送回执", "HZ-ZJJ-02-202610-2", "王静", "刘志远", "赵敏", "SHA-256", "30 行")
	liaison.shot("13-receipt")
	liaison.print("13-receipt", 1)
}

func liaisonTakesTemplate(t *testing.T, p *person) {
	p.wait("我的待办", item, "市住房城乡建设局")
	p.shot("01-workbench")
	p.shotWide("01-workbench")
	p.click("去报送")
	p.arrive(paths.ToTask(task))
	p.wait("待报", "请联络员王静在")
	p.shot("02-task-empty")
	name, workbook := p.take("下载模板")
	if !strings.HasSuffix(name, ".xlsx") || !bytes.HasPrefix(workbook, []byte("PK\x03\x04")) {
		t.Errorf("the template is %s with %d bytes", name, len(workbook))
	}
	book, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if sheets := book.GetSheetList(); len(sheets) < 3 {
		t.Errorf("the template has the sheets %v", sheets)
	}
}

func liaisonSeesErrors(t *testing.T, p *person) {
	p.upload(csvFile(t, "预售许可10月.csv", faulty(t)))
	p.wait("正在排队校验", "可以离开本页")
	p.shot("03-checking")
	p.site.work(t)
	p.wait("30 读入数据行", "27 合格", "3 有错误") // by itself, by htmx or by the page's own refresh
	p.wait("有错误，不能提交", "改好 3 行错误")
	p.wait("9 E　开发企业名称 （空）", "7 C　发证日期 2026-10-32 没有2026年10月32日这一天")
	// The third rule is closed at first, and open on paper.
	const third = `document.querySelectorAll(".gz-finding")[2].querySelector("tbody td").checkVisibility()`
	p.see("!" + third)
	p.onPaper(third)
	p.print("04-findings", 2)
	p.see("!" + third)
	p.press("错误 统一社会信用代码")
	p.wait("5 D　统一社会信用代码", "字母 O")
	p.see(`document.querySelectorAll(".gz-finding").length === 3`)
	p.shot("04-findings")
	p.shotWide("04-findings")
	p.not("提交审签")
}

func liaisonTakesAnnotated(t *testing.T, p *person) {
	name, content := p.take("下载批注工作簿")
	if !strings.HasSuffix(name, ".xlsx") {
		t.Fatalf("the annotated file is called %s", name)
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	cells, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(cells) < rows+1 {
		t.Fatalf("%d rows in the annotated file: %v", len(cells), err)
	}
	if row := strings.Join(cells[4], "|"); !strings.Contains(row, "字母 O") {
		t.Errorf("row 5 of the annotated file says %s", row)
	}
}

func liaisonMends(t *testing.T, p *person) {
	p.upload(csvFile(t, "预售许可10月（改）.csv", doubtful(t)))
	p.wait("30 合格", "说明 2 处提醒", "上一次上传有 3 行错误")
	p.shot("05-warnings")
	p.click("一并说明")
	p.wait("说明提醒")
	p.click("提交说明")
	p.wait("有 1 处需要改")
	p.expects("422")
	p.shot("06-explain-refused")
	p.fill("说明", "安置房，备案均价由政府核定，属实。")
	p.click("提交说明")
	p.wait("校验通过", "说明已记下")
	p.click("提交审签")
	p.wait("提交审签？")
	p.shot("07-confirm")
	p.click("提交审签")
	p.wait("已提交审签，等分管负责人审签", "待审签")
}

func chiefSigns(p *person) {
	p.wait("我的待办")
	p.shot("08-workbench-chief")
	p.click("去审签")
	p.wait("待审签", "30 合格", "安置房，备案均价由政府核定")
	p.click("审签")
	p.wait("审签？", "审签即确认本批数据属实、完整")
	p.click("审签")
	p.wait("已审签，送办公室受理", "待受理")
}

func officeAccepts(p *person) {
	p.open(paths.Home)
	p.shot("09-workbench-office")
	p.click("待受理批次")
	p.wait("ZJJ-02-202610-2", "市住房城乡建设局", "按时")
	p.tick("选择 ZJJ-02-202610-2")
	p.shot("10-inbox")
	p.click("受理")
	p.wait("受理 1 批？", "市住房城乡建设局 1 批", "受理后数据立即生效")
	p.shot("10-accept")
	p.click("受理 1 批")
	p.wait("没有待受理的批次")
}

func officeSeesCell(p *person, words string) {
	p.open(paths.Matrix)
	p.see(`document.querySelector('[aria-label="市住房城乡建设局 2026年10月期 ` + words + `"]') !== null`)
}

// upload hands in a file on the page of a task and waits for the page of the new batch. With script it begins as soon
// as the file is chosen, without by the button.
func (p *person) upload(file string) {
	p.t.Helper()
	if p.scripted {
		p.leave("upload", p.choosing(file))
		return
	}
	p.files(file)
	p.clickIn("#upload", "上传文件")
}
