package aws

import (
	"cmp"
	"context"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/state"
)

// once leaves it to the engine to make a call again: it looks first whether what
// it relies on still holds.
func once(o *ec2.Options) { o.RetryMaxAttempts = 1 }

// Deregister deregisters an image and, with snapshots, asks EC2 to delete those
// behind it. What became of each is in the answer: the AMI is gone even where
// a snapshot stays. An image that is gone already is no error and has no results.
func (c *Client) Deregister(ctx context.Context, t state.Target, ami string, snapshots bool) ([]apply.SnapshotResult, error) {
	out, err := c.in(t.Region).ec2.DeregisterImage(ctx, &ec2.DeregisterImageInput{
		ImageId: sdk.String(ami), DeleteAssociatedSnapshots: sdk.Bool(snapshots),
	}, once)
	if err != nil {
		return nil, c.gone(ctx, t, ami, c.failed(ctx, err, t.Region, ami))
	}
	var results []apply.SnapshotResult
	for _, r := range out.DeleteSnapshotResults {
		results = append(results, apply.SnapshotResult{ID: sdk.ToString(r.SnapshotId), Code: string(r.ReturnCode)})
	}
	slices.SortFunc(results, func(a, b apply.SnapshotResult) int { return cmp.Compare(a.ID, b.ID) })
	return results, nil
}

// gone is no error where the image is not registered any more. EC2 answers a
// repeated DeregisterImage with InvalidAMIID.Unavailable, but that code has
// other reasons too, so it is looked up.
func (c *Client) gone(ctx context.Context, t state.Target, ami string, err error) error {
	if isNotFound(err) {
		return nil
	}
	if state.CodeOf(err) != "InvalidAMIID.Unavailable" {
		return err
	}
	if found, lookErr := c.imagesByID(ctx, t.Region, []string{ami}); lookErr == nil && len(registered(found)) == 0 {
		return nil
	}
	return err
}

// DeleteSnapshot deletes a snapshot. One that is gone already is no error.
func (c *Client) DeleteSnapshot(ctx context.Context, t state.Target, snapshot string) error {
	_, err := c.in(t.Region).ec2.DeleteSnapshot(ctx, &ec2.DeleteSnapshotInput{SnapshotId: sdk.String(snapshot)}, once)
	if err := c.failed(ctx, err, t.Region, snapshot); err != nil && !isNotFound(err) {
		return err
	}
	return nil
}
