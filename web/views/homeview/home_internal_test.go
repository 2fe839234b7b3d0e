package homeview

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/web/views/components"
	"taxportal/web/views/viewtest"
	"taxportal/web/views/words"
)

// draw renders a workbench.
func draw(t *testing.T, p Page) *goquery.Document {
	t.Helper()
	return viewtest.Page(t, Home(p))
}

func TestHome_MonthAddsUp(t *testing.T) {
	doc := draw(t, Page{Title: "我的待办", Todos: &Todos{Empty: &components.Nothing{Title: "目前没有待办"}}, Month: &Month{
		Title: "10月期报送", Filed: 8, Owed: 10, Due: "11月25日截止",
		Counts: []StateCount{{words.Standing(models.StandingOnTime), 6}, {words.Standing(models.StandingNil), 2}, {words.Standing(models.StandingOpen), 1},
			{words.Standing(models.StandingOverdue), 1}},
	}})
	if got := strings.Join(strings.Fields(doc.Find("#month .gz-figure").Text()), " "); got != "8/ 应报 10 项，11月25日截止" {
		t.Errorf("quantity %q", got)
	}
	if got := doc.Find("#month svg[role=img]").AttrOr("aria-label", ""); got != "已报 8 项，待报 2 项" {
		t.Errorf("bar %q", got)
	}
	if got := doc.Find("#month svg rect").AttrOr("width", ""); got != "80%" {
		t.Errorf("width %q", got)
	}
	if doc.Find("#month dl .gz-state .icon").Length() != 4 {
		t.Error("a standing without icon")
	}
}

func TestHome_AMonthOfExemptTasksHasNoBar(t *testing.T) {
	doc := draw(t, Page{Todos: &Todos{}, Month: &Month{Title: "10月期报送", Counts: []StateCount{{words.Standing(models.StandingExempt), 1}}}})
	if doc.Find("#month svg[role=img] rect").Length() != 0 {
		t.Error("a bar of nothing")
	}
}

func TestHome_TextIsEscapedAndNamesAreSaidWhenMissing(t *testing.T) {
	doc := draw(t, Page{Todos: &Todos{Groups: []Group{{Label: "以后", Count: 1, Rows: []Todo{{Title: "<b>x</b>", Note: `"><script>`, URL: "/x",
		Action: components.Action{Label: "去补正", URL: "/x", Small: true}}}}}}, Contact: &Contact{}})
	if doc.Find("#todo b, #todo script").Length() != 0 {
		t.Error("what users typed became markup")
	}
	if n := strings.Count(doc.Find("#contact").Text(), "未登记"); n != 4 {
		t.Errorf("%d of 4 missing names are said", n)
	}
	if doc.Find("#month, #duties, #overdue").Length() != 0 {
		t.Error("an empty part is shown")
	}
}

func TestHome_OverdueUnits(t *testing.T) {
	late := &Overdue{Sub: "近 12 期", URL: "/m", Units: []OverdueUnit{{Name: "市城管局", URL: "/u", Count: 3, Rate: &components.Rate{Percent: 70, Text: "70.0%", Low: true}}}}
	wide := draw(t, Page{Overdue: late})
	if wide.Find("#overdue table tbody tr").Length() != 1 || wide.Find(".gz-rate.is-low").Length() != 1 {
		t.Error("leaders do not see the table")
	}
	narrow := draw(t, Page{Overdue: late, Todos: &Todos{}})
	if narrow.Find("#overdue").Length() != 1 || narrow.Find("#overdue table").Length() != 0 {
		t.Error("beside the to-dos the panel is not the narrow one")
	}
	if got := draw(t, Page{Overdue: &Overdue{Sub: "近 12 期"}}).Find("#overdue .gz-empty h3").Text(); got != "没有逾期未报的单位" {
		t.Errorf("nothing overdue: %q", got)
	}
}
