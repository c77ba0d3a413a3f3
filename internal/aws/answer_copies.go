package aws

import (
	"context"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// copies asks once per Region for images that EC2 says come from any of the
// sources, and leaves out those with an owner tag: they are in the view already.
func (a answering) copies(ctx context.Context, questions []state.CopiesQuery, got *facts[state.CopiesQuery, []state.AMI]) {
	groups := grouped(questions, func(q state.CopiesQuery) string { return q.Region })
	each(groups, func(g group[string, state.CopiesQuery]) {
		sources := make([]string, len(g.items))
		for i, q := range g.items {
			sources[i] = q.SourceAMI
		}
		found, err := a.client.imagesFrom(ctx, g.key, sources)
		for _, q := range g.items {
			got.settle(q, slices.DeleteFunc(slices.Clone(found), func(image state.AMI) bool {
				return image.SourceImageID != q.SourceAMI || image.SourceImageRegion != q.SourceRegion
			}), err)
		}
	})
}

func (c *Client) imagesFrom(ctx context.Context, region string, sources []string) ([]state.AMI, error) {
	var all []state.AMI
	for _, some := range chunked(sources, filterValues) {
		found, err := c.describeImages(ctx, region, "", ownImages(filter("source-image-id", some...)))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return slices.DeleteFunc(registered(all), owned), nil
}

// owned reports whether an image carries an owner tag, whoever's.
func owned(image state.AMI) bool {
	_, ok := image.Tags[state.TagOwner]
	return ok
}
