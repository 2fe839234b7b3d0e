package middleware_test

import (
	"testing"
	"time"

	"taxportal/internal/handlers/middleware"
)

func TestRates_letsABurstThroughAndThenTheRate(t *testing.T) {
	now := time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)
	rates := middleware.NewRates(func() time.Time { return now }, 60, 3)
	for i := range 3 {
		if wait := rates.Take(1); wait != 0 {
			t.Errorf("request %d of the burst waits %s", i+1, wait)
		}
	}
	if wait := rates.Take(1); wait != time.Second {
		t.Errorf("behind the burst: %s, want 1s", wait)
	}
	if wait := rates.Take(1); wait != time.Second {
		t.Errorf("a refused request counts: %s", wait)
	}
	if wait := rates.Take(2); wait != 0 {
		t.Errorf("another caller waits %s", wait)
	}
	now = now.Add(time.Second)
	if wait := rates.Take(1); wait != 0 {
		t.Errorf("a second later: %s", wait)
	}
	now = now.Add(time.Hour)
	for range 3 {
		if wait := rates.Take(1); wait != 0 {
			t.Errorf("after an hour: %s", wait)
		}
	}
	if wait := rates.Take(1); wait == 0 {
		t.Error("an hour of quiet saves up more than the burst")
	}
}
