package handlers_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

// rateOf is what the catalogue shows as the rate of an item, "none" where there is no such column.
func rateOf(doc *testkit.Answer, code string) string {
	rate := "none"
	at := -1
	doc.Doc().Find("#items thead th").Each(func(i int, th *goquery.Selection) {
		if strings.Contains(words(th), "近 12 期按时率") {
			at = i
		}
	})
	doc.Doc().Find("#items tbody tr").Each(func(_ int, tr *goquery.Selection) {
		if cells := tr.Find("td"); at >= 0 && words(cells.First()) == code {
			rate = words(cells.Eq(at))
		}
	})
	return rate
}

// TestCatalogue_ShowsTheRateOfEachItem gives figures to those who may see them: of the area, or of the own unit.
func TestCatalogue_ShowsTheRateOfEachItem(t *testing.T) {
	w := worked(t)
	for _, test := range []struct{ user, unit, code, want string }{
		{"office", "zjj", "ZJJ-02", "100.0%"}, {"office", "fgw", "FGW-05", "偏低 50.0%"}, {"office", "zrzy", "ZRZY-01", "偏低 0.0%"}, {"office", "zjj", "ZJJ-01", "—"},
		{"leader", "fgw", "FGW-05", "偏低 50.0%"}, {"tax", "zjj", "ZJJ-02", "100.0%"},
		{"liaison.zjj", "zjj", "ZJJ-02", "100.0%"}, {"chief.fgw", "fgw", "FGW-05", "偏低 50.0%"},
		{"liaison.zjj", "fgw", "FGW-05", "—"}, {"handler.zjj", "zrzy", "ZRZY-01", "—"}, {"office.dcf", "zjj", "ZJJ-02", "—"},
	} {
		if got := rateOf(w.as(test.user).Get(paths.Catalogue+"?unit="+test.unit), test.code); got != test.want {
			t.Errorf("%s reads %s: %q, want %q", test.user, test.code, got, test.want)
		}
	}
	w.as("office").Get(paths.Catalogue).Want("与履约矩阵同一算法").Not("只显示本单位")
	w.as("liaison.zjj").Get(paths.Catalogue).Want("只显示本单位的目录项")
	first := w.as("office").Get(paths.Catalogue + "?sort=rate").Doc()
	if code := words(first.Find("#items tbody td").First()); code != "ZRZY-01" {
		t.Errorf("the lowest rate first: %s", code)
	}
	if got := words(first.Find("#items th[aria-sort]")); !strings.Contains(got, "近 12 期按时率") {
		t.Errorf("ordered by %q", got)
	}
}

func TestCatalogueExport_HasTheRates(t *testing.T) {
	w := worked(t)
	for user, want := range map[string][]string{"office": {"偏低", "50.0%", "0.0%"}, "liaison.zjj": {"", "—", "—"}} {
		rows := sheet(t, w.as(user).Get(paths.CatalogueExport+"?sort=rate"))
		last := len(rows[2]) - 1
		if rows[2][last] != "近 12 期按时率" {
			t.Fatalf("%s: last column %q", user, rows[2][last])
		}
		for _, row := range rows[3:] {
			switch code := row[18]; {
			case code == "ZJJ-02" && row[last] != "100.0%", code == "FGW-05" && row[last] != want[1], code == "ZRZY-01" && row[last] != want[2],
				code == "ZJJ-01" && row[last] != "—":
				t.Errorf("%s exports %s of %s", user, row[last], code)
			}
		}
	}
}

// TestCatalogue_TaxesAndFeesAsGroups narrows the catalogue to what serves any fee, at the side and in the bar.
func TestCatalogue_TaxesAndFeesAsGroups(t *testing.T) {
	w := newTown(t)
	a := w.as("office").Get(paths.Catalogue+"?by=tax&tax=fees").WantStatus(200).Want("共 15 项", "服务税费")
	doc := a.Doc()
	if got := words(doc.Find(".gz-side a[aria-current]")); got != "费 全部费 15" {
		t.Errorf("at the side %q", got)
	}
	if got := doc.Find("select[name=tax] option[selected]").AttrOr("value", ""); got != "fees" {
		t.Errorf("in the bar %q", got)
	}
	if doc.Find("input[type=hidden][name=tax]").Length() != 0 || doc.Find("input[type=hidden][name=by][value=tax]").Length() != 1 {
		t.Error("the form sends the tax twice, or forgets how the catalogue is gone through")
	}
	side := words(doc.Find(".gz-side"))
	if !strings.Contains(side, "税 全部税") || strings.Index(side, "全部税") > strings.Index(side, "增值税") || strings.Index(side, "全部费") > strings.Index(side, "社会保险费") {
		t.Errorf("the groups do not head their taxes and fees: %s", side)
	}
	w.as("liaison.kj").Get(paths.Catalogue+"?tax=fees&unit=xzsp").Want("全部费", "共 2 项")
	w.as("office").Get(paths.Catalogue + "?tax=taxes&q=城市基础设施").WantStatus(200).Not("本页第 1—20 项")
	w.as("office").Get(paths.Catalogue + "?tax=fee").Want("共 148 项") // no such value: nothing is filtered
	if rows := sheet(t, w.as("leader").Get(paths.CatalogueExport+"?tax=fees")); len(rows) != 3+15 {
		t.Errorf("%d rows exported", len(rows)-3)
	}
}
