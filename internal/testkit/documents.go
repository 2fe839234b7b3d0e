package testkit

import (
	"context"
	"errors"

	"taxportal/internal/models"
	"taxportal/seed"
)

// CourtTask is a task whose rows name documents: rulings of October 2026, filed by court and signed by CourtChief.
const (
	CourtTask  = "ZJFY-01-202610"
	CourtChief = "chief.kj"
)

// OpenCourt opens CourtTask, for which the plan of the tests has no template, and gives the court a unit leader, whom the
// demo does not have.
func (app *App) OpenCourt() {
	app.tb.Helper()
	ctx := context.Background()
	plan, err := seed.Load()
	if err != nil {
		app.tb.Fatal(err)
	}
	if err := app.LoadPlan(ctx, plan.With("zjj-02", "fgw-05", "zrzy-01", "zjfy-01"), FirstMonth); err != nil {
		app.tb.Fatal(err)
	}
	db := app.DB.Write
	err = errors.Join(
		db.Model(&models.CatalogueItem{}).Where("code = ?", "zjfy-01").
			Update("template_id", db.Model(&models.Template{}).Select("id").Where("code = ?", "zjfy-01")).Error,
		db.Model(&models.Account{}).Where("username = ?", CourtChief).
			Update("unit_id", db.Model(&models.Unit{}).Select("id").Where("code = ?", "zjfy")).Error,
	)
	if err != nil {
		app.tb.Fatal(err)
	}
	if _, err := app.Filing.OpenPeriods(ctx); err != nil {
		app.tb.Fatal(err)
	}
}

// Rulings returns a register for CourtTask in which the n-th row names the n-th documents, "" for none.
func (app *App) Rulings(names ...string) []byte {
	app.tb.Helper()
	sheet := Rows(app.tb, "zjfy-01", len(names))
	for i, name := range names {
		sheet.Set(i, "doc_file", name)
	}
	return sheet.CSV()
}

// PDF returns the beginning of a PDF with a text, enough to be told for one.
func PDF(text string) []byte { return []byte("%PDF-1.7\n" + text) }
