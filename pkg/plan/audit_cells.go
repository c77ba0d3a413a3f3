package plan

import (
	"slices"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// NewAudit looks at the same cells as Compute and says what is in them. It is
// pure, and asks nothing: what the plan had no need to know is marked so.
func NewAudit(d state.Desired, l state.Live, o Options) Audit {
	p := newPlanner(d, l, o)
	p.decide()
	out := Audit{
		Head: p.head(), Complete: p.complete(), Regions: p.regionViews(), Sources: p.sourceViews(),
		Conflicts: p.conflicts, OtherOwners: p.otherOwners(),
	}
	for _, c := range p.cells {
		cell := p.auditCell(c)
		out.Summary.count(cell)
		out.Cells = append(out.Cells, cell)
	}
	return out
}

func (s *AuditSummary) count(c AuditCell) {
	switch c.Status {
	case Present:
		s.Present++
	case Absent:
		s.Absent++
	default:
		s.Unknown++
	}
	switch c.Standing {
	case StandingOutdated:
		s.Outdated++
	case StandingUndeclared:
		s.Undeclared++
	default:
	}
}

func (p *planner) auditCell(c *cell) AuditCell {
	v := c.view()
	out := AuditCell{
		Image: v.Image, Account: v.Account, Region: v.Region, Declared: v.Declared, Optional: v.Optional,
		Status: v.Status, Standing: p.standing(c), Usable: v.Usable, AMI: v.AMI,
		Copies: len(c.copies), Reason: v.Reason,
	}
	if c.current != nil {
		p.auditCopy(c, &out)
	}
	return out
}

func (p *planner) standing(c *cell) Standing {
	switch {
	case len(c.unknown) > 0:
		return StandingUnknown
	case c.current == nil:
		return StandingMissing
	case !c.declared:
		return StandingUndeclared
	case c.current.is(p.want(c)):
		return StandingCurrent
	default:
		return StandingOutdated
	}
}

func (p *planner) auditCopy(c *cell, out *AuditCell) {
	lc := c.current
	out.Name, out.State = lc.ami.Name, lc.ami.State
	out.SourceAMI, out.SourceRegion, out.Generation = lc.ctl.SourceAMI, lc.ctl.SourceRegion, lc.ctl.Generation
	out.Created, out.Deprecated = known(lc.ami.Created), known(lc.ami.Deprecated)
	out.RetiredAt = known(lc.ctl.RetiredAt)
	out.Verified, out.Published, out.Protected = lc.ctl.Verified, lc.ctl.Published, lc.ami.Protected()
	size := p.frees(lc)
	out.GiB = size.GiB
	for _, s := range lc.snapshots {
		if s == nil {
			continue
		}
		out.UpperBound = out.UpperBound || s.WrittenBytes == 0
		out.Encrypted = out.Encrypted || s.Encrypted
		if s.KMSKey != "" {
			out.Keys = append(out.Keys, s.KMSKey)
		}
	}
	slices.Sort(out.Keys)
	out.Keys = slices.Compact(out.Keys)
	p.auditFacts(c, out)
}

// auditFacts adds what was asked for the plan anyway.
func (p *planner) auditFacts(c *cell, out *AuditCell) {
	lc, facts := c.current, p.live.Facts
	id := state.Resource{Account: c.key.Account, Region: c.key.Region, ID: lc.ami.ID}
	if a, asked := facts.LaunchPermissions[id]; asked && a.Known() {
		out.SharedKnown = true
		for _, g := range p.foreign(a.Value) {
			out.Shared = append(out.Shared, g.String())
		}
	}
	guard := p.guard(c)
	q := state.ReferenceQuery{Account: id.Account, Region: id.Region, AMI: id.ID, Depth: guard.VersionDepth}
	if a, asked := facts.References[q]; asked && a.Known() {
		out.RefsKnown = true
		for _, r := range a.Value {
			out.References = append(out.References, nameReference(r))
		}
		slices.Sort(out.References)
	}
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
