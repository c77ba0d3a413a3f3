package aws

import (
	"context"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

func (a answering) recycleBins(ctx context.Context, questions []state.Target, got *facts[state.Target, state.RecycleBin]) {
	each(questions, func(t state.Target) {
		bin, err := a.client.recycleBin(ctx, t.Region)
		got.settle(t, bin, err)
	})
}

// recycleBin lists what a Region's Recycle Bin holds: DescribeImages and
// DescribeSnapshots do not show it.
func (c *Client) recycleBin(ctx context.Context, region string) (state.RecycleBin, error) {
	images, err := c.recycledImages(ctx, region)
	if err != nil {
		return state.RecycleBin{}, err
	}
	snapshots, err := c.recycledSnapshots(ctx, region)
	if err != nil {
		return state.RecycleBin{}, err
	}
	return state.RecycleBin{Images: images, Snapshots: snapshots}, nil
}

func (c *Client) recycledImages(ctx context.Context, region string) ([]string, error) {
	in := ec2.ListImagesInRecycleBinInput{MaxResults: sdk.Int32(pageSize)}
	found, err := pages(func(token *string) ([]types.ImageRecycleBinInfo, *string, error) {
		in.NextToken = token
		out, err := c.in(region).ec2.ListImagesInRecycleBin(ctx, &in)
		if err != nil {
			return nil, nil, err
		}
		return out.Images, out.NextToken, nil
	})
	if err != nil {
		return nil, c.failed(ctx, named("EC2", "ListImagesInRecycleBin", err), region, "")
	}
	var ids []string
	for _, i := range found {
		ids = append(ids, sdk.ToString(i.ImageId))
	}
	slices.Sort(ids)
	return ids, nil
}

func (c *Client) recycledSnapshots(ctx context.Context, region string) ([]string, error) {
	in := ec2.ListSnapshotsInRecycleBinInput{MaxResults: sdk.Int32(pageSize)}
	found, err := pages(func(token *string) ([]types.SnapshotRecycleBinInfo, *string, error) {
		in.NextToken = token
		out, err := c.in(region).ec2.ListSnapshotsInRecycleBin(ctx, &in)
		if err != nil {
			return nil, nil, err
		}
		return out.Snapshots, out.NextToken, nil
	})
	if err != nil {
		return nil, c.failed(ctx, named("EC2", "ListSnapshotsInRecycleBin", err), region, "")
	}
	var ids []string
	for _, s := range found {
		ids = append(ids, sdk.ToString(s.SnapshotId))
	}
	slices.Sort(ids)
	return ids, nil
}
