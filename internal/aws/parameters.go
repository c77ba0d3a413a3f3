package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/amisync/amisync/pkg/state"
)

// Limits of one SSM request (GetParameters, DescribeParameters).
const (
	parametersAtOnce = 10
	parameterPage    = 50
)

// parameterValue is a parameter without its tags.
type parameterValue struct {
	exists bool
	value  string
	err    error
}

// parameterValues reads parameters by name, ten with each request; a failed
// request is the error of its ten.
func (c *Client) parameterValues(ctx context.Context, region string, names []string) map[string]parameterValue {
	values := map[string]parameterValue{}
	for _, some := range chunked(names, parametersAtOnce) {
		out, err := c.in(region).ssm.GetParameters(ctx, &ssm.GetParametersInput{Names: some})
		if err != nil {
			for _, name := range some {
				values[name] = parameterValue{err: c.failed(ctx, err, region, name)}
			}
			continue
		}
		for _, p := range out.Parameters {
			values[sdk.ToString(p.Name)] = parameterValue{exists: true, value: sdk.ToString(p.Value)}
		}
		for _, name := range some {
			if _, ok := values[name]; !ok && !slices.Contains(out.InvalidParameters, name) {
				bad := named("SSM", "GetParameters", &badAnswerError{why: fmt.Sprintf("the answer does not mention %s", name)})
				values[name] = parameterValue{err: c.failed(ctx, bad, region, name)}
			}
		}
	}
	return values
}

// parametersOf lists the names of a Region's parameters that an owner's tag is on.
func (c *Client) parametersOf(ctx context.Context, region, owner string) ([]string, error) {
	in := ssm.DescribeParametersInput{
		MaxResults: sdk.Int32(parameterPage),
		ParameterFilters: []types.ParameterStringFilter{{
			Key: sdk.String("tag:" + state.TagOwner), Option: sdk.String("Equals"), Values: []string{owner},
		}},
	}
	found, err := pages(func(token *string) ([]types.ParameterMetadata, *string, error) {
		in.NextToken = token
		out, err := c.in(region).ssm.DescribeParameters(ctx, &in)
		if err != nil {
			return nil, nil, err
		}
		return out.Parameters, out.NextToken, nil
	})
	if err != nil {
		return nil, c.failed(ctx, named("SSM", "DescribeParameters", err), region, "")
	}
	var names []string
	for _, p := range found {
		names = append(names, sdk.ToString(p.Name))
	}
	return names, nil
}

// parameterTags reads all tags of one parameter.
func (c *Client) parameterTags(ctx context.Context, region, name string) (map[string]string, error) {
	out, err := c.in(region).ssm.ListTagsForResource(ctx, &ssm.ListTagsForResourceInput{
		ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: sdk.String(name),
	})
	if err != nil {
		return nil, c.failed(ctx, err, region, name)
	}
	tags := map[string]string{}
	for _, t := range out.TagList {
		tags[sdk.ToString(t.Key)] = sdk.ToString(t.Value)
	}
	return tags, nil
}

// Parameter reads a parameter with all its tags. One that is not there is no error.
func (c *Client) Parameter(ctx context.Context, t state.Target, name string) (state.Parameter, error) {
	v := c.parameterValues(ctx, t.Region, []string{name})[name]
	if v.err != nil || !v.exists {
		return state.Parameter{}, v.err
	}
	tags, err := c.parameterTags(ctx, t.Region, name)
	if isNotFound(err) {
		return state.Parameter{}, nil
	}
	return state.Parameter{Exists: true, Value: v.value, Tags: tags}, err
}

// NewParameter makes a parameter that names an AMI. SSM takes tags only with a
// parameter that is new (PutParameter, Tags).
func (c *Client) NewParameter(ctx context.Context, t state.Target, name, ami string, tags map[string]string) error {
	in := parameterInput(name, ami)
	in.Tags = parameterTagList(tags)
	_, err := c.in(t.Region).ssm.PutParameter(ctx, in, onceInSSM)
	return c.failed(ctx, err, t.Region, name)
}

func parameterInput(name, ami string) *ssm.PutParameterInput {
	return &ssm.PutParameterInput{
		Name: sdk.String(name), Value: sdk.String(ami), Type: types.ParameterTypeString, DataType: sdk.String("aws:ec2:image"),
	}
}

// PutParameter points a parameter that exists at an AMI. It is tagged first: a
// run that ends in between has then a parameter of ours with the old value, not
// somebody else's parameter with our value.
func (c *Client) PutParameter(ctx context.Context, t state.Target, name, ami string, tags map[string]string) error {
	api := c.in(t.Region).ssm
	if len(tags) > 0 {
		_, err := api.AddTagsToResource(ctx, &ssm.AddTagsToResourceInput{
			ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: sdk.String(name), Tags: parameterTagList(tags),
		}, onceInSSM)
		if err != nil {
			return c.failed(ctx, err, t.Region, name)
		}
	}
	in := parameterInput(name, ami)
	in.Overwrite = sdk.Bool(true)
	_, err := api.PutParameter(ctx, in, onceInSSM)
	return c.failed(ctx, err, t.Region, name)
}

// onceInSSM is the same as once.
func onceInSSM(o *ssm.Options) { o.RetryMaxAttempts = 1 }

// DeleteParameter deletes a parameter. One that is gone already is no error.
func (c *Client) DeleteParameter(ctx context.Context, t state.Target, name string) error {
	_, err := c.in(t.Region).ssm.DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: sdk.String(name)}, onceInSSM)
	if err := c.failed(ctx, err, t.Region, name); err != nil && !isNotFound(err) {
		return err
	}
	return nil
}

func parameterTagList(tags map[string]string) []types.Tag {
	list := make([]types.Tag, 0, len(tags))
	for k, v := range tags {
		list = append(list, types.Tag{Key: sdk.String(k), Value: sdk.String(v)})
	}
	slices.SortFunc(list, func(a, b types.Tag) int { return strings.Compare(*a.Key, *b.Key) })
	return list
}
