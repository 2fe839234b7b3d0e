package filingview

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// MatrixPage is the compliance matrix: units × months (mock 04).
type MatrixPage struct {
	Shell   layout.Shell
	Next    components.Next
	Bar     components.FilterBar
	Actions []components.Action
	Months  []string // 2026-10, oldest first
	Rows    []MatrixRow
	Columns []models.Tally // one a month, over the shown units
	Sum     models.Tally
	Items   int    // matters that all shown units owe
	Filter  string // the filter in words; empty: nothing is filtered
	Open    bool   // a unit's name leads to its tasks
}

// MatrixRow is one unit of the matrix.
type MatrixRow struct {
	Unit  models.Unit
	Cells []models.Tally
	Sum   models.Tally
	Items int
}

// matrixRule is how a rate is worked out (DESIGN §5).
const matrixRule = "按时率＝按时完成项数÷应报项数；零报送计为按时，免报不计入应报，进行中的任务不计。按时与否以分管负责人审签时间为准。"

// matrixLow is the rate in per mille below which a rate turns red (look.md §4).
const matrixLow = 850

func (p MatrixPage) sub() string {
	if len(p.Months) == 0 {
		return ""
	}
	return fmt.Sprintf("%d 个单位　%s期—%s期", len(p.Rows), words.Month(p.Months[0]), words.Month(p.Months[len(p.Months)-1]))
}

// matrixYear is the year above a column's head: where the matrix begins and in each January.
func (p MatrixPage) matrixYear(i int) string {
	if month := p.Months[i]; i == 0 || strings.HasSuffix(month, "-01") {
		return month[:4] + "年"
	}
	return ""
}

// matrixMonth is a column's head without its year: 10月.
func matrixMonth(month string) string {
	_, short, _ := strings.Cut(words.Month(month), "年")
	return short
}

// matrixKeys explain the cells, in the order of the mock.
func matrixKeys() []components.Key {
	var keys []components.Key
	for _, s := range []models.Standing{models.StandingOnTime, models.StandingNil, models.StandingLate, models.StandingOverdue,
		models.StandingReturned, models.StandingOpen, models.StandingUnopened, models.StandingExempt} {
		if s == models.StandingUnopened { // after 待报, which it takes the place of
			keys = append(keys, components.Key{Badge: words.State(&models.FilingFlow, models.BatchFiled)})
		}
		keys = append(keys, components.Key{Badge: words.Key(s)})
	}
	return keys
}

// matrixFigures are the figures in a cell: 免, 零, nothing before the period opens, else filed/owed.
func matrixFigures(y models.Tally) string {
	switch {
	case y.Worst == models.StandingExempt:
		return "免"
	case y.Worst == models.StandingUnopened:
		return ""
	case y.Nil > 0 && y.Nil == y.Owed():
		return "零"
	}
	return fmt.Sprintf("%d/%d", y.Filed, y.Owed())
}

func matrixCell(unit models.Unit, month string, y models.Tally) components.Cell {
	badge := words.Cell(y)
	label := unit.Name + " " + words.Month(month) + "期 " + badge.Word
	if y.Worst != models.StandingExempt && y.Worst != models.StandingUnopened {
		label += fmt.Sprintf(" %d/%d 项（已报/应报）", y.Filed, y.Owed())
	}
	if !y.DoneByUnits() || y.Waiting < y.Owed() { // else the state has said it
		label += words.OnTheWay(y)
	}
	return components.Cell{Family: badge.Family, Icon: badge.Icon, Text: matrixFigures(y), Label: label, URL: templ.SafeURL(paths.ToMatrixCell(unit.Code, month))}
}

// MatrixRate is a unit's rate with its bar, or nil if nothing is to be counted yet.
func MatrixRate(y models.Tally) *components.Rate {
	n, ok := y.Rate()
	if !ok {
		return nil
	}
	return &components.Rate{Percent: float64(n) / 10, Text: words.Rate(n), Low: n < matrixLow}
}

// foot is what stands below a column: its rate, which a low one says with an icon and in red.
type foot struct {
	text string
	low  bool
}

// matrixFoot is the foot of a column. A period that runs has no rate yet, whatever has been accepted already.
func matrixFoot(y models.Tally) foot {
	if n, ok := y.PeriodRate(); ok {
		return footOf(n)
	}
	if y.Total > 0 && y.Worst != models.StandingUnopened && y.Worst != models.StandingExempt {
		return foot{text: "进行中"}
	}
	return foot{text: "—"}
}

// matrixSum is the foot of the rates: what is under way is not counted in it.
func matrixSum(y models.Tally) foot {
	if n, ok := y.Rate(); ok {
		return footOf(n)
	}
	return foot{text: "—"}
}

func footOf(perMille int) foot { return foot{words.Rate(perMille), perMille < matrixLow} }

// Wide reports whether the matrix has more months than a sheet held upright.
func (p MatrixPage) Wide() bool { return len(p.Months) > 12 }

func (p MatrixPage) matrixNothing() components.Nothing {
	if p.Filter == "" {
		return components.Nothing{Icon: components.IconLayoutGrid, Title: "还没有报送任务",
			Text: "各成员单位按共享目录定期提供涉税信息（方案二（二））。目录项配好信息模板后，每期自动生成任务，履约情况在这里按单位、按月显示。"}
	}
	return components.Nothing{Icon: components.IconLayoutGrid, Title: "没有符合条件的单位", Text: "没有" + p.Filter + "的单位。可放宽条件或清除条件再查。",
		Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Matrix)}}}
}
