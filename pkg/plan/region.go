package plan

import (
	"cmp"

	"github.com/amisync/amisync/pkg/state"
)

// region is one Region of the account with what was read there, indexed.
type region struct {
	live      *state.Region
	cells     map[string]*cell // by image
	snapshots map[string]*seenSnapshot
}

// seenSnapshot is a snapshot, and whether a tagged image uses it.
type seenSnapshot struct {
	*state.Snapshot
	used bool
}

func newRegion(r *state.Region) *region {
	out := &region{
		live: r, cells: map[string]*cell{},
		snapshots: make(map[string]*seenSnapshot, len(r.Snapshots)),
	}
	seen := make([]seenSnapshot, len(r.Snapshots))
	for i := range r.Snapshots {
		seen[i].Snapshot = &r.Snapshots[i]
		out.snapshots[r.Snapshots[i].ID] = &seen[i]
	}
	return out
}

// use finds a snapshot that an image uses; nil: it could not be read.
func (r *region) use(id string) *state.Snapshot {
	s := r.snapshots[id]
	if s == nil {
		return nil
	}
	s.used = true
	return s.Snapshot
}

// region finds a Region. One that AWS does not list is laid out unread.
func (p *planner) region(name string) *region {
	r, ok := p.regions[name]
	if !ok {
		r = &region{cells: map[string]*cell{}}
		p.regions[name] = r
	}
	return r
}

func byName(a, b state.Image) int { return cmp.Compare(a.Name, b.Name) }

func byRegion(a, b state.Region) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Name, b.Name))
}
