package plan

import (
	"slices"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// leastOrphanGrace is how long a snapshot that no AMI uses stays at least.
const leastOrphanGrace = 7 * 24 * time.Hour

// planOrphans looks for snapshots with our tags that no AMI uses. The first
// plan that sees one writes the time on it; it goes when its grace is over.
func (p *planner) planOrphans() {
	for i := range p.live.Regions {
		r := &p.live.Regions[i]
		if r.Status != state.Readable || !p.d.Scope.Contains(r.Name) {
			continue
		}
		var ids []string
		for j := range r.Snapshots {
			if p.mayBeOrphan(p.regions[r.Name], &r.Snapshots[j]) {
				ids = append(ids, r.Snapshots[j].ID)
			}
		}
		slices.Sort(ids)
		for _, id := range ids {
			p.planOrphan(r.Name, p.regions[r.Name].snapshots[id].Snapshot)
		}
	}
}

// mayBeOrphan is what can be told without asking.
func (p *planner) mayBeOrphan(r *region, s *state.Snapshot) bool {
	if r.snapshots[s.ID].used || s.Tags[state.TagOwner] != p.d.Owner || s.OwnerID != p.live.Account || hasTag(s.Tags, state.TagKeep) {
		return false
	}
	if s.State != state.SnapshotCompleted && s.State != state.SnapshotError {
		return false
	}
	return !r.cells[p.renamedTo(s.Tags[state.TagImage])].unsettled() && !r.cells[""].unsettled()
}

// unsettled reports whether something of the cell is not seen in full: a
// pending image does not name its snapshots yet. What has lost the tag of its
// image may be of any cell.
func (c *cell) unsettled() bool {
	if c == nil {
		return false
	}
	return len(c.transient) > 0 ||
		slices.ContainsFunc(c.copies, func(lc *liveCopy) bool { return lc.condition == pending }) ||
		slices.ContainsFunc(c.former, func(lc *liveCopy) bool { return lc.condition == pending }) ||
		slices.ContainsFunc(c.conflicts, func(a *state.AMI) bool { return a.State == state.ImagePending })
}

func (p *planner) planOrphan(region string, s *state.Snapshot) {
	target := state.Target{Account: p.live.Account, Region: region}
	users := p.facts.snapshotUsers(state.Resource{Account: p.live.Account, Region: region, ID: s.ID})
	bin := p.facts.recycleBin(target)
	if users.Known() && len(users.Value) > 0 || bin.Known() && slices.Contains(bin.Value.Snapshots, s.ID) {
		return
	}
	a := p.orphanAction(region, s)
	a.Blocked = append(a.Blocked, p.brakes.destructive...)
	for _, problem := range []*state.Problem{users.Problem, bin.Problem} {
		if problem != nil {
			a.Blocked = append(a.Blocked, Reason{OrphanUnknown, Args{AMI: s.ID, Detail: problem.Text}})
		}
	}
	a.Blocked = append(a.Blocked, p.lineageOf(state.ParseControl(s.Tags), Args{AMI: s.ID})...)
	if a.Kind == DeleteSnapshot {
		a.Blocked = append(a.Blocked, p.brakes.removals...)
	}
	if a.DueAt != nil {
		a.Blocked = nil
	}
	a.ID = actionID(*a)
	p.orphans = append(p.orphans, a)
}

// orphanAction writes the time, or deletes the snapshot when it is due.
func (p *planner) orphanAction(region string, s *state.Snapshot) *Action {
	ctl := state.ParseControl(s.Tags)
	a := &Action{
		Image: p.renamedTo(ctl.Image), Account: p.live.Account, Region: region, SnapshotID: s.ID,
		SourceAMI: ctl.SourceAMI, SourceRegion: ctl.SourceRegion,
		Preconditions: []Precondition{{Check: CheckSnapshot, ID: s.ID}},
	}
	at := ctl.OrphanedAt
	if at.IsZero() || at.After(p.now) || at.Before(s.Started.Truncate(time.Second)) {
		a.Kind, a.Reason = Update, Reason{Unused, Args{AMI: s.ID}}
		a.Changes = []Change{{Field: "orphaned", After: "true"}}
		a.Do = Instruction{Steps: []Step{StampTag{Key: state.TagOrphanedAt}}}
		return a
	}
	grace := p.orphanGrace(ctl)
	a.Kind, a.Reason = DeleteSnapshot, Reason{Unused, Args{AMI: s.ID, Grace: grace}}
	a.Do = Instruction{Steps: []Step{RemoveSnapshot{}}}
	a.Estimate = Estimate{GiB: float64(s.VolumeGiB), UpperBound: true}
	if s.WrittenBytes > 0 {
		a.Estimate.GiB = float64(s.WrittenBytes) / gib
	}
	if due := at.Add(grace); due.After(p.now) {
		a.DueAt, a.Reason.Args.Until = &due, &due
	}
	return a
}

func (p *planner) orphanGrace(ctl state.Control) time.Duration {
	grace := max(leastOrphanGrace, p.d.Defaults.Grace)
	if ctl.Retention != nil {
		grace = max(grace, ctl.Retention.Grace)
	}
	return grace
}
