package plan

import (
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// identity are the tags that say which cell a copy is in, and of what it is.
var identity = [...]string{state.TagOwner, state.TagImage, state.TagSourceAMI, state.TagSourceRegion, state.TagKey}

// stillUsable is the precondition that a copy can be launched, and is the cell's:
// with the tags that say so people take a copy out of the cell, and then the one
// that is to go is its last. An action of this plan may relabel the copy before
// or after.
func (p *planner) stillUsable(c *cell, lc *liveCopy) Precondition {
	tags := map[string][]string{}
	for _, k := range identity {
		if v, ok := lc.ami.Tags[k]; ok {
			tags[k] = []string{v}
		}
	}
	for k, v := range map[string]string{state.TagOwner: p.d.Owner, state.TagImage: c.key.Image} {
		if !slices.Contains(tags[k], v) {
			tags[k] = append(tags[k], v)
		}
	}
	return Precondition{Check: CheckUsable, ID: lc.ami.ID, Tags: tags}
}

// willBeUsable is the same of a copy that an action of the cell is to make.
func (c *cell) willBeUsable(action string) Precondition {
	out := Precondition{Check: CheckUsable, Action: action, Tags: map[string][]string{}}
	for _, a := range c.actions {
		if a.ID != action || a.Do.Copy == nil {
			continue
		}
		for _, k := range identity {
			out.Tags[k] = []string{a.Do.Copy.ImageTags[k]}
		}
	}
	return out
}
