package apply

import (
	"fmt"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// patience is how many ticks in a row may fail with what does not pass by
// itself, or with expired credentials, before a wait is given up.
const patience = 4

// waitForEnd waits until EC2 has made the copy available. The course has seen
// it already.
func (c *course) waitForEnd(w *watch) error {
	var missing time.Time // since when it is not to be seen
	for {
		if ended, err := c.copyEnded(); ended {
			return err
		}
		if c.o.NoWait {
			return &ending{status: InProgress, problem: Problem{CodeNoWait, "the copy goes on in AWS; the next run finishes it"}}
		}
		if c.clock.Now().Sub(w.since) >= c.timeout() {
			return c.failure("ec2:CopyImage", state.CodeTimeout, "the copy still is pending after "+c.timeout().String(),
				"it goes on in AWS and the next run finishes it; for very large images raise the copy time-out")
		}
		s, ok := w.next()
		switch {
		case !ok:
			return c.stopped(InProgress)
		case s.err != nil:
			if err := c.unreadable(w, s); err != nil {
				return err
			}
		case s.found:
			missing, c.ami = time.Time{}, s.ami
			c.tellProgress(w, s)
		case missing.IsZero():
			missing = c.clock.Now()
		case c.clock.Now().Sub(missing) >= c.o.Settle:
			return c.failure("ec2:DescribeImages", CodeVanished, "the copy was there and is not any more", "somebody may have deregistered it; run again")
		}
	}
}

// copyEnded reports whether EC2 has ended the copy, and how.
func (c *course) copyEnded() (ended bool, err error) {
	switch {
	case c.ami.State == state.ImageAvailable:
		return true, nil
	case dead(c.ami):
		return true, c.copyFailed()
	case c.ami.State == state.ImageDisabled:
		return true, c.failure("ec2:DescribeImages", c.ami.State, "somebody disabled the copy", "enable it, or deregister it to have it copied again")
	default:
		return false, nil
	}
}

// copyFailed is the error for a copy that EC2 gave up. The cause often stands
// only on a snapshot: an unusable KMS key shows there, long after CopyImage
// succeeded (EC2 API, CopyImage: KmsKeyId).
func (c *course) copyFailed() error {
	message := "the copy is " + c.ami.State
	if c.ami.StateReason != "" {
		message += ": " + c.ami.StateReason
	}
	snapshots, err := c.region.snapshots.get(c.ami.SnapshotIDs()...)
	if err == nil {
		for _, id := range c.ami.SnapshotIDs() {
			if text := snapshots[id].StateMessage; text != "" {
				message += fmt.Sprintf("; snapshot %s: %s", id, text)
			}
		}
	}
	return c.failure("ec2:CopyImage", CodeCopyFailed, message, "see that the KMS key and the source's snapshots may be used; the next run tries again")
}

// lasts reports whether an error of a tick is one that does not pass by itself.
func lasts(err error) bool { return expired.has(err) || !passes(err) }

// unreadable decides what a tick that failed means for a wait: nothing, unless
// it goes on. The copy goes on in AWS whatever is read of it.
func (c *course) unreadable(w *watch, s sighting) error {
	if s.failures >= patience || c.clock.Now().Sub(w.since) >= c.timeout() {
		return &ending{
			status:  InProgress,
			problem: Problem{state.CodeOf(s.err), "the copy goes on in AWS, but cannot be read: " + s.err.Error()},
			cause:   s.err,
		}
	}
	return nil
}

func (c *course) tellProgress(w *watch, s sighting) {
	if s.ami.State != state.ImagePending {
		return
	}
	e := Event{Phase: Copying, Percent: s.percent}
	if s.percent > 0 {
		e.Left = remaining(w.gib, s.percent, w.passed(s))
	}
	c.emit(e)
}
