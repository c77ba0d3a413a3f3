package aws

import (
	"context"
	"time"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/state"
)

var _ apply.Cloud = (*Client)(nil)

// Images reads images of anybody by id, whatever their state, 200 with each
// request. An id that is not there is not in the answer, which is sorted by id.
func (c *Client) Images(ctx context.Context, t state.Target, ids []string) ([]state.AMI, error) {
	return c.imagesByID(ctx, t.Region, ids)
}

// ImagesNamed reads the account's own images of one name, sorted by id.
func (c *Client) ImagesNamed(ctx context.Context, t state.Target, name string) ([]state.AMI, error) {
	return c.describeImages(ctx, t.Region, name, ownImages(filter("name", name)))
}

// Snapshots reads snapshots by id, 200 with each request. One that is not
// there, or not to be seen, is not in the answer, which is sorted by id.
func (c *Client) Snapshots(ctx context.Context, t state.Target, ids []string) ([]state.Snapshot, error) {
	return c.snapshotsByID(ctx, t.Region, ids)
}

// PendingSnapshots reads the account's own pending snapshots with an owner tag,
// sorted by id.
func (c *Client) PendingSnapshots(ctx context.Context, t state.Target) ([]state.Snapshot, error) {
	return c.describeSnapshots(ctx, t.Region, "", ownSnapshots(filter("tag-key", state.TagOwner), filter("status", state.SnapshotPending)))
}

// References reads who uses the images, by AMI id, ten with each request. One
// that is gone fails its ten; it is told apart by asking for each alone, and is
// not in the answer.
func (c *Client) References(ctx context.Context, t state.Target, ids []string, depth int) (map[string][]state.Reference, error) {
	users := map[string][]state.Reference{}
	for _, some := range chunked(ids, referenceImages) {
		if err := c.addReferences(ctx, depthIn{t.Region, depth}, some, users); err != nil {
			return nil, err
		}
	}
	return users, nil
}

func (c *Client) addReferences(ctx context.Context, where depthIn, ids []string, to map[string][]state.Reference) error {
	found, err := c.describeReferences(ctx, where, ids)
	switch {
	case isNotFound(err) && len(ids) == 1:
		return nil
	case isNotFound(err):
		for _, id := range ids {
			if err := c.addReferences(ctx, where, []string{id}, to); err != nil {
				return err
			}
		}
		return nil
	case err != nil:
		return err
	}
	for _, id := range ids {
		to[id] = found[id]
	}
	return nil
}

// SnapshotUsers reads which images have the snapshots in their device mapping.
func (c *Client) SnapshotUsers(ctx context.Context, t state.Target, snapshots []string) (map[string][]string, error) {
	return c.usersOf(ctx, t.Region, snapshots)
}

// Now is AWS's clock: the newest Date seen, carried on by the time since.
func (c *Client) Now() time.Time { return c.clock.now() }
