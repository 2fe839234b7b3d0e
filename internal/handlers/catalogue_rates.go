package handlers

import (
	"github.com/labstack/echo/v4"

	"taxportal/internal/models"
	"taxportal/internal/office"
)

// itemTallies are, by item, what its filings of late came to; nil for those who may not see figures.
func (a *App) itemTallies(c echo.Context, who models.Actor) (map[int64]models.Tally, error) {
	if !a.Guard.Can(who, "matrix", "view") {
		return nil, nil
	}
	return a.Filing.ItemTallies(c.Request().Context(), who)
}

// ratesNote says of what the rates of the catalogue are, for those who may see figures.
func (a *App) ratesNote(who models.Actor) string {
	switch {
	case !a.Guard.Can(who, "matrix", "view"):
		return ""
	case who.SeesArea():
		return "近 12 期按时率与履约矩阵同一算法，进行中的任务不计；没有到期任务的显示“—”。"
	}
	return "近 12 期按时率与履约矩阵同一算法，只显示本单位的目录项；没有到期任务的显示“—”。"
}

// rateColumn is the rate of an item in the export.
var rateColumn = office.Column{Title: "近 12 期按时率", Kind: office.Rate}

// rateCell is a rate as the export writes it.
func rateCell(y models.Tally) any {
	if rate, ok := y.Rate(); ok {
		return float64(rate) / 1000
	}
	return "—"
}
