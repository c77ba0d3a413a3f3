package aws

import (
	"context"
	"maps"
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

// References reads who uses the images, by AMI id, ten with each request.
func (c *Client) References(ctx context.Context, t state.Target, ids []string, depth int) (map[string][]state.Reference, error) {
	users := map[string][]state.Reference{}
	for _, some := range chunked(ids, referenceImages) {
		found, err := c.describeReferences(ctx, depthIn{t.Region, depth}, some)
		if err != nil {
			return nil, err
		}
		maps.Copy(users, found)
	}
	return users, nil
}

// SnapshotUsers reads which images have the snapshots in their device mapping.
func (c *Client) SnapshotUsers(ctx context.Context, t state.Target, snapshots []string) (map[string][]string, error) {
	return c.usersOf(ctx, t.Region, snapshots)
}

// Now is AWS's clock: the newest Date seen, carried on by the time since.
func (c *Client) Now() time.Time { return c.clock.now() }
