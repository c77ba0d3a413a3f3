package apply

import (
	"context"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func (c *course) share(s plan.Share) error {
	if len(s.Add)+len(s.Remove) == 0 {
		return nil
	}
	return c.changeImage(func(ctx context.Context, t state.Target, ami string) error {
		return c.cloud.ShareImage(ctx, t, ami, s.Add, s.Remove)
	})
}

// shareSnapshots changes who may read each of the AMI's snapshots: whoever is
// to copy a shared AMI needs its storage too (EC2 User Guide, Copy an AMI).
func (c *course) shareSnapshots(s plan.ShareSnapshots) error {
	ids, err := c.snapshotIDs()
	if err != nil || len(s.Add)+len(s.Remove) == 0 {
		return err
	}
	for _, id := range ids {
		err := c.change(func(ctx context.Context) error {
			return c.cloud.ShareSnapshot(ctx, c.target(), id, s.Add, s.Remove)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
