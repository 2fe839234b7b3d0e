package testkit

import (
	"bytes"
	"context"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/seed"
	"taxportal/seed/demo"
)

var pool = demo.NewPool()

// Rows returns a register of n good synthetic rows of a template for October 2026. Set makes a fault in it.
func Rows(tb testing.TB, template string, n int) *demo.Sheet {
	tb.Helper()
	return RowsOf(tb, template, FirstMonth, n)
}

// RowsOf is Rows for another period.
func RowsOf(tb testing.TB, template string, period models.Period, n int) *demo.Sheet {
	tb.Helper()
	plan, err := seed.Load()
	if err != nil {
		tb.Fatal(err)
	}
	def, ok := plan.Template(template)
	if !ok {
		tb.Fatalf("no template %s", template)
	}
	sheet, err := demo.Make(pool, def, period, n)
	if err != nil {
		tb.Fatal(err)
	}
	return sheet
}

// File puts content into the file store as an upload would.
func (app *App) File(name string, content []byte) filing.UploadedFile {
	app.tb.Helper()
	file, err := app.Filing.Keep(context.Background(), name, bytes.NewReader(content))
	if err != nil {
		app.tb.Fatalf("keep %s: %v", name, err)
	}
	return file
}
