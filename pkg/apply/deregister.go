package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// succeeded is EC2's result for a snapshot that it has deleted (EC2 API,
// DeleteSnapshotReturnCode).
const succeeded = "success"

// deregister takes the AMI away, and with it its snapshots where the step says
// so. Their ids are read before, because afterwards nothing names them. EC2 would
// delete all of them: where one is to be kept, the others are deleted here.
func (c *course) deregister(s plan.DeregisterImage) error {
	amis, err := c.beforeDeregistration()
	if err != nil || amis == nil {
		return err
	}
	ids := amis.SnapshotIDs()
	var results []SnapshotResult
	err = c.takeAway(func(ctx context.Context) (err error) {
		results, err = c.deregisterOnce(ctx, s, ids)
		return err
	})
	if err != nil || !s.DeleteSnapshots {
		return err
	}
	return c.deleteSurvivors(ids, results)
}

// deregisterOnce is one attempt. It has EC2 delete all snapshots only while none
// of them is to be kept, and so looks each time.
func (c *course) deregisterOnce(ctx context.Context, s plan.DeregisterImage, snapshots []string) ([]SnapshotResult, error) {
	if s.DeleteSnapshots {
		there, err := c.region.snapshots.get(snapshots...)
		if err == nil {
			err = c.recheck() // the reading may have taken long
		}
		switch {
		case err != nil:
			return nil, err
		case c.stop.Err() != nil:
			return nil, c.cutShort()
		}
		s.DeleteSnapshots = !slices.ContainsFunc(slices.Collect(maps.Values(there)), kept)
	}
	return c.cloud.Deregister(ctx, c.target(), c.id(), s.DeleteSnapshots)
}

// kept reports whether people, or another version of the file, keep a snapshot.
func kept(s state.Snapshot) bool {
	_, kept := s.Tags[state.TagKeep]
	return kept
}

// beforeDeregistration is the AMI, or nil where it is gone already.
func (c *course) beforeDeregistration() (*state.AMI, error) {
	if c.ami.ID == "" {
		amis, err := c.region.images.get(c.AMI)
		if err != nil {
			return nil, err
		}
		c.ami = amis[c.AMI]
	}
	if c.ami.ID == "" || c.ami.State == state.ImageDeregistered {
		c.warn("%s was gone already; snapshots that it left are found as orphans", c.AMI)
		return nil, nil
	}
	return &c.ami, nil
}

// deleteSurvivors looks whether the snapshots are gone: an AMI is deregistered
// even where a snapshot of it stays. What EC2 did not delete is deleted here,
// unless another AMI uses it; what EC2 says it deleted may be visible for a
// while.
func (c *course) deleteSurvivors(ids []string, results []SnapshotResult) error {
	deadline := c.clock.Now().Add(c.o.Settle)
	for {
		there, err := c.region.snapshots.get(ids...)
		if err != nil {
			return c.afterwards(err)
		}
		settled := !c.clock.Now().Before(deadline)
		var pending, survivors []string
		for _, id := range ids {
			s, ok := there[id]
			if !ok {
				continue
			}
			if kept(s) {
				c.warn("snapshot %s stays: it carries %s", id, state.TagKeep)
				continue
			}
			if code := resultCode(results, id); code == succeeded && !settled {
				pending = append(pending, id)
			} else {
				survivors = append(survivors, id)
			}
		}
		if err := c.deleteUnused(survivors, results); err != nil {
			return c.afterwards(err)
		}
		if len(pending) == 0 {
			return nil
		}
		ids = pending
		if !c.settling() {
			return nil // the run stops; EC2 said that these are deleted
		}
	}
}

// afterwards adds to an error that the deregistration itself is done.
func (c *course) afterwards(err error) error {
	return fmt.Errorf("%s is deregistered, but its snapshots are not all gone (the next runs find them as orphans): %w", c.id(), err)
}

func resultCode(results []SnapshotResult, id string) string {
	i := slices.IndexFunc(results, func(r SnapshotResult) bool { return r.ID == id })
	if i < 0 {
		return "no result"
	}
	return results[i].Code
}

// deleteUnused deletes snapshots that EC2 left, and tells of those that another
// AMI uses: EC2 refuses to delete them, also where that AMI is disabled (EC2
// User Guide, Disable an AMI).
func (c *course) deleteUnused(ids []string, results []SnapshotResult) error {
	var errs *multierror.Error
	for _, id := range ids {
		err := c.deleteSnapshot(id, c.call)
		if inUse.has(err) {
			c.warn("snapshot %s stays: %s", id, c.usersOf(id))
			continue
		}
		if err != nil {
			errs = multierror.Append(errs, fmt.Errorf("snapshot %s (EC2's result: %s): %w", id, resultCode(results, id), err))
		}
	}
	return errs.ErrorOrNil()
}

// usersOf says who uses a snapshot, as far as that can be told from here.
func (c *course) usersOf(id string) string {
	var users map[string][]string
	err := c.call(func(ctx context.Context) (err error) {
		users, err = c.cloud.SnapshotUsers(ctx, c.target(), []string{id})
		return err
	})
	others := slices.DeleteFunc(slices.Clone(users[id]), func(ami string) bool { return ami == c.id() })
	if err != nil || len(others) == 0 {
		return "EC2 says that an AMI uses it"
	}
	return strings.Join(others, ", ") + " uses it"
}

// removeSnapshot deletes the action's own snapshot.
func (c *course) removeSnapshot() error { return c.deleteSnapshot(c.SnapshotID, c.takeAway) }

// deleteSnapshot deletes a snapshot. One that is gone already is done. Those of
// an AMI that is deregistered go also while the run stops: nothing names them.
func (c *course) deleteSnapshot(id string, try func(func(ctx context.Context) error) error) error {
	err := try(func(ctx context.Context) error {
		return c.cloud.DeleteSnapshot(ctx, c.target(), id)
	})
	if gone.has(err) {
		return nil
	}
	return err
}
