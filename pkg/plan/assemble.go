package plan

import (
	"cmp"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// plan writes the decisions down.
func (p *planner) plan() Plan {
	out := Plan{
		Head: p.head(), Limits: p.limits, Prune: p.d.Prune,
		Regions: p.regionViews(), Sources: p.sourceViews(),
		Conflicts: p.conflicts, OtherOwners: p.otherOwners(),
	}
	for _, c := range p.cells {
		out.Cells = append(out.Cells, c.view())
	}
	out.Actions = p.actions()
	out.Warnings = p.warnings
	out.Summary = p.summary(out.Actions)
	out.Fingerprint = fingerprint(out.Actions)
	out.Applyable = slices.ContainsFunc(out.Actions, Action.Executable)
	out.Complete = p.complete()
	return out
}

// actions are all actions in the order of a plan: by image, the destructive
// first, by Region, by id.
func (p *planner) actions() []Action {
	n := len(p.orphans)
	for _, c := range p.cells {
		n += len(c.actions)
	}
	list := append(make([]*Action, 0, n), p.orphans...)
	for _, c := range p.cells {
		list = append(list, c.actions...)
	}
	rank := map[Kind]int{}
	for i, k := range Kinds() {
		rank[k] = i
	}
	slices.SortFunc(list, func(a, b *Action) int {
		return cmp.Or(
			cmp.Compare(a.Image, b.Image), cmp.Compare(rank[a.Kind], rank[b.Kind]),
			cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.ID, b.ID),
		)
	})
	if n == 0 {
		return nil
	}
	out := make([]Action, 0, n) // at once: growing would copy them all again and again
	for _, a := range list {
		p.price(a)
		out = append(out, *a)
	}
	return out
}

func (p *planner) head() Head {
	return Head{
		FormatVersion: FormatVersion, ToolVersion: p.o.ToolVersion, GeneratedAt: p.live.Now.UTC(),
		Account: p.live.Account, Partition: p.live.Partition, Owner: p.d.Owner,
		Config: p.d.Config, Filters: p.o.Filter,
	}
}

// complete reports whether everything in scope was seen and nothing hidden.
func (p *planner) complete() bool {
	return !p.brakes.unread && p.o.Filter.Empty() &&
		!slices.ContainsFunc(p.cells, func(c *cell) bool { return len(c.unknown) > 0 })
}

func (p *planner) regionViews() []RegionView {
	out := make([]RegionView, 0, len(p.live.Regions))
	for i := range p.live.Regions {
		r := &p.live.Regions[i]
		v := RegionView{Account: p.live.Account, Region: r.Name, Status: r.Status}
		if !p.d.Scope.Contains(r.Name) {
			v.Status = state.OutOfScope
		}
		if v.Status == state.Unknown {
			v.Reason = regionProblem(r)
		}
		out = append(out, v)
	}
	return out
}

func (p *planner) sourceViews() []SourceView {
	out := make([]SourceView, 0, len(p.d.Images))
	for _, img := range p.d.Images {
		s := p.entries[img.Name].source
		v := SourceView{Image: img.Name, AMI: s.id, Region: s.region, Problem: s.unknown}
		if len(s.blocks) > 0 {
			v.Problem = &state.Problem{Code: string(s.blocks[0].Code), Text: s.blocks[0].Text()}
		}
		out = append(out, v)
	}
	return out
}

func (c *cell) view() CellView {
	v := CellView{
		Image: c.key.Image, Account: c.key.Account, Region: c.key.Region,
		Status: Absent, Declared: c.declared, Optional: c.optional, Usable: c.usable(),
	}
	if c.current != nil {
		v.Status, v.AMI = Present, c.current.ami.ID
	}
	if len(c.unknown) > 0 {
		v.Status, v.Reason = Unseen, &c.unknown[0]
	}
	return v
}

// usable reports whether some copy of any source can be launched here.
func (c *cell) usable() bool {
	return slices.ContainsFunc(c.copies, func(lc *liveCopy) bool { return lc.condition == usable })
}

// countActions counts executable actions by kind, and blocked ones.
func countActions(actions []Action) Summary {
	var s Summary
	count := map[Kind]*int{
		Copy: &s.Copy, Recopy: &s.Recopy, Restore: &s.Restore, Update: &s.Update, Adopt: &s.Adopt,
		Finish: &s.Finish, Retire: &s.Retire, Unpublish: &s.Unpublish, Deregister: &s.Deregister,
		DeleteSnapshot: &s.DeleteSnapshot,
	}
	for _, a := range actions {
		if a.Executable() {
			*count[a.Kind]++
		}
		if len(a.Blocked) > 0 {
			s.Blocked++
		}
	}
	return s
}

func (p *planner) summary(actions []Action) Summary {
	s := countActions(actions)
	seen := map[string]bool{}
	for _, c := range p.cells {
		if c.declared {
			seen[c.key.Region] = true
		}
		switch {
		case len(c.unknown) > 0:
			s.Unknown++
			seen[c.key.Region] = true
		case c.unchanged:
			s.Unchanged++
		}
	}
	for _, r := range p.live.Regions {
		unread := r.Status == state.Unknown && p.d.Scope.Contains(r.Name)
		if unread && !seen[r.Name] && p.o.Filter.selectsRegion(r.Name) {
			s.Unknown++
		}
	}
	return s
}
