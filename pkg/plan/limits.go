package plan

import (
	"fmt"
	"math"
	"slices"
	"time"
)

const (
	// recently is how far back removals count against the limit.
	recently = 24 * time.Hour
	// leastRemovals may always begin, however few copies there are.
	leastRemovals = 3
)

// limitRemovals counts what would be taken from cells that are no longer
// declared, before any filter. One too many and none is begun; what is retired
// already goes on. What is not known counts as if it went, so that knowing less
// never allows more; what people or another file hold back for good does not.
func (p *planner) limitRemovals() {
	p.limits.Limits = p.d.Limits
	p.limits.LiveCopies = p.copies
	p.limits.RemoveAllowed = p.allowance()
	unclear := 0 // may be removals, for all that is known
	for _, c := range p.cells {
		if c.declared {
			continue
		}
		unclear += len(c.conflicts) + len(c.transient)
		p.limits.Removals += len(c.conflicts) + len(c.transient)
		for _, lc := range c.copies {
			switch at, retired := lc.retiredAt(p.now); {
			case retired && lc.condition != broken:
				if p.now.Sub(at) < recently {
					p.limits.RecentlyBegun++
				}
			case !p.heldForGood(lc):
				p.limits.Removals++
			}
		}
	}
	if p.limits.Removals == 0 || p.limits.Removals+p.limits.RecentlyBegun <= p.limits.RemoveAllowed {
		return
	}
	block := Reason{LimitRemove, Args{
		Count: p.limits.Removals + p.limits.RecentlyBegun, Limit: p.limits.RemoveAllowed, Detail: p.limitDetail() + unclearNote(unclear),
	}}
	for _, c := range p.cells {
		if !c.declared {
			p.blockBegun(c, block)
		}
	}
}

// allowance is how many removals a run may begin.
func (p *planner) allowance() int {
	share := p.copies * p.d.Limits.RemovePercent / 100
	return min(p.d.Limits.RemoveMax, max(leastRemovals, share))
}

// unclearNote tells how many of the removals are none that could be carried out:
// removing in steps does not make them fewer.
func unclearNote(n int) string {
	if n == 0 {
		return ""
	}
	return "; " + counted(n, "conflict counts", "conflicts count") + ", which only you can settle"
}

func (p *planner) limitDetail() string {
	return fmt.Sprintf("limits.remove: max %d, percent %d of %s",
		p.d.Limits.RemoveMax, p.d.Limits.RemovePercent, counted(p.copies, "live copy", "live copies"))
}

// heldForGood reports whether people or another file keep a copy.
func (p *planner) heldForGood(lc *liveCopy) bool {
	known := slices.DeleteFunc(p.lineage(lc), func(r Reason) bool { return r.Code == LineageUnknown })
	return lc.ctl.Held || len(known) > 0 || len(p.protectionBlocks(lc)) > 0
}

// blockBegun blocks the first step of every way out that is not begun yet.
func (p *planner) blockBegun(c *cell, block Reason) {
	for _, a := range c.actions {
		lc := c.find(a.AMI)
		if lc == nil {
			continue
		}
		_, retired := lc.retiredAt(p.now)
		if retired && lc.condition != broken {
			continue
		}
		if len(a.After) == 0 || a.Kind == Retire {
			a.Blocked, a.After = append(a.Blocked, block), nil
		}
	}
}

func (c *cell) find(id string) *liveCopy {
	i := slices.IndexFunc(c.copies, func(lc *liveCopy) bool { return lc.ami.ID == id })
	if i < 0 {
		return nil
	}
	return c.copies[i]
}

// limitSnapshots counts orphan snapshots on their own.
func (p *planner) limitSnapshots() {
	var due []*Action
	for _, a := range p.orphans {
		if a.Kind == DeleteSnapshot && a.DueAt == nil {
			due = append(due, a)
		}
	}
	if len(due) <= p.limits.RemoveAllowed {
		return
	}
	for _, a := range due {
		a.Blocked = append(a.Blocked, Reason{LimitSnapshots, Args{
			Count: len(due), Limit: p.limits.RemoveAllowed, Detail: p.limitDetail(),
		}})
	}
}

// limitCopies counts the copies that this run would start, after the filters:
// one too many and none starts.
func (p *planner) limitCopies() {
	var starts []*Action
	for _, c := range p.cells {
		for _, a := range c.actions {
			if a.starts() {
				starts = append(starts, a)
				p.limits.CopiesGiB += a.Estimate.GiB
			}
		}
	}
	p.limits.Copies = len(starts)
	var blocks []Reason
	if n := p.d.Limits.CopyMax; len(starts) > n {
		blocks = append(blocks, Reason{LimitCopies, Args{Count: len(starts), Limit: n}})
	}
	if n := p.d.Limits.CopyGiB; p.limits.CopiesGiB > float64(n) {
		blocks = append(blocks, Reason{LimitGiB, Args{Count: int(math.Ceil(p.limits.CopiesGiB)), Limit: n}})
	}
	for _, a := range starts {
		a.Blocked = append(a.Blocked, blocks...)
	}
}

// dropDependents leaves out what would follow on an action that is not done:
// the copy that was to go stays what it is.
func (p *planner) dropDependents() {
	for _, c := range p.cells {
		for dropped := true; dropped; {
			dropped = c.dropOnce()
		}
	}
}

func (c *cell) dropOnce() bool {
	ready := map[string]bool{}
	for _, a := range c.actions {
		ready[a.ID] = len(a.Blocked) == 0
	}
	n := len(c.actions)
	c.actions = slices.DeleteFunc(c.actions, func(a *Action) bool {
		return slices.ContainsFunc(a.After, func(id string) bool { return !ready[id] })
	})
	return len(c.actions) < n
}
