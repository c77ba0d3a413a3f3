package apply

import (
	"slices"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// preconditions are what must hold when the task starts. One on a parameter
// that the task itself writes is left to that step, which reads the parameter
// at the last moment. A successor that the plan could not name is the AMI that
// the predecessor made.
func (t *task) preconditions() []plan.Precondition {
	var out []plan.Precondition
	for _, p := range t.Preconditions {
		if p.Check == plan.CheckParameter && t.writes(p.ID) {
			continue
		}
		if p.Check == plan.CheckUsable && p.ID == "" {
			p.ID = t.successor
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
// unknown is never taken for unchanged.
func (c *course) check() error {
	wanted := c.preconditions()
	if len(wanted) == 0 {
		return nil
	}
	seen, err := c.region.seen.of(c.task)
	if err != nil {
		return err
	}
	for i, p := range wanted {
		if c.goalHolds(p, seen[i]) {
			continue
		}
		if what := plan.Recheck(p, seen[i]); what != "" {
			return &ending{status: Skipped, problem: Problem{CodeChanged, what}}
		}
		if a := seen[i].Image; a != nil && a.ID == c.AMI {
			c.ami = *a
		}
	}
	return nil
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
