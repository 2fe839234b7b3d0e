package demo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/services/exchange"
)

// waiting is how many batches, those that came into force last, wait for their hand-over when the story ends.
const waiting = 3

// handovers lets each batch be handed over when it is accepted, by the very step of the job. The last few wait, and the
// one before them fails.
func (s *story) handovers(now time.Time) {
	var accepted []int
	for i, e := range s.events {
		if strings.HasPrefix(e.what, "accept ") && e.at.Before(now) {
			accepted = append(accepted, i)
		}
	}
	slices.SortStableFunc(accepted, func(a, b int) int { return s.events[a].at.Compare(s.events[b].at) })
	kept := max(0, len(accepted)-waiting)
	for n, i := range accepted[:kept] {
		accept, task := s.events[i].do, strings.TrimPrefix(s.events[i].what, "accept ")
		s.events[i].do = func() error {
			if err := accept(); err != nil {
				return err
			}
			return s.handOver(task, n == kept-1)
		}
	}
}

// handOver hands over what of a task waits: the batch that came into force, and the mark on the one that it replaced. It
// fails if something is in the way; that is gone afterwards, so that a second try succeeds.
func (s *story) handOver(task string, fails bool) error {
	office, err := s.actor("office")
	if err != nil || !s.Exchange.Target.Configured() {
		return err
	}
	list, _, err := s.Exchange.Handovers(s.ctx, office, exchange.HandoverFilter{Text: task, State: models.HandoverPending, Size: 10})
	if err != nil {
		return err
	}
	for _, h := range list {
		if fails {
			err = s.handOverInVain(h.Batch)
		} else {
			err = s.Exchange.RunHandover(s.ctx, h.Batch.Code)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// handOverInVain finds a folder of the batch's name that holds nothing: left by somebody's hand.
func (s *story) handOverInVain(b *models.Batch) error {
	code, err := s.templateOf(b.Code)
	if err != nil {
		return err
	}
	place := filepath.Join(s.Exchange.Target.Folder, code, b.Code)
	if err := os.MkdirAll(place, 0o750); err != nil {
		return err
	}
	if err := s.Exchange.RunHandover(s.ctx, b.Code); err != nil {
		return err
	}
	return os.Remove(place)
}

// templateOf returns the code of the template in which a batch was filed.
func (s *story) templateOf(batch string) (string, error) {
	office, err := s.actor("office")
	if err != nil {
		return "", err
	}
	page, err := s.Filing.Page(s.ctx, office, "", batch)
	if err != nil {
		return "", err
	}
	return page.Task.TemplateVersion.Definition.Code, nil
}
