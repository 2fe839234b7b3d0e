package handlers_test

import (
	"strings"
	"testing"

	"taxportal/internal/paths"
)

// withCounty is a town in which 东昌府区财政局 files what 市发展改革委 files in the tests' plan; the due of October is past.
func withCounty(t *testing.T) *town {
	w := newTown(t)
	for _, statement := range []string{"UPDATE catalogue_items SET unit_id = (SELECT id FROM units WHERE code = 'dcf') WHERE code = 'fgw-05'",
		"UPDATE filing_tasks SET unit_id = (SELECT id FROM units WHERE code = 'dcf') WHERE code LIKE 'FGW-05-%'"} {
		w.ok(w.DB.Write.Exec(statement).Error)
	}
	w.accepted("ZJJ-02-202610", 20)
	w.day("2026-11-27")
	return w
}

// TestMatrix_TheWholeCityOrItsOwnUnits keeps the tier in the address, and takes it into the workbook.
func TestMatrix_TheWholeCityOrItsOwnUnits(t *testing.T) {
	w := withCounty(t)
	for _, user := range []string{"office", "leader", "tax"} {
		w.as(user).Get(paths.Matrix).Want("区划", "3 个单位", "东昌府区财政局")
		a := w.as(user).Get(paths.Matrix+"?tier=city").Want("2 个单位", "清除").Not("东昌府区财政局")
		doc := a.Doc()
		if got := doc.Find("select[name=tier] option[selected]").AttrOr("value", ""); got != "city" {
			t.Errorf("%s: the form says %q", user, got)
		}
		if href := doc.Find(`a[href^="`+paths.MatrixExport+`"]`).AttrOr("href", ""); !strings.Contains(href, "tier=city") {
			t.Errorf("%s: exported from %q", user, href)
		}
	}
	w.as("office").Get(paths.Matrix + "?tier=village").Want("3 个单位")
	w.as("leader").Get(paths.Matrix+"?tier=city&q=东昌府").Want("没有市级、含“东昌府”的单位", "清除条件")
	for user, want := range map[string]string{"office.dcf": "1 个单位", "liaison.zjj": "1 个单位"} { // no choice, and none to be forged
		a := w.as(user).Get(paths.Matrix + "?tier=city").Want(want)
		if a.Doc().Find("select[name=tier]").Length() != 0 {
			t.Errorf("%s may choose a tier", user)
		}
	}
	whole, city := sheet(t, w.as("leader").Get(paths.MatrixExport)), sheet(t, w.as("leader").Get(paths.MatrixExport+"?tier=city"))
	if len(whole) != 3+4 || len(city) != 3+3 || whole[0][0] != "履约矩阵（全市）" || city[0][0] != "履约矩阵（市级）" {
		t.Errorf("%d and %d rows, titled %q and %q", len(whole), len(city), whole[0], city[0])
	}
	if rows := sheet(t, w.as("chief.zjj").Get(paths.MatrixExport)); rows[0][0] != "履约矩阵" {
		t.Errorf("a unit's workbook is titled %q", rows[0])
	}
}

// TestMatrix_OfOneAreaAndOfOneYear narrows to a county by its name, and to the months of a year.
func TestMatrix_OfOneAreaAndOfOneYear(t *testing.T) {
	w := withCounty(t)
	w.as("office").Get(paths.Matrix+"?tier=371502").Want("1 个单位", "东昌府区财政局", "清除").Not("市自然资源和规划局")
	w.as("leader").Get(paths.Matrix + "?tier=371526").Want("没有高唐县的单位")
	w.as("office.dcf").Get(paths.Matrix+"?tier=371526").Want("1 个单位", "东昌府区财政局")
	a := w.as("office").Get(paths.Matrix+"?months=2026").Want("2026年1月期—2026年11月期", "3 个单位")
	if got := a.Doc().Find("select[name=months] option[selected]").Text(); got != "2026年" {
		t.Errorf("the form says %q", got)
	}
	w.as("office").Get(paths.Matrix + "?months=1999").Want("2025年12月期—2026年11月期")
	if rows := sheet(t, w.as("leader").Get(paths.MatrixExport+"?months=2026&tier=371502")); len(rows[2]) != 1+11+4 || rows[0][0] != "履约矩阵（东昌府区）" {
		t.Errorf("%d columns, titled %q", len(rows[2]), rows[0])
	}
}

// TestHome_TheWholeCityOrItsOwnUnits counts the counties or leaves them out, and says of how many units the figures are.
func TestHome_TheWholeCityOrItsOwnUnits(t *testing.T) {
	w := withCounty(t)
	for path, want := range map[string][]string{
		paths.Home:                   {"共 3 家有报送任务的单位", "2 项逾期未报", "应报 3 项，按时 1 项", "东昌府区财政局"},
		paths.Home + "?tier=city":    {"共 2 家有报送任务的单位", "1 项逾期未报", "应报 2 项，按时 1 项", "tier=city"},
		paths.Home + "?tier=village": {"共 3 家有报送任务的单位"},
	} {
		doc := w.as("leader").Get(path).WantStatus(200).Want(append(want, "全市", "市级")...).Doc()
		current := words(doc.Find(`nav[aria-label="统计范围"] a[aria-current]`))
		if wanted := map[bool]string{true: "市级", false: "全市"}[strings.HasSuffix(path, "city")]; current != wanted {
			t.Errorf("%s shows %q", path, current)
		}
	}
	office := w.as("office")
	office.Get(paths.Home).Want("东昌府区财政局")
	doc := office.Get(paths.Home + "?tier=city&tab=later").Not("东昌府区财政局").Doc()
	if got := words(doc.Find("#overdue dl")); got != "市自然资源和规划局1 项" {
		t.Errorf("overdue %q", got)
	}
	for _, link := range []string{`#todo nav a[href*="tier=city"][href*="tab=today"]`, `nav[aria-label="统计范围"] a[href*="tab=later"]`} {
		if doc.Find(link).Length() == 0 {
			t.Errorf("the address is not kept: no %s", link)
		}
	}
	for _, user := range []string{"office.dcf", "liaison.zjj"} {
		if n := w.as(user).Get(paths.Home + "?tier=city").WantStatus(200).Doc().Find(`nav[aria-label="统计范围"]`).Length(); n != 0 {
			t.Errorf("%s may choose a tier", user)
		}
	}
}
