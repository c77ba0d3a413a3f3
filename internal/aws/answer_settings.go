package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/amisync/amisync/pkg/state"
)

func (a answering) settings(ctx context.Context, questions []state.Target, got *facts[state.Target, state.Settings]) {
	each(questions, func(t state.Target) {
		settings, err := a.client.settingsOf(ctx, t.Region)
		got.settle(t, settings, err)
	})
}

// unblocked is the state of Block Public Access in which AMIs can become
// public (GetImageBlockPublicAccessState).
const unblocked = "unblocked"

func (c *Client) settingsOf(ctx context.Context, region string) (state.Settings, error) {
	api := c.in(region).ec2
	encryption, err := api.GetEbsEncryptionByDefault(ctx, &ec2.GetEbsEncryptionByDefaultInput{})
	if err != nil {
		return state.Settings{}, c.failed(ctx, err, region, "")
	}
	public, err := api.GetImageBlockPublicAccessState(ctx, &ec2.GetImageBlockPublicAccessStateInput{})
	if err != nil {
		return state.Settings{}, c.failed(ctx, err, region, "")
	}
	allowed, err := api.GetAllowedImagesSettings(ctx, &ec2.GetAllowedImagesSettingsInput{})
	if err != nil {
		return state.Settings{}, c.failed(ctx, err, region, "")
	}
	return state.Settings{
		EncryptionByDefault: sdk.ToBool(encryption.EbsEncryptionByDefault),
		BlockPublicAccess:   sdk.ToString(public.ImageBlockPublicAccessState) != unblocked,
		AllowedImages:       sdk.ToString(allowed.State),
	}, nil
}
