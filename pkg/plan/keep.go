package plan

import (
	"github.com/amisync/amisync/pkg/state"
)

// update settles what differs on D's usable copy. Others give way to it at
// once, but where it takes over a parameter they wait for that.
func (p *planner) update(c *cell, lc *liveCopy) successor {
	e := p.attributes(c, lc, asCurrent)
	a := p.edit(c, Update, differReason(c, lc), lc, e)
	p.showHeld(c, lc, e)
	p.unpublishLeft(c, lc, a)
	c.unchanged = len(c.actions) == 0
	s := successor{copy: lc, ok: true}
	if a != nil && e.publishes {
		s.action, s.ok = a.ID, len(a.Blocked) == 0
	}
	return s
}

// restore undoes the retiring of a copy that is desired again.
func (p *planner) restore(c *cell, lc *liveCopy) successor {
	e := p.attributes(c, lc, asCurrent)
	a := p.edit(c, Restore, Reason{WantedAgain, Args{AMI: lc.ami.ID}}, lc, e)
	p.showHeld(c, lc, e)
	p.unpublishLeft(c, lc, a)
	verified := lc.ctl.Verified == state.VerifiedOK
	return successor{copy: lc, action: a.ID, ok: len(a.Blocked) == 0 && verified}
}

// finish waits for a copy that was found pending or not verified.
func (p *planner) finish(c *cell, w want, lc *liveCopy) successor {
	reason := Reason{NotVerified, Args{AMI: lc.ami.ID}}
	if lc.condition == pending {
		reason.Code = StillCopying
	}
	e := p.attributes(c, lc, asCurrent)
	a := p.act(c, Finish, reason)
	a.AMI, a.SourceAMI, a.SourceRegion = lc.ami.ID, lc.ctl.SourceAMI, lc.ctl.SourceRegion
	a.Changes = e.changes
	a.Blocked = p.editBlocks(lc, e)
	a.Estimate = w.source.estimate()
	a.Do = Instruction{Await: true, Expect: expectationOf(lc, w), Steps: e.steps, GiB: a.Estimate.GiB}
	p.add(c, a)
	p.showHeld(c, lc, e)
	return successor{copy: lc, action: a.ID, ok: len(a.Blocked) == 0}
}

// expectationOf is what a found copy is verified against: what its own tags
// remember of its making.
func expectationOf(lc *liveCopy, w want) *Expectation {
	x := &Expectation{Digest: lc.ctl.Made.Digest, Source: w.source.ami, Attempt: lc.ctl.Made.Attempt}
	if lc.ctl.Key != state.KeyNone {
		x.KMSKey = lc.ctl.Key
	}
	return x
}

// keep holds a superseded copy ready for a rollback, and marks it as superseded
// after other actions.
func (p *planner) keep(c *cell, lc *liveCopy, after []string) {
	kind, reason := Update, Reason{KeptForRollback, Args{AMI: lc.ami.ID}}
	if lc.retired {
		kind = Restore
	}
	e := p.attributes(c, lc, asKept)
	a := p.edit(c, kind, reason, lc, e)
	p.showHeld(c, lc, e)
	if a != nil && lc.superseded.IsZero() {
		a.After = append(a.After, after...)
	}
	p.unpublishLeft(c, lc, a)
}

// edit plans what is to be changed on a copy that stays, if anything is.
func (p *planner) edit(c *cell, kind Kind, reason Reason, lc *liveCopy, e edit) *Action {
	if len(e.steps) == 0 {
		return nil
	}
	a := p.act(c, kind, reason)
	a.AMI, a.SourceAMI, a.SourceRegion = lc.ami.ID, lc.ctl.SourceAMI, lc.ctl.SourceRegion
	a.Changes = e.changes
	a.Blocked = p.editBlocks(lc, e)
	a.Preconditions = []Precondition{imageAsSeen(*lc.ami)}
	a.Do = Instruction{Steps: e.steps}
	p.add(c, a)
	return a
}

// editBlocks are what holds a change back.
func (p *planner) editBlocks(lc *liveCopy, e edit) []Reason {
	var out []Reason
	if lc.ctl.Held {
		out = append(out, Reason{Held, Args{AMI: lc.ami.ID, Detail: lc.ctl.Hold}})
	}
	if lc.reowned {
		out = append(out, p.lineage(lc)...)
	}
	if n := tagsInTheEnd(lc.ami.Tags, e); n > state.MaxTags && e.addsTags(lc) {
		out = append(out, Reason{TooManyTags, Args{Image: lc.image, AMI: lc.ami.ID, Count: n, Limit: state.MaxTags}})
	}
	return out
}

// showHeld shows what is held back of a copy's changes, or of those of one that
// is still to be made. It is no part of the action that does the others.
func (p *planner) showHeld(c *cell, lc *liveCopy, e edit) {
	for _, h := range e.held {
		a := p.act(c, Update, Reason{Differs, Args{}})
		if lc != nil {
			a.AMI, a.SourceAMI, a.SourceRegion = lc.ami.ID, lc.ctl.SourceAMI, lc.ctl.SourceRegion
			a.Reason.Args.AMI = lc.ami.ID
		}
		a.Changes, a.Blocked = h.changes, h.blocks
		p.add(c, a)
	}
}

func differReason(c *cell, lc *liveCopy) Reason {
	switch {
	case lc.reowned:
		return Reason{Reowned, Args{AMI: lc.ami.ID, Other: lc.ctl.Owner}}
	case lc.image != c.key.Image:
		return Reason{Renamed, Args{AMI: lc.ami.ID, Other: lc.image}}
	default:
		return Reason{Differs, Args{AMI: lc.ami.ID}}
	}
}

// blockReturn shows that a lookup or parameter names an older AMI than the one
// in the cell, which stays.
func (p *planner) blockReturn(c *cell, w want, newer *liveCopy) successor {
	c.current = newer
	a := p.act(c, Recopy, changeReason(w, newer))
	a.Replaces = newer.ami.ID
	a.Blocked = []Reason{{SourceWentBack, Args{
		AMI: w.source.id, Other: newer.ctl.SourceAMI, Image: c.key.Image,
		Detail: state.FormatTime(w.source.created()), Until: &newer.ctl.Made.SourceCreated,
	}}}
	p.add(c, a)
	return successor{}
}

// blockStuck shows that D's copy is there and cannot be used.
func (p *planner) blockStuck(c *cell, lc *liveCopy) successor {
	code := DisabledByHand
	if lc.condition == archived {
		code = SnapshotArchived
	}
	a := p.act(c, Restore, Reason{WantedAgain, Args{AMI: lc.ami.ID}})
	a.AMI, a.SourceAMI, a.SourceRegion = lc.ami.ID, lc.ctl.SourceAMI, lc.ctl.SourceRegion
	a.Blocked = []Reason{{code, Args{AMI: lc.ami.ID, Other: lc.detail, Region: c.key.Region}}}
	p.add(c, a)
	return successor{}
}

// blockFormer shows that D's copy is there under a former owner.
func (p *planner) blockFormer(c *cell, lc *liveCopy) successor {
	a := p.act(c, Update, Reason{Reowned, Args{AMI: lc.ami.ID, Other: lc.ctl.Owner}})
	a.AMI, a.SourceAMI, a.SourceRegion = lc.ami.ID, lc.ctl.SourceAMI, lc.ctl.SourceRegion
	a.Changes = []Change{{Field: "owner", Before: lc.ctl.Owner, After: p.d.Owner}}
	a.Blocked = []Reason{{FormerOwner, Args{AMI: lc.ami.ID, Other: lc.ctl.Owner}}}
	p.add(c, a)
	return successor{}
}
