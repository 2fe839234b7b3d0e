package testkit

import (
	"sync"
	"time"

	"taxportal/internal/models"
)

// Clock is the portal's clock in a test. It stands still until it is set.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now returns the moment that was set last.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set sets the clock to hour:minute of a day in the portal's zone.
func (c *Clock) Set(day models.Day, hour, minute int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = day.At(hour, minute).Time()
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
