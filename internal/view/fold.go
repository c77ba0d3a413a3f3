package view

import (
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/plan"
)

// folding tells a re-copy and what follows it in one line. A follower has a
// line of its own again as soon as a reader could miss something: when it is
// blocked, or when it deregisters in this very run.
type folding struct {
	hidden    map[string]bool
	followers map[string][]plan.Action // by the id of the line that tells them
	kinds     map[string]plan.Kind     // of every action, by id
}

func foldActions(p plan.Plan) folding {
	f := folding{hidden: map[string]bool{}, followers: map[string][]plan.Action{}, kinds: map[string]plan.Kind{}}
	waiting := map[string][]plan.Action{}
	for _, a := range p.Actions {
		f.kinds[a.ID] = a.Kind
		for _, id := range a.After {
			waiting[id] = append(waiting[id], a)
		}
	}
	for _, first := range []plan.Kind{plan.Recopy, plan.Retire} {
		for _, a := range p.Actions {
			if a.Kind == first && a.Executable() && !f.hidden[a.ID] {
				f.fold(a.ID, a, waiting)
			}
		}
	}
	return f
}

// fold hides what follows an action under the line of the first one.
func (f folding) fold(line string, a plan.Action, waiting map[string][]plan.Action) {
	for _, b := range waiting[a.ID] {
		if f.hidden[b.ID] || !foldable(a, b) {
			continue
		}
		f.hidden[b.ID] = true
		f.followers[line] = append(f.followers[line], b)
		f.fold(line, b, waiting)
	}
}

// foldable reports whether b, which follows a, needs no line of its own.
func foldable(a, b plan.Action) bool {
	if a.Image != b.Image || a.Account != b.Account || a.Region != b.Region || len(b.Blocked) > 0 {
		return false
	}
	switch b.Kind {
	case plan.Retire:
		return a.Kind == plan.Recopy && b.AMI == a.Replaces
	case plan.Deregister:
		return b.DueAt != nil && (b.AMI == a.Replaces || b.AMI == a.AMI)
	default:
		return false
	}
}

// then tells the folded followers: "then retires it, deregisters it on …".
func (f folding) then(a plan.Action) string {
	var parts []string
	for _, b := range f.followers[a.ID] {
		part := wordOf(b.Kind) + "s it"
		if b.DueAt != nil {
			part += " on " + day(*b.DueAt)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return ""
	}
	return "then " + strings.Join(parts, ", ")
}

// after names the kinds of action that must be done first.
func (f folding) after(a plan.Action) string {
	var kinds []string
	for _, id := range a.After {
		if k, ok := f.kinds[id]; ok {
			kinds = append(kinds, "the "+wordOf(k))
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	slices.Sort(kinds)
	return "after " + strings.Join(slices.Compact(kinds), " and ")
}
