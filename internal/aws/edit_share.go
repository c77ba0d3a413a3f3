package aws

import (
	"context"
	"fmt"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

// snapshotGrants is how many changes one request takes (ModifySnapshotAttribute).
const snapshotGrants = 500

// ShareImage adds and removes launch permissions with one request. Without
// either it does nothing.
func (c *Client) ShareImage(ctx context.Context, t state.Target, ami string, add, remove []state.Grant) error {
	if len(add)+len(remove) == 0 {
		return nil
	}
	_, err := c.in(t.Region).ec2.ModifyImageAttribute(ctx, &ec2.ModifyImageAttributeInput{
		ImageId:          sdk.String(ami),
		LaunchPermission: &types.LaunchPermissionModifications{Add: fromGrants(add), Remove: fromGrants(remove)},
	})
	return c.failed(ctx, err, t.Region, ami)
}

// ShareSnapshot adds and removes create-volume permissions; EC2 takes either
// with one request. It knows accounts and the public there, no organisations.
func (c *Client) ShareSnapshot(ctx context.Context, t state.Target, snapshot string, add, remove []state.Grant) error {
	if err := c.changeSnapshotGrants(ctx, t, snapshot, types.OperationTypeAdd, add); err != nil {
		return err
	}
	return c.changeSnapshotGrants(ctx, t, snapshot, types.OperationTypeRemove, remove)
}

func (c *Client) changeSnapshotGrants(ctx context.Context, t state.Target, snapshot string, op types.OperationType, grants []state.Grant) error {
	for some := range slices.Chunk(sortedGrants(slices.Clone(grants)), snapshotGrants) {
		in := ec2.ModifySnapshotAttributeInput{
			SnapshotId: sdk.String(snapshot), Attribute: types.SnapshotAttributeNameCreateVolumePermission, OperationType: op,
		}
		for _, g := range some {
			switch {
			case g.Public:
				in.GroupNames = append(in.GroupNames, string(types.PermissionGroupAll))
			case g.Account != "":
				in.UserIds = append(in.UserIds, g.Account)
			default:
				return &state.CallError{
					Call: "ec2:ModifySnapshotAttribute", Region: t.Region, Subject: snapshot, Code: codeNotSent,
					Message: fmt.Sprintf("EC2 shares snapshots with accounts or the public, not with %s", g),
				}
			}
		}
		if _, err := c.in(t.Region).ec2.ModifySnapshotAttribute(ctx, &in); err != nil {
			return c.failed(ctx, err, t.Region, snapshot)
		}
	}
	return nil
}
