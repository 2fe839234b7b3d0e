package exchange

import (
	"context"
)

// RunHandover takes the hand-over of a batch as far as its job would at the last of its tries: handed over, or failed with
// the reason on it, which is no error here. It is for callers that must not wait for the job, such as the demo's story.
// Returns fault.NotFound for a batch that was never in force.
func (s *Service) RunHandover(ctx context.Context, batch string) error {
	h, err := one(s.DB.Read.WithContext(ctx), "batch_id = (SELECT b.id FROM batches b WHERE b.code = ?)", batch)
	if err != nil {
		return err
	}
	args := handoverArgs{HandoverID: h.ID}
	cause := s.handOver(ctx, args)
	if cause == nil || ctx.Err() != nil {
		return cause
	}
	return s.gaveUp(ctx, args, cause)
}
