package apply

import (
	"slices"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// preconditions are what must hold when the task starts. One on a parameter
// that the task itself writes is left to that step, which reads the parameter
// at the last moment.
func (t *task) preconditions() []plan.Precondition {
	var out []plan.Precondition
	for _, p := range t.Preconditions {
		if p.Check == plan.CheckParameter && t.writes(p.ID) {
			continue
		}
		out = append(out, p)
	}
	return out
}

func (t *task) writes(parameter string) bool {
	return slices.ContainsFunc(t.Do.Steps, func(s plan.Step) bool {
		put, ok := s.(plan.PutParameter)
		return ok && put.Parameter == parameter
	})
}

// check reads the preconditions again. What cannot be read is unknown, and
// unknown is never taken for unchanged. What a predecessor changed a moment ago
// may not be visible everywhere yet, so a follower looks for a while.
func (c *course) check() error {
	wanted := c.preconditions()
	if len(wanted) == 0 {
		return nil
	}
	deadline := c.clock.Now().Add(c.o.Settle)
	for {
		seen, err := c.region.seen.of(c.task)
		if err != nil {
			return err
		}
		p, what := c.firstChanged(c.asItIsBy(wanted), seen.seen)
		if what == "" {
			c.checked = seen.at
			return nil
		}
		if !c.maybeLate(p) || !c.clock.Now().Before(deadline) {
			return &ending{status: Skipped, problem: Problem{CodeChanged, what}}
		}
		if !c.settling() {
			return c.cutShort()
		}
	}
}

// asItIsBy are preconditions with what the action itself has done since they were
// checked first.
func (c *course) asItIsBy(wanted []plan.Precondition) []plan.Precondition {
	if len(c.done) == 0 || c.seen.ID == "" {
		return wanted
	}
	wanted = slices.Clone(wanted)
	for i, p := range wanted {
		if p.Check == plan.CheckImage && p.ID == c.seen.ID {
			wanted[i] = plan.Later(p, c.seen, c.done)
		}
	}
	return wanted
}

// firstChanged is the first precondition that does not hold, and what changed.
func (c *course) firstChanged(wanted []plan.Precondition, seen []plan.Observed) (plan.Precondition, string) {
	for i, p := range wanted {
		if c.goalHolds(p, seen[i]) {
			c.reached = true
			return plan.Precondition{}, ""
		}
		if what := plan.Recheck(p, seen[i]); what != "" {
			return p, what
		}
		if a := seen[i].Image; a != nil && a.ID == c.AMI {
			c.ami = *a
			if len(c.done) == 0 {
				c.seen = *a
			}
		}
	}
	return plan.Precondition{}, ""
}

// maybeLate reports whether a change may be one of this run's own making that
// is only half visible: tags, above all.
func (c *course) maybeLate(p plan.Precondition) bool {
	switch p.Check {
	case plan.CheckImage, plan.CheckUsable, plan.CheckUnpublished:
		return len(c.After)+len(c.done) > 0
	default:
		return false
	}
}

// goalHolds reports whether what the action would take away is gone already:
// somebody was faster, or an earlier run died after the call.
func (c *course) goalHolds(p plan.Precondition, seen plan.Observed) bool {
	switch {
	case c.Kind == plan.Deregister && p.Check == plan.CheckImage:
		return seen.Image == nil || seen.Image.State == state.ImageDeregistered
	case c.Kind == plan.DeleteSnapshot && p.Check == plan.CheckSnapshot:
		return len(seen.Snapshots) == 0
	default:
		return false
	}
}
