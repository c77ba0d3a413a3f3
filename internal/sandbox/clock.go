package sandbox

import (
	"context"
	"sync"
	"time"
)

// Clock is the sandbox's time. It runs at a speed relative to real time and
// can be moved. Every time stamp, timer and token bucket follows it.
type Clock struct {
	mu     sync.Mutex
	real   func() time.Time
	anchor time.Time // real time at which base was true
	base   time.Time
	speed  float64
}

func newClock(start time.Time, speed float64, realTime func() time.Time) *Clock {
	return &Clock{real: realTime, anchor: realTime(), base: start.UTC(), speed: speed}
}

// Now is the current time of the sandbox, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	elapsed := c.real().Sub(c.anchor)
	return c.base.Add(time.Duration(float64(elapsed) * c.speed))
}

// Advance moves the clock forward by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = c.base.Add(d)
}

// Set moves the clock to t. What already happened stays as it is, also when t
// is in the past.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.anchor = t.UTC(), c.real()
}

// Speed is how much faster than real time the clock runs.
func (c *Clock) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

// SetSpeed changes the speed from now on; zero stops the clock.
func (c *Clock) SetSpeed(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.anchor, c.speed = c.now(), c.real(), speed
}

// Sleep waits for d of the sandbox's time, or until ctx is done. On a stopped
// clock it waits for ctx.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	speed := c.Speed()
	if d <= 0 {
		return ctx.Err()
	}
	if speed <= 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	timer := time.NewTimer(time.Duration(float64(d) / speed))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
