package plan

import (
	"cmp"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// The decision table. D is what is desired in a cell: a source and a key. Rows
// are tried from the top.
//
//	desired  live copies in the cell                       action
//	any      Region or a deciding fact unknown             unknown
//	D        several of D, usable or disabled by us        the preferred one is D's copy, the others are duplicates
//	D        D's copy, usable or disabled by us, retired   restore
//	D        D's copy, usable                              update what differs, else unchanged
//	D        the same on hold, and something differs       blocked: hold
//	D        D's copy pending, or not yet verified         finish
//	D        D's copy, but disabled by hand                blocked: disabled_by_hand
//	D        D's copy, but its snapshots archived          blocked: snapshot_archived
//	D        D's copy, but a former owner's                blocked: former_owner
//	D        only copies of another source or key          recopy
//	D        none, but an untagged one and adopt           adopt
//	D        none, or only broken ones                     copy
//	D        broken                                        deregister once a copy succeeded
//	none     broken                                        deregister
//	any      superseded beyond keep, duplicate, undeclared retire, then deregister when the grace is over
//	any      superseded within keep                        update, or restore
//	any      superseded beyond keep, unmarked as one kept  update (superseded-at) first
//	any      published, and going or no longer published   unpublish
//	–        a snapshot of ours that no AMI uses           update (orphaned-at), then delete_snapshot
//
// A copy under a former image name lies in the new cell; its relabelling is one
// of the differences that update settles.

// cell is one square of the matrix with what is decided about it.
type cell struct {
	key       state.Cell
	entry     *entry // of the image, also where this Region is not wanted; nil: not declared at all
	declared  bool
	optional  bool
	copies    []*liveCopy  // ours, by id
	former    []*liveCopy  // of a former owner, not taken over
	conflicts []*state.AMI // with our tags, not proven ours
	transient []string     // of these EC2 does not say what they are

	unknown   []state.Problem // not empty: nothing is planned here
	actions   []*Action
	current   *liveCopy                    // the copy that counts
	unchanged bool                         // it is as desired
	settings  state.Answer[state.Settings] // where a copy is to be started
}

// cell finds a cell, or lays out an undeclared one. A copy under a former image
// name lies in the new cell for every rule.
func (p *planner) cell(region, image string) *cell {
	r := p.region(region)
	c, ok := r.cells[image]
	if !ok {
		c = &cell{key: state.Cell{Image: image, Account: p.live.Account, Region: region}, entry: p.entries[image]}
		r.cells[image] = c
		p.cells = append(p.cells, c)
	}
	return c
}

func (p *planner) planCell(c *cell) {
	c.sort()
	if why := p.unread(c); why != nil {
		c.unknown = append(c.unknown, *why)
		return
	}
	if c.declared {
		p.planDeclared(c)
	} else {
		p.planUndeclared(c)
	}
	if len(c.unknown) > 0 {
		c.actions, c.unchanged = nil, false
	}
}

// sort puts what was found in the cell into an order that is no accident.
func (c *cell) sort() {
	slices.SortFunc(c.copies, func(a, b *liveCopy) int { return cmp.Compare(a.ami.ID, b.ami.ID) })
	slices.SortFunc(c.conflicts, func(a, b *state.AMI) int { return cmp.Compare(a.ID, b.ID) })
	slices.Sort(c.transient)
}

// unread is why nothing can be said about a cell before any decision.
func (p *planner) unread(c *cell) *state.Problem {
	r := p.region(c.key.Region)
	switch {
	case r.live == nil:
		return problem(RegionUnlisted, Args{Region: c.key.Region})
	case r.live.Status == state.OutOfScope || !p.d.Scope.Contains(c.key.Region):
		return problem(RegionOutOfScope, Args{Region: c.key.Region})
	case r.live.Status == state.Unknown:
		return regionProblem(r.live)
	case len(c.transient) > 0:
		return problem(ImageTransient, Args{AMI: c.transient[0]})
	}
	for _, lc := range c.copies {
		if lc.condition == unreadable {
			return problem(SnapshotUnread, Args{AMI: lc.ami.ID, Other: lc.detail})
		}
	}
	return nil
}

func regionProblem(r *state.Region) *state.Problem {
	if r.Problem != nil {
		return r.Problem
	}
	return problem(RegionUnreadable, Args{Region: r.Name})
}

// match is how a cell's copies relate to what is desired.
type match struct {
	current    *liveCopy   // D's copy, usable or disabled by us
	unfinished *liveCopy   // D's copy, pending or not verified
	stuck      *liveCopy   // D's copy, disabled by hand or archived
	twins      []*liveCopy // the other copies of D that are not broken
	others     []*liveCopy // copies of another source or key that are not broken, the last current first
	broken     []*liveCopy // of whatever, the newest first
}

func (c *cell) match(w want) match {
	var m match
	var same []*liveCopy
	for _, lc := range c.copies {
		switch {
		case lc.condition == broken:
			m.broken = append(m.broken, lc)
		case w.identified && lc.is(w):
			same = append(same, lc)
		default:
			m.others = append(m.others, lc)
		}
	}
	slices.SortFunc(m.broken, newest)
	slices.SortFunc(m.others, lastCurrent)
	slices.SortFunc(same, preferred)
	chosen := m.choose(same)
	for _, lc := range same {
		if lc != chosen {
			m.twins = append(m.twins, lc)
		}
	}
	return m
}

// choose picks D's copy among the copies of D.
func (m *match) choose(same []*liveCopy) *liveCopy {
	if ready := withCondition(same, usable, restorable); len(ready) > 0 {
		m.current = ready[0]
		return m.current
	}
	if open := withCondition(same, pending, unverified); len(open) > 0 {
		slices.SortStableFunc(open, func(a, b *liveCopy) int { return cmp.Compare(b.condition, a.condition) })
		m.unfinished = open[0]
		return m.unfinished
	}
	if len(same) > 0 {
		m.stuck = same[0]
	}
	return m.stuck
}

// replaceable is the copy that a new one would follow on.
func (m match) replaceable() *liveCopy {
	all := slices.Concat(m.twins, m.others)
	if ready := withCondition(all, usable); len(ready) > 0 {
		return ready[0]
	}
	if ready := withCondition(all, restorable); len(ready) > 0 {
		return ready[0]
	}
	if len(all) > 0 {
		return all[0]
	}
	return nil
}

// successor is the copy that takes the place of all others in its cell.
type successor struct {
	copy   *liveCopy // nil: still to be made
	action string    // id of the action that makes it usable and published; "": it is already
	ok     bool      // false: there is none, and nothing usable may go
}

func (p *planner) planDeclared(c *cell) {
	w := p.want(c)
	if len(c.unknown) > 0 {
		return
	}
	m := c.match(w)
	p.settleOthers(c, w, m, p.settleDesired(c, w, m))
}

// settleDesired walks down the rows of the table.
func (p *planner) settleDesired(c *cell, w want, m match) successor {
	c.current = cmp.Or(m.current, m.unfinished, m.stuck, m.replaceable())
	switch newer := p.wentBack(c, w); {
	case !w.identified:
		return p.startCopy(c, w, m)
	case newer != nil:
		return p.blockReturn(c, w, newer)
	case m.current != nil && m.current.retired:
		return p.restore(c, m.current)
	case m.current != nil:
		return p.update(c, m.current)
	case m.unfinished != nil:
		return p.finish(c, w, m.unfinished)
	case m.stuck != nil:
		return p.blockStuck(c, m.stuck)
	}
	if lc := c.formerOwners(w); lc != nil {
		return p.blockFormer(c, lc)
	}
	if m.replaceable() == nil && c.entry.image.Adopt && len(w.blocks) == 0 {
		if a, found := p.adoptable(c, w); found {
			return p.adopt(c, w, a)
		}
	}
	return p.startCopy(c, w, m)
}

// formerOwners is a former owner's copy that would be D's if it were re-owned. One
// of which a snapshot could not be read may be.
func (c *cell) formerOwners(w want) *liveCopy {
	same := slices.DeleteFunc(slices.Clone(c.former), func(lc *liveCopy) bool { return !lc.is(w) })
	slices.SortFunc(same, preferred)
	if ready := withCondition(same, usable, restorable, unverified, pending, unreadable); len(ready) > 0 {
		return ready[0]
	}
	return nil
}
