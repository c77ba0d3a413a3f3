package aws

import (
	"context"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

// Describe sets an image's description.
func (c *Client) Describe(ctx context.Context, t state.Target, ami, text string) error {
	_, err := c.in(t.Region).ec2.ModifyImageAttribute(ctx, &ec2.ModifyImageAttributeInput{
		ImageId: sdk.String(ami), Description: &types.AttributeValue{Value: sdk.String(text)},
	})
	return c.failed(ctx, err, t.Region, ami)
}

// Deprecate sets the deprecation time. EC2 rounds it to the minute and refuses
// a past one (EnableImageDeprecation).
func (c *Client) Deprecate(ctx context.Context, t state.Target, ami string, at time.Time) error {
	_, err := c.in(t.Region).ec2.EnableImageDeprecation(ctx, &ec2.EnableImageDeprecationInput{
		ImageId: sdk.String(ami), DeprecateAt: sdk.Time(at.UTC()),
	})
	return c.failed(ctx, err, t.Region, ami)
}

// CancelDeprecation removes the deprecation time.
func (c *Client) CancelDeprecation(ctx context.Context, t state.Target, ami string) error {
	_, err := c.in(t.Region).ec2.DisableImageDeprecation(ctx, &ec2.DisableImageDeprecationInput{ImageId: sdk.String(ami)})
	return c.settled(ctx, t, ami, err, func(a state.AMI) bool { return a.Deprecated.IsZero() })
}

// Protect switches deregistration protection on, without a cool-down.
func (c *Client) Protect(ctx context.Context, t state.Target, ami string) error {
	_, err := c.in(t.Region).ec2.EnableImageDeregistrationProtection(ctx,
		&ec2.EnableImageDeregistrationProtectionInput{ImageId: sdk.String(ami)})
	return c.settled(ctx, t, ami, err, state.AMI.Protected)
}

// Unprotect switches deregistration protection off.
func (c *Client) Unprotect(ctx context.Context, t state.Target, ami string) error {
	_, err := c.in(t.Region).ec2.DisableImageDeregistrationProtection(ctx,
		&ec2.DisableImageDeregistrationProtectionInput{ImageId: sdk.String(ami)})
	return c.settled(ctx, t, ami, err, func(a state.AMI) bool { return !a.Protected() })
}

// Enable makes a disabled image launchable again. Its launch permissions do
// not come back (EnableImage).
func (c *Client) Enable(ctx context.Context, t state.Target, ami string) error {
	_, err := c.in(t.Region).ec2.EnableImage(ctx, &ec2.EnableImageInput{ImageId: sdk.String(ami)})
	return c.settled(ctx, t, ami, err, func(a state.AMI) bool { return a.State == state.ImageAvailable })
}

// Disable makes an image unlaunchable and drops its launch permissions.
func (c *Client) Disable(ctx context.Context, t state.Target, ami string) error {
	_, err := c.in(t.Region).ec2.DisableImage(ctx, &ec2.DisableImageInput{ImageId: sdk.String(ami)}, once)
	return c.settled(ctx, t, ami, err, func(a state.AMI) bool { return a.State == state.ImageDisabled })
}

// settled is no error where EC2 refuses a change because it has been made
// already: a retry after a lost answer is refused so, and so is the next run
// after one that died.
func (c *Client) settled(ctx context.Context, t state.Target, ami string, err error, holds func(state.AMI) bool) error {
	err = c.failed(ctx, err, t.Region, ami)
	if !unsettledCodes.has(state.CodeOf(err)) {
		return err
	}
	if found, lookErr := c.imagesByID(ctx, t.Region, []string{ami}); lookErr == nil && len(found) == 1 && holds(found[0]) {
		return nil
	}
	return err
}
