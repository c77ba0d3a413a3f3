package sim

import (
	"slices"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
)

// forgotten reports whether people deregistered the copy that a parameter names and
// that alone remembered it, so that nobody deletes it: one of ours, of an image that
// had this name before, or one without tags, since people deleted it while it was
// written, and SSM then makes a new one.
func (w *world) forgotten(region, name string) bool {
	return slices.ContainsFunc(w.cloud.Inspect(account, region).Parameters, func(s sandbox.InspectedParameter) bool {
		untagged := s.Tags[state.TagOwner]+s.Tags[state.TagImage] == "" && w.did(region, []string{name}, []string{"delete-parameter", "remove-parameter"})
		return s.Name == name && (oursByTags(s) || untagged) && w.did(region, []string{s.Value}, deregistering)
	})
}
