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
	p, err := c.parameter(s.Parameter)
	if err != nil {
		return err
	}
	if p.Exists && p.Value == c.id() && hasAll(p.Tags, s.Tags) {
		return nil
	}
	if (p.Exists || s.Expect != "") && p.Value != s.Expect && p.Value != c.id() {
		return moved(s, p)
	}
	if p.Exists && !s.TakeOver && !hasAll(p.Tags, s.Tags) && !sameOwnership(p.Tags, s.Seen) {
		return &ending{status: Skipped, problem: Problem{
			CodeMoved, fmt.Sprintf("parameter %s was tagged by somebody since the plan was made. It is left as it is", s.Parameter),
		}}
	}
	put := c.cloud.NewParameter
	if p.Exists {
		put = c.cloud.PutParameter
	}
	err = c.change(func(ctx context.Context) error { return put(ctx, c.target(), s.Parameter, c.id(), maps.Clone(s.Tags)) })
	if taken.has(err) {
		return c.takenMeanwhile(s)
	}
	if err != nil {
		return err
	}
	return c.readBack(s)
}

// takenMeanwhile looks at a parameter that was absent a moment ago. Our own
// writing, whose answer was lost, is what was wanted; anybody else's stays.
func (c *course) takenMeanwhile(s plan.PutParameter) error {
	p, err := c.parameter(s.Parameter)
	if err != nil {
		return err
	}
	if p.Exists && p.Value == c.id() && hasAll(p.Tags, s.Tags) {
		return nil
	}
	return moved(s, p)
}

// sameOwnership reports whether tags say the same about whose a parameter is.
func sameOwnership(now, seen map[string]string) bool {
	for _, k := range [...]string{state.TagOwner, state.TagImage} {
		a, tagged := now[k]
		if b, was := seen[k]; tagged != was || a != b {
			return false
		}
	}
	return true
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

// deleteParameter deletes the parameter, only while it names the action's AMI.
func (c *course) deleteParameter(s plan.DeleteParameter) error {
	p, err := c.parameter(s.Parameter)
	if err != nil || !p.Exists {
		return err
	}
	if p.Value != c.id() {
		c.warn("parameter %s holds %s now and is left as it is", s.Parameter, p.Value)
		return nil
	}
	err = c.takeAway(func(ctx context.Context) error {
		return c.cloud.DeleteParameter(ctx, c.target(), s.Parameter)
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
