package aws

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

// depthIn is what one request about references has in common.
type depthIn struct {
	region string
	depth  int
}

func (a answering) references(ctx context.Context, questions []state.ReferenceQuery, got *facts[state.ReferenceQuery, []state.Reference]) {
	groups := grouped(questions, func(q state.ReferenceQuery) depthIn { return depthIn{q.Region, q.Depth} })
	each(groups, func(g group[depthIn, state.ReferenceQuery]) {
		each(slices.Collect(slices.Chunk(g.items, referenceImages)), func(some []state.ReferenceQuery) {
			a.referencesOf(ctx, g.key, some, got)
		})
	})
}

// referencesOf asks for some images at once. One that is gone fails them all,
// and is then told apart by asking for each alone.
func (a answering) referencesOf(ctx context.Context, in depthIn, some []state.ReferenceQuery, got *facts[state.ReferenceQuery, []state.Reference]) {
	ids := make([]string, len(some))
	for i, q := range some {
		ids[i] = q.AMI
	}
	found, err := a.client.describeReferences(ctx, in, ids)
	if isNotFound(err) && len(some) > 1 {
		each(some, func(q state.ReferenceQuery) { a.referencesOf(ctx, in, []state.ReferenceQuery{q}, got) })
		return
	}
	for _, q := range some {
		got.settle(q, found[q.AMI], err)
	}
}

// describeReferences reads who uses at most ten images, by AMI id.
func (c *Client) describeReferences(ctx context.Context, where depthIn, ids []string) (map[string][]state.Reference, error) {
	in := ec2.DescribeImageReferencesInput{
		ImageIds: ids, IncludeAllResourceTypes: sdk.Bool(true), ResourceTypes: versions(where.depth),
		MaxResults: sdk.Int32(pageSize),
	}
	found, err := pages(func(token *string) ([]types.ImageReference, *string, error) {
		in.NextToken = token
		out, err := c.in(where.region).ec2.DescribeImageReferences(ctx, &in)
		if err != nil {
			return nil, nil, err
		}
		return out.ImageReferences, out.NextToken, nil
	})
	if err != nil {
		return nil, c.failed(ctx, named("EC2", "DescribeImageReferences", err), where.region, strings.Join(ids, ", "))
	}
	users := map[string][]state.Reference{}
	for _, r := range found {
		id := sdk.ToString(r.ImageId)
		users[id] = append(users[id], state.Reference{Type: string(r.ResourceType), ARN: sdk.ToString(r.Arn)})
	}
	for id := range users {
		slices.SortFunc(users[id], func(a, b state.Reference) int {
			return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ARN, b.ARN))
		})
	}
	return users, nil
}

// versions is the option of launch templates that says how many versions of
// each are looked at; ten where nothing is said. Together with
// IncludeAllResourceTypes it overrides the default and leaves no type out
// (EC2 API, DescribeImageReferences).
func versions(depth int) []types.ResourceTypeRequest {
	if depth <= 0 {
		return nil
	}
	return []types.ResourceTypeRequest{{
		ResourceType: types.ImageReferenceResourceTypeEc2LaunchTemplate,
		ResourceTypeOptions: []types.ResourceTypeOption{{
			OptionName: types.ImageReferenceOptionNameVersionDepth, OptionValues: []string{strconv.Itoa(depth)},
		}},
	}}
}
