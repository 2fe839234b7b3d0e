package components_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"

	. "taxportal/web/views/components"
)

func pageURL(n int) templ.SafeURL { return templ.SafeURL("/l?page=" + strconv.Itoa(n)) }

func TestNewPages(t *testing.T) {
	tests := []struct {
		name              string
		total, page, size int
		from, to          int
		links             string // numbers, * the current one, … a gap
		prev, next        bool
	}{
		{"nothing", 0, 1, 20, 0, 0, "", false, false},
		{"one page", 9, 1, 20, 1, 9, "", false, false},
		{"exactly full", 20, 1, 20, 1, 20, "", false, false},
		{"first of three", 41, 1, 20, 1, 20, "*1 2 3", false, true},
		{"last of three", 41, 3, 20, 41, 41, "1 2 *3", true, false},
		{"in the middle of many", 400, 10, 20, 181, 200, "1 … 8 9 *10 11 12 … 20", true, true},
		{"no gap of one page less", 140, 4, 20, 61, 80, "1 2 3 *4 5 6 7", true, true},
		{"beyond the end", 41, 99, 20, 41, 41, "1 2 *3", true, false},
		{"before the start", 41, -1, 20, 1, 20, "*1 2 3", false, true},
		{"size of zero", 2, 1, 0, 1, 1, "*1 2", false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := NewPages(tt.total, tt.page, tt.size, "条", pageURL)
			var links []string
			for _, l := range p.Links {
				word := strconv.Itoa(l.Number)
				if l.Number == 0 {
					word = "…"
				} else if l.URL != pageURL(l.Number) {
					t.Errorf("page %d leads to %q", l.Number, l.URL)
				}
				if l.Current {
					word = "*" + word
				}
				links = append(links, word)
			}
			if got := strings.Join(links, " "); got != tt.links {
				t.Errorf("links %q, want %q", got, tt.links)
			}
			if p.From != tt.from || p.To != tt.to || (p.Prev != "") != tt.prev || (p.Next != "") != tt.next {
				t.Errorf("from %d to %d, prev %q, next %q", p.From, p.To, p.Prev, p.Next)
			}
		})
	}
}

func TestPager_saysTotalAndRangeAlsoOnOnePage(t *testing.T) {
	tests := map[string]Pages{
		"共 41 条，本页第 21—40 条":    NewPages(41, 2, 20, "条", pageURL),
		"共 9 条，本页第 1—9 条":       NewPages(9, 1, 20, "条", pageURL),
		"共 0 条":                 NewPages(0, 1, 20, "条", pageURL),
		"共 12,408 条，本页第 1—50 条": NewPages(12408, 1, 50, "条", pageURL),
	}
	for want, pages := range tests {
		doc := parse(t, Pager(pages))
		if got := doc.Find(".gz-pager").Contents().First().Text(); strings.TrimSpace(got) != want {
			t.Errorf("says %q, want %q", got, want)
		}
		if doc.Find("nav[aria-label]").Length() != 1 {
			t.Errorf("%s: the navigation is missing or unnamed", want)
		}
	}
	if doc := parse(t, Pager(NewPages(41, 2, 20, "条", pageURL))); text(doc, "a[aria-current=page]") != "2" {
		t.Error("the current page is not marked")
	}
}

func TestToolbar_isAFormOfLabelledFilters(t *testing.T) {
	doc := parse(t, Toolbar(FilterBar{ID: "t", Action: "/l", ClearURL: "/l", Keep: []Pair{{"sort", "time"}}, Filters: []Filter{
		{Name: "q", Label: "单位", Value: `"><b>`}, {Name: "s", Label: "状态", Value: "b", Options: []Option{{Value: "a", Label: "甲"}, {Value: "b", Label: "乙"}}},
	}}))
	checkNames(t, doc)
	if attr(t, doc, "form", "method") != "get" || text(doc, "button") != "查询" || text(doc, "a") != "清除" {
		t.Error("the filters cannot be sent or cleared")
	}
	if attr(t, doc, "input[name=q]", "value") != `"><b>` || doc.Find("option[value=b][selected]").Length() != 1 || doc.Find("input[type=hidden][name=sort]").Length() != 1 {
		t.Error("what was filtered or the order did not come back")
	}
}

func TestTable_headTellsTheOrder(t *testing.T) {
	doc := parse(t, around(Table(Grid{Label: "批次", Columns: []Column{
		{Label: "批次", URL: "/l?sort=code"}, {Label: "时间", URL: "/l?sort=-time", Sort: SortDescending}, {Label: "行数", Num: true}, {Label: "操作", Actions: true},
	}}), raw("<tr><td>一</td><td></td><td></td><td></td></tr>")))
	if doc.Find("[aria-sort]").Length() != 1 || attr(t, doc, "th:nth-child(2)", "aria-sort") != "descending" || !strings.HasSuffix(attr(t, doc, "th:nth-child(2) use", "href"), "#arrow-down") {
		t.Error("the order is not told once, in word and arrow")
	}
	if attr(t, doc, ".gz-scroll", "tabindex") != "0" || attr(t, doc, ".gz-scroll", "aria-label") != "批次" || attr(t, doc, ".gz-scroll", "role") != "region" {
		t.Error("the scrolling region cannot be reached or is unnamed")
	}
	if doc.Find("th[scope=col]").Length() != 4 || doc.Find("th.num.act").Length() != 1 {
		t.Error("a head is missing")
	}
}

func TestTable_emptySaysWhatToDo(t *testing.T) {
	doc := parse(t, around(Table(Grid{Empty: &Nothing{Icon: IconReceipt, Title: "没有符合条件的批次", Text: "可清除条件再查。", Actions: []Action{{Label: "清除条件", URL: "/l"}}}}), raw("<tr></tr>")))
	if doc.Find("table").Length() != 0 || text(doc, "h2") != "没有符合条件的批次" || text(doc, ".gz-actions a") != "清除条件" {
		t.Error("an empty list does not say what is missing and what to do")
	}
	if inside := parse(t, Empty(Nothing{Title: "无", InPanel: true})); inside.Find("h3").Length() != 1 || inside.Find("h2").Length() != 0 {
		t.Error("within a titled panel the heading is not one lower")
	}
}

func TestGroupRow_spansTheTable(t *testing.T) {
	doc := parse(t, around(Table(Grid{Label: "待办"}), GroupRow("今天　11月23日（周一）", "1 项", 5)))
	if attr(t, doc, "tr.g th", "colspan") != "5" || attr(t, doc, "tr.g th", "scope") != "colgroup" || text(doc, "tr.g .mute") != "1 项" {
		t.Error("the group row is not a heading across the table")
	}
}

func TestBulky_worksWithoutScript(t *testing.T) {
	doc := parse(t, sampleTable())
	if doc.Find("form form").Length() != 0 {
		t.Error("a form within a form")
	}
	ticks := doc.Find("input[data-row]")
	for i := range ticks.Length() {
		if attrOf(ticks.Eq(i), "form") != "bulk" || attrOf(ticks.Eq(i), "value") == "" || !strings.HasPrefix(attrOf(ticks.Eq(i), "aria-label"), "选择 ") {
			t.Errorf("tick %d is not part of the form or not named", i)
		}
	}
	bar := doc.Find("[data-bulk] > form.gz-bulk")
	if bar.Find("button[formaction]").Length() != 2 || bar.Find("button:not(.js-only)").Length() != 2 {
		t.Error("without script the buttons do not send the form, or useless ones are shown")
	}
	if doc.Find("[data-bulk] > *").Last().Is("form") != true {
		t.Error("the bar does not stand below the table")
	}
	if attr(t, doc, "[data-selected]", "data-text-wide") != "已选全部 41 条" {
		t.Error("the words for all rows are missing")
	}
}

func TestTabs_markTheCurrentOne(t *testing.T) {
	doc := parse(t, Tabs("待办分类", []Tab{{Label: "全部 9", URL: "/", Current: true}, {Label: "已办结 46", URL: "/done", End: true}}))
	if text(doc, "a[aria-current=page]") != "全部 9" || attr(t, doc, "nav", "aria-label") != "待办分类" {
		t.Error("the current view is not marked, or the group is unnamed")
	}
}

func TestFileSummary_numbersAddUp(t *testing.T) {
	doc := parse(t, FileSummary(FileCheck{Valid: 1223, Rejected: 23}))
	if got := strings.Join(strings.Fields(doc.Find(".gz-sum").Text()), ""); got != "1,246读入数据行=1,223合格+23有错误" {
		t.Errorf("says %q", got)
	}
	if attr(t, doc, "svg.gz-bar", "aria-label") != "合格 98.2%，有错误 1.8%" || !doc.Find("svg.gz-bar").HasClass("has-bad") {
		t.Error("the bar does not say what it shows")
	}
	clean := parse(t, FileSummary(FileCheck{Valid: 10}))
	if clean.Find(".t-late").Length() != 0 || clean.Find(".has-bad").Length() != 0 || attr(t, clean, "svg.gz-bar rect", "width") != "100%" {
		t.Error("a clean file shows red")
	}
	if empty := parse(t, FileSummary(FileCheck{})); attr(t, empty, "svg.gz-bar rect", "width") != "0%" {
		t.Error("an empty file has a filled bar")
	}
}

func TestFindingGroup_namesPlaceProblemAndRemedy(t *testing.T) {
	doc := parse(t, templ.Join(sampleFindings()...))
	first := doc.Find("details").First()
	if _, open := first.Attr("open"); !open || first.Find("summary a").Length() != 0 {
		t.Error("the first group is folded, or its summary holds a link")
	}
	if first.Find("td .gz-cell:not(.is-good) mark").Text() != "6" || first.Find(".gz-cell.is-good mark").Text() != "2" {
		t.Error("the wrong and the proposed characters are not marked")
	}
	if got := first.Find(".gz-cell").First().Text(); got != "91371500MA3C2X7K26" {
		t.Errorf("the value is torn apart: %q", got)
	}
	if words := doc.Find("details").Last().Text(); !strings.Contains(words, "提醒") || !strings.Contains(words, "已说明：本期新增二期 6 栋。") {
		t.Error("a warning is not named or its explanation is missing")
	}
	whole := parse(t, FindingGroup(Finding{Rule: "表头缺列", Rows: []FindingRow{{Problem: "缺少“企业代码”列"}}}))
	if got := text(whole, "tbody td.num"); got != "—" {
		t.Errorf("a finding on the whole file stands in row %q", got)
	}
	if got := text(whole, "tbody td.nowrap:nth-child(4)"); got != "—" { // there is no cell that could be empty
		t.Errorf("the value of a finding on the whole file shows %q", got)
	}
	empty := parse(t, FindingGroup(Finding{Rule: "未填写", Rows: []FindingRow{{Row: 7, Problem: "没有填写"}}}))
	if got := text(empty, "tbody .mute"); got != "（空）" {
		t.Errorf("an empty value shows %q", got)
	}
}

func TestMatrixCell_wholeCellIsALinkWithItsMeaning(t *testing.T) {
	doc := parse(t, around(Table(Grid{Label: "m"}), raw("<tr>"), MatrixCell(Cell{Family: FamilyLate, Icon: IconAlertOctagon, Text: "3/4", Label: "市城管局 9月期 逾期未报 3/4", URL: "/x"}), MatrixCell(Cell{Family: FamilyOff, Label: "市城管局 11月期 未开放"}), raw("</tr>")))
	if attr(t, doc, "td.c > a.gz-mc", "aria-label") != "市城管局 9月期 逾期未报 3/4" || doc.Find("a.gz-mc use").Length() != 1 {
		t.Error("the cell has no meaning without colour")
	}
	if got := text(doc, "span.gz-mc .visually-hidden"); got != "市城管局 11月期 未开放" {
		t.Errorf("a cell that is no link says %q", got)
	}
}

func TestLegendAndRate_useWordsAndIcons(t *testing.T) {
	doc := parse(t, Legend("图例", sampleKeys(), "点开看明细", false))
	if doc.Find("li use").Length() != len(sampleKeys()) || !strings.Contains(doc.Text(), "逾期补报") || strings.Contains(doc.Text(), "5/5") {
		t.Error("an entry lacks icon or word, or a small one shows figures")
	}
	low := parse(t, RateBar(Rate{Percent: 70, Text: "70.0%", Low: true}))
	if low.Find("use").Length() != 1 || !strings.Contains(low.Text(), "偏低") || !low.Find("rect").HasClass("is-late") {
		t.Error("a low rate is told by colour only")
	}
	if good := parse(t, RateBar(Rate{Percent: 98, Text: "98.0%"})); good.Find("use").Length() != 0 {
		t.Error("a good rate warns")
	}
}

func TestTimeline_newestFirstAndBadOnesMarked(t *testing.T) {
	doc := parse(t, Timeline([]Event{{When: "今天 14:56", DateTime: "2026-11-23T14:56", What: Sentence{Plain("退回")}, Quote: "缺第二名执法人员证件。", Bad: true}, {When: "昨天", What: Sentence{Plain("上传")}}}))
	first := doc.Find("li").First()
	if !first.HasClass("is-first") || !first.HasClass("is-bad") || first.Find("q").Text() != "缺第二名执法人员证件。" || attrOf(first.Find("time"), "datetime") == "" {
		t.Error("the newest entry lacks its mark, reason or time")
	}
	if doc.Find("li.is-first").Length() != 1 {
		t.Error("more than one entry is the newest")
	}
}

func TestMessages_threadAndForm(t *testing.T) {
	doc := parse(t, Messages(sampleThread()))
	checkNames(t, doc)
	if doc.Find("li.is-mine").Length() != 1 || doc.Find("textarea[name=text]").Length() != 1 {
		t.Error("own messages are not told apart, or there is no form")
	}
	readOnly := parse(t, Messages(Thread{ID: "t"}))
	if readOnly.Find("form").Length() != 0 || !strings.Contains(readOnly.Text(), "还没有留言") {
		t.Error("a reader may write, or an empty thread is silent")
	}
}

func TestErrorPage_saysWhatIsSavedAndWhatToDo(t *testing.T) {
	doc := parse(t, errorPage())
	for _, want := range []string{"都已保存", "事件编号", "E-20261123-7K2M", "重新提交", "下一步"} {
		if !strings.Contains(doc.Text(), want) {
			t.Errorf("%q is missing", want)
		}
	}
}
