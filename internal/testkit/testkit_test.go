package testkit_test

import (
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

func TestEach_GivesAPortalThatIsReadyToFile(t *testing.T) {
	for range 2 { // the second time from the prepared copy, without what the first has done
		testkit.Each(t, func(t *testing.T, app *testkit.App) {
			if err := app.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			liaison := app.As("liaison.zjj")
			file := app.File("预售.csv", testkit.Rows(t, "zjj-02", 50).CSV())
			n := app.Queries(func() {
				if _, err := app.Filing.Upload(t.Context(), liaison, "ZJJ-02-202610", []filing.UploadedFile{file}); err != nil {
					t.Fatal(err)
				}
			})
			if n == 0 {
				t.Error("no queries counted")
			}
			app.Work()
			page, err := app.Filing.Page(t.Context(), liaison, "ZJJ-02-202610", "")
			if err != nil {
				t.Fatal(err)
			}
			if page.Batch.State != models.BatchClean || page.Batch.RowsValid != 50 || len(page.Task.Batches) != 1 {
				t.Errorf("%s with %d rows, %d batches, %s", page.Batch.State, page.Batch.RowsValid, len(page.Task.Batches), page.Batch.Trouble)
			}
		})
	}
}
