package filing_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
)

// example uploads one of the files of examples/ and returns what the batch keeps of it.
func (d *desk) example(task, name string) models.BatchFile {
	d.t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "examples", name))
	d.ok(err)
	b, err := d.Filing.Upload(d.ctx, d.liaison(task), task, []filing.UploadedFile{d.File(name, content)})
	d.ok(err)
	if f := b.Files[0]; f.Extra == nil || f.Absent == nil || f.Notes == nil {
		d.t.Errorf("before its check: %+v", f)
	}
	d.Work()
	return d.page(task).Batch.Files[0]
}

// TestCheck_KeepsWhatOfAFileWasNotRead holds what examples/README.md promises the reader of a batch's page.
func TestCheck_KeepsWhatOfAFileWasNotRead(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		monthly := d.example(zjj, "01-wps-monthly.xlsx")
		if !slices.Equal(monthly.Extra, []string{"序号", "备注"}) || len(monthly.Ignored) != 6 || monthly.Skipped != 6 || monthly.Hidden != 0 {
			t.Errorf("01: %+v", monthly)
		}
		export := d.example(fgw, "02-old-system-gb18030.csv")
		if !slices.Equal(export.Extra, []string{"录入时间", "录入人", "主管科室"}) || export.Encoding != "GB18030" {
			t.Errorf("02: %+v", export)
		}
		wide := d.example(zrzy, "05-wide-register.xlsx")
		if len(wide.Extra) != 32 || !slices.Contains(wide.Extra, "地址") {
			t.Errorf("05: %d columns not read: %v", len(wide.Extra), wide.Extra)
		}
		hidden := d.example(fgw, "13-hidden-formulas-1904.xlsx")
		if hidden.Hidden != 2 || hidden.Skipped != 1 || len(hidden.Ignored) != 1 || hidden.Ignored[0].Kind != "blank" || hidden.RowsRead != 18 {
			t.Errorf("13: %d hidden, %d of %d rows named", hidden.Hidden, len(hidden.Ignored), hidden.Skipped)
		}
	})
}
