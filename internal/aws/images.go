package aws

import (
	"context"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

// ownImages asks for the account's own images, disabled ones too: EC2 leaves
// those out unless told (DescribeImages, IncludeDisabled).
func ownImages(filters ...types.Filter) ec2.DescribeImagesInput {
	in := anyImages(filters...)
	in.Owners = []string{"self"}
	return in
}

// anyImages asks for images of anybody that the account may see.
func anyImages(filters ...types.Filter) ec2.DescribeImagesInput {
	return ec2.DescribeImagesInput{Filters: filters, IncludeDisabled: sdk.Bool(true), IncludeDeprecated: sdk.Bool(true)}
}

// describeImages reads all pages, sorted by id. The request has filters and
// never ids: ids cannot be paginated, and one unknown id fails them all.
func (c *Client) describeImages(ctx context.Context, region, subject string, in ec2.DescribeImagesInput) ([]state.AMI, error) {
	in.MaxResults = sdk.Int32(pageSize)
	found, err := pages(func(token *string) ([]types.Image, *string, error) {
		in.NextToken = token
		out, err := c.in(region).ec2.DescribeImages(ctx, &in)
		if err != nil {
			return nil, nil, err
		}
		return out.Images, out.NextToken, nil
	})
	if err != nil {
		return nil, c.failed(ctx, named("EC2", "DescribeImages", err), region, subject)
	}
	read := func(i types.Image) state.AMI { return toAMI(c.account(), region, i) }
	return distinct(found, read, func(a state.AMI) string { return a.ID }), nil
}

// imagesByID reads images of anybody by id, in any state. An id that is not
// there is not in the answer.
func (c *Client) imagesByID(ctx context.Context, region string, ids []string) ([]state.AMI, error) {
	var all []state.AMI
	for _, some := range chunked(ids, filterValues) {
		found, err := c.describeImages(ctx, region, strings.Join(some, ", "), anyImages(filter("image-id", some...)))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// registered leaves out deregistered images, which EC2 still lists for a while.
func registered(images []state.AMI) []state.AMI {
	return slices.DeleteFunc(images, func(a state.AMI) bool { return a.State == state.ImageDeregistered })
}
