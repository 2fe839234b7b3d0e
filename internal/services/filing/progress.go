package filing

import (
	"context"

	"taxportal/internal/models"
)

// progressEvery is how often a check says how far it has come, in milliseconds. The page asks every two seconds.
const progressEvery = 1000

// progress returns how a check of the batch tells its progress, and what ends the telling. A word that comes before its
// time, or while the one before is still being written, is dropped: on SQLite a write waits for the load's own, and the
// check must not.
func (s *Service) progress(ctx context.Context, id int64) (report func(rows, estimated int64), stop func()) {
	type word struct{ rows, estimated int64 }
	words, done := make(chan word, 1), make(chan struct{})
	go func() {
		defer close(done)
		for w := range words {
			// A progress that cannot be written is no reason to stop the check.
			_ = s.DB.Write.WithContext(ctx).Model(&models.Batch{}).Where("id = ?", id).
				Updates(map[string]any{"progress": w.rows, "progress_total": w.estimated}).Error
		}
	}()
	var last models.Instant
	report = func(rows, estimated int64) {
		now := s.now()
		if now-last < progressEvery {
			return
		}
		select {
		case words <- word{rows, estimated}:
			last = now
		default:
		}
	}
	return report, func() { close(words); <-done }
}
