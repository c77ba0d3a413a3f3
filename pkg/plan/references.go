package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// Resource types of DescribeImageReferences.
const (
	refInstance        = "ec2:Instance"
	refLaunchTemplate  = "ec2:LaunchTemplate"
	refSSM             = "ssm:Parameter"
	refImageRecipe     = "imagebuilder:ImageRecipe"
	refContainerRecipe = "imagebuilder:ContainerRecipe"
)

// referenceTypes translates the words of a guard into EC2's resource types.
func referenceTypes(words []string) []string {
	var types []string
	for _, w := range words {
		switch w {
		case state.ReferenceInstances:
			types = append(types, refInstance)
		case state.ReferenceLaunchTemplates:
			types = append(types, refLaunchTemplate)
		case state.ReferenceSSM:
			types = append(types, refSSM)
		case state.ReferenceImageBuilder:
			types = append(types, refImageRecipe, refContainerRecipe)
		}
	}
	slices.Sort(types)
	return types
}

// nameReference is a use of an AMI as a plan names it: "instance i-0abc",
// "launch template lt-0abc version 7".
func nameReference(r state.Reference) string {
	parts := strings.SplitN(r.ARN, ":", 6)
	resource := strings.SplitN(parts[len(parts)-1], "/", 2)
	id := resource[len(resource)-1]
	switch r.Type {
	case refInstance:
		return "instance " + id
	case refLaunchTemplate:
		if name, version, ok := strings.Cut(id, "/"); ok {
			id = name + " version " + strings.TrimPrefix(version, "version/")
		}
		return "launch template " + id
	case refSSM:
		return "SSM parameter " + id
	case refImageRecipe:
		return "Image Builder recipe " + id
	case refContainerRecipe:
		return "Image Builder container recipe " + id
	default:
		return fmt.Sprintf("%s %s", r.Type, id)
	}
}
