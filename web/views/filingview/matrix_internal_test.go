package filingview

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/web/views/viewtest"
)

func TestMatrixFigures(t *testing.T) {
	cases := []struct {
		name  string
		tally models.Tally
		want  string
		foot  string
	}{
		{"on time", models.Tally{Worst: models.StandingOnTime, Total: 5, OnTime: 5, Filed: 5}, "5/5", "100.0%"},
		{"all nil", models.Tally{Worst: models.StandingNil, Total: 2, OnTime: 2, Filed: 2, Nil: 2}, "零", "100.0%"},
		{"some nil", models.Tally{Worst: models.StandingNil, Total: 3, OnTime: 3, Filed: 3, Nil: 1}, "3/3", "100.0%"},
		{"nil beside an exempt one", models.Tally{Worst: models.StandingNil, Total: 2, OnTime: 1, Filed: 1, Nil: 1, Exempt: 1}, "零", "100.0%"},
		{"exempt alone", models.Tally{Worst: models.StandingExempt, Total: 1, Exempt: 1}, "免", "—"},
		{"an exempt one is not owed", models.Tally{Worst: models.StandingOnTime, Total: 3, Exempt: 1, OnTime: 2, Filed: 2}, "2/2", "100.0%"},
		{"not open", models.Tally{Worst: models.StandingUnopened, Total: 4, Running: 4, Undue: 4}, "", "—"},
		{"running", models.Tally{Worst: models.StandingOpen, Total: 4, Running: 4, Undue: 4}, "0/4", "进行中"},
		{"running, one accepted", models.Tally{Worst: models.StandingOpen, Total: 4, Running: 3, Undue: 3, OnTime: 1, Filed: 1}, "1/4", "进行中"},
		{"due, one at the Office", models.Tally{Worst: models.StandingOpen, Total: 4, Running: 1, OnTime: 3, Filed: 4, Waiting: 1}, "4/4", "100.0%"},
		{"overdue", models.Tally{Worst: models.StandingOverdue, Total: 4, Overdue: 1, OnTime: 3, Filed: 3}, "3/4", "75.0%"},
		{"overdue and running", models.Tally{Worst: models.StandingOverdue, Total: 4, Overdue: 1, Running: 1, OnTime: 2, Filed: 2}, "2/4", "66.7%"},
		{"nothing", models.Tally{}, "0/0", "—"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := matrixFigures(c.tally); got != c.want {
				t.Errorf("figures %q, want %q", got, c.want)
			}
			if got := matrixFoot(c.tally); got.text != c.foot {
				t.Errorf("foot %q, want %q", got.text, c.foot)
			}
		})
	}
}

func TestMatrixCell_SaysAloudWhatItShows(t *testing.T) {
	unit := models.Unit{Code: "cg", Name: "市城管局"}
	for _, standing := range models.Standings {
		tally := models.Tally{Worst: standing, Total: 4, Filed: 3}
		if standing == models.StandingExempt {
			tally = models.Tally{Worst: standing, Total: 4, Exempt: 4}
		}
		cell := matrixCell(unit, "2026-09", tally)
		if !strings.Contains(cell.Label, cell.Text) || !strings.Contains(cell.Label, "市城管局 2026年9月期 "+standing.Label()) {
			t.Errorf("%s: shows %q, says %q", standing, cell.Text, cell.Label)
		}
	}
}

func TestMatrixRate_TurnsRedBelowTheMark(t *testing.T) {
	for onTime, low := range map[int]bool{850: false, 849: true, 1000: false, 0: true} {
		if got := MatrixRate(models.Tally{Total: 1000, OnTime: onTime}); got == nil || got.Low != low {
			t.Errorf("%d per mille: %+v", onTime, got)
		}
	}
	if MatrixRate(models.Tally{Total: 3, Running: 3}) != nil {
		t.Error("a rate of nothing")
	}
}

func TestMatrix_AGapIsSaidAndNoLink(t *testing.T) {
	page := MatrixPage{Months: []string{"2025-12", "2026-01"}, Columns: make([]models.Tally, 2), Rows: []MatrixRow{{
		Unit: models.Unit{Code: "sj", Name: "市审计局"}, Items: 1, Cells: []models.Tally{{}, {Worst: models.StandingOverdue, Total: 1, Overdue: 1}},
	}}}
	doc := viewtest.Page(t, Matrix(page))
	cells := doc.Find("tbody td.c")
	if cells.First().Find("a").Length() != 0 || cells.First().Text() != "没有任务" || cells.Last().Find("a.gz-mc.is-late").Length() != 1 {
		t.Errorf("cells %q", cells.Text())
	}
	if got := strings.Join(strings.Fields(doc.Find("thead").Text()), ""); got != "成员单位2025年12月2026年1月应报按时率" {
		t.Errorf("heads %q", got)
	}
	if doc.Find("tbody th a").Length() != 0 {
		t.Error("a unit's name leads to tasks that the reader may not see")
	}
}
