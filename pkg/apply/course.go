package apply

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// course is one action's way from its start to its result, in one goroutine.
type course struct {
	*run
	*task
	region   *region
	ami      state.AMI         // as last seen; its ID is "" until then
	known    map[string]string // the tags by which the copy that is awaited was known as ours
	warnings []string
	checked  time.Time         // when the preconditions were read last
	seen     state.AMI         // the action's AMI as they saw it
	done     []plan.Step       // since then
	reached  bool              // what was to be taken away is gone already
	begun    bool              // something was made or changed
	healing  *plan.CopyRequest // whose tags this run had to add
}

// perform takes the action to its end and tells Run's goroutine.
func (c *course) perform() {
	err := c.carryOut()
	if c.endedBy(err) {
		err = c.cutShort()
	}
	if expired.has(err) {
		c.halt(err)
	}
	status, problem, cause := resultOf(err)
	res := resultFor(c.Action, status, problem)
	res.AMI, res.Warnings = c.id(), c.warnings
	if cause != nil {
		cause = fmt.Errorf("%s of image %q in %s (account %s): %w", c.Kind, c.Image, c.Region, c.Account, cause)
	}
	c.inbox <- message{event: c.event(Event{Phase: Ended, Result: res}), ended: true, task: c.task, result: *res, cause: cause}
}

// endedBy reports whether an error is the end of the run, and not of the action:
// its time is over, or it stopped while a call was to be made again. Credentials
// that expired are what stops the run: every action that met them failed, so that
// it does not matter which one was told first.
func (c *course) endedBy(err error) bool {
	if err == nil || statusOf(err) != Failed {
		return false
	}
	again := passes(err) && !expired.has(err)
	return c.calls.Err() != nil || (c.stop.Err() != nil && (again || state.CodeOf(err) == state.CodeCanceled))
}

func statusOf(err error) Status {
	s, _, _ := resultOf(err)
	return s
}

// carryOut is the whole way. What makes or awaits a copy holds one of the
// Region's places for copies until EC2 has ended the copy; everything after
// that, and every other action, holds one for edits.
func (c *course) carryOut() error {
	switch {
	case c.Do.Copy != nil:
		if err := c.makeCopy(); err != nil {
			return err
		}
	case c.Do.Await:
		if err := c.awaitCopy(); err != nil {
			return err
		}
	default:
		return c.edit(c.start)
	}
	return c.edit(c.verify)
}

// start checks that the action may go on, and tells that it does.
func (c *course) start() error {
	if err := c.check(); err != nil {
		return err
	}
	c.emit(Event{Phase: Started})
	return nil
}

// edit does the action's steps in order, after what must hold before them.
func (c *course) edit(first func() error) error {
	if err := c.region.edits.enter(c.task, c.quiet); err != nil {
		return c.stoppedHere(err)
	}
	defer c.region.edits.leave()
	if err := first(); err != nil {
		return err
	}
	if c.reached {
		c.warn("%s was gone already; snapshots that it left are found as orphans", cmp.Or(c.SnapshotID, c.AMI))
		return nil
	}
	for _, s := range c.Do.Steps {
		if c.stop.Err() != nil {
			return c.cutShort()
		}
		c.begun = true
		if err := c.step(s); err != nil {
			return err
		}
		c.done = append(c.done, s)
	}
	return nil
}

// cutShort is how the action ends when the run does: in progress, if there is
// anything that the next run goes on from.
func (c *course) cutShort() error {
	if c.begun {
		return c.stopped(InProgress)
	}
	return c.stopped(NotStarted)
}

// stoppedHere is an error from a lane as this action ends with it.
func (c *course) stoppedHere(err error) error {
	var e *ending
	if c.begun && errors.As(err, &e) {
		return &ending{InProgress, e.problem, e.cause}
	}
	return err
}

// id is the action's AMI, or "" before there is one.
func (c *course) id() string {
	if c.ami.ID != "" {
		return c.ami.ID
	}
	return c.AMI
}

// image is the action's AMI as last seen, read if it was not.
func (c *course) image() (state.AMI, error) {
	if c.ami.ID != "" {
		return c.ami, nil
	}
	amis, err := c.region.images.get(c.AMI)
	if err != nil {
		return state.AMI{}, err
	}
	ami, ok := amis[c.AMI]
	if !ok {
		return state.AMI{}, c.failure("ec2:DescribeImages", CodeVanished, "the AMI is not there any more", "plan again")
	}
	c.ami = ami
	return ami, nil
}

// failure is an error of the engine's own finding.
func (c *course) failure(call, code, message, advice string) error {
	return &state.CallError{
		Call: call, Account: c.Account, Region: c.Region, Subject: c.id(),
		Code: code, Message: message, Advice: advice,
	}
}

// warn keeps something worth telling about an action that goes on.
func (c *course) warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

// event completes an event.
func (c *course) event(e Event) Event {
	e.At, e.Action, e.AMI, e.GiB = c.clock.Now(), c.Action, c.id(), c.Do.GiB
	return e
}

// emit tells an event.
func (c *course) emit(e Event) { c.inbox <- message{event: c.event(e)} }

// quiet tells nothing of a wait for a place: edits come through soon.
func (c *course) quiet(time.Duration) {}

// target is where the action acts.
func (c *course) target() state.Target { return c.region.target }
