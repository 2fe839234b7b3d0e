package handlers_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
)

// worked is a town in January: October all on time but one, November late, December running.
func worked(t *testing.T) *town {
	w := newTown(t)
	w.accepted("ZJJ-02-202610", 20)
	w.accepted("FGW-05-202610", 20)
	w.day("2026-12-10")
	w.accepted("ZJJ-02-202611", 20)
	w.day("2026-12-29")
	w.accepted("FGW-05-202611", 20)
	w.day("2027-01-11")
	return w
}

// cell returns the label of a matrix cell.
func cell(doc *goquery.Document, unit, month string) string {
	label, _ := doc.Find(`a.gz-mc[href="` + paths.ToMatrixCell(unit, month) + `"]`).Attr("aria-label")
	return label
}

func TestMatrix_CellsSayUnitPeriodStandingAndFigures(t *testing.T) {
	w := worked(t)
	a := w.as("office").Get(paths.Matrix).WantStatus(200)
	a.Want("履约矩阵", "3 个单位 2026年2月期—2027年1月期", "格内为 已报／应报 项数", "零报送计为按时")
	doc := a.Doc()
	for _, c := range []struct{ unit, month, want string }{
		{"zjj", "2026-10", "市住房城乡建设局 2026年10月期 按时 1/1 项（已报/应报）"},
		{"fgw", "2026-11", "市发展改革委 2026年11月期 逾期补报 1/1 项（已报/应报）"},
		{"zrzy", "2026-10", "市自然资源和规划局 2026年10月期 逾期未报 0/1 项（已报/应报）"},
		{"zjj", "2026-12", "市住房城乡建设局 2026年12月期 待报 0/1 项（已报/应报）"},
		{"zjj", "2027-01", "市住房城乡建设局 2027年1月期 未开放"},
	} {
		if got := cell(doc, c.unit, c.month); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.unit, c.month, got, c.want)
		}
		shown := words(doc.Find(`a.gz-mc[href="` + paths.ToMatrixCell(c.unit, c.month) + `"]`))
		if !strings.Contains(c.want, shown) { // what is seen must be part of what is heard
			t.Errorf("%s %s shows %q, which its label lacks", c.unit, c.month, shown)
		}
	}
	if n := doc.Find(".gz-legend li .gz-mc").Length(); n != 9 { // the standings, and 待受理 beside 待报
		t.Errorf("the legend explains %d states, want 9", n)
	}
	foot := strings.Split(words(doc.Find("tfoot")), " ")
	if got := strings.Join(foot, ""); !strings.HasSuffix(got, "偏低66.7%偏低33.3%进行中—3偏低50.0%") {
		t.Errorf("foot %s", got)
	}
	if n := doc.Find("tfoot .t-late svg").Length(); n != 3 {
		t.Errorf("%d low feet have an icon and are red, want 3", n)
	}
	if got := doc.Find(".gz-rate.is-low").Length(); got != 2 { // fgw 50%, zrzy 0%; zjj 100%
		t.Errorf("%d low rates", got)
	}
	sentence, class := next(doc)
	if sentence != "请您今天向 1 个单位催报 2 项逾期未报：市自然资源和规划局 2 项。" || !strings.Contains(class, "is-late") {
		t.Errorf("next %q %q", sentence, class)
	}
}

func TestMatrix_FiltersAndOrder(t *testing.T) {
	w := worked(t)
	office := w.as("office")
	office.Get(paths.Matrix + "?months=6").Want("2026年8月期—2027年1月期")
	office.Get(paths.Matrix + "?months=7").Want("2026年2月期—2027年1月期")
	office.Get(paths.Matrix + "?q=住房").Want("1 个单位").Not("市发展改革委")
	office.Get(paths.Matrix+"?standing=overdue").Want("1 个单位", "市自然资源和规划局").Not("市住房城乡建设局")
	a := office.Get(paths.Matrix+"?q=没有这家&standing=returned").Want("没有符合条件的单位", "没有含“没有这家”、有退回补正的单位", "清除条件")
	if a.Doc().Find("table").Length() != 0 {
		t.Error("an empty matrix is drawn")
	}
	if got, _ := office.Get(paths.Matrix + "?sort=rate").Doc().Find("select[name=sort] option[selected]").Attr("value"); got != "rate" {
		t.Errorf("order %q", got)
	}
	first := office.Get(paths.Matrix + "?sort=rate").Doc().Find("tbody th").First()
	if words(first) != "市自然资源和规划局" {
		t.Errorf("lowest rate first: %q", words(first))
	}
}

func TestMatrix_AUnitSeesItself(t *testing.T) {
	w := worked(t)
	w.as("liaison.zjj").Get(paths.Matrix).Want("1 个单位", "近 12 期没有逾期未报").Not("市发展改革委")
	w.as("liaison.zrzy").Get(paths.Matrix).Want("请您立即补报本单位 2 项逾期未报")
	w.as("chief.zrzy").Get(paths.Matrix).Want("请本单位信息联络员立即补报 2 项逾期未报")
	w.as("liaison.kj").Get(paths.Matrix).Want("还没有报送任务")
	w.as("bank").Get(paths.Matrix).WantStatus(403)
	w.as("sysadmin").Get(paths.Matrix).WantStatus(403)
}

func TestMatrix_ThoseWhoReadFiguresGetNoRows(t *testing.T) {
	w := worked(t)
	for _, user := range []string{"leader", "tax", "tax.review"} {
		w.as(user).Get(paths.Matrix).WantStatus(200).Want("由领导小组办公室催报").Not("/filings/tasks", "/filings?unit=")
		a := w.as(user).Get(paths.ToMatrixCell("zjj", "2026-10")).WantStatus(200).Want("商品房预售许可信息", "按时", "应报")
		a.Not("/filings/tasks", "/filings/batches", "20 行")
	}
}

func TestMatrixCell(t *testing.T) {
	w := worked(t)
	a := w.as("office").Get(paths.ToMatrixCell("zrzy", "2026-10")).WantStatus(200)
	a.Want("市自然资源和规划局 2026年10月期", "逾期未报", "请您今天向市自然资源和规划局催报 1 项逾期未报", "按时率", "0.0%", "/filings/tasks/zrzy-01-202610")
	w.as("office").Get("/filings/matrix/ZRZY/2026-12").WantStatus(200).Want("请市自然资源和规划局在 1月25日（周一）17:00 前办完 1 项")
	w.as("office").Get(paths.ToMatrixCell("zjj", "2026-11")).Want("本期没有等市住房城乡建设局办理的任务", "100.0%")
	w.as("liaison.zrzy").Get(paths.ToMatrixCell("zrzy", "2026-10")).Want("请市自然资源和规划局信息联络员立即补报 1 项逾期未报")
	for _, path := range []string{paths.ToMatrixCell("zjj", "2026-10"), paths.ToMatrixCell("zrzy", "1999-01"), paths.ToMatrixCell("nirgends", "2026-10"),
		paths.ToMatrixCell("zrzy", "'; DROP")} {
		w.as("liaison.zrzy").Get(path).WantStatus(404)
	}
}

func TestMatrixExport(t *testing.T) {
	w := worked(t)
	rows := sheet(t, w.as("office").Get(paths.MatrixExport+"?months=6&q=住房"))
	if len(rows) != 3+2 || len(rows[2]) != 1+6+4 || rows[2][1] != "2026年8月期" || strings.Join(rows[2][7:], "|") != "应报|各期应报合计|逾期未报|按时率" {
		t.Fatalf("rows %v", rows)
	}
	if got := strings.Join(rows[3], "|"); got != "市住房城乡建设局|—|—|按时　1／1|按时　1／1|待报　0／1|未开放|1|4|0|100.0%" {
		t.Errorf("row %s", got)
	}
	if rows[4][0] != "合计" {
		t.Errorf("last row %v", rows[4])
	}
	if rows := sheet(t, w.as("leader").Get(paths.MatrixExport)); len(rows) != 3+4 {
		t.Errorf("a leader's figures: %v", rows)
	}
}

func TestMatrixExport_AddsUpAsThePageDoes(t *testing.T) {
	w := worked(t)
	for _, query := range []string{"", "?months=24", "?months=6&q=住房", "?standing=overdue", "?sort=overdue"} {
		doc := w.as("office").Get(paths.Matrix + query).WantStatus(200).Doc()
		var want []string
		doc.Find(".gz-matrix tbody tr, .gz-matrix tfoot tr").Each(func(_ int, row *goquery.Selection) {
			want = append(want, words(row.Find("td.num").First()))
		})
		sum := 0
		for i, row := range sheet(t, w.as("office").Get(paths.MatrixExport+query))[3:] {
			owed := row[len(row)-4]
			if i >= len(want) || owed != want[i] {
				t.Errorf("%q: row %d, %s: %s in the workbook, the page has %v", query, i, row[0], owed, want)
			}
			n, err := strconv.Atoi(owed)
			if row[0] == "合计" && n != sum || err != nil {
				t.Errorf("%q: %s units owe %d in all, the foot says %s", query, row[0], sum, owed)
			}
			sum += n
		}
		if doc.Find(".gz-matrix.is-wide").Length() == 1 != strings.Contains(query, "24") {
			t.Errorf("%q: printed across or not", query)
		}
	}
}

func TestMatrix_NilAndExempt(t *testing.T) {
	w := newTown(t)
	b, err := w.Filing.DeclareNil(t.Context(), w.As("liaison.fgw"), "FGW-05-202610", "本期没有新开工项目")
	w.ok(err)
	w.move("liaison.fgw", b.Code, models.VerbSubmit, filing.MoveInput{})
	w.move("chief.fgw", b.Code, models.VerbSign, filing.MoveInput{})
	w.move("office", b.Code, models.VerbAccept, filing.MoveInput{})
	waiver, err := w.Filing.RaiseWaiver(t.Context(), w.As("office"), "ZJJ-02-202610", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "系统切换"})
	w.ok(err)
	w.ok(w.Filing.MoveWaiver(t.Context(), w.As("office2"), waiver.Code, models.VerbConfirm, filing.MoveInput{}))
	doc := w.as("office").Get(paths.Matrix).Doc()
	for unit, want := range map[string]string{"fgw": "零", "zjj": "免"} {
		if got := words(doc.Find(`a.gz-mc[href="` + paths.ToMatrixCell(unit, "2026-10") + `"]`)); got != want {
			t.Errorf("%s shows %q, want %q", unit, got, want)
		}
	}
}

// glyph returns the icon of a matrix cell.
func glyph(doc *goquery.Document, unit, month string) string {
	href, _ := doc.Find(`a.gz-mc[href="` + paths.ToMatrixCell(unit, month) + `"] use`).Attr("href")
	_, name, _ := strings.Cut(href, "#")
	return name
}

func TestMatrix_WhoHasDoneItsPartIsNotLikeWhoHasFiledNothing(t *testing.T) {
	w := newTown(t)
	w.filed("ZJJ-02-202610", 20)
	w.move("liaison.fgw", w.upload("FGW-05-202610", 20), models.VerbSubmit, filing.MoveInput{})
	doc := w.as("leader").Get(paths.Matrix).Doc()
	for unit, want := range map[string][2]string{
		"zjj":  {"市住房城乡建设局 2026年10月期 待受理 1/1 项（已报/应报）", "send"},
		"fgw":  {"市发展改革委 2026年10月期 待报 0/1 项（已报/应报），1 项待审签", "progress"},
		"zrzy": {"市自然资源和规划局 2026年10月期 待报 0/1 项（已报/应报）", "progress"},
	} {
		if got := cell(doc, unit, "2026-10"); got != want[0] {
			t.Errorf("%s: %q, want %q", unit, got, want[0])
		}
		if got := glyph(doc, unit, "2026-10"); got != want[1] {
			t.Errorf("%s: glyph %q, want %q", unit, got, want[1])
		}
	}
	if got := words(doc.Find(".gz-legend")); !strings.Contains(got, "待报 待受理 未开放") && !strings.Contains(got, "待报待受理未开放") {
		t.Errorf("legend %q", got)
	}
	w.as("leader").Get(paths.ToMatrixCell("zjj", "2026-10")).Want("待受理", "请办公室受理或退回 1 批待受理批次").Not("待报")
	w.as("leader").Get(paths.ToMatrixCell("fgw", "2026-10")).Want("待审签")
	w.as("office").Get(paths.Filings+"?month=2026-10").Want("待受理", "待审签", "待报")
	w.as("liaison.zjj").Get(paths.Home).Want("待受理").Not("待报 1 项")
	if rows := sheet(t, w.as("office").Get(paths.MatrixExport+"?months=6&q=住房")); !strings.Contains(strings.Join(rows[3], "|"), "待受理　1／1") {
		t.Errorf("export %v", rows[3])
	}

	w.day("2026-11-27") // the due is past: signed in time stays open, not signed is overdue, and both are said
	doc = w.as("office").Get(paths.Matrix).Doc()
	if got := cell(doc, "zjj", "2026-10"); got != "市住房城乡建设局 2026年10月期 待受理 1/1 项（已报/应报）" {
		t.Errorf("signed in time: %q", got)
	}
	if got := cell(doc, "fgw", "2026-10"); got != "市发展改革委 2026年10月期 逾期未报 0/1 项（已报/应报），1 项待审签" {
		t.Errorf("not signed: %q", got)
	}
	row := words(w.as("office").Get(paths.Filings + "?unit=fgw&month=2026-10").Doc().Find("#list tbody tr"))
	if !strings.Contains(row, "逾期未报") || !strings.Contains(row, "待审签") {
		t.Errorf("late and with the unit leader: %q", row)
	}
	w.move("chief.fgw", "FGW-05-202610-1", models.VerbSign, filing.MoveInput{})
	row = words(w.as("office").Get(paths.Filings + "?unit=fgw&month=2026-10").Doc().Find("#list tbody tr"))
	if !strings.Contains(row, "逾期补报") || !strings.Contains(row, "待受理") {
		t.Errorf("late and with the Office: %q", row)
	}
}

func TestMatrix_APeriodThatRunsHasNoRate(t *testing.T) {
	w := newTown(t)
	w.accepted("ZJJ-02-202610", 20)
	foot := func() string {
		return strings.Join(strings.Fields(words(w.as("office").Get(paths.Matrix).Doc().Find("tfoot"))), "")
	}
	if got := foot(); !strings.HasSuffix(got, "—进行中—3100.0%") {
		t.Errorf("while October runs: %s", got)
	}
	w.as("leader").Get(paths.Home).Not("最近一期按时率")
	w.day("2026-11-27")
	if got := foot(); !strings.HasSuffix(got, "—偏低33.3%—3偏低33.3%") {
		t.Errorf("after its due day: %s", got)
	}
	w.as("leader").Get(paths.Home).Want("最近一期按时率 2026年10月期", "33.3%")
}

func TestMatrix_OnPaperNothingIsToBeClicked(t *testing.T) {
	w := newTown(t)
	hint := w.as("office").Get(paths.Matrix).Doc().Find(".gz-toolbar.is-low .no-print")
	if words(hint) != "点开看明细" {
		t.Errorf("hint %q", words(hint))
	}
}
