package sandbox

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

type referencesInput struct {
	ImageID                 []string `q:",required"`
	IncludeAllResourceTypes bool
	ResourceType            []struct {
		ResourceType       string `q:",required"`
		ResourceTypeOption []struct {
			OptionName  string `q:",required"`
			OptionValue []string
		}
	}
	MaxResults *int
	NextToken  string
}

// reference is one line of DescribeImageReferences.
type reference struct{ image, kind, arn string }

func (r reference) key() string { return r.image + "\x00" + r.kind + "\x00" + r.arn }

var referenceKinds = []string{
	"ec2:Instance", "ec2:LaunchTemplate", "ssm:Parameter", "imagebuilder:ImageRecipe", "imagebuilder:ContainerRecipe",
}

// referenceScope is what DescribeImageReferences looks at: which resource
// types, instances in which states (all), how many template versions (10).
type referenceScope struct {
	kinds  []string
	states []string
	depth  int
}

// describeImageReferences looks in the caller's own account and Region only.
func describeImageReferences(k *call, in *referencesInput) error {
	scope, err := in.scope()
	if err != nil {
		return err
	}
	if len(in.ImageID) > 10 {
		return invalidValue("ImageId", strconv.Itoa(len(in.ImageID)), "At most 10 image IDs can be specified.")
	}
	for _, id := range in.ImageID {
		if err := checkImageID(id); err != nil {
			return err
		}
	}
	p, err := k.newPager(in.MaxResults, in.NextToken, 5, 1000)
	if err != nil {
		return err
	}
	all := k.references(scope)
	slices.SortFunc(all, func(a, b reference) int { return cmp.Compare(a.key(), b.key()) })
	all = slices.DeleteFunc(slices.Compact(all), func(r reference) bool {
		return !slices.Contains(in.ImageID, r.image) || (p.last != "" && r.key() <= p.last)
	})
	page, next := cut(p, func(reference) bool { return true }, slices.Values(all))
	k.out.open("imageReferenceSet")
	for _, r := range page {
		k.out.open("item")
		k.out.text("imageId", r.image)
		k.out.text("resourceType", r.kind)
		k.out.text("arn", r.arn)
		k.out.close("item")
	}
	k.out.close("imageReferenceSet")
	k.out.some("nextToken", next)
	return nil
}

func (in *referencesInput) scope() (referenceScope, error) {
	s := referenceScope{depth: 10}
	switch {
	case in.IncludeAllResourceTypes:
		// Both together: all types, and the options of those that are named
		// (DescribeImageReferences, API Reference).
		s.kinds = referenceKinds
	case len(in.ResourceType) == 0:
		return s, fail("MissingParameter", "Either IncludeAllResourceTypes or ResourceTypes must be specified")
	}
	for _, t := range in.ResourceType {
		if !slices.Contains(referenceKinds, t.ResourceType) {
			return s, invalidValue("ResourceType", t.ResourceType, "Unknown resource type.")
		}
		if !in.IncludeAllResourceTypes {
			s.kinds = append(s.kinds, t.ResourceType)
		}
		for _, o := range t.ResourceTypeOption {
			if err := s.option(t.ResourceType, o.OptionName, o.OptionValue); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

func (s *referenceScope) option(kind, name string, values []string) error {
	switch {
	case kind == "ec2:Instance" && name == "state-name":
		s.states = values
		return nil
	case kind == "ec2:LaunchTemplate" && name == "version-depth" && len(values) == 1:
		n, err := strconv.Atoi(values[0])
		if err != nil || n < 1 || n > 10_000 {
			return invalidValue("version-depth", values[0], "It must be an integer between 1 and 10000.")
		}
		s.depth = n
		return nil
	}
	return invalidValue("OptionName", name, "It is not an option of "+kind+".")
}

// references are all references of the account in the Region.
func (k *call) references(scope referenceScope) []reference {
	var list []reference
	add := func(kind, image, service, resource string) {
		if slices.Contains(scope.kinds, kind) {
			list = append(list, reference{image, kind, arn(k.reg.Name, service, k.acct.ID, resource)})
		}
	}
	hidden := k.cloud.st.Settings.Assumptions.ManagedHidden
	for i := range k.reg.Instances.all() {
		state := i.state(k.now)
		if state != "" && (!i.Managed || !hidden) && (len(scope.states) == 0 || slices.Contains(scope.states, state)) {
			add("ec2:Instance", i.Image, "ec2", "instance/"+i.ID)
		}
	}
	for l := range k.reg.Templates.all() {
		if l.Managed && hidden {
			continue
		}
		for _, v := range l.Versions[max(0, len(l.Versions)-scope.depth):] {
			add("ec2:LaunchTemplate", k.resolve(v.Image), "ec2", "launch-template/"+l.ID)
		}
	}
	for p := range k.reg.Params.all() {
		if p.Version > 0 {
			add("ssm:Parameter", p.Value, "ssm", "parameter/"+strings.TrimPrefix(p.Name, "/"))
		}
	}
	for _, r := range k.reg.Refs {
		if slices.Contains(scope.kinds, r.Type) {
			list = append(list, reference{r.Image, r.Type, r.ARN})
		}
	}
	return list
}

// resolve is the image that a launch template means: its id, or that which an
// SSM parameter names.
func (k *call) resolve(image string) string {
	name, ok := strings.CutPrefix(image, "resolve:ssm:")
	if !ok {
		return image
	}
	if p, found := k.reg.Params.get(name); found {
		return p.Value
	}
	return image
}
