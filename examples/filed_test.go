package examples_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/internal/workflow"
)

// stateOf is where a batch stands after its check.
var stateOf = map[ingest.Verdict]workflow.State{
	ingest.VerdictClean: models.BatchClean, ingest.VerdictWarnings: models.BatchWarnings, ingest.VerdictErrors: models.BatchErrors,
	ingest.VerdictRefused: models.BatchMalformed,
}

// TestExamples_AreFiledWithTheirVerdict files every example for its task in a portal, as the unit's liaison.
func TestExamples_AreFiledWithTheirVerdict(t *testing.T) {
	for _, want := range expected {
		t.Run(strings.Join(want.files, "+")+" for "+want.template, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			unit, _, _ := strings.Cut(want.template, "-")
			task := models.TaskCode(want.template, "2026-10")
			liaison := app.As("liaison." + unit)
			b, err := app.Filing.Upload(t.Context(), liaison, task, uploads(t, app, want.files))
			if err != nil {
				if _, ours := fault.Message(err); want.verdict != ingest.VerdictRefused || !ours {
					t.Fatal(err)
				}
				return // refused before a batch began
			}
			app.Work()
			page, err := app.Filing.Page(t.Context(), liaison, "", b.Code)
			if err != nil {
				t.Fatal(err)
			}
			b = page.Batch
			if b.State != stateOf[want.verdict] {
				t.Fatalf("%s (%s), want %s", b.State, b.Trouble, stateOf[want.verdict])
			}
			if want.verdict == ingest.VerdictRefused {
				return
			}
			if b.RowsRead != want.rows || b.RowsValid != want.valid {
				t.Errorf("%d rows, %d valid, want %d and %d", b.RowsRead, b.RowsValid, want.rows, want.valid)
			}
			var broken []string
			for _, r := range page.Rules {
				broken = append(broken, r.Rule)
			}
			for rule := range want.rules {
				if rule, _, _ = strings.Cut(rule, " "); !slices.Contains(broken, rule) {
					t.Errorf("the page does not tell of %s: %v", rule, broken)
				}
			}
		})
	}
}

func uploads(t *testing.T, app *testkit.App, names []string) []filing.UploadedFile {
	t.Helper()
	var files []filing.UploadedFile
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, app.File(name, content))
	}
	return files
}
