package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// spoilt is why a generation cannot be used: the next one is tried.
type spoilt struct{ why string }

func (s *spoilt) Error() string { return s.why }

// makeCopy starts a copy and waits until EC2 has ended it.
func (c *course) makeCopy() error {
	if err := c.region.copies.enter(c.task, c.waitForToken); err != nil {
		return err
	}
	defer c.region.copies.leave()
	if err := c.start(); err != nil {
		return err
	}
	w, err := c.newCopy()
	if err != nil {
		return err
	}
	defer w.end()
	if err := c.waitForEnd(w); err != nil {
		return err
	}
	return c.healSnapshots()
}

// awaitCopy waits for a copy that an earlier run started.
func (c *course) awaitCopy() error {
	c.region.copies.take()
	defer c.region.copies.leave()
	if err := c.start(); err != nil {
		return err
	}
	ami, err := c.image()
	if err != nil {
		return err
	}
	c.known = ami.Tags
	c.begun = true
	w := c.region.poller.watch(c.AMI, c.Do.GiB)
	defer w.end()
	return c.waitForEnd(w)
}

// newCopy starts the request's generation, or the next one where that is
// spoilt, and returns the watch on a copy that was seen.
func (c *course) newCopy() (*watch, error) {
	req := *c.Do.Copy
	for tried := 1; ; tried++ {
		w, err := c.tryGeneration(req)
		var s *spoilt
		if !errors.As(err, &s) {
			return w, err
		}
		c.ami = state.AMI{}
		if tried == c.o.Generations {
			return nil, c.failure("ec2:CopyImage", CodeGenerations,
				fmt.Sprintf("%d generations were tried, the last one, %s: %s", tried, req.Name(), s.why),
				"see who else uses these names, and run again")
		}
		c.warn("generation %d, %s: %s; went on with generation %d", req.Generation, req.Name(), s.why, req.Generation+1)
		c.emit(Event{Phase: Waiting, Detail: c.warnings[len(c.warnings)-1]})
		req = req.Next()
		if c.keepPace() != nil {
			return nil, c.cutShort()
		}
	}
}

// tryGeneration makes a CopyImage call and sees to it that what EC2 answered is
// a copy of ours that lives.
func (c *course) tryGeneration(req plan.CopyRequest) (*watch, error) {
	called := c.cloud.Now()
	id, err := c.startCopy(req)
	if nameTaken.has(err) {
		return c.holder(req)
	}
	if err != nil {
		return nil, err
	}
	c.begun = true
	c.ami = state.AMI{ID: id}
	w := c.region.poller.watch(id, c.Do.GiB)
	ami, err := c.settle(w, birth{req, called})
	if err != nil {
		w.end()
		return nil, err
	}
	c.ami, c.known = ami, ami.Tags
	return w, nil
}

// startCopy calls CopyImage until EC2 takes it. The token makes every attempt
// the same one. Where as many copies are pending as EC2 allows, it waits for
// others to end; so it does for the API's bucket, which others drain too.
func (c *course) startCopy(req plan.CopyRequest) (id string, err error) {
	deadline := c.clock.Now().Add(c.timeout())
	var p copyPatience
	for {
		if c.stop.Err() != nil {
			return "", c.cutShort()
		}
		id, err = c.cloud.CopyImage(c.calls, c.target(), req, token(req))
		pause, again := p.pause(err)
		switch {
		case tokenSpent.has(err):
			return "", &spoilt{"its ClientToken was used for another request"}
		case !again || !c.clock.Now().Before(deadline):
			return id, err
		}
		c.emit(Event{Phase: Waiting, Detail: "CopyImage: " + state.CodeOf(err) + "; trying again in " + pause.String()})
		if c.clock.Sleep(c.stop, pause) != nil || c.keepPace() != nil {
			return "", c.cutShort()
		}
	}
}

// copyPatience says whether and when to call CopyImage again. A full quota and a
// throttle are waited out, however often they come; what is wrong with AWS itself
// only so many times in a row.
type copyPatience struct{ waits, failures int }

// mostFailures in a row are as many attempts as the SDK makes at other calls.
const mostFailures = 8

func (p *copyPatience) pause(err error) (time.Duration, bool) {
	if quotaFull.has(err) || throttled.has(err) {
		p.waits, p.failures = p.waits+1, 0
		return min(15*time.Second<<min(p.waits-1, 8), time.Minute), true
	}
	p.failures++
	if !passes(err) || p.failures == mostFailures {
		return 0, false
	}
	steps := retries()
	return steps[min(p.failures, len(steps))-1], true
}

// holder looks who holds the request's name. Our own copy of this very cell is
// the action's result: another run made it, or an answer was lost. Anybody
// else's, or one that cannot be seen (a failed AMI may hold its name, and names
// are freed late), costs a generation.
func (c *course) holder(req plan.CopyRequest) (*watch, error) {
	var held []state.AMI
	err := c.call(func(ctx context.Context) (err error) {
		held, err = c.cloud.ImagesNamed(ctx, c.target(), req.Name())
		return err
	})
	if err != nil {
		return nil, err
	}
	by := "an AMI that cannot be seen"
	for _, a := range held {
		if c.ours(a, req) {
			c.begun, c.ami, c.known = true, a, a.Tags
			return c.region.poller.watch(a.ID, c.Do.GiB), nil
		}
		by = a.ID + ", which is not a living copy of this cell"
	}
	return nil, &spoilt{"the name is held by " + by}
}

// keepPace waits until CopyImage's bucket allows one more call.
func (c *course) keepPace() error {
	return c.clock.Sleep(c.stop, c.region.pace.next(c.clock.Now()))
}

// timeout is how long the action's copy may take.
func (c *course) timeout() time.Duration {
	wait := timeout(c.o.CopyTimeout, c.Do.GiB)
	if c.Do.Copy != nil {
		wait += c.Do.Copy.CompleteWithin
	}
	return wait
}

func (c *course) waitForToken(d time.Duration) {
	c.emit(Event{Phase: Waiting, Detail: "CopyImage's request limit: starts in " + d.Round(time.Second).String()})
}
