package aws

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/amisync/amisync/pkg/state"
)

// Read reads all that is live for one file: who we are, which Regions there
// are, and every image and snapshot with an owner tag in those that are
// enabled and in scope, all Regions at once. A Region that cannot be read is
// Unknown with the reason, and the rest goes on. It fails only where nothing
// can be known: no identity, an account that the file does not name, no list
// of Regions, or the context's end.
func (c *Client) Read(ctx context.Context, d state.Desired) (state.Live, error) {
	id, err := c.Identity(ctx)
	if err != nil {
		return state.Live{}, err
	}
	if err := id.permitted(d); err != nil {
		return state.Live{}, err
	}
	regions, err := c.listRegions(ctx, id, d.Scope)
	if err != nil {
		return state.Live{}, err
	}
	var wg sync.WaitGroup
	for i := range regions {
		if regions[i].Status == state.Readable {
			wg.Go(func() { c.readRegion(ctx, &regions[i]) })
		}
	}
	wg.Wait()
	if err := c.ended(ctx); err != nil {
		return state.Live{}, err
	}
	for i := range regions {
		regions[i].Date = c.clock.in(regions[i].Name)
	}
	return state.Live{
		Account: id.Account, Partition: id.Partition, Caller: id.ARN,
		Now: c.clock.now(), Regions: regions, Owners: append([]string{d.Owner}, d.Formerly...),
	}, nil
}

// readRegion fills in one Region, or says why it is unknown.
func (c *Client) readRegion(ctx context.Context, r *state.Region) {
	images, err := c.ownedImages(ctx, r.Name)
	if err != nil {
		r.Status, r.Problem = state.Unknown, problem(err)
		return
	}
	snapshots, err := c.ownedSnapshots(ctx, r.Name, images)
	if err != nil {
		r.Status, r.Problem = state.Unknown, problem(err)
		return
	}
	r.Images, r.Snapshots = images, snapshots
}

// ownedImages are the account's images with an owner tag, in whatever state
// but deregistered: EC2 lists those for a while (DescribeImages). What a
// transient one means for its cell is the planner's to say.
func (c *Client) ownedImages(ctx context.Context, region string) ([]state.AMI, error) {
	in := ownImages(filter("tag-key", state.TagOwner))
	images, err := c.describeImages(ctx, region, "", in)
	return registered(images), err
}

// ownedSnapshots are the account's snapshots with an owner tag, and those
// behind the images that carry none.
func (c *Client) ownedSnapshots(ctx context.Context, region string, images []state.AMI) ([]state.Snapshot, error) {
	found, err := c.describeSnapshots(ctx, region, "", ownSnapshots(filter("tag-key", state.TagOwner)))
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, s := range found {
		have[s.ID] = true
	}
	var missing []string
	for _, image := range images {
		for _, id := range image.SnapshotIDs() {
			if !have[id] {
				have[id] = true
				missing = append(missing, id)
			}
		}
	}
	rest, err := c.snapshotsByID(ctx, region, missing)
	if err != nil {
		return nil, err
	}
	found = append(found, rest...)
	slices.SortFunc(found, func(a, b state.Snapshot) int { return strings.Compare(a.ID, b.ID) })
	return found, nil
}
