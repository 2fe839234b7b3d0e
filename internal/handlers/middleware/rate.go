package middleware

import (
	"sync"
	"time"
)

// Rates bounds how often each of several callers may ask: so many a minute, and so many of these at once. It counts in
// memory, so several portals over one database each allow as many.
type Rates struct {
	now   func() time.Time
	every time.Duration // one request earns back so much
	burst time.Duration // what can be saved up

	mu   sync.Mutex
	free map[int64]time.Time // when a caller will have used up nothing
}

// NewRates returns a bound of perMinute requests, of which burst may come at once.
func NewRates(now func() time.Time, perMinute, burst int) *Rates {
	every := time.Minute / time.Duration(perMinute)
	return &Rates{now: now, every: every, burst: every * time.Duration(burst), free: map[int64]time.Time{}}
}

// Take counts a request of a caller. It returns 0 if the caller may go on, else how long it must wait.
func (r *Rates) Take(caller int64) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	free := r.free[caller]
	if free.Before(now) {
		free = now
	}
	free = free.Add(r.every)
	if wait := free.Sub(now) - r.burst; wait > 0 {
		return wait
	}
	r.free[caller] = free
	return 0
}
