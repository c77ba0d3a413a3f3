package plan

import (
	"cmp"
	"sync"

	"github.com/amisync/amisync/pkg/state"
)

// region is one Region of the account with what was read there, indexed.
type region struct {
	live      *state.Region
	cells     map[string]*cell // by image
	adopted   map[string]bool  // untagged AMIs that an image takes in this plan
	snapshots map[string]*seenSnapshot
	copies    []liveCopy // of any owner; judged where the owner is ours
}

// seenSnapshot is a snapshot, and whether a tagged image uses it.
type seenSnapshot struct {
	*state.Snapshot
	used bool
}

// readRegions indexes the Regions, each on its own: parsing tags is what takes
// a planner's time, and no Region needs another for it.
func (p *planner) readRegions() {
	read := make([]*region, len(p.live.Regions))
	var wg sync.WaitGroup
	for i := range p.live.Regions {
		wg.Go(func() { read[i] = p.readRegion(&p.live.Regions[i]) })
	}
	wg.Wait()
	for _, r := range read {
		p.regions[r.live.Name] = r
	}
}

func (p *planner) readRegion(live *state.Region) *region {
	r := newRegion(live)
	if live.Status != state.Readable || !p.d.Scope.Contains(live.Name) {
		return r
	}
	r.copies = make([]liveCopy, len(live.Images))
	behind := make([]*state.Snapshot, 0, len(live.Snapshots)) // one piece of memory for all
	for i := range live.Images {
		lc := &r.copies[i]
		lc.ami = &live.Images[i]
		if lc.ami.State == state.ImageDeregistered {
			continue
		}
		first := len(behind)
		behind = r.appendUsed(behind, lc.ami)
		lc.snapshots = behind[first:len(behind):len(behind)]
		lc.owner = lc.ami.Tags[state.TagOwner]
		lc.ctl = state.ParseControl(lc.ami.Tags)
		if lc.owner == p.d.Owner || p.formerly[lc.owner] {
			lc.image, lc.reowned = lc.ctl.Image, lc.owner != p.d.Owner
			lc.retired = hasTag(lc.ami.Tags, state.TagRetiredAt)
			lc.superseded = lc.possible(lc.ctl.SupersededAt, p.now)
			lc.conflict = p.conflict(lc.ami, lc.ctl)
			lc.judge()
		}
	}
	return r
}

func newRegion(r *state.Region) *region {
	out := &region{
		live: r, cells: map[string]*cell{}, adopted: map[string]bool{},
		snapshots: make(map[string]*seenSnapshot, len(r.Snapshots)),
	}
	seen := make([]seenSnapshot, len(r.Snapshots))
	for i := range r.Snapshots {
		seen[i].Snapshot = &r.Snapshots[i]
		out.snapshots[r.Snapshots[i].ID] = &seen[i]
	}
	return out
}

// appendUsed appends the snapshots behind an image, nil for those that were not
// read.
func (r *region) appendUsed(list []*state.Snapshot, a *state.AMI) []*state.Snapshot {
	for _, d := range a.Devices {
		if d.SnapshotID == "" {
			continue
		}
		var found *state.Snapshot
		if s := r.snapshots[d.SnapshotID]; s != nil {
			s.used, found = true, s.Snapshot
		}
		list = append(list, found)
	}
	return list
}

// planCells decides the cells, each Region's on their own and by image: what is
// decided in one Region rests on what was read everywhere, but on no decision
// of another. Only the open questions are common to all.
func (p *planner) planCells() {
	byRegion := map[string][]*cell{}
	for _, c := range p.cells {
		byRegion[c.key.Region] = append(byRegion[c.key.Region], c)
	}
	var wg sync.WaitGroup
	for _, cells := range byRegion {
		wg.Go(func() {
			for _, c := range cells {
				p.planCell(c)
			}
		})
	}
	wg.Wait()
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
