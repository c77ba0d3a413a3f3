package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// observe reads the Regions: it sorts out what is ours by both proofs, counts
// what is not, and puts every copy into its cell.
func (p *planner) observe() {
	for i := range p.live.Regions {
		r := p.regions[p.live.Regions[i].Name]
		for j := range r.copies {
			p.place(r, &r.copies[j])
		}
	}
	slices.SortFunc(p.cells, func(a, b *cell) int { return a.key.Compare(b.key) })
	slices.SortFunc(p.conflicts, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.AMI, b.AMI))
	})
}

// place puts one AMI where it belongs.
func (p *planner) place(r *region, lc *liveCopy) {
	a := lc.ami
	if a.State == state.ImageDeregistered {
		return
	}
	p.noteSource(lc)
	if lc.owner != p.d.Owner && !p.formerly[lc.owner] {
		p.owners[lc.owner]++
		return
	}
	c := p.cell(r.live.Name, p.renamedTo(lc.image))
	if a.State == state.ImageTransient {
		c.transient = append(c.transient, a.ID)
		return
	}
	if lc.conflict != nil {
		p.addConflict(c, a, *lc.conflict)
		return
	}
	if lc.reowned && !(p.o.TakeOver && c.declared) {
		c.former = append(c.former, lc)
		args := Args{AMI: a.ID, Other: lc.owner}
		if !c.declared {
			args.Image = c.key.Image
		}
		p.addConflict(nil, a, Reason{FormerOwner, args})
		return
	}
	if lc.reowned {
		p.lineage(lc) // asked in the first round: it tells whether the copy can be a successor
	}
	if c.copies == nil {
		c.copies = make([]*liveCopy, 0, 2)
	}
	c.copies = append(c.copies, lc)
	p.copies++
}

// noteSource remembers what a copy of anybody that is not finished was made
// from: its source must not go.
func (p *planner) noteSource(lc *liveCopy) {
	a, from := lc.ami, sourceID{lc.ctl.SourceRegion, lc.ctl.SourceAMI}
	if !p.sourceAreas[from.region] {
		p.sourceAreas[from.region] = true
	}
	unfinished := a.State == state.ImagePending || a.State == state.ImageTransient ||
		(a.State == state.ImageAvailable && lc.ctl.Verified == "")
	if unfinished {
		p.sourceOf[from] = true
		p.sourceOf[sourceID{a.SourceImageRegion, a.SourceImageID}] = true
	}
}

// conflict holds an AMI with our tags against both proofs: the account owns it
// and the tags name a cell and a source; and EC2 itself says that it is a copy
// of that source, made of no instance (EC2 User Guide, "Identify the source
// AMI"). While EC2 still works on a copy, or has given up, it need not say so.
func (p *planner) conflict(a *state.AMI, ctl state.Control) *Reason {
	args := Args{AMI: a.ID, Other: a.OwnerID}
	switch missing := missingTags(ctl); {
	case a.OwnerID != p.live.Account:
		return &Reason{ConflictAccount, args}
	case missing != "":
		return &Reason{ConflictTags, Args{AMI: a.ID, Detail: missing}}
	case a.SourceInstanceID != "":
		return &Reason{ConflictInstance, Args{AMI: a.ID, Other: a.SourceInstanceID}}
	}
	if p.mayLackProof(a) && a.SourceImageID == "" && a.SourceImageRegion == "" {
		return nil
	}
	if a.SourceImageID != ctl.SourceAMI || a.SourceImageRegion != ctl.SourceRegion {
		return &Reason{ConflictSource, Args{
			AMI: a.ID, Detail: place(ctl.SourceAMI, ctl.SourceRegion), Other: place(a.SourceImageID, a.SourceImageRegion),
		}}
	}
	return nil
}

func (p *planner) mayLackProof(a *state.AMI) bool {
	return p.o.TrustTags || a.State == state.ImagePending || a.State == state.ImageFailed
}

// missingTags names the control tags without which it is not known what a copy is.
func missingTags(ctl state.Control) string {
	var keys []string
	for _, t := range [...]struct{ key, value string }{
		{state.TagImage, ctl.Image}, {state.TagSourceAMI, ctl.SourceAMI}, {state.TagSourceRegion, ctl.SourceRegion},
	} {
		if t.value == "" {
			keys = append(keys, t.key)
		}
	}
	return strings.Join(keys, ", ")
}

func place(id, region string) string {
	if id == "" {
		return "no AMI"
	}
	return id + " in " + region
}

// addConflict shows an AMI that is never touched.
func (p *planner) addConflict(c *cell, a *state.AMI, why Reason) {
	p.conflicts = append(p.conflicts, Conflict{Account: p.live.Account, Region: a.Region, AMI: a.ID, Why: why.Text()})
	if c != nil {
		c.conflicts = append(c.conflicts, a)
	}
}

// otherOwners counts the copies of other owners, by name.
func (p *planner) otherOwners() []OwnerCount {
	var out []OwnerCount
	for _, owner := range slices.Sorted(maps.Keys(p.owners)) {
		out = append(out, OwnerCount{Owner: owner, Copies: p.owners[owner]})
	}
	return out
}
