package plan

import (
	"slices"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// leaving is a copy that must go, and why.
type leaving struct {
	cell      *cell
	copy      *liveCopy
	reason    Reason
	successor successor // in a declared cell: what must be usable first
	supersede bool      // superseded-at is to be written
	mark      *Action   // does that, before anything else; nil: it comes with retired-at
	held      *Reason   // it may not go now
	relies    *liveCopy // the copy that the cell is left with, where nothing takes its place
}

// takeAway plans the way out: retire, then deregister once the grace is over. A
// broken copy goes at once, since nobody can use it, and so does any copy whose
// grace is 0. The parameter that names it goes before the step that makes it
// unlaunchable.
func (p *planner) takeAway(g leaving) {
	ret := p.retention(g)
	if g.copy.condition == broken || ret.Grace == 0 {
		p.revokeWhileItStays(g, p.deregister(g, ret, time.Time{}, nil, nil))
		return
	}
	at, _ := g.copy.retiredAt(p.now)
	steps := p.retireSteps(g, ret)
	if len(steps) == 0 {
		p.revokeWhileItStays(g, p.deregister(g, ret, at, nil, nil))
		return
	}
	first := p.retire(g, ret, steps)
	if plainly(first.Blocked) {
		return
	}
	if stamps(steps, state.TagRetiredAt) {
		at = p.now
	}
	p.deregister(g, ret, at, first, steps)
}

// retention is what holds for a copy: its entry's while there is one, else the
// stricter of what it remembers and the file's defaults. What people have
// disabled is not disabled again.
func (p *planner) retention(g leaving) state.Retention {
	ret := p.d.Defaults
	switch {
	case g.cell.entry != nil:
		ret = g.cell.entry.image.Lifecycle.Retention
	case g.copy.ctl.Retention != nil:
		ret = state.Stricter(*g.copy.ctl.Retention, ret)
	}
	if g.copy.condition == byHand {
		ret.Retire = state.RetireDeprecate
	}
	return ret
}

func (p *planner) guard(c *cell) state.Guard {
	if c.entry != nil {
		return c.entry.image.Guard
	}
	return p.d.Guard
}

// deregister is the last one. Before its time it is listed, not executable.
func (p *planner) deregister(g leaving, ret state.Retention, at time.Time, first *Action, done []Step) *Action {
	reason := g.reason
	reason.Args.Grace = ret.Grace
	if g.copy.condition == broken {
		reason.Args.Grace = 0
	}
	a := p.leave(g, Deregister, reason, done)
	a.Changes = []Change{{Field: "snapshots", After: ret.Snapshots}}
	a.Do.Steps = p.deregisterSteps(g.copy, ret, done)
	if ret.Snapshots == state.SnapshotsDelete {
		a.Estimate = p.frees(g.copy)
	}
	if first != nil {
		a.After = append(a.After, first.ID)
	}
	if due := at.Add(ret.Grace); due.After(p.now) && g.copy.condition != broken {
		a.DueAt, a.Reason.Args.Until = &due, &due
		p.add(g.cell, a)
		return a
	}
	a.Blocked = p.leaveBlocks(g)
	p.guardReferences(g, a)
	if first == nil || !disables(done) {
		p.unpublishFirst(g, a)
	}
	p.addLeaving(g, a)
	return a
}

// deregisterSteps mark snapshots that are to stay, so that they are not taken
// for orphans, and switch protection off where it is ours.
func (p *planner) deregisterSteps(lc *liveCopy, ret state.Retention, done []Step) []Step {
	var steps []Step
	if lc.ami.Protected() && protectedByUs(lc) && len(done) == 0 {
		steps = append(steps, Unprotect{})
	}
	if ret.Snapshots == state.SnapshotsKeep && len(lc.ami.SnapshotIDs()) > 0 {
		steps = append(steps, SetTags{On: OnSnapshots, Tags: map[string]string{state.TagKeep: "snapshots: keep"}})
	}
	return append(steps, DeregisterImage{DeleteSnapshots: ret.Snapshots == state.SnapshotsDelete})
}

// leave begins an action on a copy that goes: after its successor, and only
// while both are as planned for.
func (p *planner) leave(g leaving, kind Kind, reason Reason, done []Step) *Action {
	a := p.act(g.cell, kind, reason)
	a.AMI, a.SourceAMI, a.SourceRegion = g.copy.ami.ID, g.copy.ctl.SourceAMI, g.copy.ctl.SourceRegion
	if g.mark != nil {
		done = slices.Concat(g.mark.Do.Steps, done)
		a.After = append(a.After, g.mark.ID)
	}
	seen := imageAsSeen(after(*g.copy.ami, done))
	if within := p.guard(g.cell).LaunchedWithin; within > 0 {
		seen.Launched = state.FormatTime(p.now.Add(-within))
	}
	a.Preconditions = []Precondition{seen}
	s := g.successor
	if s.action != "" {
		a.After = append(a.After, s.action)
	}
	if g.relies != nil {
		a.Preconditions = append(a.Preconditions, p.stillUsable(g.cell, g.relies))
	}
	switch {
	case s.ok && s.copy != nil:
		a.Preconditions = append(a.Preconditions, p.stillUsable(g.cell, s.copy))
	case s.ok:
		a.Preconditions = append(a.Preconditions, g.cell.willBeUsable(s.action))
	}
	return a
}

// addLeaving adds an action on a copy that goes. One that is blocked waits for
// nothing.
func (p *planner) addLeaving(g leaving, a *Action) {
	if len(a.Blocked) > 0 {
		a.After = nil
	}
	p.add(g.cell, a)
}

// frees is how much a deregistration gives back, at most.
func (p *planner) frees(lc *liveCopy) Estimate {
	find := func(id string) *state.Snapshot {
		for _, s := range lc.snapshots {
			if s != nil && s.ID == id {
				return s
			}
		}
		return nil
	}
	e := sizeOf(lc.ami, find)
	e.UpperBound = true
	return e
}

// unpublishFirst deletes the parameters that name a copy before the step that
// makes the copy unlaunchable, and under the same blocks.
func (p *planner) unpublishFirst(g leaving, before *Action) {
	var names []string
	for _, name := range g.copy.ctl.Published {
		still, block := p.published(g, name)
		if block != nil {
			before.Blocked = append(before.Blocked, *block)
		} else if still {
			names = append(names, name)
		}
	}
	var ids []string
	for _, name := range names {
		a := p.unpublish(g.cell, g.copy, name, g.reason)
		a.Preconditions = append(a.Preconditions, before.Preconditions...)
		a.Blocked, a.After = slices.Clone(before.Blocked), slices.Clone(before.After)
		p.addLeaving(g, a)
		ids = append(ids, a.ID)
	}
	before.After = append(before.After, ids...)
	// They do not count as references, and somebody may go back to this copy meanwhile.
	for _, name := range p.ownParameters(g) {
		before.Preconditions = append(before.Preconditions, Precondition{Check: CheckUnpublished, ID: name, Value: g.copy.ami.ID})
	}
}

// published reports whether a parameter has to go before the copy that it
// names, or what stands against that.
func (p *planner) published(g leaving, name string) (still bool, block *Reason) {
	if g.moved(name) {
		return false, nil
	}
	q := state.ParameterQuery{Account: g.cell.key.Account, Region: g.cell.key.Region, Name: name}
	live := p.facts.parameter(q)
	switch {
	case !live.Known():
		return false, &Reason{ParameterUnknown, Args{Parameter: name, Detail: live.Problem.Text}}
	case !live.Value.Exists || live.Value.Value != g.copy.ami.ID || !p.ours(g.cell, name, live.Value):
		return false, nil
	case g.publishes(name):
		// It is to follow a successor that is not there: until then it names this copy.
		return false, &Reason{StillPublished, Args{AMI: g.copy.ami.ID, Parameter: name, Image: g.cell.key.Image}}
	default:
		return true, nil
	}
}

// moved reports whether a successor of this plan takes the parameter over: one
// that is already there and publishes it needs no action, and then the
// parameter does not name this copy.
func (g leaving) moved(name string) bool { return g.publishes(name) && g.successor.action != "" }

// publishes reports whether the cell's entry publishes a parameter.
func (g leaving) publishes(name string) bool {
	return g.cell.declared && g.cell.entry.image.Publish != nil && g.cell.entry.image.Publish.SSM == name
}
