package aws

import (
	"context"
	"maps"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

func (a answering) parameters(ctx context.Context, questions []state.ParameterQuery, got *facts[state.ParameterQuery, state.Parameter]) {
	groups := grouped(questions, func(q state.ParameterQuery) string { return q.Region })
	each(groups, func(g group[string, state.ParameterQuery]) {
		names := make([]string, len(g.items))
		for i, q := range g.items {
			names[i] = q.Name
		}
		values := a.client.parameterValues(ctx, g.key, names)
		owners, err := a.ownersOf(ctx, g.key, values)
		each(g.items, func(q state.ParameterQuery) {
			v := values[q.Name]
			switch {
			case v.err != nil:
				got.fail(q, v.err)
			case !v.exists:
				got.know(q, state.Parameter{})
			case err != nil:
				got.fail(q, err)
			default:
				tags, err := a.tagsOf(ctx, q, v.value, owners[q.Name])
				got.settle(q, state.Parameter{Exists: true, Value: v.value, Tags: tags}, err)
			}
		})
	})
}

// ownersOf tells which parameters carry the tag of an owner of this file: one
// listing per Region and owner, and none where no parameter exists.
func (a answering) ownersOf(ctx context.Context, region string, values map[string]parameterValue) (map[string]string, error) {
	owners := map[string]string{}
	if !anyExists(values) {
		return owners, nil
	}
	for _, owner := range a.live.Owners {
		names, err := a.client.parametersOf(ctx, region, owner)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			owners[name] = owner
		}
	}
	return owners, nil
}

func anyExists(values map[string]parameterValue) bool {
	for v := range maps.Values(values) {
		if v.exists {
			return true
		}
	}
	return false
}

// tagsOf are the owner and image tags of a parameter. SSM has no request that
// tells the tags of many, so they are not read where two witnesses agree: the
// listing by owner, and the AMI that the parameter names, which carries
// amisync:published and its image (both are written together). Where they do
// not, the parameter's own tags are read.
func (a answering) tagsOf(ctx context.Context, q state.ParameterQuery, value, owner string) (map[string]string, error) {
	publisher := a.publisher(q, value)
	switch {
	case owner == "" && publisher == nil:
		return nil, nil
	case publisher != nil && owner == publisher[state.TagOwner]:
		return map[string]string{state.TagOwner: owner, state.TagImage: publisher[state.TagImage]}, nil
	default:
		return a.client.parameterTags(ctx, q.Region, q.Name)
	}
}

// publisher are the tags of the AMI that a parameter names, if that AMI says
// that it was published there.
func (a answering) publisher(q state.ParameterQuery, value string) map[string]string {
	r, _ := a.live.Region(q.Region)
	for _, image := range r.Images {
		if image.ID == value && slices.Contains(state.ParseControl(image.Tags).Published, q.Name) {
			return image.Tags
		}
	}
	return nil
}
