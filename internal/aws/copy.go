package aws

import (
	"context"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// CopyImage starts a copy in the target Region, with one attempt: the engine has
// rules of its own for when to make the next, and keeps each within the bucket.
// That is safe: the token is the caller's and the same in all of them (EC2
// Developer Guide, "Ensuring idempotency").
func (c *Client) CopyImage(ctx context.Context, t state.Target, r plan.CopyRequest, token string) (string, error) {
	out, err := c.in(t.Region).ec2.CopyImage(ctx, copyInput(r, token), once)
	if err != nil {
		return "", c.failed(ctx, err, t.Region, r.Name())
	}
	if sdk.ToString(out.ImageId) == "" {
		bad := &badAnswerError{why: "the answer names no AMI"}
		return "", c.failed(ctx, named("EC2", "CopyImage", bad), t.Region, r.Name())
	}
	return *out.ImageId, nil
}

// copyInput is the whole request. Encrypted is sent with a key and else left
// out: false does not decrypt, and EC2 says nothing of what it does
// (CopySnapshot: "You cannot set this parameter to false").
func copyInput(r plan.CopyRequest, token string) *ec2.CopyImageInput {
	in := &ec2.CopyImageInput{
		ClientToken:   sdk.String(token),
		Name:          sdk.String(r.Name()),
		SourceImageId: sdk.String(r.SourceAMI),
		SourceRegion:  sdk.String(r.SourceRegion),
	}
	if r.Description != "" {
		in.Description = sdk.String(r.Description)
	}
	if r.KMSKey != "" {
		in.Encrypted, in.KmsKeyId = sdk.Bool(true), sdk.String(r.KMSKey)
	}
	if r.CompleteWithin > 0 {
		in.SnapshotCopyCompletionDurationMinutes = sdk.Int64(int64(r.CompleteWithin / time.Minute))
	}
	in.TagSpecifications = append(in.TagSpecifications, tagged(types.ResourceTypeImage, r.ImageTags)...)
	in.TagSpecifications = append(in.TagSpecifications, tagged(types.ResourceTypeSnapshot, r.SnapshotTags)...)
	return in
}

func tagged(on types.ResourceType, tags map[string]string) []types.TagSpecification {
	if len(tags) == 0 {
		return nil
	}
	return []types.TagSpecification{{ResourceType: on, Tags: fromTags(tags)}}
}
