package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

// SetTags sets tags on images and snapshots and leaves their other tags alone.
// Without ids or tags it does nothing.
func (c *Client) SetTags(ctx context.Context, t state.Target, ids []string, tags map[string]string) error {
	if len(tags) == 0 {
		return nil
	}
	if err := taggable("ec2:CreateTags", t.Region, ids); err != nil {
		return err
	}
	for _, some := range chunked(ids, taggedResources) {
		_, err := c.in(t.Region).ec2.CreateTags(ctx, &ec2.CreateTagsInput{Resources: some, Tags: fromTags(tags)})
		if err != nil {
			return c.failed(ctx, err, t.Region, strings.Join(some, ", "))
		}
	}
	return nil
}

// RemoveTags removes tags by key, whatever their value. Without keys it does
// nothing: EC2 would remove all tags (DeleteTags).
func (c *Client) RemoveTags(ctx context.Context, t state.Target, ids, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	if err := taggable("ec2:DeleteTags", t.Region, ids); err != nil {
		return err
	}
	tags := make([]types.Tag, 0, len(keys))
	for _, key := range slices.Sorted(slices.Values(keys)) {
		tags = append(tags, types.Tag{Key: sdk.String(key)})
	}
	for _, some := range chunked(ids, taggedResources) {
		_, err := c.in(t.Region).ec2.DeleteTags(ctx, &ec2.DeleteTagsInput{Resources: some, Tags: tags})
		if err != nil {
			return c.failed(ctx, err, t.Region, strings.Join(some, ", "))
		}
	}
	return nil
}

// taggable refuses ids of anything but images and snapshots: EC2 would tag any
// resource of the account.
func taggable(call, region string, ids []string) error {
	for _, id := range ids {
		if !strings.HasPrefix(id, "ami-") && !strings.HasPrefix(id, "snap-") {
			return &state.CallError{
				Call: call, Region: region, Subject: id, Code: codeNotSent,
				Message: fmt.Sprintf("%q is neither an AMI nor a snapshot", id),
			}
		}
	}
	return nil
}
