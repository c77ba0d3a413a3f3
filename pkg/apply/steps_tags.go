package apply

import (
	"context"
	"maps"
	"slices"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func (c *course) setTags(s plan.SetTags) error {
	ids, err := c.subjects(s.On)
	if err == nil && c.Kind == plan.Deregister && s.On == plan.OnSnapshots {
		ids, err = c.existing(ids)
	}
	if err != nil || len(ids) == 0 || len(s.Tags) == 0 {
		return err
	}
	return c.change(func(ctx context.Context) error {
		return c.cloud.SetTags(ctx, c.target(), ids, maps.Clone(s.Tags))
	})
}

// existing are those of some snapshots that are there. A copy that failed may
// name some that EC2 has deleted, and must be free to go all the same.
func (c *course) existing(ids []string) ([]string, error) {
	there, err := c.region.snapshots.get(ids...)
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		_, ok := there[id]
		return !ok
	}), err
}

// stampTag writes the time of the call: what counts from it, such as a grace,
// counts from when the action was carried out, not from when it was planned.
func (c *course) stampTag(s plan.StampTag) error {
	ids, err := c.subjects(plan.OnImage)
	if err != nil {
		return err
	}
	return c.change(func(ctx context.Context) error {
		return c.cloud.SetTags(ctx, c.target(), ids, map[string]string{s.Key: state.FormatTime(c.cloud.Now())})
	})
}

// removeTags removes tags by key. No keys means no call: EC2 would remove all
// tags (EC2 API, DeleteTags).
func (c *course) removeTags(s plan.RemoveTags) error {
	ids, err := c.subjects(s.On)
	if err != nil || len(ids) == 0 || len(s.Keys) == 0 {
		return err
	}
	return c.change(func(ctx context.Context) error {
		return c.cloud.RemoveTags(ctx, c.target(), ids, s.Keys)
	})
}

// subjects are the ids that a tag step is about. An action on an orphan
// snapshot has no other subject.
func (c *course) subjects(on plan.Subject) ([]string, error) {
	if c.SnapshotID != "" {
		return []string{c.SnapshotID}, nil
	}
	if on == plan.OnImage {
		return []string{c.id()}, nil
	}
	ids, err := c.snapshotIDs()
	if on == plan.OnBoth {
		ids = append([]string{c.id()}, ids...)
	}
	return ids, err
}
