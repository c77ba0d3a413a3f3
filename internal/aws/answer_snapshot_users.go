package aws

import (
	"context"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

func (a answering) snapshotUsers(ctx context.Context, questions []state.Resource, got *facts[state.Resource, []string]) {
	groups := grouped(questions, func(q state.Resource) string { return q.Region })
	each(groups, func(g group[string, state.Resource]) {
		ids := make([]string, len(g.items))
		for i, q := range g.items {
			ids[i] = q.ID
		}
		users, err := a.client.usersOf(ctx, g.key, ids)
		for _, q := range g.items {
			got.settle(q, users[q.ID], err)
		}
	})
}

// usersOf reads which images have a snapshot in their device mapping, by
// snapshot. Images of anybody count: a snapshot that was shared may stand
// behind an AMI of the account it was shared with.
func (c *Client) usersOf(ctx context.Context, region string, snapshots []string) (map[string][]string, error) {
	users := map[string][]string{}
	for _, some := range chunked(snapshots, filterValues) {
		found, err := c.describeImages(ctx, region, "", anyImages(filter("block-device-mapping.snapshot-id", some...)))
		if err != nil {
			return nil, err
		}
		for _, image := range registered(found) {
			for _, id := range image.SnapshotIDs() {
				if slices.Contains(some, id) && !slices.Contains(users[id], image.ID) {
					users[id] = append(users[id], image.ID)
				}
			}
		}
	}
	return users, nil
}
