package main

import (
	"io"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// TestMillionRows_AreFiled takes the example of the README that is too large to be kept beside the others through a
// portal: a million rows of zrzy-01, made, uploaded, checked and loaded, with nothing lost and nothing found.
func TestMillionRows_AreFiled(t *testing.T) {
	const code, period = "zrzy-01", models.Period("2026-10")
	m := testMaker(t)
	app := testkit.New(t)
	content, made := io.Pipe()
	go func() { made.CloseWithError(m.write(made, "million.csv", code, manyRows, false)) }()
	file, err := app.Filing.Keep(t.Context(), "million.csv", content)
	if err != nil {
		t.Fatal(err)
	}
	liaison, task := app.As("liaison.zrzy"), models.TaskCode(code, period)
	b, err := app.Filing.Upload(t.Context(), liaison, task, []filing.UploadedFile{file})
	if err != nil {
		t.Fatal(err)
	}
	app.Work()
	page, err := app.Filing.Page(t.Context(), liaison, "", b.Code)
	if err != nil {
		t.Fatal(err)
	}
	if b = page.Batch; b.State != models.BatchClean || b.RowsRead != manyRows || b.RowsValid != manyRows {
		t.Errorf("%s (%s): %d rows read, %d valid, want %d of both", b.State, b.Trouble, b.RowsRead, b.RowsValid, manyRows)
	}
	var stored int64
	if err := app.DB.SQLRead.QueryRowContext(t.Context(), "SELECT count(*) FROM w_zrzy_01 WHERE _batch_id = $1", b.ID).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if stored != manyRows {
		t.Errorf("%d rows in the warehouse, want %d", stored, manyRows)
	}
}
