package plan

import (
	"path"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// Options are the policy of one run: what flags say. None of them loosens a
// limit of amis.yaml.
type Options struct {
	ToolVersion     string // for the plan's head
	Filter          Filter
	TrustTags       bool          // accept a missing second proof; only with a custom endpoint
	AllowRewind     bool          // a commit that is no ancestor may remove
	TakeOver        bool          // what another file or a former owner made may be re-owned and removed
	RetryFailed     bool          // lifts failed_twice
	AllowIncomplete bool          // no effect on the plan; part of the exit code only
	Ahead           time.Duration // plan as of so much later: a calendar of what will go
	Prices          *state.Prices // nil: no money in estimates
}

// Filter narrows a plan to some images and Regions, by globs. What it hides is
// in no action; limits are counted before it.
type Filter struct {
	Images         []string `json:"images,omitempty"`
	Regions        []string `json:"regions,omitempty"`
	ExcludeImages  []string `json:"exclude_images,omitempty"`
	ExcludeRegions []string `json:"exclude_regions,omitempty"`
}

// Empty reports whether nothing is filtered.
func (f Filter) Empty() bool {
	return len(f.Images)+len(f.Regions)+len(f.ExcludeImages)+len(f.ExcludeRegions) == 0
}

// Selects reports whether an image's Region passes the filter.
func (f Filter) Selects(image, region string) bool {
	return selects(f.Images, f.ExcludeImages, image) && selects(f.Regions, f.ExcludeRegions, region)
}

func selects(only, exclude []string, name string) bool {
	if len(only) > 0 && !matchesAny(only, name) {
		return false
	}
	return !matchesAny(exclude, name)
}

func matchesAny(globs []string, name string) bool {
	for _, g := range globs {
		if ok, err := path.Match(g, name); err == nil && ok {
			return true
		}
	}
	return false
}
