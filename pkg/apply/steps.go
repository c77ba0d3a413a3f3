package apply

import (
	"context"
	"fmt"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// step does one step. Each is idempotent: a run that died after it does it
// again without harm.
func (c *course) step(s plan.Step) error {
	switch s := s.(type) {
	case plan.SetTags:
		return c.setTags(s)
	case plan.StampTag:
		return c.stampTag(s)
	case plan.RemoveTags:
		return c.removeTags(s)
	case plan.Share:
		return c.share(s)
	case plan.ShareSnapshots:
		return c.shareSnapshots(s)
	case plan.Deprecate:
		return c.deprecate(s)
	case plan.DeprecateNow:
		return c.deprecateNow()
	case plan.CancelDeprecation:
		return c.cancelDeprecation()
	case plan.PutParameter:
		return c.putParameter(s)
	case plan.DeleteParameter:
		return c.deleteParameter(s)
	case plan.DeregisterImage:
		return c.deregister(s)
	case plan.RemoveSnapshot:
		return c.removeSnapshot()
	default:
		return c.switchStep(s)
	}
}

// switchStep does the steps that are one call and no more.
func (c *course) switchStep(s plan.Step) error {
	switch s := s.(type) {
	case plan.Describe:
		return c.changeImage(func(ctx context.Context, t state.Target, ami string) error {
			return c.cloud.Describe(ctx, t, ami, s.Text)
		})
	case plan.Protect:
		return c.changeImage(c.cloud.Protect)
	case plan.Unprotect:
		return c.changeImage(c.cloud.Unprotect)
	case plan.Enable:
		return c.changeImage(c.cloud.Enable)
	case plan.Disable:
		return c.takeAway(func(ctx context.Context) error { return c.cloud.Disable(ctx, c.target(), c.id()) })
	default:
		return c.failure("amisync:step", "unknown_step", fmt.Sprintf("the engine does not know %T", s), "this is a fault of amisync: please report it")
	}
}

// changeImage makes one call that changes the action's AMI.
func (c *course) changeImage(fn func(ctx context.Context, t state.Target, ami string) error) error {
	return c.change(func(ctx context.Context) error { return fn(ctx, c.target(), c.id()) })
}

// snapshotIDs are the snapshots behind the action's AMI.
func (c *course) snapshotIDs() ([]string, error) {
	ami, err := c.image()
	return ami.SnapshotIDs(), err
}
