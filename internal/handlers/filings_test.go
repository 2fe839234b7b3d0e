package handlers_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// sheet returns the rows of the first sheet of a downloaded workbook.
func sheet(t *testing.T, a *testkit.Answer) [][]string {
	t.Helper()
	a.WantStatus(200)
	if got := a.Header.Get("Content-Type"); !strings.Contains(got, "spreadsheetml") {
		t.Fatalf("content type %s", got)
	}
	if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
		t.Errorf("disposition %q", got)
	}
	f, err := excelize.OpenReader(bytes.NewReader([]byte(a.Body)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestFilings_TheOfficeSeesAllUnitsAUnitItsOwn(t *testing.T) {
	w := newTown(t)
	a := w.as("office").Get(paths.Filings).WantStatus(200)
	a.Want("报送任务", "6 项", "导出 6 项", "市发展改革委", "市住房城乡建设局", "市自然资源和规划局")
	if got := strings.Join(heads(a.Doc()), "/"); got != "事项/单位/期限/状态/报送文件/操作" {
		t.Errorf("columns %s", got)
	}
	own := w.as("liaison.zjj").Get(paths.Filings).WantStatus(200)
	own.Want("2 项", "ZJJ-02-202610", "去报送").Not("FGW-05", "ZRZY-01")
	if got := strings.Join(heads(own.Doc()), "/"); got != "事项/期限/状态/报送文件/操作" {
		t.Errorf("columns of a unit %s", got)
	}
	if own.Doc().Find("select[name=unit]").Length() != 0 {
		t.Error("a unit chooses among units")
	}
	w.as("leader").Get(paths.Filings).WantStatus(403)
	w.as("bank").Get(paths.Filings).WantStatus(403)
}

func TestFilings_FiltersLiveInTheAddress(t *testing.T) {
	w := newTown(t)
	w.accepted("ZJJ-02-202610", 20)
	office := w.as("office")
	cases := []struct {
		name, query string
		want        string
		rows        int
	}{
		{"unit", "?unit=fgw", "FGW-05", 2}, {"text", "?q=zjj-02-202610", "ZJJ-02-202610", 1}, {"name", "?q=" + "预售", "商品房", 2},
		{"month", "?month=2026-11", "未开放", 3}, {"standing", "?standing=on_time", "按时", 1}, {"done", "?standing=done", "已生效", 1},
		{"both", "?standing=open&unit=zrzy", "ZRZY-01-202610", 1}, {"unknown values are no filter", "?standing=x&unit=nowhere&month=13&sort=evil", "6 项", 6},
		{"beyond the end is the last page", "?page=99", "本页第 1—6 项", 6},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := office.Get(paths.Filings + c.query).WantStatus(200).Want(c.want)
			if got := a.Doc().Find("#list tbody tr").Length(); got != c.rows {
				t.Errorf("%d rows, want %d", got, c.rows)
			}
		})
	}
	doc := office.Get(paths.Filings + "?unit=fgw&month=2026-10&sort=unit").Doc()
	for name, want := range map[string]string{"unit": "fgw", "month": "2026-10"} {
		if got, _ := doc.Find("select[name=" + name + "] option[selected]").Attr("value"); got != want {
			t.Errorf("filter %s shows %q", name, got)
		}
	}
	if got, _ := doc.Find("input[type=hidden][name=sort]").Attr("value"); got != "unit" {
		t.Errorf("the order is lost with the next filter: %q", got)
	}
}

func TestFilings_EmptyStatesTeach(t *testing.T) {
	w := newTown(t)
	a := w.as("office").Get(paths.Filings + "?q=%3Cscript%3E&standing=overdue").WantStatus(200)
	a.Want("没有符合条件的报送任务", "没有含“<script>”、逾期未报的任务", "清除条件").Not("导出 0 项")
	if a.Doc().Find("form[role=search]").Length() == 0 {
		t.Error("the filters are gone")
	}
	w.as("liaison.kj").Get(paths.Filings).Want("还没有报送任务", "方案二（二）")
}

func TestFilings_SortsAndSaysSo(t *testing.T) {
	w := newTown(t)
	for query, want := range map[string]string{"": "期限 descending", "?sort=due": "期限 ascending", "?sort=unit": "单位 ascending", "?sort=name": "事项 ascending"} {
		doc := w.as("office").Get(paths.Filings + query).Doc()
		sorted := doc.Find("#list th[aria-sort]")
		order, _ := sorted.Attr("aria-sort")
		if got := words(sorted) + " " + order; sorted.Length() != 1 || got != want {
			t.Errorf("%q: sorted by %q, want %q", query, got, want)
		}
		doc.Find("#list th a").Each(func(_ int, link *goquery.Selection) {
			href, _ := link.Attr("href")
			w.as("office").Get(href).WantStatus(200)
		})
	}
}

func TestFilings_ShowsWhatWasFiled(t *testing.T) {
	w := newTown(t)
	w.accepted("ZJJ-02-202610", 1234)
	a := w.as("liaison.zjj").Get(paths.Filings).Want("已生效", "第 1 次上传，1,234 行", "按时")
	row := words(a.Doc().Find("#list tr").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "ZJJ-02-202610") }))
	if strings.Contains(row, "剩") || !strings.Contains(row, "11月25日") {
		t.Errorf("a settled task still has a running clock: %q", row)
	}
}

func TestFilingsExport_HasTheFilteredRowsAndWhoTookThem(t *testing.T) {
	w := newTown(t)
	w.accepted("ZJJ-02-202610", 20)
	rows := sheet(t, w.as("office").Get(paths.FilingsExport+"?unit=zjj"))
	if len(rows) != 3+2 || rows[0][0] != "报送任务" || !strings.Contains(rows[1][0], "赵敏（领导小组办公室）") || rows[2][0] != "任务号" {
		t.Fatalf("rows %v", rows)
	}
	found := false
	for _, r := range rows[3:] {
		if r[0] == "ZJJ-02-202610" {
			found = strings.Join(r[:11], "|") == "ZJJ-02-202610|市住房城乡建设局|商品房预售许可信息|2026年10月期|2026-11-25 17:00|按时|ZJJ-02-202610-1|已生效|20|2026-11-10 09:00|刘志远"
		}
	}
	if !found {
		t.Errorf("rows %v", rows[3:])
	}
	if rows := sheet(t, w.as("liaison.fgw").Get(paths.FilingsExport)); len(rows) != 3+2 || strings.Contains(rows[3][0], "ZJJ") {
		t.Errorf("another unit's rows: %v", rows)
	}
	w.as("leader").Get(paths.FilingsExport).WantStatus(403)
}

func TestFilingsExport_TakesEveryPage(t *testing.T) {
	w := newTown(t)
	for _, day := range []models.Day{"2027-06-10", "2028-06-10"} {
		w.day(day)
	}
	_, total, err := w.Filing.Tasks(t.Context(), w.As("office"), filing.TaskFilter{Page: 1, Size: 1})
	w.ok(err)
	for query, want := range map[string]int64{"": total, "?standing=overdue": total - 6} {
		if rows := sheet(t, w.as("office").Get(paths.FilingsExport+query)); int64(len(rows)-3) != want {
			t.Errorf("%q: %d rows, want %d", query, len(rows)-3, want)
		}
	}
}
