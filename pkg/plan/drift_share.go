package plan

import (
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// shareImage compares launch permissions: those of a copy that amis.yaml
// shares, or that we have marked as shared, so that what leaves the file is
// revoked. The mark is written before the first grant.
func (p *planner) shareImage(c *cell, lc *liveCopy, e *edit) {
	declared := c.entry.image.Share != nil
	if !declared && !lc.ctl.Shared {
		return
	}
	managed, public := p.managedKeys(c, lc), p.publicCopyBlocks(c, lc)
	var live []state.Grant
	if !lc.fresh {
		a := p.facts.launchPermissions(state.Resource{Account: c.key.Account, Region: c.key.Region, ID: lc.ami.ID})
		if !a.Known() {
			c.unknown = append(c.unknown, *problem(PermissionUnknown, Args{AMI: lc.ami.ID, Detail: a.Problem.Text}))
			return
		}
		live = p.foreign(a.Value)
	}
	add, remove := difference(c.entry.grants, live), difference(live, c.entry.grants)
	add = e.hold("share", add, managed, anyGrant)
	add = e.hold("share", add, public, publicGrant)
	tellGrants(e, "share", add, remove)
	if len(add) > 0 && !lc.ctl.Shared {
		e.do(SetTags{On: OnImage, Tags: map[string]string{state.TagShared: state.SharedYes}})
	}
	if len(add)+len(remove) > 0 {
		e.do(Share{Add: add, Remove: remove})
	}
	if len(c.entry.grants) == 0 && lc.ctl.Shared {
		e.change("shared", state.SharedYes, "")
		e.do(RemoveTags{On: OnImage, Keys: []string{state.TagShared}})
	}
}

// revokesPublic reports whether the copy is not public any more by the end of
// the edit.
func (e *edit) revokesPublic() bool {
	return slices.ContainsFunc(e.steps, func(s Step) bool {
		share, ok := s.(Share)
		return ok && slices.ContainsFunc(share.Remove, publicGrant)
	})
}

func anyGrant(state.Grant) bool { return true }

func publicGrant(g state.Grant) bool { return g.Public }

// hold keeps the grants back that blocks stand against, and returns the others:
// a revoke, or a grant to somebody else, does not wait for them.
func (e *edit) hold(field string, grants []state.Grant, blocks []Reason, which func(state.Grant) bool) []state.Grant {
	if len(blocks) == 0 {
		return grants
	}
	var free []state.Grant
	h := heldChange{blocks: blocks}
	for _, g := range grants {
		if which(g) {
			h.changes = append(h.changes, Change{Field: field, After: g.String()})
		} else {
			free = append(free, g)
		}
	}
	if len(h.changes) > 0 {
		e.holdBack(h)
	}
	return free
}

// holdBack adds a change that is held back, to those that are for the same reasons.
func (e *edit) holdBack(h heldChange) {
	for i, o := range e.held {
		if slices.EqualFunc(o.blocks, h.blocks, sameCode) {
			e.held[i].changes = append(e.held[i].changes, h.changes...)
			return
		}
	}
	e.held = append(e.held, h)
}

func sameCode(a, b Reason) bool { return a.Code == b.Code }

// managedKeys stand against sharing a copy: EC2 refuses to share snapshots that
// are under an AWS managed key, and nobody else could launch the AMI (EBS User
// Guide, Share an Amazon EBS snapshot). Asked before it is known whether a grant
// is missing, so that one round of answers is enough.
func (p *planner) managedKeys(c *cell, lc *liveCopy) []Reason {
	if lc.fresh || len(c.entry.grants)+len(c.entry.snapshots) == 0 {
		return nil
	}
	for _, s := range lc.snapshots {
		if s != nil && s.Encrypted && s.KMSKey != "" && p.keyOf(c, s.KMSKey).Managed {
			return []Reason{{ManagedKeyShared, Args{AMI: lc.ami.ID, Key: s.KMSKey, Image: c.key.Image}}}
		}
	}
	return nil
}

// keyOf is a key by its ARN. Where it is the one that amis.yaml names here, it
// is known by that name already. What cannot be read counts as a customer's.
func (p *planner) keyOf(c *cell, arn string) state.Key {
	query := state.KeyQuery{Account: c.key.Account, Region: c.key.Region, Key: arn}
	if enc := c.entry.image.Encryption; enc != nil {
		query.Key = enc.For(c.key.Region)
		if a := p.facts.key(query); !a.Known() || a.Value.ARN == arn {
			return a.Value
		}
		query.Key = arn
	}
	return p.facts.key(query).Value
}

// publicCopyBlocks are what stands against making a copy public. Asked before it
// is known whether it is, like managedKeys.
func (p *planner) publicCopyBlocks(c *cell, lc *liveCopy) []Reason {
	if lc.fresh || c.entry.image.Share == nil || !c.entry.image.Share.Public {
		return nil
	}
	encrypted := slices.ContainsFunc(lc.snapshots, func(s *state.Snapshot) bool { return s != nil && s.Encrypted })
	return c.notPublic(*lc.ami, encrypted, p.facts.settings(c.key.Target()))
}

// notPublic is what EC2 refuses to make public (EC2 User Guide, "Understand
// shared AMI usage"; "AMI watermarks"; "Block public access to your AMIs").
func (c *cell) notPublic(a state.AMI, encrypted bool, settings state.Answer[state.Settings]) []Reason {
	var out []Reason
	for _, b := range []struct {
		holds bool
		code  Code
	}{
		{encrypted, PublicEncrypted},
		{len(a.ProductCodes) > 0, PublicProducts},
		{len(a.Watermarks) > 0, PublicWatermarks},
		{settings.Known() && settings.Value.BlockPublicAccess, PublicBlocked},
	} {
		if b.holds {
			out = append(out, Reason{b.code, Args{AMI: a.ID, Image: c.key.Image, Region: c.key.Region}})
		}
	}
	return out
}

// shareSnapshots compares create-volume permissions. Each snapshot carries its
// own mark, so that permissions are read only where there may be some.
func (p *planner) shareSnapshots(c *cell, lc *liveCopy, e *edit) {
	want := c.entry.snapshots
	var add, remove []state.Grant
	marked, marks := true, false
	if lc.fresh {
		add, marked = want, false
	}
	for _, s := range lc.snapshots {
		if lc.fresh || s == nil || (len(want) == 0 && !hasTag(s.Tags, state.TagShared)) {
			continue
		}
		a := p.facts.snapshotPermissions(state.Resource{Account: c.key.Account, Region: c.key.Region, ID: s.ID})
		if !a.Known() {
			c.unknown = append(c.unknown, *problem(PermissionUnknown, Args{AMI: s.ID, Detail: a.Problem.Text}))
			continue
		}
		live := p.foreign(a.Value)
		add, remove = append(add, difference(want, live)...), append(remove, difference(live, want)...)
		marked, marks = marked && hasTag(s.Tags, state.TagShared), marks || hasTag(s.Tags, state.TagShared)
	}
	add, remove = sortedGrants(add), sortedGrants(remove)
	add = e.hold("share.snapshots", add, p.managedKeys(c, lc), anyGrant)
	add = e.hold("share.snapshots", add, p.publicCopyBlocks(c, lc), publicGrant)
	tellGrants(e, "share.snapshots", add, remove)
	if len(add) > 0 && !marked {
		e.do(SetTags{On: OnSnapshots, Tags: map[string]string{state.TagShared: state.SharedYes}})
	}
	if len(add)+len(remove) > 0 {
		e.do(ShareSnapshots{Add: add, Remove: remove})
	}
	if len(want) == 0 && marks {
		e.change("shared snapshots", state.SharedYes, "")
		e.do(RemoveTags{On: OnSnapshots, Keys: []string{state.TagShared}})
	}
}

// foreign leaves the own account out: it may launch anyway.
func (p *planner) foreign(list []state.Grant) []state.Grant {
	return sortedGrants(slices.DeleteFunc(slices.Clone(list), func(g state.Grant) bool { return g.Account == p.live.Account }))
}

// difference is what is in a and not in b. Both are sorted.
func difference(a, b []state.Grant) []state.Grant {
	var out []state.Grant
	for _, g := range a {
		if !slices.Contains(b, g) {
			out = append(out, g)
		}
	}
	return out
}

func tellGrants(e *edit, field string, add, remove []state.Grant) {
	for _, g := range add {
		e.change(field, "", g.String())
	}
	for _, g := range remove {
		e.change(field, g.String(), "")
	}
}
