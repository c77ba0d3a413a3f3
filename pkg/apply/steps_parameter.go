package apply

import (
	"context"
	"fmt"
	"maps"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// putParameter points the parameter at the action's AMI, only while it holds
// what the plan saw.
func (c *course) putParameter(s plan.PutParameter) error {
	holds := false
	point := func(ctx context.Context) (err error) {
		holds, err = c.point(ctx, s)
		return err
	}
	err := c.change(point)
	if taken.has(err) { // somebody made it a moment ago: perhaps we, and the answer was lost
		err = c.change(point)
	}
	if err != nil || holds {
		return err
	}
	return c.readBack(s)
}

// point is one attempt. It may be refused for long, and so looks each time.
func (c *course) point(ctx context.Context, s plan.PutParameter) (holds bool, err error) {
	p, err := c.cloud.Parameter(ctx, c.target(), s.Parameter)
	if err != nil {
		return false, err
	}
	tagged := hasAll(p.Tags, s.Tags)
	switch {
	case c.stop.Err() != nil:
		return false, c.cutShort()
	case p.Exists && p.Value == c.id() && tagged:
		return true, nil
	case (p.Exists || s.Expect != "") && p.Value != s.Expect && p.Value != c.id():
		return false, moved(s, p)
	case !p.Exists:
		return false, c.cloud.NewParameter(ctx, c.target(), s.Parameter, c.id(), maps.Clone(s.Tags))
	case !s.TakeOver && !tagged && p.Tags[state.TagOwner] != s.Owner:
		return false, retagged(s.Parameter)
	default:
		return false, c.cloud.PutParameter(ctx, c.target(), s.Parameter, c.id(), maps.Clone(s.Tags))
	}
}

// retagged ends an action, and with it what was to follow on it: a parameter that
// somebody made theirs goes on naming the AMI. Only the owner is compared: the
// plan knows the image from the AMI that the parameter names, and a run that died
// while it renamed an image leaves the two different.
func retagged(parameter string) error {
	return &ending{status: Skipped, problem: Problem{
		CodeMoved, fmt.Sprintf("parameter %s was tagged by somebody since the plan was made. It is left as it is", parameter),
	}}
}

// readBack waits until the parameter holds the AMI: SSM checks a value of type
// aws:ec2:image only after it has answered (Systems Manager API, PutParameter:
// DataType).
func (c *course) readBack(s plan.PutParameter) error {
	deadline := c.clock.Now().Add(c.o.Settle)
	for {
		p, err := c.parameter(s.Parameter)
		switch {
		case err != nil:
			return err
		case p.Exists && p.Value == c.id():
			return nil
		case p.Exists && p.Value != s.Expect:
			return moved(s, p)
		case !c.clock.Now().Before(deadline):
			return c.failure("ssm:PutParameter", CodeUnsettled,
				fmt.Sprintf("parameter %s still does not hold %s after %s", s.Parameter, c.id(), c.o.Settle),
				"SSM may have refused the value: it wants ec2:DescribeImages of the caller; run again")
		}
		if !c.settling() {
			return c.stopped(InProgress)
		}
	}
}

// moved is how an action ends whose parameter somebody else has changed.
func moved(s plan.PutParameter, p state.Parameter) error {
	holds, expected := "is gone", s.Expect
	if p.Exists {
		holds = "holds " + p.Value
	}
	if expected == "" {
		expected = "none to be there"
	}
	return &ending{status: Skipped, problem: Problem{
		CodeMoved, fmt.Sprintf("parameter %s %s; the plan expected %s. It is left as it is", s.Parameter, holds, expected),
	}}
}

// deleteParameter deletes the parameter, only while it names the action's AMI
// and is whose it was.
func (c *course) deleteParameter(s plan.DeleteParameter) error {
	err := c.takeAway(func(ctx context.Context) error {
		p, err := c.cloud.Parameter(ctx, c.target(), s.Parameter)
		switch {
		case err != nil || !p.Exists:
			return err
		case p.Value != c.id():
			c.warn("parameter %s holds %s now and is left as it is", s.Parameter, p.Value)
			return nil
		case p.Tags[state.TagOwner] != s.Owner:
			return retagged(s.Parameter)
		case c.stop.Err() != nil:
			return c.cutShort()
		default:
			return c.cloud.DeleteParameter(ctx, c.target(), s.Parameter)
		}
	})
	if gone.has(err) {
		return nil
	}
	return err
}

func (c *course) parameter(name string) (p state.Parameter, err error) {
	err = c.call(func(ctx context.Context) (err error) {
		p, err = c.cloud.Parameter(ctx, c.target(), name)
		return err
	})
	return p, err
}

func hasAll(have, want map[string]string) bool {
	for k, v := range want {
		if got, ok := have[k]; !ok || got != v {
			return false
		}
	}
	return true
}
