package aws

import (
	"context"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

func ownSnapshots(filters ...types.Filter) ec2.DescribeSnapshotsInput {
	return ec2.DescribeSnapshotsInput{Filters: filters, OwnerIds: []string{"self"}}
}

// describeSnapshots reads all pages, sorted by id.
func (c *Client) describeSnapshots(ctx context.Context, region, subject string, in ec2.DescribeSnapshotsInput) ([]state.Snapshot, error) {
	in.MaxResults = sdk.Int32(pageSize)
	found, err := pages(func(token *string) ([]types.Snapshot, *string, error) {
		in.NextToken = token
		out, err := c.in(region).ec2.DescribeSnapshots(ctx, &in)
		if err != nil {
			return nil, nil, err
		}
		return out.Snapshots, out.NextToken, nil
	})
	if err != nil {
		return nil, c.failed(ctx, named("EC2", "DescribeSnapshots", err), region, subject)
	}
	read := func(s types.Snapshot) state.Snapshot { return toSnapshot(c.account(), region, s) }
	return distinct(found, read, func(s state.Snapshot) string { return s.ID }), nil
}

// snapshotsByID reads snapshots by id. The account's own and those shared with
// it are answered; any other is left out without an error (DescribeSnapshots).
func (c *Client) snapshotsByID(ctx context.Context, region string, ids []string) ([]state.Snapshot, error) {
	var all []state.Snapshot
	for _, some := range chunked(ids, filterValues) {
		in := ec2.DescribeSnapshotsInput{Filters: []types.Filter{filter("snapshot-id", some...)}}
		found, err := c.describeSnapshots(ctx, region, strings.Join(some, ", "), in)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}
