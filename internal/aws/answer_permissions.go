package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

// launchPermissions takes a request for each image: EC2 tells one attribute of
// one image at a time (DescribeImageAttribute).
func (a answering) launchPermissions(ctx context.Context, questions []state.Resource, got *facts[state.Resource, []state.Grant]) {
	each(questions, func(q state.Resource) {
		out, err := a.client.in(q.Region).ec2.DescribeImageAttribute(ctx, &ec2.DescribeImageAttributeInput{
			ImageId: sdk.String(q.ID), Attribute: types.ImageAttributeNameLaunchPermission,
		})
		if err != nil {
			got.fail(q, a.client.failed(ctx, err, q.Region, q.ID))
			return
		}
		got.know(q, toGrants(out.LaunchPermissions))
	})
}

func (a answering) snapshotPermissions(ctx context.Context, questions []state.Resource, got *facts[state.Resource, []state.Grant]) {
	each(questions, func(q state.Resource) {
		out, err := a.client.in(q.Region).ec2.DescribeSnapshotAttribute(ctx, &ec2.DescribeSnapshotAttributeInput{
			SnapshotId: sdk.String(q.ID), Attribute: types.SnapshotAttributeNameCreateVolumePermission,
		})
		if err != nil {
			got.fail(q, a.client.failed(ctx, err, q.Region, q.ID))
			return
		}
		got.know(q, toSnapshotGrants(out.CreateVolumePermissions))
	})
}
