package filingview

import (
	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
)

// Busy reports whether the batch is being checked, so that the page must refresh itself without script.
func Busy(b *models.Batch) bool {
	return b != nil && (b.State == models.BatchUploaded || b.State == models.BatchChecking)
}

// firstProgress is the progress of a check on a page that has just been opened: it asks again at once, so that a small
// file's result does not wait for the clock.
func firstProgress(b *models.Batch) components.Work {
	w := ProgressWork(b)
	w.Soon = true
	return w
}

// ProgressWork is the progress of a check.
func ProgressWork(b *models.Batch) components.Work {
	w := components.Work{ID: "check-progress", Name: "校验", Icon: components.IconFileCheck, Text: "已上传，正在排队校验", Percent: -1,
		Poll: templ.SafeURL(paths.ToBatchProgress(b.Code))}
	if b.State == models.BatchChecking {
		w.Text = "正在校验　正在打开文件、核对表头"
	}
	if b.Progress > 0 {
		w.Text = "正在校验　第 " + components.Thousands(b.Progress) + " 行"
		if b.ProgressTotal > b.Progress {
			w.Text += "，共约 " + components.Thousands(b.ProgressTotal) + " 行"
			w.Percent = float64(b.Progress) * 100 / float64(b.ProgressTotal)
		}
	}
	return w
}
