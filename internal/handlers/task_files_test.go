package handlers_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
)

// TestBatch_EachOfSeveralFilesHasItsOwnAnnotatedWorkbook: what is wrong in the second file is no use in the first.
func TestBatch_EachOfSeveralFilesHasItsOwnAnnotatedWorkbook(t *testing.T) {
	w := newTown(t)
	code := w.uploadExamples("10-duplicates-1.csv", "10-duplicates-2.csv")
	c := w.as("liaison.zjj")
	doc := c.Get(paths.ToBatch(code)).WantStatus(200).Doc()
	for label, want := range map[string][]string{"下载批注工作簿 1": {"示范雅苑401期", "10-duplicates-1（批注）.xlsx"}, "下载批注工作簿 2": {"示范雅苑411期", "10-duplicates-2（批注）.xlsx"}} {
		link := doc.Find("#files a").FilterFunction(func(_ int, a *goquery.Selection) bool { return words(a) == label })
		a := c.Get(link.AttrOr("href", "/nowhere"))
		if got := sheet(t, a)[1][0]; got != want[0] || !strings.Contains(a.Header.Get("Content-Disposition"), url.PathEscape(want[1])) {
			t.Errorf("%s begins with %q and is called %q", label, got, a.Header.Get("Content-Disposition"))
		}
	}
	for _, place := range []string{".gz-page-head", ".gz-annotated"} {
		if to := doc.Find(place + ` a[href="#files"]`); to.Length() != 1 || words(to) != "下载批注工作簿" {
			t.Errorf("%s leads to no choice of files, but to %q", place, doc.Find(place+" a").AttrOr("href", ""))
		}
	}
}

// TestBatch_TheOnlyFileNeedsNoNumber: one press is enough.
func TestBatch_TheOnlyFileNeedsNoNumber(t *testing.T) {
	w := newTown(t)
	code := w.uploadExamples("07-error-in-every-row.xlsx")
	doc := w.as("liaison.zjj").Get(paths.ToBatch(code)).Doc()
	for _, place := range []string{".gz-page-head", ".gz-annotated"} {
		if got := doc.Find(place + ` a[href="` + paths.ToBatchAnnotated(code, 0) + `"]`); words(got) != "下载批注工作簿" {
			t.Errorf("%s: %q", place, words(doc.Find(place)))
		}
	}
	if doc.Find("#files .gz-file-link").Length() != 0 {
		t.Error("the files are numbered although there is one")
	}
}

// uploadExamples files examples as one batch of presale permits and works its check; it returns the batch's code.
func (w *town) uploadExamples(names ...string) string {
	w.t.Helper()
	files := make([]filing.UploadedFile, len(names))
	for i, name := range names {
		content, err := os.ReadFile(filepath.Join("../../examples", name))
		w.ok(err)
		files[i] = w.File(name, content)
	}
	b, err := w.Filing.Upload(w.t.Context(), w.As("liaison.zjj"), zjjTask, files)
	w.ok(err)
	w.Work()
	return b.Code
}
