package filing_test

import (
	"testing"
	"time"

	"taxportal/internal/services/filing"
)

func TestProgress_isToldAtMostOnceASecondAndAllOfItBeforeTheVerdict(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.upload(zjj, d.rows(zjj, 3).CSV())
		report, stop := filing.Progress(d.Filing, d.ctx, b.ID)
		report(2048, 8000)
		d.Clock.Advance(900 * time.Millisecond)
		report(4096, 8000)
		stop()
		if got := d.batch(b.Code); got.Progress != 2048 || got.ProgressTotal != 8000 {
			t.Errorf("after a word too early: %d of %d", got.Progress, got.ProgressTotal)
		}
		report, stop = filing.Progress(d.Filing, d.ctx, b.ID)
		d.Clock.Advance(100 * time.Millisecond)
		report(6144, 8100)
		stop()
		if got := d.batch(b.Code); got.Progress != 6144 || got.ProgressTotal != 8100 {
			t.Errorf("after the second word: %d of %d", got.Progress, got.ProgressTotal)
		}
	})
}
