package exchange_test

import (
	"os"
	"path/filepath"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

func TestHandover_DocumentsAreListedAndStayOnThePortal(t *testing.T) {
	each(t, "masked", func(t *testing.T, o *office) {
		o.OpenCourt()
		folder := filepath.Join(o.dir, "zjfy-01")
		o.ok(os.RemoveAll(folder)) // of the engine before
		pdf := o.File("一号.pdf", testkit.PDF("一"))
		b, err := o.Filing.Upload(t.Context(), o.As("court"), testkit.CourtTask, []filing.UploadedFile{pdf, o.File("报送.csv", o.Rulings("一号.pdf", "", "一号.pdf"))})
		o.ok(err)
		o.Work()
		o.move("court", b.Code, models.VerbSubmit)
		o.move(testkit.CourtChief, b.Code, models.VerbSign)
		o.move("office", b.Code, models.VerbAccept)
		o.Work()
		m := o.manifestIn(filepath.Join(folder, b.Code))
		if len(m.Documents) != 1 || m.Rows != 3 {
			t.Fatalf("manifest %+v", m)
		}
		if d := m.Documents[0]; d.Name != "一号.pdf" || d.SHA256 != pdf.Blob || d.Bytes != pdf.Size || d.Rows != 2 {
			t.Errorf("document %+v", d)
		}
		left, err := os.ReadDir(filepath.Join(folder, b.Code))
		o.ok(err)
		if len(left) != 3 || len(m.Files) != 2 {
			t.Errorf("handed over %v", left)
		}
	})
}
