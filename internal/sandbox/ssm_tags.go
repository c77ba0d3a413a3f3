package sandbox

import (
	"encoding/base64"
	"slices"
	"strings"
)

type parameterFilter struct {
	Key    string
	Option string
	Values []string
}

type describeParametersInput struct {
	Filters          []parameterFilter
	ParameterFilters []parameterFilter
	MaxResults       int
	NextToken        string
	Shared           bool
}

func describeParameters(k *call, in *describeParametersInput) (any, error) {
	last, err := base64.RawURLEncoding.DecodeString(in.NextToken)
	size := or(in.MaxResults, 10)
	switch {
	case err != nil:
		return nil, fail("InvalidNextToken", "The specified token isn't valid.")
	case size < 1 || size > 50:
		return nil, fail("ValidationException", "MaxResults must be between 1 and 50")
	case len(in.Filters) > 0 || in.Shared:
		return nil, fail("ValidationException", "The sandbox knows ParameterFilters only")
	}
	list, next := []map[string]any{}, ""
	for p := range k.reg.Params.after(string(last)) {
		match, err := k.parameterMatches(p, in.ParameterFilters)
		if err != nil {
			return nil, err
		}
		if !match || p.Version == 0 {
			continue
		}
		if len(list) == size {
			next = base64.RawURLEncoding.EncodeToString([]byte(list[size-1]["Name"].(string)))
			break
		}
		list = append(list, map[string]any{
			"Name": p.Name, "Type": p.Type, "Version": p.Version, "DataType": p.Data, "Tier": "Standard", "Description": p.Description,
			"LastModifiedDate": epoch(p.Modified), "LastModifiedUser": k.callerARN(), "ARN": k.parameterARN(p.Name),
		})
	}
	out := map[string]any{"Parameters": list}
	if next != "" {
		out["NextToken"] = next
	}
	return out, nil
}

// parameterMatches applies the filters Name, Path, Type, DataType and tag:KEY.
func (k *call) parameterMatches(p *parameter, filters []parameterFilter) (bool, error) {
	for _, f := range filters {
		var value string
		ok := true
		switch {
		case f.Key == "Name" || f.Key == "Path":
			value = p.Name
		case f.Key == "Type":
			value = p.Type
		case f.Key == "DataType":
			value = p.Data
		case strings.HasPrefix(f.Key, "tag:"):
			value, ok = p.Tags.get(strings.TrimPrefix(f.Key, "tag:"), k.now)
		default:
			return false, fail("InvalidFilterKey", "")
		}
		match, err := f.match(value)
		if err != nil {
			return false, err
		}
		if !ok || !match {
			return false, nil
		}
	}
	return true, nil
}

func (f parameterFilter) match(value string) (bool, error) {
	if len(f.Values) == 0 {
		return true, nil // a tag key without values: any
	}
	test := func(want string) bool { return value == want }
	switch {
	case f.Key == "Path" && f.Option == "Recursive", f.Option == "BeginsWith":
		test = func(want string) bool { return strings.HasPrefix(value, want) }
	case f.Key == "Path":
		test = func(want string) bool {
			rest, ok := strings.CutPrefix(value, strings.TrimSuffix(want, "/")+"/")
			return ok && !strings.Contains(rest, "/")
		}
	case f.Option == "Contains":
		test = func(want string) bool { return strings.Contains(value, want) }
	case f.Option != "" && f.Option != "Equals" && f.Option != "OneLevel":
		return false, fail("InvalidFilterOption", "The specified filter option isn't valid.")
	}
	return slices.ContainsFunc(f.Values, test), nil
}

type ssmResource struct {
	ResourceType string
	ResourceID   string
	Tags         []ssmTag
	TagKeys      []string
}

// parameterResource finds the parameter that a tag action is about. These
// errors have no message in Systems Manager.
func (k *call) parameterResource(in *ssmResource) (*parameter, error) {
	if in.ResourceType != "Parameter" {
		return nil, fail("InvalidResourceType", "")
	}
	p, ok := k.reg.Params.get(in.ResourceID)
	if !ok || p.Version == 0 {
		return nil, fail("InvalidResourceId", "")
	}
	return p, nil
}

// parameterTags puts new tags over old ones.
func (k *call) parameterTags(old tags, in []ssmTag) (tags, error) {
	list := slices.Clone(old)
	for _, t := range in {
		if err := checkTag(t.Key, t.Value); err != nil {
			return nil, fail("ValidationException", "%s", asAPIError(err).Message)
		}
		list.set(tag{Key: t.Key, Value: t.Value})
	}
	if len(list) > maxTags {
		return nil, fail("TooManyTagsError", "")
	}
	return list, nil
}

func addTags(k *call, in *ssmResource) (any, error) {
	p, err := k.parameterResource(in)
	if err != nil {
		return nil, err
	}
	list, err := k.parameterTags(p.Tags, in.Tags)
	if err != nil {
		return nil, err
	}
	p.Tags = list
	return nil, nil
}

func removeTags(k *call, in *ssmResource) (any, error) {
	p, err := k.parameterResource(in)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		p.Tags.drop(key)
	}
	return nil, nil
}

func listTags(k *call, in *ssmResource) (any, error) {
	p, err := k.parameterResource(in)
	if err != nil {
		return nil, err
	}
	list := []ssmTag{}
	for _, t := range p.Tags {
		list = append(list, ssmTag{t.Key, t.Value})
	}
	return map[string]any{"TagList": list}, nil
}
