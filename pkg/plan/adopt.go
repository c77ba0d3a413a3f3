package plan

import (
	"maps"
	"slices"
	"strconv"

	"github.com/amisync/amisync/pkg/state"
)

// adoptable finds an untagged AMI that EC2 says is a copy of the desired
// source: available, the account's own, made of no instance, and not taken by
// another image already. What it is encrypted under does not show, so with an
// encryption block, or encrypted, it is left alone.
func (p *planner) adoptable(c *cell, w want) (*state.AMI, bool) {
	q := state.CopiesQuery{
		Account: c.key.Account, Region: c.key.Region, SourceAMI: w.source.id, SourceRegion: w.source.region,
	}
	answer := p.facts.copies(q)
	if !answer.Known() {
		p.preflight(c) // a copy is what comes where nothing is found
		c.unknown = append(c.unknown, *problem(CopiesUnknown, Args{AMI: w.source.id, Detail: answer.Problem.Text}))
		return nil, false
	}
	var found []*state.AMI
	for i := range answer.Value {
		if a := &answer.Value[i]; p.fits(a, w) && !p.region(c.key.Region).adopted[a.ID] {
			found = append(found, a)
		}
	}
	if len(found) == 0 || w.source.ami == nil {
		return nil, false
	}
	return slices.MinFunc(found, func(a, b *state.AMI) int {
		return newest(&liveCopy{ami: b}, &liveCopy{ami: a})
	}), true
}

func (p *planner) fits(a *state.AMI, w want) bool {
	encrypted := slices.ContainsFunc(a.Devices, func(d state.Device) bool { return d.Encrypted })
	return a.State == state.ImageAvailable && a.OwnerID == p.live.Account && a.SourceInstanceID == "" &&
		a.SourceImageID == w.source.id && a.SourceImageRegion == w.source.region &&
		!hasTag(a.Tags, state.TagOwner) && !hasTag(a.Tags, state.TagHold) && !w.keyed && !encrypted
}

// adopt writes the control tags on an AMI that nobody has claimed; the next
// plan finds it as a copy that is not verified, and finishes it.
func (p *planner) adopt(c *cell, w want, found *state.AMI) successor {
	a := p.act(c, Adopt, Reason{FoundUntagged, Args{AMI: found.ID, Other: w.source.id}})
	p.region(c.key.Region).adopted[found.ID] = true
	a.AMI, a.SourceAMI, a.SourceRegion = found.ID, w.source.id, w.source.region
	made := state.Made{Attempt: 1, Digest: w.source.traits(), SourceCreated: w.source.ami.Created}
	tags := tagSet{tags: map[string]string{
		state.TagOwner: p.d.Owner, state.TagImage: c.key.Image,
		state.TagSourceAMI: w.source.id, state.TagSourceRegion: w.source.region,
		state.TagGeneration: strconv.Itoa(c.nextGeneration(w)), state.TagKey: state.KeyNone,
		state.TagMade: made.String(), state.TagLifecycle: c.entry.retention,
	}}
	p.writeLineage(&tags)
	a.Changes = []Change{{Field: "owner", After: p.d.Owner}, {Field: "image", After: c.key.Image}}
	all := maps.Clone(tags.tags)
	maps.Copy(all, found.Tags)
	if len(all) > state.MaxTags {
		a.Blocked = append(a.Blocked, Reason{TooManyTags, Args{Image: c.key.Image, AMI: found.ID, Count: len(all), Limit: state.MaxTags}})
	}
	a.Preconditions = []Precondition{imageAsSeen(*found)}
	a.Do = Instruction{Steps: []Step{SetTags{On: OnBoth, Tags: tags.tags}}}
	p.add(c, a)
	return successor{}
}
