package apply

import (
	"context"
	"time"
)

// call makes one idempotent call, and makes it again where its failure may
// pass. The SDK has retried already; this is for outages longer than that.
func (r *run) call(fn func(ctx context.Context) error) error {
	for _, pause := range retries() {
		err := fn(r.calls)
		if err == nil || !passes(err) || r.clock.Sleep(r.stop, pause) != nil {
			return err
		}
	}
	return fn(r.calls)
}

// retries are the pauses between attempts of a call.
func retries() []time.Duration {
	return []time.Duration{2 * time.Second, 5 * time.Second, 15 * time.Second, 40 * time.Second}
}

// change makes a call that changes the action's AMI or its snapshots. What was
// just made, or just became available, may be refused for a while.
func (c *course) change(fn func(ctx context.Context) error) error {
	deadline := c.clock.Now().Add(c.o.Settle)
	for {
		err := c.write(fn)
		if !late.has(err) || !c.clock.Now().Before(deadline) {
			return err
		}
		if !c.settling() {
			return err
		}
	}
}

// write makes a call that changes something. A run that stops starts none.
func (c *course) write(fn func(ctx context.Context) error) error {
	return c.call(func(ctx context.Context) error {
		if c.stop.Err() != nil {
			return c.cutShort()
		}
		return fn(ctx)
	})
}

// takeAway makes a call that takes something away. However long it is refused,
// what has to hold before it was read at most a minute before each attempt.
func (c *course) takeAway(fn func(ctx context.Context) error) error {
	return c.write(func(ctx context.Context) error {
		if err := c.recheck(); err != nil {
			return err
		}
		return fn(ctx)
	})
}

// recheck reads the preconditions again where they were read too long ago.
func (c *course) recheck() error {
	if c.clock.Now().Sub(c.checked) > fresh {
		return c.check()
	}
	return nil
}

// settling waits before the next look at what is not visible yet. It reports
// false when the run stops.
func (c *course) settling() bool { return c.clock.Sleep(c.stop, settlePause) == nil }

// settlePause is how often a change that is not visible yet is looked at.
const settlePause = 5 * time.Second

// stopKey is where the context of calls has the channel that tells of a stop.
type stopKey struct{}

// WithStop is a context for calls of a run that has stopped once the channel is
// closed. Unlike the end of a context that cuts nothing short.
func WithStop(ctx context.Context, stop <-chan struct{}) context.Context {
	return context.WithValue(ctx, stopKey{}, stop)
}

// Stopped reports whether the run that a call belongs to has stopped: what is in
// flight is awaited then, and no attempt is made again.
func Stopped(ctx context.Context) bool {
	stop, ok := ctx.Value(stopKey{}).(<-chan struct{})
	if !ok {
		return false
	}
	select {
	case <-stop:
		return true
	default:
		return false
	}
}
