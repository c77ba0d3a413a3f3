package plan

import "slices"

// Difference is what two plans would do differently: executable actions that
// only one of them has, in the plans' order.
type Difference struct {
	Gone []Action // only in the old plan
	New  []Action // only in the new plan
}

// Empty reports whether the plans would do the same.
func (d Difference) Empty() bool { return len(d.Gone) == 0 && len(d.New) == 0 }

// Compare tells what two plans would do differently.
func Compare(old, now Plan) Difference {
	return Difference{Gone: lacking(old, now), New: lacking(now, old)}
}

// lacking are the executable actions of a plan that another one has not.
func lacking(p, other Plan) []Action {
	ids := executable(other)
	var out []Action
	for _, a := range p.Actions {
		if _, there := ids[a.ID]; a.Executable() && !there {
			out = append(out, a)
		}
	}
	return out
}

// executable are a plan's executable actions by id.
func executable(p Plan) map[string]Action {
	out := map[string]Action{}
	for _, a := range p.Actions {
		if a.Executable() {
			out[a.ID] = a
		}
	}
	return out
}

// HoldBack blocks the executable actions that are not allowed, and what would
// have to come after them, and counts anew. The fingerprint stays that of what
// was planned.
func (p Plan) HoldBack(allowed func(Action) bool, why Reason) Plan {
	p.Actions = slices.Clone(p.Actions)
	held := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for i, a := range p.Actions {
			follows := slices.ContainsFunc(a.After, func(id string) bool { return held[id] })
			if !a.Executable() || (allowed(a) && !follows) {
				continue
			}
			p.Actions[i].Blocked = []Reason{why}
			held[a.ID], changed = true, true
		}
	}
	counted := countActions(p.Actions)
	counted.Unchanged, counted.Unknown = p.Summary.Unchanged, p.Summary.Unknown
	p.Summary = counted
	p.Applyable = slices.ContainsFunc(p.Actions, Action.Executable)
	return p
}
