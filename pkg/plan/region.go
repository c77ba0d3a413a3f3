package plan

import (
	"cmp"

	"github.com/amisync/amisync/pkg/state"
)

// region is one Region of the account with what was read there, indexed.
type region struct {
	live      *state.Region
	snapshots map[string]*state.Snapshot
	used      map[string]bool // snapshots that a tagged image uses
}

func newRegion(r *state.Region) *region {
	out := &region{
		live:      r,
		snapshots: make(map[string]*state.Snapshot, len(r.Snapshots)),
		used:      make(map[string]bool, len(r.Snapshots)),
	}
	for i := range r.Snapshots {
		out.snapshots[r.Snapshots[i].ID] = &r.Snapshots[i]
	}
	return out
}

func (r *region) status() state.Status {
	if r == nil {
		return state.Unknown
	}
	return r.live.Status
}

func byName(a, b state.Image) int { return cmp.Compare(a.Name, b.Name) }

func byRegion(a, b state.Region) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Name, b.Name))
}
