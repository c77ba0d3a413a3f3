package plan

import (
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// settleOthers decides about the copies of a declared cell that are not D's.
// With a successor they are superseded or duplicates; without one, nothing
// that could be somebody's last usable copy goes.
func (p *planner) settleOthers(c *cell, w want, m match, s successor) {
	if !s.ok {
		p.holdOthers(c, w, m)
		return
	}
	for _, lc := range m.twins {
		p.takeAway(leaving{cell: c, copy: lc, successor: s, reason: Reason{Duplicate, supersededArgs(c, lc, s)}})
	}
	p.settleSuperseded(c, m.others, s)
	for _, lc := range m.broken {
		p.takeAway(leaving{cell: c, copy: lc, successor: s, reason: Reason{Broken, Args{AMI: lc.ami.ID, Detail: lc.detail}}})
	}
}

// settleSuperseded keeps the last current copies for a rollback and lets the
// others go. Where several have no superseded-at, those that go get it first, by
// an action of its own, and then those that are kept: a copy that had it alone would
// be taken for one that was superseded before the others, and go in their place.
func (p *planner) settleSuperseded(c *cell, superseded []*liveCopy, s successor) {
	kept, going := divide(superseded, c.entry.image.Lifecycle.Keep)
	marking := slices.ContainsFunc(kept, (*liveCopy).unmarked)
	var after []string
	if s.action != "" {
		after = append(after, s.action)
	}
	for _, lc := range going {
		g := leaving{cell: c, copy: lc, successor: s, reason: Reason{Superseded, supersededArgs(c, lc, s)}, supersede: lc.superseded.IsZero()}
		if marking && lc.unmarked() {
			g.mark = p.markGoing(g)
			after = append(after, g.mark.ID)
		}
		p.takeAway(g)
	}
	for _, lc := range kept {
		p.keep(c, lc, after)
	}
}

// divide tells which superseded copies stay for a rollback, and which go.
func divide(superseded []*liveCopy, keep int) (kept, going []*liveCopy) {
	for _, lc := range superseded {
		if len(kept) < keep && keepable(lc) {
			kept = append(kept, lc)
		} else {
			going = append(going, lc)
		}
	}
	return kept, going
}

// keepable reports whether a copy is good for a rollback.
func keepable(lc *liveCopy) bool {
	return lc.ctl.Verified == state.VerifiedOK && (lc.condition == usable || lc.condition == restorable)
}

func supersededArgs(c *cell, lc *liveCopy, s successor) Args {
	args := Args{AMI: lc.ami.ID, Other: "a new copy of " + c.entry.source.id}
	if s.copy != nil {
		args.Other = s.copy.ami.ID
	}
	return args
}

// holdOthers lets go only what is on its way out already, or broken, and keeps
// the cell's best copy and the newest broken one of each source and key: that
// one remembers the attempts. Where it is not known what is desired nothing
// usable goes: any of them may be it.
func (p *planner) holdOthers(c *cell, w want, m match) {
	last := m.replaceable()
	if m.current != nil && m.current.condition == usable {
		last = m.current
	}
	for _, lc := range slices.Concat(m.twins, m.others) {
		g := leaving{cell: c, copy: lc, reason: Reason{Superseded, Args{AMI: lc.ami.ID}}}
		if last != nil && last.condition == usable {
			g.relies = last
		}
		switch {
		case !lc.retired:
			p.whileItStays(g)
		case !w.identified && len(w.blocks) > 0:
			g.held = &w.blocks[0]
			p.takeAwayHeld(g)
		case lc == last:
			g.held = &Reason{SuccessorNotUsable, Args{AMI: lc.ami.ID, Region: c.key.Region, Image: c.key.Image}}
			p.takeAwayHeld(g)
		default:
			p.takeAway(g)
		}
	}
	p.forgetBroken(c, m)
}

// forgetBroken lets the older broken copies of each source and key go.
func (p *planner) forgetBroken(c *cell, m match) {
	remembered := map[string]bool{}
	for _, lc := range m.broken {
		memory := lc.ctl.SourceRegion + " " + lc.ctl.SourceAMI + " " + lc.key()
		if remembered[memory] {
			p.takeAway(leaving{cell: c, copy: lc, reason: Reason{Broken, Args{AMI: lc.ami.ID, Detail: lc.detail}}})
		}
		remembered[memory] = true
	}
}

// takeAwayHeld shows a copy whose time is over and that stays all the same.
func (p *planner) takeAwayHeld(g leaving) {
	g.relies = nil
	p.whileItStays(g)
	if at, valid := g.copy.retiredAt(p.now); valid {
		p.deregister(g, p.retention(g), at, nil, nil)
	}
}

// planUndeclared takes away the copies of a cell that nobody wants any more.
func (p *planner) planUndeclared(c *cell) {
	sorted := slices.Clone(c.copies)
	slices.SortFunc(sorted, lastCurrent)
	if len(sorted) > 0 {
		c.current = sorted[0]
	}
	code := ImageRemoved
	if c.entry != nil {
		code = RegionRemoved
	}
	for _, lc := range sorted {
		args := Args{AMI: lc.ami.ID, Image: c.key.Image, Region: c.key.Region}
		reason := Reason{code, args}
		if lc.condition == broken {
			args.Detail = lc.detail
			reason = Reason{Broken, args}
		}
		p.takeAway(leaving{cell: c, copy: lc, reason: reason})
	}
}
