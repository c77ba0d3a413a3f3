package apply

import (
	"context"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// pastDeprecation is how far ahead a deprecation time may lie that was sent in
// place of a past one: EC2 rounds to the minute and refuses what is past (EC2
// API, EnableImageDeprecation).
const pastDeprecation = 3 * time.Minute

func (c *course) deprecate(s plan.Deprecate) error {
	ami, err := c.image()
	if err != nil {
		return err
	}
	at := s.At
	if at.IsZero() {
		at = ami.Created.Add(s.After)
	}
	return c.deprecateAt(ami, at)
}

// deprecateNow deprecates as of the call.
func (c *course) deprecateNow() error {
	ami, err := c.image()
	if err != nil {
		return err
	}
	return c.deprecateAt(ami, c.cloud.Now())
}

func (c *course) deprecateAt(ami state.AMI, at time.Time) error {
	now := c.cloud.Now()
	if deprecated(ami, at, now) {
		return nil
	}
	send := at.Truncate(time.Minute)
	if !send.After(now) {
		send = nextMinute(now)
	}
	return c.change(func(ctx context.Context) error {
		return c.cloud.Deprecate(ctx, c.target(), ami.ID, send)
	})
}

// deprecated reports whether the AMI's deprecation is what is wanted. Two past
// times are equal, and one just ahead is what a past one was sent as. A public
// AMI's time can only be moved forward to an earlier one (EC2 User Guide,
// Deprecate an AMI).
func deprecated(ami state.AMI, at, now time.Time) bool {
	live := ami.Deprecated
	switch {
	case live.IsZero():
		return false
	case !at.After(now):
		return !live.After(now.Add(pastDeprecation))
	case live.Truncate(time.Minute).Equal(at.Truncate(time.Minute)):
		return true
	default:
		return ami.Public && !at.Before(live)
	}
}

// nextMinute is the next full minute that still lies ahead when the call
// arrives.
func nextMinute(now time.Time) time.Time {
	return now.Add(30 * time.Second).Truncate(time.Minute).Add(time.Minute)
}

// cancelDeprecation removes the deprecation time. EC2 keeps that of a public
// AMI as long as it is public, which is told and stops nothing.
func (c *course) cancelDeprecation() error {
	ami, err := c.image()
	if err != nil || ami.Deprecated.IsZero() {
		return err
	}
	if ami.Public {
		c.warn("%s keeps its deprecation time: EC2 does not cancel that of a public AMI", ami.ID)
		return nil
	}
	return c.changeImage(c.cloud.CancelDeprecation)
}
