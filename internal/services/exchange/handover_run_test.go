package exchange_test

import (
	"os"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

func TestRunHandover_DoesWhatTheJobDoesAtItsLastTry(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		b, err := o.Filing.Upload(t.Context(), o.As("liaison.zjj"), task, []filing.UploadedFile{o.File("报送.csv", testkit.Rows(t, "zjj-02", 20).CSV())})
		o.ok(err)
		o.Work()
		o.move("liaison.zjj", b.Code, models.VerbSubmit)
		o.move("chief.zjj", b.Code, models.VerbSign)
		if err := o.Exchange.RunHandover(t.Context(), b.Code); !fault.Is(err, fault.NotFound) {
			t.Errorf("a batch that is not in force: %v", err)
		}
		o.ok(os.MkdirAll(o.path(b.Code), 0o750)) // in the way
		o.move("office", b.Code, models.VerbAccept)
		o.ok(o.Exchange.RunHandover(t.Context(), b.Code))
		o.Work()
		if h := o.of(b.Code); h.State != models.HandoverFailed || h.Trouble == "" {
			t.Fatalf("with something in the way: %+v", h)
		}
		o.ok(os.Remove(o.path(b.Code)))
		_, err = o.Exchange.Retry(t.Context(), o.As("office"), []string{b.Code})
		o.ok(err)
		o.ok(o.Exchange.RunHandover(t.Context(), b.Code))
		o.ok(o.Exchange.RunHandover(t.Context(), b.Code)) // twice is once
		o.Work()                                          // beside its jobs, too
		if h := o.of(b.Code); h.State != models.HandoverDone || h.Rows != 20 || o.manifest(b.Code).Rows != 20 {
			t.Errorf("after that: %+v", h)
		}
	})
}
