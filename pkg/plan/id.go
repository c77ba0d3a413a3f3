package plan

import "slices"

// actionID is a hash of what an action is about: kind, cell, source, AMI ids
// and field changes. No time, price, count, successor's id or `after` is in
// it, so that the same decision has the same id in every plan.
func actionID(a Action) string {
	h := make(hashed, 0, usualHash).
		with(string(a.Kind), a.Image, a.Account, a.Region, a.SourceRegion, a.SourceAMI, a.AMI, a.SnapshotID, a.Replaces)
	for _, c := range a.Changes {
		h = h.with(c.Field, c.Before, c.After)
	}
	return h.sum(16)
}

// fingerprint is a hash over the ids of the executable actions: what a person
// approves who approves a plan.
func fingerprint(actions []Action) string {
	var ids []string
	for _, a := range actions {
		if a.Executable() {
			ids = append(ids, a.ID)
		}
	}
	slices.Sort(ids)
	return hashed(nil).with(ids...).sum(32)
}

// act begins an action of a cell.
func (p *planner) act(c *cell, kind Kind, reason Reason) *Action {
	a := &Action{Kind: kind, Image: c.key.Image, Account: c.key.Account, Region: c.key.Region, Reason: reason}
	if c.entry != nil && kind.Makes() {
		a.SourceAMI, a.SourceRegion = c.entry.source.id, c.entry.source.region
	}
	return a
}

// add completes an action with its id and hands it to its cell.
func (p *planner) add(c *cell, a *Action) {
	a.ID = actionID(*a)
	slices.Sort(a.After)
	a.After = slices.Compact(a.After)
	c.actions = append(c.actions, a)
}

// filter hides what the run was not asked about: in no action, in no cell.
func (p *planner) filter() {
	if p.o.Filter.Empty() {
		return
	}
	p.cells = slices.DeleteFunc(p.cells, func(c *cell) bool { return !p.o.Filter.Selects(c.key.Image, c.key.Region) })
	p.orphans = slices.DeleteFunc(p.orphans, func(a *Action) bool { return !p.o.Filter.Selects(a.Image, a.Region) })
}

// selectsRegion reports whether the filter lets a Region through for any image.
func (f Filter) selectsRegion(region string) bool {
	return selects(f.Regions, f.ExcludeRegions, region)
}
