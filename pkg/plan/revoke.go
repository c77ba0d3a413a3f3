package plan

import "github.com/amisync/amisync/pkg/state"

// whileItStays takes back what amis.yaml no longer grants on a copy that is on its
// way out: until it is gone, or disabled, it can be launched. What its entry still
// grants stays granted.
func (p *planner) whileItStays(g leaving) {
	p.edit(g.cell, Update, Reason{Differs, Args{AMI: g.copy.ami.ID}}, g.copy, p.revocation(g))
}

// markGoing writes superseded-at before the way out begins, and takes back in the
// same action what is no longer granted.
func (p *planner) markGoing(g leaving) *Action {
	e := p.revocation(g)
	marks(g.copy, asGoing, &e)
	a := p.edit(g.cell, Update, g.reason, g.copy, e)
	if g.successor.action != "" {
		a.After = append(a.After, g.successor.action)
	}
	return a
}

// revokeWhileItStays does so unless an action ends every grant in this run.
func (p *planner) revokeWhileItStays(g leaving, ends *Action) {
	if !ends.Executable() {
		p.whileItStays(g)
	}
}

// revokeWith makes it part of retiring, which changes the same AMI.
func (p *planner) revokeWith(g leaving, retire *Action) {
	if len(retire.Blocked) > 0 {
		p.whileItStays(g)
		return
	}
	e := p.revocation(g)
	retire.Changes = append(retire.Changes, e.changes...)
	retire.Do.Steps = append(e.steps, retire.Do.Steps...)
}

// revocation is what is granted on a copy and no longer wanted.
func (p *planner) revocation(g leaving) edit {
	var e edit
	c, lc := g.cell, g.copy
	if g.mark != nil || c.entry == nil || lc.ami.State != state.ImageAvailable || lc.condition == broken {
		return e
	}
	if lc.ctl.Shared {
		live := p.facts.launchPermissions(state.Resource{Account: c.key.Account, Region: c.key.Region, ID: lc.ami.ID})
		if gone := p.noLonger(c, lc.ami.ID, live, c.entry.grants); len(gone) > 0 {
			tellGrants(&e, "share", nil, gone)
			e.do(Share{Remove: gone})
		}
	}
	if gone := p.noLongerOfSnapshots(c, lc); len(gone) > 0 {
		tellGrants(&e, "share.snapshots", nil, gone)
		e.do(ShareSnapshots{Remove: gone})
	}
	return e
}

func (p *planner) noLongerOfSnapshots(c *cell, lc *liveCopy) []state.Grant {
	var gone []state.Grant
	for _, s := range lc.snapshots {
		if s == nil || !hasTag(s.Tags, state.TagShared) {
			continue
		}
		live := p.facts.snapshotPermissions(state.Resource{Account: c.key.Account, Region: c.key.Region, ID: s.ID})
		gone = append(gone, p.noLonger(c, s.ID, live, c.entry.snapshots)...)
	}
	return sortedGrants(gone)
}

// noLonger is what is granted and not wanted. Where that is not known, neither
// is the cell.
func (p *planner) noLonger(c *cell, id string, live state.Answer[[]state.Grant], wanted []state.Grant) []state.Grant {
	if !live.Known() {
		c.unknown = append(c.unknown, *problem(PermissionUnknown, Args{AMI: id, Detail: live.Problem.Text}))
		return nil
	}
	return difference(p.foreign(live.Value), wanted)
}
