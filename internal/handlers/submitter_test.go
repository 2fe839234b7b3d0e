package handlers_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// TestSubmitter_IsNamedBesideWhoUploaded on the receipt, in the Office's inbox, in its export and by the interface.
func TestSubmitter_IsNamedBesideWhoUploaded(t *testing.T) {
	w := newTown(t)
	b, err := w.Filing.Upload(t.Context(), w.As("handler.zjj"), zjjTask, []filing.UploadedFile{w.File("报送.csv", testkit.Rows(t, "zjj-02", 20).CSV())})
	w.ok(err)
	w.Work()
	w.Clock.Set("2026-11-11", 9, 30)
	w.move("liaison.zjj", b.Code, models.VerbSubmit, filing.MoveInput{})
	if got := words(w.as("chief.zjj").Get(paths.Home).Doc().Find("#todo tbody tr:not(.g)")); !strings.Contains(got, "王静 提交审签") {
		t.Errorf("the unit leader's to-do says %q", got)
	}
	w.move("chief.zjj", b.Code, models.VerbSign, filing.MoveInput{})

	receipt := w.as("chief.zjj").Get(paths.ToBatchReceipt(b.Code)).WantStatus(200).Doc().Selection
	for term, want := range map[string]string{"报送人": "陈洁 2026年11月10日 09:00", "提交审签": "王静 2026年11月11日 09:30", "审签人": "刘志远 2026年11月11日 09:30"} {
		if got := fact(receipt, term); got != want {
			t.Errorf("receipt, %s: %q, want %q", term, got, want)
		}
	}
	if got := words(w.as("office").Get(paths.Inbox).Doc().Find("#inbox tbody tr")); !strings.Contains(got, "王静 提交") {
		t.Errorf("inbox %q", got)
	}
	rows := sheet(t, w.as("office").Get(paths.InboxExport))
	if got := strings.Join(rows[3], "|"); !strings.Contains(strings.Join(rows[2], "|"), "填报人|提交人|审签人") || !strings.Contains(got, "陈洁|王静|刘志远") {
		t.Errorf("export %s", got)
	}
	program := newProgram(t, w.App, "liaison.zjj")
	if got := program.get(paths.ToAPIBatch(b.Code)).want(200); got.value("receipt", "submitted_by") != "王静" || got.value("receipt", "filed_by") != "陈洁" {
		t.Errorf("receipt of the interface: submitted by %v, filed by %v", got.value("receipt", "submitted_by"), got.value("receipt", "filed_by"))
	}
}
