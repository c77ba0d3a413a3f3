package plan

import (
	"slices"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// maxSkew is how far the clocks of Regions may be apart before nothing that
// depends on time is done.
const maxSkew = 5 * time.Minute

// brakes hold for all actions of a sort, whatever their cell.
type brakes struct {
	destructive []Reason // nothing is taken away
	removals    []Reason // nothing is taken from cells that are no longer declared
	unread      bool     // some Region in scope could not be read
	incomplete  bool     // one of them is not optional
	unresolved  map[string]bool
}

// gatherBrakes looks at the whole before any cell is decided.
func (p *planner) gatherBrakes() {
	if !p.d.Prune {
		p.brakes.destructive = append(p.brakes.destructive, Reason{PruneOff, Args{Field: "prune"}})
	}
	if skew := p.clockSkew(); skew > maxSkew || p.now.IsZero() {
		p.brakes.destructive = append(p.brakes.destructive, Reason{ClockSkew, Args{Detail: skew.String()}})
	}
	p.brakes.unresolved = map[string]bool{}
	for _, r := range p.live.Regions {
		if r.Status != state.Unknown || !p.d.Scope.Contains(r.Name) {
			continue
		}
		p.brakes.unread = true
		if !p.optionalRegion(r.Name) {
			p.brakes.incomplete = true
			p.brakes.removals = append(p.brakes.removals, Reason{ViewIncomplete, Args{Region: r.Name, Detail: regionProblem(&r).Text}})
		}
	}
	for _, img := range p.d.Images {
		s := p.entries[img.Name].source
		if !s.resolved() {
			p.brakes.unresolved[s.region] = true
		}
		if !s.resolved() || s.unknown != nil {
			p.brakes.removals = append(p.brakes.removals, Reason{SourceUnresolved, Args{Image: img.Name, Region: s.region}})
		}
	}
	if !p.anyDeclared() {
		p.brakes.removals = append(p.brakes.removals, Reason{DesiredEmpty, Args{}})
	}
}

// clockSkew is how far apart the Regions' clocks are.
func (p *planner) clockSkew() time.Duration {
	var first, last time.Time
	for _, r := range p.live.Regions {
		if r.Date.IsZero() {
			continue
		}
		if first.IsZero() || r.Date.Before(first) {
			first = r.Date
		}
		if r.Date.After(last) {
			last = r.Date
		}
	}
	return last.Sub(first)
}

// optionalRegion reports whether every image that wants a Region calls it
// optional, and one does.
func (p *planner) optionalRegion(name string) bool {
	wanted := false
	for _, img := range p.d.Images {
		c, ok := p.region(name).cells[img.Name]
		if !ok || !c.declared {
			continue
		}
		if !c.optional {
			return false
		}
		wanted = true
	}
	return wanted
}

func (p *planner) anyDeclared() bool {
	for _, c := range p.cells {
		if c.declared {
			return true
		}
	}
	return false
}

// guardField is where amis.yaml has the guard of a cell's copies.
func guardField(c *cell) string {
	if c.entry == nil {
		return "defaults.guard"
	}
	return "images." + c.key.Image + ".guard"
}

// leaveBlocks are what stands against a step of a copy's way out, but for
// references. Retiring by deprecation takes nothing away from who uses it.
func (p *planner) leaveBlocks(g leaving) []Reason {
	out := p.plainBlocks(g.copy)
	args := Args{AMI: g.copy.ami.ID, Region: g.cell.key.Region, Image: g.cell.key.Image}
	if g.copy.condition == pending {
		out = append(out, Reason{StillPending, args})
	}
	out = append(out, p.protectionBlocks(g.copy)...)
	out = append(out, p.sourceOfBlocks(g)...)
	if within := p.guard(g.cell).LaunchedWithin; within > 0 && g.copy.ami.LastLaunched.After(p.now.Add(-within)) {
		out = append(out, Reason{LaunchedRecently, Args{AMI: g.copy.ami.ID, Field: guardField(g.cell), Grace: within, Until: timeOf(g.copy.ami.LastLaunched.Add(within))}})
	}
	if g.held != nil {
		out = append(out, *g.held)
	}
	if !g.cell.declared {
		return append(out, p.brakes.removals...)
	}
	if near := p.conflictsNear(g.cell); len(near) > 0 {
		args.Other = near[0]
		out = append(out, Reason{ConflictNear, args})
	}
	return out
}

// conflictsNear are the AMIs that may be a cell's, by id: the conflicts with its
// tags, and those in its Region that have lost the tag of their image, also while
// EC2 does not say what they are.
func (p *planner) conflictsNear(c *cell) []string {
	near := ids(c.conflicts)
	if stray, ok := p.region(c.key.Region).cells[""]; ok {
		near = slices.Concat(near, ids(stray.conflicts), stray.transient)
	}
	return near
}

func ids(amis []*state.AMI) []string {
	out := make([]string, 0, len(amis))
	for _, a := range amis {
		out = append(out, a.ID)
	}
	return out
}

// plainBlocks hold for everything that takes something away.
func (p *planner) plainBlocks(lc *liveCopy) []Reason {
	out := append([]Reason(nil), p.brakes.destructive...)
	if lc.ctl.Held {
		out = append(out, Reason{Held, Args{AMI: lc.ami.ID, Detail: lc.ctl.Hold}})
	}
	return append(out, p.lineage(lc)...)
}

// lineage holds back what another file made, or a commit that is no ancestor of
// the one applied: a second repository with the same owner, a stale branch, a
// shallow clone.
func (p *planner) lineage(lc *liveCopy) []Reason {
	return p.lineageOf(lc.ctl, Args{AMI: lc.ami.ID})
}

func (p *planner) lineageOf(ctl state.Control, args Args) []Reason {
	config := p.d.Config
	if ctl.File != "" && config.Path != "" && ctl.File != config.Path {
		if p.o.TakeOver {
			return nil
		}
		args.Detail, args.Other = ctl.File, config.Path
		return []Reason{{LineageFile, args}}
	}
	if ctl.Commit == "" || ctl.Commit == config.Commit {
		return nil
	}
	a := p.facts.lineage(ctl.Commit)
	args.Detail = ctl.Commit
	switch {
	case !a.Known():
		args.Other = a.Problem.Text
		return []Reason{{LineageUnknown, args}}
	case a.Value == state.NotAncestor && !p.o.AllowRewind:
		return []Reason{{LineageCommit, args}}
	case a.Value == state.NotInClone && !p.o.TakeOver:
		return []Reason{{LineageClone, args}}
	default:
		return nil
	}
}

// protectionBlocks tell of deregistration protection that people set.
func (p *planner) protectionBlocks(lc *liveCopy) []Reason {
	args := Args{AMI: lc.ami.ID, Region: lc.ami.Region, Detail: lc.ami.Protection}
	switch {
	case lc.ami.CoolsDown():
		return []Reason{{ProtectionCooldown, args}}
	case !lc.ami.Protected(), protectedByUs(lc):
		return nil
	default:
		return []Reason{{Protected, args}}
	}
}

// sourceOfBlocks keep an AMI that something is or may be copied from. What
// could not be read may be a pending copy of it, or name it as a source. An
// optional Region may stay unread for long: it counts only where copies are
// known to come from. Removals from undeclared cells wait for every other one anyway.
func (p *planner) sourceOfBlocks(g leaving) []Reason {
	region := g.cell.key.Region
	args := Args{AMI: g.copy.ami.ID, Region: region}
	switch {
	case p.sourceOf[sourceID{region, g.copy.ami.ID}]:
		args.Image = p.sourceFor(region, g.copy.ami.ID)
		return []Reason{{IsSource, args}}
	case p.brakes.unresolved[region], p.brakes.unread && p.sourceAreas[region], p.brakes.incomplete && g.cell.declared:
		return []Reason{{SourceMaybe, args}}
	default:
		return nil
	}
}

// sourceFor names a declared image that an AMI is the source of; "" where it is
// that of a copy that is not finished.
func (p *planner) sourceFor(region, id string) string {
	for _, img := range p.d.Images {
		if s := p.entries[img.Name].source; s.id == id && s.region == region {
			return img.Name
		}
	}
	return ""
}

// guardReferences blocks an action that makes an AMI unlaunchable while the
// account uses it, and has the engine look again before the call. The question
// is asked only where nothing plainer stands in the way.
func (p *planner) guardReferences(g leaving, a *Action) {
	guard := p.guard(g.cell)
	types := referenceTypes(guard.References)
	if len(types) == 0 || plainly(a.Blocked) {
		return
	}
	id := g.copy.ami.ID
	answer := p.facts.references(state.ReferenceQuery{
		Account: g.cell.key.Account, Region: g.cell.key.Region, AMI: id, Depth: guard.VersionDepth,
	})
	ours := p.ownParameters(g)
	a.Preconditions = append(a.Preconditions, Precondition{
		Check: CheckUnreferenced, ID: id, Types: types, Depth: guard.VersionDepth, Parameters: ours,
	})
	if !answer.Known() {
		a.Blocked = append(a.Blocked, Reason{ReferencesUnknown, Args{AMI: id, Field: guardField(g.cell), Detail: answer.Problem.Text}})
		return
	}
	if name, used := firstReference(answer.Value, types, ours); used {
		a.Blocked = append(a.Blocked, Reason{Referenced, Args{AMI: id, Reference: name, Image: g.cell.key.Image, Field: guardField(g.cell)}})
	}
}

// plainly reports whether any of the blocks holds without another question.
func plainly(blocks []Reason) bool {
	for _, r := range blocks {
		if r.Code != LineageUnknown {
			return true
		}
	}
	return false
}

// ownParameters are the parameters of ours that this plan moves to the
// successor, or deletes, before the AMI goes; or that block it by themselves
// (StillPublished).
func (p *planner) ownParameters(g leaving) []string {
	var out []string
	for _, name := range g.copy.ctl.Published {
		live := p.facts.parameter(state.ParameterQuery{Account: g.cell.key.Account, Region: g.cell.key.Region, Name: name})
		if live.Known() && p.ours(g.cell, name, live.Value) {
			out = append(out, name)
		}
	}
	return out
}

func timeOf(t time.Time) *time.Time { return &t }
